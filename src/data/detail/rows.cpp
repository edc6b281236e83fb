// Tables whose rows are samples become a Dataset: each row's class, its inputs' values, its numbers.
#include "data/reader.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/text.h"
#include "data/detail/assemble.h"
#include "data/detail/columns.h"

namespace mote {
namespace {

constexpr std::size_t kMaxValues = 100'000;  // of one input of one sample

// ---- rows and their classes

/// A row that may become a sample.
struct Row {
  const Table* table = nullptr;
  std::size_t index = 0;
  std::int32_t target = 0;
  std::string group;
  std::optional<Split> split;
  bool ignored = false;  ///< by its label; it still counts for the figures of its group

  const std::string& cell(std::size_t column) const { return table->rows[index][column]; }
  std::string place() const { return text::cat(table->file, ", line ", table->lines[index]); }
};

/// Where a word about each row stands: in a column, or the same for all rows of the file.
struct WordColumn {
  std::string name;
  std::optional<std::size_t> column;
  std::string constant;

  std::string of(const Row& row) const {
    return column ? std::string(text::trim(row.cell(*column))) : constant;
  }
  std::string place(const Row& row) const {
    return column ? text::cat(row.place(), ", column '", name, "'")
                  : text::cat(row.table->file, ", '", name, "'");
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
Result<void> collect_rows(const DataSource& source, const Table& table, LabelBook& labels, bool has_labels,
                          std::vector<Row>& rows, LoadReport& report) {
  MOTE_TRY(const WordColumn label, find_word(has_labels ? source.label_column : "", table, "(label)"));
  MOTE_TRY(const WordColumn group, find_word(source.group_column, table, "(group)"));
  MOTE_TRY(const WordColumn split, find_word(source.split_column, table, "(split_column)"));
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    Row row{&table, r, 0, {}, table.split, false};
    ++report.rows;
    row.group = group.of(row);
    const std::string word = label.of(row);
    const bool no_label = !label.name.empty() && word.empty(),
               no_group = !group.name.empty() && row.group.empty();
    if (!label.name.empty() && !no_label) {
      MOTE_TRY(const auto target, labels.add(word, label.place(row)));
      row.ignored = !target.has_value();
      row.target = target.value_or(0);
    }
    if ((no_label || no_group) && !row.ignored) {
      if (source.missing == "drop") {
        ++report.dropped;
        continue;
      }
      return error(text::cat((no_label ? label : group).place(row), ": empty"),
                   no_label ? "fill in the class, or leave such rows out with missing = \"drop\""
                            : "fill in the group, or leave such rows out with missing = \"drop\"");
    }
    if (!split.name.empty() && !row.ignored) {
      MOTE_TRY(row.split, split_named(split.of(row), split.place(row)));
    }
    report.ignored += row.ignored;
    rows.push_back(std::move(row));
  }
  return {};
}

// ---- values

/// What is typical of columns over the rows of a group, over all files: mean or median and column name → group
/// → value.  Ignored rows count, because a device that keeps such a figure does not know the labels; cells that
/// are no numbers do not.
using GroupFigures = std::map<std::pair<Over, std::string>, std::map<std::string, double>>;

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

void add_group_figure(const Operand& operand, const Table& from, const std::vector<Row>& rows,
                      GroupFigures& figures) {
  if (operand.over == Over::Row) return;
  const std::string& name = from.columns[operand.column];
  const auto [place, is_new] = figures.try_emplace({operand.over, name});
  if (!is_new) return;
  std::map<std::string, std::vector<double>> values;
  const Table* table = nullptr;
  std::size_t column = 0;
  for (const Row& row : rows) {
    if (row.table != table) {
      table = row.table;
      const auto found = std::find(table->columns.begin(), table->columns.end(), name);
      column = static_cast<std::size_t>(found - table->columns.begin());
    }
    if (column >= table->columns.size()) continue;  // find_column reports it
    if (const std::optional<double> value = number_in(row.cell(column))) values[row.group].push_back(*value);
  }
  for (auto& [group, list] : values)
    place->second[group] = operand.over == Over::GroupMean ? mean_of(list) : median_of(std::move(list));
}

/// Computes an input's values of one row.
class InputReader {
 public:
  InputReader(const InputSource& input, const DataSource& source, const GroupFigures& figures)
      : input_(input), source_(source), figures_(figures) {}

  std::vector<ColumnRule> rules;  ///< for the table at hand

  enum class Outcome { Kept, Dropped };

  /// Appends rules.size() values.
  Result<Outcome> read(const Row& row, Values& values, std::int64_t& zeroed) const {
    for (const ColumnRule& rule : rules) {
      const std::optional<double> cell = value_of(rule, row);
      const float value = cell ? limited((*cell - input_.offset) * input_.scale) : NAN;
      if (std::isfinite(value)) {
        values.push_back(value);
        continue;
      }
      if (source_.missing == "drop") return Outcome::Dropped;
      if (source_.missing == "error") return explain(rule, row);
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

  std::optional<double> value_of(const Operand& operand, const Row& row) const {
    if (operand.over == Over::Row) return number_in(row.cell(operand.column));
    const auto& by_group = figures_.at({operand.over, row.table->columns[operand.column]});
    const auto found = by_group.find(row.group);
    if (found == by_group.end()) return std::nullopt;
    return found->second;
  }

  std::optional<double> value_of(const ColumnRule& rule, const Row& row) const {
    if (rule.op == '=') return text::trim(row.cell(rule.left.column)) == rule.word ? 1.0 : 0.0;
    std::vector<double> operands;
    for (const Operand& operand : rule.operands()) {
      const std::optional<double> value = value_of(operand, row);
      if (!value) return value;
      operands.push_back(*value);
    }
    return rule.value(operands);
  }

  Error explain(const ColumnRule& rule, const Row& row) const {
    const std::string way_out = "correct the cell, or set missing = \"drop\" or \"zero\"";
    for (const Operand& operand : rule.operands()) {
      if (operand.over != Over::Row) continue;
      const std::string& cell = row.cell(operand.column);
      if (number_in(cell)) continue;
      const std::string place =
          text::cat(row.place(), ", column '", row.table->columns[operand.column], "': ");
      const std::string content(text::trim(cell));
      if (content.empty()) return error(text::cat(place, "empty"), way_out);
      if (text::to_double(content))
        return error(text::cat(place, shown_cell(content), " is not finite"), way_out);
      const bool comma = content.find(',') != std::string::npos;
      return error(text::cat(place, shown_cell(content), " is not a number"),
                   comma ? "write decimals with a point: 1.5" : way_out);
    }
    return error(text::cat(row.place(), ", '", rule.name, "': the value is not finite",
                           rule.op == '/' ? " (division by zero?)" : ""),
                 way_out);
  }

  const InputSource& input_;
  const DataSource& source_;
  const GroupFigures& figures_;
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

Result<void> fill_samples(const DataSource& source, const std::vector<Row>& rows, Dataset& data,
                          std::vector<std::optional<Split>>& given) {
  for (const InputSource& input : source.inputs) {
    if (input.summary.empty()) continue;
    return error(text::cat("input '", input.name, "': a summary of rows"),
                 "summary is of windows: where rows are moments, set reader = \"csv_series\"");
  }
  GroupFigures figures;
  std::vector<InputReader> readers;
  for (const InputSource& input : source.inputs) {
    readers.push_back(InputReader(input, source, figures));
    data.inputs.push_back({input.name, input.unit, input.series ? input.rate_hz : 0, {}, {}, {}});
  }
  const InputSource number_source = number_columns(source, data.task);
  InputReader numbers(number_source, source, figures);
  const Table* table = nullptr;
  for (const Row& row : rows) {
    if (row.ignored) continue;
    if (row.table != table) {
      table = row.table;
      for (std::size_t k = 0; k < readers.size(); ++k) {
        std::vector<ColumnRule>& rules = readers[k].rules;
        MOTE_TRY_VOID(resolve(source.inputs[k], source, *table, rules));
        for (const ColumnRule& rule : rules) {
          add_group_figure(rule.left, *table, rows, figures);
          add_group_figure(rule.right, *table, rows, figures);
        }
        DataInput& input = data.inputs[k];
        if (!input.shape.empty() && rules.size() == input.count()) continue;
        if (!input.shape.empty()) {
          return error(text::cat(table->file, ": input '", input.name, "' has ", rules.size(),
                                 " columns here, but ", input.count(), " in other files"),
                       "name its columns so that they mean the same in every file");
        }
        MOTE_TRY(input.shape, sample_shape(source.inputs[k], rules.size()));
        for (const ColumnRule& rule : rules) input.channels.push_back(rule.name);
        input.values.reserve(rows.size() * rules.size());
      }
      if (!number_source.columns.empty()) {
        MOTE_TRY_VOID(resolve(number_source, source, *table, numbers.rules));
        data.number.names.clear();
        for (const ColumnRule& rule : numbers.rules) data.number.names.push_back(rule.name);
      }
    }
    bool kept = true;
    for (std::size_t k = 0; k < readers.size() && kept; ++k) {
      MOTE_TRY(const auto outcome, readers[k].read(row, data.inputs[k].values, data.load.zeroed_cells));
      kept = outcome == InputReader::Outcome::Kept;
    }
    if (kept && !number_source.columns.empty()) {
      MOTE_TRY(const auto outcome, numbers.read(row, data.number.values, data.load.zeroed_cells));
      kept = outcome == InputReader::Outcome::Kept;
    }
    if (!kept) {
      for (DataInput& input : data.inputs) input.values.resize(data.size() * input.count());
      data.number.values.resize(data.size() * data.number.count());
      ++data.load.dropped;
      continue;
    }
    data.target.push_back(row.target);
    if (!source.group_column.empty()) data.group.push_back(row.group);
    data.origin.push_back(text::cat(table->file, ":", table->lines[row.index]));
    given.push_back(row.split);
  }
  return {};
}

}  // namespace

Result<Dataset> make_dataset(const DataSource& source, std::span<const Table> tables) {
  MOTE_TRY_VOID(check_source(source));
  if (source.target.horizon > 0 || source.task == "remaining-life") {
    return error("data: rows that are samples have no time to look ahead in",
                 "reader = \"csv_series\" makes rows frames of a series");
  }
  Dataset data;
  data.name = source.name;
  MOTE_TRY(data.task, task_of(source));
  data.number.unit = source.target.unit;
  const bool has_labels = data.task == Task::Classification || data.task == Task::Anomaly;
  LabelBook labels(source, data.task);
  std::vector<Row> rows;
  for (const Table& table : tables)
    MOTE_TRY_VOID(collect_rows(source, table, labels, has_labels, rows, data.load));
  std::vector<std::optional<Split>> given;
  MOTE_TRY_VOID(fill_samples(source, rows, data, given));
  if (has_labels) {
    MOTE_TRY(data.labels, labels.finish(data.target));
  } else if (data.task == Task::MultiLabel) {
    data.labels = source.labels;
  }
  MOTE_TRY_VOID(finish_dataset(source, std::move(given), data));
  return data;
}

}  // namespace mote
