// signal_pcan: per-channel amplitude normalisation, an automatic gain by the noise estimate.
#include "mote/dsp/filter_bank/filter_bank.h"
#include "ops/dsp/signal.h"

namespace {
using namespace mote;
using namespace mote::dsp;

constexpr std::int64_t kGains = 125;  // of any 32-bit number: 4 · 32 − 6 + 3

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  MOTE_TRY_VOID(check_vector("x", ref.in(0), DType::U32));
  MOTE_TRY_VOID(check_vector("noise", ref.in(1), DType::U32));
  MOTE_TRY_VOID(check_constant_vector("gain_lut", ref.in(2), DType::S16, kGains));
  if (ref.in(0).type != ref.in(1).type) {
    return error(text::cat("'x' is ", type_text(ref.in(0).type), " and 'noise' ", type_text(ref.in(1).type),
                           "; they must agree"));
  }
  return std::vector<TensorType>{ref.in(0).type};
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  PcanU32Params p{};
  p.channels = ref.in(0).type.shape[0];
  p.snr_shift = int32_of(ref, "snr_shift");
  return one_call(
      call_of("pcan_u32", p,
              {in_arg(ref, 0), in_arg(ref, 1), constant_arg(ref, 2, "gain", DType::S16), out_arg(ref)}));
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_signal(foreign, graph, "signal_pcan", 3);
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) { return write_signal(ref, "SignalPCAN", 3); }

constexpr FormatRule kFormats[] = {{"tflite", "SignalPCAN", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(dsp_signal_pcan) {
  static const OpDef op = {
      .name = "signal_pcan",
      .schema =
          {.doc =
               "Per-channel amplitude normalisation: x times a gain that a table gives for the noise, then a "
               "soft threshold.",
           .inputs = {{"x", "[channels] u32"},
                      {"noise", "[channels] u32, the estimate of signal_filter_bank_spectral_subtraction"},
                      {.name = "gain_lut", .doc = "[125] s16, parabolas by octaves", .constant = true}},
           .outputs = {{"y", "[channels] u32"}},
           .attributes = {integer_spec("snr_shift", "of the product, to 12 fraction bits", 6, 0, 63)}},
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
  };
  return op;
}
