// average_pool2d: the mean of each window, channel by channel; at the border the mean of what lies inside the
// input. With a kernel as large as the input it is global average pooling.
#include "ops/nn/pool.h"
#include "ops/nn/training.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<KernelCall>> lower(const NodeRef& ref) { return lower_pool(ref, "average_pool2d"); }

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_pool(foreign, graph, "average_pool2d");
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) { return write_pool(ref, "AVERAGE_POOL_2D"); }

constexpr FormatRule kFormats[] = {{"tflite", "AVERAGE_POOL_2D", read_tflite, write_tflite}};

void train_forward(const TrainCall& call) {
  learn::average_pool2d(training_window(call, accepted(pool_window(call.node))), call.in[0], call.out[0]);
  apply_activation(call);
}
void train_backward(const TrainCall& call) {
  const float* gradient = before_activation(call);
  if (!call.grad_in[0]) return;
  learn::average_pool2d_gradient(training_window(call, accepted(pool_window(call.node))), gradient,
                                 call.grad_in[0]);
}
constexpr GradRule kGrad{saved_for_activation, train_forward, train_backward};
}  // namespace

MOTE_OP(nn_average_pool2d) {
  static const OpDef op = {
      .name = "average_pool2d",
      .schema = pool_schema("Mean over a window, channel by channel.  Padding is not counted.  In s8 the "
                            "mean is rounded, halves away from "
                            "zero."),
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
