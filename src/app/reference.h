// Reference pages that are written from the program's own tables, so that they cannot say something else than it does.
// docs/reference/mote-toml.md stands beside its key table (app/project.h).
#pragma once

#include <string>

namespace mote {

/// docs/reference/ops.md, from the operators' schemas and the kernels they have.
std::string ops_reference_markdown();

/// docs/reference/targets.md, from the targets' files.
std::string targets_reference_markdown();

}  // namespace mote
