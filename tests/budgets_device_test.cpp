// Flash, RAM, stack and instructions may only fall: tests/budgets.json holds what has been reached.  Where a figure falls, the
// file is lowered with it (MOTE_UPDATE_BUDGETS=1 writes it).
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "app/app.h"
#include "export/export.h"
#include "support/files.h"
#include "support/quantized_network.h"

namespace mote {
namespace {
namespace fs = std::filesystem;
using nlohmann::ordered_json;

const fs::path kBudgets = fs::path(MOTE_SOURCE_DIR) / "tests/budgets.json";

ordered_json measure(const std::string& model, const std::string& optimize) {
  RunRequest request;
  request.model = model;
  request.optimize = optimize;
  request.samples = 4;
  const auto outcome = bench_model(request);
  EXPECT_TRUE(outcome) << (outcome ? "" : outcome.error().message);
  if (!outcome) return {};
  const auto json = ordered_json::parse(outcome->json);
  return {
      {"instructions", static_cast<std::int64_t>(json.at("instructions_per_inference").get<double>() + 0.5)},
      {"code", json.at("flash").at("code")},
      {"arena", json.at("ram").at("arena")},
      {"stack", json.at("ram").at("stack")}};
}

void hold_budget(const std::string& name, const std::string& model) {
  const auto text = read_text(kBudgets);
  ASSERT_TRUE(text);
  ordered_json budgets = ordered_json::parse(*text);
  const bool update = std::getenv("MOTE_UPDATE_BUDGETS") != nullptr;
  for (const char* optimize : {"speed", "size"}) {
    const ordered_json found = measure(model, optimize);
    for (const auto& [figure, limit] : budgets.at(name).at(optimize).items()) {
      if (update) continue;
      EXPECT_LE(found.at(figure), limit) << name << ", " << optimize << ", " << figure;
    }
    budgets[name][optimize] = found;
  }
  if (!update) return;
  ASSERT_TRUE(write_text(kBudgets, budgets.dump(2) + "\n"));
}

TEST(Budgets, ASmallNetworkCostsNoMoreThanItDid) {
  const Module module = testing::quantized(testing::canonical(testing::small_cnn(1)), 2);
  const auto file = export_tflite(module);
  ASSERT_TRUE(file) << file.error().message;
  const auto folder = ScratchFolder::make("budgets");
  ASSERT_TRUE(folder);
  const std::string model = (folder->path() / "small_cnn.tflite").string();
  ASSERT_TRUE(write_file(model, *file));
  hold_budget("small_cnn", model);
}

TEST(Budgets, KeywordSpottingCostsNoMoreThanItDid) {
  const fs::path model = testing::data_folder() / "models/mlperf-tiny/kws_ref_model.tflite";
  if (!fs::exists(model)) GTEST_SKIP() << model << " is not there; set MOTE_DATA";
  hold_budget("kws", model.string());
}

}  // namespace
}  // namespace mote
