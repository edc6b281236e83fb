// Import: a model file becomes a Module.  The container (bytes, tensors, indices) is read here, below import/<format>/; what
// an op's options mean is the op's own FormatRule.  Files are untrusted: every index, size and shape is checked.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "graph/graph.h"

namespace mote {

/// Reads .tflite (schema v3).  `name` is the file's name, for messages.  The module is verified as Imported; tensors keep
/// their index in the file as `source_index`.
Result<Module> import_tflite(std::span<const std::uint8_t> bytes, const std::string& name);

/// What becomes of one operator of a file.
struct SurveyLine {
  std::size_t index = 0;      ///< in its subgraph
  std::string op, name;       ///< "CONV_2D"; the layer's name
  std::string types;          ///< "s8[1,49,10,1], s8[64,10,4,1], s32[64] → s8[1,25,5,64]"
  std::string becomes;        ///< mote's ops, "constant" where it was folded; empty: nothing is left to do
  std::string problem, hint;  ///< empty: it can be read
};
struct ImportSurvey {
  std::vector<SurveyLine> lines;
  std::optional<Module> module;  ///< there when no operator has a problem
  std::string problem, hint;     ///< of the file as a whole
};
/// Reads on behind operators that cannot be read, to list them all.
Result<ImportSurvey> survey_tflite(std::span<const std::uint8_t> bytes, const std::string& name);

/// By content and ending: today .tflite.
Result<Module> import_model(const std::string& path);

}  // namespace mote
