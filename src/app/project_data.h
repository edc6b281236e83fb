// Internal to the room: the data set of a project, read from its files or made by its generator.
#pragma once

#include "app/project.h"
#include "data/dataset.h"

namespace mote {

struct LoadedProject {
  Dataset data;
  std::string origin;  ///< "generator 'ecg', 40 subjects, seed 1", or the files
  std::vector<std::pair<std::string, std::string>> file_hashes;  ///< file → FNV-1a-64
};
Result<LoadedProject> load_project_data(const Project& project);

}  // namespace mote
