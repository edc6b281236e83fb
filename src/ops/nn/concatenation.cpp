// concatenation: tensors side by side along one axis.  Bytes are moved, never changed, so in int8 all share one scale.
#include "mote/nn/copy/copy.h"

#include "ops/nn/lowering.h"
#include "ops/nn/tflite.h"
#include "ops/nn/training.h"

namespace {
using namespace mote;
using namespace mote::nn;

constexpr std::int64_t kMostRank = 8;

/// The axis counted from the front.
Result<std::size_t> axis_of(const NodeRef& ref) {
  const std::int64_t axis = ref.integer("axis");
  const auto rank = static_cast<std::int64_t>(ref.in(0).type.shape.size());
  if (axis >= -rank && axis < rank) return static_cast<std::size_t>(axis < 0 ? axis + rank : axis);
  return error(text::cat("the axis ", axis, " is outside ", -rank, "...", rank - 1, " of ",
                         to_text(ref.in(0).type.shape)));
}

int inputs_of(const NodeRef& ref) { return static_cast<int>(ref.node.inputs.size()); }

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  TensorType type = ref.in(0).type;
  MOTE_TRY_VOID(check_activation_type("inputs", ref.in(0)));
  MOTE_TRY(const std::size_t axis, axis_of(ref));
  std::int64_t extent = type.shape[axis];
  for (int i = 1; i < inputs_of(ref); ++i) {
    const TensorType& other = ref.in(i).type;
    MOTE_TRY_VOID(check_activation_type("inputs", ref.in(i)));
    Shape expected = type.shape;
    if (other.shape.size() > axis) expected[axis] = other.shape[axis];
    if (other.dtype != type.dtype || other.shape != expected) {
      return error(text::cat("input ", i, " is ", type_text(other), " and input 0 ", type_text(type),
                             "; all but the extent of axis ", axis, " must agree"));
    }
    extent += other.shape[axis];
    if (extent > kMostElements)
      return error(text::cat("the extents of axis ", axis, " add up to more than 32 bits"));
  }
  type.shape[axis] = static_cast<std::int32_t>(extent);
  return one_type(made_type(type.dtype, std::move(type.shape)));
}

Result<void> check_quant(const NodeRef& ref) {
  for (int i = 0; i < inputs_of(ref); ++i)
    MOTE_TRY_VOID(check_same_quant(text::cat("inputs[", i, "]"), ref.in(i), ref.out(0)));
  return {};
}

Result<void> verify_node(const NodeRef& ref, Stage stage) {
  return has_quant_to_check(ref, stage) ? check_quant(ref) : Result<void>{};
}

/// One call an input: its blocks (axis and what is inside it) go to their place in each block of the output.
Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  if (ref.in(0).type.dtype == DType::S8) MOTE_TRY_VOID(check_quant(ref));
  MOTE_TRY(const std::size_t axis, axis_of(ref));
  const Shape& out = ref.out(0).type.shape;
  std::int64_t blocks = 1, inner = static_cast<std::int64_t>(bytes_of(ref.out(0).type.dtype));
  for (std::size_t d = 0; d < axis; ++d) blocks *= out[d];
  for (std::size_t d = axis + 1; d < out.size(); ++d) inner *= out[d];
  const std::int64_t out_stride = inner * out[axis];
  if (blocks * out_stride > kMostElements) return error("the output has more than 2147483647 bytes");
  std::vector<KernelCall> calls;
  std::int64_t offset = 0;
  for (int i = 0; i < inputs_of(ref); ++i) {
    CopyBlocksParams p{};
    p.blocks = static_cast<std::int32_t>(blocks);
    p.block_bytes = static_cast<std::int32_t>(inner * ref.in(i).type.shape[axis]);
    p.in_stride = p.block_bytes;
    p.out_stride = static_cast<std::int32_t>(out_stride);
    p.out_offset = static_cast<std::int32_t>(offset);
    offset += p.block_bytes;
    Arg in = in_arg(ref, i), to = out_arg(ref);
    in.dtype = to.dtype = DType::U8;
    calls.push_back(call_of("copy_blocks", p, {in, to}));
  }
  return calls;
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 1, SIZE_MAX));
  MOTE_TRY_VOID(check_no_activation(foreign));
  Attributes attributes;
  MOTE_TRY(attributes["axis"], integer_option(foreign, "axis", 0));
  return append_read(foreign, "concatenation", std::move(attributes), graph);
}

Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) {
  ForeignNode foreign = start_write(ref, "CONCATENATION", 2);
  foreign.attributes["axis"] = ref.integer("axis");
  foreign.attributes["fused_activation_function"] = std::string("NONE");
  return foreign;
}

/// Rows lie side by side: along axis 1 input i begins behind the rows of those before it, else rows correspond.
RowSpan rows(const NodeRef& ref, int input, RowSpan out) {
  const auto axis = axis_of(ref);
  MOTE_CHECK(axis.has_value(), "rows of a node that was never inferred");
  if (*axis != 1) return out;
  std::int32_t before = 0;
  for (int i = 0; i < input; ++i) before += ref.in(i).type.shape[1];
  return {out.begin - before, out.end - before};
}

constexpr FormatRule kFormats[] = {{"tflite", "CONCATENATION", read_tflite, write_tflite}};
constexpr QuantRule kQuant{.same_scale = true};
constexpr RowRule kRows{rows};

/// Calls visit(input, blocks, floats of a block there, floats of a block of the output, where it begins in it).
template <class Visit>
void for_parts(const TrainCall& call, const Visit& visit) {
  const auto axis = axis_of(call.node);
  MOTE_CHECK(axis.has_value(), "training a node that was never inferred");
  const Shape& out = call.node.out(0).type.shape;
  int blocks = call.batch, inner = 1, offset = 0;
  for (std::size_t d = 0; d < *axis; ++d) blocks *= out[d];
  for (std::size_t d = *axis + 1; d < out.size(); ++d) inner *= out[d];
  for (int i = 0; i < inputs_of(call.node); ++i) {
    const int block = inner * call.node.in(i).type.shape[*axis];
    visit(static_cast<std::size_t>(i), blocks, block, inner * out[*axis], offset);
    offset += block;
  }
}
void train_forward(const TrainCall& call) {
  for_parts(call, [&](std::size_t i, int blocks, int block, int out_block, int offset) {
    learn::copy_blocks(blocks, block, out_block, offset, call.in[i], call.out[0]);
  });
}
void train_backward(const TrainCall& call) {
  for_parts(call, [&](std::size_t i, int blocks, int block, int out_block, int offset) {
    if (call.grad_in[i])
      learn::gather_blocks(blocks, block, out_block, offset, call.grad_out[0], call.grad_in[i]);
  });
}
constexpr GradRule kGrad{nullptr, train_forward, train_backward};
}  // namespace

MOTE_OP(nn_concatenation) {
  static const OpDef op = {
      .name = "concatenation",
      .schema =
          {.doc = "Tensors side by side along one axis, in the order of the inputs.",
           .inputs =
               {{.name = "inputs",
                 .doc = "one or more, f32 or s8, equal in element type, scale and all extents but the axis'",
                 .variadic = true}},
           .outputs = {{"y", "the inputs' shape; along the axis the sum of their extents"}},
           .attributes = {{"axis",
                           "dimension along which they are joined; negative: counted from the last",
                           std::int64_t{-1},
                           {},
                           -kMostRank,
                           kMostRank - 1}}},
      .infer = infer,
      .verify = verify_node,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .grad = &kGrad,
      .quant = &kQuant,
      .rows = &kRows,
  };
  return op;
}
