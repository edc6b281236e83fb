// Every model that is there, exported, loads in LiteRT and answers there what the original file answers there, byte for byte; and
// what mote answers, where LiteRT's reference kernels compute as TensorFlow Lite Micro's do (docs/reference/arithmetic.md).  Operators
// of TensorFlow Lite Micro's signal library are out of LiteRT's reach: it refuses both files.
#include "passes/pipeline.h"
#include "support/differential.h"
#include "support/hybrid.h"
#include "support/model_files.h"

namespace mote {
namespace {

// Exported with float weights; of the original LiteRT rounds the activations to int8 as well.
constexpr const char* kHybrid = "mlperf-tiny/kws_ref_model_float32.tflite";

class ExportedModelsInLiteRt : public ::testing::TestWithParam<std::string> {};

bool has_signal_operators(const Module& module) {
  const auto& nodes = module.main().nodes;
  return std::any_of(nodes.begin(), nodes.end(),
                     [](const Node& node) { return node.op.find("filter_bank") != std::string::npos; });
}

/// Whether some operator rounds otherwise in LiteRT.
bool rounds_otherwise(const Graph& graph) {
  return std::any_of(graph.nodes.begin(), graph.nodes.end(), [&](const Node& node) {
    return !node.outputs.empty() &&
           testing::rule_of(node.op, graph.tensor(node.outputs[0]).type.dtype) != nullptr;
  });
}

TEST_P(ExportedModelsInLiteRt, AnswerAsTheOriginalAndAsMote) {
  if (testing::judge_python().empty()) GTEST_SKIP() << "LiteRT is not set up; tests/judge/setup.sh does it";
  const auto path = testing::data_folder() / "models" / GetParam();
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not there; set MOTE_DATA";
  const auto original = read_file(path);
  const auto module = import_model(path.string());
  ASSERT_TRUE(original && module) << (module ? "" : module.error().message);
  const auto exported = export_tflite(*module);
  ASSERT_TRUE(exported) << exported.error().message;
  const auto cases = testing::random_cases(*module, 4, 20);
  std::vector<testing::JudgedModel> models(2);
  models[0].file = *original;
  models[1].file = *exported;
  for (testing::JudgedModel& model : models) {
    model.cases = &cases;
    model.reference = testing::has_reference(*module);
  }
  const auto judged = testing::ask_litert(models);
  ASSERT_TRUE(judged) << judged.error().message;
  if (has_signal_operators(*module)) {
    for (const testing::Judgement& one : *judged)
      EXPECT_NE(one.refusal.find("custom op"), std::string::npos) << one.refusal;
    return;
  }
  EXPECT_EQ((*judged)[0].refusal, "");
  ASSERT_EQ((*judged)[1].refusal, "");
  if (GetParam() != kHybrid) {
    EXPECT_EQ((*judged)[0].answers, (*judged)[1].answers) << "the exported file is another model";
  }

  const auto ours = testing::simulate(*module, cases);
  ASSERT_TRUE(ours) << ours.error().message;
  const Graph& graph = module->main();
  testing::Comparison total;
  for (std::size_t c = 0; c < cases.size(); ++c) {
    const testing::CaseAnswers answers{*module, cases[c], (*ours)[c], (*judged)[1].answers[c]};
    for (std::size_t o = 0; o < graph.outputs.size(); ++o)
      testing::compare_output(answers, o, nullptr, total);
  }
  std::printf("%s: %llu of %llu bytes differ between mote and LiteRT\n", GetParam().c_str(),
              static_cast<unsigned long long>(total.differing), static_cast<unsigned long long>(total.bytes));
  if (!rounds_otherwise(graph)) {
    EXPECT_EQ(total.differing, 0u) << total.first;
  }
}

INSTANTIATE_TEST_SUITE_P(Data, ExportedModelsInLiteRt, ::testing::ValuesIn(testing::model_names()),
                         testing::test_name);

TEST(HybridKeywordsInLiteRt, AreOfTheSameClass) {
  if (testing::judge_python().empty()) GTEST_SKIP() << "LiteRT is not set up; tests/judge/setup.sh does it";
  const auto hybrid = testing::hybrid_keywords();
  if (!hybrid) GTEST_SKIP() << hybrid.error().message;
  const auto original = read_file(hybrid->path);
  ASSERT_TRUE(original);
  std::vector<std::vector<Bytes>> cases;
  const std::size_t bytes = input_bytes(hybrid->module);
  for (auto at = hybrid->cases.bytes.begin(); at != hybrid->cases.bytes.end();
       at += static_cast<std::ptrdiff_t>(bytes))
    cases.push_back({Bytes(at, at + static_cast<std::ptrdiff_t>(bytes))});
  const auto judged = testing::ask_litert({{*original, &cases}});
  const auto ours = testing::simulate(hybrid->module, cases);
  ASSERT_TRUE(judged && ours);
  ASSERT_EQ(judged->front().refusal, "");
  std::size_t agree = 0;
  for (std::size_t c = 0; c < cases.size(); ++c) {
    const auto best = [](const Bytes& scores) {
      std::size_t most = 0;
      for (std::size_t i = 1; i < scores.size() / 4; ++i) {
        if (testing::float_element(scores, i) > testing::float_element(scores, most)) most = i;
      }
      return most;
    };
    agree += best((*ours)[c][0]) == best(judged->front().answers[c][0]) ? 1 : 0;
  }
  EXPECT_GE(agree * 10, cases.size() * 9) << agree << " of " << cases.size();
}

}  // namespace
}  // namespace mote
