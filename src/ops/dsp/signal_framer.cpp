// signal_framer: overlapping frames of a signal that arrives in pieces.  It keeps what later frames need.
#include "mote/dsp/stream/stream.h"
#include "ops/dsp/signal.h"

namespace {
using namespace mote;
using namespace mote::dsp;

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  MOTE_TRY_VOID(check_dtype("x", ref.in(0), {DType::S16}));
  MOTE_TRY_VOID(check_rows("x", ref.in(0)));
  const std::int64_t size = ref.integer("frame_size"), step = ref.integer("frame_step");
  Shape shape = ref.in(0).type.shape;
  if (shape.back() % step != 0) {
    return error(text::cat("'x' brings ", shape.back(), " samples at a time and the frame step is ", step,
                           "; it must be a multiple of it"));
  }
  if (ref.integer("prefill") != 0 && step > size) {
    return error(text::cat("the frame step ", step, " is larger than the frame size ", size,
                           "; there is nothing to fill ahead"),
                 "set prefill to 0");
  }
  shape.back() /= static_cast<std::int32_t>(step);
  shape.push_back(static_cast<std::int32_t>(size));
  MOTE_TRY(TensorType frames, made_type(DType::S16, std::move(shape)));
  return std::vector<TensorType>{std::move(frames), {DType::Bool, {}}};
}

/// Samples that are kept of each row.
std::int32_t capacity(const NodeRef& ref) {
  const std::int32_t size = int32_of(ref, "frame_size"), step = int32_of(ref, "frame_step");
  return (size + step - 1) / step * step;
}

std::vector<TensorType> own_state(const NodeRef& ref) {
  if (!infer(ref)) return {};
  return {{DType::S16, {rows_of(ref.in(0).type.shape).rows, capacity(ref)}}, {DType::S32, {1}}};
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  const Rows in = rows_of(ref.in(0).type.shape);
  FramerS16Params p{};
  p.rows = in.rows;
  p.frame_size = int32_of(ref, "frame_size");
  p.frame_step = int32_of(ref, "frame_step");
  p.frames = in.length / p.frame_step;
  p.capacity = capacity(ref);
  p.prefill = ref.integer("prefill") != 0 ? p.frame_size - p.frame_step : 0;
  return one_call(
      call_of("framer_s16", p,
              {in_arg(ref, 0), state_arg(ref, 1), state_arg(ref, 2), out_arg(ref, 0), out_arg(ref, 1)}));
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_signal(foreign, graph, "signal_framer", 1, 2);
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) { return write_signal(ref, "SignalFramer", 1); }

constexpr FormatRule kFormats[] = {{"tflite", "SignalFramer", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(dsp_signal_framer) {
  static const OpDef op = {
      .name = "signal_framer",
      .schema = {.doc = "Overlapping frames of a signal that arrives in pieces.  While there are too few "
                        "samples for a "
                        "frame, it is 0 and 'valid' false.",
                 .inputs = {{"x", "[…, samples] s16, a multiple of frame_step"},
                            state_port("state_samples", "[…, frame_size up to a multiple of frame_step] s16"),
                            state_port("state_filled", "[1] s32")},
                 .outputs = {{"y", "[…, samples / frame_step, frame_size] s16"},
                             {"valid", "[] bool: all of the frames are complete"}},
                 .attributes = {integer_spec("frame_size", "samples of a frame", 480, 1, kMostSamples),
                                integer_spec("frame_step", "samples between frames", 320, 1, kMostSamples),
                                integer_spec("prefill",
                                             "1: zeros before the first samples, so that the first "
                                             "frame is complete at once",
                                             0, 0, 1)}},
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .own_state = own_state,
      .formats = kFormats,
  };
  return op;
}
