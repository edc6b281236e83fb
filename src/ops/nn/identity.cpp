// identity: the same bytes at another place.  Nobody writes it into a model: mote puts it where a model output is a constant,
// and where control flow hands values from one pass to the next.
#include "mote/nn/copy/copy.h"

#include "ops/nn/copy_whole.h"
#include "ops/nn/tflite.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  return one_type(made_type(ref.in(0).type.dtype, ref.in(0).type.shape));
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) { return copy_whole(ref, 0, out_arg(ref)); }

/// As a reshape to the same shape, which every reader knows.
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph& graph) {
  ForeignNode foreign = start_write(ref, "RESHAPE", 1);
  const Shape& shape = ref.out(0).type.shape;
  const std::vector<std::int64_t> extents(shape.begin(), shape.end());
  if (!shape.empty())
    foreign.inputs.push_back(
        add_integers(graph, ref.node.name + "_shape", extents, {static_cast<std::int32_t>(shape.size())}));
  foreign.attributes["new_shape"] = extents;
  return foreign;
}

constexpr FormatRule kFormats[] = {{"tflite", "RESHAPE", nullptr, write_tflite}};
}  // namespace

MOTE_OP(nn_identity) {
  static const OpDef op = {
      .name = "identity",
      .schema = {.doc = "The same bytes at another place in memory.",
                 .inputs = {{"x", "any shape and element type"}},
                 .outputs = {{"y", "of x's type"}}},
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .stream = &kPointwiseStream,
      .rows = &kPointwiseRows,
      .channels = &kChannelsPass,
  };
  return op;
}
