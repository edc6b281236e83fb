// data show: what is in a project's data, as text for a terminal and as one page with pictures.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/app.h"
#include "app/data_pictures.h"
#include "app/project_data.h"
#include "base/system.h"
#include "data/checks.h"
#include "report/document.h"
#include "report/numbers.h"

namespace mote {
namespace {

using namespace report;  // NOLINT: this file is about nothing else
using text::cat;

constexpr Align kRight = Align::Right;
constexpr std::size_t kMostRows = 40;  // channels of an input that are listed

/// Two neighbours in one bar, so that a table fits on a terminal.
std::string histogram_text(const std::vector<std::int64_t>& counts) {
  std::vector<std::int64_t> pairs;
  for (std::size_t b = 0; b + 1 < counts.size(); b += 2) pairs.push_back(counts[b] + counts[b + 1]);
  return sparkline(pairs);
}

bool has_labels(const DataSummary& summary) { return summary.task != Task::Regression; }

/// A row a label, so that many labels fit on a page.
report::Table counts_table(const DataSummary& summary) {
  report::Table table;
  table.columns = {{has_labels(summary) ? "label" : ""}};
  for (int split = 0; split < 4; ++split) {
    if (split == 3 && summary.samples[3] == 0) continue;
    table.columns.push_back({std::string(name_of(static_cast<Split>(split))), kRight});
  }
  table.columns.push_back({"share", kRight, true});
  const std::size_t splits = table.columns.size() - 2;
  std::int64_t everything = 0;
  for (std::size_t s = 0; s < splits; ++s) everything += summary.samples[s];
  const auto add = [&](const std::string& name, const auto& count_of, Tone tone) {
    std::vector<Cell> row = {Cell(name, tone)};
    std::int64_t all = 0;
    for (std::size_t s = 0; s < splits; ++s) {
      row.emplace_back(text::thousands(count_of(s)), count_of(s) == 0 ? Tone::Warning : tone);
      all += count_of(s);
    }
    const double share = everything > 0 ? static_cast<double>(all) / static_cast<double>(everything) : 0.0;
    row.emplace_back(percent(share, 1));
    row.back().share = share;
    table.rows.push_back(std::move(row));
  };
  for (std::size_t k = 0; has_labels(summary) && k < summary.labels.size(); ++k)
    add(
        summary.labels[k], [&](std::size_t s) { return summary.counts[s][k]; }, Tone::Plain);
  add(
      "all", [&](std::size_t s) { return summary.samples[s]; }, Tone::Strong);
  const bool over_time = !summary.inputs.empty() && summary.inputs[0].shape.size() < 3;
  if ((summary.recordings > 0 && over_time) || summary.groups > 0) {
    table.note =
        summary.recordings > 0 && over_time ? cat(text::thousands(summary.recordings), " recordings") : "";
    if (summary.groups > 0)
      table.note += cat(table.note.empty() ? "" : ", ", text::thousands(summary.groups), " groups");
  }
  return table;
}

report::Table numbers_table(const DataSummary& summary) {
  report::Table table;
  table.title = "Numbers";
  table.columns = {{"number"},
                   {"split"},
                   {"unit"},
                   {"min", kRight},
                   {"max", kRight},
                   {"mean", kRight},
                   {"deviation", kRight},
                   {"how often"}};
  for (const NumberSummary& number : summary.numbers) {
    for (const ChannelSummary& of : number.by_split) {
      table.rows.push_back({Cell(number.name), Cell(of.name), Cell(number.unit),
                            Cell(significant(of.minimum, 4)), Cell(significant(of.maximum, 4)),
                            Cell(significant(of.mean, 4)), Cell(significant(of.deviation, 4)),
                            Cell(histogram_text(of.histogram))});
    }
  }
  return table;
}

/// Readings in the user's unit, and what normalization makes of them.
std::string normalized_words(const InputSummary& input, std::size_t channel) {
  if (channel >= input.channel_scale.size()) return "";
  const double offset = input.channel_offset[channel];
  return cat("(x ", offset < 0 ? "+ " : "- ", significant(std::abs(offset), 3), ") / ",
             significant(1 / input.channel_scale[channel], 3));
}

ChannelSummary readings(const InputSummary& input, std::size_t channel) {
  ChannelSummary of = input.channels[channel];
  if (channel >= input.channel_scale.size()) return of;
  const double scale = input.channel_scale[channel], offset = input.channel_offset[channel];
  of.minimum = of.minimum / scale + offset;
  of.maximum = of.maximum / scale + offset;
  of.mean = of.mean / scale + offset;
  of.deviation /= scale;
  // Normalized and back, 0 is nearly 0.
  const double tiny = 1e-5 * (of.maximum - of.minimum);
  for (double* figure : {&of.minimum, &of.maximum, &of.mean}) {
    if (std::abs(*figure) < tiny) *figure = 0;
  }
  return of;
}

report::Table inputs_table(const DataSummary& summary) {
  report::Table table;
  table.title = "Inputs";
  table.columns = {{"input"},       {"shape"},        {"rate Hz", kRight},   {"unit"},     {"min", kRight},
                   {"max", kRight}, {"mean", kRight}, {"deviation", kRight}, {"how often"}};
  bool normalized = false;
  for (const InputSummary& input : summary.inputs) normalized = normalized || !input.channel_scale.empty();
  if (normalized) table.columns.push_back({"normalized"});
  const auto add = [&](const std::string& name, const ChannelSummary& of, const InputSummary& input,
                       bool first, const std::string& words) {
    std::vector<Cell> row = {Cell(name),
                             Cell(first ? to_text(Shape(input.shape.begin(), input.shape.end())) : ""),
                             Cell(first && input.rate_hz > 0 ? fmt::format("{:g}", input.rate_hz) : ""),
                             Cell(first ? input.unit : ""),
                             Cell(significant(of.minimum, 4)),
                             Cell(significant(of.maximum, 4)),
                             Cell(significant(of.mean, 4)),
                             Cell(significant(of.deviation, 4)),
                             Cell(histogram_text(of.histogram))};
    if (normalized) row.emplace_back(words);
    table.rows.push_back(std::move(row));
  };
  for (const InputSummary& input : summary.inputs) {
    if (input.channels.size() == 1) {
      add(input.name, readings(input, 0), input, true, normalized_words(input, 0));
      continue;
    }
    table.rows.push_back({Cell(input.name), Cell(to_text(Shape(input.shape.begin(), input.shape.end()))),
                          Cell(input.rate_hz > 0 ? fmt::format("{:g}", input.rate_hz) : ""),
                          Cell(input.unit)});
    for (std::size_t c = 0; c < std::min(input.channels.size(), kMostRows); ++c)
      add(cat("  ", input.channels[c].name), readings(input, c), input, false, normalized_words(input, c));
    if (input.channels.size() > kMostRows)
      table.rows.push_back({Cell(cat("  and ", input.channels.size() - kMostRows, " more"))});
  }
  return table;
}

nlohmann::ordered_json to_json(const ChannelSummary& of) {
  return {{"name", of.name}, {"minimum", of.minimum},     {"maximum", of.maximum},
          {"mean", of.mean}, {"deviation", of.deviation}, {"histogram", of.histogram}};
}

nlohmann::ordered_json to_json(const Project& project, const LoadedProject& loaded,
                               const DataSummary& summary) {
  nlohmann::ordered_json json = {{"project", project.name},       {"origin", loaded.origin},
                                 {"task", name_of(summary.task)}, {"split_by", loaded.data.split_by},
                                 {"samples", loaded.data.size()}, {"recordings", summary.recordings},
                                 {"groups", summary.groups},      {"labels", summary.labels}};
  for (std::size_t split = 0; split < 3; ++split) {
    const std::string name(name_of(static_cast<Split>(split)));
    json["splits"][name] = summary.counts[split];
    json["split_samples"][name] = summary.samples[split];
  }
  for (const NumberSummary& number : summary.numbers) {
    nlohmann::ordered_json of = {{"name", number.name}, {"unit", number.unit}};
    for (const ChannelSummary& in : number.by_split) of["splits"].push_back(to_json(in));
    json["numbers"].push_back(std::move(of));
  }
  for (const InputSummary& input : summary.inputs) {
    nlohmann::ordered_json of = {{"name", input.name},           {"shape", input.shape},
                                 {"rate_hz", input.rate_hz},     {"unit", input.unit},
                                 {"minimum", input.all.minimum}, {"maximum", input.all.maximum},
                                 {"mean", input.all.mean},       {"deviation", input.all.deviation}};
    for (const ChannelSummary& channel : input.channels) of["channels"].push_back(to_json(channel));
    if (!input.channel_scale.empty()) {
      of["channel_offset"] = input.channel_offset;
      of["channel_scale"] = input.channel_scale;
    }
    json["inputs"].push_back(std::move(of));
  }
  return json;
}

/// What of the files became no sample, and how many.
std::vector<std::pair<std::string, std::int64_t>> left_out(const LoadReport& load) {
  std::vector<std::pair<std::string, std::int64_t>> parts = {
      {"recordings, or parts of them between pauses, shorter than the window", load.shorter},
      {"rows of ignored labels", load.ignored},
      {"rows with missing values", load.dropped}};
  std::erase_if(parts, [](const auto& part) { return part.second == 0; });
  return parts;
}

/// A sample of each label in a line of text.
report::Table examples_table(const Dataset& data, const DataSummary& summary) {
  report::Table table;
  table.title = "Samples";
  table.columns = {{"label"}, {"a sample, its first channel"}, {"from"}};
  if (!has_labels(summary) || data.inputs.empty()) return table;
  const DataInput& input = data.inputs[0];
  if (input.shape.size() != 2) return table;
  for (std::size_t k = 0; k < summary.labels.size(); ++k) {
    if (summary.examples[k].empty()) continue;
    const std::size_t i = summary.examples[k][summary.examples[k].size() / 2];
    std::vector<float> trace;
    const auto step = static_cast<std::size_t>(input.shape[1]);
    for (std::size_t e = 0; e < input.count(); e += step) trace.push_back(input.sample(i)[e]);
    constexpr std::size_t kWidth = 56;
    table.rows.push_back({Cell(summary.labels[k]), Cell(sparkline(trace, kWidth)), Cell(data.origin[i])});
  }
  return table;
}

}  // namespace

Result<Outcome> data_show(const ShowRequest& request) {
  MOTE_TRY(const Project project, load_project(request.project));
  const std::string page =
      request.page.empty() ? (project.folder / "out" / "data.html").string() : request.page;
  MOTE_TRY_VOID(check_output(page, report::kPageBeginning, project, request.project));
  MOTE_TRY(const LoadedProject loaded, load_project_data(project));
  const DataSummary summary = summarize(loaded.data, 8);
  Document document;
  document.title = project.name;
  document.subtitle = loaded.origin;
  Section counts{"Data", cat("Task: ", name_of(summary.task), "; split: ", loaded.data.split_by, "."), {}};
  counts.blocks.push_back({counts_table(summary)});
  for (const auto& [what, count] : left_out(loaded.data.load))
    counts.blocks.push_back({report::Paragraph{cat("left out: ", text::thousands(count), " ", what)}});
  if (!summary.numbers.empty()) counts.blocks.push_back({numbers_table(summary)});
  counts.blocks.push_back({inputs_table(summary)});
  if (report::Table examples = examples_table(loaded.data, summary); !examples.rows.empty())
    counts.blocks.push_back({std::move(examples), Where::Text});
  document.sections.push_back(std::move(counts));
  Section pictures{"Pictures", "", {}};
  for (Figure& figure : data_pictures(loaded.data, summary))
    pictures.blocks.push_back({std::move(figure), Where::Html});
  document.sections.push_back(std::move(pictures));
  document.footer = cat("mote ", version(), ", data show");

  nlohmann::ordered_json json = to_json(project, loaded, summary);
  std::string words = to_text(document);
  const auto written = write_text(page, to_html(document));
  if (!written && !request.page.empty()) return written.error();
  // A folder that cannot be written spoils the pictures, not the figures.
  words += written ? cat("\npictures: ", page, "\n")
                   : cat("\nno pictures: ", written.error().message, "; choose a place with -o\n");
  if (written) json["page"] = page;
  return Outcome{std::move(words), json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace), true};
}

}  // namespace mote
