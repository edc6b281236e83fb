// What [train] and [train.augment] of mote.toml may say.  See app/keys.h.
#include "app/keys.h"

namespace mote::keys {

std::vector<ProjectKey> train_keys() {
  using enum KeyType;
  return {
      key("train", "epochs", Whole, "Times that training sees all samples.",
          [](P p, V v) { p.train.epochs = whole(v); })
          .defaults(n(30))
          .within(1, 100'000),
      key("train", "batch", Whole, "Samples between two updates of the weights.",
          [](P p, V v) { p.train.batch = whole(v); })
          .defaults(n(32))
          .within(1, 65'536, "samples"),
      key("train", "optimizer", Text, "Rule that changes the weights; `sgd` is with momentum.",
          [](P p, V v) { p.train.optimizer = str(v); })
          .defaults(s("adamw"))
          .choices({"adamw", "sgd"}),
      key("train", "learning_rate", Number, "Size of the changes at their largest.",
          [](P p, V v) { p.train.learning_rate = real(v); })
          .defaults(r(1e-3))
          .within(1e-9, 100),
      key("train", "weight_decay", Number, "Pulls weights towards 0, against learning by heart.",
          [](P p, V v) { p.train.weight_decay = real(v); })
          .defaults(r(1e-2))
          .within(0, 10),
      key("train", "momentum", Number, "Of `sgd`: share of the last change that goes on.",
          [](P p, V v) { p.train.momentum = real(v); })
          .defaults(r(0.9))
          .within(0, 0.9999),
      key("train", "schedule", Text,
          "The learning rate over the epochs: down to 0 along a cosine, down a `step` now and then, or "
          "constant.",
          [](P p, V v) { p.train.schedule = str(v); })
          .defaults(s("cosine"))
          .choices({"cosine", "step", "constant"}),
      key("train", "step_epochs", Whole, "Of `step`: epochs from step to step.",
          [](P p, V v) { p.train.step_epochs = whole(v); })
          .defaults(n(10))
          .within(1, 100'000, "epochs"),
      key("train", "step_factor", Number, "Of `step`: what each one leaves of the learning rate.",
          [](P p, V v) { p.train.step_factor = real(v); })
          .defaults(r(0.1))
          .within(1e-6, 1),
      key("train", "warmup_epochs", Number, "Time in which the learning rate grows from 0.",
          [](P p, V v) { p.train.warmup_epochs = real(v); })
          .defaults(r(0))
          .within(0, 100'000, "epochs"),
      key("train", "clip_norm", Number,
          "Gradients longer than this, all weights together, are shortened to it; 0: never.",
          [](P p, V v) { p.train.clip_norm = real(v); })
          .defaults(r(0))
          .within(0, 1e9),
      key("train", "ema", Number,
          "Weights are kept as their running mean over the last 1 / (1 − this) updates, 0.999 say; 0: as "
          "they are.",
          [](P p, V v) { p.train.ema = real(v); })
          .defaults(r(0))
          .within(0, 0.9999),
      key("train", "patience", Whole,
          "Stops after so many epochs without a better validation score; 0: never.",
          [](P p, V v) { p.train.patience = whole(v); })
          .defaults(n(0))
          .within(0, 100'000, "epochs"),
      key("train", "monitor", Text,
          "Validation score that picks the best epoch; `last` keeps the last one, whatever its score.  "
          "Labels have an "
          "accuracy and an F1, numbers and reconstructions `mae` and `rmse`.",
          [](P p, V v) { p.train.monitor = str(v); })
          .defaults(s("loss"))
          .choices({"loss", "accuracy", "f1_macro", "mae", "rmse", "last"}),
      key("train", "loss", Text,
          "What training makes small.  Classes: `cross_entropy` or `focal`; several labels: "
          "`binary_cross_entropy`; "
          "numbers: `mse`, `mae`, `huber` or `pinball`; anomalies: `mse`, `mae` or `huber`; `auto`: the "
          "first of them.",
          [](P p, V v) { p.train.loss = str(v); })
          .defaults(s("auto"))
          .choices(
              {"auto", "cross_entropy", "focal", "binary_cross_entropy", "mse", "mae", "huber", "pinball"}),
      key("train", "focal_gamma", Number, "Of `focal`: how much less samples count that are right already.",
          [](P p, V v) { p.train.focal_gamma = real(v); })
          .defaults(r(2))
          .within(0, 10),
      key("train", "huber_delta", Number,
          "Of `huber`: errors beyond this count linearly, smaller ones squared; in standard deviations of "
          "the number.",
          [](P p, V v) { p.train.huber_delta = real(v); })
          .defaults(r(1))
          .within(1e-6, 1e6),
      key("train", "quantile", Number, "Of `pinball`: share of the numbers that should lie below the answer.",
          [](P p, V v) { p.train.quantile = real(v); })
          .defaults(r(0.5))
          .within(0.001, 0.999),
      key("train", "class_weights", Weights,
          "How much each class counts: all alike, rare ones more (`balanced`), or a number a label, in the "
          "order of `labels`.  Where a sample has several labels: how much a yes counts beside a no.",
          [](P p, V v) {
            if (const auto* word = std::get_if<std::string>(&v))
              p.train.balanced_class_weights = *word == "balanced";
            else
              p.train.class_weights = std::get<std::vector<double>>(v);
          })
          .defaults(s("none"))
          .within(0, 1e6)
          .choices({"none", "balanced"}),
      key("train", "label_smoothing", Number, "Share of certainty given to the other classes.",
          [](P p, V v) { p.train.label_smoothing = real(v); })
          .defaults(r(0))
          .within(0, 0.9),
      key("train", "sampling", Text,
          "Samples of an epoch: each once, or each class as often, rare ones again and again.",
          [](P p, V v) { p.train.sampling = str(v); })
          .defaults(s("shuffled"))
          .choices({"shuffled", "balanced"}),
      key("train", "mixup", Number,
          "Two samples and their labels are mixed, by a share of Beta(this, this): 0.2 mixes little, 1 much; "
          "0: never.",
          [](P p, V v) { p.train.mixup = real(v); })
          .defaults(r(0))
          .within(0, 100),
      key("train", "seed", Whole, "Of first weights, order and augmentation: same seed, same network.",
          [](P p, V v) { p.train.seed = seed(v); })
          .defaults(n(1))
          .within(0, kMany),
      key("train.augment", "noise", Number, "Standard deviation of noise that is added.",
          [](P p, V v) { p.train.augment_noise = real(v); })
          .defaults(r(0))
          .within(0, 1e6, "input's unit"),
      key("train.augment", "scale", Number, "The series is multiplied by 1 ± up to this.",
          [](P p, V v) { p.train.augment_scale = real(v); })
          .defaults(r(0))
          .within(0, 0.99),
      key("train.augment", "offset", Number, "The whole series moves up or down by up to this.",
          [](P p, V v) { p.train.augment_offset = real(v); })
          .defaults(r(0))
          .within(0, 1e6, "input's unit"),
      key("train.augment", "shift", Number, "The series moves by up to so many steps along time.",
          [](P p, V v) { p.train.augment_shift = real(v); })
          .defaults(r(0))
          .within(0, 1e6, "steps"),
      key("train.augment", "time_warp", Number,
          "Time runs up to so much slower here and faster there, 0.2 say; the ends stay.",
          [](P p, V v) { p.train.augment_time_warp = real(v); })
          .defaults(r(0))
          .within(0, 0.95),
      key("train.augment", "time_mask", Whole, "A run of up to so many steps of the series becomes 0.",
          [](P p, V v) { p.train.augment_time_mask = whole(v); })
          .defaults(n(0))
          .within(0, 1e6, "steps"),
      key("train.augment", "channel_mask", Whole,
          "A run of up to so many channels of the series, or frequencies of a spectrogram, becomes 0.",
          [](P p, V v) { p.train.augment_channel_mask = whole(v); })
          .defaults(n(0))
          .within(0, 65'536, "channels"),
      key("train.augment", "rotate", Number,
          "Sensors of three axes (each three channels) are turned about any direction by up to this.",
          [](P p, V v) { p.train.augment_rotate = real(v); })
          .defaults(r(0))
          .within(0, 180, "degrees"),
      key("train.augment", "flip", Text, "Pictures are mirrored, half of the time.",
          [](P p, V v) { p.train.augment_flip = str(v); })
          .defaults(s("none"))
          .choices({"none", "horizontal", "vertical", "both"}),
      key("train.augment", "crop", Whole,
          "Pictures move by up to so much each way; what comes in repeats the edge.",
          [](P p, V v) { p.train.augment_crop = whole(v); })
          .defaults(n(0))
          .within(0, 4096, "pixels"),
      key("train.augment", "brightness", Number, "Pictures get lighter or darker by up to this.",
          [](P p, V v) { p.train.augment_brightness = real(v); })
          .defaults(r(0))
          .within(0, 1e6, "input's unit"),
      key("train.augment", "contrast", Number,
          "Distances from a picture's mean are multiplied by 1 ± up to this.",
          [](P p, V v) { p.train.augment_contrast = real(v); })
          .defaults(r(0))
          .within(0, 1),
  };
}

}  // namespace mote::keys
