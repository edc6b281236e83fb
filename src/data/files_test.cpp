// Files of one name in several folders are called so that a person can tell them apart, and are several in all that follows.
#include "data/files.h"

#include <gtest/gtest.h>

#include "base/system.h"

namespace mote {
namespace {
namespace fs = std::filesystem;

using Names = std::map<fs::path, std::string>;

TEST(NamesApart, AreLastPartsWhereThoseDiffer) {
  EXPECT_EQ(names_apart({"a/x.csv", "b/y.csv"}), (Names{{"a/x.csv", "x.csv"}, {"b/y.csv", "y.csv"}}));
}

TEST(NamesApart, HaveAsManyFoldersAsAreNeeded) {
  EXPECT_EQ(
      names_apart({"/d/slow/1.csv", "/d/fast/1.csv", "/d/fast/2.csv"}),
      (Names{{"/d/slow/1.csv", "slow/1.csv"}, {"/d/fast/1.csv", "fast/1.csv"}, {"/d/fast/2.csv", "2.csv"}}));
  EXPECT_EQ(names_apart({"p/a/1.csv", "q/a/1.csv"}),
            (Names{{"p/a/1.csv", "p/a/1.csv"}, {"q/a/1.csv", "q/a/1.csv"}}));
  EXPECT_EQ(names_apart({"1.csv", "a/1.csv"}), (Names{{"1.csv", "1.csv"}, {"a/1.csv", "a/1.csv"}}));
  EXPECT_EQ(names_apart({"./a/../1.csv", "a/1.csv"}),
            (Names{{"./a/../1.csv", "1.csv"}, {"a/1.csv", "a/1.csv"}}));
}

TEST(NamesApart, MakeTwoGroupsOfTwoFilesOfOneName) {
  const auto scratch = ScratchFolder::make("files");
  ASSERT_TRUE(scratch.has_value()) << scratch.error().message;
  const fs::path& folder = scratch->path();
  const std::string rows = "label,a\nx,1\ny,2\nx,3\ny,4\n";
  DataSource source;
  for (const char* const part : {"slow", "fast"}) {
    fs::create_directories(folder / part);
    ASSERT_TRUE(write_text(folder / part / "s1.csv", rows));
    source.files.push_back(folder / part / "s1.csv");
  }
  source.name = "rows";
  source.label_column = "label";
  source.group_column = "file";
  source.split_by = "group";
  source.test_fraction = 0.5;
  source.validation_fraction = 0;
  source.inputs = {{"x", {"a"}, "", 0, 0, 1, false}};
  const auto data = load_dataset(source);
  ASSERT_TRUE(data) << data.error().message;
  EXPECT_EQ(data->origin.front(), "slow/s1.csv:2");
  EXPECT_EQ(data->origin.back(), "fast/s1.csv:5");
  EXPECT_EQ(data->group.front(), "slow/s1.csv");
  EXPECT_EQ(data->group.back(), "fast/s1.csv");
}

}  // namespace
}  // namespace mote
