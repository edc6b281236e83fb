// signal_overlap_add: overlapping frames added to a signal, the way back of signal_framer.
#include "mote/dsp/stream/stream.h"
#include "ops/dsp/signal.h"

namespace {
using namespace mote;
using namespace mote::dsp;

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  MOTE_TRY_VOID(check_dtype("x", ref.in(0), {DType::S16, DType::F32}));
  MOTE_TRY_VOID(check_rows("x", ref.in(0), 2));
  Shape shape = ref.in(0).type.shape;
  const std::int64_t step = ref.integer("frame_step");
  if (step > shape.back()) {
    return error(
        text::cat("the frame step ", step, " is larger than the frames of ", shape.back(), " samples"));
  }
  shape.pop_back();
  const std::int64_t samples = shape.back() * step;  // below 2^47
  if (samples > kMostElements) return error("the output has more than 2147483647 elements");
  shape.back() = static_cast<std::int32_t>(samples);
  return one_type(made_type(ref.in(0).type.dtype, std::move(shape)));
}

/// Rows, without the last two extents: frames and their samples.
std::int32_t signal_rows(const Shape& shape) {
  const Rows in = rows_of(shape);
  return in.rows / shape[shape.size() - 2];
}

std::vector<TensorType> own_state(const NodeRef& ref) {
  if (!infer(ref)) return {};
  const TensorType& type = ref.in(0).type;
  return {{type.dtype, {signal_rows(type.shape), type.shape.back()}}};
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  const TensorType& type = ref.in(0).type;
  OverlapAddParams p{};
  p.rows = signal_rows(type.shape);
  p.frames = type.shape[type.shape.size() - 2];
  p.frame_size = type.shape.back();
  p.frame_step = int32_of(ref, "frame_step");
  const char* kernel = type.dtype == DType::F32 ? "overlap_add_f32" : "overlap_add_s16";
  return one_call(call_of(kernel, p, {in_arg(ref, 0), state_arg(ref, 1), out_arg(ref)}));
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_signal(foreign, graph, "signal_overlap_add", 1);
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) {
  MOTE_TRY(ForeignNode foreign, write_signal(ref, "SignalOverlapAdd", 1));
  put_type_option(ref, foreign);
  return foreign;
}

constexpr FormatRule kFormats[] = {{"tflite", "SignalOverlapAdd", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(dsp_signal_overlap_add) {
  static const OpDef op = {
      .name = "signal_overlap_add",
      .schema = {.doc = "Overlapping frames added to a signal; each gives frame_step samples.  Sums of s16 "
                        "are limited "
                        "to 16 bits.",
                 .inputs = {{"x", "[…, frames, samples] s16 or f32"},
                            state_port("state", "[…, samples], sums that are not complete")},
                 .outputs = {{"y", "[…, frames · frame_step] of x's element type"}},
                 .attributes = {integer_spec("frame_step", "samples between frames", 1, 1, kMostSamples)}},
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .own_state = own_state,
      .formats = kFormats,
  };
  return op;
}
