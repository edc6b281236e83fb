// Promises of every registered kernel variant, held on random calls: being registered is being tested.
#include <gtest/gtest.h>

#include <set>

#include "base/text.h"
#include "kernels/random_calls.h"

namespace mote {
namespace {

constexpr int kCalls = 400;  // of each variant

/// As the planner asks.
bool takes(const KernelVariant& variant, const KernelCall& call) {
  if (variant.fits == nullptr) return true;
  const KernelVariant& reference = reference_of(variant.kernel);
  return variant.fits(call, reference.facts != nullptr ? reference.facts(call) : Facts{});
}

template <class Body>
void for_each_call(Body body) {
  for (const KernelVariant* variant : kernel_registry()) {
    const auto generator = kernels::generators().find(variant->kernel);
    if (generator == kernels::generators().end() || variant->run == nullptr) continue;
    for (int seed = 0; seed < kCalls; ++seed) {
      SCOPED_TRACE(text::cat(variant->kernel, " ", variant->name, ", seed ", seed));
      kernels::Random random(static_cast<std::uint64_t>(seed));
      const kernels::RandomCall made = generator->second(random);
      if (!takes(*variant, made.call)) continue;
      body(*variant, made);
      if (testing::Test::HasFailure()) return;
    }
  }
}

TEST(KernelVariants, EveryVariantFitsSomeOfTheCalls) {
  std::map<const KernelVariant*, int> calls;
  for_each_call([&](const KernelVariant& variant, const kernels::RandomCall&) { ++calls[&variant]; });
  for (const KernelVariant* variant : kernel_registry()) {
    if (kernels::generators().count(variant->kernel) == 0 || variant->run == nullptr) continue;
    EXPECT_GE(calls[variant], kCalls / 40) << variant->kernel << " " << variant->name;
  }
}

TEST(KernelVariants, EveryVariantEqualsReference) {
  for_each_call([](const KernelVariant& variant, const kernels::RandomCall& random) {
    EXPECT_EQ(kernels::run_apart(variant, random), kernels::run_apart(reference_of(variant.kernel), random));
  });
}

TEST(KernelVariants, EveryOutputIsWrittenWhateverLayThereBefore) {
  for_each_call([](const KernelVariant& variant, const kernels::RandomCall& random) {
    if (variant.kernel == "copy_blocks") return;  // leaves what is between its blocks
    EXPECT_EQ(kernels::run_apart(variant, random, 0x00), kernels::run_apart(variant, random, 0xff));
  });
}

TEST(KernelVariants, InPlaceWithinTheStatedOverlapGivesTheSameBytes) {
  for_each_call([](const KernelVariant& variant, const kernels::RandomCall& random) {
    if (variant.overlap == nullptr) return;
    const Overlap overlap = variant.overlap(random.call);
    if (overlap.in < 0) return;  // not allowed for this call
    if (overlap.direction == Overlap::Direction::Forward) {
      ASSERT_GE(overlap.min_distance, 0);
    }
    const Bytes apart = kernels::run_apart(variant, random);
    EXPECT_EQ(kernels::run_over(variant, random, overlap), apart);
    Overlap further = overlap;
    further.min_distance += static_cast<std::int64_t>(8 * (1 + apart.size() % 5));
    EXPECT_EQ(kernels::run_over(variant, random, further), apart);
    for (int in = overlap.in + 1; in <= overlap.last_in; ++in) {
      if (!std::holds_alternative<Arg::In>(random.call.args[static_cast<std::size_t>(in)].what)) continue;
      Overlap other = overlap;
      other.in = in;
      EXPECT_EQ(kernels::run_over(variant, random, other), apart);
    }
  });
}

TEST(KernelVariants, RowsCoverAllThatOutputRowsRead) {
  for_each_call([](const KernelVariant& variant, const kernels::RandomCall& random) {
    if (variant.rows == nullptr) return;
    const ParamBlock& p = random.call.params;
    const auto field = [&](const char* name) { return std::get<std::int64_t>(p.at(name)); };
    const auto out_h = static_cast<std::int32_t>(field("out_h"));
    const RowSpan last = variant.rows(random.call, {out_h - 1, out_h});
    const RowSpan all = variant.rows(random.call, {0, out_h});
    EXPECT_EQ(all.begin, -field("pad_top"));
    EXPECT_EQ(all.end, last.end);
    // Bytes of input rows outside the span do not matter to the last output row.
    if (field("batches") != 1) return;
    kernels::RandomCall changed = random;
    const std::size_t row = random.inputs[0].size() / static_cast<std::size_t>(field("in_h"));
    for (std::int32_t y = 0; y < field("in_h"); ++y) {
      if (y >= last.begin && y < last.end) continue;
      for (std::size_t i = 0; i < row; ++i) changed.inputs[0][static_cast<std::size_t>(y) * row + i] = 0;
    }
    const Bytes before = kernels::run_apart(variant, random), after = kernels::run_apart(variant, changed);
    const auto tail = static_cast<std::ptrdiff_t>(before.size() / static_cast<std::size_t>(out_h));
    EXPECT_TRUE(std::equal(before.end() - tail, before.end(), after.end() - tail));
  });
}

TEST(KernelVariants, BandsOfRowsMakeTheWhole) {
  std::set<std::string> tried;
  for_each_call([&](const KernelVariant& variant, const kernels::RandomCall& random) {
    if (variant.band == nullptr || variant.name != "reference") return;
    const ParamBlock& p = random.call.params;
    const auto has = [&](const char* name) {
      return std::any_of(p.fields.begin(), p.fields.end(), [&](const auto& f) { return f.name == name; });
    };
    const auto field = [&](const char* name) { return std::get<std::int64_t>(p.at(name)); };
    const bool windows = has("out_h");
    if (windows && field("batches") != 1) return;
    const auto all = static_cast<std::int32_t>(windows ? field("out_h") : field("count"));
    const auto in_rows = static_cast<std::int32_t>(windows ? field("in_h") : all);
    const Bytes whole = kernels::run_apart(variant, random);
    for (std::int32_t rows = 1; rows <= std::min(all, 3); ++rows) {
      Bytes made;
      for (std::int32_t first = 0; first < all; first += rows) {
        const RowSpan out{first, std::min(first + rows, all)};
        RowSpan in = variant.rows == nullptr ? out : variant.rows(random.call, out);
        in = {std::clamp(in.begin, 0, in_rows), std::clamp(in.end, 0, in_rows)};
        if (in.begin >= in.end) return;  // of padding alone
        kernels::RandomCall band = random;
        band.call = variant.band(random.call, out, all);
        for (Bytes& input : band.inputs) {
          const std::size_t row = input.size() / static_cast<std::size_t>(in_rows);
          input = Bytes(input.begin() + static_cast<std::ptrdiff_t>(row * static_cast<std::size_t>(in.begin)),
                        input.begin() + static_cast<std::ptrdiff_t>(row * static_cast<std::size_t>(in.end)));
        }
        band.out_bytes =
            whole.size() / static_cast<std::size_t>(all) * static_cast<std::size_t>(out.end - out.begin);
        const Bytes got = kernels::run_apart(variant, band);
        made.insert(made.end(), got.begin(), got.end());
      }
      EXPECT_EQ(made, whole);
    }
    tried.insert(variant.kernel);
  });
  EXPECT_GE(tried.size(), 8u);
}

TEST(KernelVariants, EachKernelHasOneReferenceWithFactsAtMostThere) {
  std::map<std::string, int> references;
  for (const KernelVariant* variant : kernel_registry()) {
    references[variant->kernel] += variant->name == "reference" ? 1 : 0;
    EXPECT_TRUE(variant->facts == nullptr || variant->name == "reference") << variant->kernel;
    EXPECT_FALSE(variant->header.empty());
    EXPECT_FALSE(variant->function.empty());
  }
  for (const auto& [kernel, count] : references) EXPECT_EQ(count, 1) << kernel;
  for (const auto& [kernel, generator] : kernels::generators()) EXPECT_EQ(references[kernel], 1) << kernel;
}

TEST(KernelVariants, CostsAreFiniteAndGrowWithTheWork) {
  const auto target = find_target("cortex-m4");
  ASSERT_TRUE(target) << target.error().message;
  for_each_call([&](const KernelVariant& variant, const kernels::RandomCall& random) {
    if (variant.cost == nullptr) return;
    const Cost cost = variant.cost(random.call, *target);
    EXPECT_GE(cost.instructions, 0.0);
    EXPECT_LT(cost.instructions, 1e9);
    EXPECT_GE(cost.cycles_estimated, cost.instructions);
  });
}

TEST(KernelVariants, DirectRanksBeforeReferenceOnLayersOfAKeywordSpotter) {
  const auto target = find_target("cortex-m4");
  ASSERT_TRUE(target) << target.error().message;
  const Conv2dS8Params point{1, 25, 5, 64, 25, 5, 64, 1, 1, 1, 1, 1, 1, 0, 0, -128, -128, -128, 127};
  const DepthwiseConv2dS8Params spatial{1, 25, 5, 64, 25, 5, 64,   3,    3,    1,
                                        1, 1,  1, 1,  1,  1, -128, -128, -128, 127};
  const FullyConnectedS8Params dense{1, 64, 12, -128, 0, 0, -128, 127};
  const std::vector<KernelCall> calls = {{"conv2d_s8", to_block(point), {}},
                                         {"depthwise_conv2d_s8", to_block(spatial), {}},
                                         {"fully_connected_s8", to_block(dense), {}}};
  for (const KernelCall& call : calls) {
    const double reference = reference_of(call.kernel).cost(call, *target).instructions;
    for (const KernelVariant* variant : kernel_registry()) {
      if (variant->kernel != call.kernel || variant->name != "direct") continue;
      EXPECT_LT(variant->cost(call, *target).instructions, reference) << call.kernel;
    }
  }
}

template <class Params>
void expect_round_trip() {
  ParamBlock block = to_block(Params{});
  EXPECT_EQ(block.type, Params::type_name());
  std::int64_t distinct = -7;
  for (auto& field : block.fields) {
    if (std::holds_alternative<float>(field.value))
      field.value = static_cast<float>(distinct) * 0.1f;
    else
      field.value = distinct * 1000003;
    distinct += 1;
  }
  EXPECT_EQ(to_block(from_block<Params>(block)), block) << block.type;
}

TEST(ParamBlock, HoldsEveryFieldOfEveryKernel) {
  expect_round_trip<Conv2dS8Params>();
  expect_round_trip<Conv2dF32Params>();
  expect_round_trip<DepthwiseConv2dS8Params>();
  expect_round_trip<DepthwiseConv2dF32Params>();
  expect_round_trip<FullyConnectedS8Params>();
  expect_round_trip<FullyConnectedF32Params>();
  expect_round_trip<Pool2dS8Params>();
  expect_round_trip<Pool2dF32Params>();
  expect_round_trip<AddS8Params>();
  expect_round_trip<AddF32Params>();
  expect_round_trip<ReluS8Params>();
  expect_round_trip<ClampF32Params>();
  expect_round_trip<SoftmaxS8Params>();
  expect_round_trip<SoftmaxF32Params>();
  expect_round_trip<CopyBlocksParams>();
}

}  // namespace
}  // namespace mote
