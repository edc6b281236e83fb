// transpose: the dimensions in another order.
#include "ops/nn/moves.h"

namespace {
using namespace mote;
using namespace mote::nn;

/// Dimension d of the output is dimension permutation[d] of the input.
Result<std::vector<std::size_t>> permutation_of(const NodeRef& ref) {
  MOTE_TRY(const std::vector<std::int64_t> given, per_dimension(ref, "permutation", INT32_MIN));
  std::vector<std::size_t> permutation;
  std::vector<bool> seen(given.size());
  for (const std::int64_t from : given) {
    MOTE_TRY(const std::size_t axis, front_axis(from, given.size()));
    if (seen[axis]) return error(text::cat("'permutation' ", list_text(given), " names a dimension twice"));
    seen[axis] = true;
    permutation.push_back(axis);
  }
  return permutation;
}

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  MOTE_TRY_VOID(check_movable("x", ref.in(0).type));
  MOTE_TRY(const std::vector<std::size_t> permutation, permutation_of(ref));
  Shape shape;
  for (const std::size_t from : permutation) shape.push_back(ref.in(0).type.shape[from]);
  return one_type(moved_type(ref.in(0).type.dtype, std::move(shape)));
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  MOTE_TRY(const std::vector<std::size_t> permutation, permutation_of(ref));
  const auto from = strides_of(ref.in(0).type);
  Move move = aligned_move(ref.out(0).type, ref.out(0).type, ref.out(0).type.shape);
  for (std::size_t d = 0; d < permutation.size(); ++d) move.loops[d].in = from[permutation[d]];
  return lower_move(ref, move);
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 2, 2));
  MOTE_TRY_VOID(check_present(foreign));
  MOTE_TRY(std::vector<std::int64_t> permutation, constant_integers(graph, foreign.inputs[1], "perm"));
  return append_move_read(foreign, "transpose", {{"permutation", std::move(permutation)}}, graph);
}

Result<ForeignNode> write_tflite(const NodeRef& ref, Graph& graph) {
  ForeignNode foreign = start_write(ref, "TRANSPOSE", 2);
  add_list(foreign, graph, "permutation", ref.integers("permutation"));
  return foreign;
}

constexpr FormatRule kFormats[] = {{"tflite", "TRANSPOSE", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(nn_transpose) {
  static const OpDef op = {
      .name = "transpose",
      .schema = {.doc = "The same elements with the dimensions in another order.",
                 .inputs = {{"x", "1 to 8 dimensions, any element type"}},
                 .outputs = {{"y", "dimension d is dimension permutation[d] of x; x's element type"}},
                 .attributes = {{"permutation",
                                 "which dimension of x each dimension of y is, each of them once; negative: "
                                 "counted from the last",
                                 std::vector<std::int64_t>{},
                                 {},
                                 -static_cast<std::int64_t>(kMostRank),
                                 static_cast<std::int64_t>(kMostRank) - 1}}},
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .quant = &kMoveQuant,
  };
  return op;
}
