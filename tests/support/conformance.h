// One-operator models beside their inputs and answers: data/conformance/tflm-seanet/OP/OPn.tflite, OPn_inputI_TYPE.csv and
// OPn_golden_TYPE.csv, flat lists of whole numbers.  Whichever n are there are taken.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "import/import.h"
#include "support/files.h"

namespace mote::testing {

inline constexpr const char* kConformanceOps[] = {"add",           "conv", "leaky_relu",    "pad", "quantize",
                                                  "strided_slice", "sub",  "transpose_conv"};

inline std::filesystem::path conformance_folder() { return data_folder() / "conformance/tflm-seanet"; }

/// Paths of the models of an operator, in order of n.
inline std::vector<std::string> conformance_models(const std::string& op) {
  std::vector<std::string> paths;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(conformance_folder() / op, ignored)) {
    if (entry.path().extension() == ".tflite") paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end(), [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  });
  return paths;
}

struct Conformance {
  Module module;
  std::vector<Bytes> inputs;  ///< of the module's inputs
  Bytes golden;
};

inline Result<Bytes> read_numbers(const std::string& stem, DType dtype) {
  const std::string path = text::cat(stem, "_int", 8 * bytes_of(dtype), ".csv");
  MOTE_TRY(const std::string content, read_text(path));
  Bytes bytes;
  for (const std::string& cell : text::split(content, ',')) {
    if (text::trim(cell).empty()) continue;
    const auto value = text::to_int(text::trim(cell));
    if (!value) return error(text::cat(path, ": '", cell, "' is not a whole number"));
    for (std::size_t b = 0; b < bytes_of(dtype); ++b)
      bytes.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(*value) >> (8 * b)));
  }
  return bytes;
}

/// The model that lies in `path` with what lies beside it.
inline Result<Conformance> read_conformance(const std::string& path) {
  Conformance one;
  MOTE_TRY(one.module, import_model(path));
  const std::string stem = path.substr(0, path.size() - std::string(".tflite").size());
  const Graph& graph = one.module.main();
  for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
    const TensorType& type = graph.tensor(graph.inputs[i].tensor).type;
    MOTE_TRY(Bytes input, read_numbers(text::cat(stem, "_input", i), type.dtype));
    if (input.size() != type.bytes())
      return error(
          text::cat(stem, ": input ", i, " has ", input.size(), " bytes, the model's ", type.bytes()));
    one.inputs.push_back(std::move(input));
  }
  MOTE_TRY(one.golden, read_numbers(text::cat(stem, "_golden"), graph.tensor(graph.outputs[0]).type.dtype));
  return one;
}

}  // namespace mote::testing
