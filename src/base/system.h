// Where mote touches the world: files, other programs, threads, the progress line.  Everything else is a pure function.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/text.h"

namespace mote {

// ---- files

/// Reads a whole file.  An error names the file and says whether it is missing, a folder, unreadable or over `limit`.
Result<Bytes> read_file(const std::filesystem::path& path, std::uint64_t limit = std::uint64_t{1} << 30);
Result<std::string> read_text(const std::filesystem::path& path,
                              std::uint64_t limit = std::uint64_t{1} << 30);

/// Writes to a neighbour and renames: the file is there whole or not at all.  Makes missing folders.
Result<void> write_file(const std::filesystem::path& path, std::span<const std::uint8_t> bytes);

/// Removes the neighbours that programs left which were killed while they wrote `path`.
void remove_abandoned(const std::filesystem::path& path);
Result<void> write_text(const std::filesystem::path& path, std::string_view content);

/// A set of output files in memory: relative path → content.  `write_tree` writes all or, on an error, none.
struct OutputFile {
  std::string path;
  std::string content;
};
Result<void> write_tree(const std::filesystem::path& folder, std::span<const OutputFile> files);

/// Whether `folder`, or what would have to be made for it, can be written: asked before long work whose result goes there.
Result<void> check_writable(const std::filesystem::path& folder);

/// A folder below the system's temporary one that is removed with the object.
class ScratchFolder {
 public:
  static Result<ScratchFolder> make(std::string_view purpose);
  ScratchFolder(ScratchFolder&&) noexcept;
  ScratchFolder& operator=(ScratchFolder&&) noexcept;
  ~ScratchFolder();
  const std::filesystem::path& path() const { return path_; }

 private:
  explicit ScratchFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

/// The files of `device/`, `firmware/` and `targets/`, put into the program at build: path from the project's root → text.
struct EmbeddedFile {
  std::string_view path;
  std::string_view content;
};
std::span<const EmbeddedFile> embedded_files();
const EmbeddedFile* find_embedded(std::string_view path);

// ---- other programs

struct ProcessOutput {
  int exit_code = 0;  ///< 128 + signal when it was killed
  std::string out;
  std::string err;
  bool timed_out = false;
};
/// Runs a program without a shell, its standard input closed.  An error when it cannot be started at all.
Result<ProcessOutput> run_process(const std::vector<std::string>& command,
                                  const std::filesystem::path& folder, double timeout_seconds);
/// Full path of a program found on PATH, or empty.
std::string find_program(std::string_view name);

// ---- the environment

/// A whole number of the environment; nothing where it is not set.  An error names the variable.
Result<std::optional<std::int64_t>> whole_from_environment(const char* name, std::int64_t low,
                                                           std::int64_t high);

/// Megabytes that one row of a data set may have in memory; data/values.h.
inline constexpr const char* kDataMemoryVariable = "MOTE_DATA_MEMORY_MB";
inline constexpr std::int64_t kMostDataMemory = 1'000'000;

/// An error where a variable that mote looks at cannot be what it says.
Result<void> check_environment();

// ---- threads

/// Threads that `parallel_for` uses: MOTE_THREADS, else what the machine has.
int thread_count();
/// Calls body(i) for i in [0, n) on several threads and waits for all.  Which thread takes which i is not
/// defined, so a body writes only what belongs to i; reductions are done by the caller in order of i.  Any
/// thread count, same bytes.
void parallel_for(int n, const std::function<void(int)>& body);

// ---- progress

/// Progress of long work, on standard error: a bar with ETA on a terminal, a plain line now and then
/// otherwise. Silenced by `Progress::quiet = true` (tests).
class Progress {
 public:
  Progress(std::string what, std::int64_t total);
  ~Progress();
  /// `done` counts from the start, not since the last call
  void advance(std::int64_t done, std::string_view note = {});

  static bool quiet;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Seconds since some fixed moment; for reports of how long a stage took, never for results.
double now_seconds();

}  // namespace mote
