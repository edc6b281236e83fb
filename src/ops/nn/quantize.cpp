// quantize: real numbers to integers with a scale, or integers of one scale to those of another.
#include "mote/nn/quantize/quantize.h"
#include "mote/nn/quantize/requantize.h"
#include "ops/nn/typed.h"

namespace {
using namespace mote;
using namespace mote::nn;

bool is_byte(DType dtype) { return dtype == DType::S8 || dtype == DType::U8; }

bool has_kernel(DType from, DType to) {
  if (from == DType::F32) return is_byte(to) || to == DType::S16;
  if (is_byte(from) && is_byte(to)) return true;
  return from != DType::U8 && to != DType::U8 && !(from == DType::S32 && to == DType::S32);
}

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  MOTE_TRY_VOID(check_dtype("x", ref.in(0), {DType::F32, DType::S8, DType::U8, DType::S16, DType::S32}));
  const DType to = type_attribute(ref);
  if (!has_kernel(ref.in(0).type.dtype, to)) return no_conversion(ref, to);
  return std::vector<TensorType>{{to, ref.in(0).type.shape}};
}

Result<void> check_quant(const NodeRef& ref) {
  if (ref.in(0).type.dtype != DType::F32) MOTE_TRY_VOID(check_scale("x", ref.in(0)));
  return check_scale("output", ref.out(0));
}

Result<void> verify_node(const NodeRef& ref, Stage stage) {
  return stage >= Stage::Quantized ? check_quant(ref) : Result<void>{};
}

Calls lower_real(const NodeRef& ref) {
  const Quant& quant = ref.out(0).quant;
  const auto count = static_cast<std::int32_t>(ref.out(0).type.count());
  const std::vector<Arg> args = {in_arg(ref, 0), out_arg(ref)};
  const DType to = ref.out(0).type.dtype;
  if (to == DType::S8) {
    const QuantizeS8Params p{count, quant.scale[0], quant.zero_point[0]};
    return one_call(call_of("quantize_s8", p, args));
  }
  const QuantizeParams p{count, quant.scale[0], quant.zero_point[0]};
  return one_call(call_of(to == DType::U8 ? "quantize_u8" : "quantize_s16", p, args));
}

Calls lower(const NodeRef& ref) {
  MOTE_TRY_VOID(check_quant(ref));
  const Tensor &in = ref.in(0), &out = ref.out(0);
  if (in.type.dtype == DType::F32) return lower_real(ref);
  MOTE_TRY(const Requant requant, quantize_multiplier(scale_ratio(ref)));
  if (is_byte(in.type.dtype) && is_byte(out.type.dtype)) {
    const auto value = [&](std::int32_t q) {
      return add_modulo(requantize(q - in.quant.zero_point[0], requant.multiplier, requant.shift),
                        out.quant.zero_point[0]);
    };
    return one_call(byte_lookup(ref, byte_table(in.type.dtype, out.type.dtype, value)));
  }
  RequantizeParams p{};
  p.count = static_cast<std::int32_t>(out.type.count());
  p.from = static_cast<std::int32_t>(bytes_of(in.type.dtype));
  p.to = static_cast<std::int32_t>(bytes_of(out.type.dtype));
  put_s8(p, ref);
  p.multiplier = requant.multiplier;
  p.shift = requant.shift;
  return one_call(call_of("requantize_elements", p, byte_args(ref)));
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_typed(foreign, "quantize", graph);
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) {
  ForeignNode foreign = start_write(ref, "QUANTIZE", 2);
  const bool wide = ref.in(0).type.dtype == DType::S16 || ref.out(0).type.dtype == DType::S16;
  if (wide) foreign.version = 2;
  return foreign;
}

constexpr FormatRule kFormats[] = {{"tflite", "QUANTIZE", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(nn_quantize) {
  static const OpDef op = {
      .name = "quantize",
      .schema =
          {.doc = "Element-wise x / scale + zero point of the output, rounded to the nearest integer (halves "
                  "away "
                  "from zero) and saturated. A NaN becomes the zero point.",
           .inputs = {{"x",
                       "any shape; f32 (to s8, u8, s16), s8 and u8 (to each other), s8, s16, s32 (to s8, "
                       "s16, and from the shorter ones to s32)"}},
           .outputs = {{"y", "of x's shape, quantized with one scale"}},
           .attributes = {{"type", "element type of y", std::string("s8"), {"s8", "u8", "s16", "s32"}}}},
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
