#include "emulate/emulate.h"

#include <cstring>
#include <map>

#include "emulate/cycle_plugin.h"

namespace mote {
namespace fs = std::filesystem;

namespace {

constexpr std::uint32_t kMagic = 0x45544f4du;  // as in firmware/run_model.cpp
enum RunFlag : std::uint32_t { kSequence = 1, kDumpTensors = 2 };

std::string exit_reason(int code) {
  switch (code) {
    case 3:
      return "the firmware could not read its inputs";
    case 4:
      return "the model's init function refused the arena";
    case 5:
      return "the inputs ended early";
    case 6:
      return "the model's invoke function failed";
    case 7:
      return "the firmware could not write its outputs";
    case 99:
      return "the processor took a fault";
    default:
      return text::cat("it ended with status ", code);
  }
}

// Names of the model's functions and tensors for firmware/run_model.cpp.
std::string glue(const Program& program) {
  std::string out =
      text::cat("#include \"", program.prefix, ".h\"\n#define MODEL(name) ", program.prefix, "_##name\n");
  out += text::cat("#define MODEL_ARENA_BYTES ", program.arena_bytes, "\n#define MODEL_LAYERS ",
                   program.layers.size(), "\n");
  out += text::cat("#define MODEL_INPUTS ", program.inputs.size(), "\n#define MODEL_OUTPUTS ",
                   program.outputs.size(), "\n");
  out += "static const uint32_t kInputBytes[] = {";
  for (const ProgramPort& port : program.inputs) out += text::cat(port.type.bytes(), ", ");
  out += "};\nstatic const uint32_t kOutputBytes[] = {";
  for (const ProgramPort& port : program.outputs) out += text::cat(port.type.bytes(), ", ");
  out +=
      "};\nstruct TracedTensor { int layer; uint32_t offset, bytes; };\n#ifdef MOTE_TRACE\nstatic const "
      "TracedTensor kTrace[] = {\n";
  std::size_t tensor = 0;
  for (std::size_t layer = 0; layer < program.layers.size(); ++layer) {
    for (std::size_t i = 0; i < program.layers[layer].completes.size(); ++i, ++tensor) {
      out += text::cat("  {", layer, ", ", program.trace[tensor].offset, ", ", program.trace[tensor].bytes,
                       "},\n");
    }
  }
  return out + "};\n#endif\n";
}

std::size_t bytes_of_all(const std::vector<ProgramPort>& ports) {
  std::size_t bytes = 0;
  for (const ProgramPort& port : ports) bytes += port.type.bytes();
  return bytes;
}

}  // namespace

std::vector<MissingTool> missing_tools(const Target& target) {
  std::vector<MissingTool> out;
  const auto need = [&](const std::string& program, const std::string& package) {
    const bool missing = !program.empty() && find_program(program).empty() && find_part(program).empty();
    if (missing) out.push_back({program, package, target.name});
  };
  need(target.toolchain.compiler, target.toolchain.package);
  need(target.toolchain.size_tool, target.toolchain.package);
  need(target.emulator.program, target.emulator.package);
  return out;
}

std::string how_to_install(const MissingTool& tool) {
  // mote's own programs are built when the library they need is there.
  const bool own = text::starts_with(tool.program, "mote_");
  return text::cat("sudo apt-get install ", tool.package, own ? ", then build mote again" : "");
}

Result<void> check_tools(const Target& target) {
  for (const MissingTool& tool : missing_tools(target)) {
    return error(text::cat("target '", target.name, "' needs the program '", tool.program,
                           "', which is not installed"),
                 how_to_install(tool));
  }
  return {};
}

Result<Firmware> Firmware::build(const Program& program, const Target& target) {
  MOTE_TRY_VOID(check_tools(target));
  MOTE_TRY(ScratchFolder folder, ScratchFolder::make("firmware"));
  std::vector<OutputFile> files = print(program);
  files.push_back({"model_glue.h", glue(program)});
  for (const EmbeddedFile& file : embedded_files()) {
    if (text::starts_with(file.path, "firmware/"))
      files.push_back({std::string(file.path), std::string(file.content)});
  }
  MOTE_TRY_VOID(write_tree(folder.path(), files));
  Firmware firmware(std::move(folder), program, target);
  // Two images: the one that is measured, and one that shows every layer.
  Result<void> results[2];
  parallel_for(2, [&](int i) {
    results[i] = firmware.compile(
        i == 0 ? "image.elf" : "image_traced.elf",
        i == 0 ? std::vector<std::string>{} : std::vector<std::string>{"-DMOTE_TRACE"}, true);
  });
  for (const auto& result : results) MOTE_TRY_VOID(result);
  return firmware;
}

Result<void> Firmware::compile(const std::string& image, const std::vector<std::string>& defines,
                               bool with_model) const {
  std::vector<std::string> command = {target_.toolchain.compiler, "-std=c++11"};
  const auto add = [&](const std::vector<std::string>& words) {
    command.insert(command.end(), words.begin(), words.end());
  };
  add(target_.toolchain.flags);
  add({"-fno-exceptions", "-fno-rtti", "-fno-threadsafe-statics", "-ffunction-sections", "-fdata-sections",
       "-Wall", "-Wextra", "-I.", "-Ifirmware"});
  if (!target_.emulator.program.empty()) {  // sections of their own, which size() tells apart
    std::string prefix;
    for (const char c : program_.prefix)
      prefix += (c >= 'a' && c <= 'z') ? static_cast<char>(c - 'a' + 'A') : c;
    add({text::cat("-DMOTE_SYSCLK_HZ=", target_.emulator.sysclk_hz)});
    if (!target_.isa.has("harvard")) {
      add({text::cat("-D", prefix, "_WEIGHTS_ATTRIBUTE=__attribute__((section(\".weights\")))"),
           text::cat("-D", prefix, "_TABLES_ATTRIBUTE=__attribute__((section(\".tables\")))")});
    }
  }
  add(defines);
  add({"firmware/run_model.cpp", text::cat("firmware/", target_.emulator.startup, "/startup.cpp")});
  if (with_model) add({program_.prefix + ".cpp"});
  if (!target_.emulator.linker_script.empty())
    add({text::cat("-Wl,-T,firmware/", target_.emulator.linker_script)});
  add({"-o", image});
  add(target_.toolchain.link_flags);
  constexpr double timeout = 300;
  MOTE_TRY(const ProcessOutput result, run_process(command, folder_.path(), timeout));
  if (result.timed_out)
    return error(text::cat(target_.toolchain.compiler, ": the compiler took longer than ", timeout, " s"));
  const auto says = [&](const char* words) { return result.err.find(words) != std::string::npos; };
  // Words of GNU ld when a section is larger than the memory that the linker script gives it.
  if (result.exit_code != 0 &&
      (says("not within region") || says("will not fit in region") || says("overflowed by"))) {
    return error(
        text::cat("the firmware does not fit into the memory of '", target_.name, "': arena ",
                  text::thousands(static_cast<std::int64_t>(program_.arena_bytes)), " bytes, weights ",
                  text::thousands(static_cast<std::int64_t>(program_.weights_bytes)),
                  " bytes, and the test program around the model"),
        "a smaller network, --optimize ram or size, or a larger board: `mote targets`");
  }
  if (result.exit_code != 0) {
    return error(text::cat("the generated sources do not build for '", target_.name, "':\n",
                           result.err.substr(0, 4000)),
                 "if the message is about memory, the model is too large for the target");
  }
  return {};
}

namespace {

Bytes input_file(std::span<const std::uint8_t> inputs, std::uint32_t cases, std::uint32_t flags) {
  const std::uint32_t header[4] = {kMagic, cases, flags, 0};
  Bytes file(sizeof header);
  std::memcpy(file.data(), header, sizeof header);
  file.insert(file.end(), inputs.begin(), inputs.end());
  return file;
}

// "key=value" lines of the firmware, in order; semihosting prints on the standard error of QEMU.
std::vector<std::pair<std::string, double>> key_values(const std::string& text) {
  std::vector<std::pair<std::string, double>> out;
  for (const std::string& line : text::split(text, '\n')) {
    const auto equals = line.find('=');
    if (equals == std::string::npos) continue;
    if (const auto value = text::to_double(text::trim(std::string_view(line).substr(equals + 1))))
      out.emplace_back(line.substr(0, equals), *value);
  }
  return out;
}

}  // namespace

Result<RunOutput> Firmware::run(std::span<const std::uint8_t> inputs, std::uint32_t cases,
                                const RunOptions& options) const {
  MOTE_CHECK(inputs.size() == cases * bytes_of_all(program_.inputs), "all inputs of all cases");
  const bool traced = options.dump_tensors;
  MOTE_CHECK(traced + options.estimate_cycles + options.count_layers <= 1, "one kind of image in a run");
  std::vector<std::string> plugin;
  if (options.estimate_cycles) plugin = cycle_plugin_arguments(target_);
  if (options.count_layers) plugin = count_plugin_arguments(target_);
  const bool marked = !plugin.empty() || (options.count_layers && target_.emulator.counts_cycles);
  const std::string image = marked ? "image_cycles.elf" : traced ? "image_traced.elf" : "image.elf";
  // Marks are in an image of their own, which the first estimate builds.
  if (marked && !fs::exists(folder_.path() / image))
    MOTE_TRY_VOID(compile(image, {"-DMOTE_TRACE", "-DMOTE_CYCLES"}, true));
  const std::uint32_t flags =
      (options.sequence ? kSequence : 0u) | (options.dump_tensors ? kDumpTensors : 0u);
  // A folder for each run: two runs of one firmware do not meet.
  MOTE_TRY(const ScratchFolder folder, ScratchFolder::make("run"));
  MOTE_TRY_VOID(write_file(folder.path() / "inputs.bin", input_file(inputs, cases, flags)));
  std::vector<std::string> command;
  if (!target_.emulator.program.empty()) {
    const fs::path own = find_part(target_.emulator.program);
    command.push_back(own.empty() ? target_.emulator.program : own.string());
    // The plugin comes first: the last argument may want the firmware's path behind it.
    command.insert(command.end(), plugin.begin(), plugin.end());
    command.insert(command.end(), target_.emulator.arguments.begin(), target_.emulator.arguments.end());
  }
  command.push_back((folder_.path() / image).string());
  MOTE_TRY(const ProcessOutput result, run_process(command, folder.path(), options.timeout_seconds));
  if (result.timed_out) {
    return error(text::cat("the firmware did not finish ", cases, " inferences within ",
                           options.timeout_seconds, " s on '", target_.name, "'"),
                 "run fewer samples, with --samples");
  }
  if (result.exit_code != 0) {
    return error(text::cat("the firmware failed on '", target_.name, "': ", exit_reason(result.exit_code),
                           "\n", result.out, result.err.substr(0, 2000)));
  }

  RunOutput out;
  MOTE_TRY(out.outputs, read_file(folder.path() / "outputs.bin"));
  if (out.outputs.size() != cases * bytes_of_all(program_.outputs)) {
    return error(text::cat("the firmware wrote ", out.outputs.size(), " bytes of outputs, ",
                           cases * bytes_of_all(program_.outputs), " were expected"));
  }
  if (options.dump_tensors) {
    MOTE_TRY(out.tensors, read_file(folder.path() / "trace.bin", std::uint64_t{4} << 30));
  }
  const Emulator& emulator = target_.emulator;
  const bool counts = emulator.counts_instructions && (emulator.sysclk_hz > 0 || !plugin.empty());
  for (const auto& [key, value] : key_values(result.out + result.err)) {
    if (key == "weights_intact") out.weights_intact = value != 0;
    if (key == "stack" && value > 0) out.stack = static_cast<std::uint32_t>(value);
    if (cases == 0) continue;
    const double each = value / cases;
    if (key == "instructions" && counts && !traced && !marked) out.instructions = each;
    if (key == "cycles") {
      (emulator.counts_cycles    ? out.cycles
       : options.estimate_cycles ? out.cycles_estimated
                                 : out.instructions) = each;
    }
    if (key == "layer_cycles") {
      const bool instructions = options.count_layers && !emulator.counts_cycles;
      (instructions ? out.layer_instructions : out.layer_cycles).push_back(each);
    }
  }
  return out;
}

Result<double> Firmware::inferences_per_second(std::span<const std::uint8_t> inputs, std::uint32_t cases,
                                               int threads) const {
  MOTE_CHECK(target_.emulator.program.empty(), "emulators keep no time");
  const std::string image = "image_speed";
  if (!fs::exists(folder_.path() / image)) {
    std::vector<std::string> command = {target_.toolchain.compiler, "-std=c++11"};
    command.insert(command.end(), target_.toolchain.flags.begin(), target_.toolchain.flags.end());
    for (const std::string& word :
         {std::string("-I."), std::string("firmware/host/speed.cpp"), program_.prefix + ".cpp",
          std::string("-pthread"), std::string("-o"), image})
      command.push_back(word);
    constexpr double timeout = 300;
    MOTE_TRY(const ProcessOutput built, run_process(command, folder_.path(), timeout));
    if (built.timed_out || built.exit_code != 0)
      return error(text::cat("the program that measures speed does not build:\n", built.err.substr(0, 4000)));
  }
  MOTE_TRY(const ScratchFolder folder, ScratchFolder::make("speed"));
  MOTE_TRY_VOID(write_file(folder.path() / "inputs.bin", input_file(inputs, cases, 0)));
  constexpr double timeout = 120;
  MOTE_TRY(const ProcessOutput result,
           run_process({(folder_.path() / image).string(), std::to_string(threads)}, folder.path(), timeout));
  for (const auto& [key, value] : key_values(result.out)) {
    if (result.exit_code == 0 && key == "inferences_per_second") return value;
  }
  return error(text::cat("the program that measures speed ended with status ", result.exit_code, ": ",
                         result.err.substr(0, 2000)));
}

namespace {

struct Sections {
  std::uint64_t code = 0, weights = 0, tables = 0, data = 0, bss = 0;
  std::uint64_t static_ram() const { return data + bss; }
};

// `size -A` prints one line a section: name, bytes, address.
Result<Sections> sections_of(const std::string& tool, const fs::path& folder, const std::string& image) {
  MOTE_TRY(const ProcessOutput result, run_process({tool, "-A", image}, folder, 60));
  if (result.exit_code != 0) return error(text::cat(tool, " cannot read the firmware: ", result.err));
  Sections sections;
  const std::map<std::string, std::uint64_t Sections::*> kinds = {
      {".text", &Sections::code},     {".rodata", &Sections::code}, {".weights", &Sections::weights},
      {".tables", &Sections::tables}, {".data", &Sections::data},   {".bss", &Sections::bss}};
  for (const std::string& line : text::split(result.out, '\n')) {
    std::vector<std::string> words;
    for (const std::string& word : text::split(line, ' ')) {
      if (!word.empty()) words.push_back(word);
    }
    if (words.size() < 2) continue;
    const auto kind = kinds.find(words[0]);
    const auto bytes = text::to_int(words[1]);
    if (kind != kinds.end() && bytes) sections.*(kind->second) += static_cast<std::uint64_t>(*bytes);
  }
  return sections;
}

}  // namespace

Result<ImageSize> Firmware::size() const {
  MOTE_TRY_VOID(compile("empty", {"-DMOTE_EMPTY"}, false));
  MOTE_TRY(const Sections whole, sections_of(target_.toolchain.size_tool, folder_.path(), "image.elf"));
  MOTE_TRY(const Sections empty, sections_of(target_.toolchain.size_tool, folder_.path(), "empty"));
  ImageSize size;
  size.code = whole.code - std::min(whole.code, empty.code);
  size.weights = whole.weights;
  size.tables = whole.tables;
  size.static_ram = whole.static_ram() - std::min(whole.static_ram(), empty.static_ram());
  if (!target_.isa.has("harvard")) return size;
  // AVR: constants lie within .text, plain ones in .data, and flash holds the initial values of .data.
  size.weights = program_.weights_bytes;
  size.tables = program_.requant_bytes;
  const std::uint64_t flash =
      whole.code + whole.data - std::min(whole.code + whole.data, empty.code + empty.data);
  size.code = flash - std::min(flash, size.weights + size.tables);
  return size;
}

}  // namespace mote
