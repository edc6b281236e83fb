// gather: slices of a tensor along an axis, in the order of indices.  EMBEDDING_LOOKUP is one too.
#include "mote/nn/gather/gather.h"

#include "ops/nn/gather.h"

namespace {
using namespace mote;
using namespace mote::nn;

struct Axes {
  std::size_t batch_dims, axis;
};

Result<Axes> axes_of(const NodeRef& ref) {
  const Shape &x = ref.in(0).type.shape, &indices = ref.in(1).type.shape;
  MOTE_TRY(const std::size_t axis, front_axis(ref.integer("axis"), x.size()));
  std::int64_t batch_dims = ref.integer("batch_dims");
  if (batch_dims < 0) batch_dims += static_cast<std::int64_t>(indices.size());
  if (batch_dims < 0 || batch_dims > static_cast<std::int64_t>(std::min(axis, indices.size()))) {
    return error(text::cat("'batch_dims' is ", ref.integer("batch_dims"), ", the axis ", axis,
                           " and the indices have ", indices.size(), " dimensions"));
  }
  const auto shared = static_cast<std::size_t>(batch_dims);
  for (std::size_t d = 0; d < shared; ++d) {
    if (x[d] != indices[d])
      return error(text::cat("'x' ", to_text(x), " and 'indices' ", to_text(indices),
                             " differ in batch dimension ", d));
  }
  return Axes{shared, axis};
}

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  const TensorType &x = ref.in(0).type, &indices = ref.in(1).type;
  MOTE_TRY_VOID(check_movable("x", x));
  MOTE_TRY_VOID(check_indices(ref.in(1)));
  MOTE_TRY(const Axes axes, axes_of(ref));
  if (ref.in(1).is_constant()) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(indices.count()); ++i)
      MOTE_TRY_VOID(check_index(ref.in(1), i, x.shape[axes.axis]));
  }
  const auto axis = static_cast<std::ptrdiff_t>(axes.axis);
  Shape shape(x.shape.begin(), x.shape.begin() + axis);
  shape.insert(shape.end(), indices.shape.begin() + static_cast<std::ptrdiff_t>(axes.batch_dims),
               indices.shape.end());
  shape.insert(shape.end(), x.shape.begin() + axis + 1, x.shape.end());
  return one_type(moved_type(x.dtype, std::move(shape)));
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  MOTE_TRY(const Axes axes, axes_of(ref));
  const Shape& x = ref.in(0).type.shape;
  const AxisLayout layout = axis_layout(ref.in(0).type, axes.axis);
  GatherParams p{};
  p.batches = 1;
  for (std::size_t d = 0; d < axes.batch_dims; ++d) p.batches *= x[d];
  p.outer = static_cast<std::int32_t>(layout.blocks) / p.batches;
  p.rows = x[axes.axis];
  p.indices = static_cast<std::int32_t>(ref.in(1).type.count()) / p.batches;
  p.row_bytes = static_cast<std::int32_t>(layout.inner);
  std::vector<Arg> args = {in_arg(ref, 0), in_arg(ref, 1), out_arg(ref)};
  args[0].dtype = args[2].dtype = DType::U8;
  return one_call(call_of("gather_rows", p, std::move(args)));
}

Result<void> append(const ForeignNode& foreign, TensorId x, TensorId indices, std::int64_t axis,
                    std::int64_t batch_dims, Graph& graph) {
  ForeignNode gather = foreign;
  MOTE_TRY(indices, read_indices(graph, indices, foreign.name));
  gather.inputs = {x, indices};
  return append_read(gather, "gather", {{"axis", axis}, {"batch_dims", batch_dims}}, graph);
}

Result<void> read_gather(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 2, 2));
  MOTE_TRY(const std::int64_t axis, integer_option(foreign, "axis", 0));
  MOTE_TRY(const std::int64_t batch_dims, integer_option(foreign, "batch_dims", 0));
  return append(foreign, foreign.inputs[0], foreign.inputs[1], axis, batch_dims, graph);
}

/// A constant s8 table whose rows come out as f32, as f32 values: scale · q, as TFLM makes them of each row.
Result<TensorId> float_table(Graph& graph, TensorId id, const std::string& layer) {
  const Tensor& table = graph.tensor(id);
  if (!table.is_constant() || table.quant.scale.size() != 1 || table.quant.zero_point[0] != 0)
    return error("an s8 table with f32 rows must be a constant with one scale and the zero point 0");
  Tensor floats;
  floats.name = text::cat(layer, "_table");
  floats.type = {DType::F32, table.type.shape};
  std::vector<float> values;
  for (const std::uint8_t byte : *table.constant)
    values.push_back(table.quant.scale[0] * static_cast<float>(static_cast<std::int8_t>(byte)));
  floats.constant = to_constant(values);
  return graph.add(std::move(floats));
}

/// EMBEDDING_LOOKUP(ids, table)
Result<void> read_embedding_lookup(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 2, 2));
  MOTE_TRY_VOID(check_present(foreign));
  TensorId table = foreign.inputs[1];
  const bool to_float = graph.tensor(foreign.outputs[0]).type.dtype == DType::F32;
  if (to_float && graph.tensor(table).type.dtype == DType::S8) {
    MOTE_TRY(table, float_table(graph, table, foreign.name));
  }
  return append(foreign, table, foreign.inputs[0], 0, 0, graph);
}

Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) {
  ForeignNode foreign = start_write(ref, "GATHER", 2);
  foreign.attributes["axis"] = ref.integer("axis");
  foreign.attributes["batch_dims"] = ref.integer("batch_dims");
  return foreign;
}

constexpr FormatRule kFormats[] = {{"tflite", "GATHER", read_gather, write_tflite},
                                   {"tflite", "EMBEDDING_LOOKUP", read_embedding_lookup, write_tflite}};
}  // namespace

MOTE_OP(nn_gather) {
  static const OpDef op = {
      .name = "gather",
      .schema =
          {.doc =
               "Slices of x along an axis, in the order of indices.  An index computed at run time that is "
               "out of range takes the first or the last slice.",
           .inputs = {{"x", "1 to 8 dimensions, any element type"},
                      {"indices", "s32, any shape, positions along the axis; may be computed"}},
           .outputs =
               {{"y",
                 "x's shape with indices' shape, but for its batch dimensions, in the axis' place; x's "
                 "element type"}},
           .attributes =
               {axis_attribute("dimension of x that is indexed; negative: counted from the last", 0),
                {"batch_dims",
                 "leading dimensions that x and indices share; negative: counted from indices' last",
                 std::int64_t{0},
                 {},
                 -static_cast<std::int64_t>(kMostRank),
                 static_cast<std::int64_t>(kMostRank)}}},
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .quant = &kMoveQuant,
  };
  return op;
}
