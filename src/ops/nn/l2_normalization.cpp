// l2_normalization: rows along the last axis brought to length 1.
#include "mote/nn/l2_normalization/l2_normalization.h"

#include "ops/nn/softmax.h"

namespace {
using namespace mote;
using namespace mote::nn;

constexpr std::int32_t kMostDepth = 33025;  // a sum of squares, each up to 255², in 31 bits
constexpr QuantRule kQuant{.fixed_output_scale = 1.0f / 128.0f, .fixed_output_zero_point = 0};

Calls lower(const NodeRef& ref) {
  const std::vector<Arg> args = {in_arg(ref, 0), out_arg(ref)};
  if (ref.in(0).type.dtype == DType::F32)
    return one_call(call_of("l2_normalization_f32", row_geometry<L2NormalizationF32Params>(ref), args));
  MOTE_TRY_VOID(check_rows_quant<kQuant>(ref));
  MOTE_TRY_VOID(check_depth(ref, kMostDepth));
  auto p = row_geometry<L2NormalizationS8Params>(ref);
  p.in_zero_point = ref.in(0).quant.zero_point[0];
  return one_call(call_of("l2_normalization_s8", p, args));
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 1, 1));
  MOTE_TRY_VOID(check_no_activation(foreign));
  return append_read(foreign, "l2_normalization", {}, graph);
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) {
  ForeignNode foreign = start_write(ref, "L2_NORMALIZATION", 2);
  foreign.attributes["fused_activation_function"] = std::string("NONE");
  return foreign;
}

constexpr FormatRule kFormats[] = {{"tflite", "L2_NORMALIZATION", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(nn_l2_normalization) {
  static const OpDef op = {
      .name = "l2_normalization",
      .schema = {.doc = "Each row along the last axis divided by its Euclidean length, at least 10^-6.",
                 .inputs = {{"x", "at least one dimension, f32 or s8"}},
                 .outputs = {{"y", "of x's shape, -1…1; in s8 with scale 1/128 and zero point 0"}}},
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
