// The canonical pipeline: the order of passes, with the reason for each place.
#include "passes/pipeline.h"

#include "passes/passes.h"

namespace mote {

std::span<const Pass> canonical_pipeline() {
  static const Pass passes[] = {
      // First: it stands between layers that belong together.
      {"remove_dropout", "takes dropout layers out", remove_dropout},
      // Also between neighbours; and fold_batch_norm makes reshapes of its own, which it wants kept.
      {"remove_noop_reshape", "takes out reshapes to the same shape", remove_noop_reshape},
      // Before activations: relu(batch_norm(conv(x))) is the common order, and a fused relu would block the fold.
      {"fold_batch_norm", "folds batch normalisation into the layer before", fold_batch_norm},
      // When batch norm is gone, relu stands right behind its layer.
      {"fuse_activation", "fuses relu and relu6 into the layer before", fuse_activation},
      // Last: sweeps up what the others left behind.
      {"remove_unused", "drops nodes and tensors that nobody reads", remove_unused},
  };
  return passes;
}

Result<Module> canonicalize(Module module) {
  MOTE_TRY_VOID(verify(module, Stage::Imported));
  for (const Pass& pass : canonical_pipeline()) {
    if (auto done = pass.run(module); !done) return done.error().in(std::string(pass.name));
#ifndef NDEBUG
    const auto still_right = verify(module, Stage::Imported);
    MOTE_CHECK(still_right,
               text::cat(pass.name, ": ", still_right ? "" : still_right.error().message).c_str());
#endif
  }
  MOTE_TRY_VOID(verify(module, Stage::Canonical));
  return module;
}

Result<Module> prepare_quantization(Module module) {
  MOTE_TRY(module, canonicalize(std::move(module)));
  MOTE_TRY_VOID(dense_as_conv2d(module));
  MOTE_TRY_VOID(verify(module, Stage::Canonical));
  return module;
}

}  // namespace mote
