// An answer among the inputs is a problem under its own name and under another; a channel that tells all is a warning.
#include <gtest/gtest.h>

#include "base/text.h"
#include "data/checks.h"
#include "data/reader.h"
#include "math/random.h"

namespace mote {
namespace {

/// 60 rows: noise a and b; a class of two; `copy`, its number; `apart`, whose values say the class; y; y in other units.
std::string rows() {
  Random random(5);
  std::string text = "a,b,class,copy,apart,y,y_other,one\n";
  for (int i = 0; i < 60; ++i) {
    const int label = i % 2;
    const double y = random.normal();
    text += text::cat(random.normal(), ",", random.normal(), ",", label == 0 ? "off" : "on", ",",
                      7 - 4 * label, ",", label + 0.3 * random.uniform(), ",", y, ",", 10 - 3 * y, ",1\n");
  }
  return text;
}

DataSource source_with(std::vector<std::string> columns, bool is_regression = false) {
  DataSource source;
  source.name = "rows";
  if (is_regression) source.target.columns = {"y"};
  if (!is_regression) source.label_column = "class";
  source.inputs = {{"x", std::move(columns), "", 0, 0, 1, false}};
  return source;
}

/// The finding about answers: "severity: title: detail".
std::string found(const DataSource& source, const std::string& text = rows()) {
  const auto table = parse_csv(text, "rows.csv");
  EXPECT_TRUE(table) << table.error().message;
  const auto data = make_dataset(source, {&*table, 1});
  EXPECT_TRUE(data) << data.error().message;
  for (const Finding& finding : check_dataset(*data).findings) {
    if (finding.title.find("answer") != std::string::npos || finding.title.find("alone") != std::string::npos)
      return text::cat(name_of(finding.severity), ": ", finding.title, ": ", finding.detail);
  }
  return "";
}

testing::AssertionResult begins(const std::string& text, const std::string& with) {
  if (text::starts_with(text, with)) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "'" << text << "' does not begin with '" << with << "'";
}

TEST(AnswersAmongInputs, OtherColumnsAreFine) {
  EXPECT_EQ(found(source_with({"a", "b", "y"})), "ok: no channel gives the answer away: ");
  EXPECT_EQ(found(source_with({"a", "b", "apart"}, true)), "ok: no channel gives the answer away: ");
}

TEST(AnswersAmongInputs, TheLabelIsFoundByItsNameInAnySet) {
  DataSource source = source_with({"a", "is(class, on)"});
  source.label_column = "copy";
  source.inputs[0].columns = {"a", "copy"};
  const std::string few = "a,copy\n1,0\n2,0\n3,0\n4,1\n5,1\n6,1\n";
  EXPECT_TRUE(begins(found(source, few),
                     "problem: the answer is among the inputs: input 'x', 'copy' is the column 'copy'"));
}

TEST(AnswersAmongInputs, TheLabelIsFoundUnderAnotherName) {
  EXPECT_TRUE(begins(found(source_with({"a", "copy", "b"})),
                     "problem: the answer is among the inputs: input 'x', 'copy': one value for each label"));
  EXPECT_TRUE(begins(found(source_with({"is(class, on)"})), "problem: the answer is among the inputs"));
}

TEST(AnswersAmongInputs, AChannelThatTellsTheClassIsAWarning) {
  EXPECT_TRUE(begins(found(source_with({"a", "apart"})),
                     "warning: a channel alone tells the class: input 'x', 'apart'"));
  const std::string few = rows().substr(0, rows().find('\n', 700) + 1);
  EXPECT_EQ(found(source_with({"a", "apart"}), few), "ok: no channel gives the answer away: ") << few;
}

TEST(AnswersAmongInputs, TheNumberIsFoundByNameAndByValue) {
  EXPECT_TRUE(begins(found(source_with({"a", "y"}, true)),
                     "problem: the answer is among the inputs: input 'x', 'y' is the column 'y'"));
  EXPECT_TRUE(begins(found(source_with({"a", "y * one"}, true)),
                     "problem: the answer is among the inputs: input 'x', 'y * one': equal to 'y'"));
  EXPECT_TRUE(begins(found(source_with({"a", "y_other"}, true)),
                     "warning: a channel alone tells the number: input 'x', 'y_other'"));
}

TEST(AnswersAmongInputs, ForecastsMayLookAtWhatTheyPredict) {
  DataSource source = source_with({"a", "y"}, true);
  source.reader = "csv_series";
  source.task = "forecast";
  source.window.length = 4;
  source.window.hop = 1;
  source.target.horizon = 2;
  source.split_by = "time";
  const std::string text = rows();
  const auto reader = find_reader("csv_series");
  const auto recordings = (*reader)->recordings(
      {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, {"rows.csv", source, {}});
  ASSERT_TRUE(recordings) << recordings.error().message;
  const auto data = make_dataset(source, *recordings);
  ASSERT_TRUE(data) << data.error().message;
  for (const Finding& finding : check_dataset(*data).findings)
    EXPECT_NE(finding.title, "the answer is among the inputs") << finding.detail;
  source.task = "regression";
  source.target.horizon = 0;
  const auto now = make_dataset(source, *recordings);
  ASSERT_TRUE(now) << now.error().message;
  EXPECT_EQ(check_dataset(*now).worst(), Severity::Problem) << "the last step is the number";
}

}  // namespace
}  // namespace mote
