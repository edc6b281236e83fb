// space_to_depth: each block of pixels becomes one pixel with more channels.
#include "ops/nn/blocks.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  const TensorType& x = ref.in(0).type;
  MOTE_TRY(const std::int64_t b, check_depth_input(ref));
  if (x.shape[1] % b != 0 || x.shape[2] % b != 0)
    return error(text::cat("'x' ", to_text(x.shape), " does not consist of blocks of ", b, " by ", b));
  MOTE_TRY(Shape shape,
           narrow("the output", {x.shape[0], x.shape[1] / b, x.shape[2] / b, x.shape[3] * b * b}));
  return one_type(moved_type(x.dtype, std::move(shape)));
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  return lower_move(ref, depth_move(ref.in(0).type, ref.out(0).type, ref.integer("block_size")));
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_block_size(foreign, graph, "space_to_depth");
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) {
  return write_block_size(ref, "SPACE_TO_DEPTH", 2);
}

constexpr FormatRule kFormats[] = {{"tflite", "SPACE_TO_DEPTH", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(nn_space_to_depth) {
  static const OpDef op = {
      .name = "space_to_depth",
      .schema = {.doc = "Each block of pixels becomes one pixel whose channels are the block's, row by row.",
                 .inputs = {{"x", "[N,H,W,C], H and W multiples of the block; any element type"}},
                 .outputs = {{"y", "[N,H/b,W/b,C*b*b]; x's element type"}},
                 .attributes = {block_size_attribute()}},
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .quant = &kMoveQuant,
  };
  return op;
}
