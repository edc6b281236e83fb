// Sets larger than memory: values beyond MOTE_DATA_MEMORY_MB live in a file, and nothing that anyone can see is different.
#include <gtest/gtest.h>

#include <cstdlib>

#include "app/app.h"
#include "app/project.h"
#include "app/project_data.h"
#include "base/system.h"
#include "base/text.h"
#include "data/checks.h"

namespace mote {
namespace {

/// A limit for as long as it lives.
class MemoryLimit {
 public:
  explicit MemoryLimit(const char* megabytes) { setenv("MOTE_DATA_MEMORY_MB", megabytes, 1); }
  ~MemoryLimit() { unsetenv("MOTE_DATA_MEMORY_MB"); }
};

class DataMemory : public ::testing::Test {
 protected:
  /// Recordings of two gestures at 50 Hz, windows that overlap: about 1.3 MB of values.
  void SetUp() override {
    Progress::quiet = true;
    auto made = ScratchFolder::make("data_memory");
    ASSERT_TRUE(made);
    folder_ = std::make_unique<ScratchFolder>(std::move(*made));
    std::uint32_t state = 1;
    for (int r = 0; r < 12; ++r) {
      std::string csv = "x,y,z\n";
      for (int t = 0; t < 1500; ++t) {
        for (int c = 0; c < 3; ++c) {
          state = state * 1664525u + 1013904223u;
          const int wave = (t * (r % 2 == 0 ? 3 : 7) + c * 5) % 40;
          csv += text::cat(c == 0 ? "" : ",", wave + static_cast<int>(state >> 28));
        }
        csv += "\n";
      }
      ASSERT_TRUE(write_text(path(text::cat(r % 2 == 0 ? "slow_" : "fast_", r, ".csv")), csv));
    }
    ASSERT_TRUE(write_text(path("mote.toml"), R"(name = "memory"
[data]
source = "*.csv"
path = "{label}_{number}.csv"
reader = "csv_series"
label = "label"
group = "file"
window = 2
hop = 0.2
[[data.input]]
name = "motion"
columns = ["x", "y", "z"]
rate = 50
normalize = "standard"
[model]
template = "cnn1d"
width = 4
[train]
epochs = 2
)"));
  }
  std::string path(const std::string& name) const { return (folder_->path() / name).string(); }
  Dataset load() const {
    const auto project = load_project(path("mote.toml"));
    EXPECT_TRUE(project) << project.error().message;
    auto loaded = load_project_data(*project);
    EXPECT_TRUE(loaded) << loaded.error().message;
    return std::move(loaded->data);
  }

  std::unique_ptr<ScratchFolder> folder_;
};

TEST_F(DataMemory, OnDiskTheValuesSplitsAndFindingsAreTheSame) {
  const Dataset in_memory = load();
  ASSERT_FALSE(in_memory.inputs[0].values.is_on_disk());
  ASSERT_GT(in_memory.inputs[0].values.size(), 1'000'000 / sizeof(float));
  for (const char* megabytes : {"0", "1"}) {
    const MemoryLimit limit(megabytes);
    const Dataset on_disk = load();
    EXPECT_TRUE(on_disk.inputs[0].values.is_on_disk()) << megabytes;
    EXPECT_TRUE(on_disk.inputs[0].values == in_memory.inputs[0].values) << megabytes;
    EXPECT_EQ(on_disk.target, in_memory.target);
    EXPECT_EQ(on_disk.split, in_memory.split);
    EXPECT_EQ(on_disk.inputs[0].channel_scale, in_memory.inputs[0].channel_scale);
    const auto a = check_dataset(on_disk).findings, b = check_dataset(in_memory).findings;
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) EXPECT_EQ(a[i].title + a[i].detail, b[i].title + b[i].detail);
  }
}

TEST_F(DataMemory, OnDiskTheTrainingHasTheSameBytes) {
  TrainRequest request;
  request.project = path("mote.toml");
  request.output = path("in_memory");
  auto trained = train_project(request);
  ASSERT_TRUE(trained) << trained.error().message;
  const Bytes expected = *read_file(path("in_memory/memory.npz"));
  for (const char* megabytes : {"0", "1"}) {
    const MemoryLimit limit(megabytes);
    request.output = path(text::cat("limit_", megabytes));
    trained = train_project(request);
    ASSERT_TRUE(trained) << trained.error().message;
    EXPECT_EQ(*read_file(request.output + "/memory.npz"), expected) << megabytes;
  }
}

}  // namespace
}  // namespace mote
