// Every .tflite that is there compiles for a Cortex-M4 and answers on it as on the host, or is refused for the reason given here.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "app/model_cases.h"
#include "support/files.h"
#include "support/hybrid.h"

namespace mote {
namespace {
namespace fs = std::filesystem;

constexpr const char* kRuns = "";

// File below data/models → kRuns, or part of the refusal.
const std::map<std::string, std::string>& expected_outcomes() {
  static const std::map<std::string, std::string> outcomes = {
      {"micro-wake-word/okay_nabu.tflite", kRuns},
      {"micro-wake-word/v2_alexa.tflite", kRuns},
      {"micro-wake-word/v2_experiments_okay_computer.tflite", kRuns},
      {"micro-wake-word/v2_hey_jarvis.tflite", kRuns},
      {"micro-wake-word/v2_vad.tflite", kRuns},
      {"mlperf-tiny/ad01_fp32.tflite", kRuns},
      {"mlperf-tiny/ad01_int8.tflite", kRuns},
      {"mlperf-tiny/kws_ref_model.tflite", kRuns},
      {"mlperf-tiny/kws_ref_model_float32.tflite", kRuns},
      {"mlperf-tiny/pretrainedResnet.tflite", kRuns},
      {"mlperf-tiny/pretrainedResnet_quant.tflite", kRuns},
      {"mlperf-tiny/str_ww_ref_model.tflite", kRuns},
      {"mlperf-tiny/vww_96_float.tflite", kRuns},
      {"mlperf-tiny/vww_96_int8.tflite", kRuns},
      {"tflm/audio_preprocessor_float.tflite", kRuns},
      {"tflm/audio_preprocessor_int8.tflite", kRuns},
      {"tflm/dtln_noise_suppression.tflite", kRuns},
      {"tflm/hello_world_float.tflite", kRuns},
      {"tflm/hello_world_int8.tflite", kRuns},
      {"tflm/keyword_scrambled.tflite", kRuns},
      {"tflm/micro_speech_quantized.tflite", kRuns},
      {"tflm/simple_add_model.tflite", kRuns},
      {"tinyml-misc/image_example1.tflite", kRuns},
      {"tinyml-misc/magicwand_model.tflite", kRuns},
      {"tinyml-misc/magicwand_quantized_model.tflite", kRuns},
      {"tinyml-misc/mcunet_vww.tflite", kRuns},
      {"tinyml-misc/mltk_micro_speech.tflite", kRuns},
      {"tinyml-misc/mnist_lenet-300-100_ptq.tflite", kRuns},
      {"tinyml-misc/rock_paper_scissors.tflite", kRuns},
  };
  return outcomes;
}

std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const auto& [name, outcome] : expected_outcomes()) all.push_back(name);
  return all;
}

TEST(ModelsThatAreThere, AreAllInTheList) {
  const fs::path folder = testing::data_folder() / "models";
  if (!fs::exists(folder)) GTEST_SKIP() << folder << " is not there; set MOTE_DATA";
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".tflite") continue;
    const std::string name = fs::relative(entry.path(), folder).generic_string();
    EXPECT_EQ(expected_outcomes().count(name), 1u) << name << " is new: what is expected of it?";
  }
}

class Models : public ::testing::TestWithParam<std::string> {};

TEST_P(Models, RunOnCortexM4OrAreRefusedWithTheReason) {
  const std::string wanted = expected_outcomes().at(GetParam());
  const fs::path model = testing::data_folder() / "models" / GetParam();
  if (!fs::exists(model)) GTEST_SKIP() << model << " is not there; set MOTE_DATA";
  RunRequest request;
  request.model = model.string();
  request.target = "cortex-m4";
  request.samples = 2;
  const auto run = [&]() -> Result<DeviceRun> {
    MOTE_TRY(const PreparedModel ready, prepare(request));
    MOTE_TRY(const Cases cases, read_cases(ready.module, request));
    DeviceRunOptions options;
    options.measure = false;
    options.sequence = true;
    return run_on_device(ready.module, ready.target, cases, options);
  }();
  if (wanted != kRuns) {
    ASSERT_FALSE(run) << "was refused before; say kRuns in the list";
    EXPECT_NE(run.error().message.find(wanted), std::string::npos) << run.error().message;
    return;
  }
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_TRUE(run->matches()) << run->first_mismatch;
  EXPECT_GT(run->compared_bytes, 0u);
  EXPECT_GT(run->layer_bytes, 0u);
}

INSTANTIATE_TEST_SUITE_P(Data, Models, ::testing::ValuesIn(names()), [](const auto& given) {
  std::string name = given.param;
  for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return name;
});

TEST(HybridKeywords, AnswerTheSameBitsOnHostAndCortexM4) {
  const auto hybrid = testing::hybrid_keywords();
  if (!hybrid) GTEST_SKIP() << hybrid.error().message;
  Bytes first;
  for (const char* name : {"host", "cortex-m4"}) {
    const auto target = find_target(name);
    ASSERT_TRUE(target);
    DeviceRunOptions options;
    options.measure = false;
    const auto run = run_on_device(hybrid->module, *target, hybrid->cases, options);
    ASSERT_TRUE(run) << run.error().message;
    EXPECT_TRUE(run->matches()) << run->first_mismatch;
    if (first.empty()) first = run->outputs;
    EXPECT_EQ(run->outputs, first);
  }
}

}  // namespace
}  // namespace mote
