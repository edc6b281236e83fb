// Int8 layers as trained networks have them (whole ranges of bytes, shifts to the right, mostly no clamp inside the range), of a
// given size or drawn from a seed: for benches and tests that count instructions.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "support/random_ops/draw.h"

namespace mote::testing {

/// Of a convolution over its input; depthwise: out_c is in_c · multiplier.
struct ConvShape {
  std::int32_t kernel_h = 1, kernel_w = 1, out_c = 1, stride_h = 1, stride_w = 1;
  bool same = true, depthwise = false;
};

class Int8Layers {
 public:
  explicit Int8Layers(Draw& d) : d_(d) {}

  TensorId input(Shape shape) {
    const std::int32_t zero_point = d_.chance(0.5) ? -128 : d_.between(-100, 100);
    return d_.input(DType::S8, std::move(shape),
                    {{static_cast<float>(d_.uniform(0.02, 0.05))}, {zero_point}, 0});
  }

  /// `clamped`: the activation's bounds lie inside the range of bytes.
  TensorId conv(TensorId x, const ConvShape& s, bool clamped = false) {
    const std::int32_t in_c = d_.shape_of(x)[3];
    const Shape shape = s.depthwise ? Shape{1, s.kernel_h, s.kernel_w, s.out_c}
                                    : Shape{s.out_c, s.kernel_h, s.kernel_w, in_c};
    Attributes attributes = {{"stride", std::vector<std::int64_t>{s.stride_h, s.stride_w}},
                             {"dilation", std::vector<std::int64_t>{1, 1}},
                             {"padding", std::string(s.same ? "same" : "valid")}};
    if (s.depthwise) attributes["depth_multiplier"] = std::int64_t{s.out_c / in_c};
    const std::int32_t terms = s.kernel_h * s.kernel_w * (s.depthwise ? 1 : in_c);
    return weighted(s.depthwise ? "depthwise_conv2d" : "conv2d", x, shape, s.depthwise ? 3 : 0, attributes,
                    terms, clamped);
  }
  TensorId dense(TensorId x, std::int32_t units, bool scale_each = false, bool clamped = false) {
    const auto depth = static_cast<std::int32_t>(count_of(d_.shape_of(x)));
    return weighted("fully_connected", x, {units, depth}, scale_each ? 0 : -1, {}, depth, clamped);
  }
  TensorId sum(TensorId a, TensorId b, bool clamped = false) {
    return layer("add", {a, b}, {}, d_.uniform(1.2, 2.2) * d_.quant_of(a).scale[0], clamped);
  }
  TensorId pool(const std::string& op, TensorId x, std::vector<std::int64_t> kernel, std::int64_t stride,
                bool same, bool clamped = false) {
    const Attributes attributes = {{"kernel", std::move(kernel)},
                                   {"stride", std::vector<std::int64_t>{stride, stride}},
                                   {"padding", std::string(same ? "same" : "valid")},
                                   {"activation", std::string(clamped ? "relu_n1_to_1" : "none")}};
    const TensorId y = d_.layer(op, {x}, attributes, d_.quant_of(x));
    MOTE_CHECK(y != kNoTensor, "a pool that mote takes");
    return y;
  }

 private:
  static constexpr double kWeightScale = 0.004;

  TensorId weighted(const std::string& op, TensorId x, const Shape& shape, int axis,
                    const Attributes& attributes, std::int32_t terms, bool clamped) {
    Quant q;
    const std::size_t scales = axis < 0 ? 1 : static_cast<std::size_t>(shape[static_cast<std::size_t>(axis)]);
    for (std::size_t i = 0; i < scales; ++i) {
      q.scale.push_back(static_cast<float>(kWeightScale * d_.uniform(0.8, 1.2)));
      q.zero_point.push_back(0);
    }
    q.axis = std::max(axis, 0);
    const TensorType type{DType::S8, shape};
    const TensorId weights = d_.constant(type, q, d_.random_bytes(type, InputRange{-127, 127}, 0));
    const float x_scale = d_.quant_of(x).scale[0];
    for (float& scale : q.scale) scale *= x_scale;
    q.axis = 0;
    const TensorType bias_type{DType::S32, {op == "depthwise_conv2d" ? shape[3] : shape[0]}};
    const TensorId bias = d_.constant(bias_type, q, d_.random_bytes(bias_type, InputRange{-3000, 3000}, 0));
    // Two deviations of a sum of products of random bytes reach about the ends of the range.
    const double scale =
        static_cast<double>(x_scale) * kWeightScale * 80 * std::sqrt(static_cast<double>(terms));
    return layer(op, {x, weights, bias}, attributes, scale, clamped);
  }

  TensorId layer(const std::string& op, const std::vector<TensorId>& inputs, Attributes attributes,
                 double scale, bool clamped) {
    attributes["activation"] = std::string(clamped ? "relu6" : "none");
    // With relu6 both 0 and 6 lie inside; else where a plain relu puts its zero point, or in the middle.
    const std::int32_t zero_point = clamped ? -20 : d_.chance(0.5) ? -128 : d_.between(-60, 60);
    if (clamped) scale = std::max(scale, 0.06);
    const TensorId y = d_.layer(op, inputs, attributes, {{static_cast<float>(scale)}, {zero_point}, 0});
    MOTE_CHECK(y != kNoTensor, "a layer that mote takes");
    return y;
  }

  Draw& d_;
};

// ---- single layers

/// A graph of one layer, the call it lowers to, and what it is called in tables.
struct SingleLayer {
  std::string name;
  Graph graph;
  KernelCall call;
};

/// Of the module's only layer.
inline SingleLayer single_layer(Draw& d) {
  SingleLayer layer;
  layer.graph = d.graph();
  const Node& node = layer.graph.nodes[0];
  layer.graph.outputs = node.outputs;
  auto calls = op_of(node).lower(NodeRef{layer.graph, node});
  MOTE_CHECK(calls && calls->size() == 1, "one call a layer");
  layer.call = (*calls)[0];
  const auto shape = [&](TensorId id) { return to_text(layer.graph.tensor(id).type.shape); };
  layer.name = text::cat(node.op, " ", shape(node.inputs[0]), " → ", shape(node.outputs[0]));
  return layer;
}

/// Layers of every family that has several variants, of sizes that networks for microcontrollers have; each of some 400 000
/// products at most.
class SingleLayerDraw {
 public:
  explicit SingleLayerDraw(std::uint64_t seed) : seed_(seed) {}

  /// `count` layers of each family.
  std::vector<SingleLayer> all(int count) const {
    std::vector<SingleLayer> layers;
    const auto add = [&](const auto& make) {
      for (int i = 0; i < count; ++i) {
        Draw d(seed_ * 1000003 + layers.size(), DType::S8, false);
        Int8Layers to(d);
        make(d, to);
        layers.push_back(single_layer(d));
      }
    };
    add([](Draw& d, Int8Layers& to) { convolution(d, to); });
    add([](Draw& d, Int8Layers& to) { depthwise(d, to); });
    add([](Draw& d, Int8Layers& to) { dense(d, to); });
    add([](Draw& d, Int8Layers& to) { sum(d, to); });
    add([](Draw& d, Int8Layers& to) { pool(d, to, "average_pool2d"); });
    add([](Draw& d, Int8Layers& to) { pool(d, to, "max_pool2d"); });
    return layers;
  }

 private:
  struct Window {
    std::int32_t h, w;
  };

  static void convolution(Draw& d, Int8Layers& to) {
    const Window window = d.pick<Window>({{1, 1}, {1, 1}, {1, 1}, {3, 3}, {3, 3}, {5, 5}, {3, 1}, {10, 4}});
    const bool point = window.h * window.w == 1;
    std::int32_t in_c = d.pick<std::int32_t>({8, 12, 16, 17, 20, 24, 31, 32, 33, 40, 48, 64});
    if (point && d.chance(0.3)) in_c *= 2;
    if (!point && d.chance(0.3)) in_c = d.between(1, 4);
    const std::int32_t out_c = d.chance(0.2) ? d.between(1, 12) : 4 * d.between(2, 16);
    const std::int32_t stride = point ? (d.chance(0.9) ? 1 : 2) : d.between(1, 2);
    const ConvShape s = {window.h, window.w, out_c, stride, d.chance(0.9) ? stride : 1, d.chance(0.7), false};
    to.conv(image(d, to, s, in_c, in_c), s, d.chance(0.25));
  }
  static void depthwise(Draw& d, Int8Layers& to) {
    const Window window =
        d.pick<Window>({{3, 3}, {3, 3}, {3, 3}, {3, 3}, {5, 5}, {7, 1}, {3, 1}, {1, 5}, {4, 4}});
    std::int32_t in_c = d.pick<std::int32_t>({8, 12, 16, 17, 20, 24, 31, 32, 33, 40, 48, 64});
    if (d.chance(0.1)) in_c = d.between(1, 7);
    const std::int32_t out_c = in_c * (!d.chance(0.12) ? 1
                                       : in_c <= 8     ? 8 / in_c
                                                       : 2),
                       stride = d.between(1, 2);
    const ConvShape s = {window.h, window.w, out_c, stride, d.chance(0.9) ? stride : 1, d.chance(0.7), true};
    to.conv(image(d, to, s, in_c, 1), s, d.chance(0.25));
  }
  static TensorId image(Draw& d, Int8Layers& to, const ConvShape& s, std::int32_t in_c, std::int32_t depth) {
    std::int32_t h = std::max(s.kernel_h, d.between(3, 20)), w = std::max(s.kernel_w, d.between(3, 20));
    if (s.kernel_w == 1 && s.kernel_h > 1 && d.chance(0.7)) w = 1;
    const std::int64_t products = std::int64_t{s.kernel_h} * s.kernel_w * s.out_c * depth;
    while (h * w / (s.stride_h * s.stride_w) * products > 400000 && (h > s.kernel_h || w > s.kernel_w)) {
      h = std::max(s.kernel_h, h * 3 / 4);
      w = std::max(s.kernel_w, w * 3 / 4);
    }
    return to.input({1, h, w, in_c});
  }
  static void dense(Draw& d, Int8Layers& to) {
    const std::int32_t depth = d.chance(0.6) ? 8 * d.between(1, 40) : d.between(1, 200);
    const std::int32_t units = d.chance(0.5) ? 8 * d.between(1, 16) : d.between(1, 70);
    to.dense(to.input({1, depth}), units, d.chance(0.5), d.chance(0.25));
  }
  static void sum(Draw& d, Int8Layers& to) {
    const Shape shape = {1, d.between(1, 16), d.between(1, 16), d.pick<std::int32_t>({3, 8, 16, 17, 32, 64})};
    const TensorId a = to.input(shape);
    to.sum(a, to.input(shape), d.chance(0.25));
  }
  static void pool(Draw& d, Int8Layers& to, const std::string& op) {
    const std::int32_t channels = d.pick<std::int32_t>({3, 8, 16, 17, 24, 32, 64});
    const std::int32_t h = d.between(2, 14), w = d.between(2, 14);
    const bool whole = d.chance(0.3);
    const std::int64_t size = d.between(2, std::min({3, h, w}));
    const std::vector<std::int64_t> kernel =
        whole ? std::vector<std::int64_t>{h, w} : std::vector<std::int64_t>{size, size};
    to.pool(op, to.input({1, h, w, channels}), kernel, whole || d.chance(0.8) ? kernel[0] : 1, d.chance(0.5),
            d.chance(0.25));
  }

  std::uint64_t seed_;
};

}  // namespace mote::testing
