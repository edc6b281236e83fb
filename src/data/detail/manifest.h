// Words about a whole file, from outside of it: its name and folder, a pattern of its path, a row of the manifest.
// Private to the room; load.cpp uses it.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/reader.h"

namespace mote {

class FieldSource {
 public:
  static Result<FieldSource> open(const DataSource& source);
  /// "file", "stem", "folder", "path" (folder/file), the pattern's names, the manifest's columns.  Nothing where a manifest does not list the file.
  Result<std::optional<std::map<std::string, std::string>>> of(const std::filesystem::path& file) const;
  /// Files of the manifest that are not there, in its folder's words.
  std::vector<std::string> lost_files() const;

 private:
  std::string pattern_;
  std::filesystem::path manifest_;
  std::map<std::string, std::map<std::string, std::string>> rows_;  ///< file as a path → column → cell
};

/// Matches the end of `path` with a pattern: "{label}/{subject}_{n}.wav".  A name in braces takes as little text as possible, never
/// a '/'; everything else stands for itself.  Nothing where it does not match.
std::optional<std::map<std::string, std::string>> match_path(const std::string& pattern,
                                                             const std::filesystem::path& path);

}  // namespace mote
