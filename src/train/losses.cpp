#include "train/losses.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "math/nn.h"
#include "math/random.h"

namespace mote {
namespace {

struct LossWord {
  std::string_view name;
  LossKind kind;
  std::array<bool, 4> fits;  ///< by Task: classification, multi-label, regression, anomaly
};
constexpr std::array<LossWord, 7> kLosses = {{
    {"cross_entropy", LossKind::CrossEntropy, {true, false, false, false}},
    {"focal", LossKind::Focal, {true, false, false, false}},
    {"binary_cross_entropy", LossKind::BinaryCrossEntropy, {false, true, false, false}},
    {"mse", LossKind::Squared, {false, false, true, true}},
    {"mae", LossKind::Absolute, {false, false, true, true}},
    {"huber", LossKind::Huber, {false, false, true, true}},
    {"pinball", LossKind::Pinball, {false, false, true, false}},
}};

const LossWord* find_loss(std::string_view name) {
  const auto found =
      std::find_if(kLosses.begin(), kLosses.end(), [&](const LossWord& w) { return w.name == name; });
  return found == kLosses.end() ? nullptr : &*found;
}

std::vector<std::string> losses_for(Task task) {
  std::vector<std::string> names;
  for (const LossWord& word : kLosses)
    if (word.fits[static_cast<std::size_t>(task)]) names.emplace_back(word.name);
  return names;
}

// ---- class weights

/// n / (classes · n_c) of the training samples; a class that never occurs counts nothing.
std::vector<float> balanced_classes(const Dataset& data, std::span<const std::size_t> training) {
  std::vector<double> count(data.labels.size(), 0.0);
  for (const std::size_t i : training) ++count[static_cast<std::size_t>(data.target[i])];
  std::vector<float> weights;
  for (const double n : count)
    weights.push_back(n > 0 ? static_cast<float>(static_cast<double>(training.size()) /
                                                 (static_cast<double>(count.size()) * n))
                            : 0.0f);
  return weights;
}

/// How many a no there is for each yes, at most 100.
std::vector<float> balanced_labels(const Dataset& data, std::span<const std::size_t> training) {
  std::vector<float> weights;
  for (std::size_t k = 0; k < data.number.count(); ++k) {
    double yes = 0;
    for (const std::size_t i : training) yes += data.number.sample(i)[k] > 0.5f ? 1 : 0;
    const double no = static_cast<double>(training.size()) - yes;
    weights.push_back(static_cast<float>(yes > 0 && no > 0 ? std::clamp(no / yes, 0.01, 100.0) : 1.0));
  }
  return weights;
}

Result<std::vector<float>> label_weights(const TrainOptions& options, const Dataset& data,
                                         std::span<const std::size_t> training) {
  const bool classes = data.task == Task::Classification, labels = data.task == Task::MultiLabel;
  if (!classes && !labels) {
    if (options.class_weights.empty() && !options.balanced_class_weights) return std::vector<float>();
    return error(text::cat("class_weights: there are no classes where the task is ", name_of(data.task)),
                 "leave class_weights out");
  }
  if (options.balanced_class_weights)
    return classes ? balanced_classes(data, training) : balanced_labels(data, training);
  const std::size_t count = classes ? data.labels.size() : data.number.count();
  if (!options.class_weights.empty() && options.class_weights.size() != count)
    return error(
        text::cat("class_weights has ", options.class_weights.size(), " numbers for ", count, " labels"));
  for (const double w : options.class_weights)
    if (!(w >= 0 && w <= 1e6))
      return error(text::cat("training option class_weights: ", w, " is outside 0 … 1000000"));
  const bool any =
      std::any_of(options.class_weights.begin(), options.class_weights.end(), [](double w) { return w > 0; });
  if (!options.class_weights.empty() && !any)
    return error("training option class_weights: all are 0, so nothing would be learned",
                 "1 counts a class as it is");
  return std::vector<float>(options.class_weights.begin(), options.class_weights.end());
}

// ---- losses of classes

/// p = softmax(scale · logits), in double.
void probabilities(int classes, double scale, const float* logits, std::vector<double>& p) {
  p.resize(static_cast<std::size_t>(classes));
  const double most = static_cast<double>(*std::max_element(logits, logits + classes));
  double sum = 0;
  for (int k = 0; k < classes; ++k)
    sum += p[static_cast<std::size_t>(k)] = exact::exp(scale * (static_cast<double>(logits[k]) - most));
  for (double& share : p) share /= sum;
}

/// Of one class of probability p: its loss, and p times the loss' slope by p.
struct ClassTerm {
  double loss, slope;
};
ClassTerm class_term(const Loss& loss, double p) {
  const double safe = std::max(p, 1e-300), logarithm = exact::log(safe);
  if (loss.kind == LossKind::CrossEntropy) return {-logarithm, -1};
  const double rest = std::max(1 - p, 1e-12), power = exact::pow(rest, loss.gamma);
  return {-power * logarithm, loss.gamma * p * (power / rest) * logarithm - power};
}

double class_loss(const Loss& loss, const Answers& a, float* gradient) {
  const auto classes = static_cast<std::size_t>(a.outputs);
  const double scale = static_cast<double>(a.scale);
  std::vector<double> p, slope(classes);
  double sum = 0;
  for (int n = 0; n < a.samples; ++n) {
    const float* wanted = a.wanted + static_cast<std::size_t>(n) * classes;
    probabilities(a.outputs, scale, a.given + static_cast<std::size_t>(n) * classes, p);
    double weight = loss.weights.empty() ? 1 : 0, of_sample = 0, slopes = 0;
    for (std::size_t k = 0; k < loss.weights.size(); ++k)
      weight += static_cast<double>(wanted[k]) * static_cast<double>(loss.weights[k]);
    for (std::size_t k = 0; k < classes; ++k) {
      const double share = (1 - loss.smoothing) * static_cast<double>(wanted[k]) +
                           loss.smoothing / static_cast<double>(classes);
      slope[k] = 0;
      if (share <= 0) continue;
      const ClassTerm term = class_term(loss, p[k]);
      of_sample += share * term.loss;
      slope[k] = share * term.slope;
      slopes += slope[k];
    }
    sum += weight * of_sample;
    if (gradient == nullptr) continue;
    for (std::size_t k = 0; k < classes; ++k)
      gradient[static_cast<std::size_t>(n) * classes + k] =
          static_cast<float>(weight * scale * (slope[k] - p[k] * slopes) / a.samples);
  }
  return sum / a.samples;
}

// ---- losses of outputs that stand for themselves

struct Term {
  double loss, slope;
};

/// ln(1 + e^x) and its slope.
Term softplus(double x) {
  const double e = exact::exp(-std::fabs(x));
  return {std::max(x, 0.0) + exact::log(1 + e), x >= 0 ? 1 / (1 + e) : e / (1 + e)};
}

Term term_of(const Loss& loss, double given, double wanted, double yes_weight) {
  const double off = given - wanted;
  switch (loss.kind) {
    case LossKind::BinaryCrossEntropy: {
      const double yes = (1 - loss.smoothing) * wanted + 0.5 * loss.smoothing;
      const Term against_yes = softplus(-given), against_no = softplus(given);
      return {yes * yes_weight * against_yes.loss + (1 - yes) * against_no.loss,
              -yes * yes_weight * against_yes.slope + (1 - yes) * against_no.slope};
    }
    case LossKind::Absolute:
      return {std::fabs(off), off > 0 ? 1.0 : off < 0 ? -1.0 : 0.0};
    case LossKind::Huber:
      if (std::fabs(off) <= loss.delta) return {0.5 * off * off, off};
      return {loss.delta * (std::fabs(off) - 0.5 * loss.delta), off > 0 ? loss.delta : -loss.delta};
    case LossKind::Pinball:
      return off > 0 ? Term{(1 - loss.quantile) * off, 1 - loss.quantile}
                     : Term{-loss.quantile * off, -loss.quantile};
    default:
      return {off * off, 2 * off};
  }
}

double output_loss(const Loss& loss, const Answers& a, float* gradient) {
  const auto outputs = static_cast<std::size_t>(a.outputs),
             count = outputs * static_cast<std::size_t>(a.samples);
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double weight = loss.weights.empty() ? 1 : static_cast<double>(loss.weights[i % outputs]);
    const Term term =
        term_of(loss, static_cast<double>(a.given[i]), static_cast<double>(a.wanted[i]), weight);
    sum += term.loss;
    if (gradient != nullptr) gradient[i] = static_cast<float>(term.slope / static_cast<double>(count));
  }
  return sum / static_cast<double>(count);
}

double f1(std::size_t right, std::size_t truth, std::size_t predicted) {
  return 2.0 * static_cast<double>(right) / static_cast<double>(truth + predicted);
}

}  // namespace

Result<std::string> loss_name(const TrainOptions& options, Task task) {
  const std::vector<std::string> fit = losses_for(task);
  if (options.loss == "auto") return fit.front();
  std::vector<std::string> all = {"auto"};
  for (const LossWord& word : kLosses) all.emplace_back(word.name);
  if (find_loss(options.loss) == nullptr)
    return error(text::cat("training option loss: '", options.loss, "' is not known"),
                 text::suggest(options.loss, all));
  if (std::find(fit.begin(), fit.end(), options.loss) == fit.end())
    return error(text::cat("training option loss: '", options.loss, "' is no loss of ", name_of(task)),
                 text::cat("choose one of: ", text::join(fit, ", ")));
  return options.loss;
}

Result<Loss> make_loss(const TrainOptions& options, const Dataset& data,
                       std::span<const std::size_t> training) {
  MOTE_TRY(const std::string name, loss_name(options, data.task));
  Loss loss{find_loss(name)->kind, options.focal_gamma,     options.huber_delta,
            options.quantile,      options.label_smoothing, {}};
  const bool smooths = loss.of_classes() || loss.kind == LossKind::BinaryCrossEntropy;
  if (!smooths && options.label_smoothing > 0)
    return error(text::cat("label_smoothing: there are no labels where the task is ", name_of(data.task)),
                 "leave label_smoothing out");
  MOTE_TRY(loss.weights, label_weights(options, data, training));
  return loss;
}

GradRule::Role head_of(Task task) {
  if (task == Task::Classification) return GradRule::Role::Softmax;
  return task == Task::MultiLabel ? GradRule::Role::Sigmoid : GradRule::Role::Other;
}

double loss_of(const Loss& loss, const Answers& answers, float* gradient) {
  return loss.of_classes() ? class_loss(loss, answers, gradient) : output_loss(loss, answers, gradient);
}

// ---- figures

Tally::Tally(const Dataset& data, std::size_t outputs)
    : task_(data.task),
      outputs_(outputs),
      unit_(data.task == Task::Regression ? 1 / data.number.scale : 1.0),
      confusion_(data.task == Task::Classification ? outputs * outputs
                 : data.task == Task::MultiLabel   ? outputs * 4
                                                   : 0,
                 0) {}

void Tally::add(double mean_loss, const Answers& a, std::span<const std::int32_t> target) {
  loss_ += mean_loss * a.samples;
  samples_ += static_cast<std::size_t>(a.samples);
  for (std::size_t n = 0; n < static_cast<std::size_t>(a.samples); ++n) {
    const float *given = a.given + n * outputs_, *wanted = a.wanted + n * outputs_;
    if (task_ == Task::Classification) {
      const auto got = static_cast<std::size_t>(std::max_element(given, given + outputs_) - given);
      ++confusion_[static_cast<std::size_t>(target[n]) * outputs_ + got];
      continue;
    }
    for (std::size_t k = 0; k < outputs_; ++k) {
      if (task_ == Task::MultiLabel) {
        ++confusion_[k * 4 + (wanted[k] >= 0.5f ? 2 : 0) + (given[k] >= 0 ? 1 : 0)];
        continue;
      }
      const double off = static_cast<double>(given[k]) - static_cast<double>(wanted[k]);
      absolute_ += std::fabs(off);
      squared_ += off * off;
    }
  }
}

SplitFigures Tally::figures() const {
  SplitFigures f;
  if (samples_ == 0) return f;
  const auto n = static_cast<double>(samples_), values = n * static_cast<double>(outputs_);
  f.loss = loss_ / n;
  std::size_t right = 0;
  if (task_ == Task::Classification) {
    for (std::size_t c = 0; c < outputs_; ++c) right += confusion_[c * outputs_ + c];
    f.accuracy = static_cast<double>(right) / n;
    f.f1_macro = f1_of_classes();
  } else if (task_ == Task::MultiLabel) {
    for (std::size_t k = 0; k < outputs_; ++k) right += confusion_[k * 4] + confusion_[k * 4 + 3];
    f.accuracy = static_cast<double>(right) / values;
    f.f1_macro = f1_of_labels();
  } else {
    f.mae = absolute_ / values * unit_;
    f.rmse = std::sqrt(squared_ / values) * unit_;
  }
  return f;
}

/// Mean over the classes that occur or are predicted.
double Tally::f1_of_classes() const {
  double sum = 0;
  int present = 0;
  for (std::size_t c = 0; c < outputs_; ++c) {
    std::size_t truth = 0, predicted = 0;
    for (std::size_t k = 0; k < outputs_; ++k) {
      truth += confusion_[c * outputs_ + k];
      predicted += confusion_[k * outputs_ + c];
    }
    if (truth + predicted == 0) continue;
    ++present;
    sum += f1(confusion_[c * outputs_ + c], truth, predicted);
  }
  return present ? sum / present : 0;
}

double Tally::f1_of_labels() const {
  double sum = 0;
  int present = 0;
  for (std::size_t k = 0; k < outputs_; ++k) {
    const std::size_t *c = &confusion_[k * 4], truth = c[2] + c[3], predicted = c[1] + c[3];
    if (truth + predicted == 0) continue;
    ++present;
    sum += f1(c[3], truth, predicted);
  }
  return present ? sum / present : 0;
}

}  // namespace mote
