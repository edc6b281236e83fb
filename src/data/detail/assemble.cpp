#include "data/detail/assemble.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "data/detail/split.h"
#include "data/detail/window_figures.h"

namespace mote {
namespace {

constexpr std::size_t kMaxLabels = 1000;
constexpr std::size_t kShownLabels = 20;  // in a hint
constexpr std::size_t kShownCell = 40;    // bytes of a cell

Result<void> check_one_of(const std::string& key, const std::string& value,
                          const std::vector<std::string>& known) {
  if (std::find(known.begin(), known.end(), value) != known.end()) return {};
  return error(text::cat(key, ": '", value, "' is not known"), text::suggest(value, known));
}

Result<void> check_inputs(const DataSource& source) {
  if (source.inputs.empty()) {
    return error("data: no inputs", "name at least one input with its columns: columns = [\"s0..s124\"]");
  }
  std::set<std::string> names;
  for (const InputSource& input : source.inputs) {
    if (input.name.empty()) return error("data: an input without a name", "give every input a name");
    const std::string place = text::cat("input '", input.name, "'");
    if (!names.insert(input.name).second)
      return error(text::cat(place, ": named twice"), "rename one of the two");
    if (!std::isfinite(input.offset) || !std::isfinite(input.scale) || input.scale == 0) {
      return error(text::cat(place, ": offset and scale must be finite, and scale not 0"),
                   "value = (cell - offset) * scale");
    }
    if (!(input.clip_low < input.clip_high)) {
      return error(text::cat(place, ": clip from ", text::shortest(input.clip_low), " to ",
                             text::shortest(input.clip_high)),
                   "clip = [low, high]: the lower limit first, and both after offset and scale");
    }
    if (!(input.rate_hz >= 0) || !std::isfinite(input.rate_hz)) {
      return error(text::cat(place, ": rate must be 0 or more"), "0 is for an input without a time axis");
    }
    for (const std::string& figure : input.summary) {
      auto known = check_one_of(text::cat(place, ", summary"), figure, window_figure_names());
      if (!known) return known.error();
    }
    if (input.normalize == "group" && source.group_column.empty()) {
      return error(text::cat(place, ": normalize = \"group\" without a group"),
                   "group = \"file\" makes each file one, say; or normalize = \"standard\"");
    }
  }
  return {};
}

Result<void> check_fractions(const DataSource& source) {
  for (const double fraction : {source.validation_fraction, source.test_fraction}) {
    if (!(fraction >= 0) || !(fraction < 1)) {
      return error(text::cat("data: a split share of ", text::shortest(fraction)),
                   "use a number from 0 to below 1");
    }
  }
  if (source.validation_fraction + source.test_fraction >= 1) {
    return error("data: validation_share + test_share leave nothing to train with",
                 "their sum must be below 1");
  }
  return {};
}

Result<void> check_validation_groups(const DataSource& source) {
  if (source.validation_groups.empty()) return {};
  if (source.group_column.empty()) {
    return error("data: validation_groups without a group",
                 "name the column of the subject, record or machine");
  }
  const auto files = source.split_files.find(Split::Validation);
  if (!source.split_column.empty() || (files != source.split_files.end() && !files->second.empty())) {
    return error("data: validation_groups beside validation samples from files or a split column",
                 "keep one of the two ways to name them");
  }
  return {};
}

/// What each task needs to be told.
Result<void> check_task(const DataSource& source) {
  MOTE_TRY(const Task task, task_of(source));
  if (task == Task::Classification && source.label_column.empty())
    return error("data: no label", "name the column that holds the class");
  if (task == Task::MultiLabel && source.labels.empty())
    return error("data: no labels", "labels = [\"rain\", \"wind\"] names the columns that hold 0 or 1");
  if (task == Task::Regression && source.task != "remaining-life" && source.target.columns.empty())
    return error("data: no target", "target = \"temperature\" names the column that is predicted");
  if (source.task == "forecast" && !(source.target.horizon > 0))
    return error("data: a forecast without a horizon", "horizon = 1800 predicts half an hour ahead");
  const bool to_the_end = source.window.length == 0 && source.target.remaining.empty();
  if (source.task == "remaining-life" && to_the_end)
    return error("data: remaining life of whole recordings: at their end nothing remains",
                 "window = … and hop = … cut windows, each with the life that is left after it");
  if (source.task == "remaining-life" && source.target.change)
    return error("data: predict = \"change\" of a remaining life",
                 "a life that is left has no change: remove it");
  if (task == Task::Anomaly && !source.label_column.empty() && source.normal_labels.empty())
    return error("data: nothing says which label is normal", "normal = [\"0\"], say");
  return {};
}

}  // namespace

Result<void> check_source(const DataSource& source) {
  MOTE_TRY_VOID(check_inputs(source));
  MOTE_TRY_VOID(check_fractions(source));
  MOTE_TRY_VOID(check_validation_groups(source));
  MOTE_TRY_VOID(
      check_one_of("data.missing", source.missing, {"error", "drop", "zero", "hold", "interpolate"}));
  MOTE_TRY_VOID(
      check_one_of("data.split", source.split_by, {"random", "group", "column", "file", "time", "k-fold"}));
  MOTE_TRY_VOID(check_task(source));
  if (source.split_by == "k-fold" && (source.folds < 2 || source.fold < 1 || source.fold > source.folds)) {
    return error(text::cat("data: fold ", source.fold, " of ", source.folds),
                 "folds are counted from 1, and there are two or more");
  }
  if (source.split_by == "group" && source.group_column.empty()) {
    return error("data: split = \"group\" without a group",
                 "name the column of the subject, record or machine");
  }
  if (source.split_by == "column" && source.split_column.empty()) {
    return error("data: split = \"column\" without a split_column",
                 "name the column that holds train, validation or test");
  }
  std::set<std::string> seen;
  for (const std::string& label : source.labels) {
    if (!seen.insert(label).second)
      return error(text::cat("data.labels: '", label, "' twice"), "name each class once");
  }
  for (const std::string& label : source.ignore_labels) {
    if (seen.count(label) == 0) continue;
    return error(text::cat("data: label '", label, "' is both a class and ignored"),
                 "take it out of labels or of ignore");
  }
  return {};
}

Result<Task> task_of(const DataSource& source) {
  if (source.task.empty()) return source.target.columns.empty() ? Task::Classification : Task::Regression;
  const std::vector<std::pair<std::string, Task>> known = {
      {"classification", Task::Classification}, {"multi-label", Task::MultiLabel},
      {"regression", Task::Regression},         {"forecast", Task::Regression},
      {"remaining-life", Task::Regression},     {"anomaly", Task::Anomaly}};
  std::vector<std::string> names;
  for (const auto& [name, task] : known) {
    if (name == source.task) return task;
    names.push_back(name);
  }
  return error(text::cat("data.task: '", source.task, "' is not known"), text::suggest(source.task, names));
}

// ---- cells

std::optional<double> number_in(std::string_view cell, char decimal) {
  const auto finite = [](std::optional<double> number) {
    return number && std::isfinite(*number) ? number : std::nullopt;
  };
  if (decimal == ',') {
    const std::size_t comma = cell.find(',');
    if (cell.find('.') != std::string_view::npos) return std::nullopt;
    if (comma != std::string_view::npos) {
      std::string with_point(text::trim(cell));
      with_point[with_point.find(',')] = '.';
      return finite(text::to_double(with_point));
    }
  }
  std::optional<double> number = text::to_double(cell);
  if (!number) number = text::to_double(text::trim(cell));
  return finite(number);
}

bool is_missing(std::string_view cell) {
  std::string_view word = text::trim(cell);
  if (word.empty()) return true;
  const bool has_sign = word[0] == '+' || word[0] == '-';
  if (has_sign) word.remove_prefix(1);
  if (word.empty() || word[0] == '+' || word[0] == '-') return false;
  double value = 0;
  const auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (end != word.data() + word.size()) return false;
  return problem == std::errc::result_out_of_range || (problem == std::errc() && !std::isfinite(value));
}

namespace {

/// "1,234" or "12,345,678": a mark that may stand between thousands.
bool looks_like_thousands(std::string_view number, char mark) {
  if (!number.empty() && (number[0] == '-' || number[0] == '+')) number.remove_prefix(1);
  const std::vector<std::string> parts = text::split(std::string(number), mark);
  for (std::size_t k = 0; k < parts.size(); ++k) {
    const bool digits = parts[k].find_first_not_of("0123456789") == std::string::npos;
    const bool fits = k == 0 ? !parts[k].empty() && parts[k].size() <= 3 : parts[k].size() == 3;
    if (!digits || !fits) return false;
  }
  return parts.size() > 1 && parts[0][0] != '0';
}

std::string without(std::string text, char mark) {
  std::erase(text, mark);
  return text;
}

}  // namespace

Error not_a_number(const std::string& place, std::string_view cell, const DataSource& source) {
  const std::string content(text::trim(cell));
  const std::string what = text::cat(place, ": ", shown_cell(content), " is not a number");
  const char mark = source.csv.decimal == ',' ? '.' : ',';
  std::string other = content;
  std::replace(other.begin(), other.end(), mark, source.csv.decimal);
  const auto marks = std::count(content.begin(), content.end(), mark);
  const bool is_one = marks == 1 && number_in(other, source.csv.decimal).has_value();
  const bool thousands = looks_like_thousands(content, mark);
  if (source.csv.decimal == ',' && is_one)
    return error(text::cat(place, ": ", shown_cell(content), " has a point, but decimal = \",\""),
                 thousands ? text::cat("write ", other, " if the point is a decimal mark, or ",
                                       without(content, mark), " if it separates thousands")
                           : text::cat("write ", other, ", or decimal = \".\" if all cells have points"));
  if (is_one && thousands)
    return error(what, text::cat("if it means ", other, ": decimal = \",\" in [data]; if it means ",
                                 without(content, mark), ": write it without the comma"));
  if (is_one) return error(what, "decimal = \",\" in [data]; or write decimals with a point: 1.5");
  if (marks > 0 && number_in(without(content, mark), source.csv.decimal))
    return error(what, text::cat("write ", without(content, mark), ", without marks between thousands"));
  const bool stops = source.missing == "error";
  const char* const quote = content.find_first_of("\"\\") == std::string::npos ? "\"" : "'";
  return error(what, text::cat("correct the cell; or, if it means \"no value\": missing_values = [", quote,
                               content.substr(0, kShownCell), quote, "]",
                               stops ? ", and missing = \"drop\" or \"zero\"" : ""));
}

std::string shown_cell(std::string_view cell) {
  return text::cat("'", cell.substr(0, kShownCell), cell.size() > kShownCell ? "…'" : "'");
}

Result<Split> split_named(const std::string& cell, const std::string& place) {
  const std::string name = text::lower(cell);
  for (const Split split : {Split::Train, Split::Validation, Split::Test, Split::Unused}) {
    if (name == name_of(split)) return split;
  }
  if (name == "val" || name == "valid") return Split::Validation;
  return error(text::cat(place, ": ", shown_cell(cell), " is not a split"),
               "a split is train, validation, test or unused");
}

// ---- labels

/// "2" before "10" when all labels are whole numbers, else by bytes.
void sort_labels(std::vector<std::string>& labels) {
  const bool numbers =
      std::all_of(labels.begin(), labels.end(), [](const auto& l) { return text::to_int(l).has_value(); });
  std::sort(labels.begin(), labels.end(), [numbers](const std::string& a, const std::string& b) {
    if (!numbers) return a < b;
    const std::int64_t x = *text::to_int(a), y = *text::to_int(b);
    return x != y ? x < y : a < b;
  });
}

LabelBook::LabelBook(const DataSource& source, Task task)
    : source_(source),
      task_(task),
      ignored_(source.ignore_labels.begin(), source.ignore_labels.end()),
      normal_(source.normal_labels.begin(), source.normal_labels.end()),
      names_(ignored_.size() + normal_.size() + source.rename.size()) {
  labels_ = task == Task::Anomaly ? std::vector<std::string>{"normal", "anomaly"} : source.labels;
  for (const std::string& label : labels_) known_.emplace(label, static_cast<std::int32_t>(known_.size()));
}

Result<std::optional<std::int32_t>> LabelBook::add(const std::string& word, const std::string& place) {
  const auto renamed = source_.rename.find(word);
  const std::string& label = renamed == source_.rename.end() ? word : renamed->second;
  if (met_.size() < names_) note(word, label);
  if (ignored_.count(label) > 0 || ignored_.count(word) > 0) return std::optional<std::int32_t>();
  if (task_ == Task::Anomaly) {
    if (seen_.size() < kShownLabels) seen_.insert(label);
    return std::optional<std::int32_t>(normal_.count(label) > 0 ? 0 : 1);
  }
  const auto found = known_.find(label);
  if (found != known_.end()) return std::optional<std::int32_t>(found->second);
  if (!source_.labels.empty()) {
    return error(text::cat(place, ": unknown label ", shown_cell(label)),
                 text::cat(text::suggest(label, source_.labels), "; or add it to labels or ignore"));
  }
  const auto number = static_cast<std::int32_t>(labels_.size());
  known_.emplace(label, number);
  labels_.push_back(label);
  if (labels_.size() > kMaxLabels) {
    return error(
        text::cat("column '", source_.label_column, "' holds more than ", kMaxLabels, " different labels"),
        "is it the column of the class, and not of a measurement?");
  }
  return std::optional<std::int32_t>(number);
}

void LabelBook::note(const std::string& word, const std::string& label) {
  if (source_.rename.count(word) > 0) met_.insert("rename " + word);
  for (const std::string& name : {word, label}) {
    if (ignored_.count(name) > 0) met_.insert("ignore " + name);
  }
  if (normal_.count(label) > 0) met_.insert("normal " + label);
}

std::vector<Unmatched> LabelBook::unmatched() const {
  std::vector<Unmatched> all;
  const auto add = [&](const std::string& key, const std::vector<std::string>& words, bool is_harmless) {
    Unmatched of{key, {}, is_harmless};
    for (const std::string& word : words) {
      if (met_.count(text::cat(key, " ", word)) == 0) of.words.push_back(word);
    }
    if (!of.words.empty()) all.push_back(std::move(of));
  };
  std::vector<std::string> renamed;
  for (const auto& [word, label] : source_.rename) renamed.push_back(word);
  // A list of all that is to be ignored may be longer than what one file has.  Where the labels are listed, a word that is spelt
  // otherwise would have been an error.
  const bool any_near =
      std::any_of(source_.ignore_labels.begin(), source_.ignore_labels.end(), [&](const std::string& word) {
        constexpr std::size_t kLetters = 3;  // of fewer, all are near each other
        return met_.count("ignore " + word) == 0 && word.size() >= kLetters &&
               text::nearest(word, labels_).has_value();
      });
  const bool any_met = std::any_of(source_.ignore_labels.begin(), source_.ignore_labels.end(),
                                   [&](const auto& word) { return met_.count("ignore " + word) > 0; });
  add("ignore", source_.ignore_labels, !source_.labels.empty() || (any_met && !any_near));
  add("rename", renamed, false);
  if (task_ == Task::Anomaly) add("normal", source_.normal_labels, false);
  return all;
}

Result<std::vector<std::string>> LabelBook::finish(std::vector<std::int32_t>& target) {
  const bool any_normal = std::any_of(normal_.begin(), normal_.end(),
                                      [&](const auto& word) { return met_.count("normal " + word) > 0; });
  if (task_ == Task::Anomaly && !seen_.empty() && !normal_.empty() && !any_normal) {
    const std::vector<std::string> seen(seen_.begin(), seen_.end());
    return error(
        text::cat("data.normal: no sample has '", *normal_.begin(), "' ('", source_.label_column, "')"),
        text::suggest(*normal_.begin(), seen));
  }
  if (labels_.empty()) {
    return error(text::cat(source_.name.empty() ? std::string("data") : source_.name, ": no sample is left"),
                 "every row is ignored by its label or dropped for missing cells");
  }
  if (task_ == Task::Anomaly || !source_.labels.empty()) return labels_;
  std::vector<std::string> sorted = labels_;
  sort_labels(sorted);
  std::map<std::string, std::int32_t> position;
  for (const std::string& label : sorted) position.emplace(label, static_cast<std::int32_t>(position.size()));
  for (std::int32_t& number : target) number = position.at(labels_[static_cast<std::size_t>(number)]);
  return sorted;
}

// ---- the end: splits and normalization

namespace {

Result<void> check_classes(const DataSource& source, const Dataset& data) {
  if (data.size() == 0) {
    return error("data: no sample is left", "every row is ignored by its label or dropped for missing cells");
  }
  if (data.task != Task::Classification) return {};
  std::vector<std::size_t> counts(data.labels.size());
  for (const std::int32_t target : data.target) ++counts[static_cast<std::size_t>(target)];
  for (std::size_t k = 0; k < counts.size(); ++k) {
    if (counts[k] > 0) continue;
    return error(text::cat("label '", data.labels[k], "' has no sample (column '", source.label_column, "')"),
                 "take it out of labels, or add samples of it");
  }
  return {};
}

/// Marks the samples of the groups that the project gives to validation.
Result<void> give_validation_groups(const DataSource& source, const Dataset& data,
                                    std::vector<std::optional<Split>>& given) {
  const std::set<std::string> present(data.group.begin(), data.group.end());
  for (const std::string& name : source.validation_groups) {
    if (present.count(name) > 0) continue;
    return error(
        text::cat("validation_groups: no sample has '", name, "' in the column '", source.group_column, "'"),
        text::suggest(name, std::vector<std::string>(present.begin(), present.end())));
  }
  const std::set<std::string> wanted(source.validation_groups.begin(), source.validation_groups.end());
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (wanted.count(data.group[i]) == 0) continue;
    if (given[i] == Split::Test) {
      return error(
          text::cat("validation_groups: '", data.group[i], "' has test samples (", data.origin[i], ")"),
          "what chooses the network must not judge it: name groups of the training samples");
    }
    given[i] = Split::Validation;
  }
  return {};
}

Result<void> check_splits(const Dataset& data) {
  for (const Split split : {Split::Train, Split::Test}) {
    if (std::find(data.split.begin(), data.split.end(), split) != data.split.end()) continue;
    return error(text::cat("data: no ", name_of(split), " samples"),
                 split == Split::Test
                     ? "name a test file, mark rows as test in split_column, or raise test_share"
                     : "name a train file, mark rows as train in split_column, or lower the shares");
  }
  return {};
}

/// Detectors learn what is normal: nothing else may train them or choose their epoch and threshold.  Anomalies judge, unless the
/// project put them on another side itself.
void keep_anomalies_from_training(const std::vector<std::optional<Split>>& given, Dataset& data) {
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data.target[i] == 0 || data.split[i] == Split::Test) continue;
    data.split[i] = given[i] ? Split::Unused : Split::Test;
  }
}

/// Sums by channel over training samples.
struct ChannelRange {
  double sum = 0, squares = 0, low = 0, high = 0;
  std::int64_t count = 0;
  void add(double value) {
    low = count == 0 ? value : std::min(low, value);
    high = count == 0 ? value : std::max(high, value);
    sum += value;
    squares += value * value;
    ++count;
  }
  double mean() const { return count > 0 ? sum / static_cast<double>(count) : 0; }
  double deviation() const {
    const double variance = count > 0 ? squares / static_cast<double>(count) - mean() * mean() : 0;
    return variance > 1e-12 * std::max(1.0, mean() * mean()) ? std::sqrt(variance) : 0;
  }
};

/// Each group (machine, session, person) by the mean and deviation of its own training samples: what is left is how it changed
/// since then.
Result<void> normalize_groups(const Dataset& data, DataInput& input) {
  const auto channels = static_cast<std::size_t>(input.shape.back());
  std::map<std::string, std::vector<ChannelRange>> ranges;
  const std::size_t count = input.count();
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data.split[i] != Split::Train) continue;
    const auto values = input.sample(i);
    std::vector<ChannelRange>& of = ranges[data.group[i]];
    of.resize(channels);
    for (std::size_t k = 0; k < count; ++k) of[k % channels].add(static_cast<double>(values[k]));
  }
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data.split[i] == Split::Unused) continue;
    const auto of = ranges.find(data.group[i]);
    if (of == ranges.end()) {
      return error(text::cat("input '", input.name, "': the group '", data.group[i],
                             "' has no training samples to normalize it by (", data.origin[i], ")"),
                   "split = \"time\" gives each group some; or normalize = \"standard\"");
    }
    for (std::size_t k = 0; k < count; ++k) {
      const ChannelRange& range = of->second[k % channels];
      const double width = range.deviation() > 0 ? range.deviation() : 1;
      float& value = input.values[i * count + k];
      value = static_cast<float>((static_cast<double>(value) - range.mean()) / width);
    }
  }
  return {};
}

void normalize(const std::string& kind, const std::vector<Split>& split, DataInput& input) {
  if (kind == "none" || input.shape.empty()) return;
  const auto channels = static_cast<std::size_t>(input.shape.back());
  std::vector<ChannelRange> ranges(channels);
  const std::size_t count = input.count();
  for (std::size_t i = 0; i < split.size(); ++i) {
    if (split[i] != Split::Train) continue;
    const auto values = input.sample(i);
    for (std::size_t k = 0; k < count; ++k) ranges[k % channels].add(values[k]);
  }
  for (const ChannelRange& range : ranges) {
    const double width = kind == "standard" ? range.deviation() : (range.high - range.low) / 2;
    input.channel_offset.push_back(kind == "standard" ? range.mean() : (range.high + range.low) / 2);
    input.channel_scale.push_back(width > 0 ? 1 / width : 1);
  }
  for (std::size_t k = 0; k < input.values.size(); ++k) {
    const std::size_t c = k % channels;
    input.values[k] = static_cast<float>((static_cast<double>(input.values[k]) - input.channel_offset[c]) *
                                         input.channel_scale[c]);
  }
}

/// Numbers of training samples get mean 0 and deviation 1; yes and no stay 1 and 0.
void normalize_numbers(Dataset& data) {
  DataTarget& number = data.number;
  if (data.task != Task::Regression) return;
  ChannelRange range;
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data.split[i] != Split::Train) continue;
    for (const float value : number.sample(i)) range.add(value);
  }
  number.offset = range.mean();
  number.scale = range.deviation() > 0 ? 1 / range.deviation() : 1;
  for (float& value : number.values)
    value = static_cast<float>((static_cast<double>(value) - number.offset) * number.scale);
}

/// Groups of the samples that a split may still be taken from, with their sizes; after a try that failed.
std::map<std::string, std::size_t> groups_left(const SplitRequest& request, const Dataset& data) {
  std::map<std::string, std::size_t> undecided, training;
  for (std::size_t i = 0; i < data.size(); ++i) {
    const std::optional<Split> given = request.given[i];
    if (!given) ++undecided[data.group[i]];
    if (given == Split::Train) ++training[data.group[i]];
  }
  return undecided.empty() ? training : undecided;
}

/// Groups that do not suffice for a split: what does, of those that there are.
/// `some_given`: files or a column gave splits, and the groups must stay whole beside those.
Error explain_groups(const SplitRequest& request, bool some_given, const Dataset& data,
                     const Error& problem) {
  const bool by_groups = request.by_group && request.folds == 0 && !data.group.empty();
  if (!by_groups) return problem;
  const auto groups = groups_left(request, data);
  if (groups.empty()) return problem;
  const bool has_test = std::find(data.split.begin(), data.split.end(), Split::Test) != data.split.end();
  const auto by_size = [](const auto& a, const auto& b) { return a.second < b.second; };
  const auto smallest = std::min_element(groups.begin(), groups.end(), by_size);
  const auto largest = std::max_element(groups.begin(), groups.end(), by_size);
  const std::string others =
      some_given
          ? ""
          : "; or split = \"time\" (each group's past trains, its future tests), or \"random\", which shows "
            "how the same ones go on";
  if (!has_test)
    return error(text::cat("too few groups for a test split: all samples to choose from are of '",
                           largest->first, "'"),
                 text::cat("a group stays whole: more groups",
                           some_given ? ", or test = … names files for it" : "", others));
  std::size_t all = 0;
  for (const auto& [name, count] : groups) all += count;
  const double share = 100 * static_cast<double>(largest->second) / static_cast<double>(all);
  const std::string ways =
      groups.size() > 2 ? text::cat("validation_groups = [\"", smallest->first, "\"] keeps one for it, or ")
                        : std::string();
  return error(text::cat("too few groups for a validation split: beside the test there is only '",
                         largest->first, "', with ", fmt::format("{:.0f}", share), " % of the samples"),
               text::cat("a group stays whole: ", ways, "validation_share = 0 trains without one", others));
}

/// Columns that no input may have, because a device does not: for checks.h.
std::vector<std::string> answer_columns_of(const DataSource& source, const Dataset& data) {
  if (data.task == Task::MultiLabel) return data.labels;
  const bool looks_ahead = source.target.horizon > 0 || source.task == "remaining-life";
  if (data.task == Task::Regression) return looks_ahead ? std::vector<std::string>{} : data.number.names;
  if (source.label_column.empty()) return {};
  return {source.label_column};
}

}  // namespace

Result<void> finish_dataset(const DataSource& source, std::vector<std::optional<Split>> given,
                            Dataset& data) {
  MOTE_TRY_VOID(check_classes(source, data));
  data.split_by = source.split_by;
  data.answer_columns = answer_columns_of(source, data);
  SplitRequest request;
  bool some_given = false;
  for (const auto& split : given) some_given = some_given || split.has_value();
  request.given = std::move(given);
  if (!source.validation_groups.empty()) {
    MOTE_TRY_VOID(give_validation_groups(source, data, request.given));
  }
  request.validation_fraction = source.validation_fraction;
  request.test_fraction = source.test_fraction;
  request.by_group = source.split_by == "group" || (some_given && !source.group_column.empty()) ||
                     (source.split_by == "k-fold" && !source.group_column.empty());
  request.by_time = source.split_by == "time";
  request.train_length = source.train_length;
  request.folds = source.split_by == "k-fold" ? source.folds : 0;
  request.fold = source.fold;
  request.seed = source.seed;
  if (const auto split = split_dataset(data, request); !split)
    return explain_groups(request, some_given, data, split.error());
  if (data.task == Task::Anomaly) keep_anomalies_from_training(request.given, data);
  MOTE_TRY_VOID(check_splits(data));
  for (std::size_t k = 0; k < data.inputs.size(); ++k) {
    if (source.inputs[k].normalize == "group") {
      MOTE_TRY_VOID(normalize_groups(data, data.inputs[k]));
    } else {
      normalize(source.inputs[k].normalize, data.split, data.inputs[k]);
    }
  }
  normalize_numbers(data);
  return {};
}

}  // namespace mote
