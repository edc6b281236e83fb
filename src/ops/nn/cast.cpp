// cast: the same numbers in another element type; scales play no part.
#include "mote/nn/cast/cast.h"

#include "ops/nn/typed.h"

namespace {
using namespace mote;
using namespace mote::nn;

struct Names {
  DType dtype;
  NumberType device;
  const char* tflite;
};
constexpr Names kNames[] = {{DType::F32, kNumberF32, "FLOAT32"}, {DType::S8, kNumberS8, "INT8"},
                            {DType::S16, kNumberS16, "INT16"},   {DType::S32, kNumberS32, "INT32"},
                            {DType::S64, kNumberS64, "INT64"},   {DType::U8, kNumberU8, "UINT8"},
                            {DType::U32, kNumberU32, "UINT32"},  {DType::U64, kNumberU64, "UINT64"},
                            {DType::Bool, kNumberBool, "BOOL"}};

const Names& names_of(DType dtype) {
  return *std::find_if(std::begin(kNames), std::end(kNames),
                       [&](const Names& names) { return names.dtype == dtype; });
}

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  MOTE_TRY([[maybe_unused]] const std::int64_t count, checked_count("x", ref.in(0).type.shape));
  return std::vector<TensorType>{{type_attribute(ref), ref.in(0).type.shape}};
}

Calls lower(const NodeRef& ref) {
  const CastParams p{static_cast<std::int32_t>(ref.out(0).type.count()),
                     names_of(ref.in(0).type.dtype).device, names_of(ref.out(0).type.dtype).device};
  return one_call(call_of("cast_elements", p, byte_args(ref)));
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_typed(foreign, "cast", graph);
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) {
  ForeignNode foreign = start_write(ref, "CAST", 1);
  foreign.attributes["in_data_type"] = std::string(names_of(ref.in(0).type.dtype).tflite);
  foreign.attributes["out_data_type"] = std::string(names_of(ref.out(0).type.dtype).tflite);
  return foreign;
}

constexpr FormatRule kFormats[] = {{"tflite", "CAST", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(nn_cast) {
  static const OpDef op = {
      .name = "cast",
      .schema = {.doc = "The same numbers in another element type. Integers keep their low bits; floats "
                        "become the whole "
                        "number towards zero, saturated, NaN 0; to bool everything but 0 is true.",
                 .inputs = {{"x", "any shape, any element type"}},
                 .outputs = {{"y", "of x's shape"}},
                 .attributes = {{"type",
                                 "element type of y",
                                 std::string("f32"),
                                 {"f32", "s8", "s16", "s32", "s64", "u8", "u32", "u64", "bool"}}}},
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .stream = &kPointwiseStream,
      .rows = &kPointwiseRows,
  };
  return op;
}
