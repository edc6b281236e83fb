// A graph made ready for gradient descent: every tensor has its place in one block of memory, planned once
// for the largest batch; forward walks the steps in order, backward in reverse. A step is a node, by its op's
// GradRule, or a chain of nodes that train as one layer (chains.h, math/layers.h).
// Internal to train.  train.cpp drives it; the rules are in src/ops, their kernels in math/nn.h.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "graph/graph.h"
#include "graph/op.h"
#include "math/layers.h"
#include "train/chains.h"

namespace mote {

class Network {
 public:
  /// Plans `graph`, which must outlive the network and not move.  An error names the layer that cannot be
  /// trained. Without `gradients` there is no backward, and no memory for it.  A last op of role `head` (Softmax, Sigmoid)
  /// belongs to the loss; Other: none does.  `together`: chains train as one layer; without, every node stands
  /// alone, which is slower and agrees up to rounding.
  static Result<Network> make(const Graph& graph, int most_samples, bool gradients,
                              GradRule::Role head = GradRule::Role::Softmax, bool together = true);

  int most_samples() const { return most_samples_; }
  float* input(std::size_t i) { return values(graph_->inputs[i].tensor); }

  /// The network on `samples` samples in the inputs' buffers.  In training batch norm uses the batch, dropout drops.
  void forward(int samples, bool training, std::uint64_t seed);
  const float* output() { return values(graph_->outputs[0]); }

  /// What the loss is computed from: the input of the head that ends the network, times `logit_scale`, or the output.
  const float* logits() { return values(logits_); }
  int classes() const { return static_cast<int>(graph_->tensor(logits_).type.count()); }
  float logit_scale() const { return logit_scale_; }

  /// Fill with the loss' gradient after forward, then call backward: gradients of all trainable constants.
  float* logit_gradient() { return gradients(logits_); }
  void backward(int samples, std::uint64_t seed);

  /// A trainable constant, its gradient of the last backward, and whether weight decay applies (not to
  /// vectors: biases, batch norm).
  struct Weight {
    TensorId tensor;
    std::size_t count;
    float* value;
    float* gradient;
    bool decays;
  };
  std::vector<Weight> weights();

  /// All float constants, running figures included, one after the other; and back.
  std::vector<float> snapshot() const;
  void restore(const std::vector<float>& snapshot);
  /// Writes the constants into `graph`, which has the planned graph's tensors.
  void store(Graph& graph) const;

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  Network(const Graph& graph, int most_samples) : graph_(&graph), most_samples_(most_samples) {}
  Result<void> check() const;
  void find_logits(GradRule::Role head);
  void plan(bool gradients);
  std::size_t reserve(std::size_t floats);
  std::size_t floats_of(TensorId id) const;
  float* at(std::size_t offset) { return offset == kNone ? nullptr : memory_.data() + base_ + offset; }
  const float* at(std::size_t offset) const {
    return offset == kNone ? nullptr : memory_.data() + base_ + offset;
  }
  float* values(TensorId id) { return id == kNoTensor ? nullptr : at(value_[static_cast<std::size_t>(id)]); }
  float* gradients(TensorId id) {
    return id == kNoTensor ? nullptr : at(gradient_[static_cast<std::size_t>(id)]);
  }
  std::size_t sample_floats(TensorId id) const {
    return static_cast<std::size_t>(graph_->tensor(id).type.count());
  }
  TrainCall call_of(std::size_t node, int samples, bool training, std::uint64_t seed);

  // Chains: what their tensors look like to readers, and what finishes their gradients.
  void plan_values();
  void plan_gradients();
  std::vector<TensorId> inputs_of(const Step& step) const;
  std::vector<TensorId> outputs_of(const Step& step) const;
  learn::Norm norm_of(std::size_t chain);
  learn::Layer layer_of(const Chain& chain, int samples);
  learn::View view_of(TensorId id);
  /// False: the gradient needs no finishing.
  bool finish_of(TensorId id, learn::Finish& finish);
  int channels_of(TensorId id) const { return graph_->tensor(id).type.shape.back(); }
  /// That another contribution to the gradient of `id` has been made; true if it was the last.
  bool is_last(TensorId id) { return --left_[static_cast<std::size_t>(id)] == 0; }
  void contribute(TensorId id, int samples);

  void forward_chain(std::size_t chain, int samples, bool training);
  void forward_join(const Join& join, int samples);
  void backward_chain(std::size_t chain, int samples);
  void backward_join(const Join& join, int samples);
  void backward_node(std::size_t node, int samples, std::uint64_t seed);

  const Graph* graph_;
  int most_samples_;
  TensorId logits_ = kNoTensor;
  float logit_scale_ = 1;
  std::size_t trained_nodes_ = 0;  ///< nodes before this one have a backward: those up to the logits
  Steps steps_;
  std::vector<std::size_t> value_, gradient_;  ///< by tensor: offset in memory, or kNone
  std::vector<std::size_t> saved_;             ///< by node
  std::vector<std::size_t> norm_;              ///< by chain: memory of its Norm
  std::vector<std::size_t> chain_of_;          ///< by tensor: the chain that ends there, or kNone
  std::vector<std::size_t> join_of_;           ///< by tensor: the join that ends there, or kNone
  std::vector<TensorId> shares_;               ///< by tensor: whose gradient it shares, itself mostly
  std::vector<bool> wanted_;                   ///< by tensor: depends on something trainable
  std::vector<bool> reaches_;                  ///< by tensor: the loss depends on it
  std::vector<int> contributions_, left_;      ///< by tensor: to its gradient; in this step, yet to come
  std::vector<bool> written_;
  learn::Norm norms_[2];            ///< what the Finish of the moment points to
  std::vector<std::size_t> spare_;  ///< by input position: a gradient that is added to one already there
  std::size_t floats_ = 0, base_ = 0;
  std::vector<float> memory_;
};

}  // namespace mote
