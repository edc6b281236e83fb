// The training loop: batches forward and backward through the network, optimizer steps, validation, the best epoch.
// batches.h and augment.h are the samples, losses.h what is made small, network.h the gradients, state.h what outlives an
// interruption, math/nn.h the arithmetic.
#include "train/train.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "base/system.h"
#include "math/nn.h"
#include "math/random.h"
#include "train/augment.h"
#include "train/batches.h"
#include "train/losses.h"
#include "train/network.h"
#include "train/state.h"
#include "train/streams.h"

namespace mote {
namespace {

constexpr double kPi = 3.14159265358979323846;

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
  MOTE_TRY_VOID(check_choice("schedule", o.schedule, {"cosine", "step", "constant"}));
  MOTE_TRY_VOID(check_choice("monitor", o.monitor, {"loss", "accuracy", "f1_macro", "mae", "rmse", "last"}));
  MOTE_TRY_VOID(check_choice("sampling", o.sampling, {"shuffled", "balanced"}));
  MOTE_TRY_VOID(check_choice("augment_flip", o.augment_flip, {"none", "horizontal", "vertical", "both"}));
  MOTE_TRY_VOID(check_range("step_epochs", o.step_epochs, 1, 1e6));
  MOTE_TRY_VOID(check_range("step_factor", o.step_factor, 1e-6, 1));
  MOTE_TRY_VOID(check_range("clip_norm", o.clip_norm, 0, 1e9));
  MOTE_TRY_VOID(check_range("ema", o.ema, 0, 0.99999));
  MOTE_TRY_VOID(check_range("focal_gamma", o.focal_gamma, 0, 10));
  MOTE_TRY_VOID(check_range("huber_delta", o.huber_delta, 1e-6, 1e6));
  MOTE_TRY_VOID(check_range("quantile", o.quantile, 0.001, 0.999));
  MOTE_TRY_VOID(check_range("mixup", o.mixup, 0, 100));
  MOTE_TRY_VOID(check_range("augment_time_warp", o.augment_time_warp, 0, 0.95));
  MOTE_TRY_VOID(check_range("augment_time_mask", o.augment_time_mask, 0, 1e9));
  MOTE_TRY_VOID(check_range("augment_channel_mask", o.augment_channel_mask, 0, 1e9));
  MOTE_TRY_VOID(check_range("augment_rotate", o.augment_rotate, 0, 180));
  MOTE_TRY_VOID(check_range("augment_crop", o.augment_crop, 0, 1e6));
  MOTE_TRY_VOID(check_range("augment_brightness", o.augment_brightness, 0, 1e6));
  MOTE_TRY_VOID(check_range("augment_contrast", o.augment_contrast, 0, 1));
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

Result<void> check_classes(const Network& network, const Dataset& data) {
  const auto classes = static_cast<std::size_t>(network.classes());
  if (classes < 2 || classes != data.labels.size())
    return error(text::cat("the network has ", classes, " outputs, the data '", data.name, "' ",
                           data.labels.size(), " labels"),
                 "the last layer needs one output for each label, at least two");
  for (std::size_t i = 0; i < data.size(); ++i)
    if (data.target[i] < 0 || static_cast<std::size_t>(data.target[i]) >= classes)
      return error(text::cat("sample ", i, " of '", data.name, "' has the label number ", data.target[i],
                             ", there are ", classes));
  return {};
}

Result<void> check_numbers(const Network& network, const Dataset& data) {
  const auto outputs = static_cast<std::size_t>(network.classes());
  if (outputs != data.number.count())
    return error(text::cat("the network has ", outputs, " outputs, the data '", data.name, "' ",
                           data.number.count(), data.task == Task::MultiLabel ? " labels" : " numbers"),
                 "the last layer needs one output for each: dense outputs");
  MOTE_CHECK(data.number.values.size() == data.size() * outputs, "a data set holds numbers for each sample");
  for (std::size_t i = 0; i < data.number.values.size(); ++i) {
    const float v = data.number.values[i];
    const bool yes_or_no = data.task != Task::MultiLabel || (v >= 0 && v <= 1);
    if (std::isfinite(v) && yes_or_no) continue;
    const std::size_t sample = i / outputs;
    const std::string origin =
        sample < data.origin.size() ? data.origin[sample] : text::cat("sample ", sample);
    return error(text::cat(origin, ", '", data.number.names[i % outputs], "': ",
                           std::isfinite(v) ? "a label is 0 or 1" : "the value is not a finite number"),
                 "drop such samples with missing = \"drop\", or repair them");
  }
  return {};
}

Result<void> check_targets(const Network& network, const Dataset& data) {
  if (data.task == Task::Classification) return check_classes(network, data);
  if (data.task != Task::Anomaly) return check_numbers(network, data);
  const auto outputs = static_cast<std::size_t>(network.classes());
  if (outputs == data.outputs()) return {};
  return error(text::cat("the network has ", outputs, " outputs, the first input of '", data.name, "' ",
                         data.outputs(), " values"),
               "a network for anomaly detection answers its first input: template = \"autoencoder\"");
}

/// That task and options go together.
Result<void> check_task_options(const Dataset& data, const TrainOptions& o) {
  const bool classes = data.task == Task::Classification, labels = classes || data.task == Task::MultiLabel;
  const std::string task(name_of(data.task));
  if (!labels && (o.monitor == "accuracy" || o.monitor == "f1_macro"))
    return error(text::cat("training option monitor: there is no ", o.monitor, " where the task is ", task),
                 "monitor loss, mae, rmse or last");
  if (labels && (o.monitor == "mae" || o.monitor == "rmse"))
    return error(text::cat("training option monitor: there is no ", o.monitor, " where the task is ", task),
                 "monitor loss, accuracy, f1_macro or last");
  if (!classes && o.sampling == "balanced")
    return error(
        text::cat("training option sampling: there are no classes to balance where the task is ", task),
        "leave sampling out");
  if (data.task == Task::Anomaly && o.mixup > 0)
    return error("training option mixup: two normal samples mixed need not be normal", "leave mixup out");
  return {};
}

/// Samples of a split that training may use: of anomaly detection the normal ones.
std::vector<std::size_t> usable(const Dataset& data, Split split) {
  std::vector<std::size_t> samples = data.indices(split);
  if (data.task == Task::Anomaly) std::erase_if(samples, [&](std::size_t i) { return data.target[i] != 0; });
  return samples;
}

Result<void> check_training(const Dataset& data) {
  if (!usable(data, Split::Train).empty()) return {};
  return error(text::cat("the data '", data.name, "' has no ", data.task == Task::Anomaly ? "normal " : "",
                         "training samples"),
               "check the split in [data]");
}

// ---- optimizer

/// Learning rate of a step: linear warm-up to the full rate, then half a cosine down to zero, or steps down, or constant.
double rate_at(const TrainOptions& o, std::int64_t step, std::int64_t steps_per_epoch) {
  const double warm = o.warmup_epochs * static_cast<double>(steps_per_epoch), now = static_cast<double>(step);
  if (now < warm) return o.learning_rate * (now + 1) / (warm + 1);
  if (o.schedule == "constant") return o.learning_rate;
  if (o.schedule == "step") {
    double rate = o.learning_rate;
    for (std::int64_t done = o.step_epochs; done <= step / steps_per_epoch; done += o.step_epochs)
      rate *= o.step_factor;
    return rate;
  }
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

  void save(TrainState& state) const {
    state.power1 = power1_;
    state.power2 = power2_;
    state.first = joined(first_);
    state.second = joined(second_);
  }
  /// False: the state is of other weights.
  bool load(const TrainState& state) {
    power1_ = state.power1;
    power2_ = state.power2;
    return part(state.first, first_) && part(state.second, second_);
  }

 private:
  static constexpr double kBeta1 = 0.9, kBeta2 = 0.999;
  static std::vector<float> joined(const std::vector<std::vector<float>>& parts) {
    std::vector<float> all;
    for (const std::vector<float>& one : parts) all.insert(all.end(), one.begin(), one.end());
    return all;
  }
  static bool part(const std::vector<float>& all, std::vector<std::vector<float>>& parts) {
    std::size_t at = 0;
    for (std::vector<float>& one : parts) {
      if (all.size() - at < one.size()) return false;
      std::copy_n(all.data() + at, one.size(), one.data());
      at += one.size();
    }
    return at == all.size();
  }
  bool adam_;
  TrainOptions options_;
  std::vector<Network::Weight> weights_;
  std::vector<std::vector<float>> first_,
      second_;  ///< AdamW: mean and square of the gradient; SGD: velocity, nothing
  double power1_ = 1, power2_ = 1;
};

/// Gradients longer than `most`, all weights together, become as long as it.
void clip(std::span<const Network::Weight> weights, double most) {
  double squares = 0;
  for (const Network::Weight& w : weights)
    for (std::size_t i = 0; i < w.count; ++i)
      squares += static_cast<double>(w.gradient[i]) * static_cast<double>(w.gradient[i]);
  const double length = std::sqrt(squares);
  if (!(length > most)) return;
  const auto factor = static_cast<float>(most / length);
  for (const Network::Weight& w : weights)
    for (std::size_t i = 0; i < w.count; ++i) w.gradient[i] *= factor;
}

/// Running mean of the weights (Polyak); in its first steps it forgets faster, so that it leaves the first weights behind.
class RunningMean {
 public:
  RunningMean(double decay, std::span<const Network::Weight> weights) : decay_(decay) {
    if (decay > 0)
      for (const Network::Weight& w : weights) mean_.insert(mean_.end(), w.value, w.value + w.count);
  }
  bool is_kept() const { return decay_ > 0; }

  void follow(std::span<const Network::Weight> weights) {
    ++steps_;
    const double early = static_cast<double>(1 + steps_) / static_cast<double>(10 + steps_);
    const auto keep = static_cast<float>(std::min(decay_, early));
    std::size_t at = 0;
    for (const Network::Weight& w : weights)
      for (std::size_t i = 0; i < w.count; ++i, ++at) mean_[at] = keep * mean_[at] + (1 - keep) * w.value[i];
  }
  /// The network gets the mean for its weights, and this keeps the weights; again: back.
  void exchange(std::span<const Network::Weight> weights) {
    std::size_t at = 0;
    for (const Network::Weight& w : weights)
      for (std::size_t i = 0; i < w.count; ++i, ++at) std::swap(mean_[at], w.value[i]);
  }

  void save(TrainState& state) const {
    state.mean = mean_;
    state.steps = steps_;
  }
  bool load(const TrainState& state) {
    const bool fits = state.mean.size() == mean_.size();
    if (fits) mean_ = state.mean;
    steps_ = state.steps;
    return fits;
  }

 private:
  double decay_;
  std::vector<float> mean_;
  std::int64_t steps_ = 0;
};

// ---- samples and their loss

/// Loads samples into a network and says what is wanted of it.
class Bench {
 public:
  Bench(Network& network, const Graph& graph, const Dataset& data, const TrainOptions& options, Loss loss)
      : network_(network),
        data_(data),
        options_(options),
        augmentation_(graph, data, options),
        loss_(std::move(loss)) {}

  /// As they are.
  void load(std::span<const std::size_t> samples) {
    target_.clear();
    mixes_.clear();
    for (std::size_t i = 0; i < samples.size(); ++i) {
      target_.push_back(data_.target[samples[i]]);
      for (std::size_t k = 0; k < data_.inputs.size(); ++k)
        std::copy_n(data_.inputs[k].sample(samples[i]).data(), count(k), place(k, i));
    }
    want(samples);
  }

  /// As `epoch` sees them; others may be mixed in, from `training`.
  void load(std::span<const Draw> draws, int epoch, std::span<const std::size_t> training) {
    target_.clear();
    mixes_.clear();
    std::vector<std::size_t> samples;
    for (const Draw draw : draws) {
      samples.push_back(draw.sample);
      target_.push_back(data_.target[draw.sample]);
      if (options_.mixup > 0) mixes_.push_back(mix_of(options_, draw, epoch, training.size()));
    }
    const auto copy = [&](int i) {
      const auto at = static_cast<std::size_t>(i);
      for (std::size_t k = 0; k < data_.inputs.size(); ++k) {
        augmentation_.copy(data_, k, draws[at], epoch, place(k, at));
        if (!mixes_.empty()) mix_in(k, training[mixes_[at].partner], epoch, mixes_[at].share, place(k, at));
      }
    };
    const int n = static_cast<int>(draws.size());
    // Noise costs about 50 ns an element, far more than a copy: that is worth threads.
    if (augmentation_.is_slow())
      parallel_for(n, copy);
    else
      for (int i = 0; i < n; ++i) copy(i);
    want(samples);
    for (std::size_t i = 0; i < mixes_.size(); ++i) want_mixed(i, training[mixes_[i].partner]);
  }

  /// Of what the network answered to what was loaded.
  double loss(float* gradient) {
    if (loss_.kind == LossKind::CrossEntropy && mixes_.empty()) {
      const learn::CrossEntropy c{static_cast<int>(target_.size()), network_.classes(),
                                  network_.logit_scale(), static_cast<float>(loss_.smoothing), loss_.weights};
      return learn::cross_entropy(c, network_.logits(), target_.data(), gradient);
    }
    return loss_of(loss_, answers(), gradient);
  }
  void count_in(Tally& tally, double mean_loss) { tally.add(mean_loss, answers(), target_); }

  SplitFigures measure(std::span<const std::size_t> samples) {
    Tally tally(data_, outputs());
    for (const auto batch : batches_of(samples, network_.most_samples())) {
      load(batch);
      network_.forward(static_cast<int>(batch.size()), false, 0);
      count_in(tally, loss(nullptr));
    }
    return tally.figures();
  }

  std::size_t outputs() const { return static_cast<std::size_t>(network_.classes()); }

 private:
  std::size_t count(std::size_t input) const { return data_.inputs[input].count(); }
  float* place(std::size_t input, std::size_t i) { return network_.input(input) + i * count(input); }

  Answers answers() {
    return {static_cast<int>(target_.size()), network_.classes(), network_.logits(), wanted_.data(),
            network_.logit_scale()};
  }

  void want(std::span<const std::size_t> samples) {
    const std::size_t n = outputs();
    wanted_.assign(samples.size() * n, 0.0f);
    for (std::size_t i = 0; i < samples.size(); ++i) {
      float* to = wanted_.data() + i * n;
      if (data_.task == Task::Classification)
        to[data_.target[samples[i]]] = 1;
      else if (data_.task == Task::Anomaly)
        std::copy_n(place(0, i), n, to);
      else
        std::copy_n(data_.number.sample(samples[i]).data(), n, to);
    }
  }

  void mix_in(std::size_t input, std::size_t partner, int epoch, float share, float* to) const {
    std::vector<float> other(count(input));
    augmentation_.copy(data_, input, {partner, 0}, epoch, other.data());
    for (std::size_t e = 0; e < other.size(); ++e) to[e] = share * to[e] + (1 - share) * other[e];
  }
  void want_mixed(std::size_t i, std::size_t partner) {
    const std::size_t n = outputs();
    const float share = mixes_[i].share;
    float* to = wanted_.data() + i * n;
    for (std::size_t k = 0; k < n; ++k) {
      const float other = data_.task == Task::Classification
                              ? (static_cast<std::size_t>(data_.target[partner]) == k ? 1.0f : 0.0f)
                              : data_.number.sample(partner)[k];
      to[k] = share * to[k] + (1 - share) * other;
    }
  }

  Network& network_;
  const Dataset& data_;
  TrainOptions options_;
  Augmentation augmentation_;
  Loss loss_;
  std::vector<std::int32_t> target_;  ///< by loaded sample: its class
  std::vector<Mix> mixes_;            ///< by loaded sample; empty: none is mixed
  std::vector<float> wanted_;         ///< samples × outputs
};

// ---- the loop

class Trainer {
 public:
  Trainer(Network& network, const Graph& graph, const Dataset& data, const TrainOptions& options, Loss loss,
          const TrainRun& run)
      : network_(network),
        data_(data),
        options_(options),
        run_(run),
        train_(usable(data, Split::Train)),
        validation_(usable(data, Split::Validation)),
        weights_(network.weights()),
        bench_(network, graph, data, options, std::move(loss)),
        optimizer_(options, network.weights()),
        mean_(options.ema, weights_) {}

  Result<Trained> run(const Module& module) {
    Trained trained;
    std::vector<float> best;
    const std::string fingerprint = run_.state.empty() ? "" : fingerprint_of(module, data_, options_);
    if (run_.resume && !run_.state.empty() && std::filesystem::exists(run_.state))
      MOTE_TRY_VOID(resume(fingerprint, trained, best));
    Progress progress("training", options_.epochs);
    for (int epoch = static_cast<int>(trained.epochs.size()); epoch < options_.epochs; ++epoch) {
      if (options_.patience > 0 && epoch - 1 - trained.best_epoch >= options_.patience) break;
      MOTE_TRY(const EpochFigures figures, train_epoch(epoch));
      trained.epochs.push_back(figures);
      const auto& e = trained.epochs;
      if (epoch == 0 || options_.monitor == "last" ||
          score(e.back()) > score(e[static_cast<std::size_t>(trained.best_epoch)])) {
        trained.best_epoch = epoch;
        best = judged_weights();
      }
      progress.advance(epoch + 1, note(figures));
      if (!run_.state.empty()) MOTE_TRY_VOID(save(fingerprint, trained, best));
      if (run_.on_epoch && !run_.on_epoch(epoch, figures)) {
        trained.stopped = epoch + 1 < options_.epochs;
        break;
      }
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
    if (options_.monitor == "mae") return -(validated ? f.validation_mae : f.train_mae);
    if (options_.monitor == "rmse") return -(validated ? f.validation_rmse : f.train_rmse);
    return -(validated ? f.validation_loss : f.train_loss);
  }

  std::string note(const EpochFigures& f) const {
    const bool validated = !validation_.empty();
    std::string out = fmt::format("loss {:.4f}", f.train_loss);
    if (validated) out += fmt::format(", validation loss {:.4f}", f.validation_loss);
    const bool labels = data_.task == Task::Classification || data_.task == Task::MultiLabel;
    if (labels)
      return out + fmt::format(", accuracy {:.4f}", validated ? f.validation_accuracy : f.train_accuracy);
    return out +
           fmt::format(", RMSE {:.4g} {}", validated ? f.validation_rmse : f.train_rmse, data_.number.unit);
  }

  Error diverged(int epoch) const {
    return error(text::cat("training diverged in epoch ", epoch + 1, ": the loss is not a finite number"),
                 text::cat("lower learning_rate, to ", options_.learning_rate / 10, " say; it is ",
                           options_.learning_rate));
  }

  std::vector<Draw> draws_of(int epoch) const {
    return options_.sampling == "balanced" ? balanced(data_, train_, options_.seed, epoch)
                                           : shuffled(train_, options_.seed, epoch);
  }

  Result<EpochFigures> train_epoch(int epoch) {
    const std::vector<Draw> draws = draws_of(epoch);
    const auto batches = batches_of(std::span<const Draw>(draws), options_.batch);
    Tally tally(data_, bench_.outputs());
    EpochFigures figures;
    for (std::size_t b = 0; b < batches.size(); ++b) {
      const auto steps = static_cast<std::int64_t>(batches.size());
      const std::int64_t step = epoch * steps + static_cast<std::int64_t>(b);
      const std::uint64_t seed =
          Random(options_.seed).split(kStepStream).split(static_cast<std::uint64_t>(step)).bits();
      const int samples = static_cast<int>(batches[b].size());
      bench_.load(batches[b], epoch, train_);
      network_.forward(samples, true, seed);
      const double loss = bench_.loss(network_.logit_gradient());
      if (!std::isfinite(loss)) return diverged(epoch);
      network_.backward(samples, seed);
      if (options_.clip_norm > 0) clip(weights_, options_.clip_norm);
      figures.learning_rate = rate_at(options_, step, steps);
      optimizer_.step(figures.learning_rate);
      if (mean_.is_kept()) mean_.follow(weights_);
      bench_.count_in(tally, loss);
    }
    const SplitFigures train = tally.figures(), validation = validate();
    figures.train_loss = train.loss;
    figures.train_accuracy = train.accuracy;
    figures.train_mae = train.mae;
    figures.train_rmse = train.rmse;
    figures.validation_loss = validation.loss;
    figures.validation_accuracy = validation.accuracy;
    figures.validation_f1 = validation.f1_macro;
    figures.validation_mae = validation.mae;
    figures.validation_rmse = validation.rmse;
    if (!std::isfinite(figures.validation_loss)) return diverged(epoch);
    return figures;
  }

  /// Of the weights as they are kept: their mean, where there is one.
  SplitFigures validate() {
    if (!mean_.is_kept()) return bench_.measure(validation_);
    mean_.exchange(weights_);
    const SplitFigures figures = bench_.measure(validation_);
    mean_.exchange(weights_);
    return figures;
  }
  std::vector<float> judged_weights() {
    if (!mean_.is_kept()) return network_.snapshot();
    mean_.exchange(weights_);
    std::vector<float> judged = network_.snapshot();
    mean_.exchange(weights_);
    return judged;
  }

  Result<void> save(const std::string& fingerprint, const Trained& trained,
                    const std::vector<float>& best) const {
    TrainState state;
    state.fingerprint = fingerprint;
    state.epochs = trained.epochs;
    state.best_epoch = trained.best_epoch;
    state.weights = network_.snapshot();
    state.best = best;
    optimizer_.save(state);
    mean_.save(state);
    return save_state(state, run_.state);
  }
  Result<void> resume(const std::string& fingerprint, Trained& trained, std::vector<float>& best) {
    MOTE_TRY(TrainState state, load_state(run_.state, fingerprint));
    const std::size_t count = network_.snapshot().size();
    const bool fits = state.weights.size() == count && state.best.size() == count && optimizer_.load(state) &&
                      mean_.load(state);
    if (!fits)
      return error(text::cat(run_.state.string(), ": the state is of other weights"),
                   "remove the file, or train without resuming");
    network_.restore(state.weights);
    trained.epochs = std::move(state.epochs);
    trained.best_epoch = state.best_epoch;
    best = std::move(state.best);
    return {};
  }

  Network& network_;
  const Dataset& data_;
  TrainOptions options_;
  const TrainRun& run_;
  std::vector<std::size_t> train_, validation_;
  std::vector<Network::Weight> weights_;
  Bench bench_;
  Optimizer optimizer_;
  RunningMean mean_;
};

}  // namespace

Result<Trained> train(const Module& module, const Dataset& data, const TrainOptions& options,
                      const TrainRun& run) {
  MOTE_TRY_VOID(check_options(options));
  MOTE_TRY_VOID(check_task_options(data, options));
  const Graph& graph = module.main();
  MOTE_TRY_VOID(check_inputs(graph, data));
  MOTE_TRY_VOID(check_augmentation(graph, data, options));
  MOTE_TRY(Network network, Network::make(graph, options.batch, true, head_of(data.task)));
  MOTE_TRY_VOID(check_targets(network, data));
  MOTE_TRY_VOID(check_training(data));
  MOTE_TRY(Loss loss, make_loss(options, data, usable(data, Split::Train)));
  if (network.weights().empty())
    return error(text::cat("the network '", graph.name, "' has no trainable weights"),
                 "mark its constants as trainable");
  if (!run.state.empty()) remove_abandoned(run.state);
  return Trainer(network, graph, data, options, std::move(loss), run).run(module);
}

Result<SplitFigures> measure(const Module& module, const Dataset& data, Split split,
                             const TrainOptions& options) {
  constexpr int kAtOnce = 64;  // samples; activations stay in the cache
  MOTE_TRY_VOID(check_options(options));
  const Graph& graph = module.main();
  MOTE_TRY_VOID(check_inputs(graph, data));
  MOTE_TRY(Network network, Network::make(graph, kAtOnce, false, head_of(data.task)));
  MOTE_TRY_VOID(check_targets(network, data));
  MOTE_TRY(Loss loss, make_loss(options, data, usable(data, Split::Train)));
  return Bench(network, graph, data, options, std::move(loss)).measure(usable(data, split));
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
