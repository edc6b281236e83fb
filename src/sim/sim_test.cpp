// The simulator: same inputs, same bytes; every tensor is shown when it is whole; real values and bytes at the edges.
#include "sim/sim.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <map>

#include "support/random_network.h"

namespace mote {
namespace {
using testing::Network;
using testing::random_case;
using testing::random_network;

using ByteSpan = std::span<const std::uint8_t>;

std::vector<ByteSpan> spans(const std::vector<Bytes>& inputs) { return {inputs.begin(), inputs.end()}; }

std::vector<float> floats(ByteSpan bytes) {
  std::vector<float> values(bytes.size() / 4);
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}
Bytes bytes(const std::vector<float>& values) {
  const auto* first = reinterpret_cast<const std::uint8_t*>(values.data());
  return Bytes(first, first + values.size() * 4);
}

Sim made(const Module& module) {
  auto sim = Sim::make(module);
  EXPECT_TRUE(sim) << sim.error().message;
  return std::move(*sim);
}

TEST(Sim, SameInputsSameBytesHoweverOftenAndInAnyCopy) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Module module = random_network(seed, 10);
    Sim sim = made(module);
    const std::vector<Bytes> inputs = random_case(module, 1), others = random_case(module, 2);
    sim.invoke(spans(inputs));
    const Bytes first(sim.output(0).begin(), sim.output(0).end());
    sim.invoke(spans(others));
    Sim copy = sim;
    copy.invoke(spans(inputs));
    EXPECT_EQ(Bytes(copy.output(0).begin(), copy.output(0).end()), first);
    sim.reset();
    sim.invoke(spans(inputs));
    EXPECT_EQ(Bytes(sim.output(0).begin(), sim.output(0).end()), first);
  }
}

TEST(Sim, ShowsInputsThenEveryTensorOnceInTheOrderOfTheLayers) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Module module = random_network(seed, 10);
    Sim sim = made(module);
    std::vector<TensorId> order;
    std::map<TensorId, Bytes> seen;
    sim.invoke(spans(random_case(module, seed)), [&](TensorId id, ByteSpan content) {
      order.push_back(id);
      EXPECT_TRUE(seen.emplace(id, Bytes(content.begin(), content.end())).second) << "twice: " << id;
      EXPECT_EQ(content.size(), module.main().tensor(id).type.bytes());
    });
    ASSERT_FALSE(order.empty());
    EXPECT_EQ(order.front(), module.main().inputs[0].tensor);
    for (const Node& node : module.main().nodes) {
      const bool of_the_input = op_of(node).view && seen.count(node.outputs[0]) == 0;  // a view of an input
      if (!of_the_input) {
        EXPECT_EQ(seen.count(node.outputs[0]), 1u) << node.name;
      }
    }
    const TensorId out = module.main().outputs[0];
    EXPECT_EQ(seen[out], Bytes(sim.output(0).begin(), sim.output(0).end()));
  }
}

TEST(Sim, ConcatenationPutsElementsSideBySideAlongEachAxis) {
  for (const std::int64_t axis : {0, 1, 2, 3, -1}) {
    Network net;
    const TensorId x = net.input("x", {1, 2, 2, 2});
    const TensorId y = net.input("y", {1, 2, 2, 2});
    const Module module = net.finish({net.layer("concatenation", "both", {x, y}, {{"axis", axis}})});
    Sim sim = made(module);
    const Bytes a = bytes({0, 1, 2, 3, 4, 5, 6, 7}), b = bytes({10, 11, 12, 13, 14, 15, 16, 17});
    const std::vector<ByteSpan> inputs = {a, b};
    sim.invoke(inputs);
    const std::vector<float> got = floats(sim.output(0));
    const std::size_t block = axis == 0 || axis == 1 ? 8 : axis == 2 ? 4 : 2;  // elements from one input
    ASSERT_EQ(got.size(), 16u);
    for (std::size_t i = 0; i < 16; ++i) {
      const std::size_t which = i / block % 2, element = i / (2 * block) * block + i % block;
      EXPECT_EQ(got[i], static_cast<float>(which * 10 + element)) << "axis " << axis << ", element " << i;
    }
  }
}

TEST(Sim, RefusesWhatIsNotDeployable) {
  Module module = random_network(1, 4);
  module.main().outputs = {99};
  EXPECT_FALSE(Sim::make(module));
}

// ---- real values and bytes

Tensor s8(float scale, std::int32_t zero_point, std::int32_t count) {
  Tensor t;
  t.name = "t";
  t.type = {DType::S8, {count}};
  t.quant = {{scale}, {zero_point}, 0};
  return t;
}

int quantized(float value, float scale, std::int32_t zero_point) {
  const std::vector<float> values = {value};
  return static_cast<std::int8_t>(to_tensor_bytes(s8(scale, zero_point, 1), values)[0]);
}

TEST(ToTensorBytes, RoundsHalvesAwayFromZero) {
  const std::pair<float, int> cases[] = {{0.5f, 1},        {-0.5f, -1},       {1.5f, 2},
                                         {-1.5f, -2},      {2.5f, 3},         {-2.5f, -3},
                                         {0.49999997f, 0}, {-0.49999997f, 0}, {-0.0f, 0}};
  for (const auto& [value, expected] : cases) EXPECT_EQ(quantized(value, 1.0f, 0), expected) << value;
  EXPECT_EQ(quantized(0.25f, 0.5f, 10), 11);  // round before the zero point is added
  EXPECT_EQ(quantized(-0.25f, 0.5f, 10), 9);
}

TEST(ToTensorBytes, SaturatesAtBothEndsAlsoForInfinities) {
  constexpr float inf = std::numeric_limits<float>::infinity();
  for (const std::int32_t zero : {-128, 0, 127}) {
    for (const float scale : {1e-30f, 0.1f, 1e30f}) {
      EXPECT_EQ(quantized(inf, scale, zero), 127);
      EXPECT_EQ(quantized(-inf, scale, zero), -128);
    }
    EXPECT_EQ(quantized(3e38f, 1e-3f, zero), 127);
    EXPECT_EQ(quantized(-3e38f, 1e-3f, zero), -128);
    EXPECT_EQ(quantized(2147483648.0f, 1.0f, zero), 127);
    EXPECT_EQ(quantized(-2147483648.0f, 1.0f, zero), -128);
  }
  EXPECT_EQ(quantized(127.49f, 1.0f, 0), 127);
  EXPECT_EQ(quantized(-129, 1.0f, 0), -128);
}

TEST(ToTensorBytes, NotANumberBecomesTheZeroPoint) {
  for (const std::int32_t zero : {-128, -3, 127}) {
    EXPECT_EQ(quantized(std::numeric_limits<float>::quiet_NaN(), 0.1f, zero), zero);
    EXPECT_EQ(quantized(-std::numeric_limits<float>::quiet_NaN(), 0.1f, zero), zero);
  }
}

TEST(ToReals, EveryByteSurvivesTheWayThereAndBack) {
  for (const float scale : {0.00390625f, 0.1f, 3.7f, 1e-20f, 1e20f}) {
    for (const std::int32_t zero : {-128, -1, 0, 83, 127}) {
      const Tensor tensor = s8(scale, zero, 256);
      Bytes all(256);
      for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::uint8_t>(i);
      const std::vector<float> reals = to_reals(tensor, all);
      EXPECT_EQ(reals[static_cast<std::uint8_t>(zero)], 0.0f);
      EXPECT_EQ(to_tensor_bytes(tensor, reals), all) << scale << " " << zero;
    }
  }
}

TEST(ToReals, FloatTensorsKeepTheirBits) {
  Tensor tensor;
  tensor.type = {DType::F32, {4}};
  const std::vector<float> values = {-0.0f, 1e-40f, std::numeric_limits<float>::quiet_NaN(), 3e38f};
  const Bytes as_bytes = to_tensor_bytes(tensor, values);
  EXPECT_EQ(as_bytes, bytes(values));
  EXPECT_EQ(bytes(to_reals(tensor, as_bytes)), as_bytes);
}

}  // namespace
}  // namespace mote
