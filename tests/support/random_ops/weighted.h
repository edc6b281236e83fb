// Random layers that multiply by weights, and pools: convolutions, dense layers, products of matrices.
#pragma once

#include "support/random_ops/elementwise.h"

namespace mote::testing {

/// Symmetric weights in s8 (f32 in f32): one scale, or one for each index of `axis`.
inline TensorId draw_weights(Draw& d, Shape shape, int axis) {
  if (d.is_float()) return d.constant(DType::F32, std::move(shape), {});
  const auto channels = static_cast<std::size_t>(shape[static_cast<std::size_t>(axis)]);
  const std::size_t scales = d.chance(0.6) ? channels : 1;
  Quant q;
  const double scale = std::ldexp(d.uniform(1, 2), d.between(-11, -5));
  for (std::size_t c = 0; c < scales; ++c) {
    q.scale.push_back(static_cast<float>(scale * d.about_one(1)));
    q.zero_point.push_back(0);
  }
  q.axis = scales > 1 ? axis : 0;
  return d.constant(DType::S8, std::move(shape), std::move(q));
}

/// In units of x's scale times the weights'; beside s16 of 64 bits, or where `narrow` may be of 32.
inline TensorId draw_bias(Draw& d, TensorId x, TensorId weights, std::int32_t channels, bool narrow = true) {
  if (d.is_float()) return d.constant(DType::F32, {channels}, {});
  const bool wide = d.dtype() == DType::S16 && !(narrow && d.chance(0.3));
  const DType dtype = wide ? DType::S64 : DType::S32;
  Quant q;
  for (const float scale : d.quant_of(weights).scale) {
    q.scale.push_back(scale * d.quant_of(x).scale[0]);
    q.zero_point.push_back(0);
  }
  const TensorType type{dtype, {channels}};
  const std::int64_t most = dtype == DType::S64 ? 3000000 : 20000;
  return d.constant(type, q, d.random_bytes(type, InputRange{-most, most}, 0));
}

/// For a sum of `terms` products of random integers.
inline Quant quant_of_sum(Draw& d, TensorId x, TensorId weights, std::int64_t terms) {
  if (d.is_float()) return {};
  const double weight = static_cast<double>(d.quant_of(weights).scale[0]) * 128;
  return d.quant(d.dtype(),
                 d.reach_of(x) * weight * 0.5 * std::sqrt(static_cast<double>(terms)) * d.about_one(2));
}

inline void make_conv2d(Draw& d, const std::string& op) {
  const TensorId x = d.image_operand();
  const Shape in = d.shape_of(x);
  const bool same = d.chance(0.5);
  std::vector<std::int64_t> kernel, dilation, stride;
  for (int axis = 1; axis <= 2; ++axis) {
    const std::int32_t extent = in[static_cast<std::size_t>(axis)];
    kernel.push_back(d.between(1, same ? 4 : std::min(4, extent)));
    const std::int64_t room = kernel.back() > 1 ? (extent - 1) / (kernel.back() - 1) : 1;
    dilation.push_back(d.chance(0.7) ? 1
                                     : std::max<std::int64_t>(1, std::min<std::int64_t>(3, same ? 3 : room)));
    stride.push_back(dilation.back() == 1 ? d.between(1, 3) : 1);
  }
  const bool depthwise = op == "depthwise_conv2d";
  const std::int32_t multiplier = d.chance(0.6) ? 1 : d.between(1, 3);
  // Groups are in int8 and floats: each reads an equal part of the channels.
  std::int32_t groups = 1;
  if (!depthwise && d.dtype() != DType::S16 && d.chance(0.3)) groups = in[3];
  const std::int32_t out_c = depthwise ? in[3] * multiplier : groups * d.between(1, groups > 1 ? 2 : 7);
  const auto h = static_cast<std::int32_t>(kernel[0]), w = static_cast<std::int32_t>(kernel[1]);
  const TensorId weights =
      depthwise ? draw_weights(d, {1, h, w, out_c}, 3) : draw_weights(d, {out_c, h, w, in[3] / groups}, 0);
  std::vector<TensorId> inputs = {x, weights};
  if (d.chance(0.8)) inputs.push_back(draw_bias(d, x, weights, out_c, !depthwise));
  Attributes attributes = {{"stride", stride},
                           {"dilation", dilation},
                           {"padding", std::string(same ? "same" : "valid")},
                           {"activation", d.word(kActivations)}};
  if (depthwise) attributes["depth_multiplier"] = std::int64_t{multiplier};
  const std::int64_t terms = kernel[0] * kernel[1] * (depthwise ? 1 : in[3] / groups);
  d.layer(op, inputs, attributes, quant_of_sum(d, x, weights, terms));
}

inline void make_fully_connected(Draw& d, const std::string& op) {
  const TensorId x = d.operand(1, 4);
  const Shape in = d.shape_of(x);
  const bool flat = d.chance(0.4);
  const auto depth = flat ? static_cast<std::int32_t>(count_of(in)) : in.back();
  const std::int32_t units = d.between(1, 9);
  TensorId weights = draw_weights(d, {units, depth}, 0);
  const bool computed = d.chance(0.5) && d.quant_of(weights).scale.size() <= 1;
  if (computed) weights = d.input(d.tensor(weights).type.dtype, {units, depth}, d.quant_of(weights));
  std::vector<TensorId> inputs = {x, weights};
  if (d.chance(0.7)) inputs.push_back(draw_bias(d, x, weights, units, !computed));
  d.layer(op, inputs,
          {{"activation", d.word(kActivations)}, {"keep_num_dims", flat ? std::int64_t{0} : d.flag()}},
          quant_of_sum(d, x, weights, depth));
}

inline void make_transpose_conv(Draw& d, const std::string& op) {
  const TensorId x = d.image_operand();
  const Shape in = d.shape_of(x);
  const bool same = d.chance(0.5);
  std::vector<std::int64_t> stride, size;
  Shape kernel = {d.between(1, 4)};
  for (std::size_t axis = 1; axis <= 2; ++axis) {
    stride.push_back(d.between(1, 3));
    kernel.push_back(d.between(1, 4));
    // What a convolution of this kernel and stride makes x's extent of.
    const std::int64_t least = (in[axis] - 1) * stride.back() + 1;
    const std::int64_t extra = d.between(0, static_cast<std::int32_t>(stride.back()) - 1);
    size.push_back(same ? least + extra : least + kernel.back() - 1 + extra);
  }
  kernel.push_back(in[3]);
  const TensorId weights = draw_weights(d, kernel, 0);
  std::vector<TensorId> inputs = {x, weights};
  if (d.chance(0.6)) inputs.push_back(draw_bias(d, x, weights, kernel[0]));
  d.layer(op, inputs,
          {{"stride", stride},
           {"size", size},
           {"padding", std::string(same ? "same" : "valid")},
           {"activation", d.word({"none", "none", "relu", "relu6"})}},
          quant_of_sum(d, x, weights, std::int64_t{in[3]} * 3));
}

inline void make_batch_matmul(Draw& d, const std::string& op) {
  const TensorId x = d.operand(2, 4);
  const Shape in = d.shape_of(x);
  const std::int64_t adj_x = d.flag(), adj_y = d.flag();
  const std::int32_t depth = adj_x != 0 ? in[in.size() - 2] : in.back(), columns = d.between(1, 6);
  Shape second(in.begin(), in.end() - 2);
  for (std::int32_t& e : second) {
    if (d.chance(0.3)) e = 1;
  }
  second.push_back(adj_y != 0 ? columns : depth);
  second.push_back(adj_y != 0 ? depth : columns);
  const TensorId y = d.maybe_constant(second, d.quant(), 0.3);
  const double reach = d.reach_of(x) * d.reach_of(y) * 0.5 * std::sqrt(static_cast<double>(depth));
  d.layer(op, {x, y}, {{"adj_x", adj_x}, {"adj_y", adj_y}}, d.quant(d.dtype(), reach * d.about_one(2)));
}

inline void make_pool(Draw& d, const std::string& op) {
  const TensorId x = d.image_operand();
  const Shape in = d.shape_of(x);
  const bool same = d.chance(0.5);
  std::vector<std::int64_t> kernel;
  for (std::size_t axis = 1; axis <= 2; ++axis)
    kernel.push_back(d.between(1, same ? 4 : std::min(5, in[axis])));
  d.layer(op, {x},
          {{"kernel", kernel},
           {"stride", std::vector<std::int64_t>{d.between(1, 3), d.between(1, 3)}},
           {"padding", std::string(same ? "same" : "valid")},
           {"activation", d.word(kActivations)}},
          d.quant_of(x));
}

inline std::vector<RandomOp> weighted_ops() {
  const DType f32 = DType::F32, s8 = DType::S8, s16 = DType::S16;
  return {
      {"conv2d", {s8, s16, f32}, make_conv2d},
      {"depthwise_conv2d", {s8, s16, f32}, make_conv2d},
      {"fully_connected", {s8, s16, f32}, make_fully_connected},
      {"transpose_conv", {s8, s16, f32}, make_transpose_conv},
      {"batch_matmul", {s8, s16, f32}, make_batch_matmul},
      {"average_pool2d", {s8, s16, f32}, make_pool},
      {"max_pool2d", {s8, s16, f32}, make_pool},
      {"l2_pool2d", {f32}, make_pool},
  };
}

}  // namespace mote::testing
