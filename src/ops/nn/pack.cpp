// pack: tensors of one shape side by side along a new axis.
#include "ops/nn/moves.h"

namespace {
using namespace mote;
using namespace mote::nn;

/// The new axis, counted from the front of the output.
Result<std::size_t> axis_of(const NodeRef& ref) {
  return front_axis(ref.integer("axis"), ref.in(0).type.shape.size() + 1);
}

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  const TensorType& first = ref.in(0).type;
  MOTE_TRY_VOID(check_movable("inputs", first));
  MOTE_TRY(const std::size_t axis, axis_of(ref));
  const auto inputs = static_cast<int>(ref.node.inputs.size());
  for (int i = 1; i < inputs; ++i) {
    if (ref.in(i).type != first) {
      return error(text::cat("input ", i, " is ", type_text(ref.in(i).type), " and input 0 ",
                             type_text(first), "; all must have one type and shape"));
    }
  }
  Shape shape = first.shape;
  shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(axis), inputs);
  return one_type(moved_type(first.dtype, std::move(shape)));
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  MOTE_TRY(const std::size_t axis, axis_of(ref));
  return lower_whole(ref, axis, std::vector<std::int64_t>(ref.node.inputs.size(), 1));
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 1, SIZE_MAX));
  MOTE_TRY(const std::int64_t axis, integer_option(foreign, "axis", 0));
  return append_read(foreign, "pack", {{"axis", axis}}, graph);
}

Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) {
  ForeignNode foreign = start_write(ref, "PACK", 2);
  foreign.attributes["axis"] = ref.integer("axis");
  foreign.attributes["values_count"] = static_cast<std::int64_t>(ref.node.inputs.size());
  return foreign;
}

constexpr FormatRule kFormats[] = {{"tflite", "PACK", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(nn_pack) {
  static const OpDef op = {
      .name = "pack",
      .schema = {.doc = "Tensors of one shape side by side along a new axis, in the order of the inputs.",
                 .inputs = {{.name = "inputs",
                             .doc = "one or more of one shape and element type, any",
                             .variadic = true}},
                 .outputs = {{"y", "the inputs' shape with one dimension more, as long as there are inputs"}},
                 .attributes = {axis_attribute(
                     "which dimension of y the new one is; negative: counted from the last", 0)}},
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .quant = &kMoveQuant,
  };
  return op;
}
