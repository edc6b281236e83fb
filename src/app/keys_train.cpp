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
          "The learning rate over the epochs: down to 0 along a cosine, or constant.",
          [](P p, V v) { p.train.schedule = str(v); })
          .defaults(s("cosine"))
          .choices({"cosine", "constant"}),
      key("train", "warmup_epochs", Number, "Time in which the learning rate grows from 0.",
          [](P p, V v) { p.train.warmup_epochs = real(v); })
          .defaults(r(0))
          .within(0, 100'000, "epochs"),
      key("train", "patience", Whole,
          "Stops after so many epochs without a better validation score; 0: never.",
          [](P p, V v) { p.train.patience = whole(v); })
          .defaults(n(0))
          .within(0, 100'000, "epochs"),
      key("train", "monitor", Text,
          "Validation score that picks the best epoch; `last` keeps the last one, whatever its score.",
          [](P p, V v) { p.train.monitor = str(v); })
          .defaults(s("loss"))
          .choices({"loss", "accuracy", "f1_macro", "last"}),
      key("train", "class_weights", Weights,
          "How much each class counts: all alike, rare ones more (`balanced`), or a number a label, in the "
          "order of `labels`.",
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
  };
}

}  // namespace mote::keys
