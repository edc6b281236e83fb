// if and while: what they have in common.  Their bodies are graphs of the module, which the planner puts in their place;
// that bodies and node agree is checked by graph/verify.cpp.
#pragma once

#include "ops/nn/tflite.h"
#include "ops/nn/types.h"

namespace mote::nn {

/// What the node gives is what its bodies give: here the stated types are taken as they are.
inline Result<std::vector<TensorType>> infer_stated(const NodeRef& ref) {
  std::vector<TensorType> types;
  for (std::size_t i = 0; i < ref.node.outputs.size(); ++i)
    types.push_back(ref.out(static_cast<int>(i)).type);
  return types;
}

/// The numbers of the two bodies stay attributes; whoever reads the file knows which graphs they are.
inline Result<void> read_control(const ForeignNode& foreign, const std::string& op, Graph& graph) {
  MOTE_TRY_VOID(check_present(foreign, foreign.inputs.size()));
  return append_read(foreign, op, foreign.attributes, graph);
}

inline Result<ForeignNode> write_control(const NodeRef& ref, std::string_view op, const char* first,
                                         const char* second) {
  ForeignNode foreign = start_write(ref, op, 1);
  foreign.attributes[first] = std::int64_t{ref.node.bodies[0]};
  foreign.attributes[second] = std::int64_t{ref.node.bodies[1]};
  return foreign;
}

}  // namespace mote::nn
