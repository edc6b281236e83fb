#include "base/system.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <thread>

namespace mote {
namespace fs = std::filesystem;

// ---- files

namespace {
Error cannot_write(const fs::path& path) {
  return error(
      text::cat(path.string(), ": cannot be written: ", std::strerror(errno)),
      text::cat("check that you may write to the folder '",
                path.has_parent_path() ? path.parent_path().string() : ".", "', and that there is room"));
}

// Makes a folder with those that it stands in.
Result<void> make_folder(const fs::path& folder) {
  std::error_code problem, ignored;
  fs::create_directories(folder, problem);
  if (fs::is_directory(folder, ignored)) return {};
  fs::path existing = fs::absolute(folder, ignored);
  while (!fs::exists(existing, ignored) && existing.has_relative_path()) existing = existing.parent_path();
  if (!fs::is_directory(existing, ignored))
    return error(text::cat("the folder '", folder.string(), "' cannot be made: '", existing.string(),
                           "' is no folder"),
                 "choose another place for the output");
  return error(text::cat("the folder '", folder.string(), "' cannot be made in '", existing.string(),
                         "': ", problem.message()),
               "choose a place that you may write to");
}
}  // namespace

Result<Bytes> read_file(const fs::path& path, std::uint64_t limit) {
  std::error_code problem;
  if (!fs::exists(path, problem)) {
    return error(text::cat(path.string(), ": no such file"),
                 "check the path; relative paths start at the current folder");
  }
  if (fs::is_directory(path, problem))
    return error(text::cat(path.string(), ": is a folder, a file is needed"));
  std::ifstream in(path, std::ios::binary);
  if (!in) return error(text::cat(path.string(), ": cannot be read: ", std::strerror(errno)));
  Bytes bytes;
  char block[1 << 16];
  while (in.read(block, sizeof block) || in.gcount() > 0) {
    bytes.insert(bytes.end(), block, block + in.gcount());
    if (bytes.size() > limit) {
      return error(text::cat(path.string(), ": is larger than ",
                             text::thousands(static_cast<std::int64_t>(limit)), " bytes"),
                   "split the file");
    }
  }
  return bytes;
}

Result<std::string> read_text(const fs::path& path, std::uint64_t limit) {
  MOTE_TRY(const Bytes bytes, read_file(path, limit));
  return std::string(bytes.begin(), bytes.end());
}

namespace {
constexpr const char* kPartial = ".partial-";  // then the number of the process that writes
fs::path neighbour_of(const fs::path& path) { return path.string() + text::cat(kPartial, ::getpid()); }

// Writes the neighbour of `path`, which a rename puts in its place.  On an error nothing is left.
Result<void> write_neighbour(const fs::path& path, std::span<const std::uint8_t> bytes) {
  std::error_code problem;
  if (fs::is_directory(path, problem)) {
    errno = EISDIR;
    return cannot_write(path);
  }
  if (path.has_parent_path()) MOTE_TRY_VOID(make_folder(path.parent_path()));
  std::ofstream out(neighbour_of(path), std::ios::binary | std::ios::trunc);
  if (!out) return cannot_write(path);
  out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (out) return {};
  const Error failed = cannot_write(path);
  fs::remove(neighbour_of(path), problem);
  return failed;
}

Result<void> put_in_place(const fs::path& path) {
  std::error_code problem;
  fs::rename(neighbour_of(path), path, problem);
  if (!problem) return {};
  const Error failed = cannot_write(path);
  fs::remove(neighbour_of(path), problem);
  return failed;
}

// The folders that `path` needs and that are not there, innermost first.
std::vector<fs::path> missing_folders(const fs::path& path) {
  std::vector<fs::path> missing;
  std::error_code problem;
  for (fs::path folder = path.parent_path(); !folder.empty() && !fs::exists(folder, problem);
       folder = folder.parent_path())
    missing.push_back(folder);
  return missing;
}
}  // namespace

// A link is followed.  What is no file (a device, a pipe) must not be replaced by one.
Result<void> write_file(const fs::path& path, std::span<const std::uint8_t> bytes) {
  std::error_code problem;
  fs::path target = path;
  if (fs::is_symlink(path, problem)) {
    const fs::path seen = fs::weakly_canonical(path, problem);
    if (!problem && !seen.empty()) target = seen;
  }
  const fs::file_status status = fs::status(target, problem);
  if (fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status))
    return error(text::cat(path.string(), ": is not a file"), "give the name of a file to write");
  MOTE_TRY_VOID(write_neighbour(target, bytes));
  return put_in_place(target);
}

void remove_abandoned(const fs::path& path) {
  const std::string beginning = path.filename().string() + kPartial;
  std::error_code problem;
  std::vector<fs::path> abandoned;
  for (const auto& entry :
       fs::directory_iterator(path.has_parent_path() ? path.parent_path() : fs::path("."), problem)) {
    const std::string name = entry.path().filename().string();
    if (!text::starts_with(name, beginning)) continue;
    const auto process = text::to_int(name.substr(beginning.size()));
    if (process && *process > 0 && ::kill(static_cast<pid_t>(*process), 0) != 0 && errno == ESRCH)
      abandoned.push_back(entry.path());
  }
  for (const fs::path& file : abandoned) fs::remove(file, problem);
}

Result<void> write_text(const fs::path& path, std::string_view content) {
  return write_file(path, {reinterpret_cast<const std::uint8_t*>(content.data()), content.size()});
}

// All neighbours first, then all renames: what can fail (room, rights, a folder in the way) fails before the
// first file of the old tree is replaced.
Result<void> write_tree(const fs::path& folder, std::span<const OutputFile> files) {
  std::vector<fs::path> prepared, made;
  const auto undo = [&](Error failed) {
    std::error_code ignored;
    for (const fs::path& path : prepared) fs::remove(neighbour_of(path), ignored);
    for (auto path = made.rbegin(); path != made.rend(); ++path) fs::remove(*path, ignored);
    return failed;
  };
  for (const OutputFile& file : files) {
    const fs::path path = folder / file.path;
    const std::vector<fs::path> missing = missing_folders(path);
    made.insert(made.end(), missing.rbegin(), missing.rend());
    const std::string& content = file.content;
    const auto done =
        write_neighbour(path, {reinterpret_cast<const std::uint8_t*>(content.data()), content.size()});
    if (!done) return undo(done.error());
    prepared.push_back(path);
  }
  for (const fs::path& path : prepared) {
    if (const auto done = put_in_place(path); !done) return undo(done.error());
  }
  return {};
}

Result<void> check_writable(const fs::path& folder) {
  std::error_code problem;
  fs::path existing = fs::absolute(folder, problem);
  while (!fs::exists(existing, problem) && existing.has_relative_path()) existing = existing.parent_path();
  if (!fs::is_directory(existing, problem))
    return error(text::cat(existing.string(), ": is no folder, so '", folder.string(), "' cannot be made"));
  std::string probe = (existing / ".mote-XXXXXX").string();
  const int file = ::mkstemp(probe.data());
  if (file < 0) return cannot_write(folder);
  ::close(file);
  fs::remove(probe, problem);
  return {};
}

Result<ScratchFolder> ScratchFolder::make(std::string_view purpose) {
  std::error_code problem;
  const fs::path temporary = fs::temp_directory_path(problem);
  if (problem)
    return error("the folder for temporary files is not there",
                 "set TMPDIR to a folder that exists, or unset it");
  std::string pattern = (temporary / text::cat("mote-", purpose, "-XXXXXX")).string();
  if (::mkdtemp(pattern.data()) == nullptr) return cannot_write(pattern);
  return ScratchFolder(fs::path(pattern));
}
ScratchFolder::ScratchFolder(ScratchFolder&& other) noexcept : path_(std::move(other.path_)) {
  other.path_.clear();
}
ScratchFolder& ScratchFolder::operator=(ScratchFolder&& other) noexcept {
  std::swap(path_, other.path_);
  return *this;
}
ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

const EmbeddedFile* find_embedded(std::string_view path) {
  for (const EmbeddedFile& file : embedded_files()) {
    if (file.path == path) return &file;
  }
  return nullptr;
}

// ---- other programs

namespace {
struct Pipe {
  int read_end = -1, write_end = -1;
  bool open() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return false;
    read_end = ends[0];
    write_end = ends[1];
    return true;
  }
};
}  // namespace

namespace {
// Waits for the child, whose outputs are closed; at the deadline it is killed.
int wait_until(pid_t child, double deadline, bool& timed_out) {
  int status = 0;
  for (double pause = 1e-4;; pause = std::min(pause * 2, 0.02)) {
    const pid_t ended = ::waitpid(child, &status, WNOHANG);
    if (ended == child || (ended < 0 && errno != EINTR)) return status;
    if (!timed_out && now_seconds() >= deadline) {
      timed_out = true;
      ::kill(-child, SIGKILL);
    }
    std::this_thread::sleep_for(std::chrono::duration<double>(pause));
  }
}
}  // namespace

Result<ProcessOutput> run_process(const std::vector<std::string>& command, const fs::path& folder,
                                  double timeout_seconds) {
  const std::string program = find_program(command.front());
  if (program.empty()) {
    return error(text::cat("the program '", command.front(), "' is not installed"),
                 "`mote doctor` names the package that brings it");
  }
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const std::string where = folder.string();
  Pipe out, err;
  if (!out.open() || !err.open())
    return error(text::cat(command.front(), ": cannot be started: ", std::strerror(errno)));

  const pid_t child = ::fork();
  if (child < 0) return error(text::cat(command.front(), ": cannot be started: ", std::strerror(errno)));
  if (child == 0) {  // only async-signal-safe calls from here on
    const int nothing = ::open("/dev/null", O_RDONLY);
    ::dup2(nothing, 0);
    ::dup2(out.write_end, 1);
    ::dup2(err.write_end, 2);
    ::setpgid(0, 0);
    if (!where.empty() && ::chdir(where.c_str()) != 0) ::_exit(127);
    ::execv(program.c_str(), arguments.data());
    ::_exit(127);
  }
  ::close(out.write_end);
  ::close(err.write_end);

  ProcessOutput result;
  const double deadline = now_seconds() + timeout_seconds;
  pollfd ends[2] = {{out.read_end, POLLIN, 0}, {err.read_end, POLLIN, 0}};
  std::string* texts[2] = {&result.out, &result.err};
  int open_ends = 2;
  char block[1 << 14];
  while (open_ends > 0) {
    const double left = deadline - now_seconds();
    if (left <= 0) {
      result.timed_out = true;
      ::kill(-child, SIGKILL);
      break;
    }
    ::poll(ends, 2, static_cast<int>(std::min(left * 1000 + 1, 1e9)));
    for (int i = 0; i < 2; ++i) {
      if (ends[i].fd < 0 || ends[i].revents == 0) continue;
      const ssize_t got = ::read(ends[i].fd, block, sizeof block);
      if (got > 0) {
        texts[i]->append(block, static_cast<std::size_t>(got));
      } else if (got == 0 || errno != EINTR) {
        ends[i].fd = -1;
        --open_ends;
      }
    }
  }
  ::close(out.read_end);
  ::close(err.read_end);
  const int status = wait_until(child, deadline, result.timed_out);
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

std::string find_program(std::string_view name) {
  if (name.find('/') != std::string_view::npos)
    return ::access(std::string(name).c_str(), X_OK) == 0 ? std::string(name) : "";
  const char* path = std::getenv("PATH");
  for (const std::string& folder : text::split(path ? path : "/usr/bin:/bin", ':')) {
    const std::string candidate = text::cat(folder, "/", name);
    if (::access(candidate.c_str(), X_OK) == 0 && !fs::is_directory(candidate)) return candidate;
  }
  return "";
}

// ---- the environment

Result<std::optional<std::int64_t>> whole_from_environment(const char* name, std::int64_t low,
                                                           std::int64_t high) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == 0) return std::optional<std::int64_t>();
  const auto number = text::to_int(value);
  if (number && *number >= low && *number <= high) return number;
  return usage_error(text::cat(name, " of the environment is '", std::string_view(value).substr(0, 40),
                               "': it is a whole number, ", low, " … ", high),
                     text::cat("unset ", name, ", or set it to such a number"));
}

namespace {
constexpr std::int64_t kMostThreads = 1'000'000;  // "as many as you can" is a fair wish
}

Result<void> check_environment() {
  MOTE_TRY_VOID(whole_from_environment("MOTE_THREADS", 1, kMostThreads));
  MOTE_TRY_VOID(whole_from_environment(kDataMemoryVariable, 0, kMostDataMemory));
  return {};
}

// ---- threads

int thread_count() {
  constexpr int most = 64;
  const auto wanted = whole_from_environment("MOTE_THREADS", 1, kMostThreads);
  if (wanted && *wanted) return static_cast<int>(std::min<std::int64_t>(**wanted, most));
  return std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, most);
}

void parallel_for(int n, const std::function<void(int)>& body) {
  const int threads = std::min(thread_count(), n);
  if (threads <= 1) {
    for (int i = 0; i < n; ++i) body(i);
    return;
  }
  std::atomic<int> next{0};
  const auto work = [&] {
    for (int i = next++; i < n; i = next++) body(i);
  };
  std::vector<std::jthread> others;
  for (int t = 1; t < threads; ++t) others.emplace_back(work);
  work();
}

// ---- progress

double now_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

bool Progress::quiet = false;

struct Progress::State {
  std::string what;
  std::int64_t total = 0;
  bool terminal = false;
  double started = 0;
  double shown = 0;
  bool drawn = false;
};

Progress::Progress(std::string what, std::int64_t total) : state_(std::make_unique<State>()) {
  state_->what = std::move(what);
  state_->total = std::max<std::int64_t>(total, 1);
  state_->terminal = ::isatty(2) != 0;
  state_->started = now_seconds();
  state_->shown = state_->started;
}

Progress::~Progress() {
  if (state_->terminal && state_->drawn && !quiet) std::fputc('\n', stderr);
}

void Progress::advance(std::int64_t done, std::string_view note) {
  if (quiet) return;
  const double now = now_seconds();
  const bool last = done >= state_->total;
  const double pause = state_->terminal ? 0.1 : 5.0;  // a log wants few lines
  if (!last && now - state_->shown < pause) return;
  state_->shown = now;
  state_->drawn = true;
  const double share = std::clamp(static_cast<double>(done) / static_cast<double>(state_->total), 0.0, 1.0);
  const double left = share > 0 ? (now - state_->started) * (1 - share) / share : 0;
  const std::string eta =
      last ? fmt::format("{:.1f} s", now - state_->started) : fmt::format("ETA {:.0f} s", left);
  if (state_->terminal) {
    constexpr int width = 28;
    const int filled = static_cast<int>(share * width);
    std::fprintf(stderr, "\r%-12s [%s%s] %3.0f%% %s %.*s\033[K", state_->what.c_str(),
                 std::string(static_cast<std::size_t>(filled), '#').c_str(),
                 std::string(static_cast<std::size_t>(width - filled), '.').c_str(), share * 100, eta.c_str(),
                 static_cast<int>(note.size()), note.data());
  } else {
    std::fprintf(stderr, "%s: %3.0f%% (%lld of %lld), %s %.*s\n", state_->what.c_str(), share * 100,
                 static_cast<long long>(done), static_cast<long long>(state_->total), eta.c_str(),
                 static_cast<int>(note.size()), note.data());
  }
  std::fflush(stderr);
}

}  // namespace mote
