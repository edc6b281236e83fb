#include "train/augment.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "math/random.h"
#include "train/streams.h"

namespace mote {
namespace {

constexpr double kPi = 3.14159265358979323846;

/// Of one use of one sample: what is drawn for it here is the same whatever else is drawn.
Random random_of(const TrainOptions& o, std::uint64_t stream, Draw draw, int epoch) {
  const Random random =
      Random(o.seed).split(stream).split(static_cast<std::uint64_t>(epoch)).split(draw.sample);
  return draw.copy == 0 ? random : random.split(draw.copy).split(draw.copy);
}

bool changes_series(const TrainOptions& o) {
  return o.augment_noise > 0 || o.augment_scale > 0 || o.augment_offset > 0 || o.augment_shift > 0;
}

std::size_t rows_of(const DataInput& input) { return static_cast<std::size_t>(std::max(input.shape[0], 1)); }

// ---- series: [steps, width] in place

/// Time runs at a speed of 1 ± `most` that changes linearly between knots; the ends stay where they are.
void warp_time(double most, std::size_t steps, std::size_t width, Random random, std::vector<float>& series) {
  constexpr std::size_t kKnots = 5;
  std::array<double, kKnots> speed{};
  for (double& s : speed) s = random.uniform(1 - most, 1 + most);
  if (steps < 3) return;
  std::vector<double> place(steps, 0.0);
  for (std::size_t t = 1; t < steps; ++t) {
    const double at = (static_cast<double>(t) - 0.5) / static_cast<double>(steps - 1) * (kKnots - 1);
    const auto knot = std::min(static_cast<std::size_t>(at), kKnots - 2);
    const double part = at - static_cast<double>(knot);
    place[t] = place[t - 1] + (1 - part) * speed[knot] + part * speed[knot + 1];
  }
  const double stretch = static_cast<double>(steps - 1) / place.back();
  const std::vector<float> before = series;
  for (std::size_t t = 0; t < steps; ++t) {
    const double from = place[t] * stretch;
    const auto low = std::min(static_cast<std::size_t>(from), steps - 2);
    const auto part = static_cast<float>(from - static_cast<double>(low));
    for (std::size_t c = 0; c < width; ++c)
      series[t * width + c] = before[low * width + c] * (1 - part) + before[(low + 1) * width + c] * part;
  }
}

using Rotation = std::array<double, 9>;

/// About an axis of any direction, by up to ± `degrees` (Rodrigues).
Rotation draw_rotation(double degrees, Random random) {
  double x = random.normal(), y = random.normal(), z = random.normal();
  const double length = std::sqrt(x * x + y * y + z * z);
  const double angle = random.uniform(-degrees, degrees) * kPi / 180;
  if (length < 1e-9) return {1, 0, 0, 0, 1, 0, 0, 0, 1};
  x /= length, y /= length, z /= length;
  const double c = exact::cos(angle), s = exact::cos(angle - kPi / 2), r = 1 - c;
  return {c + x * x * r,     x * y * r - z * s, x * z * r + y * s, y * x * r + z * s, c + y * y * r,
          y * z * r - x * s, z * x * r - y * s, z * y * r + x * s, c + z * z * r};
}

/// Turns each three channels, as readings: what the normalization did is undone before and done again after.
void rotate(const Rotation& m, const DataInput& input, std::size_t width, std::vector<float>& series) {
  const bool normalized = input.channel_scale.size() == width && input.channel_offset.size() == width;
  for (std::size_t at = 0; at + 3 <= series.size(); at += 3) {
    std::array<double, 3> reading{};
    for (std::size_t i = 0; i < 3; ++i) {
      const std::size_t c = (at + i) % width;
      reading[i] = static_cast<double>(series[at + i]);
      if (normalized) reading[i] = reading[i] / input.channel_scale[c] + input.channel_offset[c];
    }
    for (std::size_t i = 0; i < 3; ++i) {
      const std::size_t c = (at + i) % width;
      double turned = m[3 * i] * reading[0] + m[3 * i + 1] * reading[1] + m[3 * i + 2] * reading[2];
      if (normalized) turned = (turned - input.channel_offset[c]) * input.channel_scale[c];
      series[at + i] = static_cast<float>(turned);
    }
  }
}

/// Shift, scale, offset and noise.
void disturb(const TrainOptions& o, std::size_t steps, std::size_t width, Random random,
             std::span<const float> in, float* out) {
  const auto last = static_cast<std::int64_t>(steps) - 1;
  const auto reach = static_cast<std::int64_t>(o.augment_shift);
  const std::int64_t shift =
      reach > 0 ? static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(2 * reach + 1))) - reach
                : 0;
  const double factor = 1 + random.uniform(-o.augment_scale, o.augment_scale);
  const double offset = o.augment_offset > 0 ? random.uniform(-o.augment_offset, o.augment_offset) : 0;
  for (std::int64_t t = 0; t <= last; ++t) {
    const auto source = static_cast<std::size_t>(std::clamp<std::int64_t>(t - shift, 0, last));
    for (std::size_t c = 0; c < width; ++c) {
      const double value = static_cast<double>(in[source * width + c]) * factor + offset;
      *out++ = static_cast<float>(o.augment_noise > 0 ? value + o.augment_noise * random.normal() : value);
    }
  }
}

/// Begin and length of a run of up to `most` of `count`.
std::array<std::size_t, 2> draw_run(int most, std::size_t count, Random& random) {
  const auto longest = std::min(static_cast<std::size_t>(most), count);
  const std::size_t length = random.below(longest + 1);
  return {random.below(count - length + 1), length};
}

/// Runs of steps and of channels become 0 (SpecAugment, Park et al. 2019).  A spectrogram picture [time, frequency,
/// channels] has its frequencies masked.
void mask(const TrainOptions& o, const DataInput& input, Random random, float* out) {
  const std::size_t steps = rows_of(input), width = input.count() / steps;
  if (o.augment_time_mask > 0) {
    const auto [begin, length] = draw_run(o.augment_time_mask, steps, random);
    std::fill_n(out + begin * width, length * width, 0.0f);
  }
  if (o.augment_channel_mask <= 0 || input.shape.size() < 2) return;
  const auto channels = static_cast<std::size_t>(input.shape[1]);
  const auto [begin, length] = draw_run(o.augment_channel_mask, channels, random);
  const std::size_t inner = width / channels;
  for (std::size_t t = 0; t < steps; ++t) std::fill_n(out + t * width + begin * inner, length * inner, 0.0f);
}

// ---- pictures: [height, width, channels]

/// −most … most
std::int64_t draw_step(int most, Random& random) {
  return static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(2 * most + 1))) - most;
}

void change_picture(const TrainOptions& o, const DataInput& input, Random random, std::span<const float> in,
                    float* out) {
  const std::int64_t height = input.shape[0], width = input.shape[1], channels = input.shape[2];
  const bool mirror = random.below(2) == 1, turn = random.below(2) == 1;
  const bool horizontal = mirror && (o.augment_flip == "horizontal" || o.augment_flip == "both");
  const bool vertical = turn && (o.augment_flip == "vertical" || o.augment_flip == "both");
  const std::int64_t down = draw_step(o.augment_crop, random), right = draw_step(o.augment_crop, random);
  const double light = random.uniform(-o.augment_brightness, o.augment_brightness);
  const double contrast = 1 + random.uniform(-o.augment_contrast, o.augment_contrast);
  double mean = 0;
  if (o.augment_contrast > 0) {
    for (const float v : in) mean += static_cast<double>(v);
    mean /= static_cast<double>(in.size());
  }
  const bool recolours = o.augment_brightness > 0 || o.augment_contrast > 0;
  for (std::int64_t y = 0; y < height; ++y) {
    std::int64_t from_y = std::clamp<std::int64_t>(y - down, 0, height - 1);
    if (vertical) from_y = height - 1 - from_y;
    for (std::int64_t x = 0; x < width; ++x) {
      std::int64_t from_x = std::clamp<std::int64_t>(x - right, 0, width - 1);
      if (horizontal) from_x = width - 1 - from_x;
      const float* pixel = in.data() + (from_y * width + from_x) * channels;
      for (std::int64_t c = 0; c < channels; ++c)
        *out++ = recolours
                     ? static_cast<float>((static_cast<double>(pixel[c]) - mean) * contrast + mean + light)
                     : pixel[c];
    }
  }
}

bool changes_pictures(const TrainOptions& o) {
  return o.augment_flip != "none" || o.augment_crop > 0 || o.augment_brightness > 0 || o.augment_contrast > 0;
}

// ---- mix-up

/// Gamma(shape, 1) of Marsaglia and Tsang 2000.
double draw_gamma(double shape, Random& random) {
  if (shape < 1) {
    const double below = draw_gamma(shape + 1, random);
    return below * exact::pow(std::max(random.uniform(), 1e-16), 1 / shape);
  }
  const double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  for (;;) {
    const double x = random.normal(), root = 1 + c * x;
    if (root <= 0) continue;
    const double v = root * root * root, u = std::max(random.uniform(), 1e-16);
    if (exact::log(u) < 0.5 * x * x + d - d * v + d * exact::log(v)) return d * v;
  }
}

}  // namespace

Augmentation::Kind Augmentation::kind_of(const Graph& graph, const Dataset& data, std::size_t input) {
  const DataInput& in = data.inputs[input];
  if (in.shape.empty()) return Kind::Features;
  if (in.rate_hz > 0 || graph.inputs[input].rate_hz > 0 || in.shape.size() == 2) return Kind::Series;
  return in.shape.size() == 3 ? Kind::Picture : Kind::Features;
}

Result<void> check_augmentation(const Graph& graph, const Dataset& data, const TrainOptions& o) {
  bool series = false, pictures = false, axes = false;
  for (std::size_t i = 0; i < data.inputs.size(); ++i) {
    const auto kind = Augmentation::kind_of(graph, data, i);
    series = series || kind == Augmentation::Kind::Series;
    pictures = pictures || kind == Augmentation::Kind::Picture;
    const DataInput& input = data.inputs[i];
    axes = axes || (kind == Augmentation::Kind::Series && input.count() / rows_of(input) % 3 == 0);
  }
  struct Need {
    bool asked, there;
    std::string_view option, what;
  };
  const Need needs[] = {
      {o.augment_noise > 0, series, "noise", "no input is a series"},
      {o.augment_scale > 0, series, "scale", "no input is a series"},
      {o.augment_offset > 0, series, "offset", "no input is a series"},
      {o.augment_shift > 0, series, "shift", "no input is a series"},
      {o.augment_time_warp > 0, series, "time_warp", "no input is a series"},
      {o.augment_time_mask > 0, series, "time_mask", "no input is a series"},
      {o.augment_channel_mask > 0, series, "channel_mask", "no input is a series"},
      {o.augment_rotate > 0, axes, "rotate", "no input is a series of three channels, or six, or nine …"},
      {o.augment_flip != "none", pictures, "flip", "no input is a picture"},
      {o.augment_crop > 0, pictures, "crop", "no input is a picture"},
      {o.augment_brightness > 0, pictures, "brightness", "no input is a picture"},
      {o.augment_contrast > 0, pictures, "contrast", "no input is a picture"},
  };
  for (const Need& need : needs)
    if (need.asked && !need.there)
      return error(text::cat("augmentation ", need.option, ": ", need.what, " in '", data.name, "'"),
                   text::cat("leave ", need.option, " out of [train.augment]"));
  return {};
}

Augmentation::Augmentation(const Graph& graph, const Dataset& data, const TrainOptions& options)
    : options_(options) {
  for (std::size_t i = 0; i < data.inputs.size(); ++i) kinds_.push_back(kind_of(graph, data, i));
}

bool Augmentation::is_slow() const {
  return options_.augment_noise > 0 || options_.augment_time_warp > 0 || options_.augment_rotate > 0;
}

void Augmentation::copy(const Dataset& data, std::size_t input, Draw draw, int epoch, float* out) const {
  const DataInput& from = data.inputs[input];
  const std::span<const float> in = from.sample(draw.sample);
  const TrainOptions& o = options_;
  // One stream for each thing that is drawn, so that an option more leaves what the others do.
  const Random of_sample = random_of(o, kAugmentStream, draw, epoch);
  const Random random = of_sample.split(input);
  enum Stream : std::uint64_t { kWarp = 101, kMask = 102, kPicture = 103, kRotate = 1004 };
  if (kinds_[input] == Kind::Picture && changes_pictures(o))
    return change_picture(o, from, random.split(kPicture), in, out);
  if (kinds_[input] != Kind::Series) {
    std::copy(in.begin(), in.end(), out);
    return;
  }
  const std::size_t steps = rows_of(from), width = in.size() / steps;
  std::vector<float> series;
  std::span<const float> changed = in;
  const bool turns = o.augment_rotate > 0 && width % 3 == 0;
  if (o.augment_time_warp > 0 || turns) {
    series.assign(in.begin(), in.end());
    if (o.augment_time_warp > 0) warp_time(o.augment_time_warp, steps, width, random.split(kWarp), series);
    // Sensors of one device turn together: the rotation does not depend on the input.
    if (turns) rotate(draw_rotation(o.augment_rotate, of_sample.split(kRotate)), from, width, series);
    changed = series;
  }
  if (changes_series(o))
    disturb(o, steps, width, random, changed, out);
  else
    std::copy(changed.begin(), changed.end(), out);
  if (o.augment_time_mask > 0 || o.augment_channel_mask > 0) mask(o, from, random.split(kMask), out);
}

Mix mix_of(const TrainOptions& options, Draw draw, int epoch, std::size_t samples) {
  Random random = random_of(options, kMixStream, draw, epoch);
  const double a = draw_gamma(options.mixup, random), b = draw_gamma(options.mixup, random);
  const double share = a + b > 0 ? a / (a + b) : 1;
  return {random.below(samples), static_cast<float>(std::max(share, 1 - share))};
}

}  // namespace mote
