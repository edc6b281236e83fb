// Files with several subgraphs, variables and custom operators: what they become, and how each damage is named.
#include <flatbuffers/flexbuffers.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "import/tflite/test_file.h"

namespace mote {
namespace {
using testing::ops_of;
using testing::TestFile;
using Type = TestFile::Type;
using Op = TestFile::Op;

// ---- variables

std::int32_t handle(TestFile& file, const std::string& name) {
  const auto id = file.tensor("handle", Type::RESOURCE, {});
  tflite::VarHandleOptionsT options;
  options.shared_name = name;
  file.op(Op::VAR_HANDLE, {}, {id}, options);
  return id;
}

/// y = x + variable; variable = y.  Subgraph 1 gives the variable {1, 2}, unless it is not wanted.
TestFile running_sum(bool with_initializer = true) {
  TestFile file;
  const auto x = file.input("x", Type::FLOAT32, {2});
  const auto variable = handle(file, "sum");
  if (with_initializer) {
    tflite::CallOnceOptionsT once;
    once.init_subgraph_index = 1;
    file.op(Op::CALL_ONCE, {}, {}, once);
  }
  const auto old = file.tensor("old", Type::FLOAT32, {2}), y = file.tensor("y", Type::FLOAT32, {2});
  file.op(Op::READ_VARIABLE, {variable}, {old});
  file.op(Op::ADD, {x, old}, {y}, tflite::AddOptionsT());
  file.op(Op::ASSIGN_VARIABLE, {variable, y}, {});
  file.here().outputs = {y};
  if (!with_initializer) return file;
  file.graph("init");
  const auto again = handle(file, "sum");
  const auto value = file.fill(file.tensor("value", Type::FLOAT32, {2}), std::vector<float>{1, 2});
  file.op(Op::ASSIGN_VARIABLE, {again, value}, {});
  return file;
}

std::vector<float> floats(const Bytes& bytes) {
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

TEST(ImportVariables, BecomeStatesWithTheirInitialValues) {
  const Module module = running_sum().sound();
  EXPECT_EQ(module.graphs.size(), 1u);  // the initializer leaves no graph
  EXPECT_EQ(ops_of(module.main()), "read_variable add assign_variable");
  ASSERT_EQ(module.states.size(), 1u);
  EXPECT_EQ(module.states[0].name, "sum");
  EXPECT_EQ(module.states[0].type, (TensorType{DType::F32, {2}}));
  EXPECT_EQ(floats(module.states[0].init), (std::vector<float>{1, 2}));
  EXPECT_TRUE(verify(module, Stage::Deployable));
}

TEST(ImportVariables, WithoutInitializerBeginAtTheirZeroPoint) {
  EXPECT_EQ(floats(running_sum(false).sound().states[0].init), (std::vector<float>{0, 0}));

  TestFile file;
  const auto x = file.tensor("x", Type::INT8, {3}, {0.5f}, {-7});
  file.here().inputs = {x};
  const auto variable = handle(file, "last");
  const auto y = file.tensor("y", Type::INT8, {3}, {0.5f}, {-7});
  file.op(Op::READ_VARIABLE, {variable}, {y});
  file.op(Op::ASSIGN_VARIABLE, {variable, x}, {});
  file.here().outputs = {y};
  EXPECT_EQ(file.sound().states[0].init, Bytes(3, static_cast<std::uint8_t>(-7)));
}

TEST(ImportVariables, OfNamesThatAreSpelledAlikeStayApart) {
  TestFile file;
  const auto x = file.input("x", Type::FLOAT32, {1});
  const auto a = handle(file, "state.1"), b = handle(file, "state_1"), again = handle(file, "state.1");
  const auto y = file.tensor("y", Type::FLOAT32, {1});
  file.op(Op::ASSIGN_VARIABLE, {a, x}, {});
  file.op(Op::ASSIGN_VARIABLE, {b, x}, {});
  file.op(Op::READ_VARIABLE, {again}, {y});
  file.here().outputs = {y};
  const Module module = file.sound();
  ASSERT_EQ(module.states.size(), 2u);
  EXPECT_NE(module.states[0].name, module.states[1].name);
  const Graph& graph = module.main();
  EXPECT_EQ(graph.tensor(graph.nodes[0].inputs[0]).state, graph.tensor(graph.nodes[2].inputs[0]).state);
  EXPECT_NE(graph.tensor(graph.nodes[0].inputs[0]).state, graph.tensor(graph.nodes[1].inputs[0]).state);
}

TEST(ImportVariables, NeverReadNorAssignedHaveNoType) {
  TestFile file;
  const auto x = file.input("x", Type::FLOAT32, {2});
  handle(file, "idle");
  file.here().outputs = {x};
  file.expect_refused({"the variable 'idle' is neither read nor assigned", "convert"});
}

TEST(ImportVariables, MustKeepOneType) {
  TestFile other = running_sum();
  other.go_on_with(1);
  other.at(1).shape = {3};
  other.model.buffers.back()->data.resize(12);
  other.expect_refused({"subgraph 1", "op 1 'ASSIGN_VARIABLE'", "f32[3]", "f32[2]"});
}

TEST(ImportVariables, AreNotPassedBetweenSubgraphs) {
  TestFile file;
  const auto x = file.tensor("x", Type::RESOURCE, {});
  file.here().inputs = {x};
  const auto y = file.tensor("y", Type::FLOAT32, {2});
  file.op(Op::READ_VARIABLE, {x}, {y});
  file.here().outputs = {y};
  file.expect_refused({"op 0 'READ_VARIABLE'", "no VAR_HANDLE"});
}

TEST(ImportVariables, AnInitializerCanOnlyAssignConstants) {
  TestFile file = running_sum();
  file.go_on_with(1);
  const auto computed = file.tensor("computed", Type::FLOAT32, {2});
  file.here().operators[1]->inputs[1] = computed;
  const auto variable = file.here().operators[0]->outputs[0];
  file.op(Op::READ_VARIABLE, {variable}, {computed});
  std::swap(file.here().operators[1], file.here().operators[2]);
  file.expect_refused({"subgraph 1", "layer 'computed' (read_variable)", "can only assign constants"});
}

TEST(ImportVariables, AnInitializerMayComputeItsConstants) {
  TestFile file = running_sum();
  file.go_on_with(1);
  const auto negative = file.tensor("negative", Type::FLOAT32, {2});
  const auto value = file.here().operators[1]->inputs[1];
  file.here().operators[1]->inputs[1] = negative;
  file.op(Op::NEG, {value}, {negative});
  std::swap(file.here().operators[1], file.here().operators[2]);
  EXPECT_EQ(floats(file.sound().states[0].init), (std::vector<float>{-1, -2}));
}

TEST(ImportVariables, HandlesThatAreDamaged) {
  TestFile no_output = running_sum(false);
  no_output.here().operators[0]->outputs = {};
  no_output.expect_refused({"op 0 'VAR_HANDLE' has no output"});
  TestFile no_value = running_sum(false);
  no_value.here().operators[3]->inputs = {1};
  no_value.expect_refused({"op 3 'ASSIGN_VARIABLE' has no value"});
}

TEST(ImportStates, VariableTensorsAreMemory) {
  TestFile file;
  const auto x = file.input("x", Type::FLOAT32, {1, 3});
  const auto memory = file.tensor("memory", Type::FLOAT32, {1, 8});
  file.at(memory).is_variable = true;
  const auto y = file.tensor("y", Type::FLOAT32, {1, 2});
  const auto feature = file.fill(file.tensor("feature", Type::FLOAT32, {2, 3}), Bytes(24));
  const auto time = file.fill(file.tensor("time", Type::FLOAT32, {2, 4}), Bytes(32));
  tflite::SVDFOptionsT options;
  options.rank = 1;
  file.op(Op::SVDF, {x, feature, time, -1, memory}, {y}, options);
  file.here().outputs = {y};
  const Module module = file.sound();
  ASSERT_EQ(module.states.size(), 1u);
  EXPECT_EQ(module.states[0].name, "memory");
  EXPECT_EQ(module.states[0].init, Bytes(32, 0));
  file.here().outputs = {memory};
  EXPECT_EQ(file.refusal(), "");  // an output may show it
  file.op(Op::ABS, {x}, {memory});
  file.expect_refused({"op 1 'ABS': writes 'memory', which has a value already"});
}

// ---- bodies

/// Subgraph 1: x < limit.  Subgraph 2: x + 1.
TestFile counting(std::int32_t limit = 10) {
  TestFile file;
  const auto x = file.input("x", Type::INT32, {});
  const auto y = file.tensor("y", Type::INT32, {});
  tflite::WhileOptionsT loop;
  loop.cond_subgraph_index = 1;
  loop.body_subgraph_index = 2;
  file.op(Op::WHILE, {x}, {y}, loop);
  file.here().outputs = {y};
  file.graph("condition");
  const auto a = file.input("a", Type::INT32, {});
  const auto go = file.tensor("go", Type::BOOL, {});
  file.op(Op::LESS, {a, file.fill(file.tensor("limit", Type::INT32, {}), std::vector<std::int32_t>{limit})},
          {go});
  file.here().outputs = {go};
  file.graph("body");
  const auto b = file.input("b", Type::INT32, {});
  const auto next = file.tensor("next", Type::INT32, {});
  file.op(Op::ADD, {b, file.fill(file.tensor("one", Type::INT32, {}), std::vector<std::int32_t>{1})}, {next},
          tflite::AddOptionsT());
  file.here().outputs = {next};
  return file;
}

TEST(ImportControl, LoopsHaveTheirBodies) {
  const Module module = counting().sound();
  ASSERT_EQ(module.graphs.size(), 3u);
  const Node& loop = module.main().nodes[0];
  EXPECT_EQ(loop.op, "while");
  EXPECT_TRUE(loop.attributes.empty());
  EXPECT_EQ(loop.bodies, (std::vector<GraphId>{1, 2}));
  EXPECT_EQ(ops_of(module.graphs[1]), "less");
  EXPECT_EQ(ops_of(module.graphs[2]), "add");
  EXPECT_TRUE(verify(module, Stage::Deployable));
}

TEST(ImportControl, BranchesHaveTheirBodiesInTheirOrder) {
  TestFile file;
  const auto c = file.input("c", Type::BOOL, {1});
  const auto x = file.input("x", Type::FLOAT32, {2});
  const auto y = file.tensor("y", Type::FLOAT32, {2});
  tflite::IfOptionsT branch;
  branch.then_subgraph_index = 2;
  branch.else_subgraph_index = 1;
  file.op(Op::IF, {c, x}, {y}, branch);
  file.here().outputs = {y};
  for (const Op op : {Op::ABS, Op::NEG}) {
    file.graph("branch");
    const auto a = file.input("a", Type::FLOAT32, {2}), b = file.tensor("b", Type::FLOAT32, {2});
    file.op(op, {a}, {b});
    file.here().outputs = {b};
  }
  const Module module = file.sound();
  EXPECT_EQ(module.main().nodes[0].bodies, (std::vector<GraphId>{2, 1}));
  EXPECT_EQ(ops_of(module.graphs[2]), "neg");
}

TEST(ImportControl, ASubgraphThatCallsItselfIsRefused) {
  TestFile file = counting();
  file.go_on_with(2);
  tflite::WhileOptionsT again;
  again.cond_subgraph_index = 1;
  again.body_subgraph_index = 2;
  file.op(Op::WHILE, {1}, {file.tensor("deep", Type::INT32, {})}, again);
  file.expect_refused({"subgraph 2 calls itself", "no recursion"});
}

TEST(ImportControl, IndicesOfSubgraphsAreChecked) {
  for (const std::int32_t bad : {-1, 0, 3, 99, INT32_MIN, INT32_MAX}) {
    TestFile file = counting();
    file.go_on_with(0);
    file.here().operators[0]->builtin_options.AsWhileOptions()->body_subgraph_index = bad;
    file.expect_refused({text::cat("op 0 'WHILE' calls subgraph ", bad, ", and there are 3")});
  }
  TestFile both = running_sum();
  both.go_on_with(0);
  tflite::IfOptionsT branch;
  branch.then_subgraph_index = branch.else_subgraph_index = 1;
  both.op(Op::IF, {0}, {}, branch);
  both.expect_refused({"subgraph 1 is both an initializer and a body"});
}

TEST(ImportControl, ALoopWithoutOptionsIsRefused) {
  TestFile file = counting();
  file.model.subgraphs.resize(1);
  file.go_on_with(0);
  file.here().operators[0]->builtin_options.Reset();
  EXPECT_NE(file.refusal(), "");
}

// A custom operator's options may have any type; those of a built-in one may not come that way.
TEST(ImportControl, OptionsOfAnotherTypeDoNotReachTheBodies) {
  flexbuffers::Builder builder;
  builder.Map([&] { builder.String("cond_subgraph_index", "one"); });
  builder.Finish();
  TestFile file = counting();
  file.model.subgraphs.resize(1);
  file.go_on_with(0);
  file.here().operators[0]->builtin_options.Reset();
  file.here().operators[0]->custom_options = builder.GetBuffer();
  EXPECT_NE(file.refusal(), "");
  TestFile named = counting();
  named.model.subgraphs.resize(1);
  named.go_on_with(0);
  named.here().operators.clear();
  named.custom("WHILE", {0}, {1}, builder.GetBuffer());
  named.expect_refused({"op 0 'custom WHILE' (output 'y')", "not supported", "mote ops"});
}

TEST(ImportControl, ABodyMustFitItsLoop) {
  TestFile shape = counting();
  shape.go_on_with(2);
  shape.at(2).shape = shape.at(0).shape = {1};
  shape.at(1).shape = {1};
  shape.expect_refused(
      {"layer 'y' (while)", "inputs[0] is s32[], its body 'body' has s32[1]", "pass to pass"});
  TestFile condition = counting();
  condition.go_on_with(1);
  condition.here().outputs = {0};
  EXPECT_NE(condition.refusal().find("its condition must give one bool"), std::string::npos);
  TestFile count = counting();
  count.go_on_with(2);
  count.input("more", Type::INT32, {});
  EXPECT_NE(count.refusal().find("has 1 inputs, its body 'body' 2"), std::string::npos);
}

TEST(ImportControl, AMissingValueForABodyIsRefused) {
  TestFile file;
  const auto c = file.input("c", Type::BOOL, {});
  const auto y = file.tensor("y", Type::FLOAT32, {2});
  tflite::IfOptionsT branch;
  branch.then_subgraph_index = branch.else_subgraph_index = 1;
  file.op(Op::IF, {c, -1}, {y}, branch);
  file.here().outputs = {y};
  file.graph("branch");
  file.here().outputs = {file.input("a", Type::FLOAT32, {2})};
  EXPECT_NE(file.refusal().find("IF: inputs[1] is missing"), std::string::npos) << file.refusal();
}

/// Each subgraph calls the next one in both branches: 2^`depth` layers when all is written out.
TEST(ImportControl, BodiesThatMultiplyAreRefused) {
  TestFile file;
  constexpr int depth = 60;
  for (int g = 0; g <= depth; ++g) {
    if (g > 0) file.graph("level");
    const auto c = file.input("c", Type::BOOL, {});
    const auto y = file.tensor("y", Type::BOOL, {});
    tflite::IfOptionsT branch;
    branch.then_subgraph_index = branch.else_subgraph_index = g + 1;
    if (g < depth)
      file.op(Op::IF, {c, c}, {y}, branch);
    else
      file.op(Op::LOGICAL_NOT, {c}, {y});
    file.here().outputs = {y};
  }
  file.expect_refused({"too many layers", "fewer places"});
}

TEST(ImportControl, AFileNamesAtMost256Subgraphs) {
  TestFile file;
  for (int i = 0; i < 300; ++i) file.graph("g");
  file.expect_refused({"has 301 subgraphs; at most 256"});
}

// ---- custom operators

Bytes delay_options() {
  flexbuffers::Builder builder;
  builder.Map([&] { builder.Int("delay_length", 3); });
  builder.Finish();
  return builder.GetBuffer();
}

TestFile delay(Bytes options, const std::string& name = "SignalDelay") {
  TestFile file;
  const auto x = file.input("x", Type::INT16, {1, 4});
  const auto y = file.tensor("y", Type::INT16, {1, 4});
  file.custom(name, {x}, {y}, std::move(options));
  file.here().outputs = {y};
  return file;
}

TEST(ImportCustom, ReadsOptionsAndMakesTheMemoryThatTheOperatorKeeps) {
  const Module module = delay(delay_options()).sound();
  const Node& node = module.main().nodes[0];
  EXPECT_EQ(node.op, "signal_delay");
  EXPECT_EQ(std::get<std::int64_t>(node.attributes.at("delay_length")), 3);
  ASSERT_EQ(module.states.size(), 1u);
  EXPECT_EQ(node.inputs.size(), 2u);
  EXPECT_EQ(module.main().tensor(node.inputs[1]).state, 0);
  EXPECT_TRUE(verify(module, Stage::Deployable));
}

TEST(ImportCustom, NamesOptionsThatAreMissingOrOfAnotherType) {
  delay({}).expect_refused({"op 0 'SignalDelay' (output 'y')", "has no option 'delay_length'"});
  flexbuffers::Builder builder;
  builder.Map([&] { builder.String("delay_length", "long"); });
  builder.Finish();
  EXPECT_NE(delay(builder.GetBuffer()).refusal().find("'delay_length' has another type"), std::string::npos);
}

TEST(ImportCustom, NamesOperatorsThatItDoesNotHave) {
  delay(delay_options(), "TFLite_Detection_PostProcess")
      .expect_refused({"op 0 'TFLite_Detection_PostProcess' (output 'y')", "not supported", "`mote ops`"});
  delay(delay_options(), "").expect_refused({"op 0 'CUSTOM'", "not supported"});
}

TEST(ImportCustom, SurvivesEveryDamageOfItsOptions) {
  flexbuffers::Builder builder;
  builder.Map([&] {
    builder.Int("delay_length", 3);
    builder.TypedVector("list", [&] {
      for (int i = 0; i < 4; ++i) builder.Int(i);
    });
    builder.Vector("mixed", [&] {
      builder.String("a");
      builder.Double(1.5);
    });
    builder.Map("map", [&] { builder.Bool("b", true); });
    builder.Key("blob");
    builder.Blob("blob", 4);
  });
  builder.Finish();
  const Bytes sound = builder.GetBuffer();
  int accepted = 0;
  for (std::size_t at = 0; at < sound.size(); ++at) {
    for (const int value : {0, 1, 4, 36, 40, 127, 128, 255}) {
      Bytes damaged = sound;
      damaged[at] = static_cast<std::uint8_t>(value);
      accepted += delay(damaged).import().has_value();
    }
    EXPECT_NE(delay(Bytes(sound.begin(), sound.begin() + static_cast<std::ptrdiff_t>(at))).refusal(), "");
  }
  EXPECT_GT(accepted, 0);
}

// FlexBuffers' verifier accepts a key without an end: reading it must stop with the buffer.  Seen by the address sanitizer.
TEST(ImportCustom, AKeyEndsWithTheOptionsAtTheLatest) {
  Bytes options = delay_options();
  const std::string key = "delay_length";
  const auto at = std::search(options.begin(), options.end(), key.begin(), key.end());
  ASSERT_NE(at, options.end());
  std::fill(at, options.end() - 3, static_cast<std::uint8_t>('k'));
  EXPECT_NE(delay(options).refusal(), "");
}

// ---- survey

TEST(ImportSurvey, ListsEveryOperatorThatCannotBeReadAndTheOthers) {
  TestFile file = delay(delay_options());
  const auto z = file.tensor("z", Type::INT16, {1, 4});
  const auto w = file.tensor("w", Type::INT16, {1, 4});
  file.custom("Mystery", {1}, {z}, {});
  file.op(Op::LSTM, {z}, {w});
  file.here().outputs = {w};
  const auto survey = survey_tflite(file.bytes(), "model.tflite");
  ASSERT_TRUE(survey);
  EXPECT_FALSE(survey->module);
  EXPECT_EQ(survey->problem, "");
  ASSERT_EQ(survey->lines.size(), 3u);
  EXPECT_EQ(survey->lines[0].becomes, "signal_delay");
  EXPECT_EQ(survey->lines[0].problem, "");
  EXPECT_EQ(survey->lines[1].op, "Mystery");
  EXPECT_EQ(survey->lines[1].index, 1u);
  EXPECT_NE(survey->lines[1].problem, "");
  EXPECT_NE(survey->lines[2].hint, "");
  EXPECT_EQ(survey->lines[2].types, "s16[1,4] → s16[1,4]");
}

TEST(ImportSurvey, TellsWhatIsWrongWithTheFileAsAWhole) {
  const auto survey = survey_tflite(Bytes(100, 7), "model.tflite");
  ASSERT_TRUE(survey);
  EXPECT_NE(survey->problem.find("model.tflite"), std::string::npos);
  EXPECT_NE(survey->hint, "");
  const auto recursive = survey_tflite(counting().bytes(), "model.tflite");
  ASSERT_TRUE(recursive && recursive->module);
  EXPECT_EQ(recursive->lines.size(), 3u);
}

}  // namespace
}  // namespace mote
