// reshape: the same bytes under another shape.  Costs nothing: input and output have one address.  SQUEEZE and
// EXPAND_DIMS are reshapes too.
#include "ops/nn/moves.h"
#include "ops/nn/training.h"

namespace {
using namespace mote;
using namespace mote::nn;

/// `wanted` with its −1, if any, replaced by what makes `count` elements.
Result<Shape> resolve(const std::vector<std::int64_t>& wanted, std::int64_t count) {
  const auto refuse = [&](std::string_view why) {
    std::string list;
    for (const std::int64_t extent : wanted) list += text::cat(list.empty() ? "" : ",", extent);
    return error(text::cat("the shape [", list, "] ", why, "; the input has ", count, " elements"),
                 "one extent may be -1 and follows from the others");
  };
  if (wanted.size() > kMostRank) return refuse(text::cat("has more than ", kMostRank, " dimensions"));
  std::int64_t known = 1;
  int free = -1;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] == -1 && free < 0) {
      free = static_cast<int>(i);
      continue;
    }
    if (wanted[i] < 1 || wanted[i] > kMostElements) return refuse("has an extent that is not possible");
    known *= wanted[i];  // both factors are below 2^31
    if (known > kMostElements) return refuse("is too large");
  }
  if (free < 0 ? known != count : count % known != 0) return refuse("does not hold as many elements");
  Shape shape;
  for (const std::int64_t extent : wanted)
    shape.push_back(static_cast<std::int32_t>(extent == -1 ? count / known : extent));
  return shape;
}

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  MOTE_TRY(const std::int64_t count, checked_count("x", ref.in(0).type.shape));
  MOTE_TRY(Shape shape, resolve(ref.integers("shape"), count));
  return one_type(moved_type(ref.in(0).type.dtype, std::move(shape)));
}

/// The shape of a RESHAPE: its second input if there is one, else the option.
Result<std::vector<std::int64_t>> wanted_shape(const ForeignNode& foreign, const Graph& graph) {
  if (foreign.inputs.size() < 2 || foreign.inputs[1] == kNoTensor)
    return option<std::vector<std::int64_t>>(foreign, "new_shape", {});
  return constant_integers(graph, foreign.inputs[1], "shape");
}

Result<void> append_reshape(const ForeignNode& foreign, const Shape& shape, Graph& graph) {
  return append_move_read(foreign, "reshape", {{"shape", list_of(shape)}}, graph);
}

Result<void> read_reshape(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 1, 2));
  MOTE_TRY(const std::vector<std::int64_t> wanted, wanted_shape(foreign, graph));
  MOTE_TRY(const std::int64_t count, checked_count("x", graph.tensor(foreign.inputs[0]).type.shape));
  MOTE_TRY(const Shape shape, resolve(wanted, count));
  return append_reshape(foreign, shape, graph);
}

/// SQUEEZE: the named dimensions go; without names all that are 1.
Result<void> read_squeeze(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 1, 1));
  MOTE_TRY_VOID(check_present(foreign));
  MOTE_TRY(const auto named, option<std::vector<std::int64_t>>(foreign, "squeeze_dims", {}));
  const Shape& x = graph.tensor(foreign.inputs[0]).type.shape;
  std::vector<bool> goes(x.size());
  for (std::size_t d = 0; d < x.size(); ++d) goes[d] = named.empty() && x[d] == 1;
  for (const std::int64_t given : named) {
    MOTE_TRY(const std::size_t axis, front_axis(given, x.size()));
    if (x[axis] != 1) return error(text::cat("SQUEEZE: dimension ", axis, " of ", to_text(x), " is not 1"));
    goes[axis] = true;
  }
  Shape shape;
  for (std::size_t d = 0; d < x.size(); ++d) {
    if (!goes[d]) shape.push_back(x[d]);
  }
  return append_reshape(foreign, shape, graph);
}

/// EXPAND_DIMS(x, axis): a dimension of 1 more; negative: counted from behind the last.
Result<void> read_expand_dims(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 2, 2));
  MOTE_TRY_VOID(check_present(foreign));
  MOTE_TRY(const std::int64_t given, constant_integer(graph, foreign.inputs[1], "axis"));
  Shape shape = graph.tensor(foreign.inputs[0]).type.shape;
  MOTE_TRY(const std::size_t axis, front_axis(given, shape.size() + 1));
  shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(axis), 1);
  return append_reshape(foreign, shape, graph);
}

Result<ForeignNode> write_tflite(const NodeRef& ref, Graph& graph) {
  ForeignNode foreign = start_write(ref, "RESHAPE", 1);
  const Shape shape = ref.out(0).type.shape;
  if (!shape.empty()) add_list(foreign, graph, "shape", list_of(shape));
  foreign.attributes["new_shape"] = list_of(shape);
  return foreign;
}

constexpr FormatRule kFormats[] = {{"tflite", "RESHAPE", read_reshape, write_tflite},
                                   {"tflite", "SQUEEZE", read_squeeze, write_tflite},
                                   {"tflite", "EXPAND_DIMS", read_expand_dims, write_tflite}};

void train_forward(const TrainCall& call) {
  std::copy_n(call.in[0], batch_count(call.node.in(0), call.batch), call.out[0]);
}
void train_backward(const TrainCall& call) {
  if (call.grad_in[0])
    std::copy_n(call.grad_out[0], batch_count(call.node.in(0), call.batch), call.grad_in[0]);
}
constexpr GradRule kGrad{nullptr, train_forward, train_backward};
}  // namespace

MOTE_OP(nn_reshape) {
  static const OpDef op = {
      .name = "reshape",
      .schema = {.doc = "The same elements in the same order under another shape.  No code runs for it.",
                 .inputs = {{"x", "any shape and element type"}},
                 .outputs = {{"y", "of the attribute's shape, x's element type, scale and zero point"}},
                 .attributes = {{"shape",
                                 "the extents, outermost first; one may be -1 and follows from the others",
                                 std::vector<std::int64_t>{},
                                 {},
                                 -1,
                                 kMostElements}}},
      .infer = infer,
      .work = no_work,
      .view = true,
      .formats = kFormats,
      .grad = &kGrad,
      .quant = &kMoveQuant,
  };
  return op;
}
