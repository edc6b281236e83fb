// `mote shrink`: what it writes is int8 throughout, answers nearly what the float model answers, and runs as it is.
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <random>

#include "app/app.h"
#include "base/system.h"
#include "export/export.h"
#include "import/import.h"
#include "sim/sim.h"
#include "support/files.h"
#include "support/random_network.h"

namespace mote {
namespace {
namespace fs = std::filesystem;

class ShrinkVerb : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(scratch_.has_value()) << scratch_.error().message;
    folder_ = scratch_->path();
  }
  std::string at(const char* name) const { return (folder_ / name).string(); }

  /// A float network on disk with inputs for it.
  Module write_network() {
    Module module = testing::random_network(7, 5);
    const auto bytes = export_tflite(module);
    EXPECT_TRUE(bytes) << bytes.error().message;
    EXPECT_TRUE(write_file(at("float.tflite"), *bytes));
    const Tensor& input = module.main().tensor(module.main().inputs[0].tensor);
    std::mt19937_64 bits(3);
    for (std::int64_t i = 0; i < kCases * input.type.count(); ++i)
      inputs_.push_back(static_cast<float>(bits() % 2001) / 1000.0f - 1.0f);
    const auto* first = reinterpret_cast<const std::uint8_t*>(inputs_.data());
    const std::string npy =
        testing::npy_of_cases(input.type, kCases, {first, inputs_.size() * sizeof(float)});
    EXPECT_TRUE(write_text(at("x.npy"), npy));
    return module;
  }
  ShrinkRequest request() const {
    ShrinkRequest request;
    request.model = at("float.tflite");
    request.calibrate = {at("x.npy")};
    request.output = at("int8.tflite");
    return request;
  }

  static constexpr std::int32_t kCases = 24;
  std::vector<float> inputs_;
  Result<ScratchFolder> scratch_ = ScratchFolder::make("shrink");
  fs::path folder_;
};

TEST_F(ShrinkVerb, AValueThatIsNoNumberIsNamedByFileAndCase) {
  const Module module = write_network();
  const TensorType type = module.main().tensor(module.main().inputs[0].tensor).type;
  inputs_[static_cast<std::size_t>(3 * type.count() + 2)] = std::nanf("");
  const auto* first = reinterpret_cast<const std::uint8_t*>(inputs_.data());
  ASSERT_TRUE(
      write_text(at("x.npy"), testing::npy_of_cases(type, kCases, {first, inputs_.size() * sizeof(float)})));
  const auto outcome = shrink_model(request());
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().message, text::cat("calibrating: ", at("x.npy"), ": case 3, element 2 is NaN"));
  EXPECT_EQ(outcome.error().hint.find("evaluating"), std::string::npos) << outcome.error().hint;
  EXPECT_FALSE(fs::exists(at("int8.tflite")));
}

TEST_F(ShrinkVerb, WritesAnInt8ModelThatAnswersAlike) {
  const Module real = write_network();
  const auto outcome = shrink_model(request());
  ASSERT_TRUE(outcome) << outcome.error().message;
  const auto json = nlohmann::json::parse(outcome->json);
  EXPECT_EQ(json.at("calibration_samples"), kCases);
  EXPECT_GT(json.at("layers").size(), 0u);
  const auto quantized = import_model(at("int8.tflite"));
  ASSERT_TRUE(quantized) << quantized.error().message;
  EXPECT_EQ(quantized->main().tensor(quantized->main().inputs[0].tensor).type.dtype, DType::S8);
  EXPECT_EQ(quantized->main().tensor(quantized->main().outputs[0]).type.dtype, DType::S8);
  for (const auto& layer : json.at("layers")) EXPECT_GT(layer.at("sqnr_db").get<double>(), 10.0) << layer;
}

TEST_F(ShrinkVerb, RefusesAQuantizedModelAndSaysWhatToDo) {
  write_network();
  ASSERT_TRUE(shrink_model(request()));
  ShrinkRequest again = request();
  again.model = at("int8.tflite");
  again.output = at("twice.tflite");
  const auto outcome = shrink_model(again);
  ASSERT_FALSE(outcome);
  EXPECT_NE(outcome.error().message.find("only a float model"), std::string::npos);
  EXPECT_FALSE(outcome.error().hint.empty());
  EXPECT_FALSE(fs::exists(again.output));
}

TEST_F(ShrinkVerb, WritesNothingWhenTheCalibrationCannotBeRead) {
  write_network();
  ShrinkRequest missing = request();
  missing.calibrate = {at("not_there.npy")};
  const auto outcome = shrink_model(missing);
  ASSERT_FALSE(outcome);
  EXPECT_NE(outcome.error().message.find("not_there.npy"), std::string::npos);
  EXPECT_FALSE(fs::exists(missing.output));
}

}  // namespace
}  // namespace mote
