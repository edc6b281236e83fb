#include "targets/target.h"

#include <gtest/gtest.h>

namespace mote {

TEST(Targets, EveryFileLoadsAndSaysWhatItIs) {
  const auto targets = load_targets();
  ASSERT_TRUE(targets) << targets.error().message;
  ASSERT_GE(targets->size(), 2u);
  for (const Target& target : *targets) {
    EXPECT_FALSE(target.doc.empty()) << target.name;
    EXPECT_FALSE(target.isa.arch.empty()) << target.name;
    EXPECT_FALSE(target.toolchain.compiler.empty()) << target.name;
    EXPECT_EQ(target.is_board, !target.memories.empty()) << target.name;
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

TEST(Targets, AnUnknownNameSuggestsTheNearest) {
  const auto none = find_target("cortex-m5");
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().hint.find("cortex-m4"), std::string::npos);
}

}  // namespace mote
