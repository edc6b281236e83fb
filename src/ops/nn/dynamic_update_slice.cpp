// dynamic_update_slice: a tensor with a slice of it replaced, at a place known at run time.
#include <array>

#include "ops/nn/moves.h"

namespace {
using namespace mote;
using namespace mote::nn;

constexpr std::size_t kMostUpdated = 6;

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  const TensorType &x = ref.in(0).type, &update = ref.in(1).type, &starts = ref.in(2).type;
  MOTE_TRY_VOID(check_movable("x", x));
  MOTE_TRY_VOID(check_movable("update", update));
  if (x.shape.empty() || x.shape.size() > kMostUpdated)
    return error(text::cat("'x' has the shape ", to_text(x.shape), "; 1 to ", kMostUpdated,
                           " dimensions are possible"));
  bool fits = update.dtype == x.dtype && update.shape.size() == x.shape.size();
  for (std::size_t d = 0; fits && d < x.shape.size(); ++d) fits = update.shape[d] <= x.shape[d];
  if (!fits) return error(text::cat("'update' ", type_text(update), " does not fit into 'x' ", type_text(x)));
  if ((starts.dtype != DType::S32 && starts.dtype != DType::S64) ||
      starts.shape != Shape{static_cast<std::int32_t>(x.shape.size())}) {
    return error(text::cat("'starts' is ", type_text(starts),
                           "; it must be one s32 or s64 for each dimension of 'x'"));
  }
  return std::vector<TensorType>{x};
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  const TensorType &x = ref.in(0).type, &update = ref.in(1).type;
  const std::size_t rank = x.shape.size();
  std::array<std::int32_t, kMostUpdated> count{1, 1, 1, 1, 1, 1}, out{}, most{};
  const auto strides = strides_of(x);
  for (std::size_t d = 0; d < rank; ++d) {
    if (d + 1 < rank) count[d] = update.shape[d];
    out[d] = static_cast<std::int32_t>(strides[d]);
    most[d] = x.shape[d] - update.shape[d];
  }
  UpdateSliceParams p{};
  p.rank = static_cast<std::int32_t>(rank);
  p.start_bytes = static_cast<std::int32_t>(bytes_of(ref.in(2).type.dtype));
  p.run_bytes = update.shape[rank - 1] * static_cast<std::int32_t>(bytes_of(x.dtype));
  p.count0 = count[0], p.count1 = count[1], p.count2 = count[2], p.count3 = count[3], p.count4 = count[4];
  p.out0 = out[0], p.out1 = out[1], p.out2 = out[2], p.out3 = out[3], p.out4 = out[4], p.out5 = out[5];
  p.most0 = most[0], p.most1 = most[1], p.most2 = most[2], p.most3 = most[3], p.most4 = most[4],
  p.most5 = most[5];
  std::vector<KernelCall> calls;
  append_move(aligned_move(x, x, x.shape), in_arg(ref, 0), out_arg(ref), calls);
  std::vector<Arg> args = {in_arg(ref, 1), in_arg(ref, 2), out_arg(ref)};
  for (Arg& arg : args) arg.dtype = DType::U8;
  calls.push_back(call_of("update_slice", p, std::move(args)));
  return calls;
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 3, 3));
  return append_read(foreign, "dynamic_update_slice", {}, graph);
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) {
  return start_write(ref, "DYNAMIC_UPDATE_SLICE", 1);
}

constexpr FormatRule kFormats[] = {{"tflite", "DYNAMIC_UPDATE_SLICE", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(nn_dynamic_update_slice) {
  static const OpDef op = {
      .name = "dynamic_update_slice",
      .schema = {.doc = "x with a slice replaced by `update`.  A start outside is moved so that the slice "
                        "lies inside.",
                 .inputs = {{"x", "1 to 6 dimensions, any element type"},
                            {"update", "of x's rank and element type, in no dimension larger"},
                            {"starts",
                             "s32 or s64, where the slice begins in each dimension; may be computed"}},
                 .outputs = {{"y", "of x's shape and element type"}}},
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .quant = &kMoveQuant,
  };
  return op;
}
