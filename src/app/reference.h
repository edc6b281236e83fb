// Reference pages that are written from the program's own tables, so that they cannot say something else than it does.
// docs/reference/mote-toml.md stands beside its key table (app/project.h).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "graph/graph.h"

namespace mote {

/// An operator of a file that no op of mote stands for: importing the file deals with it.
struct ImportedName {
  std::string_view format, name;  ///< "tflite", "CALL_ONCE"
  std::string_view becomes;
};
std::span<const ImportedName> imported_names();

/// An attribute's value as people read it: "0.5", "[1, 2]", "same".
std::string attribute_text(const Attribute& value);

/// docs/reference/ops.md, from the operators' schemas and the kernels they have.
std::string ops_reference_markdown();

/// docs/reference/targets.md, from the targets' files.
std::string targets_reference_markdown();

}  // namespace mote
