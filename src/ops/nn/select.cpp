// select: elements of one tensor or the other, by truth values of the same shape, or one for each index of dimension 0.
#include "ops/nn/select.h"

namespace {
using namespace mote;
using namespace mote::nn;

/// The condition's shape as it broadcasts: one value for all, or one for each index of dimension 0, or as it is.
Shape condition_shape(const NodeRef& ref) {
  const Shape &condition = ref.in(0).type.shape, &x1 = ref.in(1).type.shape;
  if (condition.size() != 1 || x1.size() < 2) return condition;
  Shape shape(x1.size(), 1);
  shape[0] = condition[0];
  return shape;
}

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  MOTE_TRY_VOID(check_select_types(ref));
  const TensorType &x1 = ref.in(1).type, &x2 = ref.in(2).type;
  if (x1.shape != x2.shape)
    return error(
        text::cat("'x1' is ", type_text(x1), " and 'x2' ", type_text(x2), "; both must have one shape"));
  const Shape &given = ref.in(0).type.shape, condition = condition_shape(ref);
  const bool each_first = !x1.shape.empty() && given.size() == 1 && given[0] == x1.shape[0];
  if (!given.empty() && !each_first && condition != x1.shape) {
    return error(
        text::cat("'condition' has the shape ", to_text(given), " and 'x1' ", to_text(x1.shape)),
        "it must have x1's shape, be a scalar, or have one value for each index of x1's dimension 0");
  }
  return std::vector<TensorType>{x1};
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) { return lower_select(ref, condition_shape(ref)); }

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_select(foreign, graph, "select");
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) { return start_write(ref, "SELECT", 1); }

constexpr FormatRule kFormats[] = {{"tflite", "SELECT", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(nn_select) {
  static const OpDef op = {
      .name = "select",
      .schema = {.doc = "x1 where the condition is true, else x2.  Elements are moved, never changed.",
                 .inputs = {{"condition",
                             "bool; of x1's shape, a scalar, or one for each index of dimension 0"},
                            {"x1", "any shape and element type"},
                            {"x2", "of x1's shape, element type and scale"}},
                 .outputs = {{"y", "of x1's shape and element type"}}},
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .quant = &kSelectQuant,
  };
  return op;
}
