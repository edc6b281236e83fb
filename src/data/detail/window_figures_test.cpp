// What a window's figures promise, by numbers small enough to check by hand.
#include "data/detail/window_figures.h"

#include <gtest/gtest.h>

#include <cmath>

namespace mote {
namespace {

TEST(WindowFigures, AreWhatTheirNamesSay) {
  const std::vector<double> values = {1, 5, 2, 4, 100};
  const std::vector<std::pair<std::string, double>> expected = {
      {"mean", 22.4}, {"median", 4},    {"deviation", 38.82576}, {"mad", 2},      {"rms", 44.8241},
      {"minimum", 1}, {"maximum", 100}, {"range", 99},           {"step", 26.25}, {"last", 100}};
  ASSERT_EQ(expected.size(), window_figure_names().size());
  for (const auto& [name, value] : expected) EXPECT_NEAR(window_figure(name, values), value, 1e-4) << name;
}

TEST(WindowFigures, OfASingleValueHaveNoSpread) {
  const std::vector<double> one = {-3};
  for (const char* name : {"deviation", "mad", "range", "step"})
    EXPECT_EQ(window_figure(name, one), 0) << name;
  for (const char* name : {"mean", "median", "minimum", "maximum", "last"})
    EXPECT_EQ(window_figure(name, one), -3) << name;
  EXPECT_EQ(window_figure("rms", one), 3);
}

TEST(WindowFigures, OfAnEvenNumberTakeTheMiddleTwo) {
  const std::vector<double> values = {4, 1, 3, 10};
  EXPECT_EQ(window_figure("median", values), 3.5);
  EXPECT_EQ(window_figure("mad", values), 1.5);  // distances 0.5, 2.5, 0.5, 6.5
}

TEST(WindowFigures, StandFigureByFigureAndChannelByChannel) {
  const std::vector<float> window = {1, 10, 2, 20, 3, 60};  // 3 frames of 2 channels
  EXPECT_EQ(window_figures({"mean", "range"}, window, 2), (std::vector<float>{2, 30, 2, 50}));
}

}  // namespace
}  // namespace mote
