// range: numbers from a start in equal steps, known when the model is read.
#include "ops/nn/known.h"

#include <cmath>

namespace {
using namespace mote;
using namespace mote::nn;

constexpr double kMostNumbers = 1 << 20;

template <class T>
Result<void> set_range(const ForeignNode& foreign, Graph& graph, DType dtype) {
  T given[3];
  for (std::size_t i = 0; i < 3; ++i)
    std::memcpy(&given[i], graph.tensor(foreign.inputs[i]).constant->data(), sizeof(T));
  const T start = given[0], limit = given[1], delta = given[2];
  const double count =
      std::ceil((static_cast<double>(limit) - static_cast<double>(start)) / static_cast<double>(delta));
  if (!(count >= 1 && count <= kMostNumbers))
    return error(text::cat("RANGE: from ", start, " to ", limit, " in steps of ", delta, " is no range"),
                 "it must have at least one number and at most a million");
  std::vector<T> values = {start};
  while (values.size() < static_cast<std::size_t>(count))
    values.push_back(static_cast<T>(values.back() + delta));  // stays between start and limit
  return set_known(foreign, graph, dtype, {static_cast<std::int32_t>(values.size())}, values);
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 3, 3));
  MOTE_TRY_VOID(check_present(foreign));
  const DType dtype = graph.tensor(foreign.inputs[0]).type.dtype;
  for (const TensorId id : foreign.inputs) {
    const Tensor& tensor = graph.tensor(id);
    if (!tensor.is_constant()) {
      return error(
          text::cat("RANGE: \x27", tensor.name, "\x27 is computed at run time; the shape would depend on it"),
          "fix the shapes of the model when converting it");
    }
    if (tensor.type.dtype != dtype || tensor.type.count() != 1)
      return error("RANGE: start, limit and delta must be single numbers of one type");
  }
  if (dtype == DType::F32) return set_range<float>(foreign, graph, dtype);
  if (dtype == DType::S32) return set_range<std::int32_t>(foreign, graph, dtype);
  if (dtype == DType::S64) return set_range<std::int64_t>(foreign, graph, dtype);
  return error(text::cat("RANGE: of ", name_of(dtype), " is not possible; f32, s32 and s64 are"));
}

constexpr FormatRule kFormats[] = {{"tflite", "RANGE", read_tflite, write_known}};
}  // namespace

MOTE_OP(nn_range) {
  static const OpDef op = {
      .name = "range",
      .schema = {.doc = "start, start + delta, ... up to the limit, which is left out; each is the one "
                        "before plus delta."
                        "  Becomes a constant when a model is read.",
                 .inputs = {{"start", "f32, s32 or s64, constant"},
                            {"limit", "of the same type"},
                            {"delta", "of the same type"}},
                 .outputs = {{"y", "of the same type, one dimension"}}},
      .infer = infer_known,
      .lower = lower_known,
      .work = no_work,
      .formats = kFormats,
  };
  return op;
}
