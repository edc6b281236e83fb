// Random calls of the gathering kernels, for the tests that all kernels share; any index is harmless.
#include <gtest/gtest.h>

#include "kernels/random_calls.h"
#include "mote/nn/gather/gather.h"

namespace mote {
namespace {

using kernels::Random;
using kernels::RandomCall;

std::vector<std::int32_t> any_indices(Random& random, std::int32_t count) {
  std::vector<std::int32_t> indices;
  for (std::int32_t i = 0; i < count; ++i)
    indices.push_back(random.one_in(4) ? random.one_of({INT32_MIN, INT32_MAX, -1}) : random.between(0, 6));
  return indices;
}

RandomCall gather_rows(Random& random) {
  const GatherParams p{random.between(1, 3), random.between(1, 3), random.between(1, 5), random.between(1, 4),
                       random.one_of({1, 2, 4, 7, 8})};
  kernels::random_calls::Builder b("gather_rows", p);
  b.in(DType::U8, kernels::random_calls::s8(random, p.batches * p.outer * p.rows * p.row_bytes));
  b.in(DType::S32, any_indices(random, p.batches * p.indices));
  b.out(DType::U8, p.batches * p.outer * p.indices * p.row_bytes);
  return b.made;
}

RandomCall gather_nd(Random& random) {
  GatherNdParams p{};
  p.slices = random.between(1, 4), p.depth = random.between(1, 3), p.slice_bytes = random.between(1, 5);
  p.extent0 = random.between(1, 3), p.extent1 = random.between(1, 3), p.extent2 = random.between(1, 3);
  p.extent3 = p.extent4 = 1;
  p.stride2 = p.slice_bytes, p.stride1 = p.extent2 * p.stride2, p.stride0 = p.extent1 * p.stride1;
  kernels::random_calls::Builder b("gather_nd", p);
  b.in(DType::U8, kernels::random_calls::s8(random, p.extent0 * p.stride0));
  b.in(DType::S32, any_indices(random, p.slices * p.depth));
  b.out(DType::U8, p.slices * p.slice_bytes);
  return b.made;
}

const kernels::RandomCallsOf kGatherRows{"gather_rows", gather_rows};
const kernels::RandomCallsOf kGatherNd{"gather_nd", gather_nd};

TEST(GatherRows, AnIndexOutOfRangeTakesTheNearestRow) {
  kernels::random_calls::Builder b("gather_rows", GatherParams{1, 1, 3, 4, 2});
  b.in(DType::U8, std::vector<std::int8_t>{10, 11, 20, 21, 30, 31});
  b.in(DType::S32, std::vector<std::int32_t>{-5, 1, 3, INT32_MAX});
  b.out(DType::U8, 8);
  EXPECT_EQ(kernels::run_apart(reference_of("gather_rows"), b.made), (Bytes{10, 11, 20, 21, 30, 31, 30, 31}));
}

}  // namespace
}  // namespace mote
