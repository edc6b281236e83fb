// What each Stage promises, checked.  Rules that belong to one op stand in its OpDef (`infer`, `verify`).
#include <algorithm>
#include <cmath>
#include <set>

#include "graph/check.h"
#include "graph/kernel.h"

namespace mote {

namespace {

Error bad_layer(const Node& node, const std::string& what, std::string hint = {}) {
  return error(text::cat("layer '", node.name, "' (", node.op, "): ", what), std::move(hint));
}

std::vector<std::string> names_of_ops() {
  std::vector<std::string> names;
  for (const OpDef* op : op_registry()) names.emplace_back(op->name);
  return names;
}

Result<void> check_attributes(const Node& node, const Schema& schema) {
  std::vector<std::string> known;
  for (const AttributeSpec& spec : schema.attributes) known.emplace_back(spec.name);
  for (const auto& entry : node.attributes) {  // clang 14 captures no structured bindings
    const std::string& name = entry.first;
    const Attribute& value = entry.second;
    const auto spec = std::find_if(schema.attributes.begin(), schema.attributes.end(),
                                   [&](const AttributeSpec& s) { return s.name == name; });
    if (spec == schema.attributes.end())
      return bad_layer(node, text::cat("unknown attribute '", name, "'"), text::suggest(name, known));
    if (spec->default_value.index() != value.index())
      return bad_layer(node, text::cat("attribute '", name, "' has the wrong type"));
    const auto in_range = [&](std::int64_t v) { return v >= spec->min && v <= spec->max; };
    bool fits = true;
    if (const auto* v = std::get_if<std::int64_t>(&value)) fits = in_range(*v);
    if (const auto* list = std::get_if<std::vector<std::int64_t>>(&value))
      fits = std::all_of(list->begin(), list->end(), in_range);
    if (!fits)
      return bad_layer(node,
                       text::cat("attribute '", name, "' is out of its range ", spec->min, "…", spec->max));
    const auto* word = std::get_if<std::string>(&value);
    if (word && !spec->choices.empty() &&
        std::find(spec->choices.begin(), spec->choices.end(), *word) == spec->choices.end()) {
      return bad_layer(node, text::cat("attribute '", name, "' cannot be '", *word, "'"),
                       text::suggest(*word, spec->choices));
    }
  }
  return {};
}

}  // namespace

Result<void> check_schema(const Graph& graph, const Node& node) {
  const OpDef* op = find_op(node.op);
  if (op == nullptr) return bad_layer(node, "there is no such op", text::suggest(node.op, names_of_ops()));
  const Schema& schema = op->schema;
  const bool variadic = !schema.inputs.empty() && schema.inputs.back().variadic;
  if (!variadic && node.inputs.size() > schema.inputs.size()) {
    return bad_layer(
        node, text::cat("has ", node.inputs.size(), " inputs, the op takes at most ", schema.inputs.size()));
  }
  for (std::size_t i = 0; i < std::max(node.inputs.size(), schema.inputs.size()); ++i) {
    const PortSpec& port = schema.inputs[std::min(i, schema.inputs.size() - 1)];
    const bool given = i < node.inputs.size() && node.inputs[i] != kNoTensor;
    if (!given) {
      if (!port.optional) return bad_layer(node, text::cat("the input '", port.name, "' is missing"));
      continue;
    }
    if (node.inputs[i] < 0 || static_cast<std::size_t>(node.inputs[i]) >= graph.tensors.size()) {
      return bad_layer(node, text::cat("input '", port.name, "' is tensor ", node.inputs[i],
                                       ", and there are ", graph.tensors.size()));
    }
    if (port.constant && !graph.tensor(node.inputs[i]).is_constant()) {
      return bad_layer(node, text::cat("the input '", port.name, "' must be a constant"));
    }
  }
  return check_attributes(node, schema);
}

namespace {

Result<void> check_tensor(const Tensor& tensor) {
  const auto bad = [&](const std::string& what) {
    return error(text::cat("tensor '", tensor.name, "': ", what));
  };
  constexpr std::int64_t most = INT32_MAX;
  std::int64_t count = 1;
  for (const std::int32_t extent : tensor.type.shape) {
    if (extent < 1) return bad(text::cat("has the extent ", extent, " in ", to_text(tensor.type.shape)));
    count *= extent;
    if (count > most) return bad(text::cat("is too large: ", to_text(tensor.type.shape)));
  }
  if (tensor.is_constant() && tensor.constant->size() != tensor.type.bytes()) {
    return bad(text::cat("holds ", tensor.constant->size(), " bytes, its type needs ", tensor.type.bytes()));
  }
  const Quant& quant = tensor.quant;
  if (quant.scale.size() != quant.zero_point.size())
    return bad("has different numbers of scales and zero points");
  for (const float scale : quant.scale) {
    if (!(scale > 0) || !std::isfinite(scale)) return bad(text::cat("has the scale ", text::shortest(scale)));
  }
  if (quant.per_channel()) {
    const auto axis = static_cast<std::size_t>(quant.axis);
    if (quant.axis < 0 || axis >= tensor.type.shape.size() ||
        static_cast<std::size_t>(tensor.type.shape[axis]) != quant.scale.size()) {
      return bad(text::cat("has ", quant.scale.size(), " scales along axis ", quant.axis, " of ",
                           to_text(tensor.type.shape)));
    }
  }
  if (tensor.type.dtype == DType::S8) {
    for (const std::int32_t zero : quant.zero_point) {
      if (zero < -128 || zero > 127) return bad(text::cat("has the zero point ", zero, ", outside −128…127"));
    }
  }
  return {};
}

Result<void> check_graph(const Graph& graph, std::size_t graphs) {
  for (const Tensor& tensor : graph.tensors) MOTE_TRY_VOID(check_tensor(tensor));
  const auto exists = [&](TensorId id) {
    return id >= 0 && static_cast<std::size_t>(id) < graph.tensors.size();
  };
  std::vector<bool> written(graph.tensors.size(), false);
  for (std::size_t i = 0; i < graph.tensors.size(); ++i)
    written[i] = graph.tensors[i].is_constant() || graph.tensors[i].state >= 0;
  std::set<TensorId> inputs;
  for (const GraphInput& input : graph.inputs) {
    if (!exists(input.tensor))
      return error(text::cat("input ", input.tensor, " is not a tensor of the graph"));
    if (graph.tensor(input.tensor).is_constant())
      return error(text::cat("input '", graph.tensor(input.tensor).name, "' is a constant"));
    if (graph.tensor(input.tensor).state >= 0)
      return error(text::cat("input '", graph.tensor(input.tensor).name,
                             "' is memory that is kept between inferences; it cannot be an input too"));
    if (!inputs.insert(input.tensor).second)
      return error(text::cat("input '", graph.tensor(input.tensor).name, "' is named twice"));
    written[static_cast<std::size_t>(input.tensor)] = true;
  }
  std::set<std::string> names;
  for (const Node& node : graph.nodes) {
    MOTE_TRY_VOID(check_schema(graph, node));
    if (!names.insert(node.name).second) return bad_layer(node, "another layer has the same name");
    for (const TensorId id : node.inputs) {
      if (id != kNoTensor && !written[static_cast<std::size_t>(id)]) {
        return bad_layer(node,
                         text::cat("reads '", graph.tensor(id).name, "' before anything has written it"));
      }
    }
    for (const GraphId body : node.bodies) {
      if (body < 1 || static_cast<std::size_t>(body) >= graphs)
        return bad_layer(node, text::cat("has the body ", body, ", which is no graph"));
    }
    const OpDef& op = op_of(node);
    for (const TensorId id : node.outputs) {
      if (!exists(id)) return bad_layer(node, text::cat("writes tensor ", id, ", which does not exist"));
      if (written[static_cast<std::size_t>(id)])
        return bad_layer(node, text::cat("writes '", graph.tensor(id).name, "', which has a value already"));
      written[static_cast<std::size_t>(id)] = true;
    }
    auto types = op.infer(NodeRef{graph, node});
    if (!types) return types.error().in(text::cat("layer '", node.name, "'"));
    if (types->size() != node.outputs.size()) {
      return bad_layer(node,
                       text::cat("has ", node.outputs.size(), " outputs, the op makes ", types->size()));
    }
    for (std::size_t i = 0; i < types->size(); ++i) {
      const TensorType& stated = graph.tensor(node.outputs[i]).type;
      if (stated == (*types)[i]) continue;
      return bad_layer(node,
                       text::cat("its output is said to be ", name_of(stated.dtype), to_text(stated.shape),
                                 ", it computes ", name_of((*types)[i].dtype), to_text((*types)[i].shape)));
    }
  }
  if (graph.outputs.empty()) return error("the graph has no outputs");
  for (const TensorId id : graph.outputs) {
    if (!exists(id) || !written[static_cast<std::size_t>(id)])
      return error(text::cat("output ", id, " is never written"));
  }
  return {};
}

Result<void> check_weights_are_finite(const Graph& graph) {
  for (const Tensor& tensor : graph.tensors) {
    if (!tensor.is_constant() || tensor.type.dtype != DType::F32) continue;
    const float* values = elements<float>(tensor);
    for (std::int64_t i = 0; i < tensor.type.count(); ++i) {
      if (!std::isfinite(values[i])) {
        return error(text::cat("tensor '", tensor.name, "' holds ", text::shortest(values[i])),
                     "train with a lower learning rate, or take a sound file");
      }
    }
  }
  return {};
}

Result<void> check_scales(const Graph& graph) {
  for (const Node& node : graph.nodes) {
    const QuantRule* rule = op_of(node).quant;
    if (rule == nullptr || rule->same_scale) continue;  // moves bytes, whatever they mean
    for (const auto* ids : {&node.inputs, &node.outputs}) {
      for (const TensorId id : *ids) {
        if (id == kNoTensor) continue;
        const Tensor& tensor = graph.tensor(id);
        if (tensor.type.dtype == DType::S8 && !tensor.quant)
          return bad_layer(node, text::cat("the tensor '", tensor.name, "' has no scale"));
      }
    }
  }
  return {};
}

Result<void> check_state(const Tensor& tensor, const Module& module) {
  if (tensor.state < 0) return {};
  const auto state = static_cast<std::size_t>(tensor.state);
  if (state >= module.states.size() || module.states[state].type != tensor.type || tensor.is_constant())
    return error(text::cat("tensor '", tensor.name, "' is not the state that it names"));
  return {};
}

/// What a node hands to a body, or gets from one, has the body's types.
Result<void> check_handed(const Node& node, const std::string& what, const Graph& outer,
                          std::span<const TensorId> ids, const Graph& body,
                          const std::vector<TensorId>& ends) {
  if (ids.size() != ends.size())
    return bad_layer(node,
                     text::cat("has ", ids.size(), " ", what, ", its body '", body.name, "' ", ends.size()));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] == kNoTensor) return bad_layer(node, text::cat(what, "[", i, "] is missing"));
    const TensorType &given = outer.tensor(ids[i]).type, &wanted = body.tensor(ends[i]).type;
    if (given == wanted) continue;
    return bad_layer(
        node,
        text::cat(what, "[", i, "] is ", name_of(given.dtype), to_text(given.shape), ", its body '",
                  body.name, "' has ", name_of(wanted.dtype), to_text(wanted.shape)),
        "shapes must stay the same from pass to pass: memory is planned before the device runs");
  }
  return {};
}

/// Nodes, tensors and copies of values together; any network for a microcontroller has thousands at most.
constexpr std::size_t kMostParts = 1000000;

/// How many parts a graph comes to when each body stands where it is called; an error when a graph calls itself, or when they
/// are too many.
class Expansion {
 public:
  explicit Expansion(const Module& module) : module_(module), parts_(module.graphs.size(), kUnknown) {}

  Result<std::size_t> of(std::size_t graph) {
    if (parts_[graph] == kOpen)
      return error(text::cat("graph '", module_.graphs[graph].name, "' calls itself"),
                   "a device has no recursion; convert the model without it");
    if (parts_[graph] != kUnknown) return parts_[graph];
    parts_[graph] = kOpen;
    std::size_t total = 1;
    for (const Node& node : module_.graphs[graph].nodes) {
      total += 1 + node.inputs.size() + 3 * node.outputs.size();  // values are copied in and out
      for (const GraphId body : node.bodies) {
        MOTE_TRY(const std::size_t parts, of(static_cast<std::size_t>(body)));
        total += parts + module_.graphs[static_cast<std::size_t>(body)].tensors.size();
      }
      if (total > kMostParts)
        return error(text::cat("graph '", module_.graphs[graph].name,
                               "' comes to too many layers when each body stands where it is called"),
                     "call a body in fewer places");
    }
    return parts_[graph] = total;
  }

 private:
  static constexpr std::size_t kUnknown = SIZE_MAX, kOpen = SIZE_MAX - 1;
  const Module& module_;
  std::vector<std::size_t> parts_;
};

/// if(condition, x…): both bodies take x… and give the outputs.  while(x…): the condition takes x… and gives one bool, the
/// body takes and gives what the node does.
Result<void> check_bodies(const Module& module) {
  for (const Graph& graph : module.graphs) {
    for (const Node& node : graph.nodes) {
      if (node.bodies.empty()) continue;
      if (node.bodies.size() != 2)
        return bad_layer(node, text::cat("has ", node.bodies.size(), " bodies; it needs two"));
      const bool loops = node.op == "while";
      for (std::size_t b = 0; b < 2; ++b) {
        const Graph& body = module.graphs[static_cast<std::size_t>(node.bodies[b])];
        std::vector<TensorId> ins;
        for (const GraphInput& input : body.inputs) ins.push_back(input.tensor);
        const auto given = std::span<const TensorId>(node.inputs).subspan(loops ? 0 : 1);
        MOTE_TRY_VOID(check_handed(node, "inputs", graph, given, body, ins));
        if (loops && b == 0) {
          const bool one = body.outputs.size() == 1 &&
                           body.tensor(body.outputs[0]).type.dtype == DType::Bool &&
                           body.tensor(body.outputs[0]).type.count() == 1;
          if (!one) return bad_layer(node, "its condition must give one bool");
          continue;
        }
        MOTE_TRY_VOID(check_handed(node, "outputs", graph, node.outputs, body, body.outputs));
      }
    }
  }
  return {};
}

}  // namespace

Result<void> verify(const Module& module, Stage stage) {
  if (module.graphs.empty()) return error("the model has no graph");
  for (const Graph& graph : module.graphs) {
    const std::string where = text::cat("graph '", graph.name, "'");
    if (auto ok = check_graph(graph, module.graphs.size()); !ok) return ok.error().in(where);
    if (stage >= Stage::Trained) {
      if (auto ok = check_weights_are_finite(graph); !ok) return ok.error().in(where);
    }
    if (stage >= Stage::Quantized) {
      if (auto ok = check_scales(graph); !ok) return ok.error().in(where);
    }
    for (const Node& node : graph.nodes) {
      const OpDef& op = op_of(node);
      if (op.verify != nullptr) {
        if (auto ok = op.verify(NodeRef{graph, node}, stage); !ok)
          return ok.error().in(text::cat("layer '", node.name, "'"));
      }
      if (stage == Stage::Deployable && !op.view && node.bodies.empty()) {
        if (op.lower == nullptr) return bad_layer(node, "cannot run on a device");
        const auto calls = op.lower(NodeRef{graph, node});
        if (!calls) return calls.error().in(text::cat("layer '", node.name, "'"));
        for (const KernelCall& call : *calls) {
          if (auto ok = check_sums(call); !ok) return ok.error().in(text::cat("layer '", node.name, "'"));
        }
      }
    }
  }
  MOTE_TRY_VOID(check_bodies(module));
  Expansion expansion(module);
  for (std::size_t g = 0; g < module.graphs.size(); ++g) {
    MOTE_TRY([[maybe_unused]] const std::size_t parts, expansion.of(g));
  }
  for (const Graph& graph : module.graphs) {
    for (const Tensor& tensor : graph.tensors) MOTE_TRY_VOID(check_state(tensor, module));
  }
  for (std::size_t i = 0; i < module.states.size(); ++i) {
    const StateVar& state = module.states[i];
    const bool whole = std::all_of(state.type.shape.begin(), state.type.shape.end(),
                                   [](std::int32_t extent) { return extent >= 1; });
    if (state.id != static_cast<StateId>(i) || !whole || state.init.size() != state.type.bytes()) {
      return error(text::cat("state '", state.name, "' is not what its type says"));
    }
  }
  return {};
}

}  // namespace mote
