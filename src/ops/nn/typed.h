// What ops share whose output has another element type than their input (quantize, dequantize, cast): the type is an
// attribute by its name.
#pragma once

#include "ops/nn/unary.h"

namespace mote::nn {

inline constexpr DType kEveryType[] = {DType::F32, DType::S8,  DType::S16, DType::S32, DType::S64,
                                       DType::U8,  DType::U32, DType::U64, DType::Bool};

inline DType dtype_named(const std::string& name) {
  for (const DType dtype : kEveryType) {
    if (name_of(dtype) == name) return dtype;
  }
  MOTE_CHECK(false, "the schema allows only names of element types");
  return DType::F32;
}
inline DType type_attribute(const NodeRef& ref) { return dtype_named(ref.word("type")); }

/// One scale and one zero point, the latter in the type's range.
inline Result<void> check_scale(std::string_view port, const Tensor& tensor) {
  if (tensor.type.dtype != DType::S32) return check_activation_quant(port, tensor);
  const Quant& quant = tensor.quant;
  if (quant.scale.size() == 1 && quant.zero_point.size() == 1 && std::isfinite(quant.scale[0]) &&
      quant.scale[0] > 0)
    return {};
  return error(text::cat("'", port, "' (tensor '", tensor.name, "') is s32 and needs one scale above 0"));
}

/// The node with `type` taken from its output, which exists already.
inline Result<void> read_typed(const ForeignNode& foreign, const std::string& op, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 1, 1));
  Attributes attributes;
  attributes["type"] = std::string(name_of(graph.tensor(foreign.outputs[0]).type.dtype));
  return append_read(foreign, op, std::move(attributes), graph);
}

/// Arguments of kernels that take void*: bytes, whatever the tensors hold.
inline std::vector<Arg> byte_args(const NodeRef& ref) {
  std::vector<Arg> args = {in_arg(ref, 0), out_arg(ref)};
  for (Arg& arg : args) arg.dtype = DType::U8;
  return args;
}

inline Error no_conversion(const NodeRef& ref, DType to) {
  return {text::cat("there is no kernel from ", name_of(ref.in(0).type.dtype), " to ", name_of(to)),
          text::cat("`mote ops ", ref.node.op, "` lists what works")};
}

}  // namespace mote::nn
