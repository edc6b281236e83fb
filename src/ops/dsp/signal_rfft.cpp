// signal_rfft: the spectrum of a real frame.
#include "ops/dsp/fft.h"

namespace {
using namespace mote;
using namespace mote::dsp;

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  MOTE_TRY(const std::int64_t length, check_fft_input(ref));
  TensorType type = ref.in(0).type;
  if (type.shape.back() > length) {
    return error(text::cat("'x' has frames of ", type.shape.back(), " samples and the FFT length is ", length,
                           "; a frame may be shorter, not longer"));
  }
  type.shape.back() = static_cast<std::int32_t>(length + 2);
  return one_type(made_type(type.dtype, std::move(type.shape)));
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  const Rows rows = rows_of(ref.in(0).type.shape);
  RfftParams p{};
  p.frames = rows.rows;
  p.in_length = rows.length;
  return lower_fft(ref, p, false);
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_signal(foreign, graph, "signal_rfft", 1);
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) { return write_fft(ref, "SignalRfft"); }

constexpr FormatRule kFormats[] = {{"tflite", "SignalRfft", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(dsp_signal_rfft) {
  static const OpDef op = {
      .name = "signal_rfft",
      .schema = {.doc = "The spectrum of each real frame, from 0 to half the sampling rate.  In s16 and s32 "
                        "it is divided "
                        "by the FFT length on the way, in f32 it is not.",
                 .inputs = {{"x", "[…, samples] s16, s32 or f32; frames shorter than the FFT end in zeros"}},
                 .outputs = {{"y",
                              "[…, fft_length + 2] of x's element type: real and imaginary parts in turn"}},
                 .attributes = {fft_length_spec()}},
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
  };
  return op;
}
