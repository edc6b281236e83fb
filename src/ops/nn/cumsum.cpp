// cumsum: running sums along an axis.
#include "ops/nn/reduce.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  MOTE_TRY_VOID(check_dtype("x", ref.in(0), {DType::F32, DType::S8}));
  MOTE_TRY_VOID(check_has_axis(ref.in(0)));
  MOTE_TRY([[maybe_unused]] const std::size_t axis, front_axis(ref.integer("axis"), ref.in(0).type.shape));
  return std::vector<TensorType>{ref.in(0).type};
}

template <class Params>
Result<Params> params(const NodeRef& ref) {
  MOTE_TRY(auto p, axis_params<Params>(ref));
  p.exclusive = static_cast<std::int32_t>(ref.integer("exclusive"));
  p.reverse = static_cast<std::int32_t>(ref.integer("reverse"));
  return p;
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  if (ref.in(0).type.dtype == DType::F32) {
    MOTE_TRY(const auto p, params<CumsumF32Params>(ref));
    return one_call(call_of("cumsum_f32", p, {in_arg(ref, 0), out_arg(ref)}));
  }
  MOTE_TRY_VOID(check_sum_quant(ref));
  MOTE_TRY(auto p, params<CumsumS8Params>(ref));
  // The device counts in units of in · 2^-19; TFLM computes the factor in this order.
  const double twice = 2 * static_cast<double>(ref.in(0).quant.scale[0]);
  MOTE_TRY(const Requant requant, quantize_multiplier_below_one(
                                      twice / ((1 << 20) * static_cast<double>(ref.out(0).quant.scale[0]))));
  put_s8(p, ref);
  p.multiplier = requant.multiplier;
  p.shift = requant.shift;
  return one_call(call_of("cumsum_s8", p, {in_arg(ref, 0), out_arg(ref)}));
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  Attributes attributes;
  MOTE_TRY(attributes["axis"], read_axis(foreign, graph));
  MOTE_TRY(attributes["exclusive"], integer_option(foreign, "exclusive", 0));
  MOTE_TRY(attributes["reverse"], integer_option(foreign, "reverse", 0));
  ForeignNode bare = foreign;
  bare.inputs.resize(1);
  return append_read(bare, "cumsum", std::move(attributes), graph);
}

Result<ForeignNode> write_tflite(const NodeRef& ref, Graph& graph) {
  ForeignNode foreign = write_axis(ref, graph, "CUMSUM", 1);
  foreign.attributes["exclusive"] = ref.integer("exclusive");
  foreign.attributes["reverse"] = ref.integer("reverse");
  return foreign;
}

constexpr FormatRule kFormats[] = {{"tflite", "CUMSUM", read_tflite, write_tflite}};
constexpr QuantRule kQuant{};
}  // namespace

MOTE_OP(nn_cumsum) {
  static const OpDef op = {
      .name = "cumsum",
      .schema =
          {.doc =
               "Running sums along an axis.  In s8 a line begins with what 0 stands for instead of 0, as in "
               "TFLM: zero points other than 0 shift the result.",
           .inputs = {{"x", "at least one dimension, f32 or s8"}},
           .outputs = {{"y", "of x's shape and element type"}},
           .attributes = {axis_spec(),
                          {"exclusive", "1: without the element itself", std::int64_t{0}, {}, 0, 1},
                          {"reverse", "1: from the last element to the first", std::int64_t{0}, {}, 0, 1}}},
      .infer = infer,
      .verify = verify_sum,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .quant = &kQuant,
  };
  return op;
}
