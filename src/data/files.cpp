#include "data/files.h"

#include "base/system.h"
#include "base/text.h"

namespace mote {
namespace fs = std::filesystem;

Result<const Reader*> reader_for(const DataSource& source, const fs::path& file) {
  if (!source.reader.empty()) return find_reader(source.reader);
  const std::string name = text::lower(file.filename().string());
  for (const Reader* reader : reader_registry()) {
    for (const std::string_view ending : reader->endings) {
      if (text::ends_with(name, ending)) return reader;
    }
  }
  return error(text::cat("data: no reader is known for '", file.filename().string(), "'"),
               "say how it is written: reader = \"csv_wide\", say");
}

Result<Bytes> read_beside(const fs::path& file, const std::string& name) {
  if (fs::path(name).has_parent_path() || name.empty() || name == "..")
    return error(text::cat(file.filename().string(), ": names the file '", name, "'"),
                 "the files of a recording lie side by side in one folder");
  return read_file(file.parent_path() / name, kDataFileMaxBytes);
}

Result<std::vector<Recording>> read_recordings(const fs::path& file, const DataSource& source) {
  MOTE_TRY(const Reader* const reader, reader_for(source, file));
  if (reader->recordings == nullptr)
    return error(text::cat(file.string(), ": is a table whose rows are samples; reader '", reader->name,
                           "' makes no recordings of it"),
                 "where rows are moments, choose the reader 'csv_series'");
  MOTE_TRY(const Bytes bytes, read_file(file, kDataFileMaxBytes));
  const ReadContext context{file.filename().string(), source,
                            [&](const std::string& name) { return read_beside(file, name); }};
  return reader->recordings(bytes, context);
}

}  // namespace mote
