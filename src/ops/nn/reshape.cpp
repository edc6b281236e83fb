// reshape: the same bytes under another shape.  Costs nothing: input and output have one address.
#include "ops/nn/quantized_params.h"
#include "ops/nn/tflite.h"
#include "ops/nn/training.h"
#include "ops/nn/types.h"

namespace {
using namespace mote;
using namespace mote::nn;

constexpr std::size_t kMostRank = 8;

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
  return std::vector<TensorType>{{ref.in(0).type.dtype, std::move(shape)}};
}

Result<void> verify_node(const NodeRef& ref, Stage stage) {
  return has_quant_to_check(ref, stage) ? check_same_quant("x", ref.in(0), ref.out(0)) : Result<void>{};
}

/// The shape of a RESHAPE: its second input if there is one, else the option.
Result<std::vector<std::int64_t>> wanted_shape(const ForeignNode& foreign, const Graph& graph) {
  const TensorId id = foreign.inputs.size() > 1 ? foreign.inputs[1] : kNoTensor;
  if (id == kNoTensor) return option<std::vector<std::int64_t>>(foreign, "new_shape", {});
  if (id < 0 || static_cast<std::size_t>(id) >= graph.tensors.size())
    return error(text::cat("RESHAPE: the shape is tensor ", id, ", which does not exist"));
  const Tensor& tensor = graph.tensor(id);
  if (!tensor.is_constant()) {
    return error(text::cat("RESHAPE: the shape '", tensor.name, "' is computed at run time"),
                 "convert the model with fixed shapes (batch size 1)");
  }
  const std::size_t count = tensor.constant->size() / sizeof(std::int32_t);
  if (tensor.type.dtype != DType::S32 || tensor.type.shape.size() != 1 || count > kMostRank ||
      static_cast<std::size_t>(tensor.type.shape[0]) != count) {
    return error(text::cat("RESHAPE: the shape '", tensor.name, "' is ", type_text(tensor.type),
                           "; it must be a list of at most ", kMostRank, " s32"));
  }
  const auto* values = elements<std::int32_t>(tensor);
  return std::vector<std::int64_t>(values, values + count);
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 1, 2));
  MOTE_TRY(const std::vector<std::int64_t> wanted, wanted_shape(foreign, graph));
  const TensorId in = foreign.inputs[0];
  if (in < 0 || static_cast<std::size_t>(in) >= graph.tensors.size())
    return error(text::cat("RESHAPE: the input is tensor ", in, ", which does not exist"));
  MOTE_TRY(const std::int64_t count, checked_count("x", graph.tensor(in).type.shape));
  MOTE_TRY(const Shape shape, resolve(wanted, count));
  ForeignNode bare = foreign;
  bare.inputs.resize(1);
  return append_read(bare, "reshape", {{"shape", std::vector<std::int64_t>(shape.begin(), shape.end())}},
                     graph);
}

Result<ForeignNode> write_tflite(const NodeRef& ref, Graph& graph) {
  ForeignNode foreign = start_write(ref, "RESHAPE", 1);
  const Shape shape = ref.out(0).type.shape;
  Tensor constant;
  constant.name = text::cat(ref.node.name, "_shape");
  constant.type = {DType::S32, {static_cast<std::int32_t>(shape.size())}};
  constant.constant = to_constant(shape);
  if (!shape.empty()) foreign.inputs.push_back(graph.add(std::move(constant)));
  foreign.attributes["new_shape"] = std::vector<std::int64_t>(shape.begin(), shape.end());
  return foreign;
}

constexpr FormatRule kFormats[] = {{"tflite", "RESHAPE", read_tflite, write_tflite}};
constexpr QuantRule kQuant{.same_scale = true};

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
      .verify = verify_node,
      .work = no_work,
      .view = true,
      .formats = kFormats,
      .grad = &kGrad,
      .quant = &kQuant,
  };
  return op;
}
