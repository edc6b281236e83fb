// greater_equal: is x1 at least x2, element by element?  With broadcasting.
#include "ops/nn/compare.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  return infer_pair(ref, {DType::F32, DType::S8, DType::S16, DType::S32, DType::S64}, DType::Bool);
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) { return lower_comparison(ref, {0, 1, 1, 0}); }

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_pair(foreign, graph, "greater_equal");
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) { return start_write(ref, "GREATER_EQUAL", 2); }

constexpr FormatRule kFormats[] = {{"tflite", "GREATER_EQUAL", read_tflite, write_tflite}};
constexpr QuantRule kQuant{};
}  // namespace

MOTE_OP(nn_greater_equal) {
  static const OpDef op = {
      .name = "greater_equal",
      .schema = {.doc = "Element-wise: is it true that x1 >= x2?  In s8 and s16 both are brought to units of "
                        "1/256 before.",
                 .inputs = {{"x1", "any shape; f32, s8, s16, s32 or s64"},
                            {"x2", "of x1's element type, of a shape that broadcasts with x1's"}},
                 .outputs = {{"y", "of the broadcast shape, bool"}}},
      .infer = infer,
      .verify = verify_pair,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .quant = &kQuant,
  };
  return op;
}
