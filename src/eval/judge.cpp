#include "eval/judge.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "eval/anomaly.h"
#include "eval/metrics.h"

namespace mote {
namespace {

Result<void> fill_classes(std::span<const std::int32_t> target, std::span<const std::int32_t> predicted,
                          const std::vector<std::string>& labels, Judgement& out) {
  MOTE_TRY(const ClassificationFigures figures, classification(target, predicted, labels));
  out.accuracy = figures.accuracy;
  out.f1_macro = figures.f1_macro;
  for (const LabelFigures& label : figures.labels) {
    out.recall.push_back(label.recall);
    out.f1.push_back(label.f1);
  }
  out.confusion = figures.confusion;
  return {};
}

std::vector<std::int32_t> targets_of(const Dataset& data, std::span<const std::size_t> samples) {
  std::vector<std::int32_t> target;
  for (const std::size_t i : samples) target.push_back(data.target[i]);
  return target;
}

/// How well a score tells the second class from the first; nothing where the samples have only one of them.
std::optional<double> auc_of(std::span<const std::int32_t> target, const std::vector<float>& scores) {
  std::vector<bool> positive;
  for (const std::int32_t t : target) positive.push_back(t == 1);
  const auto value = auc(positive, scores);
  return value ? std::optional<double>(*value) : std::nullopt;
}

Result<Judgement> judge_classes(const Dataset& data, std::span<const std::size_t> samples,
                                std::span<const float> scores, std::size_t per_sample) {
  Judgement out;
  const std::vector<std::int32_t> target = targets_of(data, samples);
  std::vector<std::int32_t> predicted;
  std::vector<float> second;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const auto own = scores.subspan(i * per_sample, per_sample);
    const auto best = std::max_element(own.begin(), own.end()) - own.begin();
    predicted.push_back(per_sample == 1 ? (own[0] >= 0.5f ? 1 : 0) : static_cast<std::int32_t>(best));
    second.push_back(own.back());
  }
  MOTE_TRY_VOID(fill_classes(target, predicted, data.labels, out));
  if (data.labels.size() == 2) out.auc = auc_of(target, second);
  return out;
}

Result<Judgement> judge_several(const Dataset& data, std::span<const std::size_t> samples,
                                std::span<const float> scores, std::size_t per_sample) {
  Judgement out;
  double right = 0, f1_sum = 0;
  for (std::size_t k = 0; k < per_sample; ++k) {
    double hits = 0, occurs = 0, guessed = 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const bool is = data.number.sample(samples[i])[k] > 0.5f, said = scores[i * per_sample + k] >= 0.5f;
      right += is == said ? 1 : 0;
      hits += is && said ? 1 : 0;
      occurs += is ? 1 : 0;
      guessed += said ? 1 : 0;
    }
    out.recall.push_back(occurs > 0 ? hits / occurs : 0);
    out.f1.push_back(occurs + guessed > 0 ? 2 * hits / (occurs + guessed) : 0);
    f1_sum += out.f1.back();
  }
  out.accuracy = right / static_cast<double>(samples.size() * per_sample);
  out.f1_macro = f1_sum / static_cast<double>(per_sample);
  return out;
}

Result<Judgement> judge_numbers(const Dataset& data, std::span<const std::size_t> samples,
                                std::span<const float> scores, std::size_t per_sample) {
  Judgement out;
  double absolute = 0, squares = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const auto target = data.number.sample(samples[i]);
    for (std::size_t k = 0; k < per_sample; ++k) {
      const double error =
          data.number.real(samples[i], scores[i * per_sample + k]) - data.number.real(samples[i], target[k]);
      absolute += std::abs(error);
      squares += error * error;
    }
  }
  const double count = static_cast<double>(samples.size() * per_sample);
  out.mae = absolute / count;
  out.rmse = std::sqrt(squares / count);
  return out;
}

Result<Judgement> judge_anomalies(const Dataset& data, std::span<const std::size_t> samples,
                                  std::span<const float> scores, std::size_t per_sample, double threshold) {
  Judgement out;
  const std::vector<std::int32_t> target = targets_of(data, samples);
  std::vector<double> exact;
  std::vector<float> rounded;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    exact.push_back(
        anomaly_score(data.inputs[0].sample(samples[i]), scores.subspan(i * per_sample, per_sample)));
    rounded.push_back(static_cast<float>(exact.back()));
  }
  out.auc = auc_of(target, rounded);
  MOTE_TRY_VOID(fill_classes(target, find_anomalies(exact, threshold), data.labels, out));
  return out;
}

double rmse_of_constant(const Dataset& data, std::span<const std::size_t> samples, bool as_now) {
  const std::size_t count = data.number.count();
  std::vector<double> mean(count);
  double trained = 0;
  for (std::size_t i = 0; i < data.size() && !as_now; ++i) {
    if (data.split[i] != Split::Train) continue;
    for (std::size_t k = 0; k < count; ++k) mean[k] += data.number.real(i, data.number.sample(i)[k]);
    trained += 1;
  }
  double squares = 0;
  for (const std::size_t i : samples) {
    for (std::size_t k = 0; k < count; ++k) {
      const double guess =
          as_now ? static_cast<double>(data.number.last[i]) : mean[k] / std::max(trained, 1.0);
      const double error = data.number.real(i, data.number.sample(i)[k]) - guess;
      squares += error * error;
    }
  }
  return std::sqrt(squares / static_cast<double>(samples.size() * count));
}

}  // namespace

Result<Judgement> judge(const Dataset& data, std::span<const std::size_t> samples,
                        std::span<const float> scores, std::size_t per_sample,
                        std::optional<double> threshold) {
  if (samples.empty()) return error("no samples to judge by", "the test split is empty");
  MOTE_CHECK(scores.size() == samples.size() * per_sample, "scores of each sample");
  if (data.task != Task::Classification && per_sample != data.outputs()) {
    return error(text::cat("the model answers ", per_sample, " numbers, the data has ", data.outputs()),
                 "the model was made for other data");
  }
  switch (data.task) {
    case Task::Classification:
      return judge_classes(data, samples, scores, per_sample);
    case Task::MultiLabel:
      return judge_several(data, samples, scores, per_sample);
    case Task::Regression:
      return judge_numbers(data, samples, scores, per_sample);
    case Task::Anomaly:
      if (!threshold)
        return error("anomaly detection is judged with a threshold", "choose it on normal samples");
      return judge_anomalies(data, samples, scores, per_sample, *threshold);
  }
  return error("unknown task");
}

Result<TrivialAnswer> trivial_answer(const Dataset& data, std::span<const std::size_t> samples) {
  const std::vector<std::int32_t> target = targets_of(data, samples);
  if (samples.empty()) return error("no samples to judge by", "the test split is empty");
  const double count = static_cast<double>(samples.size());
  if (data.task == Task::Classification) {
    MOTE_TRY(const Baseline baseline, majority_baseline(target, data.labels));
    return TrivialAnswer{baseline.name, "accuracy", baseline.accuracy};
  }
  if (data.task == Task::Anomaly) {
    const auto anomalies = static_cast<double>(std::count(target.begin(), target.end(), 1));
    return TrivialAnswer{"always an alarm", "f1", 2 * anomalies / (count + anomalies)};
  }
  if (data.task == Task::Regression) {
    const bool as_now = data.number.last.size() == data.size() && data.size() > 0;
    return TrivialAnswer{as_now ? "as now" : "the mean of training", "rmse",
                         rmse_of_constant(data, samples, as_now)};
  }
  double right = 0;
  for (std::size_t k = 0; k < data.number.count(); ++k) {
    double on = 0, trained = 0, here = 0;
    for (std::size_t i = 0; i < data.size(); ++i) {
      if (data.split[i] != Split::Train) continue;
      on += data.number.sample(i)[k] > 0.5f ? 1 : 0;
      trained += 1;
    }
    for (const std::size_t i : samples) here += data.number.sample(i)[k] > 0.5f ? 1 : 0;
    right += 2 * on > trained ? here : count - here;
  }
  return TrivialAnswer{"each label as it mostly is", "accuracy",
                       right / (count * static_cast<double>(data.number.count()))};
}

}  // namespace mote
