// signal_filter_bank_spectral_subtraction: takes the slowly followed noise of each channel away.  It keeps the estimate.
#include "mote/dsp/filter_bank/filter_bank.h"
#include "ops/dsp/signal.h"

namespace {
using namespace mote;
using namespace mote::dsp;

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  MOTE_TRY_VOID(check_vector("x", ref.in(0), DType::U32));
  const TensorType& type = ref.in(0).type;
  if (type.shape[0] != ref.integer("num_channels")) {
    return error(
        text::cat("'x' has ", type.shape[0], " channels and num_channels is ", ref.integer("num_channels")));
  }
  return std::vector<TensorType>{type, type};
}

std::vector<TensorType> own_state(const NodeRef& ref) {
  if (!infer(ref)) return {};
  return {ref.in(0).type};
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  const auto factor = [&](const char* name) { return static_cast<std::uint32_t>(ref.integer(name)); };
  SpectralSubtractionU32Params p{};
  p.channels = ref.in(0).type.shape[0];
  p.bits = int32_of(ref, "spectral_subtraction_bits");
  p.smoothing_bits = int32_of(ref, "smoothing_bits");
  p.even_smoothing = factor("smoothing");
  p.even_one_minus = factor("one_minus_smoothing");
  p.odd_smoothing = factor("alternate_smoothing");
  p.odd_one_minus = factor("alternate_one_minus_smoothing");
  p.min_signal_remaining = factor("min_signal_remaining");
  p.clamping = int32_of(ref, "clamping");
  return one_call(call_of("spectral_subtraction_u32", p,
                          {in_arg(ref, 0), state_arg(ref, 1), out_arg(ref, 0), out_arg(ref, 1)}));
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_signal(foreign, graph, "signal_filter_bank_spectral_subtraction", 1, 2);
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) {
  return write_signal(ref, "SignalFilterBankSpectralSubtraction", 1);
}

AttributeSpec fraction(std::string_view name, std::string_view doc) {
  return integer_spec(name, doc, 0, INT32_MIN, INT32_MAX);
}

constexpr FormatRule kFormats[] = {
    {"tflite", "SignalFilterBankSpectralSubtraction", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(dsp_signal_filter_bank_spectral_subtraction) {
  static const OpDef op = {
      .name = "signal_filter_bank_spectral_subtraction",
      .schema = {.doc =
                     "Follows the noise of each channel slowly and takes it away.  Factors are in units of "
                     "2^-spectral_subtraction_bits; odd channels have their own.",
                 .inputs = {{"x", "[num_channels] u32"},
                            state_port("state", "[num_channels] u32, the estimate so far")},
                 .outputs = {{"y", "[num_channels] u32"}, {"noise", "[num_channels] u32, the new estimate"}},
                 .attributes =
                     {fraction("alternate_one_minus_smoothing", "1 less alternate_smoothing"),
                      fraction("alternate_smoothing", "how much an odd channel counts in its estimate"),
                      integer_spec("clamping", "1: the estimate falls to a smaller signal at once", 0, 0, 1),
                      fraction("min_signal_remaining", "how much of the signal stays at least"),
                      integer_spec("num_channels", "channels", 32, 1, INT32_MAX),
                      fraction("one_minus_smoothing", "1 less smoothing"),
                      fraction("smoothing", "how much an even channel counts in its estimate"),
                      integer_spec("smoothing_bits", "fraction bits of the estimate", 0, 0, 31),
                      integer_spec("spectral_subtraction_bits", "fraction bits of the factors", 14, 0, 31)}},
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .own_state = own_state,
      .formats = kFormats,
  };
  return op;
}
