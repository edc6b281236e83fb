// Arguments of kernel calls, as the ops of this folder make them.
#pragma once

#include <string>
#include <utility>

#include "graph/kernel.h"
#include "ops/nn/quantized_params.h"

namespace mote::nn {

/// "conv 1", "weights" → "conv_1_weights".
inline std::string constant_name(const NodeRef& ref, std::string_view what) {
  return text::identifier(text::cat(ref.node.name, "_", what));
}

/// Input i as a constant in flash, or the absent one when there is no such input.
inline Arg constant_arg(const NodeRef& ref, int i, std::string_view what, DType dtype) {
  if (!ref.has_in(i)) return Arg{dtype, Arg::Rom{nullptr}};
  const Tensor& tensor = ref.in(i);
  MOTE_CHECK(tensor.is_constant() && tensor.constant->size() == tensor.type.bytes(),
             "a constant of another size");
  Constant constant{constant_name(ref, what), tensor.type.dtype, tensor.type.shape, *tensor.constant,
                    Constant::Role::Weights};
  return Arg{dtype, Arg::Rom{std::make_shared<const Constant>(std::move(constant))}};
}
/// Input i where the kernel takes a plain pointer: an activation, a state that is only read, or a constant.
inline Arg in_arg(const NodeRef& ref, int i) {
  const Tensor& tensor = ref.in(i);
  if (!tensor.is_constant())
    return Arg{tensor.type.dtype, Arg::In{ref.node.inputs[static_cast<std::size_t>(i)]}};
  Arg arg = constant_arg(ref, i, text::cat("operand_", i), tensor.type.dtype);
  auto plain = std::make_shared<Constant>(*std::get<Arg::Rom>(arg.what).constant);
  plain->plain = true;
  arg.what = Arg::Rom{std::move(plain)};
  return arg;
}
inline Arg out_arg(const NodeRef& ref, int i = 0) {
  return Arg{ref.out(i).type.dtype, Arg::Out{ref.node.outputs[static_cast<std::size_t>(i)]}};
}
/// Input i as memory that the kernel reads and writes.
inline Arg state_arg(const NodeRef& ref, int i) {
  MOTE_CHECK(ref.in(i).state >= 0, "a state argument that is no state");
  return Arg{ref.in(i).type.dtype, Arg::State{ref.in(i).state}};
}

inline Arg weights_arg(const NodeRef& ref) { return constant_arg(ref, 1, "weights", ref.in(1).type.dtype); }
inline Arg bias_arg(const NodeRef& ref) {
  if (ref.has_in(2)) return constant_arg(ref, 2, "bias", ref.in(2).type.dtype);
  return Arg{ref.in(0).type.dtype == DType::F32 ? DType::F32 : DType::S32, Arg::Rom{nullptr}};
}

inline Arg multiplier_arg(const NodeRef& ref, const RequantTable& table) {
  const Shape shape{static_cast<std::int32_t>(table.multiplier.size())};
  return rom_arg(constant_name(ref, "multiplier"), DType::S32, shape, table.multiplier,
                 Constant::Role::Requant);
}
inline Arg shift_arg(const NodeRef& ref, const RequantTable& table) {
  const Shape shape{static_cast<std::int32_t>(table.shift.size())};
  return rom_arg(constant_name(ref, "shift"), DType::S8, shape, table.shift, Constant::Role::Requant);
}

/// (in, weights, bias, out): convolutions and fully connected in f32.
inline std::vector<Arg> weighted_args(const NodeRef& ref) {
  return {in_arg(ref, 0), weights_arg(ref), bias_arg(ref), out_arg(ref)};
}
/// (in, weights, bias, multiplier, shift, out): the same in s8.
inline std::vector<Arg> weighted_args(const NodeRef& ref, const RequantTable& table) {
  return {in_arg(ref, 0),        weights_arg(ref), bias_arg(ref), multiplier_arg(ref, table),
          shift_arg(ref, table), out_arg(ref)};
}

template <class Params>
KernelCall call_of(std::string_view kernel, const Params& params, std::vector<Arg> args) {
  return KernelCall{KernelId(kernel), to_block(params), std::move(args)};
}
inline Result<std::vector<KernelCall>> one_call(KernelCall call) {
  std::vector<KernelCall> calls;
  calls.push_back(std::move(call));
  return calls;
}

/// Zero points and range of an int8 node.
template <class Params>
void put_s8(Params& p, const NodeRef& ref) {
  p.in_zero_point = ref.in(0).quant.zero_point[0];
  p.out_zero_point = ref.out(0).quant.zero_point[0];
}
template <class Params>
void put_range(Params& p, const IntRange& range) {
  p.act_min = range.min;
  p.act_max = range.max;
}
template <class Params>
void put_range(Params& p, const FloatRange& range) {
  p.act_min = range.min;
  p.act_max = range.max;
}

}  // namespace mote::nn
