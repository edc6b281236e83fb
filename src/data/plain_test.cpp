// What is written in the plain form is read back as the same recording.
#include "data/plain.h"

#include <cmath>
#include <limits>

#include "data/readers/reader_testing.h"

namespace mote {
namespace {

using namespace reader_testing;

Recording recording_of(std::vector<std::int32_t> frame, std::vector<std::string> channels,
                       std::vector<float> values) {
  Recording recording;
  recording.origin = "made";
  recording.streams.emplace_back();
  recording.streams[0].frame = std::move(frame);
  recording.streams[0].channels = std::move(channels);
  recording.streams[0].values = std::move(values);
  return recording;
}

Stream read_back(const Recording& recording, const std::string& ending, const std::string& reader,
                 Files files = {}) {
  EXPECT_EQ(plain_ending(recording), ending);
  const auto content = plain_content(recording);
  EXPECT_TRUE(content.has_value());
  const auto read = read_with(reader, bytes_of(*content), files);
  EXPECT_TRUE(read.has_value()) << read.error().message;
  return read ? (*read)[0].streams[0] : Stream();
}

TEST(PlainForm, PicturesArePng) {
  std::vector<float> pixels;
  for (int i = 0; i < 5 * 7 * 3; ++i) pixels.push_back(static_cast<float>(i * 37 % 256));
  const Recording colours = recording_of({5, 7, 3}, {"red", "green", "blue"}, pixels);
  EXPECT_EQ(read_back(colours, ".png", "image").values, pixels);
  Files files;
  files.source.image.channels = 1;
  const Recording grey = recording_of({1, 1, 1}, {"grey"}, {200});
  EXPECT_EQ(read_back(grey, ".png", "image", files).values, std::vector<float>{200});
}

TEST(PlainForm, SoundIsWavThatLosesNothing) {
  Recording sound = recording_of({2}, {"left", "right"}, {0.5f, -1, 32767 / 32768.0f, 0});
  sound.streams[0].rate_hz = 16000;
  const Stream whole = read_back(sound, ".wav", "wav");
  EXPECT_EQ(whole.values, sound.streams[0].values);
  EXPECT_EQ(whole.rate_hz, 16000);
  EXPECT_EQ(plain_content(sound)->size(), 44u + 8u);  // 16 bits
  sound.streams[0].values = {0.1f, 1, 0, 0};
  EXPECT_EQ(read_back(sound, ".wav", "wav").values, sound.streams[0].values);
  EXPECT_EQ(plain_content(sound)->size(), 44u + 16u);  // float
}

TEST(PlainForm, OtherFramesAreArrays) {
  const Recording map = recording_of({2, 2, 1}, {"value"}, {0.5f, -3, 700, 1});
  const Stream read = read_back(map, ".npy", "npy");
  EXPECT_EQ(read.values, map.streams[0].values);
  EXPECT_EQ(read.frame, map.streams[0].frame);
}

TEST(PlainForm, SeriesAreTables) {
  const float missing = std::numeric_limits<float>::quiet_NaN();
  Recording series = recording_of({2}, {"x, y", "z"}, {0.1f, 2, missing, -1e-3f});
  series.streams[0].rate_hz = 4;
  series.marks["state"] = {"", "say \"on\""};
  EXPECT_EQ(plain_ending(series), ".csv");
  EXPECT_EQ(*plain_content(series), "time,\"x, y\",z,state\n0.0,0.1,2.0,\n0.25,,-0.001,\"say \"\"on\"\"\"\n");
  const auto table = parse_csv(*plain_content(series), "back");
  ASSERT_TRUE(table.has_value()) << table.error().message;
  EXPECT_EQ(table->rows[1][3], "say \"on\"");
  series.streams[0].rate_hz = 0;
  series.marks.clear();
  EXPECT_EQ(plain_content(series)->substr(0, 9), "\"x, y\",z\n");
}

TEST(PlainForm, SensorsOfTheSameChannelsShareATable) {
  Recording two = recording_of({1}, {"v"}, {1, 2});
  two.streams[0].name = "a";
  two.streams[0].times = {0, 0.5};
  two.streams.push_back(two.streams[0]);
  two.streams[1].name = "b";
  EXPECT_EQ(*plain_content(two), "time,sensor,v\n0.0,a,1.0\n0.5,a,2.0\n0.0,b,1.0\n0.5,b,2.0\n");
  two.streams[1].channels = {"w"};
  EXPECT_FALSE(plain_content(two).has_value());
  Recording clash = recording_of({1}, {"time"}, {1});
  clash.streams[0].rate_hz = 1;
  EXPECT_EQ(plain_content(clash).error().message, "made: two columns would be called 'time'");
}

}  // namespace
}  // namespace mote
