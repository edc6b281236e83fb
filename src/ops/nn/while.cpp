// while: a body computes new values from the old ones as long as a condition holds.
#include "ops/nn/control.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_control(foreign, "while", graph);
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) {
  return write_control(ref, "WHILE", "cond_subgraph_index", "body_subgraph_index");
}

constexpr FormatRule kFormats[] = {{"tflite", "WHILE", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(nn_while) {
  static const OpDef op = {
      .name = "while",
      .schema =
          {.doc = "As long as the first body gives true, the second computes new values from the old ones.  "
                  "Shapes stay the "
                  "same from pass to pass.",
           .inputs = {{.name = "x", .doc = "the values before the first pass: any types", .variadic = true}},
           .outputs = {{.name = "y",
                        .doc = "the values after the last pass, of x's types",
                        .variadic = true}}},
      .infer = infer_stated,
      .work = no_work,
      .formats = kFormats,
  };
  return op;
}
