// l2_pool2d: the root of the mean square of each window, channel by channel: how much signal there is in it.
#include "ops/nn/pool.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<TensorType>> infer(const NodeRef& ref) { return infer_pool_of(ref, {DType::F32}); }
Result<std::vector<KernelCall>> lower(const NodeRef& ref) { return lower_pool(ref, "l2_pool2d"); }

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_pool(foreign, graph, "l2_pool2d");
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) { return write_pool(ref, "L2_POOL_2D"); }

constexpr FormatRule kFormats[] = {{"tflite", "L2_POOL_2D", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(nn_l2_pool2d) {
  static const OpDef op = {
      .name = "l2_pool2d",
      .schema = pool_schema("√(mean of x²) over a window, channel by channel.  Padding is not counted.",
                            "[batch, height, width, channels], f32"),
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .stream = &kPoolStream,
      .rows = &kPoolRows,
      .channels = &kChannelsPass,
  };
  return op;
}
