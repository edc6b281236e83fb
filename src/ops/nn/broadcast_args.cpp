// broadcast_args: the shape to which two shapes broadcast, known when the model is read.
#include "ops/nn/known.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 2, 2));
  MOTE_TRY(std::vector<std::int64_t> shape, constant_integers(graph, foreign.inputs[0], "shape 0"));
  MOTE_TRY(std::vector<std::int64_t> other, constant_integers(graph, foreign.inputs[1], "shape 1"));
  if (shape.size() < other.size()) std::swap(shape, other);
  const std::size_t more = shape.size() - other.size();
  for (std::size_t d = 0; d < other.size(); ++d) {
    std::int64_t& extent = shape[more + d];
    if (extent != other[d] && extent != 1 && other[d] != 1)
      return error(
          text::cat("BROADCAST_ARGS: ", list_text(shape), " and ", list_text(other), " do not broadcast"));
    if (extent == 1) extent = other[d];
  }
  return set_known_integers(foreign, graph, {static_cast<std::int32_t>(shape.size())}, shape);
}

constexpr FormatRule kFormats[] = {{"tflite", "BROADCAST_ARGS", read_tflite, write_known}};
}  // namespace

MOTE_OP(nn_broadcast_args) {
  static const OpDef op = {
      .name = "broadcast_args",
      .schema = {.doc = "The shape to which two shapes are broadcast."
                        "  Becomes a constant when a model is read.",
                 .inputs = {{"shape0", "s32 or s64, constant"}, {"shape1", "s32 or s64, constant"}},
                 .outputs = {{"y", "s32 or s64, the longer shape with its ones replaced"}}},
      .infer = infer_known,
      .lower = lower_known,
      .work = no_work,
      .formats = kFormats,
  };
  return op;
}
