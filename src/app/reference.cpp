// docs/reference/ops.md and targets.md: tables as Markdown.
#include "app/reference.h"

#include <fmt/format.h>

#include "graph/kernel.h"
#include "graph/op.h"
#include "targets/target.h"

namespace mote {
namespace {

// '|' would end a table's cell.
std::string cell(std::string_view words) {
  std::string out;
  for (const char c : words) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

constexpr ImportedName kImportedNames[] = {
    {"tflite", "CALL_ONCE", "the initial values of states: its subgraph is computed when the file is read"},
    {"tflite", "VAR_HANDLE",
     "a state, kept in the arena from inference to inference; `read_variable` and `assign_variable` use it"},
};

std::string imported_table() {
  std::string out =
      "\n## Read, but no operators\n\nThese operators of a file need none here: what they say is taken over "
      "when it is read.\n\n| in a file | becomes |\n|---|---|\n";
  for (const ImportedName& name : imported_names())
    out += fmt::format("| `{}` (.{}) | {} |\n", name.name, name.format, cell(name.becomes));
  return out;
}

std::string yes(bool holds) { return holds ? "yes" : "–"; }

std::string formats_of(const OpDef& op) {
  std::vector<std::string> names;
  for (const FormatRule& rule : op.formats) {
    const char* ways = rule.read && rule.write ? "" : rule.read ? " (read)" : " (written)";
    names.push_back(text::cat("`", rule.op, "`", ways));
  }
  return names.empty() ? "–" : text::join(names, ", ");
}

std::string port_row(std::string_view kind, const PortSpec& port) {
  std::string remarks(port.doc);
  if (port.constant) remarks += "; a constant";
  if (port.optional) remarks += "; optional";
  if (port.variadic) remarks += "; may repeat";
  return fmt::format("| {} | `{}` | {} |\n", kind, port.name, cell(remarks));
}

std::string attribute_row(const AttributeSpec& attribute) {
  const std::string remarks = text::cat(attribute.doc, "; default ", attribute_text(attribute.default_value));
  return fmt::format("| attribute | `{}` | {} |\n", attribute.name, cell(remarks));
}

std::string op_section(const OpDef& op) {
  std::string out = fmt::format("\n## {}\n\n{}\n\n| | name | |\n|---|---|---|\n", op.name, op.schema.doc);
  for (const PortSpec& port : op.schema.inputs) out += port_row("input", port);
  for (const PortSpec& port : op.schema.outputs) out += port_row("output", port);
  for (const AttributeSpec& attribute : op.schema.attributes) out += attribute_row(attribute);
  return out;
}

std::string kernel_table() {
  std::string out =
      "\n## Kernels\n\nWhat runs on the device. Each kernel has a `reference`, plain and never optimised, "
      "that "
      "judges its other variants;\nfor each call the plan takes the variant with the fewest estimated "
      "instructions (with `size`: the least code).\n\n| kernel | variant | device source |\n|---|---|---|\n";
  for (const KernelVariant* variant : kernel_registry()) {
    out += fmt::format("| `{0}` | {1} | [{2}](../../device/{2}) |\n", variant->kernel, variant->name,
                       variant->header);
  }
  return out;
}

}  // namespace

std::span<const ImportedName> imported_names() { return kImportedNames; }

std::string attribute_text(const Attribute& value) {
  if (const auto* v = std::get_if<std::int64_t>(&value)) return text::cat(*v);
  if (const auto* v = std::get_if<double>(&value)) return text::shortest(*v);
  if (const auto* v = std::get_if<std::string>(&value)) return v->empty() ? "\"\"" : *v;
  std::vector<std::string> parts;
  for (const std::int64_t v : std::get<std::vector<std::int64_t>>(value)) parts.push_back(text::cat(v));
  return text::cat("[", text::join(parts, ", "), "]");
}

std::string ops_reference_markdown() {
  std::string out =
      "<!-- Generated from the schemas of src/ops and the variants of src/kernels; a test compares. -->\n"
      "# Operators\n\n"
      "What a model may consist of. `mote ops` prints the list, `mote ops NAME` one of them. Activations are "
      "f32 or s8;\ntensors are NHWC, a series of T steps with C channels is `[1, T, 1, C]`. A model with "
      "anything else is refused with\nthe name of the operator and of the layer.\n\n"
      "| operator | in a .tflite file | trains | quantizes |\n|---|---|---|---|\n";
  for (const OpDef* op : op_registry()) {
    out += fmt::format("| [{0}](#{0}) | {1} | {2} | {3} |\n", op->name, formats_of(*op),
                       yes(op->grad != nullptr), yes(op->quant != nullptr));
  }
  for (const OpDef* op : op_registry()) out += op_section(*op);
  return out + imported_table() + kernel_table();
}

std::string targets_reference_markdown() {
  std::string out =
      "<!-- Generated from the files of targets/; a test compares. -->\n"
      "# Targets\n\n"
      "What `--target` and `[[target]]` accept. A CPU says how firmware is built and emulated; a board names "
      "its "
      "CPU and adds\nwhat only the board knows: memories, clock, current if its documents give it. No board "
      "needs to be connected: "
      "its "
      "program runs on the emulated CPU,\nand memories and time are held against the board's figures.\n\n"
      "| name | what it is | CPU | runs in | flash | RAM | clock |\n|---|---|---|---|---|---|---|\n";
  const auto targets = load_targets();
  MOTE_CHECK(targets, "the embedded targets are read by a test");
  for (const Target& target : *targets) {
    std::string flash, ram;
    for (const MemoryRegion& memory : target.memories) {
      std::string& where = memory.name == "flash" ? flash : ram;
      where += fmt::format("{}{}", where.empty() ? "" : " + ", memory.bytes);
    }
    const bool native = target.emulator.program.empty();
    out += fmt::format("| `{}` | {} | `{}` | {} | {} | {} | {} |\n", target.name, cell(target.doc),
                       target.cpu, native ? "itself" : text::cat("`", target.emulator.program, "`"),
                       flash.empty() ? "–" : flash, ram.empty() ? "–" : ram,
                       target.is_board ? fmt::format("{:g} MHz", target.board.clock_hz / 1e6) : "–");
  }
  out +=
      "\nFlash and RAM in bytes: a model that does not fit is refused with the numbers. Memories, and "
      "estimates of time and\nenergy, come from these documents:\n\n";
  for (const Target& target : *targets) {
    if (!target.cycle_model.source.empty() && !target.is_board)
      out += fmt::format("- `{}`, cycles: {}\n", target.name, target.cycle_model.source);
    if (!target.board.datasheet.empty() && target.is_board) {
      const BoardFigures& board = target.board;
      out += fmt::format("- `{}`: {}{}\n", target.name, board.datasheet,
                         board.microamp_per_mhz > 0
                             ? fmt::format(", {:g} µA/MHz at {:g} V", board.microamp_per_mhz, board.volts)
                             : "");
    }
  }
  return out;
}

}  // namespace mote
