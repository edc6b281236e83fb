// Every GradRule against central finite differences.  A new op with a rule fails here until it has a node in `nodes_of`.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "graph/op.h"
#include "math/random.h"

namespace mote {
namespace {

constexpr int kBatch = 3;
using Ints = std::vector<std::int64_t>;

/// A node to test: attributes, the shapes of its inputs, and how many of them, from the second on, are constants.
struct Sample {
  Attributes attributes;
  std::vector<Shape> inputs;
  int constants = 0;
  /// Inputs are distinct multiples of 0.1 plus 0.025, so that no kink (0, 6, a tie of maxima) is within the step.
  bool kinks = false;
};

const std::map<std::string, std::vector<Sample>, std::less<>>& samples() {
  const std::string same = "same";
  static const std::map<std::string, std::vector<Sample>, std::less<>> table = {
      {"add", {{{}, {{1, 2, 3, 4}, {1, 2, 3, 4}}}}},
      {"average_pool2d",
       {{{{"kernel", Ints{2, 3}}, {"stride", Ints{2, 1}}, {"padding", same}}, {{1, 5, 4, 3}}},
        {{{"kernel", Ints{4, 4}}, {"stride", Ints{1, 1}}}, {{1, 4, 4, 5}}}}},
      {"batch_norm",
       {{{}, {{1, 3, 2, 5}, {5}, {5}, {5}, {5}}, 4}, {{}, {{1, 16}, {16}, {16}, {16}, {16}}, 4}}},
      {"concatenation",
       {{{{"axis", std::int64_t{3}}}, {{1, 2, 3, 2}, {1, 2, 3, 1}, {1, 2, 3, 4}}},
        {{{"axis", std::int64_t{1}}}, {{1, 2, 3, 2}, {1, 4, 3, 2}}}}},
      {"conv2d",
       {{{{"padding", same}}, {{1, 5, 4, 3}, {5, 3, 3, 3}, {5}}, 2},
        {{{"padding", same}, {"stride", Ints{2, 2}}}, {{1, 7, 5, 2}, {4, 3, 2, 2}}, 1},
        {{{"dilation", Ints{2, 2}}}, {{1, 7, 6, 2}, {3, 3, 2, 2}, {3}}, 2},
        {{}, {{1, 3, 4, 6}, {17, 1, 1, 6}, {17}}, 2},
        {{{"padding", same}}, {{1, 4, 3, 6}, {9, 3, 3, 2}, {9}}, 2},
        {{{"stride", Ints{2, 2}}}, {{1, 5, 5, 2}, {3, 1, 1, 2}, {3}}, 2},
        {{{"padding", same}, {"stride", Ints{2, 1}}}, {{1, 12, 1, 3}, {9, 5, 1, 3}, {9}}, 2},
        {{{"padding", same}, {"dilation", Ints{3, 1}}}, {{1, 12, 1, 1}, {4, 5, 1, 1}, {4}}, 2}}},
      {"depthwise_conv2d",
       {{{{"padding", same}}, {{1, 5, 4, 6}, {1, 3, 3, 6}, {6}}, 2},
        {{{"padding", same}, {"stride", Ints{2, 2}}}, {{1, 5, 4, 17}, {1, 3, 5, 17}}, 1},
        {{{"depth_multiplier", std::int64_t{3}}, {"dilation", Ints{2, 1}}},
         {{1, 6, 4, 2}, {1, 3, 2, 6}, {6}},
         2},
        {{{"padding", same}, {"stride", Ints{2, 1}}}, {{1, 11, 1, 4}, {1, 5, 1, 4}, {4}}, 2}}},
      {"dropout", {{{{"rate", 0.4}}, {{1, 20}}}}},
      {"fully_connected", {{{}, {{1, 7}, {5, 7}, {5}}, 2}, {{}, {{1, 2, 3, 4}, {19, 24}}, 1}}},
      {"logistic", {{{}, {{1, 30}}}}},
      {"max_pool2d",
       {{{{"kernel", Ints{2, 3}}, {"stride", Ints{2, 1}}, {"padding", same}}, {{1, 5, 4, 3}}, 0, true}}},
      {"mul", {{{}, {{1, 2, 3, 4}, {1, 2, 3, 4}}}, {{}, {{1, 2, 3, 4}, {1, 1, 3, 1}}}}},
      {"pad",
       {{{{"before", Ints{0, 4, 0, 0}}, {"after", Ints{0, 0, 0, 0}}}, {{1, 5, 1, 3}}},
        {{{"before", Ints{0, 1, 2, 3}}, {"after", Ints{0, 3, 0, 1}}}, {{1, 2, 3, 4}}}}},
      {"relu", {{{}, {{1, 30}}, 0, true}}},
      {"relu6", {{{}, {{1, 60}}, 0, true}}},
      {"reshape", {{{{"shape", Ints{1, 6, 2}}}, {{1, 3, 4}}}}},
      {"resize_nearest_neighbor",
       {{{{"height", std::int64_t{6}}, {"width", std::int64_t{3}}}, {{1, 3, 1, 2}}},
        {{{"height", std::int64_t{5}}, {"width", std::int64_t{4}}}, {{1, 2, 3, 2}}}}},
      {"softmax", {{{}, {{1, 7}}}, {{{"beta", 0.5}}, {{1, 3, 4}}}}},
      {"split",
       {{{{"axis", std::int64_t{1}}, {"sizes", Ints{2, 1, 3}}}, {{1, 6, 1, 4}}},
        {{{"axis", std::int64_t{-1}}, {"sizes", Ints{1, 4}}}, {{1, 2, 3, 5}}}}},
      {"strided_slice",
       {{{{"begin", Ints{0, 5, 0, 0}}, {"size", Ints{1, 1, 1, 4}}, {"stride", Ints{1, 1, 1, 1}}},
         {{1, 6, 1, 4}}},
        {{{"begin", Ints{0, 4, 1, 0}}, {"size", Ints{1, 3, 1, 2}}, {"stride", Ints{1, -2, 1, 2}}},
         {{1, 5, 2, 4}}}}},
      {"sub", {{{}, {{1, 2, 3, 4}, {1, 2, 3, 4}}}, {{}, {{1, 4}, {1, 3, 4}}}}},
      {"tanh", {{{}, {{1, 30}}}}},
  };
  return table;
}

/// One node with buffers for all that its rule reads and writes.
class Bench {
 public:
  Bench(const std::string& op, const Sample& sample) {
    Node node{op, "layer", sample.attributes, {}, {}, {}};
    Random random(11);
    const int first_constant = static_cast<int>(sample.inputs.size()) - sample.constants;
    for (std::size_t i = 0; i < sample.inputs.size(); ++i) {
      Tensor tensor{
          "in" + std::to_string(i), {DType::F32, sample.inputs[i]}, {}, Storage::Dense, nullptr, false, -1};
      const bool constant = static_cast<int>(i) >= first_constant;
      std::vector<float> values(static_cast<std::size_t>(tensor.type.count()) * (constant ? 1 : kBatch));
      fill(values, sample.kinks, random);
      if (constant) tensor.constant = to_constant(values);
      node.inputs.push_back(graph_.add(std::move(tensor)));
      gradients_.emplace_back(values.size(),
                              constant ? 0.0f : 777.0f);  // constants are added to, others overwritten
      in_.push_back(std::move(values));
    }
    const auto out = append_node(graph_, node);
    if (!out) {
      ADD_FAILURE() << op << ": " << out.error().message;
      return;
    }
    for (const TensorId id : graph_.nodes[0].outputs) {
      out_.emplace_back(static_cast<std::size_t>(graph_.tensor(id).type.count()) * kBatch);
      direction_.emplace_back(out_.back().size());
      fill(direction_.back(), false, random);
    }
    rule_ = op_of(graph_.nodes[0]).grad;
    if (rule_->saved) saved_.resize(rule_->saved(ref(), kBatch));
    valid_ = true;
  }

  bool valid() const { return valid_; }

  /// Of the scalar  Σ direction · out.
  void compare_gradients(const std::string& what) {
    loss();
    TrainCall c = call();
    rule_->backward(c);
    for (std::size_t i = 0; i < in_.size(); ++i) {
      if (running_figure(i)) continue;
      const std::size_t stride = std::max<std::size_t>(1, in_[i].size() / 60);
      for (std::size_t k = 0; k < in_[i].size(); k += stride) {
        const double numeric = difference(i, k);
        ASSERT_NEAR(static_cast<double>(gradients_[i][k]), numeric, 6e-3 * (1 + std::fabs(numeric)))
            << what << ", input " << i << ", element " << k;
      }
    }
  }

 private:
  static void fill(std::vector<float>& values, bool kinks, Random& random) {
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = kinks ? (static_cast<float>(i) - static_cast<float>(values.size()) / 2) * 0.1f + 0.025f
                        : static_cast<float>(random.normal());
    if (kinks) random.shuffle(std::span<float>(values));
  }
  NodeRef ref() const { return {graph_, graph_.nodes[0]}; }
  bool running_figure(std::size_t i) const { return graph_.nodes[0].op == "batch_norm" && i >= 3; }

  TrainCall call() {
    TrainCall c{ref(), kBatch, true, 5, {}, {}, {}, {}, saved_.data()};
    for (std::size_t i = 0; i < out_.size(); ++i) {
      c.out.push_back(out_[i].data());
      c.grad_out.push_back(direction_[i].data());
    }
    for (std::size_t i = 0; i < in_.size(); ++i) {
      c.in.push_back(in_[i].data());
      c.grad_in.push_back(running_figure(i) ? nullptr : gradients_[i].data());
    }
    return c;
  }
  double loss() {
    rule_->forward(call());
    double sum = 0;
    for (std::size_t i = 0; i < out_.size(); ++i)
      for (std::size_t k = 0; k < out_[i].size(); ++k)
        sum += static_cast<double>(out_[i][k]) * static_cast<double>(direction_[i][k]);
    return sum;
  }
  double difference(std::size_t input, std::size_t element) {
    float& x = in_[input][element];
    const float middle = x, step = 0.01f;
    x = middle + step;
    const float above = x;
    const double high = loss();
    x = middle - step;
    const double low = loss(), distance = static_cast<double>(above) - static_cast<double>(x);
    x = middle;
    return (high - low) / distance;
  }

  Graph graph_;
  const GradRule* rule_ = nullptr;
  std::vector<std::vector<float>> in_, gradients_, out_, direction_;
  std::vector<float> saved_;
  bool valid_ = false;
};

TEST(Gradient, EveryRuleAgreesWithFiniteDifferences) {
  for (const OpDef* op : op_registry()) {
    if (!op->grad) continue;
    const auto found = samples().find(op->name);
    ASSERT_NE(found, samples().end())
        << "the op '" << op->name << "' has a gradient rule and no node in this test";
    for (std::size_t i = 0; i < found->second.size(); ++i) {
      Bench bench(std::string(op->name), found->second[i]);
      ASSERT_TRUE(bench.valid());
      bench.compare_gradients(text::cat(op->name, ", node ", i));
    }
  }
}

TEST(Gradient, FusedActivationsTrainAsWell) {
  for (const std::string word : {"relu", "relu6"}) {
    const Attributes fused = {{"activation", word}};
    Attributes pool = fused;
    pool["kernel"] = Ints{1, 1};
    pool["stride"] = Ints{1, 1};
    for (const std::string op : {"max_pool2d", "average_pool2d"}) {
      Bench bench(op, Sample{pool, {{1, 8, 2, 4}}, 0, true});
      ASSERT_TRUE(bench.valid());
      bench.compare_gradients(op + " with " + word);
    }
  }
}

}  // namespace
}  // namespace mote
