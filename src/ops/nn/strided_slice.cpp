// strided_slice: every stride-th element of a range in each dimension, forwards or backwards.  SLICE is one too.
// What .tflite says with masks and negative positions is resolved when it is read; dimensions that the masks take
// away or add become a reshape, which costs nothing.
#include "ops/nn/moves.h"
#include "ops/nn/training.h"

namespace {
using namespace mote;
using namespace mote::nn;

/// One dimension of x: positions begin, begin + stride, …, `size` of them.
struct Range {
  std::int64_t begin = 0, size = 1, stride = 1;
};

Result<std::vector<Range>> ranges_of(const NodeRef& ref) {
  MOTE_TRY(const std::vector<std::int64_t> begin, per_dimension(ref, "begin", 0));
  MOTE_TRY(const std::vector<std::int64_t> size, per_dimension(ref, "size", 1));
  MOTE_TRY(const std::vector<std::int64_t> stride, per_dimension(ref, "stride", INT32_MIN));
  const Shape& shape = ref.in(0).type.shape;
  std::vector<Range> ranges;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    const std::int64_t last = begin[d] + (size[d] - 1) * stride[d];  // factors below 2^31
    if (begin[d] >= shape[d] || last < 0 || last >= shape[d]) {
      return error(
          text::cat("dimension ", d, " of ", to_text(shape), " has no positions ", begin[d], "...", last));
    }
    ranges.push_back({begin[d], size[d], stride[d]});
  }
  return ranges;
}

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  MOTE_TRY_VOID(check_movable("x", ref.in(0).type));
  MOTE_TRY(const std::vector<Range> ranges, ranges_of(ref));
  Shape shape;
  for (const Range& range : ranges) shape.push_back(static_cast<std::int32_t>(range.size));
  return one_type(moved_type(ref.in(0).type.dtype, std::move(shape)));
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  MOTE_TRY(const std::vector<Range> ranges, ranges_of(ref));
  Move move = aligned_move(ref.in(0).type, ref.out(0).type, ref.out(0).type.shape);
  for (std::size_t d = 0; d < ranges.size(); ++d) {
    move.in_offset += ranges[d].begin * move.loops[d].in;
    move.loops[d].in *= ranges[d].stride;
  }
  return lower_move(ref, move);
}

// ---- reading .tflite

struct Resolved {
  std::vector<Range> ranges;  ///< one for each dimension of x
  Shape shape;                ///< of the output: without dimensions taken away, with those added
};

/// What STRIDED_SLICE says about one dimension.
struct Spec {
  std::int64_t begin, end, stride;
  bool from_edge,
      to_edge;  ///< begin, end do not count: from the first, to the last in the direction of the stride
  bool shrink;  ///< the one position `begin`, and the dimension goes
};

Result<Range> resolve(const Spec& spec, std::int64_t extent) {
  if (spec.stride == 0) return error("STRIDED_SLICE: a stride is 0");
  const std::int64_t low = spec.stride > 0 ? 0 : -1, high = spec.stride > 0 ? extent : extent - 1;
  const auto position = [&](std::int64_t p) { return std::clamp(p < 0 ? p + extent : p, low, high); };
  const std::int64_t first = spec.stride > 0 ? 0 : extent - 1, behind = spec.stride > 0 ? extent : -1;
  const std::int64_t begin = spec.from_edge ? first : position(spec.begin);
  if (spec.shrink) {
    if (begin < 0 || begin >= extent)
      return error(
          text::cat("STRIDED_SLICE: the position ", spec.begin, " is outside a dimension of ", extent));
    return Range{begin, 1, 1};
  }
  const std::int64_t end = spec.to_edge ? behind : position(spec.end);
  const std::int64_t span = spec.stride > 0 ? end - begin : begin - end;
  const std::int64_t step = spec.stride > 0 ? spec.stride : -spec.stride;
  if (span <= 0) {
    return error(text::cat("STRIDED_SLICE: from ", spec.begin, " to ", spec.end, " with stride ", spec.stride,
                           " there is nothing in a dimension of ", extent),
                 "empty tensors are not possible; change the slice and convert the model again");
  }
  const std::int64_t size = (span + step - 1) / step;
  return Range{begin, size, size == 1 ? 1 : spec.stride};
}

Result<Resolved> resolve(const ForeignNode& foreign, const Graph& graph) {
  MOTE_TRY(const std::vector<std::int64_t> begin, constant_integers(graph, foreign.inputs[1], "begin"));
  MOTE_TRY(const std::vector<std::int64_t> end, constant_integers(graph, foreign.inputs[2], "end"));
  MOTE_TRY(const std::vector<std::int64_t> stride, constant_integers(graph, foreign.inputs[3], "strides"));
  MOTE_TRY(const std::int64_t begin_mask, integer_option(foreign, "begin_mask", 0));
  MOTE_TRY(const std::int64_t end_mask, integer_option(foreign, "end_mask", 0));
  MOTE_TRY(const std::int64_t ellipsis_mask, integer_option(foreign, "ellipsis_mask", 0));
  MOTE_TRY(const std::int64_t new_axis_mask, integer_option(foreign, "new_axis_mask", 0));
  MOTE_TRY(const std::int64_t shrink_mask, integer_option(foreign, "shrink_axis_mask", 0));
  MOTE_TRY(const std::int64_t offset, integer_option(foreign, "offset", 0));
  for (const auto* list : {&begin, &end, &stride}) {
    MOTE_TRY([[maybe_unused]] const Shape fits, narrow("begin, end and strides", *list));
    if (list->size() != begin.size() || begin.size() > 2 * kMostRank)
      return error("STRIDED_SLICE: begin, end and strides must be lists of one length, at most 16");
  }
  const Shape& x = graph.tensor(foreign.inputs[0]).type.shape;
  const auto has = [](std::int64_t mask, std::size_t i) { return ((mask >> i) & 1) != 0; };
  std::size_t positions = 0;  // entries that speak of one dimension of x
  for (std::size_t i = 0; i < begin.size(); ++i)
    positions += !has(ellipsis_mask, i) && !has(new_axis_mask, i) ? 1u : 0u;
  if (positions > x.size()) return error(text::cat("STRIDED_SLICE: ", positions, " ranges for ", to_text(x)));
  Resolved out;
  const auto keep_whole = [&] {
    const std::int32_t extent = x[out.ranges.size()];
    out.ranges.push_back({0, extent, 1});
    out.shape.push_back(extent);
  };
  std::size_t whole = x.size() - positions;  // dimensions that the ellipsis stands for
  for (std::size_t i = 0; i < begin.size(); ++i) {
    if (has(ellipsis_mask, i)) {
      for (; whole > 0; --whole) keep_whole();
    } else if (has(new_axis_mask, i)) {
      out.shape.push_back(1);
    } else {
      const std::int64_t stop = offset != 0 ? begin[i] + end[i] : end[i];
      const Spec spec{begin[i], stop, stride[i], has(begin_mask, i), has(end_mask, i), has(shrink_mask, i)};
      MOTE_TRY(const Range range, resolve(spec, x[out.ranges.size()]));
      out.ranges.push_back(range);
      if (!spec.shrink) out.shape.push_back(static_cast<std::int32_t>(range.size));
    }
  }
  while (out.ranges.size() < x.size()) keep_whole();
  return out;
}

Result<void> append_reshape(const ForeignNode& foreign, TensorId from, const Shape& shape, Graph& graph) {
  ForeignNode reshape = foreign;
  reshape.inputs = {from};
  return append_read(reshape, "reshape", {{"shape", list_of(shape)}}, graph);
}

/// Slice, then reshape where the shape differs; a slice that takes everything is left out.
Result<void> append(const ForeignNode& foreign, const Resolved& resolved, Graph& graph) {
  const TensorId x = foreign.inputs[0];
  std::vector<std::int64_t> begin, size, stride;
  bool everything = true;
  for (std::size_t d = 0; d < resolved.ranges.size(); ++d) {
    const Range& range = resolved.ranges[d];
    begin.push_back(range.begin);
    size.push_back(range.size);
    stride.push_back(range.stride);
    everything = everything && range.size == graph.tensor(x).type.shape[d] && range.stride == 1;
  }
  if (everything) return append_reshape(foreign, x, resolved.shape, graph);
  MOTE_TRY(const Shape sliced, narrow("size", size));
  ForeignNode slice = foreign;
  const bool reshaped = sliced != resolved.shape;
  if (reshaped) {
    const Tensor like = graph.tensor(foreign.outputs[0]);
    slice.outputs = {add_between(graph, foreign, like, sliced)};
    slice.name += ".slice";
  }
  MOTE_TRY_VOID(append_move_read(
      slice, "strided_slice",
      {{"begin", std::move(begin)}, {"size", std::move(size)}, {"stride", std::move(stride)}}, graph));
  return reshaped ? append_reshape(foreign, slice.outputs[0], resolved.shape, graph) : Result<void>{};
}

Result<void> read_strided_slice(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 4, 4));
  MOTE_TRY_VOID(check_present(foreign));
  MOTE_TRY(const Resolved resolved, resolve(foreign, graph));
  return append(foreign, resolved, graph);
}

/// SLICE(x, begin, size): size −1 is all that is left.
Result<void> read_slice(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 3, 3));
  MOTE_TRY_VOID(check_present(foreign));
  MOTE_TRY(const std::vector<std::int64_t> begin, constant_integers(graph, foreign.inputs[1], "begin"));
  MOTE_TRY(const std::vector<std::int64_t> size, constant_integers(graph, foreign.inputs[2], "size"));
  const Shape& x = graph.tensor(foreign.inputs[0]).type.shape;
  if (begin.size() != x.size() || size.size() != x.size())
    return error(text::cat("SLICE: begin and size must have a number for each dimension of ", to_text(x)));
  Resolved out;
  for (std::size_t d = 0; d < x.size(); ++d) {
    const std::int64_t left = x[d] - begin[d];
    if (begin[d] < 0 || left < 1 || size[d] < -1 || size[d] == 0 || size[d] > left) {
      return error(text::cat("SLICE: begin ", begin[d], " and size ", size[d], " do not lie in dimension ", d,
                             " of ", to_text(x)));
    }
    out.ranges.push_back({begin[d], size[d] == -1 ? left : size[d], 1});
    out.shape.push_back(static_cast<std::int32_t>(out.ranges.back().size));
  }
  return append(foreign, out, graph);
}

/// Backwards to the first element there is no end: the mask says so.
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph& graph) {
  ForeignNode foreign = start_write(ref, "STRIDED_SLICE", 2);
  std::vector<std::int64_t> end;
  std::int64_t end_mask = 0;
  for (std::size_t d = 0; d < ref.integers("begin").size(); ++d) {
    const std::int64_t begin = ref.integers("begin")[d], size = ref.integers("size")[d];
    const std::int64_t stride = ref.integers("stride")[d];
    end.push_back(begin + (size - 1) * stride + (stride > 0 ? 1 : -1));
    if (end.back() < 0) end_mask |= std::int64_t{1} << d;
  }
  add_list(foreign, graph, "begin", ref.integers("begin"));
  add_list(foreign, graph, "end", end);
  add_list(foreign, graph, "stride", ref.integers("stride"));
  foreign.attributes["begin_mask"] = std::int64_t{0};
  foreign.attributes["end_mask"] = end_mask;
  foreign.attributes["ellipsis_mask"] = std::int64_t{0};
  foreign.attributes["new_axis_mask"] = std::int64_t{0};
  foreign.attributes["shrink_axis_mask"] = std::int64_t{0};
  return foreign;
}

constexpr FormatRule kFormats[] = {{"tflite", "STRIDED_SLICE", read_strided_slice, write_tflite},
                                   {"tflite", "SLICE", read_slice, write_tflite}};

/// Calls visit(element of x, element of y) for the whole batch.
template <class Visit>
void for_taken(const TrainCall& call, const Visit& visit) {
  const Shape &x = call.node.in(0).type.shape, &y = call.node.out(0).type.shape;
  const auto &begin = call.node.integers("begin"), &stride = call.node.integers("stride");
  const std::size_t whole = batch_count(call.node.in(0), 1), taken = batch_count(call.node.out(0), 1);
  for (std::size_t n = 0; n < static_cast<std::size_t>(call.batch); ++n) {
    for (std::size_t i = 0; i < taken; ++i) {
      std::int64_t rest = static_cast<std::int64_t>(i), from = 0, step = 1;
      for (std::size_t d = x.size(); d-- > 0;) {
        from += (begin[d] + rest % y[d] * stride[d]) * step;
        rest /= y[d];
        step *= x[d];
      }
      visit(n * whole + static_cast<std::size_t>(from), n * taken + i);
    }
  }
}
void train_forward(const TrainCall& call) {
  for_taken(call, [&](std::size_t from, std::size_t to) { call.out[0][to] = call.in[0][from]; });
}
void train_backward(const TrainCall& call) {
  if (!call.grad_in[0]) return;
  std::fill_n(call.grad_in[0], batch_count(call.node.in(0), call.batch), 0.0f);
  for_taken(call, [&](std::size_t from, std::size_t to) { call.grad_in[0][from] = call.grad_out[0][to]; });
}
constexpr GradRule kGrad{nullptr, train_forward, train_backward};
}  // namespace

MOTE_OP(nn_strided_slice) {
  static const OpDef op = {
      .name = "strided_slice",
      .schema =
          {.doc = "Every stride-th element of a range, in each dimension; a negative stride goes backwards.",
           .inputs = {{"x", "up to 8 dimensions, any element type"}},
           .outputs = {{"y", "of the shape `size`; x's element type"}},
           .attributes = {list_attribute("begin", "the first position in each dimension", 0),
                          list_attribute("size", "how many positions are taken in each dimension", 1),
                          list_attribute(
                              "stride",
                              "from one position to the next in each dimension, not 0 where size is above 1",
                              INT32_MIN)}},
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .grad = &kGrad,
      .quant = &kMoveQuant,
  };
  return op;
}
