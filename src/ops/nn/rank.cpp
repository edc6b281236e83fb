// rank: the number of dimensions of a tensor, known when the model is read.
#include "ops/nn/known.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 1, 1));
  MOTE_TRY_VOID(check_present(foreign));
  const auto rank = static_cast<std::int64_t>(graph.tensor(foreign.inputs[0]).type.shape.size());
  return set_known_integers(foreign, graph, {}, {rank});
}

constexpr FormatRule kFormats[] = {{"tflite", "RANK", read_tflite, write_known}};
}  // namespace

MOTE_OP(nn_rank) {
  static const OpDef op = {
      .name = "rank",
      .schema = {.doc = "The number of dimensions of a tensor."
                        "  Becomes a constant when a model is read.",
                 .inputs = {{"x", "any shape and element type"}},
                 .outputs = {{"y", "s32, a scalar"}}},
      .infer = infer_known,
      .lower = lower_known,
      .work = no_work,
      .formats = kFormats,
  };
  return op;
}
