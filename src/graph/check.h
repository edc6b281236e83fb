// What whoever makes nodes, or plans their calls, checks first: the schema of the op, the sums of the kernels.
#pragma once

#include "graph/kernel.h"
#include "graph/op.h"

namespace mote {

/// The op is known; inputs are as many as the schema says, present, in range, constant where they must be;
/// attributes are known, of the right type, within range.  The error names the layer.
Result<void> check_schema(const Graph& graph, const Node& node);

/// Kernels that add in 32 bits assume that their sums fit: over all inputs, with these weights and this bias.
Result<void> check_sums(const KernelCall& call);

}  // namespace mote
