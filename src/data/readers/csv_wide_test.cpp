// What csv_wide accepts, what it refuses, and that no bytes make it crash.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "data/reader.h"
#include "math/random.h"

namespace mote {
namespace {

Table parsed(std::string_view text) {
  auto table = parse_csv(text, "beats.csv");
  EXPECT_TRUE(table.has_value()) << (table ? "" : table.error().message);
  return table ? *table : Table{};
}

/// The error of a text, "" when there is none; every error carries a hint.
std::string refused(std::string_view text) {
  const auto table = parse_csv(text, "beats.csv");
  if (table) return "";
  EXPECT_FALSE(table.error().hint.empty()) << table.error().message;
  return table.error().message;
}

using Rows = std::vector<std::vector<std::string>>;

Rows rows_of(const Table& table) {
  Rows rows(table.rows.size());
  for (std::size_t r = 0; r < rows.size(); ++r)
    for (std::size_t c = 0; c < table.columns.size(); ++c) rows[r].emplace_back(table.rows[r][c]);
  return rows;
}

TEST(CsvWide, ReadsHeaderRowsAndLineNumbers) {
  const Table table = parsed("label,a,b\nN,1,2\nV,3,4\n");
  EXPECT_EQ(table.file, "beats.csv");
  EXPECT_EQ(table.columns, (std::vector<std::string>{"label", "a", "b"}));
  EXPECT_EQ(rows_of(table), (Rows{{"N", "1", "2"}, {"V", "3", "4"}}));
  EXPECT_EQ(table.lines, (std::vector<std::int64_t>{2, 3}));
}

TEST(CsvWide, DetectsTheSeparatorFromTheHeader) {
  for (const std::string separator : {",", ";", "\t"}) {
    const Table table = parsed("a" + separator + "b\n1" + separator + "2\n");
    EXPECT_EQ(rows_of(table), (Rows{{"1", "2"}})) << separator;
  }
  EXPECT_EQ(rows_of(parsed("\"x,y,z\";b\n1,5;2\n")), (Rows{{"1,5", "2"}}))
      << "commas inside quotes do not count";
}

TEST(CsvWide, OneColumnNeedsNoSeparator) { EXPECT_EQ(rows_of(parsed("a\n1\n2\n")), (Rows{{"1"}, {"2"}})); }

TEST(CsvWide, QuotedCellsHoldSeparatorsQuotesAndLineEnds) {
  const Table table = parsed("a,b\n\"x, \"\"y\"\"\",1\n\"two\r\nlines\",2\nz,3\n");
  EXPECT_EQ(rows_of(table), (Rows{{"x, \"y\"", "1"}, {"two\r\nlines", "2"}, {"z", "3"}}));
  EXPECT_EQ(table.lines, (std::vector<std::int64_t>{2, 3, 5}));
}

TEST(CsvWide, EveryKindOfLineEndMeansTheSame) {
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    const Table table = parsed("a,b" + end + "1,2" + end + end + "3,4");
    EXPECT_EQ(rows_of(table), (Rows{{"1", "2"}, {"3", "4"}}));
    EXPECT_EQ(table.lines, (std::vector<std::int64_t>{2, 4}));
  }
}

TEST(CsvWide, SkipsByteOrderMarkBlankLinesAndCommentsBeforeTheHeader) {
  const Table table = parsed("\xef\xbb\xbf# made, by; hand\n\n  \n# second\n a , b \n\n1,2\n#3,4\n\n");
  EXPECT_EQ(table.columns, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(rows_of(table), (Rows{{"1", "2"}, {"#3", "4"}})) << "after the header # is data";
  EXPECT_EQ(table.lines, (std::vector<std::int64_t>{7, 8}));
}

TEST(CsvWide, EmptyCellsStay) {
  EXPECT_EQ(rows_of(parsed("a,b,c\n,,\n1,,\n")), (Rows{{"", "", ""}, {"1", "", ""}}));
  EXPECT_EQ(rows_of(parsed("a\tb\n\t\n")), (Rows{{"", ""}})) << "a line of separators is not blank";
}

TEST(CsvWide, NamesNamelessColumnsByTheirNumber) {
  EXPECT_EQ(parsed(",a,\n1,2,3\n").columns, (std::vector<std::string>{"column 1", "a", "column 3"}));
}

TEST(CsvWide, RefusesWhatIsNoTable) {
  EXPECT_EQ(refused(""), "beats.csv: empty");
  EXPECT_EQ(refused("\n \n# only a comment\n"), "beats.csv: empty");
  EXPECT_EQ(refused("\xef\xbb\xbf"), "beats.csv: empty");
  EXPECT_EQ(refused("a,b\n\n"), "beats.csv: a header but no rows");
  EXPECT_EQ(refused(std::string_view("a,b\n1,\0002\n", 9)), "beats.csv: not text: byte 6 is 0");
  EXPECT_EQ(refused("\xff\xfe\x61"), "beats.csv: UTF-16 text");
}

TEST(CsvWide, TakesTheSeparatorThatExcelWritesFirst) {
  const Table table = parsed("sep=;\na,b;c\n1;2\n");
  EXPECT_EQ(table.columns, (std::vector<std::string>{"a,b", "c"}));
  EXPECT_EQ(rows_of(table), (Rows{{"1", "2"}}));
  EXPECT_EQ(table.lines, (std::vector<std::int64_t>{3}));
  EXPECT_EQ(rows_of(parsed("\xef\xbb\xbfSEP=|\r\na|b\r\n1|2\r\n")), (Rows{{"1", "2"}}));
  EXPECT_EQ(parsed("sep=;x,b\n1,2\n").columns[0], "sep=;x") << "a name like others";
}

TEST(CsvWide, TakesASeparatorAtTheEndOfAllRows) {
  EXPECT_EQ(rows_of(parsed("a,b\n1,2,\n3,4,\n")), (Rows{{"1", "2"}, {"3", "4"}}));
  EXPECT_EQ(refused("a,b\n1,2,\n3,4,5\n"), "beats.csv, line 3: 3 cells, the header has 2");
  EXPECT_EQ(refused("a,b\n1,2\n3,4,\n"), "beats.csv, line 3: 3 cells, the header has 2")
      << "the first had none";
}

TEST(CsvWide, SaysWhereCellsAreSeparatedOtherwise) {
  EXPECT_EQ(refused("a|b\n1|2\n"),
            "beats.csv, line 2: one column, 'a|b'; its cells seem to be separated by '|'");
  EXPECT_EQ(refused("a  b c\n1 2   3\n"),
            "beats.csv, line 2: one column, 'a  b c'; its cells seem to be separated by spaces");
  EXPECT_EQ(refused("a|b\n1\n"), "");
  EXPECT_EQ(refused("my note\nall well\n"), "");
}

TEST(CsvWide, RefusesRaggedRowsWithBothCounts) {
  EXPECT_EQ(refused("a,b\n1,2\n1,2,3\n"), "beats.csv, line 3: 3 cells, the header has 2");
  EXPECT_EQ(refused("a,b\n1\n"), "beats.csv, line 2: 1 cell, the header has 2");
}

TEST(CsvWide, RefusesBadHeaders) {
  EXPECT_EQ(refused("1.5,2,7\n3,4,5\n"), "beats.csv, line 1: no header: the first line holds numbers");
  EXPECT_EQ(refused("N,1.5,2,7\nN,3,4,5\n"), "beats.csv, line 1: no header: the first line holds numbers");
  EXPECT_EQ(refused(",,\n1,2,3\n"), "beats.csv, line 1: no header: every name is empty");
  EXPECT_EQ(refused("# c\na,b, a\n1,2,3\n"), "beats.csv, line 2: two columns are named 'a'");
  EXPECT_EQ(refused("label,0,1,2\nN,3,4,5\n"), "") << "counting upwards is a way to name columns";
}

TEST(CsvWide, RefusesQuotesThatGoWrong) {
  EXPECT_EQ(refused("a,b\n1,2\n3,\"cut off\n4,5\n"),
            "beats.csv, line 3: a quoted cell is never closed; the file ends inside it");
  EXPECT_EQ(refused("a,b\n\"1\"x,2\n"), "beats.csv, line 2: text after the closing quote of a cell");
}

TEST(CsvWide, RefusesLinesAndHeadersBeyondTheLimits) {
  const std::string huge((std::size_t{16} << 20) + 1, 'x');
  EXPECT_EQ(refused("a,b\n1," + huge + "\n"), "beats.csv, line 2: longer than 16 MB");
  EXPECT_EQ(refused("a,b\n1,\"" + huge + "\"\n"), "beats.csv, line 2: longer than 16 MB");
  std::string header = "c0";
  for (int i = 1; i <= 100'000; ++i) header += text::cat(",c", i);
  EXPECT_EQ(refused(header + "\n"), "beats.csv, line 1: 100001 columns; at most 100000");
}

TEST(CsvWide, IsRegisteredAndReadsBytes) {
  const auto reader = find_reader("csv_wide");
  ASSERT_TRUE(reader.has_value());
  const std::string text = "a,b\n1,2\n";
  const DataSource source;
  const auto table = (*reader)->table({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()},
                                      {"two.csv", source, {}});
  ASSERT_TRUE(table.has_value());
  EXPECT_EQ(table->file, "two.csv");
  EXPECT_FALSE(find_reader("csv_wild").has_value());
}

TEST(CsvWide, AnyBytesGiveATableOrAnErrorButNeverACrash) {
  const std::string seeds[] = {"label,a,b\nN,1,2\nV,\"3\",4\n",
                               "\xef\xbb\xbf# c\r\nx;y\r\n\"a;\"\"b\";nan\r\n\r\n1e999;\r\n",
                               "a\tb\tc\n\"multi\nline\"\t\t-.5\n"};
  const std::string alphabet = std::string(",;\t\"\"\n\r# .-+e019abN\xef\xbb\xbf\xff", 24) + '\0';
  Random random(7);
  int accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text = seeds[random.below(3)];
    for (std::uint64_t edits = 1 + random.below(6); edits > 0; --edits) {
      const std::size_t at = random.below(text.size() + 1);
      const char letter = alphabet[random.below(alphabet.size())];
      switch (random.below(4)) {
        case 0:
          text.insert(at, 1, letter);
          break;
        case 1:
          text.erase(at, random.below(5));
          break;
        case 2:
          text.resize(at);
          break;
        default:
          if (at < text.size()) text[at] = letter;
      }
    }
    const auto table = parse_csv(text, "x.csv");
    if (!table) {
      ASSERT_FALSE(table.error().message.empty());
      continue;
    }
    ++accepted;
    ASSERT_EQ(table->rows.size(), table->lines.size());
    DataSource source;
    source.inputs = {{"x", table->columns, "", 0, 0, 1, false}};
    source.label_column = table->columns.front();
    source.missing = "zero";
    const auto data = make_dataset(source, {&*table, 1});
    if (data) {
      ASSERT_EQ(data->inputs[0].values.size(), data->size() * table->columns.size());
    }
  }
  EXPECT_GT(accepted, 1000);
}

}  // namespace
}  // namespace mote
