// targets, ops, doctor: what there is, and what this machine lacks.
#include <fmt/format.h>
#include <algorithm>

#include <nlohmann/json.hpp>

#include "app/app.h"
#include "app/reference.h"
#include "emulate/emulate.h"
#include "graph/op.h"
#include "targets/target.h"

namespace mote {

std::string version() { return MOTE_VERSION; }

Result<Outcome> list_targets() {
  MOTE_TRY(const std::vector<Target> targets, load_targets());
  Outcome outcome;
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const Target& target : targets) {
    outcome.text += fmt::format("{:<18} {}\n", target.name, target.doc);
    nlohmann::ordered_json entry = {
        {"name", target.name}, {"doc", target.doc}, {"cpu", target.cpu}, {"arch", target.isa.arch}};
    for (const MemoryRegion& region : target.memories) entry["memories"][region.name] = region.bytes;
    json.push_back(entry);
  }
  outcome.json = json.dump(2);
  return outcome;
}

namespace {

std::string op_text(const OpDef& op) {
  std::string out = fmt::format("{}: {}\n", op.name, op.schema.doc);
  const auto ports = [&](std::string_view kind, const std::vector<PortSpec>& list) {
    for (const PortSpec& port : list)
      out +=
          fmt::format("  {:<9} {:<18} {}{}\n", kind, port.name, port.doc, port.optional ? " (optional)" : "");
  };
  ports("input", op.schema.inputs);
  ports("output", op.schema.outputs);
  for (const AttributeSpec& attribute : op.schema.attributes) {
    out += fmt::format("  attribute {:<18} {} (default {})\n", attribute.name, attribute.doc,
                       attribute_text(attribute.default_value));
  }
  for (const FormatRule& rule : op.formats)
    out += fmt::format("  format    {:<18} {}\n", rule.format, rule.op);
  return out + fmt::format("  trains: {}, quantizes: {}\n", op.grad ? "yes" : "no", op.quant ? "yes" : "no");
}

nlohmann::ordered_json op_json(const OpDef& op) {
  nlohmann::ordered_json entry = {{"name", op.name},
                                  {"doc", op.schema.doc},
                                  {"trains", op.grad != nullptr},
                                  {"quantizes", op.quant != nullptr}};
  entry["formats"] = nlohmann::ordered_json::array();
  for (const FormatRule& rule : op.formats) entry["formats"].push_back(text::cat(rule.format, ":", rule.op));
  return entry;
}

/// As an op's entry: its format's name is its only one.
nlohmann::ordered_json imported_json(const ImportedName& imported) {
  return {{"name", imported.name},
          {"doc", imported.becomes},
          {"trains", false},
          {"quantizes", false},
          {"formats", {text::cat(imported.format, ":", imported.name)}}};
}

/// Whether a file format calls it so: CONV_2D.
bool has_format_name(const OpDef& op, const std::string& name) {
  return std::any_of(op.formats.begin(), op.formats.end(),
                     [&](const FormatRule& rule) { return rule.read != nullptr && rule.op == name; });
}
}  // namespace

Result<Outcome> list_ops(const std::string& name) {
  Outcome outcome;
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  std::vector<std::string> names;
  for (const OpDef* op : op_registry()) {
    names.emplace_back(op->name);
    if (!name.empty() && op->name != name && !has_format_name(*op, name)) continue;
    outcome.text += name.empty() ? fmt::format("{:<28} {}\n", op->name, op->schema.doc) : op_text(*op);
    json.push_back(op_json(*op));
  }
  for (const ImportedName& imported : imported_names()) {
    names.emplace_back(imported.name);
    if (!name.empty() && imported.name != name) continue;
    outcome.text +=
        fmt::format("{:<28} read from a .{}: {}\n", imported.name, imported.format, imported.becomes);
    json.push_back(imported_json(imported));
  }
  if (json.empty()) return usage_error(text::cat("there is no op '", name, "'"), text::suggest(name, names));
  outcome.json = json.dump(2);
  return outcome;
}

Result<Outcome> doctor() {
  MOTE_TRY(const std::vector<Target> targets, load_targets());
  Outcome outcome;
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const Target& target : targets) {
    if (target.is_board) continue;
    const std::vector<MissingTool> missing = missing_tools(target);
    nlohmann::ordered_json entry = {
        {"target", target.name}, {"ready", missing.empty()}, {"missing", nlohmann::ordered_json::array()}};
    outcome.text += fmt::format("{:<12} {}\n", target.name, missing.empty() ? "ready" : "not ready");
    for (const MissingTool& tool : missing) {
      outcome.text += fmt::format("  '{}' is missing: {}\n", tool.program, how_to_install(tool));
      entry["missing"].push_back({{"program", tool.program}, {"package", tool.package}});
    }
    outcome.ok = outcome.ok && missing.empty();
    json.push_back(entry);
  }
  outcome.json = json.dump(2);
  return outcome;
}

}  // namespace mote
