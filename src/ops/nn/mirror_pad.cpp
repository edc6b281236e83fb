// mirror_pad: a border in which the tensor is reflected.
#include "ops/nn/moves.h"

namespace {
using namespace mote;
using namespace mote::nn;

/// Without the outermost elements themselves the mirror stands on them: 1; else between them and their image: 0.
std::int64_t left_out(const NodeRef& ref) { return ref.word("mode") == "reflect" ? 1 : 0; }

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  const TensorType& x = ref.in(0).type;
  MOTE_TRY_VOID(check_movable("x", x));
  MOTE_TRY(const std::vector<std::int64_t> before, per_dimension(ref, "before", 0));
  MOTE_TRY(const std::vector<std::int64_t> after, per_dimension(ref, "after", 0));
  std::vector<std::int64_t> extents = list_of(x.shape);
  for (std::size_t d = 0; d < extents.size(); ++d) {
    const std::int64_t most = x.shape[d] - left_out(ref);
    if (before[d] > most || after[d] > most) {
      return error(text::cat("borders of ", before[d], " and ", after[d], " in dimension ", d, " of ",
                             to_text(x.shape), "; the mirror holds ", most));
    }
    extents[d] += before[d] + after[d];
  }
  MOTE_TRY(Shape shape, narrow("the padded shape", extents));
  return one_type(moved_type(x.dtype, std::move(shape)));
}

/// A stretch of one dimension: `count` elements from `out` on, read from `in` on, forwards or backwards.
struct Stretch {
  std::int64_t out, in, count, step;
};

/// Up to three stretches a dimension; every combination of them is one move.
Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  const TensorType &x = ref.in(0).type, &y = ref.out(0).type;
  const std::vector<std::int64_t>&before = ref.integers("before"), &after = ref.integers("after");
  std::vector<Move> moves = {aligned_move(x, y, x.shape)};
  for (std::size_t d = 0; d < x.shape.size(); ++d) {
    const std::int64_t n = x.shape[d];
    const Stretch stretches[] = {{0, before[d] - 1 + left_out(ref), before[d], -1},
                                 {before[d], 0, n, 1},
                                 {before[d] + n, n - 1 - left_out(ref), after[d], -1}};
    std::vector<Move> more;
    for (const Move& move : moves) {
      for (const Stretch& stretch : stretches) {
        if (stretch.count == 0) continue;
        Move part = move;
        Move::Loop& loop = part.loops[d];
        part.in_offset += stretch.in * loop.in;
        part.out_offset += stretch.out * loop.out;
        loop.count = stretch.count;
        loop.in *= stretch.step;
        more.push_back(std::move(part));
      }
    }
    moves = std::move(more);
  }
  std::vector<KernelCall> calls;
  for (const Move& move : moves) append_move(move, in_arg(ref, 0), out_arg(ref), calls);
  return calls;
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 2, 2));
  MOTE_TRY_VOID(check_present(foreign));
  MOTE_TRY(Borders borders, read_borders(graph, foreign.inputs[1], "paddings"));
  MOTE_TRY(const std::string mode, word_option(foreign, "mode", "REFLECT"));
  return append_move_read(foreign, "mirror_pad",
                          {{"before", std::move(borders.before)},
                           {"after", std::move(borders.after)},
                           {"mode", std::string(mode == "SYMMETRIC" ? "symmetric" : "reflect")}},
                          graph);
}

Result<ForeignNode> write_tflite(const NodeRef& ref, Graph& graph) {
  ForeignNode foreign = start_write(ref, "MIRROR_PAD", 2);
  foreign.inputs.push_back(add_borders(graph, text::cat(ref.node.name, "_paddings"), ref.integers("before"),
                                       ref.integers("after")));
  foreign.attributes["mode"] = std::string(left_out(ref) == 0 ? "SYMMETRIC" : "REFLECT");
  return foreign;
}

constexpr FormatRule kFormats[] = {{"tflite", "MIRROR_PAD", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(nn_mirror_pad) {
  static const OpDef op = {
      .name = "mirror_pad",
      .schema = {.doc = "A border around x in which x is reflected.",
                 .inputs = {{"x", "up to 8 dimensions, any element type"}},
                 .outputs = {{"y", "in each dimension the extents of border and x added; x's element type"}},
                 .attributes =
                     {list_attribute("before", "elements of border before x in each dimension", 0),
                      list_attribute("after", "elements of border behind x in each dimension", 0),
                      {"mode",
                       "reflect: 3 2 | 1 2 3, the outermost element is not repeated; symmetric: 2 1 | 1 2 3",
                       std::string("reflect"),
                       {"reflect", "symmetric"}}}},
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .quant = &kMoveQuant,
  };
  return op;
}
