// Training: gradient descent over a Module by the ops' own GradRules.  Deterministic: same data, options and
// seed give the same bytes, whatever the number of threads.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "graph/graph.h"

namespace mote {

struct TrainOptions {
  int epochs = 30;
  int batch = 32;
  std::string optimizer = "adamw";  ///< adamw | sgd (with momentum)
  double learning_rate = 1e-3;
  double weight_decay = 1e-2;
  double momentum = 0.9;            ///< of sgd
  std::string schedule = "cosine";  ///< cosine | constant
  double warmup_epochs = 0;
  int patience = 0;              ///< epochs without a better validation score before stopping; 0: never
  std::string monitor = "loss";  ///< loss | accuracy | f1_macro: what picks the best epoch on validation;
                                 ///< last: the last epoch is the one
  std::vector<double> class_weights;    ///< by label; empty: all 1
  bool balanced_class_weights = false;  ///< n / (classes · n_c) of the training split, instead
  double label_smoothing = 0;           ///< in [0, 1)
  double augment_noise = 0;             ///< standard deviation, in units of the input, added to series inputs
  double augment_scale = 0;             ///< series inputs times 1 ± this, uniformly
  double augment_offset = 0;            ///< series inputs plus one value of ± this, uniformly
  double augment_shift = 0;  ///< series inputs moved by up to this many steps along time, edges repeated
  std::uint64_t seed = 1;
};

struct EpochFigures {
  double train_loss = 0, validation_loss = 0, train_accuracy = 0, validation_accuracy = 0, validation_f1 = 0,
         learning_rate = 0;
};
struct Trained {
  Module module;  ///< weights of the best epoch, or of the last if monitored so
  std::vector<EpochFigures> epochs;
  int best_epoch = 0;  ///< index into epochs
};

/// Weights and running figures are the module's constants.  The network's output is probabilities (it ends in
/// softmax) or logits; the loss is cross-entropy either way.
Result<Trained> train(const Module& module, const Dataset& data, const TrainOptions& options);

/// Gives every trainable constant its initial values (He for layers behind a ReLU family, else Glorot;
/// Box-Muller from `seed`).
void initialize_weights(Module& module, std::uint64_t seed);

/// Forward pass in evaluation mode by the training kernels; output 0 of each sample, sample-major.
std::vector<float> forward(const Module& module, std::span<const std::span<const float>> inputs, int batch);

/// Checkpoints: every constant of the network as an array of a .npz, by tensor name.
Result<void> save_checkpoint(const Module& module, const std::filesystem::path& file);
Result<void> load_checkpoint(Module& module, const std::filesystem::path& file);

}  // namespace mote
