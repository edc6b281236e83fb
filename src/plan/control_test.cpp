// Control flow in a plan: bodies stand where they are called, values survive every pass, sharing memory changes no answer.
#include <gtest/gtest.h>

#include <cstring>

#include "plan/flatten.h"
#include "plan/plan.h"
#include "support/control_networks.h"
#include "support/random_network.h"
#include "targets/target.h"

namespace mote {
namespace {
using testing::control_networks;
using testing::ControlBuilder;
using testing::ControlNetwork;
using testing::random_case;

/// Follows a plan in an arena full of `fill`.
class Runner {
 public:
  Runner(const Module& module, const Plan& plan, std::uint8_t fill)
      : module_(module), plan_(plan), arena_(plan.memory.regions[0].bytes / 8) {
    std::memset(arena_.data(), fill, arena_.size() * 8);
    for (const Buffer& buffer : plan.memory.buffers) {
      if (buffer.state < 0) continue;
      const Bytes& init = module.states[static_cast<std::size_t>(buffer.state)].init;
      std::memcpy(at(buffer.at), init.data(), init.size());
    }
  }

  std::vector<Bytes> invoke(const std::vector<Bytes>& inputs) {
    for (std::size_t i = 0; i < inputs.size(); ++i)
      std::memcpy(at(plan_.inputs[i].at), inputs[i].data(), inputs[i].size());
    passes_ = 0;
    run(plan_.steps);
    std::vector<Bytes> outputs;
    for (const Endpoint& end : plan_.outputs) {
      const std::uint8_t* first = at(end.at);
      outputs.emplace_back(first, first + module_.main().tensor(end.tensor).type.bytes());
    }
    return outputs;
  }
  int passes() const { return passes_; }

 private:
  std::uint8_t* at(const Address& address) {
    return reinterpret_cast<std::uint8_t*>(arena_.data()) + address.offset;
  }

  void run(const std::vector<Step>& steps) {
    for (const Step& step : steps) {
      if (const auto* one = std::get_if<Call>(&step.what)) {
        call(*one);
      } else if (const auto* branch = std::get_if<If>(&step.what)) {
        run(*at(branch->condition) != 0 ? branch->then : branch->otherwise);
      } else {
        const auto& loop = std::get<While>(step.what);
        for (run(loop.condition_steps); *at(loop.condition) != 0; run(loop.condition_steps)) {
          run(loop.body);
          ASSERT_LT(++passes_, 1000);
        }
      }
    }
  }
  void call(const Call& call) {
    std::vector<void*> buffers;
    for (std::size_t a = 0; a < call.packed.args.size(); ++a) {
      void* address = call.at[a] ? at(*call.at[a]) : nullptr;
      const auto* rom = std::get_if<Arg::Rom>(&call.packed.args[a].what);
      if (rom != nullptr && rom->constant != nullptr)
        address = const_cast<std::uint8_t*>(rom->constant->bytes.data());
      buffers.push_back(address);
    }
    call.variant->run(call.packed, buffers);
  }

  const Module& module_;
  const Plan& plan_;
  std::vector<std::uint64_t> arena_;
  int passes_ = 0;
};

Plan planned(const Module& module, bool fuse, bool keep_input = false) {
  PlanOptions options;
  options.fuse = fuse;
  options.keep_input = keep_input;
  auto plan = make_plan(module, *find_target("cortex-m4"), options);
  EXPECT_TRUE(plan) << plan.error().message;
  return std::move(*plan);
}

TEST(PlanControl, TheModelsAreSound) {
  for (const ControlNetwork& network : control_networks()) {
    const auto ok = verify(network.module, Stage::Deployable);
    EXPECT_TRUE(ok) << network.name << ": " << ok.error().message;
  }
}

TEST(PlanControl, SharingNeverChangesAnAnswerOfASequence) {
  for (const ControlNetwork& network : control_networks()) {
    SCOPED_TRACE(network.name);
    const auto reference = make_reference_plan(network.module);
    ASSERT_TRUE(reference) << reference.error().message;
    for (const bool fuse : {true, false}) {
      for (const bool keep : {true, false}) {
        const Plan plan = planned(network.module, fuse, keep);
        for (const std::uint8_t fill : {0, 0xff, 0x41}) {
          Runner expected(network.module, *reference, 0), got(network.module, plan, fill);
          for (std::uint64_t seed = 1; seed <= 30; ++seed) {
            const std::vector<Bytes> inputs = random_case(network.module, seed);
            ASSERT_EQ(got.invoke(inputs), expected.invoke(inputs)) << "case " << seed << ", fuse " << fuse;
          }
        }
      }
    }
  }
}

// ---- against what the loops say, computed here

std::vector<float> floats(const Bytes& bytes) {
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}
Bytes bytes(const std::vector<float>& values) { return *to_constant(values); }
std::vector<float> negative(std::vector<float> values) {
  for (float& value : values) value = -value;
  return values;
}

const std::vector<float> kX = {1.2f, -1, 0.5f, 2, -2, 3, 0, 7};
std::vector<float> x_with(float first) {
  std::vector<float> x = kX;
  x[0] = first;
  return x;
}

TEST(PlanControl, ALoopRunsAsOftenAsItsConditionSays) {
  const Module module = testing::control::counting();
  const Plan plan = planned(module, true);
  Runner runner(module, plan, 0x41);
  for (const auto& [first, passes] : {std::pair{-1.0f, 0}, {0.0f, 0}, {0.3f, 1}, {1.2f, 4}, {10.0f, 30}}) {
    const std::vector<float> x = x_with(first);
    const std::vector<Bytes> out = runner.invoke({bytes(x)});
    EXPECT_EQ(runner.passes(), passes);
    EXPECT_EQ(floats(out[0]), std::vector<float>{static_cast<float>(passes)});
    std::vector<float> sum = x;
    for (int i = 0; i < passes; ++i) {
      for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += x[k];
    }
    EXPECT_EQ(floats(out[1]), sum);
    EXPECT_EQ(floats(out[2]), x);
  }
}

TEST(PlanControl, ValuesChangePlacesInEveryPass) {
  for (const bool views : {false, true}) {
    const Module module = testing::control::swapping(views);
    for (const bool fuse : {true, false}) {
      const Plan plan = planned(module, fuse);
      Runner runner(module, plan, 0);
      for (int passes = 0; passes < 5; ++passes) {
        const std::vector<float> x = x_with(static_cast<float>(passes) / 4);
        const std::vector<Bytes> out = runner.invoke({bytes(x)});
        ASSERT_EQ(runner.passes(), passes);
        EXPECT_EQ(floats(out[0]), passes % 2 == 0 ? x : negative(x)) << passes << " views " << views;
        EXPECT_EQ(floats(out[1]), passes % 2 == 0 ? negative(x) : x) << passes << " views " << views;
      }
    }
  }
}

TEST(PlanControl, WhatNobodyWantsDoesNotWriteOverWhatTheNextPassNeeds) {
  const Module module = testing::control::idle_calls();
  const Plan plan = planned(module, true);
  Runner runner(module, plan, 0);
  float sum = 0;
  for (int i = 0; i < 3; ++i) sum += 1 + kX[0] * kX[0];
  EXPECT_EQ(floats(runner.invoke({bytes(kX)})[0]), std::vector<float>{sum});
  EXPECT_EQ(runner.passes(), 3);
}

TEST(PlanControl, MemoryIsWrittenInBodies) {
  const Module module = testing::control::memory_in_bodies();
  const Plan plan = planned(module, true);
  Runner runner(module, plan, 0);
  std::vector<float> sum = {1, 2, 3, 4, 5, 6, 7, 8};
  for (int i = 1; i <= 3; ++i) {
    const std::vector<Bytes> out = runner.invoke({bytes(kX)});  // 2.4: three passes; x[1] < x[2]
    for (std::size_t k = 0; k < sum.size(); ++k) sum[k] = ((sum[k] + kX[k]) + kX[k]) + kX[k];
    EXPECT_EQ(floats(out[0]), sum);
    EXPECT_EQ(floats(out[1]), std::vector<float>{static_cast<float>(i)});
    EXPECT_EQ(floats(out[2]), negative(kX));
  }
}

TEST(PlanControl, KnownConditionsLeaveNoBranch) {
  const Module module = testing::control::known_conditions();
  const Plan plan = planned(module, true);
  int branches = 0, loops = 0;
  for (const Step& step : plan.steps) {
    branches += std::holds_alternative<If>(step.what);
    loops += std::holds_alternative<While>(step.what);
  }
  EXPECT_EQ(branches, 1);
  EXPECT_EQ(loops, 0);
  Runner runner(module, plan, 0);
  const std::vector<Bytes> out = runner.invoke({bytes(kX)});
  std::vector<float> sum = kX;
  for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += static_cast<float>(k + 1);
  EXPECT_EQ(floats(out[0]), sum);
  EXPECT_EQ(floats(out[1]), negative(sum));
  EXPECT_EQ(floats(out[2]), std::vector<float>{-1});
  EXPECT_EQ(floats(out[4]), std::vector<float>{-1});  // x[0] is not below x[1]
}

TEST(PlanControl, ALoopThatNeverEndsIsRefusedByName) {
  ControlBuilder b;
  const TensorId x = b.input("x", {1, 8});
  const GraphId always = b.graph("always");
  b.input("v", {1, 8});
  b.finish({b.flag(true)});
  const GraphId body = b.graph("body");
  b.finish({b.layer("neg", {b.input("v", {1, 8})})});
  b.go_on_with(0);
  b.finish(b.control("while", {x}, {always, body}, {x}));
  const auto plan = make_reference_plan(b.module());
  ASSERT_FALSE(plan);
  EXPECT_NE(plan.error().message.find("'while_1': its condition is always true"), std::string::npos)
      << plan.error().message;
  EXPECT_NE(plan.error().hint, "");
}

TEST(PlanControl, NumbersOfTheNetworksOwnTensorsAndLayersStay) {
  for (const ControlNetwork& network : control_networks()) {
    const FlatModel flat = flatten(network.module);
    const Graph& main = network.module.main();
    for (std::size_t i = 0; i < main.tensors.size(); ++i)
      EXPECT_EQ(flat.graph.tensors[i].name, main.tensors[i].name);
    for (std::size_t i = 0; i < main.nodes.size(); ++i)
      EXPECT_EQ(flat.graph.nodes[i].name, main.nodes[i].name);
  }
}

}  // namespace
}  // namespace mote
