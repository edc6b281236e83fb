#include "graph/graph.h"

#include <set>

namespace mote {

std::string_view name_of(DType dtype) {
  switch (dtype) {
    case DType::F32:
      return "f32";
    case DType::S8:
      return "s8";
    case DType::S16:
      return "s16";
    case DType::S32:
      return "s32";
    case DType::S64:
      return "s64";
    case DType::U8:
      return "u8";
    case DType::U32:
      return "u32";
    case DType::U64:
      return "u64";
    case DType::Bool:
      return "bool";
  }
  return "?";
}

std::size_t bytes_of(DType dtype) {
  switch (dtype) {
    case DType::F32:
    case DType::S32:
    case DType::U32:
      return 4;
    case DType::S64:
    case DType::U64:
      return 8;
    case DType::S16:
      return 2;
    case DType::S8:
    case DType::U8:
    case DType::Bool:
      return 1;
  }
  return 0;
}

std::int64_t count_of(const Shape& shape) {
  std::int64_t count = 1;
  for (const std::int32_t extent : shape) count *= extent;
  return count;
}

std::string to_text(const Shape& shape) {
  std::string out = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) out += text::cat(i > 0 ? "," : "", shape[i]);
  return out + "]";
}

TensorId Graph::add(Tensor tensor) {
  std::set<std::string_view> taken;
  for (const Tensor& other : tensors) taken.insert(other.name);
  const std::string wanted = tensor.name.empty() ? "tensor" : tensor.name;
  tensor.name = wanted;
  for (int i = 2; taken.count(tensor.name) > 0; ++i) tensor.name = text::cat(wanted, "_", i);
  tensors.push_back(std::move(tensor));
  return static_cast<TensorId>(tensors.size() - 1);
}

std::vector<std::string> labels_of(const Module& module) {
  const auto found = module.metadata.find("labels");
  if (found == module.metadata.end() || found->second.empty()) return {};
  return text::split(std::string(found->second.begin(), found->second.end()), '\n');
}

void set_labels(Module& module, const std::vector<std::string>& labels) {
  const std::string joined = text::join(labels, "\n");
  module.metadata["labels"] = Bytes(joined.begin(), joined.end());
}

}  // namespace mote
