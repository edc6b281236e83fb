// What people get wrong: exit status 1, the thing by its name, the way out; status 2 where the command line itself cannot be meant.
// Nothing is left half done.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

#include "base/system.h"
#include "export/export.h"
#include "support/files.h"
#include "support/quantized_network.h"

namespace mote {
namespace {
namespace fs = std::filesystem;
using testing::npy;

// input [1,4], output [1,2]; in s8 the little model.
Module float_model() {
  testing::Network net(1);
  const TensorId x = net.input("x", {1, 4});
  return testing::canonical(net.finish({net.dense("dense", x, 2)}));
}
Module little_model() { return testing::quantized(float_model(), 1); }

class BadInput : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.emplace(std::move(*ScratchFolder::make("bad-input")));
    auto bytes = export_tflite(little_model());
    ASSERT_TRUE(bytes) << bytes.error().message;
    model_ = std::move(*bytes);
    ASSERT_TRUE(write_file(at("model.tflite"), model_));
  }
  fs::path at(const std::string& name) const { return folder_->path() / name; }
  fs::path at_file() const { return at("damaged.tflite"); }
  std::string file(const std::string& name, const std::string& content) const {
    EXPECT_TRUE(write_text(at(name), content));
    return name;
  }

  ProcessOutput mote(std::vector<std::string> words) const {
    words.insert(words.begin(), MOTE_PROGRAM);
    auto run = run_process(words, folder_->path(), 60);
    EXPECT_TRUE(run) << run.error().message;
    EXPECT_FALSE(run->timed_out);
    return *run;
  }

  // Fails with status 1, an error that says `said`, and a hint unless there is none to give.
  void expect_refused(const std::vector<std::string>& words, const std::vector<std::string>& said,
                      bool hint = true) const {
    expect_error(1, words, said, hint);
  }
  // The command line itself is wrong: status 2, the option by its name, and always a way out.
  void expect_usage(const std::vector<std::string>& words, const std::vector<std::string>& said) const {
    expect_error(2, words, said, true);
  }
  void expect_error(int status, const std::vector<std::string>& words, const std::vector<std::string>& said,
                    bool hint) const {
    const ProcessOutput run = mote(words);
    const std::string command = text::join(words, " ");
    EXPECT_EQ(run.exit_code, status) << command << "\n" << run.err;
    EXPECT_EQ(run.out, "") << command;
    EXPECT_EQ(run.err.rfind("error: ", 0), 0u) << command << "\n" << run.err;
    for (const std::string& part : said)
      EXPECT_NE(run.err.find(part), std::string::npos) << command << "\n" << run.err;
    if (!hint) return;
    EXPECT_NE(run.err.find("\nhint:  "), std::string::npos) << command << "\n" << run.err;
  }

  std::optional<ScratchFolder> folder_;
  Bytes model_;
};

const std::vector<std::string> kVerbs = {"run", "bench", "inspect", "compile"};

std::vector<std::string> with(const std::string& verb, const std::string& model) {
  std::vector<std::string> words = {verb, model};
  if (verb == "compile") words.insert(words.end(), {"-o", "out"});
  return words;
}

TEST_F(BadInput, AModelFileThatIsNone) {
  ASSERT_TRUE(fs::create_directory(at("folder.tflite")));
  file("text.tflite", "this is no model, but a longer text in a file with the ending of one\n");
  file("empty.tflite", "");
  ASSERT_TRUE(write_file(at("cut.tflite"), {model_.data(), model_.size() / 2}));
  for (const std::string& verb : kVerbs) {
    expect_refused(with(verb, "missing.tflite"), {"missing.tflite", "no such file"});
    expect_refused(with(verb, "folder.tflite"), {"folder.tflite", "folder"}, false);
    for (const char* name : {"text.tflite", "empty.tflite", "cut.tflite"})
      expect_refused(with(verb, name), {name}, false);
  }
  EXPECT_FALSE(fs::exists(at("out")));
}

TEST_F(BadInput, EveryCutOfAModelIsRefusedOrSound) {
  for (std::size_t length = 0; length < model_.size(); length += 1 + model_.size() / 40) {
    ASSERT_TRUE(write_file(at("cut.tflite"), {model_.data(), length}));
    const ProcessOutput run = mote({"inspect", "cut.tflite"});
    EXPECT_LE(run.exit_code, 1) << length << " bytes: " << run.err;
  }
}

// One word of the file changed: what comes is an error or an answer, in seconds, whoever reads the model.
TEST_F(BadInput, EveryVerbSurvivesDamagedModels) {
  const std::vector<std::vector<std::string>> verbs = {
      {"inspect", "damaged.tflite"}, {"check", "damaged.tflite"}, {"compile", "damaged.tflite", "-o", "out"}};
  int refused = 0, tried = 0;
  for (std::size_t at = 8; at + 4 <= model_.size(); at += 4 * (1 + model_.size() / 80)) {
    for (const std::uint8_t value : {0x00, 0x7f, 0xff}) {
      Bytes damaged = model_;
      std::fill_n(damaged.begin() + static_cast<std::ptrdiff_t>(at), 4, value);
      ASSERT_TRUE(write_file(at_file(), damaged));
      const ProcessOutput run = mote(verbs[static_cast<std::size_t>(tried++) % verbs.size()]);
      ASSERT_GE(run.exit_code, 0) << at << ": " << run.err;  // a signal
      ASSERT_LE(run.exit_code, 1) << at << ": " << run.err;
      if (run.exit_code == 0) continue;
      ++refused;
      EXPECT_NE(run.err + run.out, "") << at;  // check says it in its report
    }
  }
  EXPECT_GT(refused, tried / 10);
}

TEST_F(BadInput, ADamagedModelIsNotRun) {
  Bytes damaged = model_;
  damaged[4] = 'X';
  ASSERT_TRUE(write_file(at_file(), damaged));
  for (const std::string& verb : std::vector<std::string>{"run", "bench", "check", "inspect"})
    expect_refused({verb, "damaged.tflite"}, {"damaged.tflite", "TFL3"});
  expect_refused({"compile", "damaged.tflite", "-o", "out"}, {"damaged.tflite", "TFL3"});
  EXPECT_FALSE(fs::exists(at("out")));
}

TEST_F(BadInput, AnUnknownTargetGetsTheNearestNameAndStatusTwo) {
  for (const std::string verb : {"run", "bench", "check", "inspect"})
    expect_usage({verb, "model.tflite", "--target", "cortexm4"},
                 {"--target", "cortexm4", "did you mean 'cortex-m4'?", "`mote targets`"});
  expect_usage({"compile", "model.tflite", "--target", "zebra", "-o", "out"}, {"zebra", "known: ", "host"});
  EXPECT_FALSE(fs::exists(at("out")));
}

TEST_F(BadInput, NumbersOfCasesStartAtOne) {
  for (const char* samples : {"-3", "0", "99999999999"}) {
    expect_usage({"run", "model.tflite", "--target", "host", "--samples", samples},
                 {"--samples " + std::string(samples), "1…"});
    expect_usage({"eval", "model.tflite", "--data", "x.npy", "--samples", samples}, {"--samples"});
    expect_usage({"shrink", "model.tflite", "--calibrate", "x.npy", "-o", "s.tflite", "--samples", samples},
                 {"--samples"});
  }
  expect_usage({"bench", "model.tflite", "--target", "host", "--samples", "0"},
               {"--samples 0", "at least 1"});
  for (const char* option : {"--subjects", "--beats"})
    expect_usage({"data", "synth", "-o", "ecg.csv", option, "0"}, {option, "at least 1"});
}

TEST_F(BadInput, OptionsOfEvalThatCannotBeMeantSoAreUsage) {
  const std::string data = file("x.npy", npy("|i1", {2, 4}, Bytes(8)));
  const std::string labels = file("labels.txt", "0\n1\n");
  const auto eval = [&](std::vector<std::string> more) {
    std::vector<std::string> words = {"eval", "model.tflite", "--data", data, "--labels", labels};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  EXPECT_EQ(mote(eval({"--top-k", "2"})).exit_code, 0);  // as many as there are classes
  for (const char* k : {"-1", "0", "3", "50"})
    expect_usage(eval({"--top-k", k}), {"--top-k " + std::string(k), "1…2"});
  expect_usage(eval({"--task", "anomaly"}), {"--task anomaly", "the model has 2"});
  expect_usage({"eval", "model.tflite", "--data", data, "--reference-model", "model.tflite", "--top-k", "1"},
               {"--top-k 1", "no classes"});
  for (const char* scale : {"0", "nan", "inf"}) expect_usage(eval({"--scale", scale}), {"--scale"});
  expect_usage(eval({"--offset", "nan"}), {"--offset"});
  expect_usage(eval({"--target", "cortex-m5"}), {"--target", "did you mean 'cortex-m"});
  expect_usage(eval({"--data", data}), {"2 --data files"});
  expect_usage({"eval", "model.tflite", "--data", data, "--labels", "labels.doc"}, {"--labels", ".doc"});
  expect_usage(eval({"--reference", data, "--reference-model", "model.tflite"}), {"--reference-model"});
  expect_usage({"eval", "model.tflite", "--data", data}, {"nothing to hold the answers against"});
}

TEST_F(BadInput, AnUnknownVerbOrOptionGetsTheNearestName) {
  expect_usage({"frob"}, {"unknown verb 'frob'", "known: ", "compile", "`mote --help`"});
  expect_usage({"rnu", "model.tflite"}, {"unknown verb 'rnu'", "did you mean 'run'?"});
  expect_usage({"data", "chekc"}, {"unknown verb 'chekc'", "did you mean 'check'?"});
  expect_usage({"run", "model.tflite", "--sampels", "3"},
               {"unknown option '--sampels'", "did you mean '--samples'?", "`mote run --help`"});
  expect_usage({"inspect", "model.tflite", "other.tflite"}, {"does not take 'other.tflite'"});
  expect_usage({"ops", "conv3d"}, {"there is no op 'conv3d'", "conv2d"});
}

TEST_F(BadInput, OptionsOfTrainThatCannotBeMeantSoAreUsage) {
  expect_usage({"train", "--seeds", "0"}, {"--seeds"});
  expect_usage({"train", "--folds", "1"}, {"--folds"});
  file("mote.toml", "name = \"x\"\n[data]\ngenerator = \"ecg\"\n[model]\ntemplate = \"mlp\"\n");
  expect_usage({"train", "--seeds", "2", "--resume"}, {"--resume goes with a single training"});
}

TEST_F(BadInput, AVariableOfTheEnvironmentThatCannotBe) {
  for (const auto& [name, value] : std::multimap<std::string, std::string>{
           {"MOTE_THREADS", "0"}, {"MOTE_THREADS", "two"}, {"MOTE_DATA_MEMORY_MB", "-1"}}) {
    ::setenv(name.c_str(), value.c_str(), 1);
    expect_usage({"targets"}, {name, "'" + value + "'"});
    ::unsetenv(name.c_str());
  }
}

TEST_F(BadInput, InputsOfAnotherTypeShapeOrNumber) {
  const Bytes eight(8), four(4);
  const std::string sound = file("sound.npy", npy("|i1", {2, 4}, eight));
  const auto run = [](std::vector<std::string> more) {
    std::vector<std::string> words = {"run", "model.tflite", "--target", "host"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  expect_refused(run({"--input", file("u.npy", npy("|u1", {2, 4}, eight))}), {"u.npy", "|u1", "|i1"});
  expect_refused(run({"--input", file("f.npy", npy("<f4", {1, 2}, eight))}), {"f.npy", "<f4", "|i1"});
  expect_refused(run({"--input", file("s.npy", npy("|i1", {2, 3}, {eight.data(), 6}))}),
                 {"s.npy", "6 elements"});
  expect_refused(run({"--input", file("flat.npy", npy("|i1", {8}, eight))}), {"flat.npy", "leading axis"});
  expect_refused(run({"--input", file("none.npy", npy("|i1", {0, 4}, {}))}), {"none.npy"});
  expect_refused(run({"--input", file("short.npy", npy("|i1", {2, 4}, four))}), {"short.npy"}, false);
  expect_refused(run({"--input", file("text.npy", "1,2,3,4\n")}), {"text.npy"}, false);
  expect_refused(run({"--input", "missing.npy"}), {"missing.npy", "no such file"});
  expect_usage(run({"--input", sound, sound}), {"2 --input files", "the model has 1 input"});
  expect_refused(run({"--input", sound, "--golden", file("g.npy", npy("|i1", {2, 3}, {eight.data(), 6}))}),
                 {"g.npy"});
  expect_refused(run({"--input", sound, "--golden", file("few.npy", npy("|i1", {1, 2}, {eight.data(), 2}))}),
                 {"few.npy", "1 cases", "2"}, false);
  expect_usage(run({"--input", sound, "--golden", sound, sound}), {"2 --golden files"});
}

// The inputs that --hashes needs are sound.
std::vector<std::string> with_hashes(const std::string& hashes) {
  return {"run", "model.tflite", "--target", "host", "--input", "sound.npy", "--hashes", hashes};
}

TEST_F(BadInput, HashesThatAreNone) {
  file("sound.npy", npy("|i1", {2, 4}, Bytes(8)));
  for (const char* line : {"0,0\n", "0,0,xyz\n", "-1,0,0123456789abcdef\n", "0,x,0123456789abcdef\n",
                           "0,0,0123456789abcdef,1\n", "0,99999999999,0123456789abcdef\n"}) {
    file("hashes.csv", std::string("input,tensor,fnv1a64\n") + line);
    expect_refused(with_hashes("hashes.csv"), {"hashes.csv, line 2"});
  }
  expect_refused(with_hashes("none.csv"), {"none.csv"});
}

// A wrong letter or a sign is no hex digit.
TEST_F(BadInput, HashesOfFewerThanSixteenHexDigits) {
  file("sound.npy", npy("|i1", {2, 4}, Bytes(8)));
  for (const char* line : {"0,0,0123456789abcdeg\n", "0,0,-123456789abcdef\n"}) {
    file("hashes.csv", std::string("input,tensor,fnv1a64\n") + line);
    expect_refused(with_hashes("hashes.csv"), {"hashes.csv, line 2"});
  }
}

TEST_F(BadInput, GoldenFilesWithoutTheirInputsAndTolerancesThatAreNone) {
  for (const char* option : {"--golden", "--hashes"})
    expect_usage({"run", "model.tflite", "--target", "host", option, "none.npy"}, {option, "add --input"});
  for (const char* tolerance : {"nan", "-1", "2"})
    expect_usage({"run", "model.tflite", "--target", "host", "--tolerance", tolerance}, {"--tolerance"});
}

TEST_F(BadInput, AMissingToolIsNamedWithItsPackage) {
  const auto without_path = [&](const std::string& path, const std::string& target) {
    auto run = run_process({"env", "PATH=" + path, MOTE_PROGRAM, "run", "model.tflite", "--target", target},
                           folder_->path(), 60);
    EXPECT_TRUE(run);
    return *run;
  };
  const ProcessOutput none = without_path("/nowhere", "cortex-m4");
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_NE(none.err.find("arm-none-eabi-g++"), std::string::npos) << none.err;
  EXPECT_NE(none.err.find("apt-get install gcc-arm-none-eabi"), std::string::npos) << none.err;

  // With a compiler, but no emulator.
  ASSERT_TRUE(fs::create_directory(at("bin")));
  for (const char* tool : {"arm-none-eabi-g++", "arm-none-eabi-size"}) {
    file(std::string("bin/") + tool, "#!/bin/sh\nexit 0\n");
    fs::permissions(at(std::string("bin/") + tool), fs::perms::owner_all);
  }
  const ProcessOutput no_emulator = without_path(at("bin").string(), "cortex-m4");
  EXPECT_EQ(no_emulator.exit_code, 1);
  EXPECT_NE(no_emulator.err.find("qemu-system-arm"), std::string::npos) << no_emulator.err;
  EXPECT_NE(no_emulator.err.find("apt-get install"), std::string::npos) << no_emulator.err;
}

TEST_F(BadInput, CompileIntoAPlaceThatCannotBeWrittenLeavesNothing) {
  file("taken", "a file");
  expect_refused({"compile", "model.tflite", "-o", "taken/out"}, {"taken/out"});
  expect_refused({"compile", "model.tflite", "-o", "taken"}, {"taken"});
  EXPECT_EQ(*read_text(at("taken")), "a file");
  ASSERT_TRUE(fs::create_directories(at("half/model_weights.h")));  // a folder stands where a file should go
  expect_refused({"compile", "model.tflite", "-o", "half"}, {"model_weights.h", "folder 'half'"});
  std::vector<std::string> left;
  for (const auto& entry : fs::recursive_directory_iterator(at("half")))
    left.push_back(entry.path().filename().string());
  EXPECT_EQ(left, (std::vector<std::string>{"model_weights.h"}));
  if (::geteuid() != 0) {  // root may write everywhere
    ASSERT_TRUE(fs::create_directory(at("locked")));
    fs::permissions(at("locked"), fs::perms::owner_read | fs::perms::owner_exec);
    expect_refused({"compile", "model.tflite", "-o", "locked/out"}, {"locked/out"});
    fs::permissions(at("locked"), fs::perms::owner_all);
  }
}

TEST_F(BadInput, EveryOutputMakesItsFoldersOrNamesTheOneThatCannotBe) {
  auto real = export_tflite(float_model());
  ASSERT_TRUE(real) << real.error().message;
  ASSERT_TRUE(write_file(at("float.tflite"), *real));
  file("x.npy", npy("<f4", {1, 4}, Bytes(16)));
  file("taken", "a file");
  const std::vector<std::vector<std::string>> verbs = {
      {"compile", "model.tflite", "-o"},
      {"check", "model.tflite", "--estimate", "-o"},
      {"inspect", "model.tflite", "--html"},
      {"shrink", "float.tflite", "--calibrate", "x.npy", "-o"},
      {"data", "synth", "--subjects", "1", "--beats", "2", "-o"}};
  for (std::vector<std::string> words : verbs) {
    const std::string verb = words[0];
    words.push_back(verb + "/far/away/out");
    const ProcessOutput run = mote(words);
    EXPECT_EQ(run.exit_code, 0) << verb << "\n" << run.err;
    EXPECT_TRUE(fs::exists(at(words.back()))) << verb;
    words.back() = "taken/far/out";
    expect_refused(words, {"the folder 'taken/far", "cannot be made", "taken' is no folder"});
    words.back() = "/proc/mote/far/out";  // a place where nobody may make folders
    expect_refused(words, {"the folder '/proc/mote/far", "cannot be made in '/proc'"});
  }
}

TEST_F(BadInput, APrefixThatIsNoName) {
  expect_usage({"compile", "model.tflite", "--prefix", "2nd model", "-o", "out"},
               {"--prefix", "'2nd model' cannot be the prefix"});
  EXPECT_FALSE(fs::exists(at("out")));
}

TEST_F(BadInput, WrongUsageIsStatusTwo) {
  const std::vector<std::vector<std::string>> wrong = {{},
                                                       {"rnu"},
                                                       {"run"},
                                                       {"run", "model.tflite", "--no-such-option"},
                                                       {"run", "model.tflite", "--optimize", "fast"},
                                                       {"run", "model.tflite", "--samples", "many"},
                                                       {"compile", "model.tflite"},
                                                       {"inspect"}};
  for (const auto& words : wrong) {
    const ProcessOutput run = mote(words);
    EXPECT_EQ(run.exit_code, 2) << text::join(words, " ") << "\n" << run.err;
    EXPECT_NE(run.err, "") << text::join(words, " ");
    EXPECT_EQ(run.out, "") << text::join(words, " ");
  }
}

TEST_F(BadInput, WhatIsSoundIsAccepted) {  // else the refusals above would prove nothing
  const ProcessOutput run = mote({"compile", "model.tflite", "-o", "out"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_TRUE(fs::exists(at("out/model.cpp")));
  EXPECT_EQ(mote({"inspect", "model.tflite"}).exit_code, 0);
  EXPECT_EQ(mote({"run", "--help"}).exit_code, 0);
}

}  // namespace
}  // namespace mote
