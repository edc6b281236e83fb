// Internal to the room: the data set of a project, read from its files or made by its generator.
#pragma once

#include "app/project.h"
#include "data/dataset.h"

namespace mote {

struct LoadedProject {
  Dataset data;
  std::string
      origin;  ///< "generator 'ecg', 40 subjects, seed 1", or the files, of many the first and the last
  std::vector<std::pair<std::string, std::string>> file_hashes;  ///< file → FNV-1a-64
};
/// The files that hold its samples.
std::vector<std::filesystem::path> data_files(const Project& project);

/// Whether writing `output` would write over one of the files that were read.
bool is_one_of(const std::filesystem::path& output, const std::vector<std::filesystem::path>& read);

/// An error where writing `output` would write over the project `file`, its data, or a file that is there and does not begin as
/// earlier results do.
Result<void> check_output(const std::filesystem::path& output, std::string_view beginning,
                          const Project& project, const std::filesystem::path& file);

/// The same of the folder that train and flow write to.
Result<void> check_output_folder(const std::filesystem::path& folder, const Project& project,
                                 const std::filesystem::path& file);

Result<LoadedProject> load_project_data(const Project& project);

}  // namespace mote
