// zeros_like: zeros in the shape of a tensor, known when the model is read.
#include "ops/nn/known.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 1, 1));
  MOTE_TRY_VOID(check_present(foreign));
  const TensorType type = graph.tensor(foreign.inputs[0]).type;
  MOTE_TRY_VOID(check_movable("x", type));
  return set_known(foreign, graph, type.dtype, type.shape, Bytes(type.bytes(), 0));
}

constexpr FormatRule kFormats[] = {{"tflite", "ZEROS_LIKE", read_tflite, write_known}};
}  // namespace

MOTE_OP(nn_zeros_like) {
  static const OpDef op = {
      .name = "zeros_like",
      .schema = {.doc = "Zeros in the shape of a tensor; in s8 the bytes are 0, whatever the zero point."
                        "  Becomes a constant when a model is read.",
                 .inputs = {{"x", "any shape and element type"}},
                 .outputs = {{"y", "of x's shape and element type"}}},
      .infer = infer_known,
      .lower = lower_known,
      .work = no_work,
      .formats = kFormats,
  };
  return op;
}
