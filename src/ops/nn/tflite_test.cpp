// Options of .tflite: what is written reads back the same; what cannot be computed is refused with a way out.
#include "ops/nn/tflite.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "ops/nn/test_nodes.h"

namespace mote::test {
namespace {

const FormatRule* rule_of(const OpDef& op) { return op.formats.empty() ? nullptr : &op.formats[0]; }

TEST(Tflite, ReadWriteReadGivesTheSameNode) {
  for (const OneNode& node : example_nodes()) {
    const FormatRule* rule = rule_of(node.op());
    if (rule == nullptr) continue;
    SCOPED_TRACE(std::string(node.op().name));
    Graph graph = node.graph;
    const auto foreign = rule->write(NodeRef{graph, node.node}, graph);
    ASSERT_TRUE(foreign) << foreign.error().message;
    EXPECT_EQ(foreign->op, rule->op);
    const auto read = rule->read(*foreign, graph);
    ASSERT_TRUE(read) << read.error().message;
    const Node first = graph.nodes.back();
    // Writing may add constants that the format wants: a bias of zeros.
    const std::size_t own = node.node.inputs.size();
    ASSERT_GE(first.inputs.size(), own);
    EXPECT_TRUE(std::equal(node.node.inputs.begin(), node.node.inputs.end(), first.inputs.begin()));
    for (std::size_t i = own; i < first.inputs.size(); ++i)
      EXPECT_TRUE(graph.tensor(first.inputs[i]).is_constant());
    EXPECT_EQ(first.outputs, node.node.outputs);
    EXPECT_EQ(first.name, node.node.name);
    for (const AttributeSpec& spec : node.op().schema.attributes) {
      const std::string name(spec.name);
      if (name == "shape") continue;  // −1 has become a number; the types below agree
      const auto value_in = [&](const Attributes& attributes) {
        const auto given = attributes.find(name);
        return given == attributes.end() ? spec.default_value : given->second;
      };
      EXPECT_TRUE(value_in(first.attributes) == value_in(node.node.attributes)) << name;
    }
    EXPECT_EQ(node.op().infer(NodeRef{graph, first}).value(), node.infer().value());

    const auto again = rule->write(NodeRef{graph, first}, graph);
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->attributes == foreign->attributes);
    EXPECT_EQ(again->version, foreign->version);
    ASSERT_TRUE(rule->read(*again, graph));
    EXPECT_TRUE(graph.nodes.back().attributes == first.attributes);
  }
}

TEST(Tflite, UnsupportedActivationsNameTheOpAndAWayOut) {
  for (const OneNode& node : example_nodes()) {
    const FormatRule* rule = rule_of(node.op());
    if (rule == nullptr) continue;
    Graph graph = node.graph;
    auto foreign = rule->write(NodeRef{graph, node.node}, graph);
    ASSERT_TRUE(foreign);
    if (foreign->attributes.count("fused_activation_function") == 0) continue;
    for (const char* word : {"TANH", "SIGN_BIT"}) {
      foreign->attributes["fused_activation_function"] = std::string(word);
      const auto read = rule->read(*foreign, graph);
      ASSERT_FALSE(read) << foreign->op;
      EXPECT_NE(read.error().message.find(foreign->op), std::string::npos);
      EXPECT_NE(read.error().message.find(word), std::string::npos);
      EXPECT_FALSE(read.error().hint.empty());
    }
  }
}

TEST(Tflite, OptionsOfAnotherTypeOrMissingTensorsAreRefused) {
  for (const OneNode& node : example_nodes()) {
    const FormatRule* rule = rule_of(node.op());
    if (rule == nullptr) continue;
    Graph graph = node.graph;
    const auto foreign = rule->write(NodeRef{graph, node.node}, graph);
    ASSERT_TRUE(foreign);
    ForeignNode bare = *foreign;
    bare.inputs.clear();
    EXPECT_FALSE(rule->read(bare, graph)) << foreign->op;
    ForeignNode headless = *foreign;
    headless.outputs.clear();
    EXPECT_FALSE(rule->read(headless, graph)) << foreign->op;
    if (foreign->attributes.count("padding") == 1) {
      ForeignNode odd = *foreign;
      odd.attributes["padding"] = std::int64_t{0};
      EXPECT_FALSE(rule->read(odd, graph)) << foreign->op;
    }
  }
}

ForeignNode reshape(std::vector<TensorId> inputs, Attributes attributes) {
  return {"RESHAPE", 1, std::move(attributes), std::move(inputs), {0}, "flat"};
}

TEST(Tflite, ReshapeTakesItsShapeFromTheInputBeforeTheOption) {
  OneNode node("reshape");
  node.input(DType::F32, {1, 3, 4});
  Tensor shape;
  shape.name = "shape";
  shape.type = {DType::S32, {2}};
  shape.constant = to_constant(std::vector<std::int32_t>{-1, 6});
  Graph graph = node.graph;
  const TensorId id = graph.add(shape);
  const Attributes option = {{"new_shape", std::vector<std::int64_t>{1, 12}}};
  const FormatRule& rule = *rule_of(node.op());
  const auto read = [&](std::vector<TensorId> inputs, Attributes attributes) {
    EXPECT_TRUE(rule.read(reshape(std::move(inputs), std::move(attributes)), graph));
    return std::get<std::vector<std::int64_t>>(graph.nodes.back().attributes.at("shape"));
  };
  EXPECT_EQ(read({0, id}, option), (std::vector<std::int64_t>{2, 6}));
  EXPECT_EQ(read({0}, option), (std::vector<std::int64_t>{1, 12}));
  EXPECT_EQ(read({0, kNoTensor}, option), (std::vector<std::int64_t>{1, 12}));
  EXPECT_FALSE(rule.read(reshape({0, 0}, option), graph));  // computed at run time
  EXPECT_FALSE(rule.read(reshape({0}, {}), graph));         // no shape at all
}

TEST(Tflite, NoOperatorReadsInputsThatAreAbsent) {
  for (const OpDef* op : op_registry()) {
    for (const FormatRule& rule : op->formats) {
      if (rule.format != "tflite" || rule.read == nullptr) continue;
      for (std::size_t inputs = 0; inputs <= 24; ++inputs) {
        OneNode node("reshape");
        node.input(DType::F32, {1, 3, 4});
        Graph graph = node.graph;
        const ForeignNode foreign{
            std::string(rule.op), 1, {}, std::vector<TensorId>(inputs, kNoTensor), {0}, "layer"};
        const auto read = rule.read(foreign, graph);
        EXPECT_TRUE(!read || inputs == 0) << rule.op << " of " << inputs << " absent inputs";
      }
    }
  }
}

TEST(Tflite, DepthMultiplierFollowsFromTheShapes) {
  OneNode node("depthwise_conv2d", {{"depth_multiplier", std::int64_t{2}}});
  node.input(DType::F32, {1, 4, 4, 3}).weights(DType::F32, {1, 3, 3, 6}).finish();
  Graph graph = node.graph;
  const FormatRule& rule = *rule_of(node.op());
  auto foreign = rule.write(NodeRef{graph, node.node}, graph);
  foreign->attributes["depth_multiplier"] = std::int64_t{0};
  ASSERT_TRUE(rule.read(*foreign, graph));
  EXPECT_EQ(std::get<std::int64_t>(graph.nodes.back().attributes.at("depth_multiplier")), 2);
}

}  // namespace
}  // namespace mote::test
