// signal_delay: a signal some samples later.
#include "mote/dsp/stream/stream.h"
#include "ops/dsp/signal.h"

namespace {
using namespace mote;
using namespace mote::dsp;

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  MOTE_TRY_VOID(check_dtype("x", ref.in(0), {DType::S16}));
  MOTE_TRY_VOID(check_rows("x", ref.in(0)));
  return std::vector<TensorType>{ref.in(0).type};
}

std::vector<TensorType> own_state(const NodeRef& ref) {
  if (!infer(ref)) return {};
  const std::int32_t delay = std::max(int32_of(ref, "delay_length"), 1);  // no tensor without elements
  return {{DType::S16, {rows_of(ref.in(0).type.shape).rows, delay}}};
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  const Rows in = rows_of(ref.in(0).type.shape);
  DelayS16Params p{};
  p.rows = in.rows;
  p.length = in.length;
  p.delay = int32_of(ref, "delay_length");
  return one_call(call_of("delay_s16", p, {in_arg(ref, 0), state_arg(ref, 1), out_arg(ref)}));
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_signal(foreign, graph, "signal_delay", 1);
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) { return write_signal(ref, "SignalDelay", 1); }

constexpr FormatRule kFormats[] = {{"tflite", "SignalDelay", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(dsp_signal_delay) {
  static const OpDef op = {
      .name = "signal_delay",
      .schema = {.doc = "A signal delay_length samples later; before its beginning there are zeros.",
                 .inputs = {{"x", "[…, samples] s16"}, state_port("state", "[…, delay_length] s16")},
                 .outputs = {{"y", "of x's type"}},
                 .attributes = {integer_spec("delay_length", "samples", 0, 0, kMostSamples)}},
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .own_state = own_state,
      .formats = kFormats,
  };
  return op;
}
