// Sim: executes a module on the host with device functions, the reference kernels or the host's own vectors, at the addresses
// of a Plan. What it answers is what every firmware must answer, byte for byte.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "plan/plan.h"

namespace mote {

class Sim {
 public:
  /// Called after each step with every tensor that step has written, while it is still there.
  using OnTensor = std::function<void(TensorId, std::span<const std::uint8_t>)>;

  /// Plans `module` for the host (nothing fused), with vectors where they give the reference's bytes, and prepares memory.  The module must
  /// be Deployable (float or quantized) and outlive the Sim.
  static Result<Sim> make(const Module& module);
  /// Follows a plan for a target, by the variants' own functions: each must run on the host.
  static Result<Sim> follow(const Module& module, Plan plan);

  /// One inference: `inputs[i]` is the content of model input i, exactly as many bytes as the tensor has.
  void invoke(std::span<const std::span<const std::uint8_t>> inputs, const OnTensor& on_tensor = {});
  /// The bytes of model output i, until the next invoke.
  std::span<const std::uint8_t> output(int i) const;
  void reset();  ///< states back to their initial values

  const Plan& plan() const { return *plan_; }

 private:
  void run(const std::vector<Step>& steps, std::int32_t pass, const OnTensor& on_tensor);
  void call(const Call& call, std::int32_t pass);
  void show(const std::vector<TensorId>& tensors, const OnTensor& on_tensor);

  std::shared_ptr<const Plan> plan_;
  const Module* module_ = nullptr;
  std::vector<void*> buffers_;                       ///< of the call that runs
  std::vector<std::vector<std::uint64_t>> regions_;  ///< 8-byte units keep every address aligned
};

/// Real values → the tensor's bytes: round half away from zero, saturated; a float tensor takes the bits. NaN
/// becomes the zero point.  The generated `P_quantize_input` does the same.
Bytes to_tensor_bytes(const Tensor& tensor, std::span<const float> values);
std::vector<float> to_reals(const Tensor& tensor, std::span<const std::uint8_t> bytes);

}  // namespace mote
