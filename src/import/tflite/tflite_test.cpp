// Promises of the .tflite importer: good files become modules, bad ones become errors that name what is bad.
// Models are made by changing one small sound file through the schema's object form.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <limits>

#include "base/system.h"
#include "import/import.h"
#include "tflite_generated.h"

namespace mote {
namespace {

using tflite::BuiltinOperator;
using tflite::ModelT;

Bytes pack(const ModelT& model) {
  flatbuffers::FlatBufferBuilder builder;
  FinishModelBuffer(builder, CreateModel(builder, &model));
  return Bytes(builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize());
}

std::unique_ptr<tflite::TensorT> tensor(const std::string& name, tflite::TensorType type,
                                        std::vector<std::int32_t> shape, std::uint32_t buffer,
                                        std::vector<float> scale, std::vector<std::int64_t> zero_point) {
  auto out = std::make_unique<tflite::TensorT>();
  out->name = name;
  out->type = type;
  out->shape = std::move(shape);
  out->buffer = buffer;
  out->quantization = std::make_unique<tflite::QuantizationParametersT>();
  out->quantization->scale = std::move(scale);
  out->quantization->zero_point = std::move(zero_point);
  return out;
}

/// One convolution, x s8[1,4,4,1] → y s8[1,4,4,2] with a 3×3 kernel.  Tensors: 0 x, 1 weights, 2 bias, 3 y.
ModelT small_model() {
  using tflite::TensorType;
  ModelT model;
  model.version = 3;
  for (int i = 0; i < 3; ++i) model.buffers.push_back(std::make_unique<tflite::BufferT>());
  model.buffers[1]->data.assign(18, 1);
  model.buffers[2]->data.assign(8, 0);
  model.operator_codes.push_back(std::make_unique<tflite::OperatorCodeT>());
  model.operator_codes[0]->deprecated_builtin_code = 3;
  model.operator_codes[0]->builtin_code = BuiltinOperator::CONV_2D;
  model.operator_codes[0]->version = 3;
  model.subgraphs.push_back(std::make_unique<tflite::SubGraphT>());
  auto& graph = *model.subgraphs[0];
  graph.tensors.push_back(tensor("x", TensorType::INT8, {1, 4, 4, 1}, 0, {0.5f}, {-1}));
  graph.tensors.push_back(tensor("w", TensorType::INT8, {2, 3, 3, 1}, 1, {0.25f, 0.125f}, {0, 0}));
  graph.tensors.push_back(tensor("b", TensorType::INT32, {2}, 2, {0.125f, 0.0625f}, {0, 0}));
  graph.tensors.push_back(tensor("net/conv;net/bias", TensorType::INT8, {1, 4, 4, 2}, 0, {1.0f}, {3}));
  graph.inputs = {0};
  graph.outputs = {3};
  graph.operators.push_back(std::make_unique<tflite::OperatorT>());
  graph.operators[0]->inputs = {0, 1, 2};
  graph.operators[0]->outputs = {3};
  tflite::Conv2DOptionsT options;
  options.stride_w = 1;
  options.stride_h = 1;
  options.fused_activation_function = tflite::ActivationFunctionType::RELU;
  graph.operators[0]->builtin_options.Set(std::move(options));
  return model;
}

Result<Module> import_changed(const std::function<void(ModelT&)>& change) {
  ModelT model = small_model();
  change(model);
  return import_tflite(pack(model), "model.tflite");
}

/// The error of the small model with a change, "" when it is accepted all the same.
std::string refusal(const std::function<void(ModelT&)>& change) {
  auto module = import_changed(change);
  return module ? "" : module.error().message;
}

tflite::SubGraphT& graph_of(ModelT& model) { return *model.subgraphs[0]; }
tflite::TensorT& tensor_of(ModelT& model, std::size_t i) { return *graph_of(model).tensors[i]; }
tflite::OperatorT& op_of(ModelT& model) { return *graph_of(model).operators[0]; }

void expect_refused(const std::string& words, const std::function<void(ModelT&)>& change) {
  const std::string message = refusal(change);
  EXPECT_NE(message.find(words), std::string::npos) << "'" << message << "' does not say '" << words << "'";
  EXPECT_TRUE(text::starts_with(message, "model.tflite")) << message;
}

TEST(ImportTflite, ReadsAConvolutionWithItsNamesTypesScalesAndOptions) {
  auto module = import_changed([](ModelT&) {});
  ASSERT_TRUE(module) << module.error().message;
  const Graph& graph = module->main();
  ASSERT_EQ(graph.nodes.size(), 1u);
  EXPECT_EQ(graph.nodes[0].op, "conv2d");
  EXPECT_EQ(graph.nodes[0].name, "net_conv");
  EXPECT_EQ(std::get<std::string>(graph.nodes[0].attributes.at("activation")), "relu");
  EXPECT_EQ(graph.tensors[1].quant.scale, (std::vector<float>{0.25f, 0.125f}));
  EXPECT_EQ(graph.tensors[0].quant.zero_point, std::vector<std::int32_t>{-1});
  EXPECT_EQ(*graph.tensors[1].constant, Bytes(18, 1));
  EXPECT_EQ(graph.tensors[3].source_index, 3);
}

TEST(ImportTflite, ReadsFromAnyAddress) {
  const Bytes bytes = pack(small_model());
  for (std::size_t shift = 0; shift < 16; ++shift) {
    Bytes shifted(shift, 0);
    shifted.insert(shifted.end(), bytes.begin(), bytes.end());
    EXPECT_TRUE(import_tflite(std::span<const std::uint8_t>(shifted).subspan(shift), "m"));
  }
}

TEST(ImportTflite, RefusesEveryTruncation) {
  const Bytes bytes = pack(small_model());
  for (std::size_t length = 0; length < bytes.size(); length += 3)
    EXPECT_FALSE(import_tflite(std::span(bytes).first(length), "m")) << length;
}

TEST(ImportTflite, RefusesOtherFilesAndVersions) {
  expect_refused("schema version 2", [](ModelT& m) { m.version = 2; });
  expect_refused("schema version 0", [](ModelT& m) { m.version = 0; });
  Bytes bytes = pack(small_model());
  bytes[7] = '2';
  auto module = import_tflite(bytes, "m");
  ASSERT_FALSE(module);
  EXPECT_NE(module.error().message.find("identifier 'TFL3'"), std::string::npos);
}

TEST(ImportTflite, RefusesIndicesThatPointNowhereAndNamesThem) {
  expect_refused("op 0: has the operator code 1", [](ModelT& m) { op_of(m).opcode_index = 1; });
  expect_refused("tensor 1 'w' refers to buffer 9", [](ModelT& m) { tensor_of(m, 1).buffer = 9; });
  expect_refused("op 0 'CONV_2D': input 1 is tensor 4, and there are 4",
                 [](ModelT& m) { op_of(m).inputs[1] = 4; });
  expect_refused("input 0 is tensor -2", [](ModelT& m) { op_of(m).inputs[0] = -2; });
  expect_refused("op 0 'CONV_2D': output 0 is tensor 77", [](ModelT& m) { op_of(m).outputs[0] = 77; });
  expect_refused("output 0 is tensor -1", [](ModelT& m) { op_of(m).outputs[0] = -1; });
  expect_refused("the graph's input 0 is tensor 4", [](ModelT& m) { graph_of(m).inputs[0] = 4; });
  expect_refused("the graph's output 0 is tensor -1", [](ModelT& m) { graph_of(m).outputs[0] = -1; });
  expect_refused("metadata 'mote.labels': refers to buffer 3", [](ModelT& m) {
    m.metadata.push_back(std::make_unique<tflite::MetadataT>());
    m.metadata[0]->name = "mote.labels";
    m.metadata[0]->buffer = 3;
  });
}

TEST(ImportTflite, RefusesWhatIsMissing) {
  expect_refused("holds no graph", [](ModelT& m) { m.subgraphs.clear(); });
  expect_refused("the graph has no operators", [](ModelT& m) { m.operator_codes.clear(); });
  expect_refused("3 inputs and 0 outputs", [](ModelT& m) { op_of(m).outputs.clear(); });
  expect_refused("has 0 inputs", [](ModelT& m) { op_of(m).inputs.clear(); });
  expect_refused("before anything has written it", [](ModelT& m) { graph_of(m).inputs.clear(); });
  expect_refused("no outputs", [](ModelT& m) { graph_of(m).outputs.clear(); });
  EXPECT_FALSE(import_changed([](ModelT& m) { m.buffers.clear(); }));
  EXPECT_FALSE(import_changed([](ModelT& m) { graph_of(m).tensors.clear(); }));
  EXPECT_FALSE(import_changed([](ModelT& m) { graph_of(m).operators.clear(); }));
}

TEST(ImportTflite, NamesOperatorsThatItDoesNotHave) {
  const auto use = [](int code) {
    return [code](ModelT& m) {
      m.operator_codes[0]->deprecated_builtin_code = static_cast<std::int8_t>(std::min(code, 127));
      m.operator_codes[0]->builtin_code = static_cast<BuiltinOperator>(code);
    };
  };
  expect_refused("op 0 'L2_POOL_2D' (output 'net/conv;net/bias'): has options of kind 1 (Conv2DOptions)",
                 use(12));
  expect_refused("op 0 'LSTM' (output 'net/conv;net/bias'): this operator is not supported", use(16));
  expect_refused("'UNSORTED_SEGMENT_MIN'", use(157));
  expect_refused("'builtin operator 999'", use(999));
  expect_refused("'Detect_It'", [](ModelT& m) {
    m.operator_codes[0]->deprecated_builtin_code = 32;
    m.operator_codes[0]->builtin_code = BuiltinOperator::CUSTOM;
    m.operator_codes[0]->custom_code = "Detect\nIt";
  });
  // Files from before operator 127 have the code in the byte only.
  EXPECT_EQ(refusal([](ModelT& m) { m.operator_codes[0]->builtin_code = BuiltinOperator::ADD; }), "");
}

TEST(ImportTflite, RefusesConstantsOfAnotherSizeThanTheirType) {
  expect_refused("which takes 18 bytes, and buffer 1 holds 17",
                 [](ModelT& m) { m.buffers[1]->data.pop_back(); });
  expect_refused("which takes 8 bytes, and buffer 1 holds 18", [](ModelT& m) { tensor_of(m, 2).buffer = 1; });
  expect_refused("outside the FlatBuffer", [](ModelT& m) { m.buffers[1]->offset = 4096; });
}

TEST(ImportTflite, ReadsAnOpenBatchAsOneAndRefusesOtherOpenExtents) {
  auto module = import_changed([](ModelT& m) {
    tensor_of(m, 0).shape_signature = {-1, 4, 4, 1};
    tensor_of(m, 3).shape[0] = -1;
  });
  ASSERT_TRUE(module) << module.error().message;
  EXPECT_EQ(module->main().tensors[0].type.shape, (Shape{1, 4, 4, 1}));
  EXPECT_EQ(module->main().tensors[3].type.shape, (Shape{1, 4, 4, 2}));
  expect_refused("open extent at dimension 2", [](ModelT& m) {
    tensor_of(m, 0).shape_signature = {1, 4, -1, 1};
  });
  expect_refused("4 extents and 1 in its signature",
                 [](ModelT& m) { tensor_of(m, 0).shape_signature = {1}; });
}

TEST(ImportTflite, RefusesImpossibleShapes) {
  expect_refused("'x' has the shape [1,0,4,1]; every extent must be 1 or more",
                 [](ModelT& m) { tensor_of(m, 0).shape[1] = 0; });
  expect_refused("has the extent -7", [](ModelT& m) { tensor_of(m, 0).shape[1] = -7; });
  expect_refused("is too large", [](ModelT& m) { tensor_of(m, 0).shape = {1, 65536, 65536, 1}; });
  expect_refused("all tensors together", [](ModelT& m) {
    tensor_of(m, 0).shape = tensor_of(m, 3).shape = {1, 65536, 32767, 1};
  });
  expect_refused("has 9 dimensions", [](ModelT& m) { tensor_of(m, 0).shape.assign(9, 1); });
}

TEST(ImportTflite, RefusesImpossibleQuantization) {
  const auto scale = [](float value) {
    return [value](ModelT& m) { tensor_of(m, 0).quantization->scale[0] = value; };
  };
  expect_refused("tensor 0 'x' has the scale 0", scale(0));
  expect_refused("has the scale -1", scale(-1));
  EXPECT_NE(refusal(scale(std::numeric_limits<float>::infinity())), "");
  EXPECT_NE(refusal(scale(std::nanf(""))), "");
  const auto zero = [](std::int64_t value) {
    return [value](ModelT& m) { tensor_of(m, 0).quantization->zero_point[0] = value; };
  };
  expect_refused("zero point 128, outside -128…127 of s8", zero(128));
  expect_refused("zero point -129", zero(-129));
  expect_refused("zero point 4294967296", zero(std::int64_t{1} << 32));
  expect_refused("1 scales and 2 zero points", [](ModelT& m) {
    tensor_of(m, 0).quantization->zero_point = {0, 0};
  });
  expect_refused("quantized_dimension 4, and 4 dimensions",
                 [](ModelT& m) { tensor_of(m, 1).quantization->quantized_dimension = 4; });
  expect_refused("quantized_dimension -1",
                 [](ModelT& m) { tensor_of(m, 1).quantization->quantized_dimension = -1; });
  expect_refused("2 scales along dimension 1",
                 [](ModelT& m) { tensor_of(m, 1).quantization->quantized_dimension = 1; });
  expect_refused("zero points other than 0",
                 [](ModelT& m) { tensor_of(m, 1).quantization->zero_point[1] = 1; });
}

TEST(ImportTflite, RefusesElementTypesThatMoteDoesNotHave) {
  expect_refused("tensor 0 'x' is computed as float16; only constants may be stored so",
                 [](ModelT& m) { tensor_of(m, 0).type = tflite::TensorType::FLOAT16; });
  expect_refused("which op 0 'CONV_2D' makes, is computed as int4",
                 [](ModelT& m) { tensor_of(m, 3).type = tflite::TensorType::INT4; });
  expect_refused("which takes 9 bytes, and buffer 1 holds 18",
                 [](ModelT& m) { tensor_of(m, 1).type = tflite::TensorType::INT4; });
  expect_refused("complex64", [](ModelT& m) { tensor_of(m, 1).type = tflite::TensorType::COMPLEX64; });
  expect_refused("number 99", [](ModelT& m) { tensor_of(m, 1).type = static_cast<tflite::TensorType>(99); });
  expect_refused("input 'x' is memory that is kept between inferences",
                 [](ModelT& m) { tensor_of(m, 0).is_variable = true; });
  expect_refused("sparse", [](ModelT& m) { tensor_of(m, 1).sparsity = std::make_unique<tflite::UnreadT>(); });
}

TEST(ImportTflite, RefusesOptionsThatDoNotBelong) {
  expect_refused("Pool2DOptions) where Conv2DOptions belong",
                 [](ModelT& m) { op_of(m).builtin_options.Set(tflite::Pool2DOptionsT()); });
  expect_refused("padding has the unknown value 5", [](ModelT& m) {
    op_of(m).builtin_options.AsConv2DOptions()->padding = static_cast<tflite::Padding>(5);
  });
  expect_refused("op 0 'CONV_2D'", [](ModelT& m) {
    op_of(m).builtin_options.AsConv2DOptions()->fused_activation_function =
        tflite::ActivationFunctionType::TANH;
  });
  EXPECT_FALSE(import_changed([](ModelT& m) { op_of(m).builtin_options.AsConv2DOptions()->stride_h = 0; }));
  EXPECT_FALSE(
      import_changed([](ModelT& m) { op_of(m).builtin_options.AsConv2DOptions()->dilation_w_factor = -1; }));
}

TEST(ImportTflite, NamesASubgraphThatNoOperatorCalls) {
  const auto second = [](ModelT& m) {
    m.subgraphs.push_back(std::make_unique<tflite::SubGraphT>());
    m.subgraphs[1]->name = "body";
  };
  expect_refused("subgraph 1 'body' is called by no operator", second);
  expect_refused("subgraph 1 'body' is called by no operator; it is the signature 'train'", [&](ModelT& m) {
    second(m);
    m.signature_defs.push_back(std::make_unique<tflite::SignatureDefT>());
    m.signature_defs[0]->signature_key = "train";
    m.signature_defs[0]->subgraph_index = 1;
  });
}

TEST(ImportTflite, ReadsLabels) {
  auto module = import_changed([](ModelT& m) {
    m.buffers.push_back(std::make_unique<tflite::BufferT>());
    m.buffers[3]->data = {'y', 'e', 's', '\n', 'n', 'o'};
    m.metadata.push_back(std::make_unique<tflite::MetadataT>());
    m.metadata[0]->name = "mote.labels";
    m.metadata[0]->buffer = 3;
  });
  ASSERT_TRUE(module) << module.error().message;
  EXPECT_EQ(labels_of(*module), (std::vector<std::string>{"yes", "no"}));
}

TEST(ImportTflite, GivesEveryTensorANameOfItsOwn) {
  auto module = import_changed([](ModelT& m) {
    for (auto& t : graph_of(m).tensors) t->name = "same";
  });
  ASSERT_TRUE(module) << module.error().message;
  EXPECT_EQ(module->main().tensors[1].name, "same_2");
  EXPECT_EQ(module->main().tensors[3].name, "same_4");
}

TEST(ImportTflite, RefusesAFileWhoseBuffersLieOverEachOther) {
  flatbuffers::FlatBufferBuilder builder;
  const auto data = builder.CreateVector(std::vector<std::uint8_t>(100000, 7));
  const std::vector<std::int32_t> shape = {100000};
  std::vector<flatbuffers::Offset<tflite::Buffer>> buffers;
  std::vector<flatbuffers::Offset<tflite::Tensor>> tensors;
  for (std::uint32_t i = 0; i < 1000; ++i) {
    buffers.push_back(tflite::CreateBuffer(builder, data));
    tensors.push_back(tflite::CreateTensorDirect(builder, &shape, tflite::TensorType::UINT8, i));
  }
  const std::vector<flatbuffers::Offset<tflite::SubGraph>> graphs = {
      tflite::CreateSubGraphDirect(builder, &tensors)};
  FinishModelBuffer(builder, tflite::CreateModelDirect(builder, 3, nullptr, &graphs, nullptr, &buffers));
  auto module = import_tflite({builder.GetBufferPointer(), builder.GetSize()}, "m");
  ASSERT_FALSE(module);
  EXPECT_NE(module.error().message.find("overlap"), std::string::npos) << module.error().message;
}

TEST(ImportModel, SaysWhatItReads) {
  auto module = import_model("/no/such/model.tflite");
  ASSERT_FALSE(module);
  EXPECT_NE(module.error().message.find("model.tflite"), std::string::npos);
}

// ---- a real network

std::filesystem::path data_folder() {
  const char* set = std::getenv("MOTE_DATA");
  return set != nullptr ? std::filesystem::path(set)
                        : std::filesystem::path(MOTE_SOURCE_DIR) / "../shared/data";
}

TEST(ImportTflite, ReadsTheKeywordNetwork) {
  const auto path = data_folder() / "models/mlperf-tiny/kws_ref_model.tflite";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not there; set MOTE_DATA";
  auto module = import_model(path.string());
  ASSERT_TRUE(module) << module.error().message;
  const Graph& graph = module->main();
  std::vector<std::string> ops;
  for (const Node& node : graph.nodes) ops.push_back(node.op);
  EXPECT_EQ(text::join(ops, " "),
            "conv2d depthwise_conv2d conv2d depthwise_conv2d conv2d depthwise_conv2d conv2d depthwise_conv2d "
            "conv2d "
            "average_pool2d reshape fully_connected softmax");
  EXPECT_EQ(graph.tensor(graph.inputs[0].tensor).type, (TensorType{DType::S8, {1, 49, 10, 1}}));
  EXPECT_EQ(graph.tensor(graph.nodes[0].outputs[0]).type.shape, (Shape{1, 25, 5, 64}));
  EXPECT_EQ(graph.tensor(graph.nodes[9].outputs[0]).type.shape, (Shape{1, 1, 1, 64}));
  EXPECT_EQ(graph.tensor(graph.outputs[0]).type, (TensorType{DType::S8, {1, 12}}));
  EXPECT_FLOAT_EQ(graph.tensor(graph.inputs[0].tensor).quant.scale[0], 0.584702909f);
}

TEST(ImportTflite, RefusesTheKeywordNetworkCutAnywhere) {
  const auto path = data_folder() / "models/mlperf-tiny/kws_ref_model.tflite";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not there; set MOTE_DATA";
  auto bytes = read_file(path);
  ASSERT_TRUE(bytes);
  for (std::size_t length = 0; length < bytes->size(); length += 64)
    EXPECT_FALSE(import_tflite(std::span(*bytes).first(length), "m")) << length;
}

}  // namespace
}  // namespace mote
