// The passes by name; each stands in its own file, pipeline.cpp puts them in order.
#pragma once

#include "passes/pipeline.h"

namespace mote {

Result<void> remove_dropout(Module& module);
Result<void> fold_batch_norm(Module& module);
Result<void> fuse_activation(Module& module);
Result<void> remove_noop_reshape(Module& module);
Result<void> remove_unused(Module& module);

/// For a trained network, before quantization; not part of the canonical pipeline.
Result<void> dense_as_conv2d(Module& module);

}  // namespace mote
