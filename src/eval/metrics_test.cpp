#include "eval/metrics.h"

#include <gtest/gtest.h>

#include <cmath>

namespace mote {
namespace {

const std::vector<std::string> kLabels = {"idle", "walk", "run"};

TEST(Classification, HandCountedCase) {
  const std::vector<std::int32_t> target = {0, 0, 0, 1, 1, 2}, predicted = {0, 0, 1, 1, 2, 2};
  const auto f = classification(target, predicted, kLabels);
  ASSERT_TRUE(f);
  EXPECT_EQ(f->confusion, (std::vector<std::vector<std::int64_t>>{{2, 1, 0}, {0, 1, 1}, {0, 0, 1}}));
  EXPECT_EQ(f->correct, 4);
  EXPECT_DOUBLE_EQ(f->accuracy, 4.0 / 6);
  EXPECT_DOUBLE_EQ(f->labels[0].recall, 2.0 / 3);
  EXPECT_DOUBLE_EQ(f->labels[0].precision, 1.0);
  EXPECT_DOUBLE_EQ(f->labels[2].precision, 0.5);
  EXPECT_EQ(f->labels[1].samples, 2);
  EXPECT_DOUBLE_EQ(f->f1_macro, (0.8 + 0.5 + 2.0 / 3) / 3);
}

TEST(Classification, LabelThatNeverOccursIsZeroAndDoesNotCountForF1) {
  const std::vector<std::int32_t> target = {0, 1}, predicted = {0, 1};
  const auto f = classification(target, predicted, kLabels);
  ASSERT_TRUE(f);
  EXPECT_EQ(f->labels[2].recall, 0.0);
  EXPECT_EQ(f->labels[2].precision, 0.0);
  EXPECT_DOUBLE_EQ(f->f1_macro, 1.0);
}

TEST(Classification, RefusesWhatCannotBeCounted) {
  const std::vector<std::int32_t> two = {0, 1}, one = {0}, beyond = {0, 3}, negative = {-1, 0};
  EXPECT_FALSE(classification(two, one, kLabels));
  EXPECT_FALSE(classification(two, beyond, kLabels));
  EXPECT_FALSE(classification(negative, two, kLabels));
  EXPECT_FALSE(classification({}, {}, kLabels));
  EXPECT_FALSE(majority_baseline({}, kLabels));
}

TEST(MajorityBaseline, CommonestLabelTheFirstOfEqualOnes) {
  const std::vector<std::int32_t> target = {2, 1, 2, 1, 0};
  const auto baseline = majority_baseline(target, kLabels);
  ASSERT_TRUE(baseline);
  EXPECT_EQ(baseline->name, "always 'walk'");
  EXPECT_DOUBLE_EQ(baseline->accuracy, 0.4);
}

TEST(Auc, PerfectReversedAndBlind) {
  const std::vector<float> up = {0.1f, 0.2f, 0.8f, 0.9f}, same(4, 0.5f);
  EXPECT_DOUBLE_EQ(*auc({false, false, true, true}, up), 1.0);
  EXPECT_DOUBLE_EQ(*auc({true, true, false, false}, up), 0.0);
  EXPECT_DOUBLE_EQ(*auc({true, false, true, false}, same), 0.5);
}

TEST(Auc, EqualsCountingAllPairs) {
  const std::vector<float> scores = {3, 1, 2, 2, 5, 2, 4, 1};
  const std::vector<bool> positive = {true, false, true, false, true, true, false, false};
  double won = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    for (std::size_t j = 0; j < scores.size(); ++j) {
      if (positive[i] && !positive[j]) won += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
    }
  }
  EXPECT_DOUBLE_EQ(*auc(positive, scores), won / 16);
}

TEST(Auc, NeedsBothKindsAndNumbers) {
  const std::vector<float> scores = {1, 2}, bad = {1, NAN};
  EXPECT_FALSE(auc({true, true}, scores));
  EXPECT_FALSE(auc({false, false}, scores));
  EXPECT_FALSE(auc({true, false}, bad));
}

TEST(Regression, HandCountedCase) {
  const std::vector<float> target = {1, 2, 3}, predicted = {2, 2, 1};
  const auto f = regression(target, predicted);
  ASSERT_TRUE(f);
  EXPECT_DOUBLE_EQ(f->mae, 1.0);
  EXPECT_DOUBLE_EQ(f->rmse, std::sqrt(5.0 / 3));
}

}  // namespace
}  // namespace mote
