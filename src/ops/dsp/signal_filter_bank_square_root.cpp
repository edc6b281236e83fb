// signal_filter_bank_square_root: amplitudes of channels from their energies, less the bits of fft_auto_scale.
#include "mote/dsp/filter_bank/filter_bank.h"
#include "ops/dsp/signal.h"

namespace {
using namespace mote;
using namespace mote::dsp;

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  MOTE_TRY_VOID(check_vector("x", ref.in(0), DType::U64));
  MOTE_TRY_VOID(check_dtype("scale_bits", ref.in(1), {DType::S32}));
  if (ref.in(1).type.count() != 1) return error("'scale_bits' must be a single number");
  return std::vector<TensorType>{{DType::U32, ref.in(0).type.shape}};
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  FilterBankSquareRootU64Params p{};
  p.channels = ref.in(0).type.shape[0];
  return one_call(call_of("filter_bank_square_root_u64", p, {in_arg(ref, 0), in_arg(ref, 1), out_arg(ref)}));
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_signal(foreign, graph, "signal_filter_bank_square_root", 2);
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) {
  return write_signal(ref, "SignalFilterBankSquareRoot", 2);
}

constexpr FormatRule kFormats[] = {{"tflite", "SignalFilterBankSquareRoot", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(dsp_signal_filter_bank_square_root) {
  static const OpDef op = {
      .name = "signal_filter_bank_square_root",
      .schema = {.doc = "Square roots to the nearest, shifted down by scale_bits.",
                 .inputs = {{"x", "[channels] u64, energies"},
                            {"scale_bits", "[] s32, 0…31: the bits of signal_fft_auto_scale"}},
                 .outputs = {{"y", "[channels] u32"}}},
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
  };
  return op;
}
