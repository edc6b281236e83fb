// batch_matmul: transposed and repeated operands, zero points, widths of sums.
#include <gtest/gtest.h>

#include "kernels/random_calls.h"
#include "mote/base/fixed.h"
#include "mote/nn/batch_matmul/batch_matmul_f32.h"
#include "mote/nn/batch_matmul/batch_matmul_int.h"

namespace mote {
namespace {

using kernels::Random;
using kernels::RandomCall;
namespace calls = kernels::random_calls;

struct Counts {
  std::int64_t x, y, out;
};
template <class Params>
Counts set_geometry(Params& p, Random& random) {
  p.batch0 = random.between(1, 2), p.batch1 = random.between(1, 2), p.batch2 = random.between(1, 3);
  p.rows = random.between(1, 4), p.columns = random.between(1, 4), p.depth = random.one_of({1, 2, 7});
  const bool adj_x = random.one_in(2), adj_y = random.one_in(2), repeat_x = random.one_in(3),
             repeat_y = random.one_in(3);
  p.x_row_step = adj_x ? 1 : p.depth, p.x_depth_step = adj_x ? p.rows : 1;
  p.y_depth_step = adj_y ? 1 : p.columns, p.y_column_step = adj_y ? p.depth : 1;
  const std::int32_t xm = p.rows * p.depth, ym = p.columns * p.depth;
  p.x_batch2_step = repeat_x ? 0 : xm;
  p.x_batch1_step = (repeat_x ? 1 : p.batch2) * xm, p.x_batch0_step = p.batch1 * p.x_batch1_step;
  p.y_batch2_step = ym, p.y_batch1_step = repeat_y ? 0 : p.batch2 * ym;
  p.y_batch0_step = (repeat_y ? 1 : p.batch1) * p.batch2 * ym;
  return {std::int64_t{p.batch0} * p.x_batch0_step, std::int64_t{p.batch0} * p.y_batch0_step,
          std::int64_t{p.batch0} * p.batch1 * p.batch2 * p.rows * p.columns};
}
std::vector<std::int16_t> s16(Random& random, std::int64_t n) {
  std::vector<std::int16_t> values(static_cast<std::size_t>(n));
  for (auto& v : values) v = static_cast<std::int16_t>(random.between(-32768, 32767));
  return values;
}

RandomCall f32_call(Random& random) {
  BatchMatmulF32Params p{};
  const Counts n = set_geometry(p, random);
  calls::set_f32_activation(p, random);
  calls::Builder b("batch_matmul_f32", p);
  b.in(DType::F32, calls::f32(random, n.x));
  b.in(DType::F32, calls::f32(random, n.y));
  b.bias_f32(random, p.columns);
  b.out(DType::F32, n.out);
  return b.made;
}
BatchMatmulIntParams int_params(Random& random, Counts& n, bool s8) {
  BatchMatmulIntParams p{};
  n = set_geometry(p, random);
  p.multiplier = random.between(std::int64_t{1} << 30, INT32_MAX), p.shift = random.between(-12, 1);
  p.act_min = s8 ? -128 : -32768, p.act_max = s8 ? 127 : 32767;
  if (s8)
    p.x_zero_point = random.zero_point(), p.y_zero_point = random.zero_point(),
    p.out_zero_point = random.zero_point();
  return p;
}
RandomCall s8_call(Random& random) {
  Counts n{};
  const BatchMatmulIntParams p = int_params(random, n, true);
  calls::Builder b("batch_matmul_s8", p);
  b.in(DType::S8, calls::s8(random, n.x));
  b.in(DType::S8, calls::s8(random, n.y));
  b.bias_s32(random, p.columns);
  b.out(DType::S8, n.out);
  return b.made;
}
RandomCall s16_call(Random& random) {
  Counts n{};
  const BatchMatmulIntParams p = int_params(random, n, false);
  calls::Builder b("batch_matmul_s16", p);
  b.in(DType::S16, s16(random, n.x));
  b.in(DType::S16, s16(random, n.y));
  b.absent(DType::S64);
  b.out(DType::S16, n.out);
  return b.made;
}
RandomCall s16_s8_call(Random& random) {
  Counts n{};
  BatchMatmulIntParams p = int_params(random, n, false);
  p.y_zero_point = random.zero_point();
  calls::Builder b("batch_matmul_s16_s8", p);
  b.in(DType::S16, s16(random, n.x));
  b.in(DType::S8, calls::s8(random, n.y));
  b.rom(DType::S64, std::vector<std::int64_t>(static_cast<std::size_t>(p.columns), 5000000000), "bias");
  b.out(DType::S16, n.out);
  return b.made;
}
const kernels::RandomCallsOf kF32{"batch_matmul_f32", f32_call};
const kernels::RandomCallsOf kS8{"batch_matmul_s8", s8_call};
const kernels::RandomCallsOf kS16{"batch_matmul_s16", s16_call};
const kernels::RandomCallsOf kS16S8{"batch_matmul_s16_s8", s16_s8_call};

TEST(BatchMatmulF32, MultipliesTransposedAndRepeatedMatrices) {
  BatchMatmulF32Params p{};
  p.batch0 = p.batch1 = 1, p.batch2 = 2, p.rows = 2, p.columns = 2, p.depth = 3;
  p.x_batch2_step = 6, p.x_row_step = 1, p.x_depth_step = 2;  // x [2, 3, 2], transposed
  p.y_depth_step = 2, p.y_column_step = 1;                    // y [1, 3, 2], repeated
  p.act_min = -1e30f, p.act_max = 1e30f;
  const float x[] = {1, 4, 2, 5, 3, 6, -1, 0, 0, -1, 0, 0}, y[] = {7, 8, 9, 10, 11, 12};
  float out[8];
  batch_matmul_f32(p, x, y, nullptr, out);
  const float wanted[] = {58, 64, 139, 154, -7, -8, -9, -10};
  for (int i = 0; i < 8; ++i) EXPECT_EQ(out[i], wanted[i]) << i;
}

template <class X, class Y>
std::int64_t wide_sum(const BatchMatmulIntParams& p, const X* x, const Y* y, std::int64_t output) {
  const std::int64_t j = output % p.columns, i = output / p.columns % p.rows, b = output / p.columns / p.rows;
  const std::int64_t b2 = b % p.batch2, b1 = b / p.batch2 % p.batch1, b0 = b / p.batch2 / p.batch1;
  std::int64_t sum = 0;
  for (std::int64_t k = 0; k < p.depth; ++k) {
    const std::int64_t xi = b0 * p.x_batch0_step + b1 * p.x_batch1_step + b2 * p.x_batch2_step +
                            i * p.x_row_step + k * p.x_depth_step;
    const std::int64_t yi = b0 * p.y_batch0_step + b1 * p.y_batch1_step + b2 * p.y_batch2_step +
                            j * p.y_column_step + k * p.y_depth_step;
    sum += (std::int64_t{x[xi]} - p.x_zero_point) * (std::int64_t{y[yi]} - p.y_zero_point);
  }
  return sum;
}

TEST(BatchMatmulInt, RequantizesTheSumInItsWidth) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Random random(seed);
    const RandomCall narrow = s8_call(random), wide = s16_call(random);
    const auto p = from_block<BatchMatmulIntParams>(narrow.call.params);
    const auto bias = kernels::constants_of<std::int32_t>(narrow.call, 2);
    const Bytes out = kernels::run_apart(reference_of("batch_matmul_s8"), narrow);
    for (std::size_t i = 0; i < out.size(); ++i) {
      std::int64_t sum = wide_sum(p, reinterpret_cast<const std::int8_t*>(narrow.inputs[0].data()),
                                  reinterpret_cast<const std::int8_t*>(narrow.inputs[1].data()),
                                  static_cast<std::int64_t>(i));
      if (!bias.empty()) sum += bias[i % bias.size()];
      const std::int64_t scaled =
          std::int64_t{requantize(static_cast<std::int32_t>(sum), p.multiplier, p.shift)} + p.out_zero_point;
      EXPECT_EQ(static_cast<std::int8_t>(out[i]), std::clamp<std::int64_t>(scaled, -128, 127)) << seed;
    }
    const auto q = from_block<BatchMatmulIntParams>(wide.call.params);
    const Bytes bytes = kernels::run_apart(reference_of("batch_matmul_s16"), wide);
    const auto* values = reinterpret_cast<const std::int16_t*>(bytes.data());
    for (std::size_t i = 0; i < bytes.size() / 2; ++i) {
      const std::int64_t sum = wide_sum(q, reinterpret_cast<const std::int16_t*>(wide.inputs[0].data()),
                                        reinterpret_cast<const std::int16_t*>(wide.inputs[1].data()),
                                        static_cast<std::int64_t>(i));
      EXPECT_EQ(values[i], clamp(requantize_s64(sum, q.multiplier, q.shift), -32768, 32767)) << seed;
    }
  }
}

}  // namespace
}  // namespace mote
