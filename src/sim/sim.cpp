#include "sim/sim.h"

#include <cstring>

#include "sim/vectors.h"

namespace mote {

Result<Sim> Sim::make(const Module& module) {
  MOTE_TRY_VOID(verify(module, Stage::Deployable));
  MOTE_TRY(Plan plan, make_reference_plan(module));
  take_vectors(plan);
  return follow(module, std::move(plan));
}

Result<Sim> Sim::follow(const Module& module, Plan plan) {
  for (const Call* call : calls_of(plan)) {
    if (call->variant->run == nullptr)
      return error(text::cat("variant '", call->variant->name, "' of ", call->call.kernel,
                             " does not run on the host"));
  }
  Sim sim;
  for (const Region& region : plan.memory.regions) sim.regions_.emplace_back(region.bytes / 8);
  sim.plan_ = std::make_shared<const Plan>(std::move(plan));
  sim.module_ = &module;
  sim.reset();
  return sim;
}

namespace {
std::uint8_t* host_address(std::vector<std::vector<std::uint64_t>>& regions, const Address& at,
                           std::int32_t pass = 0) {
  return reinterpret_cast<std::uint8_t*>(regions[static_cast<std::size_t>(at.region)].data()) + at.offset +
         at.step * pass;
}
}  // namespace

void Sim::invoke(std::span<const std::span<const std::uint8_t>> inputs, const OnTensor& on_tensor) {
  MOTE_CHECK(inputs.size() == plan_->inputs.size(), "as many inputs as the model has");
  const Graph& graph = module_->main();
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Endpoint& end = plan_->inputs[i];
    MOTE_CHECK(inputs[i].size() == graph.tensor(end.tensor).type.bytes(), "an input of the tensor's size");
    std::memcpy(host_address(regions_, end.at), inputs[i].data(), inputs[i].size());
    if (!on_tensor) continue;
    on_tensor(end.tensor, inputs[i]);
    for (const TensorId view : end.views) on_tensor(view, inputs[i]);
  }
  run(plan_->steps, 0, on_tensor);
}

void Sim::run(const std::vector<Step>& steps, std::int32_t pass, const OnTensor& on_tensor) {
  const auto is_set = [&](const Address& at) { return *host_address(regions_, at) != 0; };
  for (const Step& step : steps) {
    if (const auto* one = std::get_if<Call>(&step.what)) {
      call(*one, pass);
      show(one->completes, on_tensor);
    } else if (const auto* branch = std::get_if<If>(&step.what)) {
      run(is_set(branch->condition) ? branch->then : branch->otherwise, pass, on_tensor);
      show(branch->completes, on_tensor);
    } else if (const auto* loop = std::get_if<While>(&step.what)) {
      for (run(loop->condition_steps, pass, on_tensor); is_set(loop->condition);
           run(loop->condition_steps, pass, on_tensor))
        run(loop->body, pass, on_tensor);
      show(loop->completes, on_tensor);
    } else if (const auto* rows = std::get_if<Loop>(&step.what)) {
      for (std::int32_t i = 0; i < rows->n; ++i) run(rows->body, i, on_tensor);
    } else {
      MOTE_CHECK(false, "a plan has no other steps");
    }
  }
}

void Sim::call(const Call& call, std::int32_t pass) {
  buffers_.clear();
  for (std::size_t a = 0; a < call.packed.args.size(); ++a) {
    void* at = call.at[a] ? host_address(regions_, *call.at[a], pass) : nullptr;
    const auto* rom = std::get_if<Arg::Rom>(&call.packed.args[a].what);
    // Kernels take constants as const; the list of buffers holds both kinds.
    if (rom != nullptr && rom->constant != nullptr)
      at = const_cast<std::uint8_t*>(rom->constant->bytes.data());
    buffers_.push_back(at);
  }
  call.variant->run(call.packed, buffers_);
}

void Sim::show(const std::vector<TensorId>& tensors, const OnTensor& on_tensor) {
  if (!on_tensor) return;
  for (const TensorId id : tensors)
    on_tensor(id, {host_address(regions_, buffer_of(*plan_, id)->at), plan_->graph->tensor(id).type.bytes()});
}

std::span<const std::uint8_t> Sim::output(int i) const {
  const Endpoint& end = plan_->outputs[static_cast<std::size_t>(i)];
  const auto* base =
      reinterpret_cast<const std::uint8_t*>(regions_[static_cast<std::size_t>(end.at.region)].data());
  return {base + end.at.offset, module_->main().tensor(end.tensor).type.bytes()};
}

void Sim::reset() {
  for (auto& region : regions_) std::fill(region.begin(), region.end(), 0);
  for (const Buffer& buffer : plan_->memory.buffers) {
    if (buffer.state < 0) continue;
    const Bytes& init = module_->states[static_cast<std::size_t>(buffer.state)].init;
    std::memcpy(host_address(regions_, buffer.at), init.data(), init.size());
  }
}

// ---- real values

namespace {
// The conversion is a kernel like any other, so that host and device round alike.
void convert(const KernelId& kernel, const Tensor& tensor, const void* from, void* to) {
  MOTE_CHECK(tensor.type.dtype == DType::S8 && tensor.quant, "a float or a quantized s8 tensor");
  Packed packed;
  packed.params = {"QuantizeS8Params",
                   {{"count", "int32_t", tensor.type.count()},
                    {"scale", "float", tensor.quant.scale[0]},
                    {"zero_point", "int32_t", std::int64_t{tensor.quant.zero_point[0]}}}};
  const std::vector<void*> buffers = {const_cast<void*>(from), to};
  reference_of(kernel).run(packed, buffers);
}
}  // namespace

Bytes to_tensor_bytes(const Tensor& tensor, std::span<const float> values) {
  MOTE_CHECK(static_cast<std::int64_t>(values.size()) == tensor.type.count(),
             "as many values as the tensor has");
  Bytes bytes(tensor.type.bytes());
  if (tensor.type.dtype == DType::F32)
    std::memcpy(bytes.data(), values.data(), bytes.size());
  else
    convert("quantize_s8", tensor, values.data(), bytes.data());
  return bytes;
}

std::vector<float> to_reals(const Tensor& tensor, std::span<const std::uint8_t> bytes) {
  MOTE_CHECK(bytes.size() == tensor.type.bytes(), "as many bytes as the tensor has");
  std::vector<float> values(static_cast<std::size_t>(tensor.type.count()));
  if (tensor.type.dtype == DType::F32)
    std::memcpy(values.data(), bytes.data(), bytes.size());
  else
    convert("dequantize_s8", tensor, bytes.data(), values.data());
  return values;
}

}  // namespace mote
