// Training of every task with every loss: gradients, small problems learned, options refused where they make no sense;
// resuming, folds and seeds.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "base/system.h"
#include "math/nn.h"
#include "math/random.h"
#include "train/batches.h"
#include "train/losses.h"
#include "train/network.h"
#include "train/repeat.h"
#include "train/sketch.h"
#include "train/state.h"
#include "train/train.h"

namespace mote {
namespace {

/// Three features, uniform in −1 … 1; every fifth sample validates.
Dataset features(std::size_t samples, Task task, std::uint64_t seed) {
  Dataset data;
  data.name = "made";
  data.task = task;
  data.inputs.push_back({"x", "", 0, {3}, {}, {}});
  Random random(seed);
  for (std::size_t i = 0; i < samples; ++i) {
    for (int k = 0; k < 3; ++k) data.inputs[0].values.push_back(static_cast<float>(random.uniform(-1, 1)));
    data.target.push_back(0);
    data.split.push_back(i % 5 == 4 ? Split::Validation : Split::Train);
  }
  return data;
}

/// y = 2·x0 − x1·x2 in a unit of which the target has a tenth.
Dataset regression(std::size_t samples, std::uint64_t seed) {
  Dataset data = features(samples, Task::Regression, seed);
  data.number.names = {"load"};
  data.number.unit = "N";
  data.number.scale = 0.1;
  for (std::size_t i = 0; i < samples; ++i) {
    const auto x = data.inputs[0].sample(i);
    data.number.values.push_back(2 * x[0] - x[1] * x[2]);
  }
  return data;
}

/// Two labels: x0 > 0.2, and x1 + x2 > 0.
Dataset labelled(std::size_t samples, std::uint64_t seed) {
  Dataset data = features(samples, Task::MultiLabel, seed);
  data.labels = data.number.names = {"hot", "loud"};
  for (std::size_t i = 0; i < samples; ++i) {
    const auto x = data.inputs[0].sample(i);
    data.number.values.push_back(x[0] > 0.2f ? 1.0f : 0.0f);
    data.number.values.push_back(x[1] + x[2] > 0 ? 1.0f : 0.0f);
  }
  return data;
}

/// Normal samples lie on a line; every tenth does not.
Dataset oddities(std::size_t samples, std::uint64_t seed) {
  Dataset data = features(samples, Task::Anomaly, seed);
  data.labels = {"normal", "anomaly"};
  for (std::size_t i = 0; i < samples; ++i) {
    float* x = data.inputs[0].values.data() + 3 * i;
    data.target[i] = i % 10 == 4 ? 1 : 0;
    if (data.target[i] == 0) x[1] = 0.5f * x[0], x[2] = -x[0];
  }
  return data;
}

Module network(std::int32_t outputs, const std::string& head = "") {
  Sketch s({1, 3});
  s.dense(24).relu().dense(24).relu().dense(outputs);
  if (!head.empty()) s.layer(head);
  Module module = s.done();
  initialize_weights(module, 2);
  return module;
}

TrainOptions quick() {
  TrainOptions o;
  o.epochs = 40;
  o.batch = 16;
  o.learning_rate = 1e-2;
  o.weight_decay = 0;
  return o;
}

std::string failure(const Module& module, const Dataset& data, const TrainOptions& options) {
  const auto trained = train(module, data, options);
  return trained ? "trained" : trained.error().message + " / " + trained.error().hint;
}

void expect_has(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << text;
}

const EpochFigures& best_of(const Trained& t) { return t.epochs[static_cast<std::size_t>(t.best_epoch)]; }

class Tasks : public ::testing::Test {
 protected:
  void SetUp() override { Progress::quiet = true; }
};

TEST_F(Tasks, GradientsOfAllLossesAgreeWithFiniteDifferences) {
  constexpr int kSamples = 3, kOutputs = 4;
  Random random(4);
  for (const LossKind kind : {LossKind::CrossEntropy, LossKind::Focal, LossKind::BinaryCrossEntropy,
                              LossKind::Squared, LossKind::Absolute, LossKind::Huber, LossKind::Pinball}) {
    Loss loss{kind, 1.5, 0.4, 0.8, 0, {}};
    for (const bool weighted : {false, true}) {
      if (weighted && !loss.of_classes() && kind != LossKind::BinaryCrossEntropy) continue;
      if (weighted) loss.weights = {1, 2, 0.5f, 3}, loss.smoothing = 0.1;
      std::vector<float> given(kSamples * kOutputs), wanted(given.size()), gradient(given.size());
      for (float& v : given) v = static_cast<float>(random.normal());
      for (int n = 0; n < kSamples; ++n)
        for (int k = 0; k < kOutputs; ++k)  // of classes 0.7 and 0.3, a mixture
          wanted[static_cast<std::size_t>(n * kOutputs + k)] = k == n ? 0.7f : k == n + 1 ? 0.3f : 0.0f;
      const Answers answers{kSamples, kOutputs, given.data(), wanted.data(), loss.of_classes() ? 0.5f : 1.0f};
      loss_of(loss, answers, gradient.data());
      for (std::size_t i = 0; i < given.size(); ++i) {
        const float middle = given[i], step = 1e-3f;
        given[i] = middle + step;
        const double high = loss_of(loss, answers, nullptr);
        given[i] = middle - step;
        const double numeric = (high - loss_of(loss, answers, nullptr)) / (2 * static_cast<double>(step));
        given[i] = middle;
        EXPECT_NEAR(static_cast<double>(gradient[i]), numeric, 2e-4)
            << "loss " << static_cast<int>(kind) << (weighted ? " weighted" : "") << ", element " << i;
      }
    }
  }
}

TEST_F(Tasks, SoftCrossEntropyIsTheKernelsWhereTargetsAreHard) {
  const std::vector<float> given = {0.3f, -1, 2, 0.1f, 0.2f, -0.4f}, wanted = {0, 0, 1, 1, 0, 0};
  const std::vector<std::int32_t> target = {2, 0};
  std::vector<float> ours(6), kernels(6);
  Loss loss;
  loss.smoothing = 0.1;
  loss.weights = {1, 2, 3};
  const double a = loss_of(loss, {2, 3, given.data(), wanted.data(), 1}, ours.data());
  const double b =
      learn::cross_entropy({2, 3, 1, 0.1f, loss.weights}, given.data(), target.data(), kernels.data());
  EXPECT_NEAR(a, b, 1e-6);
  for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(ours[i], kernels[i], 1e-6);
}

TEST_F(Tasks, RegressionIsLearnedWithEveryLossAndItsFiguresAreInTheUsersUnit) {
  const Dataset data = regression(500, 1);
  for (const char* loss : {"auto", "mse", "mae", "huber", "pinball"}) {
    TrainOptions o = quick();
    o.loss = loss;
    o.monitor = "rmse";
    const auto trained = train(network(1), data, o);
    ASSERT_TRUE(trained) << trained.error().message;
    const EpochFigures& f = best_of(*trained);
    EXPECT_LT(f.validation_rmse, 1.2) << loss << ": of a number whose deviation is 12 N";
    EXPECT_LE(f.validation_mae, f.validation_rmse);
    EXPECT_EQ(f.validation_accuracy, 0);
    const auto measured = measure(trained->module, data, Split::Validation, o);
    ASSERT_TRUE(measured);
    EXPECT_NEAR(measured->rmse, f.validation_rmse, 1e-5);
  }
}

TEST_F(Tasks, PinballLeavesItsQuantileBelowTheAnswer) {
  Dataset data = features(600, Task::Regression, 3);
  data.number.names = {"noise"};
  Random random(9);
  for (std::size_t i = 0; i < data.size(); ++i)
    data.number.values.push_back(static_cast<float>(random.normal()));
  TrainOptions o = quick();
  o.loss = "pinball";
  o.quantile = 0.9;
  o.epochs = 15;
  const auto trained = train(network(1), data, o);
  ASSERT_TRUE(trained) << trained.error().message;
  const std::vector<std::span<const float>> all = {data.inputs[0].values};
  const std::vector<float> answers = forward(trained->module, all, static_cast<int>(data.size()));
  double below = 0;
  for (std::size_t i = 0; i < data.size(); ++i) below += data.number.values[i] <= answers[i] ? 1 : 0;
  EXPECT_NEAR(below / static_cast<double>(data.size()), 0.9, 0.05);
}

TEST_F(Tasks, SeveralLabelsAreLearnedFromProbabilitiesAndFromLogitsAlike) {
  const Dataset data = labelled(500, 1);
  const auto with = train(network(2, "logistic"), data, quick()), without = train(network(2), data, quick());
  ASSERT_TRUE(with) << with.error().message;
  ASSERT_TRUE(without);
  EXPECT_GT(best_of(*with).validation_accuracy, 0.95);
  EXPECT_GT(best_of(*with).validation_f1, 0.95);
  EXPECT_EQ(best_of(*with).validation_loss, best_of(*without).validation_loss);
  TrainOptions balanced = quick();
  balanced.balanced_class_weights = true;
  balanced.monitor = "f1_macro";
  const auto weighed = train(network(2), data, balanced);
  ASSERT_TRUE(weighed);
  EXPECT_GT(best_of(*weighed).validation_f1, 0.93);
}

TEST_F(Tasks, AnomalyDetectionSeesNormalSamplesAloneAndReconstructsThem) {
  Dataset data = oddities(500, 1);
  Sketch s({1, 3});
  Module module = s.dense(16).relu().dense(1).layer("tanh").dense(16).relu().dense(3).done();
  initialize_weights(module, 2);
  for (const char* loss : {"auto", "mae", "huber"}) {
    TrainOptions o = quick();
    o.loss = loss;
    const auto trained = train(module, data, o);
    ASSERT_TRUE(trained) << trained.error().message;
    EXPECT_LT(best_of(*trained).validation_rmse, 0.12) << loss;
    Dataset odd = data;
    for (std::int32_t& t : odd.target) t = 1 - t;  // measured on the others
    EXPECT_GT(measure(trained->module, odd, Split::Validation, o)->rmse, 0.3) << loss;
  }
  // What an anomaly is, training never learns: other anomalies, same bytes.
  const auto first = train(module, data, quick());
  for (std::size_t i = 0; i < data.size(); ++i)
    if (data.target[i] == 1) data.inputs[0].values[3 * i] = 55;
  const auto second = train(module, data, quick());
  ASSERT_TRUE(first && second);
  EXPECT_EQ(best_of(*first).validation_loss, best_of(*second).validation_loss);
}

TEST_F(Tasks, FocalLossCountsWhatIsRightLess) {
  Dataset data = features(300, Task::Classification, 5);
  data.labels = {"low", "high"};
  for (std::size_t i = 0; i < data.size(); ++i) data.target[i] = data.inputs[0].sample(i)[0] > 0 ? 1 : 0;
  TrainOptions o = quick();
  o.loss = "focal";
  const auto trained = train(network(2, "softmax"), data, o);
  ASSERT_TRUE(trained) << trained.error().message;
  EXPECT_GT(best_of(*trained).validation_accuracy, 0.93);
  o.focal_gamma = 0;  // is cross-entropy
  o.epochs = 1;
  const auto focal = train(network(2, "softmax"), data, o);
  o.loss = "cross_entropy";
  const auto plain = train(network(2, "softmax"), data, o);
  EXPECT_NEAR(best_of(*focal).validation_loss, best_of(*plain).validation_loss, 1e-4);
}

TEST_F(Tasks, OptionsThatDoNotFitTheTaskNameItAndTheWayOut) {
  const Dataset numbers = regression(40, 1), odd = oddities(40, 1), labels = labelled(40, 1);
  TrainOptions o = quick();
  o.epochs = 1;
  const auto with = [&](const auto& change) {
    TrainOptions changed = o;
    change(changed);
    return changed;
  };
  expect_has(failure(network(1), numbers, with([](auto& c) { c.loss = "focal"; })), "no loss of regression");
  expect_has(failure(network(1), numbers, with([](auto& c) { c.loss = "focal"; })),
             "mse, mae, huber, pinball");
  expect_has(failure(network(3), odd, with([](auto& c) { c.loss = "pinball"; })), "no loss of anomaly");
  expect_has(failure(network(1), numbers, with([](auto& c) { c.loss = "hubber"; })), "did you mean 'huber'");
  expect_has(failure(network(1), numbers, with([](auto& c) { c.monitor = "accuracy"; })), "monitor");
  expect_has(failure(network(2), labels, with([](auto& c) { c.monitor = "rmse"; })), "monitor");
  expect_has(failure(network(1), numbers, with([](auto& c) { c.label_smoothing = 0.1; })), "label_smoothing");
  expect_has(failure(network(1), numbers, with([](auto& c) { c.balanced_class_weights = true; })),
             "class_weights");
  expect_has(failure(network(2), labels, with([](auto& c) { c.sampling = "balanced"; })), "sampling");
  expect_has(failure(network(3), odd, with([](auto& c) { c.mixup = 0.2; })), "mixup");
  expect_has(failure(network(1), numbers, with([](auto& c) { c.quantile = 1; })), "quantile");
  expect_has(failure(network(1), numbers, with([](auto& c) { c.huber_delta = 0; })), "huber_delta");
  expect_has(failure(network(1), numbers, with([](auto& c) { c.schedule = "stair"; })), "'stair'");
  expect_has(failure(network(2), numbers, o), "2 outputs");
  expect_has(failure(network(2), odd, o), "autoencoder");
  Dataset broken = numbers;
  broken.number.values[7] = NAN;
  expect_has(failure(network(1), broken, o), "sample 7, 'load'");
  broken = labels;
  broken.number.values[5] = 2;
  expect_has(failure(network(2), broken, o), "sample 2, 'loud': a label is 0 or 1");
  broken = odd;
  broken.target.assign(broken.size(), 1);
  expect_has(failure(network(3), broken, o), "no normal training samples");
}

// ---- what an epoch does

TEST_F(Tasks, BalancedSamplingShowsEachClassAsOften) {
  Dataset data = features(200, Task::Classification, 1);
  data.labels = {"common", "rare", "absent"};
  for (std::size_t i = 0; i < data.size(); ++i) data.target[i] = i % 20 == 0 ? 1 : 0;
  const std::vector<std::size_t> all = data.indices(Split::Train);
  std::set<std::size_t> seen;
  for (int epoch = 0; epoch < 4; ++epoch) {
    const std::vector<Draw> draws = balanced(data, all, 1, epoch);
    EXPECT_EQ(draws.size(), all.size());
    std::set<std::pair<std::size_t, std::uint32_t>> pairs;
    int rare = 0;
    for (const Draw d : draws) {
      rare += data.target[d.sample];
      seen.insert(d.sample);
      EXPECT_TRUE(pairs.emplace(d.sample, d.copy).second) << "a repetition is another copy";
    }
    EXPECT_EQ(rare, static_cast<int>(all.size() / 2));
  }
  EXPECT_GT(seen.size(), all.size() * 9 / 10) << "each epoch sees other common samples";
  TrainOptions o = quick();
  o.epochs = 2;
  o.sampling = "balanced";
  EXPECT_EQ(failure(network(3), data, o), "trained");
}

TEST_F(Tasks, StepScheduleMultipliesTheRate) {
  TrainOptions o = quick();
  o.epochs = 7;
  o.schedule = "step";
  o.step_epochs = 3;
  o.step_factor = 0.5;
  const auto trained = train(network(1), regression(60, 1), o);
  ASSERT_TRUE(trained);
  for (std::size_t e = 0; e < 7; ++e)
    EXPECT_DOUBLE_EQ(trained->epochs[e].learning_rate, 1e-2 * std::pow(0.5, static_cast<double>(e / 3)));
}

TEST_F(Tasks, RunningMeanOfTheWeightsIsJudgedAndKept) {
  const Dataset data = regression(300, 1);
  TrainOptions o = quick();
  o.epochs = 10;
  o.learning_rate = 0.03;
  o.schedule = "constant";  // the weights jump about, their mean does not
  const auto plain = train(network(1), data, o);
  o.ema = 0.98;
  const auto mean = train(network(1), data, o);
  ASSERT_TRUE(plain && mean);
  EXPECT_LT(mean->epochs.back().validation_rmse, plain->epochs.back().validation_rmse);
  EXPECT_EQ(mean->epochs.back().train_loss, plain->epochs.back().train_loss) << "training itself is the same";
  EXPECT_NEAR(measure(mean->module, data, Split::Validation, o)->rmse, best_of(*mean).validation_rmse, 1e-5);
}

TEST_F(Tasks, ClippingBoundsTheLengthOfTheStep) {
  Dataset data = regression(80, 1);
  for (float& v : data.number.values) v *= 1000;
  TrainOptions o = quick();
  o.optimizer = "sgd";
  o.momentum = 0;
  o.epochs = 1;
  o.batch = 64;
  o.schedule = "constant";
  o.learning_rate = 1e-3;
  o.clip_norm = 0.5;
  const Module before = network(1);
  const auto trained = train(before, data, o);
  ASSERT_TRUE(trained) << trained.error().message;
  double squares = 0;
  for (std::size_t t = 0; t < before.main().tensors.size(); ++t) {
    const Tensor &a = before.main().tensors[t], &b = trained->module.main().tensors[t];
    if (!a.is_constant()) continue;
    for (std::int64_t i = 0; i < a.type.count(); ++i)
      squares += std::pow(static_cast<double>(elements<float>(a)[i] - elements<float>(b)[i]), 2);
  }
  EXPECT_NEAR(std::sqrt(squares), 1e-3 * 0.5, 2e-5) << "one step of rate · clip_norm";
}

TEST_F(Tasks, MixUpStillLearnsAndMixesLabels) {
  Dataset data = features(300, Task::Classification, 5);
  data.labels = {"low", "high"};
  for (std::size_t i = 0; i < data.size(); ++i) data.target[i] = data.inputs[0].sample(i)[0] > 0 ? 1 : 0;
  TrainOptions o = quick();
  o.mixup = 0.4;
  const auto trained = train(network(2, "softmax"), data, o);
  ASSERT_TRUE(trained) << trained.error().message;
  EXPECT_GT(best_of(*trained).validation_accuracy, 0.93);
  EXPECT_GT(trained->epochs.back().train_loss, trained->epochs.back().validation_loss)
      << "mixtures are never sure";
}

// ---- resuming

Bytes constants_of(const Module& module) {
  Bytes all;
  for (const Tensor& t : module.main().tensors)
    if (t.is_constant()) all.insert(all.end(), t.constant->begin(), t.constant->end());
  return all;
}

TEST_F(Tasks, ResumedTrainingGivesTheBytesOfAnUninterruptedOne) {
  const auto folder = ScratchFolder::make("resume");
  ASSERT_TRUE(folder);
  const Dataset data = sine_problem(120, 24, 1);
  Module module = series_network(2);
  Sketch s({1, 24, 1, 1});
  module = s.conv(4, 5, 1, 2, 1).norm().relu().global_average().dense(2).layer("softmax").done();
  initialize_weights(module, 3);
  for (const char* optimizer : {"adamw", "sgd"}) {
    TrainOptions o;
    o.epochs = 6;
    o.batch = 16;
    o.optimizer = optimizer;
    o.ema = 0.9;
    o.mixup = 0.2;
    o.augment_noise = 0.1;
    o.augment_time_warp = 0.2;
    o.patience = 4;
    const auto whole = train(module, data, o);
    ASSERT_TRUE(whole) << whole.error().message;
    for (const int stop : {0, 3, 5}) {
      TrainRun run;
      run.state = folder->path() / text::cat(optimizer, stop, ".npz");
      run.resume = true;
      run.on_epoch = [&](int epoch, const EpochFigures&) { return epoch < stop; };
      const auto part = train(module, data, o, run);
      ASSERT_TRUE(part);
      EXPECT_EQ(part->epochs.size(), static_cast<std::size_t>(stop + 1));
      EXPECT_EQ(part->stopped, stop < 5);
      run.on_epoch = {};
      const auto rest = train(module, data, o, run);
      ASSERT_TRUE(rest) << rest.error().message;
      EXPECT_EQ(constants_of(rest->module), constants_of(whole->module)) << optimizer << " after " << stop;
      EXPECT_EQ(rest->best_epoch, whole->best_epoch);
      EXPECT_EQ(rest->epochs.size(), whole->epochs.size());
    }
  }
}

TEST_F(Tasks, StatesThatAreDamagedOrOfAnotherTrainingAreRefused) {
  const auto folder = ScratchFolder::make("resume");
  ASSERT_TRUE(folder);
  const Dataset data = regression(60, 1);
  TrainRun run;
  run.state = folder->path() / "state.npz";
  run.resume = true;
  TrainOptions o = quick();
  o.epochs = 2;
  ASSERT_TRUE(train(network(1), data, o, run));
  const Bytes good = *read_file(run.state);
  const auto message = [&](const TrainOptions& options, const Dataset& with) {
    const auto again = train(network(1), with, options, run);
    return again ? std::string("trained") : again.error().message + " / " + again.error().hint;
  };
  EXPECT_EQ(message(o, data), "trained");
  TrainOptions other = o;
  other.seed = 9;
  expect_has(message(other, data), "other options");
  expect_has(message(other, data), "without resuming");
  expect_has(message(o, regression(60, 2)), "other data");
  for (std::size_t at = 0; at < good.size(); at += good.size() / 40 + 1) {  // no crash, whatever is broken
    Bytes bad = good;
    bad[at] ^= 0x5a;
    ASSERT_TRUE(write_file(run.state, bad));
    (void)message(o, data);
    bad.resize(at);
    ASSERT_TRUE(write_file(run.state, bad));
    EXPECT_NE(message(o, data), "trained");
  }
}

// ---- folds and seeds

TEST_F(Tasks, FoldsAndSeedsGiveMeanAndDeviationOfTheHeldOutSamples) {
  const Spread spread = spread_of({1, 2, 3, 6});
  EXPECT_DOUBLE_EQ(spread.mean, 3);
  EXPECT_NEAR(spread.deviation, std::sqrt(14.0 / 3), 1e-12);
  const Dataset data = regression(200, 1);
  TrainOptions o = quick();
  o.epochs = 12;
  const auto fold_of = [&](int fold) -> Result<Dataset> {
    Dataset one = data;
    for (std::size_t i = 0; i < one.size(); ++i)
      one.split[i] = static_cast<int>(i % 3) == fold ? Split::Test : Split::Train;
    return one;
  };
  const auto folds = train_folds(network(1), 3, fold_of, o);
  ASSERT_TRUE(folds) << folds.error().message;
  EXPECT_EQ(folds->names, (std::vector<std::string>{"fold 1", "fold 2", "fold 3"}));
  ASSERT_EQ(folds->figures.size(), 3u);
  EXPECT_NEAR(folds->rmse.mean,
              (folds->figures[0].rmse + folds->figures[1].rmse + folds->figures[2].rmse) / 3, 1e-9);
  EXPECT_GT(folds->rmse.deviation, 0);
  const auto seeds = train_seeds(network(1), data, 2, o);
  ASSERT_TRUE(seeds) << seeds.error().message;
  EXPECT_EQ(seeds->names, (std::vector<std::string>{"seed 1", "seed 2"}));
  EXPECT_NE(seeds->figures[0].loss, seeds->figures[1].loss);
  EXPECT_FALSE(train_seeds(network(1), data, 1, o));
  const auto broken = train_folds(
      network(1), 2, [](int) -> Result<Dataset> { return error("no such fold"); }, o);
  ASSERT_FALSE(broken);
  expect_has(broken.error().message, "fold 1");
}

}  // namespace
}  // namespace mote
