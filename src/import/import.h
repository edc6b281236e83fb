// Import: a model file becomes a Module.  The container (bytes, tensors, indices) is read here, below import/<format>/; what
// an op's options mean is the op's own FormatRule.  Files are untrusted: every index, size and shape is checked.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "graph/graph.h"

namespace mote {

/// Reads .tflite (schema v3).  `name` is the file's name, for messages.  The module is verified as Imported; tensors keep
/// their index in the file as `source_index`.
Result<Module> import_tflite(std::span<const std::uint8_t> bytes, const std::string& name);

/// By content and ending: today .tflite.
Result<Module> import_model(const std::string& path);

}  // namespace mote
