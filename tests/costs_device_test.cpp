// The costs by which variants are chosen, held against instructions counted on emulated cores: layers drawn from another seed than
// those that the costs are fitted to.
#include <gtest/gtest.h>

#include "support/measured_layers.h"

namespace mote {
namespace {
using namespace testing;

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

/// What compilers leave of the plain pools' loops depends on each window; they are taken where nothing else fits.
double bound(const std::string& kernel, const std::string& variant) {
  return variant == "reference" && kernel.find("pool2d") != std::string::npos ? 0.15 : 0.05;
}

class Costs : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(, Costs,
                         ::testing::Values("cortex-m0", "cortex-m3", "cortex-m4", "cortex-m55", "rv32imc"),
                         [](const auto& target) {
                           std::string name = target.param;
                           std::erase(name, '-');
                           return name;
                         });

TEST_P(Costs, AreWithinFivePercentOfTheCountsAndChooseTheFastestVariant) {
  const auto target = find_target(GetParam());
  ASSERT_TRUE(target) << target.error().message;
  if (const auto missing = missing_tools(*target); !missing.empty())
    GTEST_SKIP() << missing[0].package << " is not installed";
  const std::vector<SingleLayer> layers = SingleLayerDraw(1).all(9);
  const auto counts = count_variants(layers, *target);
  ASSERT_TRUE(counts) << counts.error().message;

  std::map<std::pair<std::string, std::string>, std::vector<double>> errors;
  for (const LayerCount& count : *counts)
    errors[{count.variant->kernel, std::string(count.variant->name)}].push_back(std::abs(count.error()));
  for (const auto& [variant, values] : errors)
    EXPECT_LT(median(values), bound(variant.first, variant.second))
        << variant.first << " " << variant.second << ", " << values.size() << " layers";

  for (const SingleLayer& layer : layers) {
    const LayerCount *chosen = nullptr, *best = nullptr;
    for (const LayerCount& count : *counts) {
      if (count.layer != &layer) continue;
      if (chosen == nullptr || count.estimated < chosen->estimated) chosen = &count;
      if (best == nullptr || count.counted < best->counted) best = &count;
    }
    ASSERT_NE(chosen, nullptr) << layer.name;
    EXPECT_LE(chosen->counted, 1.05 * best->counted)
        << layer.name << ": " << chosen->variant->name << " is chosen, " << best->variant->name
        << " is fastest";
  }
}

}  // namespace
}  // namespace mote
