// Every kind of input gets its picture, and the pictures show what is there.
#include "app/data_pictures.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "base/text.h"

namespace mote {
namespace {

/// n samples of one input of `shape`, two labels in turn, 60/20/20.
Dataset made(std::vector<std::int32_t> shape, double rate_hz, std::size_t n = 50) {
  Dataset data;
  data.labels = {"low", "high"};
  data.inputs = {{"x", "g", rate_hz, std::move(shape), {}, {}, {}, {}}};
  const std::size_t count = data.inputs[0].count();
  for (std::size_t c = 0; c < static_cast<std::size_t>(data.inputs[0].shape.back()); ++c)
    data.inputs[0].channels.push_back(text::cat("c", c));
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t e = 0; e < count; ++e)
      data.inputs[0].values.push_back(static_cast<float>((i * 31 + e * 17) % 23) + static_cast<float>(i % 2));
    data.target.push_back(static_cast<std::int32_t>(i % 2));
    data.split.push_back(i % 5 == 3 ? Split::Validation : i % 5 == 4 ? Split::Test : Split::Train);
    data.origin.push_back(text::cat("x.csv:", i + 2));
  }
  return data;
}

std::vector<report::Figure> pictures(const Dataset& data) { return data_pictures(data, summarize(data)); }

TEST(DataPictures, EachKindOfInputHasItsPicture) {
  const auto title_of = [](std::vector<std::int32_t> shape, double rate) {
    const auto figures = pictures(made(std::move(shape), rate));
    EXPECT_EQ(figures.size(), 1u);
    EXPECT_NE(figures[0].picture.find("<svg"), std::string::npos);
    EXPECT_EQ(figures[0].picture.find("nothing to show"), std::string::npos);
    return figures[0].title;
  };
  EXPECT_EQ(title_of({40, 3}, 50), "Samples of 'x'");
  EXPECT_EQ(title_of({40, 1}, 0), "Samples of 'x'");
  EXPECT_EQ(title_of({4000, 1}, 8000), "Sound of 'x'");
  EXPECT_EQ(title_of({6, 8, 3}, 0), "Pictures of 'x'");
  EXPECT_EQ(title_of({200, 300, 1}, 0), "Pictures of 'x'");
  EXPECT_EQ(title_of({4}, 0), "Features of 'x'");
  EXPECT_EQ(title_of({40}, 0), "Features of 'x'");
}

TEST(DataPictures, NumbersAreShownInTheUsersUnit) {
  Dataset data = made({3}, 0);
  data.task = Task::Regression;
  data.labels.clear();
  data.target.assign(data.size(), 0);
  data.number = {{"moisture"}, "%", 30, 0.1, {}, {}, false};
  for (std::size_t i = 0; i < data.size(); ++i)
    data.number.values.push_back(static_cast<float>(i) / 50 - 0.5f);
  const auto figures = pictures(data);
  ASSERT_EQ(figures.size(), 2u);
  EXPECT_EQ(figures[0].title, "Number 'moisture'");
  EXPECT_NE(figures[0].picture.find("moisture, %"), std::string::npos);
  EXPECT_EQ(figures[1].title, "Features of 'x'");
  data.inputs[0].shape = {1, 3};
  EXPECT_EQ(pictures(data)[1].title, "Samples of 'x'");
}

TEST(DataPictures, OfManyFeaturesThoseThatTellAreShown) {
  Dataset data = made({40}, 0, 200);
  for (std::size_t i = 0; i < data.size(); ++i)
    data.inputs[0].values[i * 40 + 33] = data.target[i] == 0 ? -50.0f : 50.0f;
  const auto figures = pictures(data);
  EXPECT_NE(figures[0].caption.find("The 10 of 40"), std::string::npos);
  EXPECT_NE(figures[0].picture.find(">c33<"), std::string::npos);
}

TEST(DataPictures, AnEmptySetAndSetsOfOneSampleAreNoTrouble) {
  EXPECT_TRUE(pictures(Dataset{}).empty());
  for (std::vector<std::int32_t> shape : {std::vector<std::int32_t>{4}, {4, 2}, {4, 2, 1}, {4, 2, 2}})
    EXPECT_EQ(pictures(made(std::move(shape), 8000, 1)).size(), 1u);
}

TEST(Spectrogram, AToneStandsAtItsFrequency) {
  std::vector<float> sound;
  for (int t = 0; t < 16000; ++t)
    sound.push_back(static_cast<float>(std::sin(2 * std::numbers::pi * 1000 * t / 16000)));
  const Spectrogram of = spectrogram(sound, 16000);
  ASSERT_GT(of.columns, 50u);
  ASSERT_LE(of.columns, 160u);
  ASSERT_EQ(of.decibels.size(), of.columns * of.bins);
  const float* column = of.decibels.data() + 20 * of.bins;
  const auto loudest = static_cast<std::size_t>(std::max_element(column, column + of.bins) - column);
  EXPECT_NEAR(static_cast<double>(loudest) * 8000 / static_cast<double>(of.bins), 1000, 70);
  EXPECT_GT(column[loudest] - column[of.bins / 2], 60);
}

TEST(Spectrogram, ShortSoundsAndNoneAreNoTrouble) {
  EXPECT_EQ(spectrogram({}, 16000).columns, 0u);
  EXPECT_EQ(spectrogram({1.0f}, 16000).columns, 1u);
}

TEST(Sparkline, ShowsHeights) {
  EXPECT_EQ(sparkline(std::vector<std::int64_t>{0, 4, 8}), "▁▅█");
  EXPECT_EQ(sparkline(std::vector<float>{0, 1, 2, 3}, 2), "▂▇");
  EXPECT_EQ(sparkline(std::vector<float>{}, 5), "");
  EXPECT_EQ(sparkline(std::vector<float>{3, 3}, 5), "▁▁");
}

}  // namespace
}  // namespace mote
