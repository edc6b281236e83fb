// From mote.toml's [data] table to a Dataset: choose the reader, read the files, add what names, folders and the manifest say of
// each; detail/rows.cpp and detail/windows.cpp make samples of what was read, detail/assemble.h ends both.
#include <algorithm>
#include <set>

#include "base/system.h"
#include "base/text.h"
#include "data/detail/assemble.h"
#include "data/detail/manifest.h"
#include "data/detail/windows.h"
#include "data/files.h"
#include "data/reader.h"

namespace mote {
namespace fs = std::filesystem;
namespace {

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

Result<Dataset> load_dataset(const DataSource& source) {
  MOTE_TRY_VOID(check_source(source));
  MOTE_TRY(const std::vector<SourceFile> files, files_of(source));
  MOTE_TRY(const FieldSource fields, FieldSource::open(source));
  std::vector<Table> tables;
  WindowCutter cutter(source);
  bool any_recordings = false;
  for (const SourceFile& file : files) {
    const std::string name = file.path.filename().string();
    MOTE_TRY(const auto words, fields.of(file.path));
    if (!words) continue;  // the manifest does not list it
    MOTE_TRY(const Reader* const reader, reader_for(source, file.path));
    MOTE_TRY(const Bytes bytes, read_file(file.path, kDataFileMaxBytes));
    const ReadContext context{name, source,
                              [&](const std::string& other) { return read_beside(file.path, other); }};
    if (reader->table != nullptr) {
      MOTE_TRY(Table table, reader->table(bytes, context));
      table.split = file.split;
      table.fields = *words;
      tables.push_back(std::move(table));
    } else {
      any_recordings = true;
      MOTE_TRY(std::vector<Recording> recordings, reader->recordings(bytes, context));
      for (Recording& recording : recordings) {
        recording.fields.insert(words->begin(), words->end());
        MOTE_TRY_VOID(cutter.add(recording, file.split));
      }
    }
    if (any_recordings && !tables.empty()) {
      return error(
          text::cat("data: ", name, " and files before it are of different kinds"),
          "a project reads tables whose rows are samples, or recordings; say reader = \"csv_series\"");
    }
  }
  if (tables.empty() && !any_recordings)
    return error("data: the manifest lists none of the files",
                 "its column 'file' holds paths relative to it");
  if (any_recordings) return cutter.finish();
  return make_dataset(source, tables);
}

Result<Dataset> make_dataset(const DataSource& source, std::vector<Recording> recordings) {
  MOTE_TRY_VOID(check_source(source));
  WindowCutter cutter(source);
  for (const Recording& recording : recordings) MOTE_TRY_VOID(cutter.add(recording, std::nullopt));
  return cutter.finish();
}

}  // namespace mote
