// The ops that move bytes, read as .tflite says them, against plain index arithmetic: every byte comes from where it should.
#include "ops/nn/moves.h"

#include <gtest/gtest.h>

#include <cmath>
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
        if (rule.op == op && rule.read != nullptr) return rule;
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

TEST(MirrorPad, ReflectsAtTheBorderInBothModes) {
  Random random(6);
  for (int run = 0; run < 200; ++run) {
    const DType dtype = random.pick(every_type());
    const std::int32_t left_out = run % 2;
    Shape shape = random_shape(random, 4);
    for (auto& extent : shape) extent += 1;
    List before, paddings;
    for (const std::int32_t extent : shape) {
      before.push_back(random.between(0, extent - left_out));
      paddings.insert(paddings.end(), {before.back(), random.between(0, extent - left_out)});
    }
    Foreign node("MIRROR_PAD", {{"mode", std::string(left_out ? "REFLECT" : "SYMMETRIC")}});
    const auto y = node.x(dtype, shape, static_cast<std::uint64_t>(run)).list(paddings).run();
    ASSERT_TRUE(y) << y.error().message;
    EXPECT_EQ((*y)[0],
              moved(node.x_bytes(), shape, node.out_shape(), bytes_of(dtype), [&](const Shape& index) {
                Shape from = index;
                for (std::size_t d = 0; d < from.size(); ++d) {
                  from[d] -= static_cast<std::int32_t>(before[d]);
                  if (from[d] < 0) from[d] = -from[d] - 1 + left_out;
                  if (from[d] >= shape[d]) from[d] = 2 * shape[d] - 1 - left_out - from[d];
                }
                return from;
              }));
  }
  EXPECT_FALSE(
      Foreign("MIRROR_PAD", {{"mode", std::string("REFLECT")}}).x(DType::S8, {3}).list({3, 0}).run());
}

TEST(Pack, PutsTensorsAlongANewAxisAndUnpackTakesThemOut) {
  Random random(7);
  for (int run = 0; run < 100; ++run) {
    const DType dtype = random.pick(every_type());
    const Shape shape = random_shape(random, 4);
    const std::int64_t parts = random.between(1, 4),
                       axis = random.between(0, static_cast<std::int64_t>(shape.size()));
    Foreign pack("PACK", {{"axis", axis}, {"values_count", parts}});
    for (std::int64_t i = 0; i < parts; ++i) pack.x(dtype, shape, static_cast<std::uint64_t>(i + 1));
    const auto y = pack.run();
    ASSERT_TRUE(y) << y.error().message;
    Foreign unpack("UNPACK", {{"axis", axis}, {"num", parts}}, static_cast<std::size_t>(parts));
    Tensor packed = pack.graph.tensor(pack.node.outputs[0]);
    const auto back = unpack.input(packed).run();
    ASSERT_TRUE(back) << back.error().message;
    for (std::int64_t i = 0; i < parts; ++i) {
      const auto n = static_cast<std::size_t>(i);
      EXPECT_EQ((*back)[n], pack.x_bytes(n));
      EXPECT_EQ(unpack.out_shape(n), shape);
    }
    const Bytes& last = pack.x_bytes(static_cast<std::size_t>(parts - 1));
    each_index(shape, [&](const Shape& index) {
      Shape in = index;
      in.insert(in.begin() + axis, static_cast<std::int32_t>(parts - 1));
      const std::size_t size = bytes_of(dtype), at = flat(packed.type.shape, in) * size,
                        from = flat(shape, index) * size;
      for (std::size_t b = 0; b < size; ++b) EXPECT_EQ((*y)[0][at + b], last[from + b]);
    });
  }
}

TEST(ReverseV2, TurnsTheNamedDimensions) {
  Foreign node("REVERSE_V2");
  const auto y = node.x(DType::S16, {2, 3, 4}).list({0, -1}).run();
  ASSERT_TRUE(y) << y.error().message;
  EXPECT_EQ((*y)[0], moved(node.x_bytes(), {2, 3, 4}, {2, 3, 4}, 2, [](const Shape& i) {
              return Shape{1 - i[0], i[1], 3 - i[2]};
            }));
  EXPECT_FALSE(Foreign("REVERSE_V2").x(DType::S16, {2, 3}).list({0, -2}).run());
}

TEST(BroadcastTo, RepeatsWhereTheInputHasOneElementAndFillIsItOfAScalar) {
  Foreign node("BROADCAST_TO");
  const auto y = node.x(DType::S64, {3, 1, 2}).list({2, 3, 4, 2}).run();
  ASSERT_TRUE(y) << y.error().message;
  EXPECT_EQ((*y)[0], moved(node.x_bytes(), {3, 1, 2}, {2, 3, 4, 2}, 8, [](const Shape& i) {
              return Shape{i[1], 0, i[3]};
            }));
  EXPECT_FALSE(Foreign("BROADCAST_TO").x(DType::S64, {3}).list({2}).run());
  EXPECT_FALSE(Foreign("BROADCAST_TO").x(DType::S64, {1, 3}).list({3}).run());
  Foreign fill("FILL");
  const auto filled = fill.list({2, 3}, DType::S64).x(DType::S32, {}).run();
  ASSERT_TRUE(filled) << filled.error().message;
  EXPECT_EQ(fill.out_shape(), (Shape{2, 3}));
  EXPECT_EQ((*filled)[0], moved(fill.x_bytes(1), {}, {2, 3}, 4, [](const Shape&) { return Shape{}; }));
}

TEST(Tile, LaysCopiesSideBySide) {
  Random random(8);
  for (int run = 0; run < 100; ++run) {
    const DType dtype = random.pick(every_type());
    const Shape shape = random_shape(random, 5);
    List multiples;
    for (std::size_t d = 0; d < shape.size(); ++d) multiples.push_back(random.between(1, 3));
    Foreign node("TILE");
    const auto y = node.x(dtype, shape).list(multiples).run();
    ASSERT_TRUE(y) << y.error().message;
    EXPECT_EQ((*y)[0],
              moved(node.x_bytes(), shape, node.out_shape(), bytes_of(dtype), [&](const Shape& index) {
                Shape from = index;
                for (std::size_t d = 0; d < from.size(); ++d) from[d] %= shape[d];
                return from;
              }));
  }
}

TEST(SpaceToDepth, GathersBlocksAndDepthToSpaceSpreadsThem) {
  for (const DType dtype : every_type()) {
    Foreign node("SPACE_TO_DEPTH", {{"block_size", std::int64_t{2}}});
    const auto y = node.x(dtype, {2, 4, 6, 3}).run();
    ASSERT_TRUE(y) << y.error().message;
    ASSERT_EQ(node.out_shape(), (Shape{2, 2, 3, 12}));
    EXPECT_EQ((*y)[0],
              moved(node.x_bytes(), {2, 4, 6, 3}, {2, 2, 3, 12}, bytes_of(dtype), [](const Shape& i) {
                return Shape{i[0], 2 * i[1] + i[3] / 6, 2 * i[2] + i[3] / 3 % 2, i[3] % 3};
              }));
    Foreign back("DEPTH_TO_SPACE", {{"block_size", std::int64_t{2}}});
    const auto x = back.input(node.graph.tensor(node.node.outputs[0])).run();
    ASSERT_TRUE(x) << x.error().message;
    EXPECT_EQ((*x)[0], node.x_bytes());
  }
  EXPECT_FALSE(Foreign("SPACE_TO_DEPTH", {{"block_size", std::int64_t{2}}}).x(DType::S8, {1, 3, 4, 1}).run());
  EXPECT_FALSE(Foreign("DEPTH_TO_SPACE", {{"block_size", std::int64_t{2}}}).x(DType::S8, {1, 3, 4, 3}).run());
}

TEST(SpaceToBatch, MakesBatchesOfPositionsAndBatchToSpacePutsThemBack) {
  Random random(9);
  for (int run = 0; run < 200; ++run) {
    const DType dtype = random.pick(every_type());
    const bool plane = run % 2 == 0, padded = run % 3 != 0;
    Shape shape = {random.pick<std::int32_t>({1, 2}), 0, 0, random.pick<std::int32_t>({1, 3})};
    List block, paddings;
    for (std::size_t d = 1; d <= 2; ++d) {
      const std::int64_t b = random.between(1, 3), small = random.between(1, 4);
      const std::int64_t before = padded ? random.between(0, std::min<std::int64_t>(4, b * small - 1)) : 0;
      const std::int64_t after =
          padded ? random.between(0, std::min<std::int64_t>(2, b * small - 1 - before)) : 0;
      shape[d] = static_cast<std::int32_t>(b * small - before - after);
      if (d == 2 && !plane) continue;
      block.push_back(b);
      paddings.insert(paddings.end(), {before, after});
    }
    Foreign node("SPACE_TO_BATCH_ND");
    node.x(dtype, shape, static_cast<std::uint64_t>(run)).list(block).list(paddings);
    Bytes border(bytes_of(dtype), 0);
    if (dtype == DType::S8) {
      node.graph.tensor(node.node.outputs[0]).quant = {{0.1f}, {5}, 0};
      border = {5};
    }
    const auto y = node.run();
    ASSERT_TRUE(y) << y.error().message;
    const auto bh = static_cast<std::int32_t>(block[0]), bw = plane ? static_cast<std::int32_t>(block[1]) : 1;
    EXPECT_EQ((*y)[0], moved(
                           node.x_bytes(), shape, node.out_shape(), bytes_of(dtype),
                           [&](const Shape& i) {
                             const std::int32_t shift = i[0] / shape[0];
                             Shape from = {i[0] % shape[0],
                                           i[1] * bh + shift / bw - static_cast<std::int32_t>(paddings[0]),
                                           i[2] * bw + shift % bw, i[3]};
                             if (plane) from[2] -= static_cast<std::int32_t>(paddings[2]);
                             const bool inside =
                                 from[1] >= 0 && from[1] < shape[1] && from[2] >= 0 && from[2] < shape[2];
                             return inside ? from : Shape{};
                           },
                           border));
    Foreign back("BATCH_TO_SPACE_ND");
    const auto x = back.input(node.graph.tensor(node.node.outputs[0])).list(block).list(paddings).run();
    ASSERT_TRUE(x) << x.error().message;
    EXPECT_EQ((*x)[0], node.x_bytes());
    EXPECT_EQ(back.out_shape(), shape);
  }
}

Tensor indices_of(const std::vector<std::int32_t>& values, Shape shape) {
  Tensor tensor;
  tensor.type = {DType::S32, std::move(shape)};
  tensor.constant = to_constant(values);
  return tensor;
}

TEST(Gather, TakesSlicesAlongAnAxisWithSharedBatches) {
  Foreign plain("GATHER", {{"axis", std::int64_t{1}}});
  const auto y = plain.x(DType::S16, {2, 4, 3}).input(indices_of({3, 0, 0, 2}, {2, 2})).run();
  ASSERT_TRUE(y) << y.error().message;
  ASSERT_EQ(plain.out_shape(), (Shape{2, 2, 2, 3}));
  const std::int32_t at[] = {3, 0, 0, 2};
  EXPECT_EQ((*y)[0], moved(plain.x_bytes(), {2, 4, 3}, {2, 2, 2, 3}, 2, [&](const Shape& i) {
              return Shape{i[0], at[2 * i[1] + i[2]], i[3]};
            }));
  Foreign batched("GATHER", {{"axis", std::int64_t{2}}, {"batch_dims", std::int64_t{1}}});
  const auto z = batched.x(DType::F32, {2, 3, 4}).input(indices_of({3, 0, 1, 2}, {2, 2})).run();
  ASSERT_TRUE(z) << z.error().message;
  const std::int32_t own[] = {3, 0, 1, 2};
  ASSERT_EQ(batched.out_shape(), (Shape{2, 3, 2}));
  EXPECT_EQ((*z)[0], moved(batched.x_bytes(), {2, 3, 4}, {2, 3, 2}, 4, [&](const Shape& i) {
              return Shape{i[0], i[1], own[2 * i[0] + i[2]]};
            }));
}

TEST(Gather, RefusesConstantIndicesThatDoNotExist) {
  EXPECT_FALSE(Foreign("GATHER").x(DType::S8, {4}).input(indices_of({4}, {1})).run());
  EXPECT_FALSE(Foreign("GATHER").x(DType::S8, {4}).input(indices_of({-1}, {1})).run());
  EXPECT_FALSE(Foreign("GATHER_ND").x(DType::S8, {4, 2}).input(indices_of({3, 2}, {1, 2})).run());
}

TEST(GatherNd, TakesSlicesByIndicesInSeveralDimensions) {
  Foreign node("GATHER_ND");
  const auto y = node.x(DType::S8, {3, 4, 5}).input(indices_of({2, 3, 0, 1}, {2, 2})).run();
  ASSERT_TRUE(y) << y.error().message;
  ASSERT_EQ(node.out_shape(), (Shape{2, 5}));
  EXPECT_EQ((*y)[0], moved(node.x_bytes(), {3, 4, 5}, {2, 5}, 1, [](const Shape& i) {
              return i[0] == 0 ? Shape{2, 3, i[1]} : Shape{0, 1, i[1]};
            }));
}

TEST(EmbeddingLookup, OfAnInt8TableGivesFloats) {
  Foreign node("EMBEDDING_LOOKUP");
  node.input(indices_of({2, 0}, {2})).x(DType::S8, {3, 2});
  node.graph.tensor(node.node.inputs[1]).quant = {{0.25f}, {0}, 0};
  node.graph.tensor(node.node.outputs[0]).type.dtype = DType::F32;
  const auto y = node.run();
  ASSERT_TRUE(y) << y.error().message;
  const auto q = [&](std::size_t i) {
    return 0.25f * static_cast<float>(static_cast<std::int8_t>(node.x_bytes(1)[i]));
  };
  EXPECT_EQ(floats((*y)[0]), (std::vector<float>{q(4), q(5), q(0), q(1)}));
}

TEST(DynamicUpdateSlice, PutsTheSliceWhereItFits) {
  for (const DType type : {DType::S32, DType::S64}) {
    for (const List& start : {List{1, 0, 2}, List{-9, 5, 1}, List{0, 0, 100}}) {
      Foreign node("DYNAMIC_UPDATE_SLICE");
      const auto y = node.x(DType::S16, {3, 2, 4}, 1).x(DType::S16, {2, 1, 3}, 2).list(start, type).run();
      ASSERT_TRUE(y) << y.error().message;
      Bytes wanted = node.x_bytes(0);
      const List first = {std::clamp<std::int64_t>(start[0], 0, 1), std::clamp<std::int64_t>(start[1], 0, 1),
                          std::clamp<std::int64_t>(start[2], 0, 1)};
      each_index({2, 1, 3}, [&](const Shape& i) {
        Shape to = i;
        for (std::size_t d = 0; d < 3; ++d) to[d] += static_cast<std::int32_t>(first[d]);
        for (std::size_t b = 0; b < 2; ++b)
          wanted[flat({3, 2, 4}, to) * 2 + b] = node.x_bytes(1)[flat({2, 1, 3}, i) * 2 + b];
      });
      EXPECT_EQ((*y)[0], wanted);
    }
  }
}

template <class T>
std::vector<T> values(const Bytes& bytes) {
  std::vector<T> out(bytes.size() / sizeof(T));
  std::memcpy(out.data(), bytes.data(), bytes.size());
  return out;
}

TEST(Known, ShapesAndRangesBecomeConstantsWhenRead) {
  Foreign shape("SHAPE"), rank("RANK"), zeros("ZEROS_LIKE"), args("BROADCAST_ARGS"), range("RANGE"),
      where("WHERE");
  Tensor computed;
  computed.type = {DType::S8, {2, 3}};
  EXPECT_EQ(values<std::int32_t>((*shape.input(computed).run())[0]), (std::vector<std::int32_t>{2, 3}));
  EXPECT_EQ(values<std::int32_t>((*rank.input(computed).run())[0]), (std::vector<std::int32_t>{2}));
  EXPECT_EQ((*zeros.input(computed).run())[0], Bytes(6, 0));
  EXPECT_EQ(values<std::int32_t>((*args.list({3, 1}).list({5, 1, 4}).run())[0]),
            (std::vector<std::int32_t>{5, 3, 4}));
  EXPECT_EQ(values<std::int32_t>((*range.list({7}).list({0}).list({-3}).run())[0]),
            (std::vector<std::int32_t>{7, 4, 1}));
  EXPECT_EQ(values<std::int64_t>((*where.input(indices_of({0, 5, 7, 0}, {2, 2})).run())[0]),
            (List{0, 1, 1, 0}));
  EXPECT_FALSE(Foreign("BROADCAST_ARGS").list({3}).list({2}).run());
  EXPECT_FALSE(Foreign("RANGE").list({0}).list({5}).list({0}).run());
  const auto unknown = Foreign("WHERE").input(computed).run();
  ASSERT_FALSE(unknown);
  EXPECT_FALSE(unknown.error().hint.empty());
}

Foreign resize(const char* op, DType dtype, const Shape& x, const List& size, bool corners, bool half) {
  Foreign node(op, {{"align_corners", std::int64_t{corners}}, {"half_pixel_centers", std::int64_t{half}}});
  node.x(dtype, x).list(size);
  return node;
}

TEST(ResizeNearestNeighbor, TakesThePixelThatTheFormulaNames) {
  Random random(10);
  for (int run = 0; run < 200; ++run) {
    const DType dtype = random.pick(every_type());
    const Shape x = {2, random.pick<std::int32_t>({1, 2, 3, 7}), random.pick<std::int32_t>({1, 4, 5}), 3};
    const List size = {random.between(1, 9), random.pick<std::int64_t>({1, 2, 8, 10})};
    const bool corners = run % 2 == 1, half = run % 4 > 1;
    Foreign node = resize("RESIZE_NEAREST_NEIGHBOR", dtype, x, size, corners, half);
    const auto y = node.run();
    ASSERT_TRUE(y) << y.error().message;
    // The extents are so small that float and exact arithmetic agree, but for products like 7 · (1 / 7): float decides.
    const auto from = [&](std::int32_t i, std::int32_t in, std::int64_t out) {
      const float scale = corners && out > 1 ? static_cast<float>(in - 1) / static_cast<float>(out - 1)
                                             : static_cast<float>(in) / static_cast<float>(out);
      const float at = (static_cast<float>(i) + (half ? 0.5f : 0.0f)) * scale;
      return std::min(static_cast<std::int32_t>(corners ? std::lround(at) : std::lrint(std::floor(at))),
                      in - 1);
    };
    EXPECT_EQ((*y)[0], moved(node.x_bytes(), x, node.out_shape(), bytes_of(dtype), [&](const Shape& i) {
                return Shape{i[0], from(i[1], x[1], size[0]), from(i[2], x[2], size[1]), i[3]};
              }));
  }
}

TEST(ResizeBilinear, IsTheWeightedMeanOfFourPixels) {
  Random random(11);
  for (int run = 0; run < 200; ++run) {
    const bool is_float = run % 2 == 0, corners = run % 3 == 1, half = run % 3 == 2;
    const Shape x = {2, random.pick<std::int32_t>({1, 2, 3, 7}), random.pick<std::int32_t>({1, 4, 5}), 2};
    const List size = {random.between(1, 9), random.pick<std::int64_t>({1, 2, 8, 10})};
    Foreign node = resize("RESIZE_BILINEAR", is_float ? DType::F32 : DType::S8, x, size, corners, half);
    const auto y = node.run();
    ASSERT_TRUE(y) << y.error().message;
    const auto value = [&](const Shape& at) {
      const std::size_t i = flat(x, at);
      return is_float ? static_cast<double>(floats(node.x_bytes())[i])
                      : static_cast<double>(static_cast<std::int8_t>(node.x_bytes()[i]));
    };
    const auto position = [&](std::int32_t i, std::int32_t in, std::int64_t out) {
      const double scale = corners && out > 1 ? static_cast<double>(in - 1) / static_cast<double>(out - 1)
                                              : static_cast<double>(in) / static_cast<double>(out);
      return std::clamp(half ? (i + 0.5) * scale - 0.5 : i * scale, 0.0, static_cast<double>(in - 1));
    };
    std::size_t n = 0;
    each_index(node.out_shape(), [&](const Shape& i) {
      const double v = position(i[1], x[1], size[0]), u = position(i[2], x[2], size[1]);
      const auto top = static_cast<std::int32_t>(v), left = static_cast<std::int32_t>(u);
      const std::int32_t bottom = std::min(top + 1, x[1] - 1), right = std::min(left + 1, x[2] - 1);
      const double down = v - top, across = u - left;
      const double wanted = (1 - down) * ((1 - across) * value({i[0], top, left, i[3]}) +
                                          across * value({i[0], top, right, i[3]})) +
                            down * ((1 - across) * value({i[0], bottom, left, i[3]}) +
                                    across * value({i[0], bottom, right, i[3]}));
      if (is_float)
        EXPECT_NEAR(floats((*y)[0])[n], wanted, 1e-5);
      else  // the fixed point of the position is off by up to 1/2048 an output pixel
        EXPECT_NEAR(static_cast<std::int8_t>((*y)[0][n]), wanted, 0.5 + 255 * 20.0 / 2048);
      ++n;
    });
  }
}

TEST(ResizeBilinear, RoundsHalvesAwayFromZeroAndRefusesContradictions) {
  Foreign node("RESIZE_BILINEAR");
  Tensor x;
  x.type = {DType::S8, {1, 1, 2, 2}};
  x.constant = std::make_shared<const Bytes>(Bytes{1, 0xff, 2, 0xfe});
  const auto y = node.input(x).list({1, 4}).run();
  ASSERT_TRUE(y) << y.error().message;
  EXPECT_EQ((*y)[0], (Bytes{1, 0xff, 2, 0xfe, 2, 0xfe, 2, 0xfe}));
  EXPECT_FALSE(resize("RESIZE_BILINEAR", DType::S8, {1, 2, 2, 1}, {4, 4}, true, true).run());
  EXPECT_FALSE(resize("RESIZE_BILINEAR", DType::S32, {1, 2, 2, 1}, {4, 4}, false, false).run());
}

TEST(Moves, WhatIsWrittenAgainReadsAsTheSame) {
  std::vector<Foreign> nodes;
  const auto add = [&](Foreign& node) { nodes.push_back(node); };
  add(Foreign("TRANSPOSE").x(DType::S8, {2, 3}).list({1, 0}));
  add(Foreign("PAD").x(DType::S8, {2, 3}).list({1, 0, 0, 2}));
  add(Foreign("PADV2").x(DType::F32, {2, 3}).list({1, 0, 0, 2}).x(DType::F32, {}));
  add(Foreign("MIRROR_PAD", {{"mode", std::string("SYMMETRIC")}}).x(DType::S8, {2, 3}).list({1, 0, 0, 2}));
  add(Foreign("STRIDED_SLICE").x(DType::S16, {5, 6}).list({4, 1}).list({-6, 6}).list({-2, 2}));
  add(Foreign("SLICE").x(DType::S16, {5, 6}).list({4, 1}).list({1, -1}));
  add(Foreign("SPLIT", {}, 2).list({1}).x(DType::S8, {5, 6}));
  add(Foreign("SPLIT_V", {}, 2).x(DType::S8, {5, 6}).list({2, 3}).list({0}));
  add(Foreign("UNPACK", {{"axis", std::int64_t{1}}}, 3).x(DType::S8, {2, 3}));
  add(Foreign("PACK", {{"axis", std::int64_t{-1}}}).x(DType::S8, {2, 3}).x(DType::S8, {2, 3}));
  add(Foreign("SQUEEZE").x(DType::S8, {2, 1, 3}));
  add(Foreign("REVERSE_V2").x(DType::S8, {2, 3}).list({1}));
  add(Foreign("BROADCAST_TO").x(DType::S8, {3}).list({2, 3}));
  add(Foreign("TILE").x(DType::S8, {3}).list({2}));
  add(Foreign("SPACE_TO_DEPTH", {{"block_size", std::int64_t{2}}}).x(DType::S8, {1, 2, 2, 1}));
  add(Foreign("DEPTH_TO_SPACE", {{"block_size", std::int64_t{2}}}).x(DType::S8, {1, 2, 2, 4}));
  add(Foreign("SPACE_TO_BATCH_ND").x(DType::S8, {1, 3, 2, 1}).list({2, 2}).list({1, 0, 0, 0}));
  add(Foreign("BATCH_TO_SPACE_ND").x(DType::S8, {4, 2, 1, 1}).list({2, 2}).list({1, 0, 0, 0}));
  add(Foreign("GATHER", {{"axis", std::int64_t{1}}}).x(DType::S8, {2, 3}).input(indices_of({2, 0}, {2})));
  add(Foreign("GATHER_ND").x(DType::S8, {2, 3}).input(indices_of({1}, {1, 1})));
  add(Foreign("DYNAMIC_UPDATE_SLICE").x(DType::S8, {2, 3}).x(DType::S8, {1, 1}).list({1, 1}));
  Foreign nearest = resize("RESIZE_NEAREST_NEIGHBOR", DType::S8, {1, 2, 3, 1}, {4, 4}, false, true);
  Foreign bilinear = resize("RESIZE_BILINEAR", DType::S8, {1, 2, 3, 1}, {4, 4}, true, false);
  add(nearest);
  add(bilinear);
  for (Foreign& node : nodes) {
    SCOPED_TRACE(node.node.op);
    const auto y = node.run();
    ASSERT_TRUE(y) << y.error().message;
    ASSERT_EQ(node.graph.nodes.size(), 1u);
    Foreign again(node.node.op, {}, node.node.outputs.size());
    Graph& graph = node.graph;
    const auto written = op_of(graph.nodes[0]).formats[0].write(NodeRef{graph, graph.nodes[0]}, graph);
    ASSERT_TRUE(written) << written.error().message;
    again.node = *written;
    again.node.name = "again";
    again.graph = graph;
    again.graph.nodes.clear();
    const auto z = again.run();
    ASSERT_TRUE(z) << z.error().message;
    EXPECT_EQ(*z, *y);
    EXPECT_EQ(again.graph.nodes[0].attributes, graph.nodes[0].attributes);
  }
}

}  // namespace
}  // namespace mote::test
