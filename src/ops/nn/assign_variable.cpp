// assign_variable: from here on the variable has another value, in later inferences too.
#include "ops/nn/copy_whole.h"
#include "ops/nn/tflite.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  if (ref.in(0).state < 0)
    return error(text::cat("'variable' (tensor '", ref.in(0).name, "') is no variable"));
  if (ref.in(0).type != ref.in(1).type) {
    return error(
        text::cat("'value' is ", type_text(ref.in(1).type), " and the variable ", type_text(ref.in(0).type)),
        "a variable keeps one type and shape; convert the model so that it does");
  }
  return std::vector<TensorType>{};
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) { return copy_whole(ref, 1, state_arg(ref, 0)); }

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 2, 2, 0));
  return append_read(foreign, "assign_variable", {}, graph);
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) {
  return start_write(ref, "ASSIGN_VARIABLE", 1);
}

constexpr FormatRule kFormats[] = {{"tflite", "ASSIGN_VARIABLE", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(nn_assign_variable) {
  static const OpDef op = {
      .name = "assign_variable",
      .schema = {.doc = "Gives a variable, memory that is kept between inferences, a new value.",
                 .inputs = {{"variable", "a state of the model, any shape and element type"},
                            {"value", "of the variable's type"}}},
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
  };
  return op;
}
