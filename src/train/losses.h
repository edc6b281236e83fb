// What training makes small: losses of all tasks and their gradients, and the figures of answers beside what was wanted.
// Internal to train.  Numbers come from IEEE operations and math/random.h's exact functions: same bytes everywhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "data/dataset.h"
#include "graph/op.h"
#include "train/train.h"

namespace mote {

enum class LossKind : std::uint8_t {
  CrossEntropy,
  Focal,
  BinaryCrossEntropy,
  Squared,
  Absolute,
  Huber,
  Pinball
};

struct Loss {
  LossKind kind = LossKind::CrossEntropy;
  double gamma = 2, delta = 1, quantile = 0.5, smoothing = 0;
  /// By label.  Of cross-entropy and focal: how much a sample of it counts; of binary cross-entropy: how much its yes
  /// counts beside its no.  Empty: 1.
  std::vector<float> weights;

  bool of_classes() const { return kind == LossKind::CrossEntropy || kind == LossKind::Focal; }
};

/// The loss that the options ask for; class weights of the training samples included.  Errors name the option.
Result<Loss> make_loss(const TrainOptions& options, const Dataset& data,
                       std::span<const std::size_t> training);

/// The last op that belongs to the task's loss.
GradRule::Role head_of(Task task);

/// What a batch answered, and what it should have: each samples × outputs.
struct Answers {
  int samples = 1, outputs = 1;
  const float* given = nullptr;   ///< logits, or numbers
  const float* wanted = nullptr;  ///< shares of the classes (sum 1), yes = 1 and no = 0, or numbers
  float scale = 1;                ///< of the softmax behind logits
};
/// Mean over the samples, and over the outputs where each stands for itself.  gradient (by what was given): may be null.
double loss_of(const Loss& loss, const Answers& answers, float* gradient);

/// Loss and figures over some samples.
class Tally {
 public:
  Tally(const Dataset& data, std::size_t outputs);
  /// `target`: the class of each sample, where there are classes.
  void add(double mean_loss, const Answers& answers, std::span<const std::int32_t> target);
  SplitFigures figures() const;

 private:
  double f1_of_classes() const;
  double f1_of_labels() const;

  Task task_;
  std::size_t outputs_, samples_ = 0;
  double unit_ = 1;  ///< user's unit of one unit of the answers
  double loss_ = 0, absolute_ = 0, squared_ = 0;
  std::vector<std::size_t>
      confusion_;  ///< [truth, prediction] of classes; [label, truth, prediction] of yes and no
};

}  // namespace mote
