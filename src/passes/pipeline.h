// Passes: Module → Module, one file each, a header sentence and a pure function.  The order is a decision and
// stands in pipeline.cpp, one line of reason each; `verify` runs after each of them in debug builds.
#pragma once

#include <span>
#include <string_view>

#include "graph/graph.h"

namespace mote {

struct Pass {
  std::string_view name;  ///< "fold_batch_norm"
  std::string_view doc;   ///< one sentence
  Result<void> (*run)(Module&);
};

/// All passes that make a module Canonical, in order.
std::span<const Pass> canonical_pipeline();
/// Runs them; the result is verified as Canonical.
Result<Module> canonicalize(Module module);
/// canonicalize, and what a trained network needs besides to have one int8 answer on every runtime.
Result<Module> prepare_quantization(Module module);

}  // namespace mote
