// Random layers that work element by element, or row by row: arithmetic, comparisons, functions, activations, softmax.
#pragma once

#include "support/random_ops/draw.h"

namespace mote::testing {

inline const std::vector<std::string> kActivations = {"none", "none", "relu", "relu6", "relu_n1_to_1"};

struct Pair {
  TensorId x1, x2;
};
/// Two operands that broadcast; one of them may be constant.
inline Pair draw_pair(Draw& d, int most_rank, bool same_quant) {
  const TensorId x1 = d.chance(0.8) ? d.operand(0, most_rank) : kNoTensor;
  const Shape whole = x1 == kNoTensor ? d.shape(0, most_rank) : d.shape_of(x1);
  const Quant q = x1 == kNoTensor || !same_quant ? d.quant() : d.quant_of(x1);
  if (x1 == kNoTensor) {
    const TensorId second = d.input(d.dtype(), whole, q);
    return {d.maybe_constant(d.part_of(whole), same_quant ? q : d.quant(), 0.5), second};
  }
  const Shape part = d.part_of(whole);
  // Tensors that are there have scales of their own.
  const TensorId x2 = same_quant
                          ? (d.chance(0.3) ? d.constant(d.dtype(), part, q) : d.input(d.dtype(), part, q))
                          : d.maybe_constant(part, q, 0.3);
  return {x1, x2};
}

inline void make_sum(Draw& d, const std::string& op) {
  const auto [a, b] = draw_pair(d, 5, false);
  const double reach = std::max(d.reach_of(a), d.reach_of(b));
  d.layer(op, {a, b}, {{"activation", d.word(kActivations)}}, d.quant(d.dtype(), reach * d.about_one(2)));
}
inline void make_product(Draw& d, const std::string& op) {
  const auto [a, b] = draw_pair(d, 5, false);
  const double reach = op == "mul" ? d.reach_of(a) * d.reach_of(b) : d.reach_of(a) / d.reach_of(b) * 4;
  d.layer(op, {a, b}, {{"activation", d.word(kActivations)}}, d.quant(d.dtype(), reach * d.about_one(2)));
}
inline void make_squared_difference(Draw& d, const std::string& op) {
  const auto [a, b] = draw_pair(d, 4, false);
  const double reach = std::max(d.reach_of(a), d.reach_of(b));
  d.layer(op, {a, b}, {}, d.quant(d.dtype(), reach * reach * d.about_one(2)));
}
inline void make_plain_pair(Draw& d, const std::string& op) {
  const auto [a, b] = draw_pair(d, 5, false);
  d.layer(op, {a, b});
}
inline void make_comparison(Draw& d, const std::string& op) {
  const auto [a, b] = draw_pair(d, 4, d.chance(0.3));
  for (const TensorId id : {a, b}) {  // TFLM wants scales below 1
    Tensor& t = d.graph().tensor(id);
    if (t.quant && t.quant.scale[0] >= 1) t.quant.scale = {0.99f};
  }
  d.layer(op, {a, b});
}
inline void make_extremum(Draw& d, const std::string& op) {
  const auto [a, b] = draw_pair(d, 5, true);
  d.layer(op, {a, b}, {}, d.quant_of(a));
}
inline void make_add_n(Draw& d, const std::string& op) {
  const TensorId first = d.operand(0, 4);
  std::vector<TensorId> inputs = {first};
  for (int i = d.between(1, 4); i > 0; --i)
    inputs.push_back(d.input(d.dtype(), d.shape_of(first), d.quant_of(first)));
  d.layer(op, inputs, {}, d.quant(d.dtype(), d.reach_of(first) * 2));
}
inline void make_select(Draw& d, const std::string& op) {
  const TensorId x1 = d.operand(op == "select" ? 1 : 0, 4);
  const Shape whole = d.shape_of(x1);
  Shape condition = whole;
  if (op == "select") {
    if (d.chance(0.4)) condition = {whole[0]};
  } else {
    condition = d.part_of(whole);
  }
  const TensorId c = d.input(DType::Bool, condition, {});
  const TensorId x2 = d.input(d.dtype(), op == "select" ? whole : d.part_of(whole), d.quant_of(x1));
  d.layer(op, {c, x1, x2}, {}, d.quant_of(x1));
}

// ---- functions of one element

inline void make_unary(Draw& d, const std::string& op) {
  const TensorId x = d.operand(0, 5);
  d.layer(op, {x}, {}, d.quant(d.dtype(), d.reach_of(x) * d.about_one(2)));
}
/// One scale for input and output.
inline void make_unary_same(Draw& d, const std::string& op) {
  const TensorId x = d.operand(0, 5);
  d.layer(op, {x}, {}, d.quant_of(x));
}
inline void make_bounded(Draw& d, const std::string& op) {  // functions of a range of their own
  const TensorId x = d.operand(0, 5);
  d.layer(op, {x}, {}, d.quant(d.dtype(), 2));
}
inline void make_sigmoid(Draw& d, const std::string& op) {  // logistic, tanh
  const TensorId x = d.operand(0, 5);
  Quant q{{1.0f / 32768.0f}, {0}, 0};
  if (d.dtype() == DType::S8 && op == "tanh") q.scale = {1.0f / 128.0f};
  if (d.dtype() == DType::S8 && op == "logistic") q = {{1.0f / 256.0f}, {-128}, 0};
  d.layer(op, {x}, {}, d.is_float() ? Quant{} : q);
}
inline void make_leaky_relu(Draw& d, const std::string& op) {
  const TensorId x = d.operand(0, 5);
  d.layer(op, {x}, {{"alpha", d.uniform(-0.5, 1.5)}}, d.quant(d.dtype(), d.reach_of(x) * d.about_one(2)));
}
inline void make_prelu(Draw& d, const std::string& op) {
  const TensorId x = d.operand(1, 4);
  Shape alpha = d.part_of(d.shape_of(x));
  if (d.shape_of(x).size() > 1 && d.chance(0.5)) {
    alpha.assign(d.shape_of(x).size() - 1, 1);
    alpha.back() = d.shape_of(x).back();
  }
  const DType dtype = d.is_float() ? DType::F32 : DType::S8;
  const TensorId slopes = d.constant(dtype, alpha, d.quant(dtype, 1));
  d.layer(op, {x, slopes}, {}, d.quant(d.dtype(), d.reach_of(x) * d.about_one(2)));
}

// ---- rows

inline void make_softmax(Draw& d, const std::string& op) {
  const TensorId x = d.operand(1, 4);
  const bool wider = d.dtype() == DType::S8 && d.chance(0.2);
  Quant q;
  if (d.dtype() == DType::S8)
    q = wider ? Quant{{1.0f / 65536.0f}, {-32768}, 0} : Quant{{1.0f / 256.0f}, {-128}, 0};
  if (d.dtype() == DType::S16) q = {{1.0f / 32768.0f}, {0}, 0};
  Attributes attributes = {{"beta", d.chance(0.6) ? 1.0 : d.uniform(0.1, 3)}};
  if (wider) attributes["type"] = std::string("s16");
  d.layer(op, {x}, attributes, q);
}
inline void make_log_softmax(Draw& d, const std::string& op) {
  d.layer(op, {d.operand(1, 4)}, {}, d.is_float() ? Quant{} : Quant{{1.0f / 16.0f}, {127}, 0});
}
inline void make_l2_normalization(Draw& d, const std::string& op) {
  d.layer(op, {d.operand(1, 4)}, {}, d.is_float() ? Quant{} : Quant{{1.0f / 128.0f}, {0}, 0});
}

// ---- types

inline void make_quantize(Draw& d, const std::string& op) {
  const TensorId x = d.operand(0, 4);
  std::vector<std::string> to = {"s8", "s16", "s32"};
  if (d.dtype() == DType::F32) to = {"s8", "u8", "s16"};
  if (d.dtype() == DType::U8) to = {"s8", "u8"};
  if (d.dtype() == DType::S8) to = {"s8", "u8", "s16", "s32"};
  if (d.dtype() == DType::S32) to = {"s8", "s16"};
  const std::string type = d.word(to);
  const DType dtype = type == "s8"    ? DType::S8
                      : type == "u8"  ? DType::U8
                      : type == "s16" ? DType::S16
                                      : DType::S32;
  if (d.dtype() == DType::S32)
    d.graph().tensor(x).quant = {{static_cast<float>(d.about_one(2) * 1e-8)}, {0}, 0};
  Quant q = d.quant(dtype, d.reach_of(x) * d.about_one(2));
  if (dtype == DType::S32) q = {{static_cast<float>(d.reach_of(x) * d.about_one(2) / 1e6)}, {0}, 0};
  const TensorId y = d.layer(op, {x}, {{"type", type}}, q);
  if (y != kNoTensor) d.graph().tensor(y).quant = q;
}
inline void make_dequantize(Draw& d, const std::string& op) { d.layer(op, {d.operand(0, 5)}); }
inline void make_cast(Draw& d, const std::string& op) {
  // Floats that an integer cannot hold become something else on every machine.
  std::vector<std::string> to = {"f32", "s8", "s16", "s32", "s64", "u8", "bool"};
  if (d.is_float()) to = {"f32", "s8", "s16", "s32", "s64", "bool"};
  const TensorId x = d.operand(0, 4);
  d.layer(op, {x}, {{"type", d.word(to)}}, Quant{{0.5f}, {0}, 0});
}

inline std::vector<RandomOp> elementwise_ops() {
  const DType f32 = DType::F32, s8 = DType::S8, s16 = DType::S16, s32 = DType::S32, s64 = DType::S64,
              u8 = DType::U8, boolean = DType::Bool;
  std::vector<RandomOp> ops = {
      {"add", {s8, s16, f32, s32}, make_sum},
      {"sub", {s8, s16, f32, s32}, make_sum},
      {"mul", {s8, s16, f32, s32}, make_product},
      {"div", {s8, f32, s32}, make_product},
      {"squared_difference", {s8, s16, f32, s32}, make_squared_difference},
      {"floor_div", {f32}, make_plain_pair},
      {"floor_mod", {f32}, make_plain_pair},
      {"logical_and", {boolean}, make_plain_pair},
      {"logical_or", {boolean}, make_plain_pair},
      {"logical_not", {boolean}, make_unary},
      {"add_n", {s8, f32}, make_add_n},
      {"select", {s8, s16, f32, s32}, make_select},
      {"select_v2", {s8, s16, f32, s32}, make_select},
      {"abs", {s8, s16, f32}, make_unary},
      {"neg", {s8, s16, f32}, make_unary},
      {"relu", {s8, s16, f32}, make_unary},
      {"relu6", {s8, s16, f32}, make_unary},
      {"relu_0_to_1", {s8, s16, f32}, make_unary},
      {"relu_n1_to_1", {s8, s16, f32}, make_unary},
      {"hard_swish", {s8, f32}, make_unary},
      {"elu", {s8, s16, f32}, make_unary},
      {"leaky_relu", {s8, s16, f32}, make_leaky_relu},
      {"prelu", {s8, s16, f32}, make_prelu},
      {"rsqrt", {s8, f32}, make_bounded},
      {"logistic", {s8, s16, f32}, make_sigmoid},
      {"tanh", {s8, s16, f32}, make_sigmoid},
      {"softmax", {s8, s16, f32}, make_softmax},
      {"log_softmax", {s8, f32}, make_log_softmax},
      {"l2_normalization", {s8, f32}, make_l2_normalization},
      {"quantize", {s8, s16, f32, s32, u8}, make_quantize},
      {"dequantize", {s8, s16, u8}, make_dequantize},
      {"cast", {s8, s16, f32, s32, s64, u8, boolean}, make_cast},
      {"identity", {s8, s16, f32, s32}, make_unary_same},
  };
  for (const char* op : {"equal", "not_equal"})
    ops.push_back({op, {s8, s16, f32, s32, s64, boolean}, make_comparison});
  for (const char* op : {"greater", "greater_equal", "less", "less_equal"})
    ops.push_back({op, {s8, s16, f32, s32, s64}, make_comparison});
  for (const char* op : {"maximum", "minimum"}) ops.push_back({op, {s8, s16, f32, s32, s64}, make_extremum});
  for (const char* op : {"exp", "log", "sqrt", "sin", "cos"})
    ops.push_back({op, {s8, s16, f32}, make_bounded});
  for (const char* op : {"square", "ceil", "floor", "round"}) ops.push_back({op, {s8, s16, f32}, make_unary});
  return ops;
}

}  // namespace mote::testing
