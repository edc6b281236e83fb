// Every emulated core answers what the host and TensorFlow Lite Micro's reference kernels answer, byte for byte, and counts
// what it claims to count.  A core whose compiler or emulator is missing is skipped by name.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "app/app.h"
#include "app/device_run.h"
#include "emulate/cycle_plugin.h"
#include "support/golden.h"
#include "support/quantized_network.h"
#include "support/random_network.h"

namespace mote {
namespace {
namespace fs = std::filesystem;

#define SKIP_WITHOUT_TOOLS(target)                            \
  for (const MissingTool& tool : missing_tools(target))       \
  GTEST_SKIP() << (target).name << " needs '" << tool.program \
               << "', which is not installed: " << how_to_install(tool)

// ---- golden networks

struct Case {
  const char* target;
  const char* network;
  std::int64_t samples;
  bool every_tensor;  // once more, unfused, every intermediate tensor beside the golden hashes
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.target << " " << c.network; }

class GoldenOnTarget : public ::testing::TestWithParam<Case> {};

void expect_golden(const RunRequest& request) {
  const auto outcome = run_model(request);
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_TRUE(outcome->ok) << outcome->text;
  const auto json = nlohmann::json::parse(outcome->json);
  EXPECT_EQ(json.at("mismatched_bytes"), 0);
  EXPECT_EQ(json.at("tensors").at("mismatched_bytes"), 0);
  EXPECT_GT(json.at("golden").at("compared_bytes"), 0);
  EXPECT_EQ(json.at("golden").at("device"), 0);
  EXPECT_TRUE(json.at("weights_intact"));
  EXPECT_GT(json.at("ram").at("stack"), 0);
  EXPECT_GT(json.at("flash").at("code"), 100);
  const bool cycles = json.contains("cycles");  // AVR: true cycles, by layer too
  const std::string key = cycles ? "cycles" : "instructions";
  const double total = json.at(cycles ? "cycles" : "instructions_per_inference");
  double sum = 0;
  for (const auto& layer : json.at("layers")) sum += layer.at(key).get<double>();
  EXPECT_NEAR(sum, total, 0.02 * total + 200);
  if (request.hashes.empty()) return;
  EXPECT_GT(json.at("hashes").at("compared"), 0);
  EXPECT_EQ(json.at("hashes").at("device"), 0);
}

TEST_P(GoldenOnTarget, AnswersEveryByteAndCounts) {
  const Case c = GetParam();
  const auto target = find_target(c.target);
  ASSERT_TRUE(target) << target.error().message;
  SKIP_WITHOUT_TOOLS(*target);
  const auto golden = testing::find_golden(c.network);
  if (!golden) GTEST_SKIP() << golden.error().message;
  RunRequest request;
  request.model = golden->model;
  request.target = c.target;
  request.inputs = golden->inputs;
  request.goldens = golden->outputs;
  if (c.samples > 0) request.samples = c.samples;  // else the usual number
  expect_golden(request);
  if (!c.every_tensor) return;
  request.no_fuse = true;
  request.hashes = golden->hashes;
  expect_golden(request);
}

INSTANTIATE_TEST_SUITE_P(
    Data, GoldenOnTarget,
    ::testing::Values(Case{"cortex-m0", "hello", 0, true}, Case{"cortex-m3", "hello", 0, true},
                      Case{"cortex-m7", "hello", 0, true}, Case{"cortex-m33", "hello", 0, true},
                      Case{"cortex-m55", "hello", 0, true}, Case{"rv32imc", "hello", 0, true},
                      Case{"aarch64", "hello", 0, true}, Case{"avr", "hello", 0, true},
                      Case{"uno", "hello", 0, true}, Case{"avr", "magicwand_quantized_model", 2, true},
                      Case{"avr", "mltk_micro_speech", 1, false}, Case{"cortex-m0", "kws", 2, true},
                      Case{"cortex-m3", "kws", 2, false}, Case{"cortex-m7", "kws", 2, false},
                      Case{"cortex-m33", "kws", 2, false}, Case{"cortex-m55", "kws", 2, true},
                      Case{"rv32imc", "kws", 2, true}, Case{"aarch64", "kws", 2, true},
                      Case{"cortex-m0", "ad", 1, false}, Case{"cortex-m3", "ad", 2, false},
                      Case{"cortex-m7", "ad", 2, false}, Case{"cortex-m33", "ad", 2, false},
                      Case{"cortex-m55", "ad", 2, false}, Case{"rv32imc", "ad", 2, false},
                      Case{"aarch64", "ad", 2, false}),
    [](const auto& given) {
      std::string name = std::string(given.param.target) + "_" + given.param.network;
      for (char& c : name) c = c == '-' ? '_' : c;
      return name;
    });

// ---- networks of our own: odd shapes, floats without an FPU, both ways to print

class SmallNetworksOnTarget : public ::testing::TestWithParam<const char*> {
 protected:
  static void expect_equal(const Module& module, const Target& target, PlanOptions::Optimize optimize) {
    Cases cases{2, {}};
    for (std::uint64_t c = 0; c < cases.count; ++c) {
      for (const Bytes& bytes : testing::random_case(module, 11 + c))
        cases.bytes.insert(cases.bytes.end(), bytes.begin(), bytes.end());
    }
    DeviceRunOptions options;
    options.plan.optimize = optimize;
    options.measure = false;
    const auto run = run_on_device(module, target, cases, options);
    ASSERT_TRUE(run) << run.error().message;
    EXPECT_TRUE(run->matches()) << run->first_mismatch;
    EXPECT_GT(run->compared_bytes, 0u);
    EXPECT_GT(run->layer_bytes, run->compared_bytes);
  }
};

TEST_P(SmallNetworksOnTarget, OfInt8AnswerAsTheHost) {
  const auto target = find_target(GetParam());
  ASSERT_TRUE(target);
  SKIP_WITHOUT_TOOLS(*target);
  const Module module = testing::quantized(testing::canonical(testing::small_cnn(5)), 6);
  expect_equal(module, *target, PlanOptions::Optimize::Speed);
  expect_equal(module, *target, PlanOptions::Optimize::Size);
}

TEST_P(SmallNetworksOnTarget, OfFloatsAnswerAsTheHostBitForBit) {
  const auto target = find_target(GetParam());
  ASSERT_TRUE(target);
  SKIP_WITHOUT_TOOLS(*target);
  expect_equal(testing::canonical(testing::random_network(3, 5)), *target, PlanOptions::Optimize::Speed);
}

INSTANTIATE_TEST_SUITE_P(Cores, SmallNetworksOnTarget,
                         ::testing::Values("cortex-m0", "cortex-m3", "cortex-m7", "cortex-m33", "cortex-m55",
                                           "rv32imc", "aarch64", "avr"),
                         [](const auto& given) {
                           std::string name = given.param;
                           for (char& c : name) c = c == '-' ? '_' : c;
                           return name;
                         });

// ---- the emulated machines themselves

// A firmware of its own beside the target's start-up code, as Firmware::build builds one; how it ended.
Result<ProcessOutput> run_firmware(const Target& target, const std::string& source) {
  MOTE_TRY(const ScratchFolder folder, ScratchFolder::make("machine"));
  std::vector<OutputFile> files = {{"main.cpp", source}};
  for (const EmbeddedFile& file : embedded_files()) {
    if (text::starts_with(file.path, "firmware/"))
      files.push_back({std::string(file.path), std::string(file.content)});
  }
  MOTE_TRY_VOID(write_tree(folder.path(), files));
  std::vector<std::string> command = {target.toolchain.compiler, "-std=c++11", "-Ifirmware"};
  const auto add = [&](const std::vector<std::string>& words) {
    command.insert(command.end(), words.begin(), words.end());
  };
  add(target.toolchain.flags);
  add({text::cat("-DMOTE_SYSCLK_HZ=", target.emulator.sysclk_hz), "-fno-exceptions", "-fno-rtti", "main.cpp",
       text::cat("firmware/", target.emulator.startup, "/startup.cpp")});
  if (!target.emulator.linker_script.empty())
    add({text::cat("-Wl,-T,firmware/", target.emulator.linker_script)});
  add({"-o", "main.elf"});
  add(target.toolchain.link_flags);
  MOTE_TRY(const ProcessOutput built, run_process(command, folder.path(), 60));
  if (built.exit_code != 0) return error(built.err);
  const fs::path own = find_part(target.emulator.program);
  command = {own.empty() ? target.emulator.program : own.string()};
  add(target.emulator.arguments);
  command.push_back("main.elf");
  return run_process(command, folder.path(), 60);
}

// Reads a word at an address that the compiler cannot know to be odd.
constexpr const char* kUnalignedLoad =
    "#include \"harness.h\"\n"
    "static uint32_t words[2] = {0x03020100u, 0x07060504u};\n"
    "int firmware_main(void) {\n"
    "  volatile uintptr_t at = (uintptr_t)words + OFFSET;\n"
    "  return (int)(*(volatile uint32_t*)at & 0xff);\n"
    "}\n";

TEST(EmulatedCortexM0, FaultsOnUnalignedAccessesAsTheRealOneDoes) {
  const auto m0 = find_target("cortex-m0"), m3 = find_target("cortex-m3");
  ASSERT_TRUE(m0 && m3);
  SKIP_WITHOUT_TOOLS(*m0);
  const auto with = [](const char* offset) {
    return text::cat("#define OFFSET ", offset, "\n", kUnalignedLoad);
  };
  const auto aligned = run_firmware(*m0, with("4")), odd = run_firmware(*m0, with("1")),
             on_m3 = run_firmware(*m3, with("1"));
  ASSERT_TRUE(aligned && odd && on_m3);
  EXPECT_EQ(aligned->exit_code, 4);
  EXPECT_EQ(odd->exit_code, 99) << odd->err;
  EXPECT_NE(odd->err.find("fault_cfsr=16777216"), std::string::npos) << odd->err;  // UFSR.UNALIGNED
  EXPECT_EQ(on_m3->exit_code, 1) << "an M3 may";
}

TEST(EmulatedAvr, CountsTrueCyclesOfWhatIsBetweenTheMarks) {
  const auto avr = find_target("avr");
  ASSERT_TRUE(avr);
  SKIP_WITHOUT_TOOLS(*avr);
  const auto cycles = [&](const std::string& code) {
    const auto run = run_firmware(
        *avr, text::cat("#include \"cycle_markers.h\"\n#include \"harness.h\"\n"
                        "int firmware_main(void) {\n  MOTE_MARK_BEGIN();\n"
                        "  __asm__ volatile(\"",
                        code, "\" ::: \"r24\", \"r25\");\n  MOTE_MARK_END();\n  return 0;\n}\n"));
    EXPECT_TRUE(run && run->exit_code == 0) << (run ? run->err : run.error().message);
    return run ? run->err.substr(run->err.find("cycles=")) : "";
  };
  EXPECT_EQ(cycles(""), "cycles=0\n");
  EXPECT_EQ(cycles("nop\\n nop\\n nop"), "cycles=3\n");
  // LDI, nine turns of DEC and BRNE taken (3 cycles), one not taken (2)
  EXPECT_EQ(cycles("ldi r24, 10\\n 1: dec r24\\n brne 1b"), "cycles=30\n");
  EXPECT_EQ(cycles("push r24\\n pop r24\\n mul r24, r25\\n clr r1"), "cycles=7\n");
}

TEST(EmulatedAvr, ParametersCostNoRam) {
  const auto uno = find_target("uno");
  ASSERT_TRUE(uno);
  SKIP_WITHOUT_TOOLS(*uno);
  testing::Network net(3);
  const TensorId x = net.input("x", {1, 16});
  const TensorId a = net.layer("relu", "relu1", {net.dense("dense1", x, 12)});
  const Module module = testing::quantized(testing::canonical(net.finish({net.dense("dense2", a, 3)})), 4);
  for (const auto optimize : {PlanOptions::Optimize::Speed, PlanOptions::Optimize::Size}) {
    DeviceRunOptions options;
    options.plan.optimize = optimize;
    const auto run = run_on_device(module, *uno, {1, Bytes(16, 3)}, options);
    ASSERT_TRUE(run) << run.error().message;
    EXPECT_TRUE(run->matches()) << run->first_mismatch;
    ASSERT_TRUE(run->size && run->cycles);
    EXPECT_LE(run->size->static_ram, 2u);  // the context: one pointer
    EXPECT_FALSE(run->instructions);
  }
}

// ---- what does not fit

TEST(ModelsTooLarge, AreRefusedWithTheNumbersBeforeAnythingIsBuilt) {
  const auto bluepill = find_target("bluepill"), uno = find_target("uno");
  ASSERT_TRUE(bluepill && uno);
  const auto refusal = [](const Target& target, int in, int out) {
    testing::Network net(3);
    const TensorId x = net.input("x", {1, in});
    const Module module = testing::quantized(testing::canonical(net.finish({net.dense("dense", x, out)})), 4);
    const auto plan = make_plan(module, target, {});
    EXPECT_TRUE(plan);
    const auto program = make_program(module, *plan, {});
    EXPECT_TRUE(program);
    const auto fits = check_memories_ahead(target, *program);
    return fits ? std::string("fits") : fits.error().message;
  };
  EXPECT_EQ(refusal(*bluepill, 64, 64), "fits");
  EXPECT_EQ(refusal(*uno, 64, 64), "fits");
  const std::string flash = refusal(*bluepill, 300, 300);
  EXPECT_NE(flash.find("bytes of flash (weights 9"), std::string::npos)
      << flash;  // 90,000, bias, rows filled up
  EXPECT_NE(flash.find("'bluepill' has 65,536"), std::string::npos) << flash;
  const std::string ram = refusal(*uno, 2100, 4);
  EXPECT_NE(ram.find("bytes of ram (arena 2,1"), std::string::npos) << ram;
  EXPECT_NE(ram.find("'uno' has 2,048"), std::string::npos) << ram;
  const std::string array = refusal(*find_target("avr"), 200, 200);
  EXPECT_NE(array.find("an array may have 32767"), std::string::npos) << array;
}

TEST(ModelsTooLarge, AreRefusedAfterBuildingWhenOnlyTheCodeIsTooMuch) {
  auto uno = find_target("uno");
  ASSERT_TRUE(uno);
  SKIP_WITHOUT_TOOLS(*uno);
  for (MemoryRegion& region : uno->memories) {
    if (region.name == "flash") region.bytes = 2000;  // a chip of which the constants alone take less
  }
  testing::Network net(3);
  const TensorId x = net.input("x", {1, 16});
  const Module module = testing::quantized(testing::canonical(net.finish({net.dense("dense", x, 20)})), 4);
  const auto run = run_on_device(module, *uno, {1, Bytes(16, 3)}, {});
  ASSERT_FALSE(run);
  EXPECT_NE(run.error().message.find("bytes of flash (code "), std::string::npos) << run.error().message;
}

}  // namespace
}  // namespace mote
