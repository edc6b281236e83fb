// Models with loops, branches and memory keep their answers through a .tflite file, whatever order mote and the file keep.
#include <gtest/gtest.h>

#include "export/export.h"
#include "import/import.h"
#include "sim/sim.h"
#include "support/control_networks.h"
#include "support/random_network.h"

namespace mote {
namespace {

std::vector<Bytes> answers(const Module& module, std::uint64_t cases) {
  auto sim = Sim::make(module);
  EXPECT_TRUE(sim) << sim.error().message;
  std::vector<Bytes> all;
  for (std::uint64_t c = 1; c <= cases; ++c) {
    const std::vector<Bytes> inputs = testing::random_case(module, c);
    const std::vector<std::span<const std::uint8_t>> spans(inputs.begin(), inputs.end());
    sim->invoke(spans);
    for (std::size_t i = 0; i < module.main().outputs.size(); ++i) {
      const auto out = sim->output(static_cast<int>(i));
      all.emplace_back(out.begin(), out.end());
    }
  }
  return all;
}

TEST(ControlFlowRoundTrip, AnswersComeBackInferenceAfterInference) {
  for (const testing::ControlNetwork& network : testing::control_networks()) {
    SCOPED_TRACE(network.name);
    const auto file = export_tflite(network.module);
    ASSERT_TRUE(file) << file.error().message;
    const auto back = import_tflite(*file, "model.tflite");
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(answers(*back, 20), answers(network.module, 20));
    ASSERT_EQ(back->states.size(), network.module.states.size());
    for (std::size_t i = 0; i < back->states.size(); ++i) {
      EXPECT_EQ(back->states[i].name, network.module.states[i].name);
      EXPECT_EQ(back->states[i].init, network.module.states[i].init);
    }
    const auto again = export_tflite(*back);
    ASSERT_TRUE(again) << again.error().message;
    const auto third = import_tflite(*again, "model.tflite");
    ASSERT_TRUE(third) << third.error().message;
    EXPECT_EQ(answers(*third, 20), answers(network.module, 20));
  }
}

}  // namespace
}  // namespace mote
