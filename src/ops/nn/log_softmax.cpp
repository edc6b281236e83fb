// log_softmax: logarithms of probabilities along the last axis.
#include "ops/nn/softmax.h"

namespace {
using namespace mote;
using namespace mote::nn;

constexpr QuantRule kQuant{.fixed_output_scale = 16.0f / 256.0f, .fixed_output_zero_point = 127};

Calls lower(const NodeRef& ref) {
  if (ref.in(0).type.dtype == DType::F32) {
    const auto p = row_geometry<LogSoftmaxF32Params>(ref);
    return one_call(call_of("log_softmax_f32", p, {in_arg(ref, 0), out_arg(ref)}));
  }
  MOTE_TRY_VOID(check_rows_quant<kQuant>(ref));
  MOTE_TRY_VOID(check_depth(ref, kMostDepthS8));
  MOTE_TRY(const SoftmaxRequant requant, softmax_requant(1.0, ref.in(0).quant.scale[0]));
  // Steps of the input in a unit of Q5.26: the inverse of the multiplier.
  MOTE_TRY(const Requant reverse,
           quantize_multiplier_below_one(std::ldexp(1.0, 31 - requant.left_shift) / requant.multiplier));
  auto p = row_geometry<LogSoftmaxS8Params>(ref);
  p.multiplier = requant.multiplier;
  p.left_shift = requant.left_shift;
  p.diff_min = requant.diff_min;
  p.reverse_multiplier = reverse.multiplier;
  p.reverse_shift = reverse.shift;
  return one_call(call_of("log_softmax_s8", p, {in_arg(ref, 0), out_arg(ref)}));
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 1, 1));
  return append_read(foreign, "log_softmax", {}, graph);
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) { return start_write(ref, "LOG_SOFTMAX", 2); }

constexpr FormatRule kFormats[] = {{"tflite", "LOG_SOFTMAX", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(nn_log_softmax) {
  static const OpDef op = {
      .name = "log_softmax",
      .schema = {.doc = "Logarithms of probabilities along the last axis: y = x - log Σ exp(x).",
                 .inputs = {{"x", "logits, at least one dimension, f32 or s8"}},
                 .outputs = {{"y", "of x's shape, at most 0; in s8 with scale 1/16 and zero point 127"}}},
      .infer = infer_rows,
      .verify = verify_rows<kQuant>,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .quant = &kQuant,
      .rows = &kRowsOfLastAxis,
  };
  return op;
}
