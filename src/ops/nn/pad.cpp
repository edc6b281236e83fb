// pad: a border of one value around a tensor.
#include <cstring>

#include "ops/nn/moves.h"
#include "ops/nn/training.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  const TensorType& x = ref.in(0).type;
  MOTE_TRY_VOID(check_movable("x", x));
  MOTE_TRY(const std::vector<std::int64_t> before, per_dimension(ref, "before", 0));
  MOTE_TRY(const std::vector<std::int64_t> after, per_dimension(ref, "after", 0));
  if (ref.has_in(1) && (ref.in(1).type.dtype != x.dtype || ref.in(1).type.count() != 1)) {
    return error(text::cat("'value' is ", type_text(ref.in(1).type), "; it must be one ", name_of(x.dtype)));
  }
  std::vector<std::int64_t> extents = list_of(x.shape);
  for (std::size_t d = 0; d < extents.size(); ++d) extents[d] += before[d] + after[d];
  MOTE_TRY(Shape shape, narrow("the padded shape", extents));
  return one_type(moved_type(x.dtype, std::move(shape)));
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  const TensorType &x = ref.in(0).type, &y = ref.out(0).type;
  std::vector<KernelCall> calls;
  if (ref.has_in(1) && !ref.in(1).is_constant()) {
    Move everywhere;
    everywhere.run = static_cast<std::int64_t>(bytes_of(y.dtype));
    everywhere.loops = {{y.count(), 0, everywhere.run}};
    append_move(everywhere, in_arg(ref, 1), out_arg(ref), calls);
  } else {
    calls.push_back(fill_call(y, ref.has_in(1) ? *ref.in(1).constant : border_of(ref.out(0)), out_arg(ref)));
  }
  Move inside = aligned_move(x, y, x.shape);
  for (std::size_t d = 0; d < x.shape.size(); ++d)
    inside.out_offset += ref.integers("before")[d] * inside.loops[d].out;
  append_move(inside, in_arg(ref, 0), out_arg(ref), calls);
  return calls;
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 2, 3));
  MOTE_TRY(Borders borders, read_borders(graph, foreign.inputs[1], "paddings"));
  ForeignNode moved = foreign;
  moved.inputs.erase(moved.inputs.begin() + 1);
  return append_read(moved, "pad",
                     {{"before", std::move(borders.before)}, {"after", std::move(borders.after)}}, graph);
}

Result<ForeignNode> write_tflite(const NodeRef& ref, Graph& graph) {
  ForeignNode foreign = start_write(ref, ref.has_in(1) ? "PADV2" : "PAD", 2);
  foreign.inputs.insert(foreign.inputs.begin() + 1,
                        add_borders(graph, text::cat(ref.node.name, "_paddings"), ref.integers("before"),
                                    ref.integers("after")));
  return foreign;
}

constexpr FormatRule kFormats[] = {{"tflite", "PAD", read_tflite, write_tflite},
                                   {"tflite", "PADV2", read_tflite, write_tflite}};

/// Calls visit(where in x, where in y, elements): a run of the last axis each, of the whole batch.
template <class Visit>
void for_runs(const TrainCall& call, const Visit& visit) {
  const Shape &x = call.node.in(0).type.shape, &y = call.node.out(0).type.shape;
  const std::vector<std::int64_t>& before = call.node.integers("before");
  const auto run = static_cast<std::size_t>(x.back());
  const std::size_t runs = batch_count(call.node.in(0), 1) / run, whole = batch_count(call.node.out(0), 1);
  for (std::size_t n = 0; n < static_cast<std::size_t>(call.batch); ++n) {
    for (std::size_t r = 0; r < runs; ++r) {
      std::size_t rest = r, to = static_cast<std::size_t>(before.empty() ? 0 : before.back());
      std::size_t step = static_cast<std::size_t>(y.back());
      for (std::size_t d = x.size() - 1; d-- > 0;) {
        const auto extent = static_cast<std::size_t>(x[d]);
        to += (rest % extent + static_cast<std::size_t>(before[d])) * step;
        rest /= extent;
        step *= static_cast<std::size_t>(y[d]);
      }
      visit((n * runs + r) * run, n * whole + to, run);
    }
  }
}
void train_forward(const TrainCall& call) {
  const float border = call.in.size() > 1 && call.in[1] ? call.in[1][0] : 0.0f;
  std::fill_n(call.out[0], batch_count(call.node.out(0), call.batch), border);
  for_runs(call, [&](std::size_t from, std::size_t to, std::size_t count) {
    std::memcpy(call.out[0] + to, call.in[0] + from, count * sizeof(float));
  });
}
void train_backward(const TrainCall& call) {
  if (!call.grad_in[0]) return;
  for_runs(call, [&](std::size_t from, std::size_t to, std::size_t count) {
    std::memcpy(call.grad_in[0] + from, call.grad_out[0] + to, count * sizeof(float));
  });
}
constexpr GradRule kGrad{nullptr, train_forward, train_backward};
}  // namespace

MOTE_OP(nn_pad) {
  static const OpDef op = {
      .name = "pad",
      .schema =
          {.doc = "A border of one value around x.  Without `value` it is 0; in s8 the zero point of the "
                  "output.",
           .inputs =
               {{"x", "up to 8 dimensions, any element type"},
                {.name = "value",
                 .doc =
                     "one element of x's type, in s8 of the output's scale: what the border is filled with",
                 .optional = true}},
           .outputs = {{"y", "in each dimension the extents of border and x added; x's element type"}},
           .attributes = {list_attribute("before", "elements of border before x in each dimension", 0),
                          list_attribute("after", "elements of border behind x in each dimension", 0)}},
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .grad = &kGrad,
      .quant = &kMoveQuant,
  };
  return op;
}
