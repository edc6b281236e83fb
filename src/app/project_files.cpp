// The files that a project names: patterns become lists of files, and $MOTE_DATA the folder of the data sets.
#include <algorithm>
#include <cstdlib>

#include "app/keys.h"
#include "app/project.h"
#include "base/text.h"

namespace mote {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMaxDataFiles = 10'000;

// `*` is any text, `?` any character.  Steps back to the last star on a mismatch, so the time is at most the
// product of the lengths.
bool matches(std::string_view pattern, std::string_view name) {
  std::size_t p = 0, i = 0, star = std::string_view::npos, resume = 0;
  while (i < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = i;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == name[i])) {
      ++p;
      ++i;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      i = ++resume;
    } else {
      return false;
    }
  }
  return pattern.substr(p).find_first_not_of('*') == std::string_view::npos;
}

bool is_pattern(std::string_view part) { return part.find_first_of("*?") != std::string_view::npos; }

// All paths that a pattern stands for, sorted; each component may be a pattern.  Hidden names match only when written out.
std::vector<fs::path> expand(const fs::path& pattern) {
  std::vector<fs::path> found = {fs::path()};
  for (const fs::path& part : pattern) {
    std::vector<fs::path> next;
    for (const fs::path& base : found) {
      if (!is_pattern(part.string())) {
        next.push_back(base / part);
        continue;
      }
      std::error_code problem;
      const fs::path folder = base.empty() ? fs::path(".") : base;
      for (fs::directory_iterator entry(folder, problem), end;
           !problem && entry != end && next.size() < kMaxDataFiles; entry.increment(problem)) {
        const std::string name = entry->path().filename().string();
        if (name.front() != '.' && matches(part.string(), name)) next.push_back(base / name);
      }
    }
    found = std::move(next);
  }
  std::error_code problem;
  std::erase_if(found, [&](const fs::path& path) { return !fs::is_regular_file(path, problem); });
  std::sort(found.begin(), found.end());
  return found;
}

Result<void> find_files_of(std::vector<fs::path>& files, const std::string& key, const Project& project) {
  std::vector<fs::path> all;
  const auto line = project.lines.find(key);
  const std::string where =
      line == project.lines.end() ? project.file : text::cat(project.file, ", line ", line->second);
  for (const fs::path& file : files) {
    const std::vector<fs::path> found =
        is_pattern(file.string()) ? expand(file) : std::vector<fs::path>{file};
    std::error_code problem;
    if (found.empty())
      return error(
          text::cat(where, ": no file matches '", file.string(), "'"),
          text::cat("paths are relative to ", project.file, "; $MOTE_DATA is the folder of the data sets"));
    if (!fs::exists(found.front(), problem))
      return error(
          text::cat(where, ": there is no file '", file.string(), "'"),
          text::cat("paths are relative to ", project.file, "; $MOTE_DATA is the folder of the data sets"));
    all.insert(all.end(), found.begin(), found.end());
    if (all.size() > kMaxDataFiles)
      return error(text::cat(where, ": more than ", kMaxDataFiles, " data files"),
                   "join them into fewer files");
  }
  files = std::move(all);
  return {};
}

// The nearest `shared/data` in `start` or above it.
fs::path shared_data_above(const fs::path& start) {
  std::error_code problem;
  fs::path folder = fs::weakly_canonical(fs::absolute(start, problem), problem);
  while (!folder.empty()) {
    if (const fs::path candidate = folder / "shared" / "data"; fs::is_directory(candidate, problem))
      return candidate;
    if (folder == folder.parent_path()) break;
    folder = folder.parent_path();
  }
  return {};
}

}  // namespace

std::vector<std::pair<fs::path*, std::string>> keys::named_data_files(DataSource& data) {
  return {{&data.manifest, "data.manifest"},
          {&data.target.remaining, "data.remaining"},
          {&data.series.intervals, "data.intervals"}};
}

Result<void> find_data_files(Project& project) {
  for (const auto& [path, key] : keys::named_data_files(project.data)) {
    std::vector<fs::path> one = {*path};
    if (!path->empty()) MOTE_TRY_VOID(find_files_of(one, key, project));
  }
  MOTE_TRY_VOID(find_files_of(project.data.files, "data.source", project));
  for (auto& [split, files] : project.data.split_files)
    MOTE_TRY_VOID(find_files_of(files, text::cat("data.", name_of(split)), project));
  return {};
}

fs::path default_data_folder(const fs::path& project_folder) {
  if (const char* set = std::getenv("MOTE_DATA"); set && *set) return fs::path(set);
  if (fs::path found = shared_data_above(project_folder.empty() ? fs::path(".") : project_folder);
      !found.empty())
    return found;
  std::error_code problem;
  const fs::path program = fs::read_symlink("/proc/self/exe", problem);
  return problem ? fs::path() : shared_data_above(program.parent_path());
}

}  // namespace mote
