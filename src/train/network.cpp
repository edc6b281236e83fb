#include "train/network.h"

#include <algorithm>
#include <cstring>

#include "math/nn.h"
#include "math/random.h"

namespace mote {
namespace {

constexpr std::size_t kAlign = 16;  // floats: a cache line

bool is_weight_or_bias(const OpDef& op, std::size_t input) {
  const auto i = static_cast<int>(input);
  return op.quant != nullptr && (i == op.quant->weight || i == op.quant->bias);
}

const PortSpec* port_of(const OpDef& op, std::size_t input) {
  const auto& ports = op.schema.inputs;
  return ports.empty() ? nullptr : &ports[std::min(input, ports.size() - 1)];
}

/// The node that writes `id`, or the number of nodes.
std::size_t writer_of(const Graph& graph, TensorId id) {
  std::size_t i = 0;
  while (i < graph.nodes.size() && std::find(graph.nodes[i].outputs.begin(), graph.nodes[i].outputs.end(),
                                             id) == graph.nodes[i].outputs.end())
    ++i;
  return i;
}

bool has_attribute(const OpDef& op, std::string_view name) {
  return std::any_of(op.schema.attributes.begin(), op.schema.attributes.end(),
                     [&](const AttributeSpec& a) { return a.name == name; });
}

}  // namespace

Result<Network> Network::make(const Graph& graph, int most_samples, bool gradients, GradRule::Role head) {
  Network network(graph, most_samples);
  MOTE_TRY_VOID(network.check());
  network.find_logits(head);
  network.plan(gradients);
  return network;
}

Result<void> Network::check() const {
  if (graph_->outputs.empty()) return error(text::cat("the network '", graph_->name, "' has no output"));
  for (const Node& node : graph_->nodes) {
    const OpDef* op = find_op(node.op);
    const std::string layer = text::cat("layer '", node.name, "'");
    if (!op || !op->grad || !node.bodies.empty())
      return error(text::cat(layer, ": the op '", node.op, "' cannot be trained"),
                   "train the network without it, or move it into the front end");
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      if (node.inputs[i] == kNoTensor) continue;
      const Tensor& in = graph_->tensor(node.inputs[i]);
      const PortSpec* port = port_of(*op, i);
      const bool weights = port && (port->constant || is_weight_or_bias(*op, i));
      if (!in.is_constant() && weights)
        return error(text::cat(layer, ": its weights '", in.name, "' are computed by another layer"),
                     "only weights that are constants of the model can be trained");
      if (in.is_constant() && port && !weights)
        return error(text::cat(layer, ": its input '", in.name, "' is a constant"),
                     "a layer on constants alone can be computed beforehand");
      if (in.type.dtype != DType::F32)
        return error(text::cat(layer, ": its input '", in.name, "' is ", name_of(in.type.dtype),
                               ", training needs f32"),
                     "train the float network and quantize it afterwards");
    }
  }
  return {};
}

void Network::find_logits(GradRule::Role head) {
  logits_ = graph_->outputs[0];
  trained_nodes_ = graph_->nodes.size();
  if (head == GradRule::Role::Other) return;
  // Back through ops that only give another shape, to the head, if there is one.
  for (TensorId id = logits_;;) {
    const std::size_t i = writer_of(*graph_, id);
    if (i == graph_->nodes.size()) return;
    const Node& node = graph_->nodes[i];
    const OpDef& op = op_of(node);
    if (op.grad->role == head) {
      const NodeRef ref{*graph_, node};
      const std::int64_t classes = ref.in(0).type.shape.empty() ? 0 : ref.in(0).type.shape.back();
      if (head == GradRule::Role::Softmax && classes != ref.in(0).type.count())
        return;  // several distributions: not the head of a classifier
      logits_ = node.inputs[0];
      trained_nodes_ = i;
      if (has_attribute(op, "beta")) logit_scale_ = static_cast<float>(ref.real("beta"));
      return;
    }
    if (!op.view || node.inputs.size() != 1) return;
    id = node.inputs[0];
  }
}

std::size_t Network::floats_of(TensorId id) const {
  const Tensor& tensor = graph_->tensor(id);
  const auto count = static_cast<std::size_t>(tensor.type.count());
  return tensor.is_constant() ? count : count * static_cast<std::size_t>(most_samples_);
}

std::size_t Network::reserve(std::size_t floats) {
  const std::size_t offset = floats_;
  floats_ += (floats + kAlign - 1) / kAlign * kAlign;
  return offset;
}

void Network::plan(bool with_gradients) {
  const std::size_t tensors = graph_->tensors.size();
  value_.assign(tensors, kNone);
  gradient_.assign(tensors, kNone);
  saved_.assign(graph_->nodes.size(), kNone);
  std::vector<bool> wanted(tensors, false);  // depends on something trainable
  const auto place = [&](TensorId id) {
    auto& offset = value_[static_cast<std::size_t>(id)];
    if (offset == kNone && graph_->tensor(id).type.dtype == DType::F32) offset = reserve(floats_of(id));
  };
  for (const GraphInput& input : graph_->inputs) place(input.tensor);
  for (std::size_t i = 0; i < graph_->nodes.size(); ++i) {
    const Node& node = graph_->nodes[i];
    bool depends = false;
    for (const TensorId id : node.inputs) {
      if (id == kNoTensor) continue;
      place(id);
      if (graph_->tensor(id).trainable && graph_->tensor(id).is_constant())
        wanted[static_cast<std::size_t>(id)] = true;
      depends = depends || wanted[static_cast<std::size_t>(id)];
    }
    for (const TensorId id : node.outputs) {
      place(id);
      wanted[static_cast<std::size_t>(id)] = depends;
    }
    const auto& saved = op_of(node).grad->saved;
    const std::size_t floats = saved ? saved(NodeRef{*graph_, node}, most_samples_) : 0;
    if (floats > 0) saved_[i] = reserve(floats);
  }
  for (const TensorId id : graph_->outputs) place(id);
  if (with_gradients) {
    wanted[static_cast<std::size_t>(logits_)] = true;
    for (std::size_t id = 0; id < tensors; ++id)
      if (wanted[id]) gradient_[id] = reserve(floats_of(static_cast<TensorId>(id)));
    for (const Node& node : graph_->nodes) {
      for (std::size_t i = 0; i < node.inputs.size(); ++i) {
        const TensorId id = node.inputs[i];
        if (id == kNoTensor || graph_->tensor(id).is_constant()) continue;
        spare_.resize(std::max(spare_.size(), i + 1), 0);
        spare_[i] = std::max(spare_[i], floats_of(id));
      }
    }
    for (std::size_t& floats : spare_) floats = reserve(floats);
  }
  memory_.assign(floats_ + kAlign, 0.0f);
  base_ = (64 - reinterpret_cast<std::uintptr_t>(memory_.data()) % 64) % 64 / sizeof(float);
  for (std::size_t id = 0; id < tensors; ++id) {
    const Tensor& tensor = graph_->tensors[id];
    if (tensor.is_constant() && value_[id] != kNone)
      std::memcpy(at(value_[id]), tensor.constant->data(), tensor.type.bytes());
  }
}

TrainCall Network::call_of(std::size_t node, int samples, bool training, std::uint64_t seed) {
  const Node& n = graph_->nodes[node];
  TrainCall call{NodeRef{*graph_, n}, samples, training, Random(seed).split(node).bits(), {}, {}, {}, {},
                 at(saved_[node])};
  for (const TensorId id : n.inputs) call.in.push_back(values(id));
  for (const TensorId id : n.outputs) call.out.push_back(values(id));
  return call;
}

void Network::forward(int samples, bool training, std::uint64_t seed) {
  MOTE_CHECK(samples >= 1 && samples <= most_samples_, "a batch no larger than planned");
  for (std::size_t i = 0; i < graph_->nodes.size(); ++i)
    op_of(graph_->nodes[i]).grad->forward(call_of(i, samples, training, seed));
}

void Network::backward_node(std::size_t node, int samples, std::uint64_t seed, std::vector<bool>& written) {
  const Node& n = graph_->nodes[node];
  const auto is_written = [&](TensorId id) { return written[static_cast<std::size_t>(id)]; };
  if (std::none_of(n.outputs.begin(), n.outputs.end(), is_written)) return;  // the loss does not depend on it
  TrainCall call = call_of(node, samples, true, seed);
  for (const TensorId id : n.outputs) {
    float* gradient = gradients(id);
    if (!gradient) return;  // nothing trainable before it
    if (!is_written(id)) std::fill_n(gradient, floats_of(id), 0.0f);
    call.grad_out.push_back(gradient);
  }
  std::vector<std::size_t> added;
  for (std::size_t i = 0; i < n.inputs.size(); ++i) {
    float* gradient = gradients(n.inputs[i]);
    if (gradient && !graph_->tensor(n.inputs[i]).is_constant()) {
      if (is_written(n.inputs[i])) {
        added.push_back(i);
        gradient = at(spare_[i]);
      }
      written[static_cast<std::size_t>(n.inputs[i])] = true;
    }
    call.grad_in.push_back(gradient);
  }
  op_of(n).grad->backward(call);
  for (const std::size_t i : added) {
    const auto count = static_cast<std::size_t>(graph_->tensor(n.inputs[i]).type.count()) *
                       static_cast<std::size_t>(samples);
    learn::accumulate(count, at(spare_[i]), gradients(n.inputs[i]));
  }
}

void Network::backward(int samples, std::uint64_t seed) {
  for (std::size_t id = 0; id < gradient_.size(); ++id)
    if (gradient_[id] != kNone && graph_->tensors[id].is_constant())
      std::fill_n(at(gradient_[id]), floats_of(static_cast<TensorId>(id)), 0.0f);
  std::vector<bool> written(graph_->tensors.size(), false);
  written[static_cast<std::size_t>(logits_)] = true;
  for (std::size_t i = trained_nodes_; i-- > 0;) backward_node(i, samples, seed, written);
}

std::vector<Network::Weight> Network::weights() {
  std::vector<Weight> all;
  for (std::size_t i = 0; i < gradient_.size(); ++i) {
    const Tensor& tensor = graph_->tensors[i];
    if (gradient_[i] == kNone || !tensor.is_constant()) continue;
    const auto id = static_cast<TensorId>(i);
    all.push_back({id, floats_of(id), values(id), gradients(id), tensor.type.shape.size() >= 2});
  }
  return all;
}

std::vector<float> Network::snapshot() const {
  std::vector<float> all;
  for (std::size_t id = 0; id < value_.size(); ++id) {
    if (value_[id] == kNone || !graph_->tensors[id].is_constant()) continue;
    const float* first = at(value_[id]);
    all.insert(all.end(), first, first + floats_of(static_cast<TensorId>(id)));
  }
  return all;
}

void Network::restore(const std::vector<float>& snapshot) {
  std::size_t next = 0;
  for (std::size_t id = 0; id < value_.size(); ++id) {
    if (value_[id] == kNone || !graph_->tensors[id].is_constant()) continue;
    const std::size_t count = floats_of(static_cast<TensorId>(id));
    std::copy_n(snapshot.data() + next, count, at(value_[id]));
    next += count;
  }
}

void Network::store(Graph& graph) const {
  for (std::size_t id = 0; id < value_.size(); ++id) {
    if (value_[id] == kNone || !graph.tensors[id].is_constant()) continue;
    const float* first = at(value_[id]);
    graph.tensors[id].constant =
        to_constant(std::vector<float>(first, first + floats_of(static_cast<TensorId>(id))));
  }
}

}  // namespace mote
