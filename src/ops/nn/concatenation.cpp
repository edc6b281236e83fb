// concatenation: tensors side by side along one axis.  Bytes are moved, never changed, so quantized tensors
// should share one scale; as in TFLM nobody checks that.
#include "ops/nn/moves.h"
#include "ops/nn/training.h"

namespace {
using namespace mote;
using namespace mote::nn;

/// The axis counted from the front.
Result<std::size_t> axis_of(const NodeRef& ref) {
  return front_axis(ref.integer("axis"), ref.in(0).type.shape.size());
}

int inputs_of(const NodeRef& ref) { return static_cast<int>(ref.node.inputs.size()); }

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  TensorType type = ref.in(0).type;
  MOTE_TRY_VOID(check_movable("inputs", type));
  MOTE_TRY(const std::size_t axis, axis_of(ref));
  std::int64_t extent = type.shape[axis];
  for (int i = 1; i < inputs_of(ref); ++i) {
    const TensorType& other = ref.in(i).type;
    MOTE_TRY_VOID(check_movable("inputs", other));
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
  return one_type(moved_type(type.dtype, std::move(type.shape)));
}

/// One call an input: its blocks (axis and what is inside it) go to their place in each block of the output.
Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  MOTE_TRY(const std::size_t axis, axis_of(ref));
  std::vector<std::int64_t> sizes;
  for (int i = 0; i < inputs_of(ref); ++i) sizes.push_back(ref.in(i).type.shape[axis]);
  return lower_whole(ref, axis, sizes);
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
      .schema = {.doc = "Tensors side by side along one axis, in the order of the inputs.",
                 .inputs = {{.name = "inputs",
                             .doc = "one or more of any element type, equal in it and in all extents but the "
                                    "axis'; in s8 and s16 "
                                    "of the output's scale, for bytes are moved as they are",
                             .variadic = true}},
                 .outputs = {{"y", "the inputs' shape; along the axis the sum of their extents"}},
                 .attributes = {axis_attribute(
                     "dimension along which they are joined; negative: counted from the last", -1)}},
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .grad = &kGrad,
      .quant = &kMoveQuant,
      .rows = &kRows,
  };
  return op;
}
