#include "targets/target.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace mote {

TEST(Targets, EveryFileLoadsAndSaysWhatItIs) {
  const auto targets = load_targets();
  ASSERT_TRUE(targets) << targets.error().message;
  ASSERT_GE(targets->size(), 2u);
  for (const Target& target : *targets) {
    EXPECT_FALSE(target.doc.empty()) << target.name;
    EXPECT_FALSE(target.isa.arch.empty()) << target.name;
    EXPECT_FALSE(target.toolchain.compiler.empty()) << target.name;
    EXPECT_TRUE(!target.is_board || !target.memories.empty()) << target.name;
    EXPECT_EQ(target.board_name.empty(), target.board.datasheet.empty()) << target.name;
  }
}

TEST(Targets, ABoardHasItsCpusInstructionSet) {
  const auto board = find_target("nucleo-l476rg");
  ASSERT_TRUE(board) << board.error().message;
  EXPECT_EQ(board->cpu, "cortex-m4");
  EXPECT_TRUE(board->isa.has("dsp"));
  EXPECT_GT(board->board.clock_hz, 0);
}

TEST(Targets, EveryBoardHasMemoriesAndAClockFromADocument) {
  int boards = 0;
  const auto targets = load_targets();
  for (const Target& target : *targets) {
    if (!target.is_board) continue;
    ++boards;
    for (const MemoryRegion& region : target.memories) {
      EXPECT_TRUE(region.name == "flash" || region.name == "ram") << target.name;
      EXPECT_GE(region.bytes, 2048u) << target.name;
    }
    EXPECT_GT(target.board.datasheet.size(), 20u) << target.name;
    EXPECT_GE(target.board.clock_hz, 1e6) << target.name;
    EXPECT_EQ(target.board.microamp_per_mhz > 0, target.board.volts > 0) << target.name;
  }
  EXPECT_GE(boards, 12);
}

TEST(Targets, EveryEmulatedCoreIsHeldToExactRounding) {
  const auto targets = load_targets();
  for (const Target& target : *targets) {
    const auto& flags = target.toolchain.flags;
    EXPECT_NE(std::find(flags.begin(), flags.end(), "-ffp-contract=off"), flags.end()) << target.name;
    if (target.emulator.program.empty()) continue;
    EXPECT_TRUE(target.emulator.counts_instructions || target.emulator.counts_cycles) << target.name;
    EXPECT_FALSE(target.emulator.package.empty()) << target.name;
  }
}

TEST(Targets, ABoardWithAnotherChipOfTheFamilyIsBuiltAndEmulatedAsThatChip) {
  const auto uno = find_target("uno"), avr = find_target("avr");
  ASSERT_TRUE(uno && avr);
  EXPECT_EQ(uno->toolchain.flags[0], "-mmcu=atmega328p");
  EXPECT_EQ(uno->emulator.arguments, std::vector<std::string>{"atmega328p"});
  EXPECT_EQ(uno->toolchain.compiler, avr->toolchain.compiler);
  EXPECT_TRUE(uno->isa.has("harvard"));
}

TEST(Targets, AnUnknownNameSuggestsTheNearest) {
  const auto none = find_target("cortex-m5");
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().hint.find("cortex-m4"), std::string::npos);
}

}  // namespace mote
