// `mote eval` and `mote inspect` on small models: figures are what the simulator's answers say, ways of giving the same data
// agree, a reference is compared tensor by tensor, wrong data is refused by name.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "app/app.h"
#include "base/system.h"
#include "export/export.h"
#include "sim/sim.h"
#include "support/files.h"
#include "support/quantized_network.h"

namespace mote {
namespace {
namespace fs = std::filesystem;
using nlohmann::json;
using testing::npy;

constexpr std::int32_t kCases = 40;

Bytes bytes_of(std::span<const float> values) {
  const auto* first = reinterpret_cast<const std::uint8_t*>(values.data());
  return Bytes(first, first + values.size_bytes());
}

class EvalVerb : public ::testing::Test {
 protected:
  void SetUp() override {
    Progress::quiet = true;
    folder_.emplace(std::move(*ScratchFolder::make("eval-verb")));
    testing::Network net(3);
    const TensorId x = net.input("x", {1, 4, 4, 1});
    const TensorId y = net.layer("reshape", "flat", {net.layer("relu", "relu", {net.conv("conv", x, 3, 3)})},
                                 {{"shape", std::vector<std::int64_t>{1, 48}}});
    float_ = testing::canonical(net.finish({net.dense("dense", y, 3)}));
    model_ = testing::quantized(float_, 3);
    ASSERT_TRUE(write_file(at("model.tflite"), *export_tflite(model_)));
    ASSERT_TRUE(write_file(at("float.tflite"), *export_tflite(float_)));
    std::uint32_t state = 1;
    for (std::int32_t i = 0; i < kCases * 16; ++i) {
      state = state * 1664525u + 1013904223u;
      reals_.push_back(static_cast<float>(state >> 8) / 8388608.0f - 1.0f);
    }
    file("x.npy", npy("<f4", {kCases, 4, 4, 1}, bytes_of(reals_)));
    answer();
  }

  // The simulator's answers: the int8 input, the outputs, the classes.
  void answer() {
    auto sim = Sim::make(model_);
    ASSERT_TRUE(sim);
    const Tensor& in = model_.main().tensor(model_.main().inputs[0].tensor);
    const Tensor& out = model_.main().tensor(model_.main().outputs[0]);
    std::string labels;
    for (std::int32_t i = 0; i < kCases; ++i) {
      const Bytes bytes = to_tensor_bytes(in, {reals_.data() + i * 16, 16});
      quantized_.insert(quantized_.end(), bytes.begin(), bytes.end());
      const std::vector<std::span<const std::uint8_t>> inputs = {bytes};
      sim->invoke(inputs);
      const std::vector<float> scores = to_reals(out, sim->output(0));
      outputs_.insert(outputs_.end(), scores.begin(), scores.end());
      labels += text::cat(std::max_element(scores.begin(), scores.end()) - scores.begin(), "\n");
    }
    file("labels.txt", labels);
  }

  std::string at(const std::string& name) const { return (folder_->path() / name).string(); }
  std::string file(const std::string& name, const std::string& content) const {
    EXPECT_TRUE(write_text(at(name), content));
    return at(name);
  }
  EvalRequest request(const std::string& data) const {
    EvalRequest request;
    request.model = at("model.tflite");
    request.data = {at(data)};
    request.labels = at("labels.txt");
    return request;
  }
  json run(const EvalRequest& request) const {
    const auto outcome = eval_model(request);
    EXPECT_TRUE(outcome) << outcome.error().message;
    if (!outcome) return {};
    EXPECT_TRUE(outcome->ok);
    return json::parse(outcome->json);
  }
  void expect_refused(const EvalRequest& request, const std::vector<std::string>& said) const {
    const auto outcome = eval_model(request);
    ASSERT_FALSE(outcome) << outcome->text;
    for (const std::string& part : said)
      EXPECT_NE(outcome.error().message.find(part), std::string::npos) << outcome.error().message;
    EXPECT_NE(outcome.error().hint, "") << outcome.error().message;
  }

  std::optional<ScratchFolder> folder_;
  Module float_, model_;
  std::vector<float> reals_, outputs_;
  Bytes quantized_;
};

TEST_F(EvalVerb, TheSimulatorsOwnAnswersAreAllRight) {
  const json out = run(request("x.npy"));
  EXPECT_EQ(out["task"], "classification");
  EXPECT_EQ(out["samples"], kCases);
  EXPECT_EQ(out["metrics"]["int8"]["accuracy"], 1.0);
  std::int64_t sum = 0;
  for (const json& row : out["metrics"]["int8"]["confusion"]) {
    for (const json& count : row) sum += count.get<std::int64_t>();
  }
  EXPECT_EQ(sum, kCases);
  EXPECT_LT(out["baseline"]["value"], 1.0);
}

TEST_F(EvalVerb, WaysToGiveTheSameDataAgree) {
  json first = run(request("x.npy"));
  file("q.npy", npy("|i1", {kCases, 4, 4, 1}, quantized_));
  std::string table;
  for (int i = 0; i < 16; ++i) table += text::cat("v", i, ",");
  table += "label\n";
  const auto labels = text::split(*read_text(at("labels.txt")), '\n');
  for (std::int32_t i = 0; i < kCases; ++i) {
    for (std::int32_t k = 0; k < 16; ++k)
      table += text::shortest(reals_[static_cast<std::size_t>(i * 16 + k)]) + ",";
    table += labels[static_cast<std::size_t>(i)] + "\n";
  }
  file("x.csv", table);
  EvalRequest wide = request("x.csv");
  wide.labels.clear();
  for (json other : {run(request("q.npy")), run(wide)}) EXPECT_EQ(other["metrics"], first["metrics"]);
}

TEST_F(EvalVerb, AnyNumberOfThreadsGivesTheSameFigures) {
  EvalRequest both = request("x.npy");
  both.reference_model = at("float.tflite");
  std::vector<json> all;
  for (const char* threads : {"1", "2", "7"}) {
    ASSERT_EQ(::setenv("MOTE_THREADS", threads, 1), 0);
    all.push_back(run(both));
    all.back().erase("seconds");
  }
  ::unsetenv("MOTE_THREADS");
  EXPECT_EQ(all[0], all[1]);
  EXPECT_EQ(all[0], all[2]);
}

TEST_F(EvalVerb, ItsOwnOutputsAreAnEqualReference) {
  EvalRequest own = request("x.npy");
  own.references = {file("ref.npy", npy("<f4", {kCases, 3}, bytes_of(outputs_)))};
  const json out = run(own);
  ASSERT_EQ(out["reference"]["outputs"].size(), 1u);
  EXPECT_EQ(out["reference"]["outputs"][0]["equal"], true);
  EXPECT_EQ(out["reference"]["outputs"][0]["max_error"], 0.0);
}

TEST_F(EvalVerb, AFloatModelIsComparedLayerByLayer) {
  EvalRequest both = request("x.npy");
  both.labels.clear();
  both.reference_model = at("float.tflite");
  const json out = run(both);
  EXPECT_GE(out["reference"]["tensors"].size(), 2u);
  double before = -1e9;
  for (const json& tensor : out["reference"]["tensors"]) {
    EXPECT_GT(tensor["sqnr_db"], 15.0) << tensor;
    EXPECT_GE(tensor["sqnr_db"], before);  // worst first
    before = tensor["sqnr_db"];
  }
}

// Shrinking writes a dense layer as a reshape and a convolution: each still has its partner in the float model.
TEST_F(EvalVerb, AShrunkModelIsComparedLayerByLayerWithTheFloatOne) {
  testing::Network net(5);
  TensorId y = net.layer("reshape", "flat", {net.input("x", {1, 4, 4, 1})},
                         {{"shape", std::vector<std::int64_t>{1, 16}}});
  for (const char* name : {"first", "second", "third"})
    y = net.layer("relu", text::cat(name, "_relu"), {net.dense(name, y, 12)});
  ASSERT_TRUE(write_file(at("float.tflite"),
                         *export_tflite(testing::canonical(net.finish({net.dense("last", y, 3)})))));
  ShrinkRequest shrink;
  shrink.model = at("float.tflite");
  shrink.calibrate = {at("x.npy")};
  shrink.output = at("model.tflite");
  const auto shrunk = shrink_model(shrink);
  ASSERT_TRUE(shrunk) << shrunk.error().message;

  EvalRequest both = request("x.npy");
  both.labels.clear();
  both.reference_model = at("float.tflite");
  const json reference = run(both)["reference"];
  EXPECT_EQ(reference["alone"].size(), 0u) << reference;
  EXPECT_EQ(reference["tensors"].size(), 4u) << reference;
  for (const json& tensor : reference["tensors"]) EXPECT_GT(tensor["sqnr_db"], 15.0) << tensor;
}

// A layer that only one of the two has is named, and those around it keep their partners.
TEST_F(EvalVerb, ALayerWithoutAPartnerIsNamed) {
  testing::Network net(3);
  const TensorId x = net.input("x", {1, 4, 4, 1});
  const TensorId y = net.layer("tanh", "extra", {net.layer("relu", "relu", {net.conv("conv", x, 3, 3)})});
  const TensorId flat = net.layer("reshape", "flat", {y}, {{"shape", std::vector<std::int64_t>{1, 48}}});
  ASSERT_TRUE(write_file(at("more.tflite"),
                         *export_tflite(testing::canonical(net.finish({net.dense("dense", flat, 3)})))));
  EvalRequest both = request("x.npy");
  both.model = at("more.tflite");
  both.labels.clear();
  both.reference_model = at("float.tflite");
  const json reference = run(both)["reference"];
  EXPECT_EQ(reference["alone"].size(), 1u) << reference;
  EXPECT_EQ(reference["tensors"].size(), 2u) << reference;
}

TEST_F(EvalVerb, PicturesSpanTheInputsRange) {
  for (const int shade : {0, 255}) {
    std::string picture = "P5\n4 4\n255\n";
    picture.append(16, static_cast<char>(shade));
    for (const char* label : {"0", "1", "2"})
      file(text::cat("pictures/", label, "/", shade, ".pgm"), picture);
  }
  EvalRequest pictures = request("pictures");
  pictures.labels.clear();
  pictures.page = at("page.html");
  const json out = run(pictures);
  EXPECT_EQ(out["samples"], 6);
  EXPECT_NE(out["conversion"].get<std::string>().find("range of the model's input"), std::string::npos);
  EXPECT_NE(read_text(at("page.html"))->find("<svg"), std::string::npos);
  file("pictures/1/small.pgm", std::string("P5\n1 1\n255\n") + 'x');
  expect_refused(pictures, {"small.pgm", "1×1", "4×4"});
  pictures.resize = true;
  EXPECT_EQ(run(pictures)["samples"], 7);
}

TEST_F(EvalVerb, RealLabelsMakeARegression) {
  EvalRequest numbers = request("x.npy");
  numbers.labels = file("y.npy", npy("<f4", {kCases, 3}, bytes_of(outputs_)));
  const json out = run(numbers);
  EXPECT_EQ(out["task"], "regression");
  EXPECT_EQ(out["metrics"]["int8"]["mae"], 0.0);
}

TEST_F(EvalVerb, WrongDataIsRefusedByName) {
  std::vector<float> broken = reals_;
  broken[16 * 5 + 2] = std::nanf("");
  file("nan.npy", npy("<f4", {kCases, 4, 4, 1}, bytes_of(broken)));
  expect_refused(request("nan.npy"), {"nan.npy", "case 5, element 2", "NaN"});
  expect_refused(request("missing.npy"), {"missing.npy", "no such file"});
  file("shape.npy", npy("<f4", {kCases, 8, 2, 1}, bytes_of(reals_)));
  expect_refused(request("shape.npy"), {"shape.npy", "[40,8,2,1]", "[1,4,4,1]"});
  file("none.npy", npy("<f4", {0, 4, 4, 1}, {}));
  expect_refused(request("none.npy"), {"none.npy", "empty"});
  file("u.npy", npy("|u1", {kCases, 4, 4, 1}, quantized_));
  expect_refused(request("u.npy"), {"u.npy", "|u1", "|i1"});
  EvalRequest labels = request("x.npy");
  labels.labels = file("few.txt", "0\n1\n");
  expect_refused(labels, {"few.txt", "2 labels", "40 cases"});
  std::string high;
  for (std::int32_t i = 0; i < kCases; ++i) high += "3\n";
  labels.labels = file("high.txt", high);
  expect_refused(labels, {"high.txt", "is 3", "3 classes"});
  labels.labels = file("empty.txt", "");
  expect_refused(labels, {"empty.txt"});
  labels.labels.clear();
  expect_refused(labels, {"nothing to hold the answers against"});
  EvalRequest reference = request("x.npy");
  reference.references = {file("short.npy", npy("<f4", {2, 3}, bytes_of({outputs_.data(), 6})))};
  expect_refused(reference, {"short.npy", "2 cases", "40"});
}

// Passes fuse and rewrite: the two verbs count different things and say which.
TEST_F(EvalVerb, InspectCountsTheFileAndCompileWhatRuns) {
  InspectRequest request;
  request.model = at("model.tflite");
  const auto seen = inspect_model(request);
  ASSERT_TRUE(seen) << seen.error().message;
  EXPECT_NE(seen->text.find(" layers in the file, "), std::string::npos) << seen->text;
  EXPECT_NE(seen->text.find("weights in the file "), std::string::npos) << seen->text;
  CompileRequest compile;
  compile.model = request.model;
  compile.folder = at("sources");
  const auto compiled = compile_model(compile);
  ASSERT_TRUE(compiled) << compiled.error().message;
  EXPECT_NE(compiled->text.find(" layers that run, "), std::string::npos) << compiled->text;
  EXPECT_NE(compiled->text.find("constants in flash: weights "), std::string::npos) << compiled->text;
}

TEST_F(EvalVerb, InspectCountsWhatIsThere) {
  InspectRequest request;
  request.model = at("float.tflite");
  request.page = at("inspect.html");
  const auto outcome = inspect_model(request);
  ASSERT_TRUE(outcome) << outcome.error().message;
  const json out = json::parse(outcome->json);
  EXPECT_EQ(out["params"], 3 * 9 + 3 + 48 * 3 + 3);
  EXPECT_EQ(out["weight_bytes"], 4 * out["params"].get<std::int64_t>());
  EXPECT_EQ(out["macs"], 16 * 3 * 9 + 48 * 3);
  EXPECT_GT(out["memory"]["arena"], 0);
  const auto page = read_text(at("inspect.html"));
  ASSERT_TRUE(page);
  EXPECT_NE(page->find("the graph of the network"), std::string::npos);
  EXPECT_EQ(page->find("<script"), std::string::npos);
}

}  // namespace
}  // namespace mote
