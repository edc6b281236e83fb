// fully_connected_s8, eights: what the host knows of
// device/mote/nn/fully_connected/fully_connected_s8_eights.h.
#include "mote/nn/fully_connected/fully_connected_s8_eights.h"

#include "kernels/settle.h"
#include "kernels/triple.h"

namespace mote {
namespace {

using Params = FullyConnectedS8Params;

KernelCall plain_of(const KernelCall& call) {
  const auto p = from_block<Params>(call.params);
  return p.requant_step == 1 ? kernels::settled(call, p, p.out_count, kernels::WeightOrder::OutputFirst)
                             : call;
}

std::optional<Arg> folded_bias(const KernelCall& plain) {
  const auto p = from_block<Params>(plain.params);
  return kernels::fold_zero_point(plain, p.in_zero_point, p.out_count, kernels::WeightOrder::OutputFirst);
}

bool needs(const Isa& isa) { return kernels::is_small_core(isa); }

bool fits(const KernelCall& call, const Facts&) {
  if (kernels::constants_of<std::int8_t>(call, 1).empty()) return false;
  const KernelCall plain = plain_of(call);
  return kernels::fits_short_requantize(reference_of(call.kernel).facts(plain)) && folded_bias(plain);
}

Packed pack(const KernelCall& call) {
  const auto p = from_block<Params>(call.params);
  const KernelCall plain = plain_of(call);
  const auto weights = kernels::constants_of<std::int8_t>(plain, 1);
  const auto inputs = static_cast<std::size_t>(p.in_count), outputs = static_cast<std::size_t>(p.out_count);
  std::vector<std::uint8_t> eights((outputs + 7) / 8 * 8 * inputs, 128);
  for (std::size_t o = 0; o < outputs; ++o) {
    for (std::size_t i = 0; i < inputs; ++i)
      eights[o / 8 * 8 * inputs + 8 * i + o % 8] = static_cast<std::uint8_t>(weights[o * inputs + i] + 128);
  }
  Packed packed{call.params, plain.args};
  packed.args[1] = rom_arg(std::get<Arg::Rom>(plain.args[1].what).constant->name, DType::U8,
                           {(p.out_count + 7) / 8, p.in_count, 8}, eights, Constant::Role::Weights);
  kernels::pack_triple_requantize(plain, *folded_bias(plain), packed);
  return packed;
}

/// Instructions, counted on the emulated cores.
struct Costs {
  double input, eight, output,
      sum;  ///< an input of eight outputs, eight outputs, an output, an input's part of Σ x
};
Costs costs_on(const Target& target) {
  if (target.isa.arch == "armv6-m") return {26.5, 90, 55, 5};
  if (target.isa.arch == "armv7-m") return {17.5, 50, 22, 4};
  return {28, 60, 30, 5};
}

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<Params>(call.params);
  const Costs each = costs_on(target);
  const double eights = static_cast<double>((p.out_count + 7) / 8);
  const double all = p.batches * (eights * (p.in_count * each.input + each.eight) +
                                  p.out_count * each.output + p.in_count * each.sum);
  const kernels::Mix mix{.alu = 0.12 * all, .mul = 0.4 * all, .load = 0.46 * all, .branch = 0.02 * all};
  return kernels::cost_counted(mix, 700, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(fully_connected_fully_connected_s8_eights) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "fully_connected_s8",
                                     .name = "eights",
                                     .header = "mote/nn/fully_connected/fully_connected_s8_eights.h",
                                     .function = "fully_connected_s8_eights",
                                     .needs = needs,
                                     .fits = fits,
                                     .pack = pack,
                                     .cost = cost,
                                     .run = kernels::run_of<fully_connected_s8_eights>};
  return variant;
}
