// batch_to_space_nd: batches go back to their positions inside the blocks; behind a dilated convolution.
#include "ops/nn/blocks.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<BatchBlocks> blocks_of(const NodeRef& ref) { return batch_blocks(ref, "crop_before", "crop_after"); }

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  MOTE_TRY(const BatchBlocks blocks, blocks_of(ref));
  std::vector<std::int64_t> extents = list_of(ref.in(0).type.shape);
  std::int64_t count = 1;
  for (std::size_t m = 0; m < blocks.block.size(); ++m) {
    count *= blocks.block[m];
    extents[m + 1] = extents[m + 1] * blocks.block[m] - blocks.before[m] - blocks.after[m];
  }
  if (extents[0] % count != 0)
    return error(text::cat(extents[0], " batches are no multiple of a block of ", count));
  extents[0] /= count;
  MOTE_TRY(Shape shape, narrow("the output", extents));
  return one_type(moved_type(ref.in(0).type.dtype, std::move(shape)));
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  MOTE_TRY(const BatchBlocks blocks, blocks_of(ref));
  std::vector<KernelCall> calls;
  for (const Move& move : batch_moves(ref.out(0).type, ref.in(0).type, blocks))
    append_move(turned(move), in_arg(ref, 0), out_arg(ref), calls);
  return calls;
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_batch_blocks(foreign, graph, "batch_to_space_nd", "crop_before", "crop_after");
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph& graph) {
  return write_batch_blocks(ref, graph, "BATCH_TO_SPACE_ND", "crop_before", "crop_after");
}

constexpr FormatRule kFormats[] = {{"tflite", "BATCH_TO_SPACE_ND", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(nn_batch_to_space_nd) {
  static const OpDef op = {
      .name = "batch_to_space_nd",
      .schema = {.doc = "Puts batches back to their positions inside blocks, then cuts the border off.",
                 .inputs = {{"x", "[N*block, spatial dimensions, ...], any element type"}},
                 .outputs = {{"y", "[N, spatial dimensions * block - crops, ...]; x's element type"}},
                 .attributes = {list_attribute("block", "extents of a block in dimensions 1, 2, ...", 1),
                                list_attribute("crop_before",
                                               "elements cut off before each of these dimensions", 0),
                                list_attribute("crop_after",
                                               "elements cut off behind each of these dimensions", 0)}},
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .quant = &kMoveQuant,
  };
  return op;
}
