// What the reference page and `mote ops` are made of, for every op there is.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "graph/op.h"

namespace mote {
namespace {

TEST(Schema, OfEveryOpIsComplete) {
  std::set<std::string_view> names;
  for (const OpDef* op : op_registry()) {
    SCOPED_TRACE(std::string(op->name));
    EXPECT_FALSE(op->name.empty());
    EXPECT_TRUE(names.insert(op->name).second) << "two ops of this name";
    EXPECT_FALSE(op->schema.doc.empty());
    EXPECT_FALSE(op->schema.inputs.empty());
    EXPECT_TRUE(!op->schema.outputs.empty() || op->name == "assign_variable");
    EXPECT_NE(op->infer, nullptr);
    EXPECT_NE(op->work, nullptr);
    const bool is_control_flow =
        op->name == "if" || op->name == "while";  // the planner puts their bodies in place
    EXPECT_TRUE(op->view || op->lower != nullptr || is_control_flow);
  }
}

TEST(Schema, EveryPortAndAttributeHasADocAndAUniqueName) {
  for (const OpDef* op : op_registry()) {
    SCOPED_TRACE(std::string(op->name));
    std::set<std::string_view> attributes;
    for (const auto* ports : {&op->schema.inputs, &op->schema.outputs}) {
      std::set<std::string_view> names;
      for (const PortSpec& port : *ports) {
        EXPECT_FALSE(port.doc.empty()) << port.name;
        EXPECT_TRUE(names.insert(port.name).second) << port.name;
        EXPECT_TRUE(!port.variadic || &port == &ports->back()) << port.name;
      }
    }
    for (const AttributeSpec& attribute : op->schema.attributes) {
      EXPECT_FALSE(attribute.doc.empty()) << attribute.name;
      EXPECT_TRUE(attributes.insert(attribute.name).second) << attribute.name;
      EXPECT_LE(attribute.min, attribute.max) << attribute.name;
      if (const auto* word = std::get_if<std::string>(&attribute.default_value);
          word && !attribute.choices.empty()) {
        const std::set<std::string> choices(attribute.choices.begin(), attribute.choices.end());
        EXPECT_EQ(choices.count(*word), 1u) << attribute.name << ": the default is not a choice";
      }
    }
  }
}

TEST(Schema, RulesPointAtPortsThatExist) {
  for (const OpDef* op : op_registry()) {
    SCOPED_TRACE(std::string(op->name));
    const auto inputs = static_cast<int>(op->schema.inputs.size());
    if (op->quant != nullptr) {
      EXPECT_LT(op->quant->weight, inputs);
      EXPECT_LT(op->quant->bias, inputs);
    }
    for (const FormatRule& rule : op->formats) {
      EXPECT_FALSE(rule.format.empty());
      EXPECT_FALSE(rule.op.empty());
      EXPECT_TRUE(rule.read != nullptr || rule.write != nullptr);
    }
  }
}

TEST(Schema, NoTwoOpsClaimTheSameForeignOp) {
  std::set<std::string> claimed;
  for (const OpDef* op : op_registry()) {
    for (const FormatRule& rule : op->formats)
      EXPECT_TRUE(rule.read == nullptr || claimed.insert(text::cat(rule.format, " ", rule.op)).second)
          << rule.op;
  }
}

}  // namespace
}  // namespace mote
