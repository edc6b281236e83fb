// What the base room promises of text: suggestions find the slips that people make.
#include "base/text.h"

#include <gtest/gtest.h>

namespace mote {
namespace {

std::string nearest_of(std::string_view word, std::vector<std::string> candidates) {
  return text::nearest(word, candidates).value_or("nothing");
}

TEST(Nearest, FindsALetterTooManyTooFewOrWrong) {
  for (const char* slip : {"spllit", "slit", "spkit", "SPLIT"})
    EXPECT_EQ(nearest_of(slip, {"seed", "split"}), "split");
}

TEST(Nearest, SwappedNeighboursAreOneSlip) {
  EXPECT_EQ(nearest_of("eb", {"be", "abc"}), "be") << "two changes would be too many for two letters";
  EXPECT_EQ(nearest_of("sede", {"sled", "seed"}), "seed");
  EXPECT_EQ(nearest_of("rleu", {"clue", "relu"}), "relu");
  EXPECT_EQ(nearest_of("peocsh", {"epochs"}), "epochs") << "two swaps in six letters";
}

TEST(Nearest, IsSilentWhereNothingIsNear) {
  EXPECT_EQ(nearest_of("label", {"unit", "rate"}), "nothing");
  EXPECT_EQ(nearest_of("", {}), "nothing");
  EXPECT_EQ(nearest_of("", {"a"}), "a") << "one letter is one slip";
}

TEST(Nearest, TakesTheFirstOfEquallyNear) { EXPECT_EQ(nearest_of("batc", {"bath", "batch"}), "bath"); }

}  // namespace
}  // namespace mote
