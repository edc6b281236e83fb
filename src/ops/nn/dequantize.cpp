// dequantize: integers with a scale to real numbers.
#include "mote/nn/quantize/quantize.h"

#include "ops/nn/typed.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  MOTE_TRY_VOID(check_dtype("x", ref.in(0), {DType::S8, DType::U8, DType::S16}));
  return std::vector<TensorType>{{DType::F32, ref.in(0).type.shape}};
}

Result<void> verify_node(const NodeRef& ref, Stage stage) {
  return stage >= Stage::Quantized ? check_scale("x", ref.in(0)) : Result<void>{};
}

Calls lower(const NodeRef& ref) {
  MOTE_TRY_VOID(check_scale("x", ref.in(0)));
  const Quant& quant = ref.in(0).quant;
  const auto count = static_cast<std::int32_t>(ref.out(0).type.count());
  const std::vector<Arg> args = {in_arg(ref, 0), out_arg(ref)};
  const DType from = ref.in(0).type.dtype;
  if (from == DType::S8) {
    const QuantizeS8Params p{count, quant.scale[0], quant.zero_point[0]};
    return one_call(call_of("dequantize_s8", p, args));
  }
  const QuantizeParams p{count, quant.scale[0], quant.zero_point[0]};
  return one_call(call_of(from == DType::U8 ? "dequantize_u8" : "dequantize_s16", p, args));
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 1, 1));
  return append_read(foreign, "dequantize", {}, graph);
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) {
  ForeignNode foreign = start_write(ref, "DEQUANTIZE", 2);
  if (ref.in(0).type.dtype == DType::S16) foreign.version = 3;
  return foreign;
}

constexpr FormatRule kFormats[] = {{"tflite", "DEQUANTIZE", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(nn_dequantize) {
  static const OpDef op = {
      .name = "dequantize",
      .schema = {.doc = "Element-wise (x - zero point) · scale.",
                 .inputs = {{"x", "any shape, s8, u8 or s16 with one scale"}},
                 .outputs = {{"y", "of x's shape, f32"}}},
      .infer = infer,
      .verify = verify_node,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .stream = &kPointwiseStream,
      .rows = &kPointwiseRows,
  };
  return op;
}
