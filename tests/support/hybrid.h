// The keyword network with int8 weights beside float activations, which TensorFlow Lite Micro refuses: mote reads the weights as
// floats.  Its inputs here are those of its int8 twin in data/golden/kws, as real values.  What the twin answers is no measure for it:
// on these made-up inputs LiteRT, too, finds both of one mind in 21 of 64 cases only.
#pragma once

#include <cstring>

#include "sim/sim.h"
#include "support/golden.h"

namespace mote::testing {

struct HybridKeywords {
  std::string path;
  Module module;
  Cases cases;
};

inline Result<HybridKeywords> hybrid_keywords() {
  MOTE_TRY(const GoldenModel golden, find_golden("kws"));
  RunRequest request;
  request.model = golden.model;
  request.inputs = golden.inputs;
  MOTE_TRY(const PreparedModel twin, mote::prepare(request));
  MOTE_TRY(const Cases cases, read_cases(twin.module, request));
  HybridKeywords hybrid;
  hybrid.path = (data_folder() / "models/mlperf-tiny/kws_ref_model_float32.tflite").string();
  request.model = hybrid.path;
  MOTE_TRY(PreparedModel model, mote::prepare(request));
  hybrid.module = std::move(model.module);
  hybrid.cases.count = cases.count;
  const Graph& graph = twin.module.main();
  const std::size_t bytes = input_bytes(twin.module);
  for (std::uint32_t i = 0; i < cases.count; ++i) {
    const std::vector<float> reals =
        to_reals(graph.tensor(graph.inputs[0].tensor), std::span(cases.bytes).subspan(i * bytes, bytes));
    const std::size_t at = hybrid.cases.bytes.size();
    hybrid.cases.bytes.resize(at + reals.size() * sizeof(float));
    std::memcpy(&hybrid.cases.bytes[at], reals.data(), reals.size() * sizeof(float));
  }
  return hybrid;
}

}  // namespace mote::testing
