// The ops that move bytes, read as .tflite says them, against plain index arithmetic: every byte comes from where it should.
#include "ops/nn/moves.h"

#include <gtest/gtest.h>

#include <functional>
#include <numeric>

#include "graph/evaluate.h"
#include "ops/nn/test_nodes.h"

namespace mote::test {
namespace {

using List = std::vector<std::int64_t>;

/// Operands of an operator of .tflite in a graph of its own.
struct Foreign {
  Graph graph;
  ForeignNode node;

  explicit Foreign(std::string op, Attributes attributes = {}, std::size_t outputs = 1) {
    node.op = std::move(op);
    node.name = "layer";
    node.attributes = std::move(attributes);
    for (std::size_t i = 0; i < outputs; ++i) node.outputs.push_back(graph.add(Tensor{}));
  }
  Foreign& input(Tensor tensor) {
    tensor.name = text::cat("x", node.inputs.size());
    node.inputs.push_back(graph.add(std::move(tensor)));
    return *this;
  }
  Foreign& x(DType dtype, Shape shape, std::uint64_t seed = 1) {
    Random random(seed);
    Tensor tensor;
    tensor.type = {dtype, std::move(shape)};
    tensor.constant = std::make_shared<const Bytes>(random_bytes(tensor.type, random));
    return input(std::move(tensor));
  }
  Foreign& list(const List& values, DType dtype = DType::S32) {
    Tensor tensor;
    tensor.type = {dtype, {static_cast<std::int32_t>(values.size())}};
    tensor.constant = dtype == DType::S64
                          ? to_constant(values)
                          : to_constant(std::vector<std::int32_t>(values.begin(), values.end()));
    return input(std::move(tensor));
  }

  static const FormatRule& rule_of(const std::string& op) {
    for (const OpDef* def : op_registry()) {
      for (const FormatRule& rule : def->formats) {
        if (rule.op == op) return rule;
      }
    }
    throw std::runtime_error("no op reads " + op);
  }

  /// Reads the operator, then computes its nodes one after the other: the bytes of each output.
  Result<std::vector<Bytes>> run() {
    MOTE_TRY_VOID(rule_of(node.op).read(node, graph));
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      const NodeRef ref{graph, graph.nodes[i]};
      MOTE_TRY(const std::vector<TensorType> types, op_of(ref.node).infer(ref));
      for (std::size_t o = 0; o < types.size(); ++o) graph.tensor(ref.node.outputs[o]).type = types[o];
      MOTE_TRY(const std::vector<Bytes> made, evaluate(ref));
      for (std::size_t o = 0; o < made.size(); ++o)
        graph.tensor(ref.node.outputs[o]).constant = std::make_shared<const Bytes>(made[o]);
    }
    std::vector<Bytes> outputs;
    for (const TensorId id : node.outputs) outputs.push_back(*graph.tensor(id).constant);
    return outputs;
  }
  const Bytes& x_bytes(std::size_t i = 0) const { return *graph.tensor(node.inputs[i]).constant; }
  const Shape& out_shape(std::size_t i = 0) const { return graph.tensor(node.outputs[i]).type.shape; }
};

std::vector<DType> every_type() {
  return {DType::F32, DType::S8,  DType::S16, DType::S32, DType::S64,
          DType::U8,  DType::U32, DType::U64, DType::Bool};
}

/// Calls visit(index) for each index of the shape, in the order of the elements.
void each_index(const Shape& shape, const std::function<void(const Shape&)>& visit) {
  Shape index(shape.size(), 0);
  for (std::int64_t n = count_of(shape); n > 0; --n) {
    visit(index);
    for (std::size_t d = shape.size(); d-- > 0;) {
      if (++index[d] < shape[d]) break;
      index[d] = 0;
    }
  }
}
std::size_t flat(const Shape& shape, const Shape& index) {
  std::size_t at = 0;
  for (std::size_t d = 0; d < shape.size(); ++d)
    at = at * static_cast<std::size_t>(shape[d]) + static_cast<std::size_t>(index[d]);
  return at;
}

/// What the output must be when its element `index` is input element `from(index)`; an empty `from` means `border`.
Bytes moved(const Bytes& x, const Shape& in, const Shape& out, std::size_t element,
            const std::function<Shape(const Shape&)>& from, const Bytes& border = {}) {
  Bytes bytes;
  each_index(out, [&](const Shape& index) {
    const Shape source = from(index);
    const Bytes& data = source.empty() && !in.empty() ? border : x;
    const std::size_t at = source.empty() && !in.empty() ? 0 : flat(in, source) * element;
    bytes.insert(bytes.end(), data.begin() + static_cast<std::ptrdiff_t>(at),
                 data.begin() + static_cast<std::ptrdiff_t>(at + element));
  });
  return bytes;
}

Shape random_shape(Random& random, std::int64_t most_rank = 5) {
  Shape shape(static_cast<std::size_t>(random.between(1, most_rank)));
  for (auto& extent : shape) extent = random.pick<std::int32_t>({1, 2, 3, 4, 5});
  return shape;
}

TEST(Transpose, PutsEveryElementOfEveryTypeAtItsPermutedIndex) {
  Random random(1);
  for (int run = 0; run < 300; ++run) {
    const DType dtype = random.pick(every_type());
    const Shape shape = random_shape(random, 7);
    List permutation(shape.size());
    std::iota(permutation.begin(), permutation.end(), 0);
    for (std::size_t i = permutation.size(); i > 1; --i)
      std::swap(permutation[i - 1],
                permutation[static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(i) - 1))]);
    Foreign node("TRANSPOSE");
    const auto y = node.x(dtype, shape, static_cast<std::uint64_t>(run)).list(permutation).run();
    ASSERT_TRUE(y) << y.error().message;
    EXPECT_EQ((*y)[0],
              moved(node.x_bytes(), shape, node.out_shape(), bytes_of(dtype), [&](const Shape& index) {
                Shape from(shape.size());
                for (std::size_t d = 0; d < from.size(); ++d)
                  from[static_cast<std::size_t>(permutation[d])] = index[d];
                return from;
              }));
  }
}

TEST(Transpose, RefusesWhatIsNoPermutation) {
  for (const List& wrong : {List{0, 0}, List{0}, List{0, 2}, List{0, 1, 2}})
    EXPECT_FALSE(Foreign("TRANSPOSE").x(DType::S8, {2, 3}).list(wrong).run());
}

TEST(Transpose, OfConstantShapeOnlyOtherwiseNamesTheWayOut) {
  Foreign node("TRANSPOSE");
  Tensor computed;
  computed.type = {DType::S32, {2}};
  const auto y = node.x(DType::S8, {2, 3}).input(computed).run();
  ASSERT_FALSE(y);
  EXPECT_NE(y.error().message.find("perm"), std::string::npos) << y.error().message;
  EXPECT_FALSE(y.error().hint.empty());
}

TEST(Pad, IsTheInputInABorderOfZeroOrOfTheGivenValue) {
  Random random(2);
  for (int run = 0; run < 300; ++run) {
    const DType dtype = random.pick(every_type());
    const Shape shape = random_shape(random);
    List before, paddings;
    for (std::size_t d = 0; d < shape.size(); ++d) {
      before.push_back(random.between(0, 2));
      paddings.push_back(before[d]);
      paddings.push_back(random.between(0, 2));
    }
    const bool v2 = run % 2 == 1;
    Foreign node(v2 ? "PADV2" : "PAD");
    node.x(dtype, shape, static_cast<std::uint64_t>(run)).list(paddings, run % 3 ? DType::S32 : DType::S64);
    Bytes border(bytes_of(dtype), 0);
    if (v2) border = node.x(dtype, {}, 99).x_bytes(2);
    Tensor& out = node.graph.tensor(node.node.outputs[0]);
    if (dtype == DType::S8) {
      out.quant = {{0.1f}, {-7}, 0};
      if (!v2) border = {static_cast<std::uint8_t>(-7)};
    }
    const auto y = node.run();
    ASSERT_TRUE(y) << y.error().message;
    EXPECT_EQ((*y)[0], moved(
                           node.x_bytes(), shape, node.out_shape(), bytes_of(dtype),
                           [&](const Shape& index) {
                             Shape from = index;
                             for (std::size_t d = 0; d < from.size(); ++d) {
                               from[d] -= static_cast<std::int32_t>(before[d]);
                               if (from[d] < 0 || from[d] >= shape[d]) return Shape{};
                             }
                             return from;
                           },
                           border));
  }
}

TEST(Pad, RefusesNegativeBordersAndListsOfAnotherRank) {
  EXPECT_FALSE(Foreign("PAD").x(DType::S8, {2, 3}).list({0, 0}).run());
  EXPECT_FALSE(Foreign("PAD").x(DType::S8, {2}).list({INT32_MAX, INT32_MAX}).run());
  Foreign negative("PAD");
  ASSERT_TRUE(Foreign::rule_of("PAD").read(negative.x(DType::S8, {4}).list({-1, 0}).node, negative.graph));
  EXPECT_FALSE(append_node(negative.graph, negative.graph.nodes[0]));
}

TEST(StridedSlice, TakesWhatPythonTakes) {
  Random random(3);
  int taken = 0;
  for (int run = 0; run < 500; ++run) {
    const DType dtype = random.pick(every_type());
    const Shape shape = random_shape(random);
    List begin, end, stride;
    std::int64_t begin_mask = random.between(0, 31), end_mask = random.between(0, 31),
                 shrink = random.between(0, 31);
    if (run % 3 == 0) begin_mask = shrink = 0;
    std::vector<std::vector<std::int32_t>> positions;
    bool empty = false;
    for (std::size_t d = 0; d < shape.size(); ++d) {
      const std::int64_t n = shape[d];
      begin.push_back(random.between(-n - 1, n));
      end.push_back(random.between(-n - 1, n + 1));
      stride.push_back(random.pick<std::int64_t>({1, 1, 2, 3, -1, -2}));
      std::vector<std::int32_t> list;
      std::int64_t at = begin[d] < 0 ? begin[d] + n : begin[d], stop = end[d] < 0 ? end[d] + n : end[d];
      const bool forwards = stride[d] > 0;
      at = forwards ? std::max<std::int64_t>(at, 0) : std::min(at, n - 1);
      if ((begin_mask >> d) & 1) at = forwards ? 0 : n - 1;
      if ((end_mask >> d) & 1) stop = forwards ? n : -1;
      if ((shrink >> d) & 1) {
        if (at >= 0 && at < n) list.push_back(static_cast<std::int32_t>(at));
      } else {
        for (; forwards ? at < std::min(stop, n) : at > std::max<std::int64_t>(stop, -1); at += stride[d])
          list.push_back(static_cast<std::int32_t>(at));
      }
      empty = empty || list.empty() || list[0] < 0;
      positions.push_back(list);
    }
    Foreign node("STRIDED_SLICE",
                 {{"begin_mask", begin_mask}, {"end_mask", end_mask}, {"shrink_axis_mask", shrink}});
    const auto y =
        node.x(dtype, shape, static_cast<std::uint64_t>(run)).list(begin).list(end).list(stride).run();
    EXPECT_EQ(y.has_value(), !empty) << nn::list_text(begin) << nn::list_text(end) << nn::list_text(stride)
                                     << to_text(shape);
    if (!y) continue;
    ++taken;
    Shape full, kept;
    for (std::size_t d = 0; d < shape.size(); ++d) {
      full.push_back(static_cast<std::int32_t>(positions[d].size()));
      if (!((shrink >> d) & 1)) kept.push_back(full.back());
    }
    EXPECT_EQ(node.out_shape(), kept);
    EXPECT_EQ((*y)[0], moved(node.x_bytes(), shape, full, bytes_of(dtype), [&](const Shape& index) {
                Shape from(index.size());
                for (std::size_t d = 0; d < from.size(); ++d)
                  from[d] = positions[d][static_cast<std::size_t>(index[d])];
                return from;
              }));
  }
  EXPECT_GT(taken, 100);
}

TEST(StridedSlice, EllipsisStandsForTheDimensionsBetweenAndNewAxesAreAdded) {
  Foreign node("STRIDED_SLICE", {{"ellipsis_mask", std::int64_t{2}}, {"new_axis_mask", std::int64_t{4}}});
  const auto y =
      node.x(DType::S16, {3, 4, 2, 5}).list({1, 0, 0, 2}).list({2, 0, 0, 4}).list({1, 1, 1, 1}).run();
  ASSERT_TRUE(y) << y.error().message;
  EXPECT_EQ(node.out_shape(), (Shape{1, 4, 2, 1, 2}));
  EXPECT_EQ((*y)[0], moved(node.x_bytes(), {3, 4, 2, 5}, {1, 4, 2, 2}, 2, [](const Shape& i) {
              return Shape{i[0] + 1, i[1], i[2], i[3] + 2};
            }));
}

TEST(StridedSlice, OfAStreamIsOnePlainCopy) {
  Foreign node("STRIDED_SLICE", {{"begin_mask", std::int64_t{13}}, {"end_mask", std::int64_t{15}}});
  ASSERT_TRUE(
      node.x(DType::S8, {1, 5, 1, 40}).list({0, 1, 0, 0}).list({0, 0, 0, 0}).list({1, 1, 1, 1}).run());
  const auto calls = op_of(node.graph.nodes[0]).lower(NodeRef{node.graph, node.graph.nodes[0]});
  ASSERT_TRUE(calls);
  ASSERT_EQ(calls->size(), 1u);
  const auto p = from_block<CopyStridedParams>((*calls)[0].params);
  EXPECT_EQ(p.run_bytes, 160);
  EXPECT_EQ(p.in_offset, 40);
  EXPECT_EQ(p.count0 * p.count1 * p.count2 * p.count3 * p.count4 * p.count5, 1);
}

TEST(Slice, TakesARangeOfEachDimensionAndMinusOneTakesTheRest) {
  Foreign node("SLICE");
  const auto y = node.x(DType::S32, {4, 5, 3}).list({1, 0, 2}).list({2, -1, 1}).run();
  ASSERT_TRUE(y) << y.error().message;
  EXPECT_EQ(node.out_shape(), (Shape{2, 5, 1}));
  EXPECT_EQ((*y)[0], moved(node.x_bytes(), {4, 5, 3}, {2, 5, 1}, 4, [](const Shape& i) {
              return Shape{i[0] + 1, i[1], i[2] + 2};
            }));
  for (const List& size : {List{5, 1, 1}, List{0, 1, 1}, List{-2, 1, 1}, List{1, 1}})
    EXPECT_FALSE(Foreign("SLICE").x(DType::S32, {4, 5, 3}).list({0, 0, 0}).list(size).run());
}

TEST(Split, CutsAlongAnAxisInEveryType) {
  Random random(5);
  for (int run = 0; run < 200; ++run) {
    const DType dtype = random.pick(every_type());
    Shape shape = random_shape(random);
    const std::int64_t axis = random.between(0, static_cast<std::int64_t>(shape.size()) - 1);
    const bool v = run % 2 == 0;
    List sizes;
    for (std::int64_t i = random.between(1, 4); i > 0; --i) sizes.push_back(v ? random.between(1, 3) : 2);
    std::int64_t sum = 0;
    for (const std::int64_t size : sizes) sum += size;
    shape[static_cast<std::size_t>(axis)] = static_cast<std::int32_t>(sum);
    const List given_axis = {run % 3 ? axis : axis - static_cast<std::int64_t>(shape.size())};
    Foreign node(v ? "SPLIT_V" : "SPLIT", {}, sizes.size());
    List stated = sizes;
    if (run % 4 == 0) stated.back() = -1;
    if (v)
      node.x(dtype, shape).list(stated).list(given_axis);
    else
      node.list(given_axis).x(dtype, shape);
    const auto y = node.run();
    ASSERT_TRUE(y) << y.error().message;
    std::int32_t before = 0;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      EXPECT_EQ((*y)[i], moved(node.x_bytes(v ? 0 : 1), shape, node.out_shape(i), bytes_of(dtype),
                               [&](const Shape& index) {
                                 Shape from = index;
                                 from[static_cast<std::size_t>(axis)] += before;
                                 return from;
                               }));
      before += static_cast<std::int32_t>(sizes[i]);
    }
  }
}

TEST(Reshape, SqueezeAndExpandDimsChangeTheShapeAlone) {
  const auto shape_of = [](Foreign& node) {
    const auto y = node.run();
    EXPECT_TRUE(y && (*y)[0] == node.x_bytes());
    return y ? node.out_shape() : Shape{-1};
  };
  Foreign all("SQUEEZE"), some("SQUEEZE", {{"squeeze_dims", List{-1}}}),
      one("SQUEEZE", {{"squeeze_dims", List{1}}});
  EXPECT_EQ(shape_of(all.x(DType::S64, {1, 3, 1})), (Shape{3}));
  EXPECT_EQ(shape_of(some.x(DType::S64, {1, 3, 1})), (Shape{1, 3}));
  EXPECT_FALSE(one.x(DType::S64, {1, 3, 1}).run());
  Foreign first("EXPAND_DIMS"), last("EXPAND_DIMS"), beyond("EXPAND_DIMS");
  EXPECT_EQ(shape_of(first.x(DType::Bool, {2, 3}).list({0})), (Shape{1, 2, 3}));
  EXPECT_EQ(shape_of(last.x(DType::Bool, {2, 3}).list({-1})), (Shape{2, 3, 1}));
  EXPECT_FALSE(beyond.x(DType::Bool, {2, 3}).list({3}).run());
}

}  // namespace
}  // namespace mote::test
