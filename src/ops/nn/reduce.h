// What mean, sum, reduce_max, reduce_min, reduce_any, reduce_all share: axes, the loops they make, both file directions;
// each is a Reduction and one call of reduction_op.
// Of arg_max, arg_min and cumsum: one axis, and what is outside and inside of it.
#pragma once

#include <algorithm>

#include "mote/nn/reduce/reduce.h"
#include "ops/nn/lowering.h"
#include "ops/nn/tflite.h"

namespace mote::nn {

inline constexpr std::int64_t kMostReducedRank = 8;

/// The axis counted from the front; `rank` ≥ 1.
inline Result<std::size_t> front_axis(std::int64_t axis, const Shape& shape) {
  const auto rank = static_cast<std::int64_t>(shape.size());
  if (axis >= -rank && axis < rank) return static_cast<std::size_t>(axis < 0 ? axis + rank : axis);
  return error(text::cat("the axis ", axis, " is outside ", -rank, "...", rank - 1, " of ", to_text(shape)));
}

// ---- several axes

/// For each axis of the input, whether it is summed over.  Axes of a single number do not matter.
inline Result<std::vector<bool>> reduced_axes(const NodeRef& ref) {
  const Shape& shape = ref.in(0).type.shape;
  std::vector<bool> reduced(shape.size(), false);
  if (shape.empty()) return reduced;
  for (const std::int64_t axis : ref.integers("axes")) {
    MOTE_TRY(const std::size_t front, front_axis(axis, shape));
    reduced[front] = true;
  }
  return reduced;
}

inline std::int64_t reduced_count(const Shape& shape, const std::vector<bool>& reduced) {
  std::int64_t count = 1;
  for (std::size_t d = 0; d < shape.size(); ++d) count *= reduced[d] ? shape[d] : 1;
  return count;
}

inline Result<std::vector<TensorType>> infer_reduce(const NodeRef& ref, std::initializer_list<DType> dtypes) {
  MOTE_TRY_VOID(check_dtype("x", ref.in(0), dtypes));
  MOTE_TRY(const std::vector<bool> reduced, reduced_axes(ref));
  const TensorType& in = ref.in(0).type;
  TensorType out{in.dtype, {}};
  for (std::size_t d = 0; d < reduced.size(); ++d) {
    if (!reduced[d]) out.shape.push_back(in.shape[d]);
    if (reduced[d] && ref.integer("keep_dims") != 0) out.shape.push_back(1);
  }
  return std::vector<TensorType>{std::move(out)};
}

/// Neighbouring axes of one fate become one loop: kept, reduced, kept, reduced, … (device/mote/nn/reduce/reduce.h).
template <class Params>
Result<Params> reduce_params(const NodeRef& ref) {
  MOTE_TRY(const std::vector<bool> reduced, reduced_axes(ref));
  const Shape& shape = ref.in(0).type.shape;
  std::int32_t loops[7] = {1, 1, 1, 1, 1, 1, 1};
  std::size_t at = 0;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    if (shape[d] == 1) continue;
    if ((at % 2 == 1) != reduced[d]) ++at;
    if (at == std::size(loops)) {
      return error(
          text::cat("the axes of ", to_text(shape), " alternate too often between kept and reduced; at most ",
                    "three groups of axes can be reduced"),
          "reduce in two layers, or transpose the input first");
    }
    loops[at] *= shape[d];
  }
  Params p{};
  p.kept0 = loops[0], p.reduced0 = loops[1], p.kept1 = loops[2], p.reduced1 = loops[3];
  p.kept2 = loops[4], p.reduced2 = loops[5], p.kept3 = loops[6];
  return p;
}

inline Result<void> read_reduce(const ForeignNode& foreign, Graph& graph, const std::string& op) {
  MOTE_TRY_VOID(check_counts(foreign, 2, 2));
  Attributes attributes;
  MOTE_TRY(attributes["axes"], constant_integers(graph, foreign.inputs[1], "axis"));
  MOTE_TRY(const std::int64_t keep, integer_option(foreign, "keep_dims", 0));
  attributes["keep_dims"] = std::int64_t{keep != 0};
  ForeignNode bare = foreign;
  bare.inputs.resize(1);
  return append_read(bare, op, std::move(attributes), graph);
}

inline Result<ForeignNode> write_reduce(const NodeRef& ref, Graph& graph, std::string_view op) {
  ForeignNode foreign = start_write(ref, op, 2);
  const auto& axes = ref.integers("axes");
  foreign.inputs.push_back(
      add_integers(graph, text::cat(ref.node.name, "_axes"), axes, {static_cast<std::int32_t>(axes.size())}));
  foreign.attributes["keep_dims"] = ref.integer("keep_dims");
  return foreign;
}

inline Schema reduce_schema(std::string_view doc, std::string_view x, std::string_view y) {
  return {.doc = doc,
          .inputs = {{"x", x}},
          .outputs = {{"y", y}},
          .attributes = {{"axes",
                          "axes to reduce, in any order; negative: counted from the last",
                          std::vector<std::int64_t>{},
                          {},
                          -kMostReducedRank,
                          kMostReducedRank - 1},
                         {"keep_dims",
                          "1: reduced axes stay with the extent 1; 0: they disappear",
                          std::int64_t{0},
                          {},
                          0,
                          1}}};
}

// ---- sums and means

inline Result<void> check_sum_quant(const NodeRef& ref) {
  MOTE_TRY_VOID(check_activation_quant("x", ref.in(0)));
  return check_activation_quant("output", ref.out(0));
}

/// A mean's multiplier also divides by the number of elements, as far as 32 bits keep its precision.
inline Requant mean_requant(Requant requant, std::int64_t elements) {
  int shift = 0;
  while ((elements >> (shift + 1)) != 0) ++shift;
  shift = std::min({shift, 32, 31 + requant.shift});
  requant.multiplier = static_cast<std::int32_t>((std::int64_t{requant.multiplier} << shift) / elements);
  requant.shift -= shift;
  return requant;
}

inline Result<std::vector<KernelCall>> lower_sum(const NodeRef& ref, bool mean) {
  const Tensor &in = ref.in(0), &out = ref.out(0);
  MOTE_TRY(const std::vector<bool> reduced, reduced_axes(ref));
  const std::int64_t elements = reduced_count(in.type.shape, reduced);
  if (in.type.dtype == DType::F32) {
    MOTE_TRY(auto p, reduce_params<ReduceSumF32Params>(ref));
    p.divisor = mean ? static_cast<float>(elements) : 1.0f;
    return one_call(call_of("reduce_sum_f32", p, {in_arg(ref, 0), out_arg(ref)}));
  }
  MOTE_TRY_VOID(check_sum_quant(ref));
  MOTE_TRY(auto p, reduce_params<ReduceSumIntegerParams>(ref));
  MOTE_TRY(Requant requant, quantize_multiplier(static_cast<double>(in.quant.scale[0]) /
                                                static_cast<double>(out.quant.scale[0])));
  if (mean) requant = mean_requant(requant, elements);
  p.zero_sum = static_cast<std::int32_t>(in.quant.zero_point[0] * elements);
  p.multiplier = requant.multiplier;
  p.shift = requant.shift;
  p.out_zero_point = out.quant.zero_point[0];
  const char* kernel = in.type.dtype == DType::S8 ? "reduce_sum_s8" : "reduce_sum_s16";
  return one_call(call_of(kernel, p, {in_arg(ref, 0), out_arg(ref)}));
}

inline Result<std::vector<TensorType>> infer_sum(const NodeRef& ref) {
  return infer_reduce(ref, {DType::F32, DType::S8, DType::S16});
}
inline Result<void> verify_sum(const NodeRef& ref, Stage stage) {
  return has_quant_to_check(ref, stage) ? check_sum_quant(ref) : Result<void>{};
}

// ---- extremes

inline Result<std::vector<KernelCall>> lower_extreme(const NodeRef& ref, bool largest) {
  const DType dtype = ref.in(0).type.dtype;
  if (dtype == DType::S8 || dtype == DType::S16) MOTE_TRY_VOID(check_same_quant("x", ref.in(0), ref.out(0)));
  MOTE_TRY(auto p, reduce_params<ReduceExtremeParams>(ref));
  p.largest = largest ? 1 : 0;
  const std::string_view suffix = dtype == DType::Bool ? "u8" : name_of(dtype);
  return one_call(call_of(text::cat("reduce_extreme_", suffix), p, {in_arg(ref, 0), out_arg(ref)}));
}

inline Result<std::vector<TensorType>> infer_extreme(const NodeRef& ref) {
  return infer_reduce(ref, {DType::F32, DType::S8, DType::S16, DType::U8});
}
inline Result<std::vector<TensorType>> infer_logical(const NodeRef& ref) {
  return infer_reduce(ref, {DType::Bool});
}
inline Result<void> verify_extreme(const NodeRef& ref, Stage stage) {
  return has_quant_to_check(ref, stage) ? check_same_quant("x", ref.in(0), ref.out(0)) : Result<void>{};
}

// ---- the op

/// An op that reduces several axes.
struct Reduction {
  std::string_view op;       ///< "reduce_max"
  std::string_view foreign;  ///< "REDUCE_MAX"
  std::string_view doc, x, y;
  Result<std::vector<TensorType>> (*infer)(const NodeRef&);
  Result<void> (*verify)(const NodeRef&, Stage) = nullptr;
  Result<std::vector<KernelCall>> (*lower)(const NodeRef&);
  const QuantRule* quant = nullptr;
};

inline constexpr QuantRule kReduceQuant{};
inline constexpr QuantRule kReduceSameScale{.same_scale = true};

template <const Reduction& reduction>
Result<void> read_reduction(const ForeignNode& foreign, Graph& graph) {
  return read_reduce(foreign, graph, std::string(reduction.op));
}
template <const Reduction& reduction>
Result<ForeignNode> write_reduction(const NodeRef& ref, Graph& graph) {
  return write_reduce(ref, graph, reduction.foreign);
}
template <const Reduction& reduction>
inline constexpr FormatRule kReduceFormats[] = {
    {"tflite", reduction.foreign, read_reduction<reduction>, write_reduction<reduction>}};

template <const Reduction& reduction>
OpDef reduction_op() {
  return {
      .name = reduction.op,
      .schema = reduce_schema(reduction.doc, reduction.x, reduction.y),
      .infer = reduction.infer,
      .verify = reduction.verify,
      .lower = reduction.lower,
      .work = no_work,
      .formats = kReduceFormats<reduction>,
      .quant = reduction.quant,
  };
}

// ---- along one axis

/// The attribute "axis" splits x into [outer, axis, inner].
template <class Params>
Result<Params> axis_params(const NodeRef& ref) {
  const Shape& shape = ref.in(0).type.shape;
  MOTE_TRY(const std::size_t axis, front_axis(ref.integer("axis"), shape));
  Params p{};
  p.outer = p.inner = 1;
  for (std::size_t d = 0; d < axis; ++d) p.outer *= shape[d];
  for (std::size_t d = axis + 1; d < shape.size(); ++d) p.inner *= shape[d];
  p.axis = shape[axis];
  return p;
}

inline Result<void> check_has_axis(const Tensor& x) {
  if (!x.type.shape.empty()) return {};
  return error("'x' is a single number; there is no axis to go along");
}

/// The axis is the second input, one number.
inline Result<std::int64_t> read_axis(const ForeignNode& foreign, const Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 2, 2));
  MOTE_TRY(const std::vector<std::int64_t> axis, constant_integers(graph, foreign.inputs[1], "axis"));
  if (axis.size() == 1) return axis[0];
  return error(text::cat(foreign.op, ": 'axis' has ", axis.size(), " values; it must be one number"));
}
inline ForeignNode write_axis(const NodeRef& ref, Graph& graph, std::string_view op, int s8_version) {
  ForeignNode foreign = start_write(ref, op, s8_version);
  foreign.inputs.push_back(
      add_integers(graph, text::cat(ref.node.name, "_axis"), {ref.integer("axis")}, Shape{}));
  return foreign;
}
inline AttributeSpec axis_spec() {
  return {"axis",
          "the axis to go along; negative: counted from the last",
          std::int64_t{-1},
          {},
          -kMostReducedRank,
          kMostReducedRank - 1};
}

inline Result<std::vector<TensorType>> infer_arg(const NodeRef& ref) {
  MOTE_TRY_VOID(check_dtype("x", ref.in(0), {DType::F32, DType::S8}));
  MOTE_TRY_VOID(check_has_axis(ref.in(0)));
  MOTE_TRY(const std::size_t axis, front_axis(ref.integer("axis"), ref.in(0).type.shape));
  TensorType out{DType::S32, ref.in(0).type.shape};
  out.shape.erase(out.shape.begin() + static_cast<std::ptrdiff_t>(axis));
  return std::vector<TensorType>{std::move(out)};
}

inline Result<std::vector<KernelCall>> lower_arg(const NodeRef& ref, bool largest) {
  MOTE_TRY(auto p, axis_params<ArgExtremeParams>(ref));
  p.largest = largest ? 1 : 0;
  const char* kernel = ref.in(0).type.dtype == DType::F32 ? "arg_extreme_f32" : "arg_extreme_s8";
  return one_call(call_of(kernel, p, {in_arg(ref, 0), out_arg(ref)}));
}

inline Result<void> read_arg(const ForeignNode& foreign, Graph& graph, const std::string& op) {
  Attributes attributes;
  MOTE_TRY(attributes["axis"], read_axis(foreign, graph));
  MOTE_TRY(const std::string type, word_option(foreign, "output_type", "INT32"));
  if (type != "INT32") {
    return error(text::cat(foreign.op, " gives ", type, "; there are kernels for INT32"),
                 "convert the model with output_type=tf.int32 in this layer");
  }
  ForeignNode bare = foreign;
  bare.inputs.resize(1);
  return append_read(bare, op, std::move(attributes), graph);
}
inline Result<ForeignNode> write_arg(const NodeRef& ref, Graph& graph, std::string_view op) {
  ForeignNode foreign = write_axis(ref, graph, op, 2);
  foreign.attributes["output_type"] = std::string("INT32");
  return foreign;
}
inline Schema arg_schema(std::string_view doc) {
  return {.doc = doc,
          .inputs = {{"x", "at least one dimension, f32 or s8"}},
          .outputs = {{"y", "s32, x's shape without the axis: indices from 0; of equal elements the first"}},
          .attributes = {axis_spec()}};
}

}  // namespace mote::nn
