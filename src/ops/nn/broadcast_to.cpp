// broadcast_to: a tensor repeated along dimensions where it has one element.  FILL, one value everywhere, is one too.
#include "ops/nn/moves.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  const TensorType& x = ref.in(0).type;
  MOTE_TRY_VOID(check_movable("x", x));
  MOTE_TRY(Shape shape, narrow("shape", ref.integers("shape")));
  const auto refuse = [&] {
    return error(
        text::cat("'x' has the shape ", to_text(x.shape), ", which cannot be repeated to ", to_text(shape)),
        "each dimension, counted from the last, must be equal or 1");
  };
  if (shape.size() < x.shape.size()) return refuse();
  const std::size_t more = shape.size() - x.shape.size();
  for (std::size_t d = 0; d < x.shape.size(); ++d) {
    if (x.shape[d] != 1 && x.shape[d] != shape[more + d]) return refuse();
  }
  return one_type(moved_type(x.dtype, std::move(shape)));
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  const TensorType &x = ref.in(0).type, &y = ref.out(0).type;
  Move move = aligned_move(y, y, y.shape);
  const auto from = strides_of(x);
  const std::size_t more = y.shape.size() - x.shape.size();
  for (std::size_t d = 0; d < y.shape.size(); ++d)
    move.loops[d].in = d < more || x.shape[d - more] == 1 ? 0 : from[d - more];
  return lower_move(ref, move);
}

Result<void> append(const ForeignNode& foreign, TensorId x, TensorId shape, Graph& graph) {
  MOTE_TRY(std::vector<std::int64_t> extents, constant_integers(graph, shape, "shape"));
  ForeignNode moved = foreign;
  moved.inputs = {x};
  return append_read(moved, "broadcast_to", {{"shape", std::move(extents)}}, graph);
}

Result<void> read_broadcast_to(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 2, 2));
  return append(foreign, foreign.inputs[0], foreign.inputs[1], graph);
}
/// FILL(dims, value)
Result<void> read_fill(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 2, 2));
  return append(foreign, foreign.inputs[1], foreign.inputs[0], graph);
}

Result<ForeignNode> write_tflite(const NodeRef& ref, Graph& graph) {
  ForeignNode foreign = start_write(ref, "BROADCAST_TO", 2);
  foreign.version = 2;  // the least there is
  add_list(foreign, graph, "shape", ref.integers("shape"));
  return foreign;
}

constexpr FormatRule kFormats[] = {{"tflite", "BROADCAST_TO", read_broadcast_to, write_tflite},
                                   {"tflite", "FILL", read_fill, write_tflite}};
}  // namespace

MOTE_OP(nn_broadcast_to) {
  static const OpDef op = {
      .name = "broadcast_to",
      .schema = {.doc = "A tensor repeated along the dimensions in which it has one element.",
                 .inputs = {{"x", "up to 8 dimensions, any element type"}},
                 .outputs = {{"y", "of the shape of the attribute; x's element type"}},
                 .attributes = {list_attribute(
                     "shape",
                     "the extents of y; counted from the last they are x's, or x has 1 or nothing there",
                     1)}},
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .quant = &kMoveQuant,
  };
  return op;
}
