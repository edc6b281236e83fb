// What the reader of WFDB records promises: physical units, annotations at their frames, damage found by the header's sums.
#include <cmath>

#include "data/readers/reader_testing.h"

namespace mote {
namespace {

using namespace reader_testing;

/// Two signals of three frames in format 212: 1, −1, 2, −2, 3, −2048 (missing).
Files small_record() {
  Files files;
  files.name = "r1.hea";
  files.beside["r1.dat"] = {0x01, 0xF0, 0xFF, 0x02, 0xF0, 0xFE, 0x03, 0x80, 0x00};
  return files;
}
const std::string kHeader =
    "# a made-up record\nr1 2 100 3 12:00:00\nr1.dat 212 10(1)/uV 12 0 1 6 0 first lead\nr1.dat 212 0 12 5 "
    "-1 -2051 0\n# end\n";

TEST(Wfdb, SamplesAreInPhysicalUnits) {
  const auto read = read_with("wfdb", bytes_of(kHeader), small_record());
  ASSERT_TRUE(read.has_value()) << read.error().message;
  const Stream& stream = (*read)[0].streams[0];
  EXPECT_EQ(stream.channels, (std::vector<std::string>{"first lead", "2"}));
  EXPECT_EQ(stream.units, (std::vector<std::string>{"uV", "mV"}));
  EXPECT_EQ(stream.rate_hz, 100);
  ASSERT_EQ(stream.values.size(), 6u);
  EXPECT_EQ(stream.values[0], 0);
  EXPECT_EQ(stream.values[1], -0.03f);  // (−1 − 5) / 200
  EXPECT_EQ(stream.values[2], 0.1f);
  EXPECT_EQ(stream.values[4], 0.2f);
  EXPECT_TRUE(std::isnan(stream.values[5]));
  EXPECT_EQ((*read)[0].fields.at("record"), "r1");
  EXPECT_TRUE((*read)[0].marks.empty());
}

TEST(Wfdb, EveryFormatIsReadAndFilesMayDiffer) {
  Files files;
  files.beside["a.dat"] = {9, 9, 0x01, 0x00, 0xFE, 0xFF};  // two bytes before the samples
  files.beside["b.dat"] = {128, 129};
  const auto read =
      read_with("wfdb", bytes_of("r 2\na.dat 16+2 1 16 0 0 0 0 a\nb.dat 80 1 8 0 0 0 0 b\n"), files);
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ((*read)[0].streams[0].values, (std::vector<float>{1, 0, -2, 1}));
  EXPECT_EQ((*read)[0].streams[0].rate_hz, 250);
}

TEST(Wfdb, AnnotationsAreMarks) {
  Files files = small_record();
  files.beside["r1.atr"] = Builder()
                               .little(28 << 10 | 0, 2)  // a rhythm at frame 0
                               .little(63 << 10 | 5, 2)
                               .text("(AFIB")
                               .little(0, 1)
                               .little(5 << 10 | 1, 2)  // V at frame 1
                               .little(59 << 10, 2)     // 1 further on, as a long interval
                               .little(0, 2)
                               .little(1, 2)
                               .little(1 << 10 | 0, 2)  // N at frame 2
                               .little(1 << 10 | 9, 2)  // behind the end
                               .little(0, 2)
                               .bytes;
  const auto read = read_with("wfdb", bytes_of(kHeader), files);
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ((*read)[0].marks.at("annotation"), (std::vector<std::string>{"", "V", "N"}));
  EXPECT_EQ((*read)[0].marks.at("rhythm"), (std::vector<std::string>{"AFIB", "AFIB", "AFIB"}));
  const Bytes whole = files.beside["r1.atr"];
  for (std::size_t size = 0; size < whole.size(); ++size) {
    files.beside["r1.atr"] = Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(problem_of("wfdb", bytes_of(kHeader), files), "r1.atr: is cut off: its annotations have no end")
        << size;
  }
  files.beside["r1.atr"] = Builder().little(55 << 10, 2).little(0, 2).bytes;
  EXPECT_EQ(problem_of("wfdb", bytes_of(kHeader), files),
            "r1.atr: is not a file of annotations: code 55 at byte 0");
  files.beside["r1.atr"] = Builder().little(59 << 10, 2).little(0xFFFF, 2).little(0, 2).little(0, 2).bytes;
  EXPECT_NE(problem_of("wfdb", bytes_of(kHeader), files).find("time runs away"), std::string::npos);
}

TEST(Wfdb, SignalsThatAreCutOffOrChangedAreErrors) {
  Files files = small_record();
  const Bytes whole = files.beside["r1.dat"];
  for (std::size_t size = 0; size < whole.size(); ++size) {
    files.beside["r1.dat"] = Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(problem_of("wfdb", bytes_of(kHeader), files).substr(0, 18), "r1.dat: is cut off") << size;
  }
  files.beside["r1.dat"] = whole;
  files.beside["r1.dat"][0] ^= 1;
  EXPECT_EQ(problem_of("wfdb", bytes_of(kHeader), files),
            "r1.dat: is damaged: the samples of 'first lead' do not have the sum that the header says");
  files.beside.clear();
  EXPECT_EQ(problem_of("wfdb", bytes_of(kHeader), files), "r1.dat: is not there");
}

TEST(Wfdb, NoPartOfAHeaderIsReadThatLacksASignal) {
  const Bytes header = bytes_of(kHeader);
  const std::size_t needed = kHeader.find("r1.dat 212 0");
  for (std::size_t size = 0; size < header.size(); ++size) {
    const auto read = read_with("wfdb", std::span(header).first(size), small_record());
    if (size <= needed) {
      EXPECT_FALSE(read.has_value()) << size;
    }
  }
}

TEST(Wfdb, WhatIsNotReadIsAnError) {
  const auto problem = [](const std::string& header) {
    return problem_of("wfdb", bytes_of(header), small_record());
  };
  EXPECT_EQ(problem(""), "r1.hea: is empty");
  EXPECT_EQ(problem(std::string("a\0b", 3)), "r1.hea: is not the header of a record");
  EXPECT_EQ(problem("r1\n"), "r1.hea, line 1: is not the header of a record");
  EXPECT_EQ(problem("r1/3 2 360\n"), "r1.hea, line 1: records of several segments are not read");
  EXPECT_EQ(problem("r1 0 360\n"), "r1.hea, line 1: '0' signals; 1 to 64 are read");
  EXPECT_EQ(problem("r1 1 -1\nr1.dat 16\n"), "r1.hea, line 1: '-1' is not a rate in Hz");
  EXPECT_EQ(problem("r1 1 nan\nr1.dat 16\n"), "r1.hea, line 1: 'nan' is not a rate in Hz");
  EXPECT_EQ(problem("r1 1 1\nr1.dat 8\n"), "r1.hea, line 2: signals of format '8' are not read");
  EXPECT_EQ(problem("r1 1 1\nr1.dat 16x4\n"),
            "r1.hea, line 2: '16x4': signals of several rates, and skewed ones, are not read");
  EXPECT_EQ(problem("r1 1 1\nr1.dat 16 x\n"), "r1.hea, line 2: 'x' is not a gain");
  EXPECT_EQ(problem("r1 1 1\n../secret 16\n"),
            "r1.hea: names the file '../secret' in a way that is not read");
  EXPECT_EQ(problem("r1 1 1 9223372036854775807\nr1.dat 16\n"),
            "r1.hea, line 1: 9223372036854775807 frames; at most 33554432 are read");
}

// Counts, values and rhythms as the wfdb package of Python reads them.
TEST(Wfdb, Record207IsReadAsByOthers) {
  const auto folder = data_folder() / "mitbih-beats" / "raw";
  MOTE_NEED_DATA(folder);
  Files files;
  files.name = "207.hea";
  for (const char* const name : {"207.dat", "207.atr"}) files.beside[name] = *read_file(folder / name);
  const auto read = read_with("wfdb", *read_file(folder / "207.hea"), files);
  ASSERT_TRUE(read.has_value()) << read.error().message;
  const Recording& record = (*read)[0];
  const Stream& stream = record.streams[0];
  EXPECT_EQ(stream.channels, (std::vector<std::string>{"MLII", "V1"}));
  EXPECT_EQ(stream.rate_hz, 360);
  ASSERT_EQ(stream.frames(), 650000u);
  EXPECT_EQ(stream.values[0], -0.215f);
  EXPECT_EQ(stream.values[1], 0.095f);
  EXPECT_EQ(stream.values[2 * 650000 - 2], -1.28f);
  EXPECT_EQ(stream.values[2 * 650000 - 1], 0.0f);
  double sums[2] = {};
  for (std::size_t i = 0; i < stream.values.size(); ++i) sums[i % 2] += static_cast<double>(stream.values[i]);
  EXPECT_NEAR(sums[0], -111107.47, 0.01);
  EXPECT_NEAR(sums[1], 40502.705, 0.01);
  std::map<std::string, int> counts;
  for (const std::string& symbol : record.marks.at("annotation")) counts[symbol] += !symbol.empty();
  counts.erase("");
  EXPECT_EQ(counts, (std::map<std::string, int>{{"L", 1457},
                                                {"!", 472},
                                                {"A", 107},
                                                {"V", 105},
                                                {"E", 105},
                                                {"R", 86},
                                                {"~", 15},
                                                {"[", 6},
                                                {"]", 6},
                                                {"|", 2}}));
  EXPECT_EQ(record.marks.at("annotation")[50], "R");
  EXPECT_EQ(record.marks.at("annotation")[649799], "A");
  const auto& rhythm = record.marks.at("rhythm");
  EXPECT_EQ(rhythm[8], "");
  EXPECT_EQ(rhythm[9], "B");
  EXPECT_EQ(rhythm[13868], "VT");
  EXPECT_EQ(rhythm[14688], "N");
  EXPECT_EQ(rhythm[590149], "IVR");
  EXPECT_EQ(rhythm[649999], "SVTA");
}

}  // namespace
}  // namespace mote
