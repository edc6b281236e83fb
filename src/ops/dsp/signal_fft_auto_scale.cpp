// signal_fft_auto_scale: shifts a frame up so that a fixed-point transform uses all 16 bits.
#include "mote/dsp/fft/fft.h"
#include "ops/dsp/signal.h"

namespace {
using namespace mote;
using namespace mote::dsp;

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  MOTE_TRY_VOID(check_vector("x", ref.in(0), DType::S16));
  return std::vector<TensorType>{ref.in(0).type, {DType::S32, {}}};
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  FftAutoScaleS16Params p{};
  p.count = ref.in(0).type.shape[0];
  return one_call(call_of("fft_auto_scale_s16", p, {in_arg(ref, 0), out_arg(ref, 0), out_arg(ref, 1)}));
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_signal(foreign, graph, "signal_fft_auto_scale", 1, 2);
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) {
  return write_signal(ref, "SignalFftAutoScale", 1);
}

constexpr FormatRule kFormats[] = {{"tflite", "SignalFftAutoScale", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(dsp_signal_fft_auto_scale) {
  static const OpDef op = {
      .name = "signal_fft_auto_scale",
      .schema =
          {.doc = "Shifts a frame up as far as 16 bits allow, so that a fixed-point transform loses little.",
           .inputs = {{"x", "[samples] s16"}},
           .outputs = {{"y", "of x's type: x · 2^bits"}, {"bits", "[] s32, 0 for silence"}}},
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
  };
  return op;
}
