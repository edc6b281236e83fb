// `mote check` on small models: what runs is counted, what is too large is said with the numbers, no file is no crash.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "app/app.h"
#include "base/system.h"
#include "export/export.h"
#include "support/quantized_network.h"

namespace mote {
namespace {
using nlohmann::json;

class CheckVerb : public ::testing::Test {
 protected:
  void SetUp() override { folder_.emplace(std::move(*ScratchFolder::make("check-verb"))); }
  // x [1,side,side,1] → conv2d → softmax over a dense layer, int8.
  CheckRequest model(std::int32_t side) const {
    testing::Network net(1);
    const TensorId x = net.input("x", {1, side, side, 1});
    const TensorId y = net.conv("conv", x, 8, 3);
    const std::string path = (folder_->path() / "model.tflite").string();
    EXPECT_TRUE(write_file(path, *export_tflite(testing::quantized(testing::canonical(net.finish({y})), 1))));
    CheckRequest request;
    request.model = path;
    request.estimate = true;
    return request;
  }
  std::optional<ScratchFolder> folder_;
};

TEST_F(CheckVerb, WhatRunsIsCountedAndFits) {
  CheckRequest request = model(8);
  request.target = "nucleo-l476rg";
  const auto outcome = check_model(request);
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_TRUE(outcome->ok) << outcome->text;
  const json out = json::parse(outcome->json);
  EXPECT_EQ(out["unsupported"], 0);
  EXPECT_EQ(out["native"], 1);
  EXPECT_GE(out["memory"]["ram"]["needed"], 8 * 8 * 9);
  EXPECT_EQ(out["memory"]["ram"]["available"], 98304);
  EXPECT_EQ(out["memory"]["built"], false);
}

TEST_F(CheckVerb, TooLargeIsNotOkAndSaysWhere) {
  CheckRequest request = model(120);  // 14,400 bytes in, 115,200 out
  request.target = "nucleo-l476rg";
  const auto outcome = check_model(request);
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_FALSE(outcome->ok);
  EXPECT_NE(outcome->text.find("does not fit into the RAM of nucleo-l476rg"), std::string::npos)
      << outcome->text;
  EXPECT_EQ(json::parse(outcome->json)["memory"]["ram"]["fits"], false);
}

TEST_F(CheckVerb, TheWayOutIsSaidOnce) {
  for (const bool estimate : {true, false}) {  // found in the end, or before anything is built
    CheckRequest request = model(120);
    request.target = "nucleo-l476rg";
    request.estimate = estimate;
    const auto outcome = check_model(request);
    ASSERT_TRUE(outcome) << outcome.error().message;
    const std::string& words = outcome->text;
    const std::size_t first = words.find("a larger board: `mote targets`");
    ASSERT_NE(first, std::string::npos) << words;
    EXPECT_EQ(words.find("larger board", first + 10), std::string::npos) << words;
    const std::size_t hint = words.find("hint: ");
    ASSERT_NE(hint, std::string::npos) << words;
    EXPECT_EQ(words.find("hint: ", hint + 1), std::string::npos) << words;
  }
}

TEST_F(CheckVerb, AFileThatIsNoModelIsAnError) {
  CheckRequest request = model(8);
  ASSERT_TRUE(write_text(request.model, "no model at all, but long enough to be looked at"));
  EXPECT_FALSE(check_model(request));
  request.target = "nowhere";
  EXPECT_FALSE(check_model(request));
}

}  // namespace
}  // namespace mote
