// tile: a tensor laid side by side with itself.
#include "ops/nn/moves.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  const TensorType& x = ref.in(0).type;
  MOTE_TRY_VOID(check_movable("x", x));
  MOTE_TRY(const std::vector<std::int64_t> multiples, per_dimension(ref, "multiples", 1));
  std::vector<std::int64_t> extents;
  for (std::size_t d = 0; d < multiples.size(); ++d) extents.push_back(multiples[d] * x.shape[d]);
  MOTE_TRY(Shape shape, narrow("the repeated shape", extents));
  return one_type(moved_type(x.dtype, std::move(shape)));
}

/// Two loops a dimension: over the copies, which all read the same, and over the elements.
Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  const TensorType& x = ref.in(0).type;
  const Move once = aligned_move(x, ref.out(0).type, x.shape);
  Move move = once;
  move.loops.clear();
  for (std::size_t d = 0; d < x.shape.size(); ++d) {
    move.loops.push_back({ref.integers("multiples")[d], 0, x.shape[d] * once.loops[d].out});
    move.loops.push_back(once.loops[d]);
  }
  return lower_move(ref, move);
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 2, 2));
  MOTE_TRY_VOID(check_present(foreign));
  MOTE_TRY(std::vector<std::int64_t> multiples, constant_integers(graph, foreign.inputs[1], "multiples"));
  return append_move_read(foreign, "tile", {{"multiples", std::move(multiples)}}, graph);
}

Result<ForeignNode> write_tflite(const NodeRef& ref, Graph& graph) {
  ForeignNode foreign = start_write(ref, "TILE", 2);
  add_list(foreign, graph, "multiples", ref.integers("multiples"));
  return foreign;
}

constexpr FormatRule kFormats[] = {{"tflite", "TILE", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(nn_tile) {
  static const OpDef op = {
      .name = "tile",
      .schema = {.doc = "A tensor side by side with itself in each dimension.",
                 .inputs = {{"x", "1 to 8 dimensions, any element type"}},
                 .outputs = {{"y", "in each dimension x's extent times its multiple; x's element type"}},
                 .attributes = {list_attribute("multiples", "copies in each dimension", 1)}},
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .quant = &kMoveQuant,
  };
  return op;
}
