// From mote.toml's [data] table to a Dataset: choose the reader, read the files, add what names, folders and the manifest say of
// each; detail/rows.cpp and detail/windows.cpp make samples of what was read, detail/assemble.h ends both.
#include <algorithm>
#include <map>
#include <set>

#include "base/system.h"
#include "base/text.h"
#include "data/detail/assemble.h"
#include "data/detail/intervals.h"
#include "data/detail/manifest.h"
#include "data/detail/rows.h"
#include "data/detail/windows.h"
#include "data/files.h"
#include "data/reader.h"

namespace mote {
namespace fs = std::filesystem;
namespace {

using Fields = std::map<std::string, std::string>;

struct SourceFile {
  fs::path path;
  std::optional<Split> split;
};

Result<std::vector<SourceFile>> files_of(const DataSource& source) {
  if (source.files.empty() && source.split_files.empty()) {
    return error("data: no files", "name them: source = [\"beats.csv\"], or train = … and test = …");
  }
  if (source.split_by == "file" && source.split_files.empty()) {
    return error("data: split = \"file\" without files by split", "name the files of train and test");
  }
  std::vector<SourceFile> files;
  std::set<std::string> seen;
  const auto add = [&](const fs::path& file, std::optional<Split> split) -> Result<void> {
    if (!seen.insert(file.lexically_normal().string()).second) {
      return error(text::cat("data: '", file.string(), "' is named twice"),
                   "its samples would stand on two sides of the split; name each file once");
    }
    files.push_back({file, split});
    return {};
  };
  for (const auto& file : source.files) MOTE_TRY_VOID(add(file, std::nullopt));
  for (const auto& [split, list] : source.split_files) {
    for (const auto& file : list) MOTE_TRY_VOID(add(file, split));
  }
  return files;
}

}  // namespace

Result<const Reader*> find_reader(const std::string& name) {
  std::vector<std::string> known;
  for (const Reader* reader : reader_registry()) {
    if (reader->name == name) return reader;
    known.push_back(std::string(reader->name));
  }
  return error(text::cat("data.reader: '", name, "' is not known"), text::suggest(name, known));
}

namespace {

/// The files of a project, one after the other: rows or recordings, as their readers give.
class Loader {
 public:
  Loader(const DataSource& source, FieldSource fields)
      : source_(source), fields_(std::move(fields)), cutter_(source), sampler_(source) {}

  Result<Dataset> load(const std::vector<SourceFile>& files) {
    std::vector<fs::path> paths;
    for (const SourceFile& file : files) paths.push_back(file.path);
    names_ = names_apart(paths);
    if (RowSampler::wants_to_look(source_)) {
      for (const SourceFile& file : files) MOTE_TRY_VOID(look(file));
    }
    for (const SourceFile& file : files) MOTE_TRY_VOID(add(file));
    if (!any_rows_ && !any_recordings_)
      return error("data: the manifest lists none of the files",
                   "its column 'file' holds paths relative to it");
    MOTE_TRY(Dataset data, any_rows_ ? sampler_.finish() : cutter_.finish());
    MOTE_TRY_VOID(find_lost(files, data.load));
    return data;
  }

 private:
  Result<Table> read_table(const Reader& reader, const SourceFile& file, const Fields& words) const {
    MOTE_TRY(const Bytes bytes, read_file(file.path, kDataFileMaxBytes));
    MOTE_TRY(Table table, reader.table(bytes, context(file.path)));
    table.split = file.split;
    table.fields = words;
    return table;
  }

  /// Two files are two, also where group = "file".
  Result<std::optional<Fields>> words_of(const fs::path& path) const {
    MOTE_TRY(auto words, fields_.of(path));
    const std::string last = path.filename().string(), &name = names_.at(path);
    if (words && name != last && words->at("file") == last) words->at("file") = name;
    return words;
  }

  Result<void> look(const SourceFile& file) {
    MOTE_TRY(const auto words, words_of(file.path));
    if (!words) return {};  // the manifest does not list it
    MOTE_TRY(const Reader* const reader, reader_for(source_, file.path));
    if (reader->table == nullptr) return {};
    MOTE_TRY(const Table table, read_table(*reader, file, *words));
    MOTE_TRY_VOID(RowSampler::check(source_));
    return sampler_.look(table);
  }

  Result<void> add(const SourceFile& file) {
    MOTE_TRY(const auto words, words_of(file.path));
    if (!words) return {};
    MOTE_TRY(const Reader* const reader, reader_for(source_, file.path));
    (reader->table != nullptr ? any_rows_ : any_recordings_) = true;
    if (any_rows_ && any_recordings_) {
      return error(
          text::cat("data: ", file.path.filename().string(), " and files before it are of different kinds"),
          "a project reads tables whose rows are samples, or recordings; say reader = \"csv_series\"");
    }
    if (reader->table != nullptr) {
      MOTE_TRY(const Table table, read_table(*reader, file, *words));
      MOTE_TRY_VOID(RowSampler::check(source_));
      return sampler_.add(table);
    }
    MOTE_TRY(const Bytes bytes, read_file(file.path, kDataFileMaxBytes));
    MOTE_TRY(std::vector<Recording> recordings, reader->recordings(bytes, context(file.path)));
    for (Recording& recording : recordings) {
      recording.fields.insert(words->begin(), words->end());
      MOTE_TRY_VOID(cutter_.add(recording, file.split));
    }
    return {};
  }

  /// Files that the manifest or the intervals name, but that are not there.
  Result<void> find_lost(const std::vector<SourceFile>& files, LoadReport& report) const {
    const auto add = [&report](const std::string& key, std::vector<std::string> words) {
      if (!words.empty()) report.unmatched.push_back({key, std::move(words), false});
    };
    add("manifest", fields_.lost_files());
    if (source_.series.intervals.empty()) return {};
    MOTE_TRY(const std::vector<std::string> named, interval_files(source_.series.intervals));
    std::vector<std::string> lost;
    std::error_code problem;
    for (const std::string& name : named) {
      const bool is_read = std::any_of(files.begin(), files.end(), [&](const SourceFile& file) {
        return same_file(name, file.path.lexically_normal().generic_string());
      });
      if (!is_read && !fs::exists(source_.series.intervals.parent_path() / name, problem))
        lost.push_back(name);
    }
    add("intervals", std::move(lost));
    return {};
  }

  ReadContext context(const fs::path& path) const {
    return {names_.at(path), source_, [path](const std::string& other) { return read_beside(path, other); }};
  }

  const DataSource& source_;
  FieldSource fields_;
  WindowCutter cutter_;
  RowSampler sampler_;
  std::map<fs::path, std::string> names_;
  bool any_rows_ = false, any_recordings_ = false;
};

}  // namespace

Result<Dataset> load_dataset(const DataSource& source) {
  MOTE_TRY_VOID(check_source(source));
  MOTE_TRY(const std::vector<SourceFile> files, files_of(source));
  MOTE_TRY(FieldSource fields, FieldSource::open(source));
  return Loader(source, std::move(fields)).load(files);
}

Result<Dataset> make_dataset(const DataSource& source, const std::vector<Recording>& recordings) {
  MOTE_TRY_VOID(check_source(source));
  WindowCutter cutter(source);
  for (const Recording& recording : recordings) MOTE_TRY_VOID(cutter.add(recording, std::nullopt));
  return cutter.finish();
}

}  // namespace mote
