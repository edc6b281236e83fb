// Every kernel on emulated devices: random layers of all operators side by side in one model, so that a firmware proves dozens
// of them.  The device answers what the host answers, byte for byte, floats too.
#include <gtest/gtest.h>

#include "app/device_run.h"
#include "support/random_ops/random_ops.h"
#include "support/random_ops/signal.h"

namespace mote {
namespace {
using namespace testing;

/// Which of the families' element types a model has.
enum class Kind : std::uint8_t { Int8, Float, Others };

bool belongs(DType dtype, Kind kind) {
  if (kind == Kind::Int8) return dtype == DType::S8;
  return (dtype == DType::F32) == (kind == Kind::Float) && dtype != DType::S8;
}

struct Everything {
  Module module;
  Cases cases;
  std::set<KernelId> kernels;
};

std::set<KernelId> kernels_of(const Graph& graph) {
  std::set<KernelId> kernels;
  for (const Node& node : graph.nodes) {
    if (op_of(node).view) continue;
    const auto calls = op_of(node).lower({graph, node});
    EXPECT_TRUE(calls) << node.name << ": " << (calls ? "" : calls.error().message);
    if (!calls) continue;
    for (const KernelCall& call : *calls) kernels.insert(call.kernel);
  }
  return kernels;
}

/// Ops that lower to one of several kernels, by shapes, groups, types of bias and memory: they are drawn more often.
int draws_of(const std::string& op) {
  const auto any_of = [&](std::initializer_list<const char*> names) {
    return std::any_of(names.begin(), names.end(), [&](const char* name) { return op == name; });
  };
  if (any_of({"fully_connected", "quantize"})) return 18;
  return any_of({"add", "conv2d", "softmax", "svdf", "transpose_conv"}) ? 9 : 1;
}

/// A layer or more of each operator and type, none reading another's output.
Everything everything(Kind kind, std::uint64_t seed) {
  std::vector<RandomOp> ops = random_ops();
  const auto signal = signal_ops();
  ops.insert(ops.end(), signal.begin(), signal.end());
  Draw d(seed, DType::S8, false);
  for (const RandomOp& op : ops) {
    for (const DType dtype : op.types) {
      if (!belongs(dtype, kind)) continue;
      d.use(dtype);
      for (int i = draws_of(op.op); i > 0; --i) op.make(d, op.op);
      EXPECT_EQ(d.refusal(), "") << op.op;
    }
  }
  d.finish();
  Everything made;
  constexpr std::uint32_t kCases = 3;
  made.cases.count = kCases;
  for (const auto& one : random_cases(d, kCases)) {
    for (const Bytes& input : one)
      made.cases.bytes.insert(made.cases.bytes.end(), input.begin(), input.end());
  }
  made.module = std::move(d.module());
  made.kernels = kernels_of(made.module.main());
  return made;
}

void expect_the_hosts_answers(const char* target_name, const Everything& all,
                              PlanOptions::Optimize optimize) {
  const auto target = find_target(target_name);
  ASSERT_TRUE(target) << target.error().message;
  if (const auto missing = missing_tools(*target); !missing.empty())
    GTEST_SKIP() << missing[0].package << " is not installed";
  const auto sound = verify(all.module, Stage::Deployable);
  ASSERT_TRUE(sound) << sound.error().message;
  DeviceRunOptions options;
  options.plan.optimize = optimize;
  options.measure = false;
  options.sequence = true;
  const auto run = run_on_device(all.module, *target, all.cases, options);
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_TRUE(run->matches()) << run->first_mismatch;
  EXPECT_GT(run->compared_bytes, 0u);
}

constexpr auto kSize = PlanOptions::Optimize::Size;

TEST(EveryOp, InInt8AnswersOnACortexM4AsOnTheHost) {
  expect_the_hosts_answers("cortex-m4", everything(Kind::Int8, 1), kSize);
}
TEST(EveryOp, InFloatsAnswersOnACortexM4AsOnTheHostBitForBit) {
  expect_the_hosts_answers("cortex-m4", everything(Kind::Float, 12), kSize);
}
TEST(EveryOp, InOtherTypesAnswersOnACortexM4AsOnTheHost) {
  expect_the_hosts_answers("cortex-m4", everything(Kind::Others, 8), kSize);
}
TEST(EveryOp, InInt8AnswersOnACortexM0AsOnTheHost) {
  expect_the_hosts_answers("cortex-m0", everything(Kind::Int8, 4), kSize);
}
TEST(EveryOp, InInt8AnswersOnRiscVAsOnTheHost) {
  expect_the_hosts_answers("rv32imc", everything(Kind::Int8, 5), kSize);
}

TEST(EveryOp, TheModelsTogetherCallEveryKernel) {
  std::set<KernelId> called;
  for (const auto& [kind, seed] :
       {std::pair(Kind::Int8, 1), std::pair(Kind::Float, 12), std::pair(Kind::Others, 8)}) {
    const auto kernels = everything(kind, static_cast<std::uint64_t>(seed)).kernels;
    called.insert(kernels.begin(), kernels.end());
  }
  std::vector<std::string> missing;
  for (const KernelVariant* variant : kernel_registry()) {
    if (called.insert(variant->kernel).second) missing.push_back(variant->kernel);
  }
  EXPECT_TRUE(missing.empty()) << text::join(missing, ", ");
}

}  // namespace
}  // namespace mote
