#include "data/detail/rows.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/text.h"
#include "data/detail/assemble.h"
#include "data/detail/columns.h"
#include "data/detail/gaps.h"

namespace mote {
namespace {

constexpr std::size_t kMaxValues = 100'000;  // of one input of one sample

// ---- rows and their classes

/// A row that may become a sample.
struct Row {
  std::size_t index = 0;  ///< in the table at hand
  std::int32_t target = 0;
  std::string group;
  std::optional<Split> split;
  bool ignored = false;  ///< by its label; it still counts for the figures of its group
};

std::string place_of(const Table& table, const Row& row) {
  return text::cat(table.file, ", line ", table.lines[row.index]);
}

std::string place_of(const Table& table, const Row& row, std::size_t column) {
  return text::cat(place_of(table, row), ", column '", table.columns[column], "'");
}

/// Where a word about each row stands: in a column, or the same for all rows of the file.
struct WordColumn {
  std::string name;
  std::optional<std::size_t> column;
  std::string constant;

  std::string of(const Table& table, const Row& row) const {
    return column ? std::string(text::trim(table.rows[row.index][*column])) : constant;
  }
  std::string place(const Table& table, const Row& row) const {
    return column ? text::cat(place_of(table, row), ", column '", name, "'")
                  : text::cat(table.file, ", '", name, "'");
  }
};

Result<WordColumn> find_word(const std::string& name, const Table& table, const std::string& role) {
  WordColumn word{name, std::nullopt, ""};
  const auto field = table.fields.find(name);
  const bool is_column = std::find(table.columns.begin(), table.columns.end(), name) != table.columns.end();
  if (!name.empty() && !is_column && field != table.fields.end()) {
    word.constant = field->second;
  } else if (!name.empty()) {
    MOTE_TRY(word.column, find_column(name, table, role));
  }
  return word;
}

/// All rows of a table with label, group and split; those that cannot be used are dropped or an error.
Result<std::vector<Row>> collect_rows(const DataSource& source, const Table& table, LabelBook& labels,
                                      bool has_labels, LoadReport& report) {
  MOTE_TRY(const WordColumn label, find_word(has_labels ? source.label_column : "", table, "(label)"));
  MOTE_TRY(const WordColumn group, find_word(source.group_column, table, "(group)"));
  MOTE_TRY(const WordColumn split, find_word(source.split_column, table, "(split_column)"));
  std::vector<Row> rows;
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    Row row{r, 0, {}, table.split, false};
    ++report.rows;
    row.group = group.of(table, row);
    const std::string word = label.of(table, row);
    const bool no_label = !label.name.empty() && word.empty(),
               no_group = !group.name.empty() && row.group.empty();
    if (!label.name.empty() && !no_label) {
      MOTE_TRY(const auto target, labels.add(word, label.place(table, row)));
      row.ignored = !target.has_value();
      row.target = target.value_or(0);
    }
    if ((no_label || no_group) && !row.ignored) {
      if (source.missing == "drop") {
        ++report.dropped;
        continue;
      }
      return error(text::cat((no_label ? label : group).place(table, row), ": empty"),
                   no_label ? "fill in the class, or leave such rows out with missing = \"drop\""
                            : "fill in the group, or leave such rows out with missing = \"drop\"");
    }
    if (!split.name.empty() && !row.ignored) {
      MOTE_TRY(row.split, split_named(split.of(table, row), split.place(table, row)));
    }
    report.ignored += row.ignored;
    rows.push_back(std::move(row));
  }
  return rows;
}

// ---- values

/// Mean or median and a column's name → group → something.
template <class T>
using ByGroup = std::map<std::pair<Over, std::string>, std::map<std::string, T>>;

/// What is typical of columns over the rows of a group, over all files.  Ignored rows count, because a device that keeps such a
/// figure does not know the labels; missing cells do not.
using GroupFigures = ByGroup<double>;

double mean_of(const std::vector<double>& values) {
  double total = 0;
  for (const double value : values) total += value;
  return total / static_cast<double>(values.size());
}

/// Of an even number of values: the mean of the middle two.
double median_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : 0.5 * (values[half - 1] + values[half]);
}

/// Computes an input's values of one row.
class InputReader {
 public:
  InputReader(const InputSource& input, const DataSource& source, const GroupFigures& figures)
      : input_(input), source_(source), figures_(figures) {}

  const Table* table = nullptr;   ///< at hand
  std::vector<ColumnRule> rules;  ///< for it

  enum class Outcome { Kept, Dropped };

  /// Appends rules.size() values.
  Result<Outcome> read(const Row& row, Values& values, std::int64_t& zeroed) {
    cells_.clear();
    for (const ColumnRule& rule : rules) {
      const std::optional<double> value = value_of(rule, row);
      if (!value) MOTE_TRY_VOID(check_text(rule, row));
      cells_.push_back(value.value_or(NAN));
    }
    if (fills_gaps(source_) && input_.series) fill_gaps(source_.missing, step_width(), std::span(cells_));
    for (std::size_t k = 0; k < cells_.size(); ++k) {
      const float value = limited((cells_[k] - input_.offset) * input_.scale);
      if (std::isfinite(value)) {
        values.push_back(value);
        continue;
      }
      if (source_.missing == "error") return explain(rules[k], row);
      if (source_.missing != "zero") return Outcome::Dropped;
      values.push_back(0.0f);
      ++zeroed;
    }
    return Outcome::Kept;
  }

 private:
  /// An infinite value is missing, not large: limits do not hide a division by zero.
  float limited(double value) const {
    if (!std::isfinite(value)) return NAN;
    return static_cast<float>(std::clamp(value, input_.clip_low, input_.clip_high));
  }

  /// Values of a step of the series: all columns are steps, unless the project gives a shape [steps, channels].
  std::size_t step_width() const {
    return input_.shape.size() > 1 ? static_cast<std::size_t>(input_.shape.back()) : 1;
  }

  std::optional<double> value_of(const Operand& operand, const Row& row) const {
    if (operand.over == Over::Row)
      return number_in(table->rows[row.index][operand.column], source_.csv.decimal);
    const auto& by_group = figures_.at({operand.over, table->columns[operand.column]});
    const auto found = by_group.find(row.group);
    if (found == by_group.end()) return std::nullopt;
    return found->second;
  }

  std::optional<double> value_of(const ColumnRule& rule, const Row& row) const {
    if (rule.op == '=') return text::trim(table->rows[row.index][rule.left.column]) == rule.word ? 1.0 : 0.0;
    std::vector<double> operands;
    for (const Operand& operand : rule.operands()) {
      const std::optional<double> value = value_of(operand, row);
      if (!value) return value;
      operands.push_back(*value);
    }
    return rule.value(operands);
  }

  /// Text is no missing value, whatever `missing` says.
  Result<void> check_text(const ColumnRule& rule, const Row& row) const {
    for (const Operand& operand : rule.operands()) {
      if (operand.over != Over::Row) continue;
      const std::string_view cell = table->rows[row.index][operand.column];
      if (number_in(cell, source_.csv.decimal) || is_missing(cell)) continue;
      return not_a_number(place_of(*table, row, operand.column), cell, source_);
    }
    return {};
  }

  Error explain(const ColumnRule& rule, const Row& row) const {
    const std::string way_out = "correct the cell, or set missing = \"drop\" or \"zero\"";
    for (const Operand& operand : rule.operands()) {
      if (operand.over != Over::Row) continue;
      const std::string_view cell = table->rows[row.index][operand.column];
      if (number_in(cell, source_.csv.decimal)) continue;
      const std::string place = place_of(*table, row, operand.column);
      const std::string content(text::trim(cell));
      if (content.empty()) return error(text::cat(place, ": empty"), way_out);
      return error(text::cat(place, ": ", shown_cell(content), " is not finite"), way_out);
    }
    return error(text::cat(place_of(*table, row), ", '", rule.name, "': the value is not finite",
                           rule.op == '/' ? " (division by zero?)" : ""),
                 way_out);
  }

  const InputSource& input_;
  const DataSource& source_;
  const GroupFigures& figures_;
  std::vector<double> cells_;  // of the row at hand; NaN: missing
};

Result<void> resolve(const InputSource& input, const DataSource& source, const Table& table,
                     std::vector<ColumnRule>& rules) {
  rules.clear();
  for (const std::string& column : input.columns) {
    auto parsed = parse_columns(column, table);
    if (!parsed) return parsed.error().in(text::cat("input '", input.name, "'"));
    for (ColumnRule& rule : *parsed) {
      const bool by_group = rule.left.over != Over::Row || rule.right.over != Over::Row;
      if (by_group && source.group_column.empty()) {
        return error(text::cat("input '", input.name, "': '", rule.name, "' needs groups"),
                     "mean(…) and median(…) are over the sample's group: set group");
      }
      rules.push_back(std::move(rule));
    }
    if (rules.size() > kMaxValues) {
      return error(
          text::cat("input '", input.name, "': more than ", text::thousands(kMaxValues), " values a sample"),
          "cut the recordings into shorter samples");
    }
  }
  if (rules.empty())
    return error(text::cat("input '", input.name, "': no columns"), "columns = [\"s0..s124\"], say");
  return {};
}

/// The columns of the numbers that are predicted, read like an input's.
InputSource number_columns(const DataSource& source, Task task) {
  InputSource numbers;
  numbers.name = task == Task::MultiLabel ? "labels" : "target";
  numbers.series = false;  // side by side, not steps
  if (task == Task::MultiLabel) numbers.columns = source.labels;
  if (task == Task::Regression) numbers.columns = source.target.columns;
  return numbers;
}

Result<std::vector<std::int32_t>> sample_shape(const InputSource& input, std::size_t columns) {
  if (input.shape.empty()) {
    std::vector<std::int32_t> shape = {static_cast<std::int32_t>(columns)};
    if (input.series) shape.push_back(1);
    return shape;
  }
  std::int64_t count = 1;
  for (const std::int64_t extent : input.shape) count *= extent;
  if (count != static_cast<std::int64_t>(columns)) {
    return error(
        text::cat("input '", input.name, "': its shape has ", count, " values, its columns are ", columns),
        "the columns fill the shape row by row, the last axis fastest");
  }
  return std::vector<std::int32_t>(input.shape.begin(), input.shape.end());
}

Result<void> check_rows(const DataSource& source) {
  if (source.target.horizon > 0 || source.task == "remaining-life") {
    return error("data: rows that are samples have no time to look ahead in",
                 "reader = \"csv_series\" makes rows frames of a series");
  }
  for (const InputSource& input : source.inputs) {
    if (input.summary.empty()) continue;
    return error(text::cat("input '", input.name, "': a summary of rows"),
                 "summary is of windows: where rows are moments, set reader = \"csv_series\"");
  }
  return {};
}

}  // namespace

class RowSampler::Sampling {
 public:
  explicit Sampling(const DataSource& source)
      : source_(source),
        task_(task_of(source).value()),
        has_labels_(task_ == Task::Classification || task_ == Task::Anomaly),
        labels_(source, task_),
        number_source_(number_columns(source, task_)),
        numbers_(number_source_, source, figures_) {
    data_.name = source.name;
    data_.task = task_;
    data_.number.unit = source.target.unit;
    for (const InputSource& input : source.inputs) {
      readers_.push_back(InputReader(input, source, figures_));
      data_.inputs.push_back({input.name, input.unit, input.series ? input.rate_hz : 0, {}, {}, {}});
    }
  }

  /// First pass: the cells that figures of groups are made of.
  Result<void> look(const Table& table) {
    LabelBook labels(source_, task_);
    LoadReport report;
    MOTE_TRY(const std::vector<Row> rows, collect_rows(source_, table, labels, has_labels_, report));
    std::set<std::pair<Over, std::size_t>> seen;
    for (const InputSource& input : source_.inputs) {
      std::vector<ColumnRule> rules;
      MOTE_TRY_VOID(resolve(input, source_, table, rules));
      for (const ColumnRule& rule : rules) {
        for (const Operand& operand : rule.operands()) {
          if (operand.over == Over::Row || !seen.insert({operand.over, operand.column}).second) continue;
          auto& by_group = cells_[{operand.over, table.columns[operand.column]}];
          for (const Row& row : rows) {
            const std::string_view cell = table.rows[row.index][operand.column];
            const auto value = number_in(cell, source_.csv.decimal);
            if (value) by_group[row.group].push_back(*value);
            if (!value && !is_missing(cell))
              return not_a_number(place_of(table, row, operand.column), cell, source_);
          }
        }
      }
    }
    return {};
  }

  /// Second pass: the samples.
  Result<void> add(const Table& table) {
    for (auto& [what, groups] : cells_) {
      for (auto& [group, values] : groups)
        figures_[what][group] =
            what.first == Over::GroupMean ? mean_of(values) : median_of(std::move(values));
    }
    cells_.clear();
    MOTE_TRY(const std::vector<Row> rows, collect_rows(source_, table, labels_, has_labels_, data_.load));
    const bool all_ignored =
        std::all_of(rows.begin(), rows.end(), [](const Row& row) { return row.ignored; });
    if (all_ignored) return {};
    MOTE_TRY_VOID(prepare(table));
    const auto path = table.fields.find("path");
    data_.recordings.push_back(
        {table.file, path == table.fields.end() ? table.file : path->second, std::nullopt, false});
    for (const Row& row : rows) {
      if (!row.ignored) MOTE_TRY_VOID(add_sample(table, row));
    }
    return {};
  }

  Result<Dataset> finish() {
    if (has_labels_) {
      MOTE_TRY(data_.labels, labels_.finish(data_.target));
      data_.load.unmatched = labels_.unmatched();
    } else if (task_ == Task::MultiLabel) {
      data_.labels = source_.labels;
    }
    MOTE_TRY_VOID(finish_dataset(source_, std::move(given_), data_));
    return std::move(data_);
  }

 private:
  /// What the columns of this table mean.
  Result<void> prepare(const Table& table) {
    for (std::size_t k = 0; k < readers_.size(); ++k) {
      std::vector<ColumnRule>& rules = readers_[k].rules;
      readers_[k].table = &table;
      MOTE_TRY_VOID(resolve(source_.inputs[k], source_, table, rules));
      DataInput& input = data_.inputs[k];
      if (!input.shape.empty() && rules.size() == input.count()) continue;
      if (!input.shape.empty()) {
        return error(text::cat(table.file, ": input '", input.name, "' has ", rules.size(),
                               " columns here, but ", input.count(), " in other files"),
                     "name its columns so that they mean the same in every file");
      }
      MOTE_TRY(input.shape, sample_shape(source_.inputs[k], rules.size()));
      for (const ColumnRule& rule : rules) input.channels.push_back(rule.name);
    }
    if (number_source_.columns.empty()) return {};
    numbers_.table = &table;
    MOTE_TRY_VOID(resolve(number_source_, source_, table, numbers_.rules));
    data_.number.names.clear();
    for (const ColumnRule& rule : numbers_.rules) data_.number.names.push_back(rule.name);
    return {};
  }

  Result<void> add_sample(const Table& table, const Row& row) {
    bool kept = true;
    for (std::size_t k = 0; k < readers_.size() && kept; ++k) {
      MOTE_TRY(const auto outcome, readers_[k].read(row, data_.inputs[k].values, data_.load.zeroed_cells));
      kept = outcome == InputReader::Outcome::Kept;
    }
    if (kept && !number_source_.columns.empty()) {
      MOTE_TRY(const auto outcome, numbers_.read(row, data_.number.values, data_.load.zeroed_cells));
      kept = outcome == InputReader::Outcome::Kept;
    }
    if (!kept) {
      for (DataInput& input : data_.inputs) input.values.resize(data_.size() * input.count());
      data_.number.values.resize(data_.size() * data_.number.count());
      ++data_.load.dropped;
      return {};
    }
    data_.target.push_back(row.target);
    if (!source_.group_column.empty()) data_.group.push_back(row.group);
    data_.origin.push_back(text::cat(table.file, ":", table.lines[row.index]));
    given_.push_back(row.split);
    return {};
  }

  const DataSource& source_;
  Task task_;
  bool has_labels_;
  LabelBook labels_;
  Dataset data_;
  std::vector<std::optional<Split>> given_;
  ByGroup<std::vector<double>> cells_;  // until the figures are made of them
  GroupFigures figures_;
  std::vector<InputReader> readers_;
  InputSource number_source_;
  InputReader numbers_;
};

RowSampler::RowSampler(const DataSource& source) : sampling_(std::make_unique<Sampling>(source)) {}
RowSampler::~RowSampler() = default;
Result<void> RowSampler::look(const Table& table) { return sampling_->look(table); }
Result<void> RowSampler::add(const Table& table) { return sampling_->add(table); }
Result<Dataset> RowSampler::finish() { return sampling_->finish(); }

bool RowSampler::wants_to_look(const DataSource& source) {
  for (const InputSource& input : source.inputs) {
    for (const std::string& column : input.columns) {
      if (column.find("mean(") != std::string::npos || column.find("median(") != std::string::npos)
        return true;
    }
  }
  return false;
}

Result<void> RowSampler::check(const DataSource& source) { return check_rows(source); }

Result<Dataset> make_dataset(const DataSource& source, std::span<const Table> tables) {
  MOTE_TRY_VOID(check_source(source));
  MOTE_TRY_VOID(RowSampler::check(source));
  RowSampler sampler(source);
  for (const Table& table : tables) MOTE_TRY_VOID(sampler.look(table));
  for (const Table& table : tables) MOTE_TRY_VOID(sampler.add(table));
  return sampler.finish();
}

}  // namespace mote
