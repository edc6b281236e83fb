// The training loop: batches forward and backward through the network, optimizer steps, validation, the best
// epoch. network.h holds the gradients, batches.h the samples, math/nn.h the arithmetic.
#include "train/train.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/system.h"
#include "math/nn.h"
#include "math/random.h"
#include "train/batches.h"
#include "train/network.h"

namespace mote {
namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr std::uint64_t kStepStream = 3;  // of the options' seed: dropout

// ---- checks

Result<void> check_choice(std::string_view option, const std::string& value, std::vector<std::string> known) {
  if (std::find(known.begin(), known.end(), value) != known.end()) return {};
  return error(text::cat("training option ", option, ": '", value, "' is not known"),
               text::suggest(value, known));
}

Result<void> check_range(std::string_view option, double value, double low, double high) {
  if (value >= low && value <= high) return {};
  return error(text::cat("training option ", option, ": ", value, " is outside ", low, " … ", high));
}

Result<void> check_options(const TrainOptions& o) {
  MOTE_TRY_VOID(check_choice("optimizer", o.optimizer, {"adamw", "sgd"}));
  MOTE_TRY_VOID(check_choice("schedule", o.schedule, {"cosine", "constant"}));
  MOTE_TRY_VOID(check_choice("monitor", o.monitor, {"loss", "accuracy", "f1_macro", "last"}));
  MOTE_TRY_VOID(check_range("epochs", o.epochs, 1, 1e6));
  MOTE_TRY_VOID(check_range("batch", o.batch, 1, 65536));
  MOTE_TRY_VOID(check_range("learning_rate", o.learning_rate, 1e-12, 1e3));
  MOTE_TRY_VOID(check_range("weight_decay", o.weight_decay, 0, 100));
  MOTE_TRY_VOID(check_range("momentum", o.momentum, 0, 0.99999));
  MOTE_TRY_VOID(check_range("warmup_epochs", o.warmup_epochs, 0, o.epochs));
  MOTE_TRY_VOID(check_range("patience", o.patience, 0, 1e6));
  MOTE_TRY_VOID(check_range("label_smoothing", o.label_smoothing, 0, 0.9999));
  MOTE_TRY_VOID(check_range("augment_noise", o.augment_noise, 0, 1e30));
  MOTE_TRY_VOID(check_range("augment_scale", o.augment_scale, 0, 1e30));
  MOTE_TRY_VOID(check_range("augment_offset", o.augment_offset, 0, 1e30));
  MOTE_TRY_VOID(check_range("augment_shift", o.augment_shift, 0, 1e9));
  return {};
}

std::string shape_text(const std::vector<std::int32_t>& shape) { return to_text(Shape(shape)); }

Result<void> check_inputs(const Graph& graph, const Dataset& data) {
  if (graph.inputs.size() != data.inputs.size())
    return error(text::cat("the network has ", graph.inputs.size(), " inputs, the data '", data.name, "' ",
                           data.inputs.size()),
                 "inputs are matched in order; give [data] as many as the network");
  for (std::size_t i = 0; i < data.inputs.size(); ++i) {
    const Tensor& tensor = graph.tensor(graph.inputs[i].tensor);
    const DataInput& input = data.inputs[i];
    if (static_cast<std::size_t>(tensor.type.count()) != input.count() || tensor.type.dtype != DType::F32)
      return error(text::cat("input ", i, ": the network's '", tensor.name, "' is ",
                             name_of(tensor.type.dtype), to_text(tensor.type.shape), ", the data's '",
                             input.name, "' is ", shape_text(input.shape)),
                   "change the network's input shape or the columns of the data");
    MOTE_CHECK(input.values.size() == data.size() * input.count(),
               "a data set holds a value for each element");
    const auto bad =
        std::find_if(input.values.begin(), input.values.end(), [](float v) { return !std::isfinite(v); });
    if (bad == input.values.end()) continue;
    const std::size_t sample = static_cast<std::size_t>(bad - input.values.begin()) / input.count();
    const std::string origin =
        sample < data.origin.size() ? data.origin[sample] : text::cat("sample ", sample);
    return error(text::cat(origin, ", input '", input.name, "': a value is not a finite number"),
                 "drop such samples with missing = \"drop\", or repair them");
  }
  return {};
}

Result<void> check_targets(const Network& network, const Dataset& data, const TrainOptions& options) {
  const auto classes = static_cast<std::size_t>(network.classes());
  if (classes < 2 || classes != data.labels.size())
    return error(text::cat("the network has ", classes, " outputs, the data '", data.name, "' ",
                           data.labels.size(), " labels"),
                 "the last layer needs one output for each label, at least two");
  for (std::size_t i = 0; i < data.size(); ++i)
    if (data.target[i] < 0 || static_cast<std::size_t>(data.target[i]) >= classes)
      return error(text::cat("sample ", i, " of '", data.name, "' has the label number ", data.target[i],
                             ", there are ", classes));
  if (data.indices(Split::Train).empty())
    return error(text::cat("the data '", data.name, "' has no training samples"),
                 "check the split in [data]");
  if (!options.class_weights.empty() && options.class_weights.size() != classes)
    return error(
        text::cat("class_weights has ", options.class_weights.size(), " numbers for ", classes, " labels"));
  for (const double w : options.class_weights) MOTE_TRY_VOID(check_range("class_weights", w, 0, 1e6));
  return {};
}

/// By label; empty: all one.
std::vector<float> class_weights(const Dataset& data, std::span<const std::size_t> samples,
                                 const TrainOptions& options) {
  if (!options.balanced_class_weights) return {options.class_weights.begin(), options.class_weights.end()};
  std::vector<double> count(data.labels.size(), 0.0);
  for (const std::size_t i : samples) ++count[static_cast<std::size_t>(data.target[i])];
  std::vector<float> weights;
  for (const double n : count)
    weights.push_back(n > 0 ? static_cast<float>(static_cast<double>(samples.size()) /
                                                 (static_cast<double>(count.size()) * n))
                            : 0.0f);
  return weights;
}

// ---- optimizer

/// Learning rate of a step: linear warm-up to the full rate, then half a cosine down to zero, or constant.
double rate_at(const TrainOptions& o, std::int64_t step, std::int64_t steps_per_epoch) {
  const double warm = o.warmup_epochs * static_cast<double>(steps_per_epoch), now = static_cast<double>(step);
  if (now < warm) return o.learning_rate * (now + 1) / (warm + 1);
  if (o.schedule == "constant") return o.learning_rate;
  const double total = static_cast<double>(o.epochs) * static_cast<double>(steps_per_epoch);
  return o.learning_rate * 0.5 * (1 + exact::cos(kPi * (now - warm) / std::max(1.0, total - warm)));
}

class Optimizer {
 public:
  Optimizer(const TrainOptions& options, std::vector<Network::Weight> weights)
      : adam_(options.optimizer == "adamw"), options_(options), weights_(std::move(weights)) {
    for (const Network::Weight& w : weights_) {
      first_.emplace_back(w.count, 0.0f);
      second_.emplace_back(adam_ ? w.count : 0, 0.0f);
    }
  }

  void step(double rate) {
    power1_ *= kBeta1;
    power2_ *= kBeta2;
    for (std::size_t i = 0; i < weights_.size(); ++i) {
      const Network::Weight& w = weights_[i];
      const auto decay = static_cast<float>(w.decays ? rate * options_.weight_decay : 0.0);
      if (!adam_) {
        learn::sgd_step(static_cast<float>(rate), static_cast<float>(options_.momentum), decay, w.count,
                        w.gradient, first_[i].data(), w.value);
        continue;
      }
      const learn::AdamStep s{static_cast<float>(rate),       decay, static_cast<float>(kBeta1),
                              static_cast<float>(kBeta2),     1e-8f, static_cast<float>(1 - power1_),
                              static_cast<float>(1 - power2_)};
      learn::adamw_step(s, w.count, w.gradient, first_[i].data(), second_[i].data(), w.value);
    }
  }

 private:
  static constexpr double kBeta1 = 0.9, kBeta2 = 0.999;
  bool adam_;
  TrainOptions options_;
  std::vector<Network::Weight> weights_;
  std::vector<std::vector<float>> first_,
      second_;  ///< AdamW: mean and square of the gradient; SGD: velocity, nothing
  double power1_ = 1, power2_ = 1;
};

// ---- figures

/// Loss and confusion over some samples.
class Tally {
 public:
  explicit Tally(std::size_t classes) : classes_(classes), confusion_(classes * classes, 0) {}

  void add(double mean_loss, std::span<const std::int32_t> target, const float* logits) {
    loss_ += mean_loss * static_cast<double>(target.size());
    samples_ += target.size();
    for (const std::int32_t wanted : target) {
      const auto got = static_cast<std::size_t>(std::max_element(logits, logits + classes_) - logits);
      ++confusion_[static_cast<std::size_t>(wanted) * classes_ + got];
      logits += classes_;
    }
  }

  double loss() const { return samples_ ? loss_ / static_cast<double>(samples_) : 0; }
  double accuracy() const {
    std::size_t right = 0;
    for (std::size_t c = 0; c < classes_; ++c) right += confusion_[c * classes_ + c];
    return samples_ ? static_cast<double>(right) / static_cast<double>(samples_) : 0;
  }
  /// Mean F1 over the classes that occur or are predicted.
  double f1_macro() const {
    double sum = 0;
    int present = 0;
    for (std::size_t c = 0; c < classes_; ++c) {
      std::size_t truth = 0, predicted = 0;
      for (std::size_t k = 0; k < classes_; ++k) {
        truth += confusion_[c * classes_ + k];
        predicted += confusion_[k * classes_ + c];
      }
      if (truth + predicted == 0) continue;
      ++present;
      sum += 2.0 * static_cast<double>(confusion_[c * classes_ + c]) / static_cast<double>(truth + predicted);
    }
    return present ? sum / present : 0;
  }

 private:
  std::size_t classes_, samples_ = 0;
  std::vector<std::size_t> confusion_;  ///< [truth, prediction]
  double loss_ = 0;
};

// ---- the loop

class Trainer {
 public:
  Trainer(Network& network, const Graph& graph, const Dataset& data, const TrainOptions& options)
      : network_(network),
        data_(data),
        options_(options),
        augmentation_(graph, data, options),
        train_(data.indices(Split::Train)),
        validation_(data.indices(Split::Validation)),
        weights_(class_weights(data, train_, options)),
        optimizer_(options, network.weights()) {}

  Result<Trained> run(const Module& module) {
    Trained trained;
    std::vector<float> best;
    Progress progress("training", options_.epochs);
    for (int epoch = 0; epoch < options_.epochs; ++epoch) {
      MOTE_TRY(const EpochFigures figures, train_epoch(epoch));
      trained.epochs.push_back(figures);
      const auto& e = trained.epochs;
      if (epoch == 0 || options_.monitor == "last" ||
          score(e.back()) > score(e[static_cast<std::size_t>(trained.best_epoch)])) {
        trained.best_epoch = epoch;
        best = network_.snapshot();
      }
      progress.advance(epoch + 1, note(figures));
      if (options_.patience > 0 && epoch - trained.best_epoch >= options_.patience) break;
    }
    network_.restore(best);
    trained.module = module;
    network_.store(trained.module.main());
    return trained;
  }

 private:
  /// Higher is better.
  double score(const EpochFigures& f) const {
    const bool validated = !validation_.empty();
    if (options_.monitor == "accuracy") return validated ? f.validation_accuracy : f.train_accuracy;
    if (options_.monitor == "f1_macro" && validated) return f.validation_f1;
    return -(validated ? f.validation_loss : f.train_loss);
  }

  std::string note(const EpochFigures& f) const {
    if (validation_.empty())
      return fmt::format("loss {:.4f}, accuracy {:.4f}", f.train_loss, f.train_accuracy);
    return fmt::format("loss {:.4f}, validation loss {:.4f}, accuracy {:.4f}", f.train_loss,
                       f.validation_loss, f.validation_accuracy);
  }

  Error diverged(int epoch) const {
    return error(text::cat("training diverged in epoch ", epoch + 1, ": the loss is not a finite number"),
                 text::cat("lower learning_rate, to ", options_.learning_rate / 10, " say; it is ",
                           options_.learning_rate));
  }

  Result<EpochFigures> train_epoch(int epoch) {
    const std::vector<std::size_t> order = shuffled(train_, options_.seed, epoch);
    const auto batches = batches_of(order, options_.batch);
    Tally tally(data_.labels.size());
    EpochFigures figures;
    for (std::size_t b = 0; b < batches.size(); ++b) {
      const auto steps = static_cast<std::int64_t>(batches.size());
      const std::int64_t step = epoch * steps + static_cast<std::int64_t>(b);
      const std::uint64_t seed =
          Random(options_.seed).split(kStepStream).split(static_cast<std::uint64_t>(step)).bits();
      const int samples = static_cast<int>(batches[b].size());
      load(batches[b], epoch);
      network_.forward(samples, true, seed);
      const double loss = loss_of(samples, network_.logit_gradient());
      if (!std::isfinite(loss)) return diverged(epoch);
      network_.backward(samples, seed);
      figures.learning_rate = rate_at(options_, step, steps);
      optimizer_.step(figures.learning_rate);
      tally.add(loss, target_, network_.logits());
    }
    figures.train_loss = tally.loss();
    figures.train_accuracy = tally.accuracy();
    const Tally validation = evaluate(validation_);
    figures.validation_loss = validation.loss();
    figures.validation_accuracy = validation.accuracy();
    figures.validation_f1 = validation.f1_macro();
    if (!std::isfinite(figures.validation_loss)) return diverged(epoch);
    return figures;
  }

  Tally evaluate(std::span<const std::size_t> samples) {
    Tally tally(data_.labels.size());
    for (const auto batch : batches_of(samples, network_.most_samples())) {
      load(batch, std::nullopt);
      network_.forward(static_cast<int>(batch.size()), false, 0);
      const double loss = loss_of(static_cast<int>(batch.size()), nullptr);
      tally.add(loss, target_, network_.logits());
    }
    return tally;
  }

  /// Samples into the network's inputs; as `epoch` sees them, or as they are.
  void load(std::span<const std::size_t> samples, std::optional<int> epoch) {
    target_.clear();
    for (const std::size_t s : samples) target_.push_back(data_.target[s]);
    const auto copy = [&](int i) {
      const std::size_t sample = samples[static_cast<std::size_t>(i)];
      for (std::size_t k = 0; k < data_.inputs.size(); ++k) {
        const std::size_t count = data_.inputs[k].count();
        float* to = network_.input(k) + static_cast<std::size_t>(i) * count;
        if (epoch)
          augmentation_.copy(data_, k, sample, *epoch, to);
        else
          std::copy_n(data_.inputs[k].sample(sample).data(), count, to);
      }
    };
    const int n = static_cast<int>(samples.size());
    // Noise costs about 50 ns an element, far more than a copy: that is worth threads.
    if (epoch && options_.augment_noise > 0) return parallel_for(n, copy);
    for (int i = 0; i < n; ++i) copy(i);
  }

  double loss_of(int samples, float* gradient) {
    const learn::CrossEntropy c{samples, network_.classes(), network_.logit_scale(),
                                static_cast<float>(options_.label_smoothing), weights_};
    return learn::cross_entropy(c, network_.logits(), target_.data(), gradient);
  }

  Network& network_;
  const Dataset& data_;
  TrainOptions options_;
  Augmentation augmentation_;
  std::vector<std::size_t> train_, validation_;
  std::vector<float> weights_;
  Optimizer optimizer_;
  std::vector<std::int32_t> target_;
};

}  // namespace

Result<Trained> train(const Module& module, const Dataset& data, const TrainOptions& options) {
  MOTE_TRY_VOID(check_options(options));
  const Graph& graph = module.main();
  MOTE_TRY_VOID(check_inputs(graph, data));
  MOTE_TRY(Network network, Network::make(graph, options.batch, true));
  MOTE_TRY_VOID(check_targets(network, data, options));
  if (network.weights().empty())
    return error(text::cat("the network '", graph.name, "' has no trainable weights"),
                 "mark its constants as trainable");
  return Trainer(network, graph, data, options).run(module);
}

std::vector<float> forward(const Module& module, std::span<const std::span<const float>> inputs, int batch) {
  constexpr int kAtOnce = 64;  // samples; activations stay in the cache
  const Graph& graph = module.main();
  auto network = Network::make(graph, std::clamp(batch, 1, kAtOnce), false);
  MOTE_CHECK(network.has_value(), "forward of a network that can be trained");
  MOTE_CHECK(inputs.size() == graph.inputs.size(), "one span of samples for each input");
  const auto out_count = static_cast<std::size_t>(graph.tensor(graph.outputs[0]).type.count());
  std::vector<float> out;
  for (int done = 0; done < batch; done += kAtOnce) {
    const int samples = std::min(kAtOnce, batch - done);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const auto count = static_cast<std::size_t>(graph.tensor(graph.inputs[i].tensor).type.count());
      MOTE_CHECK(inputs[i].size() == count * static_cast<std::size_t>(batch), "samples fill the input");
      std::copy_n(inputs[i].data() + static_cast<std::size_t>(done) * count,
                  static_cast<std::size_t>(samples) * count, network->input(i));
    }
    network->forward(samples, false, 0);
    out.insert(out.end(), network->output(),
               network->output() + static_cast<std::size_t>(samples) * out_count);
  }
  return out;
}

}  // namespace mote
