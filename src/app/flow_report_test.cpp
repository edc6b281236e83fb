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
FlowReport invented_report() {
  FlowReport report;
  report.mote_version = "0.1.0";
  report.project = "ecg-beats";
  report.model = "build/ecg-beats.tflite";
  report.model_hash = "9c1f03aa77d04e51";
  report.sample_word = "windows";
  report.file_hashes = {{"mote.toml", "5be0cd19137e2179"}, {"beats_train.csv", "1f83d9abfb41bd6b"}};
  report.labels = {"normal", "supraventricular", "ventricular", "fusion"};
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
  for (int kind = 0; kind < 4; ++kind) {
    for (int example = 0; example < 4; ++example) {
      report.data.waveforms.push_back({report.labels[static_cast<std::size_t>(kind)], "beat", "mV", 125,
                                       invented_beat(kind, example), 1});
    }
  }
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
  report.baseline = {"always 'normal'", 0.8228};
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

TEST(FlowReport, SampleCanBeLookedAt) {
  const char* folder = std::getenv("MOTE_REPORT_SAMPLE");
  if (folder == nullptr) GTEST_SKIP() << "MOTE_REPORT_SAMPLE names no folder";
  const report::Document document = to_document(invented_report());
  ASSERT_TRUE(write_text(std::filesystem::path(folder) / "report.html", report::to_html(document)));
  ASSERT_TRUE(write_text(std::filesystem::path(folder) / "report.txt", report::to_text(document)));
  ASSERT_TRUE(write_text(std::filesystem::path(folder) / "report.json", to_json(invented_report()).dump(2)));
}

}  // namespace
}  // namespace mote
