// Composes the report of a flow: which figure stands where, and in which words.
#include "app/flow_report.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/text.h"
#include "report/numbers.h"
#include "report/svg.h"

namespace mote {
namespace {

using namespace report;  // NOLINT: this file is about nothing else
using text::cat;

constexpr Align kRight = Align::Right;

std::string number_or_unknown(const std::optional<std::int64_t>& value) {
  return value ? text::thousands(*value) : std::string(kUnknown);
}

/// A given figure with all its digits and no more: 80 → "80".
std::string tidy(double value) {
  std::string digits = text::shortest(value);
  if (text::ends_with(digits, ".0")) digits.resize(digits.size() - 2);
  return digits;
}

std::optional<double> sum(std::initializer_list<std::optional<std::int64_t>> parts) {
  double total = 0;
  bool any = false;
  for (const auto& part : parts) {
    if (!part) continue;
    total += static_cast<double>(*part);
    any = true;
  }
  return any ? std::optional<double>(total) : std::nullopt;
}

std::optional<double> flash_of(const FlowReport::Device& device) {
  return sum({device.flash_code, device.flash_weights, device.flash_quant});
}
std::optional<double> ram_of(const FlowReport::Device& device) {
  return sum({device.ram_arena, device.ram_static, device.ram_stack});
}

std::string accuracy_text(double share) { return percent(share, 2); }
std::string score_text(double score) { return fixed(score, 4); }

/// The device's figures, or the best there is: what the tiles and the matrix show.
const FlowReport::Metrics* shown_metrics(const FlowReport& report, std::string& of_what) {
  if (!report.devices.empty() && report.devices.front().metrics) {
    of_what = "on " + report.devices.front().target;
    return &*report.devices.front().metrics;
  }
  if (report.int8_metrics) {
    of_what = "int8, on the host";
    return &*report.int8_metrics;
  }
  if (report.float_metrics) {
    of_what = "float";
    return &*report.float_metrics;
  }
  return nullptr;
}

// ---- overview

Section overview(const FlowReport& report) {
  Tiles tiles;
  std::string of_what;
  if (const auto* metrics = shown_metrics(report, of_what); metrics != nullptr) {
    // The task's own figure first, the trivial answer beside the figure that it has.
    const auto add = [&](const char* title, const std::string& figure, std::optional<double> value,
                         auto format, bool more_is_better) {
      if (!value) return;
      std::string note = of_what;
      Tone tone = Tone::Plain;
      if (report.baseline.value && figure == report.baseline.figure) {
        note += cat("; ", report.baseline.name, ": ", format(*report.baseline.value));
        const bool beats = more_is_better ? *value > *report.baseline.value : *value < *report.baseline.value;
        tone = beats ? Tone::Plain : Tone::Bad;
      }
      tiles.tiles.push_back({title, format(*value), note, tone});
    };
    const auto number = [&](double value) {
      return report.unit.empty() ? significant(value, 4) : cat(significant(value, 4), " ", report.unit);
    };
    if (report.task != "anomaly")
      add(
          "Accuracy", "accuracy", metrics->accuracy, [](double v) { return percent(v, 2); }, true);
    if (report.task == "anomaly" && metrics->f1.size() == 2)
      add("F1 of anomalies", "f1", metrics->f1[1], score_text, true);
    else
      add("F1 macro", "f1_macro", metrics->f1_macro, score_text, true);
    add("AUC", "auc", metrics->auc, score_text, true);
    add("RMSE", "rmse", metrics->rmse, number, false);
    add("Mean error", "mae", metrics->mae, number, false);
  }
  if (!report.devices.empty()) {
    const FlowReport::Device& device = report.devices.front();
    if (const auto flash = flash_of(device)) {
      const std::string note =
          device.flash_weights ? cat("weights ", kilobytes(static_cast<double>(*device.flash_weights))) : "";
      tiles.tiles.push_back({"Flash", kilobytes(*flash), note, Tone::Plain});
    }
    if (const auto ram = ram_of(device)) {
      const std::string note =
          device.ram_arena ? cat("arena ", kilobytes(static_cast<double>(*device.ram_arena))) : "";
      tiles.tiles.push_back({"RAM", kilobytes(*ram), note, Tone::Plain});
    }
    if (device.instructions) {
      tiles.tiles.push_back(
          {"Instructions", compact(*device.instructions), "per inference, counted", Tone::Plain});
    }
    if (device.estimate && device.estimate->latency_ms) {
      tiles.tiles.push_back({"Latency", duration(*device.estimate->latency_ms / 1e3),
                             cat("estimated, ", device.estimate->board), Tone::Plain});
    }
    if (device.estimate && device.estimate->energy_uj) {
      tiles.tiles.push_back({"Energy", significant(*device.estimate->energy_uj) + " µJ",
                             "estimated, per inference", Tone::Plain});
    }
  }
  Section section;
  if (!tiles.tiles.empty()) section.blocks.push_back({std::move(tiles), Where::Html});
  return section;
}

Section stages(const FlowReport& report) {
  const FlowReport::Seconds& seconds = report.seconds;
  const std::vector<Stage> strip = {{"data", seconds.data},
                                    {"train", seconds.train},
                                    {"quantize", seconds.quantize},
                                    {"compile", seconds.compile},
                                    {"run", seconds.run}};
  const bool any =
      std::any_of(strip.begin(), strip.end(), [](const Stage& stage) { return stage.seconds.has_value(); });
  Section section;
  section.title = "Stages";
  section.intro = "How long each stage took on this machine.";
  if (!any) return section;
  section.blocks.push_back({Figure{"", flow_strip("seconds of each stage", strip), ""}, Where::Html});
  std::string line;
  for (const Stage& stage : strip)
    line += cat(line.empty() ? "" : ", ", stage.name, " ", or_unknown(stage.seconds, duration));
  section.blocks.push_back({Paragraph{line}, Where::Text});
  return section;
}

// ---- data

Table counts_table(const FlowReport& report) {
  Table table;
  table.columns.push_back({"label"});
  for (const auto& split : report.data.splits) table.columns.push_back({split.split, kRight});
  table.columns.push_back({"all", kRight});
  table.columns.push_back({"share", kRight, true});
  const auto at = [](const FlowReport::SplitCounts& split, std::size_t label) {
    return label < split.counts.size() ? split.counts[label] : 0;
  };
  const auto samples_of = [](const FlowReport::SplitCounts& split) {
    return split.samples ? *split.samples
                         : std::accumulate(split.counts.begin(), split.counts.end(), std::int64_t{0});
  };
  std::int64_t everything = 0;
  for (const auto& split : report.data.splits) everything += samples_of(split);
  for (std::size_t label = 0; label < report.data.counted.size(); ++label) {
    std::vector<Cell> row = {Cell(report.data.counted[label])};
    std::int64_t all = 0;
    for (const auto& split : report.data.splits) {
      const std::int64_t count = at(split, label);
      all += count;
      row.emplace_back(text::thousands(count), count == 0 ? Tone::Warning : Tone::Plain);
    }
    row.emplace_back(text::thousands(all));
    const double share = everything > 0 ? static_cast<double>(all) / static_cast<double>(everything) : 0;
    row.emplace_back(percent(share, 1));
    row.back().share = share;
    table.rows.push_back(std::move(row));
  }
  std::vector<Cell> totals = {Cell("all", Tone::Strong)};
  for (const auto& split : report.data.splits)
    totals.emplace_back(text::thousands(samples_of(split)), Tone::Strong);
  totals.emplace_back(text::thousands(everything), Tone::Strong);
  if (report.data.counted.size() > 1) table.rows.push_back(std::move(totals));
  return table;
}

Tone tone_of(const std::string& severity) {
  if (severity == "problem") return Tone::Bad;
  if (severity == "warning") return Tone::Warning;
  return severity == "ok" ? Tone::Good : Tone::Plain;
}

void add_findings(Section& section, const FlowReport& report) {
  if (report.data.findings.empty()) return;
  Table table;
  table.title = "Checks";
  table.columns = {{"result"}, {"check"}, {"detail"}};
  std::int64_t fine = 0;
  for (const auto& finding : report.data.findings) {
    table.rows.push_back({Cell(finding.severity, tone_of(finding.severity)), Cell(finding.title),
                          Cell(finding.detail, Tone::Quiet)});
    if (finding.severity == "ok") ++fine;
    if (finding.severity != "problem" && finding.severity != "warning") continue;
    section.blocks.push_back({Paragraph{cat(finding.severity, ": ", finding.title, ": ", finding.detail),
                                        tone_of(finding.severity)},
                              Where::Text});
  }
  section.blocks.push_back({std::move(table), Where::Html});
}

Section data(const FlowReport& report) {
  Section section;
  section.title = "Data";
  section.intro = report.data.origin;
  if (report.data.synthetic) {
    section.blocks.push_back({Paragraph{
        "The data is synthetic: made up by a generator. Accuracy on it says nothing about real recordings.",
        Tone::Warning}});
  }
  if (!report.data.counted.empty() && !report.data.splits.empty())
    section.blocks.push_back({counts_table(report)});
  if (!report.data.inputs.empty()) {
    Table table;
    table.title = "Inputs";
    table.columns = {{"input"},       {"shape"},       {"rate", kRight}, {"unit"},
                     {"min", kRight}, {"max", kRight}, {"mean", kRight}, {"deviation", kRight}};
    for (const auto& input : report.data.inputs) {
      table.rows.push_back({Cell(input.name), Cell(input.shape),
                            Cell(input.rate_hz > 0 ? tidy(input.rate_hz) + " Hz" : std::string(kUnknown)),
                            Cell(input.unit), Cell(significant(input.minimum)),
                            Cell(significant(input.maximum)), Cell(significant(input.mean)),
                            Cell(significant(input.deviation))});
    }
    section.blocks.push_back({std::move(table), Where::Html});
  }
  for (const Figure& picture : report.data.pictures) section.blocks.push_back({picture, Where::Html});
  add_findings(section, report);
  return section;
}

// ---- training

Section training(const FlowReport& report) {
  Section section;
  section.title = "Training";
  const FlowReport::Training& training = report.training;
  if (training.epochs.empty()) return section;
  const auto n = training.epochs.size();
  const std::size_t best = std::min(static_cast<std::size_t>(std::max(training.best_epoch, 0)), n - 1);
  const FlowReport::Epoch& epoch = training.epochs[best];
  const bool with_accuracy = report.task == "classification" || report.task == "multi-label";
  section.intro = cat("Weights of epoch ", best + 1, " of ", n, " were kept",
                      training.kept_because.empty() ? "" : ": ", training.kept_because, ".");
  section.blocks.push_back(
      {Paragraph{cat("epoch ", best + 1, " of ", n, " kept: validation loss ",
                     significant(epoch.validation_loss, 4),
                     with_accuracy ? cat(", accuracy ", percent(epoch.validation_accuracy, 2)) : "",
                     "; train loss ", significant(epoch.train_loss, 4),
                     with_accuracy ? cat(", accuracy ", percent(epoch.train_accuracy, 2)) : "")},
       Where::Text});

  LineChart loss, accuracy;
  loss.name = "loss by epoch";
  accuracy.name = "accuracy by epoch";
  loss.y_label = report.task == "classification" ? "cross-entropy" : "loss";
  accuracy.y_label = "accuracy, %";
  loss.series = {{"train", {}, {}}, {"validation", {}, {}}};
  accuracy.series = loss.series;
  for (const auto& figures : training.epochs) {
    loss.series[0].y.push_back(figures.train_loss);
    loss.series[1].y.push_back(figures.validation_loss);
    accuracy.series[0].y.push_back(figures.train_accuracy * 100);
    accuracy.series[1].y.push_back(figures.validation_accuracy * 100);
  }
  loss.y_min = 0;
  for (LineChart* chart : {&loss, &accuracy}) {
    chart->x_label = "epoch";
    chart->marker = static_cast<double>(best + 1);
    chart->marker_label = cat("kept: ", best + 1);
  }
  section.blocks.push_back({Figure{"Loss", line_chart(loss), ""}, Where::Html, true});
  if (with_accuracy)
    section.blocks.push_back({Figure{"Accuracy", line_chart(accuracy), ""}, Where::Html, true});
  if (!training.options.empty())
    section.blocks.push_back({KeyValues{"Options", training.options, true}, Where::Html});
  return section;
}

// ---- accuracy

struct Answers {
  std::string who;
  const FlowReport::Metrics* metrics;
};

std::vector<Answers> all_answers(const FlowReport& report) {
  std::vector<Answers> all;
  if (report.float_metrics) all.push_back({"float", &*report.float_metrics});
  if (report.int8_metrics) all.push_back({"int8, host", &*report.int8_metrics});
  for (const auto& device : report.devices) {
    if (!device.metrics) continue;
    const bool some = device.samples < report.samples;  // say so: they are not the same samples
    all.push_back(
        {cat("int8, ", device.target, some ? cat(" (", text::thousands(device.samples), " of them)") : ""),
         &*device.metrics});
  }
  return all;
}

/// What answers are judged by.
struct Yardstick {
  enum class Better { More, Less, Neither };
  std::string title;
  const char* name;  ///< as Baseline::figure
  Better better;
  std::optional<double> (*value)(const FlowReport::Metrics&);
  std::string (*format)(double);
};

std::vector<Yardstick> yardsticks(const FlowReport& report) {
  using Metrics = FlowReport::Metrics;
  using enum Yardstick::Better;
  const auto four = [](double value) { return significant(value, 4); };
  using Value = std::optional<double> (*)(const Metrics&);
  const Value second_of_two = [](const Metrics& m) {
    return m.f1.size() == 2 ? std::optional<double>(m.f1[1]) : std::nullopt;
  };
  const Value none = [](const Metrics&) { return std::optional<double>(); };
  const std::string second = report.task == "anomaly"    ? "F1 of anomalies"
                             : report.labels.size() == 2 ? cat("F1 of ", clip(report.labels[1], 20))
                                                         : "F1 of the second";
  return {{"accuracy", "accuracy", More, [](const Metrics& m) { return m.accuracy; }, accuracy_text},
          {"F1 macro", "f1_macro", More, [](const Metrics& m) { return m.f1_macro; }, score_text},
          {second, "f1", More, report.task == "multi-label" ? none : second_of_two, score_text},
          {"AUC", "auc", More, [](const Metrics& m) { return m.auc; }, score_text},
          {"RMSE", "rmse", Less, [](const Metrics& m) { return m.rmse; }, four},
          {"MAE", "mae", Less, [](const Metrics& m) { return m.mae; }, four},
          {"threshold", "threshold", Neither, [](const Metrics& m) { return m.threshold; }, four}};
}

/// One row a model; columns only for figures that somebody has.
Table metrics_table(const FlowReport& report, const std::vector<Answers>& answers) {
  Table table;
  table.columns = {{"model"}};
  std::vector<Yardstick> used;
  for (const Yardstick& figure : yardsticks(report)) {
    const bool any = std::any_of(answers.begin(), answers.end(),
                                 [&](const Answers& a) { return figure.value(*a.metrics).has_value(); });
    if (!any) continue;
    used.push_back(figure);
    table.columns.push_back({figure.title, kRight});
  }
  if (!report.baseline.name.empty() || report.baseline.value) {
    std::vector<Cell> row = {Cell("baseline: " + report.baseline.name, Tone::Quiet)};
    for (const Yardstick& figure : used) {
      const bool is_its = report.baseline.figure == figure.name;
      row.emplace_back(is_its ? or_unknown(report.baseline.value, figure.format) : std::string(),
                       Tone::Quiet);
    }
    table.rows.push_back(std::move(row));
  }
  for (const Answers& answer : answers) {
    std::vector<Cell> row = {Cell(answer.who)};
    for (const Yardstick& figure : used)
      row.emplace_back(or_unknown(figure.value(*answer.metrics), figure.format));
    table.rows.push_back(std::move(row));
  }
  return table;
}

Table recall_table(const FlowReport& report, const std::vector<Answers>& answers) {
  Table table;
  table.columns = {{"recall of label"}};
  std::vector<const FlowReport::Metrics*> with;
  for (const Answers& answer : answers) {
    if (answer.metrics->recall.empty()) continue;
    with.push_back(answer.metrics);
    table.columns.push_back({answer.who, kRight, false});
  }
  if (with.empty()) return {};
  table.columns.back().bar = true;
  for (std::size_t label = 0; label < report.labels.size(); ++label) {
    std::vector<Cell> row = {Cell(report.labels[label])};
    for (const auto* metrics : with) {
      const bool known = label < metrics->recall.size();
      row.emplace_back(known ? percent(metrics->recall[label], 1) : std::string(kUnknown));
      row.back().share = known ? metrics->recall[label] : 0;
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

Section accuracy(const FlowReport& report) {
  Section section;
  section.title = "Accuracy";
  section.intro = cat("On the test split, ", text::thousands(report.samples), " ", report.sample_word,
                      " that neither training nor quantization saw.");
  const std::vector<Answers> answers = all_answers(report);
  if (answers.empty()) return section;
  section.blocks.push_back({metrics_table(report, answers), Where::Everywhere, true});
  for (const std::string& doubt : doubts(report))
    section.blocks.push_back({Paragraph{cat("warning: ", doubt), Tone::Warning}});
  if (Table recall = recall_table(report, answers); !recall.columns.empty())
    section.blocks.push_back({std::move(recall), Where::Everywhere, true});

  std::string of_what;
  const FlowReport::Metrics* shown = shown_metrics(report, of_what);
  const auto add_matrix = [&](const FlowReport::Metrics& metrics, const std::string& title) {
    if (metrics.confusion.empty()) return;
    const bool half = report.labels.size() <= 8;
    section.blocks.push_back(
        {Figure{title, confusion_matrix({"confusion matrix, " + title, report.labels, metrics.confusion}),
                "Rows add up to 100 %: the share of each true label."},
         Where::Html, half});
  };
  if (report.float_metrics && shown != &*report.float_metrics) add_matrix(*report.float_metrics, "float");
  if (shown != nullptr) add_matrix(*shown, of_what);
  return section;
}

// ---- quantization

const FlowReport::QuantLayer* quantized_layer(const FlowReport& report, const std::string& name) {
  for (const auto& layer : report.quantization) {
    if (layer.layer == name) return &layer;
  }
  return nullptr;
}

std::string decibels(double db) {
  if (std::isinf(db) && db > 0) return "exact";
  return fixed(db, 1) + (std::isfinite(db) ? " dB" : "");
}

Section quantization(const FlowReport& report) {
  Section section;
  section.title = "Quantization";
  section.intro =
      "Each layer's int8 output beside its float output: signal to noise (SQNR). More is better; about 6 dB "
      "are one bit.";
  if (report.quantization.empty()) return section;
  BarChart chart;
  chart.name = "SQNR by layer";
  chart.unit = "dB";
  chart.width = 600;
  Table table;
  table.title = "Ranges and scales";
  table.folded = true;
  table.columns = {{"layer"},
                   {"op"},
                   {"SQNR", kRight},
                   {"min", kRight},
                   {"max", kRight},
                   {"scale", kRight},
                   {"zero point", kRight}};
  for (const auto& layer : report.quantization) {
    Bar bar;
    bar.label = layer.layer;
    bar.values = {layer.sqnr_db};
    bar.text = decibels(layer.sqnr_db);
    chart.bars.push_back(std::move(bar));
    table.rows.push_back({Cell(layer.layer), Cell(layer.op), Cell(decibels(layer.sqnr_db)),
                          Cell(significant(layer.min)), Cell(significant(layer.max)),
                          Cell(significant(layer.scale, 4)), Cell(cat(layer.zero_point))});
  }
  section.blocks.push_back({Figure{"SQNR by layer", bar_chart(chart), ""}, Where::Html});
  section.blocks.push_back({std::move(table), Where::Html});
  return section;
}

// ---- a device

std::string comparison(const FlowReport::Device& device, const std::string& sample_word) {
  return cat(text::thousands(device.samples), " ", sample_word, " on ", device.target, ": ",
             text::thousands(device.mismatched_bytes), " mismatched bytes of ",
             text::thousands(device.compared_bytes), " compared");
}

std::string trouble(const FlowReport::Device& device) {
  std::string out;
  const auto say = [&](const std::string& words) { out += (out.empty() ? "" : "; ") + words; };
  if (!device.first_mismatch.empty()) say("first mismatch: " + device.first_mismatch);
  if (device.compared_bytes == 0) say("nothing was compared");
  if (!device.weights_intact) say("the weights in flash do not have the hash they were built with");
  for (const auto& budget : device.budgets) {
    if (!budget.ok)
      say(cat("over budget: ", budget.name, " ",
              or_unknown(budget.actual, [](double v) { return significant(v, 6); }), " of ",
              or_unknown(budget.limit, [](double v) { return significant(v, 6); }), " ", budget.unit));
  }
  return out;
}

Table layers_table(const FlowReport& report, const FlowReport::Device& device, bool full) {
  double most = 0;
  for (const auto& layer : device.layers) most = std::max(most, layer.instructions.value_or(0));
  const bool sqnr = !report.quantization.empty();
  Table table;
  table.columns = {{"layer"}, {"op"}};
  if (full) table.columns.push_back({"kernel"});
  table.columns.push_back({"output"});
  table.columns.push_back({"MACs", kRight});
  table.columns.push_back({"instructions", kRight, full});
  if (full) table.columns.push_back({device.cycles_exact ? "cycles" : "cycles, est.", kRight});
  table.columns.push_back({"instr./MAC", kRight});
  if (sqnr) table.columns.push_back({"SQNR", kRight});
  for (const auto& layer : device.layers) {
    std::vector<Cell> row = {Cell(layer.name), Cell(layer.op)};
    if (full) row.emplace_back(layer.variant, Tone::Quiet);
    row.emplace_back(layer.output);
    row.emplace_back(layer.macs > 0 ? text::thousands(layer.macs) : std::string(kUnknown));
    row.emplace_back(or_unknown(layer.instructions, grouped));
    row.back().share = most > 0 ? layer.instructions.value_or(0) / most : 0;
    if (full) row.emplace_back(or_unknown(layer.cycles, grouped));
    const bool both = layer.macs > 0 && layer.instructions;
    row.emplace_back(both ? fixed(*layer.instructions / static_cast<double>(layer.macs), 2)
                          : std::string(kUnknown));
    if (sqnr) {
      const auto* quantized = quantized_layer(report, layer.name);
      row.emplace_back(quantized != nullptr ? decibels(quantized->sqnr_db) : std::string(kUnknown));
    }
    table.rows.push_back(std::move(row));
  }
  table.note = device.instructions
                   ? "Instructions are counted by the emulator (mean of one inference); they are not cycles."
                   : "";
  return table;
}

const FlowReport::Budget* budget_of(const FlowReport::Device& device, const std::string& word) {
  for (const auto& budget : device.budgets) {
    if (text::lower(budget.name) == word && budget.limit) return &budget;
  }
  return nullptr;
}

void add_memory(Section& section, const FlowReport::Device& device) {
  const auto flash = flash_of(device), ram = ram_of(device);
  if (!flash && !ram) return;
  const auto chart_of = [&](const std::string& what, std::vector<std::string> parts,
                            const std::vector<std::optional<std::int64_t>>& values,
                            const FlowReport::Budget* budget) {
    BarChart chart;
    chart.name = what + " by kind";
    chart.unit = "bytes";
    chart.parts = std::move(parts);
    Bar bar;
    bar.label = what;
    double total = 0;
    for (const auto& value : values) {
      bar.values.push_back(static_cast<double>(value.value_or(0)));
      total += bar.values.back();
    }
    bar.text = kilobytes(total);
    if (budget != nullptr && budget->unit == "bytes") {
      bar.limit = budget->limit;
      bar.limit_text = cat("budget: ", kilobytes(*budget->limit));
      bar.text += cat(" of ", kilobytes(*budget->limit));
    }
    chart.bars.push_back(std::move(bar));
    return bar_chart(chart);
  };
  if (flash)
    section.blocks.push_back({Figure{"Flash",
                                     chart_of("flash", {"code", "weights", "quantization tables"},
                                              {device.flash_code, device.flash_weights, device.flash_quant},
                                              budget_of(device, "flash")),
                                     cat("code ", number_or_unknown(device.flash_code), ", weights ",
                                         number_or_unknown(device.flash_weights), ", tables ",
                                         number_or_unknown(device.flash_quant), " bytes")},
                              Where::Html, true});
  if (ram)
    section.blocks.push_back(
        {Figure{"RAM",
                chart_of("RAM", {"arena", "static", "stack"},
                         {device.ram_arena, device.ram_static, device.ram_stack}, budget_of(device, "ram")),
                cat("arena ", number_or_unknown(device.ram_arena), ", static ",
                    number_or_unknown(device.ram_static), ", stack ", number_or_unknown(device.ram_stack),
                    " bytes")},
         Where::Html, true});
  KeyValues words;
  if (flash)
    words.items.emplace_back(
        "flash", cat(grouped(*flash), " bytes: code ", number_or_unknown(device.flash_code), ", weights ",
                     number_or_unknown(device.flash_weights), ", quantization tables ",
                     number_or_unknown(device.flash_quant)));
  if (ram)
    words.items.emplace_back(
        "RAM", cat(grouped(*ram), " bytes: arena ", number_or_unknown(device.ram_arena), ", static ",
                   number_or_unknown(device.ram_static), ", stack ", number_or_unknown(device.ram_stack)));
  section.blocks.push_back({std::move(words), Where::Text});
}

void add_budgets(Section& section, const FlowReport::Device& device) {
  Table table;
  table.title = "Budgets";
  table.columns = {{"budget"}, {"limit", kRight}, {"actual", kRight}, {"used", kRight, true}, {"result"}};
  for (const auto& budget : device.budgets) {
    if (!budget.limit) continue;
    const auto with_unit = [&](double value) {
      return budget.unit == "bytes" ? kilobytes(value) : significant(value, 4) + " " + budget.unit;
    };
    const bool known = budget.actual && *budget.limit > 0;
    const double share = known ? *budget.actual / *budget.limit : 0;
    std::vector<Cell> row = {Cell(budget.name), Cell(with_unit(*budget.limit)),
                             Cell(or_unknown(budget.actual, with_unit)),
                             Cell(known ? percent(share, 1) : std::string(kUnknown))};
    row.back().share = share;
    row.emplace_back(budget.ok ? "ok" : "over", budget.ok ? Tone::Good : Tone::Bad);
    table.rows.push_back(std::move(row));
  }
  if (!table.rows.empty()) section.blocks.push_back({std::move(table)});
}

void add_arena(Section& section, const FlowReport::Device& device) {
  if (device.memory.buffers.empty()) return;
  ArenaMap map;
  map.name = "arena over time";
  map.steps = device.memory.steps;
  map.bytes = static_cast<double>(device.memory.arena_bytes);
  map.lower_bound = static_cast<double>(device.memory.lower_bound);
  map.peak_step = device.memory.peak_step;
  for (const auto& buffer : device.memory.buffers) {
    map.blocks.push_back({buffer.name, static_cast<double>(buffer.offset), static_cast<double>(buffer.bytes),
                          buffer.first, buffer.last});
  }
  section.blocks.push_back(
      {Figure{
           "Arena", arena_map(map),
           "Each rectangle is a buffer while its content matters: steps to the right, byte offset upwards. "
           "The shaded step is the fullest; no plan of this order can lie below the dashed line.",
           true},
       Where::Html});
}

void add_estimate(Section& section, const FlowReport::Device& device) {
  if (!device.estimate) return;
  const FlowReport::Estimate& figures = *device.estimate;
  const double mhz = figures.clock_hz / 1e6;
  const auto cycles = device.cycles_exact ? device.cycles_exact : device.cycles_estimated;
  KeyValues words;
  words.title = "Estimated, not measured";
  words.items.emplace_back(
      device.cycles_exact ? "cycles" : "cycles, estimated",
      or_unknown(cycles, grouped) +
          (device.cycles_exact ? ", counted" : ", from a table of instruction classes, zero wait states"));
  words.items.emplace_back(
      "latency, estimated",
      cat(figures.latency_ms ? duration(*figures.latency_ms / 1e3) : std::string(kUnknown), " = ",
          or_unknown(cycles, grouped), " cycles / ", tidy(mhz), " MHz"));
  if (figures.microamp_per_mhz > 0) {  // the board's documents name a current
    words.items.emplace_back(
        "energy, estimated",
        cat(or_unknown(figures.energy_uj, [](double v) { return significant(v); }),
            " µJ = ", tidy(figures.volts), " V · ", tidy(figures.microamp_per_mhz), " µA/MHz · ", tidy(mhz),
            " MHz · ", figures.latency_ms ? duration(*figures.latency_ms / 1e3) : std::string(kUnknown)));
  }
  words.items.emplace_back("board",
                           cat(figures.board, figures.datasheet.empty() ? "" : ": " + figures.datasheet));
  section.blocks.push_back({std::move(words)});
}

Section device_section(const FlowReport& report, const FlowReport::Device& device) {
  Section section;
  section.title = device.board_name.empty() ? device.target : cat(device.target, " – ", device.board_name);
  section.intro = cat("The firmware that mote generated, optimized for ",
                      device.optimize.empty() ? "speed" : device.optimize,
                      ", ran here on the test data; its output bytes stand beside the host's.");
  const Verdict verdict{device.ok(), comparison(device, report.sample_word), trouble(device)};
  // One device is the page's verdict already.
  if (report.devices.size() > 1) section.blocks.push_back({verdict});
  if (device.layer_bytes > 0) {
    KeyValues words;
    words.items.emplace_back(
        "every layer",
        cat(text::thousands(device.layer_mismatches), " of ", text::thousands(device.layer_bytes),
            " bytes differ from the host's, in every tensor of ", text::thousands(device.layer_samples), " ",
            report.sample_word));
    section.blocks.push_back({std::move(words)});
  }
  add_memory(section, device);
  add_budgets(section, device);
  if (device.instructions || device.cycles_exact) {
    KeyValues words;
    std::string per_mac;
    if (device.instructions && device.macs > 0)
      per_mac = cat(", ", fixed(*device.instructions / static_cast<double>(device.macs), 2), " per MAC");
    words.items.emplace_back("instructions",
                             cat(or_unknown(device.instructions, grouped), " an inference for ",
                                 text::thousands(device.macs), " MACs", per_mac));
    section.blocks.push_back({std::move(words), Where::Text});
  }
  add_estimate(section, device);
  if (!device.layers.empty()) {
    Table full = layers_table(report, device, true);
    full.title = "Layers";
    section.blocks.push_back({std::move(full), Where::Html});
    section.blocks.push_back({layers_table(report, device, false), Where::Text});
  }
  add_arena(section, device);
  return section;
}

Section provenance(const FlowReport& report) {
  Section section;
  section.title = "Provenance";
  section.intro = "The same files, options and version give the same bytes.";
  KeyValues words;
  if (!report.mote_version.empty()) words.items.emplace_back("mote", report.mote_version);
  if (!report.model.empty()) words.items.emplace_back("model", report.model);
  if (!report.model_hash.empty()) words.items.emplace_back("model hash", report.model_hash);
  constexpr std::size_t kNamed = 20;
  const std::size_t named = std::min(report.file_hashes.size(), kNamed);
  words.items.insert(words.items.end(), report.file_hashes.begin(),
                     report.file_hashes.begin() + static_cast<std::ptrdiff_t>(named));
  if (named < report.file_hashes.size())
    words.items.emplace_back(
        cat("and ", text::thousands(static_cast<std::int64_t>(report.file_hashes.size() - named)),
            " more files"),
        "their hashes are in the JSON report");
  if (!words.items.empty()) section.blocks.push_back({std::move(words), Where::Html});
  return section;
}

/// Trained for rare classes, and better by F1 than the commonest class always, whose accuracy is the baseline.
bool is_better_for_rare(const FlowReport& report, const FlowReport::Metrics& metrics) {
  if (!report.training.rare_count_more || report.baseline.figure != "accuracy" || report.labels.empty())
    return false;
  const double share = report.baseline.value.value_or(1);
  const double trivial = 2 * share / (1 + share) / static_cast<double>(report.labels.size());
  return metrics.f1_macro && *metrics.f1_macro > trivial;
}

/// No better than an answer that does not look at the sample.
std::optional<std::string> doubt_of_model(const FlowReport& report) {
  std::string of_what;
  const FlowReport::Metrics* shown = shown_metrics(report, of_what);
  if (shown == nullptr || !report.baseline.value) return std::nullopt;
  for (const Yardstick& figure : yardsticks(report)) {
    const auto value = figure.value(*shown);
    if (figure.name != report.baseline.figure || !value) continue;
    const bool beats = figure.better == Yardstick::Better::More ? *value > *report.baseline.value
                                                                : *value < *report.baseline.value;
    if (beats || is_better_for_rare(report, *shown)) return std::nullopt;
    return cat("the model is no better than ", report.baseline.name, ": ", figure.title, " ",
               figure.format(*value), " (", of_what, ") beside ", figure.format(*report.baseline.value));
  }
  return std::nullopt;
}

/// Much is lost by int8: 2 points and more than two samples, or a tenth of an error.
std::optional<std::string> doubt_of_int8(const FlowReport& report) {
  if (!report.float_metrics || !report.int8_metrics) return std::nullopt;
  constexpr double kPoints = 0.02, kShare = 0.1, kSamples = 2;
  const auto right = [&](const FlowReport::Metrics& metrics) {
    return metrics.accuracy.value_or(0) * static_cast<double>(report.samples);
  };
  const bool few = report.float_metrics->accuracy && report.int8_metrics->accuracy &&
                   right(*report.float_metrics) - right(*report.int8_metrics) < kSamples + 0.5;
  if (few) return std::nullopt;  // a rare class's F1 falls far by a single sample
  for (const Yardstick& figure : yardsticks(report)) {
    const auto before = figure.value(*report.float_metrics), after = figure.value(*report.int8_metrics);
    if (figure.better == Yardstick::Better::Neither || !before || !after) continue;
    const bool more = figure.better == Yardstick::Better::More;
    const double lost = more ? *before - *after : *after - *before;
    const double allowed = more ? kPoints : kShare * *before;
    if (!(lost > allowed)) continue;
    return cat("int8 is worse than float: ", figure.title, " ", figure.format(*after), " beside ",
               figure.format(*before),
               "; [quantize] calibration and headroom decide the ranges, the SQNR by layer shows where it is "
               "lost");
  }
  return std::nullopt;
}

Verdict verdict_of(const FlowReport& report) {
  Verdict verdict{report.ok(), verdict_line(report), ""};
  for (const auto& device : report.devices) {
    const std::string words = trouble(device);
    if (words.empty()) continue;
    verdict.detail +=
        cat(verdict.detail.empty() ? "" : "; ", report.devices.size() > 1 ? device.target + ": " : "", words);
  }
  return verdict;
}

}  // namespace

std::vector<std::string> doubts(const FlowReport& report) {
  std::vector<std::string> all;
  for (auto& doubt : {doubt_of_model(report), doubt_of_int8(report)})
    if (doubt) all.push_back(*doubt);
  return all;
}

bool FlowReport::Device::ok() const {
  const bool within =
      std::all_of(budgets.begin(), budgets.end(), [](const Budget& budget) { return budget.ok; });
  return mismatched_bytes == 0 && layer_mismatches == 0 && compared_bytes > 0 && weights_intact && within;
}

bool FlowReport::ok() const {
  return !devices.empty() &&
         std::all_of(devices.begin(), devices.end(), [](const Device& device) { return device.ok(); });
}

FlowReport::Estimate estimate(std::string board, std::string datasheet, double clock_hz,
                              double microamp_per_mhz, double volts, std::optional<double> cycles) {
  FlowReport::Estimate figures{
      std::move(board), std::move(datasheet), clock_hz, microamp_per_mhz, volts, {}, {}};
  if (!cycles || clock_hz <= 0) return figures;
  const double seconds = *cycles / clock_hz;
  figures.latency_ms = seconds * 1e3;
  if (microamp_per_mhz > 0 && volts > 0)
    figures.energy_uj = volts * microamp_per_mhz * (clock_hz / 1e6) * seconds;
  return figures;
}

std::string verdict_line(const FlowReport& report) {
  if (report.devices.empty()) return "nothing ran on a target: no bytes compared";
  if (report.devices.size() == 1) return comparison(report.devices.front(), report.sample_word);
  FlowReport::Device all;
  for (const auto& device : report.devices) {
    all.target += (all.target.empty() ? "" : ", ") + device.target;
    all.samples += device.samples;
    all.mismatched_bytes += device.mismatched_bytes;
    all.compared_bytes += device.compared_bytes;
  }
  return comparison(all, report.sample_word);
}

Document to_document(const FlowReport& report) {
  Document document;
  document.title = report.project.empty() ? "mote flow" : report.project;
  std::string of_targets;
  for (const auto& device : report.devices) of_targets += (of_targets.empty() ? "" : ", ") + device.target;
  document.subtitle = cat(report.task, of_targets.empty() ? "" : " on " + of_targets,
                          report.data.name.empty() ? "" : ", data: " + report.data.name);
  document.verdict = verdict_of(report);
  document.sections = {overview(report), stages(report),   data(report),
                       training(report), accuracy(report), quantization(report)};
  for (const auto& device : report.devices) document.sections.push_back(device_section(report, device));
  document.sections.push_back(provenance(report));
  document.footer =
      "Instructions are counted, cycles, latency and energy are estimated. kB = 1000 bytes. Flash and RAM "
      "are the model's own: start-up code and test harness are subtracted.";
  return document;
}

}  // namespace mote
