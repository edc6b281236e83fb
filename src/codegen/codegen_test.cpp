// The generated sources: the same text each time, names that no C++ word can break, warnings nowhere, and an
// interface that refuses what it must.
#include "codegen/codegen.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "support/random_network.h"
#include "targets/target.h"

namespace mote {
namespace {
using testing::Network;
using testing::random_network;

Program program_of(const Module& module, const std::string& prefix = "model",
                   PlanOptions::Optimize optimize = PlanOptions::Optimize::Speed) {
  PlanOptions plan_options;
  plan_options.optimize = optimize;
  const auto target = find_target("cortex-m4");
  EXPECT_TRUE(target);
  auto plan = make_plan(module, *target, plan_options);
  EXPECT_TRUE(plan) << plan.error().message;
  CodegenOptions options;
  options.prefix = prefix;
  auto program = make_program(module, *plan, options);
  EXPECT_TRUE(program) << program.error().message;
  return std::move(*program);
}

std::string content(const std::vector<OutputFile>& files, const std::string& path) {
  for (const OutputFile& file : files) {
    if (file.path == path) return file.content;
  }
  ADD_FAILURE() << "no file " << path;
  return "";
}

/// Compiles and links files in a folder of their own, as strictly as anybody might.
class Workshop {
 public:
  Workshop() : folder_(std::move(*ScratchFolder::make("codegen-test"))) {}

  void add(const std::vector<OutputFile>& files) { ASSERT_TRUE(write_tree(folder_.path(), files)); }
  void add(const std::string& path, const std::string& text) {
    ASSERT_TRUE(write_text(folder_.path() / path, text));
  }

  /// What the compiler says; empty when it accepts the sources without a word.
  std::string build(const std::string& compiler, const std::string& standard,
                    std::vector<std::string> sources) {
    std::vector<std::string> command = {compiler,     "-std=" + standard, "-Wall", "-Wextra",
                                        "-Wpedantic", "-Werror",          "-O0",   "-I."};
    command.insert(command.end(), sources.begin(), sources.end());
    const auto run = run_process(command, folder_.path(), 60);
    if (!run) return run.error().message;
    return run->out + run->err + (run->exit_code != 0 ? text::cat("exit status ", run->exit_code) : "");
  }
  int run(const std::string& program) {
    const auto done = run_process({(folder_.path() / program).string()}, folder_.path(), 20);
    return done ? done->exit_code : -1;
  }

 private:
  ScratchFolder folder_;
};

Module two_dense() {
  Network net;
  const TensorId x = net.input("x", {1, 4});
  const TensorId a = net.dense("first", x, 3);
  return net.finish({net.dense("second", net.layer("relu", "relu", {a}), 2)});
}

TEST(Codegen, SameModelSameText) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const auto a = print(program_of(random_network(seed, 10))),
               b = print(program_of(random_network(seed, 10)));
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
      EXPECT_EQ(a[i].path, b[i].path);
      EXPECT_EQ(a[i].content, b[i].content);
    }
  }
}

TEST(Codegen, TheModelHashFollowsEveryWeight) {
  Module module = two_dense();
  const Program before = program_of(module);
  for (Tensor& tensor : module.main().tensors) {
    if (!tensor.is_constant()) continue;
    Bytes bytes = *tensor.constant;
    bytes[0] ^= 1;
    tensor.constant = std::make_shared<const Bytes>(bytes);
    const Program after = program_of(module);
    EXPECT_NE(after.model_hash, before.model_hash) << tensor.name;
    EXPECT_NE(after.weights_hash, before.weights_hash) << tensor.name;
    bytes[0] ^= 1;
    tensor.constant = std::make_shared<const Bytes>(bytes);
  }
}

TEST(Codegen, TheHeaderSaysWhatItsBytesAre) {
  Program program = program_of(two_dense());
  EXPECT_EQ(program.weights_bytes, 4u * (4 * 3 + 3 + 3 * 2 + 2));
  const std::string header = content(print(program), "model.h");
  EXPECT_NE(
      header.find("constants: weights 92 bytes, tables 0, initial state 0; code: known once it is built"),
      std::string::npos)
      << header;
  program.weights_bytes += 30;  // a table and a state's initial values beside the weights
  program.lookup_bytes = 10;
  program.state_bytes = 20;
  program.requant_bytes = 5;
  EXPECT_EQ(constants_text(program), "weights 92 bytes, tables 15, initial state 20");
}

TEST(Codegen, EachStateStartsWithItsOwnValuesAndEqualOnesAreStoredOnce) {
  Module module = two_dense();
  const std::vector<int> fills = {1, 1, 2, 1, 2, 3, 3, 4};
  for (std::size_t i = 0; i < fills.size(); ++i)
    module.states.push_back({static_cast<std::int32_t>(i),
                             text::cat("memory", i),
                             {DType::S8, {100}},
                             Bytes(100, static_cast<std::uint8_t>(fills[i]))});
  const Program program = program_of(module);
  ASSERT_EQ(program.states.size(), fills.size());
  for (std::size_t i = 0; i < fills.size(); ++i) {
    const auto array = std::find_if(program.arrays.begin(), program.arrays.end(), [&](const ProgramArray& a) {
      return a.expression == program.states[i].array;
    });
    ASSERT_NE(array, program.arrays.end()) << program.states[i].array;
    EXPECT_EQ(array->constant->bytes, module.states[i].init) << i;
  }
  EXPECT_EQ(program.state_bytes, 400u);  // of four different ones
  EXPECT_EQ(program.lookup_bytes, 0u);
}

// Compiling runs nothing, so the header estimates, says so, and names who counts; what was counted takes its place.
TEST(Codegen, TheHeaderEstimatesInstructionsUntilTheyAreCounted) {
  Program program = program_of(two_dense());
  EXPECT_GE(program.instructions_estimated, static_cast<double>(program.macs));
  const std::string estimated = content(print(program), "model.h");
  EXPECT_NE(estimated.find("// estimate   "), std::string::npos) << estimated;
  EXPECT_NE(estimated.find(" instructions an inference by mote's cost model, not counted"),
            std::string::npos);
  EXPECT_NE(estimated.find("`mote bench`"), std::string::npos);
  program.measured = {"123 instructions an inference"};
  const std::string measured = content(print(program), "model.h");
  EXPECT_EQ(measured.find("estimate"), std::string::npos) << measured;
  EXPECT_NE(measured.find("// measured   123 instructions"), std::string::npos);
}

TEST(Codegen, SizeSharesOneFunctionAKernel) {
  const std::string source =
      content(print(program_of(two_dense(), "model", PlanOptions::Optimize::Size)), "model.cpp");
  const std::string mark = "mote::fully_connected_f32";
  int calls = 0;
  for (std::size_t at = source.find(mark); at != std::string::npos; at = source.find(mark, at + 1)) ++calls;
  EXPECT_EQ(calls, 1) << source;
}

// What calls of a kernel have in common stands in its function, what they differ in in rows as narrow as the numbers are.
TEST(Codegen, SizeMakesRowsOfWhatCallsDifferIn) {
  const std::string source =
      content(print(program_of(two_dense(), "model", PlanOptions::Optimize::Size)), "model.cpp");
  for (const char* line :
       {"struct shared_fully_connected_f32_row {", "  const float* weights;", "  uint8_t in_count;",
        "  uint8_t out_count;", "const shared_fully_connected_f32_row& row = mote::from_flash(in_flash);",
        "const MOTE_FLASH shared_fully_connected_f32_row first = {", "/*in_count*/ 4,",
        "/*weights*/ model_weights.first_weights", "shared_fully_connected_f32(arena, first);"})
    EXPECT_NE(source.find(line), std::string::npos) << line << "\n" << source;
  EXPECT_EQ(source.find("row.batches"), std::string::npos) << "the same in both";
}

Module one_dense() {
  Network net;
  return net.finish({net.dense("only", net.input("x", {1, 4}), 3)});
}

TEST(Codegen, SizeSpecialisesWhatIsCalledOnce) {
  const std::string size =
      content(print(program_of(one_dense(), "model", PlanOptions::Optimize::Size)), "model.cpp");
  EXPECT_EQ(size.find("shared_"), std::string::npos) << size;
  EXPECT_NE(size.find("MOTE_NOINLINE void only(unsigned char* arena)"), std::string::npos);
}

// Arrays of any number of bytes fill whole words, so that the device hashes them all at once and finds what the host counted.
TEST(Codegen, GatheredConstantsAreHashedWithWhatFillsThemUp) {
  Program program = program_of(two_dense(), "model", PlanOptions::Optimize::Size);
  ASSERT_TRUE(program.gathered);
  Workshop workshop;
  workshop.add(print(program));
  workshop.add("user.c", "#include \"model.h\"\nint main(void) { return model_verify_weights(); }\n");
  ASSERT_EQ(workshop.build("gcc", "c99", {"-c", "user.c"}), "");
  ASSERT_EQ(workshop.build("g++", "c++11", {"model.cpp", "user.o", "-o", "user"}), "");
  EXPECT_EQ(workshop.run("user"), 0);
  for (const ProgramArray& array : program.arrays)
    EXPECT_EQ(elements_of(program, array) * bytes_of(array.constant->dtype) % 4, 0u) << array.name;
}

// Names that a layer, a label or a tensor may have, because a user or a converter gave them.
const char* const kHostile[] = {"int",
                                "constexpr",
                                "nullptr",
                                "static_assert",
                                "int8_t",
                                "size_t",
                                "NULL",
                                "INT8_MAX",
                                "MODEL_OK",
                                "model",
                                "model_ctx",
                                "model_init",
                                "arena",
                                "context",
                                "the_context",
                                "mote",
                                "std",
                                "memcpy",
                                "main",
                                "values",
                                "p",
                                "hash",
                                "i",
                                "mote_after_layer",
                                "conv2d_f32",
                                "add_f32",
                                "linux",
                                "1",
                                "",
                                "a b",
                                "a/b",
                                "a_b",
                                "a:b",
                                "\"quoted\"",
                                "*/ x /*",
                                "back\\",
                                "line\nbreak",
                                "ümlaut",
                                "what?\?/",
                                "\xe2\x80\xae",
                                "__x",
                                "_Bool",
                                "first_weights",
                                "alignas",
                                "shared_fully_connected_f32",
                                "shared_fully_connected_f32_row",
                                "row",
                                "in_flash",
                                "pass",
                                "weights",
                                "xor_eq",
                                "x__y"};

Module hostile_names() {
  Network net;
  TensorId x = net.input("what?\?/\n*/ \\", {1, 4});
  x = net.dense("first", x, 4);
  for (const char* name : kHostile) x = net.layer("relu", name, {x});
  x = net.layer("add", "MODEL_add", {net.dense("int8_t ", x, 4), net.dense("p0", x, 4)});
  Module module = net.finish({x});
  std::vector<std::string> labels;
  for (const char* name : kHostile) {
    std::string label(name);
    std::replace(label.begin(), label.end(), '\n', ' ');  // labels are stored a line each
    labels.push_back(label);
  }
  set_labels(module, labels);
  return module;
}

TEST(Codegen, HostileNamesCompileWithoutAWarning) {
  const Module module = hostile_names();
  for (const auto optimize : {PlanOptions::Optimize::Speed, PlanOptions::Optimize::Size}) {
    Workshop workshop;
    workshop.add(print(program_of(module, "model", optimize)));
    EXPECT_EQ(workshop.build("g++", "c++11", {"-c", "model.cpp"}), "");
    workshop.add(
        "labels.c",
        "#include \"model.h\"\n#include <string.h>\n"
        "static const char* const labels[MODEL_LABEL_COUNT] = MODEL_LABELS;\n"
        "int main(void) { return strcmp(labels[33], \"\\\"quoted\\\"\") != 0 || labels[0][0] != 'i' ||\n"
        "  strcmp(labels[37], \"\\303\\274mlaut\") != 0 || strlen(labels[38]) != 7; }\n");
    EXPECT_EQ(workshop.build("gcc", "c99", {"labels.c", "-o", "labels"}), "");
    EXPECT_EQ(workshop.run("labels"), 0);
  }
}

TEST(Codegen, EveryRandomNetworkCompilesWithoutAWarning) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    Workshop workshop;
    const auto optimize = seed % 2 == 0 ? PlanOptions::Optimize::Size : PlanOptions::Optimize::Speed;
    workshop.add(print(program_of(random_network(seed, 12), "model", optimize)));
    EXPECT_EQ(workshop.build("g++", "c++11", {"-c", "model.cpp", "-DMOTE_TRACE", "-DMODEL_CHECK_WEIGHTS"}),
              "");
  }
}

TEST(Codegen, AModelWithoutAnyLayerCompiles) {
  Network net;
  const TensorId x = net.input("x", {1, 4});
  const Module module =
      net.finish({net.layer("reshape", "r", {x}, {{"shape", std::vector<std::int64_t>{4}}})});
  Workshop workshop;
  workshop.add(print(program_of(module)));
  EXPECT_EQ(workshop.build("g++", "c++11", {"-c", "model.cpp"}), "");
}

constexpr const char* kUser = R"(
#include "one.h"
#include "two.h"
static ONE_ARENA_ATTRIBUTE unsigned char first[ONE_ARENA_BYTES + 16];
static TWO_ARENA_ATTRIBUTE unsigned char second[TWO_ARENA_BYTES];
#define CHECK(n, condition) if (!(condition)) return n
int main(void) {
  float in[ONE_IN0_COUNT] = {1.0f, -2.0f, 3.0f, 0.5f}, out[ONE_OUT0_COUNT], again[ONE_OUT0_COUNT];
  one_ctx context;
  int i;
  CHECK(1, one_invoke() == ONE_ERROR_NOT_READY);
  CHECK(2, one_input(0) == 0 && one_output(0) == 0);
  CHECK(3, one_set_input(0, in) == ONE_ERROR_NOT_READY && one_get_output(0, out) == ONE_ERROR_NOT_READY);
  one_reset();
  CHECK(4, one_init(0, ONE_ARENA_BYTES) == ONE_ERROR_ARENA);
  CHECK(5, one_init(first, ONE_ARENA_BYTES - 1) == ONE_ERROR_ARENA);
  CHECK(6, one_init(first + 4, ONE_ARENA_BYTES) == ONE_ERROR_ARENA);
  CHECK(7, one_invoke() == ONE_ERROR_NOT_READY);
  CHECK(8, one_init(first, ONE_ARENA_BYTES) == ONE_OK);
  CHECK(9, two_init(second, sizeof second) == TWO_OK);
  CHECK(10, one_input(99) == 0 && one_input(-1) == 0 && one_output(99) == 0 && one_output(1) == 0);
  CHECK(11, one_set_input(99, in) == ONE_ERROR_INDEX && one_get_output(-1, out) == ONE_ERROR_INDEX);
  CHECK(12, one_set_input(0, in) == ONE_OK && one_invoke() == ONE_OK && one_get_output(0, out) == ONE_OK);
  CHECK(13, one_verify_weights() == ONE_OK && two_verify_weights() == TWO_OK);
  CHECK(14, one_init(0, 0) == ONE_ERROR_ARENA && one_invoke() == ONE_ERROR_NOT_READY);
  CHECK(15, one_ctx_init(&context, second, 0) == ONE_ERROR_ARENA);
  CHECK(16, one_ctx_invoke(&context) == ONE_ERROR_NOT_READY);
  CHECK(17, one_ctx_init(&context, first, sizeof first) == ONE_OK);
  CHECK(18, one_ctx_set_input(&context, 0, in) == ONE_OK && one_ctx_invoke(&context) == ONE_OK);
  CHECK(19, one_ctx_get_output(&context, 0, again) == ONE_OK);
  for (i = 0; i < ONE_OUT0_COUNT; ++i) CHECK(20, out[i] == again[i]);
  return 0;
}
)";

TEST(Codegen, TwoModelsLinkIntoOneCProgramThatIsRefusedWhatItMustBe) {
  Workshop workshop;
  workshop.add(print(program_of(two_dense(), "one")));
  workshop.add(print(program_of(two_dense(), "two")));
  workshop.add("user.c", kUser);
  ASSERT_EQ(workshop.build("gcc", "c99", {"-c", "user.c"}), "");
  ASSERT_EQ(workshop.build("g++", "c++11", {"one.cpp", "two.cpp", "user.o", "-o", "user"}), "");
  EXPECT_EQ(workshop.run("user"), 0);
}

TEST(Codegen, OnlyACIdentifierIsAPrefix) {
  const Module module = two_dense();
  const auto plan = make_reference_plan(module);
  ASSERT_TRUE(plan);
  for (const char* bad :
       {"stdint", "string", "", "1st", "a b", "a-b", "int", "mote", "x;", "\"", "constexpr"}) {
    CodegenOptions options;
    options.prefix = bad;
    const auto program = make_program(module, *plan, options);
    ASSERT_FALSE(program) << bad;
    EXPECT_FALSE(program.error().hint.empty());
  }
}

}  // namespace
}  // namespace mote
