// The arena in several memories: firmware answers as the host does, and a C program that gives each memory of its own gets the
// same answers as one that gives an arena.
#include <gtest/gtest.h>

#include <cstdlib>

#include "app/device_run.h"
#include "codegen/codegen.h"
#include "support/files.h"
#include "support/quantized_network.h"

namespace mote {
namespace {

Module network() { return testing::quantized(testing::canonical(testing::small_cnn(7)), 7); }

Cases random_bytes(const Module& module, std::uint32_t count) {
  Random random(3);
  Cases cases{count, Bytes(count * input_bytes(module))};
  for (std::uint8_t& byte : cases.bytes) byte = static_cast<std::uint8_t>(random.below(256));
  return cases;
}

class SeveralMemories : public ::testing::TestWithParam<const char*> {};

TEST_P(SeveralMemories, AnswerAsTheHostDoes) {
  const auto target = find_target(GetParam());
  ASSERT_TRUE(target) << target.error().message;
  if (const auto missing = missing_tools(*target); !missing.empty())
    GTEST_SKIP() << missing[0].package << " is not installed";
  const Module module = network();
  for (const auto optimize :
       {PlanOptions::Optimize::Speed, PlanOptions::Optimize::Size, PlanOptions::Optimize::Ram}) {
    DeviceRunOptions options;
    options.plan.optimize = optimize;
    options.plan.memories = {{"dtcm", 320}, {"sram", 400}, {"psram", 4096}};
    options.measure = false;
    const auto run = run_on_device(module, *target, random_bytes(module, 4), options);
    ASSERT_TRUE(run) << run.error().message;
    EXPECT_TRUE(run->matches()) << run->first_mismatch;
    EXPECT_GT(run->layer_bytes, 0u);
  }
}

INSTANTIATE_TEST_SUITE_P(, SeveralMemories, ::testing::Values("host", "cortex-m4", "cortex-m0", "avr"),
                         [](const auto& given) {
                           std::string name = given.param;
                           for (char& c : name) c = c == '-' ? '_' : c;
                           return name;
                         });

TEST(MemoriesOfTheirOwn, AreGivenOneByOneByAProgramInC) {
  const Module module = network();
  const auto target = find_target("host");
  ASSERT_TRUE(target);
  PlanOptions options;
  options.memories = {{"dtcm", 320}, {"sram", 4096}};
  const auto plan = make_plan(module, *target, options);
  ASSERT_TRUE(plan) << plan.error().message;
  const auto program = make_program(module, *plan, {});
  ASSERT_TRUE(program) << program.error().message;
  const auto folder = ScratchFolder::make("memories");
  ASSERT_TRUE(folder) << folder.error().message;
  ASSERT_TRUE(write_tree(folder->path(), print(*program)));
  ASSERT_TRUE(write_text(folder->path() / "main.c", R"(
#include <string.h>
#include "model.h"
static MODEL_ARENA_ATTRIBUTE unsigned char arena[MODEL_ARENA_BYTES], dtcm[MODEL_MEMORY0_BYTES], sram[MODEL_MEMORY1_BYTES];
int main(void) {
  void* memories[] = {dtcm, sram};
  size_t bytes[] = {sizeof dtcm, sizeof sram};
  model_ctx one, two;
  if (model_ctx_init(&one, arena, sizeof arena) != MODEL_OK) return 1;
  if (model_ctx_init_memories(&two, memories, bytes) != MODEL_OK) return 2;
  memset(model_ctx_input(&one, 0), 17, MODEL_IN0_COUNT);
  memset(model_ctx_input(&two, 0), 17, MODEL_IN0_COUNT);
  if (model_ctx_invoke(&one) != MODEL_OK || model_ctx_invoke(&two) != MODEL_OK) return 3;
  if (memcmp(model_ctx_output(&one, 0), model_ctx_output(&two, 0), MODEL_OUT0_COUNT) != 0) return 4;
  bytes[1] -= 16;
  if (model_init_memories(memories, bytes) != MODEL_ERROR_ARENA || model_invoke() != MODEL_ERROR_NOT_READY) return 5;
  memories[0] = 0;
  if (model_ctx_init_memories(&two, memories, bytes) != MODEL_ERROR_ARENA) return 6;
  return strcmp(MODEL_MEMORY1_NAME, "sram") == 0 ? 0 : 7;
}
)"));
  const std::string at = folder->path().string();
  const std::string build =
      text::cat("cd '", at, "' && cc -std=c99 -Wall -Wextra -Werror -pedantic -I. -c main.c && ",
                "c++ -std=c++11 -O1 -Wall -Wextra -Werror -I. -c model.cpp && c++ main.o model.o -o main");
  ASSERT_EQ(std::system(build.c_str()), 0);
  EXPECT_EQ(std::system(text::cat("'", at, "/main'").c_str()), 0);
}

}  // namespace
}  // namespace mote
