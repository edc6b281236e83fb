// `mote train` as a person uses it: files that appear, an interruption at any moment, folds and seeds.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "app/app.h"
#include "base/system.h"

namespace mote {
namespace {
namespace fs = std::filesystem;

constexpr const char* kProject = R"(name = "verb"
[data]
source = "beats.csv"
label = "label"
labels = ["N", "S", "V", "F"]
group = "subject"
[[data.input]]
name = "beat"
columns = "s0..s124"
rate = 125
offset = -300
scale = 0.002
[model]
template = "cnn1d"
width = 4
[train]
epochs = 8
ema = 0.9
augment = { time_warp = 0.2, noise = 0.1 }
[[target]]
name = "cortex-m4"
)";

class TrainVerb : public ::testing::Test {
 protected:
  void SetUp() override {
    Progress::quiet = true;
    auto made = ScratchFolder::make("train_verb");
    ASSERT_TRUE(made);
    folder_ = std::make_unique<ScratchFolder>(std::move(*made));
    SynthRequestLine synth;
    synth.file = path("beats.csv");
    synth.subjects = 20;
    synth.beats = 12;
    ASSERT_TRUE(data_synth(synth));
    ASSERT_TRUE(write_text(path("mote.toml"), kProject));
  }
  std::string path(const std::string& name) const { return (folder_->path() / name).string(); }
  TrainRequest request(const std::string& output) const {
    TrainRequest r;
    r.project = path("mote.toml");
    r.output = path(output);
    return r;
  }

  std::unique_ptr<ScratchFolder> folder_;
};

TEST_F(TrainVerb, WritesCheckpointModelAndFiguresAndLeavesNoState) {
  const auto done = train_project(request("out"));
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_TRUE(fs::exists(path("out/verb.npz")));
  EXPECT_TRUE(fs::exists(path("out/verb_float.tflite")));
  EXPECT_FALSE(fs::exists(path("out/verb_training_state.npz")));
  const auto json = nlohmann::json::parse(*read_text(path("out/verb_training.json")));
  EXPECT_EQ(json, nlohmann::json::parse(done->json));
  EXPECT_EQ(json["task"], "classification");
  EXPECT_EQ(json["loss"], "cross_entropy");
  EXPECT_EQ(json["epochs"].size(), 8u);
  EXPECT_GT(json["figures"]["test"]["accuracy"], 0.3);
  EXPECT_TRUE(json["figures"]["validation"].contains("f1_macro"));
  EXPECT_NE(done->text.find("test"), std::string::npos);
  RunRequest run;  // what was written is a model
  run.model = path("out/verb_float.tflite");
  run.target = "host";
  EXPECT_TRUE(inspect_model({run.model, "cortex-m4", ""}));
}

TEST_F(TrainVerb, KilledAtAnyMomentAndResumedItGivesTheSameBytes) {
  const std::string timeout = find_program("timeout");
  if (timeout.empty()) GTEST_SKIP() << "the program timeout is not installed";
  ASSERT_TRUE(train_project(request("whole")));
  const Bytes whole = *read_file(path("whole/verb.npz"));
  for (const char* seconds : {"0.05", "0.3", "0.6", "1"}) {
    const std::string output = text::cat("killed_", seconds);
    const auto killed = run_process(
        {timeout, "-s", "KILL", seconds, MOTE_PROGRAM, "train", path("mote.toml"), "-o", path(output)},
        folder_->path(), 60);
    ASSERT_TRUE(killed) << killed.error().message;
    TrainRequest again = request(output);
    again.resume = true;
    const auto resumed = train_project(again);
    ASSERT_TRUE(resumed) << resumed.error().message;
    EXPECT_EQ(*read_file(path(output + "/verb.npz")), whole) << "after " << seconds << " s";
  }
}

TEST_F(TrainVerb, FoldsAndSeedsPrintMeanAndDeviation) {
  TrainRequest folds = request("out");
  folds.folds = 3;
  const auto of_folds = train_project(folds);
  ASSERT_TRUE(of_folds) << of_folds.error().message;
  const auto json = nlohmann::json::parse(of_folds->json);
  ASSERT_EQ(json["runs"].size(), 3u);
  EXPECT_EQ(json["runs"][2]["name"], "fold 3");
  double sum = 0;
  for (const auto& run : json["runs"]) sum += run["figures"]["accuracy"].get<double>();
  EXPECT_NEAR(json["mean"]["accuracy"].get<double>(), sum / 3, 1e-9);
  EXPECT_NE(of_folds->text.find("±"), std::string::npos);
  EXPECT_TRUE(fs::exists(path("out/verb_folds.json")));
  TrainRequest seeds = request("out");
  seeds.seeds = 2;
  ASSERT_TRUE(train_project(seeds));
  EXPECT_TRUE(fs::exists(path("out/verb_seeds.json")));
}

TEST_F(TrainVerb, RequestsThatContradictThemselvesAreRefused) {
  TrainRequest r = request("out");
  r.folds = 3, r.seeds = 2;
  EXPECT_FALSE(train_project(r));
  r.seeds = {}, r.resume = true;
  EXPECT_FALSE(train_project(r));
  r.resume = false, r.folds = 1;
  const auto one = train_project(r);
  ASSERT_FALSE(one);
  EXPECT_NE(one.error().message.find("folds"), std::string::npos);
  EXPECT_FALSE(fs::exists(path("out/verb_folds.json")));
}

}  // namespace
}  // namespace mote
