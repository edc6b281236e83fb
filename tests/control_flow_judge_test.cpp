// LiteRT's reference kernels as judge of control flow: models with loops, branches and variables, written by mote, answer
// there what mote's simulator answers, one inference after the other.
#include <gtest/gtest.h>

#include "base/system.h"
#include "export/export.h"
#include "import/import.h"
#include "math/npz.h"
#include "sim/sim.h"
#include "support/control_networks.h"
#include "support/files.h"
#include "support/random_network.h"

namespace mote {
namespace {
namespace fs = std::filesystem;

constexpr std::int32_t kCases = 40;

fs::path judge_python() { return fs::path(MOTE_SOURCE_DIR) / "build/judge-venv/bin/python"; }

/// [output] → the bytes of all cases.
Result<std::vector<Bytes>> ask_judge(const Module& module, const Bytes& inputs) {
  MOTE_TRY(const ScratchFolder folder, ScratchFolder::make("judge"));
  MOTE_TRY(const Bytes model, export_tflite(module));
  MOTE_TRY_VOID(write_file(folder.path() / "model.tflite", model));
  const TensorType& type = module.main().tensor(module.main().inputs[0].tensor).type;
  MOTE_TRY_VOID(write_text(folder.path() / "inputs.npy", testing::npy_of_cases(type, kCases, inputs)));
  const std::string script = (fs::path(MOTE_SOURCE_DIR) / "tests/judge/litert_run.py").string();
  std::vector<std::string> words = {judge_python().string(), script, "model.tflite", "inputs.npy", "-o"};
  for (std::size_t i = 0; i < module.main().outputs.size(); ++i) words.push_back(text::cat("y", i, ".npy"));
  MOTE_TRY(const ProcessOutput run, run_process(words, folder.path(), 300));
  if (run.exit_code != 0) return error(run.err);
  std::vector<Bytes> answers;
  for (std::size_t i = 0; i < module.main().outputs.size(); ++i) {
    MOTE_TRY(const Bytes file, read_file(folder.path() / text::cat("y", i, ".npy")));
    MOTE_TRY(NpyArray array, read_npy(file));
    answers.push_back(std::move(array.data));
  }
  return answers;
}

Result<std::vector<Bytes>> ask_sim(const Module& module, const Bytes& inputs) {
  MOTE_TRY(Sim sim, Sim::make(module));
  std::vector<Bytes> answers(module.main().outputs.size());
  const std::size_t bytes = inputs.size() / static_cast<std::size_t>(kCases);
  for (std::int32_t c = 0; c < kCases; ++c) {
    const std::span<const std::uint8_t> one(inputs.data() + static_cast<std::size_t>(c) * bytes, bytes);
    sim.invoke({&one, 1});
    for (std::size_t i = 0; i < answers.size(); ++i) {
      const auto out = sim.output(static_cast<int>(i));
      answers[i].insert(answers[i].end(), out.begin(), out.end());
    }
  }
  return answers;
}

TEST(JudgeControlFlow, AnswersAreTheSameBytesInferenceAfterInference) {
  if (!fs::exists(judge_python())) GTEST_SKIP() << "LiteRT is not set up; tests/judge/setup.sh does it";
  for (const testing::ControlNetwork& network : testing::control_networks()) {
    // LiteRT copies a body's outputs to its inputs one after the other: values that only change places are lost there, not in
    // TFLM, which mote follows.
    if (network.name == "swapping") continue;
    SCOPED_TRACE(network.name);
    Bytes inputs;
    for (std::int32_t c = 0; c < kCases; ++c) {
      const Bytes one = testing::random_case(network.module, static_cast<std::uint64_t>(c) + 1)[0];
      inputs.insert(inputs.end(), one.begin(), one.end());
    }
    const auto mine = ask_sim(network.module, inputs);
    ASSERT_TRUE(mine) << mine.error().message;
    const auto judged = ask_judge(network.module, inputs);
    ASSERT_TRUE(judged) << judged.error().message;
    ASSERT_EQ(judged->size(), mine->size());
    for (std::size_t i = 0; i < mine->size(); ++i) EXPECT_EQ((*mine)[i], (*judged)[i]) << "output " << i;
  }
}

}  // namespace
}  // namespace mote
