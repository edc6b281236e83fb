// unpack: the slices of a tensor along an axis, each a tensor without that axis.
#include "ops/nn/moves.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::size_t> axis_of(const NodeRef& ref) {
  return front_axis(ref.integer("axis"), ref.in(0).type.shape.size());
}

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  MOTE_TRY_VOID(check_movable("x", ref.in(0).type));
  MOTE_TRY(const std::size_t axis, axis_of(ref));
  TensorType part = ref.in(0).type;
  const std::int32_t parts = part.shape[axis];
  if (static_cast<std::size_t>(parts) != ref.node.outputs.size() && !ref.node.outputs.empty()) {
    return error(text::cat("axis ", axis, " of ", to_text(part.shape), " has ", parts, " slices for ",
                           ref.node.outputs.size(), " outputs"));
  }
  constexpr std::int32_t most_parts = 4096;
  if (parts > most_parts)
    return error(text::cat("axis ", axis, " of 'x' has more than ", most_parts, " slices"));
  part.shape.erase(part.shape.begin() + static_cast<std::ptrdiff_t>(axis));
  return std::vector<TensorType>(static_cast<std::size_t>(parts), part);
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  MOTE_TRY(const std::size_t axis, axis_of(ref));
  return lower_parts(ref, axis, std::vector<std::int64_t>(ref.node.outputs.size(), 1));
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 1, 1, foreign.outputs.size()));
  MOTE_TRY(const std::int64_t axis, integer_option(foreign, "axis", 0));
  return append_read(foreign, "unpack", {{"axis", axis}}, graph);
}

Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) {
  ForeignNode foreign = start_write(ref, "UNPACK", 2);
  foreign.attributes["axis"] = ref.integer("axis");
  foreign.attributes["num"] = static_cast<std::int64_t>(ref.node.outputs.size());
  return foreign;
}

constexpr FormatRule kFormats[] = {{"tflite", "UNPACK", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(nn_unpack) {
  static const OpDef op = {
      .name = "unpack",
      .schema = {.doc = "The slices of a tensor along an axis, each without that axis.",
                 .inputs = {{"x", "1 to 8 dimensions, any element type"}},
                 .outputs = {{.name = "slices",
                              .doc = "as many as the axis has positions, in order; x's element type",
                              .variadic = true}},
                 .attributes = {axis_attribute("dimension that goes; negative: counted from the last", 0)}},
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .quant = &kMoveQuant,
  };
  return op;
}
