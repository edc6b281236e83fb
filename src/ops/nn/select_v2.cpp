// select_v2: elements of one tensor or the other, by a third of truth values, with broadcasting of all three.
#include "ops/nn/select.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  MOTE_TRY_VOID(check_select_types(ref));
  MOTE_TRY(const Shape values, broadcast_shape(ref.in(1).type.shape, ref.in(2).type.shape));
  MOTE_TRY(Shape shape, broadcast_shape(ref.in(0).type.shape, values));
  return one_type(made_type(ref.in(1).type.dtype, std::move(shape)));
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) { return lower_select(ref, ref.in(0).type.shape); }

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_select(foreign, graph, "select_v2");
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) { return start_write(ref, "SELECT_V2", 1); }

constexpr FormatRule kFormats[] = {{"tflite", "SELECT_V2", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(nn_select_v2) {
  static const OpDef op = {
      .name = "select_v2",
      .schema =
          {.doc =
               "Element-wise: x1 where the condition is true, else x2.  Elements are moved, never changed.",
           .inputs = {{"condition", "bool"},
                      {"x1", "of a shape that broadcasts with the others'; any element type"},
                      {"x2", "of x1's element type and scale; of a shape that broadcasts with the others'"}},
           .outputs = {{"y", "of the broadcast shape and x1's element type"}}},
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .quant = &kSelectQuant,
  };
  return op;
}
