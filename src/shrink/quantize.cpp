// Post-training quantization: float module → int8 module, after TFLite's 8-bit quantization specification.
// The recipe: give every constant one role; observe the activations; choose a range each; let ops that move
// bytes without requantizing (pools, reshape, concatenation) share one scale; then turn constants into
// integers. No op is named here: its QuantRule says which inputs are weights and bias and which scales are
// tied or given. Reading order of the room: range.h, observe.h, this file, compare.cpp.
#include "shrink/quantize.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>

#include "graph/op.h"
#include "shrink/observe.h"
#include "shrink/range.h"

namespace mote {
namespace {

// ---- roles of constants

/// What a float constant is to the node that reads it.
struct Role {
  enum class Kind : std::uint8_t { Weight, Bias, Value } kind = Kind::Value;
  int axis = 0;  ///< of weights: the quantized dimension, −1: one scale for all
  bool operator==(const Role&) const = default;
};

Role role_of(const QuantRule& rule, int input) {
  if (input == rule.weight) return {Role::Kind::Weight, rule.channel_axis};
  if (input == rule.bias) return {Role::Kind::Bias, 0};
  return {Role::Kind::Value, 0};
}

bool is_float(const Graph& graph, TensorId id) {
  return id != kNoTensor && graph.tensor(id).type.dtype == DType::F32;
}

bool computes_in_float(const Graph& graph, const Node& node) {
  const auto in_float = [&](TensorId id) { return is_float(graph, id); };
  return std::any_of(node.inputs.begin(), node.inputs.end(), in_float) ||
         std::any_of(node.outputs.begin(), node.outputs.end(), in_float);
}

/// A view moves no bytes, so it needs no rule: its tensors share a scale by nature.
QuantRule rule_of(const Node& node) {
  const OpDef& op = op_of(node);
  if (op.quant != nullptr) return *op.quant;
  QuantRule tied;
  tied.same_scale = true;
  return tied;
}

Result<void> check_rules(const Graph& graph) {
  const bool any_float = std::any_of(graph.nodes.begin(), graph.nodes.end(),
                                     [&](const Node& node) { return computes_in_float(graph, node); });
  if (!any_float) return error("no layer computes in float: the model is int8 already", "use it as it is");
  for (const Node& node : graph.nodes) {
    if (!computes_in_float(graph, node)) continue;
    const OpDef& op = op_of(node);
    if (op.quant == nullptr && !op.view) {
      return error(
          text::cat("layer '", node.name, "': ", node.op, " has no int8 form"),
          text::cat("replace the layer, or keep the model in float; `mote ops ", node.op, "` tells more"));
    }
  }
  return {};
}

/// One role for each constant: a bias shared by two layers has two scales, so the second reader gets a copy.
/// (Weights shared in the same role stay shared.)
void separate_roles(Graph& graph) {
  std::vector<std::optional<Role>> roles(graph.tensors.size());
  for (Node& node : graph.nodes) {
    if (!computes_in_float(graph, node)) continue;
    const QuantRule rule = rule_of(node);
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const TensorId id = node.inputs[i];
      if (!is_float(graph, id) || !graph.tensor(id).is_constant()) continue;
      const Role role = role_of(rule, static_cast<int>(i));
      std::optional<Role>& known = roles[static_cast<std::size_t>(id)];
      if (!known) {
        known = role;
      } else if (!(*known == role) || role.kind == Role::Kind::Bias) {
        Tensor copy = graph.tensor(id);
        node.inputs[i] = graph.add(std::move(copy));
        roles.push_back(role);
      }
    }
  }
}

// ---- ranges of activations

Result<ValueRange> range_seen(const Observation& seen, const QuantizeOptions& options) {
  if (options.calibration == "minmax") return minmax_range(seen);
  if (options.calibration == "percentile") return percentile_range(seen, options.percentile);
  if (options.calibration == "mse") return least_error_range(seen);
  const std::string known[] = {"minmax", "percentile", "mse"};
  return error(text::cat("calibration '", options.calibration, "' is not known"),
               text::suggest(options.calibration, known));
}

// What is measured later may lie outside what calibration saw.  What never was negative stays so: behind a ReLU.
ValueRange with_headroom(ValueRange range, double headroom) {
  const double more = headroom * (range.max - range.min);
  if (range.min < 0) range.min -= more;
  if (range.max > 0) range.max += more;
  return range;
}

Result<void> check_options(const QuantizeOptions& options) {
  MOTE_TRY([[maybe_unused]] const ValueRange range, range_seen(Observation{}, options));
  if (!(options.headroom >= 0 && options.headroom <= 1)) {
    return error(text::cat("headroom ", options.headroom, " is not in [0, 1]"),
                 "0.1 leaves a tenth of the range on each side");
  }
  if (!(options.percentile > 50 && options.percentile <= 100)) {
    return error(text::cat("percentile ", options.percentile, " is not in (50, 100]"),
                 "99.99 cuts one value in ten thousand");
  }
  return {};
}

Result<ValueRange> range_of_constant(const Tensor& tensor) {
  ValueRange range;
  const float* values = elements<float>(tensor);
  for (std::int64_t i = 0; i < tensor.type.count(); ++i) {
    if (!std::isfinite(values[i]))
      return error(text::cat("constant '", tensor.name, "' holds NaN or infinity"));
    range.min = std::min(range.min, static_cast<double>(values[i]));
    range.max = std::max(range.max, static_cast<double>(values[i]));
  }
  return range;
}

using Ranges = std::vector<std::optional<ValueRange>>;  ///< by TensorId; none: no step writes it

Result<Ranges> ranges_of(const Module& module, const CalibrationInputs& inputs,
                         const QuantizeOptions& options) {
  MOTE_TRY(const std::vector<Observation> seen, observe(module, inputs, options.calibration != "minmax"));
  const Graph& graph = module.main();
  Ranges ranges(graph.tensors.size());
  for (std::size_t id = 0; id < ranges.size(); ++id) {
    const Tensor& tensor = graph.tensors[id];
    if (tensor.type.dtype != DType::F32) continue;
    if (tensor.is_constant()) {
      MOTE_TRY(ranges[id], range_of_constant(tensor));
    } else if (seen[id].count > 0) {
      MOTE_TRY(ranges[id], range_seen(seen[id], options));
    }
  }
  return ranges;
}

// ---- tied scales

/// Union-find over tensors: tensors of one group share scale and zero point.  The root is the group's smallest id.
class Ties {
 public:
  explicit Ties(std::size_t tensors) : parent_(tensors) { std::iota(parent_.begin(), parent_.end(), 0); }

  TensorId root(TensorId id) {
    TensorId& up = parent_[static_cast<std::size_t>(id)];
    if (up != id) up = root(up);
    return up;
  }
  void unite(TensorId a, TensorId b) {
    const TensorId first = std::min(root(a), root(b));
    const TensorId second = std::max(root(a), root(b));
    parent_[static_cast<std::size_t>(second)] = first;
  }

 private:
  std::vector<TensorId> parent_;
};

/// A node's float tensors other than weights and bias.
std::vector<TensorId> value_tensors(const Graph& graph, const Node& node, const QuantRule& rule) {
  std::vector<TensorId> ids;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (is_float(graph, node.inputs[i]) && role_of(rule, static_cast<int>(i)).kind == Role::Kind::Value) {
      ids.push_back(node.inputs[i]);
    }
  }
  for (const TensorId id : node.outputs) {
    if (is_float(graph, id)) ids.push_back(id);
  }
  return ids;
}

/// "gru1@7.gates" → "gru1@.gates": what the steps of an unrolled layer have in common.  Empty: the node is no such step.
std::string name_in_all_steps(const std::string& name) {
  const std::size_t at = name.find('@');
  if (at == std::string::npos) return "";
  const std::size_t dot = name.find_first_not_of("0123456789", at + 1);
  if (dot == at + 1 || dot == std::string::npos || name[dot] != '.') return "";
  return name.substr(0, at + 1) + name.substr(dot);
}

/// Each step of an unrolled layer computes in the same scales, so that all share their weights and tables.
void tie_steps(const Graph& graph, Ties& ties) {
  std::map<std::string, const Node*> first;
  for (const Node& node : graph.nodes) {
    const std::string key = name_in_all_steps(node.name);
    if (key.empty()) continue;
    const Node& like = *first.emplace(key, &node).first->second;
    if (like.outputs.size() != node.outputs.size()) continue;
    for (std::size_t i = 0; i < node.outputs.size(); ++i)
      if (is_float(graph, node.outputs[i])) ties.unite(like.outputs[i], node.outputs[i]);
  }
}

Ties tie_tensors(const Graph& graph) {
  Ties ties(graph.tensors.size());
  tie_steps(graph, ties);
  for (const Node& node : graph.nodes) {
    const QuantRule rule = rule_of(node);
    if (!rule.same_scale) continue;
    const std::vector<TensorId> ids = value_tensors(graph, node, rule);
    for (const TensorId id : ids) ties.unite(ids.front(), id);
  }
  return ties;
}

/// What a group of tied tensors has in common.
struct Group {
  std::optional<ValueRange> range;
  std::optional<ScalePoint> fixed;  ///< given by an op (softmax), whatever the range
};

/// A given scale must hold what is tied to it; half a per cent over the edge is clipped without harm (a softmax of 1).
Result<void> check_fixed(const Group& group, const std::string& layer) {
  const double scale = static_cast<double>(group.fixed->scale);
  const double low = scale * (-128 - group.fixed->zero_point), high = scale * (127 - group.fixed->zero_point);
  const double slack = 0.005 * (high - low);
  if (!group.range || (group.range->min >= low - slack && group.range->max <= high + slack)) return {};
  return error(
      text::cat("layer '", layer, "' fixes its output to [", low, ", ", high,
                "], but what it is joined with spans [", group.range->min, ", ", group.range->max, "]"),
      "do not concatenate it with values of another range; make it a model output of its own");
}

/// Scale and zero point by TensorId; none for tensors that are not float values.  Ranges that no op gives get headroom.
Result<std::vector<std::optional<ScalePoint>>> choose_scales(const Graph& graph, const Ranges& ranges,
                                                             double headroom) {
  Ties ties = tie_tensors(graph);
  std::vector<bool> is_value(graph.tensors.size(), false);
  for (const GraphInput& input : graph.inputs)
    is_value[static_cast<std::size_t>(input.tensor)] = is_float(graph, input.tensor);
  for (const Node& node : graph.nodes) {
    for (const TensorId id : value_tensors(graph, node, rule_of(node)))
      is_value[static_cast<std::size_t>(id)] = true;
  }

  std::vector<Group> groups(graph.tensors.size());
  std::map<const Group*, const Node*> fixed_by;  // the first node that does
  const auto group_of = [&](std::size_t id) -> Group& {
    return groups[static_cast<std::size_t>(ties.root(static_cast<TensorId>(id)))];
  };
  for (const Node& node : graph.nodes) {
    const QuantRule rule = rule_of(node);
    if (!(rule.fixed_output_scale > 0)) continue;
    for (const TensorId id : node.outputs) {
      if (!is_float(graph, id)) continue;
      Group& group = group_of(static_cast<std::size_t>(id));
      const ScalePoint fixed{rule.fixed_output_scale, rule.fixed_output_zero_point};
      if (group.fixed && (group.fixed->scale != fixed.scale || group.fixed->zero_point != fixed.zero_point)) {
        return error(
            text::cat("layer '", node.name, "' is joined with a layer that fixes another output scale"),
            "do not concatenate the two; make each a model output of its own");
      }
      group.fixed = fixed;
      fixed_by.emplace(&group, &node);
    }
  }
  for (std::size_t id = 0; id < is_value.size(); ++id) {
    if (!is_value[id] || !ranges[id]) continue;
    Group& group = group_of(id);
    const bool is_given = group.fixed || graph.tensors[id].is_constant();
    const ValueRange range = is_given ? *ranges[id] : with_headroom(*ranges[id], headroom);
    std::optional<ValueRange>& all = group.range;
    all = all ? ValueRange{std::min(all->min, range.min), std::max(all->max, range.max)} : range;
  }
  for (const auto& [group, node] : fixed_by) MOTE_TRY_VOID(check_fixed(*group, node->name));

  std::vector<std::optional<ScalePoint>> scales(graph.tensors.size());
  for (std::size_t id = 0; id < is_value.size(); ++id) {
    if (!is_value[id]) continue;
    const Group& group = group_of(id);
    if (!group.fixed && !group.range) {
      return error(
          text::cat("tensor '", graph.tensors[id].name, "' was never computed over the calibration samples"));
    }
    scales[id] = group.fixed ? *group.fixed : scale_of(*group.range);
  }
  return scales;
}

// ---- constants

// Largest |weight| of a channel that counts as zero: its scale times an activation's must still be a normal float.
constexpr double kDeadChannel = 1e-10;
// A bias takes at most half of int32, which leaves the other half to the sum of products.
constexpr double kBiasLimit = 1 << 30;

/// Channels of weights: element i belongs to channel (i / inner) % channels.
struct Channels {
  std::int64_t channels = 1, inner = 1;
  std::size_t of(std::int64_t i) const { return static_cast<std::size_t>(i / inner % channels); }
};

Channels channels_of(const Shape& shape, int axis) {
  if (axis < 0) return {1, 1};
  const auto a = static_cast<std::ptrdiff_t>(axis);
  return {shape[static_cast<std::size_t>(axis)], count_of(Shape(shape.begin() + a + 1, shape.end()))};
}

/// One symmetric scale a channel: the largest |weight| becomes 127.  A dead channel takes the scale of the
/// loudest one. Where a bias would not fit in kBiasLimit steps of in_scale · scale, the scale grows until it
/// does: such weights are too small beside their bias to matter at that resolution.
std::vector<float> weight_scales(const Tensor& weights, const Channels& channels, const float* bias,
                                 std::int64_t biases, double in_scale) {
  std::vector<double> peak(static_cast<std::size_t>(channels.channels), 0.0);
  const float* values = elements<float>(weights);
  for (std::int64_t i = 0; i < weights.type.count(); ++i) {
    double& p = peak[channels.of(i)];
    p = std::max(p, std::abs(static_cast<double>(values[i])));
  }
  const double loudest = *std::max_element(peak.begin(), peak.end());
  for (double& p : peak) {
    if (p < kDeadChannel) p = loudest < kDeadChannel ? 1.0 : loudest;
  }

  std::vector<float> scales;
  for (const double p : peak) scales.push_back(static_cast<float>(p / 127.0));
  for (std::int64_t i = 0; i < biases; ++i) {
    float& scale = scales[scales.size() == 1 ? 0 : static_cast<std::size_t>(i)];
    scale =
        std::max(scale, static_cast<float>(std::abs(static_cast<double>(bias[i])) / (in_scale * kBiasLimit)));
  }
  return scales;
}

void quantize_weights(Tensor& tensor, const Channels& channels, const std::vector<float>& scales, int axis) {
  const float* values = elements<float>(tensor);
  std::vector<std::int8_t> quantized(static_cast<std::size_t>(tensor.type.count()));
  for (std::int64_t i = 0; i < tensor.type.count(); ++i) {
    const double steps = static_cast<double>(values[i]) / static_cast<double>(scales[channels.of(i)]);
    quantized[static_cast<std::size_t>(i)] =
        static_cast<std::int8_t>(std::clamp(std::round(steps), -127.0, 127.0));
  }
  tensor.type.dtype = DType::S8;
  tensor.quant = Quant{scales, std::vector<std::int32_t>(scales.size(), 0), axis < 0 ? 0 : axis};
  tensor.constant = to_constant(quantized);
}

/// bias_scale = in_scale · weight_scale, multiplied in float as the file format stores it.
void quantize_bias(Tensor& tensor, float in_scale, const std::vector<float>& weight_scales_of_layer) {
  const float* values = elements<float>(tensor);
  std::vector<float> scales;
  for (const float scale : weight_scales_of_layer) scales.push_back(in_scale * scale);
  std::vector<std::int32_t> quantized;
  for (std::int64_t i = 0; i < tensor.type.count(); ++i) {
    const float scale = scales[scales.size() == 1 ? 0 : static_cast<std::size_t>(i)];
    const double steps = std::round(static_cast<double>(values[i]) / static_cast<double>(scale));
    quantized.push_back(static_cast<std::int32_t>(std::clamp(steps, -2147483648.0, 2147483647.0)));
  }
  tensor.type.dtype = DType::S32;
  tensor.quant = Quant{scales, std::vector<std::int32_t>(scales.size(), 0), 0};
  tensor.constant = to_constant(quantized);
}

/// Weights and bias of one layer; the activations have their scales by now.
Result<void> quantize_layer(Graph& graph, const Node& node) {
  const QuantRule rule = rule_of(node);
  const auto input = [&](int i) {
    return i >= 0 && i < static_cast<int>(node.inputs.size()) ? node.inputs[static_cast<std::size_t>(i)]
                                                              : kNoTensor;
  };
  const TensorId weight = input(rule.weight);
  if (weight == kNoTensor) return {};
  Tensor& weights = graph.tensor(weight);
  if (!weights.is_constant()) {
    return error(text::cat("layer '", node.name, "': weights that are computed have no int8 form"),
                 "make the weights constants of the model");
  }
  const TensorId bias = input(rule.bias);
  const bool has_bias = is_float(graph, bias);
  const Quant& in = graph.tensor(node.inputs.front()).quant;
  MOTE_CHECK(in, "the first input of a layer with weights is an activation with a scale");

  if (weights.type.dtype == DType::F32) {  // else done already: shared with an earlier layer
    const Channels channels = channels_of(weights.type.shape, rule.channel_axis);
    const Tensor* b = has_bias ? &graph.tensor(bias) : nullptr;
    if (b != nullptr && channels.channels > 1 && b->type.count() != channels.channels) {
      return error(text::cat("layer '", node.name, "': ", b->type.count(), " biases for ", channels.channels,
                             " channels"));
    }
    const std::vector<float> scales =
        weight_scales(weights, channels, b != nullptr ? elements<float>(*b) : nullptr,
                      b != nullptr ? b->type.count() : 0, static_cast<double>(in.scale.front()));
    quantize_weights(weights, channels, scales, rule.channel_axis);
  }
  for (const float scale : weights.quant.scale) {
    if (!std::isnormal(scale) || !std::isnormal(scale * in.scale.front())) {
      return error(
          text::cat("layer '", node.name, "': weights and input differ too much in size for int8 (scales ",
                    scale, " and ", in.scale.front(), ")"),
          "scale the model's input to about 1");
    }
  }
  if (has_bias) quantize_bias(graph.tensor(bias), in.scale.front(), weights.quant.scale);
  return {};
}

void quantize_value(Tensor& tensor, const ScalePoint& chosen) {
  tensor.quant = Quant{{chosen.scale}, {chosen.zero_point}, 0};
  tensor.type.dtype = DType::S8;
  if (!tensor.is_constant()) return;
  const float* values = elements<float>(tensor);
  const Bytes bytes = to_tensor_bytes(tensor, {values, static_cast<std::size_t>(tensor.type.count())});
  tensor.constant = std::make_shared<const Bytes>(bytes);
}

}  // namespace

Result<Quantized> quantize(const Module& module, const CalibrationInputs& inputs,
                           const QuantizeOptions& options) {
  MOTE_TRY_VOID(check_options(options));
  MOTE_TRY_VOID(verify(module, Stage::Canonical));
  MOTE_TRY_VOID(check_rules(module.main()));

  Quantized result{module, {}};
  separate_roles(result.module.main());
  MOTE_TRY(const Ranges ranges, ranges_of(result.module, inputs, options));
  Graph& graph = result.module.main();
  MOTE_TRY(const auto scales, choose_scales(graph, ranges, options.headroom));
  for (std::size_t id = 0; id < scales.size(); ++id) {
    if (scales[id]) quantize_value(graph.tensors[id], *scales[id]);
  }
  for (const Node& node : graph.nodes) MOTE_TRY_VOID(quantize_layer(graph, node));
  MOTE_TRY_VOID(verify(result.module, Stage::Quantized));
  MOTE_TRY(result.layers, compare_layers(module, result.module, inputs));
  return result;
}

}  // namespace mote
