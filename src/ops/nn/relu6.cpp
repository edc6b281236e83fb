// relu6: min(max(0, x), 6).  As a layer of its own only where it cannot be fused into the layer before it.
#include "ops/nn/relu.h"
#include "ops/nn/training.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<KernelCall>> lower(const NodeRef& ref) { return lower_relu(ref, Activation::Relu6); }

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_relu(foreign, graph, "relu6");
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) { return start_write(ref, "RELU6", 2); }

constexpr FormatRule kFormats[] = {{"tflite", "RELU6", read_tflite, write_tflite}};
// One scale for input and output: TFLM clamps here without requantizing, so only then do all runtimes agree.
// Where an imported model has two, the input is requantized, as LiteRT does.
constexpr QuantRule kQuant{.same_scale = true};

void train_forward(const TrainCall& call) {
  const FloatRange range = float_range(Activation::Relu6);
  learn::clamp(batch_count(call.node.in(0), call.batch), range.min, range.max, call.in[0], call.out[0]);
}
void train_backward(const TrainCall& call) {
  const FloatRange range = float_range(Activation::Relu6);
  if (!call.grad_in[0]) return;
  learn::clamp_gradient(batch_count(call.node.in(0), call.batch), range.min, range.max, call.in[0],
                        call.grad_out[0], call.grad_in[0]);
}
constexpr GradRule kGrad{nullptr, train_forward, train_backward, GradRule::Role::Rectifier};
}  // namespace

MOTE_OP(nn_relu6) {
  static const OpDef op = {
      .name = "relu6",
      .schema = {.doc = "Element-wise min(max(0, x), 6).",
                 .inputs = {{"x", "any shape, f32, s8 or s16"}},
                 .outputs = {{"y", "of x's shape and element type"}},
                 .attributes = {}},
      .infer = infer_relu,
      .verify = verify_relu,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .grad = &kGrad,
      .quant = &kQuant,
      .stream = &kPointwiseStream,
      .rows = &kPointwiseRows,
      .channels = &kChannelsPass,
  };
  return op;
}
