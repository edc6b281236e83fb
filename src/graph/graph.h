// THE model.  A Module is everything that becomes a firmware: graphs of nodes over tensors, and the state they keep.
//
// The same type holds a float network being trained, an imported .tflite, a quantized network ready to be
// planned; which one it is, is a matter of `Stage` and checked by `verify`.  A node's meaning is its OpDef,
// found by name in the registry (op.h); what it becomes on a device is a list of KernelCalls (kernel.h).
//
// Reading order of the room: graph.h (the data) → op.h (what an op is) → kernel.h (what runs).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/text.h"

namespace mote {

// ---- tensors

/// How an element computes.  How a constant *lies in flash* is another matter: see Storage.
enum class DType : std::uint8_t { F32, S8, S16, S32, S64, U8, U32, U64, Bool };

std::string_view name_of(DType dtype);  ///< "f32", "s8", …
std::size_t bytes_of(DType dtype);      ///< of one element

/// Extents, outermost first.  Activations are NHWC with a leading batch of 1; a time series [T, C] is [1, T, 1, C].
using Shape = std::vector<std::int32_t>;
std::int64_t count_of(const Shape& shape);  ///< number of elements; 1 for a scalar (empty shape)
std::string to_text(const Shape& shape);    ///< "[1,49,10,1]"

struct TensorType {
  DType dtype = DType::F32;
  Shape shape;
  std::int64_t count() const { return count_of(shape); }
  std::size_t bytes() const { return static_cast<std::size_t>(count()) * bytes_of(dtype); }
  bool operator==(const TensorType&) const = default;
};

/// real = scale · (q − zero_point).  One scale for the tensor, or one for each index of `axis` (then zero points are 0).
struct Quant {
  std::vector<float> scale;              ///< empty: not quantized; all > 0
  std::vector<std::int32_t> zero_point;  ///< as many as scales
  int axis = 0;                          ///< the quantized dimension when there are several scales
  bool per_channel() const { return scale.size() > 1; }
  explicit operator bool() const { return !scale.empty(); }
  bool operator==(const Quant&) const = default;
};

/// How a constant lies in flash.  A lossless encoding that `plan` chooses from the values: never an op, never a format.
enum class Storage : std::uint8_t { Dense, Int4, NM, Cluster, Coded };

/// Memory that outlives an inference: resource variables, LSTM and SVDF state, ring buffers, FFT overlap.
using StateId = std::int32_t;  ///< index in Module::states; -1: none

using TensorId = std::int32_t;
inline constexpr TensorId kNoTensor = -1;  ///< an optional input that is absent

struct Tensor {
  std::string name;
  TensorType type;
  Quant quant;
  Storage storage = Storage::Dense;
  std::shared_ptr<const Bytes>
      constant;                    ///< little-endian, dense, type.bytes() long; null: computed at run time
  bool trainable = false;          ///< a constant that training changes
  StateId state = -1;              ///< the tensor *is* that state: it has a value before the first node runs
  std::int32_t source_index = -1;  ///< its index in the file it was imported from; -1: made here
  bool is_constant() const { return constant != nullptr; }
};

/// A constant's elements.  T must be the C++ type of the dtype.
template <class T>
const T* elements(const Tensor& tensor) {
  return reinterpret_cast<const T*>(tensor.constant->data());
}
template <class T>
std::shared_ptr<const Bytes> to_constant(const std::vector<T>& values) {
  const auto* first = reinterpret_cast<const std::uint8_t*>(values.data());
  return std::make_shared<const Bytes>(first, first + values.size() * sizeof(T));
}

// ---- nodes

/// What an op's Schema allows as an attribute.
using Attribute = std::variant<std::int64_t, double, std::string, std::vector<std::int64_t>>;
using Attributes = std::map<std::string, Attribute>;

using GraphId = std::int32_t;

struct Node {
  std::string op;    ///< OpDef::name
  std::string name;  ///< the layer's name as the user knows it; unique in its graph
  Attributes attributes;
  std::vector<TensorId> inputs;  ///< in the order of the op's Schema; kNoTensor for an absent optional one
  std::vector<TensorId> outputs;
  std::vector<GraphId> bodies;  ///< of control flow: IF then/else, WHILE condition/body
};

/// Where samples enter.  Several inputs at several rates are normal: an ECG window and its RR intervals, say.
struct GraphInput {
  TensorId tensor = kNoTensor;
  double rate_hz = 0;  ///< how often one element along the time axis arrives; 0: once per inference
  std::string unit;    ///< of the real value, "mV"
};

struct Graph {
  std::string name;
  std::vector<Tensor> tensors;
  std::vector<Node> nodes;  ///< in an order that can be executed: a tensor is written before it is read
  std::vector<GraphInput> inputs;
  std::vector<TensorId> outputs;

  Tensor& tensor(TensorId id) { return tensors[static_cast<std::size_t>(id)]; }
  const Tensor& tensor(TensorId id) const { return tensors[static_cast<std::size_t>(id)]; }
  TensorId add(Tensor tensor);  ///< appends; the name is made unique
};

// ---- module

/// One list for all that is kept between inferences; `reset` restores `init`.
struct StateVar {
  StateId id = 0;  ///< its index in Module::states
  std::string name;
  TensorType type;
  Bytes init;  ///< type.bytes() long
};

struct Module {
  std::vector<Graph> graphs;  ///< [0] is the network; others are bodies of control flow, or `mote.front_end`
  std::vector<StateVar> states;
  std::map<std::string, Bytes> metadata;  ///< e.g. "labels": one a line; "provenance"

  Graph& main() { return graphs.front(); }
  const Graph& main() const { return graphs.front(); }
};

/// Class names from the metadata, or empty.
std::vector<std::string> labels_of(const Module& module);
void set_labels(Module& module, const std::vector<std::string>& labels);

// ---- stages

/// What a Module has become.  Each stage promises all that the earlier ones do.
enum class Stage : std::uint8_t {
  Imported,    ///< indices and shapes are right, every op is known, types are what the ops infer
  Canonical,   ///< the pipeline's passes have run: activations fused, constants folded, no dropout
  Trained,     ///< weights are finite floats
  Quantized,   ///< every tensor that computes has a scale; constants are in range
  Deployable,  ///< every op lowers to kernel calls
};

/// Checks all that `stage` promises.  The error names graph, node and tensor.
Result<void> verify(const Module& module, Stage stage);

/// The module as text, one line a node: what pass tests are written in and what `inspect` prints.
///   input  x s8[1,49,10,1]
///   y = conv2d(x, w=s8[64,10,4,1], bias=s32[64]) stride=[2,2] padding=same activation=relu → s8[1,25,5,64]
std::string to_text(const Module& module);

}  // namespace mote
