// The planner: sharing memory saves bytes and never changes an answer.
#include "plan/plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <map>

#include "support/random_network.h"
#include "targets/target.h"

namespace mote {
namespace {
using testing::Network;
using testing::random_case;
using testing::random_network;

Target target(const char* name) {
  auto found = find_target(name);
  EXPECT_TRUE(found) << found.error().message;
  return *found;
}

Plan planned(const Module& module, const PlanOptions& options = {}, const char* name = "cortex-m4") {
  auto plan = make_plan(module, target(name), options);
  EXPECT_TRUE(plan) << plan.error().message;
  return std::move(*plan);
}

const Buffer& buffer(const Plan& plan, const std::string& name) {
  for (const Buffer& b : plan.memory.buffers) {
    if (b.name == name) return b;
  }
  ADD_FAILURE() << "no buffer '" << name << "'";
  return plan.memory.buffers.front();
}

using Regions = std::vector<std::vector<std::uint64_t>>;

std::uint8_t* place_of(Regions& regions, const Address& at, std::int32_t pass = 0) {
  return reinterpret_cast<std::uint8_t*>(regions[static_cast<std::size_t>(at.region)].data()) + at.offset +
         at.step * pass;
}

void run(const std::vector<Step>& steps, Regions& regions, std::int32_t pass) {
  for (const Step& step : steps) {
    if (const auto* loop = std::get_if<Loop>(&step.what)) {
      for (std::int32_t i = 0; i < loop->n; ++i) run(loop->body, regions, i);
      continue;
    }
    const Call& call = std::get<Call>(step.what);
    std::vector<void*> buffers;
    for (std::size_t a = 0; a < call.packed.args.size(); ++a) {
      void* at = call.at[a] ? place_of(regions, *call.at[a], pass) : nullptr;
      const auto* rom = std::get_if<Arg::Rom>(&call.packed.args[a].what);
      if (rom != nullptr && rom->constant != nullptr)
        at = const_cast<std::uint8_t*>(rom->constant->bytes.data());
      buffers.push_back(at);
    }
    call.variant->run(call.packed, buffers);
  }
}

/// Follows the plan step by step in an arena full of `fill`.  Gives inputs after the last step, then outputs.
std::vector<Bytes> execute(const Module& module, const Plan& plan, const std::vector<Bytes>& inputs,
                           std::uint8_t fill) {
  Regions regions;
  for (const Region& region : plan.memory.regions) {
    regions.emplace_back(region.bytes / 8);
    std::memset(regions.back().data(), fill, region.bytes);
  }
  for (std::size_t i = 0; i < inputs.size(); ++i)
    std::memcpy(place_of(regions, plan.inputs[i].at), inputs[i].data(), inputs[i].size());
  run(plan.steps, regions, 0);
  std::vector<Bytes> out;
  for (const auto* ends : {&plan.inputs, &plan.outputs}) {
    for (const Endpoint& end : *ends) {
      const std::uint8_t* at = place_of(regions, end.at);
      out.emplace_back(at, at + module.main().tensor(end.tensor).type.bytes());
    }
  }
  return out;
}

// x → relu a → relu b → add(a, b): a is still needed after b is made.
Module diamond() {
  Network net;
  const TensorId x = net.input("x", {1, 4, 4, 2});
  const TensorId a = net.layer("relu", "a", {x});
  const TensorId b = net.layer("relu6", "b", {a});
  return net.finish({net.layer("add", "sum", {a, b})});
}

TEST(Planner, SharingNeverChangesAnAnswer) {
  std::size_t shared = 0, apart = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const Module module = random_network(seed, 12);
    const auto reference = make_reference_plan(module);
    ASSERT_TRUE(reference) << reference.error().message;
    const std::vector<Bytes> inputs = random_case(module, seed);
    const std::vector<Bytes> expected = execute(module, *reference, inputs, 0);
    for (const bool fuse : {true, false}) {
      for (const bool keep : {true, false}) {
        PlanOptions options;
        options.fuse = fuse;
        options.keep_input = keep;
        const Plan plan = planned(module, options);
        (fuse ? shared : apart) += plan.memory.regions[0].bytes;
        for (const std::uint8_t fill : {0, 0xff, 0x41}) {
          const std::vector<Bytes> got = execute(module, plan, inputs, fill);
          ASSERT_EQ(got[1], expected[1]) << "seed " << seed << ", fuse " << fuse << "\n" << to_text(module);
          if (keep) {
            ASSERT_EQ(got[0], inputs[0]) << "seed " << seed;
          }
        }
      }
    }
  }
  EXPECT_LT(shared, apart);
}

TEST(Planner, RowsAtATimeNeverChangeAnAnswerAndNeedLess) {
  std::size_t loops = 0, in_rows = 0, whole = 0;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    const Module module =
        testing::random_image_network(seed, 3 + static_cast<int>(seed % 6), 12 + static_cast<int>(seed % 24));
    const auto reference = make_reference_plan(module);
    ASSERT_TRUE(reference) << reference.error().message;
    const std::vector<Bytes> inputs = random_case(module, seed);
    const std::vector<Bytes> expected = execute(module, *reference, inputs, 0);
    PlanOptions options;
    whole += planned(module, options).memory.regions[0].bytes;
    options.optimize = PlanOptions::Optimize::Ram;
    options.keep_input = seed % 3 == 0;
    const Plan plan = planned(module, options);
    in_rows += plan.memory.regions[0].bytes;
    loops +=
        static_cast<std::size_t>(std::count_if(plan.steps.begin(), plan.steps.end(), [](const Step& step) {
          return std::holds_alternative<Loop>(step.what);
        }));
    EXPECT_EQ(plan.memory.nodes.size(), plan.memory.alive.size());
    EXPECT_EQ(plan.identity, reference->identity);
    for (const std::uint8_t fill : {0, 0xff, 0x41}) {
      const std::vector<Bytes> got = execute(module, plan, inputs, fill);
      ASSERT_EQ(got[1], expected[1]) << "seed " << seed << "\n" << to_text(module);
      if (options.keep_input) {
        ASSERT_EQ(got[0], inputs[0]) << "seed " << seed;
      }
    }
  }
  EXPECT_GT(loops, 50u);
  EXPECT_LT(in_rows, whole * 9 / 10);
}

TEST(Planner, SeveralMemoriesNeverChangeAnAnswerAndTheFirstTakesWhatIsUsedMost) {
  int spread = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const Module module = random_network(seed, 12);
    const auto reference = make_reference_plan(module);
    ASSERT_TRUE(reference) << reference.error().message;
    const std::vector<Bytes> inputs = random_case(module, seed);
    const std::vector<Bytes> expected = execute(module, *reference, inputs, 0);
    PlanOptions options;
    options.optimize = seed % 2 == 0 ? PlanOptions::Optimize::Ram : PlanOptions::Optimize::Speed;
    const std::size_t together = planned(module, options).memory.regions[0].bytes;
    options.memories = {{"fast", together / 16 * 8}, {"slow", together}};
    const Plan plan = planned(module, options);
    for (const Region& region : plan.memory.regions) {
      EXPECT_GT(region.bytes, 0u);
      EXPECT_LE(region.bytes, options.memories[region.name == "fast" ? 0 : 1].bytes);
    }
    if (plan.memory.regions.size() == 2) ++spread;
    options.memories = {{"fast", together}, {"slow", 64}};  // then the first one has room for all
    const Plan alone = planned(module, options);
    ASSERT_EQ(alone.memory.regions.size(), 1u);
    EXPECT_EQ(alone.memory.regions[0].bytes, together);
    for (const std::uint8_t fill : {0, 0xff, 0x41})
      ASSERT_EQ(execute(module, plan, inputs, fill)[1], expected[1]) << "seed " << seed;
  }
  EXPECT_GT(spread, 40);
}

TEST(Planner, SaysWhichMemoryHasNoRoom) {
  PlanOptions options;
  options.memories = {{"dtcm", 128}, {"sram", 256}};
  const auto plan = make_plan(diamond(), target("cortex-m7"), options);
  EXPECT_TRUE(plan);  // 4×4×2 floats are 128 bytes
  options.memories = {{"dtcm", 128}, {"sram", 96}};
  const auto refused = make_plan(diamond(), target("cortex-m7"), options);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("has no room: dtcm"), std::string::npos) << refused.error().message;
}

TEST(Planner, BuffersAliveTogetherNeverOverlap) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const Module module = random_network(seed, 12);
    for (const bool fuse : {true, false}) {
      PlanOptions options;
      options.fuse = fuse;
      const Plan plan = planned(module, options);
      const auto& buffers = plan.memory.buffers;
      EXPECT_LE(plan.memory.lower_bound, plan.memory.regions[0].bytes);
      for (std::size_t i = 0; i < buffers.size(); ++i) {
        const Buffer& a = buffers[i];
        EXPECT_EQ(a.at.offset % 4, 0);
        ASSERT_LE(static_cast<std::size_t>(a.at.offset) + a.bytes, plan.memory.regions[0].bytes);
        if (a.within >= 0) {
          EXPECT_EQ(a.at.offset, buffers[static_cast<std::size_t>(a.within)].at.offset);
          EXPECT_LE(a.bytes, buffers[static_cast<std::size_t>(a.within)].bytes);
          continue;
        }
        for (std::size_t j = 0; j < i; ++j) {
          const Buffer& b = buffers[j];
          if (b.within >= 0 || a.first > b.last || b.first > a.last) continue;
          const bool one_over_other =
              std::any_of(plan.memory.overlaps.begin(), plan.memory.overlaps.end(), [&](const auto& overlap) {
                return overlap == std::pair(i, j) ||
                       overlap == std::pair(j, i);  // arena_test.cpp holds these
              });
          if (one_over_other) continue;
          const auto a_begin = static_cast<std::size_t>(a.at.offset),
                     b_begin = static_cast<std::size_t>(b.at.offset);
          ASSERT_TRUE(a_begin + a.bytes <= b_begin || b_begin + b.bytes <= a_begin)
              << a.name << " and " << b.name;
        }
      }
    }
  }
}

TEST(Planner, AViewSharesItsTensorsPlaceAndKeepsItAlive) {
  Network net;
  const TensorId x = net.input("x", {1, 2, 2, 3});
  const TensorId flat = net.layer("reshape", "flat", {x}, {{"shape", std::vector<std::int64_t>{1, 12}}});
  const TensorId other = net.layer("relu", "other", {x});
  const TensorId second =
      net.layer("reshape", "second", {other}, {{"shape", std::vector<std::int64_t>{1, 12}}});
  const Module module = net.finish({net.layer("add", "sum", {flat, second})});
  const Plan plan = planned(module);
  EXPECT_EQ(plan.steps.size(), 2u);  // relu and add: views run no code
  EXPECT_EQ(buffer(plan, "flat").at.offset, buffer(plan, "x").at.offset);
  EXPECT_NE(buffer(plan, "other").at.offset, buffer(plan, "x").at.offset);  // x is needed through `flat`
  const Call& relu = std::get<Call>(plan.steps[0].what);
  EXPECT_EQ(relu.completes, (std::vector<TensorId>{other, second}));  // a view is whole with its tensor
}

TEST(Planner, AnOutputTakesItsInputsPlaceOnlyWhenTheInputDies) {
  const Module module = diamond();
  const Plan plan = planned(module);
  EXPECT_EQ(buffer(plan, "a").at.offset, buffer(plan, "x").at.offset);
  EXPECT_NE(buffer(plan, "b").at.offset, buffer(plan, "a").at.offset);
  EXPECT_EQ(buffer(plan, "sum").at.offset, buffer(plan, "a").at.offset);
  EXPECT_EQ(plan.memory.regions[0].bytes, 2 * 32 * sizeof(float));
}

// x → relu a → relu6 b, x is read again: the sum can only lie over b.
TEST(Planner, AnOutputTakesEitherInputsPlace) {
  for (const bool second : {false, true}) {
    Network net;
    const TensorId x = net.input("x", {1, 4, 4, 2});
    const TensorId a = net.layer("relu", "a", {x});
    const TensorId b = net.layer("relu6", "b", {a});
    const TensorId sum = second ? net.layer("add", "sum", {a, b}) : net.layer("add", "sum", {b, a});
    const Module module = net.finish({net.layer("add", "last", {sum, a})});
    const Plan plan = planned(module);
    EXPECT_EQ(buffer(plan, "sum").at.offset, buffer(plan, "b").at.offset);
    EXPECT_EQ(plan.memory.regions[0].bytes, 2 * 32 * sizeof(float));
    EXPECT_TRUE(plan.memory.optimal);
  }
}

TEST(Planner, FusingNeverNeedsMore) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const Module module = random_network(seed, 12);
    PlanOptions apart;
    apart.fuse = false;
    const Plan fused = planned(module), unfused = planned(module, apart);
    EXPECT_LE(fused.memory.regions[0].bytes, unfused.memory.regions[0].bytes) << "seed " << seed;
  }
}

TEST(Planner, RamNeverNeedsMoreThanSpeedAndAnswersTheSame) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    const Module module = random_network(seed, 12);
    PlanOptions ram;
    ram.optimize = PlanOptions::Optimize::Ram;
    const Plan speed = planned(module), least = planned(module, ram);
    EXPECT_LE(least.memory.regions[0].bytes, speed.memory.regions[0].bytes) << "seed " << seed;
    const std::vector<Bytes> inputs = random_case(module, seed);
    EXPECT_EQ(execute(module, least, inputs, 0x41)[1], execute(module, speed, inputs, 0)[1])
        << "seed " << seed;
  }
}

TEST(Planner, AHundredLayersArePlannedAtOnce) {
  const Module module = random_network(7, 100);
  PlanOptions ram;
  ram.optimize = PlanOptions::Optimize::Ram;
  for (const Plan& plan : {planned(module), planned(module, ram)})
    EXPECT_GE(plan.memory.regions[0].bytes, plan.memory.lower_bound);
}

TEST(Planner, NoFuseMaterialisesEveryTensorApart) {
  PlanOptions options;
  options.fuse = false;
  const Module module = diamond();
  const Plan plan = planned(module, options);
  EXPECT_FALSE(plan.fused);
  for (const Buffer& b : plan.memory.buffers) EXPECT_EQ(b.within, -1) << b.name;
  for (const Step& step : plan.steps) {
    const Call& call = std::get<Call>(step.what);
    EXPECT_EQ(call.completes.size(), 1u);
    std::map<std::int64_t, int> places;
    for (const auto& at : call.at) {
      if (at) {
        EXPECT_EQ(places[at->offset]++, 0);
      }
    }
  }
}

TEST(Planner, AllThatALayerAnswersIsThereWhenItEndsReadOrNot) {
  for (const std::size_t read : {0u, 1u, 2u}) {
    Network net;
    const TensorId x = net.input("x", {1, 12});
    const TensorId first = net.layer(
        "split", "parts", {x}, {{"axis", std::int64_t{1}}, {"sizes", std::vector<std::int64_t>{4, 4, 4}}});
    ASSERT_NE(first, kNoTensor);
    const std::vector<TensorId> parts = net.graph().nodes[0].outputs;
    ASSERT_EQ(parts.size(), 3u);
    const Module module = net.finish({net.layer("relu", "y", {parts[read]})});
    const Plan plan = planned(module);
    for (const TensorId a : parts) {
      for (const TensorId b : parts) {
        if (a >= b) continue;
        const Buffer &p = buffer(plan, module.main().tensor(a).name),
                     &q = buffer(plan, module.main().tensor(b).name);
        EXPECT_EQ(p.last >= q.first && q.last >= p.first, true) << "alive together at the layer's end";
        EXPECT_TRUE(p.at.offset + static_cast<std::int64_t>(p.bytes) <= q.at.offset ||
                    q.at.offset + static_cast<std::int64_t>(q.bytes) <= p.at.offset)
            << read << ": " << p.name << " lies over " << q.name;
      }
    }
  }
}

TEST(Planner, KeepInputKeepsItToTheEnd) {
  PlanOptions options;
  options.keep_input = true;
  const Plan plan = planned(diamond(), options);
  EXPECT_EQ(buffer(plan, "x").last, static_cast<int>(plan.steps.size()));
  EXPECT_NE(buffer(plan, "a").at.offset, buffer(plan, "x").at.offset);
}

TEST(Planner, ATensorAddedToItselfMayBeOverwritten) {
  Network net;
  const TensorId x = net.input("x", {1, 3});
  const Module module = net.finish({net.layer("add", "twice", {x, x})});
  const std::vector<Bytes> inputs = random_case(module, 3);
  const auto reference = make_reference_plan(module);
  ASSERT_TRUE(reference);
  EXPECT_EQ(execute(module, planned(module), inputs, 0)[1], execute(module, *reference, inputs, 0)[1]);
}

TEST(Planner, AnOutputInTheMiddleStaysReadableAtTheEnd) {
  Network net;
  const TensorId x = net.input("x", {1, 8});
  const TensorId a = net.layer("relu", "a", {x});
  const TensorId b = net.layer("relu6", "b", {a});
  const Module module = net.finish({a, b, x});
  const Plan plan = planned(module);
  const std::vector<Bytes> inputs = random_case(module, 4);
  const auto reference = make_reference_plan(module);
  ASSERT_TRUE(reference);
  EXPECT_EQ(execute(module, plan, inputs, 0x55), execute(module, *reference, inputs, 0));
}

TEST(Planner, CallsHaveAsManyAddressesAsArguments) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Module module = random_network(seed, 8);
    const Plan plan = planned(module);
    for (const Step& step : plan.steps) {
      const Call& call = std::get<Call>(step.what);
      ASSERT_EQ(call.at.size(), call.packed.args.size());
      for (std::size_t i = 0; i < call.at.size(); ++i)
        EXPECT_EQ(call.at[i].has_value(), !std::holds_alternative<Arg::Rom>(call.packed.args[i].what));
      if (call.variant->scratch != nullptr) {
        EXPECT_TRUE(std::holds_alternative<Arg::Temp>(call.packed.args.back().what));
      }
    }
  }
}

TEST(Planner, StatesLiveThroughEverything) {
  Module module = diamond();
  module.states.push_back({0, "memory", {DType::S8, {100}}, Bytes(100, 7)});
  const Plan plan = planned(module);
  const Buffer& state = buffer(plan, "memory");
  EXPECT_EQ(state.first, -1);
  EXPECT_EQ(state.last, static_cast<int>(plan.steps.size()));
  EXPECT_EQ(plan.memory.regions[0].bytes, 368u);  // 2 · 128 + 100, rounded up to 16
}

TEST(Planner, SamePlanEachTime) {
  const Module module = random_network(9, 12);
  const Plan a = planned(module), b = planned(module);
  ASSERT_EQ(a.memory.buffers.size(), b.memory.buffers.size());
  for (std::size_t i = 0; i < a.memory.buffers.size(); ++i)
    EXPECT_EQ(a.memory.buffers[i].at.offset, b.memory.buffers[i].at.offset);
  for (std::size_t i = 0; i < a.steps.size(); ++i)
    EXPECT_EQ(std::get<Call>(a.steps[i].what).variant, std::get<Call>(b.steps[i].what).variant);
}

TEST(Planner, RefusesAConstantOutputByName) {
  Network constant;
  const TensorId c = constant.constant("c", {1, 2}, {1, 2});
  constant.input("x", {1, 2});
  const auto constant_output = make_plan(constant.finish({c}), target("host"), {});
  ASSERT_FALSE(constant_output);
  EXPECT_NE(constant_output.error().message.find("'c' is a constant"), std::string::npos);
}

// The kernels add in 32 bits; a bias that leaves no room there would be undefined behaviour on the device.
TEST(Planner, RefusesABiasWithWhichSumsDoNotFit) {
  Module module;
  Graph& graph = module.graphs.emplace_back();
  const auto add = [&](const char* name, DType dtype, Shape shape, float scale, Bytes bytes) {
    Tensor tensor;
    tensor.name = name;
    tensor.type = {dtype, std::move(shape)};
    tensor.quant = {{scale}, {0}, 0};
    if (!bytes.empty()) tensor.constant = std::make_shared<const Bytes>(std::move(bytes));
    return graph.add(std::move(tensor));
  };
  const TensorId x = add("x", DType::S8, {1, 4}, 0.5f, {});
  graph.inputs.push_back({x, 0, ""});
  const TensorId w = add("w", DType::S8, {1, 4}, 0.5f, Bytes(4, 1));
  const TensorId b = add("b", DType::S32, {1}, 0.25f, {0, 0, 0, 0x80});
  const TensorId y = add("y", DType::S8, {1, 1}, 1, {});
  graph.nodes.push_back({"fully_connected", "dense", {}, {x, w, b}, {y}, {}});
  graph.outputs = {y};
  ASSERT_TRUE(verify(module, Stage::Imported)) << verify(module, Stage::Imported).error().message;
  for (const auto& refused : {verify(module, Stage::Deployable).error(), make_reference_plan(module).error(),
                              make_plan(module, target("cortex-m4"), {}).error()}) {
    EXPECT_NE(refused.message.find("'dense': its sums lie within"), std::string::npos) << refused.message;
    EXPECT_NE(refused.hint, "");
  }
}

// A view shows bytes in memory, and a constant may have none there.
TEST(Planner, AViewOfAConstantGetsACopyOfIt) {
  Network net;
  const TensorId x = net.input("x", {1, 4});
  const TensorId w = net.constant("w", {4}, {1, 2, 3, 4});
  const TensorId reshaped =
      net.layer("reshape", "reshaped", {w}, {{"shape", std::vector<std::int64_t>{1, 4}}});
  const Module module = net.finish({net.layer("add", "sum", {x, reshaped})});
  const auto reference = make_reference_plan(module);
  ASSERT_TRUE(reference) << reference.error().message;
  const std::vector<Bytes> inputs = random_case(module, 4);
  const std::vector<Bytes> got = execute(module, planned(module), inputs, 0x55);
  EXPECT_EQ(got[1], execute(module, *reference, inputs, 0)[1]);
  float first_in, first_out;
  std::memcpy(&first_in, inputs[0].data(), 4);
  std::memcpy(&first_out, got[1].data(), 4);
  EXPECT_EQ(first_out, first_in + 1);
}

}  // namespace
}  // namespace mote
