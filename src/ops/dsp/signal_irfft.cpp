// signal_irfft: a real frame from its spectrum.
#include "ops/dsp/fft.h"

namespace {
using namespace mote;
using namespace mote::dsp;

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  MOTE_TRY(const std::int64_t length, check_fft_input(ref));
  TensorType type = ref.in(0).type;
  if (type.shape.back() != length + 2) {
    return error(text::cat("'x' has ", type.shape.back(), " values in a spectrum; with the FFT length ",
                           length, " it must have ", length + 2));
  }
  type.shape.back() = static_cast<std::int32_t>(length);
  return std::vector<TensorType>{std::move(type)};
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  IrfftParams p{};
  p.frames = rows_of(ref.in(0).type.shape).rows;
  return lower_fft(ref, p, true);
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_signal(foreign, graph, "signal_irfft", 1);
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) { return write_fft(ref, "SignalIrfft"); }

constexpr FormatRule kFormats[] = {{"tflite", "SignalIrfft", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(dsp_signal_irfft) {
  static const OpDef op = {
      .name = "signal_irfft",
      .schema = {.doc = "Real frames from their spectra, divided by the FFT length.",
                 .inputs = {{"x", "[…, fft_length + 2] s16, s32 or f32: real and imaginary parts in turn"}},
                 .outputs = {{"y", "[…, fft_length] of x's element type"}},
                 .attributes = {fft_length_spec()}},
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
  };
  return op;
}
