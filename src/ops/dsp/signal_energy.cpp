// signal_energy: the squared size of each number of a spectrum.
#include "mote/dsp/filter_bank/filter_bank.h"
#include "ops/dsp/signal.h"

namespace {
using namespace mote;
using namespace mote::dsp;

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  MOTE_TRY_VOID(check_vector("x", ref.in(0), DType::S16));
  const std::int32_t values = ref.in(0).type.shape[0];
  if (values % 2 != 0)
    return error(text::cat("'x' has ", values, " values; they must be pairs of real and imaginary parts"));
  const std::int64_t begin = ref.integer("start_index"), end = ref.integer("end_index");
  if (begin > end || end > values / 2) {
    return error(text::cat("start_index ", begin, " and end_index ", end, " do not lie in 0...", values / 2,
                           " in this order"));
  }
  return std::vector<TensorType>{{DType::U32, {values / 2}}};
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  EnergyS16Params p{};
  p.count = ref.out(0).type.shape[0];
  p.begin = int32_of(ref, "start_index");
  p.end = int32_of(ref, "end_index");
  return one_call(call_of("energy_s16", p, {in_arg(ref, 0), out_arg(ref)}));
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_signal(foreign, graph, "signal_energy", 1);
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) { return write_signal(ref, "SignalEnergy", 1); }

constexpr FormatRule kFormats[] = {{"tflite", "SignalEnergy", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(dsp_signal_energy) {
  static const OpDef op = {
      .name = "signal_energy",
      .schema = {.doc = "The squared size of each number of a spectrum from start_index to before end_index; "
                        "the others "
                        "are 0.",
                 .inputs = {{"x", "[2 · n] s16: real and imaginary parts in turn"}},
                 .outputs = {{"y", "[n] u32"}},
                 .attributes = {integer_spec("start_index", "the first number that counts", 0, 0, INT32_MAX),
                                integer_spec("end_index", "behind the last one", 0, 0, INT32_MAX)}},
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
  };
  return op;
}
