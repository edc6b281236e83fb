// split: one tensor cut into several along an axis.
#include <numeric>

#include "ops/nn/moves.h"
#include "ops/nn/training.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  const TensorType& x = ref.in(0).type;
  MOTE_TRY_VOID(check_movable("x", x));
  MOTE_TRY(const std::size_t axis, front_axis(ref.integer("axis"), x.shape.size()));
  MOTE_TRY(const std::vector<std::int64_t> sizes, bounded(ref, "sizes", 1));
  std::int64_t sum = 0;
  for (const std::int64_t size : sizes) sum += size;  // each below 2^31, of at most a few thousand
  if (sum != x.shape[axis]) {
    return error(text::cat("'sizes' ", list_text(sizes), " add up to ", sum, " and axis ", axis,
                           " of 'x' has ", x.shape[axis]));
  }
  std::vector<TensorType> types;
  for (const std::int64_t size : sizes) {
    TensorType part = x;
    part.shape[axis] = static_cast<std::int32_t>(size);
    types.push_back(std::move(part));
  }
  return types;
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  MOTE_TRY(const std::size_t axis, front_axis(ref.integer("axis"), ref.in(0).type.shape.size()));
  return lower_parts(ref, axis, ref.integers("sizes"));
}

Result<void> append(const ForeignNode& foreign, int x, std::int64_t axis, std::vector<std::int64_t> sizes,
                    Graph& graph) {
  ForeignNode moved = foreign;
  moved.inputs = {foreign.inputs[static_cast<std::size_t>(x)]};
  return append_read(moved, "split", {{"axis", axis}, {"sizes", std::move(sizes)}}, graph);
}

/// SPLIT(axis, x): parts of one size.
Result<void> read_split(const ForeignNode& foreign, Graph& graph) {
  const std::size_t parts = foreign.outputs.size();
  MOTE_TRY_VOID(check_counts(foreign, 2, 2, parts));
  MOTE_TRY_VOID(check_present(foreign));
  MOTE_TRY(const std::int64_t given, constant_integer(graph, foreign.inputs[0], "axis"));
  const Shape& shape = graph.tensor(foreign.inputs[1]).type.shape;
  MOTE_TRY(const std::size_t axis, front_axis(given, shape.size()));
  if (parts == 0 || shape[axis] % static_cast<std::int64_t>(parts) != 0)
    return error(text::cat("SPLIT: axis ", axis, " of ", to_text(shape), " has no ", parts, " equal parts"));
  const auto each = shape[axis] / static_cast<std::int64_t>(parts);
  return append(foreign, 1, given, std::vector<std::int64_t>(parts, each), graph);
}

/// SPLIT_V(x, sizes, axis): one size may be −1 and is what the others leave.
Result<void> read_split_v(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 3, 3, foreign.outputs.size()));
  MOTE_TRY_VOID(check_present(foreign));
  MOTE_TRY(std::vector<std::int64_t> sizes, constant_integers(graph, foreign.inputs[1], "size_splits"));
  MOTE_TRY(const std::int64_t given, constant_integer(graph, foreign.inputs[2], "split_dim"));
  const Shape& shape = graph.tensor(foreign.inputs[0]).type.shape;
  MOTE_TRY(const std::size_t axis, front_axis(given, shape.size()));
  const auto open = std::find(sizes.begin(), sizes.end(), -1);
  if (open != sizes.end()) {
    MOTE_TRY([[maybe_unused]] const Shape fits, narrow("size_splits", sizes));
    *open = shape[axis] - (std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0}) + 1);
  }
  return append(foreign, 0, given, std::move(sizes), graph);
}

/// Equal parts as SPLIT, others as SPLIT_V.
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph& graph) {
  const std::vector<std::int64_t>& sizes = ref.integers("sizes");
  const bool equal = std::all_of(sizes.begin(), sizes.end(), [&](auto size) { return size == sizes[0]; });
  ForeignNode foreign = start_write(ref, equal ? "SPLIT" : "SPLIT_V", 2);
  foreign.attributes["num_splits"] = static_cast<std::int64_t>(sizes.size());
  if (!equal) add_list(foreign, graph, "sizes", sizes);
  add_scalar(foreign, graph, "axis", ref.integer("axis"));
  if (equal) std::swap(foreign.inputs[0], foreign.inputs[1]);
  if (!equal) foreign.version = 1;
  return foreign;
}

constexpr FormatRule kFormats[] = {{"tflite", "SPLIT", read_split, write_tflite},
                                   {"tflite", "SPLIT_V", read_split_v, write_tflite}};

/// Calls visit(part, blocks, floats of a block of it, floats of a block of x, where it begins in it).
template <class Visit>
void for_parts(const TrainCall& call, const Visit& visit) {
  const Shape& x = call.node.in(0).type.shape;
  const auto axis = front_axis(call.node.integer("axis"), x.size());
  MOTE_CHECK(axis.has_value(), "training a node that was never inferred");
  int blocks = call.batch, inner = 1, offset = 0;
  for (std::size_t d = 0; d < *axis; ++d) blocks *= x[d];
  for (std::size_t d = *axis + 1; d < x.size(); ++d) inner *= x[d];
  const std::vector<std::int64_t>& sizes = call.node.integers("sizes");
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const int block = inner * static_cast<int>(sizes[i]);
    visit(i, blocks, block, inner * x[*axis], offset);
    offset += block;
  }
}
void train_forward(const TrainCall& call) {
  for_parts(call, [&](std::size_t i, int blocks, int block, int whole, int offset) {
    learn::gather_blocks(blocks, block, whole, offset, call.in[0], call.out[i]);
  });
}
void train_backward(const TrainCall& call) {
  if (!call.grad_in[0]) return;
  for_parts(call, [&](std::size_t i, int blocks, int block, int whole, int offset) {
    learn::copy_blocks(blocks, block, whole, offset, call.grad_out[i], call.grad_in[0]);
  });
}
constexpr GradRule kGrad{nullptr, train_forward, train_backward};
}  // namespace

MOTE_OP(nn_split) {
  static const OpDef op = {
      .name = "split",
      .schema = {.doc = "One tensor cut into several along an axis.",
                 .inputs = {{"x", "1 to 8 dimensions, any element type"}},
                 .outputs = {{.name = "parts",
                              .doc = "in order along the axis; x's element type",
                              .variadic = true}},
                 .attributes = {axis_attribute(
                                    "dimension along which x is cut; negative: counted from the last", 0),
                                list_attribute(
                                    "sizes", "extents of the parts along the axis; together that of x", 1)}},
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .grad = &kGrad,
      .quant = &kMoveQuant,
  };
  return op;
}
