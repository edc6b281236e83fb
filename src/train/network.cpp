#include "train/network.h"

#include <algorithm>
#include <cstring>

#include "math/nn.h"
#include "math/random.h"

namespace mote {
namespace {

constexpr std::size_t kAlign = 16;  // floats: a cache line
constexpr std::size_t kSlack = 64;  // floats that vector loops may read past the last tensor

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

Result<Network> Network::make(const Graph& graph, int most_samples, bool gradients, GradRule::Role head,
                              bool together) {
  Network network(graph, most_samples);
  MOTE_TRY_VOID(network.check());
  network.find_logits(head);
  network.steps_ = steps_of(graph, network.logits_, together);
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

std::vector<TensorId> Network::inputs_of(const Step& step) const {
  if (step.kind == Step::Kind::Chain) return {steps_.chains[step.index].in};
  if (step.kind == Step::Kind::Join) {
    const Join& join = steps_.joins[step.index];
    return {join.in[0], join.in[1]};
  }
  std::vector<TensorId> inputs;
  for (const TensorId id : graph_->nodes[step.index].inputs)
    if (id != kNoTensor && !graph_->tensor(id).is_constant()) inputs.push_back(id);
  return inputs;
}

std::vector<TensorId> Network::outputs_of(const Step& step) const {
  if (step.kind == Step::Kind::Chain) return {steps_.chains[step.index].end};
  if (step.kind == Step::Kind::Join) return {steps_.joins[step.index].end};
  return graph_->nodes[step.index].outputs;
}

/// Constants, inputs, what nodes read and write, what chains keep.
void Network::plan_values() {
  const auto place = [&](TensorId id) {
    auto& offset = value_[static_cast<std::size_t>(id)];
    if (offset == kNone && graph_->tensor(id).type.dtype == DType::F32) offset = reserve(floats_of(id));
  };
  for (const GraphInput& input : graph_->inputs) place(input.tensor);
  for (std::size_t i = 0; i < steps_.chains.size(); ++i)
    chain_of_[static_cast<std::size_t>(steps_.chains[i].end)] = i;
  for (std::size_t i = 0; i < steps_.joins.size(); ++i)
    join_of_[static_cast<std::size_t>(steps_.joins[i].end)] = i;
  for (const Node& node : graph_->nodes)
    for (const TensorId id : node.inputs)
      if (id != kNoTensor && graph_->tensor(id).is_constant()) place(id);
  for (const Step& step : steps_.steps) {
    if (step.kind == Step::Kind::Chain) {
      const Chain& chain = steps_.chains[step.index];
      place(chain.raw);
      norm_.push_back(chain.normalizes() ? reserve(learn::Norm::floats(channels_of(chain.raw))) : kNone);
    } else if (step.kind == Step::Kind::Join) {
      place(steps_.joins[step.index].end);
    } else {
      const Node& node = graph_->nodes[step.index];
      for (const TensorId id : node.inputs)
        if (id != kNoTensor) place(id);
      for (const TensorId id : node.outputs) place(id);
      const auto& saved = op_of(node).grad->saved;
      const std::size_t floats = saved ? saved(NodeRef{*graph_, node}, most_samples_) : 0;
      if (floats > 0) saved_[step.index] = reserve(floats);
    }
  }
  for (const TensorId id : graph_->outputs) place(id);
  place(logits_);
}

/// Gradients of constants stay; those of activations live from their first reader's backward to their writer's
/// and share memory, so that less of it has to stay in the caches.
void Network::plan_gradients() {
  struct Life {
    TensorId id;
    std::size_t from, to, floats, offset;  ///< steps, floats from the first one
  };
  const std::size_t count = steps_.steps.size();
  std::vector<Life> lives;
  std::vector<std::size_t> life_of(graph_->tensors.size(), kNone);
  const auto live = [&](TensorId id, std::size_t step) {
    id = shares_[static_cast<std::size_t>(id)];
    auto& life = life_of[static_cast<std::size_t>(id)];
    if (!wanted_[static_cast<std::size_t>(id)]) return;
    if (life == kNone) {
      life = lives.size();
      lives.push_back({id, step, step, floats_of(id), 0});
    }
    lives[life].from = std::min(lives[life].from, step);
    lives[life].to = std::max(lives[life].to, step);
  };
  for (std::size_t s = 0; s < count; ++s) {
    for (const TensorId id : outputs_of(steps_.steps[s])) live(id, s);
    for (const TensorId id : inputs_of(steps_.steps[s])) live(id, s);
  }
  live(logits_, count);
  std::stable_sort(lives.begin(), lives.end(),
                   [](const Life& a, const Life& b) { return a.floats > b.floats; });
  const auto padded = [](std::size_t floats) { return (floats + kAlign - 1) / kAlign * kAlign; };
  std::size_t most = 0;
  for (std::size_t i = 0; i < lives.size(); ++i) {
    Life& life = lives[i];
    for (bool moved = true; moved;) {
      moved = false;
      for (std::size_t k = 0; k < i; ++k) {
        const Life& other = lives[k];
        const bool together = other.from <= life.to && life.from <= other.to;
        const bool overlap = other.offset < life.offset + padded(life.floats) &&
                             life.offset < other.offset + padded(other.floats);
        if (!together || !overlap) continue;
        life.offset = other.offset + padded(other.floats);
        moved = true;
      }
    }
    most = std::max(most, life.offset + padded(life.floats));
  }
  const std::size_t first = reserve(most);
  for (const Life& life : lives) gradient_[static_cast<std::size_t>(life.id)] = first + life.offset;
}

void Network::plan(bool with_gradients) {
  const std::size_t tensors = graph_->tensors.size();
  for (auto* by_tensor : {&value_, &gradient_, &chain_of_, &join_of_}) by_tensor->assign(tensors, kNone);
  saved_.assign(graph_->nodes.size(), kNone);
  wanted_.assign(tensors, false);
  reaches_.assign(tensors, false);
  contributions_.assign(tensors, 0);
  for (std::size_t id = 0; id < tensors; ++id) shares_.push_back(static_cast<TensorId>(id));
  plan_values();
  if (with_gradients) {
    for (const Node& node : graph_->nodes) {
      bool depends = false;
      for (const TensorId id : node.inputs) {
        if (id == kNoTensor) continue;
        const Tensor& tensor = graph_->tensor(id);
        if (tensor.trainable && tensor.is_constant()) wanted_[static_cast<std::size_t>(id)] = true;
        depends = depends || wanted_[static_cast<std::size_t>(id)];
      }
      for (const TensorId id : node.outputs) wanted_[static_cast<std::size_t>(id)] = depends;
    }
    wanted_[static_cast<std::size_t>(logits_)] = true;
    reaches_[static_cast<std::size_t>(logits_)] = true;
    for (std::size_t i = trained_nodes_; i-- > 0;) {
      const Node& node = graph_->nodes[i];
      if (std::any_of(node.outputs.begin(), node.outputs.end(),
                      [&](TensorId id) { return reaches_[static_cast<std::size_t>(id)]; }))
        for (const TensorId id : node.inputs)
          if (id != kNoTensor) reaches_[static_cast<std::size_t>(id)] = true;
    }
    // The terms of a sum that nobody else reads have its gradient, if no clamp lies between.
    std::vector<int> readers(tensors, 0);
    for (const Step& step : steps_.steps)
      for (const TensorId id : inputs_of(step)) ++readers[static_cast<std::size_t>(id)];
    for (const TensorId id : graph_->outputs) ++readers[static_cast<std::size_t>(id)];
    ++readers[static_cast<std::size_t>(logits_)];
    for (const Join& join : steps_.joins) {
      for (const TensorId id : join.in) {
        const std::size_t chain = chain_of_[static_cast<std::size_t>(id)];
        if (chain != kNone && !steps_.chains[chain].clamps() && readers[static_cast<std::size_t>(id)] == 1 &&
            wanted_[static_cast<std::size_t>(id)])
          shares_[static_cast<std::size_t>(id)] = join.end;
      }
    }
    for (const Step& step : steps_.steps) {
      const std::vector<TensorId> outputs = outputs_of(step);
      if (std::none_of(outputs.begin(), outputs.end(), [&](TensorId id) {
            return reaches_[static_cast<std::size_t>(id)] && wanted_[static_cast<std::size_t>(id)];
          }))
        continue;
      for (const TensorId id : inputs_of(step))
        if (wanted_[static_cast<std::size_t>(id)] && shares_[static_cast<std::size_t>(id)] == id)
          ++contributions_[static_cast<std::size_t>(id)];
    }
    for (std::size_t id = 0; id < tensors; ++id)
      if (wanted_[id] && graph_->tensors[id].is_constant())
        gradient_[id] = reserve(floats_of(static_cast<TensorId>(id)));
    plan_gradients();
    for (const Step& step : steps_.steps) {
      if (step.kind != Step::Kind::Node) continue;
      const Node& node = graph_->nodes[step.index];
      for (std::size_t i = 0; i < node.inputs.size(); ++i) {
        const TensorId id = node.inputs[i];
        if (id == kNoTensor || graph_->tensor(id).is_constant()) continue;
        spare_.resize(std::max(spare_.size(), i + 1), 0);
        spare_[i] = std::max(spare_[i], floats_of(id));
      }
    }
    for (std::size_t& floats : spare_) floats = reserve(floats);
  }
  memory_.assign(floats_ + kAlign + kSlack, 0.0f);
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

// ---- chains

learn::Norm Network::norm_of(std::size_t index) {
  const Chain& chain = steps_.chains[index];
  const Node& node = graph_->nodes[chain.norm];
  return {
      channels_of(chain.raw),    chain.epsilon,          chain.momentum,         values(node.inputs[1]),
      values(node.inputs[2]),    values(node.inputs[3]), values(node.inputs[4]), gradients(node.inputs[1]),
      gradients(node.inputs[2]), at(norm_[index])};
}

learn::Layer Network::layer_of(const Chain& chain, int samples) {
  const Node& node = graph_->nodes[chain.layer];
  learn::Layer layer{chain.part.kind == learn::Part::Kind::Depthwise, chain.part.window,
                     values(node.inputs[1]), node.inputs.size() > 2 ? values(node.inputs[2]) : nullptr};
  layer.window.batch *= samples;
  return layer;
}

learn::View Network::view_of(TensorId id) {
  const std::size_t index = chain_of_[static_cast<std::size_t>(id)];
  if (index == kNone) return {values(id)};
  const Chain& chain = steps_.chains[index];
  learn::View view{values(chain.raw), nullptr, nullptr, chain.low, chain.high};
  if (chain.normalizes()) {
    const learn::Norm norm = norm_of(index);
    view.scale = norm.scale();
    view.shift = norm.shift();
  }
  return view;
}

bool Network::finish_of(TensorId id, learn::Finish& finish) {
  finish = {};
  finish.channels = channels_of(id);
  finish.sample = sample_floats(id);
  const auto add_term = [&](std::size_t chain) {
    if (!steps_.chains[chain].normalizes()) return;
    norms_[finish.count] = norm_of(chain);
    finish.terms[finish.count] = {values(steps_.chains[chain].raw), &norms_[finish.count]};
    ++finish.count;
  };
  const std::size_t chain = chain_of_[static_cast<std::size_t>(id)],
                    join = join_of_[static_cast<std::size_t>(id)];
  if (chain != kNone) {
    finish.value = view_of(id);
    add_term(chain);
  } else if (join != kNone) {
    const Join& j = steps_.joins[join];
    finish.value = {values(id), nullptr, nullptr, j.low, j.high};
    for (const TensorId in : j.in)
      if (in != id && shares_[static_cast<std::size_t>(in)] == id)
        add_term(chain_of_[static_cast<std::size_t>(in)]);
  }
  return finish.count > 0 || finish.value.clamps();
}

/// Of a contribution that was made by other means than layer_backward.
void Network::contribute(TensorId id, int samples) {
  written_[static_cast<std::size_t>(id)] = true;
  learn::Finish finish;
  if (is_last(id) && finish_of(id, finish)) learn::finish_gradient(samples, gradients(id), finish);
}

void Network::forward_chain(std::size_t index, int samples, bool training) {
  const Chain& chain = steps_.chains[index];
  learn::Norm norm;
  if (chain.normalizes()) norm = norm_of(index);
  learn::layer_forward(layer_of(chain, samples), view_of(chain.in), values(chain.raw),
                       chain.normalizes() ? &norm : nullptr, training);
  if (chain.end != chain.raw && values(chain.end))
    learn::materialize(samples, sample_floats(chain.end), channels_of(chain.end), view_of(chain.end),
                       values(chain.end));
}

void Network::forward_join(const Join& join, int samples) {
  learn::sum_views(samples, sample_floats(join.end), channels_of(join.end), view_of(join.in[0]),
                   view_of(join.in[1]), join.low, join.high, values(join.end));
}

void Network::forward(int samples, bool training, std::uint64_t seed) {
  MOTE_CHECK(samples >= 1 && samples <= most_samples_, "a batch no larger than planned");
  for (const Step& step : steps_.steps) {
    if (step.kind == Step::Kind::Chain)
      forward_chain(step.index, samples, training);
    else if (step.kind == Step::Kind::Join)
      forward_join(steps_.joins[step.index], samples);
    else
      op_of(graph_->nodes[step.index]).grad->forward(call_of(step.index, samples, training, seed));
  }
}

void Network::backward_chain(std::size_t index, int samples) {
  const Chain& chain = steps_.chains[index];
  const Node& node = graph_->nodes[chain.layer];
  const auto in = static_cast<std::size_t>(chain.in);
  learn::Norm norm;
  if (chain.normalizes()) norm = norm_of(index);
  learn::InputGradient grad_in{gradients(chain.in), written_[in], nullptr};
  learn::Finish finish;
  if (grad_in.gradient) {
    written_[in] = true;
    if (is_last(chain.in) && finish_of(chain.in, finish)) grad_in.finish = &finish;
  }
  float* grad_bias = node.inputs.size() > 2 ? gradients(node.inputs[2]) : nullptr;
  if (!grad_in.gradient && !gradients(node.inputs[1]) && !grad_bias) return;
  learn::layer_backward(
      layer_of(chain, samples), view_of(chain.in), values(chain.raw), chain.normalizes() ? &norm : nullptr,
      gradients(shares_[static_cast<std::size_t>(chain.end)]), grad_in, gradients(node.inputs[1]), grad_bias);
}

void Network::backward_join(const Join& join, int samples) {
  const std::size_t floats = sample_floats(join.end) * static_cast<std::size_t>(samples);
  const float* gradient = gradients(join.end);
  for (const TensorId id : join.in) {
    float* to = gradients(id);
    if (!to || shares_[static_cast<std::size_t>(id)] != id) continue;
    if (written_[static_cast<std::size_t>(id)])
      learn::accumulate(floats, gradient, to);
    else
      std::copy_n(gradient, floats, to);
    contribute(id, samples);
  }
}

void Network::backward_node(std::size_t node, int samples, std::uint64_t seed) {
  const Node& n = graph_->nodes[node];
  TrainCall call = call_of(node, samples, true, seed);
  for (const TensorId id : n.outputs) {
    float* gradient = gradients(id);
    if (!gradient) return;  // nothing trainable before it
    if (!written_[static_cast<std::size_t>(id)]) std::fill_n(gradient, floats_of(id), 0.0f);
    call.grad_out.push_back(gradient);
  }
  std::vector<std::size_t> added, made;
  for (std::size_t i = 0; i < n.inputs.size(); ++i) {
    float* gradient = gradients(n.inputs[i]);
    if (gradient && !graph_->tensor(n.inputs[i]).is_constant()) {
      const auto id = static_cast<std::size_t>(n.inputs[i]);
      made.push_back(i);
      if (written_[id]) {
        added.push_back(i);
        gradient = at(spare_[i]);
      }
      written_[id] = true;
    }
    call.grad_in.push_back(gradient);
  }
  op_of(n).grad->backward(call);
  for (const std::size_t i : added)
    learn::accumulate(sample_floats(n.inputs[i]) * static_cast<std::size_t>(samples), at(spare_[i]),
                      gradients(n.inputs[i]));
  for (const std::size_t i : made) contribute(n.inputs[i], samples);
}

void Network::backward(int samples, std::uint64_t seed) {
  for (std::size_t id = 0; id < gradient_.size(); ++id)
    if (gradient_[id] != kNone && graph_->tensors[id].is_constant())
      std::fill_n(at(gradient_[id]), floats_of(static_cast<TensorId>(id)), 0.0f);
  written_.assign(graph_->tensors.size(), false);
  left_ = contributions_;
  ++left_[static_cast<std::size_t>(logits_)];
  contribute(logits_, samples);
  for (std::size_t i = steps_.steps.size(); i-- > 0;) {
    const Step& step = steps_.steps[i];
    if (step.kind == Step::Kind::Node && step.index >= trained_nodes_) continue;
    const std::vector<TensorId> outputs = outputs_of(step);
    const auto written = [&](TensorId id) {
      return written_[static_cast<std::size_t>(shares_[static_cast<std::size_t>(id)])];
    };
    if (std::none_of(outputs.begin(), outputs.end(), written)) continue;  // the loss does not depend on it
    if (step.kind == Step::Kind::Chain)
      backward_chain(step.index, samples);
    else if (step.kind == Step::Kind::Join)
      backward_join(steps_.joins[step.index], samples);
    else
      backward_node(step.index, samples, seed);
  }
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
