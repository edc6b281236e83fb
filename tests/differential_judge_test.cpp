// Random models over all operators: mote's answers beside LiteRT's.  bench/differential does the same at length.
#include <gtest/gtest.h>

#include "support/differential.h"

namespace mote {
namespace {
using namespace testing;

std::string refusals_text(const DifferentialReport& report) {
  std::string out;
  for (const auto& op : report.ops) {
    for (const auto& reason : op.second.refused_by_mote)
      out += text::cat("  ", op.first, ": ", reason.second, " × ", reason.first, "\n");
  }
  return out;
}

TEST(Differential, RandomModelsAnswerAsLiteRtDoesOrAsTheTableOfDifferencesSays) {
  if (judge_python().empty()) GTEST_SKIP() << "LiteRT is not set up; tests/judge/setup.sh does it";
  DifferentialOptions options;
  options.graphs = 4000;
  options.seed = 2026;
  const auto report = run_differential(options);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->differing, 0u) << report->first_failure;
  EXPECT_GT(report->bytes, 1000000u);
  // mote takes what the generator draws, but for scales that a chain happens to make unusable.
  EXPECT_LE(report->refused_by_mote, options.graphs / 500) << refusals_text(*report);
}

/// Means of equal scales go through the multiplier, too: ties of even counts are rounded as LiteRT rounds them.
TEST(Differential, MeansAnswerAsLiteRtDoes) {
  if (judge_python().empty()) GTEST_SKIP() << "LiteRT is not set up; tests/judge/setup.sh does it";
  DifferentialOptions options;
  options.graphs = 600;
  options.only = "mean";
  const auto report = run_differential(options);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->differing, 0u) << report->first_failure;
}

/// An operator whose version LiteRT does not know is not run at all: the exporter's versions are those that it knows.
TEST(Differential, LiteRtKnowsEveryOperatorVersionThatIsWritten) {
  if (judge_python().empty()) GTEST_SKIP() << "LiteRT is not set up; tests/judge/setup.sh does it";
  std::vector<std::string> keys;
  std::vector<DifferentialCase> made;
  for (const RandomOp& op : random_ops()) {
    for (const DType dtype : op.types) {
      auto one = prepare(7, dtype, {&op});
      ASSERT_TRUE(one) << op.op << " " << name_of(dtype) << ": " << one.error().message;
      if (!can_be_judged(one->model.module)) continue;
      keys.push_back(text::cat(op.op, " ", name_of(dtype)));
      made.push_back(std::move(*one));
    }
  }
  std::vector<JudgedModel> models;
  for (const DifferentialCase& one : made)
    models.push_back({one.file, &one.model.cases, has_reference(one.model.module)});
  const auto judged = ask_litert(models);
  ASSERT_TRUE(judged) << judged.error().message;
  for (std::size_t i = 0; i < judged->size(); ++i)
    EXPECT_EQ((*judged)[i].refusal.find("Didn't find op"), std::string::npos)
        << keys[i] << ": " << (*judged)[i].refusal;
}

}  // namespace
}  // namespace mote
