// LiteRT's reference kernels as judge: what mote exports answers there what mote's simulator answers, every byte in int8, and
// in float to 1e-5.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/system.h"
#include "export/export.h"
#include "math/npz.h"
#include "sim/sim.h"
#include "support/files.h"
#include "support/quantized_network.h"

namespace mote {
namespace {
namespace fs = std::filesystem;
using testing::canonical;
using testing::quantized;
using testing::small_cnn;

std::string judge_python() {
  const fs::path python = fs::path(MOTE_SOURCE_DIR) / "build/judge-venv/bin/python";
  return fs::exists(python) ? python.string() : "";
}

struct Answers {
  Bytes sim, judge;
};

// Both answers to `cases` inputs, given as the bytes of all of them.
Result<Answers> ask_both(const Module& module, std::int32_t cases, const Bytes& inputs) {
  MOTE_TRY(const ScratchFolder folder, ScratchFolder::make("judge"));
  MOTE_TRY(const Bytes model, export_tflite(module));
  MOTE_TRY_VOID(write_file(folder.path() / "model.tflite", model));
  const TensorType& type = module.main().tensor(module.main().inputs[0].tensor).type;
  MOTE_TRY_VOID(write_text(folder.path() / "inputs.npy", testing::npy_of_cases(type, cases, inputs)));
  const std::string script = (fs::path(MOTE_SOURCE_DIR) / "tests/judge/litert_run.py").string();
  MOTE_TRY(const ProcessOutput run,
           run_process({judge_python(), script, "model.tflite", "inputs.npy", "-o", "outputs.npy"},
                       folder.path(), 300));
  if (run.exit_code != 0) return error(run.err);
  MOTE_TRY(const Bytes file, read_file(folder.path() / "outputs.npy"));
  MOTE_TRY(NpyArray array, read_npy(file));

  Answers answers;
  answers.judge = std::move(array.data);
  MOTE_TRY(Sim sim, Sim::make(module));
  for (std::int32_t i = 0; i < cases; ++i) {
    const std::span<const std::uint8_t> one(inputs.data() + static_cast<std::size_t>(i) * type.bytes(),
                                            type.bytes());
    sim.reset();
    sim.invoke({&one, 1});
    const auto out = sim.output(0);
    answers.sim.insert(answers.sim.end(), out.begin(), out.end());
  }
  return answers;
}

// In steps of int8.
int largest_difference(const Answers& answers) {
  EXPECT_EQ(answers.sim.size(), answers.judge.size());
  int most = 0;
  for (std::size_t i = 0; i < answers.sim.size(); ++i) {
    const int a = static_cast<std::int8_t>(answers.sim[i]), b = static_cast<std::int8_t>(answers.judge[i]);
    most = std::max(most, std::abs(a - b));
  }
  return most;
}

constexpr std::int32_t kCases = 1000;

Bytes random_bytes(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  Bytes bytes(count);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.below(256));
  return bytes;
}

/// The layers before softmax: LiteRT computes int8 softmax by a float table, TFLM and mote in fixed point.
Module without_softmax(Module module) {
  Graph& graph = module.main();
  graph.outputs = {graph.nodes.back().inputs[0]};
  graph.nodes.pop_back();
  return module;
}

/// As `mote flow` prepares a trained network for int8.
Module prepared(Module module) {
  auto done = prepare_quantization(std::move(module));
  EXPECT_TRUE(done) << done.error().message;
  return std::move(*done);
}

TEST(Judge, Int8AnswersAreTheSameBytes) {
  if (judge_python().empty()) GTEST_SKIP() << "LiteRT is not set up; tests/judge/setup.sh does it";
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const Module module = quantized(prepared(without_softmax(small_cnn(seed))), seed);
    const std::size_t bytes = module.main().tensor(module.main().inputs[0].tensor).type.bytes();
    const auto answers = ask_both(module, kCases, random_bytes(kCases * bytes, seed));
    ASSERT_TRUE(answers) << answers.error().message;
    ASSERT_EQ(answers->sim.size(), answers->judge.size());
    int different = 0;
    for (std::size_t i = 0; i < answers->sim.size(); ++i) different += answers->sim[i] != answers->judge[i];
    EXPECT_EQ(different, 0) << "of " << answers->sim.size() << " bytes, network " << seed;
  }
}

/// Fully connected layers as they are: TFLM, which mote follows, rounds the product of scales to float first, LiteRT does not.
TEST(Judge, Int8FullyConnectedIsWithinOneStep) {
  if (judge_python().empty()) GTEST_SKIP() << "LiteRT is not set up; tests/judge/setup.sh does it";
  testing::Network net(9);
  const TensorId x = net.input("x", {1, 40});
  const Module module = quantized(canonical(net.finish({net.dense("dense", x, 20)})), 9);
  const auto answers = ask_both(module, kCases, random_bytes(kCases * 40, 9));
  ASSERT_TRUE(answers) << answers.error().message;
  EXPECT_LE(largest_difference(*answers), 1);
}

TEST(Judge, Int8SoftmaxIsWithinOneStep) {
  if (judge_python().empty()) GTEST_SKIP() << "LiteRT is not set up; tests/judge/setup.sh does it";
  const Module module = quantized(canonical(small_cnn(5)), 5);
  const std::size_t bytes = module.main().tensor(module.main().inputs[0].tensor).type.bytes();
  const auto answers = ask_both(module, kCases, random_bytes(kCases * bytes, 5));
  ASSERT_TRUE(answers) << answers.error().message;
  EXPECT_LE(largest_difference(*answers), 1);
}

TEST(Judge, FloatAnswersAgreeToAHundredThousandth) {
  if (judge_python().empty()) GTEST_SKIP() << "LiteRT is not set up; tests/judge/setup.sh does it";
  const Module module = canonical(small_cnn(2));
  const TensorType& type = module.main().tensor(module.main().inputs[0].tensor).type;
  Random random(7);
  Bytes inputs(kCases * type.bytes());
  for (std::size_t i = 0; i < inputs.size(); i += 4) {
    const auto value = static_cast<float>(random.normal());
    std::memcpy(inputs.data() + i, &value, 4);
  }
  const auto answers = ask_both(module, kCases, inputs);
  ASSERT_TRUE(answers) << answers.error().message;
  ASSERT_EQ(answers->sim.size(), answers->judge.size());
  double worst = 0;
  for (std::size_t i = 0; i < answers->sim.size(); i += 4) {
    float a, b;
    std::memcpy(&a, answers->sim.data() + i, 4);
    std::memcpy(&b, answers->judge.data() + i, 4);
    worst = std::max(worst, std::abs(double(a) - double(b)) / std::max(std::abs(double(b)), 1e-6));
  }
  EXPECT_LE(worst, 1e-5);
}

}  // namespace
}  // namespace mote
