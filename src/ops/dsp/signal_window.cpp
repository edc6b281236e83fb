// signal_window: a window function over each frame, in fixed point.
#include "mote/dsp/window/window.h"

#include "ops/dsp/signal.h"

namespace {
using namespace mote;
using namespace mote::dsp;

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  MOTE_TRY_VOID(check_dtype("x", ref.in(0), {DType::S16}));
  MOTE_TRY_VOID(check_rows("x", ref.in(0)));
  MOTE_TRY_VOID(check_constant_vector("weights", ref.in(1), DType::S16, 1));
  const std::int32_t samples = ref.in(0).type.shape.back(), weights = ref.in(1).type.shape[0];
  if (samples % weights != 0) {
    return error(text::cat("'x' has frames of ", samples, " samples and 'weights' ", weights,
                           " values; they must agree"));
  }
  return std::vector<TensorType>{ref.in(0).type};
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  WindowS16Params p{};
  p.length = ref.in(1).type.shape[0];
  p.frames = static_cast<std::int32_t>(ref.in(0).type.count() / p.length);
  p.shift = int32_of(ref, "shift");
  return one_call(call_of("window_s16", p, {in_arg(ref, 0), weights_arg(ref), out_arg(ref)}));
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_signal(foreign, graph, "signal_window", 2);
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) { return write_signal(ref, "SignalWindow", 2); }

constexpr FormatRule kFormats[] = {{"tflite", "SignalWindow", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(dsp_signal_window) {
  static const OpDef op = {
      .name = "signal_window",
      .schema = {.doc = "A window function over each frame: x · weights / 2^shift, rounded down and limited "
                        "to 16 bits.",
                 .inputs = {{"x", "[…, samples] s16"},
                            {.name = "weights", .doc = "[samples] s16", .constant = true}},
                 .outputs = {{"y", "of x's type"}},
                 .attributes = {integer_spec("shift", "fraction bits of the weights", 12, 0, 31)}},
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
  };
  return op;
}
