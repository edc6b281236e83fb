#include "app/device_run.h"

#include <cmath>
#include <cstring>
#include <map>

#include "codegen/codegen.h"
#include "sim/sim.h"

namespace mote {

std::size_t input_bytes(const Module& module) {
  std::size_t bytes = 0;
  for (const GraphInput& input : module.main().inputs)
    bytes += module.main().tensor(input.tensor).type.bytes();
  return bytes;
}
std::size_t output_bytes(const Module& module) {
  std::size_t bytes = 0;
  for (const TensorId id : module.main().outputs) bytes += module.main().tensor(id).type.bytes();
  return bytes;
}

namespace {

using ByteSpan = std::span<const std::uint8_t>;

// The inputs of one case as the simulator takes them.
std::vector<ByteSpan> inputs_of(const Module& module, const Cases& cases, std::uint32_t which) {
  std::vector<ByteSpan> inputs;
  const std::uint8_t* at = cases.bytes.data() + which * input_bytes(module);
  for (const GraphInput& input : module.main().inputs) {
    const std::size_t bytes = module.main().tensor(input.tensor).type.bytes();
    inputs.emplace_back(at, bytes);
    at += bytes;
  }
  return inputs;
}

Result<Bytes> simulate(const Module& module, const Cases& cases, bool sequence) {
  const std::size_t stride = output_bytes(module);
  Bytes outputs(cases.count * stride);
  MOTE_TRY(const Sim prototype, Sim::make(module));
  const auto run = [&](Sim& sim, std::uint32_t which) {
    if (!sequence) sim.reset();
    sim.invoke(inputs_of(module, cases, which));
    std::uint8_t* at = outputs.data() + which * stride;
    for (std::size_t i = 0; i < module.main().outputs.size(); ++i) {
      const ByteSpan out = sim.output(static_cast<int>(i));
      std::memcpy(at, out.data(), out.size());
      at += out.size();
    }
  };
  if (sequence) {
    Sim sim = prototype;
    for (std::uint32_t which = 0; which < cases.count; ++which) run(sim, which);
    return outputs;
  }
  constexpr std::uint32_t chunk = 32;
  parallel_for(static_cast<int>((cases.count + chunk - 1) / chunk), [&](int c) {
    Sim sim = prototype;
    const std::uint32_t begin = static_cast<std::uint32_t>(c) * chunk;
    for (std::uint32_t which = begin; which < std::min(cases.count, begin + chunk); ++which) run(sim, which);
  });
  return outputs;
}

// Counts differing bytes; float elements count as equal within a relative tolerance.
class OutputComparison {
 public:
  OutputComparison(const Module& module, double tolerance) : tolerance_(tolerance) {
    for (const TensorId id : module.main().outputs) types_.push_back(module.main().tensor(id).type);
  }

  std::uint64_t differing(ByteSpan a, ByteSpan b) const {
    std::uint64_t bytes = 0;
    std::size_t at = 0;
    while (at < a.size()) {
      for (const TensorType& type : types_) {
        bytes += differing_in(type, a.subspan(at, type.bytes()), b.subspan(at, type.bytes()));
        at += type.bytes();
      }
    }
    return bytes;
  }

 private:
  std::uint64_t differing_in(const TensorType& type, ByteSpan a, ByteSpan b) const {
    std::uint64_t bytes = 0;
    if (type.dtype != DType::F32 || tolerance_ <= 0) {
      for (std::size_t i = 0; i < a.size(); ++i) bytes += a[i] != b[i] ? 1 : 0;
      return bytes;
    }
    for (std::size_t i = 0; i + 4 <= a.size(); i += 4) {
      float x, y;
      std::memcpy(&x, a.data() + i, 4);
      std::memcpy(&y, b.data() + i, 4);
      const double bound = tolerance_ * std::max({std::abs(double(x)), std::abs(double(y)), 1e-6});
      if (!(std::abs(double(x) - double(y)) <= bound) && std::memcmp(&x, &y, 4) != 0) bytes += 4;
    }
    return bytes;
  }

  double tolerance_;
  std::vector<TensorType> types_;
};

std::uint32_t first_differing_case(const OutputComparison& comparison, const Bytes& a, const Bytes& b,
                                   std::size_t stride) {
  for (std::uint32_t which = 0; (which + 1) * stride <= a.size(); ++which) {
    const ByteSpan left(a.data() + which * stride, stride), right(b.data() + which * stride, stride);
    if (comparison.differing(left, right) > 0) return which;
  }
  return 0;
}

// Every tensor of a case on the host, by tensor.
std::map<TensorId, Bytes> tensors_on_host(const Module& module, Sim& sim, const Cases& cases,
                                          std::uint32_t which) {
  std::map<TensorId, Bytes> tensors;
  sim.invoke(inputs_of(module, cases, which),
             [&](TensorId id, ByteSpan bytes) { tensors[id] = Bytes(bytes.begin(), bytes.end()); });
  return tensors;
}

// One case after the other: what the device's trace holds beside what the host has.
class TraceWalk {
 public:
  TraceWalk(const Module& module, const Program& program, const Cases& cases, const RunOutput& device,
            bool sequence)
      : module_(module), program_(program), cases_(cases), device_(device), sequence_(sequence) {
    for (const ProgramTensor& tensor : program.trace) stride_ += tensor.bytes;
  }

  // Where the first difference arises, in the words of the user's model; empty when there is none.
  Result<std::string> first_difference(std::uint32_t first_case) const {
    MOTE_TRY(Sim sim, Sim::make(module_));
    for (std::uint32_t which = sequence_ ? 0 : first_case; which < cases_.count; ++which) {
      if (!sequence_) sim.reset();
      const auto host = tensors_on_host(module_, sim, cases_, which);
      const std::uint8_t* at = device_.tensors.data() + which * stride_;
      std::size_t index = 0;
      for (const ProgramLayer& layer : program_.layers) {
        for (std::size_t i = 0; i < layer.completes.size(); ++i, ++index) {
          const ProgramTensor& traced = program_.trace[index];
          if (std::string where = difference(layer, which, host.at(traced.tensor), {at, traced.bytes});
              !where.empty())
            return where;
          at += traced.bytes;
        }
      }
    }
    return std::string();
  }

  Result<void> compare_hashes(const std::vector<TensorHash>& hashes, DeviceRun& run) const {
    MOTE_TRY(Sim sim, Sim::make(module_));
    std::map<std::uint32_t, std::map<std::int32_t, std::uint64_t>> by_case;
    for (const TensorHash& hash : hashes) by_case[hash.input][hash.tensor] = hash.hash;
    for (const auto& [which, wanted] : by_case) {
      if (which >= cases_.count) continue;
      if (!sequence_) sim.reset();
      const auto host = tensors_on_host(module_, sim, cases_, which);
      std::map<std::int32_t, std::uint64_t> on_host, on_device;
      for (const auto& [id, bytes] : host)
        on_host[module_.main().tensor(id).source_index] = text::fnv1a64(bytes);
      const std::uint8_t* at = device_.tensors.data() + which * stride_;
      for (const ProgramTensor& traced : program_.trace) {
        on_device[module_.main().tensor(traced.tensor).source_index] = text::fnv1a64({at, traced.bytes});
        at += traced.bytes;
      }
      for (const auto& [tensor, hash] : wanted) {
        if (on_host.count(tensor) == 0) {
          return error(text::cat("the hashes name tensor ", tensor, ", which the model does not compute"),
                       "compare with --no-fuse");
        }
        ++run.hashes_compared;
        run.hashes_host += on_host[tensor] != hash ? 1 : 0;
        if (on_device.count(tensor) > 0)
          run.hashes_device += on_device[tensor] != hash ? 1 : 0;  // inputs are not traced
      }
    }
    return {};
  }

 private:
  std::string difference(const ProgramLayer& layer, std::uint32_t which, const Bytes& host,
                         ByteSpan device) const {
    for (std::size_t i = 0; i < device.size(); ++i) {
      if (host[i] == device[i]) continue;
      return text::cat("case ", which, ", layer '", layer.name, "' (", layer.op, ", ", layer.variant,
                       "), byte ", i, " of ", device.size(), ": the device has ",
                       static_cast<int>(static_cast<std::int8_t>(device[i])), ", the host ",
                       static_cast<int>(static_cast<std::int8_t>(host[i])));
    }
    return "";
  }

  const Module& module_;
  const Program& program_;
  const Cases& cases_;
  const RunOutput& device_;
  bool sequence_;
  std::size_t stride_ = 0;
};

// Traces cost room: tensors of this many cases are fetched at once, unless they belong together.
std::uint32_t cases_per_trace(const Program& program) {
  std::size_t bytes = 1;
  for (const ProgramTensor& tensor : program.trace) bytes += tensor.bytes;
  constexpr std::size_t room = std::size_t{1} << 28;
  return static_cast<std::uint32_t>(std::max<std::size_t>(1, room / bytes));
}

Cases slice(const Module& module, const Cases& cases, std::uint32_t begin, std::uint32_t count) {
  const std::size_t stride = input_bytes(module);
  const auto from = cases.bytes.begin() + static_cast<std::ptrdiff_t>(begin * stride);
  return {count, Bytes(from, from + static_cast<std::ptrdiff_t>(count * stride))};
}

// Runs the traced firmware from the first differing case on and asks where the difference arises.
Result<std::string> locate(const Module& module, const Program& program, const Firmware& firmware,
                           const Cases& cases, const DeviceRunOptions& options, std::uint32_t first_case) {
  const std::uint32_t begin = options.sequence ? 0 : first_case;
  const std::uint32_t end = std::min(cases.count, std::min(first_case + 1, begin + cases_per_trace(program)));
  const Cases part = slice(module, cases, begin, end - begin);
  RunOptions run;
  run.sequence = options.sequence;
  run.dump_tensors = true;
  MOTE_TRY(const RunOutput traced, firmware.run(part.bytes, part.count, run));
  MOTE_TRY(std::string where, TraceWalk(module, program, part, traced, options.sequence).first_difference(0));
  if (where.empty())
    return text::cat("case ", first_case, ": the outputs differ, no layer does (only without the trace)");
  return begin == 0 ? where : text::cat(where, " [cases counted from ", begin, "]");
}

}  // namespace

Result<DeviceRun> compare_with_host(const Module& module, const Program& program, const Firmware& firmware,
                                    const Cases& cases, const DeviceRunOptions& options) {
  DeviceRun result;
  result.samples = cases.count;
  result.macs = program.macs;
  result.model_hash = program.model_hash;
  result.arena_bytes = program.arena_bytes;
  result.weights_bytes = program.weights_bytes;
  result.requant_bytes = program.requant_bytes;
  MOTE_TRY(const Bytes expected, simulate(module, cases, options.sequence));
  const double begin = now_seconds();
  RunOptions run;
  run.sequence = options.sequence;
  MOTE_TRY(const RunOutput device, firmware.run(cases.bytes, cases.count, run));
  result.seconds_run = now_seconds() - begin;
  result.outputs = device.outputs;
  result.instructions = device.instructions;
  result.stack = device.stack;
  result.weights_intact = device.weights_intact;

  const OutputComparison comparison(module, options.tolerance);
  result.compared_bytes = expected.size();
  result.mismatched_bytes = comparison.differing(device.outputs, expected);
  if (result.mismatched_bytes > 0) {
    const std::uint32_t first =
        first_differing_case(comparison, device.outputs, expected, output_bytes(module));
    MOTE_TRY(result.first_mismatch, locate(module, program, firmware, cases, options, first));
  } else if (!device.weights_intact) {
    result.first_mismatch = "the constants in the firmware are not those that were built";
  }
  if (options.golden) {
    if (options.golden->size() != expected.size()) {
      return error(text::cat("the golden outputs hold ", options.golden->size(), " bytes, ", cases.count,
                             " cases have ", expected.size()));
    }
    result.golden_bytes = expected.size();
    result.golden_host = comparison.differing(expected, *options.golden);
    result.golden_device = comparison.differing(device.outputs, *options.golden);
  }
  if (!options.hashes.empty()) {
    run.dump_tensors = true;
    MOTE_TRY(const RunOutput traced, firmware.run(cases.bytes, cases.count, run));
    MOTE_TRY_VOID(
        TraceWalk(module, program, cases, traced, options.sequence).compare_hashes(options.hashes, result));
  }
  return result;
}

std::vector<std::string> measured_lines(const Target& target, const DeviceRun& run) {
  std::vector<std::string> lines;
  const std::string how = text::cat(target.toolchain.compiler, " ", text::join(target.toolchain.flags, " "));
  const auto number = [](double value) { return text::thousands(static_cast<std::int64_t>(value + 0.5)); };
  if (run.instructions)
    lines.push_back(text::cat(number(*run.instructions), " instructions an inference, counted by ",
                              target.emulator.program, " (not cycles)"));
  if (run.stack) lines.push_back(text::cat(*run.stack, " bytes of stack by init and invoke, painted"));
  if (run.size)
    lines.push_back(
        text::cat(number(static_cast<double>(run.size->code)), " bytes of code, less an empty image; ", how));
  return lines;
}

Result<DeviceRun> run_on_device(const Module& module, const Target& target, const Cases& cases,
                                const DeviceRunOptions& options) {
  MOTE_CHECK(cases.bytes.size() == cases.count * input_bytes(module), "inputs of every case");
  if (cases.count == 0) return error("there are no samples to run", "give inputs, or --samples 1 or more");
  MOTE_TRY_VOID(verify(module, Stage::Deployable));
  const double begin = now_seconds();
  MOTE_TRY(const Plan plan, make_plan(module, target, options.plan));
  CodegenOptions codegen;
  codegen.prefix = options.prefix;
  codegen.keep_input = options.plan.keep_input;
  MOTE_TRY(const Program program, make_program(module, plan, codegen));
  MOTE_TRY(const Firmware firmware, Firmware::build(program, target));
  const double compiled = now_seconds() - begin;

  MOTE_TRY(DeviceRun result, compare_with_host(module, program, firmware, cases, options));
  result.seconds_compile = compiled;
  result.target = target.name;
  result.optimize = plan.optimize;
  result.arena_lower_bound = plan.memory.lower_bound;
  result.peak_step = plan.memory.peak_step;
  result.buffers = plan.memory.buffers;
  for (const Step& step : plan.steps)
    result.steps.push_back(module.main().nodes[std::get<Call>(step.what).node].name);
  for (const ProgramLayer& layer : program.layers) {
    const std::size_t arrow = layer.summary.find("→ ");
    result.layers.push_back({layer.name,
                             layer.op,
                             layer.variant,
                             layer.summary.substr(arrow + std::string("→ ").size()),
                             layer.macs,
                             {},
                             {}});
  }
  if (!options.measure) return result;
  MOTE_TRY(const ImageSize size, firmware.size());
  if (target.emulator.counts_instructions) result.size = size;
  constexpr std::uint32_t enough = 8;  // instruction counts hardly depend on the data
  RunOptions profile;
  profile.profile_layers = true;
  const Cases few = slice(module, cases, 0, std::min(cases.count, enough));
  MOTE_TRY(const RunOutput profiled, firmware.run(few.bytes, few.count, profile));
  for (std::size_t i = 0; i < result.layers.size(); ++i) {
    if (i < profiled.layer_instructions.size())
      result.layers[i].instructions = profiled.layer_instructions[i];
  }
  if (target.cycle_model.cycles.empty()) return result;
  constexpr std::uint32_t enough_for_cycles = 4;
  RunOptions cycles;
  cycles.estimate_cycles = true;
  const Cases fewer = slice(module, cases, 0, std::min(cases.count, enough_for_cycles));
  // An emulator that refuses the plugin leaves the estimate absent; what was proved above stands.
  if (const Result<RunOutput> estimate = firmware.run(fewer.bytes, fewer.count, cycles)) {
    result.cycles_estimated = estimate->cycles_estimated;
    for (std::size_t i = 0; i < std::min(result.layers.size(), estimate->layer_cycles.size()); ++i)
      result.layers[i].cycles_estimated = estimate->layer_cycles[i];
  }
  return result;
}

}  // namespace mote
