// `mote inspect`: a model as people and programs read it: a row a layer, totals, memory over time, a picture of the graph.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "app/app.h"
#include "app/graph_picture.h"
#include "app/model_cases.h"
#include "base/system.h"
#include "import/import.h"
#include "passes/pipeline.h"
#include "plan/plan.h"
#include "report/document.h"
#include "report/numbers.h"
#include "targets/target.h"

namespace mote {
namespace {

using nlohmann::ordered_json;
using text::cat;

struct LayerRow {
  std::string name, op;
  const Tensor* output = nullptr;  ///< the first; null: it has none
  std::int64_t params = 0, macs = 0, weight_bytes = 0, activation_bytes = 0;
  std::optional<std::int64_t> arena;  ///< bytes alive while it runs; absent: fused into another layer
  std::size_t weight_scales = 0;      ///< of its weights; > 1: by channel
};

/// The arena of the canonical network on a target: what runs at each step and which bytes are alive.
struct ArenaOverTime {
  std::string target;
  Plan plan;
  std::vector<std::string> steps;   ///< the layer
  std::vector<std::int64_t> alive;  ///< bytes
};

struct Inspection {
  Module module;
  std::vector<LayerRow> rows;
  LayerRow total;
  std::optional<ArenaOverTime> arena;
  std::string no_arena;  ///< why there is none
};

Result<ArenaOverTime> plan_arena(const Module& imported, const std::string& target_name) {
  MOTE_TRY(const Target target, find_target(target_name));
  MOTE_TRY(const Module canonical, canonicalize(imported));
  MOTE_TRY_VOID(verify(canonical, Stage::Deployable));
  ArenaOverTime arena{target.name, {}, {}, {}};
  MOTE_TRY(arena.plan, make_plan(canonical, target, {}));
  for (const std::size_t node : arena.plan.memory.nodes)
    arena.steps.push_back(arena.plan.graph->nodes[node].name);
  for (const std::size_t bytes : arena.plan.memory.alive)
    arena.alive.push_back(static_cast<std::int64_t>(bytes));
  return arena;
}

/// Numbers that were learned: floats and quantized integers, not indices and shapes.
bool is_parameter(const Tensor& tensor) {
  return tensor.is_constant() && (tensor.type.dtype == DType::F32 || tensor.quant);
}

LayerRow row_of(const Graph& graph, const Node& node, std::set<TensorId>& counted, LayerRow& total) {
  const NodeRef ref{graph, node};
  const OpDef& op = op_of(node);
  LayerRow row;
  row.name = node.name;
  row.op = node.op;
  row.macs = op.work != nullptr ? op.work(ref).macs : 0;
  for (const TensorId id : node.inputs) {
    if (id == kNoTensor || !graph.tensor(id).is_constant()) continue;
    const Tensor& tensor = graph.tensor(id);
    const std::int64_t params = is_parameter(tensor) ? tensor.type.count() : 0;
    const auto bytes = static_cast<std::int64_t>(tensor.type.bytes());
    row.params += params;
    row.weight_bytes += bytes;
    row.weight_scales = std::max(row.weight_scales, tensor.quant.scale.size());
    if (!counted.insert(id).second) continue;  // shared by several layers
    total.params += params;
    total.weight_bytes += bytes;
  }
  for (const TensorId id : node.outputs) {
    if (id == kNoTensor) continue;
    if (row.output == nullptr) row.output = &graph.tensor(id);
    row.activation_bytes += static_cast<std::int64_t>(graph.tensor(id).type.bytes());
  }
  total.macs += row.macs;
  total.activation_bytes += row.activation_bytes;
  return row;
}

Result<Inspection> inspect(const InspectRequest& request) {
  Inspection seen;
  MOTE_TRY_VOID(target_option(request.target));
  MOTE_TRY(seen.module, import_model(request.model));
  const Graph& graph = seen.module.main();
  std::set<TensorId> counted;
  for (const Node& node : graph.nodes) seen.rows.push_back(row_of(graph, node, counted, seen.total));
  auto arena = plan_arena(seen.module, request.target);
  if (!arena) {
    seen.no_arena = arena.error().message;
    return seen;
  }
  seen.arena = std::move(*arena);
  for (LayerRow& row : seen.rows) {
    for (std::size_t i = 0; i < seen.arena->steps.size(); ++i) {
      if (seen.arena->steps[i] == row.name) row.arena = std::max(row.arena.value_or(0), seen.arena->alive[i]);
    }
  }
  return seen;
}

std::string quant_column(const LayerRow& row) {
  if (row.output == nullptr || !row.output->quant) return "-";
  const Quant& quant = row.output->quant;
  std::string words = quant.per_channel()
                          ? cat(quant.scale.size(), " scales")
                          : fmt::format("{:.6g}·(q{:+})", quant.scale[0], -quant.zero_point[0]);
  if (row.weight_scales > 1) words += cat(", weights by ", row.weight_scales);
  return words;
}

std::string output_text(const LayerRow& row) { return row.output == nullptr ? "-" : type_text(*row.output); }
std::string grouped(std::int64_t value) { return text::thousands(value); }
std::string arena_text(const LayerRow& row) { return row.arena ? grouped(*row.arena) : "-"; }

std::string metadata_text(const std::string& key, const Bytes& bytes) {
  if (key == "labels") {
    std::string all(bytes.begin(), bytes.end());
    while (!all.empty() && all.back() == '\n') all.pop_back();
    return report::clip(report::one_line(text::join(text::split(all, '\n'), ", ")), 300);
  }
  return report::clip(report::one_line(std::string(bytes.begin(), bytes.end())), 120);
}

// ---- text

std::string port_lines(const Graph& graph) {
  std::string out;
  const auto port = [&](const char* kind, TensorId id) {
    const Tensor& tensor = graph.tensor(id);
    const std::string quant = quant_words(tensor.quant);
    out += fmt::format("{:<7} {} {}{}\n", kind, report::one_line(tensor.name), type_text(tensor),
                       quant.empty() ? "" : "  " + quant);
  };
  for (const GraphInput& input : graph.inputs) port("input", input.tensor);
  for (const TensorId id : graph.outputs) port("output", id);
  return out;
}

/// What is there when the arena is fullest, largest first.
std::vector<std::string> peak_buffers(const Memory& memory) {
  std::vector<const Buffer*> there;
  for (const Buffer& buffer : memory.buffers) {
    if (buffer.within < 0 && buffer.bytes > 0 && buffer.first <= memory.peak_step &&
        memory.peak_step <= buffer.last)
      there.push_back(&buffer);
  }
  std::stable_sort(there.begin(), there.end(),
                   [](const Buffer* a, const Buffer* b) { return a->bytes > b->bytes; });
  std::vector<std::string> names;
  for (const Buffer* buffer : there) names.push_back(buffer->name);
  return names;
}

std::string total_line(const Inspection& seen) {
  std::string out = fmt::format(
      "{} layers in the file, {} parameters, weights in the file {} bytes, {} MACs\n", seen.rows.size(),
      grouped(seen.total.params), grouped(seen.total.weight_bytes), grouped(seen.total.macs));
  if (seen.arena) {
    const Memory& memory = seen.arena->plan.memory;
    const auto peak = static_cast<std::size_t>(std::max(memory.peak_step, 0));
    out +=
        fmt::format("arena {} bytes on {}",
                    grouped(static_cast<std::int64_t>(memory.regions.empty() ? 0 : memory.regions[0].bytes)),
                    seen.arena->target);
    if (peak < seen.arena->steps.size())
      out += fmt::format("; fullest at '{}', {} bytes", report::one_line(seen.arena->steps[peak]),
                         grouped(static_cast<std::int64_t>(memory.lower_bound)));
    if (memory.optimal) out += "; no placement needs less";
    out += "\n";
    const std::vector<std::string> there = peak_buffers(memory);
    constexpr std::size_t shown = 4;
    for (std::size_t i = 0; i < std::min(shown, there.size()); ++i)
      out += cat(i == 0 ? "  there: " : ", ", report::one_line(there[i]));
    if (!there.empty()) out += there.size() > shown ? cat(" and ", there.size() - shown, " more\n") : "\n";
  } else {
    out += cat("arena not planned: ", seen.no_arena, "\n");
  }
  return out;
}

std::string to_words(const InspectRequest& request, const Inspection& seen) {
  const Graph& graph = seen.module.main();
  std::string out = cat(request.model, "\n", port_lines(graph), "\n");
  out +=
      fmt::format("{:>3}  {:<28} {:<20} {:<22} {:>11} {:>12} {:>11} {:>12} {:>11}  {}\n", "#", "layer", "op",
                  "output", "params", "MACs", "weights B", "activation B", "arena B", "quantization");
  for (std::size_t i = 0; i < seen.rows.size(); ++i) {
    const LayerRow& row = seen.rows[i];
    out += fmt::format("{:>3}  {:<28} {:<20} {:<22} {:>11} {:>12} {:>11} {:>12} {:>11}  {}\n", i,
                       report::clip(report::one_line(row.name), 28), row.op, output_text(row),
                       grouped(row.params), grouped(row.macs), grouped(row.weight_bytes),
                       grouped(row.activation_bytes), arena_text(row), quant_column(row));
  }
  out += "\n";
  for (const StateVar& state : seen.module.states)
    out += fmt::format("state   {} {}{}\n", report::one_line(state.name), name_of(state.type.dtype),
                       to_text(state.type.shape));
  for (const auto& [key, bytes] : seen.module.metadata)
    out += fmt::format("{:<7} {}\n", report::one_line(key), metadata_text(key, bytes));
  return out + total_line(seen);
}

// ---- JSON

ordered_json quant_json(const Quant& quant) {
  if (!quant) return nullptr;
  ordered_json out = {{"scale", quant.scale}, {"zero_point", quant.zero_point}};
  if (quant.per_channel()) out["axis"] = quant.axis;
  return out;
}

ordered_json tensor_json(const Tensor& tensor) {
  return {{"name", report::one_line(tensor.name)},
          {"dtype", name_of(tensor.type.dtype)},
          {"shape", tensor.type.shape},
          {"quantization", quant_json(tensor.quant)}};
}

ordered_json layer_json(const Graph& graph, const Node& node, const LayerRow& row, std::size_t index) {
  ordered_json out = {{"index", index},
                      {"name", report::one_line(row.name)},
                      {"op", row.op},
                      {"output", output_text(row)},
                      {"params", row.params},
                      {"macs", row.macs},
                      {"weight_bytes", row.weight_bytes},
                      {"activation_bytes", row.activation_bytes},
                      {"arena_bytes", row.arena ? ordered_json(*row.arena) : ordered_json()}};
  out["constants"] = ordered_json::array();
  out["outputs"] = ordered_json::array();
  for (const TensorId id : node.inputs) {
    if (id != kNoTensor && graph.tensor(id).is_constant())
      out["constants"].push_back(tensor_json(graph.tensor(id)));
  }
  for (const TensorId id : node.outputs) {
    if (id != kNoTensor) out["outputs"].push_back(tensor_json(graph.tensor(id)));
  }
  return out;
}

ordered_json memory_json(const Inspection& seen) {
  if (!seen.arena) return nullptr;
  const Memory& memory = seen.arena->plan.memory;
  ordered_json out = {
      {"target", seen.arena->target},      {"arena", memory.regions.empty() ? 0 : memory.regions[0].bytes},
      {"lower_bound", memory.lower_bound}, {"optimal", memory.optimal},
      {"peak_step", memory.peak_step},     {"peak_buffers", peak_buffers(memory)}};
  out["steps"] = ordered_json::array();
  for (std::size_t i = 0; i < seen.arena->steps.size(); ++i)
    out["steps"].push_back(
        {{"layer", report::one_line(seen.arena->steps[i])}, {"bytes", seen.arena->alive[i]}});
  return out;
}

std::string to_json(const InspectRequest& request, const Inspection& seen) {
  const Graph& graph = seen.module.main();
  ordered_json out = {{"model", report::one_line(request.model)}};
  out["inputs"] = ordered_json::array();
  out["outputs"] = ordered_json::array();
  for (const GraphInput& input : graph.inputs)
    out["inputs"].push_back(tensor_json(graph.tensor(input.tensor)));
  for (const TensorId id : graph.outputs) out["outputs"].push_back(tensor_json(graph.tensor(id)));
  out["layers"] = ordered_json::array();
  for (std::size_t i = 0; i < seen.rows.size(); ++i)
    out["layers"].push_back(layer_json(graph, graph.nodes[i], seen.rows[i], i));
  out["params"] = seen.total.params;
  out["macs"] = seen.total.macs;
  out["weight_bytes"] = seen.total.weight_bytes;
  out["activation_bytes"] = seen.total.activation_bytes;
  out["states"] = ordered_json::array();
  for (const StateVar& state : seen.module.states)
    out["states"].push_back({{"name", report::one_line(state.name)},
                             {"dtype", name_of(state.type.dtype)},
                             {"shape", state.type.shape},
                             {"bytes", state.type.bytes()}});
  out["metadata"] = ordered_json::object();
  for (const auto& [key, bytes] : seen.module.metadata)
    out["metadata"][report::one_line(key)] = metadata_text(key, bytes);
  out["memory"] = memory_json(seen);
  return out.dump(2);
}

// ---- HTML

report::Block table_of_layers(const Inspection& seen) {
  using report::Align;
  report::Table table;
  table.columns = {{"#", Align::Right},
                   {"layer"},
                   {"op"},
                   {"output"},
                   {"params", Align::Right},
                   {"MACs", Align::Right, true},
                   {"weights B", Align::Right},
                   {"activation B", Align::Right},
                   {"arena B", Align::Right}};
  std::int64_t most_macs = 1;
  for (const LayerRow& row : seen.rows) most_macs = std::max(most_macs, row.macs);
  for (std::size_t i = 0; i < seen.rows.size(); ++i) {
    const LayerRow& row = seen.rows[i];
    std::vector<report::Cell> cells = {cat(i),
                                       report::clip(row.name, 30),
                                       row.op,
                                       output_text(row),
                                       grouped(row.params),
                                       grouped(row.macs),
                                       grouped(row.weight_bytes),
                                       grouped(row.activation_bytes),
                                       arena_text(row)};
    cells[5].share = static_cast<double>(row.macs) / static_cast<double>(most_macs);
    table.rows.push_back(std::move(cells));
  }
  table.rows.push_back({"",
                        {"all", report::Tone::Strong},
                        "",
                        "",
                        {grouped(seen.total.params), report::Tone::Strong},
                        {grouped(seen.total.macs), report::Tone::Strong},
                        {grouped(seen.total.weight_bytes), report::Tone::Strong},
                        {grouped(seen.total.activation_bytes), report::Tone::Strong}});
  table.note =
      "Params are learned numbers; a constant that several layers share counts once in the sum. Arena: bytes "
      "alive while the "
      "layer runs; a layer without was fused into its neighbour or is the same bytes under another shape.";
  return {std::move(table)};
}

report::Block table_of_scales(const Inspection& seen) {
  report::Table table;
  table.title = "Scales and zero points";
  table.folded = true;
  table.columns = {{"#", report::Align::Right}, {"layer"}, {"output"}, {"constants"}};
  const Graph& graph = seen.module.main();
  for (std::size_t i = 0; i < seen.rows.size(); ++i) {
    std::string constants;
    for (const TensorId id : graph.nodes[i].inputs) {
      if (id == kNoTensor || !graph.tensor(id).is_constant() || !graph.tensor(id).quant) continue;
      constants += cat(constants.empty() ? "" : "; ", type_text(graph.tensor(id)), " ",
                       quant_words(graph.tensor(id).quant));
    }
    const Tensor* output = seen.rows[i].output;
    const std::string words = output == nullptr ? "" : quant_words(output->quant);
    if (words.empty() && constants.empty()) continue;
    table.rows.push_back({cat(i), seen.rows[i].name, words, constants});
  }
  if (table.rows.empty()) return {report::Paragraph{"Nothing is quantized.", report::Tone::Quiet}};
  return {std::move(table)};
}

report::Block arena_figure(const ArenaOverTime& arena) {
  report::ArenaMap map;
  map.name = "arena over time";
  map.steps = arena.steps;
  const Memory& memory = arena.plan.memory;
  map.bytes = memory.regions.empty() ? 0 : static_cast<double>(memory.regions[0].bytes);
  map.lower_bound = static_cast<double>(memory.lower_bound);
  map.peak_step = memory.peak_step;
  for (const Buffer& buffer : memory.buffers) {
    if (buffer.at.region != 0 || buffer.at.offset < 0) continue;
    map.blocks.push_back({buffer.name, static_cast<double>(buffer.at.offset),
                          static_cast<double>(buffer.bytes), buffer.first, buffer.last});
  }
  return {report::Figure{
      "", report::arena_map(map),
      "Each rectangle is a buffer while its content matters: steps to the right, byte offset upwards. The "
      "shaded step is the fullest; no plan of this order can lie below the dashed line.",
      true}};
}

report::Document to_document(const InspectRequest& request, const Inspection& seen) {
  const Graph& graph = seen.module.main();
  report::Document document;
  const std::size_t slash = request.model.rfind('/');
  document.title = slash == std::string::npos ? request.model : request.model.substr(slash + 1);
  document.subtitle =
      cat(seen.rows.size(),
          " layers as the file has them; inputs, outputs, bytes and multiply-accumulates of one inference");
  report::Tiles tiles;
  tiles.tiles = {
      {"Layers", cat(seen.rows.size()), "", report::Tone::Plain},
      {"Parameters", report::compact(static_cast<double>(seen.total.params)),
       cat(report::kilobytes(static_cast<double>(seen.total.weight_bytes)), " of weights in the file"),
       report::Tone::Plain},
      {"MACs", report::compact(static_cast<double>(seen.total.macs)), "an inference", report::Tone::Plain}};
  if (seen.arena && !seen.arena->plan.memory.regions.empty())
    tiles.tiles.push_back({"Arena",
                           report::kilobytes(static_cast<double>(seen.arena->plan.memory.regions[0].bytes)),
                           cat("on ", seen.arena->target), report::Tone::Plain});
  document.sections.push_back({"", "", {{std::move(tiles)}}});

  report::Table ports;
  ports.columns = {{"kind"}, {"name"}, {"type"}, {"quantization"}};
  for (const GraphInput& input : graph.inputs) {
    const Tensor& tensor = graph.tensor(input.tensor);
    ports.rows.push_back({"input", tensor.name, type_text(tensor), quant_words(tensor.quant)});
  }
  for (const TensorId id : graph.outputs) {
    const Tensor& tensor = graph.tensor(id);
    ports.rows.push_back({"output", tensor.name, type_text(tensor), quant_words(tensor.quant)});
  }
  for (const StateVar& state : seen.module.states)
    ports.rows.push_back(
        {"state", state.name, cat(name_of(state.type.dtype), to_text(state.type.shape)), ""});
  report::Section ends{"Inputs and outputs", "", {{std::move(ports)}}};
  if (!seen.module.metadata.empty()) {
    report::KeyValues metadata;
    metadata.title = "Metadata";
    for (const auto& [key, bytes] : seen.module.metadata)
      metadata.items.emplace_back(key, metadata_text(key, bytes));
    ends.blocks.push_back({std::move(metadata)});
  }
  document.sections.push_back(std::move(ends));

  std::vector<std::string> notes;
  for (const LayerRow& row : seen.rows)
    notes.push_back(cat(grouped(row.macs), " MACs, ", grouped(row.params), " parameters"));
  const std::string drawing = report::graph_drawing(picture_of(seen.module, notes));
  report::Section graph_section{
      "Graph", "Colours are kinds of operators; the pointer on a box or an edge shows details.", {}};
  if (drawing.empty())
    graph_section.blocks.push_back(
        {report::Paragraph{"The network is too large to be drawn.", report::Tone::Quiet}});
  graph_section.blocks.push_back({report::Figure{"", drawing, "", false}});
  report::Section layers{"Layers", "", {table_of_layers(seen), table_of_scales(seen)}};
  document.sections.push_back(std::move(layers));
  if (seen.arena) {
    document.sections.push_back(
        {cat("Memory over time on ", seen.arena->target), "", {arena_figure(*seen.arena)}});
  } else {
    document.sections.push_back(
        {"Memory over time",
         "",
         {{report::Paragraph{"Not planned: " + seen.no_arena, report::Tone::Warning}}}});
  }
  document.sections.push_back(std::move(graph_section));
  document.footer = cat("mote ", version());
  return document;
}

}  // namespace

Result<Outcome> inspect_model(const InspectRequest& request) {
  MOTE_TRY(const Inspection seen, inspect(request));
  Outcome outcome{to_words(request, seen), to_json(request, seen), true};
  if (!request.page.empty()) {
    MOTE_TRY_VOID(write_text(request.page, report::to_html(to_document(request, seen))));
    outcome.text += cat("page  ", request.page, "\n");
  }
  return outcome;
}

}  // namespace mote
