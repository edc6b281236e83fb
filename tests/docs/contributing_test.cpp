// The worked example of CONTRIBUTING.md: its files are put beside the project's, registered as CMake does it, compiled, and the
// example's own tests run.
#include <gtest/gtest.h>

#include "pages.h"

namespace mote::docs {
namespace {
namespace fs = std::filesystem;

struct Registry {
  const char *folder, *prefix, *type, *header, *function;
};

// The plug-ins of a folder in the project and in the example, as cmake/MoteRoom.cmake lists them.
std::string registry_source(const Registry& r, const fs::path& example) {
  std::set<std::string> stems;
  for (const fs::path& base : {root() / r.folder, example / r.folder}) {
    for (const auto& entry : fs::recursive_directory_iterator(base)) {
      std::string stem = fs::relative(entry.path(), base).string();
      if (!text::ends_with(stem, ".cpp") || text::ends_with(stem, "_test.cpp")) continue;
      stem.resize(stem.size() - 4);
      for (char& c : stem) c = c == '/' ? '_' : c;
      stems.insert(stem);
    }
  }
  std::string declarations, entries;
  for (const std::string& stem : stems) {
    declarations += text::cat("const ::mote::", r.type, "& ", r.prefix, stem, "();\n");
    entries += text::cat("&", r.prefix, stem, "(), ");
  }
  return text::cat("#include \"", r.header, "\"\n", declarations, "namespace mote {\nstd::span<const ",
                   r.type, "* const> ", r.function, "() {\n  static const std::vector<const ", r.type,
                   "*> table = {", entries, "};\n  return table;\n}\n}\n");
}

class Contributing : public testing::Test {
 protected:
  void SetUp() override {
    auto scratch = ScratchFolder::make("docs_contributing");
    ASSERT_TRUE(scratch);
    scratch_.emplace(std::move(*scratch));
    for (const Block& block : read_page("CONTRIBUTING.md").blocks) {
      if (block.file.empty()) continue;
      ASSERT_TRUE(write_text(folder() / block.file, block.text));
      if (text::ends_with(block.file, ".cpp")) sources_.push_back(block.file);
      if (text::starts_with(block.file, "device/")) headers_.push_back(block.file);
    }
  }
  const fs::path& folder() const { return scratch_->path(); }

  std::optional<ScratchFolder> scratch_;
  std::vector<std::string> sources_, headers_;
};

TEST_F(Contributing, ExampleCompilesIsRegisteredAndPassesItsTests) {
  ASSERT_GE(sources_.size(), 4u);
  const Registry ops{"src/ops", "mote_op_", "OpDef", "graph/op.h", "op_registry"};
  const Registry kernels{"src/kernels", "mote_kernel_", "KernelVariant", "graph/kernel.h", "kernel_registry"};
  ASSERT_TRUE(write_text(folder() / "ops.cpp", registry_source(ops, folder())));
  ASSERT_TRUE(write_text(folder() / "kernels.cpp", registry_source(kernels, folder())));

  std::vector<std::string> command = {MOTE_COMPILER, "-std=c++20", "-O0", "-ffp-contract=off"};
  for (const char* warning : {"-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Werror"})
    command.emplace_back(warning);
  for (const fs::path& base : {folder(), root()}) {
    command.push_back(text::cat("-I", (base / "src").string()));
    command.push_back(text::cat("-I", (base / "device").string()));
  }
  command.insert(command.end(), sources_.begin(), sources_.end());
  for (const char* word : {"ops.cpp", "kernels.cpp", "-o", "example", "-Wl,--start-group"})
    command.emplace_back(word);
  for (const std::string& library : text::split(MOTE_EXAMPLE_LIBRARIES, ':')) {
    if (!library.empty()) command.push_back(library);
  }
  for (const char* word : {"-Wl,--end-group", "-lgtest", "-lgtest_main", "-lfmt", "-lpthread"})
    command.emplace_back(word);
  const auto built = run_process(command, folder(), 300);
  ASSERT_TRUE(built && built->exit_code == 0) << story(built);
  const auto tested = run_process({(folder() / "example").string()}, folder(), 60);
  EXPECT_TRUE(tested && tested->exit_code == 0) << story(tested);
}

TEST_F(Contributing, ExampleKernelsAreFreestanding) {
  ASSERT_GE(headers_.size(), 2u);
  std::string source;
  for (const std::string& header : headers_) source += text::cat("#include \"", header.substr(7), "\"\n");
  ASSERT_TRUE(write_text(folder() / "device.cpp", source));
  const auto done = run_process({MOTE_COMPILER, "-std=c++11", "-ffreestanding", "-fno-exceptions",
                                 "-fno-rtti", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only",
                                 "-Idevice", text::cat("-I", (root() / "device").string()), "device.cpp"},
                                folder(), 60);
  EXPECT_TRUE(done && done->exit_code == 0) << story(done);
}

}  // namespace
}  // namespace mote::docs
