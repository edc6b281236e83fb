// README and guide, read as a newcomer does: files are written, commands run in order, applications compiled.
// Commands that build the project itself are not run again: their scripts and presets must exist.
#include <gtest/gtest.h>

#include <cstdlib>

#include "pages.h"

namespace mote::docs {
namespace {
namespace fs = std::filesystem;

constexpr double kSeconds = 600;

// Lines of a block, with those that end with a backslash joined to the next.
std::vector<std::string> command_lines(const std::string& block) {
  std::vector<std::string> lines;
  bool goes_on = false;
  for (const std::string& line : text::split(block, '\n')) {
    if (goes_on)
      lines.back() += "\n" + line;
    else if (!text::trim(line).empty())
      lines.push_back(line);
    goes_on = text::ends_with(line, "\\");
  }
  return lines;
}

bool builds_the_project(std::string_view line) {
  for (const char* start : {"./demo", "./test", "sh cmake/", "sh tests/", "cmake ", "ctest "}) {
    if (text::starts_with(line, start)) return true;
  }
  return false;
}

// Scripts that the line names are there, and so is its preset.
void check_only(const std::string& line, const std::string& where) {
  const auto presets = read_text(root() / "CMakePresets.json");
  ASSERT_TRUE(presets);
  const std::vector<std::string> words = text::split(line.substr(0, line.find('#')), ' ');
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    const bool script = text::starts_with(word, "./") || text::ends_with(word, ".sh");
    if (script) {
      EXPECT_TRUE(fs::is_regular_file(root() / word)) << where << ": " << word;
    }
    if (word == "--preset" && i + 1 < words.size()) {
      EXPECT_NE(presets->find(text::cat("\"name\": \"", words[i + 1], "\"")), std::string::npos)
          << where << ": there is no preset " << words[i + 1];
    }
  }
}

class Reader {
 public:
  explicit Reader(fs::path folder) : folder_(std::move(folder)) {
    fs::create_directories(folder_ / "examples");
    fs::copy(root() / "examples", folder_ / "examples",
             fs::copy_options::recursive | fs::copy_options::overwrite_existing);
  }

  void read(const std::string& name) {
    const Page page = read_page(name);
    for (const Block& block : page.blocks) {
      if (!block.file.empty()) {
        ASSERT_TRUE(write_text(folder_ / block.file, block.text)) << page.at(block.line);
      }
      if (block.language == "sh") run(page, block);
      if (block.language == "c" || block.language == "cpp") compile(page, block);
      if (testing::Test::HasFailure()) return;  // later blocks build on earlier ones
    }
  }

 private:
  void run(const Page& page, const Block& block) {
    const std::string where = page.at(block.line);
    std::string script;
    for (const std::string& line : command_lines(block.text)) {
      if (builds_the_project(line))
        check_only(line, where);
      else
        script += line + "\n";
    }
    if (script.empty()) return;
    const fs::path data = data_folder();
    if (block.words.count("data") > 0 && data.empty()) {
      std::printf("%s: skipped, there is no data folder ($MOTE_DATA)\n", where.c_str());
      return;
    }
    const std::string path =
        text::cat("PATH='", fs::path(MOTE_PROGRAM).parent_path().string(), "':\"$PATH\"\nexport PATH\n");
    const std::string variable =
        data.empty() ? "" : text::cat("MOTE_DATA='", data.string(), "'\nexport MOTE_DATA\n");
    const auto done = run_process({"/bin/sh", "-eu", "-c", path + variable + script}, folder_, kSeconds);
    EXPECT_TRUE(done && done->exit_code == 0) << where << "\n" << script << story(done);
  }

  void compile(const Page& page, const Block& block) {
    const bool c = block.language == "c";
    if (block.words.count("compile") == 0) {
      EXPECT_FALSE(block.file.empty()) << page.at(block.line) << ": the block is neither a file nor compiled";
      return;
    }
    const std::string file = c ? "block.c" : "block.cpp";
    ASSERT_TRUE(write_text(folder_ / file, block.text));
    std::vector<std::string> command = {c ? "cc" : MOTE_COMPILER, c ? "-std=c99" : "-std=c++11", "-Wall",
                                        "-Wextra"};
    for (const char* word : {"-Wpedantic", "-Werror", "-Ifirmware", "-c", "-o", "block.o"})
      command.emplace_back(word);
    command.push_back(file);
    const auto done = run_process(command, folder_, kSeconds);
    EXPECT_TRUE(done && done->exit_code == 0) << page.at(block.line) << "\n" << story(done);
  }

  fs::path folder_;
};

TEST(Guide, ReadmeWorksAsItIsWritten) {
  const auto scratch = ScratchFolder::make("docs_readme");
  ASSERT_TRUE(scratch);
  Reader(scratch->path()).read("README.md");
}

TEST(Guide, PagesWorkOneAfterTheOther) {
  const auto scratch = ScratchFolder::make("docs_guide");
  ASSERT_TRUE(scratch);
  Reader reader(scratch->path());
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(root() / "docs" / "guide"))
    names.insert(fs::relative(entry.path(), root()).string());
  ASSERT_GE(names.size(), 4u);
  for (const std::string& name : names) reader.read(name);
}

TEST(Guide, ContributingNamesCommandsThatExist) {
  for (const Block& block : read_page("CONTRIBUTING.md").blocks) {
    if (block.language != "sh") continue;
    for (const std::string& line : command_lines(block.text)) {
      EXPECT_TRUE(builds_the_project(line)) << line;
      check_only(line, "CONTRIBUTING.md");
    }
  }
}

}  // namespace
}  // namespace mote::docs
