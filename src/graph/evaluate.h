// Evaluates a node on the host when all that it reads is constant.
#pragma once

#include "graph/op.h"

namespace mote {

/// The bytes of each output, by the reference kernels that the node lowers to.  All inputs must be constants, the outputs
/// must have their types; a node that keeps state or has bodies is an error.
Result<std::vector<Bytes>> evaluate(const NodeRef& node);

}  // namespace mote
