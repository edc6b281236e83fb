// The report of a flow: the words that programs rely on, the last line, and that nothing is needed to make one.
// MOTE_REPORT_SAMPLE=folder writes the sample report there, to be looked at.
#include "app/flow_report.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "base/system.h"
#include "base/text.h"
#include "report/numbers.h"
#include "report/svg.h"

namespace mote {
namespace {

using nlohmann::ordered_json;

std::vector<float> invented_beat(int kind, int example) {
  std::vector<float> values;
  const auto bump = [](double t, double at, double width, double height) {
    return height * std::exp(-(t - at) * (t - at) / (2 * width * width));
  };
  for (int i = 0; i < 125; ++i) {
    const double t = i / 125.0, wide = 0.015 + 0.014 * kind, lift = 0.05 * example;
    const double value = bump(t, 0.25, 0.03, kind == 1 ? 0.02 : 0.15) +
                         bump(t, 0.42, wide, 1.1 - 0.2 * kind + lift) - bump(t, 0.46 + wide, 0.02, 0.25) +
                         bump(t, 0.68 + 0.01 * example, 0.05, kind == 2 ? -0.3 : 0.3);
    values.push_back(static_cast<float>(value + 0.02 * std::sin(40 * t + example)));
  }
  return values;
}

FlowReport::Device invented_device() {
  FlowReport::Device device;
  device.target = "cortex-m4";
  device.board_name = "mps2-an386 in QEMU";
  device.optimize = "speed";
  device.samples = 2698;
  device.compared_bytes = 10792;
  device.flash_code = 11240;
  device.flash_weights = 9876;
  device.flash_quant = 720;
  device.ram_arena = 5120;
  device.ram_static = 96;
  device.ram_stack = 412;
  device.instructions = 412345;
  device.cycles_estimated = 530112;
  device.layers = {
      {"conv1", "conv2d", "conv2d_s8_dsp", "[1,63,1,16]", 5040, 30211.0, 41000.0},
      {"conv2", "depthwise_conv2d", "depthwise_conv2d_s8_direct", "[1,32,1,16]", 2560, 21450.0, 28020.0},
      {"conv3", "conv2d", "conv2d_s8_dsp", "[1,32,1,32]", 16384, 40120.0, 52019.0},
      {"conv4", "conv2d", "conv2d_s8_dsp", "[1,16,1,32]", 81920, 161023.0, 210034.0},
      {"conv5", "conv2d", "conv2d_s8_dsp", "[1,16,1,48]", 73728, 148111.0, 186007.0},
      {"pool", "average_pool2d", "average_pool2d_s8", "[1,1,1,48]", 0, 9120.0, 10890.0},
      {"dense", "fully_connected", "fully_connected_s8_dsp", "[1,4]", 192, 1300.0, 1411.0},
      {"softmax", "softmax", "softmax_s8", "[1,4]", 0, 1010.0, 731.0}};
  for (const auto& layer : device.layers) {
    device.macs += layer.macs;
    device.memory.steps.push_back(layer.name);
  }
  device.memory.arena_bytes = 2048;
  device.memory.lower_bound = 1920;
  device.memory.peak_step = 2;
  device.memory.buffers = {{"beat", 0, 125, -1, 0},       {"conv1 out", 1024, 1008, 0, 1},
                           {"conv2 out", 0, 512, 1, 2},   {"conv3 out", 512, 1024, 2, 3},
                           {"scratch", 1536, 384, 2, 4},  {"conv4 out", 0, 512, 3, 4},
                           {"conv5 out", 512, 768, 4, 5}, {"pool out", 0, 48, 5, 6},
                           {"logits", 64, 4, 6, 7},       {"answer", 0, 4, 7, 7}};
  device.estimate = estimate("NUCLEO-L476RG", "STM32L476xx DS10198 rev 8, table 28", 80e6, 120, 3.0,
                             device.cycles_estimated);
  device.budgets = {{"flash", "bytes", 32000.0, 21836.0, true},
                    {"RAM", "bytes", 8000.0, 5628.0, true},
                    {"latency", "ms", 10.0, 6.6264, true}};
  return device;
}

/// Invented numbers, about as many as a real flow has.
report::Figure invented_picture(const std::vector<std::string>& labels) {
  report::Waveforms picture;
  picture.name = text::cat("examples of '", labels[0], "'");
  picture.unit = labels.back();
  picture.rate_hz = 125;
  for (int kind = 0; kind < 4; ++kind) {
    picture.panels.push_back({labels[static_cast<std::size_t>(kind)], {}, false});
    for (int example = 0; example < 4; ++example)
      picture.panels.back().traces.push_back(invented_beat(kind, example));
  }
  return {"Examples of '" + labels[0] + "'", waveforms(picture), labels[0], true};
}

FlowReport invented_report() {
  FlowReport report;
  report.mote_version = "0.1.0";
  report.project = "ecg-beats";
  report.model = "build/ecg-beats.tflite";
  report.model_hash = "9c1f03aa77d04e51";
  report.sample_word = "windows";
  report.file_hashes = {{"mote.toml", "5be0cd19137e2179"}, {"beats_train.csv", "1f83d9abfb41bd6b"}};
  report.labels = report.data.counted = {"normal", "supraventricular", "ventricular", "fusion"};
  report.data.name = "beats";
  report.data.synthetic = true;
  report.data.origin = "Generator 'ecg': 40 subjects, seed 1.";
  report.data.splits = {
      {"train", {7210, 612, 803, 96}}, {"validation", {1802, 151, 203, 21}}, {"test", {2220, 181, 264, 33}}};
  report.data.findings = {
      {"ok", "no sample in two splits", "11,596 samples compared"},
      {"warning", "classes are not balanced",
       "'fusion' has 96 training samples, 'normal' 7,210: consider class_weights = \"balanced\""},
      {"ok", "no missing values", ""},
      {"note", "subjects", "40 of them, each in one split"}};
  report.data.inputs = {{"beat", "mV", "[125,1]", 125, -0.61, 1.72, 0.083, 0.241}};
  report.data.pictures = {invented_picture(report.labels)};
  for (int epoch = 0; epoch < 30; ++epoch) {
    const double fall = std::exp(-epoch / 6.0);
    report.training.epochs.push_back(
        {0.06 + 0.9 * fall,
         0.11 + 0.8 * fall + 0.002 * std::max(0, epoch - 20) + 0.012 * std::sin(epoch * 1.7),
         0.985 - 0.3 * fall, 0.968 - 0.28 * fall + 0.004 * std::sin(epoch * 1.3)});
  }
  report.training.best_epoch = 22;
  report.training.options = {
      {"optimizer", "adamw"}, {"learning rate", "0.001, cosine"}, {"batch", "32"}, {"seed", "1"}};
  report.baseline = {"always 'normal'", "accuracy", 0.8228};
  report.samples = 2698;
  FlowReport::Metrics metrics;
  metrics.accuracy = 0.9674;
  metrics.f1_macro = 0.8541;
  metrics.recall = {0.9901, 0.8122, 0.9318, 0.5758};
  metrics.confusion = {{2198, 12, 8, 2}, {29, 147, 5, 0}, {11, 3, 246, 4}, {8, 0, 6, 19}};
  report.float_metrics = metrics;
  metrics.accuracy = 0.9659;
  metrics.f1_macro = 0.8498;
  report.int8_metrics = metrics;
  report.devices = {invented_device()};
  report.devices[0].metrics = metrics;
  report.quantization = {{"conv1", "conv2d", 34.2, 0, 4.81, 0.01886, -128},
                         {"conv2", "depthwise_conv2d", 29.7, 0, 6.02, 0.02361, -128},
                         {"conv3", "conv2d", 31.4, 0, 5.5, 0.02157, -128},
                         {"conv4", "conv2d", 30.9, 0, 7.91, 0.03102, -128},
                         {"conv5", "conv2d", 28.8, 0, 9.34, 0.03663, -128},
                         {"pool", "average_pool2d", 33.0, 0, 5.1, 0.03663, -128},
                         {"dense", "fully_connected", 32.6, -11.2, 14.9, 0.1024, -19},
                         {"softmax", "softmax", 41.8, 0, 1, 0.00390625, -128}};
  report.seconds = {0.82, 41.3, 1.9, 3.4, 22.7};
  return report;
}

std::vector<std::string> lines_of(const std::string& words) {
  std::vector<std::string> lines = text::split(words, '\n');
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

TEST(FlowReport, SampleCanBeLookedAt) {
  const char* folder = std::getenv("MOTE_REPORT_SAMPLE");
  if (folder == nullptr) GTEST_SKIP() << "MOTE_REPORT_SAMPLE names no folder";
  const report::Document document = to_document(invented_report());
  ASSERT_TRUE(write_text(std::filesystem::path(folder) / "report.html", report::to_html(document)));
  ASSERT_TRUE(write_text(std::filesystem::path(folder) / "report.txt", report::to_text(document)));
  ASSERT_TRUE(write_text(std::filesystem::path(folder) / "report.json", to_json(invented_report()).dump(2)));
}

TEST(FlowReport, WarnsOfAModelThatDoesNotBeatTheTrivialAnswer) {
  FlowReport report = invented_report();
  EXPECT_EQ(doubts(report), std::vector<std::string>());
  report.baseline.value = 0.99;
  ASSERT_EQ(doubts(report).size(), 1u);
  EXPECT_EQ(doubts(report)[0].find("the model is no better than always 'normal': accuracy 96."), 0u)
      << doubts(report)[0];
  EXPECT_NE(report::to_text(to_document(report)).find("warning: the model is no better"), std::string::npos);
  EXPECT_EQ(to_json(report)["warnings"].size(), 1u);
  report.baseline = {"the mean", "rmse", 2.0};
  EXPECT_EQ(doubts(report), std::vector<std::string>()) << "nobody has that figure";
  report.devices[0].metrics->rmse = 2.5;
  EXPECT_EQ(doubts(report).size(), 1u) << "a small one is good";
  report.devices[0].metrics->rmse = 1.5;
  EXPECT_EQ(doubts(report).size(), 0u);
}

TEST(FlowReport, ForgivesAccuracyWhereRareClassesCountMore) {
  FlowReport report = invented_report();
  report.baseline.value = 0.97;
  EXPECT_EQ(doubts(report).size(), 1u);
  report.training.rare_count_more = true;
  EXPECT_EQ(doubts(report).size(), 0u) << "its F1 is far above that of one class always";
  report.devices[0].metrics->f1_macro = 0.2;
  EXPECT_EQ(doubts(report).size(), 1u);
}

TEST(FlowReport, WarnsOfMuchThatIsLostByInt8) {
  FlowReport report = invented_report();
  report.int8_metrics->accuracy = *report.float_metrics->accuracy - 0.019;
  EXPECT_EQ(doubts(report).size(), 0u);
  report.int8_metrics->accuracy = *report.float_metrics->accuracy - 0.03;
  ASSERT_EQ(doubts(report).size(), 1u);
  EXPECT_EQ(doubts(report)[0].find("int8 is worse than float: accuracy "), 0u) << doubts(report)[0];
  report.samples = 50;
  report.int8_metrics->f1_macro = 0.3;
  EXPECT_EQ(doubts(report).size(), 0u) << "two samples are chance, whatever the F1 of a rare class says";
}

TEST(FlowReport, WarnsOfErrorsThatGrowByInt8) {
  FlowReport report = invented_report();
  report.float_metrics = report.int8_metrics = FlowReport::Metrics{};
  report.float_metrics->rmse = 1.0;
  report.int8_metrics->rmse = 1.09;
  EXPECT_EQ(doubts(report).size(), 0u);
  report.int8_metrics->rmse = 1.2;
  EXPECT_EQ(doubts(report).size(), 1u);
}

TEST(FlowReport, OfSeveralLabelsCountsSamplesNotYeses) {
  FlowReport report = invented_report();
  report.task = "multi-label";
  report.labels = report.data.counted = {"rain", "wind"};
  report.data.splits = {{"train", {90, 87}, 180}, {"validation", {30, 34}, 60}, {"test", {26, 25}, 60}};
  const std::string words = report::to_text(to_document(report));
  const std::vector<std::string> lines = lines_of(words);
  EXPECT_TRUE(std::any_of(lines.begin(), lines.end(), [](const std::string& line) {
    const auto has = [&](const char* part) { return line.find(part) != std::string::npos; };
    return has("all") && has("180") && has("60") && has("300");
  })) << words;
  EXPECT_EQ(words.find("F1 of wind"), std::string::npos) << words;
}

TEST(FlowReport, OfManyFilesNamesSome) {
  FlowReport report = invented_report();
  for (int i = 0; i < 3000; ++i) report.file_hashes.emplace_back(text::cat("f", i, ".wav"), "00");
  const std::string page = report::to_html(to_document(report));
  EXPECT_NE(page.find("f17.wav"), std::string::npos);
  EXPECT_EQ(page.find("f18.wav"), std::string::npos);
  EXPECT_NE(page.find("and 2,982 more files"), std::string::npos);
  EXPECT_EQ(to_json(report)["files"].size(), 3002u);
}

TEST(FlowReport, TextIsCompactAndEndsWithTheMismatches) {
  const std::vector<std::string> lines = lines_of(report::to_text(to_document(invented_report())));
  EXPECT_LE(lines.size(), 60u);
  EXPECT_EQ(lines.back(), "2,698 windows on cortex-m4: 0 mismatched bytes of 10,792 compared");
  for (const std::string& line : lines) EXPECT_LE(report::width_of(line), 110u) << line;
}

TEST(FlowReport, JsonHasTheWordsOfTheContract) {
  const ordered_json json = to_json(invented_report());
  for (const char* path : {"/task",
                           "/samples",
                           "/baseline/name",
                           "/baseline/value",
                           "/metrics/float/accuracy",
                           "/metrics/int8/f1_macro",
                           "/metrics/device/recall/ventricular",
                           "/metrics/device/confusion/3/3",
                           "/device/mismatched_bytes",
                           "/device/compared_bytes",
                           "/seconds/data",
                           "/seconds/train",
                           "/seconds/quantize",
                           "/seconds/compile",
                           "/seconds/run",
                           "/target",
                           "/optimize",
                           "/model",
                           "/macs",
                           "/instructions_per_inference",
                           "/cycles_estimated",
                           "/flash/code",
                           "/flash/weights",
                           "/flash/quant",
                           "/ram/arena",
                           "/ram/static",
                           "/ram/stack",
                           "/layers/0/name",
                           "/layers/0/op",
                           "/layers/0/macs",
                           "/layers/0/instructions",
                           "/layers/0/cycles_estimated"}) {
    ASSERT_TRUE(json.contains(ordered_json::json_pointer(path))) << path;
    EXPECT_FALSE(json.at(ordered_json::json_pointer(path)).is_null()) << path;
  }
  EXPECT_EQ(json["device"]["compared_bytes"], 10792);
  EXPECT_EQ(json["ok"], true);
}

TEST(FlowReport, WhatIsUnknownIsNull) {
  FlowReport report;
  const ordered_json nothing = to_json(report);
  EXPECT_TRUE(nothing["metrics"]["float"].is_null());
  EXPECT_TRUE(nothing["device"].is_null());
  EXPECT_TRUE(nothing["seconds"]["train"].is_null());
  EXPECT_TRUE(nothing["baseline"]["value"].is_null());
  EXPECT_EQ(nothing["ok"], false);
  report.devices.push_back({});
  const ordered_json bare = to_json(report);
  EXPECT_TRUE(bare["instructions_per_inference"].is_null());
  EXPECT_TRUE(bare["ram"]["stack"].is_null());
  EXPECT_TRUE(bare["metrics"]["device"].is_null());
}

TEST(FlowReport, NothingKnownStillMakesAReport) {
  FlowReport report;
  EXPECT_EQ(lines_of(report::to_text(to_document(report))).back(),
            "nothing ran on a target: no bytes compared");
  EXPECT_FALSE(report::to_html(to_document(report)).empty());
  report.devices.push_back({});
  report.labels = report.data.counted = {"only"};
  report.float_metrics = FlowReport::Metrics{};
  report.data.splits = {{"train", {}}};
  EXPECT_FALSE(report.ok()) << "nothing was compared";
  EXPECT_FALSE(report::to_html(to_document(report)).empty());
  EXPECT_NE(report::to_text(to_document(report)).find("nothing was compared"), std::string::npos);
}

TEST(FlowReport, HostileNamesStayText) {
  const std::string name = "</svg><script>\"'\xff\x1b[2J";
  FlowReport report = invented_report();
  report.project = report.baseline.name = report.data.origin = report.sample_word = name;
  for (auto& label : report.labels) label = name;
  report.data.counted = report.labels;
  report.data.pictures = {invented_picture(report.labels)};
  for (auto& layer : report.quantization) layer.layer = name;
  report.devices[0].target = report.devices[0].first_mismatch = name;
  for (auto& layer : report.devices[0].layers) layer.name = layer.output = name;
  for (auto& buffer : report.devices[0].memory.buffers) buffer.name = name;
  for (auto& step : report.devices[0].memory.steps) step = name;
  const std::string html = report::to_html(to_document(report));
  EXPECT_EQ(html.find("<script"), std::string::npos);
  EXPECT_EQ(html.find('\x1b'), std::string::npos);
  EXPECT_EQ(report::to_text(to_document(report)).find('\x1b'), std::string::npos);
  EXPECT_NO_THROW(to_json(report).dump());
}

TEST(FlowReport, FailuresAreSaidBeforeTheLastLine) {
  FlowReport report = invented_report();
  report.devices[0].mismatched_bytes = 3;
  report.devices[0].first_mismatch = "window 17, output 0, byte 2: host 12, device 13";
  report.devices[0].weights_intact = false;
  report.devices[0].budgets[0].ok = false;
  EXPECT_FALSE(report.ok());
  const std::string words = report::to_text(to_document(report));
  EXPECT_NE(words.find("window 17, output 0"), std::string::npos);
  EXPECT_NE(words.find("weights in flash"), std::string::npos);
  EXPECT_NE(words.find("over budget: flash"), std::string::npos);
  EXPECT_EQ(lines_of(words).back(), "2,698 windows on cortex-m4: 3 mismatched bytes of 10,792 compared");
}

TEST(FlowReport, SeveralTargetsAreSummedInTheLastLine) {
  FlowReport report = invented_report();
  report.devices.push_back(report.devices[0]);
  report.devices[1].target = "cortex-m0";
  EXPECT_EQ(verdict_line(report),
            "5,396 windows on cortex-m4, cortex-m0: 0 mismatched bytes of 21,584 compared");
  EXPECT_EQ(to_json(report)["targets"].size(), 2u);
}

TEST(FlowReport, EstimatesFollowTheirFormula) {
  const FlowReport::Estimate figures = estimate("board", "sheet", 80e6, 120, 3.0, 400000.0);
  EXPECT_DOUBLE_EQ(*figures.latency_ms, 5.0);
  EXPECT_DOUBLE_EQ(*figures.energy_uj, 3.0 * 120 * 80 * 0.005);
  EXPECT_FALSE(estimate("board", "sheet", 80e6, 120, 3.0, std::nullopt).latency_ms.has_value());
  EXPECT_FALSE(estimate("board", "sheet", 80e6, 0, 0, 400000.0).energy_uj.has_value());
}

TEST(FlowReport, SameReportSameBytes) {
  EXPECT_EQ(report::to_html(to_document(invented_report())), report::to_html(to_document(invented_report())));
  EXPECT_EQ(to_json(invented_report()).dump(), to_json(invented_report()).dump());
}

}  // namespace
}  // namespace mote
