// resize_bilinear: an image of another size, each pixel a mean of the four around its position.
#include "ops/nn/resize.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  MOTE_TRY_VOID(check_dtype("x", ref.in(0), {DType::F32, DType::S8}));
  if (aligns_corners(ref) && has_half_pixels(ref))
    return error("'align_corners' and 'half_pixel_centers' exclude each other");
  return infer_resized(ref);
}

float float_scale(const NodeRef& ref, std::int32_t in, std::int32_t out) {
  if (aligns_corners(ref) && out > 1) return static_cast<float>(in - 1) / static_cast<float>(out - 1);
  return static_cast<float>(in) / static_cast<float>(out);
}
/// In 1/1024, to the nearest: the extents are below 2^15.
std::int32_t fixed_scale(const NodeRef& ref, std::int32_t in, std::int32_t out) {
  if (aligns_corners(ref) && out > 1) return (1024 * (in - 1) + (out - 1) / 2) / (out - 1);
  return (1024 * in + out / 2) / out;
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  const std::vector<Arg> args = {in_arg(ref, 0), out_arg(ref)};
  const auto finish = [&](auto p, const char* kernel, auto scale) {
    p.channels = ref.in(0).type.shape[3];
    p.scale_h = scale(ref, p.in_h, p.out_h);
    p.scale_w = scale(ref, p.in_w, p.out_w);
    p.half_pixel = has_half_pixels(ref) ? 1 : 0;
    return one_call(call_of(kernel, p, args));
  };
  if (ref.in(0).type.dtype == DType::F32)
    return finish(resize_geometry<ResizeBilinearF32Params>(ref), "resize_bilinear_f32", float_scale);
  return finish(resize_geometry<ResizeBilinearS8Params>(ref), "resize_bilinear_s8", fixed_scale);
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_resize(foreign, graph, "resize_bilinear");
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph& graph) {
  return write_resize(ref, graph, "RESIZE_BILINEAR");
}

constexpr FormatRule kFormats[] = {{"tflite", "RESIZE_BILINEAR", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(nn_resize_bilinear) {
  static const OpDef op = {
      .name = "resize_bilinear",
      .schema = {.doc = "An image of another size, each pixel a mean of the four around its position, by "
                        "distance.  In "
                        "s8 with weights of 10 bits, and with the scale that x has.",
                 .inputs = {{"x", "[N,H,W,C], f32 or s8"}},
                 .outputs = {{"y", "[N,height,width,C]; x's element type and scale"}},
                 .attributes = resize_attributes()},
      .infer = infer,
      .lower = lower,
      .work =
          [](const NodeRef& ref) {
            return Work{4 * ref.out(0).type.count(), 0};
          },
      .formats = kFormats,
      .quant = &kMoveQuant,
      .channels = &kChannelsPass,
  };
  return op;
}
