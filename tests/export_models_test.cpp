// Every model that is there, written as .tflite and read again, is the same model: the same kernel calls with the same constants,
// and the same answers.
#include "codegen/codegen.h"
#include "export/export.h"
#include "import/import.h"
#include "passes/pipeline.h"
#include "sim/sim.h"
#include "support/model_files.h"
#include "targets/target.h"

namespace mote {
namespace {

class ExportedModels : public ::testing::TestWithParam<std::string> {};

// Over kernel calls and constants, as built for a Cortex-M4.
Result<std::string> hash_of(const Module& module) {
  MOTE_TRY(const Target target, find_target("cortex-m4"));
  MOTE_TRY(const Plan plan, make_plan(module, target, {}));
  MOTE_TRY(const Program program, make_program(module, plan, {}));
  return program.model_hash;
}

Result<std::vector<Bytes>> answers_of(const Module& module, const std::vector<std::vector<Bytes>>& cases) {
  MOTE_TRY(Sim sim, Sim::make(module));
  std::vector<Bytes> answers;
  for (const std::vector<Bytes>& one : cases) {
    sim.invoke(std::vector<std::span<const std::uint8_t>>(one.begin(), one.end()));
    for (std::size_t i = 0; i < module.main().outputs.size(); ++i) {
      const auto out = sim.output(static_cast<int>(i));
      answers.emplace_back(out.begin(), out.end());
    }
  }
  return answers;
}

Module written_and_read(const Module& module) {
  const auto bytes = export_tflite(module);
  EXPECT_TRUE(bytes) << (bytes ? "" : bytes.error().message);
  if (!bytes) return {};
  auto back = import_tflite(*bytes, "the exported file");
  EXPECT_TRUE(back) << (back ? "" : back.error().message);
  return back ? std::move(*back) : Module();
}

Module canonical(Module module) {
  auto done = canonicalize(std::move(module));
  EXPECT_TRUE(done) << (done ? "" : done.error().message);
  return done ? std::move(*done) : Module();
}

void expect_same(const Module& module, const Module& back, const std::vector<std::vector<Bytes>>& cases) {
  ASSERT_FALSE(module.graphs.empty() || back.graphs.empty());
  const auto first = hash_of(module), second = hash_of(back);
  ASSERT_TRUE(first && second) << (first ? second : first).error().message;
  EXPECT_EQ(*first, *second);
  const auto before = answers_of(module, cases), after = answers_of(back, cases);
  ASSERT_TRUE(before && after);
  EXPECT_EQ(*before, *after);
}

TEST_P(ExportedModels, AreTheSameWhenReadAgain) {
  const auto path = testing::data_folder() / "models" / GetParam();
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not there; set MOTE_DATA";
  auto imported = import_model(path.string());
  ASSERT_TRUE(imported) << imported.error().message;
  const auto cases = testing::random_cases(*imported, 2, 20);
  const Module back = written_and_read(*imported);
  ASSERT_FALSE(back.graphs.empty());
  // As it was read, and as the passes leave it.
  const Module module = canonical(std::move(*imported));
  expect_same(module, canonical(back), cases);
  expect_same(module, canonical(written_and_read(module)), cases);
}

INSTANTIATE_TEST_SUITE_P(Data, ExportedModels, ::testing::ValuesIn(testing::model_names()),
                         testing::test_name);

}  // namespace
}  // namespace mote
