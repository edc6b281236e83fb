// Real networks answer what TensorFlow Lite Micro's reference kernels answered: every output byte and every
// intermediate tensor, on the host and on the emulated Cortex-M4.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "app/app.h"
#include "support/files.h"

namespace mote {
namespace {
namespace fs = std::filesystem;

struct Golden {
  const char* name;
  std::int64_t samples;  // fewer than there are where the network is large; 0: all
};
void PrintTo(const Golden& golden, std::ostream* out) { *out << golden.name; }

class GoldenNetworks : public ::testing::TestWithParam<Golden> {};

// Output bytes and, with `hashes`, tensors that differ on host and target.
void expect_no_difference(const RunRequest& request) {
  const auto outcome = run_model(request);
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_TRUE(outcome->ok) << outcome->text;
  const auto json = nlohmann::json::parse(outcome->json);
  EXPECT_EQ(json.at("mismatched_bytes"), 0);
  EXPECT_GT(json.at("golden").at("compared_bytes"), 0);
  EXPECT_EQ(json.at("golden").at("host"), 0);
  EXPECT_EQ(json.at("golden").at("device"), 0);
  if (request.hashes.empty()) return;
  EXPECT_GT(json.at("hashes").at("compared"), 0);
  EXPECT_EQ(json.at("hashes").at("host"), 0);
  EXPECT_EQ(json.at("hashes").at("device"), 0);
}

TEST_P(GoldenNetworks, AnswerEveryByte) {
  const Golden golden = GetParam();
  const fs::path root = testing::data_folder(), folder = root / "golden" / golden.name;
  const auto manifest = read_text(root / "golden/manifest.json");
  if (!manifest || !fs::exists(folder)) GTEST_SKIP() << folder << " is not there; set MOTE_DATA";
  RunRequest request;
  request.model =
      (root / nlohmann::json::parse(*manifest).at(golden.name).at("tflite").get<std::string>()).string();
  request.inputs = {(folder / "inputs.npy").string()};
  request.goldens = {(folder / "outputs.npy").string()};
  request.samples = golden.samples;
  for (const char* target : {"host", "cortex-m4"}) {
    request.target = target;
    request.no_fuse = false;
    request.hashes = "";
    expect_no_difference(request);
    request.no_fuse = true;  // every tensor is there to be compared
    request.hashes = (folder / "intermediate/hashes.csv").string();
    expect_no_difference(request);
  }
}

INSTANTIATE_TEST_SUITE_P(Data, GoldenNetworks,
                         ::testing::Values(Golden{"kws", 0}, Golden{"ad", 8}, Golden{"hello", 0},
                                           Golden{"vww", 2}, Golden{"ic", 3}, Golden{"mspeech", 8},
                                           Golden{"sww", 4}),
                         [](const auto& given) { return std::string(given.param.name); });

}  // namespace
}  // namespace mote
