// What `mote data import` promises: every recording in a plain file, a manifest that mote.toml reads, all of it or nothing.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "app/app.h"
#include "base/system.h"

namespace mote {
namespace {
namespace fs = std::filesystem;

class DataImport : public testing::Test {
 protected:
  void SetUp() override {
    auto made = ScratchFolder::make("import");
    ASSERT_TRUE(made);
    scratch_.emplace(std::move(*made));
  }
  fs::path file(const std::string& name, const std::string& content) const {
    const fs::path path = scratch_->path() / name;
    EXPECT_TRUE(write_text(path, content));
    return path;
  }
  fs::path folder() const { return scratch_->path() / "out"; }
  std::string text_of(const std::string& name) const {
    const auto content = read_text(folder() / name);
    EXPECT_TRUE(content) << name;
    return content ? *content : std::string();
  }

  std::optional<ScratchFolder> scratch_;
};

constexpr const char* kStrokes =
    R"({"strokes": [{"strokePoints": [{"x": 1, "y": 2}, {"x": 3, "y": 4}], "label": "a"},
                    {"strokePoints": [{"x": 0.5, "y": null}], "label": "b, c"}]})";

TEST_F(DataImport, EveryRecordingIsAFileThatTheManifestNames) {
  ImportRequest request;
  request.files = {file("one/s.json", kStrokes).string(), file("two/s.json", kStrokes).string()};
  request.reader = "strokes";
  request.folder = folder().string();
  const auto done = data_import(request);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(text_of("s_00001.csv"), "x,y\n1.0,2.0\n3.0,4.0\n");
  EXPECT_EQ(text_of("s_00002.csv"), "x,y\n0.5,\n");
  EXPECT_EQ(
      text_of("manifest.csv"),
      "file,origin,frames,rate_hz,label\n"
      "s_00001.csv,\"one/s.json, stroke 1\",2,0.0,a\ns_00002.csv,\"one/s.json, stroke 2\",1,0.0,\"b, c\"\n"
      "s_00001_2.csv,\"two/s.json, stroke 1\",2,0.0,a\ns_00002_2.csv,\"two/s.json, stroke 2\",1,0.0,\"b, "
      "c\"\n");
  EXPECT_NE(done->text.find("4 .csv, and manifest.csv"), std::string::npos) << done->text;
  EXPECT_EQ(nlohmann::json::parse(done->json)["files"].size(), 4u);
}

TEST_F(DataImport, RawCameraFramesBecomePictures) {
  ImportRequest request;
  request.files = {file("frames.raw", std::string("\x00\x40\x80\xff", 4)).string()};
  request.reader = "image";
  request.format = "grey8";
  request.width = 2;
  request.height = 1;
  request.grey = true;
  request.folder = folder().string();
  const auto done = data_import(request);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(text_of("frames_00002.png").substr(1, 3), "PNG");
}

TEST_F(DataImport, OfASeriesAllColumnsOfNumbers) {
  ImportRequest request;
  request.files = {file("walk.csv", "x,word,y\n1,a,2\n3,b,4\n").string()};
  request.reader = "csv_series";
  request.folder = folder().string();
  const auto done = data_import(request);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(text_of("walk.csv"), "x,y\n1.0,2.0\n3.0,4.0\n");
}

TEST_F(DataImport, NeverWritesOverWhatItReads) {
  ImportRequest request;
  const fs::path walk = file("manifest.csv", kStrokes);
  request.files = {walk.string()};
  request.reader = "strokes";
  request.folder = scratch_->path().string();
  const auto done = data_import(request);
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().message.find("written over"), std::string::npos)
      << done.error().message << done.error().hint;
  EXPECT_EQ(*read_text(walk), kStrokes);
}

TEST_F(DataImport, KeepsAManifestThatSomebodyWrote) {
  ImportRequest request;
  request.files = {file("walk.json", kStrokes).string()};
  request.reader = "strokes";
  request.folder = folder().string();
  ASSERT_TRUE(data_import(request));
  ASSERT_TRUE(data_import(request)) << "its own may be made again";
  const std::string mine = "file,label\nwalk_00001.csv,up\n";
  ASSERT_TRUE(write_text(folder() / "manifest.csv", mine));
  const auto done = data_import(request);
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().message.find("lists what this import does not: 'file,label'"), std::string::npos)
      << done.error().message;
  EXPECT_EQ(text_of("manifest.csv"), mine);
}

TEST_F(DataImport, KeepsFilesOfNoEarlierImport) {
  ImportRequest request;
  request.files = {file("walk.json", kStrokes).string()};
  request.reader = "strokes";
  request.folder = folder().string();
  ASSERT_TRUE(write_text(folder() / "walk_00001.csv", "mine"));
  const auto done = data_import(request);
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().message.find("is of no earlier import"), std::string::npos) << done.error().message;
  EXPECT_EQ(text_of("walk_00001.csv"), "mine");
  EXPECT_FALSE(fs::exists(folder() / "manifest.csv"));
}

TEST_F(DataImport, AKeyIsForFilesThatCarryASignature) {
  ImportRequest request;
  request.files = {file("walk.json", kStrokes).string()};
  request.reader = "strokes";
  request.folder = folder().string();
  request.hmac_key = "secret";
  const auto done = data_import(request);
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().message.find("carries no signature"), std::string::npos) << done.error().message;
}

TEST_F(DataImport, AnErrorLeavesNothingBehind) {
  ImportRequest request;
  request.files = {file("good.json", kStrokes).string(), file("bad.json", "{").string()};
  request.reader = "strokes";
  request.folder = folder().string();
  const auto done = data_import(request);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "bad.json: is cut off: its JSON has no end");
  EXPECT_FALSE(fs::exists(folder() / "manifest.csv"));
  EXPECT_FALSE(fs::exists(folder() / "good_00001.csv"));
}

TEST_F(DataImport, TablesOfSamplesAreNotRecordings) {
  ImportRequest request;
  request.files = {file("table.csv", "a,b\n1,2\n").string()};
  request.folder = folder().string();
  const auto done = data_import(request);
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().message.find("rows are samples"), std::string::npos) << done.error().message;
  request.files = {file("song.mp3", "x").string()};
  EXPECT_FALSE(data_import(request));
}

}  // namespace
}  // namespace mote
