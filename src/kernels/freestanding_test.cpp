// The device sources under the compilers they must bear: C++11, no standard library, no fused multiply-add.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "base/system.h"
#include "base/text.h"

namespace mote {
namespace {

namespace fs = std::filesystem;

/// One file that includes every header of device/, sorted, and instantiates the float kernels.
std::string all_headers() {
  const fs::path device = fs::path(MOTE_SOURCE_DIR) / "device";
  std::vector<std::string> headers;
  for (const auto& entry : fs::recursive_directory_iterator(device)) {
    if (entry.path().extension() == ".h")
      headers.push_back(fs::relative(entry.path(), device).generic_string());
  }
  std::sort(headers.begin(), headers.end());
  std::string source;
  for (const auto& header : headers) source += text::cat("#include \"", header, "\"\n");
  return source + R"(
using namespace mote;
void call_conv(const Conv2dF32Params& p, const float* in, const float* w, const float* b, float* out) { conv2d_f32(p, in, w, b, out); }
void call_depthwise(const DepthwiseConv2dF32Params& p, const float* in, const float* w, float* out) { depthwise_conv2d_f32(p, in, w, 0, out); }
void call_dense(const FullyConnectedF32Params& p, const float* in, const float* w, const float* b, float* out) { fully_connected_f32(p, in, w, b, out); }
void call_softmax(const SoftmaxF32Params& p, const float* in, float* out) { softmax_f32(p, in, out); }
void call_softmax_s8(const SoftmaxS8Params& p, const int8_t* in, int8_t* out) { softmax_s8(p, in, out); }
)";
}

class Freestanding : public testing::Test {
 protected:
  void SetUp() override {
    auto folder = ScratchFolder::make("freestanding");
    ASSERT_TRUE(folder) << folder.error().message;
    folder_ = std::make_unique<ScratchFolder>(std::move(*folder));
    const auto written = write_text(folder_->path() / "all.cpp", all_headers());
    ASSERT_TRUE(written) << written.error().message;
  }

  /// Compiles to assembly; gives its text.
  std::string compile(const std::string& compiler, const std::vector<std::string>& flags) {
    std::vector<std::string> command = {compiler};
    for (const char* flag :
         {"-Wall", "-Wextra", "-Wshadow", "-Werror", "-Wdouble-promotion", "-ffreestanding",
          "-fno-exceptions", "-fno-rtti", "-S", "all.cpp", "-o", "all.s"}) {
      command.push_back(flag);
    }
    command.insert(command.end(), flags.begin(), flags.end());
    command.push_back("-I" + (fs::path(MOTE_SOURCE_DIR) / "device").string());
    const auto ran = run_process(command, folder_->path(), 120);
    if (!ran) {
      ADD_FAILURE() << ran.error().message;
      return {};
    }
    EXPECT_EQ(ran->exit_code, 0) << ran->err;
    const auto assembly = read_text(folder_->path() / "all.s");
    return assembly ? *assembly : std::string();
  }

  std::unique_ptr<ScratchFolder> folder_;
};

#define REQUIRE_PROGRAM(name) \
  if (find_program(name).empty()) GTEST_SKIP() << name << " is not installed: nothing was compiled with it"

TEST_F(Freestanding, EveryHeaderIsCpp11ForCortexM4WithoutFusedArithmetic) {
  REQUIRE_PROGRAM("arm-none-eabi-g++");
  for (const char* standard : {"-std=c++11", "-std=gnu++11"}) {
    const std::string assembly = compile("arm-none-eabi-g++", {standard, "-O2", "-mcpu=cortex-m4", "-mthumb",
                                                               "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"});
    EXPECT_NE(assembly.find("vmul.f32"), std::string::npos) << "no float arithmetic to look at";
    for (const char* fused : {"vfma", "vfms", "vfnm"})
      EXPECT_EQ(assembly.find(fused), std::string::npos) << fused;
  }
}

TEST_F(Freestanding, EveryHeaderIsCpp11ForCortexM0) {
  REQUIRE_PROGRAM("arm-none-eabi-g++");
  compile("arm-none-eabi-g++", {"-std=gnu++11", "-Os", "-mcpu=cortex-m0", "-mthumb"});
}

TEST_F(Freestanding, EveryHeaderIsPedanticCpp11OnTheHost) {
  REQUIRE_PROGRAM("g++");
  compile("g++", {"-std=c++11", "-Wpedantic", "-O2"});
}

TEST_F(Freestanding, NeitherHostCompilerFusesWhenItCould) {
#if !defined(__x86_64__)
  GTEST_SKIP() << "the flags below are those of x86-64";
#endif
  bool any = false;
  for (const char* compiler : {"g++", "clang++"}) {
    if (find_program(compiler).empty()) continue;
    any = true;
    const std::string assembly = compile(compiler, {"-std=gnu++11", "-O2", "-mavx2", "-mfma"});
    EXPECT_EQ(assembly.find("vfmadd"), std::string::npos) << compiler;
    EXPECT_EQ(assembly.find("vfnmadd"), std::string::npos) << compiler;
  }
  if (!any) GTEST_SKIP() << "neither g++ nor clang++ is installed";
}

}  // namespace
}  // namespace mote
