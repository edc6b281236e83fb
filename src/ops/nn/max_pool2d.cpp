// max_pool2d: the largest element of each window, channel by channel; padding never wins.
#include "ops/nn/pool.h"
#include "ops/nn/training.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<KernelCall>> lower(const NodeRef& ref) { return lower_pool(ref, "max_pool2d"); }

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_pool(foreign, graph, "max_pool2d");
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) { return write_pool(ref, "MAX_POOL_2D"); }

constexpr FormatRule kFormats[] = {{"tflite", "MAX_POOL_2D", read_tflite, write_tflite}};

void train_forward(const TrainCall& call) {
  learn::max_pool2d(training_window(call, accepted(pool_window(call.node))), call.in[0], call.out[0]);
  apply_activation(call);
}
void train_backward(const TrainCall& call) {
  const float* gradient = before_activation(call);
  if (!call.grad_in[0]) return;
  learn::max_pool2d_gradient(training_window(call, accepted(pool_window(call.node))), call.in[0], gradient,
                             call.grad_in[0]);
}
constexpr GradRule kGrad{saved_for_activation, train_forward, train_backward};
}  // namespace

MOTE_OP(nn_max_pool2d) {
  static const OpDef op = {
      .name = "max_pool2d",
      .schema =
          pool_schema("Largest element of a window, channel by channel.  Padding is never the largest."),
      .infer = infer_pool,
      .verify = verify_pool,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .grad = &kGrad,
      .quant = &kPoolQuant,
      .stream = &kPoolStream,
      .rows = &kPoolRows,
      .channels = &kChannelsPass,
  };
  return op;
}
