// relu_0_to_1: min(max(0, x), 1).  As a layer of its own only where it cannot be fused into the layer before it.
#include "ops/nn/relu.h"

namespace {
using namespace mote;
using namespace mote::nn;

Calls lower(const NodeRef& ref) { return lower_clamped(ref, {0.0f, 1.0f}); }

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_relu(foreign, graph, "relu_0_to_1");
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) { return start_write(ref, "RELU_0_TO_1", 1); }

constexpr FormatRule kFormats[] = {{"tflite", "RELU_0_TO_1", read_tflite, write_tflite}};
constexpr QuantRule kQuant{};
}  // namespace

MOTE_OP(nn_relu_0_to_1) {
  static const OpDef op = {
      .name = "relu_0_to_1",
      .schema = {.doc = "Element-wise min(max(0, x), 1).",
                 .inputs = {{"x", "any shape, f32, s8 or s16"}},
                 .outputs = {{"y", "of x's shape and element type"}}},
      .infer = infer_relu,
      .verify = verify_relu,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .quant = &kQuant,
      .stream = &kPointwiseStream,
      .rows = &kPointwiseRows,
      .channels = &kChannelsPass,
  };
  return op;
}
