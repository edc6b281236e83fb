// signal_stacker: a feature frame together with those before and after it.
#include "mote/dsp/stream/stream.h"
#include "ops/dsp/signal.h"

namespace {
using namespace mote;
using namespace mote::dsp;

std::int64_t frames_of(const NodeRef& ref) {
  return ref.integer("stacker_left_context") + 1 + ref.integer("stacker_right_context");
}
std::int32_t count_of_stack(const NodeRef& ref) {
  return static_cast<std::int32_t>(frames_of(ref) * ref.integer("num_channels"));
}

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  MOTE_TRY_VOID(check_vector("x", ref.in(0), DType::S16));
  if (ref.in(0).type.shape[0] != ref.integer("num_channels")) {
    return error(text::cat("'x' has ", ref.in(0).type.shape[0], " channels and num_channels is ",
                           ref.integer("num_channels")));
  }
  if (ref.integer("stacker_step") > frames_of(ref)) {
    return error(text::cat("the step of ", ref.integer("stacker_step"),
                           " frames is larger than the stack of ", frames_of(ref)));
  }
  if (frames_of(ref) * ref.integer("num_channels") > kMostElements)
    return error("a stack has more than 2147483647 elements");
  return std::vector<TensorType>{{DType::S16, {count_of_stack(ref)}}, {DType::Bool, {}}};
}

std::vector<TensorType> own_state(const NodeRef& ref) {
  if (!infer(ref)) return {};
  return {{DType::S16, {count_of_stack(ref)}}, {DType::S32, {2}}};
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  StackerS16Params p{};
  p.channels = int32_of(ref, "num_channels");
  p.left = int32_of(ref, "stacker_left_context");
  p.count = count_of_stack(ref);
  p.step = p.channels * int32_of(ref, "stacker_step");
  return one_call(
      call_of("stacker_s16", p,
              {in_arg(ref, 0), state_arg(ref, 1), state_arg(ref, 2), out_arg(ref, 0), out_arg(ref, 1)}));
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_signal(foreign, graph, "signal_stacker", 1, 2);
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) { return write_signal(ref, "SignalStacker", 1); }

constexpr FormatRule kFormats[] = {{"tflite", "SignalStacker", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(dsp_signal_stacker) {
  static const OpDef op = {
      .name = "signal_stacker",
      .schema = {.doc = "Feature frames together with those before and after them.  The first frame also "
                        "stands for those "
                        "before it; while frames after it are missing, the stack is 0 and 'valid' false.",
                 .inputs = {{"x", "[num_channels] s16"},
                            state_port("state_frames", "[num_channels · (left + 1 + right)] s16"),
                            state_port("state_filled", "[2] s32")},
                 .outputs = {{"y", "[num_channels · (left + 1 + right)] s16, the oldest frame first"},
                             {"valid", "[] bool: the stack is complete"}},
                 .attributes = {integer_spec("num_channels", "elements of a frame", 40, 1, kMostSamples),
                                integer_spec("stacker_left_context", "frames before", 0, 0, kMostSamples),
                                integer_spec("stacker_right_context", "frames after", 0, 0, kMostSamples),
                                integer_spec("stacker_step", "frames between stacks", 1, 1, kMostSamples)}},
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .own_state = own_state,
      .formats = kFormats,
  };
  return op;
}
