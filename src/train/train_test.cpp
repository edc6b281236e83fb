#include "train/train.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>

#include "base/system.h"
#include "math/npz.h"
#include "train/augment.h"
#include "train/batches.h"
#include "train/network.h"
#include "train/sketch.h"

namespace mote {
namespace {

/// conv → batch norm → relu → residual conv → pool → dense: every kind of layer, small.
Module small_network(bool softmax = true) {
  Sketch s({1, 24, 1, 1});
  s.conv(8, 5, 1, 2, 1).norm().relu();
  const TensorId skip = s.last();
  s.conv(8, 3, 1, 1, 1).norm().layer("add", {}, {skip}).relu();
  s.layer("max_pool2d",
          {{"kernel", std::vector<std::int64_t>{2, 1}}, {"stride", std::vector<std::int64_t>{2, 1}}});
  s.layer("reshape", {{"shape", std::vector<std::int64_t>{1, -1}}})
      .layer("dropout", {{"rate", 0.1}})
      .dense(2);
  if (softmax) s.layer("softmax");
  Module module = s.done();
  initialize_weights(module, 3);
  return module;
}

TrainOptions quick() {
  TrainOptions options;
  options.epochs = 15;
  options.batch = 16;
  options.learning_rate = 5e-3;
  return options;
}

Bytes all_constants(const Module& module) {
  Bytes all;
  for (const Tensor& t : module.main().tensors)
    if (t.is_constant()) all.insert(all.end(), t.constant->begin(), t.constant->end());
  return all;
}

class Train : public ::testing::Test {
 protected:
  void SetUp() override { Progress::quiet = true; }
};

TEST_F(Train, LearnsASmallProblemWithEitherOptimizer) {
  const Dataset data = sine_problem(400, 24, 1);
  for (const char* optimizer : {"adamw", "sgd"}) {
    TrainOptions options = quick();
    options.optimizer = optimizer;
    options.learning_rate = options.optimizer == "sgd" ? 0.05 : 5e-3;
    const auto trained = train(small_network(), data, options);
    ASSERT_TRUE(trained) << trained.error().message;
    const EpochFigures& best = trained->epochs[static_cast<std::size_t>(trained->best_epoch)];
    EXPECT_GT(best.validation_accuracy, 0.95) << optimizer;
    EXPECT_GT(best.validation_f1, 0.95) << optimizer;
    EXPECT_LT(trained->epochs.back().learning_rate, 0.01 * options.learning_rate + 1e-4);
  }
}

TEST_F(Train, SameSeedSameBytesWithAnyThreadCount) {
  const Dataset data = sine_problem(300, 24, 1);
  TrainOptions options = quick();
  options.epochs = 3;
  options.batch = 128;  // enough work for threads to start
  options.augment_noise = 0.1;
  options.augment_scale = 0.2;
  options.augment_shift = 3;
  Bytes first;
  for (const char* threads : {"1", "2", "5", "1"}) {
    ::setenv("MOTE_THREADS", threads, 1);
    const auto trained = train(small_network(), data, options);
    ASSERT_TRUE(trained) << trained.error().message;
    if (first.empty()) first = all_constants(trained->module);
    EXPECT_EQ(first, all_constants(trained->module)) << threads << " threads";
  }
  ::unsetenv("MOTE_THREADS");
  options.seed = 2;
  EXPECT_NE(first, all_constants(train(small_network(), data, options)->module));
}

TEST_F(Train, NetworkWithoutSoftmaxTrainsToTheSameBytes) {
  const Dataset data = sine_problem(100, 24, 1);
  TrainOptions options = quick();
  options.epochs = 2;
  const auto with = train(small_network(true), data, options),
             without = train(small_network(false), data, options);
  ASSERT_TRUE(with && without);
  EXPECT_EQ(all_constants(with->module), all_constants(without->module));
}

TEST_F(Train, EarlyStoppingKeepsTheBestEpoch) {
  Dataset data = sine_problem(120, 24, 1);
  Random random(5);
  for (std::size_t i = 0; i < data.size(); ++i)  // labels of validation are noise: it can only get worse
    if (data.split[i] == Split::Validation) data.target[i] = static_cast<std::int32_t>(random.below(2));
  TrainOptions options = quick();
  options.epochs = 60;
  options.patience = 3;
  const auto trained = train(small_network(), data, options);
  ASSERT_TRUE(trained);
  EXPECT_LT(trained->epochs.size(), 60u);
  EXPECT_EQ(static_cast<int>(trained->epochs.size()), trained->best_epoch + 4);
  for (const EpochFigures& f : trained->epochs)
    EXPECT_GE(f.validation_loss,
              trained->epochs[static_cast<std::size_t>(trained->best_epoch)].validation_loss);
}

TEST_F(Train, MonitoringTheLastKeepsTheLastEpoch) {
  Dataset data = sine_problem(120, 24, 1);
  Random random(5);
  for (std::size_t i = 0; i < data.size(); ++i)  // as above: the last epoch is not the best
    if (data.split[i] == Split::Validation) data.target[i] = static_cast<std::int32_t>(random.below(2));
  TrainOptions options = quick();
  const auto best = train(small_network(), data, options);
  options.monitor = "last";
  options.patience = 3;  // has nothing to wait for
  const auto last = train(small_network(), data, options);
  ASSERT_TRUE(best && last);
  EXPECT_LT(best->best_epoch, options.epochs - 1);
  EXPECT_EQ(last->best_epoch, options.epochs - 1);
  EXPECT_EQ(last->epochs.size(), static_cast<std::size_t>(options.epochs));
  EXPECT_NE(all_constants(last->module), all_constants(best->module));
}

TEST_F(Train, WithoutValidationTheTrainingLossDecides) {
  Dataset data = sine_problem(60, 24, 1);
  data.split.assign(data.size(), Split::Train);
  TrainOptions options = quick();
  options.epochs = 4;
  const auto trained = train(small_network(), data, options);
  ASSERT_TRUE(trained);
  EXPECT_EQ(trained->best_epoch, 3);
  EXPECT_EQ(trained->epochs[0].validation_loss, 0);
}

TEST_F(Train, DivergenceNamesTheEpochAndTheWayOut) {
  TrainOptions options = quick();
  options.optimizer = "sgd";
  options.learning_rate = 1e3;
  options.weight_decay = 1;
  const auto trained = train(small_network(), sine_problem(400, 24, 1), options);
  ASSERT_FALSE(trained);
  EXPECT_NE(trained.error().message.find("epoch"), std::string::npos) << trained.error().message;
  EXPECT_NE(trained.error().hint.find("100"), std::string::npos) << trained.error().hint;
}

TEST_F(Train, RefusesWhatDoesNotFitTogether) {
  const Module module = small_network();
  const auto message = [&](const Dataset& data, const TrainOptions& options) {
    const auto r = train(module, data, options);
    return r ? std::string("trained") : r.error().message;
  };
  const Dataset good = sine_problem(40, 24, 1);
  const auto expect = [](const std::string& text, const std::string& part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
  };
  const auto changed = [&](const auto& change) {
    Dataset data = good;
    change(data);
    return data;
  };
  TrainOptions one = quick();
  one.epochs = 1;
  EXPECT_EQ(message(good, one), "trained");
  expect(message(sine_problem(40, 25, 1), one), "[25,1]");
  expect(message(sine_problem(40, 25, 1), one), "'wave'");
  expect(message(changed([](Dataset& d) { d.inputs.push_back(d.inputs[0]); }), one), "inputs");
  expect(message(changed([](Dataset& d) { d.labels.push_back("third"); }), one), "labels");
  expect(message(changed([](Dataset& d) { d.inputs[0].values[50] = NAN; }), one), "sample 2");
  expect(message(changed([](Dataset& d) { d.split.assign(d.size(), Split::Test); }), one),
         "training samples");
  expect(message(changed([](Dataset& d) { d.target[0] = 7; }), one), "7");
  TrainOptions bad = one;
  bad.optimizer = "adam";
  expect(message(good, bad), "'adam'");
  bad = one;
  bad.label_smoothing = 1.5;
  expect(message(good, bad), "label_smoothing");
  bad = one;
  bad.class_weights = {1};
  expect(message(good, bad), "class_weights");
  bad.class_weights = {0, 0};
  expect(message(good, bad), "nothing would be learned");
}

TEST_F(Train, BalancedWeightsAreNOverClassesTimesCount) {
  // Three to one: 4/(2·3) and 4/(2·1).  Untrained and without dropout, the loss is the weighted mean of the two.
  Sketch s({1, 2});
  const Module module = s.dense(2).done();  // zero weights: the loss of any sample is ln 2
  Dataset data;
  data.labels = {"a", "b"};
  data.target = {0, 0, 0, 1};
  data.split.assign(4, Split::Train);
  data.inputs.push_back({"f", "", 0, {2}, {1, 2, 3, 4, 5, 6, 7, 8}, {}});
  TrainOptions options;
  options.epochs = 1;
  options.batch = 4;
  options.learning_rate = 1e-9;
  options.class_weights = {1, 3};
  EXPECT_NEAR(train(module, data, options)->epochs[0].train_loss, std::log(2.0) * 6 / 4, 1e-6);
  options.class_weights = {};
  options.balanced_class_weights = true;
  EXPECT_NEAR(train(module, data, options)->epochs[0].train_loss, std::log(2.0), 1e-6);
}

TEST_F(Train, WeightDecayLeavesBiasesAlone) {
  Sketch s({1, 2});
  Module module = s.dense(2).done();
  initialize_weights(module, 1);
  auto network = Network::make(module.main(), 1, true);
  ASSERT_TRUE(network);
  for (const auto& w : network->weights())
    EXPECT_EQ(w.decays, module.main().tensor(w.tensor).type.shape.size() == 2);
}

TEST_F(Train, ForwardGivesEachSampleItsOwnAnswer) {
  const Module module = small_network();
  const Dataset data = sine_problem(150, 24, 2);
  const std::vector<std::span<const float>> all = {data.inputs[0].values};
  const std::vector<float> together = forward(module, all, 150);
  ASSERT_EQ(together.size(), 300u);
  for (std::size_t i = 0; i < 150; i += 37) {
    const std::vector<std::span<const float>> one = {data.inputs[0].sample(i)};
    const std::vector<float> alone = forward(module, one, 1);
    EXPECT_EQ(std::memcmp(alone.data(), together.data() + 2 * i, 8), 0);
    EXPECT_NEAR(alone[0] + alone[1], 1, 1e-6);
  }
}

TEST_F(Train, WholeNetworkGradientAgreesWithFiniteDifferences) {
  Module module = small_network();
  auto network = Network::make(module.main(), 4, true);
  ASSERT_TRUE(network);
  Random random(4);
  for (int i = 0; i < 4 * 24; ++i) network->input(0)[i] = static_cast<float>(random.normal());
  // The loss: Σ r · logits.
  std::vector<float> r(8);
  for (float& v : r) v = static_cast<float>(random.normal());
  const auto loss = [&] {
    network->forward(4, true, 9);
    double sum = 0;
    for (std::size_t i = 0; i < 8; ++i)
      sum += static_cast<double>(r[i]) * static_cast<double>(network->logits()[i]);
    return sum;
  };
  loss();
  std::copy(r.begin(), r.end(), network->logit_gradient());
  network->backward(4, 9);
  int far = 0, all = 0;
  for (const auto& w : network->weights()) {
    for (std::size_t k = 0; k < w.count; k += std::max<std::size_t>(1, w.count / 12)) {
      const float middle = w.value[k], step = 2e-3f;
      w.value[k] = middle + step;
      const double high = loss();
      w.value[k] = middle - step;
      const double numeric = (high - loss()) / (2 * static_cast<double>(step));
      w.value[k] = middle;
      ++all;
      far += std::fabs(numeric - static_cast<double>(w.gradient[k])) > 0.02 * (1 + std::fabs(numeric));
    }
  }
  EXPECT_LE(far, all / 20) << "of " << all;  // a few steps cross a kink of relu or max pool
}

TEST_F(Train, InitialWeightsHaveTheDeviationOfTheirKind) {
  Sketch s({1, 16, 16, 32});
  s.conv(64, 3, 3, 1, 1)
      .norm()
      .relu()
      .layer("reshape", {{"shape", std::vector<std::int64_t>{1, -1}}})
      .dense(10);
  Module module = s.done();
  initialize_weights(module, 1);
  for (const Tensor& t : module.main().tensors) {
    if (!t.is_constant() || !t.trainable) continue;
    double squares = 0;
    for (std::int64_t i = 0; i < t.type.count(); ++i)
      squares += std::pow(static_cast<double>(elements<float>(t)[i]), 2);
    const double deviation = std::sqrt(squares / static_cast<double>(t.type.count()));
    double expected = 0;  // of beta and the biases
    if (t.name == "conv_weights") expected = std::sqrt(2.0 / 288);
    if (t.name == "dense_weights") expected = std::sqrt(2.0 / (16384 + 10));
    if (t.name == "gamma") expected = 1;
    EXPECT_NEAR(deviation, expected, 0.03 * expected) << t.name;
  }
}

TEST_F(Train, CheckpointsRoundTripAndDamagedOnesAreRefused) {
  const auto folder = ScratchFolder::make("checkpoint");
  ASSERT_TRUE(folder);
  const auto file = folder->path() / "weights.npz";
  const Module saved = small_network();
  ASSERT_TRUE(save_checkpoint(saved, file));
  Module loaded = saved;
  initialize_weights(loaded, 99);
  EXPECT_NE(all_constants(loaded), all_constants(saved));
  const auto ok = load_checkpoint(loaded, file);
  ASSERT_TRUE(ok) << ok.error().message;
  EXPECT_EQ(all_constants(loaded), all_constants(saved));

  Bytes bytes = *read_file(file);
  Bytes cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(bytes.size() / 2));
  ASSERT_TRUE(write_file(file, cut));
  EXPECT_FALSE(load_checkpoint(loaded, file));
  bytes[200] ^= 0x40;
  ASSERT_TRUE(write_file(file, bytes));
  EXPECT_FALSE(load_checkpoint(loaded, file));
  EXPECT_FALSE(load_checkpoint(loaded, folder->path() / "absent.npz"));

  Module other = keyword_network();
  ASSERT_TRUE(save_checkpoint(saved, file));
  const auto refused = load_checkpoint(other, file);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().hint.find("another network"), std::string::npos);
  EXPECT_EQ(all_constants(loaded), all_constants(saved));
}

TEST(Batches, DifferInSizeByAtMostOne) {
  std::vector<std::size_t> samples(33);
  const auto batches = batches_of(std::span<const std::size_t>(samples), 32);
  ASSERT_EQ(batches.size(), 2u);
  EXPECT_EQ(batches[0].size(), 16u);
  EXPECT_EQ(batches[1].size(), 17u);
  EXPECT_TRUE(batches_of(std::span<const std::size_t>(), 32).empty());
}

TEST(Augmentation, OffsetMovesAllStepsAlikeAndByAtMostItself) {
  Sketch s({1, 6, 1, 1});
  const Module module = s.done();
  Dataset data;
  data.target = {0};
  data.inputs.push_back({"wave", "", 0, {6, 1}, {1, 2, 3, 4, 5, 6}, {}});
  TrainOptions options;
  options.augment_offset = 0.5;
  const Augmentation augmentation(module.main(), data, options);
  float lowest = 0, highest = 0;
  for (int epoch = 0; epoch < 200; ++epoch) {
    std::vector<float> out(6);
    augmentation.copy(data, 0, Draw{}, epoch, out.data());
    for (int t = 0; t < 6; ++t)
      EXPECT_NEAR(out[static_cast<std::size_t>(t)] - static_cast<float>(t + 1), out[0] - 1, 1e-6);
    lowest = std::fmin(lowest, out[0] - 1);
    highest = std::fmax(highest, out[0] - 1);
  }
  EXPECT_GE(lowest, -0.5f);
  EXPECT_LE(highest, 0.5f);
  EXPECT_LT(lowest, -0.4f) << "over 200 epochs the whole range is used";
  EXPECT_GT(highest, 0.4f);
}

TEST(Augmentation, MovesSeriesAndRepeatsTheirEdges) {
  Sketch s({1, 6, 1, 1});
  const Module module = s.done();
  Dataset data;
  data.target = {0};
  data.inputs.push_back({"wave", "", 0, {6, 1}, {1, 2, 3, 4, 5, 6}, {}});
  TrainOptions options;
  options.augment_shift = 2;
  const Augmentation augmentation(module.main(), data, options);
  bool moved = false;
  for (int epoch = 0; epoch < 20; ++epoch) {
    std::vector<float> out(6);
    augmentation.copy(data, 0, Draw{}, epoch, out.data());
    const float by = out[3] - 4;
    EXPECT_LE(std::fabs(by), 2);
    for (int t = 0; t < 6; ++t)
      EXPECT_EQ(out[static_cast<std::size_t>(t)], std::fmin(6, std::fmax(1, static_cast<float>(t + 1) + by)));
    moved = moved || by != 0;
  }
  EXPECT_TRUE(moved);
  // Features, one value each, are left as they are.
  data.inputs[0].shape = {6};
  const Augmentation none(module.main(), data, options);
  std::vector<float> out(6);
  none.copy(data, 0, Draw{}, 3, out.data());
  EXPECT_EQ(out, data.inputs[0].values);
}

}  // namespace
}  // namespace mote
