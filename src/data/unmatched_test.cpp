// Words of a project that meet nothing in the data are said, because most of them are slips.
#include <gtest/gtest.h>

#include <filesystem>

#include "base/system.h"
#include "base/text.h"
#include "data/checks.h"
#include "data/reader.h"

namespace mote {
namespace {
namespace fs = std::filesystem;

class UnmatchedWords : public testing::Test {
 protected:
  Result<ScratchFolder> scratch_ = ScratchFolder::make("unmatched");
  fs::path folder_;

  void SetUp() override {
    ASSERT_TRUE(scratch_.has_value()) << scratch_.error().message;
    folder_ = scratch_->path();
  }

  fs::path write(const std::string& name, const std::string& content) {
    fs::create_directories((folder_ / name).parent_path());
    EXPECT_TRUE(write_text(folder_ / name, content));
    return folder_ / name;
  }

  static DataSource source() {
    DataSource source;
    source.name = "rows";
    source.label_column = "label";
    source.inputs = {{"x", {"a"}, "", 0, 0, 1, false}};
    source.validation_fraction = 0;
    return source;
  }

  /// Findings about such words, a line each; or the error.
  static std::string said(const DataSource& source) {
    const auto data = load_dataset(source);
    if (!data) return data.error().message + " / " + data.error().hint;
    std::string lines;
    for (const Finding& finding : check_dataset(*data).findings) {
      if (finding.title.find(" names ") != std::string::npos)
        lines += text::cat(name_of(finding.severity), ": ", finding.title, ": ", finding.detail, "\n");
    }
    return lines;
  }
};

constexpr const char* kRows = "label,a\nok,1\nok,2\nok,3\nbad,4\nbad,5\nother,6\n";

TEST_F(UnmatchedWords, OfIgnoreAndRenameAreWarnings) {
  DataSource source = UnmatchedWords::source();
  source.files = {write("a.csv", kRows)};
  source.ignore_labels = {"other"};
  source.rename = {{"bad", "broken"}};
  EXPECT_EQ(said(source), "");
  source.ignore_labels = {"other", "dud"};
  EXPECT_EQ(said(source),
            "note: ignore names labels that no sample has: 'dud': are they spelt otherwise in the data?\n")
      << "a list may be longer than what one file has";
  source.ignore_labels = {"Othr"};
  source.rename = {{"bed", "broken"}};
  EXPECT_EQ(
      said(source),
      "warning: ignore names labels that no sample has: 'Othr': are they spelt otherwise in the data?\n"
      "warning: rename names labels that no sample has: 'bed': are they spelt otherwise in the data?\n");
  source.labels = {"ok", "bad"};
  source.ignore_labels = {"other", "Othr"};
  source.rename = {};
  EXPECT_EQ(said(source),
            "note: ignore names labels that no sample has: 'Othr': are they spelt otherwise in the data?\n")
      << "a label that is not listed would be an error";
}

TEST_F(UnmatchedWords, OfNormalAreWarningsUnlessNoneMatches) {
  DataSource source = UnmatchedWords::source();
  source.files = {write("a.csv", kRows)};
  source.task = "anomaly";
  source.normal_labels = {"ok", "fine"};
  EXPECT_EQ(
      said(source),
      "warning: normal names labels that no sample has: 'fine': are they spelt otherwise in the data?\n");
  source.normal_labels = {"okk"};
  EXPECT_EQ(said(source), "data.normal: no sample has 'okk' ('label') / did you mean 'ok'?");
  source.normal_labels = {"0"};
  EXPECT_EQ(said(source), "data.normal: no sample has '0' ('label') / known: bad, ok, other");
}

TEST_F(UnmatchedWords, RowsOfAManifestForFilesThatAreNotThere) {
  DataSource source = UnmatchedWords::source();
  source.files = {write("a.csv", "a\n1\n2\n3\n"), write("sub/b.csv", "a\n4\n5\n6\n")};
  write("c.csv", "a\n7\n");
  source.manifest = write("list.csv", "file,label\na.csv,x\nsub/b.csv,y\nc.csv,x\n");
  EXPECT_EQ(said(source), "") << "a file that the project does not use is there";
  source.manifest = write("list.csv", "file,label\na.csv,x\nsub/b.csv,y\nb.csv,y\n");
  EXPECT_EQ(
      said(source),
      "warning: manifest names files that are not there: 'b.csv': are they elsewhere, or spelt otherwise?\n");
}

TEST_F(UnmatchedWords, FilesOfIntervalsThatAreNotThere) {
  DataSource source = UnmatchedWords::source();
  source.files = {write("walk.csv", "t,a\n0,1\n1,2\n2,3\n3,4\n4,5\n5,6\n6,7\n7,8\n")};
  source.reader = "csv_series";
  source.label_column = "interval";
  source.series.time = {"t"};
  source.inputs[0].rate_hz = 1;
  source.window.length = source.window.hop = 1;
  source.series.intervals = write("when.json", "{\"walk.csv\": [[1, 3]]}");
  EXPECT_EQ(said(source), "");
  source.series.intervals = write("when.json", "{\"walk.csv\": [[1, 3]], \"wlak.csv\": [[1, 2]]}");
  EXPECT_EQ(said(source),
            "warning: intervals names files that are not there: 'wlak.csv': are they elsewhere, or spelt "
            "otherwise?\n");
}

}  // namespace
}  // namespace mote
