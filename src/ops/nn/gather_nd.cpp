// gather_nd: slices of a tensor, each chosen by an index in its leading dimensions.
#include "mote/nn/gather/gather.h"

#include <array>

#include "ops/nn/gather.h"

namespace {
using namespace mote;
using namespace mote::nn;

constexpr std::size_t kMostDepth = 5;

/// Numbers of an index: the last extent of `indices`.
std::size_t depth_of(const NodeRef& ref) { return static_cast<std::size_t>(ref.in(1).type.shape.back()); }

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  const TensorType &x = ref.in(0).type, &indices = ref.in(1).type;
  MOTE_TRY_VOID(check_movable("x", x));
  MOTE_TRY_VOID(check_indices(ref.in(1)));
  if (indices.shape.empty() || depth_of(ref) > std::min(x.shape.size(), kMostDepth)) {
    return error(text::cat("'indices' has the shape ", to_text(indices.shape), " and 'x' ", to_text(x.shape),
                           "; its last extent counts the indexed dimensions of 'x', at most ", kMostDepth));
  }
  const std::size_t depth = depth_of(ref);
  if (ref.in(1).is_constant()) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(indices.count()); ++i)
      MOTE_TRY_VOID(check_index(ref.in(1), i, x.shape[i % depth]));
  }
  Shape shape(indices.shape.begin(), indices.shape.end() - 1);
  shape.insert(shape.end(), x.shape.begin() + static_cast<std::ptrdiff_t>(depth), x.shape.end());
  return one_type(moved_type(x.dtype, std::move(shape)));
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  const TensorType& x = ref.in(0).type;
  const std::size_t depth = depth_of(ref);
  const auto strides = strides_of(x);
  std::array<std::int32_t, kMostDepth> extent{1, 1, 1, 1, 1}, stride{};
  for (std::size_t d = 0; d < depth; ++d) {
    extent[d] = x.shape[d];
    stride[d] = static_cast<std::int32_t>(strides[d]);
  }
  GatherNdParams p{};
  p.depth = static_cast<std::int32_t>(depth);
  p.slices = static_cast<std::int32_t>(ref.in(1).type.count()) / p.depth;
  p.slice_bytes = stride[depth - 1];
  p.extent0 = extent[0], p.extent1 = extent[1], p.extent2 = extent[2], p.extent3 = extent[3],
  p.extent4 = extent[4];
  p.stride0 = stride[0], p.stride1 = stride[1], p.stride2 = stride[2], p.stride3 = stride[3],
  p.stride4 = stride[4];
  std::vector<Arg> args = {in_arg(ref, 0), in_arg(ref, 1), out_arg(ref)};
  args[0].dtype = args[2].dtype = DType::U8;
  return one_call(call_of("gather_nd", p, std::move(args)));
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 2, 2));
  ForeignNode gather = foreign;
  MOTE_TRY(gather.inputs[1], read_indices(graph, foreign.inputs[1], foreign.name));
  return append_read(gather, "gather_nd", {}, graph);
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) { return start_write(ref, "GATHER_ND", 1); }

constexpr FormatRule kFormats[] = {{"tflite", "GATHER_ND", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(nn_gather_nd) {
  static const OpDef op = {
      .name = "gather_nd",
      .schema = {.doc = "Slices of x, each chosen by an index in x's leading dimensions.  Numbers computed "
                        "at run time "
                        "that are out of range become the nearest that exist.",
                 .inputs = {{"x", "1 to 8 dimensions, any element type"},
                            {"indices", "s32 [..., depth], depth 1 to 5; may be computed"}},
                 .outputs = {{"y", "indices' shape but for the last, then x's dimensions from `depth` on"}}},
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .quant = &kMoveQuant,
  };
  return op;
}
