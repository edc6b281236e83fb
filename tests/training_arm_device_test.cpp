// The training kernels on another processor: built for AArch64 and run in QEMU's user mode, NEON gives the bytes that this
// machine's fused multiply-adds give.
#include <gtest/gtest.h>

#include <cstring>

#include "base/system.h"
#include "emulate/emulate.h"
#include "support/training_kernels.h"

namespace mote {
namespace {
namespace fs = std::filesystem;

constexpr char kProgram[] = R"(#include <cstdio>
#include <cstring>
#include "base/system.h"
#include "support/training_kernels.h"
std::span<const mote::EmbeddedFile> mote::embedded_files() { return {}; }
int main() {
  std::printf("%s\n", mote::learn::instruction_set());
  for (const mote::learn::Window& w : mote::learn::testing::windows())
    for (const float value : mote::learn::testing::everything(w)) {
      unsigned bits;
      std::memcpy(&bits, &value, 4);
      std::printf("%08x\n", bits);
    }
}
)";

std::vector<std::string> build_command(const fs::path& program, const fs::path& out) {
  const fs::path root = MOTE_SOURCE_DIR, math = root / "src/math", base = root / "src/base";
  std::vector<std::string> command = {"aarch64-linux-gnu-g++",
                                      "-std=c++20",
                                      "-O2",
                                      "-ffp-contract=off",
                                      "-fno-math-errno",
                                      "-Wall",
                                      "-Wextra",
                                      "-Werror",
                                      "-static",
                                      "-DFMT_HEADER_ONLY",  // Debian's library is of this machine's processor
                                      "-I" + (root / "src").string(),
                                      "-I" + (root / "device").string(),
                                      "-I" + (root / "tests").string(),
                                      program.string()};
  for (const char* name : {"nn.cpp", "layers.cpp", "pieces.cpp", "random.cpp", "loops_base.cpp",
                           "loops_avx2.cpp", "loops_avx512.cpp"})
    command.push_back((math / name).string());
  for (const char* name : {"system.cpp", "text.cpp"}) command.push_back((base / name).string());
  command.insert(command.end(), {"-o", out.string()});
  return command;
}

TEST(TrainingOnArm, GivesTheBytesOfThisMachinesVectors) {
  const auto target = find_target("aarch64");
  ASSERT_TRUE(target);
  const auto missing = missing_tools(*target);
  if (!missing.empty()) GTEST_SKIP() << missing[0].package << " is not installed";
  if (!learn::use_instruction_set("avx2")) GTEST_SKIP() << "this machine has no fused multiply-add";

  const auto folder = ScratchFolder::make("training-arm");
  ASSERT_TRUE(folder);
  const fs::path source = folder->path() / "main.cpp", program = folder->path() / "train";
  ASSERT_TRUE(write_text(source, kProgram));
  const auto built = run_process(build_command(source, program), folder->path(), 300);
  ASSERT_TRUE(built) << built.error().message;
  ASSERT_EQ(built->exit_code, 0) << built->err;
  const auto run = run_process({"qemu-aarch64", program.string()}, folder->path(), 120);
  ASSERT_TRUE(run) << run.error().message;
  ASSERT_EQ(run->exit_code, 0) << run->err;

  std::string expected = "base\n";
  std::size_t numbers = 0;
  for (const learn::Window& w : learn::testing::windows())
    for (const float value : learn::testing::everything(w)) {
      std::uint32_t bits;
      std::memcpy(&bits, &value, sizeof bits);
      expected += fmt::format("{:08x}\n", bits);
      ++numbers;
    }
  EXPECT_GT(numbers, 100000u);
  ASSERT_EQ(run->out.size(), expected.size());
  const auto differs = std::mismatch(run->out.begin(), run->out.end(), expected.begin());
  EXPECT_TRUE(differs.first == run->out.end())
      << "number " << (differs.first - run->out.begin() - 5) / 9 << " of " << numbers;
}

}  // namespace
}  // namespace mote
