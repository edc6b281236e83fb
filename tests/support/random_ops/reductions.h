// Random layers along axes: sums, means, extremes, where the largest is, running sums.
#pragma once

#include "support/random_ops/draw.h"

namespace mote::testing {

inline std::int64_t draw_axis(Draw& d, TensorId x) {
  const auto rank = static_cast<std::int32_t>(d.shape_of(x).size());
  return d.between(-rank, rank - 1);
}

/// One or more axes, each once, some counted from the last.
inline std::vector<std::int64_t> draw_axes(Draw& d, TensorId x) {
  const auto rank = static_cast<std::int64_t>(d.shape_of(x).size());
  std::vector<std::int64_t> axes;
  for (std::int64_t a = 0; a < rank; ++a) {
    if (d.chance(0.5)) axes.push_back(d.chance(0.3) ? a - rank : a);
  }
  if (axes.empty()) axes.push_back(d.between(0, static_cast<std::int32_t>(rank) - 1));
  if (d.chance(0.3)) std::reverse(axes.begin(), axes.end());
  return axes;
}

inline void make_sum_along(Draw& d, const std::string& op) {
  const TensorId x = d.operand(1, 5);
  const std::vector<std::int64_t> axes = draw_axes(d, x);
  Quant q = d.quant_of(x);
  if (op == "sum" || d.chance(0.6)) q = d.quant(d.dtype(), d.reach_of(x) * d.about_one(2));
  if (d.chance(0.2) && q) q.zero_point = d.quant_of(x).zero_point;
  d.layer(op, {x}, {{"axes", axes}, {"keep_dims", d.flag()}}, q);
}
inline void make_extreme_along(Draw& d, const std::string& op) {
  const TensorId x = d.operand(1, 5);
  d.layer(op, {x}, {{"axes", draw_axes(d, x)}, {"keep_dims", d.flag()}}, d.quant_of(x));
}
inline void make_arg(Draw& d, const std::string& op) {
  const TensorId x = d.operand(1, 5);
  d.layer(op, {x}, {{"axis", draw_axis(d, x)}});
}
inline void make_cumsum(Draw& d, const std::string& op) {
  const TensorId x = d.operand(1, 5);
  d.layer(op, {x}, {{"axis", draw_axis(d, x)}, {"exclusive", d.flag()}, {"reverse", d.flag()}},
          d.quant(d.dtype(), d.reach_of(x) * d.about_one(2)));
}

inline std::vector<RandomOp> reduction_ops() {
  const DType f32 = DType::F32, s8 = DType::S8, s16 = DType::S16, u8 = DType::U8, boolean = DType::Bool;
  return {
      {"mean", {s8, s16, f32}, make_sum_along},
      {"sum", {s8, s16, f32}, make_sum_along},
      {"reduce_max", {s8, s16, f32, u8}, make_extreme_along},
      {"reduce_min", {s8, s16, f32, u8}, make_extreme_along},
      {"reduce_any", {boolean}, make_extreme_along},
      {"reduce_all", {boolean}, make_extreme_along},
      {"arg_max", {s8, f32}, make_arg},
      {"arg_min", {s8, f32}, make_arg},
      {"cumsum", {s8, f32}, make_cumsum},
  };
}

}  // namespace mote::testing
