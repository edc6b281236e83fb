#include "data/detail/manifest.h"

#include <algorithm>
#include <vector>

#include "base/system.h"
#include "base/text.h"
#include "data/detail/columns.h"

namespace mote {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMaxPattern = 500;

/// A piece of a pattern: text that stands for itself, or a name.
struct Piece {
  bool is_name = false;
  std::string text;
};

std::vector<Piece> pieces_of(const std::string& pattern) {
  std::vector<Piece> pieces;
  for (std::size_t at = 0; at < pattern.size();) {
    const std::size_t open = pattern.find('{', at), close = pattern.find('}', open);
    if (open == std::string::npos || close == std::string::npos) {
      pieces.push_back({false, pattern.substr(at)});
      break;
    }
    if (open > at) pieces.push_back({false, pattern.substr(at, open - at)});
    pieces.push_back({true, pattern.substr(open + 1, close - open - 1)});
    at = close + 1;
  }
  return pieces;
}

/// The rest of the text by the rest of the pieces.  Tables of what failed already keep it quadratic.
bool match_rest(const std::vector<Piece>& pieces, std::size_t piece, const std::string& text, std::size_t at,
                std::vector<std::vector<char>>& failed, std::map<std::string, std::string>& fields) {
  if (piece == pieces.size()) return at == text.size();
  if (failed[piece][at]) return false;
  const Piece& now = pieces[piece];
  if (!now.is_name) {
    if (text.compare(at, now.text.size(), now.text) == 0 &&
        match_rest(pieces, piece + 1, text, at + now.text.size(), failed, fields))
      return true;
  } else {
    for (std::size_t end = at; end <= text.size(); ++end) {
      if (end > at && text[end - 1] == '/') break;
      if (!match_rest(pieces, piece + 1, text, end, failed, fields)) continue;
      if (!now.text.empty()) fields[now.text] = text.substr(at, end - at);
      return true;
    }
  }
  failed[piece][at] = 1;
  return false;
}

std::string key_of(const fs::path& file) { return file.lexically_normal().generic_string(); }

}  // namespace

std::optional<std::map<std::string, std::string>> match_path(const std::string& pattern,
                                                             const fs::path& path) {
  const auto parts = static_cast<std::size_t>(std::count(pattern.begin(), pattern.end(), '/')) + 1;
  std::vector<std::string> names;
  for (const fs::path& part : path) names.push_back(part.string());
  if (names.size() < parts) return std::nullopt;
  const std::string end = text::join(std::span<const std::string>(names).last(parts), "/");
  const std::vector<Piece> pieces = pieces_of(pattern);
  std::vector<std::vector<char>> failed(pieces.size(), std::vector<char>(end.size() + 1));
  std::map<std::string, std::string> fields;
  if (!match_rest(pieces, 0, end, 0, failed, fields)) return std::nullopt;
  return fields;
}

Result<FieldSource> FieldSource::open(const DataSource& source) {
  FieldSource fields;
  fields.pattern_ = source.path_pattern;
  fields.manifest_ = source.manifest;
  if (fields.pattern_.size() > kMaxPattern)
    return error("data.path: longer than 500 characters", "it matches the end of paths: \"{label}/{n}.wav\"");
  if (source.manifest.empty()) return fields;
  MOTE_TRY(const std::string content, read_text(source.manifest, kDataFileMaxBytes));
  MOTE_TRY(const Table table, parse_csv(content, source.manifest.filename().string()));
  MOTE_TRY(const std::size_t file_at, find_column("file", table, "(of a manifest)"));
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    const std::string file(text::trim(table.rows[r][file_at]));
    std::map<std::string, std::string> row;
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      if (c != file_at) row[table.columns[c]] = std::string(text::trim(table.rows[r][c]));
    }
    if (!fields.rows_.emplace(key_of(source.manifest.parent_path() / file), std::move(row)).second) {
      return error(text::cat(table.file, ", line ", table.lines[r], ": '", file, "' is listed twice"),
                   "a file has one row");
    }
  }
  return fields;
}

std::vector<std::string> FieldSource::lost_files() const {
  std::vector<std::string> lost;
  std::error_code problem;
  for (const auto& [file, row] : rows_) {
    if (!fs::exists(file, problem))
      lost.push_back(
          fs::path(file).lexically_proximate(manifest_.parent_path().lexically_normal()).generic_string());
  }
  return lost;
}

Result<std::optional<std::map<std::string, std::string>>> FieldSource::of(const fs::path& file) const {
  using Fields = std::map<std::string, std::string>;
  Fields fields;
  if (!manifest_.empty()) {
    const auto row = rows_.find(key_of(file));
    if (row == rows_.end()) return std::optional<Fields>();
    fields = row->second;
  }
  if (!pattern_.empty()) {
    const auto matched = match_path(pattern_, file);
    if (!matched) {
      return error(text::cat("data: '", file.string(), "' does not match the path '", pattern_, "'"),
                   "names in braces stand for any text without '/': \"{label}/{subject}_{n}.wav\"");
    }
    fields.insert(matched->begin(), matched->end());
  }
  fields.emplace("file", file.filename().string());
  fields.emplace("stem", file.stem().string());
  fields.emplace("folder", file.parent_path().filename().string());
  fields.emplace("path", (file.parent_path().filename() / file.filename()).generic_string());
  return std::optional<Fields>(std::move(fields));
}

}  // namespace mote
