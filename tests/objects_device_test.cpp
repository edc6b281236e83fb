// What the device sources become on a Cortex-M4, freestanding: no library, no double, no fused rounding, nothing
// that runs before main.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/system.h"
#include "graph/kernel.h"
#include "targets/target.h"

namespace mote {
namespace {

// The only functions of others that the device sources may call: GCC makes calls of the first three by itself, the
// others are 64-bit integer helpers of libgcc.
const std::set<std::string> kAllowed = {"memcpy",          "memset",           "memmove",
                                        "__aeabi_ldivmod", "__aeabi_uldivmod", "__aeabi_lmul",
                                        "__aeabi_llsl",    "__aeabi_llsr",     "__aeabi_lasr"};

// A source that takes the address of every kernel, so that each is compiled as a function of its own.
std::string probe() {
  std::set<std::string> headers = {"mote/base/fixed.h", "mote/base/fmath.h", "mote/base/hash.h"};
  std::set<std::string> functions = {"expf", "fnv1a32", "requantize"};
  for (const KernelVariant* variant : kernel_registry()) {
    headers.insert(std::string(variant->header));
    functions.insert(std::string(variant->function));
  }
  std::string out;
  for (const std::string& header : headers) out += text::cat("#include \"", header, "\"\n");
  for (const std::string& function : functions)
    out += text::cat("decltype(&mote::", function, ") probe_", function, " = &mote::", function, ";\n");
  return out;
}

class DeviceObjects : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    auto target = find_target("cortex-m4");
    ASSERT_TRUE(target);
    if (find_program(target->toolchain.compiler).empty())
      GTEST_SKIP() << target->toolchain.compiler << " is not installed: " << target->toolchain.package;
    folder_.emplace(std::move(*ScratchFolder::make("objects")));
    std::vector<OutputFile> files = {{"probe.cpp", probe()}};
    for (const EmbeddedFile& file : embedded_files()) {
      constexpr std::string_view device = "device/";
      if (text::starts_with(file.path, device))
        files.push_back({std::string(file.path.substr(device.size())), std::string(file.content)});
    }
    ASSERT_TRUE(write_tree(folder_->path(), files));
    // Without -ffp-contract=off and with GNU extensions, as board packages build: the sources must see to it themselves.
    std::vector<std::string> command = {target->toolchain.compiler,
                                        "-std=gnu++11",
                                        "-ffreestanding",
                                        "-fno-exceptions",
                                        "-fno-rtti",
                                        "-Wall",
                                        "-Wextra",
                                        "-Werror",
                                        "-I.",
                                        "-c",
                                        "probe.cpp",
                                        "-o",
                                        "probe.o"};
    for (const std::string& flag : target->toolchain.flags) {
      if (flag != "-O2" && flag != "-ffp-contract=off") command.push_back(flag);
    }
    command.push_back(GetParam());
    const auto built = run_process(command, folder_->path(), 200);
    ASSERT_TRUE(built) << built.error().message;
    ASSERT_EQ(built->exit_code, 0) << built->err.substr(0, 3000);
  }

  std::string tool(const std::string& name, const std::string& option) const {
    const auto run = run_process({"arm-none-eabi-" + name, option, "probe.o"}, folder_->path(), 60);
    EXPECT_TRUE(run && run->exit_code == 0);
    return run ? run->out : "";
  }

  std::optional<ScratchFolder> folder_;
};

TEST_P(DeviceObjects, CallOnlyMemoryFunctionsAndLongIntegerHelpers) {
  for (const std::string& line : text::split(tool("nm", "-u"), '\n')) {
    const std::string_view trimmed = text::trim(line);
    if (trimmed.empty()) continue;
    const std::string symbol(trimmed.substr(trimmed.rfind(' ') + 1));
    EXPECT_EQ(kAllowed.count(symbol), 1u) << "the device sources call " << symbol;
  }
}

TEST_P(DeviceObjects, HaveNoFusedMultiplyAdd) {
  const std::string code = tool("objdump", "-d");
  EXPECT_NE(code.find("vmul.f32"), std::string::npos);  // floats are computed at all
  std::string function;
  for (const std::string& line : text::split(code, '\n')) {
    if (!line.empty() && line[0] != ' ') function = line;
    for (const char* fused : {"\tvfma", "\tvfms", "\tvfnma", "\tvfnms"})
      EXPECT_EQ(line.find(fused), std::string::npos) << function << line;
  }
}

TEST_P(DeviceObjects, HaveNoDoublesAndNothingBeforeMain) {
  const std::string code = tool("objdump", "-d");
  EXPECT_EQ(code.find("\tv") != std::string::npos && code.find(".f64") != std::string::npos, false);
  for (const std::string& line : text::split(tool("nm", "-u"), '\n'))
    EXPECT_EQ(line.find("__aeabi_d"), std::string::npos) << line;
  const std::string sections = tool("objdump", "-h");
  for (const char* section : {".init_array", ".ctors", ".fini_array", ".eh_frame"})
    EXPECT_EQ(sections.find(section), std::string::npos) << section;
}

INSTANTIATE_TEST_SUITE_P(Levels, DeviceObjects, ::testing::Values("-O2", "-Os"),
                         [](const auto& given) { return std::string(given.param).substr(1); });

}  // namespace
}  // namespace mote
