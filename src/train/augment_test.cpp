// What augmentation does to samples, and that it depends on seed, epoch and sample alone.
#include "train/augment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "train/sketch.h"

namespace mote {
namespace {

/// Two samples of an input whose values are all different.
struct Bench {
  explicit Bench(std::vector<std::int32_t> shape) {
    data.target = {0, 0};
    data.name = "made";
    data.inputs.push_back({"x", "", 0, std::move(shape), {}, {}});
    for (std::size_t i = 0; i < 2 * data.inputs[0].count(); ++i)
      data.inputs[0].values.push_back(static_cast<float>(i + 1));
    Sketch s({1, 1});
    module = s.done();
  }
  std::vector<float> at(int epoch, Draw draw = {}) const {
    const Augmentation augmentation(module.main(), data, options);
    std::vector<float> out(data.inputs[0].count());
    augmentation.copy(data, 0, draw, epoch, out.data());
    return out;
  }
  std::string refusal() const {
    const auto ok = check_augmentation(module.main(), data, options);
    return ok ? "fine" : ok.error().message + " / " + ok.error().hint;
  }

  Dataset data;
  Module module;
  TrainOptions options;
};

TEST(Augmentation, TimeWarpKeepsTheEndsAndTheOrderAndBendsTheMiddle) {
  Bench b({40, 1});
  b.options.augment_time_warp = 0.5;
  bool bends = false;
  for (int epoch = 0; epoch < 50; ++epoch) {
    const std::vector<float> out = b.at(epoch);
    EXPECT_NEAR(out.front(), 1, 1e-4);
    EXPECT_NEAR(out.back(), 40, 1e-3);
    EXPECT_TRUE(std::is_sorted(out.begin(), out.end()));
    bends = bends || std::fabs(out[20] - 21) > 1;
  }
  EXPECT_TRUE(bends);
}

TEST(Augmentation, MasksAreRunsOfWholeStepsAndWholeChannelsOfAtMostTheirLength) {
  Bench b({10, 6});
  b.options.augment_time_mask = 3;
  b.options.augment_channel_mask = 2;
  std::set<std::size_t> steps_seen, channels_seen;
  for (int epoch = 0; epoch < 100; ++epoch) {
    const std::vector<float> out = b.at(epoch);
    std::size_t steps = 0, channels = 0;
    for (std::size_t t = 0; t < 10; ++t)
      steps +=
          std::all_of(out.begin() + static_cast<std::ptrdiff_t>(6 * t),
                      out.begin() + static_cast<std::ptrdiff_t>(6 * t + 6), [](float v) { return v == 0; })
              ? 1
              : 0;
    for (std::size_t c = 0; c < 6; ++c) {
      std::size_t zeros = 0;
      for (std::size_t t = 0; t < 10; ++t) zeros += out[t * 6 + c] == 0 ? 1 : 0;
      channels += zeros == 10 ? 1 : 0;
    }
    steps_seen.insert(steps);
    channels_seen.insert(channels);
    const auto zeros = static_cast<std::size_t>(std::count(out.begin(), out.end(), 0.0f));
    EXPECT_EQ(zeros, steps * 6 + channels * 10 - steps * channels);
  }
  EXPECT_EQ(steps_seen, (std::set<std::size_t>{0, 1, 2, 3}));
  EXPECT_EQ(channels_seen, (std::set<std::size_t>{0, 1, 2}));
}

TEST(Augmentation, SpectrogramPicturesHaveTheirFrequenciesMasked) {
  Bench b({10, 6, 1});
  b.data.inputs[0].rate_hz = 50;
  b.options.augment_channel_mask = 2;
  EXPECT_EQ(b.refusal(), "fine");
  bool masks = false;
  for (int epoch = 0; epoch < 20; ++epoch) {
    const auto out = b.at(epoch);
    masks = masks || std::count(out.begin(), out.end(), 0.0f) == 10;
  }
  EXPECT_TRUE(masks);
}

TEST(Augmentation, RotationKeepsTheLengthOfEachReadingAndTurnsAllStepsAlike) {
  Bench b({5, 6});
  b.options.augment_rotate = 30;
  b.data.inputs[0].channel_offset = {1, 2, 3, 4, 5, 6};
  b.data.inputs[0].channel_scale = {2, 2, 2, 0.5, 0.5, 0.5};
  const auto reading = [&](const float* values, std::size_t c) {
    return static_cast<double>(values[c]) / b.data.inputs[0].channel_scale[c] +
           b.data.inputs[0].channel_offset[c];
  };
  double largest = 0;
  for (int epoch = 0; epoch < 60; ++epoch) {
    const std::vector<float> out = b.at(epoch);
    for (std::size_t at = 0; at < 30; at += 3) {
      const std::size_t t = at / 6 * 6, c = at % 6;
      double before = 0, after = 0, along = 0;
      for (std::size_t i = 0; i < 3; ++i) {
        const double x = reading(b.data.inputs[0].values.data() + t, c + i),
                     y = reading(out.data() + t, c + i);
        before += x * x, after += y * y, along += x * y;
      }
      EXPECT_NEAR(std::sqrt(after), std::sqrt(before), 1e-4 * std::sqrt(before));
      largest = std::max(largest, std::acos(std::min(1.0, along / std::sqrt(before * after))));
    }
  }
  EXPECT_LE(largest, 30.01 * 3.14159265 / 180);
  EXPECT_GT(largest, 15 * 3.14159265 / 180) << "the range is used";
}

TEST(Augmentation, FlipsMirrorAndCropsMoveWithRepeatedEdges) {
  Bench b({4, 5, 2});
  b.options.augment_flip = "horizontal";
  const auto in = b.data.inputs[0].sample(0);
  int flipped = 0;
  for (int epoch = 0; epoch < 40; ++epoch) {
    const std::vector<float> out = b.at(epoch);
    const bool is_flipped = out[0] != in[0];
    flipped += is_flipped;
    for (std::size_t y = 0; y < 4; ++y)
      for (std::size_t x = 0; x < 5; ++x)
        for (std::size_t c = 0; c < 2; ++c)
          EXPECT_EQ(out[(y * 5 + x) * 2 + c], in[(y * 5 + (is_flipped ? 4 - x : x)) * 2 + c]);
  }
  EXPECT_GT(flipped, 8);
  EXPECT_LT(flipped, 32);
  b.options.augment_flip = "none";
  b.options.augment_crop = 2;
  std::set<std::pair<int, int>> moves;
  for (int epoch = 0; epoch < 100; ++epoch) {
    const std::vector<float> out = b.at(epoch);
    const auto fits = [&](int down, int right) {
      for (int y = 0; y < 4; ++y)
        for (int x = 0; x < 5; ++x) {
          const int from = std::clamp(y - down, 0, 3) * 5 + std::clamp(x - right, 0, 4);
          if (out[static_cast<std::size_t>(y * 5 + x) * 2] != in[static_cast<std::size_t>(from) * 2])
            return false;
        }
      return true;
    };
    for (int down = -2; down <= 2; ++down)
      for (int right = -2; right <= 2; ++right)
        if (fits(down, right)) moves.insert({down, right});
  }
  EXPECT_GT(moves.size(), 20u);
}

TEST(Augmentation, BrightnessAddsAndContrastStretchesAboutTheMean) {
  Bench b({3, 3, 1});
  b.options.augment_brightness = 2;
  const auto light = b.at(1);
  for (std::size_t i = 0; i < 9; ++i) EXPECT_NEAR(light[i] - light[0], static_cast<float>(i), 1e-4);
  EXPECT_NE(light[0], 1);
  b.options.augment_brightness = 0;
  b.options.augment_contrast = 0.5;
  const auto strong = b.at(1);
  EXPECT_NEAR(strong[4], 5, 1e-4) << "the mean stays";
  EXPECT_NE(strong[0], 1);
}

TEST(Augmentation, DependsOnSeedEpochSampleAndCopyAlone) {
  Bench b({12, 3});
  b.options.augment_noise = 0.1;
  b.options.augment_time_warp = 0.3;
  b.options.augment_rotate = 20;
  b.options.augment_time_mask = 2;
  const auto first = b.at(3);
  EXPECT_EQ(first, b.at(3));
  EXPECT_NE(first, b.at(4));
  EXPECT_NE(first, b.at(3, Draw{0, 1}));
  const auto alone = b.at(3, Draw{1, 0});
  b.data.inputs[0].values[0] = -100;  // another sample's values
  EXPECT_EQ(alone, b.at(3, Draw{1, 0}));
  b.options.seed = 2;
  EXPECT_NE(alone, b.at(3, Draw{1, 0}));
}

TEST(Augmentation, MixUpGivesTheLargerShareToTheSampleItself) {
  TrainOptions options;
  options.mixup = 0.4;
  std::set<std::size_t> partners;
  double sum = 0;
  for (std::size_t i = 0; i < 400; ++i) {
    const Mix mix = mix_of(options, Draw{i, 0}, 2, 10);
    EXPECT_GE(mix.share, 0.5f);
    EXPECT_LE(mix.share, 1.0f);
    partners.insert(mix.partner);
    sum += static_cast<double>(mix.share);
  }
  EXPECT_EQ(partners.size(), 10u);
  EXPECT_NEAR(sum / 400, 0.84, 0.03) << "mean of max(λ, 1 − λ) of Beta(0.4, 0.4)";
}

TEST(Augmentation, OptionsThatNoInputCanUseAreRefusedByName) {
  Bench series({8, 2}), picture({4, 4, 3}), features({5});
  const auto refusal = [](Bench& b, const auto& change) {
    b.options = {};
    change(b.options);
    return b.refusal();
  };
  const auto has = [](const std::string& text, const std::string& part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
  };
  has(refusal(series, [](auto& o) { o.augment_flip = "both"; }), "flip: no input is a picture in 'made'");
  has(refusal(series, [](auto& o) { o.augment_crop = 1; }), "leave crop out of [train.augment]");
  has(refusal(series, [](auto& o) { o.augment_rotate = 10; }),
      "rotate: no input is a series of three channels");
  has(refusal(picture, [](auto& o) { o.augment_time_warp = 0.1; }), "time_warp: no input is a series");
  has(refusal(features, [](auto& o) { o.augment_time_mask = 1; }), "time_mask");
  has(refusal(features, [](auto& o) { o.augment_brightness = 1; }), "brightness");
  has(refusal(features, [](auto& o) { o.augment_noise = 1; }), "noise: no input is a series");
  has(refusal(features, [](auto& o) { o.augment_shift = 1; }), "shift: no input is a series");
  has(refusal(picture, [](auto& o) { o.augment_scale = 0.1; }), "scale: no input is a series");
  has(refusal(picture, [](auto& o) { o.augment_offset = 1; }), "offset: no input is a series");
  EXPECT_EQ(refusal(series, [](auto& o) { o.augment_time_mask = 2; }), "fine");
  EXPECT_EQ(refusal(picture, [](auto& o) { o.augment_contrast = 0.2; }), "fine");
}

}  // namespace
}  // namespace mote
