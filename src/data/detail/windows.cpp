#include "data/detail/windows.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/system.h"
#include "base/text.h"
#include "data/detail/assemble.h"
#include "data/detail/resample.h"
#include "data/detail/tracks.h"
#include "data/detail/window_figures.h"

namespace mote {

std::size_t Stream::frame_size() const {
  std::size_t size = 1;
  for (const std::int32_t extent : frame) size *= static_cast<std::size_t>(extent);
  return size;
}

namespace {

constexpr std::size_t kMaxValues = 1 << 24;      // of one input of one sample
constexpr std::size_t kMaxWindows = 20'000'000;  // of a data set

Result<std::vector<double>> read_numbers(const std::filesystem::path& file) {
  MOTE_TRY(const std::string content, read_text(file, std::uint64_t{1} << 24));
  std::vector<double> numbers;
  std::int64_t line_number = 0;
  for (const std::string& line : text::split(content, '\n')) {
    ++line_number;
    if (text::trim(line).empty()) continue;
    const auto number = number_in(std::string(text::trim(line)));
    if (!number)
      return error(text::cat(file.filename().string(), ", line ", line_number, ": ", shown_cell(line),
                             " is not a number"),
                   "one number a line: what was left of each recording when it was cut");
    numbers.push_back(*number);
  }
  return numbers;
}

}  // namespace

class WindowCutter::Cutting {
 public:
  explicit Cutting(const DataSource& source)
      : source_(source), task_(task_of(source).value()), labels_(source, task_) {
    data_.name = source.name;
    data_.task = task_;
    data_.number.unit = source.target.unit;
    data_.number.is_change = source.target.change;
    for (const InputSource& input : source.inputs)
      data_.inputs.push_back({input.name, input.unit, 0, {}, {}, {}});
  }

  Result<void> add(const Recording& recording, std::optional<Split> split) {
    recording_ = &recording;
    if (recording.streams.empty()) return fail("holds nothing", "");
    MOTE_TRY(split_, split_of(split));
    MOTE_TRY(group_, word_about(source_.group_column, "group"));
    const auto group_mark = recording.marks.find(source_.group_column);
    group_marks_ = group_mark == recording.marks.end() ? nullptr : &group_mark->second;
    MOTE_TRY_VOID(find_label_words());
    MOTE_TRY_VOID(find_remaining());
    std::vector<Track> tracks;
    for (const InputSource& input : source_.inputs) {
      MOTE_TRY(Track track, make_track(source_, recording, input));
      tracks.push_back(std::move(track));
    }
    MOTE_TRY_VOID(add_number_track(tracks));
    const Stream& first = recording.streams[0];
    first_times_ = first.times;
    first_rate_ = first.rate_hz > 0 ? first.rate_hz : tracks[0].has_clock ? tracks[0].own_rate : 1;
    MOTE_TRY(const std::vector<Piece> pieces, make_pieces(source_, recording, tracks));
    ++data_.load.rows;
    const auto path = recording.fields.find("path");
    data_.recordings.push_back({recording.origin,
                                path == recording.fields.end() ? recording.origin : path->second,
                                recording.start, recording.has_dates});
    count_bridged_pauses(tracks);
    for (const Piece& piece : pieces) MOTE_TRY_VOID(cut(piece, tracks));
    ++recordings_;
    return {};
  }

  Result<Dataset> finish() {
    if (data_.size() == 0) return no_window();
    if (task_ == Task::Classification || task_ == Task::Anomaly) {
      MOTE_TRY(data_.labels, labels_.finish(data_.target));
      data_.load.unmatched = labels_.unmatched();
    } else if (task_ == Task::MultiLabel) {
      data_.labels = source_.labels;
    }
    if (!source_.target.remaining.empty() && cut_short_ != remaining_.size()) {
      return error(text::cat(source_.target.remaining.filename().string(), ": ", remaining_.size(),
                             " numbers for ", cut_short_, " recordings that were cut short"),
                   "one number for each recording of the test files, in their order");
    }
    MOTE_TRY_VOID(finish_dataset(source_, std::move(given_), data_));
    return std::move(data_);
  }

 private:
  /// Why nothing is left.
  Error no_window() const {
    const std::string all =
        text::cat("data: ", recordings_, recordings_ == 1 ? " recording" : " recordings", ", but no window");
    const TargetSource& target = source_.target;
    if (beyond_ > 0)
      return error(
          text::cat(all, " that has ", text::cat(target.horizon), " s behind it"),
          "horizon looks beyond the end of each recording: a smaller one, a shorter window, or longer "
          "recordings");
    if (source_.series.gap > 0 && data_.load.shorter > recordings_)
      return error(
          text::cat(all, " of the wanted length between pauses of ", text::cat(source_.series.gap), " s"),
          "gap ends recordings at pauses that are longer: a larger gap, or a shorter window");
    if (data_.load.shorter > 0)
      return error(text::cat(all, " of the wanted length"),
                   "make the window shorter, or say what becomes of short ones: shorter = \"pad\"");
    return error(text::cat(all, " is left"),
                 "every one is ignored by its label or dropped for missing values");
  }

  Error fail(const std::string& what, std::string hint) const {
    return fault_of(*recording_, what, std::move(hint));
  }

  // ---- words

  /// A word about the whole recording: a field; or "", where the name is a mark of each frame.
  Result<std::string> word_about(const std::string& name, const std::string& role) const {
    if (name.empty()) return std::string();
    if (name == "recording") return recording_->origin;
    if (const auto field = recording_->fields.find(name); field != recording_->fields.end())
      return field->second;
    if (recording_->marks.count(name) > 0) return std::string();
    std::vector<std::string> known;
    for (const auto& [field, word] : recording_->fields) known.push_back(field);
    for (const auto& [mark, words] : recording_->marks) known.push_back(mark);
    return fail(text::cat("nothing is named '", name, "' (", role, ")"), text::suggest(name, known));
  }

  Result<std::optional<Split>> split_of(std::optional<Split> given) const {
    if (source_.split_column.empty()) return given;
    MOTE_TRY(const std::string word, word_about(source_.split_column, "split_column"));
    if (word.empty())
      return fail(text::cat("'", source_.split_column, "' is not the same for all of it"),
                  "a recording is on one side of the split");
    MOTE_TRY(const Split split,
             split_named(word, text::cat(recording_->origin, ", '", source_.split_column, "'")));
    return std::optional<Split>(split);
  }

  Result<void> find_label_words() {
    label_.clear();
    label_marks_ = nullptr;
    if (task_ != Task::Classification && task_ != Task::Anomaly) return {};
    if (const auto mark = recording_->marks.find(source_.label_column); mark != recording_->marks.end()) {
      label_marks_ = &mark->second;
      return {};
    }
    // A detector may be shown recordings that nobody labelled: they are normal.
    const bool is_unlabelled = recording_->fields.count(source_.label_column) == 0 && task_ == Task::Anomaly;
    if (is_unlabelled) return {};
    MOTE_TRY(label_, word_about(source_.label_column, "label"));
    if (label_.empty()) return fail(text::cat("'", source_.label_column, "' is empty"), "fill in the class");
    return {};
  }

  Result<void> find_remaining() {
    left_ = 0;
    if (source_.target.remaining.empty()) return {};
    if (recordings_ == 0) {
      MOTE_TRY(remaining_, read_numbers(source_.target.remaining));
    }
    const bool was_cut = source_.split_files.empty() || split_ == Split::Test;
    if (!was_cut) return {};
    if (cut_short_ < remaining_.size()) left_ = remaining_[cut_short_];
    ++cut_short_;
    return {};
  }

  /// What is predicted is read as one more input, at the rate of the first.
  Result<void> add_number_track(std::vector<Track>& tracks) {
    InputSource numbers;
    numbers.name = "target";
    numbers.rate_hz = source_.inputs[0].rate_hz;
    numbers.stream = source_.inputs[0].stream;
    field_numbers_.clear();
    if (task_ == Task::MultiLabel) numbers.columns = source_.labels;
    if (task_ == Task::Regression && source_.task != "remaining-life")
      numbers.columns = source_.target.columns;
    data_.number.names = numbers.columns;
    if (source_.task == "remaining-life" || task_ == Task::Classification || task_ == Task::Anomaly) {
      if (task_ == Task::Regression) data_.number.names = {"remaining"};
      return {};
    }
    // Numbers about whole recordings: fields.
    for (const std::string& name : numbers.columns) {
      const auto field = recording_->fields.find(name);
      if (field == recording_->fields.end()) break;
      const auto value = number_in(field->second);
      if (!value)
        return fail(text::cat("'", name, "' is ", shown_cell(field->second)), "a number is predicted");
      field_numbers_.push_back(static_cast<float>(*value));
    }
    if (field_numbers_.size() == numbers.columns.size()) return {};
    field_numbers_.clear();
    auto track = make_track(source_, *recording_, numbers);
    if (!track) return track.error();
    data_.number.names = track->names;
    if (source_.target.change && track->width != 1)
      return error("data: a change of several numbers at once",
                   "name one column as the target, or change = false");
    tracks.push_back(std::move(*track));
    return {};
  }

  /// Windows over a long pause hold values that nobody measured: the user should know, or say gap = ….
  void count_bridged_pauses(const std::vector<Track>& tracks) {
    if (source_.series.gap > 0) return;
    constexpr double kSteps = 10;
    std::set<std::string> streams;  // inputs may share one
    for (std::size_t k = 0; k < source_.inputs.size(); ++k) {
      const std::vector<double>& times = tracks[k].times;
      const double limit = kSteps * tracks[k].median_step;
      if (!streams.insert(source_.inputs[k].stream).second) continue;
      for (std::size_t i = 1; i < times.size(); ++i) {
        const double pause = times[i] - times[i - 1];
        if (pause <= limit || pause <= source_.window.hop) continue;
        ++data_.load.bridged;
        if (pause <= data_.load.longest_pause) continue;
        data_.load.longest_pause = pause;
        data_.load.longest_limit = limit;
        data_.load.longest_in = recording_->origin;
      }
    }
  }

  // ---- windows

  Result<void> cut(const Piece& piece, const std::vector<Track>& tracks) {
    const WindowStyle& style = source_.window;
    if (!tracks[0].frame.empty()) {
      for (std::size_t i = 0; i < piece.frames[0]; ++i) MOTE_TRY_VOID(add_picture(piece, tracks, i));
      return {};
    }
    if (style.steps > 0 || style.length == 0) return add_whole(piece, tracks);
    if (!style.around.empty()) return cut_around(piece, tracks);
    const double length = piece.end - piece.begin;
    if (length + kSlack / tracks[0].rate < style.length) return add_short(piece, tracks);
    const bool single = style.hop == 0 || (source_.window.test_last && split_ == Split::Test);
    if (single) {
      const double spare = length - style.length;
      const bool at_end = style.align == "end" || style.hop > 0;
      const double offset = at_end ? spare : style.align == "start" ? 0 : spare / 2;
      return add_window(piece, tracks, std::floor(offset * tracks[0].rate + kSlack) / tracks[0].rate);
    }
    const auto count = static_cast<std::size_t>(std::floor((length - style.length) / style.hop + kSlack)) + 1;
    for (std::size_t i = 0; i < count; ++i)
      MOTE_TRY_VOID(add_window(piece, tracks, static_cast<double>(i) * style.hop));
    return {};
  }

  Result<void> add_short(const Piece& piece, const std::vector<Track>& tracks) {
    const std::string& policy = source_.window.shorter;
    if (policy == "pad" || policy == "edge") return add_window(piece, tracks, 0);
    if (policy == "error") {
      return fail(text::cat("shorter than the window of ", text::shortest(source_.window.length), " s"),
                  "shorter = \"pad\", \"edge\" or \"drop\"");
    }
    ++data_.load.shorter;
    return {};
  }

  /// One window around each frame that has a word there.
  Result<void> cut_around(const Piece& piece, const std::vector<Track>& tracks) {
    const auto marks = recording_->marks.find(source_.window.around);
    if (marks == recording_->marks.end())
      return fail(text::cat("nothing is named '", source_.window.around, "' (around)"),
                  "it must have a word at each moment that is meant");
    const double before = source_.window.before > 0 ? source_.window.before : source_.window.length / 2;
    for (std::size_t i = 0; i < marks->second.size(); ++i) {
      if (marks->second[i].empty()) continue;
      const double begin = time_of_mark(i) - before - piece.begin;
      if (begin < 0 || begin + source_.window.length > piece.end - piece.begin) continue;
      event_ = i;
      MOTE_TRY_VOID(add_window(piece, tracks, begin));
    }
    event_ = std::nullopt;
    return {};
  }

  double time_of_mark(std::size_t i) const {
    return first_times_.empty() ? static_cast<double>(i) / first_rate_ : first_times_[i];
  }

  Result<void> add_picture(const Piece& piece, const std::vector<Track>& tracks, std::size_t frame) {
    std::vector<std::vector<float>> samples;
    for (std::size_t k = 0; k < source_.inputs.size(); ++k) {
      const std::size_t at = frame * tracks[k].width;
      if (at + tracks[k].width > piece.values[k].size())
        return fail("its inputs have different numbers of pictures", "");
      samples.emplace_back(piece.values[k].begin() + static_cast<std::ptrdiff_t>(at),
                           piece.values[k].begin() + static_cast<std::ptrdiff_t>(at + tracks[k].width));
      MOTE_TRY_VOID(set_shape(k, tracks[k], 1));
    }
    return add_sample(piece, tracks, std::move(samples), frame,
                      {recordings_, static_cast<double>(frame), static_cast<double>(frame + 1)});
  }

  /// The whole piece as it is, or stretched to a number of steps.
  Result<void> add_whole(const Piece& piece, const std::vector<Track>& tracks) {
    std::vector<std::vector<float>> samples;
    const auto steps = static_cast<std::size_t>(source_.window.steps);
    for (std::size_t k = 0; k < source_.inputs.size(); ++k) {
      if (steps > 0) {
        std::vector<double> moments;
        for (std::size_t i = 0; i < piece.frames[k]; ++i) moments.push_back(static_cast<double>(i));
        const double rate = steps > 1 && piece.frames[k] > 1
                                ? static_cast<double>(steps - 1) / static_cast<double>(piece.frames[k] - 1)
                                : 1;
        samples.push_back(resample_at(moments, piece.values[k], tracks[k].width, 0, rate, steps));
      } else {
        samples.push_back(piece.values[k]);
      }
      MOTE_TRY_VOID(set_shape(k, tracks[k], samples[k].size() / tracks[k].width));
    }
    const std::size_t last = piece.frames.back() - (piece.frames.back() > 0 ? 1 : 0);
    return add_sample(piece, tracks, std::move(samples), last, {recordings_, piece.begin, piece.end});
  }

  Result<void> add_window(const Piece& piece, const std::vector<Track>& tracks, double offset) {
    std::vector<std::vector<float>> samples;
    const double length = source_.window.length;
    for (std::size_t k = 0; k < source_.inputs.size(); ++k) {
      const Track& track = tracks[k];
      const auto count = static_cast<std::size_t>(std::llround(length * track.rate));
      if (count == 0)
        return fail(text::cat("input '", source_.inputs[k].name, "': the window has no frame"),
                    "a longer window, or a higher rate");
      if (count * track.width > kMaxValues)
        return fail(text::cat("input '", source_.inputs[k].name, "': more than ", text::thousands(kMaxValues),
                              " values a window"),
                    "a shorter window, or a lower rate");
      const auto first = static_cast<std::size_t>(std::llround(offset * track.rate));
      MOTE_TRY_VOID(set_shape(k, track, count));
      samples.push_back(frames_from(piece, k, track.width, first, count));
    }
    const double rate = tracks.back().rate;
    const auto frames = static_cast<std::size_t>(std::llround((offset + length) * rate));
    const std::size_t last = std::min(frames, std::max<std::size_t>(piece.frames.back(), 1)) - 1;
    return add_sample(piece, tracks, std::move(samples), last,
                      {recordings_, piece.begin + offset, piece.begin + offset + length});
  }

  /// Frames first … first + count − 1; where the piece is shorter, 0 or its last frame follows, half of that before it (centre).
  std::vector<float> frames_from(const Piece& piece, std::size_t k, std::size_t width, std::size_t first,
                                 std::size_t count) const {
    const std::size_t have = piece.frames[k];
    std::vector<float> out(count * width, 0.0f);
    const bool is_short = first == 0 && have < count;
    const std::string& align = source_.window.align;
    const std::size_t spare = is_short ? count - have : 0;
    const std::size_t lead = align == "end" ? spare : align == "start" ? 0 : spare / 2;
    for (std::size_t i = 0; i < count; ++i) {
      const bool outside = i < lead || i - lead + first >= have;
      if (outside && (source_.window.shorter != "edge" || have == 0)) continue;
      const std::size_t from = i < lead ? first : std::min(i - lead + first, have - 1);
      std::copy_n(piece.values[k].begin() + static_cast<std::ptrdiff_t>(from * width), width,
                  out.begin() + static_cast<std::ptrdiff_t>(i * width));
    }
    return out;
  }

  Result<void> set_shape(std::size_t k, const Track& track, std::size_t frames) {
    const InputSource& source = source_.inputs[k];
    std::vector<std::int32_t> shape;
    const bool is_summary = !source.summary.empty();
    if (is_summary && !track.frame.empty())
      return fail(text::cat("input '", source.name, "': a summary of pictures"),
                  "summary is of windows of a series");
    std::vector<std::string> channels = track.names;
    if (is_summary) {
      channels.clear();
      for (const std::string& figure : source.summary)
        for (const std::string& name : track.names) channels.push_back(text::cat(figure, "(", name, ")"));
      shape = {static_cast<std::int32_t>(channels.size())};
    } else if (!track.frame.empty())
      shape = track.frame;
    else if (source.series)
      shape = {static_cast<std::int32_t>(frames), static_cast<std::int32_t>(track.width)};
    else
      shape = {static_cast<std::int32_t>(frames * track.width)};
    if (!source.shape.empty()) {
      std::int64_t count = 1;
      for (const std::int64_t extent : source.shape) count *= extent;
      const std::size_t values = is_summary ? channels.size() : frames * track.width;
      if (count != static_cast<std::int64_t>(values))
        return fail(
            text::cat("input '", source.name, "': its shape has ", count, " values, the recording ", values),
            "shape = [height, width, channels], the last axis fastest");
      shape.assign(source.shape.begin(), source.shape.end());
    }
    DataInput& input = data_.inputs[k];
    if (input.shape.empty()) {
      input.shape = shape;
      input.channels = channels;
      input.rate_hz = track.has_clock && track.frame.empty() && !is_summary ? track.rate : 0;
      return {};
    }
    if (input.shape == shape) return {};
    const auto words = [](const std::vector<std::int32_t>& extents) {
      std::vector<std::string> texts;
      for (const std::int32_t extent : extents) texts.push_back(text::cat(extent));
      return text::join(texts, " x ");
    };
    return fail(text::cat("input '", source.name, "' is ", words(shape), " here, but ", words(input.shape),
                          " in recordings before"),
                track.frame.empty()
                    ? "window = … cuts pieces of one length, steps = … stretches each recording"
                    : "size = [width, height] brings each picture to one, [96, 96] say");
  }

  // ---- samples

  Result<void> add_sample(const Piece& piece, const std::vector<Track>& tracks,
                          std::vector<std::vector<float>> samples, std::size_t last, const Place& place) {
    MOTE_TRY(const auto target, target_of(place));
    if (!target) {
      ++data_.load.ignored;
      return {};
    }
    std::vector<float> numbers;
    std::optional<float> now;
    if (!numbers_of(piece, tracks, last, place, numbers, now)) {
      ++data_.load.dropped;  // the moment that is predicted lies behind the end, or was not measured
      return {};
    }
    for (std::size_t k = 0; k < samples.size(); ++k) {
      const InputSource& input = source_.inputs[k];
      MOTE_TRY(const bool complete, convert(k, tracks[k], samples[k], place));
      if (!complete) {
        ++data_.load.dropped;
        return {};
      }
      if (!input.summary.empty()) samples[k] = window_figures(input.summary, samples[k], tracks[k].width);
    }
    if (data_.size() >= kMaxWindows) return fail("more than 20 million windows", "a longer hop");
    for (std::size_t k = 0; k < samples.size(); ++k) data_.inputs[k].values.append(samples[k]);
    data_.number.values.append(numbers);
    if (now) data_.number.last.push_back(*now);
    data_.target.push_back(*target);
    data_.place.push_back(place);
    if (!source_.group_column.empty())
      data_.group.push_back(group_marks_ ? (*group_marks_)[last_mark(place)] : group_);
    const bool whole = source_.window.length == 0;
    data_.origin.push_back(whole ? recording_->origin
                                 : text::cat(recording_->origin, " @ ", text::shortest(place.begin)));
    given_.push_back(split_);
    return {};
  }

  /// Offset, scale and limits; false where a value is missing and the window is to be dropped.
  Result<bool> convert(std::size_t k, const Track& track, std::vector<float>& values, const Place& place) {
    const InputSource& input = source_.inputs[k];
    for (std::size_t e = 0; e < values.size(); ++e) {
      float& value = values[e];
      const double scaled = (static_cast<double>(value) - input.offset) * input.scale;
      if (std::isfinite(scaled)) {
        value = static_cast<float>(std::clamp(scaled, input.clip_low, input.clip_high));
        continue;
      }
      if (source_.missing == "drop" || source_.missing == "interpolate" || source_.missing == "hold")
        return false;
      if (source_.missing == "error") {
        const double frame = static_cast<double>(e / std::max<std::size_t>(track.width, 1));
        return missing_value(input, track, e % std::max<std::size_t>(track.width, 1),
                             place.begin + frame / track.rate);
      }
      value = 0;
      ++data_.load.zeroed_cells;
    }
    return true;
  }

  /// The cell itself, where the recording was text and one lies so near that it is meant; else the moment.
  Error missing_value(const InputSource& input, const Track& track, std::size_t channel,
                      double moment) const {
    const char* const hint = "set missing = \"interpolate\", \"hold\", \"drop\" or \"zero\"";
    const auto named = std::find_if(recording_->streams.begin(), recording_->streams.end(),
                                    [&](const Stream& one) { return one.name == input.stream; });
    const Stream& stream = named == recording_->streams.end() ? recording_->streams[0] : *named;
    const std::size_t width = stream.frame_size();
    const auto at = static_cast<std::ptrdiff_t>(
        stream.times.empty() ? std::llround(moment * (stream.rate_hz > 0 ? stream.rate_hz : track.rate))
                             : std::lower_bound(stream.times.begin(), stream.times.end(), moment - kSlack) -
                                   stream.times.begin());
    for (const std::ptrdiff_t i : {at, at + 1, at - 1}) {
      if (i < 0 || i >= static_cast<std::ptrdiff_t>(stream.lines.size()) || channel >= track.names.size())
        continue;
      const auto row = static_cast<std::size_t>(i);
      for (std::size_t c = 0; c < width; ++c) {
        const bool is_meant = track.names[channel].find(stream.channels[c]) != std::string::npos;
        if (!is_meant || std::isfinite(stream.values[row * width + c])) continue;
        return fail(text::cat("line ", stream.lines[row], ", column '", stream.channels[c],
                              "': no value, but input '", input.name, "' needs one"),
                    hint);
      }
    }
    const std::string name = channel < track.names.size() ? text::cat("'", track.names[channel], "' ") : "";
    return fail(text::cat("a value ", name, "of input '", input.name, "' is missing near ", text::cat(moment),
                          track.has_clock ? " s" : " (step)"),
                hint);
  }

  /// What is to be predicted; false where there is no such moment.
  bool numbers_of(const Piece& piece, const std::vector<Track>& tracks, std::size_t last, const Place& place,
                  std::vector<float>& numbers, std::optional<float>& now) {
    if (task_ != Task::Regression && task_ != Task::MultiLabel) return true;
    if (!field_numbers_.empty()) {
      numbers = field_numbers_;
      return true;
    }
    const TargetSource& target = source_.target;
    if (source_.task == "remaining-life") {
      double left = std::max(0.0, piece.end - place.end) + left_;  // of rounded times: may be a hair below 0
      if (target.cap > 0) left = std::min(left, target.cap);
      numbers = {static_cast<float>(left)};
      return true;
    }
    const Track& track = tracks.back();
    const std::vector<float>& values = piece.values.back();
    const auto ahead = static_cast<std::size_t>(std::llround(target.horizon * track.rate));
    if (last + ahead >= piece.frames.back()) {
      beyond_ += ahead > 0;
      return false;
    }
    for (std::size_t c = 0; c < track.width; ++c) {
      const float value = values[(last + ahead) * track.width + c], before = values[last * track.width + c];
      if (!std::isfinite(value)) return false;
      if (ahead > 0 && track.width == 1) {
        if (!std::isfinite(before)) return false;
        now = before;
      }
      numbers.push_back(target.change ? value - before : value);
    }
    return true;
  }

  // ---- labels

  std::size_t last_mark(const Place& place) const {
    const std::size_t size = group_marks_ ? group_marks_->size() : label_marks_->size();
    return std::min(mark_range(place).second, size) - 1;
  }

  /// Frames of stream 0 within the window: [first, behind); at least one.
  std::pair<std::size_t, std::size_t> mark_range(const Place& place) const {
    if (first_times_.empty()) {
      const auto first =
          static_cast<std::size_t>(std::max(0.0, std::ceil(place.begin * first_rate_ - kSlack)));
      const auto behind =
          static_cast<std::size_t>(std::max(0.0, std::ceil(place.end * first_rate_ - kSlack)));
      return {first, std::max(behind, first + 1)};
    }
    const auto begin = first_times_.begin();
    const auto first = std::lower_bound(begin, first_times_.end(), place.begin - kSlack) - begin;
    const auto behind = std::lower_bound(begin, first_times_.end(), place.end - kSlack) - begin;
    // A window between two frames has the word of the frame before.
    if (behind <= first)
      return {static_cast<std::size_t>(std::max<std::ptrdiff_t>(behind - 1, 0)),
              static_cast<std::size_t>(std::max<std::ptrdiff_t>(behind, 1))};
    return {static_cast<std::size_t>(first), static_cast<std::size_t>(behind)};
  }

  Result<std::optional<std::int32_t>> class_of(const std::string& word) {
    return labels_.add(word, text::cat(recording_->origin, ", '", source_.label_column, "'"));
  }

  /// The window's class; nothing where it is to be left out.
  Result<std::optional<std::int32_t>> target_of(const Place& place) {
    if (label_marks_ == nullptr) {
      if (label_.empty()) return std::optional<std::int32_t>(0);
      return class_of(label_);
    }
    const std::vector<std::string>& words = *label_marks_;
    if (event_ && source_.label_column == source_.window.around) return class_of(words[*event_]);
    auto [first, behind] = mark_range(place);
    behind = std::min(behind, words.size());
    if (first >= behind) first = behind - 1;
    const std::string& how = source_.window.label_at;
    if (how == "first" || how == "last" || how == "middle") {
      const std::string& word = words[how == "first"  ? first
                                      : how == "last" ? behind - 1
                                                      : (first + behind) / 2];
      if (word.empty()) return std::optional<std::int32_t>();
      return class_of(word);
    }
    std::map<std::int32_t, std::size_t> counts;
    for (std::size_t i = first; i < behind; ++i) {
      if (words[i].empty()) continue;
      MOTE_TRY(const auto target, class_of(words[i]));
      if (target) ++counts[*target];
    }
    if (counts.empty() || (how == "all" && counts.size() > 1)) return std::optional<std::int32_t>();
    if (how == "any") return std::optional<std::int32_t>(counts.rbegin()->first);
    return std::optional<std::int32_t>(
        std::max_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) {
          return a.second < b.second;
        })->first);
  }

  const DataSource& source_;
  Task task_;
  LabelBook labels_;
  Dataset data_;
  std::vector<std::optional<Split>> given_;
  std::int32_t recordings_ = 0;
  std::vector<double> remaining_;
  std::size_t cut_short_ = 0;
  std::int64_t beyond_ = 0;  // windows whose number lies behind the recording's end

  // Of the recording at hand.
  const Recording* recording_ = nullptr;
  std::optional<Split> split_;
  std::string group_, label_;
  const std::vector<std::string>*label_marks_ = nullptr, *group_marks_ = nullptr;
  std::vector<double> first_times_;
  double first_rate_ = 1, left_ = 0;
  std::vector<float> field_numbers_;
  std::optional<std::size_t> event_;
};

WindowCutter::WindowCutter(const DataSource& source) : cutting_(std::make_unique<Cutting>(source)) {}
WindowCutter::~WindowCutter() = default;
Result<void> WindowCutter::add(const Recording& recording, std::optional<Split> split) {
  return cutting_->add(recording, split);
}
Result<Dataset> WindowCutter::finish() { return cutting_->finish(); }

}  // namespace mote
