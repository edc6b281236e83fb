// Weights before training, and between runs: initial values, checkpoints.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "base/system.h"
#include "graph/op.h"
#include "math/npz.h"
#include "math/random.h"
#include "train/train.h"

namespace mote {
namespace {

// ---- initial values

bool is_trainable_matrix(const Graph& graph, TensorId id) {
  if (id == kNoTensor) return false;
  const Tensor& t = graph.tensor(id);
  return t.is_constant() && t.trainable && t.type.shape.size() >= 2;
}

/// Whether a rectifier follows before the next layer with weights, or is fused into the node itself.
bool feeds_rectifier(const Graph& graph, const Node& node) {
  const auto fused = node.attributes.find("activation");
  if (fused != node.attributes.end())
    if (const auto* word = std::get_if<std::string>(&fused->second); word && text::starts_with(*word, "relu"))
      return true;
  std::vector<TensorId> reached = node.outputs;
  bool started = false;
  for (const Node& next : graph.nodes) {
    if (&next == &node) started = true;
    const auto is_reached = [&](TensorId id) {
      return std::find(reached.begin(), reached.end(), id) != reached.end();
    };
    if (!started || &next == &node || std::none_of(next.inputs.begin(), next.inputs.end(), is_reached))
      continue;
    const OpDef* op = find_op(next.op);
    if (op && op->grad && op->grad->role == GradRule::Role::Rectifier) return true;
    if (std::any_of(next.inputs.begin(), next.inputs.end(),
                    [&](TensorId id) { return is_trainable_matrix(graph, id); }))
      continue;
    reached.insert(reached.end(), next.outputs.begin(), next.outputs.end());
  }
  return false;
}

/// How many products go into one output, and into how many outputs one input goes.
struct Fans {
  double in, out;
};
Fans fans_of(const OpDef& op, const Shape& shape) {
  const auto count = static_cast<double>(count_of(shape));
  const int out_axis = op.channels && op.channels->weight_out_axis >= 0 ? op.channels->weight_out_axis : 0;
  const int in_axis = op.channels ? op.channels->weight_in_axis : -1;
  const double in = count / shape[static_cast<std::size_t>(out_axis)];
  if (in_axis < 0 || in_axis == out_axis) return {in, in};
  return {in, count / shape[static_cast<std::size_t>(in_axis)]};
}

std::vector<float> initial_values(const Graph& graph, const Node& node, std::size_t input, Random random) {
  const OpDef& op = op_of(node);
  const Tensor& tensor = graph.tensor(node.inputs[input]);
  std::vector<float> values(static_cast<std::size_t>(tensor.type.count()), 0.0f);
  if (tensor.type.shape.size() < 2) {
    const auto& ports = op.schema.inputs;
    const bool factor = ports[std::min(input, ports.size() - 1)].name == "gamma";
    if (factor) std::fill(values.begin(), values.end(), 1.0f);
    return values;
  }
  const Fans fans = fans_of(op, tensor.type.shape);
  // He et al. 2015; Glorot, Bengio 2010.
  const double deviation =
      feeds_rectifier(graph, node) ? std::sqrt(2 / fans.in) : std::sqrt(2 / (fans.in + fans.out));
  for (float& v : values) v = static_cast<float>(deviation * random.normal());
  return values;
}

// ---- checkpoints

std::string_view npy_type(DType dtype) {
  switch (dtype) {
    case DType::F32:
      return "<f4";
    case DType::S8:
      return "|i1";
    case DType::S16:
      return "<i2";
    case DType::S32:
      return "<i4";
    case DType::S64:
      return "<i8";
    case DType::U32:
      return "<u4";
    case DType::U64:
      return "<u8";
    case DType::U8:
      return "|u1";
    case DType::Bool:
      return "|b1";
  }
  return "";
}

std::vector<std::int64_t> npy_shape(const Tensor& tensor) {
  return {tensor.type.shape.begin(), tensor.type.shape.end()};
}

Result<void> check_array(const Tensor& tensor, const NpyArray& array) {
  const Shape shape(array.shape.begin(), array.shape.end());
  if (array.dtype != npy_type(tensor.type.dtype) || shape != tensor.type.shape)
    return error(text::cat("the array '", tensor.name, "' is ", array.dtype, to_text(shape),
                           ", the network has ", npy_type(tensor.type.dtype), to_text(tensor.type.shape)),
                 "the checkpoint belongs to another network");
  return {};
}

}  // namespace

void initialize_weights(Module& module, std::uint64_t seed) {
  Graph& graph = module.main();
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    const Node& node = graph.nodes[n];
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      if (node.inputs[i] == kNoTensor) continue;
      Tensor& tensor = graph.tensor(node.inputs[i]);
      if (!tensor.is_constant() || !tensor.trainable || tensor.type.dtype != DType::F32) continue;
      tensor.constant = to_constant(initial_values(graph, node, i, Random(seed).split(n).split(i)));
    }
  }
}

Result<void> save_checkpoint(const Module& module, const std::filesystem::path& file) {
  std::map<std::string, NpyArray> arrays;
  for (const Tensor& tensor : module.main().tensors)
    if (tensor.is_constant())
      arrays[tensor.name] =
          NpyArray{std::string(npy_type(tensor.type.dtype)), npy_shape(tensor), *tensor.constant};
  return write_file(file, write_npz(arrays));
}

Result<void> load_checkpoint(Module& module, const std::filesystem::path& file) {
  MOTE_TRY(const Bytes bytes, read_file(file));
  auto arrays = read_npz(bytes);
  if (!arrays) return arrays.error().in(file.string());
  std::size_t used = 0;
  for (const Tensor& tensor : module.main().tensors) {
    if (!tensor.is_constant()) continue;
    const auto found = arrays->find(tensor.name);
    if (found == arrays->end())
      return error(text::cat(file.string(), ": the array '", tensor.name, "' is missing"),
                   "the checkpoint belongs to another network");
    if (const auto ok = check_array(tensor, found->second); !ok) return ok.error().in(file.string());
    ++used;
  }
  if (used != arrays->size())
    return error(
        text::cat(file.string(), ": has ", arrays->size(), " arrays, the network ", used, " constants"),
        "the checkpoint belongs to another network");
  // All fit: only now is the module changed.
  for (Tensor& tensor : module.main().tensors)
    if (tensor.is_constant())
      tensor.constant = std::make_shared<const Bytes>(std::move(arrays->at(tensor.name).data));
  return {};
}

}  // namespace mote
