// read_variable: the value that a variable has at this point of the inference.
#include "ops/nn/copy_whole.h"
#include "ops/nn/tflite.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  if (ref.in(0).state < 0)
    return error(text::cat("'variable' (tensor '", ref.in(0).name, "') is no variable"));
  return std::vector<TensorType>{ref.in(0).type};
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) { return copy_whole(ref, 0, out_arg(ref)); }

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 1, 1));
  return append_read(foreign, "read_variable", {}, graph);
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) { return start_write(ref, "READ_VARIABLE", 1); }

constexpr FormatRule kFormats[] = {{"tflite", "READ_VARIABLE", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(nn_read_variable) {
  static const OpDef op = {
      .name = "read_variable",
      .schema = {.doc = "The value of a variable: memory that is kept between inferences.",
                 .inputs = {{"variable", "a state of the model, any shape and element type"}},
                 .outputs = {{"y", "of the variable's type"}}},
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
  };
  return op;
}
