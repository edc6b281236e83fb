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
  std::string schedule = "cosine";  ///< cosine | step | constant
  int step_epochs = 10;             ///< of step: after so many epochs, again and again …
  double step_factor = 0.1;         ///< … the rate is multiplied by this
  double warmup_epochs = 0;
  double clip_norm = 0;  ///< gradients longer than this (all weights together) are shortened to it; 0: never
  double ema =
      0;  ///< in [0, 1): weights are judged and kept as their running mean, of this decay a step; 0: as they are
  int patience = 0;              ///< epochs without a better validation score before stopping; 0: never
  std::string monitor = "loss";  ///< loss | accuracy | f1_macro | mae | rmse: what picks the best epoch on
                                 ///< validation; last: the last epoch is the one
  /// auto: by task, cross_entropy, binary_cross_entropy, mse, mse.  Classification: cross_entropy | focal;
  /// multi-label: binary_cross_entropy; regression: mse | mae | huber | pinball; anomaly: mse | mae | huber.
  std::string loss = "auto";
  double focal_gamma = 2;               ///< of focal: (1 − p)^this
  double huber_delta = 1;               ///< of huber, in units of the scaled target
  double quantile = 0.5;                ///< of pinball, in (0, 1)
  std::vector<double> class_weights;    ///< by label; empty: all 1
  bool balanced_class_weights = false;  ///< n / (classes · n_c) of the training split, instead
  double label_smoothing = 0;           ///< in [0, 1)
  std::string sampling = "shuffled";  ///< shuffled: each sample once an epoch | balanced: each class as often
  // Augmentation.  Of series inputs [time, channels]:
  double augment_noise = 0;   ///< standard deviation, in units of the input, added
  double augment_scale = 0;   ///< times 1 ± this, uniformly
  double augment_offset = 0;  ///< plus one value of ± this, uniformly
  double augment_shift = 0;   ///< moved by up to this many steps along time, edges repeated
  double augment_time_warp =
      0;                      ///< in [0, 1): time runs up to 1 ± this as fast, slower here and faster there
  int augment_time_mask = 0;  ///< a run of up to this many steps becomes 0 …
  int augment_channel_mask = 0;  ///< … and a run of up to this many channels (frequencies of a spectrogram)
  double augment_rotate =
      0;  ///< degrees; each three channels in a row are the axes of one sensor, which is turned
  // Of pictures [height, width, channels]:
  std::string augment_flip = "none";  ///< none | horizontal | vertical | both
  int augment_crop = 0;               ///< moved by up to this many pixels each way, edges repeated
  double augment_brightness = 0;      ///< plus one value of ± this, uniformly
  double augment_contrast = 0;        ///< distance from the mean times 1 ± this
  // Of all:
  double mixup =
      0;  ///< α of the Beta distribution that says how much of a second sample is mixed in; 0: never
  std::uint64_t seed = 1;
};

/// What a network does on some samples.
struct SplitFigures {
  double loss = 0;
  /// Of classification the share that is right; of multi-label tasks the share of yes or no that is right; else 0.
  double accuracy = 0;
  double f1_macro = 0;  ///< of the same tasks: mean over the labels that occur or are predicted
  /// Of regression in the user's unit; of anomaly detection between output and input; else 0.
  double mae = 0, rmse = 0;
};

struct EpochFigures {
  double train_loss = 0, validation_loss = 0, train_accuracy = 0, validation_accuracy = 0, validation_f1 = 0,
         learning_rate = 0;
  double train_mae = 0, train_rmse = 0, validation_mae = 0, validation_rmse = 0;  ///< as SplitFigures
};
struct Trained {
  Module module;  ///< weights of the best epoch, or of the last if monitored so
  std::vector<EpochFigures> epochs;
  int best_epoch = 0;    ///< index into epochs
  bool stopped = false;  ///< by TrainRun::on_epoch: there are epochs left
};

/// What one call of train does besides training.
struct TrainRun {
  /// Written after each epoch, whole or not at all: all that is needed to go on.  Empty: not written.
  std::filesystem::path state;
  bool resume =
      false;  ///< go on from `state` if it is there; the bytes are those of a training without interruption
  /// Called after each epoch (counted from 0); false: stop here.
  std::function<bool(int epoch, const EpochFigures& figures)> on_epoch = {};
};

/// Weights and running figures are the module's constants.  The loss is of the data's task:
/// classification: the output is probabilities (it ends in softmax) or logits; multi-label: probabilities (logistic) or
/// logits; regression: the numbers of data.number; anomaly: the first input again, trained and validated on samples of
/// target 0 alone.
Result<Trained> train(const Module& module, const Dataset& data, const TrainOptions& options,
                      const TrainRun& run = {});

/// Loss and figures of a module on a split (of anomaly detection: on the normal samples).
Result<SplitFigures> measure(const Module& module, const Dataset& data, Split split,
                             const TrainOptions& options);

/// "cross_entropy", …: what `options.loss` means for the task.  An error when they do not go together.
Result<std::string> loss_name(const TrainOptions& options, Task task);

/// Gives every trainable constant its initial values (He for layers behind a ReLU family, else Glorot;
/// Box-Muller from `seed`).
void initialize_weights(Module& module, std::uint64_t seed);

/// Forward pass in evaluation mode by the training kernels; output 0 of each sample, sample-major.
std::vector<float> forward(const Module& module, std::span<const std::span<const float>> inputs, int batch);

/// Checkpoints: every constant of the network as an array of a .npz, by tensor name.
Result<void> save_checkpoint(const Module& module, const std::filesystem::path& file);
Result<void> load_checkpoint(Module& module, const std::filesystem::path& file);

}  // namespace mote
