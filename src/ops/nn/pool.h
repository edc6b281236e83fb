// What average_pool2d, max_pool2d and l2_pool2d share: everything but the kernel's name.
#pragma once

#include "mote/nn/pool/pool.h"
#include "ops/nn/weighted.h"
#include "ops/nn/window.h"

namespace mote::nn {

/// Sums of s16 fit 32 bits over as many taps.
inline constexpr std::int64_t kMostPoolTaps = std::int64_t{1} << 15;

inline Result<std::vector<TensorType>> infer_pool_of(const NodeRef& ref, std::initializer_list<DType> types) {
  const Tensor& in = ref.in(0);
  MOTE_TRY_VOID(check_dtype("x", in, types));
  MOTE_TRY(const Window window, pool_window(ref));
  const std::int64_t taps =
      std::int64_t{std::min(window.h.kernel, window.h.in)} * std::min(window.w.kernel, window.w.in);
  if (in.type.dtype == DType::S16 && taps > kMostPoolTaps) {
    return error(
        text::cat("a window of ", taps, " elements; at most ", kMostPoolTaps, " can be summed in s16"),
        "pool in two layers, one after the other");
  }
  const Shape& shape = in.type.shape;
  return one_type(made_type(in.type.dtype, {shape[0], window.h.out, window.w.out, shape[3]}));
}

inline Result<std::vector<TensorType>> infer_pool(const NodeRef& ref) {
  return infer_pool_of(ref, {DType::F32, DType::S8, DType::S16});
}

inline Result<void> verify_pool(const NodeRef& ref, Stage stage) {
  return has_scales_to_check(ref, stage) ? check_same_quant("x", ref.in(0), ref.out(0)) : Result<void>{};
}

template <class Params>
Params pool_geometry(const NodeRef& ref, const Window& window) {
  Params p{};
  put_window(p, window);
  p.batches = ref.in(0).type.shape[0];
  p.channels = ref.in(0).type.shape[3];
  return p;
}

/// `kernel` is "average_pool2d", "max_pool2d" or, in f32 alone, "l2_pool2d".
inline Result<std::vector<KernelCall>> lower_pool(const NodeRef& ref, std::string_view kernel) {
  MOTE_TRY(const Window window, pool_window(ref));
  if (ref.in(0).type.dtype == DType::F32) {
    auto p = pool_geometry<Pool2dF32Params>(ref, window);
    put_range(p, float_range(activation_of(ref)));
    return one_call(call_of(text::cat(kernel, "_f32"), p, {in_arg(ref, 0), out_arg(ref)}));
  }
  MOTE_TRY_VOID(check_same_quant("x", ref.in(0), ref.out(0)));
  if (ref.in(0).type.dtype == DType::S16) {
    auto p = pool_geometry<Pool2dS16Params>(ref, window);
    put_range(p, activation_range(activation_of(ref), ref.out(0)));
    return one_call(call_of(text::cat(kernel, "_s16"), p, {in_arg(ref, 0), out_arg(ref)}));
  }
  auto p = pool_geometry<Pool2dS8Params>(ref, window);
  put_range(p, activation_range(activation_of(ref), ref.out(0)));
  return one_call(call_of(text::cat(kernel, "_s8"), p, {in_arg(ref, 0), out_arg(ref)}));
}

inline Result<void> read_pool(const ForeignNode& foreign, Graph& graph, const std::string& op) {
  MOTE_TRY_VOID(check_counts(foreign, 1, 1));
  Attributes attributes;
  MOTE_TRY(attributes["kernel"], read_pair(foreign, "filter_height", "filter_width"));
  MOTE_TRY(attributes["stride"], read_pair(foreign, "stride_h", "stride_w"));
  MOTE_TRY(attributes["padding"], read_padding(foreign));
  MOTE_TRY(attributes["activation"], read_activation(foreign));
  return append_read(foreign, op, std::move(attributes), graph);
}

inline Result<ForeignNode> write_pool(const NodeRef& ref, std::string_view op) {
  ForeignNode foreign = start_write(ref, op, 2);
  if (ref.in(0).type.dtype == DType::S16) foreign.version = 3;
  write_pair(ref, "kernel", "filter_height", "filter_width", foreign.attributes);
  write_pair(ref, "stride", "stride_h", "stride_w", foreign.attributes);
  foreign.attributes["padding"] = padding_word(ref);
  foreign.attributes["fused_activation_function"] = activation_word(ref);
  return foreign;
}

inline StreamRule::Window pool_time(const NodeRef& ref) { return time_of(accepted(pool_window(ref)).h); }
inline RowSpan pool_rows(const NodeRef& ref, int, RowSpan out) {
  return accepted(pool_window(ref)).h.reads(out);
}

inline constexpr QuantRule kPoolQuant{.same_scale = true};
inline constexpr StreamRule kPoolStream{pool_time};
inline constexpr RowRule kPoolRows{pool_rows};

inline Schema pool_schema(std::string_view doc,
                          std::string_view x = "[batch, height, width, channels], f32, s8 or s16") {
  return {
      .doc = doc,
      .inputs = {{"x", x}},
      .outputs = {{"y",
                   "[batch, out height, out width, channels], of x's element type, scale and zero point"}},
      .attributes = {kernel_attribute(), stride_attribute(2), padding_attribute(), activation_attribute()}};
}

}  // namespace mote::nn
