// Reads CSV: a header line, then one line a row, a cell a value.
//
// Accepted: separators ',' ';' or tab (whichever the header has most of), or runs of spaces where the project names the columns;
// cells in quotes, with "" for a quote and line ends inside; LF, CRLF or CR; a UTF-8 byte order mark; comment lines (# or %)
// before the header; blank lines anywhere; a first column without a name in the header, as R writes row names ("row"); a first
// line "sep=;", as Excel reads it; a separator at the end of all rows.
// A file that is none of this gets an error with the line and the way out.  load.cpp makes the Table a Dataset.
#include <algorithm>
#include <cstring>
#include <set>

#include "base/system.h"
#include "base/text.h"
#include "data/detail/columns.h"
#include "data/reader.h"

namespace mote {
namespace {

constexpr std::uint64_t kMaxFileBytes = std::uint64_t{1} << 30;
constexpr std::size_t kMaxLineBytes = std::size_t{16} << 20;
constexpr std::size_t kMaxColumns = 100'000;
constexpr std::size_t kMaxCells = 250'000'000;  // a Table has four bytes for each beside its text: 1 GB

bool is_line_end(char c) { return c == '\n' || c == '\r'; }

/// Walks over the text, a record at a time.
class CsvScanner {
 public:
  CsvScanner(std::string_view text, const std::string& name) : text_(text), name_(name) {}

  std::int64_t line() const { return record_line_; }  ///< where the last record began, from 1

  /// Skips blank lines and, for the header, comments.  False at the end of the text.
  bool find_record(bool skip_comments) {
    while (at_ < text_.size()) {
      std::size_t end = at_;
      bool blank = true;
      while (end < text_.size() && !is_line_end(text_[end])) {
        if (text_[end] != ' ') {
          blank = false;
          break;
        }
        ++end;
      }
      if (!blank && !(skip_comments && (text_[end] == '#' || text_[end] == '%'))) return true;
      at_ = end;
      skip_to_line_end();
      pass_line_end();
    }
    return false;
  }

  /// "sep=;" as the first line says what separates; nothing where there is no such line.
  std::optional<char> take_separator_line() {
    constexpr std::string_view kWord = "sep=";
    const std::string_view line = text_.substr(0, kWord.size() + 1);
    const bool is_one = line.size() == kWord.size() + 1 &&
                        text::lower(line.substr(0, kWord.size())) == kWord && !is_line_end(line.back()) &&
                        text_.size() > line.size() && is_line_end(text_[line.size()]);
    if (!is_one) return std::nullopt;
    at_ = line.size();
    pass_line_end();
    return line.back();
  }

  /// How often each candidate stands in the record ahead, outside quotes; the winner separates.
  char detect_separator() const {
    constexpr char candidates[] = {',', ';', '\t'};
    std::size_t counts[3] = {};
    bool quoted = false;
    for (std::size_t i = at_; i < text_.size() && i - at_ <= kMaxLineBytes; ++i) {
      const char c = text_[i];
      if (c == '"') quoted = !quoted;
      if (!quoted && is_line_end(c)) break;
      for (int k = 0; k < 3; ++k) counts[k] += !quoted && c == candidates[k];
    }
    int best = 0;
    for (int k = 1; k < 3; ++k) best = counts[k] > counts[best] ? k : best;
    return candidates[best];
  }

  /// The record ahead and where it stands, to come back to it.
  std::pair<std::size_t, std::int64_t> position() const { return {at_, line_}; }
  void go_back(const std::pair<std::size_t, std::int64_t>& position) {
    at_ = position.first;
    line_ = position.second;
  }

  /// The record ahead is one line of cells with spaces between them.
  Result<std::size_t> read_spaced_record(std::size_t keep, std::vector<std::string>& cells) {
    record_line_ = line_;
    const std::size_t start = at_;
    std::size_t count = 0;
    cells.clear();
    while (at_ < text_.size() && !is_line_end(text_[at_])) {
      const std::size_t begin = at_;
      while (at_ < text_.size() && text_[at_] != ' ' && !is_line_end(text_[at_])) ++at_;
      if (at_ - start > kMaxLineBytes) return too_long();
      if (at_ > begin && ++count <= keep) cells.emplace_back(text_.substr(begin, at_ - begin));
      while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    }
    pass_line_end();
    return count;
  }

  /// The record ahead has spaces, but none of `separator`, between cells.
  bool is_spaced(char separator) const {
    for (std::size_t i = at_; i < text_.size() && !is_line_end(text_[i]); ++i) {
      if (text_[i] == separator) return false;
    }
    return true;
  }
  bool begins_with_quote(const std::pair<std::size_t, std::int64_t>& position) const {
    return position.first < text_.size() && text_[position.first] == '"';
  }

  /// Reads the record ahead.  At most `keep` cells are kept; the return value counts them all.
  Result<std::size_t> read_record(char separator, std::size_t keep, std::vector<std::string>& cells) {
    record_line_ = line_;
    const std::size_t start = at_;
    cells.clear();
    for (std::size_t count = 1;; ++count) {
      std::string cell;
      if (at_ < text_.size() && text_[at_] == '"') {
        MOTE_TRY_VOID(read_quoted(start, separator, cell));
      } else {
        const std::size_t begin = at_;
        while (at_ < text_.size() && text_[at_] != separator && !is_line_end(text_[at_])) ++at_;
        if (at_ - start <= kMaxLineBytes && count <= keep) cell.assign(text_.substr(begin, at_ - begin));
      }
      if (at_ - start > kMaxLineBytes) return too_long();
      if (count <= keep) cells.push_back(std::move(cell));
      if (at_ < text_.size() && text_[at_] == separator) {
        ++at_;
        continue;
      }
      pass_line_end();
      return count;
    }
  }

 private:
  std::string place(std::int64_t line) const { return text::cat(name_, ", line ", line); }

  Error too_long() const {
    return error(text::cat(place(record_line_), ": longer than 16 MB"),
                 "a row must be one line; is this a CSV file, or is a quote never closed?");
  }

  void skip_to_line_end() {
    while (at_ < text_.size() && !is_line_end(text_[at_])) ++at_;
  }

  void pass_line_end() {
    if (at_ >= text_.size()) return;
    const bool crlf = text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n';
    at_ += crlf ? 2 : 1;
    ++line_;
  }

  Result<void> read_quoted(std::size_t record_start, char separator, std::string& cell) {
    const std::int64_t opened = line_;
    ++at_;
    for (;;) {
      if (at_ >= text_.size()) {
        return error(text::cat(place(opened), ": a quoted cell is never closed; the file ends inside it"),
                     "the file may be cut off; a quote inside a quoted cell is written twice (\"\")");
      }
      if (at_ - record_start > kMaxLineBytes) return too_long();
      const char c = text_[at_];
      if (c == '"') {
        if (at_ + 1 >= text_.size() || text_[at_ + 1] != '"') break;
        ++at_;
      }
      if (c == '\n' || (c == '\r' && !(at_ + 1 < text_.size() && text_[at_ + 1] == '\n'))) ++line_;
      cell.push_back(c);
      ++at_;
    }
    ++at_;  // the closing quote
    if (at_ < text_.size() && text_[at_] != separator && !is_line_end(text_[at_])) {
      return error(text::cat(place(line_), ": text after the closing quote of a cell"),
                   "a quote inside a quoted cell is written twice (\"\")");
    }
    return {};
  }

  std::string_view text_;
  const std::string& name_;
  std::size_t at_ = 0;
  std::int64_t line_ = 1;
  std::int64_t record_line_ = 1;
};

/// A header of numbers is data, unless they rise in equal steps ("0,1,2,…", as some programs name columns; wavelengths).
bool looks_like_data(const std::vector<std::string>& header) {
  std::size_t numbers = 0;
  bool counts_up = true;
  double step = 0;
  std::optional<double> previous;
  for (const std::string& cell : header) {
    const std::optional<double> number = text::to_double(text::trim(cell));
    if (!number) continue;
    ++numbers;
    if (numbers == 2) step = *number - *previous;
    counts_up = counts_up && (!previous || (*number - *previous == step && step > 0));
    previous = number;
  }
  if (numbers == 0 || 2 * numbers <= header.size()) return false;
  return !counts_up || numbers == 1;
}

Result<void> check_header(const std::string& place, std::vector<std::string>& header) {
  if (looks_like_data(header)) {
    return error(text::cat(place, ": no header: the first line holds numbers"),
                 "put a line with the columns' names above the data, or name them in the project: header = "
                 "[\"x\", \"y\"]");
  }
  std::set<std::string> seen;
  std::size_t named = 0;
  for (std::size_t i = 0; i < header.size(); ++i) {
    header[i] = std::string(text::trim(header[i]));
    named += !header[i].empty();
    if (header[i].empty())
      header[i] = text::cat("column ", i + 1);  // an index column or a trailing separator
    if (!seen.insert(header[i]).second) {
      return error(text::cat(place, ": two columns are named '", header[i], "'"),
                   "give every column its own name in the header");
    }
  }
  if (named == 0) {
    return error(text::cat(place, ": no header: every name is empty"),
                 "put a line with the columns' names above the data");
  }
  return {};
}

/// Cells that `separator` makes of a line, runs of spaces as one.
std::vector<std::string> parts_of(const std::string& line, char separator) {
  std::vector<std::string> parts;
  for (const std::string& part : text::split(std::string(text::trim(line)), separator)) {
    if (separator != ' ' || !part.empty()) parts.push_back(part);
  }
  return parts;
}

/// One column whose header and first row come apart at another separator.
Result<void> check_single_column(const std::string& place, const std::string& header,
                                 const std::string& row) {
  for (const char separator : {'|', ' '}) {
    const auto names = parts_of(header, separator), cells = parts_of(row, separator);
    const auto numbers = std::count_if(cells.begin(), cells.end(), [](const std::string& cell) {
      return text::to_double(text::trim(cell)).has_value();
    });
    if (names.size() < 2 || names.size() != cells.size() || numbers == 0) continue;
    return error(text::cat(place, ": one column, '", header.substr(0, 40),
                           "'; its cells seem to be separated by ", separator == '|' ? "'|'" : "spaces"),
                 "separate them by commas, semicolons or tabs");
  }
  return {};
}

Error ragged(const std::string& place, std::size_t cells, std::size_t columns, char separator) {
  std::string hint = cells < columns
                         ? "the row may be cut off; leave a cell empty, but keep its separator"
                         : text::cat("put quotes around a cell that contains the separator '",
                                     separator == '\t' ? std::string("tab") : std::string(1, separator), "'");
  return error(text::cat(place, ": ", cells, cells == 1 ? " cell" : " cells", ", the header has ", columns),
               std::move(hint));
}

Result<Table> read_csv(std::span<const std::uint8_t> bytes, const ReadContext& context) {
  return parse_csv({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, context.name,
                   context.source.csv);
}

/// The project's words for "no value" go while cells are read: later stages see empty ones.
void apply_style(const CsvStyle& style, std::vector<std::string>& cells) {
  if (style.missing_words.empty()) return;
  for (std::string& cell : cells) {
    std::string content(text::trim(cell));
    const auto is_word = [&](const std::string& word) { return content == word; };
    const auto& words = style.missing_words;
    bool is_one = std::any_of(words.begin(), words.end(), is_word);
    if (!is_one && style.decimal == ',') {  // "-1.5" means -1,5 too
      std::replace(content.begin(), content.end(), ',', '.');
      is_one = std::any_of(words.begin(), words.end(), is_word);
    }
    if (is_one) cell.clear();
  }
}

constexpr char kSpaces = ' ';

Result<std::vector<std::string>> named_columns(const CsvStyle& style) {
  std::vector<std::string> names;
  for (const std::string& text : style.header) {
    MOTE_TRY(const std::vector<std::string> range, expand_names(text));
    names.insert(names.end(), range.begin(), range.end());
    if (names.size() > kMaxColumns)
      return error(text::cat("header: more than ", kMaxColumns, " columns"), "cut the samples shorter");
  }
  return names;
}

}  // namespace

Result<Table> parse_csv(std::string_view text, const std::string& name, const CsvStyle& style) {
  if (text.size() > kMaxFileBytes) {
    return error(text::cat(name, ": larger than 1 GB"), "split it into several files and name them all");
  }
  if (text.size() >= 2 && (text.substr(0, 2) == "\xff\xfe" || text.substr(0, 2) == "\xfe\xff")) {
    return error(text::cat(name, ": UTF-16 text"), "save it as UTF-8");
  }
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    return error(text::cat(name, ": not text: byte ", nul, " is 0"),
                 "CSV is comma-separated text; export the data as CSV");
  }
  if (text.substr(0, 3) == "\xef\xbb\xbf") text.remove_prefix(3);

  CsvScanner scanner(text, name);
  const std::optional<char> said = scanner.take_separator_line();
  char separator = said.value_or(',');
  if (!scanner.find_record(true)) {
    return error(text::cat(name, ": empty"),
                 "expected a header line with column names, then a line a sample");
  }
  Table table;
  table.file = name;
  if (!said) separator = scanner.detect_separator();
  if (style.header.empty()) {
    MOTE_TRY(const std::size_t columns, scanner.read_record(separator, kMaxColumns, table.columns));
    if (columns > kMaxColumns) {
      return error(
          text::cat(name, ", line ", scanner.line(), ": ", columns, " columns; at most ", kMaxColumns),
          "cut the recordings into shorter samples");
    }
  } else {
    MOTE_TRY(table.columns, named_columns(style));
    if (table.columns.size() > 1 && scanner.is_spaced(separator)) separator = kSpaces;
  }
  const bool named = !style.header.empty();
  MOTE_TRY_VOID(check_header(named ? text::cat(name, ": the header that the project names")
                                   : text::cat(name, ", line ", scanner.line()),
                             table.columns));

  std::vector<std::string> cells;
  bool trails = false;  // a separator at the end of the rows
  while (scanner.find_record(named && table.rows.empty())) {
    const std::size_t columns = table.columns.size();
    cells.reserve(columns);
    const auto start = scanner.position();
    const auto read = [&](std::size_t keep) {
      return separator == kSpaces ? scanner.read_spaced_record(keep, cells)
                                  : scanner.read_record(separator, keep, cells);
    };
    MOTE_TRY(std::size_t count, read(columns + 1));
    if (table.rows.empty() && !named && count == columns + 1 && scanner.begins_with_quote(start)) {
      table.columns.insert(table.columns.begin(), "row");
      scanner.go_back(start);
      MOTE_TRY(count, read(columns + 1));
    }
    const std::string place = text::cat(name, ", line ", scanner.line());
    const bool one_more = count == table.columns.size() + 1 && cells.size() == count && cells.back().empty();
    if (table.rows.empty() && one_more) trails = true;
    if (trails && one_more) {
      cells.pop_back();
      --count;
    }
    if (table.rows.empty() && !named && columns == 1 && count == 1)
      MOTE_TRY_VOID(check_single_column(place, table.columns[0], cells[0]));
    if (count != table.columns.size()) return ragged(place, count, table.columns.size(), separator);
    if ((table.rows.size() + 1) * table.columns.size() > kMaxCells) {
      return error(text::cat(place, ": more than ", text::thousands(kMaxCells), " cells"),
                   "split the file, or leave out columns that no input uses");
    }
    apply_style(style, cells);
    table.rows.add(cells);
    table.lines.push_back(scanner.line());
  }
  if (table.rows.empty()) {
    return error(text::cat(name, ": a header but no rows"), "add a line for each sample");
  }
  return table;
}

}  // namespace mote

MOTE_READER(csv_wide) {
  static const mote::Reader reader = {"csv_wide",
                                      "CSV; a row is a sample, a series lies in numbered columns",
                                      {".csv", ".tsv", ".txt"},
                                      mote::read_csv};
  return reader;
}
