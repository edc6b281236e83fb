// A file's reader, and a file's recordings, outside of a data set.
#pragma once

#include <filesystem>
#include <vector>

#include "data/reader.h"

namespace mote {

/// The one that the source names, else the one whose ending the file has.
Result<const Reader*> reader_for(const DataSource& source, const std::filesystem::path& file);

/// Another file in the folder of `file`; `name` comes from the file and may say anything.
Result<Bytes> read_beside(const std::filesystem::path& file, const std::string& name);

/// An error for files whose rows are samples.
Result<std::vector<Recording>> read_recordings(const std::filesystem::path& file, const DataSource& source);

}  // namespace mote
