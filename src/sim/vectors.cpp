#include "sim/vectors.h"

#include <algorithm>
#include <map>

namespace mote {
namespace {

const KernelVariant* simd_of(const KernelId& kernel) {
  static const std::map<KernelId, const KernelVariant*> table = [] {
    std::map<KernelId, const KernelVariant*> made;
    for (const KernelVariant* variant : kernel_registry()) {
      if (variant->name == "simd" && variant->run != nullptr) made[variant->kernel] = variant;
    }
    return made;
  }();
  const auto found = table.find(kernel);
  return found == table.end() ? nullptr : found->second;
}

/// Where an argument of the canonical call lies, by the tensor or state that it is.
std::optional<Address> address_in(const Call& call, const Arg& arg) {
  for (std::size_t i = 0; i < call.packed.args.size(); ++i) {
    const auto& what = call.packed.args[i].what;
    const auto* in = std::get_if<Arg::In>(&arg.what);
    const auto* other_in = std::get_if<Arg::In>(&what);
    if (in != nullptr && other_in != nullptr && in->tensor == other_in->tensor) return call.at[i];
    const auto* out = std::get_if<Arg::Out>(&arg.what);
    const auto* other_out = std::get_if<Arg::Out>(&what);
    if (out != nullptr && other_out != nullptr && out->tensor == other_out->tensor) return call.at[i];
  }
  return std::nullopt;
}

class Taker {
 public:
  explicit Taker(Plan& plan) : region_(static_cast<std::int32_t>(plan.memory.regions.size())) {
    walk(plan.steps);
    plan.memory.regions.push_back({"scratch of vectors", (scratch_ + 15) / 16 * 16});
  }

 private:
  void walk(std::vector<Step>& steps) {
    for (Step& step : steps) {
      if (auto* call = std::get_if<Call>(&step.what)) take(*call);
      if (auto* loop = std::get_if<Loop>(&step.what)) walk(loop->body);
      if (auto* every = std::get_if<Every>(&step.what)) walk(every->body);
      if (auto* branch = std::get_if<If>(&step.what)) walk(branch->then), walk(branch->otherwise);
      if (auto* loop = std::get_if<While>(&step.what)) walk(loop->condition_steps), walk(loop->body);
    }
  }

  void take(Call& call) {
    const KernelVariant* simd = simd_of(call.call.kernel);
    if (simd == nullptr || call.variant->name != "reference") return;
    const KernelVariant& reference = reference_of(call.call.kernel);
    const Facts facts = reference.facts != nullptr ? reference.facts(call.call) : Facts{};
    if (simd->fits != nullptr && !simd->fits(call.call, facts)) return;
    Packed packed = simd->pack != nullptr ? simd->pack(call.call) : Packed{call.call.params, call.call.args};
    std::vector<std::optional<Address>> at;
    for (const Arg& arg : packed.args) at.push_back(address_in(call, arg));
    if (simd->scratch != nullptr) {
      const std::size_t bytes = simd->scratch(call.call);
      packed.args.push_back({DType::U8, Arg::Temp{bytes}});
      at.push_back(Address{region_, 0});
      scratch_ = std::max(scratch_, bytes);
    }
    call.variant = simd;
    call.packed = std::move(packed);
    call.at = std::move(at);
  }

  std::int32_t region_;
  std::size_t scratch_ = 0;
};

}  // namespace

void take_vectors(Plan& plan) { Taker taker(plan); }

}  // namespace mote
