// What layer text becomes: shapes, names, weights, and errors that name line and layer.
#include "app/network.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "codegen/codegen.h"
#include "graph/op.h"
#include "math/random.h"
#include "passes/pipeline.h"
#include "plan/plan.h"
#include "shrink/quantize.h"
#include "targets/target.h"
#include "train/train.h"

namespace mote {
namespace {

const std::vector<NetworkInput> kBeat = {{"beat", "mV", 125, {125, 1}}};
const std::vector<NetworkInput> kHeart = {{"beat", "mV", 125, {125, 1}}, {"rr", "", 0, {3}}};
const std::vector<NetworkInput> kImage = {{"image", "", 0, {28, 28, 1}}};
const std::vector<NetworkInput> kTable = {{"row", "", 0, {6}}};
const std::vector<std::string> kLabels = {"N", "S", "V", "F"};

Result<Module> build(std::string_view layers, const std::vector<NetworkInput>& inputs) {
  ModelDescription model;
  MOTE_TRY(model.chains, parse_layers(layers, "mote.toml", 10));
  return build_network(model, inputs, kLabels);
}

// The network as "conv1 conv2d [1,63,1,16] / …".
std::string outline(const Module& module) {
  std::string out;
  for (const Node& node : module.main().nodes)
    out += text::cat(node.name, " ", node.op, " ", to_text(module.main().tensor(node.outputs[0]).type.shape),
                     "\n");
  return out;
}

std::string outline(std::string_view layers, const std::vector<NetworkInput>& inputs) {
  const auto module = build(layers, inputs);
  return module ? outline(*module) : module.error().message + "\n" + module.error().hint;
}

std::string failure(std::string_view layers, const std::vector<NetworkInput>& inputs) {
  const auto module = build(layers, inputs);
  return module ? "no error" : module.error().message + " / " + module.error().hint;
}

const Tensor* tensor_named(const Module& module, std::string_view name) {
  for (const Tensor& tensor : module.main().tensors)
    if (tensor.name == name) return &tensor;
  return nullptr;
}

TEST(Network, WaveformAndRhythmBecomeOneNetworkOfTwoInputs) {
  EXPECT_EQ(outline("beat: conv1d 16 kernel=7 stride=2 | batch_norm | relu\n"
                    "    | max_pool1d 2 | global_average_pool -> wave\n"
                    "rr: dense 16 | relu -> rhythm\n"
                    "wave, rhythm: concat | dropout 0.2 | dense labels | softmax\n",
                    kHeart),
            "conv1 conv2d [1,63,1,16]\n"
            "bn1 batch_norm [1,63,1,16]\n"
            "relu1 relu [1,63,1,16]\n"
            "pool1 max_pool2d [1,31,1,16]\n"
            "pool2 average_pool2d [1,1,1,16]\n"
            "flatten1 reshape [1,16]\n"
            "dense1 fully_connected [1,16]\n"
            "relu2 relu [1,16]\n"
            "concat1 concatenation [1,32]\n"
            "dropout1 dropout [1,32]\n"
            "dense2 fully_connected [1,4]\n"
            "softmax1 softmax [1,4]\n");
}

TEST(Network, EveryLayerWordBuilds) {
  EXPECT_EQ(outline("image: conv2d 8 kernel=3x5 stride=2 dilation=1 padding=same bias=yes | batch_norm "
                    "epsilon=0.01 | relu6\n"
                    "  | depthwise_conv2d kernel=3 multiplier=2 padding=valid | average_pool2d 2x3 stride=2 "
                    "padding=same -> a\n"
                    "a: conv2d 16 kernel=1 -> b\n"
                    "a, b, a: add | max_pool2d 2 | flatten | reshape 36x4\n"
                    "  | conv1d 4 kernel = 3 dilation = 2 padding=valid | depthwise_conv1d kernel=5 stride=2 "
                    "| max_pool1d 2 -> c\n"
                    "c: average_pool1d 2 stride=1 padding=same -> d\n"
                    "c, d: concat | global_max_pool -> e\n"
                    "c, d: concat axis=time | global_average_pool -> f\n"
                    "e: dropout | dense 4 -> g\n"
                    "f, g: add | softmax",
                    kImage),
            "conv1 conv2d [1,14,14,8]\n"
            "bn1 batch_norm [1,14,14,8]\n"
            "relu1 relu6 [1,14,14,8]\n"
            "depthwise1 depthwise_conv2d [1,12,12,16]\n"
            "pool1 average_pool2d [1,6,6,16]\n"
            "conv2 conv2d [1,6,6,16]\n"
            "add1 add [1,6,6,16]\n"
            "add2 add [1,6,6,16]\n"
            "pool2 max_pool2d [1,3,3,16]\n"
            "flatten1 reshape [1,144]\n"
            "reshape1 reshape [1,36,1,4]\n"
            "conv3 conv2d [1,32,1,4]\n"
            "depthwise2 depthwise_conv2d [1,16,1,4]\n"
            "pool3 max_pool2d [1,8,1,4]\n"
            "pool4 average_pool2d [1,8,1,4]\n"
            "concat1 concatenation [1,8,1,8]\n"
            "pool5 max_pool2d [1,1,1,8]\n"
            "flatten2 reshape [1,8]\n"
            "concat2 concatenation [1,16,1,4]\n"
            "pool6 average_pool2d [1,1,1,4]\n"
            "flatten3 reshape [1,4]\n"
            "dropout1 dropout [1,8]\n"
            "dense1 fully_connected [1,4]\n"
            "add3 add [1,4]\n"
            "softmax1 softmax [1,4]\n");
}

TEST(Network, WeightsHaveTheShapesThatTheKernelsExpect) {
  const auto module = build(
      "conv1d 16 kernel=7 | batch_norm | depthwise_conv1d kernel=5 multiplier=2 | dense labels | softmax",
      kBeat);
  ASSERT_TRUE(module) << module.error().message;
  const auto shape = [&](std::string_view name) {
    const Tensor* tensor = tensor_named(*module, name);
    return tensor ? to_text(tensor->type.shape) : "absent";
  };
  EXPECT_EQ(shape("conv1.weights"), "[16,7,1,1]");
  EXPECT_EQ(shape("conv1.bias"), "absent") << "batch_norm follows and has its own";
  EXPECT_EQ(shape("bn1.gamma"), "[16]");
  EXPECT_EQ(shape("depthwise1.weights"), "[1,5,1,32]");
  EXPECT_EQ(shape("depthwise1.bias"), "[32]");
  EXPECT_EQ(shape("dense1.weights"), "[4,4000]");
  EXPECT_EQ(shape("dense1.bias"), "[4]");
  EXPECT_EQ(elements<float>(*tensor_named(*module, "bn1.gamma"))[0], 1.0f);
  EXPECT_EQ(elements<float>(*tensor_named(*module, "bn1.beta"))[0], 0.0f);
  EXPECT_EQ(elements<float>(*tensor_named(*module, "bn1.mean"))[0], 0.0f);
  EXPECT_EQ(elements<float>(*tensor_named(*module, "bn1.variance"))[0], 1.0f);
  for (const Tensor& tensor : module->main().tensors) {
    const bool running = tensor.name == "bn1.mean" || tensor.name == "bn1.variance";
    EXPECT_EQ(tensor.trainable, tensor.is_constant() && !running) << tensor.name;
  }
}

TEST(Network, BiasIsKeptBeforeBatchNormWhenAskedForAndLeftOutWhenNotWanted) {
  const auto module =
      build("conv1d 2 bias=yes | batch_norm | conv1d 2 bias=no | dense labels bias=no | softmax", kBeat);
  ASSERT_TRUE(module) << module.error().message;
  EXPECT_NE(tensor_named(*module, "conv1.bias"), nullptr);
  EXPECT_EQ(tensor_named(*module, "conv2.bias"), nullptr);
  EXPECT_EQ(tensor_named(*module, "dense1.bias"), nullptr);
}

TEST(Network, KnowsLabelsInputsAndRates) {
  const auto module = build("beat: flatten -> a\n a, rr: concat | dense 4 | softmax", kHeart);
  ASSERT_TRUE(module) << module.error().message;
  EXPECT_EQ(labels_of(*module), kLabels);
  ASSERT_EQ(module->main().inputs.size(), 2u);
  EXPECT_EQ(module->main().inputs[0].rate_hz, 125);
  EXPECT_EQ(module->main().inputs[0].unit, "mV");
  EXPECT_EQ(module->main().tensor(module->main().inputs[0].tensor).type.shape, (Shape{1, 125, 1, 1}));
  EXPECT_EQ(module->main().tensor(module->main().inputs[1].tensor).type.shape, (Shape{1, 3}));
  EXPECT_EQ(module->main().outputs.size(), 1u);
}

TEST(Network, NodeNamesAreUnique) {
  const auto module =
      build("conv1d 2 | relu | conv1d 2 | relu | flatten | dense 4 | dense 4 | softmax", kBeat);
  ASSERT_TRUE(module) << module.error().message;
  std::set<std::string> names;
  for (const Node& node : module->main().nodes) EXPECT_TRUE(names.insert(node.name).second) << node.name;
}

// What a template does for inputs and a task: it builds, or says which template fits.
std::string outcome(const std::string& name, const std::vector<NetworkInput>& inputs, Task task) {
  ModelDescription model;
  model.template_name = name;
  const std::int64_t values = count_of(inputs[0].shape);
  const bool labels = task == Task::Classification || task == Task::MultiLabel;
  const NetworkTask asked{task, labels ? kLabels : std::vector<std::string>(),
                          task == Task::Anomaly ? static_cast<std::size_t>(values) : kLabels.size()};
  const auto module = build_network(model, inputs, asked);
  if (!module) return module.error().message + " / " + module.error().hint;
  EXPECT_EQ(count_of(module->main().tensor(module->main().outputs[0]).type.shape),
            static_cast<std::int64_t>(asked.outputs))
      << name;
  return "builds";
}

TEST(Network, EveryTemplateBuildsForEveryTaskItIsForOrSaysWhatFits) {
  const std::vector<NetworkInput> tiny_series = {{"short", "", 10, {3, 6}}},
                                  big_image = {{"image", "", 0, {96, 64, 3}}},
                                  spectrum = {{"sound", "", 100, {48, 12}}},
                                  mixed = {{"image", "", 0, {16, 20, 3}}, {"row", "", 0, {4}}};
  const auto is_reconstruction = [](const std::string& name) { return text::ends_with(name, "autoencoder"); };
  for (const std::string& name : template_names()) {
    for (const Task task : {Task::Classification, Task::MultiLabel, Task::Regression, Task::Anomaly}) {
      for (const auto& inputs : {kBeat, kHeart, kTable, tiny_series, kImage, big_image, spectrum, mixed}) {
        const std::string result = outcome(name, inputs, task);
        if (is_reconstruction(name) != (task == Task::Anomaly)) {
          EXPECT_NE(result.find(text::cat("is not for ", name_of(task), " / take one of: ")),
                    std::string::npos)
              << name << ": " << result;
          continue;
        }
        const std::size_t rank = inputs[0].shape.size();
        const bool series_only =
            name == "cnn1d" || name == "ds_cnn1d" || name == "tcn" || name == "gru" || name == "lstm";
        const bool features_too =
            name == "mlp" || name == "cnn1d" || name == "ds_cnn1d" || name == "autoencoder";
        const bool fits = rank == 1 ? features_too : rank == 2 ? name != "cnn2d" : !series_only;
        const bool quarters = name != "conv-autoencoder" ||
                              (inputs[0].shape[0] % 4 == 0 && (rank < 3 || inputs[0].shape[1] % 4 == 0));
        const bool single = !is_reconstruction(name) || inputs.size() == 1;
        if (fits && quarters && single)
          EXPECT_EQ(result, "builds") << name << " of " << inputs[0].name << " for " << name_of(task);
        else
          EXPECT_NE(result.find(text::cat("mote.toml: the template '", name, "'")), std::string::npos)
              << result;
      }
    }
  }
  EXPECT_NE(outcome("cnn2d", kBeat, Task::Classification)
                .find("'beat', which is a series / take one of: mlp, cnn1d"),
            std::string::npos);
  EXPECT_NE(outcome("tcn", kTable, Task::Regression).find("'row', which is features / take one of: mlp"),
            std::string::npos);
}

TEST(Network, EveryTemplateOfNumbersIsQuantizedWithRoomForMore) {
  const std::vector<NetworkInput> series = {{"walk", "g", 10, {24, 3}}},
                                  picture = {{"image", "", 0, {16, 16, 1}}};
  Random random(5);
  for (const std::string& name : template_names()) {
    ModelDescription model;
    model.template_name = name;
    const auto& inputs = name == "cnn2d" ? picture : series;
    auto module = build_network(model, inputs, NetworkTask{Task::Regression, {}, 1});
    if (!module) {
      EXPECT_NE(module.error().message.find("is not for regression"), std::string::npos)
          << module.error().message;
      continue;
    }
    initialize_weights(*module, 3);
    const auto prepared = prepare_quantization(*module);
    ASSERT_TRUE(prepared) << name << ": " << prepared.error().message;
    CalibrationInputs samples(1);
    for (int i = 0; i < 8; ++i) {
      samples[0].emplace_back();
      for (std::int64_t k = 0; k < count_of(inputs[0].shape); ++k)
        samples[0].back().push_back(static_cast<float>(random.uniform() * 8 - 4));
    }
    for (const double headroom : {0.1, 1.0}) {
      const auto quantized = quantize(*prepared, samples, {"minmax", 99.99, headroom});
      EXPECT_TRUE(quantized) << name << ": " << (quantized ? "" : quantized.error().message);
    }
  }
}

TEST(Network, TasksDecideWhatTheLastLayersMustBe) {
  const auto built = [&](std::string_view layers, Task task, std::size_t outputs) {
    ModelDescription model;
    model.chains = *parse_layers(layers, "mote.toml", 10);
    const auto module = build_network(model, kBeat, NetworkTask{task, {}, outputs});
    return module ? outline(*module) : module.error().message + " / " + module.error().hint;
  };
  EXPECT_EQ(built("dense outputs", Task::Regression, 3),
            "flatten1 reshape [1,125]\ndense1 fully_connected [1,3]\n");
  EXPECT_EQ(built("dense labels | sigmoid", Task::MultiLabel, 3),
            "flatten1 reshape [1,125]\ndense1 fully_connected [1,3]\nsigmoid1 logistic [1,3]\n");
  EXPECT_EQ(built("dense 9 | tanh | dense outputs", Task::Anomaly, 125),
            "flatten1 reshape [1,125]\ndense1 fully_connected [1,9]\ntanh1 tanh [1,9]\n"
            "dense2 fully_connected [1,125]\nreshape1 reshape [1,125,1,1]\n");
  const auto has = [](const std::string& text, const std::string& part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
  };
  has(built("dense outputs | softmax", Task::Regression, 3),
      "must not be softmax where the task is regression");
  has(built("dense outputs | softmax", Task::MultiLabel, 3),
      "must be sigmoid where the task is multi-label / end the layers with: | dense labels | sigmoid");
  has(built("dense 7", Task::Anomaly, 125), "the network gives 7 values for 125 values of the first input");
  has(built("dense 7", Task::Regression, 2),
      "the network gives 7 values for 2 numbers / end the layers with: | dense outputs");
  has(built("dense outputs", Task::Regression, 0), "says nothing that the model could answer");
}

TEST(Network, CausalConvolutionsSeeNothingLater) {
  EXPECT_EQ(
      outline(
          "conv1d 4 kernel=3 dilation=2 padding=causal | depthwise_conv1d kernel=2 stride=5 padding=causal\n"
          " | conv1d 2 kernel=1 padding=causal | last_step | dense 4 | softmax",
          kBeat),
      "conv1.before pad [1,129,1,1]\n"
      "conv1 conv2d [1,125,1,4]\n"
      "depthwise1.before pad [1,126,1,4]\n"
      "depthwise1 depthwise_conv2d [1,25,1,4]\n"
      "conv2 conv2d [1,25,1,2]\n"
      "last1 strided_slice [1,1,1,2]\n"
      "flatten1 reshape [1,2]\n"
      "dense1 fully_connected [1,4]\n"
      "softmax1 softmax [1,4]\n");
}

TEST(Network, RecurrentLayersAreUnrolledWithOneSetOfWeights) {
  for (const std::string word : {"gru", "lstm"}) {
    const auto module = build(text::cat("average_pool1d 25 | ", word, " 6 | dense labels | softmax"), kBeat);
    ASSERT_TRUE(module) << module.error().message;
    std::int64_t weights = 0;
    for (const Tensor& tensor : module->main().tensors)
      weights += tensor.is_constant() ? tensor.type.count() : 0;
    const std::int64_t gates = word == "gru" ? 3 : 4;
    EXPECT_EQ(weights, gates * 6 * (1 + 1 + 6) + 4 * 6 + 4) << word;
    EXPECT_NE(failure(word + " 6 | dense 4 | softmax", kBeat).find("sees 125 steps, at most 64 are possible"),
              std::string::npos);
    EXPECT_NE(failure("dense 4 | " + word + " 6", kBeat).find("needs a series"), std::string::npos);
  }
}

TEST(Network, StepsOfARecurrentLayerShareScalesWeightsAndTablesInInt8) {
  for (const std::string word : {"gru", "lstm"}) {
    auto module = build(text::cat("average_pool1d 25 | ", word, " 12 | dense labels | softmax"), kBeat);
    ASSERT_TRUE(module) << module.error().message;
    initialize_weights(*module, 1);
    CalibrationInputs inputs(1);
    Random random(3);
    for (int sample = 0; sample < 8; ++sample) {
      std::vector<float> wave(125);
      for (float& v : wave) v = static_cast<float>(random.normal());
      inputs[0].push_back(wave);
    }
    const auto prepared = prepare_quantization(*module);
    ASSERT_TRUE(prepared) << prepared.error().message;
    const auto quantized = quantize(*prepared, inputs, {});
    ASSERT_TRUE(quantized) << quantized.error().message;
    std::map<std::string, Quant> first;
    for (const Node& node : quantized->module.main().nodes) {
      const std::size_t at = node.name.find('@'), dot = node.name.find('.', at);
      if (at == std::string::npos) continue;
      const Quant& quant = quantized->module.main().tensor(node.outputs[0]).quant;
      EXPECT_EQ(first.emplace(node.name.substr(dot), quant).first->second, quant) << node.name;
    }
    EXPECT_GE(first.size(), 9u);
    const auto target = find_target("cortex-m4");
    ASSERT_TRUE(target);
    const auto plan = make_plan(quantized->module, *target, {});
    ASSERT_TRUE(plan) << plan.error().message;
    const auto program = make_program(quantized->module, *plan, {});
    ASSERT_TRUE(program) << program.error().message;
    const auto recurrent = [](const ProgramArray& array) {
      return array.name.find("hidden_weights") != std::string::npos && array.constant->bytes.size() >= 64;
    };
    EXPECT_LE(std::count_if(program->arrays.begin(), program->arrays.end(), recurrent), word == "gru" ? 4 : 2)
        << "of five steps";
  }
}

TEST(Network, ATemplateIsLayerTextThatCanBeCopied) {
  ModelDescription model;
  model.template_name = "cnn1d";
  const auto layers = template_layers(model, kHeart, {Task::Classification, kLabels, 4});
  ASSERT_TRUE(layers);
  EXPECT_EQ(outline(*layers, kHeart), outline(*build_network(model, kHeart, kLabels)));
  model.template_name = "cnn1";
  EXPECT_NE(build_network(model, kHeart, kLabels).error().hint.find("did you mean 'cnn1d'?"),
            std::string::npos);
}

TEST(LayerText, CommentsBlankLinesAndBarsAtEitherEndAreFine) {
  const std::string expected = outline("conv1d 4|relu|flatten|dense 4|softmax", kBeat);
  EXPECT_EQ(outline("\n# one\nbeat: # the wave\n  conv1d 4 | # four\n\n  relu\n  | flatten\n  dense 4 | "
                    "softmax # end\n",
                    kBeat),
            expected);
  EXPECT_EQ(outline("beat:\r\n| conv1d 4 |\r\n relu -> a\r\na: flatten\r\n -> b", kBeat).find("conv1"),
            std::string::npos);
  EXPECT_EQ(
      outline("beat: conv1d channels=4 | relu\n | flatten -> flat\nflat: dense units=4 | softmax -> out",
              kBeat),
      expected);
}

struct Slip {
  const char* layers;
  const char* message;
};

TEST(LayerText, ErrorsNameLineAndLayer) {
  const Slip slips[] = {
      {"conv1d 16\ncnov1d 4",
       "mote.toml, line 11, layer 2 'cnov1d 4': unknown layer 'cnov1d' / did you mean 'conv1d'?"},
      {"conv1d 16 kernal=7",
       "mote.toml, line 10, layer 1 'conv1d 16 kernal=7': unknown argument 'kernal' / did you mean "
       "'kernel'?"},
      {"relu 3", "mote.toml, line 10, layer 1 'relu 3': '3' has no name / 'relu' takes no arguments"},
      {"relu a=3", "unknown argument 'a' / 'relu' takes no arguments"},
      {"conv1d kernel=7", "the number of 'channels' is missing / write it behind the word: conv1d 8"},
      {"conv1d 0", "'0' is no channels of conv1d / channels is 1 … 65536"},
      {"conv1d 8 padding=some", "'some' is no padding of conv1d / padding is same | valid | causal"},
      {"conv1d 8 kernel=3x3", "'3x3' is no kernel of conv1d"},
      {"conv2d 8 kernel=3x3x3", "'3x3x3' is no kernel of conv2d"},
      {"conv1d 8 kernel=99999999999999999999", "is no kernel of conv1d"},
      {"conv1d 8 channels=9", "'channels' is given twice"},
      {"dropout 1.5", "'1.5' is no rate of dropout / rate is 0 … 0.95"},
      {"dropout nan", "'nan' is no rate of dropout"},
      {"relu || relu", "layer 2: there is nothing between two '|'"},
      {"| relu", "line 10: the first line of layers begins with '|'"},
      {"relu |", "line 10: a layer is missing at the end of the line"},
      {"\n\n# nothing\n", "there are no layers"},
      {"3x: relu", "'3x' before ':' is no name"},
      {"a, : relu", "'' before ':' is no name"},
      {"relu -> 1", "'1' behind '->' is no name"},
      {"relu -> a | relu", "'a | relu' behind '->' is no name"},
      {"relu -> a\na: relu -> a", "line 11: the result 'a' exists already, from line 10"},
      {"a, b: relu", "takes one input, not 2"},
      {"relu | concat", "layer 2 'concat': needs at least two inputs"},
      {"a: add", "needs at least two inputs"},
      {"beat:", "line 10: a layer is missing at the end of the line"},
      {"beat: -> x", "line 10: a line without a layer"},
  };
  for (const Slip& slip : slips) {
    const std::string message = failure(slip.layers, kBeat);
    EXPECT_NE(message.find(slip.message), std::string::npos)
        << slip.layers << "\n  gave " << message << "\n  not  " << slip.message;
    EXPECT_EQ(message.find("mote.toml, line 1"), 0u) << message;
  }
}

TEST(Network, ErrorsOfShapeNameLayerAndWayOut) {
  const Slip slips[] = {
      {"beat: conv1d 8 | global_average_pool | conv1d 8 -> a\na, rr: concat | dense 4 | softmax",
       "layer 3 'conv1d 8': needs a series, but gets 8 features"},
      {"rr: conv2d 8 | relu", "needs an image, but gets 3 features"},
      {"beat: reshape 5x25x1 | conv1d 8", "needs a series, but gets 5x25x1 (height x width x channels)"},
      {"beat: conv1d 8 kernel=126 padding=valid",
       "its window spans 126 values, but the input is 125x1 (time x channels)"},
      {"beat: reshape 7", "layer 1 'reshape 7': the input has 125 values"},
      {"beat: reshape 1048576x1048576x1048576", "the input has 125 values"},
      {"beat: dense 4 | softmax", "no layer uses the input 'rr'"},
      {"beat: flatten -> a\nrr, a: concat | dense 5 | softmax",
       "layer 4 'softmax': the network gives 5 values for 4 labels / end the layers with: | dense labels | "
       "softmax"},
      {"beat: flatten -> a\nrr, a: concat | dense labels",
       "layer 3 'dense labels': the last layer must be softmax"},
      {"beat: flatten\nrr: dense 4 | softmax", "line 10: nothing uses the result of this line"},
      {"beat: flatten -> a\nrr: dense 4 | softmax", "line 10: nothing uses the result 'a'"},
      {"relu", "which input do these layers see? / begin the line with one of the names: beat, rr"},
      {"beet: relu", "line 10: there is no input or earlier result 'beet' / did you mean 'beat'?"},
      {"beat: relu -> rr", "the result 'rr' has the name of an input"},
      {"beat, rr: add", "its inputs differ: 125x1 (time x channels) and 3 features"},
      {"beat, rr: concat", "its inputs do not fit: 125x1 (time x channels) and 3 features"},
      {"beat: conv1d 65536 kernel=1024 | relu", "brings the network above 16777216 weights"},
      {"beat: conv1d 60000 kernel=1 | conv1d 60000 kernel=1", "brings the network above 16777216 weights"},
      {"beat: depthwise_conv1d multiplier=256 | depthwise_conv1d multiplier=256 | depthwise_conv1d "
       "multiplier=2",
       "channels / at most 65536"},
  };
  for (const Slip& slip : slips) {
    const std::string message = failure(slip.layers, kHeart);
    EXPECT_NE(message.find(slip.message), std::string::npos)
        << slip.layers << "\n  gave " << message << "\n  not  " << slip.message;
    EXPECT_EQ(message.find("mote.toml"), 0u) << message;
  }
}

TEST(Network, InputsAndLabelsAreChecked) {
  ModelDescription model;
  model.template_name = "mlp";
  EXPECT_FALSE(build_network(model, {}, kLabels));
  EXPECT_FALSE(build_network(model, kBeat, {"only"}));
  EXPECT_FALSE(build_network(ModelDescription{}, kBeat, kLabels));
  for (const std::vector<std::int32_t>& shape :
       {std::vector<std::int32_t>{}, {0}, {-3, 1}, {1, 2, 3, 4}, {1 << 30, 1 << 30}, {1 << 30}}) {
    const std::vector<NetworkInput> inputs = {{"x", "", 0, shape}};
    EXPECT_FALSE(build_network(model, inputs, kLabels)) << to_text(shape);
  }
  const std::vector<NetworkInput> twins = {kBeat[0], kBeat[0]};
  EXPECT_FALSE(build_network(model, twins, kLabels));
}

}  // namespace
}  // namespace mote
