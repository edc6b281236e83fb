// Real networks answer what TensorFlow Lite Micro's reference kernels answered: every output byte and every intermediate tensor,
// on the host and on emulated cores.  Large networks with a few cases; golden_real_test.cpp takes them all.
#include "support/golden.h"

namespace mote {
namespace {
using testing::GoldenRun;

struct Golden {
  const char* name;
  std::int64_t samples;  // the first ones; 0: all.  Of a sequence, a shorter one.
  bool on_pis = false;   // on two Raspberry Pis, too
};
void PrintTo(const Golden& golden, std::ostream* out) { *out << golden.name; }

class GoldenNetworks : public ::testing::TestWithParam<Golden> {};

TEST_P(GoldenNetworks, AnswerEveryByte) {
  const Golden given = GetParam();
  const auto golden = testing::find_golden(given.name);
  if (!golden) GTEST_SKIP() << golden.error().message;
  // What is printed for a core goes the way of a firmware on the host and a Cortex-M4, and tensor by tensor on both Cortex-M
  // cores.  The host's own functions stand beside each of them.
  for (const char* target : {"host", "cortex-m4"})
    testing::expect_golden(*golden, target, GoldenRun::Fused, false, given.samples);
  for (const char* target : {"rpi4", "rpi5"}) {
    if (given.on_pis) testing::expect_golden(*golden, target, GoldenRun::Fused, false, given.samples);
  }
  testing::expect_golden(*golden, "cortex-m4", GoldenRun::LeastMemory, false, given.samples);
  testing::expect_golden(*golden, "cortex-m55", GoldenRun::LeastCode, false, given.samples);
  for (const char* target : {"cortex-m4", "cortex-m55"})
    testing::expect_golden(*golden, target, GoldenRun::EveryTensor, false, given.samples);
  if (golden->sequence) testing::expect_golden(*golden, "cortex-m4", GoldenRun::Fused, true, given.samples);
}

std::string name_of(const ::testing::TestParamInfo<Golden>& given) {
  std::string name = given.param.name;
  for (char& c : name) c = c == '-' ? '_' : c;
  return name;
}

INSTANTIATE_TEST_SUITE_P(Data, GoldenNetworks,
                         ::testing::Values(Golden{"kws", 0, true}, Golden{"ad", 8, true}, Golden{"hello", 0},
                                           Golden{"vww", 2, true}, Golden{"ic", 3, true},
                                           Golden{"mspeech", 8}, Golden{"sww", 4, true}),
                         name_of);

INSTANTIATE_TEST_SUITE_P(
    MoreData, GoldenNetworks,
    ::testing::Values(
        Golden{"ad01_fp32", 4}, Golden{"audio_preprocessor_float", 0}, Golden{"audio_preprocessor_int8", 0},
        Golden{"dtln_noise_suppression", 20}, Golden{"hello_world_float", 0}, Golden{"image_example1", 4},
        Golden{"keyword_scrambled", 0}, Golden{"magicwand_model", 0}, Golden{"magicwand_quantized_model", 0},
        Golden{"mcunet_vww", 1}, Golden{"mltk_micro_speech", 0}, Golden{"mnist_lenet-300-100_ptq", 0},
        Golden{"okay_nabu", 0}, Golden{"pretrainedResnet", 1}, Golden{"rock_paper_scissors", 4},
        Golden{"simple_add_model", 0}, Golden{"v2_alexa", 0}, Golden{"v2_experiments_okay_computer", 0},
        Golden{"v2_hey_jarvis", 0}, Golden{"v2_vad", 0}, Golden{"vww_96_float", 1}),
    name_of);

}  // namespace
}  // namespace mote
