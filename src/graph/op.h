// What an op is.  An op is one file, src/ops/<family>/<name>.cpp, that defines one OpDef: everything the host
// knows about it.  Being in the folder is the registration.  Nothing outside that file knows the op by name,
// except passes that are about it (folding batch norm is about batch norm).
//
// The rules at the end (format, gradient, quantization, streaming, rows, channels) are what other rooms ask
// for.  A null rule says "this op cannot do that", and whoever asks gives the user an error with the op's name.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <span>

#include "graph/graph.h"

namespace mote {

struct KernelCall;  // kernel.h
namespace learn {
struct Part;  // math/layers.h
}

/// A node with the graph it stands in: what every function of an OpDef gets.
struct NodeRef {
  const Graph& graph;
  const Node& node;

  const Tensor& in(int i) const { return graph.tensor(node.inputs[static_cast<std::size_t>(i)]); }
  const Tensor& out(int i) const { return graph.tensor(node.outputs[static_cast<std::size_t>(i)]); }
  bool has_in(int i) const {
    return i < static_cast<int>(node.inputs.size()) && node.inputs[static_cast<std::size_t>(i)] != kNoTensor;
  }
  /// An attribute, or the schema's default.  The schema has been checked, so a wrong type is a bug of ours.
  std::int64_t integer(std::string_view name) const;
  double real(std::string_view name) const;
  const std::string& word(std::string_view name) const;
  const std::vector<std::int64_t>& integers(std::string_view name) const;
};

// ---- schema

struct PortSpec {
  std::string_view name;
  std::string_view doc;  ///< shape, unit, range
  bool optional = false;
  bool variadic = false;  ///< the last port may repeat (concatenation)
  bool constant = false;  ///< must be a constant
};

struct AttributeSpec {
  std::string_view name;
  std::string_view doc;
  Attribute default_value;                        ///< also fixes the type
  std::vector<std::string> choices = {};          ///< of a word
  std::int64_t min = INT64_MIN, max = INT64_MAX;  ///< of integers
};

/// What a user reads with `mote ops NAME`, and what `verify` holds a node against.
struct Schema {
  std::string_view doc;
  std::vector<PortSpec> inputs = {}, outputs = {};
  std::vector<AttributeSpec> attributes = {};
};

// ---- rules

/// What one inference costs before any kernel is chosen.
struct Work {
  std::int64_t macs = 0;
  std::int64_t weight_bytes = 0;
};

/// An op of a file format in neutral form: the importer reads the container, the op's rule reads this.
struct ForeignNode {
  std::string op;  ///< the format's own name: "CONV_2D"
  int version = 1;
  Attributes attributes;                  ///< by the format's own names: "stride_h"
  std::vector<TensorId> inputs, outputs;  ///< of the graph under construction
  std::string name;
  std::vector<TensorId> intermediates = {};  ///< tensors that only carry scales (LSTM)
};

struct FormatRule {
  std::string_view format;  ///< "tflite"
  std::string_view op;      ///< ForeignNode::op that `read` understands and `write` makes
  Result<void> (*read)(const ForeignNode&, Graph&);  ///< appends node(s); tensors exist already
  /// May add constants the format wants (a shape, say)
  Result<ForeignNode> (*write)(const NodeRef&, Graph&);
};

/// Training.  Float only, batch-major: a tensor of the graph (leading batch 1) has `batch` times its elements here.
struct TrainCall {
  NodeRef node;
  int batch = 1;
  bool training = true;    ///< false: evaluation (batch norm uses running figures, dropout passes)
  std::uint64_t seed = 0;  ///< of this node in this step
  /// Activations, batch-major; constants as they are (running figures may be written)
  std::vector<float*> in;
  std::vector<float*> out;
  /// To be added to for constants, to be overwritten for activations; null: not wanted
  std::vector<float*> grad_in;
  std::vector<const float*> grad_out;
  float* saved = nullptr;  ///< what forward keeps for backward: `saved(node, batch)` floats
};
struct GradRule {
  std::size_t (*saved)(const NodeRef&, int batch);  ///< null: nothing
  void (*forward)(const TrainCall&);
  void (*backward)(const TrainCall&);
  /// What losses and initial weights ask for: Softmax's and Sigmoid's inputs are logits, a Rectifier halves the variance.
  enum class Role : std::uint8_t { Other, Rectifier, Softmax, Sigmoid } role = Role::Other;
  /// What the op is in a chain that trains as one layer (math/layers.h); null: it always stands alone.
  learn::Part (*part)(const NodeRef&) = nullptr;
};

/// How the op's tensors get scales in int8, after TFLite's 8-bit specification.
struct QuantRule {
  int weight = -1;  ///< input that is a symmetric s8 constant, one scale per index of `channel_axis`
  int channel_axis = 0;
  int bias = -1;  ///< input that is s32 at scale in·weight, zero point 0
  /// All activations share one scale and zero point (pools, reshape, concatenation)
  bool same_scale = false;
  float fixed_output_scale = 0;              ///< > 0: the output's scale is given (softmax: 1/256 …)
  std::int32_t fixed_output_zero_point = 0;  ///< (… and −128)
};

/// The op along its time axis (dimension 1 of NHWC): what streaming needs.
struct StreamRule {
  struct Window {
    int kernel, stride, dilation, pad_before;
  };  ///< in steps of the input's time axis
  Window (*time)(const NodeRef&);
};

/// Rows [begin, end) of dimension 1.
struct RowSpan {
  std::int32_t begin = 0, end = 0;
  bool operator==(const RowSpan&) const = default;
};
/// Row locality: which input rows the output rows need, before clipping to the image.
struct RowRule {
  RowSpan (*rows)(const NodeRef&, int input, RowSpan out);
};

/// Which channel dimensions are tied, so that pruning one prunes the others and a scale can move through.
struct ChannelRule {
  bool passes_through = false;  ///< channel c of the output is channel c of every activation input
  int weight_in_axis = -1;      ///< of input 1: its axis that follows the input's channels
  int weight_out_axis = -1;     ///< of input 1: its axis that becomes the output's channels
};

// ---- the op

struct OpDef {
  std::string_view name;
  Schema schema;

  /// Output types from input types and attributes; checks what the schema cannot say.
  Result<std::vector<TensorType>> (*infer)(const NodeRef&) = nullptr;
  /// What this op promises at a stage beyond the schema (scales of a quantized pool agree, say); null:
  /// nothing more.
  Result<void> (*verify)(const NodeRef&, Stage) = nullptr;
  /// The kernel calls that compute the node: target-free, canonical weights, every number decided.
  Result<std::vector<KernelCall>> (*lower)(const NodeRef&) = nullptr;
  Work (*work)(const NodeRef&) = nullptr;

  /// Memory that the op keeps between inferences without a tensor in any file (delays, noise estimates): one state each,
  /// initially zero; the importer appends them to the node's inputs.  Null: none.
  std::vector<TensorType> (*own_state)(const NodeRef&) = nullptr;

  /// The output is the input's bytes under another shape (reshape): no call; the planner gives both one address.
  bool view = false;

  std::span<const FormatRule> formats = {};
  const GradRule* grad = nullptr;
  const QuantRule* quant = nullptr;
  const StreamRule* stream = nullptr;
  const RowRule* rows = nullptr;
  const ChannelRule* channels = nullptr;
};

/// All ops, in order of their files' names.
std::span<const OpDef* const> op_registry();
/// The op of that name, or null.
const OpDef* find_op(std::string_view name);
/// The op of that name; that it is known has been verified.
const OpDef& op_of(const Node& node);

/// Appends a node and its inferred output tensors (named after the node); gives the first output, if any.
/// An error when the schema or the op refuses it: it names the node.
Result<TensorId> append_node(Graph& graph, Node node);

/// A file of src/ops defines its op with this; the name is the path below src/ops, '/' as '_' (CMake lists them so).
#define MOTE_OP(file) const ::mote::OpDef& mote_op_##file()

}  // namespace mote
