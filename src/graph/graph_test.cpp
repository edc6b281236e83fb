// The model: verify refuses each thing it promises to refuse and names it; the text form says what stands there.
#include "graph/graph.h"

#include <gtest/gtest.h>

#include <limits>
#include <set>

#include "graph/kernel.h"

namespace mote {
namespace {

Tensor tensor(std::string name, DType dtype, Shape shape) {
  Tensor t;
  t.name = std::move(name);
  t.type = {dtype, std::move(shape)};
  return t;
}

Node node(std::string op, std::string name, std::vector<TensorId> inputs, Attributes attributes = {}) {
  return Node{std::move(op), std::move(name), std::move(attributes), std::move(inputs), {}, {}};
}

// x [1,4] → dense [1,2] → relu [1,2], float.
Module sound() {
  Module module;
  module.graphs.emplace_back().name = "main";
  Graph& graph = module.main();
  const TensorId x = graph.add(tensor("x", DType::F32, {1, 4}));
  graph.inputs.push_back({x, 0, ""});
  Tensor w = tensor("w", DType::F32, {2, 4});
  w.constant = to_constant(std::vector<float>(8, 0.5f));
  const TensorId weights = graph.add(w);
  const auto dense = append_node(graph, node("fully_connected", "dense", {x, weights}));
  EXPECT_TRUE(dense);
  const auto out = append_node(graph, node("relu", "relu", {*dense}));
  EXPECT_TRUE(out);
  graph.outputs = {*out};
  return module;
}

// What verify says against `module` at that stage; empty when nothing.
std::string refusal(const Module& module, Stage stage = Stage::Imported) {
  const auto ok = verify(module, stage);
  return ok ? "" : ok.error().message;
}

struct Damage {
  const char* what;
  void (*apply)(Module&);
  const char* said;  // part of the message
};

TEST(Verify, AcceptsASoundModelAtEveryFloatStage) {
  for (const Stage stage :
       {Stage::Imported, Stage::Canonical, Stage::Trained, Stage::Quantized, Stage::Deployable})
    EXPECT_EQ(refusal(sound(), stage), "");
}

TEST(Verify, RefusesEachDamageByName) {
  const Damage damages[] = {
      {"no graph", [](Module& m) { m.graphs.clear(); }, "no graph"},
      {"extent 0",
       [](Module& m) {
         m.main().tensors[0].type.shape = {1, 0};
       },
       "tensor 'x': has the extent 0"},
      {"negative extent",
       [](Module& m) {
         m.main().tensors[0].type.shape = {1, -4};
       },
       "has the extent -4"},
      {"too large",
       [](Module& m) {
         m.main().tensors[0].type.shape = {INT32_MAX, INT32_MAX};
       },
       "'x': is too large"},
      {"too large by many extents", [](Module& m) { m.main().tensors[0].type.shape = Shape(40, 65536); },
       "'x': is too large"},
      {"short constant", [](Module& m) { m.main().tensors[1].constant = to_constant(std::vector<float>(7)); },
       "'w': holds 28 bytes, its type needs 32"},
      {"scales without zero points",
       [](Module& m) {
         m.main().tensors[0].quant = {{1.0f}, {}, 0};
       },
       "'x': has different numbers of scales and zero points"},
      {"scale 0",
       [](Module& m) {
         m.main().tensors[0].quant = {{0.0f}, {0}, 0};
       },
       "'x': has the scale 0"},
      {"negative scale",
       [](Module& m) {
         m.main().tensors[0].quant = {{-1.0f}, {0}, 0};
       },
       "has the scale -1"},
      {"scale nan",
       [](Module& m) {
         m.main().tensors[0].quant = {{std::numeric_limits<float>::quiet_NaN()}, {0}, 0};
       },
       "has the scale nan"},
      {"scale inf",
       [](Module& m) {
         m.main().tensors[0].quant = {{std::numeric_limits<float>::infinity()}, {0}, 0};
       },
       "has the scale inf"},
      {"axis outside",
       [](Module& m) {
         m.main().tensors[1].quant = {{1, 1}, {0, 0}, 2};
       },
       "2 scales along axis 2"},
      {"axis below",
       [](Module& m) {
         m.main().tensors[1].quant = {{1, 1}, {0, 0}, -1};
       },
       "2 scales along axis -1"},
      {"wrong number of scales",
       [](Module& m) {
         m.main().tensors[1].quant = {{1, 1, 1}, {0, 0, 0}, 0};
       },
       "3 scales along axis 0"},
      {"zero point",
       [](Module& m) {
         m.main().tensors[0].type.dtype = DType::S8;
         m.main().tensors[0].quant = {{1}, {128}, 0};
       },
       "the zero point 128"},
      {"input is no tensor", [](Module& m) { m.main().inputs[0].tensor = 99; }, "input 99 is not a tensor"},
      {"negative input", [](Module& m) { m.main().inputs[0].tensor = -1; }, "input -1 is not a tensor"},
      {"input is a constant", [](Module& m) { m.main().inputs[0].tensor = 1; }, "input 'w' is a constant"},
      {"input twice", [](Module& m) { m.main().inputs.push_back(m.main().inputs[0]); },
       "input 'x' is named twice"},
      {"unknown op", [](Module& m) { m.main().nodes[1].op = "rellu"; },
       "layer 'relu' (rellu): there is no such op"},
      {"same name", [](Module& m) { m.main().nodes[1].name = "dense"; }, "another layer has the same name"},
      {"too many inputs",
       [](Module& m) {
         m.main().nodes[1].inputs = {2, 0, 0, 0};
       },
       "has 4 inputs"},
      {"no input", [](Module& m) { m.main().nodes[1].inputs = {}; }, "is missing"},
      {"absent input", [](Module& m) { m.main().nodes[1].inputs = {kNoTensor}; }, "is missing"},
      {"input outside", [](Module& m) { m.main().nodes[1].inputs = {99}; }, "is tensor 99"},
      {"input below", [](Module& m) { m.main().nodes[1].inputs = {-2}; }, "is tensor -2"},
      {"order", [](Module& m) { std::swap(m.main().nodes[0], m.main().nodes[1]); },
       "before anything has written it"},
      {"output outside", [](Module& m) { m.main().nodes[1].outputs = {99}; }, "writes tensor 99"},
      {"output below", [](Module& m) { m.main().nodes[1].outputs = {-1}; }, "writes tensor -1"},
      {"written twice", [](Module& m) { m.main().nodes[1].outputs = {2}; }, "has a value already"},
      {"writes a constant", [](Module& m) { m.main().nodes[1].outputs = {1}; }, "has a value already"},
      {"number of outputs", [](Module& m) { m.main().nodes[1].outputs = {}; },
       "has 0 outputs, the op makes 1"},
      {"stated type",
       [](Module& m) {
         m.main().tensors[3].type.shape = {1, 3};
       },
       "its output is said to be f32[1,3], it computes f32[1,2]"},
      {"unknown attribute",
       [](Module& m) { m.main().nodes[0].attributes["activaton"] = std::string("relu"); },
       "unknown attribute 'activaton'"},
      {"attribute's type", [](Module& m) { m.main().nodes[0].attributes["activation"] = 1.0; },
       "'activation' has the wrong type"},
      {"attribute's choice",
       [](Module& m) { m.main().nodes[0].attributes["activation"] = std::string("rellu"); },
       "'activation' cannot be 'rellu'"},
      {"attribute's range",
       [](Module& m) { m.main().nodes[0].attributes["keep_num_dims"] = std::int64_t{7}; },
       "out of its range"},
      {"body", [](Module& m) { m.main().nodes[0].bodies = {1}; }, "has the body 1"},
      {"body is main", [](Module& m) { m.main().nodes[0].bodies = {0}; }, "has the body 0"},
      {"no outputs", [](Module& m) { m.main().outputs.clear(); }, "no outputs"},
      {"output is no tensor", [](Module& m) { m.main().outputs = {99}; }, "output 99 is never written"},
      {"output below", [](Module& m) { m.main().outputs = {-1}; }, "output -1 is never written"},
      {"output unwritten",
       [](Module& m) { m.main().outputs = {m.main().add(tensor("lone", DType::F32, {1}))}; },
       "is never written"},
      {"state's size",
       [](Module& m) {
         m.states.push_back({0, "memory", {DType::S8, {4}}, Bytes(3)});
       },
       "state 'memory' is not what its type says"},
      {"state's index",
       [](Module& m) {
         m.states.push_back({1, "memory", {DType::S8, {4}}, Bytes(4)});
       },
       "state 'memory'"},
      {"state's extent",
       [](Module& m) {
         m.states.push_back({0, "memory", {DType::S8, {-1, -4}}, Bytes(4)});
       },
       "state 'memory'"},
  };
  for (const Damage& damage : damages) {
    Module module = sound();
    damage.apply(module);
    const std::string said = refusal(module);
    EXPECT_NE(said.find(damage.said), std::string::npos) << damage.what << ": '" << said << "'";
  }
}

TEST(Verify, ASlipInANameGetsTheNearestOne) {
  Module module = sound();
  module.main().nodes[1].op = "rellu";
  EXPECT_EQ(verify(module, Stage::Imported).error().hint, "did you mean 'relu'?");
  module = sound();
  module.main().nodes[0].attributes["activaton"] = std::string("relu");
  EXPECT_EQ(verify(module, Stage::Imported).error().hint, "did you mean 'activation'?");
}

TEST(Verify, WeightsOfATrainedModelAreFinite) {
  Module module = sound();
  std::vector<float> weights(8, 0.5f);
  weights[7] = std::numeric_limits<float>::infinity();
  module.main().tensors[1].constant = to_constant(weights);
  EXPECT_EQ(refusal(module, Stage::Canonical), "");
  EXPECT_NE(refusal(module, Stage::Trained).find("tensor 'w' holds inf"), std::string::npos);
}

TEST(Verify, TensorsOfAQuantizedModelHaveScales) {
  Module module;
  module.graphs.emplace_back().name = "main";
  Graph& graph = module.main();
  Tensor x = tensor("x", DType::S8, {1, 4});
  x.quant = {{0.5f}, {3}, 0};
  graph.inputs.push_back({graph.add(x), 0, ""});
  const auto out = append_node(graph, node("relu", "relu", {0}));
  ASSERT_TRUE(out);
  graph.outputs = {*out};
  EXPECT_EQ(refusal(module), "");
  EXPECT_NE(refusal(module, Stage::Quantized).find("the tensor 'relu' has no scale"), std::string::npos);
}

TEST(TextForm, IsALineALayer) {
  Module module = sound();
  module.states.push_back({0, "memory", {DType::S8, {4}}, Bytes(4)});
  EXPECT_EQ(to_text(module),
            "input x f32[1,4]\n"
            "dense = fully_connected(x, weights=f32[2,4]) → f32[1,2]\n"
            "relu = relu(dense) → f32[1,2]\n"
            "output relu\n"
            "state memory s8[4]\n");
}

TEST(AppendNode, NamesOutputsAndRefusesWithoutTouchingTheGraph) {
  Module module = sound();
  Graph& graph = module.main();
  const std::size_t tensors = graph.tensors.size(), nodes = graph.nodes.size();
  const Node refused[] = {node("rellu", "a", {0}), node("relu", "b", {}), node("relu", "c", {99}),
                          node("conv2d", "d", {0, 0}),
                          node("reshape", "e", {0}, {{"shape", std::vector<std::int64_t>{1, 3}}})};
  for (const Node& bad : refused) {
    const auto out = append_node(graph, bad);
    ASSERT_FALSE(out) << bad.name;
    EXPECT_NE(out.error().message.find(text::cat("layer '", bad.name, "'")), std::string::npos);
    EXPECT_EQ(graph.tensors.size(), tensors);
    EXPECT_EQ(graph.nodes.size(), nodes);
  }
  const auto out = append_node(graph, node("relu", "x", {0}));  // the name of a tensor is taken already
  ASSERT_TRUE(out);
  EXPECT_EQ(graph.tensor(*out).name, "x_2");
  EXPECT_EQ(graph.tensor(*out).type, graph.tensor(0).type);
}

TEST(Labels, ComeBackAsTheyWereSet) {
  Module module = sound();
  EXPECT_TRUE(labels_of(module).empty());
  const std::vector<std::string> labels = {"yes", "no \"maybe\"", "ü"};
  set_labels(module, labels);
  EXPECT_EQ(labels_of(module), labels);
  set_labels(module, {});
  EXPECT_TRUE(labels_of(module).empty());
}

TEST(Registry, NamesAreUniqueAndEveryKernelHasAReference) {
  std::set<std::string> ops, variants;
  for (const OpDef* op : op_registry()) {
    EXPECT_TRUE(ops.insert(std::string(op->name)).second) << op->name;
    EXPECT_EQ(find_op(op->name), op);
  }
  EXPECT_EQ(find_op("no_such_op"), nullptr);
  for (const KernelVariant* variant : kernel_registry()) {
    EXPECT_TRUE(variants.insert(text::cat(variant->kernel, " ", variant->name)).second) << variant->kernel;
    EXPECT_EQ(reference_of(variant->kernel).name, "reference");
    EXPECT_NE(reference_of(variant->kernel).run, nullptr) << variant->kernel;
  }
}

}  // namespace
}  // namespace mote
