// Every model template learns a small problem of every task it is for, keeps it in int8, and answers on a Cortex-M4 as on the
// host, byte for byte.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "app/device_run.h"
#include "app/network.h"
#include "base/system.h"
#include "eval/anomaly.h"
#include "eval/evaluate.h"
#include "math/random.h"
#include "passes/pipeline.h"
#include "shrink/quantize.h"
#include "sim/sim.h"
#include "train/train.h"

namespace mote {
namespace {

/// Waves of two features: how fast they are (slow below ½) and how strong.  As a series of two channels, a picture of stripes
/// or four numbers, by rank.
Dataset waves(std::size_t samples, std::size_t rank, Task task) {
  Dataset data;
  data.name = "waves";
  data.task = task;
  DataInput input;
  input.name = "wave";
  input.shape = rank == 1   ? std::vector<std::int32_t>{4}
                : rank == 2 ? std::vector<std::int32_t>{24, 2}
                            : std::vector<std::int32_t>{12, 12, 1};
  if (task == Task::Classification) data.labels = {"slow", "fast"};
  if (task == Task::MultiLabel) data.labels = data.number.names = {"fast", "strong"};
  if (task == Task::Regression) data.number.names = {"speed"};
  if (task == Task::Anomaly) data.labels = {"normal", "anomaly"};
  Random random(5);
  for (std::size_t i = 0; i < samples; ++i) {
    const bool fast = random.below(2) == 1, strong = random.below(2) == 1;
    const double speed = (fast ? 0.6 : 0.1) + random.uniform(0, 0.3),
                 strength = (strong ? 1.2 : 0.5) + random.uniform(0, 0.3);
    const double phase = random.uniform(0, 6.28), step = 0.15 + speed;
    const auto value = [&](double at) {
      return static_cast<float>(strength * exact::cos(phase + step * at) + 0.05 * random.normal());
    };
    if (rank == 1)
      for (const double v : {speed, strength, speed * strength, random.uniform()})
        input.values.push_back(static_cast<float>(v + 0.02 * random.normal()));
    for (int t = 0; rank == 2 && t < 24; ++t) {
      input.values.push_back(value(t));
      input.values.push_back(value(t + 1.5 / step));
    }
    for (int y = 0; rank == 3 && y < 12; ++y)
      for (int x = 0; x < 12; ++x) input.values.push_back(value(2 * x + 0.2 * y));
    data.target.push_back(task == Task::Classification || task == Task::Anomaly ? (fast ? 1 : 0) : 0);
    if (task == Task::MultiLabel)
      for (const bool yes : {fast, strong}) data.number.values.push_back(yes ? 1.0f : 0.0f);
    if (task == Task::Regression) data.number.values.push_back(static_cast<float>((speed - 0.5) / 0.26));
    data.split.push_back(i % 4 == 3 ? Split::Validation : Split::Train);
  }
  data.inputs.push_back(std::move(input));
  return data;
}

/// Share of pairs of a normal and an odd sample of which the odd one scores higher.
double area_under_curve(const std::vector<double>& scores, const std::vector<std::int32_t>& odd) {
  double above = 0, pairs = 0;
  for (std::size_t i = 0; i < scores.size(); ++i)
    for (std::size_t k = 0; k < scores.size(); ++k) {
      if (odd[i] != 1 || odd[k] != 0) continue;
      above += scores[i] > scores[k] ? 1 : 0;
      ++pairs;
    }
  return above / pairs;
}

/// 0 … 1, higher is better: share of right answers, explained share of the variance, or area under the curve.
double score_of(const Module& module, const Dataset& data) {
  const std::vector<std::size_t> samples = data.indices(Split::Validation);
  const auto answered = evaluate(module, data, samples);
  if (!answered) {
    ADD_FAILURE() << answered.error().message;
    return 0;
  }
  const std::size_t n = answered->scores_per_sample;
  double right = 0, off = 0, spread = 0;
  std::vector<double> scores;
  std::vector<std::int32_t> odd;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const std::span<const float> answer = std::span<const float>(answered->scores).subspan(i * n, n);
    if (data.task == Task::Classification)
      right += (answer[1] > answer[0]) == (data.target[samples[i]] == 1) ? 1 : 0;
    if (data.task == Task::Anomaly) {
      scores.push_back(anomaly_score(data.inputs[0].sample(samples[i]), answer));
      odd.push_back(data.target[samples[i]]);
      continue;
    }
    for (std::size_t k = 0; data.task != Task::Classification && k < n; ++k) {
      const double wanted = static_cast<double>(data.number.sample(samples[i])[k]),
                   given = static_cast<double>(answer[k]);
      right += (given >= 0.5) == (wanted >= 0.5) ? 1.0 / static_cast<double>(n) : 0;
      off += (given - wanted) * (given - wanted);
      spread += wanted * wanted;
    }
  }
  if (data.task == Task::Anomaly) return area_under_curve(scores, odd);
  return data.task == Task::Regression ? 1 - off / spread : right / static_cast<double>(samples.size());
}

struct Twins {
  Module real, small;  ///< float, int8
};

Result<Twins> train_and_quantize(const std::string& name, const Dataset& data) {
  ModelDescription model;
  model.template_name = name;
  model.width = 4;
  MOTE_TRY(Module network, build_network(model, data));
  initialize_weights(network, 1);
  TrainOptions options;
  options.epochs = 25;
  options.batch = 16;
  options.learning_rate = 6e-3;
  MOTE_TRY(const Trained trained, train(network, data, options));
  MOTE_TRY(Module real, prepare_quantization(trained.module));
  CalibrationInputs inputs(1);
  for (const std::size_t i : data.indices(Split::Train))
    inputs[0].emplace_back(data.inputs[0].sample(i).begin(), data.inputs[0].sample(i).end());
  MOTE_TRY(Quantized quantized, quantize(real, inputs, {}));
  return Twins{std::move(real), std::move(quantized.module)};
}

void runs_on_a_cortex_m4(const Module& module, const Dataset& data) {
  const auto target = find_target("cortex-m4");
  ASSERT_TRUE(target);
  if (!missing_tools(*target).empty())
    GTEST_SKIP() << "the compiler or the emulator of cortex-m4 is not installed";
  const std::vector<std::size_t> samples = data.indices(Split::Validation);
  Cases cases{8, {}};
  for (std::size_t i = 0; i < 8; ++i) {
    const Tensor& tensor = module.main().tensor(module.main().inputs[0].tensor);
    const Bytes bytes = to_tensor_bytes(tensor, data.inputs[0].sample(samples[i]));
    cases.bytes.insert(cases.bytes.end(), bytes.begin(), bytes.end());
  }
  DeviceRunOptions options;
  options.measure = false;
  const auto run = run_on_device(module, *target, cases, options);
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_TRUE(run->matches()) << run->first_mismatch;
  EXPECT_EQ(run->samples, 8u);
}

struct Case {
  std::string name;
  std::size_t rank;  ///< of the input
  double least;      ///< score of the float network
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.name << " rank " << c.rank; }

class Templates : public ::testing::TestWithParam<Case> {
 protected:
  void SetUp() override { Progress::quiet = true; }
};

TEST_P(Templates, LearnEachTaskKeepItInInt8AndAnswerOnTheDeviceAsOnTheHost) {
  const bool reconstructs = text::ends_with(GetParam().name, "autoencoder");
  const std::vector<Task> tasks =
      reconstructs ? std::vector<Task>{Task::Anomaly}
                   : std::vector<Task>{Task::MultiLabel, Task::Regression, Task::Classification};
  for (const Task task : tasks) {
    SCOPED_TRACE(std::string(name_of(task)));
    const Dataset data = waves(320, GetParam().rank, task);
    const auto twins = train_and_quantize(GetParam().name, data);
    ASSERT_TRUE(twins) << twins.error().message;
    const double real = score_of(twins->real, data), small = score_of(twins->small, data);
    RecordProperty(std::string(name_of(task)), fmt::format("{:.3f} float, {:.3f} int8", real, small));
    EXPECT_GE(real, GetParam().least);
    EXPECT_GE(small, real - 0.06);
    if (task == tasks.back()) runs_on_a_cortex_m4(twins->small, data);
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, Templates,
    ::testing::Values(Case{"mlp", 1, 0.9}, Case{"mlp", 2, 0.8}, Case{"cnn1d", 2, 0.9}, Case{"cnn2d", 3, 0.9},
                      Case{"ds-cnn", 2, 0.9}, Case{"ds-cnn", 3, 0.9}, Case{"resnet-tiny", 2, 0.9},
                      Case{"resnet-tiny", 3, 0.9}, Case{"mobilenet-tiny", 2, 0.9},
                      Case{"mobilenet-tiny", 3, 0.9}, Case{"tcn", 2, 0.9}, Case{"gru", 2, 0.9},
                      Case{"lstm", 2, 0.9}, Case{"autoencoder", 1, 0.9}, Case{"autoencoder", 2, 0.7},
                      Case{"conv-autoencoder", 2, 0.9}, Case{"conv-autoencoder", 3, 0.9}),
    [](const auto& one) {
      std::string name = text::cat(one.param.name, "_rank", one.param.rank);
      std::replace(name.begin(), name.end(), '-', '_');
      return name;
    });

}  // namespace
}  // namespace mote
