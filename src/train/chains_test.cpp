// Chains that train as one layer against the same nodes alone, against finite differences, and against
// themselves under other thread counts.
#include "train/chains.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>

#include "math/nn.h"
#include "math/random.h"
#include "train/network.h"
#include "train/sketch.h"

namespace mote {
namespace {

constexpr int kBatch = 9;  // more than the pieces of a batch, and not a multiple of them

/// A convolution with bias, so that biases before and without normalization are covered.
Sketch& point(Sketch& s, std::int32_t channels) { return s.conv(channels, 1, 1, 1, 1); }

/// Two residual blocks: the first's shortcut is the tensor itself, the second's a convolution of stride 2.
Module residual_network() {
  Sketch s({1, 9, 7, 3});
  s.conv(8, 3, 3, 1, 1).norm().relu();
  TensorId shortcut = s.last();
  s.conv(8, 3, 3, 1, 1).norm().relu().conv(8, 3, 3, 1, 1).norm().layer("add", {}, {shortcut}).relu();
  const TensorId block = s.last();
  s.conv(20, 1, 1, 2, 2);
  shortcut = s.last();
  s.from(block).conv(20, 3, 3, 2, 2).norm().relu().conv(20, 3, 3, 1, 1).norm();
  return s.layer("add", {}, {shortcut}).relu().global_average().dense(3).layer("softmax").done();
}

/// Inverted bottlenecks: chains that end without a clamp, read by a sum and by the next convolution.
Module bottleneck_network() {
  Sketch s({1, 6, 6, 2});
  s.conv(6, 3, 3, 2, 2).norm().layer("relu6");
  point(s, 4).norm();
  const TensorId shortcut = s.last();
  point(s, 12).norm().layer("relu6").depthwise(3, 3).norm().layer("relu6");
  point(s, 4).norm().layer("add", {}, {shortcut});
  const TensorId sum = s.last();
  point(s, 4).norm().layer("add", {}, {sum}).layer("add", {}, {shortcut});
  return s.global_average().dense(3).layer("softmax").done();
}

/// Chains whose end other ops read: a pool, a concatenation; one without normalization, one alone.
Module mixed_network() {
  Sketch s({1, 12, 1, 3});
  s.conv(5, 5, 1, 1, 1).relu();
  const TensorId wide = s.last();
  s.conv(17, 3, 1, 2, 1).norm();
  s.layer("max_pool2d",
          {{"kernel", std::vector<std::int64_t>{2, 1}}, {"stride", std::vector<std::int64_t>{2, 1}}});
  s.from(wide).conv(3, 3, 1, 4, 1).layer("concatenation", {{"axis", std::int64_t{3}}}, {s.last()});
  s.conv(6, 3, 1, 1, 1).norm().relu().dense(8).norm().relu();
  return s.dense(3).layer("softmax").done();
}

std::map<std::string, Module> networks() {
  return {{"residual", residual_network()}, {"bottleneck", bottleneck_network()}, {"mixed", mixed_network()}};
}

/// A network with random weights and inputs, forward and backward run once.
class Stepped {
 public:
  Stepped(const Module& module, bool together)
      : network_(Network::make(module.main(), kBatch, true, GradRule::Role::Softmax, together).value()) {
    Random random(5);
    for (const Network::Weight& w : network_.weights())
      for (std::size_t i = 0; i < w.count; ++i)
        w.value[i] = static_cast<float>((w.decays ? 0.5 : 0.3) * random.normal() + (w.decays ? 0 : 0.7));
    const std::size_t n =
        static_cast<std::size_t>(module.main().tensor(module.main().inputs[0].tensor).type.count());
    for (std::size_t i = 0; i < n * kBatch; ++i) network_.input(0)[i] = static_cast<float>(random.normal());
    for (int i = 0; i < kBatch; ++i) target_.push_back(i % 3);
    step();
  }

  double loss() {
    network_.forward(kBatch, true, 1);
    return learn::cross_entropy({kBatch, 3}, network_.logits(), target_.data(), network_.logit_gradient());
  }
  void step() {
    loss();
    network_.backward(kBatch, 1);
  }
  Network& network() { return network_; }

  std::vector<float> gradients() {
    std::vector<float> all;
    for (const Network::Weight& w : network_.weights())
      all.insert(all.end(), w.gradient, w.gradient + w.count);
    return all;
  }

 private:
  Network network_;
  std::vector<std::int32_t> target_;
};

/// Runs `body` for every instruction set of this machine.
void for_instruction_sets(const std::function<void(const std::string&)>& body) {
  const std::string usual = learn::instruction_set();
  for (const std::string name : {"base", "avx2", "avx512"})
    if (learn::use_instruction_set(name.c_str())) body(name);
  learn::use_instruction_set(usual.c_str());
}

TEST(Chains, AreFoundWhereNobodyElseReadsWhatIsBetween) {
  const Module residual = residual_network(), mixed = mixed_network();
  const Steps steps = steps_of(residual.main(), residual.main().outputs[0], true);
  EXPECT_EQ(steps.chains.size(), 6u);
  EXPECT_EQ(steps.joins.size(), 2u);
  EXPECT_EQ(steps.steps.size(), 6u + 2u + 3u);  // pool, dense, softmax stay nodes
  EXPECT_TRUE(steps.chains[1].clamps());
  EXPECT_FALSE(steps.chains[2].clamps());  // the sum's clamp
  EXPECT_FALSE(steps.chains[3].normalizes());
  EXPECT_EQ(steps_of(mixed.main(), mixed.main().outputs[0], false).steps.size(), mixed.main().nodes.size());
}

TEST(Chains, AgreeWithTheirNodesAlone) {
  for_instruction_sets([](const std::string& set) {
    for (const auto& [name, module] : networks()) {
      Stepped together(module, true), alone(module, false);
      const std::vector<float> a = together.gradients(), b = alone.gradients();
      ASSERT_EQ(a.size(), b.size());
      double most = 0;
      for (const float g : b) most = std::max(most, std::fabs(static_cast<double>(g)));
      for (std::size_t i = 0; i < a.size(); ++i)
        ASSERT_NEAR(a[i], b[i], 1e-4 * most) << set << ", " << name << ", gradient " << i;
      // Running figures as well, and evaluation with them.
      const std::vector<float> kept = together.network().snapshot(), plain = alone.network().snapshot();
      for (std::size_t i = 0; i < kept.size(); ++i)
        ASSERT_NEAR(kept[i], plain[i], 1e-4 * (1 + std::fabs(static_cast<double>(plain[i]))));
      together.network().forward(kBatch, false, 0);
      alone.network().forward(kBatch, false, 0);
      for (int i = 0; i < 3 * kBatch; ++i)
        ASSERT_NEAR(together.network().logits()[i], alone.network().logits()[i], 1e-3) << set << ", " << name;
    }
  });
}

TEST(Chains, AgreeWithFiniteDifferences) {
  for_instruction_sets([](const std::string& set) {
    for (const auto& [name, module] : networks()) {
      Stepped run(module, true);
      const std::vector<float> gradient = run.gradients();
      int apart = 0, seen = 0;
      std::size_t first = 0;
      for (const Network::Weight& w : run.network().weights()) {
        for (std::size_t i = 0; i < w.count; i += std::max<std::size_t>(1, w.count / 4)) {
          const float middle = w.value[i], step = 4e-3f;
          w.value[i] = middle + step;
          const double high = run.loss();
          w.value[i] = middle - step;
          const double low = run.loss(), numeric = (high - low) / (2 * static_cast<double>(step));
          w.value[i] = middle;
          ++seen;
          // A clamp or a maximum that changes sides within the step makes a difference of its own: few may.
          if (std::fabs(numeric - static_cast<double>(gradient[first + i])) >
              0.02 * (0.2 + std::fabs(numeric)))
            ++apart;
        }
        first += w.count;
      }
      EXPECT_LE(apart * 12, seen) << set << ", " << name << ": " << apart << " of " << seen;
    }
  });
}

TEST(Chains, AnyThreadCountGivesTheSameBytes) {
  for_instruction_sets([](const std::string& set) {
    for (const auto& [name, module] : std::map<std::string, Module>{
             {"keyword", keyword_network()}, {"residual", residual_network()}, {"mixed", mixed_network()}}) {
      std::vector<float> one;
      for (const char* threads : {"1", "2", "3"}) {
        ::setenv("MOTE_THREADS", threads, 1);
        Stepped run(module, true);
        run.step();
        const std::vector<float> gradients = run.gradients();
        if (one.empty()) one = gradients;
        EXPECT_EQ(std::memcmp(one.data(), gradients.data(), one.size() * sizeof(float)), 0)
            << set << ", " << name << ", " << threads << " threads";
      }
      ::unsetenv("MOTE_THREADS");
    }
  });
}

TEST(Chains, ASmallerBatchUsesTheSamePlan) {
  const Module module = residual_network();
  Stepped run(module, true);
  Network& network = run.network();
  network.forward(4, true, 1);
  const std::vector<std::int32_t> target = {0, 1, 2, 0};
  const double loss = learn::cross_entropy({4, 3}, network.logits(), target.data(), network.logit_gradient());
  network.backward(4, 1);
  EXPECT_TRUE(std::isfinite(loss));
  for (const float g : run.gradients()) ASSERT_TRUE(std::isfinite(g));
}

}  // namespace
}  // namespace mote
