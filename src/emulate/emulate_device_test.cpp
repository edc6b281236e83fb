// The cycle estimate beside sums by hand: short sequences of Thumb instructions run under QEMU with the plugin and a
// table in which every class has a cost of its own.
#include "emulate/cycle_plugin.h"

#include <gtest/gtest.h>

#include "base/system.h"
#include "emulate/emulate.h"

namespace mote {
namespace {

// Costs that no sum confuses: a digit for each class.
const std::map<std::string, double> kCosts = {{"alu", 1},
                                              {"mul", 10},
                                              {"div", 100},
                                              {"load", 5000},
                                              {"load_after_load", 1000},
                                              {"store", 1e5},
                                              {"multiple_base", 1e6},
                                              {"multiple_each", 1e7},
                                              {"branch", 1e8},
                                              {"branch_taken", 5e8},
                                              {"float", 1e10},
                                              {"float_mac", 1e11},
                                              {"float_div", 1e12}};
constexpr double kRefill = 4e8;  // branch_taken - branch

// Vectors, FPU on, r4 = r5 = an address in RAM, the marked sequence, exit.
std::string program(const std::string& sequence) {
  return ".syntax unified\n.thumb\n.word 0x20001000, reset\n.thumb_func\n.global reset\nreset:\n"
         "ldr r0, =0xE000ED88\nldr r1, =0x00F00000\nstr r1, [r0]\ndsb\nisb\n"
         "ldr r4, =0x20000000\nmov r5, r4\nmovs r0, #0\nmovs r1, #1\nmovs r2, #3\n"
         ".inst.n 0xbf80\n" +
         sequence +
         "\n.inst.n 0xbfa0\nldr r1, =0x20026\nmovs r0, #0x18\nbkpt 0xab\n"
         "function: .inst.n 0xbf90\nbx lr\n.ltorg\n";
}

struct Estimate {
  std::vector<double> cycles, layers;
};

Result<Estimate> estimate(const std::string& sequence, const Target& target) {
  MOTE_TRY(const ScratchFolder folder, ScratchFolder::make("cycles"));
  MOTE_TRY_VOID(write_text(folder.path() / "sequence.S", program(sequence)));
  std::vector<std::string> command = {target.toolchain.compiler};
  command.insert(command.end(), target.toolchain.flags.begin(), target.toolchain.flags.end());
  command.insert(command.end(), {"-nostdlib", "-Wl,-Ttext=0,-e,reset", "sequence.S", "-o", "sequence.elf"});
  MOTE_TRY(const ProcessOutput built, run_process(command, folder.path(), 60));
  if (built.exit_code != 0) return error(built.err);
  command = {target.emulator.program};
  for (const std::string& argument : cycle_plugin_arguments(target)) command.push_back(argument);
  command.insert(command.end(), target.emulator.arguments.begin(), target.emulator.arguments.end());
  command.push_back("sequence.elf");
  MOTE_TRY(const ProcessOutput ran, run_process(command, folder.path(), 60));
  if (ran.exit_code != 0) return error(ran.err);
  Estimate out;
  for (const std::string& line : text::split(ran.err, '\n')) {
    const auto equals = line.find('=');
    if (equals == std::string::npos) continue;
    const double value = text::to_double(std::string_view(line).substr(equals + 1)).value_or(-1);
    (line.substr(0, equals) == "cycles" ? out.cycles : out.layers).push_back(value);
  }
  return out;
}

class CycleEstimate : public testing::Test {
 protected:
  void SetUp() override {
    const auto found = find_target("cortex-m4");
    ASSERT_TRUE(found);
    target_ = *found;
    for (const MissingTool& tool : missing_tools(target_))
      GTEST_SKIP() << tool.program << " is not installed";
    target_.cycle_model.cycles = kCosts;
    if (cycle_plugin_arguments(target_).empty()) GTEST_SKIP() << "the plugin is not built";
  }

  void expect(const std::string& sequence, double cycles) {
    const auto found = estimate(sequence, target_);
    ASSERT_TRUE(found) << found.error().message;
    ASSERT_EQ(found->cycles.size(), 1u) << sequence;
    EXPECT_EQ(found->cycles[0], cycles) << sequence;
  }

  Target target_;
};

TEST_F(CycleEstimate, EveryClassCostsWhatTheTableSays) {
  expect("nop", 1);
  expect("adds r0, r1\n movw r3, #1000\n ssat r3, #8, r3\n sxtb16 r3, r3", 4);
  expect("muls r0, r1\n mla r0, r1, r1, r2\n smlad r0, r1, r1, r2\n smlal r0, r3, r1, r1", 40);
  expect("udiv r0, r1, r2\n sdiv r3, r1, r2", 200);
  expect("str r1, [r4]\n strb.w r1, [r4, r0]", 2e5);
  expect("vadd.f32 s0, s1, s2\n vmla.f32 s0, s1, s2\n vdiv.f32 s0, s1, s2\n vmov r0, r1, s4, s5",
         1e10 + 1e11 + 1e12 + 2e10);
}

TEST_F(CycleEstimate, LongMultipliesCostWhatTheirOwnClassesSay) {
  target_.cycle_model.cycles["mul_add"] = 2e13;
  target_.cycle_model.cycles["mul_long"] = 3e14;
  target_.cycle_model.cycles["mul_long_add"] = 4e15;
  expect("mul r0, r1, r1\n mla r0, r1, r1, r2\n mls r0, r1, r1, r2", 10 + 4e13);
  expect("smull r0, r3, r1, r1\n umlal r0, r3, r1, r1\n smlad r0, r1, r1, r2", 3e14 + 4e15 + 10);
}

TEST_F(CycleEstimate, SeveralRegistersCostBaseAndEach) {
  expect("push {r0-r3}\n pop {r0, r1}\n ldm r4, {r0, r1, r2}", 3e6 + 9e7);
  expect("ldrd r0, r1, [r4]\n strd r0, r1, [r4]\n vstr s0, [r4]\n vldmia r4, {s0-s3}", 4e6 + 9e7);
}

TEST_F(CycleEstimate, LoadAfterLoadOverlapsUnlessItsAddressWasJustLoaded) {
  expect("ldr r0, [r4]\n ldr r1, [r5]\n ldrb r2, [r4, #1]", 7000);
  expect("ldr r0, [r4]\n nop\n ldr r1, [r5]", 10001);
  expect("str r5, [r4]\n ldr r4, [r4]\n ldr r1, [r4]", 1e5 + 10000);
  expect("vldr s0, [r4]\n vldr s1, [r4, #4]\n ldr.w r8, [r4, #8]", 7000);
}

TEST_F(CycleEstimate, OnlyTakenBranchesRefill) {
  expect("cmp r1, #0\n beq 1f\n nop\n 1: nop", 1 + 1e8 + 1 + 1);
  expect("cmp r1, #1\n beq 1f\n nop\n 1: nop", 1 + 1e8 + kRefill + 1);
  expect("movs r3, #10\n 1: subs r3, #1\n bne 1b", 1 + 10 * (1 + 1e8) + 9 * kRefill);
  expect("bl 1f\n b 2f\n 1: push {lr}\n pop {pc}\n 2:", 2e8 + 3 * kRefill + 2e6 + 2e7);
}

TEST_F(CycleEstimate, LayersExcludeTheCallThatMarksThem) {
  const std::string mark = "\n movs r0, #0\n mov r1, r4\n bl function\n";
  const auto found =
      estimate("muls r0, r1" + mark + "udiv r0, r1, r2\n nop" + mark + "str r1, [r4]", target_);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->layers, (std::vector<double>{10, 101}));
  EXPECT_EQ(found->cycles, (std::vector<double>{1e5 + 111}));
}

TEST_F(CycleEstimate, IsAbsentWhereTheTableLacksAClass) {
  target_.cycle_model.cycles.erase("float_div");
  const auto without = estimate("vdiv.f32 s0, s1, s2", target_);
  ASSERT_TRUE(without) << without.error().message;
  EXPECT_TRUE(without->cycles.empty());
  expect("nop", 1);
}

}  // namespace
}  // namespace mote
