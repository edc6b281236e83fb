// space_to_batch_nd: each position inside a block becomes a batch of its own; before a dilated convolution.
#include "ops/nn/blocks.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<BatchBlocks> blocks_of(const NodeRef& ref) { return batch_blocks(ref, "before", "after"); }

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  MOTE_TRY(const BatchBlocks blocks, blocks_of(ref));
  std::vector<std::int64_t> extents = list_of(ref.in(0).type.shape);
  for (std::size_t m = 0; m < blocks.block.size(); ++m) {
    const std::int64_t padded = extents[m + 1] + blocks.before[m] + blocks.after[m];
    if (padded % blocks.block[m] != 0)
      return error(
          text::cat("dimension ", m + 1, ", padded to ", padded, ", is no multiple of ", blocks.block[m]));
    extents[0] *= blocks.block[m];  // at most 2^31 times 1024
    extents[m + 1] = padded / blocks.block[m];
  }
  MOTE_TRY(Shape shape, narrow("the output", extents));
  return one_type(moved_type(ref.in(0).type.dtype, std::move(shape)));
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  MOTE_TRY(const BatchBlocks blocks, blocks_of(ref));
  const TensorType &x = ref.in(0).type, &y = ref.out(0).type;
  std::vector<KernelCall> calls;
  if (x.count() != y.count()) calls.push_back(fill_call(y, border_of(ref.out(0)), out_arg(ref)));
  for (const Move& move : batch_moves(x, y, blocks)) append_move(move, in_arg(ref, 0), out_arg(ref), calls);
  return calls;
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_batch_blocks(foreign, graph, "space_to_batch_nd", "before", "after");
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph& graph) {
  return write_batch_blocks(ref, graph, "SPACE_TO_BATCH_ND", "before", "after");
}

constexpr FormatRule kFormats[] = {{"tflite", "SPACE_TO_BATCH_ND", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(nn_space_to_batch_nd) {
  static const OpDef op = {
      .name = "space_to_batch_nd",
      .schema =
          {.doc = "Pads with 0 (in s8 the output's zero point), then makes a batch of each position inside a "
                  "block.",
           .inputs = {{"x", "[N, spatial dimensions, ...], any element type"}},
           .outputs = {{"y", "[N*block, padded spatial dimensions / block, ...]; x's element type"}},
           .attributes = {list_attribute("block", "extents of a block in dimensions 1, 2, ...", 1),
                          list_attribute("before", "padding before each of these dimensions", 0),
                          list_attribute("after", "padding behind each of these dimensions", 0)}},
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .quant = &kMoveQuant,
  };
  return op;
}
