// Does the proof prove anything?  A hundred corruptions of a firmware, in its flash and in its source, and `run` must notice
// each of them and name the layer.
#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "app/device_run.h"
#include "codegen/codegen.h"
#include "support/quantized_network.h"

namespace mote {
namespace {
using testing::canonical;
using testing::quantized;
using testing::small_cnn;

// What is to be corrupted: one model, and cases that reach the ends of every range.
struct Subject {
  Module module;
  Target target;
  Program program;
  Cases cases;
};

Subject subject() {
  Subject s;
  s.module = quantized(canonical(small_cnn(3)), 4);
  s.target = *find_target("cortex-m4");
  const auto plan = make_plan(s.module, s.target, {});
  EXPECT_TRUE(plan) << plan.error().message;
  auto program = make_program(s.module, *plan, {});
  EXPECT_TRUE(program) << program.error().message;
  s.program = std::move(*program);
  constexpr std::uint32_t cases = 48;
  std::mt19937_64 random(8);
  s.cases.count = cases;
  for (std::size_t i = 0; i < cases * input_bytes(s.module); ++i)
    s.cases.bytes.push_back(static_cast<std::uint8_t>(random()));
  return s;
}

struct Tally {
  int mutants = 0, noticed = 0, by_bytes = 0;
};

// Runs the corrupted firmware; every corruption belongs to `layer`.
void judge(const Subject& s, const Firmware& firmware, const std::string& what, const std::string& layer,
           Tally& tally) {
  ++tally.mutants;
  const auto run = compare_with_host(s.module, s.program, firmware, s.cases, {});
  if (!run) {  // a fault of the processor is noticed, too, but none of these mutants may cause one
    ADD_FAILURE() << what << ": " << run.error().message;
    return;
  }
  EXPECT_FALSE(run->matches()) << what << " was not noticed";
  tally.noticed += run->matches() ? 0 : 1;
  if (run->mismatched_bytes == 0) return;
  ++tally.by_bytes;
  EXPECT_NE(run->first_mismatch.find(text::cat("layer '", layer, "'")), std::string::npos)
      << what << " in layer '" << layer << "': " << run->first_mismatch;
}

// ---- in flash

// Where an image holds the bytes of a constant: file offset, by the array's symbol.
class Image {
 public:
  explicit Image(std::filesystem::path path) : path_(std::move(path)) {
    auto bytes = read_file(path_);
    EXPECT_TRUE(bytes);
    sound_ = std::move(*bytes);
    const auto symbols = run_process({"arm-none-eabi-nm", path_.string()}, "", 60);
    EXPECT_TRUE(symbols);
    symbols_ = text::split(symbols->out, '\n');
  }

  std::optional<std::size_t> offset_of(const std::string& array) const {
    const std::string mangled = text::cat("L", array.size(), array, "E");  // …GLOBAL__N_1L13conv1_weightsE
    for (const std::string& line : symbols_) {
      if (text::ends_with(line, mangled))
        return file_offset(static_cast<std::uint32_t>(std::stoul(line.substr(0, 8), nullptr, 16)));
    }
    return std::nullopt;
  }
  void corrupt(std::size_t offset, std::uint8_t mask) const {
    Bytes bytes = sound_;
    bytes[offset] ^= mask;
    EXPECT_TRUE(write_file(path_, bytes));
  }
  void restore() const { EXPECT_TRUE(write_file(path_, sound_)); }
  const Bytes& sound() const { return sound_; }

 private:
  std::uint32_t word(std::size_t at) const {
    std::uint32_t value;
    std::memcpy(&value, sound_.data() + at, 4);
    return value;
  }
  // ELF32: the sections .weights and .tables hold all constants; a section's header says its address and its place in the file.
  std::optional<std::size_t> file_offset(std::uint32_t address) const {
    const std::uint32_t headers = word(32);
    const std::uint32_t count = word(48) & 0xffff, names = word(48) >> 16;
    constexpr std::uint32_t header_bytes = 40;
    const std::uint32_t strings = word(headers + names * header_bytes + 16);
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::uint32_t at = headers + i * header_bytes;
      const std::string name(reinterpret_cast<const char*>(sound_.data() + strings + word(at)));
      const std::uint32_t begin = word(at + 12), offset = word(at + 16), size = word(at + 20);
      if ((name == ".weights" || name == ".tables") && address >= begin && address < begin + size)
        return offset + (address - begin);
    }
    return std::nullopt;
  }

  std::filesystem::path path_;
  Bytes sound_;
  std::vector<std::string> symbols_;
};

std::string layer_that_reads(const Program& program, const std::string& array) {
  for (const ProgramLayer& layer : program.layers) {
    for (const ProgramCall& call : layer.calls) {
      for (const std::string& argument : call.arguments) {
        if (argument == array) return layer.name;
      }
    }
  }
  return "";
}

TEST(Mutation, EveryCorruptionOfTheFlashIsNoticed) {
  const Subject s = subject();
  if (!missing_tools(s.target).empty())
    GTEST_SKIP() << missing_tools(s.target)[0].package << " is not installed";
  const auto firmware = Firmware::build(s.program, s.target);
  ASSERT_TRUE(firmware) << firmware.error().message;
  const auto sound = compare_with_host(s.module, s.program, *firmware, s.cases, {});
  ASSERT_TRUE(sound) << sound.error().message;
  ASSERT_TRUE(sound->matches()) << sound->first_mismatch;  // else everything would count as noticed
  const Image images[] = {Image(firmware->image()),
                          Image(firmware->image().parent_path() / "image_traced.elf")};

  std::vector<const ProgramArray*> arrays;  // a table of one element may have become a number in the code
  for (const ProgramArray& array : s.program.arrays) {
    if (images[0].offset_of(array.name) && images[1].offset_of(array.name)) arrays.push_back(&array);
  }
  ASSERT_GE(arrays.size() + 4, s.program.arrays.size());  // multiplier and shift of the two dense layers

  Tally tally;
  std::mt19937_64 random(21);
  constexpr int wanted = 84;
  for (int i = 0; i < wanted; ++i) {
    const ProgramArray& array = *arrays[static_cast<std::size_t>(i) % arrays.size()];
    const std::size_t element_bytes = bytes_of(array.constant->dtype);
    const std::size_t element = random() % (array.constant->bytes.size() / element_bytes);
    // Any bit of a weight or a shift; of a 32-bit bias or multiplier one that is more than rounding.
    const std::size_t byte = element * element_bytes + (element_bytes == 4 ? 1 + random() % 2 : 0);
    const auto mask = static_cast<std::uint8_t>(
        1u << (array.role == Constant::Role::Requant && element_bytes == 1 ? 0 : random() % 8));
    for (const Image& image : images) {
      const auto offset = image.offset_of(array.name);
      ASSERT_TRUE(offset);
      ASSERT_EQ(std::memcmp(image.sound().data() + *offset, array.constant->bytes.data(),
                            array.constant->bytes.size()),
                0);
      image.corrupt(*offset + byte, mask);
    }
    judge(s, *firmware, text::cat("byte ", byte, " of ", array.name, " xor ", static_cast<int>(mask)),
          layer_that_reads(s.program, array.name), tally);
  }
  for (const Image& image : images) image.restore();
  const auto again = compare_with_host(s.module, s.program, *firmware, s.cases, {});
  ASSERT_TRUE(again && again->matches());
  std::printf("flash: %d of %d corruptions noticed, %d of them by the answers alone\n", tally.noticed,
              tally.mutants, tally.by_bytes);
  EXPECT_EQ(tally.noticed, wanted);
}

// ---- in the source

// One number of a layer's parameters, changed.
struct SourceMutant {
  const char* layer;
  const char* field;
  std::int64_t change;
  std::size_t call = 0;
};

// Each changes what some input makes of the layer: a zero point moves every sum, a window that moves sees other values, a
// narrower range clamps values that uniform inputs reach, a multiplier changes by an eighth and more.  Numbers that the host has
// folded into the constants (zero points of inputs without padding, scales of a sum's terms) are read by nobody, and not here.
constexpr SourceMutant kSourceMutants[] = {{"conv1", "in_zero_point", 9},
                                           {"conv1", "out_zero_point", 5},
                                           {"conv1", "pad_top", -1},
                                           {"conv1", "pad_left", -1},
                                           {"conv1", "act_min", 40},
                                           {"depthwise1", "in_zero_point", 9},
                                           {"depthwise1", "out_zero_point", 5},
                                           {"depthwise1", "pad_left", -1},
                                           {"depthwise1", "act_min", 40},
                                           {"conv2", "out_zero_point", 5},
                                           {"add1", "out_shift", -1},
                                           {"add1", "out_zero_point", 5},
                                           {"pool1", "kernel_h", -1},
                                           {"pool2", "kernel_w", -1},
                                           {"both", "out_offset", -1, 1},
                                           {"dense1", "out_zero_point", 5},
                                           {"softmax1", "multiplier", -(1 << 28)}};

bool apply(const SourceMutant& mutant, Program& program) {
  for (ProgramLayer& layer : program.layers) {
    if (layer.name != mutant.layer || mutant.call >= layer.calls.size()) continue;
    for (ParamBlock::Field& field : layer.calls[mutant.call].params.fields) {
      if (field.name != mutant.field) continue;
      auto& value = std::get<std::int64_t>(field.value);
      const bool in_range = text::ends_with(field.name, "zero_point") ? value + mutant.change <= 127 : true;
      value += in_range ? mutant.change : -mutant.change;
      return true;
    }
  }
  return false;
}

TEST(Mutation, EveryChangedNumberOfTheSourceIsNoticed) {
  const Subject s = subject();
  if (!missing_tools(s.target).empty())
    GTEST_SKIP() << missing_tools(s.target)[0].package << " is not installed";
  Tally tally;
  for (const SourceMutant& mutant : kSourceMutants) {
    Program changed = s.program;
    const std::string what = text::cat(mutant.field, " of ", mutant.layer, " by ", mutant.change);
    ASSERT_TRUE(apply(mutant, changed)) << what << " does not exist";
    const auto firmware = Firmware::build(changed, s.target);
    ASSERT_TRUE(firmware) << what << ": " << firmware.error().message;
    judge(s, *firmware, what, mutant.layer, tally);
  }
  std::printf("source: %d of %d changes noticed, %d of them by the answers alone\n", tally.noticed,
              tally.mutants, tally.by_bytes);
  EXPECT_EQ(tally.by_bytes, tally.mutants);  // the constants are intact: only the answers can tell
}

}  // namespace
}  // namespace mote
