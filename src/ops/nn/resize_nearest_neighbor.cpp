// resize_nearest_neighbor: an image of another size, each pixel a copy of the nearest.
#include <cmath>

#include "ops/nn/resize.h"
#include "ops/nn/training.h"

namespace {
using namespace mote;
using namespace mote::nn;

/// The input position of each output position, in float32 as TFLM computes it.
std::vector<std::int16_t> sources(const NodeRef& ref, std::int32_t in, std::int32_t out) {
  const bool corners = aligns_corners(ref);
  const float scale = corners && out > 1 ? static_cast<float>(in - 1) / static_cast<float>(out - 1)
                                         : static_cast<float>(in) / static_cast<float>(out);
  const float offset = has_half_pixels(ref) ? 0.5f : 0.0f;
  std::vector<std::int16_t> table;
  for (std::int32_t i = 0; i < out; ++i) {
    const float at = (static_cast<float>(i) + offset) * scale;
    const float nearest = corners ? std::round(at) : std::floor(at);
    table.push_back(static_cast<std::int16_t>(std::min(static_cast<std::int32_t>(nearest), in - 1)));
  }
  return table;
}

/// Every input position `times` times, one after the other; 0: it is not so.
std::int64_t repetition(const std::vector<std::int16_t>& table, std::int32_t in) {
  const auto times = static_cast<std::int64_t>(table.size()) / in;
  if (times * in != static_cast<std::int64_t>(table.size())) return 0;
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (table[i] != static_cast<std::int64_t>(i) / times) return 0;
  }
  return times;
}

/// Whole multiples are repetitions of rows and pixels, and need no tables.
Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  const TensorType &x = ref.in(0).type, &y = ref.out(0).type;
  const std::vector<std::int16_t> rows = sources(ref, x.shape[1], y.shape[1]);
  const std::vector<std::int16_t> columns = sources(ref, x.shape[2], y.shape[2]);
  const std::int64_t down = repetition(rows, x.shape[1]), right = repetition(columns, x.shape[2]);
  if (down > 0 && right > 0) {
    const auto from = strides_of(x), to = strides_of(y);
    Move move;
    move.run = to[2];
    move.loops = {{x.shape[0], from[0], to[0]},
                  {x.shape[1], from[1], down * to[1]},
                  {down, 0, to[1]},
                  {x.shape[2], from[2], right * to[2]},
                  {right, 0, to[2]}};
    return lower_move(ref, move);
  }
  auto p = resize_geometry<ResizeNearestParams>(ref);
  p.pixel_bytes = static_cast<std::int32_t>(strides_of(x)[2]);
  std::vector<Arg> args = {
      in_arg(ref, 0), rom_arg(constant_name(ref, "rows"), DType::S16, {p.out_h}, rows, Constant::Role::Table),
      rom_arg(constant_name(ref, "columns"), DType::S16, {p.out_w}, columns, Constant::Role::Table),
      out_arg(ref)};
  args[0].dtype = args[3].dtype = DType::U8;
  return one_call(call_of("resize_nearest", p, std::move(args)));
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_resize(foreign, graph, "resize_nearest_neighbor");
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph& graph) {
  return write_resize(ref, graph, "RESIZE_NEAREST_NEIGHBOR");
}

constexpr FormatRule kFormats[] = {{"tflite", "RESIZE_NEAREST_NEIGHBOR", read_tflite, write_tflite}};

/// Calls visit(pixel of x, pixel of y), counted over the batch.
template <class Visit>
void for_pixels(const TrainCall& call, const Visit& visit) {
  const Shape &x = call.node.in(0).type.shape, &y = call.node.out(0).type.shape;
  const std::vector<std::int16_t> rows = sources(call.node, x[1], y[1]),
                                  columns = sources(call.node, x[2], y[2]);
  const auto width = static_cast<std::size_t>(x[2]), height = static_cast<std::size_t>(x[1]);
  std::size_t to = 0;
  for (std::size_t n = 0; n < static_cast<std::size_t>(call.batch * x[0]); ++n)
    for (const std::int16_t row : rows)
      for (const std::int16_t column : columns)
        visit((n * height + static_cast<std::size_t>(row)) * width + static_cast<std::size_t>(column), to++);
}
void train_forward(const TrainCall& call) {
  const auto channels = static_cast<std::size_t>(call.node.in(0).type.shape[3]);
  for_pixels(call, [&](std::size_t from, std::size_t to) {
    std::copy_n(call.in[0] + from * channels, channels, call.out[0] + to * channels);
  });
}
void train_backward(const TrainCall& call) {
  if (!call.grad_in[0]) return;
  const auto channels = static_cast<std::size_t>(call.node.in(0).type.shape[3]);
  std::fill_n(call.grad_in[0], batch_count(call.node.in(0), call.batch), 0.0f);
  for_pixels(call, [&](std::size_t from, std::size_t to) {
    for (std::size_t c = 0; c < channels; ++c)
      call.grad_in[0][from * channels + c] += call.grad_out[0][to * channels + c];
  });
}
constexpr GradRule kGrad{nullptr, train_forward, train_backward};
}  // namespace

MOTE_OP(nn_resize_nearest_neighbor) {
  static const OpDef op = {
      .name = "resize_nearest_neighbor",
      .schema = {.doc = "An image of another size, each pixel a copy of the nearest.",
                 .inputs = {{"x", "[N,H,W,C], any element type"}},
                 .outputs = {{"y", "[N,height,width,C]; x's element type"}},
                 .attributes = resize_attributes()},
      .infer = infer_resized,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .grad = &kGrad,
      .quant = &kMoveQuant,
      .channels = &kChannelsPass,
  };
  return op;
}
