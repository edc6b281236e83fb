// depth_to_space: each pixel becomes a block of pixels with fewer channels.
#include "ops/nn/blocks.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  const TensorType& x = ref.in(0).type;
  MOTE_TRY(const std::int64_t b, check_depth_input(ref));
  if (x.shape[3] % (b * b) != 0)
    return error(text::cat("'x' ", to_text(x.shape), " has no multiple of ", b * b, " channels"));
  MOTE_TRY(Shape shape,
           narrow("the output", {x.shape[0], x.shape[1] * b, x.shape[2] * b, x.shape[3] / (b * b)}));
  return one_type(moved_type(x.dtype, std::move(shape)));
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  return lower_move(ref, turned(depth_move(ref.out(0).type, ref.in(0).type, ref.integer("block_size"))));
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_block_size(foreign, graph, "depth_to_space");
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) {
  return write_block_size(ref, "DEPTH_TO_SPACE", 1);
}

constexpr FormatRule kFormats[] = {{"tflite", "DEPTH_TO_SPACE", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(nn_depth_to_space) {
  static const OpDef op = {
      .name = "depth_to_space",
      .schema = {.doc = "Each pixel becomes a block of pixels, row by row, that share its channels.",
                 .inputs = {{"x", "[N,H,W,C], C a multiple of b*b; any element type"}},
                 .outputs = {{"y", "[N,H*b,W*b,C/(b*b)]; x's element type"}},
                 .attributes = {block_size_attribute()}},
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .quant = &kMoveQuant,
  };
  return op;
}
