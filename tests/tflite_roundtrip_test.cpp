// What mote writes as .tflite: mote reads it back unchanged, LiteRT runs it, and damaged copies of it harm nobody.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <random>

#include "base/system.h"
#include "export/export.h"
#include "graph/op.h"
#include "import/import.h"

namespace mote {
namespace {

/// Makes networks with every op that .tflite has a word for, in float or int8.
class NetworkMaker {
 public:
  explicit NetworkMaker(DType dtype) : dtype_(dtype) { module_.graphs.emplace_back().name = "main"; }

  TensorId input(Shape shape) {
    const TensorId id = add("x", {dtype_, std::move(shape)});
    graph().inputs.push_back(GraphInput{id, 0, ""});
    return id;
  }

  /// A layer with weights of `shape` and a bias; `axis` is the one with a scale for each index.
  TensorId weighted(const std::string& op, const std::string& name, TensorId in, Shape shape, int axis,
                    Attributes attributes) {
    const std::int32_t channels = shape[static_cast<std::size_t>(axis)];
    const bool per_tensor = op == "fully_connected";
    std::vector<float> scales(per_tensor ? 1 : static_cast<std::size_t>(channels), 0.01f);
    const TensorId weights = constant(name + "_weights", dtype_, std::move(shape), scales, axis);
    for (float& scale : scales) scale *= graph().tensor(in).quant ? graph().tensor(in).quant.scale[0] : 1.0f;
    const TensorId bias = constant(name + "_bias", is_s8() ? DType::S32 : DType::F32, {channels}, scales, 0);
    return layer(op, name, {in, weights, bias}, std::move(attributes), {0.05f, -3});
  }

  struct Scale {
    float scale;
    std::int32_t zero_point;
  };
  TensorId layer(const std::string& op, const std::string& name, std::vector<TensorId> inputs,
                 Attributes attributes, Scale scale) {
    Node node{op, name, std::move(attributes), std::move(inputs), {}, {}};
    auto out = append_node(graph(), std::move(node));
    EXPECT_TRUE(out) << (out ? "" : out.error().message);
    if (is_s8()) graph().tensor(*out).quant = {{scale.scale}, {scale.zero_point}, 0};
    return *out;
  }

  Module finish(TensorId out) {
    graph().outputs = {out};
    set_labels(module_, {"left", "right", "none"});
    module_.metadata["provenance"] = {'t', 'e', 's', 't'};
    return module_;
  }

 private:
  bool is_s8() const { return dtype_ == DType::S8; }
  Graph& graph() { return module_.main(); }

  TensorId add(const std::string& name, TensorType type) {
    Tensor tensor;
    tensor.name = name;
    tensor.type = std::move(type);
    if (is_s8()) tensor.quant = {{0.05f}, {-3}, 0};
    return graph().add(std::move(tensor));
  }

  TensorId constant(const std::string& name, DType dtype, Shape shape, const std::vector<float>& scales,
                    int axis) {
    const TensorId id = add(name, {dtype, std::move(shape)});
    Tensor& tensor = graph().tensor(id);
    if (is_s8())
      tensor.quant = {scales, std::vector<std::int32_t>(scales.size(), 0), scales.size() > 1 ? axis : 0};
    const auto count = static_cast<std::size_t>(tensor.type.count());
    if (dtype == DType::S8) {
      std::vector<std::int8_t> values(count);
      for (auto& v : values) v = static_cast<std::int8_t>(static_cast<int>(random_() % 255) - 127);
      tensor.constant = to_constant(values);
    } else if (dtype == DType::S32) {
      std::vector<std::int32_t> values(count);
      for (auto& v : values) v = static_cast<std::int32_t>(random_() % 2001) - 1000;
      tensor.constant = to_constant(values);
    } else {
      std::vector<float> values(count);
      for (auto& v : values) v = static_cast<float>(random_() % 2001) / 1000.0f - 1.0f;
      tensor.constant = to_constant(values);
    }
    return id;
  }

  DType dtype_;
  Module module_;
  std::mt19937_64 random_{7};
};

Attribute pair(std::int64_t h, std::int64_t w) { return std::vector<std::int64_t>{h, w}; }
Attribute word(const char* w) { return std::string(w); }

/// All attributes are given, defaults too: the file has them all, so they come back all.
Module every_op(DType dtype) {
  NetworkMaker make(dtype);
  const NetworkMaker::Scale scale = {0.05f, -3};
  const Attributes none = {{"activation", word("none")}};
  const TensorId x = make.input({1, 12, 8, 2});
  Attributes window = {{"stride", pair(2, 1)},
                       {"padding", word("same")},
                       {"activation", word("relu")},
                       {"dilation", pair(1, 1)}};
  const TensorId a = make.weighted("conv2d", "conv", x, {4, 3, 3, 2}, 0, window);
  window["stride"] = pair(1, 1);
  window["dilation"] = pair(2, 2);
  window["activation"] = word("relu6");
  window["depth_multiplier"] = std::int64_t{1};
  const TensorId b = make.weighted("depthwise_conv2d", "depthwise", a, {1, 3, 3, 4}, 3, window);
  TensorId c = make.layer("add", "sum", {a, b}, none, scale);
  c = make.layer("relu", "positive", {c}, {}, scale);
  c = make.layer("relu6", "bounded", {c}, {}, scale);
  const Attributes pool = {{"kernel", pair(2, 2)},
                           {"stride", pair(2, 2)},
                           {"padding", word("valid")},
                           {"activation", word("none")}};
  const TensorId mean = make.layer("average_pool2d", "mean", {c}, pool, scale);
  const TensorId most = make.layer("max_pool2d", "most", {c}, pool, scale);
  TensorId d = make.layer("concatenation", "both", {mean, most}, {{"axis", std::int64_t{-1}}}, scale);
  d = make.layer("reshape", "flat", {d}, {{"shape", std::vector<std::int64_t>{1, 96}}}, scale);
  d = make.weighted("fully_connected", "dense", d, {3, 96}, 0,
                    {{"activation", word("none")}, {"keep_num_dims", std::int64_t{0}}});
  return make.finish(make.layer("softmax", "likelihood", {d}, {{"beta", 1.0}}, {1.0f / 256, -128}));
}

void expect_equal(const Module& a, const Module& b) {
  EXPECT_EQ(to_text(a), to_text(b));
  EXPECT_EQ(a.metadata, b.metadata);
  const auto find = [](const Graph& graph, const std::string& name) {
    return std::find_if(graph.tensors.begin(), graph.tensors.end(),
                        [&](const Tensor& t) { return t.name == name; });
  };
  for (const Tensor& tensor : a.main().tensors) {
    const auto twin = find(b.main(), tensor.name);
    ASSERT_NE(twin, b.main().tensors.end()) << tensor.name;
    EXPECT_EQ(tensor.type, twin->type) << tensor.name;
    EXPECT_EQ(tensor.quant, twin->quant) << tensor.name;
    ASSERT_EQ(tensor.is_constant(), twin->is_constant()) << tensor.name;
    if (!tensor.is_constant()) continue;
    EXPECT_EQ(*tensor.constant, *twin->constant) << tensor.name;
  }
  for (std::size_t i = 0; i < a.main().nodes.size(); ++i)
    EXPECT_EQ(a.main().nodes[i].name, b.main().nodes[i].name);
}

std::filesystem::path data_folder() {
  const char* set = std::getenv("MOTE_DATA");
  return set != nullptr ? std::filesystem::path(set)
                        : std::filesystem::path(MOTE_SOURCE_DIR) / "../shared/data";
}

TEST(TfliteRoundTrip, GivesTheSameModuleBackForEveryOp) {
  for (const DType dtype : {DType::F32, DType::S8}) {
    const Module module = every_op(dtype);
    auto bytes = export_tflite(module);
    ASSERT_TRUE(bytes) << bytes.error().message;
    auto back = import_tflite(*bytes, "m.tflite");
    ASSERT_TRUE(back) << back.error().message;
    expect_equal(module, *back);
    auto again = export_tflite(*back);
    ASSERT_TRUE(again);
    EXPECT_EQ(*bytes, *again);
  }
}

TEST(TfliteRoundTrip, GivesTheSameModuleBackForRealNetworks) {
  const auto folder = data_folder() / "models/mlperf-tiny";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not there; set MOTE_DATA";
  for (const char* file :
       {"kws_ref_model", "vww_96_int8", "vww_96_float", "pretrainedResnet_quant", "ad01_int8", "ad01_fp32"}) {
    auto module = import_model((folder / (std::string(file) + ".tflite")).string());
    ASSERT_TRUE(module) << module.error().message;
    auto bytes = export_tflite(*module);
    ASSERT_TRUE(bytes) << bytes.error().message;
    auto back = import_tflite(*bytes, file);
    ASSERT_TRUE(back) << back.error().message;
    expect_equal(*module, *back);
  }
}

/// Changes a few bytes, most of them near the ends, where FlatBuffers keep their tables; sometimes cuts the tail.
Bytes damaged(const Bytes& sound, std::mt19937_64& random) {
  Bytes bytes = sound;
  const std::size_t edge = std::min<std::size_t>(bytes.size(), 4096);
  for (std::uint64_t n = 1 + random() % 8; n > 0; --n) {
    const std::size_t near_start = random() % edge;
    const std::size_t near_end = bytes.size() - 1 - random() % edge;
    const std::size_t anywhere = random() % bytes.size();
    const std::size_t places[] = {near_start, near_end, near_end, anywhere};
    bytes[places[random() % 4]] =
        random() % 2 == 0 ? static_cast<std::uint8_t>(random()) : static_cast<std::uint8_t>(random() % 5 - 2);
  }
  if (random() % 16 == 0) bytes.resize(random() % bytes.size());
  return bytes;
}

void survive_damage(const Bytes& sound, int cases) {
  std::mt19937_64 random(20);
  int accepted = 0;
  for (int i = 0; i < cases; ++i) {
    auto module = import_tflite(damaged(sound, random), "damaged.tflite");
    if (!module) {
      ASSERT_FALSE(module.error().message.empty());
      continue;
    }
    ++accepted;
    ASSERT_FALSE(to_text(*module).empty());
    ASSERT_TRUE(export_tflite(*module));
  }
  EXPECT_GT(accepted, 0);
  EXPECT_LT(accepted, cases);
}

TEST(TfliteDamage, TwentyThousandDamagedFilesHarmNobody) {
  auto bytes = export_tflite(every_op(DType::S8));
  ASSERT_TRUE(bytes);
  survive_damage(*bytes, 20000);
}

TEST(TfliteDamage, DamagedRealNetworksHarmNobody) {
  const auto path = data_folder() / "models/mlperf-tiny/kws_ref_model.tflite";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not there; set MOTE_DATA";
  auto bytes = read_file(path);
  ASSERT_TRUE(bytes);
  survive_damage(*bytes, 20000);
}

// ---- LiteRT

constexpr const char* kNoJudge = "LiteRT is not set up; tests/judge/setup.sh does it";

std::string judge_python() {
  const auto python = std::filesystem::path(MOTE_SOURCE_DIR) / "build/judge-venv/bin/python";
  return std::filesystem::exists(python) ? python.string() : "";
}

/// Bytes of LiteRT's answers, an .npy file, to the cases in `input`.
Result<Bytes> judge(const std::string& model, const std::string& input, const std::filesystem::path& folder) {
  const std::string output = (folder / "answers.npy").string();
  const std::string script = (std::filesystem::path(MOTE_SOURCE_DIR) / "tests/judge/litert_run.py").string();
  MOTE_TRY(const ProcessOutput run,
           run_process({judge_python(), script, model, input, "-o", output}, folder, 120));
  if (run.exit_code != 0) return error(run.err);
  return read_file(output);
}

/// `count` zeros as the data of an .npy file of that shape.
std::string npy_of_zeros(const char* descr, std::size_t item, const Shape& shape) {
  std::string header = text::cat("{'descr': '", descr, "', 'fortran_order': False, 'shape': (1");
  for (const std::int32_t extent : shape) header += text::cat(", ", extent);
  header += "), }";
  while ((10 + header.size() + 1) % 64 != 0) header += ' ';
  header += '\n';
  std::string out("\x93NUMPY\x01\x00", 8);
  out += static_cast<char>(header.size() % 256);
  out += static_cast<char>(header.size() / 256);
  return out + header + std::string(static_cast<std::size_t>(count_of(shape)) * item, '\0');
}

TEST(TfliteInLiteRt, OpensAndRunsEveryOp) {
  if (judge_python().empty()) GTEST_SKIP() << kNoJudge;
  auto folder = ScratchFolder::make("litert");
  ASSERT_TRUE(folder);
  for (const DType dtype : {DType::F32, DType::S8}) {
    auto bytes = export_tflite(every_op(dtype));
    ASSERT_TRUE(bytes);
    const auto model = folder->path() / "model.tflite";
    const auto input = folder->path() / "input.npy";
    ASSERT_TRUE(write_file(model, *bytes));
    ASSERT_TRUE(
        write_text(input, npy_of_zeros(dtype == DType::S8 ? "|i1" : "<f4", bytes_of(dtype), {1, 12, 8, 2})));
    auto answers = judge(model.string(), input.string(), folder->path());
    ASSERT_TRUE(answers) << answers.error().message;
    EXPECT_EQ(answers->size() % 64, 3 * bytes_of(dtype));  // behind a header of whole 64s: three likelihoods
  }
}

TEST(TfliteInLiteRt, AnswersTheSameBytesForAnImportedAndRewrittenNetwork) {
  if (judge_python().empty()) GTEST_SKIP() << kNoJudge;
  const auto original = data_folder() / "models/mlperf-tiny/kws_ref_model.tflite";
  const auto inputs = data_folder() / "golden/kws/inputs.npy";
  if (!std::filesystem::exists(original) || !std::filesystem::exists(inputs))
    GTEST_SKIP() << original << " is not there; set MOTE_DATA";
  auto folder = ScratchFolder::make("litert");
  ASSERT_TRUE(folder);
  auto module = import_model(original.string());
  ASSERT_TRUE(module) << module.error().message;
  auto bytes = export_tflite(*module);
  ASSERT_TRUE(bytes) << bytes.error().message;
  const auto rewritten = folder->path() / "rewritten.tflite";
  ASSERT_TRUE(write_file(rewritten, *bytes));
  auto before = judge(original.string(), inputs.string(), folder->path());
  auto after = judge(rewritten.string(), inputs.string(), folder->path());
  ASSERT_TRUE(before) << before.error().message;
  ASSERT_TRUE(after) << after.error().message;
  EXPECT_EQ(*before, *after);
}

}  // namespace
}  // namespace mote
