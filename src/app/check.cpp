// `mote check`: will this model run there?  Operator by operator what becomes of it, all that cannot be done and the way out, and
// what the network needs of the target's memories.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "app/app.h"
#include "app/model_cases.h"
#include "base/system.h"
#include "codegen/codegen.h"
#include "emulate/emulate.h"
#include "import/import.h"
#include "passes/pipeline.h"
#include "plan/plan.h"
#include "report/document.h"
#include "report/numbers.h"
#include "targets/target.h"

namespace mote {
namespace {

using nlohmann::ordered_json;
using report::one_line;
using text::cat;

struct OperatorLine {
  enum class Result : std::uint8_t { Native, Rewritten, Unsupported } result = Result::Native;
  SurveyLine seen;
  std::string becomes;  ///< in words: what runs instead
};

std::string_view name_of(OperatorLine::Result result) {
  switch (result) {
    case OperatorLine::Result::Native:
      return "native";
    case OperatorLine::Result::Rewritten:
      return "rewritten";
    case OperatorLine::Result::Unsupported:
      break;
  }
  return "unsupported";
}

struct MemoryUse {
  std::uint64_t arena = 0, static_ram = 0, code = 0, weights = 0, tables = 0;
  std::optional<Error> refused;  ///< why it cannot fit, known before any build
  bool built = false;            ///< code and static memory are of a built image; else estimated
  std::string not_built;         ///< why
  std::uint64_t ram() const { return arena + static_ram; }
  std::uint64_t flash() const { return code + weights + tables; }
};

struct Checked {
  Target target;
  std::vector<OperatorLine> lines;
  std::string problem, hint;  ///< of the network as a whole
  std::optional<MemoryUse> memory;
  std::size_t count(OperatorLine::Result result) const {
    return static_cast<std::size_t>(std::count_if(
        lines.begin(), lines.end(), [&](const OperatorLine& line) { return line.result == result; }));
  }
};

// ---- operators

/// "DEPTHWISE_CONV_2D" and "depthwise_conv2d" are the same operator.
std::string bare(const std::string& name) {
  std::string out;
  for (const char c : text::lower(name)) {
    if (c != '_') out += c;
  }
  return out;
}

OperatorLine line_of(const SurveyLine& seen) {
  OperatorLine line;
  line.seen = seen;
  line.becomes = seen.becomes;
  if (!seen.problem.empty()) {
    line.result = OperatorLine::Result::Unsupported;
    line.becomes.clear();
  } else if (seen.becomes == "constant") {
    line.result = OperatorLine::Result::Rewritten;
    line.becomes = "a constant, computed beforehand";
  } else if (seen.becomes.empty()) {
    line.result = OperatorLine::Result::Rewritten;
    line.becomes = "nothing is left to do";
  } else if (bare(seen.becomes) != bare(seen.op)) {
    line.result = OperatorLine::Result::Rewritten;
  }
  return line;
}

std::set<std::string> names_of_nodes(const Module& module) {
  std::set<std::string> names;
  for (const Node& node : module.main().nodes) names.insert(node.name);
  return names;
}

OperatorLine* line_named(std::vector<OperatorLine>& lines, const std::string& name) {
  for (OperatorLine& line : lines) {
    if (line.seen.name == name) return &line;
  }
  return nullptr;
}

/// Runs the passes and notes which of them took a layer out.
Result<Module> canonicalize_and_note(Module module, std::vector<OperatorLine>& lines) {
  for (const Pass& pass : canonical_pipeline()) {
    const std::set<std::string> before = names_of_nodes(module);
    if (auto done = pass.run(module); !done) return done.error().in(std::string(pass.name));
    const std::set<std::string> after = names_of_nodes(module);
    for (const std::string& name : before) {
      OperatorLine* line = after.count(name) > 0 ? nullptr : line_named(lines, name);
      if (line == nullptr || line->result == OperatorLine::Result::Unsupported) continue;
      line->result = OperatorLine::Result::Rewritten;
      line->becomes = std::string(pass.doc);
    }
  }
  MOTE_TRY_VOID(verify(module, Stage::Canonical));
  return module;
}

/// Notes each layer that no kernel computes.
void note_kernels(const Module& module, std::vector<OperatorLine>& lines, std::string& problem,
                  std::string& hint) {
  for (const Node& node : module.main().nodes) {
    const OpDef& op = op_of(node);
    if (op.view) continue;
    std::string why, way_out = cat("`mote ops ", node.op, "` lists what works");
    if (op.lower == nullptr) {
      if (!node.bodies.empty()) continue;  // control flow: its bodies are checked by verify
      why = "it cannot run on a device";
    } else if (auto calls = op.lower(NodeRef{module.main(), node}); !calls) {
      why = calls.error().message;
      if (!calls.error().hint.empty()) way_out = calls.error().hint;
    }
    if (why.empty()) continue;
    if (OperatorLine* line = line_named(lines, node.name)) {
      line->result = OperatorLine::Result::Unsupported;
      line->becomes.clear();
      line->seen.problem = why;
      line->seen.hint = way_out;
    } else if (problem.empty()) {
      problem = cat("layer '", node.name, "': ", why);
      hint = way_out;
    }
  }
}

// ---- memories

/// What the variants' files say of their code; `size` shares one function among the calls of a kernel.
std::uint64_t estimate_code(const Plan& plan, const Target& target) {
  constexpr std::uint64_t frame = 400, a_call = 24;  // init, invoke and checks; a layer's arguments
  std::uint64_t bytes = frame;
  std::set<const KernelVariant*> seen;
  for (const Call* call : calls_of(plan)) {
    bytes += a_call;
    const bool first = seen.insert(call->variant).second;
    if (call->variant->cost == nullptr || (plan.optimize == "size" && !first)) continue;
    bytes += call->variant->cost(call->call, target).flash_bytes;
  }
  return bytes;
}

Result<MemoryUse> measure(const CheckRequest& request, const Module& module, const Target& target,
                          const PlanOptions& options) {
  MOTE_TRY(const Plan plan, make_plan(module, target, options));
  CodegenOptions codegen;
  codegen.keep_input = request.keep_input;
  MOTE_TRY(const Program program, make_program(module, plan, codegen));
  MemoryUse use;
  use.arena = program.arena_bytes;
  use.weights = program.weights_bytes;
  use.tables = program.requant_bytes;
  use.code = estimate_code(plan, target);
  use.static_ram = 16;
  if (request.estimate) {
    use.not_built = "--estimate";
    return use;
  }
  if (auto ahead = check_memories_ahead(target, program); !ahead) {  // no build can change that
    use.not_built = "it cannot fit";
    use.refused = ahead.error();
    return use;
  }
  if (auto tools = check_tools(target); !tools) {
    use.not_built = tools.error().message;
    return use;
  }
  const auto firmware = Firmware::build(program, target);
  if (!firmware) {  // the tools are there: the model is what does not build
    use.not_built = "the build failed";
    use.refused = firmware.error();
    return use;
  }
  const auto size = firmware->size();
  if (!size || size->code == 0) {
    use.not_built = size ? cat("sizes are not known on '", target.name, "'") : size.error().message;
    return use;
  }
  use.code = size->code;
  use.weights = size->weights;
  use.tables = size->tables;
  use.static_ram = size->static_ram;
  use.built = true;
  return use;
}

struct RegionUse {
  std::string name;
  std::uint64_t need = 0;
  std::optional<std::uint64_t> has;  ///< none: the target does not limit it
  bool fits() const { return !has || need <= *has; }
  double share() const { return has && *has > 0 ? static_cast<double>(need) / static_cast<double>(*has) : 0; }
};

std::vector<RegionUse> regions_of(const Checked& checked) {
  if (!checked.memory) return {};
  std::vector<RegionUse> regions = {{"ram", checked.memory->ram(), {}},
                                    {"flash", checked.memory->flash(), {}}};
  for (RegionUse& region : regions) {
    for (const MemoryRegion& memory : checked.target.memories) {
      if (memory.name == region.name) region.has = memory.bytes;
    }
  }
  return regions;
}

bool is_ok(const Checked& checked) {
  const std::vector<RegionUse> regions = regions_of(checked);
  return checked.problem.empty() && checked.count(OperatorLine::Result::Unsupported) == 0 && checked.memory &&
         std::all_of(regions.begin(), regions.end(), [](const RegionUse& region) { return region.fits(); });
}

Result<Checked> check(const CheckRequest& request) {
  Checked checked;
  MOTE_TRY(ModelOptions options, model_options(request));
  checked.target = std::move(options.target);
  MOTE_TRY(const Bytes bytes, read_file(request.model));
  MOTE_TRY(ImportSurvey survey, survey_tflite(bytes, request.model));
  if (survey.lines.empty() && !survey.module) return error(survey.problem, survey.hint);
  for (const SurveyLine& line : survey.lines) checked.lines.push_back(line_of(line));
  checked.problem = survey.problem;
  checked.hint = survey.hint;
  if (!survey.module) return checked;
  const auto fail = [&](const Error& problem) {
    checked.problem = problem.message;
    checked.hint = problem.hint;
    return checked;
  };
  Module module;
  if (request.no_fuse) {
    module = std::move(*survey.module);
  } else {
    auto canonical = canonicalize_and_note(std::move(*survey.module), checked.lines);
    if (!canonical) return fail(canonical.error());
    module = std::move(*canonical);
  }
  note_kernels(module, checked.lines, checked.problem, checked.hint);
  if (!checked.problem.empty() || checked.count(OperatorLine::Result::Unsupported) > 0) return checked;
  if (auto ok = verify(module, Stage::Deployable); !ok) return fail(ok.error());
  auto memory = measure(request, module, checked.target, options.plan);
  if (!memory) return fail(memory.error());
  checked.memory = std::move(*memory);
  if (checked.memory->refused) return fail(*checked.memory->refused);
  return checked;
}

// ---- words

std::string bytes_words(std::uint64_t bytes) { return text::thousands(static_cast<std::int64_t>(bytes)); }

report::Table operators_table(const Checked& checked) {
  using report::Tone;
  report::Table table;
  table.columns = {
      {"#", report::Align::Right}, {"operator"}, {"layer"}, {"result"}, {"what runs, or what is wrong"}};
  for (const OperatorLine& line : checked.lines) {
    const bool bad = line.result == OperatorLine::Result::Unsupported;
    const bool same = line.result == OperatorLine::Result::Native;
    table.rows.push_back({cat(line.seen.index),
                          line.seen.op,
                          {report::clip(line.seen.name, 30), Tone::Quiet},
                          {std::string(name_of(line.result)), bad    ? Tone::Bad
                                                              : same ? Tone::Good
                                                                     : Tone::Plain},
                          bad ? line.seen.problem : line.becomes});
  }
  return table;
}

/// Each way out once, with the operators that it is for.
report::Table ways_out(const Checked& checked) {
  std::vector<std::string> order;
  std::map<std::string, std::vector<std::string>> by_hint;
  for (const OperatorLine& line : checked.lines) {
    if (line.result != OperatorLine::Result::Unsupported || line.seen.hint.empty()) continue;
    if (by_hint.count(line.seen.hint) == 0) order.push_back(line.seen.hint);
    by_hint[line.seen.hint].push_back(cat(line.seen.index));
  }
  report::Table table;
  table.columns = {{"operators"}, {"way out"}};
  for (const std::string& hint : order)
    table.rows.push_back({report::clip(text::join(by_hint[hint], ", "), 40), hint});
  return table;
}

report::Table memory_table(const Checked& checked) {
  using report::Align;
  const MemoryUse& use = *checked.memory;
  const std::string how = use.built ? "" : " (estimated)";
  report::Table table;
  table.columns = {{"memory"},
                   {"needed", Align::Right},
                   {"there is", Align::Right},
                   {"share", Align::Right, true},
                   {"of which"}};
  for (const RegionUse& region : regions_of(checked)) {
    const std::string parts =
        region.name == "ram"
            ? cat("arena ", bytes_words(use.arena), ", static ", bytes_words(use.static_ram), how)
            : cat("weights ", bytes_words(use.weights), ", tables ", bytes_words(use.tables), ", code ",
                  bytes_words(use.code), how);
    std::vector<report::Cell> row = {region.name == "ram" ? "RAM" : region.name, bytes_words(region.need),
                                     region.has ? bytes_words(*region.has) : "not limited",
                                     region.has ? report::percent(region.share(), 1) : "", parts};
    if (region.has) row[3].share = std::min(region.share(), 1.0);
    row[3].tone = region.fits() ? report::Tone::Plain : report::Tone::Bad;
    table.rows.push_back(std::move(row));
  }
  table.note = "Stack, start-up and your own program come on top; `mote run` measures the stack.";
  if (!use.built) table.note += cat(" Code and static memory are estimated: ", use.not_built, ".");
  return table;
}

std::string verdict_text(const CheckRequest& request, const Checked& checked) {
  const std::size_t bad = checked.count(OperatorLine::Result::Unsupported);
  const std::string target = checked.target.name;
  if (bad > 0)
    return cat(request.model, " cannot run: ", bad, " of ", checked.lines.size(),
               " operators are not supported");
  if (!checked.problem.empty()) return cat(request.model, " cannot run: ", checked.problem);
  std::string sizes, over;
  for (const RegionUse& region : regions_of(checked)) {
    const std::string name = region.name == "ram" ? "RAM" : region.name;
    sizes += cat(sizes.empty() ? "" : ", ", name, " ", bytes_words(region.need),
                 region.has ? " of " + bytes_words(*region.has) : "", " bytes");
    if (!region.fits()) over += cat(over.empty() ? "" : " and ", name);
  }
  if (!over.empty()) return cat(request.model, " does not fit into the ", over, " of ", target, ": ", sizes);
  return cat(request.model, " runs on ", target, ": ", checked.count(OperatorLine::Result::Native),
             " operators as they are, ", checked.count(OperatorLine::Result::Rewritten), " rewritten; ",
             sizes);
}

report::Document to_document(const CheckRequest& request, const Checked& checked) {
  report::Document document;
  const std::size_t slash = request.model.rfind('/');
  document.title = slash == std::string::npos ? request.model : request.model.substr(slash + 1);
  document.subtitle = cat("can it run on ", checked.target.name, "?");
  std::string detail = checked.hint;
  if (detail.empty() && checked.memory && !is_ok(checked))
    detail = "--optimize ram or size, a smaller network, or a larger board: `mote targets`";
  if (!detail.empty()) detail = "hint: " + detail;
  document.verdict = report::Verdict{is_ok(checked), verdict_text(request, checked), detail};
  report::Section operators{"Operators", "", {{operators_table(checked)}}};
  document.sections.push_back(std::move(operators));
  report::Table ways = ways_out(checked);
  if (!ways.rows.empty()) document.sections.push_back({"Ways out", "", {{std::move(ways)}}});
  if (checked.memory)
    document.sections.push_back({cat("Memory of ", checked.target.name), "", {{memory_table(checked)}}});
  document.footer = cat("mote ", version());
  return document;
}

// ---- JSON

std::string to_json(const CheckRequest& request, const Checked& checked) {
  ordered_json out;
  out["model"] = one_line(request.model);
  out["target"] = checked.target.name;
  out["optimize"] = request.optimize;
  out["ok"] = is_ok(checked);
  out["problem"] = checked.problem.empty() ? ordered_json() : ordered_json(one_line(checked.problem));
  out["hint"] = checked.hint.empty() ? ordered_json() : ordered_json(one_line(checked.hint));
  out["native"] = checked.count(OperatorLine::Result::Native);
  out["rewritten"] = checked.count(OperatorLine::Result::Rewritten);
  out["unsupported"] = checked.count(OperatorLine::Result::Unsupported);
  out["operators"] = ordered_json::array();
  for (const OperatorLine& line : checked.lines) {
    out["operators"].push_back({{"index", line.seen.index},
                                {"op", one_line(line.seen.op)},
                                {"name", one_line(line.seen.name)},
                                {"types", one_line(line.seen.types)},
                                {"result", name_of(line.result)},
                                {"becomes", one_line(line.becomes)},
                                {"problem", one_line(line.seen.problem)},
                                {"hint", one_line(line.seen.hint)}});
  }
  out["memory"] = nullptr;
  if (checked.memory) {
    const MemoryUse& use = *checked.memory;
    ordered_json memory = {{"built", use.built}};
    memory["ram"] = {{"arena", use.arena}, {"static", use.static_ram}};
    memory["flash"] = {{"code", use.code}, {"weights", use.weights}, {"quant", use.tables}};
    for (const RegionUse& region : regions_of(checked)) {
      memory[region.name]["needed"] = region.need;
      memory[region.name]["available"] = region.has ? ordered_json(*region.has) : ordered_json();
      memory[region.name]["fits"] = region.fits();
    }
    out["memory"] = std::move(memory);
  }
  return out.dump(2);
}

}  // namespace

Result<Outcome> check_model(const CheckRequest& request) {
  MOTE_TRY(const Checked checked, check(request));
  const report::Document document = to_document(request, checked);
  if (!request.page.empty()) MOTE_TRY_VOID(write_text(request.page, report::to_html(document)));
  return Outcome{report::to_text(document), to_json(request, checked), is_ok(checked)};
}

}  // namespace mote
