// reverse_v2: some dimensions backwards.
#include "ops/nn/moves.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<bool>> reversed(const NodeRef& ref) {
  std::vector<bool> backwards(ref.in(0).type.shape.size());
  for (const std::int64_t given : ref.integers("axes")) {
    MOTE_TRY(const std::size_t axis, front_axis(given, backwards.size()));
    if (backwards[axis]) return error(text::cat("'axes' names dimension ", axis, " twice"));
    backwards[axis] = true;
  }
  return backwards;
}

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  MOTE_TRY_VOID(check_movable("x", ref.in(0).type));
  MOTE_TRY([[maybe_unused]] const std::vector<bool> backwards, reversed(ref));
  return std::vector<TensorType>{ref.in(0).type};
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  MOTE_TRY(const std::vector<bool> backwards, reversed(ref));
  const TensorType& x = ref.in(0).type;
  Move move = aligned_move(x, x, x.shape);
  for (std::size_t d = 0; d < backwards.size(); ++d) {
    if (!backwards[d]) continue;
    move.in_offset += (x.shape[d] - 1) * move.loops[d].in;
    move.loops[d].in = -move.loops[d].in;
  }
  return lower_move(ref, move);
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 2, 2));
  MOTE_TRY_VOID(check_present(foreign));
  MOTE_TRY(std::vector<std::int64_t> axes, constant_integers(graph, foreign.inputs[1], "axis"));
  return append_move_read(foreign, "reverse_v2", {{"axes", std::move(axes)}}, graph);
}

Result<ForeignNode> write_tflite(const NodeRef& ref, Graph& graph) {
  ForeignNode foreign = start_write(ref, "REVERSE_V2", 2);
  add_list(foreign, graph, "axes", ref.integers("axes"));
  return foreign;
}

constexpr FormatRule kFormats[] = {{"tflite", "REVERSE_V2", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(nn_reverse_v2) {
  static const OpDef op = {
      .name = "reverse_v2",
      .schema = {.doc = "The same tensor with some dimensions backwards.",
                 .inputs = {{"x", "1 to 8 dimensions, any element type"}},
                 .outputs = {{"y", "of x's shape and element type"}},
                 .attributes = {list_attribute(
                     "axes", "dimensions that are reversed, each once; negative: counted from the last",
                     -8)}},
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .quant = &kMoveQuant,
  };
  return op;
}
