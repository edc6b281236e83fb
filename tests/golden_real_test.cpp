// Every golden case of every real network on the host, a Cortex-M4 and a Cortex-M55, as a firmware is built and tensor by
// tensor: minutes.  golden_device_test.cpp holds the same with fewer cases.
#include "support/golden.h"

namespace mote {
namespace {
namespace fs = std::filesystem;
using testing::GoldenRun;

// The folders of data/golden and data/golden/more that hold answers; "none" where the data are not there.
std::vector<std::string> golden_names() {
  std::vector<std::string> names;
  for (const char* folder : {"golden", "golden/more"}) {
    const fs::path root = testing::data_folder() / folder;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(root, ignored)) {
      const fs::path one = entry.path();
      if (fs::exists(one / "inputs.npy") || fs::exists(one / "inputs_0.npy"))
        names.push_back(one.filename().string());
    }
  }
  std::sort(names.begin(), names.end());
  if (names.empty()) names.push_back("none");
  return names;
}

class AllGoldens : public ::testing::TestWithParam<std::tuple<std::string, const char*>> {};

TEST_P(AllGoldens, AnswerEveryByte) {
  const auto& [name, target] = GetParam();
  const auto golden = testing::find_golden(name);
  if (!golden) GTEST_SKIP() << golden.error().message;
  testing::GoldenFigures figures;
  testing::expect_golden(*golden, target, GoldenRun::Fused, false, 0, &figures);
  testing::expect_golden(*golden, target, GoldenRun::EveryTensor, false, 0, &figures);
  if (golden->sequence) testing::expect_golden(*golden, target, GoldenRun::Fused, true, 0, &figures);
  std::printf("%s on %s: %llu golden bytes, %llu hashes of tensors compared\n", name.c_str(), target,
              static_cast<unsigned long long>(figures.bytes),
              static_cast<unsigned long long>(figures.hashes));
}

INSTANTIATE_TEST_SUITE_P(Data, AllGoldens,
                         ::testing::Combine(::testing::ValuesIn(golden_names()),
                                            ::testing::Values("host", "cortex-m4", "cortex-m55")),
                         [](const auto& given) {
                           std::string name = std::get<0>(given.param) + "_on_" + std::get<1>(given.param);
                           for (char& c : name) c = c == '-' ? '_' : c;
                           return name;
                         });

}  // namespace
}  // namespace mote
