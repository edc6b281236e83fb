// The report of a flow as JSON, with the words that programs rely on.
#include <nlohmann/json.hpp>

#include "app/flow_report.h"
#include "report/numbers.h"

namespace mote {
namespace {

using nlohmann::ordered_json;
using report::one_line;

template <class T>
ordered_json or_null(const std::optional<T>& value) {
  return value ? ordered_json(*value) : ordered_json(nullptr);
}

ordered_json pairs(const std::vector<std::pair<std::string, std::string>>& items) {
  ordered_json out = ordered_json::object();
  for (const auto& [key, value] : items) out[one_line(key)] = one_line(value);
  return out;
}

ordered_json metrics(const std::optional<FlowReport::Metrics>& figures,
                     const std::vector<std::string>& labels, const std::string& task) {
  if (!figures) return nullptr;
  ordered_json out = ordered_json::object();
  if (task == "classification" || figures->accuracy) {
    out["accuracy"] = or_null(figures->accuracy);
    out["f1_macro"] = or_null(figures->f1_macro);
    out["recall"] = ordered_json::object();
    for (std::size_t i = 0; i < figures->recall.size() && i < labels.size(); ++i) {
      out["recall"][one_line(labels[i])] = figures->recall[i];
    }
    out["f1"] = ordered_json::object();
    for (std::size_t i = 0; i < figures->f1.size() && i < labels.size(); ++i)
      out["f1"][one_line(labels[i])] = figures->f1[i];
    out["confusion"] = figures->confusion;
  }
  if (figures->threshold) out["threshold"] = *figures->threshold;
  if (figures->auc) out["auc"] = *figures->auc;
  if (figures->mae) out["mae"] = *figures->mae;
  if (figures->rmse) out["rmse"] = *figures->rmse;
  return out;
}

ordered_json data(const FlowReport& report) {
  ordered_json out;
  out["name"] = one_line(report.data.name);
  out["synthetic"] = report.data.synthetic;
  out["origin"] = one_line(report.data.origin);
  out["counts"] = ordered_json::object();
  for (const auto& split : report.data.splits) {
    ordered_json& counts = out["counts"][one_line(split.split)] = ordered_json::object();
    for (std::size_t i = 0; i < split.counts.size() && i < report.data.counted.size(); ++i) {
      counts[one_line(report.data.counted[i])] = split.counts[i];
    }
  }
  out["findings"] = ordered_json::array();
  for (const auto& finding : report.data.findings) {
    out["findings"].push_back({{"severity", one_line(finding.severity)},
                               {"title", one_line(finding.title)},
                               {"detail", one_line(finding.detail)}});
  }
  return out;
}

ordered_json training(const FlowReport::Training& training) {
  ordered_json out;
  out["options"] = pairs(training.options);
  out["best_epoch"] = training.epochs.empty() ? ordered_json(nullptr) : ordered_json(training.best_epoch + 1);
  out["epochs"] = ordered_json::array();
  for (const auto& epoch : training.epochs) {
    out["epochs"].push_back({{"train_loss", epoch.train_loss},
                             {"validation_loss", epoch.validation_loss},
                             {"train_accuracy", epoch.train_accuracy},
                             {"validation_accuracy", epoch.validation_accuracy}});
  }
  return out;
}

/// The words of `run` and `bench`, into `out`.
void put_device(ordered_json& out, const FlowReport& report, const FlowReport::Device& device) {
  out["target"] = one_line(device.target);
  out["optimize"] = one_line(device.optimize);
  out["model"] = one_line(report.model);
  out["macs"] = device.macs;
  out["instructions_per_inference"] = or_null(device.instructions);
  if (device.cycles_exact) out["cycles"] = *device.cycles_exact;
  out["cycles_estimated"] = or_null(device.cycles_estimated);
  out["flash"] = {{"code", or_null(device.flash_code)},
                  {"weights", or_null(device.flash_weights)},
                  {"quant", or_null(device.flash_quant)}};
  out["ram"] = {{"arena", or_null(device.ram_arena)},
                {"static", or_null(device.ram_static)},
                {"stack", or_null(device.ram_stack)}};
  out["layers"] = ordered_json::array();
  for (const auto& layer : device.layers) {
    const char* cycles = device.cycles_exact ? "cycles" : "cycles_estimated";
    out["layers"].push_back({{"name", one_line(layer.name)},
                             {"op", one_line(layer.op)},
                             {"variant", one_line(layer.variant)},
                             {"macs", layer.macs},
                             {"instructions", or_null(layer.instructions)},
                             {cycles, or_null(layer.cycles)}});
  }
  out["estimated"] = nullptr;
  if (device.estimate) {
    out["estimated"] = {{"board", one_line(device.estimate->board)},
                        {"datasheet", one_line(device.estimate->datasheet)},
                        {"clock_hz", device.estimate->clock_hz},
                        {"microamp_per_mhz", device.estimate->microamp_per_mhz},
                        {"volts", device.estimate->volts},
                        {"latency_ms", or_null(device.estimate->latency_ms)},
                        {"energy_uj", or_null(device.estimate->energy_uj)}};
  }
  out["budgets"] = ordered_json::array();
  for (const auto& budget : device.budgets) {
    out["budgets"].push_back({{"name", one_line(budget.name)},
                              {"unit", one_line(budget.unit)},
                              {"limit", or_null(budget.limit)},
                              {"actual", or_null(budget.actual)},
                              {"ok", budget.ok}});
  }
}

ordered_json proof(const FlowReport::Device& device) {
  return {{"target", one_line(device.target)},
          {"board", one_line(device.board_name)},
          {"samples", device.samples},
          {"mismatched_bytes", device.mismatched_bytes},
          {"compared_bytes", device.compared_bytes},
          {"first_mismatch", device.first_mismatch.empty() ? ordered_json(nullptr)
                                                           : ordered_json(one_line(device.first_mismatch))},
          {"layers",
           {{"samples", device.layer_samples},
            {"compared_bytes", device.layer_bytes},
            {"mismatched_bytes", device.layer_mismatches}}},
          {"weights_intact", device.weights_intact}};
}

}  // namespace

ordered_json to_json(const FlowReport& report) {
  ordered_json out;
  out["mote"] = one_line(report.mote_version);
  out["project"] = one_line(report.project);
  out["task"] = one_line(report.task);
  out["ok"] = report.ok();
  out["samples"] = report.samples;
  out["baseline"] = {{"name", one_line(report.baseline.name)},
                     {"figure", one_line(report.baseline.figure)},
                     {"value", or_null(report.baseline.value)}};
  out["warnings"] = ordered_json::array();
  for (const std::string& doubt : doubts(report)) out["warnings"].push_back(one_line(doubt));
  const FlowReport::Device* first = report.devices.empty() ? nullptr : &report.devices.front();
  out["metrics"]["float"] = metrics(report.float_metrics, report.labels, report.task);
  out["metrics"]["int8"] = metrics(report.int8_metrics, report.labels, report.task);
  out["metrics"]["device"] =
      first != nullptr ? metrics(first->metrics, report.labels, report.task) : ordered_json(nullptr);
  out["device"] = first != nullptr ? proof(*first) : ordered_json(nullptr);
  out["seconds"] = {{"data", or_null(report.seconds.data)},
                    {"train", or_null(report.seconds.train)},
                    {"quantize", or_null(report.seconds.quantize)},
                    {"compile", or_null(report.seconds.compile)},
                    {"run", or_null(report.seconds.run)}};
  if (first != nullptr) put_device(out, report, *first);
  out["data"] = data(report);
  out["training"] = training(report.training);
  out["quantization"] = ordered_json::array();
  for (const auto& layer : report.quantization) {
    out["quantization"].push_back({{"layer", one_line(layer.layer)},
                                   {"op", one_line(layer.op)},
                                   {"sqnr_db", layer.sqnr_db},
                                   {"min", layer.min},
                                   {"max", layer.max},
                                   {"scale", layer.scale},
                                   {"zero_point", layer.zero_point}});
  }
  out["targets"] = ordered_json::array();
  for (const auto& device : report.devices) {
    ordered_json one = proof(device);
    one["metrics"] = metrics(device.metrics, report.labels, report.task);
    put_device(one, report, device);
    out["targets"].push_back(std::move(one));
  }
  out["model_hash"] = one_line(report.model_hash);
  out["files"] = pairs(report.file_hashes);
  return out;
}

}  // namespace mote
