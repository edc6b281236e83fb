// What the ops share that spread an image's blocks over depth or batch, and those that gather them back.  "Large" is
// the side with the wide image, "small" the side where each block has become one pixel.
#pragma once

#include "ops/nn/moves.h"

namespace mote::nn {

/// The move with input and output exchanged.
inline Move turned(Move move) {
  std::swap(move.in_offset, move.out_offset);
  for (Move::Loop& loop : move.loops) std::swap(loop.in, loop.out);
  return move;
}

// ---- depth

/// Large [N, H·b, W·b, C] → small [N, H, W, b·b·C]: depth is (row of the block, column of the block, channel).
inline Move depth_move(const TensorType& large, const TensorType& small, std::int64_t b) {
  const auto from = strides_of(large), to = strides_of(small);
  const std::int64_t c = large.shape[3], element = from[3];
  Move move;
  move.run = element;
  move.loops = {{large.shape[0], from[0], to[0]},
                {small.shape[1], b * from[1], to[1]},
                {b, from[1], b * c * element},
                {small.shape[2], b * from[2], to[2]},
                {b * c, element, element}};
  return move;
}

inline AttributeSpec block_size_attribute() {
  return {"block_size", "height and width of a block", std::int64_t{2}, {}, 1, 32767};
}

inline Result<std::int64_t> block_size_of(const NodeRef& ref) {
  const std::int64_t size = ref.integer("block_size");
  if (size >= 1 && size <= 32767) return size;
  return error(text::cat("the block size ", size, " is outside 1...32767"));
}

/// What both ask of x; gives the block's size.
inline Result<std::int64_t> check_depth_input(const NodeRef& ref) {
  MOTE_TRY_VOID(check_movable("x", ref.in(0).type));
  MOTE_TRY_VOID(check_rank("x", ref.in(0), 4, "[N,H,W,C]"));
  return block_size_of(ref);
}

inline Result<void> read_block_size(const ForeignNode& foreign, Graph& graph, const std::string& op) {
  MOTE_TRY_VOID(check_counts(foreign, 1, 1));
  MOTE_TRY(const std::int64_t size, integer_option(foreign, "block_size", 0));
  return append_read(foreign, op, {{"block_size", size}}, graph);
}
inline ForeignNode write_block_size(const NodeRef& ref, std::string_view op, int s8_version) {
  ForeignNode foreign = start_write(ref, op, s8_version);
  foreign.attributes["block_size"] = ref.integer("block_size");
  return foreign;
}

// ---- batch

/// Large [N, H, W, …] and small [N·bh·bw, H/bh, W/bw, …]: element (h, w) of the large side, `before` moved in, is
/// position (h / bh, w / bw) of batch ((h mod bh)·bw + w mod bw)·N + n.  Blocks cover dimensions 1, 2, ….
struct BatchBlocks {
  std::vector<std::int64_t> block, before, after;
};

inline Result<BatchBlocks> batch_blocks(const NodeRef& ref, std::string_view before, std::string_view after) {
  BatchBlocks blocks;
  MOTE_TRY(blocks.block, bounded(ref, "block", 1));
  MOTE_TRY(blocks.before, bounded(ref, before, 0));
  MOTE_TRY(blocks.after, bounded(ref, after, 0));
  const Shape& x = ref.in(0).type.shape;
  MOTE_TRY_VOID(check_movable("x", ref.in(0).type));
  if (blocks.block.empty() || blocks.block.size() + 1 > x.size() ||
      blocks.before.size() != blocks.block.size() || blocks.after.size() != blocks.block.size()) {
    return error(text::cat("'block' ", list_text(blocks.block),
                           " and its borders must have one number for each of the "
                           "dimensions 1, 2, ... of ",
                           to_text(x)));
  }
  std::int64_t count = 1;
  constexpr std::int64_t most_blocks = 1024;
  for (const std::int64_t block : blocks.block) {
    count *= block;
    if (count > most_blocks) return error(text::cat("a block of more than ", most_blocks, " elements"));
  }
  return blocks;
}

/// Moves from the large side to the small one: one for each element of a block, or one for all when none is cut off.
inline std::vector<Move> batch_moves(const TensorType& large, const TensorType& small,
                                     const BatchBlocks& blocks) {
  const auto from = strides_of(large), to = strides_of(small);
  const std::size_t spatial = blocks.block.size();
  Move whole = aligned_move(large, small, small.shape);
  whole.loops[0].count = large.shape[0];
  bool is_whole = true;
  for (std::size_t m = 0; m < spatial; ++m) {
    whole.loops[m + 1].in *= blocks.block[m];
    is_whole = is_whole && blocks.before[m] == 0 && blocks.after[m] == 0;
  }
  if (is_whole) {
    std::int64_t stride = large.shape[0] * to[0];
    for (std::size_t m = spatial; m-- > 0; stride *= blocks.block[m])
      whole.loops.insert(whole.loops.begin(), {blocks.block[m], from[m + 1], stride});
    return {whole};
  }
  std::vector<Move> moves;
  std::vector<std::int64_t> shift(spatial, 0);
  for (std::int64_t index = 0;; ++index) {
    Move move = whole;
    move.out_offset = index * large.shape[0] * to[0];
    for (std::size_t m = 0; m < spatial; ++m) {
      // Positions p of the small side with 0 <= p·b + shift − before < extent of the large side.
      const std::int64_t b = blocks.block[m], lack = blocks.before[m] - shift[m];
      const std::int64_t first = lack > 0 ? (lack + b - 1) / b : 0;
      const std::int64_t reach = large.shape[m + 1] - 1 + lack;
      const std::int64_t end = reach < 0 ? 0 : std::min<std::int64_t>(reach / b + 1, small.shape[m + 1]);
      move.loops[m + 1].count = std::max<std::int64_t>(end - first, 0);
      move.in_offset += (first * b - lack) * from[m + 1];
      move.out_offset += first * to[m + 1];
    }
    moves.push_back(std::move(move));
    std::size_t m = spatial;
    while (m > 0 && ++shift[m - 1] == blocks.block[m - 1]) shift[--m] = 0;
    if (m == 0) return moves;
  }
}

inline Result<void> read_batch_blocks(const ForeignNode& foreign, Graph& graph, const std::string& op,
                                      const char* before, const char* after) {
  MOTE_TRY_VOID(check_counts(foreign, 3, 3));
  MOTE_TRY_VOID(check_present(foreign));
  MOTE_TRY(std::vector<std::int64_t> block, constant_integers(graph, foreign.inputs[1], "block_shape"));
  MOTE_TRY(Borders borders, read_borders(graph, foreign.inputs[2], "paddings or crops"));
  return append_move_read(
      foreign, op,
      {{"block", std::move(block)}, {before, std::move(borders.before)}, {after, std::move(borders.after)}},
      graph);
}

inline Result<ForeignNode> write_batch_blocks(const NodeRef& ref, Graph& graph, std::string_view op,
                                              const char* before, const char* after) {
  ForeignNode foreign = start_write(ref, op, 2);
  add_list(foreign, graph, "block", ref.integers("block"));
  foreign.inputs.push_back(
      add_borders(graph, text::cat(ref.node.name, "_", before), ref.integers(before), ref.integers(after)));
  return foreign;
}

}  // namespace mote::nn
