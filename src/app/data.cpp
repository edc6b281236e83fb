// data show, check, synth: a project's data before anyone trains on it.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/app.h"
#include "app/project_data.h"
#include "base/system.h"
#include "data/checks.h"
#include "data/synth/ecg.h"
#include "report/document.h"

namespace mote {

namespace {

struct Opened {
  Project project;
  LoadedProject loaded;
};

Result<Opened> open(const std::string& file) {
  MOTE_TRY(Project project, load_project(file));
  MOTE_TRY(LoadedProject loaded, load_project_data(project));
  return Opened{std::move(project), std::move(loaded)};
}

report::Table counts_table(const DataSummary& summary) {
  report::Table table;
  table.columns = {{"split"}};
  for (const std::string& label : summary.labels) table.columns.push_back({label, report::Align::Right});
  table.columns.push_back({"all", report::Align::Right});
  for (int split = 0; split < 3; ++split) {
    std::vector<report::Cell> row = {std::string(name_of(static_cast<Split>(split)))};
    std::int64_t all = 0;
    for (const std::int64_t count : summary.counts[static_cast<std::size_t>(split)]) {
      row.emplace_back(text::thousands(count));
      all += count;
    }
    row.emplace_back(text::thousands(all));
    table.rows.push_back(std::move(row));
  }
  return table;
}

report::Table inputs_table(const DataSummary& summary) {
  report::Table table;
  table.columns = {{"input"},
                   {"shape"},
                   {"rate Hz", report::Align::Right},
                   {"unit"},
                   {"min", report::Align::Right},
                   {"max", report::Align::Right},
                   {"mean", report::Align::Right},
                   {"deviation", report::Align::Right}};
  const auto row = [&](const std::string& name, const InputSummary& input, const ChannelSummary& of) {
    table.rows.push_back({name, to_text(Shape(input.shape.begin(), input.shape.end())),
                          input.rate_hz > 0 ? fmt::format("{:g}", input.rate_hz) : "-", input.unit,
                          fmt::format("{:.4g}", of.minimum), fmt::format("{:.4g}", of.maximum),
                          fmt::format("{:.4g}", of.mean), fmt::format("{:.4g}", of.deviation)});
  };
  for (const InputSummary& input : summary.inputs) {
    row(input.name, input, input.all);
    if (input.channels.size() < 2) continue;
    for (const ChannelSummary& channel : input.channels) row("  " + channel.name, input, channel);
  }
  return table;
}

}  // namespace

Result<Outcome> data_show(const std::string& file) {
  MOTE_TRY(const Opened opened, open(file));
  const DataSummary summary = summarize(opened.loaded.data);
  report::Document document;
  document.title = opened.project.name;
  document.subtitle = opened.loaded.origin;
  document.sections.push_back({"Samples", "", {{counts_table(summary)}}});
  document.sections.push_back({"Inputs", "", {{inputs_table(summary)}}});
  nlohmann::ordered_json json = {{"project", opened.project.name},
                                 {"origin", opened.loaded.origin},
                                 {"samples", opened.loaded.data.size()},
                                 {"labels", summary.labels}};
  for (int split = 0; split < 3; ++split)
    json["splits"][std::string(name_of(static_cast<Split>(split)))] =
        summary.counts[static_cast<std::size_t>(split)];
  for (const InputSummary& input : summary.inputs) {
    json["inputs"].push_back({{"name", input.name},
                              {"shape", input.shape},
                              {"rate_hz", input.rate_hz},
                              {"unit", input.unit},
                              {"minimum", input.all.minimum},
                              {"maximum", input.all.maximum},
                              {"mean", input.all.mean}});
  }
  return Outcome{report::to_text(document),
                 json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace), true};
}

Result<Outcome> data_check(const std::string& file) {
  MOTE_TRY(const Opened opened, open(file));
  const DataCheck check = check_dataset(opened.loaded.data);
  Outcome outcome;
  nlohmann::ordered_json json = {{"project", opened.project.name},
                                 {"worst", name_of(check.worst())},
                                 {"findings", nlohmann::ordered_json::array()}};
  for (const Finding& finding : check.findings) {
    outcome.text += fmt::format("{:<8} {}{}{}\n", name_of(finding.severity), finding.title,
                                finding.detail.empty() ? "" : ": ", finding.detail);
    json["findings"].push_back(
        {{"severity", name_of(finding.severity)}, {"title", finding.title}, {"detail", finding.detail}});
  }
  outcome.ok = check.worst() != Severity::Problem;
  outcome.json = json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
  return outcome;
}

Result<Outcome> data_synth(const SynthRequestLine& request) {
  if (request.generator != "ecg")
    return usage_error(text::cat("there is no generator '", request.generator, "'"), "known: ecg");
  EcgOptions options;
  constexpr std::int64_t most = 1'000'000;  // the generator's own limits are tighter and named there
  const std::int64_t subjects = request.subjects.value_or(options.subjects);
  const std::int64_t beats = request.beats.value_or(options.beats_per_subject);
  if (subjects < 1 || subjects > most || beats < 1 || beats > most)
    return usage_error(text::cat("--subjects ", subjects, ", --beats ", beats, ": out of range"),
                       "both are at least 1; up to 1000 subjects and 10,000 beats of each");
  options.subjects = static_cast<int>(subjects);
  options.beats_per_subject = static_cast<int>(beats);
  options.seed = request.seed;
  const auto csv = synthesize_ecg_csv(options);
  if (!csv) return csv.error().in_option("--subjects, --beats");
  MOTE_TRY_VOID(write_text(request.file, *csv));
  const nlohmann::ordered_json json = {{"file", request.file},
                                       {"subjects", options.subjects},
                                       {"beats_per_subject", options.beats_per_subject},
                                       {"seed", options.seed}};
  return Outcome{fmt::format("{}: synthetic ECG, {} subjects of {} beats, seed {}\n", request.file,
                             options.subjects, options.beats_per_subject, options.seed),
                 json.dump(2), true};
}

}  // namespace mote
