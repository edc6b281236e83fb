// The projects of examples/ and what each must reach, for a quick test of all and a full one of each.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>
#include <string>
#include <vector>

#include "app/app.h"
#include "base/system.h"
#include "base/text.h"
#include "support/files.h"

namespace mote::testing {

struct Example {
  std::string name;    ///< folder in examples/
  std::string data;    ///< folder of its data
  std::string figure;  ///< accuracy | f1_macro | auc | f1 LABEL: large is good; rmse: small is good
  double goal =
      0;  ///< of int8, to the last digit written here; rmse: share of the trivial baseline, or the user's unit
  bool of_baseline = false;
  int short_epochs = 3;  ///< enough to beat an answer that does not look at the sample
};

inline void PrintTo(const Example& example, std::ostream* out) { *out << example.name; }

inline std::vector<Example> examples() {
  return {
      {"activities", "umafall-wrist", "accuracy", 0.40, false, 6},
      {"air-quality", "air-quality", "rmse", 0.75, true, 2},
      {"climate", "delhi-climate", "rmse", 0.75, true, 20},
      {"crop-recommendation", "crop-recommendation", "accuracy", 0.97, false, 10},
      {"engine-life", "cmapss-fd001", "rmse", 16, false, 2},
      {"eye-state", "eeg-eye-state", "accuracy", 0.45, false, 20},  // stated: seeds reach 48 to 75 %
      {"fall-detection", "umafall-wrist", "f1_macro", 0.90, false, 10},
      {"fan-vibration", "fan-vibration", "auc", 0.95, false, 100},
      {"forest-fires", "forest-fires", "rmse", 1.05, true, 5},
      {"glucose", "glucose-cgm", "rmse", 18.5, false, 2},
      {"hand-signs", "sign-language-digits", "accuracy", 0.88, false, 6},
      {"heart-monitor", "mitbih-beats", "accuracy", 0.83, false, 2},
      {"leaf-disease", "plant-disease-apple", "accuracy", 0.85, false, 6},
      {"milling-failures", "ai4i2020", "f1 1", 0.70, false, 15},
      {"mnist", "mnist", "accuracy", 0.975, false, 1},
      {"occupancy", "occupancy", "accuracy", 0.979, false, 3},
      {"optdigits", "optdigits", "accuracy", 0.975, false, 3},
      {"pump", "skab", "f1 anomaly", 0.75, false, 20},
      {"soil-moisture", "soil-moisture", "rmse", 0.75, true, 30},
      {"traffic", "metro-traffic", "rmse", 0.75, true, 3},
      {"wand-digits", "wand-digits", "accuracy", 0.95, false, 6},
      {"wand-gestures", "gesture-wand", "accuracy", 0.95, false, 12},
      {"wand-spells", "gesture-wand", "accuracy", 0.88, false, 25},
      {"waste-sorting", "trashnet", "accuracy", 0.70, false, 6},
  };
}

/// The project with fewer epochs and device samples; the lines are the user's otherwise.
inline std::string shortened(const std::string& project, int epochs) {
  // [[target]] is the last table of these projects.
  const std::string of_host = project.substr(0, project.find("\n[[target]]"));
  const std::string wanted = text::cat("epochs = ", epochs);
  const std::regex stated("\\bepochs = [0-9]+"), table("\n\\[train\\]\n");
  const std::string trained = std::regex_search(of_host, stated) ? std::regex_replace(of_host, stated, wanted)
                              : std::regex_search(of_host, table)
                                  ? std::regex_replace(of_host, table, "\n[train]\n" + wanted + "\n")
                                  : text::cat(of_host, "\n[train]\n", wanted, "\n");
  return trained + "\n[[target]]\nname = \"cortex-m4\"\nsamples = 32\n";
}

/// Report of `mote flow` on the project; nothing where it failed, and the test with it.
inline std::optional<nlohmann::json> flow_report(const std::string& project, const std::string& output) {
  setenv("MOTE_DATA", data_folder().c_str(), 0);
  Progress::quiet = true;
  FlowRequest request;
  request.project = project;
  request.output = output;
  const auto outcome = flow(request);
  EXPECT_TRUE(outcome.has_value()) << (outcome ? "" : outcome.error().message + " / " + outcome.error().hint);
  if (!outcome) return std::nullopt;
  return nlohmann::json::parse(outcome->json);
}

/// A figure of report["metrics"][`of`].
inline double figure_of(const nlohmann::json& report, const std::string& of, const std::string& figure) {
  const nlohmann::json& metrics = report.at("metrics").at(of);
  if (text::starts_with(figure, "f1 ")) return metrics.at("f1").at(figure.substr(3)).get<double>();
  return metrics.at(figure).get<double>();
}

/// The same of an answer that does not look at the sample: of accuracy and errors the report's baseline; of scores chance; of the
/// F1 of what is rare 0, where the usual answer never finds it.
inline double trivial_figure(const nlohmann::json& report, const std::string& figure) {
  const nlohmann::json& baseline = report.at("baseline");
  const bool is_same = baseline.at("figure") == text::split(figure, ' ')[0];
  if (is_same) return baseline.at("value").get<double>();
  return figure == "auc" || figure == "f1_macro" ? 0.5 : 0;
}

inline void expect_same_bytes(const nlohmann::json& report) {
  const nlohmann::json& device = report.at("device");
  EXPECT_EQ(device.at("mismatched_bytes"), 0) << device.at("first_mismatch");
  EXPECT_GT(device.at("compared_bytes").get<std::int64_t>(), 0);
  EXPECT_TRUE(report.at("ok").get<bool>());
}

}  // namespace mote::testing
