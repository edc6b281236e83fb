// Shapes: tables by hand, messages, and nonsense that must be refused without a crash.
#include <gtest/gtest.h>

#include <limits>

#include "ops/nn/test_nodes.h"
#include "ops/nn/window.h"

namespace mote::test {
namespace {
using List = std::vector<std::int64_t>;

TEST(Window, FollowsTheRuleOfSameAndValid) {
  struct Row {
    std::int64_t in, kernel, stride, dilation;
    bool same;
    std::int32_t out, pad;
  };
  const Row rows[] = {
      {10, 3, 1, 1, true, 10, 1},  {10, 3, 2, 1, true, 5, 0},   // total padding 1: none before
      {11, 3, 2, 1, true, 6, 1},   {10, 4, 1, 1, true, 10, 1},  // total 3: one before, two behind
      {49, 10, 2, 1, true, 25, 4}, {1, 5, 1, 1, true, 1, 2},          {7, 1, 3, 1, true, 3, 0},
      {10, 3, 1, 3, true, 10, 3},  {10, 3, 1, 1, false, 8, 0},        {10, 3, 2, 1, false, 4, 0},
      {11, 3, 2, 1, false, 5, 0},  {10, 3, 1, 3, false, 4, 0},        {3, 3, 2, 1, false, 1, 0},
      {1, 1, 1, 1, false, 1, 0},   {16000, 16000, 1, 1, false, 1, 0},
  };
  for (const Row& row : rows) {
    const auto axis = nn::axis_of("height", row.in, row.kernel, row.stride, row.dilation, row.same);
    ASSERT_TRUE(axis) << axis.error().message;
    EXPECT_EQ(axis->out, row.out) << row.in << " kernel " << row.kernel << " stride " << row.stride;
    EXPECT_EQ(axis->pad, row.pad) << row.in << " kernel " << row.kernel << " stride " << row.stride;
  }
}

TEST(Window, EveryOutputSeesTheImage) {
  for (std::int64_t in = 1; in <= 9; ++in) {
    for (std::int64_t kernel = 1; kernel <= 6; ++kernel) {
      for (std::int64_t stride = 1; stride <= 5; ++stride) {
        for (const bool same : {false, true}) {
          const auto axis = nn::axis_of("width", in, kernel, stride, 1, same);
          if (!axis) continue;
          for (std::int32_t o = 0; o < axis->out; ++o) {
            const RowSpan span = axis->reads({o, o + 1});
            EXPECT_LT(span.begin, in);
            EXPECT_GT(span.end, 0);
            EXPECT_TRUE(same || (span.begin >= 0 && span.end <= in));
          }
        }
      }
    }
  }
}

TEST(Window, RefusesWhatDoesNotFit) {
  EXPECT_FALSE(nn::axis_of("height", 4, 5, 1, 1, false));
  EXPECT_FALSE(nn::axis_of("height", 4, 3, 1, 2, false));
  EXPECT_FALSE(nn::axis_of("height", 4, 0, 1, 1, true));
  EXPECT_FALSE(nn::axis_of("height", 4, 3, 0, 1, true));
  EXPECT_FALSE(nn::axis_of("height", 4, 3, 1, -1, true));
  EXPECT_FALSE(nn::axis_of("height", INT32_MAX, 3, 1, 1, true));
  EXPECT_FALSE(nn::axis_of("height", 1, nn::kMostWindow, 1, nn::kMostWindow, true));
}

Shape shape_of(const OneNode& node) {
  const auto types = node.infer();
  if (!types) {
    ADD_FAILURE() << types.error().message;
    return {};
  }
  return types->at(0).shape;
}

TEST(Infer, GivesShapesByHand) {
  const auto f = DType::F32;
  EXPECT_EQ(shape_of(OneNode("conv2d", {{"stride", List{2, 2}}, {"padding", std::string("same")}})
                         .input(f, {1, 49, 10, 1})
                         .weights(f, {64, 10, 4, 1})),
            (Shape{1, 25, 5, 64}));
  EXPECT_EQ(shape_of(OneNode("conv2d").input(f, {1, 187, 1, 2}).weights(f, {8, 7, 1, 2})),
            (Shape{1, 181, 1, 8}));
  EXPECT_EQ(shape_of(OneNode("depthwise_conv2d", {{"depth_multiplier", std::int64_t{3}}})
                         .input(f, {1, 5, 5, 2})
                         .weights(f, {1, 3, 3, 6})),
            (Shape{1, 3, 3, 6}));
  EXPECT_EQ(shape_of(OneNode("fully_connected").input(f, {1, 2, 3, 4}).weights(f, {5, 24})), (Shape{1, 5}));
  EXPECT_EQ(shape_of(OneNode("fully_connected").input(f, {1, 2, 3, 4}).weights(f, {5, 4})), (Shape{6, 5}));
  EXPECT_EQ(shape_of(OneNode("fully_connected", {{"keep_num_dims", std::int64_t{1}}})
                         .input(f, {1, 2, 3, 4})
                         .weights(f, {5, 4})),
            (Shape{1, 2, 3, 5}));
  EXPECT_EQ(shape_of(OneNode("max_pool2d").input(f, {1, 5, 7, 3})), (Shape{1, 2, 3, 3}));
  EXPECT_EQ(shape_of(OneNode("average_pool2d", {{"padding", std::string("same")}}).input(f, {1, 5, 7, 3})),
            (Shape{1, 3, 4, 3}));
  EXPECT_EQ(
      shape_of(
          OneNode("concatenation", {{"axis", std::int64_t{-2}}}).input(f, {1, 2, 3}).input(f, {1, 5, 3})),
      (Shape{1, 7, 3}));
  EXPECT_EQ(shape_of(OneNode("reshape", {{"shape", List{2, -1, 3}}}).input(f, {1, 4, 3})), (Shape{2, 2, 3}));
  EXPECT_EQ(shape_of(OneNode("softmax").input(f, {1, 12})), (Shape{1, 12}));
  OneNode norm("batch_norm");
  norm.input(f, {1, 4, 3});
  for (int i = 0; i < 4; ++i) norm.bias(f, 3);
  EXPECT_EQ(shape_of(norm), (Shape{1, 4, 3}));
  EXPECT_FALSE(norm.op().lower(norm.ref()));
}

TEST(Infer, ErrorsNameThePortAndTheNumbers) {
  const auto f = DType::F32;
  const auto message = [](const OneNode& node) {
    const auto types = node.infer();
    return types ? std::string("accepted") : types.error().message;
  };
  EXPECT_EQ(message(OneNode("conv2d").input(f, {1, 8, 8, 3}).weights(f, {4, 3, 3, 2})),
            "'weights' is made for 2 input channels and 'x' has 3");
  EXPECT_EQ(message(OneNode("conv2d").input(f, {1, 2, 8, 3}).weights(f, {4, 3, 3, 3})),
            "a window that spans 3 does not fit into the input's height of 2");
  EXPECT_EQ(message(OneNode("conv2d").input(f, {8, 3}).weights(f, {4, 3, 3, 3})),
            "'x' has the shape [8,3]; it must be [batch, height, width, channels]");
  EXPECT_EQ(message(OneNode("conv2d").input(f, {1, 4, 4, 3}).weights(f, {4, 3, 3, 3}).bias(f, 5)),
            "'bias' is f32[5]; it must be f32[4]");
  EXPECT_EQ(message(OneNode("fully_connected").input(f, {1, 7}).weights(f, {2, 3})),
            "'weights' is made for 3 inputs; 'x' [1,7] has 7 elements, not a multiple of that");
  EXPECT_EQ(message(OneNode("add").input(f, {1, 7}).input(f, {1, 8})),
            "the shapes [1,7] and [1,8] do not broadcast: 7 meets 8");
  EXPECT_EQ(message(OneNode("reshape", {{"shape", List{3, -1}}}).input(f, {1, 7})),
            "the shape [3,-1] does not hold as many elements; the input has 7 elements");
  EXPECT_EQ(message(OneNode("relu").input(DType::U8, {1, 7})),
            "'x' is u8[1,7]; there are kernels for f32, s8, s16");
}

/// Any value an attribute of this type can hold, sensible or not.
Attribute absurd(const AttributeSpec& spec, Random& random) {
  const std::vector<std::int64_t> numbers = {0, 1,       2,         3,         -1,        -2,
                                             7, 1 << 20, INT32_MAX, INT64_MAX, INT64_MIN, 1 << 30};
  if (std::holds_alternative<std::int64_t>(spec.default_value)) return random.pick(numbers);
  if (std::holds_alternative<double>(spec.default_value))
    return random.pick(std::vector<double>{0, 1, -1, 0.5, 1e308, std::numeric_limits<double>::quiet_NaN()});
  if (std::holds_alternative<std::string>(spec.default_value)) {
    return spec.choices.empty() ? std::string("word") : random.pick(spec.choices);
  }
  List list;
  for (std::int64_t n = random.between(0, 9); n > 0; --n) list.push_back(random.pick(numbers));
  if (random.between(0, 1) == 1) list.resize(2, 1);
  return list;
}

TEST(Infer, SurvivesNonsense) {
  const std::vector<std::int32_t> extents = {1, 1, 2, 3, 4, 8, 0, -1, 65536, 1 << 20, INT32_MAX, INT32_MIN};
  const std::vector<DType> dtypes = {DType::F32, DType::F32, DType::S8, DType::S8,
                                     DType::S32, DType::U8,  DType::S64};
  Random random(2024);
  int accepted = 0;
  for (int round = 0; round < 4000; ++round) {
    for (const OpDef* op : op_registry()) {
      OneNode node((std::string(op->name)));
      for (const PortSpec& port : op->schema.inputs) {
        for (std::int64_t n = port.variadic ? random.between(1, 4) : 1; n > 0; --n) {
          if (port.optional && random.between(0, 1) == 0) {
            node.node.inputs.push_back(kNoTensor);
            continue;
          }
          Shape shape;
          for (std::int64_t rank = random.between(0, 5); rank > 0; --rank)
            shape.push_back(random.pick(extents));
          if (random.between(0, 1) == 1) shape.resize(4, 2);
          node.input(random.pick(dtypes), shape);
        }
      }
      for (const AttributeSpec& spec : op->schema.attributes) {
        if (random.between(0, 2) > 0) continue;
        node.node.attributes[std::string(spec.name)] = absurd(spec, random);
      }
      const auto types = node.infer();
      if (!types) {
        EXPECT_FALSE(types.error().message.empty()) << op->name;
        continue;
      }
      ++accepted;
      for (const TensorType& type : *types) {
        std::int64_t count = 1;
        for (const std::int32_t extent : type.shape) {
          ASSERT_GE(extent, 1) << op->name << to_text(type.shape);
          count *= extent;
          ASSERT_LE(count, INT32_MAX) << op->name << to_text(type.shape);
        }
      }
    }
  }
  EXPECT_GT(accepted, 100);
}

}  // namespace
}  // namespace mote::test
