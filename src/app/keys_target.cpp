// What [quantize] and [[target]] of mote.toml may say.  See app/keys.h.
#include "app/keys.h"

namespace mote::keys {

std::vector<ProjectKey> quantize_keys() {
  using enum KeyType;
  return {
      key("quantize", "calibration", Text,
          "How the range of each tensor is found: all values, all but outliers, or least squared error.",
          [](P p, V v) { p.quantize.calibration = str(v); })
          .defaults(s("minmax"))
          .choices({"minmax", "percentile", "mse"}),
      key("quantize", "percentile", Number, "Of `percentile`: share of the values inside the range.",
          [](P p, V v) { p.quantize.percentile = real(v); })
          .defaults(r(99.99))
          .within(51, 100, "%"),
      key("quantize", "headroom", Number,
          "What later values may exceed those of calibration by: a share of the range on each side. 0.1 "
          "where numbers are "
          "predicted, 0 where classes are, unless it is said.",
          [](P p, V v) { p.quantize.headroom = real(v); })
          .within(0, 1),
      key("quantize", "samples", WholeOrAll, "Training samples that are run to find the ranges.",
          [](P p, V v) { p.calibration_samples = std::get<std::int64_t>(v); })
          .defaults(n(500))
          .within(1, kMany, "samples"),
  };
}

std::vector<ProjectKey> target_keys() {
  using enum KeyType;
  return {
      key("target", "name", Text, "CPU or board; `mote targets` lists them.",
          [](P p, V v) { p.targets.back().name = str(v); })
          .required(),
      key("target", "optimize", Text, "What to spend least of: instructions, flash or RAM.",
          [](P p, V v) { p.targets.back().optimize = str(v); })
          .defaults(s("speed"))
          .choices({"speed", "size", "ram"}),
      key("target", "flash_kb", Number, "Budget of code and weights; 0: none.",
          [](P p, V v) { p.targets.back().flash_kb = real(v); })
          .defaults(r(0))
          .within(0, kMany, "kB = 1000 bytes"),
      key("target", "ram_kb", Number, "Budget of arena, other variables and stack; 0: none.",
          [](P p, V v) { p.targets.back().ram_kb = real(v); })
          .defaults(r(0))
          .within(0, kMany, "kB = 1000 bytes"),
      key("target", "latency_ms", Number, "Budget of one inference, in estimated time; 0: none.",
          [](P p, V v) { p.targets.back().latency_ms = real(v); })
          .defaults(r(0))
          .within(0, kMany, "ms"),
      key("target", "samples", WholeOrAll, "Test samples that run on the device.",
          [](P p, V v) { p.targets.back().samples = std::get<std::int64_t>(v); })
          .defaults(n(0))
          .within(1, kMany, "samples"),
  };
}

}  // namespace mote::keys
