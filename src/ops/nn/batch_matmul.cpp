// batch_matmul: products of matrices, as many as there are batches; either operand may be transposed or repeated.
#include "mote/nn/batch_matmul/batch_matmul.h"

#include <algorithm>

#include "ops/nn/weighted.h"

namespace {
using namespace mote;
using namespace mote::nn;

constexpr std::size_t kMostRank = 5;

/// An operand as five extents, its transposition undone: x [b0, b1, b2, rows, depth], y [b0, b1, b2, depth, columns].
struct Operand {
  std::int32_t extent[kMostRank];
  std::int32_t step[kMostRank];  ///< 0 along batches that are 1: they repeat
};

Operand operand_of(const Tensor& tensor, bool adjoint) {
  const Shape& shape = tensor.type.shape;
  Operand operand{};
  std::int32_t step = 1;
  for (std::size_t i = 0; i < kMostRank; ++i) {
    const std::size_t d = kMostRank - 1 - i;
    operand.extent[d] = i < shape.size() ? shape[shape.size() - 1 - i] : 1;
    operand.step[d] = step;
    if (d < 3 && operand.extent[d] == 1) operand.step[d] = 0;
    step *= operand.extent[d];
  }
  if (adjoint) {
    std::swap(operand.extent[3], operand.extent[4]);
    std::swap(operand.step[3], operand.step[4]);
  }
  return operand;
}
Operand x_of(const NodeRef& ref) { return operand_of(ref.in(0), ref.integer("adj_x") != 0); }
Operand y_of(const NodeRef& ref) { return operand_of(ref.in(1), ref.integer("adj_y") != 0); }

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  const Tensor &x = ref.in(0), &y = ref.in(1);
  MOTE_TRY_VOID(check_dtype("x", x, {DType::F32, DType::S8, DType::S16}));
  MOTE_TRY_VOID(check_dtype("y", y, {x.type.dtype}));
  for (const Tensor* tensor : {&x, &y}) {
    const std::size_t rank = tensor->type.shape.size();
    if (rank < 2 || rank > kMostRank) {
      return error(text::cat("'", tensor == &x ? "x" : "y", "' has the shape ", to_text(tensor->type.shape),
                             "; it must have 2 to 5 dimensions, of which the last two are a matrix"));
    }
  }
  const Operand a = x_of(ref), b = y_of(ref);
  if (a.extent[4] != b.extent[3]) {
    return error(text::cat("'x' ", to_text(x.type.shape), " and 'y' ", to_text(y.type.shape),
                           " cannot be multiplied: rows of ", a.extent[4], " elements by columns of ",
                           b.extent[3]));
  }
  const std::size_t rank = std::max(x.type.shape.size(), y.type.shape.size());
  Shape out(rank);
  for (std::size_t i = 2; i < rank; ++i) {
    const std::size_t d = kMostRank - 1 - i;
    if (a.extent[d] != b.extent[d] && a.extent[d] != 1 && b.extent[d] != 1) {
      return error(text::cat("the batches of 'x' ", to_text(x.type.shape), " and 'y' ", to_text(y.type.shape),
                             " do not fit: each must agree or be 1"));
    }
    out[rank - 1 - i] = std::max(a.extent[d], b.extent[d]);
  }
  out[rank - 2] = a.extent[3];
  out[rank - 1] = b.extent[4];
  return one_type(made_type(x.type.dtype, std::move(out)));
}

Result<void> check_quant(const NodeRef& ref) {
  MOTE_TRY_VOID(check_counted_quant("x", ref.in(0)));
  MOTE_TRY_VOID(check_counted_quant("y", ref.in(1)));
  return check_counted_quant("output", ref.out(0));
}
Result<void> verify_node(const NodeRef& ref, Stage stage) {
  return has_scales_to_check(ref, stage) ? check_quant(ref) : Result<void>{};
}

template <class Params>
Params geometry(const NodeRef& ref) {
  const Operand x = x_of(ref), y = y_of(ref);
  Params p{};
  p.batch0 = std::max(x.extent[0], y.extent[0]);
  p.batch1 = std::max(x.extent[1], y.extent[1]);
  p.batch2 = std::max(x.extent[2], y.extent[2]);
  p.rows = x.extent[3];
  p.columns = y.extent[4];
  p.depth = x.extent[4];
  p.x_batch0_step = x.step[0];
  p.x_batch1_step = x.step[1];
  p.x_batch2_step = x.step[2];
  p.x_row_step = x.step[3];
  p.x_depth_step = x.step[4];
  p.y_batch0_step = y.step[0];
  p.y_batch1_step = y.step[1];
  p.y_batch2_step = y.step[2];
  p.y_depth_step = y.step[3];
  p.y_column_step = y.step[4];
  return p;
}

std::vector<Arg> args(const NodeRef& ref, DType bias) {
  return {in_arg(ref, 0), in_arg(ref, 1), absent_bias_arg(bias), out_arg(ref)};
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  if (ref.in(0).type.dtype == DType::F32) {
    auto p = geometry<BatchMatmulF32Params>(ref);
    put_range(p, float_range(Activation::None));
    return one_call(call_of("batch_matmul_f32", p, args(ref, DType::F32)));
  }
  MOTE_TRY_VOID(check_quant(ref));
  const bool s16 = ref.in(0).type.dtype == DType::S16;
  auto p = geometry<BatchMatmulIntParams>(ref);
  p.x_zero_point = ref.in(0).quant.zero_point[0];
  p.y_zero_point = ref.in(1).quant.zero_point[0];
  p.out_zero_point = ref.out(0).quant.zero_point[0];
  put_range(p, activation_range(Activation::None, ref.out(0)));
  MOTE_TRY(const Requant requant,
           quantize_multiplier(effective_scale_fully_connected(
               ref.in(0).quant.scale[0], ref.in(1).quant.scale[0], ref.out(0).quant.scale[0])));
  if (s16) MOTE_TRY_VOID(check_wide_shift(requant.shift));
  p.multiplier = requant.multiplier;
  p.shift = requant.shift;
  return one_call(
      call_of(s16 ? "batch_matmul_s16" : "batch_matmul_s8", p, args(ref, s16 ? DType::S64 : DType::S32)));
}

Work work(const NodeRef& ref) {
  return {ref.out(0).type.count() * x_of(ref).extent[4], constant_bytes(ref, 0)};
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 2, 2));
  Attributes attributes;
  MOTE_TRY(attributes["adj_x"], integer_option(foreign, "adj_x", 0));
  MOTE_TRY(attributes["adj_y"], integer_option(foreign, "adj_y", 0));
  return append_read(foreign, "batch_matmul", std::move(attributes), graph);
}

Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) {
  ForeignNode foreign = start_write(ref, "BATCH_MATMUL", 2);
  if (ref.in(0).type.dtype == DType::S16) foreign.version = 3;
  foreign.attributes["adj_x"] = ref.integer("adj_x");
  foreign.attributes["adj_y"] = ref.integer("adj_y");
  return foreign;
}

AttributeSpec adjoint(std::string_view name, std::string_view doc) {
  return {name, doc, std::int64_t{0}, {}, 0, 1};
}

constexpr FormatRule kFormats[] = {{"tflite", "BATCH_MATMUL", read_tflite, write_tflite}};
constexpr QuantRule kQuant{};
}  // namespace

MOTE_OP(nn_batch_matmul) {
  static const OpDef op = {
      .name = "batch_matmul",
      .schema = {.doc = "Products of matrices: out[…, i, j] = Σ x[…, i, k] · y[…, k, j].  Batches, the "
                        "dimensions before "
                        "the last two, agree or are 1, which repeats.",
                 .inputs = {{"x", "[batches…, rows, depth], 2 to 5 dimensions; f32, s8 or s16"},
                            {"y", "[batches…, depth, columns], of x's element type"}},
                 .outputs = {{"out", "[batches…, rows, columns], of x's element type"}},
                 .attributes = {adjoint("adj_x", "1: x is [batches…, depth, rows]"),
                                adjoint("adj_y", "1: y is [batches…, columns, depth]")}},
      .infer = infer,
      .verify = verify_node,
      .lower = lower,
      .work = work,
      .formats = kFormats,
      .quant = &kQuant,
  };
  return op;
}
