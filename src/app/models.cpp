// compile, run, bench: what mote does with a model file.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/model_cases.h"

namespace mote {

Result<Outcome> compile_model(const CompileRequest& request) {
  MOTE_TRY(const PreparedModel model, prepare(request));
  MOTE_TRY(const Plan plan, make_plan(model.module, model.target, model.plan));
  CodegenOptions options;
  options.prefix = request.prefix;
  options.keep_input = request.keep_input;
  MOTE_TRY(const Program program, make_program(model.module, plan, options));
  if (auto fits = check_memories_ahead(model.target, program); !fits) return fits.error().in(request.model);
  const std::vector<OutputFile> files = print(program);
  MOTE_TRY_VOID(write_tree(request.folder, files));
  Outcome outcome;
  nlohmann::ordered_json json;
  outcome.text =
      fmt::format("{}: {} layers that run, {} MACs, arena {} bytes; constants in flash: {}\n", request.model,
                  program.layers.size(), text::thousands(program.macs),
                  text::thousands(static_cast<std::int64_t>(program.arena_bytes)), constants_text(program));
  json = {{"model", request.model},
          {"target", request.target},
          {"macs", program.macs},
          {"ram", {{"arena", program.arena_bytes}}}};
  std::uint64_t traffic = 0;
  for (const ProgramMemory& memory : program.memories) traffic += memory.traffic;
  for (const ProgramMemory& memory : program.memories) {
    if (program.memories.size() == 1) break;
    const double share =
        static_cast<double>(memory.traffic) / static_cast<double>(std::max<std::uint64_t>(traffic, 1));
    outcome.text += fmt::format("  {:<12} {:>9} bytes, {:.1f} % of what is read and written\n", memory.name,
                                text::thousands(static_cast<std::int64_t>(memory.bytes)), 100 * share);
    json["ram"]["memories"].push_back(
        {{"name", memory.name}, {"bytes", memory.bytes}, {"traffic_share", share}});
  }
  for (const OutputFile& file : files) {
    outcome.text += fmt::format("  {}/{}\n", request.folder, file.path);
    json["files"].push_back(file.path);
  }
  outcome.json = json.dump(2);
  return outcome;
}

namespace {
Result<Outcome> run_and_print(const RunRequest& request, bool speed) {
  MOTE_TRY_VOID(check_run_options(request));
  MOTE_TRY(const PreparedModel model, prepare(request));
  DeviceRunOptions options;
  MOTE_TRY(options.hashes, read_hashes(request.hashes));
  MOTE_TRY(const Cases cases, read_cases(model.module, request));
  options.plan = model.plan;
  options.prefix = request.prefix;
  options.sequence = request.sequence;
  options.tolerance = request.tolerance;
  options.speed = speed;
  MOTE_TRY(options.golden, read_goldens(model.module, request, cases.count));
  const Result<DeviceRun> run = run_on_device(model.module, model.target, cases, options);
  if (!run) return run.error().in(request.model);
  return Outcome{run_text(request.model, *run), run_json(request.model, *run), run->matches()};
}
}  // namespace

Result<Outcome> run_model(const RunRequest& request) { return run_and_print(request, false); }
Result<Outcome> bench_model(const RunRequest& request) { return run_and_print(request, true); }

}  // namespace mote
