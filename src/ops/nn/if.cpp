// if: one of two bodies computes the outputs.
#include "ops/nn/control.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  if (ref.in(0).type.dtype != DType::Bool || ref.in(0).type.count() != 1)
    return error(text::cat("'condition' is ", type_text(ref.in(0).type), "; it must be one bool"));
  return infer_stated(ref);
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_control(foreign, "if", graph);
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) {
  return write_control(ref, "IF", "then_subgraph_index", "else_subgraph_index");
}

constexpr FormatRule kFormats[] = {{"tflite", "IF", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(nn_if) {
  static const OpDef op = {
      .name = "if",
      .schema = {.doc = "The first body computes the outputs where the condition holds, else the second.",
                 .inputs = {{"condition", "one bool"},
                            {.name = "x",
                             .doc = "what both bodies take: any types",
                             .optional = true,
                             .variadic = true}},
                 .outputs = {{.name = "y", .doc = "what both bodies give: one type each", .variadic = true}}},
      .infer = infer,
      .work = no_work,
      .formats = kFormats,
  };
  return op;
}
