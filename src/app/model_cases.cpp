#include "app/model_cases.h"

#include <fmt/format.h>
#include <algorithm>

#include <charconv>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "codegen/codegen.h"
#include "import/import.h"
#include "math/npz.h"
#include "math/random.h"
#include "passes/pipeline.h"

namespace mote {
using text::cat;

Result<Target> target_option(const std::string& name) {
  Result<Target> target = find_target(name);
  if (target) return target;
  Error unknown = target.error().in_option("--target");
  unknown.hint += "; `mote targets` says what they are";
  return unknown;
}

Result<void> check_samples(std::optional<std::int64_t> samples) {
  constexpr std::int64_t most = 1'000'000;
  if (!samples || (*samples >= 1 && *samples <= most)) return {};
  return usage_error(cat("--samples ", *samples, " is outside 1…", most),
                     *samples < 1 ? "at least 1; leave the option out for the usual number" : "take fewer");
}

namespace {
// "65536", "64k" (1,024 bytes each), "1M".
std::optional<std::size_t> parse_bytes(std::string_view text) {
  std::size_t unit = 1;
  if (!text.empty() && text.back() == 'k') unit = 1024;
  if (!text.empty() && text.back() == 'M') unit = 1024 * 1024;
  if (unit > 1) text.remove_suffix(1);
  std::uint32_t count = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), count);
  constexpr std::size_t most = std::size_t{1} << 31;
  if (problem != std::errc() || end != text.data() + text.size() || count * unit > most || count == 0)
    return std::nullopt;
  return count * unit;
}

Result<std::vector<PlanOptions::MemoryLimit>> parse_memories(const std::string& given) {
  std::vector<PlanOptions::MemoryLimit> memories;
  if (given.empty()) return memories;
  const auto refuse = [&](const std::string& why) {
    return usage_error(cat("--memories ", given, ": ", why),
                       "names and bytes, the fastest first: dtcm=64k,sram=256k");
  };
  for (const std::string& one : text::split(given, ',')) {
    const std::size_t equals = one.find('=');
    if (equals == std::string::npos) return refuse(cat("'", one, "' has no bytes"));
    const std::string name = one.substr(0, equals);
    const std::optional<std::size_t> bytes = parse_bytes(std::string_view(one).substr(equals + 1));
    if (!bytes) return refuse(cat("'", one.substr(equals + 1), "' is no number of bytes from 1 to 2,048M"));
    if (name.empty() || name != text::identifier(name) || name == "arena" || !check_prefix(name))
      return refuse(cat("'", name, "' is reserved, or no name in C"));
    if (std::none_of(name.begin(), name.end(), [](char letter) { return letter >= 'a' && letter <= 'z'; }))
      return refuse(cat("'", name, "' may be a macro: use small letters"));
    for (const PlanOptions::MemoryLimit& other : memories) {
      if (other.name == name) return refuse(cat("'", name, "' is there twice"));
    }
    memories.push_back({name, *bytes});
  }
  constexpr std::size_t most = 8;
  if (memories.size() > most) return refuse("more than 8");
  return memories;
}
}  // namespace

Result<ModelOptions> model_options(const ModelRequest& request) {
  MOTE_TRY(Target target, target_option(request.target));
  if (auto ok = check_prefix(request.prefix); !ok) return ok.error().in_option("--prefix");
  PlanOptions plan;
  if (request.optimize == "size")
    plan.optimize = PlanOptions::Optimize::Size;
  else if (request.optimize == "ram")
    plan.optimize = PlanOptions::Optimize::Ram;
  else if (request.optimize != "speed")
    return usage_error(cat("--optimize cannot be '", request.optimize, "'"), "speed, size or ram");
  plan.keep_input = request.keep_input;
  plan.fuse = !request.no_fuse;
  MOTE_TRY(plan.memories, parse_memories(request.memories));
  return ModelOptions{std::move(target), plan};
}

Result<PreparedModel> prepare(const ModelRequest& request) {
  MOTE_TRY(ModelOptions options, model_options(request));
  MOTE_TRY(Module imported, import_model(request.model));
  // With --no-fuse every tensor of the file is kept to be compared, so nothing is rewritten.
  Result<Module> canonical =
      request.no_fuse ? Result<Module>(std::move(imported)) : canonicalize(std::move(imported));
  if (!canonical) return canonical.error().in(request.model);
  if (auto ok = verify(*canonical, Stage::Deployable); !ok) return ok.error().in(request.model);
  return PreparedModel{std::move(*canonical), std::move(options.target), options.plan};
}

std::string npy_type(DType dtype) {
  switch (dtype) {
    case DType::F32:
      return "<f4";
    case DType::S8:
      return "|i1";
    case DType::U8:
      return "|u1";
    case DType::Bool:
      return "|b1";
    case DType::S16:
      return "<i2";
    case DType::S32:
      return "<i4";
    case DType::S64:
      return "<i8";
    case DType::U32:
      return "<u4";
    case DType::U64:
      return "<u8";
  }
  return "";
}

namespace {

// The array of a .npy file as `cases` tensors of that type.
Result<Bytes> read_tensors(const std::string& file, const Tensor& tensor, std::uint32_t* cases) {
  MOTE_TRY(const Bytes bytes, read_file(file));
  auto array = read_npy(bytes);
  if (!array) return array.error().in(file);
  const std::string wanted = npy_type(tensor.type.dtype);
  if (array->dtype != wanted) {
    return error(
        text::cat(file, ": holds '", array->dtype, "', the tensor '", tensor.name, "' is '", wanted, "'"),
        text::cat("save it with numpy's dtype '", wanted, "'"));
  }
  const std::int64_t count = array->count();
  if (count == 0 || array->shape.empty() || count % tensor.type.count() != 0 ||
      array->shape[0] != count / tensor.type.count()) {
    return error(text::cat(file, ": has ", count, " elements, one case of '", tensor.name, "' ",
                           to_text(tensor.type.shape), " has ", tensor.type.count()),
                 "the leading axis is the case, the others are the tensor's");
  }
  const auto found = static_cast<std::uint32_t>(count / tensor.type.count());
  if (*cases != 0 && *cases != found)
    return error(text::cat(file, ": has ", found, " cases, ", *cases, " are needed"));
  *cases = found;
  return array->data;
}

// [tensor][case] → [case][tensor].
Bytes interleave(const std::vector<Bytes>& tensors, std::uint32_t cases) {
  Bytes out;
  for (std::uint32_t which = 0; which < cases; ++which) {
    for (const Bytes& tensor : tensors) {
      const std::size_t stride = tensor.size() / cases;
      const auto from = tensor.begin() + static_cast<std::ptrdiff_t>(which * stride);
      out.insert(out.end(), from, from + static_cast<std::ptrdiff_t>(stride));
    }
  }
  return out;
}

Cases random_cases(const Module& module, std::uint32_t count) {
  Cases cases{count, {}};
  Random random(1);
  for (std::uint32_t which = 0; which < count; ++which) {
    for (const GraphInput& input : module.main().inputs) {
      const TensorType& type = module.main().tensor(input.tensor).type;
      for (std::int64_t i = 0; i < type.count(); ++i) {
        Bytes element(bytes_of(type.dtype));
        const double u = random.uniform();
        if (type.dtype == DType::F32) {
          const auto value = static_cast<float>(2 * u - 1);
          std::memcpy(element.data(), &value, 4);
        } else if (type.dtype == DType::Bool) {
          element[0] = u < 0.5 ? 0 : 1;
        } else {
          const auto bits = static_cast<std::uint64_t>(std::ldexp(u, 8 * static_cast<int>(element.size())));
          for (std::size_t b = 0; b < element.size(); ++b)
            element[b] = static_cast<std::uint8_t>(bits >> (8 * b));
        }
        cases.bytes.insert(cases.bytes.end(), element.begin(), element.end());
      }
    }
  }
  return cases;
}

Cases first_of(const Cases& cases, std::uint32_t count) {
  const std::size_t stride = cases.bytes.size() / cases.count;
  return {count,
          Bytes(cases.bytes.begin(), cases.bytes.begin() + static_cast<std::ptrdiff_t>(count * stride))};
}

}  // namespace

Result<void> check_run_options(const RunRequest& request) {
  if (request.inputs.empty() && !(request.goldens.empty() && request.hashes.empty()))
    return usage_error("--golden and --hashes need the inputs that they belong to", "add --input");
  if (!(request.tolerance >= 0 && request.tolerance < 1))
    return usage_error(cat("--tolerance ", request.tolerance, " is outside 0…1"), "it is relative: 1e-5");
  return check_samples(request.samples);
}

Result<Cases> read_cases(const Module& module, const RunRequest& request) {
  const auto samples = static_cast<std::uint32_t>(request.samples.value_or(0));
  if (request.inputs.empty()) {
    constexpr std::uint32_t a_few = 16;
    return random_cases(module, samples > 0 ? samples : a_few);
  }
  const Graph& graph = module.main();
  if (request.inputs.size() != graph.inputs.size()) {
    return usage_error(cat(request.inputs.size(), " --input files are given, the model has ",
                           graph.inputs.size(), " inputs"),
                       "one --input for each, in order");
  }
  Cases cases;
  std::vector<Bytes> tensors;
  for (std::size_t i = 0; i < request.inputs.size(); ++i) {
    MOTE_TRY(Bytes tensor,
             read_tensors(request.inputs[i], graph.tensor(graph.inputs[i].tensor), &cases.count));
    tensors.push_back(std::move(tensor));
  }
  cases.bytes = interleave(tensors, cases.count);
  return samples > 0 && samples < cases.count ? first_of(cases, samples) : cases;
}

Result<std::optional<Bytes>> read_goldens(const Module& module, const RunRequest& request,
                                          std::uint32_t cases) {
  if (request.goldens.empty()) return std::optional<Bytes>();
  const Graph& graph = module.main();
  if (request.goldens.size() != graph.outputs.size()) {
    return usage_error(cat(request.goldens.size(), " --golden files are given, the model has ",
                           graph.outputs.size(), " outputs"),
                       "one --golden for each, in order");
  }
  std::uint32_t found = 0;
  std::vector<Bytes> tensors;
  for (std::size_t i = 0; i < request.goldens.size(); ++i) {
    MOTE_TRY(Bytes tensor, read_tensors(request.goldens[i], graph.tensor(graph.outputs[i]), &found));
    tensors.push_back(std::move(tensor));
  }
  if (found < cases)
    return error(text::cat(request.goldens[0], ": has ", found, " cases, the inputs have ", cases));
  const Cases golden{found, interleave(tensors, found)};
  return std::optional<Bytes>(first_of(golden, cases).bytes);
}

Result<std::vector<TensorHash>> read_hashes(const std::string& file) {
  std::vector<TensorHash> hashes;
  if (file.empty()) return hashes;
  MOTE_TRY(const std::string content, read_text(file));
  const std::vector<std::string> lines = text::split(content, '\n');
  // The first line names the columns; others than these three may be there.
  const std::vector<std::string> names = text::split(text::trim(lines.front()), ',');
  const auto column = [&](std::string_view name) {
    return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
  };
  const std::size_t inputs = std::min(column("input"), column("case")), tensors = column("tensor"),
                    values = column("fnv1a64");
  if (std::max({inputs, tensors, values}) >= names.size()) {
    return error(
        text::cat(file, ": its first line does not name the columns input (or case), tensor, fnv1a64"),
        "write a line 'input,tensor,fnv1a64' before the hashes");
  }
  for (std::size_t number = 2; number <= lines.size(); ++number) {
    const std::string_view trimmed = text::trim(lines[number - 1]);
    if (trimmed.empty()) continue;
    const std::vector<std::string> cells = text::split(trimmed, ',');
    const bool whole = cells.size() == names.size();
    const std::int64_t input = whole ? text::to_int(cells[inputs]).value_or(-1) : -1;
    const std::int64_t tensor = whole ? text::to_int(cells[tensors]).value_or(-1) : -1;
    std::uint64_t hash = 0;
    const std::string digits = whole ? cells[values] : "";
    const bool hex = digits.size() == 16 &&
                     std::from_chars(digits.data(), digits.data() + 16, hash, 16).ptr == digits.data() + 16;
    if (!hex || input < 0 || input > UINT32_MAX || tensor < 0 || tensor > INT32_MAX) {
      return error(text::cat(file, ", line ", number, ": is not ", text::join(names, ",")),
                   "two whole numbers and 16 hex digits");
    }
    hashes.push_back({static_cast<std::uint32_t>(input), static_cast<std::int32_t>(tensor), hash});
  }
  if (hashes.empty())
    return error(text::cat(file, ": names columns, but no hash follows"), "a line for each input and tensor");
  return hashes;
}

// ---- figures as text

namespace {
std::string count_text(const std::optional<double>& value) {
  return value ? text::thousands(static_cast<std::int64_t>(*value + 0.5)) : "-";
}
std::string bytes_text(std::uint64_t value) { return text::thousands(static_cast<std::int64_t>(value)); }
}  // namespace

std::string run_text(const std::string& model, const DeviceRun& run) {
  std::string out = fmt::format("{} on {}, optimized for {}: {} samples, {} MACs each\n\n", model, run.target,
                                run.optimize, run.samples, text::thousands(run.macs));
  out += fmt::format("{:>3}  {:<28} {:<20} {:<10} {:<20} {:>12} {:>13} {:>9}\n", "#", "layer", "op", "kernel",
                     "output", "MACs", run.cycles ? "cycles" : "instructions", "per MAC");
  for (std::size_t i = 0; i < run.layers.size(); ++i) {
    const LayerFigures& layer = run.layers[i];
    const std::optional<double>& figure = run.cycles ? layer.cycles : layer.instructions;
    const bool ratio = figure && layer.macs > 0;
    out +=
        fmt::format("{:>3}  {:<28} {:<20} {:<10} {:<20} {:>12} {:>13} {:>9}\n", i, layer.name.substr(0, 28),
                    layer.op, layer.variant, layer.output, text::thousands(layer.macs), count_text(figure),
                    ratio ? fmt::format("{:.2f}", *figure / double(layer.macs)) : "");
  }
  out += "\n";
  if (run.cycles)
    out +=
        fmt::format("cycles           {} per inference (counted by the emulator)\n", count_text(run.cycles));
  if (run.instructions) {
    out += fmt::format("instructions     {} per inference (counted by the emulator; not cycles)\n",
                       count_text(run.instructions));
  } else if (!run.cycles) {
    out += text::cat("instructions     not counted on '", run.target, "'\n");
  }
  if (run.cycles_estimated)
    out += fmt::format("cycles           {} per inference, estimated (class table, zero wait states)\n",
                       count_text(run.cycles_estimated));
  if (!run.per_second.empty()) {
    out += fmt::format(
        "speed            {} inferences a second on one thread, {} on two (wall clock, this machine)\n",
        count_text(run.per_second[0]), count_text(run.per_second[1]));
  }
  if (run.size) {
    out +=
        fmt::format("flash            {} bytes: code {}, weights {}, requantize tables {}\n",
                    bytes_text(run.size->code + run.size->weights + run.size->tables),
                    bytes_text(run.size->code), bytes_text(run.size->weights), bytes_text(run.size->tables));
    out += fmt::format("RAM              {} bytes: arena {}, static {}, stack {}\n",
                       bytes_text(run.arena_bytes + run.size->static_ram + run.stack.value_or(0)),
                       bytes_text(run.arena_bytes), bytes_text(run.size->static_ram),
                       run.stack ? bytes_text(*run.stack) : "-");
  } else {
    out += fmt::format("arena            {} bytes\n", bytes_text(run.arena_bytes));
  }
  out += fmt::format("arena            lower bound of this order {} bytes{}\n",
                     bytes_text(run.arena_lower_bound),
                     run.arena_optimal ? "; no placement needs less than the arena's" : "");
  if (run.golden_bytes > 0) {
    out += fmt::format("golden outputs   {} bytes: {} differ on the host, {} on {}\n",
                       bytes_text(run.golden_bytes), run.golden_host, run.golden_device, run.target);
  }
  if (run.hashes_compared > 0) {
    out += fmt::format("golden tensors   {} compared: {} differ on the host, {} on {}\n",
                       bytes_text(run.hashes_compared), run.hashes_host, run.hashes_device, run.target);
  }
  out += fmt::format("layers           {} of {} bytes differ, in every tensor of {} samples\n",
                     bytes_text(run.layer_mismatches), bytes_text(run.layer_bytes),
                     bytes_text(run.layer_samples));
  if (!run.weights_intact)
    out += "weights          CORRUPTED: the constants in the firmware are not those that were built\n";
  if (!run.first_mismatch.empty()) out += text::cat("first difference ", run.first_mismatch, "\n");
  const std::uint64_t golden = run.golden_host + run.golden_device + run.hashes_host + run.hashes_device;
  const std::string beyond = golden == 0 ? "" : ", BUT NOT EQUAL to the golden files";
  out += fmt::format("{} samples on {}: {} mismatched bytes of {} compared{}\n", bytes_text(run.samples),
                     run.target, bytes_text(run.mismatched_bytes), bytes_text(run.compared_bytes), beyond);
  return out;
}

std::string run_json(const std::string& model, const DeviceRun& run) {
  nlohmann::ordered_json out;
  const auto number = [](const auto& value) {
    return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json();
  };
  out["target"] = run.target;
  out["optimize"] = run.optimize;
  out["model"] = model;
  out["model_hash"] = run.model_hash;
  out["macs"] = run.macs;
  out["samples"] = run.samples;
  out["mismatched_bytes"] = run.mismatched_bytes;
  out["compared_bytes"] = run.compared_bytes;
  out["tensors"] = {{"samples", run.layer_samples},
                    {"compared_bytes", run.layer_bytes},
                    {"mismatched_bytes", run.layer_mismatches}};
  out["weights_intact"] = run.weights_intact;
  out["first_mismatch"] =
      run.first_mismatch.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(run.first_mismatch);
  if (run.golden_bytes > 0)
    out["golden"] = {
        {"compared_bytes", run.golden_bytes}, {"host", run.golden_host}, {"device", run.golden_device}};
  if (run.hashes_compared > 0)
    out["hashes"] = {
        {"compared", run.hashes_compared}, {"host", run.hashes_host}, {"device", run.hashes_device}};
  out["instructions_per_inference"] = number(run.instructions);
  if (run.cycles) out["cycles"] = *run.cycles;
  out["cycles_estimated"] = number(run.cycles_estimated);
  out["inferences_per_second"] = nullptr;
  for (std::size_t i = 0; i < run.per_second.size(); ++i)
    out["inferences_per_second"][std::to_string(i + 1)] = run.per_second[i];
  const auto size = [&](std::uint64_t ImageSize::*member) {
    return run.size ? nlohmann::ordered_json((*run.size).*member) : nlohmann::ordered_json();
  };
  out["flash"] = {{"code", size(&ImageSize::code)},
                  {"weights", size(&ImageSize::weights)},
                  {"quant", size(&ImageSize::tables)}};
  out["ram"] = {{"arena", run.arena_bytes},
                {"arena_lower_bound", run.arena_lower_bound},
                {"arena_optimal", run.arena_optimal},
                {"static", size(&ImageSize::static_ram)},
                {"stack", number(run.stack)}};
  out["layers"] = nlohmann::ordered_json::array();
  for (const LayerFigures& layer : run.layers) {
    out["layers"].push_back({{"name", layer.name},
                             {"op", layer.op},
                             {"kernel", layer.variant},
                             {"macs", layer.macs},
                             {"instructions", number(layer.instructions)},
                             {"cycles_estimated", number(layer.cycles_estimated)}});
    if (layer.cycles) out["layers"].back()["cycles"] = *layer.cycles;
  }
  return out.dump(2);
}

}  // namespace mote
