// From mote.toml's [data] table to a Dataset: read the files, give rows their classes, compute the inputs'
// values, split. The steps stand in make_dataset at the bottom.  Read detail/columns.h and detail/split.h for two of them.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/system.h"
#include "base/text.h"
#include "data/detail/columns.h"
#include "data/detail/split.h"
#include "data/reader.h"

namespace mote {
namespace {

constexpr std::size_t kMaxLabels = 1000;
constexpr std::size_t kMaxValues = 100'000;  // of one input of one sample

// ---- checking the request

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
    if (input.columns.empty())
      return error(text::cat(place, ": no columns"), "columns = [\"s0..s124\"], say");
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

Result<void> check_source(const DataSource& source) {
  MOTE_TRY_VOID(check_inputs(source));
  MOTE_TRY_VOID(check_fractions(source));
  MOTE_TRY_VOID(check_validation_groups(source));
  MOTE_TRY_VOID(check_one_of("data.missing", source.missing, {"error", "drop", "zero"}));
  MOTE_TRY_VOID(check_one_of("data.split", source.split_by, {"random", "group", "column", "file"}));
  if (source.label_column.empty()) return error("data: no label", "name the column that holds the class");
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

// ---- rows and their classes

/// A row that may become a sample.
struct Row {
  const Table* table = nullptr;
  std::size_t index = 0;
  std::string label;
  std::string group;
  std::optional<Split> split;
  bool ignored = false;  ///< by its label; it still counts for the figures of its group

  const std::string& cell(std::size_t column) const { return table->rows[index][column]; }
  std::string place() const { return text::cat(table->file, ", line ", table->lines[index]); }
};

std::string quoted(const std::string& cell) {
  constexpr std::size_t kShown = 40;
  return text::cat("'", cell.substr(0, kShown), cell.size() > kShown ? "…'" : "'");
}

Result<Split> split_named(const std::string& cell, const Row& row, const std::string& column) {
  const std::string name = text::lower(cell);
  for (const Split split : {Split::Train, Split::Validation, Split::Test, Split::Unused}) {
    if (name == name_of(split)) return split;
  }
  if (name == "val" || name == "valid") return Split::Validation;
  return error(text::cat(row.place(), ", column '", column, "': ", quoted(cell), " is not a split"),
               "a split is train, validation, test or unused");
}

/// All rows of a table with label, group and split; those that cannot be used are dropped or an error.
Result<void> collect_rows(const DataSource& source, const Table& table, std::vector<Row>& rows,
                          LoadReport& report) {
  MOTE_TRY(const std::size_t label_at, find_column(source.label_column, table, "(label)"));
  std::size_t group_at = 0, split_at = 0;
  if (!source.group_column.empty()) {
    MOTE_TRY(group_at, find_column(source.group_column, table, "(group)"));
  }
  if (!source.split_column.empty()) {
    MOTE_TRY(split_at, find_column(source.split_column, table, "(split_column)"));
  }
  const std::set<std::string> ignored(source.ignore_labels.begin(), source.ignore_labels.end());
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    Row row{&table, r, std::string(text::trim(table.rows[r][label_at])), {}, table.split, false};
    row.ignored = ignored.count(row.label) > 0;
    if (!source.group_column.empty()) row.group = std::string(text::trim(row.cell(group_at)));
    ++report.rows;
    const bool no_label = row.label.empty(), no_group = !source.group_column.empty() && row.group.empty();
    if ((no_label || no_group) && !row.ignored) {
      if (source.missing == "drop") {
        ++report.dropped;
        continue;
      }
      return error(text::cat(row.place(), ", column '", no_label ? source.label_column : source.group_column,
                             "': empty"),
                   no_label ? "fill in the class, or leave such rows out with missing = \"drop\""
                            : "fill in the group, or leave such rows out with missing = \"drop\"");
    }
    if (!source.split_column.empty() && !row.ignored) {
      MOTE_TRY(row.split, split_named(std::string(text::trim(row.cell(split_at))), row, source.split_column));
    }
    report.ignored += row.ignored;
    rows.push_back(std::move(row));
  }
  return {};
}

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

/// The classes: as given, or all that occur.  Every row's label is one of them.
Result<std::vector<std::string>> find_labels(const DataSource& source, const std::vector<Row>& rows) {
  std::set<std::string> known(source.labels.begin(), source.labels.end());
  std::vector<std::string> labels = source.labels;
  for (const Row& row : rows) {
    if (row.ignored || known.count(row.label) > 0) continue;
    if (!source.labels.empty()) {
      return error(
          text::cat(row.place(), ", column '", source.label_column, "': unknown label ", quoted(row.label)),
          text::cat(text::suggest(row.label, source.labels), "; or add it to labels or ignore"));
    }
    known.insert(row.label);
    labels.push_back(row.label);
    if (labels.size() > kMaxLabels) {
      return error(
          text::cat("column '", source.label_column, "' holds more than ", kMaxLabels, " different labels"),
          "is it the column of the class, and not of a measurement?");
    }
  }
  if (labels.empty()) {
    return error(text::cat(source.name.empty() ? std::string("data") : source.name, ": no sample is left"),
                 "every row is ignored by its label or dropped for missing cells");
  }
  if (source.labels.empty()) sort_labels(labels);
  return labels;
}

// ---- values

std::optional<double> number_in(const std::string& cell) {
  std::optional<double> number = text::to_double(cell);
  if (!number) number = text::to_double(text::trim(cell));
  if (number && !std::isfinite(*number)) number.reset();
  return number;
}

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

double apply(char op, double a, double b) {
  switch (op) {
    case '/':
      return a / b;
    case '-':
      return a - b;
    case '+':
      return a + b;
    default:
      return a * b;
  }
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
    const std::optional<double> left = value_of(rule.left, row);
    if (rule.op == 0 || !left) return left;
    const std::optional<double> right = value_of(rule.right, row);
    if (!right) return right;
    return apply(rule.op, *left, *right);
  }

  Error explain(const ColumnRule& rule, const Row& row) const {
    const std::string way_out = "correct the cell, or set missing = \"drop\" or \"zero\"";
    std::vector<Operand> operands = {rule.left};
    if (rule.op != 0) operands.push_back(rule.right);
    for (const Operand& operand : operands) {
      if (operand.over != Over::Row) continue;
      const std::string& cell = row.cell(operand.column);
      if (number_in(cell)) continue;
      const std::string place =
          text::cat(row.place(), ", column '", row.table->columns[operand.column], "': ");
      const std::string content(text::trim(cell));
      if (content.empty()) return error(text::cat(place, "empty"), way_out);
      if (text::to_double(content))
        return error(text::cat(place, quoted(content), " is not finite"), way_out);
      const bool comma = content.find(',') != std::string::npos;
      return error(text::cat(place, quoted(content), " is not a number"),
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
  return {};
}

Result<void> fill_samples(const DataSource& source, const std::vector<Row>& rows, Dataset& data,
                          std::vector<std::optional<Split>>& given) {
  GroupFigures figures;
  std::vector<InputReader> readers;
  for (const InputSource& input : source.inputs) {
    readers.push_back(InputReader(input, source, figures));
    data.inputs.push_back({input.name, input.unit, input.series ? input.rate_hz : 0, {}, {}, {}});
  }
  std::map<std::string, std::int32_t> target_of;
  for (std::size_t k = 0; k < data.labels.size(); ++k)
    target_of[data.labels[k]] = static_cast<std::int32_t>(k);

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
        input.shape = {static_cast<std::int32_t>(rules.size())};
        if (source.inputs[k].series) input.shape.push_back(1);
        for (const ColumnRule& rule : rules) input.channels.push_back(rule.name);
        input.values.reserve(rows.size() * rules.size());
      }
    }
    bool kept = true;
    for (std::size_t k = 0; k < readers.size() && kept; ++k) {
      MOTE_TRY(const auto outcome, readers[k].read(row, data.inputs[k].values, data.load.zeroed_cells));
      kept = outcome == InputReader::Outcome::Kept;
    }
    if (!kept) {
      for (DataInput& input : data.inputs) input.values.resize(data.size() * input.count());
      ++data.load.dropped;
      continue;
    }
    data.target.push_back(target_of.at(row.label));
    if (!source.group_column.empty()) data.group.push_back(row.group);
    data.origin.push_back(text::cat(table->file, ":", table->lines[row.index]));
    given.push_back(row.split);
  }
  return {};
}

// ---- the result

Result<void> check_classes(const DataSource& source, const Dataset& data) {
  std::vector<std::size_t> counts(data.labels.size());
  for (const std::int32_t target : data.target) ++counts[static_cast<std::size_t>(target)];
  if (data.size() == 0) {
    return error("data: no sample is left", "every row is ignored by its label or dropped for missing cells");
  }
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

}  // namespace

Result<const Reader*> find_reader(const std::string& name) {
  std::vector<std::string> known;
  for (const Reader* reader : reader_registry()) {
    if (reader->name == name) return reader;
    known.push_back(std::string(reader->name));
  }
  return error(text::cat("data.reader: '", name, "' is not known"), text::suggest(name, known));
}

Result<Dataset> make_dataset(const DataSource& source, std::span<const Table> tables) {
  MOTE_TRY_VOID(check_source(source));
  Dataset data;
  data.name = source.name;
  std::vector<Row> rows;
  for (const Table& table : tables) MOTE_TRY_VOID(collect_rows(source, table, rows, data.load));
  MOTE_TRY(data.labels, find_labels(source, rows));

  SplitRequest request;
  MOTE_TRY_VOID(fill_samples(source, rows, data, request.given));
  MOTE_TRY_VOID(check_classes(source, data));

  bool some_given = false;
  for (const auto& given : request.given) some_given = some_given || given.has_value();
  if (!source.validation_groups.empty()) {
    MOTE_TRY_VOID(give_validation_groups(source, data, request.given));
  }
  request.validation_fraction = source.validation_fraction;
  request.test_fraction = source.test_fraction;
  request.by_group = source.split_by == "group" || (some_given && !source.group_column.empty());
  request.seed = source.seed;
  MOTE_TRY_VOID(split_dataset(data, request));
  MOTE_TRY_VOID(check_splits(data));
  return data;
}

Result<Dataset> load_dataset(const DataSource& source) {
  MOTE_TRY_VOID(check_source(source));
  MOTE_TRY(const Reader* const reader, find_reader(source.reader.empty() ? "csv_wide" : source.reader));
  if (source.files.empty() && source.split_files.empty()) {
    return error("data: no files", "name them: source = [\"beats.csv\"], or train = … and test = …");
  }
  if (source.split_by == "file" && source.split_files.empty()) {
    return error("data: split = \"file\" without files by split", "name the files of train and test");
  }
  std::vector<Table> tables;
  std::set<std::string> seen;
  const auto read = [&](const std::filesystem::path& file, std::optional<Split> split) -> Result<void> {
    if (!seen.insert(file.lexically_normal().string()).second) {
      return error(text::cat("data: '", file.string(), "' is named twice"),
                   "its samples would stand on two sides of the split; name each file once");
    }
    MOTE_TRY(const Bytes bytes, read_file(file, kDataFileMaxBytes));
    MOTE_TRY(Table table, reader->table(bytes, {file.filename().string(), source, {}}));
    table.split = split;
    tables.push_back(std::move(table));
    return {};
  };
  for (const auto& file : source.files) MOTE_TRY_VOID(read(file, std::nullopt));
  for (const auto& [split, files] : source.split_files) {
    for (const auto& file : files) MOTE_TRY_VOID(read(file, split));
  }
  return make_dataset(source, tables);
}

}  // namespace mote
