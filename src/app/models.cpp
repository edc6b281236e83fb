// compile, run, bench, inspect: what mote does with a model file.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/model_cases.h"
#include "import/import.h"

namespace mote {

Result<Outcome> compile_model(const CompileRequest& request) {
  MOTE_TRY(const PreparedModel model, prepare(request));
  MOTE_TRY(const Plan plan, make_plan(model.module, model.target, model.plan));
  CodegenOptions options;
  options.prefix = request.prefix;
  options.keep_input = request.keep_input;
  MOTE_TRY(const Program program, make_program(model.module, plan, options));
  const std::vector<OutputFile> files = print(program);
  MOTE_TRY_VOID(write_tree(request.folder, files));
  Outcome outcome;
  nlohmann::ordered_json json;
  outcome.text = fmt::format("{}: {} layers, {} MACs, arena {} bytes, weights {} bytes, tables {} bytes\n",
                             request.model, program.layers.size(), text::thousands(program.macs),
                             text::thousands(static_cast<std::int64_t>(program.arena_bytes)),
                             text::thousands(static_cast<std::int64_t>(program.weights_bytes)),
                             text::thousands(static_cast<std::int64_t>(program.requant_bytes)));
  json = {{"model", request.model},
          {"target", request.target},
          {"macs", program.macs},
          {"ram", {{"arena", program.arena_bytes}}}};
  for (const OutputFile& file : files) {
    outcome.text += fmt::format("  {}/{}\n", request.folder, file.path);
    json["files"].push_back(file.path);
  }
  outcome.json = json.dump(2);
  return outcome;
}

namespace {
Result<Outcome> run_and_print(const RunRequest& request) {
  MOTE_TRY(const PreparedModel model, prepare(request));
  DeviceRunOptions options;
  MOTE_TRY(options.hashes, read_hashes(request.hashes));
  MOTE_TRY(const Cases cases, read_cases(model.module, request));
  options.plan = model.plan;
  options.prefix = request.prefix;
  options.sequence = request.sequence;
  options.tolerance = request.tolerance;
  MOTE_TRY(options.golden, read_goldens(model.module, request, cases.count));
  MOTE_TRY(const DeviceRun run, run_on_device(model.module, model.target, cases, options));
  if (auto fits = check_memories(model.target, run); !fits) return fits.error().in(request.model);
  return Outcome{run_text(request.model, run), run_json(request.model, run), run.matches()};
}
}  // namespace

Result<Outcome> run_model(const RunRequest& request) { return run_and_print(request); }
Result<Outcome> bench_model(const RunRequest& request) { return run_and_print(request); }

namespace {

std::string quant_text(const Quant& quant) {
  if (!quant) return "-";
  if (quant.per_channel()) return fmt::format("{} scales", quant.scale.size());
  return fmt::format("{:.6g}·(q{:+})", quant.scale[0], -quant.zero_point[0]);
}

}  // namespace

Result<Outcome> inspect_model(const std::string& model) {
  MOTE_TRY(const Module module, import_model(model));
  const Graph& graph = module.main();
  nlohmann::ordered_json json = {{"model", model}, {"layers", nlohmann::ordered_json::array()}};
  std::string table = fmt::format("{:>3}  {:<28} {:<20} {:<22} {:>12} {:>10} {:>12}  {}\n", "#", "layer",
                                  "op", "output", "MACs", "params B", "activation B", "quantization");
  std::int64_t macs = 0, weights = 0;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    const NodeRef ref{graph, node};
    const OpDef& op = op_of(node);
    const Work work = op.work ? op.work(ref) : Work{};
    macs += work.macs;
    weights += work.weight_bytes;
    const Tensor& out = ref.out(0);
    const std::string type = text::cat(name_of(out.type.dtype), to_text(out.type.shape));
    table += fmt::format("{:>3}  {:<28} {:<20} {:<22} {:>12} {:>10} {:>12}  {}\n", i, node.name.substr(0, 28),
                         node.op, type, text::thousands(work.macs), text::thousands(work.weight_bytes),
                         text::thousands(static_cast<std::int64_t>(out.type.bytes())), quant_text(out.quant));
    json["layers"].push_back({{"name", node.name},
                              {"op", node.op},
                              {"output", type},
                              {"macs", work.macs},
                              {"weight_bytes", work.weight_bytes},
                              {"activation_bytes", out.type.bytes()}});
  }
  std::string head = text::cat(model, "\n");
  const auto port = [&](std::string_view kind, TensorId id) {
    const Tensor& tensor = graph.tensor(id);
    head += fmt::format("{:<7} {} {}{}  {}\n", kind, tensor.name, name_of(tensor.type.dtype),
                        to_text(tensor.type.shape), quant_text(tensor.quant));
    json[std::string(kind) + "s"].push_back(
        {{"name", tensor.name}, {"dtype", name_of(tensor.type.dtype)}, {"shape", tensor.type.shape}});
  };
  for (const GraphInput& input : graph.inputs) port("input", input.tensor);
  for (const TensorId id : graph.outputs) port("output", id);
  json["macs"] = macs;
  json["weight_bytes"] = weights;
  const std::string total = fmt::format("{} layers, {} MACs, {} bytes of weights and biases\n",
                                        graph.nodes.size(), text::thousands(macs), text::thousands(weights));
  return Outcome{head + "\n" + table + "\n" + total, json.dump(2), true};
}

}  // namespace mote
