// resize_nearest_neighbor: an image of another size, each pixel a copy of the nearest.
#include <cmath>

#include "ops/nn/resize.h"

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
      .quant = &kMoveQuant,
      .channels = &kChannelsPass,
  };
  return op;
}
