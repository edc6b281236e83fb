// How the cost grows, promised on a few widths (bench/growth.md has all): no cliff at odd widths, and what bench/growth writes.
#include <gtest/gtest.h>

#include "support/growth.h"

namespace mote {
namespace {
using namespace testing;

class GrowthOnACortexM4 : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    const auto target = find_target("cortex-m4");
    ASSERT_TRUE(target);
    if (!missing_tools(*target).empty()) return;
    GrowthOptions options;
    options.targets = {"cortex-m4"};
    options.widths = {32, 33, 63, 64, 65};
    options.depths = {1, 2};
    options.sizes = {8, 17};
    growth_ = new Result<Growth>(measure_growth(options));
  }
  static void TearDownTestSuite() {
    delete growth_;
    growth_ = nullptr;
  }
  void SetUp() override {
    if (growth_ == nullptr) GTEST_SKIP() << "the compiler or the emulator of cortex-m4 is not installed";
    ASSERT_TRUE(*growth_) << growth_->error().message;
  }
  static const Growth& growth() { return **growth_; }

  static Result<Growth>* growth_;
};
Result<Growth>* GrowthOnACortexM4::growth_ = nullptr;

TEST_F(GrowthOnACortexM4, DeepLayersTakeAtMostOneAndSixTenthsInstructionsAProduct) {
  const std::vector<std::int32_t>& widths = growth().options.widths;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    for (const GrowthFamily& family :
         growth_families()) {  // a depthwise window is nine deep, whatever the width
      if (family.depthwise) continue;
      EXPECT_LE(growth().each("cortex-m4", family, i), 1.6) << family.name << " " << widths[i];
    }
    EXPECT_LE(growth().each_of_pair("cortex-m4", i), 1.6) << widths[i];
  }
}

TEST_F(GrowthOnACortexM4, OddWidthsCostLittleMoreThanTheirNeighbours) {
  for (const GrowthFamily& family : growth_families()) {
    const auto each = [&](std::size_t width) { return growth().each("cortex-m4", family, width); };
    EXPECT_LE(each(1), 1.25 * each(0)) << family.name << " 33";
    EXPECT_LE(each(2), 1.15 * each(3)) << family.name << " 63";
    EXPECT_LE(each(4), 1.15 * each(3)) << family.name << " 65";
  }
}

TEST_F(GrowthOnACortexM4, DepthCostsNoRam) {
  const DepthGrowth &one = growth().by_depth[0], &two = growth().by_depth[1];
  EXPECT_LE(two.arena, one.arena);
  EXPECT_LE(two.arena_ram, one.arena_ram + 64);
  EXPECT_GE(one.arena, one.bound);
  EXPECT_NEAR(two.instructions, 2 * one.instructions, 0.01 * two.instructions);
}

TEST_F(GrowthOnACortexM4, PageAndPictureShowWhatWasMeasured) {
  const std::string page = growth_page(growth()), picture = growth_picture(growth());
  for (const char* words :
       {"| 33 |", "### cortex-m4", "| 17×17 | 867 |", "Shortest layer: dense of 32 channels", "growth.svg"})
    EXPECT_NE(page.find(words), std::string::npos) << words;
  EXPECT_EQ(picture.substr(0, 4), "<svg");
  EXPECT_EQ(picture.find("nan"), std::string::npos);
}

}  // namespace
}  // namespace mote
