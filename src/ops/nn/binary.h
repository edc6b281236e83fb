// What element-wise ops of two inputs share: types with broadcasting, scales, lowering to the kernels of
// device/mote/nn/binary, and their view of .tflite.  An op is a Pair and one call of pair_op.
#pragma once

#include <limits>

#include "mote/nn/binary/binary.h"
#include "ops/nn/broadcast.h"
#include "ops/nn/lowering.h"
#include "ops/nn/tflite.h"

namespace mote::nn {

// ---- types

/// The broadcast shape of x1 and x2, which must be of one of these types; the elements are of `out`.
inline Result<std::vector<TensorType>> infer_pair(const NodeRef& ref, std::initializer_list<DType> allowed,
                                                  DType out) {
  MOTE_TRY_VOID(check_dtype("x1", ref.in(0), allowed));
  MOTE_TRY_VOID(check_dtype("x2", ref.in(1), allowed));
  if (ref.in(0).type.dtype != ref.in(1).type.dtype) {
    return error(text::cat("'x1' is ", name_of(ref.in(0).type.dtype), " and 'x2' ",
                           name_of(ref.in(1).type.dtype), "; both must have one element type"));
  }
  MOTE_TRY(Shape shape, broadcast_shape(ref.in(0).type.shape, ref.in(1).type.shape));
  return one_type(made_type(out, std::move(shape)));
}
inline Result<std::vector<TensorType>> infer_pair(const NodeRef& ref, std::initializer_list<DType> allowed) {
  return infer_pair(ref, allowed, ref.in(0).type.dtype);
}
template <DType... allowed>
Result<std::vector<TensorType>> infer_pair_of(const NodeRef& ref) {
  return infer_pair(ref, {allowed...});
}

// ---- scales

inline bool is_quantized_type(DType dtype) { return dtype == DType::S8 || dtype == DType::S16; }

/// One scale and zero point for each input, and for the output when it is an integer too.
inline Result<void> check_pair_quant(const NodeRef& ref) {
  MOTE_TRY_VOID(check_activation_quant("x1", ref.in(0)));
  MOTE_TRY_VOID(check_activation_quant("x2", ref.in(1)));
  if (ref.out(0).type.dtype == DType::Bool) return {};
  return check_activation_quant("output", ref.out(0));
}

inline Result<void> verify_pair(const NodeRef& ref, Stage stage) {
  const bool quantized = stage >= Stage::Quantized && is_quantized_type(ref.in(0).type.dtype);
  return quantized ? check_pair_quant(ref) : Result<void>{};
}

/// TFLM multiplies and squares s16 without zero points.
inline Result<void> check_s16_symmetric(const NodeRef& ref) {
  if (ref.in(0).type.dtype != DType::S16) return {};
  for (const Tensor* tensor : {&ref.in(0), &ref.in(1), &ref.out(0)}) {
    if (tensor->quant.zero_point[0] != 0) {
      return error(text::cat("tensor '", tensor->name, "' is s16 and has the zero point ",
                             tensor->quant.zero_point[0], "; it must be 0"));
    }
  }
  return {};
}

// ---- parameters

/// Scale of a tensor, in double: products and ratios in double are TFLM's, unless said otherwise.
inline double scale_of(const Tensor& tensor) { return static_cast<double>(tensor.quant.scale[0]); }

/// The loops of a kernel over two inputs.
template <class Params>
Result<Params> pair_params(const NodeRef& ref, int in1 = 0, int in2 = 1) {
  MOTE_TRY(const BroadcastLoops loops,
           broadcast_loops(ref.out(0).type.shape, {ref.in(in1).type.shape, ref.in(in2).type.shape}));
  Params p{};
  const auto &e = loops.extent, &a = loops.step[0], &b = loops.step[1];
  p.extent0 = e[0], p.extent1 = e[1], p.extent2 = e[2], p.extent3 = e[3], p.extent4 = e[4], p.extent5 = e[5];
  p.in1_step0 = a[0], p.in1_step1 = a[1], p.in1_step2 = a[2];
  p.in1_step3 = a[3], p.in1_step4 = a[4], p.in1_step5 = a[5];
  p.in2_step0 = b[0], p.in2_step1 = b[1], p.in2_step2 = b[2];
  p.in2_step3 = b[3], p.in2_step4 = b[4], p.in2_step5 = b[5];
  return p;
}

/// How each input reaches the common scale.
template <class Params>
void put_inputs(Params& p, const NodeRef& ref, std::int32_t left_shift, const Requant& in1,
                const Requant& in2) {
  p.left_shift = left_shift;
  p.in1_zero_point = ref.in(0).quant.zero_point[0];
  p.in1_multiplier = in1.multiplier;
  p.in1_shift = in1.shift;
  p.in2_zero_point = ref.in(1).quant.zero_point[0];
  p.in2_multiplier = in2.multiplier;
  p.in2_shift = in2.shift;
}

/// Of a kernel that rescales its result alone: product, quotient.  `real` is the ratio of scales.
inline Result<ScaledPairParams> scaled_pair(const NodeRef& ref, double real) {
  MOTE_TRY(ScaledPairParams p, pair_params<ScaledPairParams>(ref));
  MOTE_TRY(const Requant requant, quantize_multiplier(real));
  p.in1_zero_point = ref.in(0).quant.zero_point[0];
  p.in2_zero_point = ref.in(1).quant.zero_point[0];
  p.out_zero_point = ref.out(0).quant.zero_point[0];
  p.multiplier = requant.multiplier;
  p.shift = requant.shift;
  put_range(p, activation_range(activation_of(ref), ref.out(0)));
  return p;
}

/// The range of a fused activation on integers without a scale.
inline IntRange integer_range(Activation activation) {
  if (activation == Activation::None) return {INT32_MIN, INT32_MAX};
  if (activation == Activation::Relu) return {0, INT32_MAX};
  return activation == Activation::Relu6 ? IntRange{0, 6} : IntRange{-1, 1};
}

inline Result<IntegerPairParams> integer_pair(const NodeRef& ref, std::int32_t in2_sign = 1) {
  MOTE_TRY(IntegerPairParams p, pair_params<IntegerPairParams>(ref));
  p.in2_sign = in2_sign;
  put_range(p, integer_range(activation_of(ref)));
  return p;
}
inline Result<FloatPairParams> float_pair(const NodeRef& ref, float in2_sign = 1.0f) {
  MOTE_TRY(FloatPairParams p, pair_params<FloatPairParams>(ref));
  p.in2_sign = in2_sign;
  put_range(p, float_range(activation_of(ref)));
  return p;
}

// ---- lowering

/// The call kernel(p, x1, x2, output), or the error of making its parameters.
template <class Params>
Result<std::vector<KernelCall>> pair_call(std::string_view kernel, const NodeRef& ref,
                                          const Result<Params>& p) {
  if (!p) return p.error();
  return one_call(call_of(kernel, *p, {in_arg(ref, 0), in_arg(ref, 1), out_arg(ref)}));
}

/// "mul" → "mul_s8", by the inputs' element type.
inline std::string kernel_of(std::string_view family, const NodeRef& ref) {
  return text::cat(family, "_", name_of(ref.in(0).type.dtype));
}

/// The same in any type, each with its parameters: `quantized` makes those of s8 and s16.
template <class Params>
Result<std::vector<KernelCall>> lower_arithmetic(std::string_view family, const NodeRef& ref,
                                                 Result<Params> (*quantized)(const NodeRef&)) {
  const std::string kernel = kernel_of(family, ref);
  switch (ref.in(0).type.dtype) {
    case DType::F32:
      return pair_call(kernel, ref, float_pair(ref));
    case DType::S32:
      return pair_call(kernel, ref, integer_pair(ref));
    default:
      return pair_call(kernel, ref, quantized(ref));
  }
}

/// maximum (largest = 1) or minimum (0).
inline Result<std::vector<KernelCall>> lower_extremum(const NodeRef& ref, std::int32_t largest) {
  MOTE_TRY(ExtremumParams p, pair_params<ExtremumParams>(ref));
  p.largest = largest;
  return pair_call<ExtremumParams>(kernel_of("extremum", ref), ref, p);
}

// ---- sum and difference

/// The multipliers of add and sub: as add_requant, with less headroom in s16.
struct SumRequant {
  std::int32_t left_shift = 0;
  Requant in1, in2, out;
};
inline Result<SumRequant> sum_requant(const NodeRef& ref) {
  const double twice_max = 2 * std::max(scale_of(ref.in(0)), scale_of(ref.in(1)));
  SumRequant sum;
  sum.left_shift = ref.in(0).type.dtype == DType::S16 ? 15 : 20;
  MOTE_TRY(sum.in1, quantize_multiplier_below_one(scale_of(ref.in(0)) / twice_max));
  MOTE_TRY(sum.in2, quantize_multiplier_below_one(scale_of(ref.in(1)) / twice_max));
  MOTE_TRY(sum.out,
           quantize_multiplier_below_one(twice_max / ((1 << sum.left_shift) * scale_of(ref.out(0)))));
  return sum;
}

inline Result<RescaledPairParams> rescaled_sum(const NodeRef& ref, std::int32_t in2_sign) {
  MOTE_TRY_VOID(check_pair_quant(ref));
  MOTE_TRY(RescaledPairParams p, pair_params<RescaledPairParams>(ref));
  MOTE_TRY(const SumRequant sum, sum_requant(ref));
  put_inputs(p, ref, sum.left_shift, sum.in1, sum.in2);
  p.in2_sign = in2_sign;
  p.out_zero_point = ref.out(0).quant.zero_point[0];
  p.out_multiplier = sum.out.multiplier;
  p.out_shift = sum.out.shift;
  put_range(p, activation_range(activation_of(ref), ref.out(0)));
  return p;
}

/// x1 + x2 or x1 − x2 in any of their types.
inline Result<std::vector<KernelCall>> lower_sum(const NodeRef& ref, std::int32_t in2_sign) {
  const std::string kernel = kernel_of("add_sub", ref);
  switch (ref.in(0).type.dtype) {
    case DType::F32:
      return pair_call(kernel, ref, float_pair(ref, static_cast<float>(in2_sign)));
    case DType::S32:
      return pair_call(kernel, ref, integer_pair(ref, in2_sign));
    default:
      return pair_call(kernel, ref, rescaled_sum(ref, in2_sign));
  }
}

// ---- .tflite

/// Two inputs, with or without the option of a fused activation.
inline Result<void> read_pair(const ForeignNode& foreign, Graph& graph, const std::string& op) {
  MOTE_TRY_VOID(check_counts(foreign, 2, 2));
  return append_read(foreign, op, {}, graph);
}
inline Result<void> read_activated_pair(const ForeignNode& foreign, Graph& graph, const std::string& op) {
  MOTE_TRY_VOID(check_counts(foreign, 2, 2));
  Attributes attributes;
  MOTE_TRY(attributes["activation"], read_activation(foreign));
  return append_read(foreign, op, std::move(attributes), graph);
}
inline ForeignNode write_pair(const NodeRef& ref, std::string_view op) { return start_write(ref, op, 2); }
inline ForeignNode write_activated_pair(const NodeRef& ref, std::string_view op) {
  ForeignNode foreign = start_write(ref, op, 2);
  foreign.attributes["fused_activation_function"] = activation_word(ref);
  return foreign;
}
/// add and sub: in s16 another arithmetic exists, for scales that are powers of two; TFLM never uses it.
inline ForeignNode write_sum(const NodeRef& ref, std::string_view op) {
  ForeignNode foreign = write_activated_pair(ref, op);
  if (ref.in(0).type.dtype == DType::S16) foreign.attributes["pot_scale_int16"] = std::int64_t{0};
  return foreign;
}

// ---- the op

struct Pair {
  std::string_view op;       ///< "mul"
  std::string_view foreign;  ///< "MUL"
  std::string_view doc;
  std::string_view x1;  ///< "any shape; f32, s8 or s16"
  std::string_view x2 = "of x1's element type, of a shape that broadcasts with x1's";
  std::string_view y = "of the broadcast shape and x1's element type";
  Result<std::vector<TensorType>> (*infer)(const NodeRef&);
  Result<void> (*verify)(const NodeRef&, Stage) = nullptr;
  Result<std::vector<KernelCall>> (*lower)(const NodeRef&);
  bool activated = false;  ///< has the attribute activation
  ForeignNode (*write)(const NodeRef&, std::string_view foreign) = write_pair;
  const QuantRule* quant = nullptr;
  const GradRule* grad = nullptr;
};

inline constexpr QuantRule kPairQuant{};
inline constexpr QuantRule kPairSameScale{.same_scale = true};

template <const Pair& pair>
Result<void> read_pair_of(const ForeignNode& foreign, Graph& graph) {
  const std::string op(pair.op);
  return pair.activated ? read_activated_pair(foreign, graph, op) : read_pair(foreign, graph, op);
}
template <const Pair& pair>
Result<ForeignNode> write_pair_of(const NodeRef& ref, Graph&) {
  return pair.write(ref, pair.foreign);
}
template <const Pair& pair>
inline constexpr FormatRule kPairFormats[] = {
    {"tflite", pair.foreign, read_pair_of<pair>, write_pair_of<pair>}};

template <const Pair& pair>
OpDef pair_op() {
  OpDef op = {
      .name = pair.op,
      .schema = {.doc = pair.doc, .inputs = {{"x1", pair.x1}, {"x2", pair.x2}}, .outputs = {{"y", pair.y}}},
      .infer = pair.infer,
      .verify = pair.verify,
      .lower = pair.lower,
      .work = no_work,
      .formats = kPairFormats<pair>,
      .grad = pair.grad,
      .quant = pair.quant,
  };
  if (pair.activated) op.schema.attributes = {activation_attribute()};
  return op;
}

}  // namespace mote::nn
