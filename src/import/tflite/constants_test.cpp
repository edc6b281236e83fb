// What becomes of constants while a .tflite file is read: packed ones are unpacked, weights beside floats become floats,
// shapes that are computed from constants are computed at once, and nothing of it takes more than its bounds.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "graph/evaluate.h"
#include "import/tflite/limits.h"
#include "import/tflite/test_file.h"

namespace mote {
namespace {
using testing::ops_of;
using testing::TestFile;
using testing::values_of;
using Type = TestFile::Type;
using Op = TestFile::Op;

/// x f32[1,n] → fully connected with these weights → y f32[1,m].
TestFile dense(std::int32_t weights, TestFile file, std::int32_t n, std::int32_t m) {
  const auto x = file.input("x", Type::FLOAT32, {1, n});
  const auto y = file.tensor("y", Type::FLOAT32, {1, m});
  file.op(Op::FULLY_CONNECTED, {x, weights}, {y}, tflite::FullyConnectedOptionsT());
  file.here().outputs = {y};
  return file;
}

// ---- int4

TEST(ConstantsInt4, OddCountsEndInAHalfByte) {
  TestFile file;
  const auto w = file.tensor("w", Type::INT4, {1, 3}, {0.5f}, {0});
  file.fill(w, Bytes{0x8f, 0x07});  // -1, -8, 7
  const Module module = dense(w, file, 3, 1).sound();
  const Graph& graph = module.main();
  ASSERT_EQ(graph.nodes.size(), 1u);  // beside floats: dequantized
  EXPECT_EQ(values_of<float>(graph.tensor(graph.nodes[0].inputs[1])), (std::vector<float>{-0.5f, -4, 3.5f}));
}

TEST(ConstantsInt4, StayIntegersBesideIntegersAndRememberHowTheyWereStored) {
  TestFile file;
  const auto x = file.input("x", Type::INT8, {1, 5});
  file.at(x).quantization->scale = {0.5f};
  file.at(x).quantization->zero_point = {3};
  const auto w = file.fill(file.tensor("w", Type::INT4, {1, 5}, {0.5f}, {0}), Bytes{0x21, 0x43, 0xf5});
  const auto y = file.tensor("y", Type::INT8, {1, 1}, {1.0f}, {0});
  file.op(Op::FULLY_CONNECTED, {x, w}, {y}, tflite::FullyConnectedOptionsT());
  file.here().outputs = {y};
  const Module module = file.sound();
  const Tensor& weights = module.main().tensor(module.main().nodes[0].inputs[1]);
  EXPECT_EQ(weights.type.dtype, DType::S8);
  EXPECT_EQ(weights.storage, Storage::Int4);
  EXPECT_EQ(values_of<std::int8_t>(weights), (std::vector<std::int8_t>{1, 2, 3, 4, 5}));
}

TEST(ConstantsInt4, MustHaveTheirBytes) {
  for (const std::size_t bytes : {1u, 3u}) {
    TestFile file;
    const auto w = file.fill(file.tensor("w", Type::INT4, {1, 3}, {0.5f}, {0}), Bytes(bytes, 1));
    dense(w, file, 3, 1)
        .expect_refused({"tensor 0 'w'", "takes 2 bytes", text::cat("buffer 1 holds ", bytes), "damaged"});
  }
}

// ---- float16

TEST(ConstantsFloat16, BecomeTheSameNumbersInSinglePrecision) {
  constexpr float inf = std::numeric_limits<float>::infinity();
  const std::vector<std::uint16_t> halves = {0x0000, 0x8000, 0x0001, 0x83ff, 0x0400, 0x3c00,
                                             0xc500, 0x7bff, 0x7c00, 0xfc00, 0x3555};
  const std::vector<float> expected = {0,  -0.0f, 0x1p-24f, -0x1.ff8p-15f, 0x1p-14f,   1,
                                       -5, 65504, inf,      -inf,          0x1.554p-2f};
  TestFile file;
  const auto count = static_cast<std::int32_t>(halves.size());
  const auto half = file.fill(file.tensor("half", Type::FLOAT16, {1, count}), halves);
  const auto w = file.tensor("w", Type::FLOAT32, {1, count});
  file.op(Op::DEQUANTIZE, {half}, {w});
  const Module module = dense(w, file, count, 1).sound();
  const Graph& graph = module.main();
  EXPECT_EQ(ops_of(graph), "fully_connected");
  const std::vector<float> values = values_of<float>(graph.tensor(graph.nodes[0].inputs[1]));
  ASSERT_EQ(values.size(), expected.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_EQ(values[i], expected[i]) << i;
    EXPECT_EQ(std::signbit(values[i]), std::signbit(expected[i])) << i;
  }
}

TEST(ConstantsFloat16, KeepWhatIsNotANumber) {
  TestFile file;
  const auto half =
      file.fill(file.tensor("half", Type::FLOAT16, {1, 2}), std::vector<std::uint16_t>{0x7e00, 0xfc01});
  const Module module = dense(half, file, 2, 1).sound();  // without DEQUANTIZE, too
  const Graph& graph = module.main();
  for (const float value : values_of<float>(graph.tensor(graph.nodes[0].inputs[1])))
    EXPECT_TRUE(std::isnan(value));
}

// ---- weights of hybrid models

TEST(ConstantsHybrid, BecomeFloatsWithTheScaleOfTheirChannel) {
  TestFile file;
  const auto w = file.tensor("w", Type::INT8, {2, 3}, {0.5f, 0.25f}, {0, 0}, 0);
  file.fill(w, std::vector<std::int8_t>{1, -128, 127, 4, 0, -4});
  const Module module = dense(w, file, 3, 2).sound();
  const Graph& graph = module.main();
  const Tensor& weights = graph.tensor(graph.nodes[0].inputs[1]);
  EXPECT_EQ(weights.type, (TensorType{DType::F32, {2, 3}}));
  EXPECT_FALSE(weights.quant);
  EXPECT_EQ(values_of<float>(weights), (std::vector<float>{0.5f, -64, 63.5f, 1, 0, -1}));
}

TEST(ConstantsHybrid, TheQuantizedDimensionMayBeAnyOne) {
  TestFile file;
  const auto x = file.input("x", Type::FLOAT32, {1, 2, 2, 2});
  const auto w = file.tensor("w", Type::INT8, {1, 1, 1, 2}, {0.5f, 0.25f}, {0, 0}, 3);
  file.fill(w, std::vector<std::int8_t>{10, 10});
  const auto y = file.tensor("y", Type::FLOAT32, {1, 2, 2, 2});
  tflite::DepthwiseConv2DOptionsT options;
  options.stride_h = options.stride_w = options.depth_multiplier = 1;
  file.op(Op::DEPTHWISE_CONV_2D, {x, w}, {y}, options);
  file.here().outputs = {y};
  const Module module = file.sound();
  const Graph& graph = module.main();
  EXPECT_EQ(values_of<float>(graph.tensor(graph.nodes[0].inputs[1])), (std::vector<float>{5, 2.5f}));
}

TEST(ConstantsHybrid, AreMadeOnceForAllLayersThatShareThem) {
  TestFile file;
  const auto x = file.input("x", Type::FLOAT32, {1, 2});
  const auto w =
      file.fill(file.tensor("w", Type::INT8, {2, 2}, {0.5f}, {0}), std::vector<std::int8_t>{1, 2, 3, 4});
  const auto y = file.tensor("y", Type::FLOAT32, {1, 2}), z = file.tensor("z", Type::FLOAT32, {1, 2});
  file.op(Op::FULLY_CONNECTED, {x, w}, {y}, tflite::FullyConnectedOptionsT());
  file.op(Op::FULLY_CONNECTED, {y, w}, {z}, tflite::FullyConnectedOptionsT());
  file.here().outputs = {z};
  const Module module = file.sound();
  EXPECT_EQ(module.main().nodes[0].inputs[1], module.main().nodes[1].inputs[1]);
}

// A thousand tensors that are one buffer would be a thousand copies four times as large.
TEST(ConstantsHybrid, CannotFillTheMemory) {
  TestFile file;
  auto x = file.input("x", Type::FLOAT32, {1, 100});
  const std::uint32_t shared = file.buffer(Bytes(10000, 1));
  for (int i = 0; i < 200; ++i) {
    const auto w = file.tensor("w", Type::INT8, {100, 100}, {0.5f}, {0});
    file.at(w).buffer = shared;
    const auto y = file.tensor("y", Type::FLOAT32, {1, 100});
    file.op(Op::FULLY_CONNECTED, {x, w}, {y}, tflite::FullyConnectedOptionsT());
    x = y;
  }
  file.here().outputs = {x};
  file.expect_refused({"'FULLY_CONNECTED'", "far more memory than the file"});
}

TEST(ConstantsDequantize, WithAScaleForEachChannelBecomesFloats) {
  TestFile file;
  const auto q = file.tensor("q", Type::INT8, {2, 2}, {2.0f, 4.0f}, {0, 0}, 1);
  file.fill(q, std::vector<std::int8_t>{1, 2, -3, -4});
  const auto w = file.tensor("w", Type::FLOAT32, {2, 2});
  file.op(Op::DEQUANTIZE, {q}, {w});
  const Module module = dense(w, file, 2, 2).sound();
  EXPECT_EQ(ops_of(module.main()), "fully_connected");
  EXPECT_EQ(values_of<float>(module.main().tensor(module.main().nodes[0].inputs[1])),
            (std::vector<float>{2, 8, -6, -16}));
}

// ---- folding

/// SHAPE → STRIDED_SLICE → PACK → RESHAPE, as converters write `tf.reshape(x, [tf.shape(x)[0], -1])`.
TestFile shape_chain(Type type = Type::INT32) {
  TestFile file;
  const auto x = file.input("x", Type::FLOAT32, {1, 2, 3});
  const auto shape = file.tensor("shape", type, {3});
  const auto first = file.tensor("first", type, {});
  const auto minus_one = file.tensor("minus_one", type, {});
  if (type == Type::INT32)
    file.fill(minus_one, std::vector<std::int32_t>{-1});
  else
    file.fill(minus_one, std::vector<std::int64_t>{-1});
  const auto packed = file.tensor("packed", type, {2});
  const auto y = file.tensor("y", Type::FLOAT32, {1, 6});
  tflite::ShapeOptionsT shape_options;
  shape_options.out_type = type;
  file.op(Op::SHAPE, {x}, {shape}, shape_options);
  tflite::StridedSliceOptionsT slice;
  slice.shrink_axis_mask = 1;
  file.op(Op::STRIDED_SLICE,
          {shape, file.integers("begin", {0}), file.integers("end", {1}), file.integers("step", {1})},
          {first}, slice);
  tflite::PackOptionsT pack;
  pack.values_count = 2;
  file.op(Op::PACK, {first, minus_one}, {packed}, pack);
  file.op(Op::RESHAPE, {x, packed}, {y}, tflite::ReshapeOptionsT());
  file.here().outputs = {y};
  return file;
}

TEST(ConstantsFolding, ComputesShapesBeforeTheyAreNeeded) {
  const Module module = shape_chain().sound();
  const Graph& graph = module.main();
  ASSERT_EQ(ops_of(graph), "reshape");
  EXPECT_EQ(graph.nodes[0].name, "y");
  EXPECT_EQ(graph.tensor(graph.outputs[0]).type, (TensorType{DType::F32, {1, 6}}));
  EXPECT_EQ(graph.tensors.size(), 2u);  // shapes are gone
}

TEST(ConstantsFolding, TheSurveySaysWhatBecameAConstant) {
  const auto survey = survey_tflite(shape_chain(Type::INT64).bytes(), "model.tflite");
  ASSERT_TRUE(survey && survey->module) << survey->problem;
  std::vector<std::string> lines;
  for (const SurveyLine& line : survey->lines)
    lines.push_back(text::cat(line.op, " ", line.types, ": ", line.becomes));
  EXPECT_EQ(lines, (std::vector<std::string>{"SHAPE f32[1,2,3] → s64[3]: constant",
                                             "STRIDED_SLICE s64[3], s32[1], s32[1], s32[1] → s64[]: constant",
                                             "PACK s64[], s64[] → s64[2]: constant",
                                             "RESHAPE f32[1,2,3], s64[2] → f32[1,6]: reshape"}));
}

TEST(ConstantsFolding, SaysWhichShapeDependsOnTheData) {
  TestFile file;
  const auto x = file.input("x", Type::FLOAT32, {1, 6});
  const auto shape = file.input("wanted", Type::INT32, {2});
  const auto y = file.tensor("y", Type::FLOAT32, {2, 3});
  file.op(Op::RESHAPE, {x, shape}, {y}, tflite::ReshapeOptionsT());
  file.here().outputs = {y};
  file.expect_refused({"op 0 'RESHAPE' (output 'y')", "'wanted'", "computed at run time", "fix the shapes"});
}

TEST(ConstantsFolding, AnOutputThatBecameAConstantIsStillWritten) {
  TestFile file;
  const auto x = file.input("x", Type::FLOAT32, {1, 6});
  const auto y = file.tensor("y", Type::FLOAT32, {1, 6});
  file.op(Op::ABS, {x}, {y});
  const auto c = file.fill(file.tensor("c", Type::FLOAT32, {2}), std::vector<float>{-1, 2});
  const auto d = file.tensor("d", Type::FLOAT32, {2});
  file.op(Op::ABS, {c}, {d});
  file.here().outputs = {y, d, d};
  const Module module = file.sound();
  EXPECT_EQ(ops_of(module.main()), "abs identity identity");
  EXPECT_TRUE(verify(module, Stage::Deployable));
  EXPECT_EQ(values_of<float>(module.main().tensor(module.main().nodes[1].inputs[0])),
            (std::vector<float>{1, 2}));
}

/// A constant grown by TILE, `times` over.
TestFile tiles(int times, std::int32_t factor) {
  TestFile file;
  const auto x = file.input("x", Type::FLOAT32, {1});
  std::int64_t count = 1;
  auto from = file.fill(file.tensor("c", Type::FLOAT32, {1}), std::vector<float>{1});
  for (int i = 0; i < times; ++i) {
    count *= factor;
    const auto to = file.tensor("t", Type::FLOAT32, {static_cast<std::int32_t>(count)});
    file.op(Op::TILE, {from, file.integers("m", {factor})}, {to});
    from = to;
  }
  const auto y = file.tensor("y", Type::FLOAT32, {static_cast<std::int32_t>(count)});
  file.op(Op::ADD, {x, from}, {y}, tflite::AddOptionsT());
  file.here().outputs = {y};
  return file;
}

TEST(ConstantsFolding, StopsWhereConstantsWouldGrowBeyondTheirBound) {
  EXPECT_EQ(ops_of(tiles(3, 10).sound().main()), "add");
  const Module module = tiles(8, 10).sound();  // the last ones would be 40, 400 MB
  EXPECT_EQ(ops_of(module.main()), "tile tile add");
  std::size_t bytes = 0;
  for (const Tensor& tensor : module.main().tensors)
    bytes += tensor.is_constant() ? tensor.constant->size() : 0;
  EXPECT_LE(bytes, tflite::kMaxFoldedBytes);
}

// Much work for few bytes: a window over a whole picture at every place, again and again.
TEST(ConstantsFolding, StopsWhereItWouldTakeLong) {
  TestFile file;
  const auto x = file.input("x", Type::FLOAT32, {1, 256, 256, 1});
  auto from = file.fill(file.tensor("c", Type::FLOAT32, {1, 256, 256, 1}), Bytes(4 * 65536));
  for (int i = 0; i < 50; ++i) {
    const auto to = file.tensor("p", Type::FLOAT32, {1, 256, 256, 1});
    tflite::Pool2DOptionsT pool;
    pool.stride_h = pool.stride_w = 1;
    pool.filter_height = pool.filter_width = 255;
    pool.padding = tflite::Padding::SAME;
    file.op(Op::AVERAGE_POOL_2D, {from}, {to}, pool);
    from = to;
  }
  const auto y = file.tensor("y", Type::FLOAT32, {1, 256, 256, 1});
  file.op(Op::ADD, {x, from}, {y}, tflite::AddOptionsT());
  file.here().outputs = {y};
  EXPECT_EQ(file.sound().main().nodes.size(), 51u);  // nothing is folded: 4 billion additions each
}

// Each is cheap; all together are not.
TEST(ConstantsFolding, CountsTheWorkOfAllLayersTogether) {
  TestFile file;
  const auto x = file.input("x", Type::FLOAT32, {1});
  const auto c = file.fill(file.tensor("c", Type::FLOAT32, {1 << 20}), Bytes(4 << 20));
  std::vector<std::int32_t> sums;
  for (int i = 0; i < 200; ++i) {
    sums.push_back(file.tensor("s", Type::FLOAT32, {}));
    file.op(Op::SUM, {c, file.integers("axis", {0})}, {sums.back()}, tflite::ReducerOptionsT());
  }
  auto at = x;
  for (const auto sum : sums) {
    const auto y = file.tensor("y", Type::FLOAT32, {1});
    file.op(Op::ADD, {at, sum}, {y}, tflite::AddOptionsT());
    at = y;
  }
  file.here().outputs = {at};
  EXPECT_EQ(file.sound().main().nodes.size(), 200u + 200 - 63);  // 2^26 elements are 63 sums and a bit
}

TEST(ConstantsFolding, EvaluateGivesEveryOutput) {
  TestFile file;
  const auto x = file.input("x", Type::FLOAT32, {1, 2});
  const auto c = file.fill(file.tensor("c", Type::FLOAT32, {1, 4}), std::vector<float>{1, 2, 3, 4});
  const auto a = file.tensor("a", Type::FLOAT32, {1, 2}), b = file.tensor("b", Type::FLOAT32, {1, 2});
  const auto axis = file.fill(file.tensor("axis", Type::INT32, {}), std::vector<std::int32_t>{1});
  tflite::SplitOptionsT split;
  split.num_splits = 2;
  file.op(Op::SPLIT, {axis, c}, {a, b}, split);
  const auto y = file.tensor("y", Type::FLOAT32, {1, 2}), z = file.tensor("z", Type::FLOAT32, {1, 2});
  file.op(Op::ADD, {x, a}, {y}, tflite::AddOptionsT());
  file.op(Op::ADD, {y, b}, {z}, tflite::AddOptionsT());
  file.here().outputs = {z};
  const Module module = file.sound();
  ASSERT_EQ(ops_of(module.main()), "add add");
  EXPECT_EQ(values_of<float>(module.main().tensor(module.main().nodes[0].inputs[1])),
            (std::vector<float>{1, 2}));
  EXPECT_EQ(values_of<float>(module.main().tensor(module.main().nodes[1].inputs[1])),
            (std::vector<float>{3, 4}));
}

// ---- files that claim more than they hold

TEST(ConstantsClaims, AThousandBytesCannotClaimTwoGigabytes) {
  TestFile weights;
  const auto w = weights.fill(weights.tensor("w", Type::INT8, {20000, 100000}, {0.5f}, {0}), Bytes(16));
  dense(w, weights, 100000, 20000)
      .expect_refused({"tensor 0 'w'", "takes 2000000000 bytes", "buffer 1 holds 16"});

  TestFile many;
  for (int i = 0; i < 3; ++i) many.tensor("x", Type::FLOAT32, {1 << 30});
  many.expect_refused({"tensor 1 'x'", "all tensors together"});
}

TEST(ConstantsClaims, StatesHaveABound) {
  TestFile file;
  const auto x = file.tensor("memory", Type::FLOAT32, {1 << 26});
  file.at(x).is_variable = true;
  file.here().outputs = {x};
  file.op(Op::ABS, {x}, {file.tensor("y", Type::FLOAT32, {1 << 26})});
  file.expect_refused({"its states have over 67108864 bytes"});
}

}  // namespace
}  // namespace mote
