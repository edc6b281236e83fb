// Ranges "s0..s124", operators "a / b" and mean(a): the small language of an input's columns.
#include "data/detail/columns.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <optional>
#include <utility>

#include "base/text.h"

namespace mote {
namespace {

constexpr std::int64_t kMaxRange = 100'000;

std::optional<std::size_t> index_of(const std::string& name, const Table& table) {
  const auto found = std::find(table.columns.begin(), table.columns.end(), name);
  if (found == table.columns.end()) return std::nullopt;
  return static_cast<std::size_t>(found - table.columns.begin());
}

/// "s012" → prefix "s", number 12, width 3 (0 when there is no leading zero to keep).
struct NumberedName {
  std::string prefix;
  std::int64_t number = 0;
  std::size_t width = 0;
};

std::optional<NumberedName> numbered(std::string_view name) {
  std::size_t digits = 0;
  while (digits < name.size() && std::isdigit(static_cast<unsigned char>(name[name.size() - 1 - digits])))
    ++digits;
  if (digits == 0 || digits > 9) return std::nullopt;
  const std::string_view tail = name.substr(name.size() - digits);
  const std::optional<std::int64_t> number = text::to_int(tail);
  if (!number) return std::nullopt;
  const bool padded = digits > 1 && tail.front() == '0';
  return NumberedName{std::string(name.substr(0, name.size() - digits)), *number, padded ? digits : 0};
}

std::string numbered_name(const NumberedName& first, std::int64_t number) {
  std::string digits = std::to_string(number);
  if (digits.size() < first.width) digits.insert(0, first.width - digits.size(), '0');
  return first.prefix + digits;
}

struct NameRange {
  NumberedName first;
  std::int64_t last = 0;
};

Result<NameRange> range_of(const std::string& text, std::size_t dots, const std::string& place) {
  const auto first = numbered(text::trim(std::string_view(text).substr(0, dots)));
  const auto last = numbered(text::trim(std::string_view(text).substr(dots + 2)));
  const bool same_word = first && last && first->prefix == last->prefix;
  // "s1..s03": neither s3 nor s01 is meant for sure.
  const bool same_digits =
      same_word && numbered_name(*first, last->number) == numbered_name(*last, last->number);
  if (!same_digits || last->number < first->number) {
    return error(text::cat(place, ": '", text, "' is not a range of columns"),
                 "a range is two numbered names with the same beginning, the lower first: \"s0..s124\"");
  }
  if (last->number - first->number >= kMaxRange) {
    return error(text::cat(place, ": '", text, "' names more than 100,000 columns"), "cut it shorter");
  }
  return NameRange{*first, last->number};
}

/// Columns numbered from one to the other, wherever they stand.
Result<std::vector<ColumnRule>> parse_numbers(const std::string& text, std::size_t dots, const Table& table) {
  MOTE_TRY(const NameRange range, range_of(text, dots, table.file));
  // Numbered columns nearly always lie side by side: look at the neighbour before searching.
  std::vector<ColumnRule> rules;
  std::size_t next = 0;
  for (std::int64_t number = range.first.number; number <= range.last; ++number) {
    std::string name = numbered_name(range.first, number);
    std::optional<std::size_t> at;
    if (next < table.columns.size() && table.columns[next] == name) at = next;
    if (!at) at = index_of(name, table);
    if (!at) {
      return error(text::cat(table.file, ": no column '", name, "' (of the range '", text, "')"),
                   text::suggest(name, table.columns));
    }
    next = *at + 1;
    rules.push_back({std::move(name), {*at}, 0});
  }
  return rules;
}

bool is_number(const std::string& name) { return text::to_double(name).has_value(); }

/// "a" of "a0..a3": both ends are the same word with a number behind.  "454..950" are numbers alone: wavelengths may go in steps.
std::optional<std::string> common_word(const std::string& first, const std::string& last) {
  const auto begin = numbered(first), end = numbered(last);
  if (!begin || !end || begin->prefix != end->prefix || is_number(first)) return std::nullopt;
  return begin->prefix;
}

/// Columns from one to the other as the file has them.  Where both are numbers, so are all, and they rise in equal steps.
Result<std::vector<ColumnRule>> parse_neighbours(const std::string& text, std::size_t begin, std::size_t end,
                                                 const Table& table) {
  std::vector<ColumnRule> rules;
  for (std::size_t at = begin; at <= end; ++at) rules.push_back({table.columns[at], {at}, 0});
  if (!is_number(rules.front().name) || !is_number(rules.back().name)) return rules;
  std::optional<double> before, step;
  for (const ColumnRule& rule : rules) {
    const auto number = text::to_double(rule.name);
    const double now = number && before ? *number - *before : 1;
    const bool is_even = !step || std::abs(now - *step) <= 1e-6 * std::abs(*step);
    if (!number || !(now > 0) || !is_even)
      return error(text::cat(table.file, ": column '", rule.name, "' breaks the range '", text, "'"),
                   "numbers alone must rise in equal steps from one end to the other; else name the columns");
    if (before) step = now;
    before = number;
  }
  return rules;
}

/// "s0..s124" by the numbers; other names, where both are columns, with all that stands between them in the file.
Result<std::vector<ColumnRule>> parse_range(const std::string& text, std::size_t dots, const Table& table) {
  const std::string first(text::trim(std::string_view(text).substr(0, dots)));
  const std::string last(text::trim(std::string_view(text).substr(dots + 2)));
  auto numbered_columns = parse_numbers(text, dots, table);
  if (numbered_columns) return numbered_columns;
  if (common_word(first, last)) return numbered_columns.error();
  const auto begin = index_of(first, table), end = index_of(last, table);
  if (!begin || !end || *begin > *end) return numbered_columns.error();
  return parse_neighbours(text, *begin, *end, table);
}

/// "mean(a)" → GroupMean and "a"; a text without such brackets stays as it is.
struct OperandText {
  Over over = Over::Row;
  std::string name;
};
OperandText operand_text(std::string_view text) {
  const std::string_view word = text::trim(text);
  for (const auto& [function, over] : {std::pair<std::string_view, Over>("mean(", Over::GroupMean),
                                       std::pair<std::string_view, Over>("median(", Over::GroupMedian)}) {
    if (!text::starts_with(word, function) || !text::ends_with(word, ")")) continue;
    const std::string_view inside = word.substr(function.size(), word.size() - function.size() - 1);
    return {over, std::string(text::trim(inside))};
  }
  return {Over::Row, std::string(word)};
}

/// "a", "mean(a)" or "median(a)"; a column whose own name is "mean(a)" is that column.
std::optional<Operand> parse_operand(std::string_view text, const Table& table) {
  const std::string name(text::trim(text));
  if (const auto at = index_of(name, table)) return Operand{*at};
  const OperandText parts = operand_text(text);
  const auto at = index_of(parts.name, table);
  if (!at) return std::nullopt;
  return Operand{*at, parts.over};
}

/// The text between "word(" and ")", where `text` is that.
std::optional<std::string_view> inside_of(std::string_view function, std::string_view text) {
  const std::string_view word = text::trim(text);
  if (!text::starts_with(word, function) || !text::ends_with(word, ")")) return std::nullopt;
  return word.substr(function.size(), word.size() - function.size() - 1);
}

Error unknown_column(const std::string& name, const Table& table, const std::string& role) {
  return error(text::cat(table.file, ": no column '", name, "'", role.empty() ? "" : " ", role),
               text::suggest(name, table.columns));
}

/// "magnitude(ax, ay, az)": the length of a vector of two or more columns.
Result<std::vector<ColumnRule>> parse_magnitude(const std::string& text, std::string_view inside,
                                                const Table& table) {
  std::vector<Operand> operands;
  for (const std::string& name : text::split(std::string(inside), ',')) {
    const std::string column(text::trim(name));
    const auto at = index_of(column, table);
    if (!at) return unknown_column(column, table, text::cat("(of '", text, "')"));
    operands.push_back({*at});
  }
  if (operands.size() < 2)
    return error(text::cat(table.file, ": '", text, "' has one column"), "magnitude(ax, ay, az), say");
  ColumnRule rule{text, operands[0], 'm', operands[1]};
  rule.more.assign(operands.begin() + 2, operands.end());
  return std::vector<ColumnRule>{std::move(rule)};
}

/// "is(kind, L)": 1 where the cell of `kind` is the word L, else 0.
Result<std::vector<ColumnRule>> parse_comparison(const std::string& text, std::string_view inside,
                                                 const Table& table) {
  const std::size_t comma = inside.rfind(',');
  if (comma == std::string_view::npos)
    return error(text::cat(table.file, ": '", text, "' compares with nothing"), "is(column, word), say");
  const std::string column(text::trim(inside.substr(0, comma)));
  const auto at = index_of(column, table);
  if (!at) return unknown_column(column, table, text::cat("(of '", text, "')"));
  ColumnRule rule{text, {*at}, '='};
  rule.word = std::string(text::trim(inside.substr(comma + 1)));
  return std::vector<ColumnRule>{std::move(rule)};
}

}  // namespace

std::vector<Operand> ColumnRule::operands() const {
  std::vector<Operand> all = {left};
  if (op != 0 && op != '=') all.push_back(right);
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

double ColumnRule::value(std::span<const double> operands) const {
  switch (op) {
    case '/':
      return operands[0] / operands[1];
    case '-':
      return operands[0] - operands[1];
    case '+':
      return operands[0] + operands[1];
    case '*':
      return operands[0] * operands[1];
    case 'm': {
      double squares = 0;
      for (const double component : operands) squares += component * component;
      return std::sqrt(squares);
    }
    default:
      return operands[0];
  }
}

Result<std::vector<std::string>> expand_names(const std::string& text) {
  const std::size_t dots = text.find("..");
  if (dots == std::string::npos) return std::vector<std::string>{text};
  MOTE_TRY(const NameRange range, range_of(text, dots, "header"));
  std::vector<std::string> names;
  for (std::int64_t number = range.first.number; number <= range.last; ++number)
    names.push_back(numbered_name(range.first, number));
  return names;
}

Result<std::size_t> find_column(const std::string& name, const Table& table, const std::string& role) {
  if (const auto at = index_of(name, table)) return *at;
  return unknown_column(name, table, role);
}

Result<std::vector<ColumnRule>> parse_columns(const std::string& text, const Table& table) {
  if (const auto at = index_of(text, table)) return std::vector<ColumnRule>{{text, {*at}, 0}};
  if (const auto inside = inside_of("magnitude(", text)) return parse_magnitude(text, *inside, table);
  if (const auto inside = inside_of("is(", text)) return parse_comparison(text, *inside, table);

  // A name may itself contain " - ", so every place is tried; the first bad one is kept for the message.
  std::optional<Error> problem;
  for (std::size_t i = 1; i + 2 < text.size(); ++i) {
    const bool is_operator =
        text[i - 1] == ' ' && text[i + 1] == ' ' && std::string("/-+*").find(text[i]) < 4;
    if (!is_operator) continue;
    const std::string left_text = text.substr(0, i), right_text = text.substr(i + 1);
    const auto left = parse_operand(left_text, table), right = parse_operand(right_text, table);
    if (left && right) return std::vector<ColumnRule>{{text, *left, text[i], *right}};
    if (!problem) {
      problem = unknown_column(operand_text(left ? right_text : left_text).name, table,
                               text::cat("(of '", text, "')"));
    }
  }
  if (problem) return *problem;
  if (const std::size_t dots = text.find(".."); dots != std::string::npos)
    return parse_range(text, dots, table);
  return unknown_column(text, table, "");
}

}  // namespace mote
