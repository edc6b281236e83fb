// What the WAV reader promises: every width of sample at full scale, and no part of a damaged file.
#include <bit>
#include <cmath>
#include <limits>

#include "data/readers/reader_testing.h"

namespace mote {
namespace {

using namespace reader_testing;

/// A file with one chunk of sound; `extra` stands between format and sound.
Bytes wav(int code, int channels, int bits, const Bytes& data, std::uint64_t rate = 8000,
          const Bytes& extra = {}, std::optional<std::uint64_t> size = {}) {
  const int frame = channels * bits / 8;
  return Builder()
      .text("RIFF")
      .little(36 + data.size(), 4)
      .text("WAVEfmt ")
      .little(16, 4)
      .little(std::uint64_t(code), 2)
      .little(std::uint64_t(channels), 2)
      .little(rate, 4)
      .little(rate * std::uint64_t(frame), 4)
      .little(std::uint64_t(frame), 2)
      .little(std::uint64_t(bits), 2)
      .add(extra)
      .text("data")
      .little(size.value_or(data.size()), 4)
      .add(data)
      .bytes;
}

std::vector<float> values_of(const Bytes& file) {
  const auto read = read_with("wav", file);
  EXPECT_TRUE(read.has_value()) << read.error().message;
  return read ? (*read)[0].streams[0].values : std::vector<float>();
}

TEST(Wav, EveryWidthOfSampleIsReadAtFullScale) {
  EXPECT_EQ(values_of(wav(1, 1, 8, {0, 128, 192})), (std::vector<float>{-1, 0, 0.5f}));
  EXPECT_EQ(values_of(wav(1, 1, 16, {0, 0x80, 0, 0, 0, 0x40})), (std::vector<float>{-1, 0, 0.5f}));
  EXPECT_EQ(values_of(wav(1, 1, 24, {0, 0, 0x80, 0, 0, 0x40})), (std::vector<float>{-1, 0.5f}));
  EXPECT_EQ(values_of(wav(1, 1, 32, {0, 0, 0, 0x80, 0, 0, 0, 0xC0})), (std::vector<float>{-1, -0.5f}));
  EXPECT_EQ(values_of(wav(3, 1, 32, Builder().little(std::bit_cast<std::uint32_t>(0.25f), 4).bytes)),
            std::vector<float>{0.25f});
  EXPECT_EQ(values_of(wav(3, 1, 64, Builder().little(std::bit_cast<std::uint64_t>(-0.75), 8).bytes)),
            std::vector<float>{-0.75f});
}

TEST(Wav, ChannelsAndRateAreThoseOfTheFile) {
  const auto two = read_with("wav", wav(1, 2, 8, {128, 192, 64, 128}, 44100));
  ASSERT_TRUE(two.has_value());
  const Stream& stream = (*two)[0].streams[0];
  EXPECT_EQ(stream.channels, (std::vector<std::string>{"left", "right"}));
  EXPECT_EQ(stream.rate_hz, 44100);
  EXPECT_EQ(stream.frames(), 2u);
  EXPECT_EQ(stream.values, (std::vector<float>{0, 0.5f, -0.5f, 0}));
  const auto three = read_with("wav", wav(1, 3, 8, {1, 2, 3}));
  ASSERT_TRUE(three.has_value());
  EXPECT_EQ((*three)[0].streams[0].channels, (std::vector<std::string>{"0", "1", "2"}));
}

TEST(Wav, ExtensibleHeadersAndOtherChunksAreRead) {
  const Bytes file = Builder()
                         .text("RIFF")
                         .little(0, 4)
                         .text("WAVEjunk")
                         .little(3, 4)
                         .text("abc\0")
                         .little(0, 1)  // chunks begin at even places
                         .text("fmt ")
                         .little(40, 4)
                         .little(0xFFFE, 2)
                         .little(1, 2)
                         .little(16000, 4)
                         .little(32000, 4)
                         .little(2, 2)
                         .little(16, 2)
                         .little(22, 2)
                         .little(16, 2)
                         .little(4, 4)
                         .little(1, 2)  // the GUID of PCM
                         .little(0, 14)
                         .text("data")
                         .little(2, 4)
                         .little(0x2000, 2)
                         .bytes;
  EXPECT_EQ(values_of(file), std::vector<float>{0.25f});
}

TEST(Wav, MissingValuesAreNanWhateverTheFileHas) {
  const Bytes data = Builder()
                         .little(std::bit_cast<std::uint32_t>(std::numeric_limits<float>::infinity()), 4)
                         .little(std::bit_cast<std::uint32_t>(std::numeric_limits<float>::quiet_NaN()), 4)
                         .bytes;
  const std::vector<float> values = values_of(wav(3, 1, 32, data));
  ASSERT_EQ(values.size(), 2u);
  EXPECT_TRUE(std::isnan(values[0]) && std::isnan(values[1]));
}

TEST(Wav, NoPartOfAFileIsRead) { expect_no_part_is_read("wav", wav(1, 2, 16, {1, 2, 3, 4, 5, 6, 7, 8})); }

TEST(Wav, SizesThatDoNotFitAreErrors) {
  EXPECT_EQ(problem_of("wav", wav(1, 1, 16, {})), "file: holds no samples");
  EXPECT_EQ(problem_of("wav", wav(1, 1, 16, {1, 2, 3})),
            "file: has 3 bytes of sound, which are not frames of 2");
  EXPECT_EQ(problem_of("wav", wav(1, 1, 16, {1, 2}, 8000, {}, 1000)),
            "file: is cut off: a chunk of 1000 bytes begins 2 bytes before its end");
  EXPECT_EQ(problem_of("wav", wav(1, 1, 16, {}, 8000, {}, 0xFFFFFFFF)), "file: holds no samples");
  EXPECT_EQ(values_of(wav(1, 1, 16, {0, 0x40}, 8000, {}, 0xFFFFFFFF)), std::vector<float>{0.5f});
}

TEST(Wav, WhatIsNotPcmOrFloatIsAnErrorWithAWayOut) {
  EXPECT_EQ(problem_of("wav", {}), "file: is empty");
  EXPECT_EQ(problem_of("wav", bytes_of("\x89PNG and so on")), "file: is not a WAV file");
  EXPECT_EQ(problem_of("wav", wav(7, 1, 8, {1})),
            "file: its sound is compressed or of an unusual kind (format 7)");
  EXPECT_EQ(problem_of("wav", wav(1, 1, 12, {1, 2})), "file: has PCM samples of 12 bits");
  EXPECT_EQ(problem_of("wav", wav(1, 0, 16, {1, 2})), "file: has 0 channels; 1 to 64 are read");
  EXPECT_EQ(problem_of("wav", wav(1, 1, 16, {1, 2}, 0)), "file: its rate is 0 Hz");
  const auto read = read_with("wav", wav(7, 1, 8, {1}));
  EXPECT_EQ(read.error().hint, "save it as WAV with PCM samples of 16 bits");
}

TEST(Wav, RealClipsHaveTheirRateAndLength) {
  const auto file = data_folder() / "fsdd" / "recordings" / "0_george_0.wav";
  MOTE_NEED_DATA(file);
  const auto bytes = read_file(file);
  ASSERT_TRUE(bytes.has_value());
  const auto read = read_with("wav", *bytes);
  ASSERT_TRUE(read.has_value()) << read.error().message;
  const Stream& stream = (*read)[0].streams[0];
  EXPECT_EQ(stream.rate_hz, 8000);
  EXPECT_EQ(stream.frames(), (bytes->size() - 44) / 2);
}

}  // namespace
}  // namespace mote
