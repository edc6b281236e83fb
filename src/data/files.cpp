#include "data/files.h"

#include <set>

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
               source.image.format.empty() ? "say how it is written: reader = \"csv_wide\", say"
                                           : "raw camera frames need reader = \"image\"");
}

Result<Bytes> read_beside(const fs::path& file, const std::string& name) {
  if (fs::path(name).has_parent_path() || name.empty() || name == "..")
    return error(text::cat(file.filename().string(), ": names the file '", name, "'"),
                 "the files of a recording lie side by side in one folder");
  return read_file(file.parent_path() / name, kDataFileMaxBytes);
}

namespace {

/// The last `parts` parts of a path, or all it has: "slow/s1.csv".
std::string last_parts(const fs::path& file, std::size_t parts) {
  std::vector<std::string> names;
  for (const fs::path& part : file.lexically_normal()) {
    if (part != "/" && !part.empty()) names.push_back(part.string());
  }
  const std::size_t first = names.size() > parts ? names.size() - parts : 0;
  return text::join(std::span<const std::string>(names).subspan(first), "/");
}

}  // namespace

std::map<fs::path, std::string> names_apart(const std::vector<fs::path>& files) {
  std::map<std::string, std::vector<fs::path>> alike;
  for (const fs::path& file : files) alike[file.filename().string()].push_back(file);
  std::map<fs::path, std::string> names;
  constexpr std::size_t kMostParts = 64;
  for (const auto& [name, same] : alike) {
    std::set<std::string> different;
    for (std::size_t parts = 1; different.size() < same.size() && parts <= kMostParts; ++parts) {
      different.clear();
      for (const fs::path& file : same) {
        const std::string longer = parts == 1 ? name : last_parts(file, parts);
        different.insert(longer);
        names[file] = longer;
      }
    }
  }
  return names;
}

Result<std::vector<Recording>> read_recordings(const fs::path& file, const DataSource& source,
                                               const std::string& name) {
  MOTE_TRY(const Reader* const reader, reader_for(source, file));
  if (reader->recordings == nullptr)
    return error(text::cat(file.string(), ": is a table whose rows are samples; reader '", reader->name,
                           "' makes no recordings of it"),
                 "where rows are moments, choose the reader 'csv_series'");
  MOTE_TRY(const Bytes bytes, read_file(file, kDataFileMaxBytes));
  const ReadContext context{name.empty() ? file.filename().string() : name, source,
                            [&](const std::string& other) { return read_beside(file, other); }};
  return reader->recordings(bytes, context);
}

}  // namespace mote
