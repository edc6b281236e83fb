// data check, split, synth: a project's data before anyone trains on it.  data_show.cpp looks at it.
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

constexpr auto kReplace = nlohmann::json::error_handler_t::replace;

std::string quoted_cell(const std::string& words) {
  if (words.find_first_of(",\"\r\n") == std::string::npos) return words;
  std::string out = "\"";
  for (const char c : words) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

/// The sample's class; of several labels all that are on; of a number the number.
std::string answer_of(const Dataset& data, std::size_t i) {
  if (data.task == Task::Classification || data.task == Task::Anomaly)
    return data.labels[static_cast<std::size_t>(data.target[i])];
  std::vector<std::string> words;
  const auto numbers = data.number.sample(i);
  for (std::size_t k = 0; k < numbers.size(); ++k) {
    if (data.task == Task::Regression)
      words.push_back(fmt::format("{:.6g}", data.number.real(i, numbers[k])));
    else if (numbers[k] > 0.5f)
      words.push_back(data.labels[k]);
  }
  return text::join(words, " ");
}

constexpr std::string_view kSplitHeader = "origin,";

/// origin, where it was cut, what it is, and its side of the split (in each fold).
std::string split_csv(const Dataset& data, const std::vector<std::vector<Split>>& folds) {
  std::string csv(kSplitHeader);
  if (!data.place.empty()) csv += "begin,end,";
  csv += data.task == Task::Regression ? "number" : "label";
  if (!data.group.empty()) csv += ",group";
  if (folds.size() == 1) csv += ",split";
  for (std::size_t f = 0; folds.size() > 1 && f < folds.size(); ++f) csv += text::cat(",fold_", f + 1);
  csv += "\n";
  for (std::size_t i = 0; i < data.size(); ++i) {
    csv += quoted_cell(data.origin[i]);
    if (!data.place.empty())
      csv += text::cat(",", text::shortest(data.place[i].begin), ",", text::shortest(data.place[i].end));
    csv += text::cat(",", quoted_cell(answer_of(data, i)));
    if (!data.group.empty()) csv += text::cat(",", quoted_cell(data.group[i]));
    for (const std::vector<Split>& fold : folds) csv += text::cat(",", name_of(fold[i]));
    csv += "\n";
  }
  return csv;
}

/// Samples of each label (of numbers: all), by split.
std::vector<std::string> count_row(const DataSummary& summary, Split split) {
  const auto s = static_cast<std::size_t>(split);
  std::vector<std::string> row = {std::string(name_of(split))};
  if (summary.labels.size() > 1) {
    for (const std::int64_t count : summary.counts[s]) row.push_back(text::thousands(count));
  }
  row.push_back(text::thousands(summary.samples[s]));
  return row;
}

}  // namespace

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
  for (const Drift& drift : check.drift) {
    json["drift"].push_back({{"input", drift.input},
                             {"channel", drift.channel},
                             {"split", name_of(drift.split)},
                             {"mean", drift.mean},
                             {"trained_mean", drift.trained_mean},
                             {"shift", drift.shift},
                             {"spread", drift.spread},
                             {"outside", drift.outside}});
  }
  outcome.ok = check.worst() != Severity::Problem;
  outcome.json = json.dump(2, ' ', false, kReplace);
  return outcome;
}

Result<Outcome> data_split(const SplitRequestLine& request) {
  MOTE_TRY(Opened opened, open(request.project));
  Project& project = opened.project;
  const bool by_folds = project.data.split_by == "k-fold" && !project.is_generated();
  std::vector<std::vector<Split>> folds;
  report::Document document;
  document.title = project.name;
  document.subtitle = text::cat("split: ", opened.loaded.data.split_by);
  report::Table table;
  nlohmann::ordered_json json = {{"project", project.name},
                                 {"split", opened.loaded.data.split_by},
                                 {"samples", opened.loaded.data.size()},
                                 {"folds", nlohmann::ordered_json::array()}};
  for (int fold = 1; fold <= (by_folds ? project.data.folds : 1); ++fold) {
    if (by_folds) {
      opened.loaded = {};  // one fold at a time in memory
      project.data.fold = fold;
      MOTE_TRY(opened.loaded, load_project_data(project));
    }
    const Dataset& data = opened.loaded.data;
    const DataSummary summary = count(data);
    if (fold == 1) {
      table.columns = {{by_folds ? "fold, split" : "split"}};
      if (summary.labels.size() > 1) {
        for (const std::string& label : summary.labels)
          table.columns.push_back({label, report::Align::Right});
      }
      table.columns.push_back({"all", report::Align::Right});
    }
    nlohmann::ordered_json counts;
    for (const Split split : {Split::Train, Split::Validation, Split::Test, Split::Unused}) {
      counts[std::string(name_of(split))] = summary.samples[static_cast<std::size_t>(split)];
      if (split == Split::Unused && summary.samples[static_cast<std::size_t>(split)] == 0) continue;
      std::vector<std::string> row = count_row(summary, split);
      if (by_folds) row[0] = text::cat(fold, ", ", row[0]);
      table.rows.push_back({row.begin(), row.end()});
    }
    json["folds"].push_back(std::move(counts));
    folds.push_back(data.split);
  }
  document.sections.push_back({"Samples", "", {{std::move(table)}}});
  if (!request.file.empty()) {
    MOTE_TRY_VOID(check_output(request.file, kSplitHeader, project, request.project));
    MOTE_TRY_VOID(write_text(request.file, split_csv(opened.loaded.data, folds)));
    document.sections.push_back(
        {"", "", {{report::Paragraph{text::cat("written: ", request.file)}, report::Where::Text}}});
    json["file"] = request.file;
  }
  return Outcome{report::to_text(document), json.dump(2, ' ', false, kReplace), true};
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
