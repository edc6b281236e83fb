// logical_and: on truth values, with broadcasting.
#include "ops/nn/compare.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<TensorType>> infer(const NodeRef& ref) { return infer_pair(ref, {DType::Bool}); }

Result<std::vector<KernelCall>> lower(const NodeRef& ref) { return lower_logical(ref, 0, 1, 8); }

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_pair(foreign, graph, "logical_and");
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) { return start_write(ref, "LOGICAL_AND", 2); }

constexpr FormatRule kFormats[] = {{"tflite", "LOGICAL_AND", read_tflite, write_tflite}};

}  // namespace

MOTE_OP(nn_logical_and) {
  static const OpDef op = {
      .name = "logical_and",
      .schema = {.doc = "Element-wise: are both true?",
                 .inputs = {{"x1", "any shape; bool"}, {"x2", "bool, of a shape that broadcasts with x1's"}},
                 .outputs = {{"y", "of the broadcast shape, bool"}}},
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
  };
  return op;
}
