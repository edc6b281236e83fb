// where: the positions of what is not 0, for constants, known when the model is read.
#include "ops/nn/known.h"

namespace {
using namespace mote;
using namespace mote::nn;

/// Like a comparison with 0: -0.0 is 0, a NaN is not.
bool is_set(const Tensor& tensor, std::size_t i) {
  const std::size_t size = bytes_of(tensor.type.dtype);
  const auto* first = tensor.constant->data() + i * size;
  if (tensor.type.dtype == DType::F32) {
    float value = 0;
    std::memcpy(&value, first, sizeof value);
    return value != 0.0f;
  }
  return std::any_of(first, first + size, [](std::uint8_t byte) { return byte != 0; });
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 1, 1));
  MOTE_TRY_VOID(check_present(foreign));
  const Tensor x = graph.tensor(foreign.inputs[0]);
  if (!x.is_constant()) {
    return error(text::cat("WHERE: \x27", x.name,
                           "\x27 is computed at run time; the shape of the result would depend on it"),
                 "use a select with values for both cases, or fix the positions when converting the model");
  }
  std::vector<std::int64_t> positions;
  std::int32_t found = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(x.type.count()); ++i) {
    if (!is_set(x, i)) continue;
    ++found;
    auto rest = static_cast<std::int64_t>(i), inner = x.type.count();
    for (const std::int32_t extent : x.type.shape) {
      inner /= extent;
      positions.push_back(rest / inner);
      rest %= inner;
    }
  }
  if (found == 0)
    return error(text::cat("WHERE: nothing in \x27", x.name, "\x27 is set; empty tensors are not possible"));
  return set_known(foreign, graph, DType::S64, {found, static_cast<std::int32_t>(x.type.shape.size())},
                   positions);
}

constexpr FormatRule kFormats[] = {{"tflite", "WHERE", read_tflite, write_known}};
}  // namespace

MOTE_OP(nn_where) {
  static const OpDef op = {
      .name = "where",
      .schema = {.doc = "The positions of the elements that are not 0; x must be constant."
                        "  Becomes a constant when a model is read.",
                 .inputs = {{"x", "constant, at least 1 dimension, any element type"}},
                 .outputs = {{"y", "s64 [found, dimensions of x]"}}},
      .infer = infer_known,
      .lower = lower_known,
      .work = no_work,
      .formats = kFormats,
  };
  return op;
}
