// Promises of the .tflite exporter: the file has the shape that other readers ask for, and is the same every
// time. That mote and LiteRT read it back is tested in tests/, where both rooms meet.
#include <gtest/gtest.h>

#include "export/export.h"
#include "graph/op.h"
#include "tflite_generated.h"

namespace mote {
namespace {

TensorId add_input(Graph& graph, Shape shape) {
  Tensor x;
  x.name = "x";
  x.type = {DType::F32, std::move(shape)};
  const TensorId id = graph.add(std::move(x));
  graph.inputs.push_back(GraphInput{id, 0, ""});
  return id;
}

TensorId add_weights(Graph& graph, const std::string& name, Shape shape) {
  Tensor w;
  w.name = name;
  w.type = {DType::F32, std::move(shape)};
  w.constant = to_constant(std::vector<float>(static_cast<std::size_t>(w.type.count()), 0.5f));
  return graph.add(std::move(w));
}

TensorId append(Graph& graph, Node node) {
  auto out = append_node(graph, std::move(node));
  EXPECT_TRUE(out) << (out ? "" : out.error().message);
  return out ? *out : kNoTensor;
}

/// x f32[1,4,4,2] → conv → conv → reshape → dense
Module network() {
  Module module;
  Graph& graph = module.graphs.emplace_back();
  graph.name = "main";
  TensorId at = add_input(graph, {1, 4, 4, 2});
  const Attributes same = {{"padding", std::string("same")}, {"activation", std::string("relu6")}};
  at = append(graph, {"conv2d", "conv1", same, {at, add_weights(graph, "w1", {3, 3, 3, 2})}, {}, {}});
  at = append(graph, {"conv2d", "conv2", same, {at, add_weights(graph, "w2", {1, 1, 1, 3})}, {}, {}});
  at = append(graph, {"reshape", "flat", {{"shape", std::vector<std::int64_t>{1, 16}}}, {at}, {}, {}});
  at = append(graph, {"fully_connected", "dense", {}, {at, add_weights(graph, "w3", {2, 16})}, {}, {}});
  graph.outputs = {at};
  set_labels(module, {"yes", "no"});
  return module;
}

const tflite::Model* parsed(const Bytes& bytes) {
  flatbuffers::Verifier verifier(bytes.data(), bytes.size());
  return tflite::VerifyModelBuffer(verifier) ? tflite::GetModel(bytes.data()) : nullptr;
}

TEST(ExportTflite, WritesVersionDescriptionCodesAndAnEmptyFirstBuffer) {
  auto bytes = export_tflite(network());
  ASSERT_TRUE(bytes) << bytes.error().message;
  const tflite::Model* model = parsed(*bytes);
  ASSERT_NE(model, nullptr);
  EXPECT_EQ(model->version(), 3u);
  EXPECT_EQ(model->description()->str(), "mote");
  EXPECT_TRUE(model->buffers()->Get(0)->data() == nullptr);
  ASSERT_EQ(model->operator_codes()->size(), 3u);  // the two convolutions share one
  EXPECT_EQ(model->operator_codes()->Get(0)->deprecated_builtin_code(), 3);
  EXPECT_EQ(model->operator_codes()->Get(0)->builtin_code(), tflite::BuiltinOperator::CONV_2D);
  EXPECT_EQ(model->operator_codes()->Get(0)->version(), 1);
  const auto* options = model->subgraphs()->Get(0)->operators()->Get(0)->builtin_options_as_Conv2DOptions();
  ASSERT_NE(options, nullptr);
  EXPECT_EQ(options->padding(), tflite::Padding::SAME);
  EXPECT_EQ(options->stride_w(), 1);
  EXPECT_EQ(options->dilation_h_factor(), 1);
  EXPECT_EQ(options->fused_activation_function(), tflite::ActivationFunctionType::RELU6);
}

TEST(ExportTflite, GivesAReshapeItsShapeAsAConstant) {
  auto bytes = export_tflite(network());
  ASSERT_TRUE(bytes);
  const tflite::Model* model = parsed(*bytes);
  const auto* graph = model->subgraphs()->Get(0);
  const auto* reshape = graph->operators()->Get(2);
  ASSERT_EQ(reshape->inputs()->size(), 2u);
  const auto* shape = graph->tensors()->Get(static_cast<std::uint32_t>(reshape->inputs()->Get(1)));
  EXPECT_EQ(shape->type(), tflite::TensorType::INT32);
  EXPECT_EQ(model->buffers()->Get(shape->buffer())->data()->size(), 8u);
}

TEST(ExportTflite, AlignsConstantsToSixteenBytes) {
  auto bytes = export_tflite(network());
  ASSERT_TRUE(bytes);
  for (const auto* buffer : *parsed(*bytes)->buffers()) {
    if (buffer->data() == nullptr) continue;
    EXPECT_EQ((buffer->data()->Data() - bytes->data()) % 16, 0);
  }
}

TEST(ExportTflite, SameModuleSameBytes) {
  auto first = export_tflite(network());
  auto second = export_tflite(network());
  ASSERT_TRUE(first && second);
  EXPECT_EQ(*first, *second);
}

TEST(ExportTflite, WritesMetadataUnderItsOwnPrefix) {
  auto bytes = export_tflite(network());
  ASSERT_TRUE(bytes);
  const auto* metadata = parsed(*bytes)->metadata();
  ASSERT_NE(metadata, nullptr);
  EXPECT_EQ(metadata->Get(0)->name()->str(), "mote.labels");
}

TEST(ExportTflite, LeavesOutTensorsThatNothingUses) {
  Module module = network();
  add_weights(module.main(), "left_over", {1000});
  auto bytes = export_tflite(module);
  ASSERT_TRUE(bytes);
  EXPECT_EQ(*bytes, *export_tflite(network()));
}

TEST(ExportTflite, RefusesWhatTheFormatCannotHold) {
  Module two = network();
  two.graphs.push_back(two.main());
  two.graphs[1].name = "mote.front_end";
  auto bytes = export_tflite(two);
  ASSERT_FALSE(bytes);
  EXPECT_NE(bytes.error().message.find("mote.front_end"), std::string::npos);
}

TEST(ExportTflite, RefusesAModuleThatDoesNotVerify) {
  Module broken = network();
  broken.main().nodes[1].inputs[0] = 999;
  EXPECT_FALSE(export_tflite(broken));
}

}  // namespace
}  // namespace mote
