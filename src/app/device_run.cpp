#include "app/device_run.h"

#include <cmath>
#include <cstring>
#include <map>
#include <numeric>

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

bool same_bits(ByteSpan a, ByteSpan b, std::size_t at) {
  return std::equal(a.begin() + static_cast<std::ptrdiff_t>(at),
                    a.begin() + static_cast<std::ptrdiff_t>(at) + 4,
                    b.begin() + static_cast<std::ptrdiff_t>(at));
}

// Bytes that differ between two tensors; float elements count as equal within a relative tolerance.
std::uint64_t differing_bytes(const TensorType& type, ByteSpan a, ByteSpan b, double tolerance) {
  std::uint64_t bytes = 0;
  if (type.dtype != DType::F32 || tolerance <= 0) {
    for (std::size_t i = 0; i < a.size(); ++i) bytes += a[i] != b[i] ? 1 : 0;
    return bytes;
  }
  for (std::size_t i = 0; i + 4 <= a.size(); i += 4) {
    float x, y;
    std::memcpy(&x, a.data() + i, 4);
    std::memcpy(&y, b.data() + i, 4);
    const double bound = tolerance * std::max({std::abs(double(x)), std::abs(double(y)), 1e-6});
    if (!(std::abs(double(x) - double(y)) <= bound) && !same_bits(a, b, i)) bytes += 4;
  }
  return bytes;
}

// Differing bytes of the outputs, by case.
std::vector<std::uint64_t> differing_outputs(const Module& module, const Bytes& a, const Bytes& b,
                                             double tolerance) {
  std::vector<std::uint64_t> by_case;
  for (std::size_t at = 0; at < a.size();) {
    by_case.push_back(0);
    for (const TensorId id : module.main().outputs) {
      const TensorType& type = module.main().tensor(id).type;
      by_case.back() += differing_bytes(type, ByteSpan(a).subspan(at, type.bytes()),
                                        ByteSpan(b).subspan(at, type.bytes()), tolerance);
      at += type.bytes();
    }
  }
  return by_case;
}

std::uint64_t sum_of(const std::vector<std::uint64_t>& values) {
  return std::accumulate(values.begin(), values.end(), std::uint64_t{0});
}

// Every tensor of a case on the host, by tensor.
std::map<TensorId, Bytes> tensors_on_host(const Module& module, Sim& sim, const Cases& cases,
                                          std::uint32_t which) {
  std::map<TensorId, Bytes> tensors;
  sim.invoke(inputs_of(module, cases, which),
             [&](TensorId id, ByteSpan bytes) { tensors[id] = Bytes(bytes.begin(), bytes.end()); });
  return tensors;
}

// What the device's trace holds beside what the host has, tensor by tensor.
class TraceWalk {
 public:
  TraceWalk(const Module& module, const Program& program, const Cases& cases, const RunOutput& device,
            const DeviceRunOptions& options)
      : module_(module),
        program_(program),
        cases_(cases),
        device_(device),
        sequence_(options.sequence),
        tolerance_(options.tolerance) {
    for (const ProgramTensor& tensor : program.trace) stride_ += tensor.bytes;
  }

  struct Comparison {
    std::uint64_t compared = 0, differing = 0;
    std::string
        first;  ///< where the first difference arises, in the words of the user's model; empty: nowhere
  };

  // All tensors of all cases.  `first_case` is what the first of them is called in messages.
  Result<Comparison> compare_tensors(std::uint32_t first_case) const {
    MOTE_TRY(const Sim prototype, Sim::make(module_));
    std::vector<Comparison> by_case(cases_.count);
    constexpr std::uint32_t chunk = 32;
    const std::uint32_t step = sequence_ ? cases_.count : chunk;  // a sequence has one state
    parallel_for(static_cast<int>((cases_.count + step - 1) / step), [&](int c) {
      Sim sim = prototype;
      const std::uint32_t begin = static_cast<std::uint32_t>(c) * step;
      for (std::uint32_t which = begin; which < std::min(cases_.count, begin + step); ++which) {
        if (!sequence_) sim.reset();
        by_case[which] =
            compare_case(which, first_case + which, tensors_on_host(module_, sim, cases_, which));
      }
    });
    Comparison all;
    for (const Comparison& one : by_case) {
      all.compared += one.compared;
      all.differing += one.differing;
      if (all.first.empty()) all.first = one.first;
    }
    return all;
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
  Comparison compare_case(std::uint32_t which, std::uint32_t name,
                          const std::map<TensorId, Bytes>& host) const {
    Comparison result;
    const std::uint8_t* at = device_.tensors.data() + which * stride_;
    std::size_t index = 0;
    for (const ProgramLayer& layer : program_.layers) {
      for (std::size_t i = 0; i < layer.completes.size(); ++i, ++index) {
        const ProgramTensor& traced = program_.trace[index];
        const ByteSpan device(at, traced.bytes);
        const Bytes& wanted = host.at(traced.tensor);
        const std::uint64_t differing =
            differing_bytes(module_.main().tensor(traced.tensor).type, device, wanted, tolerance_);
        if (differing > 0 && result.first.empty()) result.first = describe(layer, name, wanted, device);
        result.compared += traced.bytes;
        result.differing += differing;
        at += traced.bytes;
      }
    }
    return result;
  }

  static std::string describe(const ProgramLayer& layer, std::uint32_t name, const Bytes& host,
                              ByteSpan device) {
    std::size_t i = 0;
    while (i + 1 < device.size() && host[i] == device[i]) ++i;
    return text::cat("case ", name, ", layer '", layer.name, "' (", layer.op, ", ", layer.variant, "), byte ",
                     i, " of ", device.size(), ": the device has ",
                     static_cast<int>(static_cast<std::int8_t>(device[i])), ", the host ",
                     static_cast<int>(static_cast<std::int8_t>(host[i])));
  }

  const Module& module_;
  const Program& program_;
  const Cases& cases_;
  const RunOutput& device_;
  bool sequence_;
  double tolerance_;
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

/// Layers in the order in which they run; false where that depends on data.
bool add_order(const std::vector<ProgramStep>& steps, std::vector<std::size_t>& order) {
  for (const ProgramStep& step : steps) {
    if (step.kind == ProgramStep::Kind::Layer) {
      order.push_back(step.layer);
    } else if (step.kind == ProgramStep::Kind::Loop) {
      for (std::int32_t pass = 0; pass < step.passes; ++pass) {
        if (!add_order(step.first, order)) return false;
      }
    } else {
      return false;
    }
  }
  return true;
}

// Runs the traced firmware and compares every tensor that the plan materialises: of the first cases, as many as there is room
// for, and of the first case whose outputs differ where that is not among them.
Result<void> compare_layers_with_host(const Module& module, const Program& program, const Firmware& firmware,
                                      const Cases& cases, const DeviceRunOptions& options,
                                      std::optional<std::uint32_t> first_differing, DeviceRun& result) {
  RunOptions run;
  run.sequence = options.sequence;
  run.dump_tensors = true;
  const Cases first = slice(module, cases, 0, std::min(cases.count, cases_per_trace(program)));
  MOTE_TRY(const RunOutput traced, firmware.run(first.bytes, first.count, run));
  const TraceWalk walk(module, program, first, traced, options);
  MOTE_TRY(const TraceWalk::Comparison all, walk.compare_tensors(0));
  result.layer_bytes = all.compared;
  result.layer_mismatches = all.differing;
  result.layer_samples = first.count;
  result.first_mismatch = all.first;
  if (!options.hashes.empty()) MOTE_TRY_VOID(walk.compare_hashes(options.hashes, result));
  if (!first_differing || !result.first_mismatch.empty()) return {};
  if (*first_differing >= first.count && !options.sequence) {
    const Cases one = slice(module, cases, *first_differing, 1);
    MOTE_TRY(const RunOutput traced_one, firmware.run(one.bytes, 1, run));
    MOTE_TRY(const TraceWalk::Comparison there,
             TraceWalk(module, program, one, traced_one, options).compare_tensors(*first_differing));
    result.first_mismatch = there.first;
  }
  if (result.first_mismatch.empty())
    result.first_mismatch =
        text::cat("case ", *first_differing, ": the outputs differ, no traced layer does");
  return {};
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
  result.cycles = device.cycles;
  result.stack = device.stack;
  result.weights_intact = device.weights_intact;

  const std::vector<std::uint64_t> differing =
      differing_outputs(module, device.outputs, expected, options.tolerance);
  result.compared_bytes = expected.size();
  result.mismatched_bytes = sum_of(differing);
  std::optional<std::uint32_t> first_differing;
  for (std::uint32_t which = 0; which < differing.size() && !first_differing; ++which) {
    if (differing[which] > 0) first_differing = which;
  }
  MOTE_TRY_VOID(compare_layers_with_host(module, program, firmware, cases, options, first_differing, result));
  if (!device.weights_intact && result.first_mismatch.empty())
    result.first_mismatch = "the constants in the firmware are not those that were built";
  if (options.golden) {
    if (options.golden->size() != expected.size()) {
      return error(text::cat("the golden outputs hold ", options.golden->size(), " bytes, ", cases.count,
                             " cases have ", expected.size()));
    }
    result.golden_bytes = expected.size();
    result.golden_host = sum_of(differing_outputs(module, expected, *options.golden, options.tolerance));
    result.golden_device =
        sum_of(differing_outputs(module, device.outputs, *options.golden, options.tolerance));
  }
  return result;
}

namespace {

struct MemoryPart {
  const char* name;
  std::uint64_t bytes;
};

// One region of the board beside what must lie in it; a board that names no such region does not limit it.
Result<void> check_region(const Target& target, const std::string& name,
                          const std::vector<MemoryPart>& parts) {
  const auto bytes_text = [](std::uint64_t bytes) {
    return text::thousands(static_cast<std::int64_t>(bytes));
  };
  std::uint64_t need = 0;
  std::vector<std::string> words;
  for (const MemoryPart& part : parts) {
    need += part.bytes;
    if (part.bytes > 0) words.push_back(text::cat(part.name, " ", bytes_text(part.bytes)));
  }
  for (const MemoryRegion& region : target.memories) {
    if (region.name != name || need <= region.bytes) continue;
    return error(text::cat("the model needs ", bytes_text(need), " bytes of ", name, " (",
                           text::join(words, ", "), "), '", target.name, "' has ", bytes_text(region.bytes)),
                 text::cat("a smaller network, ", name == "ram" ? "--optimize ram" : "--optimize size",
                           ", or a larger board: `mote targets`"));
  }
  return {};
}

// The same with what the built image holds.  Start-up and the user's own program come on top of it.
Result<void> check_memories(const Target& target, const DeviceRun& run, const ImageSize& size) {
  MOTE_TRY_VOID(check_region(
      target, "flash", {{"code", size.code}, {"weights", size.weights}, {"requantize tables", size.tables}}));
  return check_region(
      target, "ram",
      {{"arena", run.arena_bytes}, {"static", size.static_ram}, {"stack", run.stack.value_or(0)}});
}

}  // namespace

Result<void> check_memories_ahead(const Target& target, const Program& program) {
  MOTE_TRY_VOID(check_region(target, "ram", {{"arena", program.arena_bytes}}));
  MOTE_TRY_VOID(check_region(
      target, "flash", {{"weights", program.weights_bytes}, {"requantize tables", program.requant_bytes}}));
  if (!target.isa.has("harvard")) return {};
  // AVR: pointers into flash have 16 bits, and GCC's arrays less than half of that.
  constexpr std::uint64_t reach = 65536 - 512, longest = 32767;  // the vectors come first
  std::uint64_t all = 0;
  for (const ProgramArray& array : program.arrays) {
    const std::uint64_t bytes = array.constant->bytes.size();
    if (!array.constant->plain) all += bytes;
    if (bytes <= longest) continue;
    return error(text::cat("the constant '", array.name, "' has ", bytes, " bytes; on '", target.name,
                           "' an array may have ", longest),
                 "a smaller layer, or another board: `mote targets`");
  }
  if (all <= reach) return {};
  return error(text::cat("the constants have ", all, " bytes; on '", target.name,
                         "' they must lie within the first ", reach, " bytes of flash"),
               "a smaller network, or another board: `mote targets`");
}

std::vector<std::string> measured_lines(const Target& target, const DeviceRun& run) {
  std::vector<std::string> lines;
  const std::string how = text::cat(target.toolchain.compiler, " ", text::join(target.toolchain.flags, " "));
  const auto number = [](double value) { return text::thousands(std::llround(value)); };
  if (run.instructions)
    lines.push_back(text::cat(number(*run.instructions), " instructions an inference, counted by ",
                              target.emulator.program, " (not cycles)"));
  if (run.cycles)
    lines.push_back(
        text::cat(number(*run.cycles), " cycles an inference, counted by ", target.emulator.program));
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
  MOTE_TRY_VOID(check_memories_ahead(target, program));
  MOTE_TRY(const Firmware firmware, Firmware::build(program, target));
  // What does not fit is refused before it runs: a chip without memory protection would answer nonsense.
  std::optional<ImageSize> size;
  const bool measurable = target.emulator.counts_instructions || target.emulator.counts_cycles;
  if (measurable && (options.measure || !target.memories.empty())) {
    MOTE_TRY(size, firmware.size());
  }
  DeviceRun built;
  built.arena_bytes = program.arena_bytes;
  if (size) MOTE_TRY_VOID(check_memories(target, built, *size));
  const double compiled = now_seconds() - begin;

  MOTE_TRY(DeviceRun result, compare_with_host(module, program, firmware, cases, options));
  if (size) MOTE_TRY_VOID(check_memories(target, result, *size));
  result.seconds_compile = compiled;
  result.target = target.name;
  result.optimize = plan.optimize;
  result.arena_lower_bound = plan.memory.lower_bound;
  result.arena_optimal = plan.memory.optimal;
  result.peak_step = plan.memory.peak_step;
  result.buffers = plan.memory.buffers;
  for (const std::size_t node : plan.memory.nodes) result.steps.push_back(plan.graph->nodes[node].name);
  for (const ProgramLayer& layer : program.layers) {
    const std::size_t arrow = layer.summary.find("→ ");
    result.layers.push_back({layer.name,
                             layer.op,
                             layer.variant,
                             layer.summary.substr(arrow + std::string("→ ").size()),
                             layer.macs,
                             {},
                             {},
                             {}});
  }
  if (options.speed && target.emulator.program.empty()) {
    for (int threads = 1; threads <= 2; ++threads) {
      MOTE_TRY(const double rate, firmware.inferences_per_second(cases.bytes, cases.count, threads));
      result.per_second.push_back(rate);
    }
  }
  if (!options.measure) return result;
  result.size = size;
  constexpr std::uint32_t enough = 4;  // instructions hardly depend on the data
  const Cases few = slice(module, cases, 0, std::min(cases.count, enough));
  std::vector<std::size_t> order;
  const bool known = add_order(program.steps, order);
  const auto each_layer = [&](const std::vector<double>& values,
                              std::optional<double> LayerFigures::*figure) {
    if (!known || values.size() != order.size()) return;
    for (LayerFigures& layer : result.layers) layer.*figure = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) *(result.layers[order[i]].*figure) += values[i];
  };
  RunOptions count, estimate;
  count.count_layers = true;
  estimate.estimate_cycles = true;
  // An emulator that refuses the plugin leaves these figures absent; what was proved above stands.
  if (const Result<RunOutput> counted = firmware.run(few.bytes, few.count, count)) {
    each_layer(counted->layer_instructions, &LayerFigures::instructions);
    if (target.emulator.counts_cycles) each_layer(counted->layer_cycles, &LayerFigures::cycles);
    if (!result.instructions) result.instructions = counted->instructions;
  }
  if (target.cycle_model.cycles.empty()) return result;
  if (const Result<RunOutput> estimated = firmware.run(few.bytes, few.count, estimate)) {
    result.cycles_estimated = estimated->cycles_estimated;
    each_layer(estimated->layer_cycles, &LayerFigures::cycles_estimated);
  }
  return result;
}

}  // namespace mote
