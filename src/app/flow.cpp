// `mote flow`: data → train → quantize → compile → run on the target → report.  Each step is one call of a room; what is
// written to disk is written at the end, all of it or nothing.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/app.h"
#include "app/data_pictures.h"
#include "app/device_run.h"
#include "app/flow_report.h"
#include "app/network.h"
#include "app/project.h"
#include "app/project_data.h"
#include "codegen/codegen.h"
#include "data/checks.h"
#include "eval/anomaly.h"
#include "eval/evaluate.h"
#include "eval/judge.h"
#include "export/export.h"
#include "passes/pipeline.h"
#include "shrink/quantize.h"
#include "sim/sim.h"
#include "train/train.h"

namespace mote {
namespace fs = std::filesystem;

namespace {

// Seconds that a step took.
class Stopwatch {
 public:
  double lap() {
    const double now = now_seconds();
    const double passed = now - last_;
    last_ = now;
    return passed;
  }

 private:
  double last_ = now_seconds();
};

std::string as_text(const Bytes& bytes) { return std::string(bytes.begin(), bytes.end()); }

// `count` of them, evenly spread over the whole, so that no class is left out because of the file's order.
std::vector<std::size_t> spread(const std::vector<std::size_t>& all, std::int64_t count) {
  if (count <= 0 || static_cast<std::size_t>(count) >= all.size()) return all;
  std::vector<std::size_t> some;
  for (std::int64_t i = 0; i < count; ++i)
    some.push_back(all[static_cast<std::size_t>(i) * all.size() / static_cast<std::size_t>(count)]);
  return some;
}

class Flow {
 public:
  Flow(const FlowRequest& request, Project project) : request_(request), project_(std::move(project)) {}

  Result<Outcome> run() {
    MOTE_TRY_VOID(check_ahead());
    MOTE_TRY_VOID(read_data());
    MOTE_TRY_VOID(train_network());
    MOTE_TRY_VOID(quantize_network());
    for (const TargetRequest& target : project_.targets) MOTE_TRY_VOID(run_on(target));
    return finish();
  }

 private:
  // What can be known before hours of training is said before it: targets, tools, names, the place for the results.
  Result<void> check_ahead() const {
    if (auto usable = check_prefix(text::identifier(project_.name)); !usable)
      return usable.error().in(text::cat(at("name"), ", name"));
    for (const TargetRequest& request : project_.targets) {
      auto target = find_target(request.name);
      if (!target) return target.error().in(at("target.name"));
      MOTE_TRY_VOID(check_tools(*target));
      const bool budgets = request.flash_kb > 0 || request.ram_kb > 0 || request.latency_ms > 0;
      if (budgets && !target->emulator.counts_instructions && !target->emulator.counts_cycles) {
        return error(text::cat(at("target.name"), ": budgets of target '", request.name,
                               "' cannot be checked: nothing is measured there"),
                     "give the budgets to an emulated target, such as cortex-m4");
      }
    }
    MOTE_TRY_VOID(check_output_folder(output_folder(), project_, request_.project));
    return check_writable(output_folder());
  }

  // "mote.toml, line 12", or the file alone where the key is not given.
  std::string at(const std::string& key) const {
    const auto line = project_.lines.find(key);
    return line == project_.lines.end() ? project_.file : text::cat(project_.file, ", line ", line->second);
  }

  fs::path output_folder() const {
    return request_.output.empty() ? project_.folder / "out" : fs::path(request_.output);
  }

  // ---- data

  Result<void> read_data() {
    MOTE_TRY(LoadedProject loaded, load_project_data(project_));
    data_ = std::move(loaded.data);
    report_.mote_version = version();
    report_.project = project_.name;
    report_.sample_word = data_.place.empty() ? "samples" : "windows";
    report_.task = std::string(name_of(data_.task));
    report_.labels = data_.labels;
    report_.unit = data_.number.unit;
    report_.data.name = data_.name;
    report_.data.synthetic = project_.is_generated();
    report_.data.origin = loaded.origin;
    report_.file_hashes = loaded.file_hashes;
    const DataSummary summary = summarize(data_);
    report_.data.counted = summary.labels;
    for (int split = 0; split < 3; ++split) {
      const auto& counts = summary.counts[static_cast<std::size_t>(split)];
      report_.data.splits.push_back({std::string(name_of(static_cast<Split>(split))), counts, {}});
      if (data_.task == Task::MultiLabel)
        report_.data.splits.back().samples = summary.samples[static_cast<std::size_t>(split)];
    }
    for (const Finding& finding : check_dataset(data_).findings) {
      report_.data.findings.push_back(
          {std::string(name_of(finding.severity)), finding.title, finding.detail});
    }
    for (const InputSummary& input : summary.inputs) {
      report_.data.inputs.push_back(
          {input.name, input.unit, to_text(Shape(input.shape.begin(), input.shape.end())), input.rate_hz,
           input.all.minimum, input.all.maximum, input.all.mean, input.all.deviation});
    }
    report_.data.pictures = data_pictures(data_, summary);
    report_.seconds.data = watch_.lap();
    return {};
  }

  // ---- training

  Result<void> train_network() {
    MOTE_TRY(Module network, build_network(project_.model, data_));
    initialize_weights(network, project_.train.seed);
    MOTE_TRY(Trained trained, train(network, data_, project_.train));
    for (const EpochFigures& epoch : trained.epochs) {
      report_.training.epochs.push_back(
          {epoch.train_loss, epoch.validation_loss, epoch.train_accuracy, epoch.validation_accuracy});
    }
    report_.training.best_epoch = trained.best_epoch;
    report_.training.kept_because =
        project_.train.monitor == "last"
            ? "the last one, as the project asks"
            : text::cat("the best ", project_.train.monitor, " on validation data");
    const TrainOptions& o = project_.train;
    report_.training.rare_count_more = o.balanced_class_weights || !o.class_weights.empty() ||
                                       o.sampling == "balanced" || o.monitor == "f1_macro";
    report_.training.options = {{"optimizer", o.optimizer},
                                {"learning rate", fmt::format("{:g}, {}", o.learning_rate, o.schedule)},
                                {"batch", fmt::format("{}", o.batch)},
                                {"epochs", fmt::format("{} of {}", trained.epochs.size(), o.epochs)},
                                {"seed", fmt::format("{}", o.seed)}};
    trained_ = std::move(trained.module);
    MOTE_TRY(float_, prepare_quantization(trained_));
    MOTE_TRY(report_.float_metrics, metrics_on_test(float_));
    MOTE_TRY(const TrivialAnswer trivial, trivial_answer(data_, test()));
    report_.baseline = {trivial.name, trivial.figure, trivial.value};
    report_.samples = static_cast<std::int64_t>(test().size());
    report_.seconds.train = watch_.lap();
    return {};
  }

  std::vector<std::size_t> test() const { return data_.indices(Split::Test); }

  /// Chooses the threshold first, where there is one to choose: on normal samples of validation, by this model's own answers.
  Result<std::optional<FlowReport::Metrics>> metrics_on_test(const Module& module) {
    threshold_ = std::nullopt;
    if (data_.task == Task::Anomaly) {
      std::vector<std::size_t> normal = data_.indices(Split::Validation);
      if (normal.empty()) normal = data_.indices(Split::Train);
      MOTE_TRY(const Predictions seen, evaluate(module, data_, normal));
      std::vector<double> scores;
      for (std::size_t i = 0; i < normal.size(); ++i) {
        const std::span<const float> answer(seen.scores);
        scores.push_back(anomaly_score(data_.inputs[0].sample(normal[i]),
                                       answer.subspan(i * seen.scores_per_sample, seen.scores_per_sample)));
      }
      MOTE_TRY(const double threshold, anomaly_threshold(scores, project_.threshold_share));
      threshold_ = threshold;
    }
    MOTE_TRY(const Predictions predictions, evaluate(module, data_, test()));
    return metrics_of(test(), predictions.scores, predictions.scores_per_sample);
  }

  Result<std::optional<FlowReport::Metrics>> metrics_of(std::span<const std::size_t> samples,
                                                        std::span<const float> scores,
                                                        std::size_t per_sample) const {
    MOTE_TRY(Judgement judgement, judge(data_, samples, scores, per_sample, threshold_));
    FlowReport::Metrics metrics{std::move(judgement), threshold_};
    return std::optional<FlowReport::Metrics>(std::move(metrics));
  }

  // ---- quantization

  Result<void> quantize_network() {
    CalibrationInputs inputs(data_.inputs.size());
    for (const std::size_t sample : spread(data_.indices(Split::Train), project_.calibration_samples)) {
      for (std::size_t i = 0; i < data_.inputs.size(); ++i) {
        const auto values = data_.inputs[i].sample(sample);
        inputs[i].emplace_back(values.begin(), values.end());
      }
    }
    MOTE_TRY(Quantized quantized, quantize(float_, inputs, project_.quantize));
    for (const LayerSqnr& layer : quantized.layers) {
      report_.quantization.push_back({layer.layer, layer.op, layer.sqnr_db, layer.float_min, layer.float_max,
                                      layer.scale, layer.zero_point});
    }
    int8_ = std::move(quantized.module);
    int8_.metadata["provenance"] = Bytes();
    const std::string provenance =
        text::cat("made by mote ", version(), " from project '", project_.name, "'");
    int8_.metadata["provenance"].assign(provenance.begin(), provenance.end());
    set_labels(int8_, data_.labels);
    set_labels(float_, data_.labels);
    MOTE_TRY(report_.int8_metrics, metrics_on_test(int8_));
    report_.seconds.quantize = watch_.lap();
    return {};
  }

  // ---- targets

  Cases device_cases(const std::vector<std::size_t>& samples) const {
    Cases cases{static_cast<std::uint32_t>(samples.size()), {}};
    for (const std::size_t sample : samples) {
      for (std::size_t i = 0; i < data_.inputs.size(); ++i) {
        const Tensor& tensor = int8_.main().tensor(int8_.main().inputs[i].tensor);
        const Bytes bytes = to_tensor_bytes(tensor, data_.inputs[i].sample(sample));
        cases.bytes.insert(cases.bytes.end(), bytes.begin(), bytes.end());
      }
    }
    return cases;
  }

  Result<void> run_on(const TargetRequest& request) {
    auto found = find_target(request.name);
    if (!found) return found.error().in(project_.file);
    const Target& target = *found;
    DeviceRunOptions options;
    options.prefix = text::identifier(project_.name);
    options.plan.optimize = request.optimize == "size"  ? PlanOptions::Optimize::Size
                            : request.optimize == "ram" ? PlanOptions::Optimize::Ram
                                                        : PlanOptions::Optimize::Speed;
    const std::vector<std::size_t> samples = spread(test(), request.samples);
    auto run = run_on_device(int8_, target, device_cases(samples), options);
    if (!run) return run.error();
    FlowReport::Device device = describe(target, *run);
    MOTE_TRY(device.metrics, device_metrics(samples, run->outputs));
    MOTE_TRY_VOID(hold_budgets(request, device));
    if (report_.devices.empty()) {
      report_.seconds.compile = run->seconds_compile;
      report_.seconds.run = run->seconds_run;
      report_.model_hash = run->model_hash;
      MOTE_TRY_VOID(print_sources(target, options, *run));
    }
    report_.devices.push_back(std::move(device));
    return {};
  }

  Result<std::optional<FlowReport::Metrics>> device_metrics(const std::vector<std::size_t>& samples,
                                                            const Bytes& outputs) const {
    const Tensor& tensor = int8_.main().tensor(int8_.main().outputs[0]);
    const std::size_t stride = output_bytes(int8_);
    std::vector<float> scores;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const std::vector<float> own = to_reals(tensor, {outputs.data() + i * stride, tensor.type.bytes()});
      scores.insert(scores.end(), own.begin(), own.end());
    }
    return metrics_of(samples, scores, scores.size() / std::max<std::size_t>(samples.size(), 1));
  }

  FlowReport::Device describe(const Target& target, const DeviceRun& run) const {
    FlowReport::Device device;
    device.target = target.name;
    device.board_name = target.emulator.program.empty()
                            ? "this machine"
                            : text::cat(target.emulator.program, ", ", target.cpu);
    device.optimize = run.optimize;
    device.samples = run.samples;
    device.compared_bytes = static_cast<std::int64_t>(run.compared_bytes);
    device.mismatched_bytes = static_cast<std::int64_t>(run.mismatched_bytes);
    device.layer_samples = run.layer_samples;
    device.layer_bytes = static_cast<std::int64_t>(run.layer_bytes);
    device.layer_mismatches = static_cast<std::int64_t>(run.layer_mismatches);
    device.first_mismatch = run.first_mismatch;
    device.weights_intact = run.weights_intact;
    device.macs = run.macs;
    if (run.size) {
      device.flash_code = static_cast<std::int64_t>(run.size->code);
      device.flash_weights = static_cast<std::int64_t>(run.size->weights);
      device.flash_quant = static_cast<std::int64_t>(run.size->tables);
      device.ram_static = static_cast<std::int64_t>(run.size->static_ram);
    }
    device.ram_arena = static_cast<std::int64_t>(run.arena_bytes);
    if (run.stack) device.ram_stack = *run.stack;
    device.instructions = run.instructions;
    device.cycles_exact = run.cycles;
    device.cycles_estimated = run.cycles_estimated;
    for (const LayerFigures& layer : run.layers) {
      device.layers.push_back({layer.name, layer.op, layer.variant, layer.output, layer.macs,
                               layer.instructions, layer.cycles_estimated});
    }
    device.memory.arena_bytes = static_cast<std::int64_t>(run.arena_bytes);
    device.memory.lower_bound = static_cast<std::int64_t>(run.arena_lower_bound);
    device.memory.peak_step = run.peak_step;
    device.memory.steps = run.steps;
    for (const Buffer& buffer : run.buffers) {
      if (buffer.within >= 0) continue;
      device.memory.buffers.push_back({buffer.name, buffer.at.offset, static_cast<std::int64_t>(buffer.bytes),
                                       buffer.first, buffer.last});
    }
    if (!target.board_name.empty()) {
      device.estimate =
          estimate(target.is_board ? target.board_name
                                   : text::cat("figures of ", target.board_name, ", a board with this core"),
                   target.board.datasheet, target.board.clock_hz, target.board.microamp_per_mhz,
                   target.board.volts, run.cycles ? run.cycles : run.cycles_estimated);
    }
    return device;
  }

  // A budget that is not kept ends the flow: nothing is written.
  Result<void> hold_budgets(const TargetRequest& request, FlowReport::Device& device) const {
    const auto sum = [](std::optional<std::int64_t> a, std::optional<std::int64_t> b,
                        std::optional<std::int64_t> c) -> std::optional<double> {
      if (!a || !b) return std::nullopt;
      return static_cast<double>(*a + *b + c.value_or(0));
    };
    const auto add = [&](const std::string& name, const std::string& unit, double limit,
                         std::optional<double> actual) {
      FlowReport::Budget budget{name, unit, {}, actual, true};
      if (limit > 0) budget.limit = limit;
      budget.ok = !budget.limit || (actual && *actual <= limit);
      device.budgets.push_back(budget);
    };
    add("flash", "bytes", request.flash_kb * 1000,
        sum(device.flash_code, device.flash_weights, device.flash_quant));
    add("RAM", "bytes", request.ram_kb * 1000, sum(device.ram_arena, device.ram_static, device.ram_stack));
    add("latency", "ms", request.latency_ms, device.estimate ? device.estimate->latency_ms : std::nullopt);
    for (const FlowReport::Budget& budget : device.budgets) {
      if (budget.ok) continue;
      if (!budget.actual) {
        return error(text::cat(project_.file, ": the ", budget.name, " budget of target '", request.name,
                               "' cannot be checked: it is not measured there"),
                     "give the budget to an emulated target, such as cortex-m4");
      }
      const std::string key = budget.name == "flash" ? "flash_kb"
                              : budget.name == "RAM" ? "ram_kb"
                                                     : "latency_ms";
      const std::string where = at("target." + key);
      return error(fmt::format("{}: target '{}' needs {:.6g} {} of {}, the budget is {:.6g}", where,
                               request.name, *budget.actual, budget.unit, budget.name, *budget.limit),
                   text::cat("a smaller network, optimize = \"", budget.name == "RAM" ? "ram" : "size",
                             "\", or a larger ", key));
    }
    return {};
  }

  Result<void> print_sources(const Target& target, const DeviceRunOptions& options, const DeviceRun& run) {
    MOTE_TRY(const Plan plan, make_plan(int8_, target, options.plan));
    CodegenOptions codegen;
    codegen.prefix = options.prefix;
    MOTE_TRY(Program program, make_program(int8_, plan, codegen));
    program.measured = measured_lines(target, run);
    for (OutputFile& file : print(program))
      files_.push_back({"firmware/" + file.path, std::move(file.content)});
    return {};
  }

  // ---- the end

  Result<Outcome> finish() {
    MOTE_TRY(const Bytes float_file, export_tflite(float_));
    MOTE_TRY(const Bytes int8_file, export_tflite(int8_));
    const std::string stem = text::identifier(project_.name);
    const fs::path folder = output_folder();
    report_.model = stem + "_int8.tflite";
    // What is written has no clock in it: the same project gives the same bytes.  The terminal shows how long it took.
    FlowReport lasting = report_;
    lasting.seconds = {};
    Outcome outcome;
    outcome.ok = report_.ok();
    outcome.json = to_json(report_).dump(2);
    files_.push_back({stem + "_float.tflite", as_text(float_file)});
    files_.push_back({stem + "_int8.tflite", as_text(int8_file)});
    files_.push_back({"report.html", report::to_html(to_document(lasting))});
    files_.push_back({"report.json", to_json(lasting).dump(2) + "\n"});
    MOTE_TRY_VOID(write_tree(folder, files_));
    MOTE_TRY_VOID(save_checkpoint(trained_, folder / (stem + ".npz")));
    outcome.text = report::to_text(to_document(report_));
    // The verdict stays the last line.
    const std::string written =
        text::cat("written: ", (folder / "report.html").string(), ", ", (folder / report_.model).string(),
                  ", sources in ", (folder / "firmware").string(), "\n");
    const std::size_t end = outcome.text.find_last_not_of('\n');
    const std::size_t last_line = outcome.text.rfind('\n', end) + 1;
    outcome.text.insert(last_line, written);
    return outcome;
  }

  const FlowRequest& request_;
  Project project_;
  Dataset data_;
  Module trained_, float_, int8_;
  std::optional<double> threshold_;  ///< of anomaly scores, of the model evaluated last
  FlowReport report_;
  std::vector<OutputFile> files_;
  Stopwatch watch_;
};

}  // namespace

Result<Outcome> flow(const FlowRequest& request) {
  MOTE_TRY(Project project, load_project(request.project));
  return Flow(request, std::move(project)).run();
}

}  // namespace mote
