// The tensors and constants of a .tflite subgraph, every claim checked against the bytes that are there.
#include <cmath>
#include <cstring>

#include "import/tflite/parts.h"

namespace mote::tflite {

std::string clean_name(const flatbuffers::String* name) {
  std::string out;
  if (name == nullptr) return out;
  for (std::uint32_t i = 0; i < name->size() && i < kMaxNameBytes; ++i) {
    const char c = name->Get(i);
    out += c >= ' ' && c <= '~' ? c : '_';
  }
  return out;
}

std::string unique_name(const std::string& wanted, std::size_t index, std::set<std::string>& taken) {
  if (taken.insert(wanted).second) return wanted;
  for (int i = 2; i <= 9; ++i) {
    if (const auto [name, free] = taken.insert(text::cat(wanted, "_", i)); free) return *name;
  }
  // A name tried here holds the index of its asker, so that n names cannot cause more than n tries in vain altogether.
  for (int i = 0;; ++i) {
    if (const auto [name, free] = taken.insert(text::cat(wanted, "_", index, "_", i)); free) return *name;
  }
}

Result<std::shared_ptr<const Bytes>> Buffers::at(std::uint32_t index) {
  using Shared = std::shared_ptr<const Bytes>;
  if (const auto found = copies_.find(index); found != copies_.end()) return found->second;
  const auto* all = model_.buffers();
  const std::uint32_t count = all == nullptr ? 0 : all->size();
  if (index >= count)
    return error(text::cat("refers to buffer ", index, ", and there are ", count), "the file is damaged");
  const Buffer& buffer = *all->Get(index);
  if (buffer.offset() > 1) {
    return error(text::cat("buffer ", index, " lies outside the FlatBuffer"),
                 "mote reads files whose constants are inside, as all under 2 GB can be written");
  }
  MOTE_TRY(Bytes bytes, copy_of(buffer.data(), budget_));
  Shared shared = bytes.empty() ? nullptr : std::make_shared<const Bytes>(std::move(bytes));
  copies_.emplace(index, shared);
  return shared;
}

namespace {

Result<DType> read_dtype(TensorType type) {
  switch (type) {
    case TensorType::FLOAT32:
    case TensorType::FLOAT16:
      return DType::F32;
    case TensorType::INT8:
    case TensorType::INT4:
      return DType::S8;
    case TensorType::INT16:
      return DType::S16;
    case TensorType::INT32:
      return DType::S32;
    case TensorType::INT64:
      return DType::S64;
    case TensorType::UINT8:
      return DType::U8;
    case TensorType::UINT32:
      return DType::U32;
    case TensorType::UINT64:
      return DType::U64;
    case TensorType::BOOL:
      return DType::Bool;
    default:
      break;
  }
  std::string name = text::lower(EnumNameTensorType(type));
  if (name.empty()) name = text::cat("number ", static_cast<int>(type));
  return error(text::cat("has the element type ", name, ", which mote does not have"),
               "convert the model to float32 or, better, to int8");
}

/// Extents as the file says; an open leading one is the batch, and mote infers one case at a time.
Result<Shape> read_shape(const Tensor& from, Budget& budget) {
  MOTE_TRY(Shape shape, copy_of(from.shape(), budget));
  MOTE_TRY(const Shape signature, copy_of(from.shape_signature(), budget));
  if (shape.size() > kMaxRank)
    return error(text::cat("has ", shape.size(), " dimensions; at most ", kMaxRank, " are read"),
                 "reshape it to fewer dimensions");
  if (!signature.empty() && signature.size() != shape.size())
    return error(text::cat("has ", shape.size(), " extents and ", signature.size(), " in its signature"),
                 "the file is damaged");
  std::int64_t count = 1;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const bool open = shape[i] == -1 || (!signature.empty() && signature[i] == -1);
    if (open && i > 0) {
      return error(text::cat("has an open extent at dimension ", i),
                   "only the batch may be open; fix the others when converting");
    }
    if (open) shape[i] = 1;
    // Nothing computes an empty tensor; some stand for an absent scale, or for the shape of a scalar.
    if (shape[i] < 0)
      return error(text::cat("has the extent ", shape[i], " at dimension ", i), "the file is damaged");
    count *= shape[i];
    if (count > kMaxElements) return error(text::cat("is too large: ", to_text(shape)), kNoRoom);
  }
  return shape;
}

struct Range {
  std::int64_t min, max;
};

Range range_of(DType dtype) {
  switch (dtype) {
    case DType::S8:
      return {-128, 127};
    case DType::U8:
      return {0, 255};
    case DType::S16:
      return {-32768, 32767};
    default:
      return {INT32_MIN, INT32_MAX};
  }
}

Result<Quant> read_quant(const QuantizationParameters* from, const mote::TensorType& type, Budget& budget) {
  Quant quant;
  if (from == nullptr) return quant;
  if (from->details_type() != QuantizationDetails::NONE) {
    return error(text::cat("is quantized in a way of its own (details of kind ",
                           static_cast<int>(from->details_type()), ")"),
                 "quantize with one scale a tensor or a channel");
  }
  MOTE_TRY(quant.scale, copy_of(from->scale(), budget));
  MOTE_TRY(const std::vector<std::int64_t> zero_points, copy_of(from->zero_point(), budget));
  if (quant.scale.empty() && !zero_points.empty())
    return error(text::cat("has ", zero_points.size(), " zero points and no scale"), "the file is damaged");
  if (quant.scale.empty() || type.dtype == DType::F32) return Quant{};
  if (zero_points.size() != quant.scale.size()) {
    return error(text::cat("has ", quant.scale.size(), " scales and ", zero_points.size(), " zero points"),
                 "the file is damaged");
  }
  for (const float scale : quant.scale) {
    if (!std::isfinite(scale) || !(scale > 0))
      return error(text::cat("has the scale ", text::shortest(scale)),
                   "the file is damaged, or quantized without calibration");
  }
  const Range range = range_of(type.dtype);
  for (const std::int64_t zero : zero_points) {
    if (zero < range.min || zero > range.max)
      return error(text::cat("has the zero point ", zero, ", outside ", range.min, "…", range.max, " of ",
                             mote::name_of(type.dtype)),
                   "the file is damaged");
    if (quant.per_channel() && zero != 0)
      return error("has scales per channel and zero points other than 0",
                   "quantize weights symmetrically, or with one scale a tensor");
    quant.zero_point.push_back(static_cast<std::int32_t>(zero));
  }
  if (!quant.per_channel()) return quant;
  quant.axis = from->quantized_dimension();
  if (quant.axis < 0 || quant.axis >= static_cast<int>(type.shape.size()))
    return error(
        text::cat("has the quantized_dimension ", quant.axis, ", and ", type.shape.size(), " dimensions"),
        "the file is damaged");
  if (static_cast<std::size_t>(type.shape[static_cast<std::size_t>(quant.axis)]) != quant.scale.size())
    return error(text::cat("has ", quant.scale.size(), " scales along dimension ", quant.axis, " of ",
                           to_text(type.shape)),
                 "the file is damaged");
  return quant;
}

/// Packed two a byte, the first in the lower half; they compute as s8.
Bytes unpack_int4(const Bytes& packed, std::int64_t count) {
  Bytes values;
  for (std::int64_t i = 0; i < count; ++i) {
    const int nibble = (packed[static_cast<std::size_t>(i / 2)] >> (i % 2 * 4)) & 15;
    values.push_back(static_cast<std::uint8_t>(nibble < 8 ? nibble : nibble - 16));
  }
  return values;
}

/// IEEE 754 half precision → single, exactly.
float float_of_half(std::uint16_t half) {
  const std::uint32_t sign = static_cast<std::uint32_t>(half >> 15) << 31;
  const std::uint32_t exponent = (half >> 10) & 31u, fraction = half & 1023u;
  std::uint32_t bits = 0;
  if (exponent == 31)
    bits = sign | 0x7f800000u | fraction << 13;
  else if (exponent > 0)
    bits = sign | (exponent + 112) << 23 | fraction << 13;
  else
    return (sign != 0 ? -1.0f : 1.0f) * static_cast<float>(fraction) * 0x1p-24f;
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

Bytes widen_halves(const Bytes& halves) {
  Bytes values;
  for (std::size_t at = 0; at + 1 < halves.size(); at += 2) {
    const float value = float_of_half(static_cast<std::uint16_t>(halves[at] | halves[at + 1] << 8));
    const auto* first = reinterpret_cast<const std::uint8_t*>(&value);
    values.insert(values.end(), first, first + sizeof value);
  }
  return values;
}

/// Bytes that the file holds for it.
std::size_t stored_bytes(const Tensor& from, const mote::TensorType& type) {
  if (from.type() == TensorType::INT4) return (type.bytes() + 1) / 2;
  return from.type() == TensorType::FLOAT16 ? type.bytes() / 2 : type.bytes();
}

Result<mote::Tensor> read_tensor(const Tensor& from, Buffers& buffers, Budget& budget) {
  MOTE_TRY(mote::Tensor tensor, read_type(from, budget));
  if (from.sparsity() != nullptr)
    return error("is stored sparse", "convert the model with dense weights; mote packs them itself");
  if (from.external_buffer() != 0)
    return error("has its data in another file", "write the model with its weights inside");
  MOTE_TRY(tensor.constant, buffers.at(from.buffer()));
  const bool unpacked = from.type() == TensorType::INT4 || from.type() == TensorType::FLOAT16;
  if (tensor.constant == nullptr && tensor.type.count() == 0)
    tensor.constant = std::make_shared<const Bytes>();
  if (tensor.constant == nullptr) {
    if (unpacked)
      return error(text::cat("is computed as ", text::lower(EnumNameTensorType(from.type())),
                             "; only constants may be stored so"),
                   "convert the model to float32 or, better, to int8");
    return tensor;
  }
  if (tensor.constant->size() != stored_bytes(from, tensor.type)) {
    return error(text::cat("is ", mote::name_of(tensor.type.dtype), to_text(tensor.type.shape),
                           ", which takes ", stored_bytes(from, tensor.type), " bytes, and buffer ",
                           from.buffer(), " holds ", tensor.constant->size()),
                 "the file is damaged");
  }
  if (unpacked) {
    MOTE_TRY_VOID(budget.take(tensor.constant->size()));
    tensor.constant = std::make_shared<const Bytes>(from.type() == TensorType::INT4
                                                        ? unpack_int4(*tensor.constant, tensor.type.count())
                                                        : widen_halves(*tensor.constant));
    if (from.type() == TensorType::INT4) tensor.storage = Storage::Int4;
  }
  return tensor;
}

/// The operator that makes tensor `id`, for messages: ", which op 3 'CONV_2D' makes".
std::string maker_of(const Model& model, const SubGraph& graph, std::uint32_t id) {
  if (graph.operators() == nullptr || model.operator_codes() == nullptr) return "";
  for (std::uint32_t i = 0; i < graph.operators()->size(); ++i) {
    const Operator& op = *graph.operators()->Get(i);
    if (op.outputs() == nullptr || op.opcode_index() >= model.operator_codes()->size()) continue;
    for (const std::int32_t out : *op.outputs()) {
      if (out >= 0 && static_cast<std::uint32_t>(out) == id)
        return text::cat(", which op ", i, " '", name_of(*model.operator_codes()->Get(op.opcode_index())),
                         "' makes,");
    }
  }
  return "";
}

}  // namespace

Result<mote::Tensor> read_type(const Tensor& from, Budget& budget) {
  mote::Tensor tensor;
  if (from.type() == TensorType::RESOURCE) {  // a handle: it gets its variable's type
    tensor.type = {DType::U8, {}};
    return tensor;
  }
  MOTE_TRY(tensor.type.dtype, read_dtype(from.type()));
  MOTE_TRY(tensor.type.shape, read_shape(from, budget));
  MOTE_TRY(tensor.quant, read_quant(from.quantization(), tensor.type, budget));
  return tensor;
}

mote::Tensor dequantized(const mote::Tensor& quantized) {
  const std::int64_t count = quantized.type.count();
  const Quant& quant = quantized.quant;
  std::int64_t inner = 1;  // elements of one index of the quantized axis
  if (quant.per_channel()) {
    for (std::size_t d = static_cast<std::size_t>(quant.axis) + 1; d < quantized.type.shape.size(); ++d)
      inner *= quantized.type.shape[d];
  }
  std::vector<float> values;
  values.reserve(static_cast<std::size_t>(count));
  const auto channels = static_cast<std::int64_t>(quant.scale.size());
  for (std::int64_t i = 0; i < count; ++i) {
    const auto channel = static_cast<std::size_t>(quant.per_channel() ? i / inner % channels : 0);
    const int centred = elements<std::int8_t>(quantized)[i] - quant.zero_point[channel];
    values.push_back(quant.scale[channel] * static_cast<float>(centred));
  }
  mote::Tensor real;
  real.name = quantized.name + "_f32";
  real.type = {DType::F32, quantized.type.shape};
  real.constant = to_constant(values);
  return real;
}

Result<std::vector<mote::Tensor>> read_tensors(const Model& model, const SubGraph& graph, Buffers& buffers,
                                               Budget& budget) {
  std::vector<mote::Tensor> tensors;
  if (graph.tensors() == nullptr) return error("the graph has no tensors", "the file is damaged");
  const std::uint32_t count = graph.tensors()->size();
  if (count > kMaxTensors)
    return error(text::cat("has ", count, " tensors; at most ", kMaxTensors, " are read"), kNoRoom);
  std::set<std::string> taken;
  std::int64_t elements = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const Tensor& from = *graph.tensors()->Get(i);
    const std::string name = clean_name(from.name());
    const std::string where = text::cat("tensor ", i, name.empty() ? "" : " '" + name + "'");
    auto tensor = read_tensor(from, buffers, budget);
    if (!tensor)
      return error(text::cat(where, maker_of(model, graph, i), " ", tensor.error().message),
                   tensor.error().hint);
    elements += tensor->type.count();
    if (elements > kMaxElements)
      return error(text::cat(where, ": all tensors together have over ", kMaxElements, " elements"), kNoRoom);
    tensor->name = unique_name(name.empty() ? text::cat("tensor_", i) : name, i, taken);
    tensor->source_index = static_cast<std::int32_t>(i);
    tensors.push_back(std::move(*tensor));
  }
  return tensors;
}

}  // namespace mote::tflite
