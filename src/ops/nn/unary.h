// What element-wise functions of one tensor share: their node is a float kernel, or a table, or two slopes.  An op is a
// Unary and one call of unary_op.
#pragma once

#include "mote/nn/elementwise/two_slopes_s16.h"
#include "mote/nn/unary/unary_f32.h"
#include "ops/nn/lookup.h"
#include "ops/nn/tflite.h"

namespace mote::nn {

using Calls = Result<std::vector<KernelCall>>;

struct Unary {
  std::string_view op;       ///< "exp"
  std::string_view foreign;  ///< "EXP"
  std::string_view kernel;   ///< of floats, "exp_f32"
  std::string_view doc;
  Calls (*quantized)(const NodeRef&);  ///< the node in s8 or s16
  bool s16 = true;                     ///< `quantized` can do s16, too
  int s8_version = 1;                  ///< of `foreign`; readers refuse one that they do not know
  const QuantRule* quant = nullptr;
  const GradRule* grad = nullptr;
};

inline bool is_quantized(const Tensor& tensor) {
  return tensor.type.dtype == DType::S8 || tensor.type.dtype == DType::U8 || tensor.type.dtype == DType::S16;
}

/// One scale each for input and output; s16 is symmetric.
inline Result<void> check_unary_quant(const NodeRef& ref) {
  MOTE_TRY_VOID(check_activation_quant("x", ref.in(0)));
  MOTE_TRY_VOID(check_activation_quant("output", ref.out(0)));
  for (const Tensor* tensor : {&ref.in(0), &ref.out(0)}) {
    if (tensor->type.dtype != DType::S16 || tensor->quant.zero_point[0] == 0) continue;
    return error(text::cat("the tensor '", tensor->name, "' is s16 and has the zero point ",
                           tensor->quant.zero_point[0], "; s16 is symmetric, it must be 0"),
                 "convert the model again with 16x8 quantization");
  }
  return {};
}

/// Functions of a fixed range have a fixed scale in s8; in s16 it is 2^−15.
inline Result<void> check_fixed_output(const NodeRef& ref, const QuantRule& rule) {
  if (rule.fixed_output_scale <= 0) return {};
  const bool wide = ref.out(0).type.dtype == DType::S16;
  const float scale = wide ? 1.0f / 32768.0f : rule.fixed_output_scale;
  const std::int32_t zero = wide ? 0 : rule.fixed_output_zero_point;
  const Quant& out = ref.out(0).quant;
  if (std::abs(out.scale[0] - scale) <= 0.001f * scale && out.zero_point[0] == zero) return {};
  return error(text::cat("the output has scale ", text::shortest(out.scale[0]), " and zero point ",
                         out.zero_point[0], "; ", ref.node.op, " in ", name_of(ref.out(0).type.dtype),
                         " has ", text::shortest(scale), " and ", zero),
               "quantize the model again with mote, or with a converter that follows TFLite's specification");
}

template <const Unary& unary>
Result<void> check_quant_of(const NodeRef& ref) {
  MOTE_TRY_VOID(check_unary_quant(ref));
  return unary.quant != nullptr ? check_fixed_output(ref, *unary.quant) : Result<void>{};
}

template <const Unary& unary>
Result<std::vector<TensorType>> infer_unary(const NodeRef& ref) {
  MOTE_TRY_VOID(unary.s16 ? check_dtype("x", ref.in(0), {DType::F32, DType::S8, DType::S16})
                          : check_dtype("x", ref.in(0), {DType::F32, DType::S8}));
  return std::vector<TensorType>{ref.in(0).type};
}
template <const Unary& unary>
Result<void> verify_unary(const NodeRef& ref, Stage stage) {
  if (stage < Stage::Quantized || !is_quantized(ref.in(0))) return {};
  return check_quant_of<unary>(ref);
}
template <const Unary& unary>
Calls lower_unary(const NodeRef& ref) {
  if (ref.in(0).type.dtype == DType::F32) {
    UnaryF32Params p{};
    p.count = static_cast<std::int32_t>(ref.out(0).type.count());
    return one_call(call_of(unary.kernel, p, {in_arg(ref, 0), out_arg(ref)}));
  }
  MOTE_TRY_VOID(check_quant_of<unary>(ref));
  return unary.quantized(ref);
}

template <const Unary& unary>
Result<void> read_unary(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 1, 1));
  return append_read(foreign, std::string(unary.op), {}, graph);
}
template <const Unary& unary>
Result<ForeignNode> write_unary(const NodeRef& ref, Graph&) {
  return start_write(ref, unary.foreign, unary.s8_version);
}
template <const Unary& unary>
inline constexpr FormatRule kUnaryFormats[] = {
    {"tflite", unary.foreign, read_unary<unary>, write_unary<unary>}};

inline constexpr QuantRule kAnyScale{};

template <const Unary& unary>
OpDef unary_op() {
  return {
      .name = unary.op,
      .schema = {.doc = unary.doc,
                 .inputs = {{"x", unary.s16 ? "any shape, f32, s8 or s16" : "any shape, f32 or s8"}},
                 .outputs = {{"y", "of x's shape and element type"}}},
      .infer = infer_unary<unary>,
      .verify = verify_unary<unary>,
      .lower = lower_unary<unary>,
      .work = no_work,
      .formats = kUnaryFormats<unary>,
      .grad = unary.grad,
      .quant = unary.quant != nullptr ? unary.quant : &kAnyScale,
      .stream = &kPointwiseStream,
      .rows = &kPointwiseRows,
      .channels = &kChannelsPass,
  };
}

// ---- quantized, by a table of a real function

/// The double that the C library gives, rounded to float32: the same float on every machine but in freak cases.
template <double (*function)(double)>
float in_double(float x) {
  return static_cast<float>(function(static_cast<double>(x)));
}

template <class Function>
Calls lower_table_of(const NodeRef& ref, Function function) {
  const Tensor &in = ref.in(0), &out = ref.out(0);
  if (in.type.dtype == DType::S8) return one_call(byte_lookup(ref, real_byte_table(in, out, function)));
  LookupParams p{};
  p.count = static_cast<std::int32_t>(out.type.count());
  const auto table = interpolated_table(in.quant.scale[0], in.quant.zero_point[0], out.quant.scale[0],
                                        out.quant.zero_point[0], function);
  return one_call(
      call_of("lookup_s16", p, {in_arg(ref, 0), interpolated_arg(ref, "table", table), out_arg(ref)}));
}
template <float (*function)(float)>
Calls lower_tabulated(const NodeRef& ref) {
  return lower_table_of(ref, function);
}

// ---- quantized, with a slope on either side of zero

struct Slopes {
  Requant positive, negative;
};

/// A slope of either sign, as QuantizeMultiplier makes it.
inline Result<Requant> slope_of(double real) {
  MOTE_TRY(Requant requant, quantize_multiplier(std::abs(real)));
  if (real < 0) requant.multiplier = -requant.multiplier;
  return requant;
}
inline double scale_ratio(const NodeRef& ref) {
  return static_cast<double>(ref.in(0).quant.scale[0]) / static_cast<double>(ref.out(0).quant.scale[0]);
}

inline Calls lower_slopes(const NodeRef& ref, const Slopes& slopes, const IntRange& range) {
  const std::int32_t in_zero = ref.in(0).quant.zero_point[0], out_zero = ref.out(0).quant.zero_point[0];
  if (ref.in(0).type.dtype == DType::S16) {
    TwoSlopesS16Params p{};
    p.count = static_cast<std::int32_t>(ref.out(0).type.count());
    put_s8(p, ref);
    p.positive_multiplier = slopes.positive.multiplier;
    p.positive_shift = slopes.positive.shift;
    p.negative_multiplier = slopes.negative.multiplier;
    p.negative_shift = slopes.negative.shift;
    put_range(p, range);
    return one_call(call_of("two_slopes_s16", p, {in_arg(ref, 0), out_arg(ref)}));
  }
  const auto value = [&](std::int32_t q) {
    const std::int32_t x = q - in_zero;
    const Requant& slope = x >= 0 ? slopes.positive : slopes.negative;
    return std::clamp(add_modulo(requantize(x, slope.multiplier, slope.shift), out_zero), range.min,
                      range.max);
  };
  return one_call(byte_lookup(ref, byte_table(ref.in(0).type.dtype, ref.out(0).type.dtype, value)));
}

}  // namespace mote::nn
