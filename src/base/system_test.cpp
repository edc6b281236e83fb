// Files are there whole or not at all, other programs end in time, threads do each piece once.
#include "base/system.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <numeric>

namespace mote {
namespace {
namespace fs = std::filesystem;

class Files : public ::testing::Test {
 protected:
  void SetUp() override {
    auto made = ScratchFolder::make("base-test");
    ASSERT_TRUE(made);
    folder_.emplace(std::move(*made));
  }
  const fs::path& folder() const { return folder_->path(); }

  // Every file and folder below the scratch one, relative.
  std::vector<std::string> listing() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(folder()))
      names.push_back(fs::relative(entry.path(), folder()).string());
    std::sort(names.begin(), names.end());
    return names;
  }

 private:
  std::optional<ScratchFolder> folder_;
};

using Names = std::vector<std::string>;

TEST_F(Files, WhatIsWrittenIsRead) {
  const Bytes bytes = {0, 255, 13, 10, 0};
  ASSERT_TRUE(write_file(folder() / "new/sub/a.bin", bytes));
  const auto back = read_file(folder() / "new/sub/a.bin");
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, bytes);
  ASSERT_TRUE(write_text(folder() / "new/sub/a.bin", "shorter"));
  EXPECT_EQ(*read_text(folder() / "new/sub/a.bin"), "shorter");
  EXPECT_EQ(listing(), (Names{"new", "new/sub", "new/sub/a.bin"}));
}

TEST_F(Files, WhatAKilledProcessLeftIsRemovedAndNothingElse) {
  // No process has this number: Linux counts to 2^22 at most.
  for (const char* name :
       {"a.npz.partial-99999999", "a.npz.partial-", "a.npz.partial-x", "b.npz.partial-99999999", "a.npz"})
    ASSERT_TRUE(write_text(folder() / name, "x"));
  ASSERT_TRUE(write_text(folder() / text::cat("a.npz.partial-", ::getpid()), "x"));
  remove_abandoned(folder() / "a.npz");
  EXPECT_EQ(listing(), (Names{"a.npz", "a.npz.partial-", text::cat("a.npz.partial-", ::getpid()),
                              "a.npz.partial-x", "b.npz.partial-99999999"}));
  remove_abandoned(folder() / "nowhere" / "a.npz");
}

TEST_F(Files, EachRefusalNamesTheFileAndTheReason) {
  const auto missing = read_file(folder() / "nothing.bin");
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("nothing.bin: no such file"), std::string::npos);
  EXPECT_FALSE(missing.error().hint.empty());
  const auto a_folder = read_file(folder());
  ASSERT_FALSE(a_folder);
  EXPECT_NE(a_folder.error().message.find("is a folder"), std::string::npos);
  ASSERT_TRUE(write_text(folder() / "big", std::string(1001, 'x')));
  EXPECT_TRUE(read_file(folder() / "big", 1001));
  const auto big = read_file(folder() / "big", 1000);
  ASSERT_FALSE(big);
  EXPECT_NE(big.error().message.find("larger than 1,000 bytes"), std::string::npos);
}

TEST_F(Files, EndlessFilesAreRefusedAtTheLimit) {
  const auto endless = read_file("/dev/zero", 100000);
  ASSERT_FALSE(endless);
  EXPECT_NE(endless.error().message.find("larger than"), std::string::npos);
}

TEST_F(Files, AFailedWriteKeepsTheOldFileAndLeavesNoNeighbour) {
  ASSERT_TRUE(write_text(folder() / "taken/inside", "x"));  // a folder stands where the file should go
  const auto written = write_text(folder() / "taken", "y");
  ASSERT_FALSE(written);
  EXPECT_NE(written.error().message.find("taken: cannot be written: "), std::string::npos);
  EXPECT_EQ(written.error().message.find("Success"), std::string::npos) << written.error().message;
  EXPECT_EQ(listing(), (Names{"taken", "taken/inside"}));
  ASSERT_TRUE(write_text(folder() / "file", "x"));
  const auto below_a_file = write_text(folder() / "file/a", "y");
  ASSERT_FALSE(below_a_file);
  EXPECT_EQ(*read_text(folder() / "file"), "x");
}

TEST_F(Files, ATreeIsWrittenWhole) {
  const std::vector<OutputFile> files = {{"a.h", "1"}, {"deep/b.h", "2"}};
  ASSERT_TRUE(write_tree(folder() / "out", files));
  EXPECT_EQ(listing(), (Names{"out", "out/a.h", "out/deep", "out/deep/b.h"}));
}

TEST_F(Files, ATreeThatCannotBeWrittenLeavesNothing) {
  const std::vector<OutputFile> files = {{"a.h", "1"}, {"deep/b.h", "2"}, {"a.h/c", "below a file"}};
  ASSERT_FALSE(write_tree(folder() / "out", files));
  EXPECT_EQ(listing(), Names{});
}

TEST_F(Files, ATreeThatCannotBeWrittenKeepsWhatWasThere) {
  ASSERT_TRUE(write_text(folder() / "out/a.h", "old"));
  ASSERT_TRUE(write_text(folder() / "out/mine", "mine"));
  const std::vector<OutputFile> files = {{"a.h", "new"}, {"mine/b.h", "below a file"}};
  ASSERT_FALSE(write_tree(folder() / "out", files));
  EXPECT_EQ(listing(), (Names{"out", "out/a.h", "out/mine"}));
  EXPECT_EQ(*read_text(folder() / "out/a.h"), "old");
}

TEST(ScratchFolder, GoesWithTheObject) {
  fs::path path;
  {
    auto made = ScratchFolder::make("test");
    ASSERT_TRUE(made);
    path = made->path();
    ASSERT_TRUE(write_text(path / "a/b", "x"));
    const ScratchFolder moved = std::move(*made);
    EXPECT_EQ(moved.path(), path);
    EXPECT_TRUE(fs::exists(path / "a/b"));
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(EmbeddedFiles, HoldDeviceFirmwareAndTargetsWordForWord) {
  for (const char* name : {"device/mote/base/fixed.h", "firmware/run_model.cpp", "targets/cortex-m4.json"}) {
    const EmbeddedFile* file = find_embedded(name);
    ASSERT_NE(file, nullptr) << name;
    EXPECT_EQ(*read_text(fs::path(MOTE_SOURCE_DIR) / name), file->content);
  }
  EXPECT_EQ(find_embedded("device/none.h"), nullptr);
}

TEST(RunProcess, GivesOutputErrorsAndStatus) {
  const auto run = run_process({"sh", "-c", "echo out; echo err >&2; exit 7"}, "/", 10);
  ASSERT_TRUE(run);
  EXPECT_EQ(run->out, "out\n");
  EXPECT_EQ(run->err, "err\n");
  EXPECT_EQ(run->exit_code, 7);
  EXPECT_FALSE(run->timed_out);
}

TEST(RunProcess, AMillionBytesOnBothPipesDoNotBlock) {
  const auto run =
      run_process({"sh", "-c", "head -c 1000000 /dev/zero >&2; head -c 1000000 /dev/zero"}, "", 10);
  ASSERT_TRUE(run);
  EXPECT_EQ(run->out.size(), 1000000u);
  EXPECT_EQ(run->err.size(), 1000000u);
}

TEST(RunProcess, StandardInputIsEmpty) {
  const auto run = run_process({"cat"}, "", 10);
  ASSERT_TRUE(run);
  EXPECT_EQ(run->exit_code, 0);
  EXPECT_EQ(run->out, "");
}

TEST(RunProcess, EndsProgramsAndTheirChildrenInTime) {
  const double begin = now_seconds();
  const auto run = run_process({"sh", "-c", "sleep 30 & sleep 30; echo late"}, "", 0.2);
  ASSERT_TRUE(run);
  EXPECT_TRUE(run->timed_out);
  EXPECT_EQ(run->out, "");
  EXPECT_LT(now_seconds() - begin, 5);
}

TEST(RunProcess, EndsInTimeAlsoAProgramThatClosesItsOutput) {
  const double begin = now_seconds();
  const auto run = run_process({"sh", "-c", "exec >/dev/null 2>&1; sleep 30"}, "", 0.2);
  ASSERT_TRUE(run);
  EXPECT_TRUE(run->timed_out);
  EXPECT_LT(now_seconds() - begin, 5);
}

TEST(RunProcess, AKilledProgramHasItsSignalAsStatus) {
  const auto run = run_process({"sh", "-c", "kill -9 $$"}, "", 10);
  ASSERT_TRUE(run);
  EXPECT_EQ(run->exit_code, 128 + 9);
}

TEST(RunProcess, NamesAProgramThatIsMissing) {
  const auto run = run_process({"no-such-program-here"}, "", 10);
  ASSERT_FALSE(run);
  EXPECT_NE(run.error().message.find("'no-such-program-here' is not installed"), std::string::npos);
  EXPECT_FALSE(run.error().hint.empty());
}

TEST(FindProgram, LooksOnPathAndAtPaths) {
  EXPECT_EQ(find_program("/bin/sh"), "/bin/sh");
  EXPECT_FALSE(find_program("sh").empty());
  EXPECT_TRUE(find_program("no-such-program-here").empty());
  EXPECT_TRUE(find_program("").empty());
}

TEST(ParallelFor, DoesEachPieceOnceWhateverTheThreads) {
  for (const char* threads : {"1", "2", "7", "1000", "many"}) {
    ::setenv("MOTE_THREADS", threads, 1);
    for (const int n : {0, 1, 2, 63, 1000}) {
      std::vector<int> times(static_cast<std::size_t>(n), 0);
      parallel_for(n, [&](int i) { ++times[static_cast<std::size_t>(i)]; });
      EXPECT_EQ(std::accumulate(times.begin(), times.end(), 0), n);
      for (const int t : times) ASSERT_EQ(t, 1);
    }
  }
  ::unsetenv("MOTE_THREADS");
}

}  // namespace
}  // namespace mote
