// From sound to word: recordings go through the front end as a sequence of windows, its features through the classifier, on the
// host and on an emulated Cortex-M4; features and scores are TensorFlow Lite Micro's, byte for byte.
#include "math/npz.h"
#include "support/golden.h"

namespace mote {
namespace {
namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t kWindow = 480, kStride = 320;  // samples at 16 kHz: 30 ms every 20 ms

// 16-bit mono samples: of the "data" chunk of a RIFF file.
Result<Bytes> read_samples(const fs::path& path) {
  MOTE_TRY(const Bytes file, read_file(path));
  for (std::size_t at = 12; at + 8 <= file.size();) {
    const std::size_t size = file[at + 4] + (file[at + 5] << 8) + (file[at + 6] << 16);
    const auto begin = file.begin() + static_cast<std::ptrdiff_t>(at + 8);
    if (at + 8 + size > file.size()) break;
    if (std::memcmp(&file[at], "data", 4) == 0)
      return Bytes(begin, begin + static_cast<std::ptrdiff_t>(size));
    at += 8 + size + size % 2;
  }
  return error(text::cat(path.string(), " has no samples"));
}

Result<Cases> windows_of(const fs::path& path) {
  MOTE_TRY(const Bytes samples, read_samples(path));
  Cases windows;
  for (std::size_t at = 0; at + 2 * kWindow <= samples.size(); at += 2 * kStride, ++windows.count) {
    const auto begin = samples.begin() + static_cast<std::ptrdiff_t>(at);
    windows.bytes.insert(windows.bytes.end(), begin, begin + 2 * kWindow);
  }
  return windows;
}

Result<Bytes> npy_data(const fs::path& path) {
  MOTE_TRY(const Bytes file, read_file(path));
  MOTE_TRY(NpyArray array, read_npy(file));
  return std::move(array.data);
}

class MicroSpeech : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (!fs::exists(folder_ / "manifest.json")) GTEST_SKIP() << folder_ << " is not there; set MOTE_DATA";
    const auto text = read_text(folder_ / "manifest.json");
    ASSERT_TRUE(text);
    manifest_ = json::parse(*text);
    const auto target = find_target(GetParam());
    ASSERT_TRUE(target);
    target_ = *target;
  }

  // "shared/models/…" in the manifest is below the data folder.
  fs::path file(const json& path) const {
    return testing::data_folder() / path.get<std::string>().substr(std::string("shared/").size());
  }
  Module model(const char* part) const {
    ModelRequest request;
    request.model = file(manifest_.at(part).at("model")).string();
    auto prepared = prepare(request);
    EXPECT_TRUE(prepared) << (prepared ? "" : prepared.error().message);
    return prepared ? std::move(prepared->module) : Module();
  }
  // The device's answers, which are the host's.
  Bytes answers(const Module& module, const Cases& cases) const {
    DeviceRunOptions options;
    options.sequence = true;
    options.measure = false;
    const auto run = run_on_device(module, target_, cases, options);
    EXPECT_TRUE(run) << (run ? "" : run.error().message);
    if (!run) return {};
    EXPECT_TRUE(run->matches()) << run->first_mismatch;
    return run->outputs;
  }

  const fs::path folder_ = testing::data_folder() / "golden/more/micro_speech_wav";
  json manifest_;
  Target target_;
};

TEST_P(MicroSpeech, HearsTheWordsByteForByte) {
  const Module front_end = model("front_end"), classifier = model("classifier");
  for (const json& one : manifest_.at("cases")) {
    const std::string wav = one.at("wav");
    SCOPED_TRACE(wav);
    const auto windows = windows_of(file(one.at("wav")));
    const auto features = npy_data(folder_ / one.at("features").get<std::string>());
    ASSERT_TRUE(windows && features);
    const Bytes heard = answers(front_end, *windows);
    ASSERT_EQ(heard, *features);
    if (!one.contains("scores")) continue;
    const auto scores = npy_data(folder_ / one.at("scores").get<std::string>());
    ASSERT_TRUE(scores);
    const Bytes said = answers(classifier, {1, heard});
    ASSERT_EQ(said, *scores);
    const auto best = std::max_element(said.begin(), said.end(), [](std::uint8_t a, std::uint8_t b) {
      return static_cast<std::int8_t>(a) < static_cast<std::int8_t>(b);
    });
    EXPECT_EQ(manifest_.at("classifier").at("labels").at(static_cast<std::size_t>(best - said.begin())),
              one.at("label"));
  }
}

TEST_P(MicroSpeech, HasTheFloatFeatures) {
  const Module front_end = model("front_end_float");
  for (const json& one : manifest_.at("cases")) {
    if (!one.contains("features_float")) continue;
    SCOPED_TRACE(one.at("wav"));
    const auto windows = windows_of(file(one.at("wav")));
    const auto features = npy_data(folder_ / one.at("features_float").get<std::string>());
    ASSERT_TRUE(windows && features);
    EXPECT_EQ(testing::differing_golden_bytes(front_end, answers(front_end, *windows), *features), 0u);
  }
}

std::string name_of(const ::testing::TestParamInfo<const char*>& given) {
  std::string name = given.param;
  for (char& c : name) c = c == '-' ? '_' : c;
  return name;
}
INSTANTIATE_TEST_SUITE_P(Data, MicroSpeech, ::testing::Values("host", "cortex-m4"), name_of);

}  // namespace
}  // namespace mote
