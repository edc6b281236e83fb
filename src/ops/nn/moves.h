// What the ops that only move bytes share: a `Move` says which bytes go where, `append_move` makes it as few kernel
// calls as there can be.  No element changes, so every element type is taken and no scale is looked at: the output
// means by its bytes what its own scale says, as in TFLM.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "mote/nn/copy/copy.h"
#include "ops/nn/lowering.h"
#include "ops/nn/tflite.h"
#include "ops/nn/types.h"

namespace mote::nn {

inline constexpr std::size_t kMostRank = 8;

// ---- types

/// Any element type; rank and bytes that kernels can count.
inline Result<void> check_movable(std::string_view port, const TensorType& type) {
  MOTE_TRY(const std::int64_t count, checked_count(port, type.shape));
  if (type.shape.size() > kMostRank) {
    return error(text::cat("'", port, "' has the shape ", to_text(type.shape), "; at most ", kMostRank,
                           " dimensions are possible"));
  }
  if (count * static_cast<std::int64_t>(bytes_of(type.dtype)) > kMostElements)
    return error(text::cat("'", port, "' has more than 2147483647 bytes"));
  return {};
}

/// Output type of a node that moves elements of `dtype`.
inline Result<TensorType> moved_type(DType dtype, Shape shape) {
  TensorType type{dtype, std::move(shape)};
  MOTE_TRY_VOID(check_movable("output", type));
  return type;
}

/// `axis` counted from the front.
inline Result<std::size_t> front_axis(std::int64_t axis, std::size_t rank) {
  const auto n = static_cast<std::int64_t>(rank);
  if (axis >= -n && axis < n) return static_cast<std::size_t>(axis < 0 ? axis + n : axis);
  return error(rank == 0 ? text::cat("the axis ", axis, " of a scalar does not exist")
                         : text::cat("the axis ", axis, " is outside ", -n, "...", n - 1));
}

inline std::vector<std::int64_t> list_of(const Shape& shape) { return {shape.begin(), shape.end()}; }

/// Values that are to be extents or positions, as a Shape; an error when one does not fit 32 bits.
inline Result<Shape> narrow(std::string_view what, const std::vector<std::int64_t>& values) {
  Shape out;
  for (const std::int64_t value : values) {
    if (value < INT32_MIN || value > INT32_MAX) return error(text::cat("'", what, "' holds ", value));
    out.push_back(static_cast<std::int32_t>(value));
  }
  return out;
}

inline std::string list_text(const std::vector<std::int64_t>& values) {
  std::string list = "[";
  for (const std::int64_t value : values) list += text::cat(list.size() == 1 ? "" : ",", value);
  return list + "]";
}

/// The values of an attribute, each in [least, 2^31): nothing that is added or multiplied from them overflows 64 bits.
inline Result<std::vector<std::int64_t>> bounded(const NodeRef& ref, std::string_view name,
                                                 std::int64_t least) {
  for (const std::int64_t value : ref.integers(name)) {
    if (value < least || value > kMostElements)
      return error(text::cat("'", name, "' holds ", value, ", outside ", least, "...", kMostElements));
  }
  return ref.integers(name);
}

/// The same with one value for each dimension of `x`.
inline Result<std::vector<std::int64_t>> per_dimension(const NodeRef& ref, std::string_view name,
                                                       std::int64_t least) {
  MOTE_TRY(std::vector<std::int64_t> values, bounded(ref, name, least));
  const Shape& shape = ref.in(0).type.shape;
  if (values.size() == shape.size()) return values;
  return error(text::cat("'", name, "' is ", list_text(values), " and 'x' has the shape ", to_text(shape),
                         "; it must have one number for each dimension"));
}

// ---- moves

/// Bytes to copy: a loop over each dimension, outermost first, around `run` bytes that lie together in both.
struct Move {
  struct Loop {
    std::int64_t count = 1;
    std::int64_t in = 0, out = 0;  ///< strides in bytes
  };
  std::vector<Loop> loops;
  std::int64_t in_offset = 0, out_offset = 0;
  std::int64_t run = 1;  ///< in the beginning the bytes of one element
};

/// Bytes from one index to the next of each dimension of a dense tensor.
inline std::vector<std::int64_t> strides_of(const TensorType& type) {
  std::vector<std::int64_t> strides(type.shape.size());
  auto stride = static_cast<std::int64_t>(bytes_of(type.dtype));
  for (std::size_t d = type.shape.size(); d-- > 0; stride *= type.shape[d]) strides[d] = stride;
  return strides;
}

/// Dimension d of the output is dimension d of the input: what slices, pads and reversals start from.
inline Move aligned_move(const TensorType& in, const TensorType& out, const Shape& extents) {
  Move move;
  move.run = static_cast<std::int64_t>(bytes_of(in.dtype));
  const auto from = strides_of(in), to = strides_of(out);
  for (std::size_t d = 0; d < extents.size(); ++d) move.loops.push_back({extents[d], from[d], to[d]});
  return move;
}

/// The same move with as few loops and as long a run as possible.
inline Move merged(const Move& move) {
  Move out = move;
  out.loops.clear();
  for (const Move::Loop& loop : move.loops) {
    if (loop.count == 1) continue;
    if (!out.loops.empty()) {
      Move::Loop& outer = out.loops.back();
      if (outer.in == loop.in * loop.count && outer.out == loop.out * loop.count) {
        outer = {outer.count * loop.count, loop.in, loop.out};
        continue;
      }
    }
    out.loops.push_back(loop);
  }
  while (!out.loops.empty() && out.loops.back().in == out.run && out.loops.back().out == out.run) {
    out.run *= out.loops.back().count;
    out.loops.pop_back();
  }
  return out;
}

inline KernelCall copy_blocks_call(const Move& move, std::vector<Arg> args) {
  CopyBlocksParams p{};
  p.blocks = 1;
  p.block_bytes = p.in_stride = p.out_stride = static_cast<std::int32_t>(move.run);
  p.out_offset = static_cast<std::int32_t>(move.out_offset);
  if (!move.loops.empty()) {
    p.blocks = static_cast<std::int32_t>(move.loops[0].count);
    p.in_stride = static_cast<std::int32_t>(move.loops[0].in);
    p.out_stride = static_cast<std::int32_t>(move.loops[0].out);
  }
  return call_of("copy_blocks", p, std::move(args));
}

inline KernelCall copy_strided_call(const Move& move, std::vector<Arg> args) {
  std::vector<Move::Loop> loops(6 - move.loops.size());
  loops.insert(loops.end(), move.loops.begin(), move.loops.end());
  const auto count = [&](std::size_t i) { return static_cast<std::int32_t>(loops[i].count); };
  const auto in = [&](std::size_t i) { return static_cast<std::int32_t>(loops[i].in); };
  const auto out = [&](std::size_t i) { return static_cast<std::int32_t>(loops[i].out); };
  CopyStridedParams p{};
  p.run_bytes = static_cast<std::int32_t>(move.run);
  p.in_offset = static_cast<std::int32_t>(move.in_offset);
  p.out_offset = static_cast<std::int32_t>(move.out_offset);
  p.count0 = count(0), p.count1 = count(1), p.count2 = count(2);
  p.count3 = count(3), p.count4 = count(4), p.count5 = count(5);
  p.in0 = in(0), p.in1 = in(1), p.in2 = in(2), p.in3 = in(3), p.in4 = in(4), p.in5 = in(5);
  p.out0 = out(0), p.out1 = out(1), p.out2 = out(2), p.out3 = out(3), p.out4 = out(4), p.out5 = out(5);
  return call_of("copy_strided", p, std::move(args));
}

/// Calls that make the move: one, plain where it is a row of blocks.  With more than six loops that do not merge,
/// the shortest is unrolled into calls of its own.
inline void append_move(const Move& move, Arg in, Arg out, std::vector<KernelCall>& calls) {
  constexpr std::size_t most_loops = 6;
  for (const Move::Loop& loop : move.loops) {
    if (loop.count == 0) return;
  }
  in.dtype = out.dtype = DType::U8;
  const Move plain = merged(move);
  if (plain.loops.size() > most_loops) {
    const auto shortest = std::min_element(plain.loops.begin(), plain.loops.end(),
                                           [](const auto& a, const auto& b) { return a.count < b.count; });
    Move part = plain;
    part.loops.erase(part.loops.begin() + (shortest - plain.loops.begin()));
    for (std::int64_t i = 0; i < shortest->count; ++i) {
      part.in_offset = plain.in_offset + i * shortest->in;
      part.out_offset = plain.out_offset + i * shortest->out;
      append_move(part, in, out, calls);
    }
    return;
  }
  const bool blocks = plain.in_offset == 0 && plain.loops.size() <= 1 &&
                      (plain.loops.empty() || (plain.loops[0].in >= 0 && plain.loops[0].out >= 0));
  calls.push_back(blocks ? copy_blocks_call(plain, {in, out}) : copy_strided_call(plain, {in, out}));
}

/// A node that is one move from its input 0 to its output.
inline Result<std::vector<KernelCall>> lower_move(const NodeRef& ref, const Move& move) {
  std::vector<KernelCall> calls;
  append_move(move, in_arg(ref, 0), out_arg(ref), calls);
  return calls;
}

// ---- along an axis

/// Parts that lie side by side along an axis: `blocks` times the parts in turn, each `inner` bytes an index.
struct AxisLayout {
  std::int64_t blocks = 1, inner = 1;
};
inline AxisLayout axis_layout(const TensorType& type, std::size_t axis) {
  AxisLayout layout{1, static_cast<std::int64_t>(bytes_of(type.dtype))};
  for (std::size_t d = 0; d < axis; ++d) layout.blocks *= type.shape[d];
  for (std::size_t d = axis + 1; d < type.shape.size(); ++d) layout.inner *= type.shape[d];
  return layout;
}

/// Bytes of a part and of the whole, in each block; the part begins `before` bytes into the whole's block.
inline Move part_to_whole(std::int64_t blocks, std::int64_t part, std::int64_t whole, std::int64_t before) {
  Move move;
  move.loops = {{blocks, part, whole}};
  move.out_offset = before;
  move.run = part;
  return move;
}
inline Move whole_to_part(std::int64_t blocks, std::int64_t part, std::int64_t whole, std::int64_t before) {
  Move move;
  move.loops = {{blocks, whole, part}};
  move.in_offset = before;
  move.run = part;
  return move;
}

/// One input becomes several outputs, in order along `axis` of it (split, unpack).
inline std::vector<KernelCall> lower_parts(const NodeRef& ref, std::size_t axis,
                                           const std::vector<std::int64_t>& sizes) {
  const AxisLayout layout = axis_layout(ref.in(0).type, axis);
  const std::int64_t whole = layout.inner * ref.in(0).type.shape[axis];
  std::vector<KernelCall> calls;
  std::int64_t before = 0;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const std::int64_t part = layout.inner * sizes[i];
    append_move(whole_to_part(layout.blocks, part, whole, before), in_arg(ref, 0),
                out_arg(ref, static_cast<int>(i)), calls);
    before += part;
  }
  return calls;
}

/// Several inputs become one output, in order along `axis` of it; `sizes` are their extents there (concatenation, pack).
inline std::vector<KernelCall> lower_whole(const NodeRef& ref, std::size_t axis,
                                           const std::vector<std::int64_t>& sizes) {
  const AxisLayout layout = axis_layout(ref.out(0).type, axis);
  const std::int64_t whole = layout.inner * ref.out(0).type.shape[axis];
  std::vector<KernelCall> calls;
  std::int64_t before = 0;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const std::int64_t part = layout.inner * sizes[i];
    append_move(part_to_whole(layout.blocks, part, whole, before), in_arg(ref, static_cast<int>(i)),
                out_arg(ref), calls);
    before += part;
  }
  return calls;
}

// ---- filling

/// What lies around a tensor when no value is given: the real 0 in 8 bits, else 0, which int16 means by it too.
inline Bytes border_of(const Tensor& out) {
  Bytes element(bytes_of(out.type.dtype), 0);
  if (element.size() == 1 && out.quant) element[0] = static_cast<std::uint8_t>(out.quant.zero_point[0]);
  return element;
}

/// Fills `out` with `element`, the bytes of one.
inline KernelCall fill_call(const TensorType& type, const Bytes& element, Arg out) {
  FillParams p{};
  p.count = static_cast<std::int32_t>(type.count());
  p.element_bytes = static_cast<std::int32_t>(element.size());
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < element.size(); ++i) bits |= static_cast<std::uint64_t>(element[i]) << (8 * i);
  p.low = static_cast<std::int32_t>(static_cast<std::uint32_t>(bits));
  p.high = static_cast<std::int32_t>(static_cast<std::uint32_t>(bits >> 32));
  if (std::all_of(element.begin(), element.end(), [&](std::uint8_t b) { return b == element[0]; })) {
    p.count = static_cast<std::int32_t>(type.bytes());
    p.element_bytes = 1;
    p.low = element[0];
    p.high = 0;
  }
  out.dtype = DType::U8;
  return call_of("fill", p, {out});
}

// ---- schema

inline AttributeSpec axis_attribute(std::string_view doc, std::int64_t default_value) {
  constexpr auto most = static_cast<std::int64_t>(kMostRank);
  return {"axis", doc, default_value, {}, -most, most - 1};
}
/// A list of numbers from `min` on, one for each dimension of the input unless the doc says otherwise.
inline AttributeSpec list_attribute(std::string_view name, std::string_view doc, std::int64_t min) {
  return {name, doc, std::vector<std::int64_t>{}, {}, min, kMostElements};
}

// ---- reading and writing .tflite

/// A tensor of an op's own between two nodes, of the type and scale that values of `like` have in `shape`.
inline TensorId add_between(Graph& graph, const ForeignNode& foreign, const Tensor& like, Shape shape) {
  Tensor tensor;
  tensor.name = text::cat(foreign.name, "_moved");
  tensor.type = {like.type.dtype, std::move(shape)};
  tensor.quant = like.quant;
  return graph.add(std::move(tensor));
}

/// Only input 0 stays an input of the node: the others have become attributes.
inline Result<void> append_move_read(ForeignNode foreign, const std::string& op, Attributes attributes,
                                     Graph& graph) {
  foreign.inputs.resize(1);
  return append_read(foreign, op, std::move(attributes), graph);
}

/// Appends a constant list to what is written.
inline void add_list(ForeignNode& foreign, Graph& graph, std::string_view what,
                     const std::vector<std::int64_t>& values) {
  foreign.inputs.push_back(add_integers(graph, text::cat(foreign.name, "_", what), values,
                                        {static_cast<std::int32_t>(values.size())}));
}
inline void add_scalar(ForeignNode& foreign, Graph& graph, std::string_view what, std::int64_t value) {
  foreign.inputs.push_back(add_integers(graph, text::cat(foreign.name, "_", what), {value}, {}));
}

/// A constant with exactly one integer.
inline Result<std::int64_t> constant_integer(const Graph& graph, TensorId id, std::string_view what) {
  MOTE_TRY(const std::vector<std::int64_t> values, constant_integers(graph, id, what));
  if (values.size() == 1) return values[0];
  return error(text::cat("'", what, "' has ", values.size(), " values; it must have one"));
}

/// The tensors that an op's attributes are read from are looked at before `verify`: absent ones are refused here.
inline Result<void> check_present(const ForeignNode& foreign) {
  for (std::size_t i = 0; i < foreign.inputs.size(); ++i) {
    if (foreign.inputs[i] == kNoTensor) return error(text::cat(foreign.op, ": input ", i, " is missing"));
  }
  return {};
}

/// [before, after] of each dimension, in turn, as two lists.
struct Borders {
  std::vector<std::int64_t> before, after;
};
inline Result<Borders> read_borders(const Graph& graph, TensorId id, std::string_view what) {
  MOTE_TRY(const std::vector<std::int64_t> pairs, constant_integers(graph, id, what));
  Borders borders;
  for (std::size_t i = 0; i < pairs.size(); ++i)
    (i % 2 == 0 ? borders.before : borders.after).push_back(pairs[i]);
  return borders;
}
inline TensorId add_borders(Graph& graph, const std::string& name, const std::vector<std::int64_t>& before,
                            const std::vector<std::int64_t>& after) {
  std::vector<std::int64_t> pairs;
  for (std::size_t d = 0; d < before.size(); ++d) pairs.insert(pairs.end(), {before[d], after[d]});
  return add_integers(graph, name, pairs, {static_cast<std::int32_t>(before.size()), 2});
}

inline constexpr QuantRule kMoveQuant{.same_scale = true};

}  // namespace mote::nn
