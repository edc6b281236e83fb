// Settings that would do nothing: a key is for some kinds of data, tasks and methods, and where the project is of another kind the
// user is told, instead of wondering why nothing changed.
#include <algorithm>
#include <optional>

#include "app/project.h"
#include "app/project_data.h"
#include "base/text.h"
#include "data/files.h"

namespace mote {
namespace {
using P = const Project&;

/// The reader of the first file whose reader is known; null: none, and any key may have a meaning.
const Reader* reader_of(P p) {
  if (p.is_generated()) return find_reader("csv_wide").value();
  for (const auto& file : data_files(p)) {
    if (const auto reader = reader_for(p.data, file)) return *reader;
  }
  return nullptr;
}

bool is_read_as(P p, std::initializer_list<std::string_view> readers) {
  const Reader* reader = reader_of(p);
  return reader == nullptr || std::find(readers.begin(), readers.end(), reader->name) != readers.end();
}

bool has_task(P p, std::initializer_list<std::string_view> tasks) {
  const std::string task = !p.data.task.empty()            ? p.data.task
                           : p.data.target.columns.empty() ? "classification"
                                                           : "regression";
  return std::find(tasks.begin(), tasks.end(), task) != tasks.end();
}

bool is_of_time(P p) {
  const Reader* reader = reader_of(p);
  return reader == nullptr || (reader->recordings != nullptr && !is_read_as(p, {"image"}));
}

bool has_labels(P p) { return has_task(p, {"classification", "anomaly"}); }

/// Keys, and where they do something.
struct Use {
  std::vector<std::string_view> keys;
  bool (*applies)(P p);
  std::string_view where, hint;
};

const std::vector<Use>& uses() {
  static const std::vector<Use> all = {
      {{"data.window", "data.hop", "data.steps", "data.align", "data.shorter", "data.around", "data.before",
        "data.test_windows", "data.label_at", "data.horizon", "data.predict", "data.cap", "data.remaining",
        "data.input.stream", "data.input.summary"},
       is_of_time,
       "of recordings over time",
       "where rows of a table are moments, add reader = \"csv_series\" to [data]; else remove the line"},
      {{"data.time", "data.time_unit", "data.month_first", "data.sort", "data.recording", "data.rows",
        "data.sensor", "data.intervals", "data.gap"},
       [](P p) { return is_read_as(p, {"csv_series"}); },
       "of tables whose rows are moments",
       "add reader = \"csv_series\" to [data], or remove the line"},
      {{"data.header", "data.decimal", "data.missing_values"},
       [](P p) {
         return is_read_as(p, {"csv_wide", "csv_series"});
       },
       "of tables of text",
       "remove the line"},
      {{"data.size", "data.color", "data.fit"},
       [](P p) {
         return is_read_as(p, {"image", "idx", "npy"});
       },
       "of pictures",
       "remove the line; raw camera frames also need reader = \"image\""},
      {{"data.format"},
       [](P p) { return is_read_as(p, {"image"}); },
       "of raw camera frames",
       "add reader = \"image\" to [data], or remove the line"},
      {{"data.hmac_key"},
       [](P p) { return is_read_as(p, {"edge_impulse"}); },
       "of signed acquisition files",
       "add reader = \"edge_impulse\" to [data], or remove the line"},
      {{"data.fit"},
       [](P p) { return p.data.image.width > 0; },
       "of pictures that are brought to a size",
       "add size = [width, height] to [data], or remove the line"},
      {{"data.input.rate", "data.input.period", "data.input.series"},
       [](P p) { return reader_of(p) == nullptr || !is_read_as(p, {"image"}); },
       "of series",
       "remove the line: a picture has no time"},
      {{"data.hop", "data.align", "data.label_at", "data.test_windows", "data.shorter", "data.around"},
       [](P p) { return p.data.window.length > 0; },
       "of windows",
       "add window = … to [data], or remove the line"},
      {{"data.hop", "data.align"},
       [](P p) { return p.data.window.around.empty(); },
       "of windows that lie one behind another",
       "remove the line, or 'around'"},
      {{"data.label_at"}, has_labels, "where one class is learned", "remove the line"},
      {{"data.test_windows"},
       [](P p) { return p.data.split_files.count(Split::Test) > 0; },
       "of test recordings that are given by files",
       "remove the line, or name files: train = … and test = …"},
      {{"data.steps"},
       [](P p) { return p.data.window.length == 0; },
       "where there is no 'window'",
       "keep one of them: a window is cut, steps stretch the whole recording"},
      {{"data.before"},
       [](P p) { return !p.data.window.around.empty(); },
       "of windows around a mark",
       "add around = … to [data], or remove the line"},
      {{"data.time_unit", "data.month_first", "data.sort", "data.gap"},
       [](P p) { return !p.data.series.time.empty(); },
       "where there is a clock",
       "add time = … to [data], or remove the line"},
      {{"data.intervals"},
       [](P p) { return p.data.label_column == "interval" || p.data.window.around == "interval"; },
       "of the mark 'interval'",
       "add label = \"interval\" to [data], or remove the line"},
      {{"data.target", "data.predict"},
       [](P p) {
         return has_task(p, {"regression", "forecast"});
       },
       "where the number of a column is predicted",
       "set task = \"regression\", say, or remove the line"},
      {{"data.target_unit"},
       [](P p) {
         return has_task(p, {"regression", "forecast", "remaining-life"});
       },
       "where a number is predicted",
       "set task = \"regression\", say, or remove the line"},
      {{"data.horizon"},
       [](P p) {
         return has_task(p, {"regression", "forecast"});
       },
       "of a forecast",
       "set task = \"forecast\", or remove the line"},
      {{"data.cap", "data.remaining"},
       [](P p) { return has_task(p, {"remaining-life"}); },
       "of remaining life",
       "set task = \"remaining-life\", or remove the line"},
      {{"data.normal", "data.threshold"},
       [](P p) { return has_task(p, {"anomaly"}); },
       "of anomalies",
       "set task = \"anomaly\", or remove the line"},
      {{"data.labels"},
       [](P p) { return has_labels(p) || has_task(p, {"multi-label"}); },
       "where classes are learned",
       "remove the line, or 'target'"},
      {{"data.label", "data.rename", "data.ignore"},
       has_labels,
       "where one class is learned",
       "remove the line, or say another task"},
      {{"data.folds", "data.fold"},
       [](P p) { return p.data.split_by == "k-fold"; },
       "of folds",
       "set split = \"k-fold\", or remove the line"},
      {{"data.train_length"},
       [](P p) { return p.data.split_by == "time"; },
       "of a split by time",
       "set split = \"time\", or remove the line"},
      {{"data.train_length", "data.test_share"},
       [](P p) { return p.data.split_files.count(Split::Test) == 0; },
       "where no test files are given",
       "remove the line, or 'test'"},
      {{"data.test_share"},
       [](P p) { return p.data.split_by != "k-fold" && p.data.split_by != "column"; },
       "where neither folds nor a column say what the test is",
       "remove the line"},
      {{"data.test_share"},
       [](P p) { return p.data.train_length == 0; },
       "where there is no 'train_length'",
       "keep one of them: both say where the test begins"},
      {{"data.seed"},
       [](P p) { return p.data.split_by != "time"; },
       "of a split by chance",
       "remove the line: time decides"},
      {{"data.validation_share"},
       [](P p) { return p.data.split_files.count(Split::Validation) == 0; },
       "where no validation files are given",
       "remove the line, or 'validation'"},
      {{"train.patience"},
       [](P p) { return p.train.monitor != "last"; },
       "where the best epoch is kept",
       "remove the line, or monitor = \"last\""},
      {{"train.momentum"},
       [](P p) { return p.train.optimizer == "sgd"; },
       "of sgd",
       "set optimizer = \"sgd\", or remove the line"},
      {{"train.step_epochs", "train.step_factor"},
       [](P p) { return p.train.schedule == "step"; },
       "of steps",
       "set schedule = \"step\", or remove the line"},
      {{"train.focal_gamma"},
       [](P p) { return p.train.loss == "focal"; },
       "of the focal loss",
       "set loss = \"focal\", or remove the line"},
      {{"train.huber_delta"},
       [](P p) { return p.train.loss == "huber"; },
       "of the Huber loss",
       "set loss = \"huber\", or remove the line"},
      {{"train.quantile"},
       [](P p) { return p.train.loss == "pinball"; },
       "of the pinball loss",
       "set loss = \"pinball\", or remove the line"},
      {{"quantize.percentile"},
       [](P p) { return p.quantize.calibration == "percentile"; },
       "of a calibration by percentile",
       "set calibration = \"percentile\", or remove the line"},
  };
  return all;
}

}  // namespace

Result<void> check_uses(P project) {
  std::optional<std::pair<int, Error>> first;
  for (const Use& use : uses()) {
    for (const std::string_view key : use.keys) {
      const auto line = project.lines.find(std::string(key));
      if (line == project.lines.end() || use.applies(project)) continue;
      if (first && first->first <= line->second) continue;
      const std::string_view name = key.substr(key.rfind('.') + 1);
      first.emplace(line->second, error(text::cat(project.file, ", line ", line->second, ": '", name,
                                                  "' has no effect here, it is ", use.where),
                                        std::string(use.hint)));
    }
  }
  if (first) return first->second;
  return {};
}

}  // namespace mote
