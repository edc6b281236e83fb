#include "data/detail/tracks.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/text.h"
#include "data/detail/columns.h"
#include "data/detail/gaps.h"
#include "data/detail/resample.h"

namespace mote {
namespace {

double median_step(const std::vector<double>& times) {
  std::vector<double> steps;
  for (std::size_t i = 1; i < times.size(); ++i) steps.push_back(times[i] - times[i - 1]);
  std::nth_element(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2), steps.end());
  return steps[steps.size() / 2];
}

/// The rate of times that go in equal steps; 0 where they do not.
double even_rate(const std::vector<double>& times) {
  if (times.size() < 2) return 0;
  const double step = (times.back() - times.front()) / static_cast<double>(times.size() - 1);
  for (std::size_t i = 1; i < times.size(); ++i) {
    if (!(std::abs(times[i] - times[i - 1] - step) <= 1e-6 * step)) return 0;
  }
  const double rate = 1 / step, whole = std::round(rate);
  return std::abs(rate - whole) <= 1e-6 * rate ? whole : rate;
}

/// What to write for a rate: "rate = 50", or of slow ones, seconds from value to value: "period = 300".
std::string near_rate(double rate) {
  constexpr double kSlow = 0.1;  // Hz
  const auto figures = [](double value) { return fmt::format("{}", std::round(value * 1000) / 1000); };
  return rate < kSlow ? text::cat("period = ", figures(1 / rate)) : text::cat("rate = ", figures(rate));
}

class Maker {
 public:
  Maker(const DataSource& source, const Recording& recording) : source_(source), recording_(recording) {}

  Result<const Stream*> find_stream(const InputSource& input) const {
    if (input.stream.empty()) return &recording_.streams[0];
    std::vector<std::string> known;
    for (const Stream& stream : recording_.streams) {
      if (stream.name == input.stream) return &stream;
      known.push_back(stream.name);
    }
    return fail(text::cat("no stream '", input.stream, "' (of input '", input.name, "')"),
                text::suggest(input.stream, known));
  }

  Result<Track> make_track(const InputSource& input) const {
    MOTE_TRY(const Stream* const stream, find_stream(input));
    if (stream->values.empty())
      return fail("0 samples: the recording is empty", "leave the file out, or record it again");
    Track track;
    const bool is_picture = stream->frame.size() > 1;
    if (is_picture && !input.columns.empty())
      return fail(text::cat("input '", input.name, "': pictures have no columns"), "leave 'columns' out");
    if (is_picture) track.frame = stream->frame;
    MOTE_TRY_VOID(compute_channels(input, *stream, track));
    if (fills_gaps(source_)) fill_gaps(source_.missing, track.width, std::span(track.values));
    MOTE_TRY_VOID(find_rates(input, *stream, track));
    return track;
  }

  Result<void> compute_channels(const InputSource& input, const Stream& stream, Track& track) const {
    if (input.columns.empty()) {
      track.names = stream.channels;
      track.width = stream.frame_size();
      track.values = stream.values;
      return {};
    }
    Table header;
    header.file = recording_.origin;
    header.columns = stream.channels;
    std::vector<ColumnRule> rules;
    for (const std::string& column : input.columns) {
      auto parsed = parse_columns(column, header);
      if (!parsed) return parsed.error().in(text::cat("input '", input.name, "'"));
      rules.insert(rules.end(), parsed->begin(), parsed->end());
    }
    const std::size_t from = stream.frame_size(), frames = stream.frames();
    track.width = rules.size();
    track.values.reserve(frames * rules.size());
    for (const ColumnRule& rule : rules) track.names.push_back(rule.name);
    std::vector<double> operands;
    for (std::size_t i = 0; i < frames; ++i) {
      for (const ColumnRule& rule : rules) {
        operands.clear();
        for (const Operand& operand : rule.operands())
          operands.push_back(static_cast<double>(stream.values[i * from + operand.column]));
        track.values.push_back(static_cast<float>(rule.value(operands)));
      }
    }
    return {};
  }

  /// The stream's own moments, and the rate that the input wants.
  Result<void> find_rates(const InputSource& input, const Stream& stream, Track& track) const {
    const std::size_t frames = stream.frames();
    track.has_clock = !stream.times.empty() || stream.rate_hz > 0 || input.rate_hz > 0;
    if (!stream.times.empty()) {
      track.times = stream.times;
      track.is_uniform = false;
      const double step = frames > 1 ? median_step(stream.times) : 1;
      track.median_step = step;
      track.own_rate = step > 0 ? 1 / step : 1;
      track.rate = input.rate_hz > 0 ? input.rate_hz : even_rate(stream.times);
      if (track.rate == 0)
        return fail(text::cat("input '", input.name, "' has no rate, and its times are not even"),
                    text::cat(near_rate(track.own_rate), " would be near the file's own"));
      const double most = source_.series.gap;
      for (std::size_t i = 1; i < frames && most > 0; ++i) {
        if (track.times[i] - track.times[i - 1] > most) track.pauses.push_back(track.times[i - 1]);
      }
      return {};
    }
    track.own_rate = stream.rate_hz > 0 ? stream.rate_hz : input.rate_hz > 0 ? input.rate_hz : 1;
    track.rate = input.rate_hz > 0 ? input.rate_hz : track.own_rate;
    if (track.rate != track.own_rate && std::abs(track.rate / track.own_rate - 1) > 1e-9 &&
        track.frame.empty()) {
      track.values = resample_uniform(track.values, track.width, track.own_rate, track.rate);
      if (track.values.empty())
        return fail("too short for the input's rate", "leave the file out, or raise the rate");
    }
    return {};
  }

  double end_of(const Track& track) const {
    if (!track.is_uniform) return track.times.back() + 1 / track.rate;
    return static_cast<double>(track.values.size() / track.width) / track.rate;
  }

  /// The times that all tracks have, without their long pauses; each track's frames there, at its rate.
  Result<std::vector<Piece>> make_pieces(const std::vector<Track>& tracks) const {
    double begin = 0, end = std::numeric_limits<double>::infinity();
    std::vector<std::pair<double, double>> pauses;  // after, until
    for (const Track& track : tracks) {
      if (!track.is_uniform) begin = std::max(begin, track.times.front());
      end = std::min(end, end_of(track));
      for (const double after : track.pauses) {
        const auto next = std::upper_bound(track.times.begin(), track.times.end(), after);
        pauses.emplace_back(after + 1 / track.rate, *next);
      }
    }
    std::sort(pauses.begin(), pauses.end());
    std::vector<Piece> pieces;
    for (const auto& [after, until] : pauses) {
      if (after > begin + kSlack) pieces.push_back({begin, std::min(after, end), {}, {}});
      begin = std::max(begin, until);
    }
    if (end > begin) pieces.push_back({begin, end, {}, {}});
    for (Piece& piece : pieces) {
      for (const Track& track : tracks) MOTE_TRY_VOID(add_frames(track, piece));
    }
    return pieces;
  }

  Result<void> add_frames(const Track& track, Piece& piece) const {
    const double exact = (piece.end - piece.begin) * track.rate;
    auto frames = static_cast<std::size_t>(std::max(0.0, std::floor(exact + kSlack)));
    if (frames * track.width > kRecordingMaxValues)
      return fail("too long at the rate of its input", "lower the rate, or cut the file into several");
    constexpr std::size_t kMuchLonger = 1000, kManyFrames = 1'000'000;
    if (!track.is_uniform && frames > kManyFrames && frames / kMuchLonger > track.times.size())
      return fail(
          text::cat(track.times.size(), " moments would become ",
                    text::thousands(static_cast<std::int64_t>(frames)), " frames at the rate of its input"),
          "a lower rate, or gap = …: a longer pause ends the recording");
    if (track.is_uniform) {  // the only piece begins at 0: nothing to move
      frames = std::min(frames, track.values.size() / track.width);
      piece.values.emplace_back(track.values.begin(),
                                track.values.begin() + static_cast<std::ptrdiff_t>(frames * track.width));
    } else {
      piece.values.push_back(
          resample_at(track.times, track.values, track.width, piece.begin, track.rate, frames));
    }
    piece.frames.push_back(frames);
    return {};
  }

 private:
  Error fail(const std::string& what, std::string hint) const {
    return fault_of(recording_, what, std::move(hint));
  }
  const DataSource& source_;
  const Recording& recording_;
};

}  // namespace

Error fault_of(const Recording& recording, const std::string& what, std::string hint) {
  return error(text::cat(recording.origin, ": ", what), std::move(hint));
}

Result<Track> make_track(const DataSource& source, const Recording& recording, const InputSource& input) {
  return Maker(source, recording).make_track(input);
}

Result<std::vector<Piece>> make_pieces(const DataSource& source, const Recording& recording,
                                       const std::vector<Track>& tracks) {
  return Maker(source, recording).make_pieces(tracks);
}

}  // namespace mote
