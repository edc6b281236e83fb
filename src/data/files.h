// A file's reader, and a file's recordings, outside of a data set.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "data/reader.h"

namespace mote {

/// The one that the source names, else the one whose ending the file has.
Result<const Reader*> reader_for(const DataSource& source, const std::filesystem::path& file);

/// Another file in the folder of `file`; `name` comes from the file and may say anything.
Result<Bytes> read_beside(const std::filesystem::path& file, const std::string& name);

/// What each file is called in messages: its last part; where several have the same, with as many folders as tell them apart.
std::map<std::filesystem::path, std::string> names_apart(const std::vector<std::filesystem::path>& files);

/// An error for files whose rows are samples.  `name` is what the file is called; empty: its last part.
Result<std::vector<Recording>> read_recordings(const std::filesystem::path& file, const DataSource& source,
                                               const std::string& name = {});

}  // namespace mote
