// Scores and thresholds of anomaly detection.
#include "eval/anomaly.h"

#include <gtest/gtest.h>

#include <cmath>

namespace mote {
namespace {

TEST(Anomaly, ScoreIsTheMeanSquareBetweenInputAndAnswer) {
  const std::vector<float> input = {1, 2, 3, 0, 0, 0}, answer = {1, 2, 0, 1, -1, 2};
  EXPECT_DOUBLE_EQ(anomaly_score(input, answer), (9 + 1 + 1 + 4) / 6.0);
  EXPECT_EQ(anomaly_scores(input, answer, 3), (std::vector<double>{3, 2}));
}

TEST(Anomaly, ThresholdIsTheQuantileOfNormalScoresInAnyOrder) {
  const std::vector<double> scores = {4, 1, 3, 0, 2};
  EXPECT_DOUBLE_EQ(*anomaly_threshold(scores, 1.0), 4);
  EXPECT_DOUBLE_EQ(*anomaly_threshold(scores, 0.5), 2);
  EXPECT_DOUBLE_EQ(*anomaly_threshold(scores, 0.9), 3.6);
  EXPECT_DOUBLE_EQ(*anomaly_threshold(std::vector<double>{7}), 7);
  EXPECT_EQ(find_anomalies(scores, 2), (std::vector<std::int32_t>{1, 0, 1, 0, 0}))
      << "above, not at, the threshold";
}

TEST(Anomaly, NoSamplesOrABadShareIsAnErrorWithAWayOut) {
  const auto none = anomaly_threshold({});
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().hint.find("normal"), std::string::npos);
  const std::vector<double> scores = {1, 2};
  EXPECT_FALSE(anomaly_threshold(scores, 0));
  EXPECT_FALSE(anomaly_threshold(scores, 1.5));
  EXPECT_FALSE(anomaly_threshold(scores, NAN));
  EXPECT_FALSE(anomaly_threshold(std::vector<double>{1, INFINITY}));
}

}  // namespace
}  // namespace mote
