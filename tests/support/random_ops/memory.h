// Random layers that keep memory between inferences, and control flow: svdf, lstm, variables, if, while.
#pragma once

#include "support/random_ops/weighted.h"

namespace mote::testing {

/// A scale of about `reach` / 128, zero point 0.
inline Quant symmetric(Draw& d, double reach) {
  return {{static_cast<float>(reach * d.about_one(1) / 128)}, {0}, 0};
}

inline void make_svdf(Draw& d, const std::string& op) {
  const std::int32_t batches = d.between(1, 2), inputs = d.between(1, 8), units = d.between(1, 5);
  const std::int32_t rank = d.between(1, 3), memory = d.between(1, 6), filters = units * rank;
  const DType kept = d.is_float() ? DType::F32 : (d.chance(0.6) ? DType::S16 : DType::S8);
  const TensorId x = d.input(d.dtype(), {batches, inputs}, d.quant());
  const auto quant = [&](double reach) { return d.is_float() ? Quant{} : symmetric(d, reach); };
  const TensorId feature = d.constant(d.dtype(), {filters, inputs}, quant(1));
  const double state_reach = d.reach_of(x) * std::sqrt(static_cast<double>(inputs));
  const double wide = kept == DType::S16 ? 256 : 1;
  const TensorId time = d.constant(kept, {filters, memory}, quant(1 / wide));
  std::vector<TensorId> in = {x, feature, time};
  const TensorId state = d.state(kept, {batches, filters * memory}, quant(state_reach / wide));
  if (d.chance(0.7)) {
    const TensorType type{d.is_float() ? DType::F32 : DType::S32, {units}};
    Quant q;
    if (!d.is_float()) q = {{d.quant_of(state).scale[0] * d.quant_of(time).scale[0]}, {0}, 0};
    in.push_back(d.constant(type, q, d.random_bytes(type, InputRange{-3000, 3000}, 1)));
  } else {
    in.push_back(kNoTensor);
  }
  in.push_back(state);
  const double reach = state_reach * std::sqrt(static_cast<double>(rank * memory)) * d.about_one(2);
  d.layer(op, in,
          {{"rank", std::int64_t{rank}},
           {"activation", d.is_float() ? d.word({"none", "relu"}) : std::string("relu")}},
          d.quant(d.dtype(), reach));
}

inline void make_lstm(Draw& d, const std::string& op) {
  const std::int32_t batches = d.between(1, 2), steps = d.between(1, 4), inputs = d.between(1, 6),
                     units = d.between(1, 6);
  const std::int64_t time_major = d.flag();
  Shape shape = {batches, steps, inputs};
  if (time_major != 0) std::swap(shape[0], shape[1]);
  const TensorId x =
      d.input(d.dtype(), shape, d.is_float() ? Quant{} : d.quant(d.dtype(), d.uniform(0.5, 4)));
  const DType weights = d.is_float() ? DType::F32 : DType::S8;
  const auto quant = [&](double reach) { return d.is_float() ? Quant{} : symmetric(d, reach); };
  std::vector<TensorId> in = {x};
  for (int g = 0; g < 4; ++g) in.push_back(d.constant(weights, {units, inputs}, quant(1)));
  for (int g = 0; g < 4; ++g) in.push_back(d.constant(weights, {units, units}, quant(1)));
  for (std::size_t g = 0; g < 4; ++g) {
    const DType dtype = d.is_float() ? DType::F32 : (d.dtype() == DType::S16 ? DType::S64 : DType::S32);
    Quant q;
    if (!d.is_float()) q = {{d.quant_of(x).scale[0] * d.quant_of(in[1 + g]).scale[0]}, {0}, 0};
    const TensorType type{dtype, {units}};
    const std::int64_t most = d.dtype() == DType::S16 ? 500000 : 3000;
    in.push_back(d.constant(type, q, d.random_bytes(type, InputRange{-most, most}, 1)));
  }
  Quant hidden;
  if (!d.is_float()) hidden = d.quant(d.dtype(), 1);
  in.push_back(d.state(d.dtype(), {batches, units}, hidden));
  Quant cell;
  if (!d.is_float()) cell = {{static_cast<float>(std::ldexp(1.0, d.between(-13, -10)))}, {0}, 0};
  in.push_back(d.state(d.is_float() ? DType::F32 : DType::S16, {batches, units}, cell));
  d.layer(op, in, {{"time_major", time_major}, {"cell_clip", d.chance(0.5) ? 0.0 : 2.5}}, hidden);
}

inline std::vector<RandomOp> memory_ops() {
  const DType f32 = DType::F32, s8 = DType::S8, s16 = DType::S16;
  return {
      {"svdf", {s8, f32}, make_svdf},
      {"unidirectional_sequence_lstm", {s8, s16, f32}, make_lstm},
  };
}

}  // namespace mote::testing
