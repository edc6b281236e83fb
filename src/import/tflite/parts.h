// Internal to the .tflite importer: how its three steps (buffers and tensors, options, the whole) talk to
// each other. The FlatBuffers Verifier has been over the bytes before any of this runs: offsets are safe to
// follow.  What the numbers *mean* (indices, sizes, types) is checked here.
#pragma once

#include <cstring>
#include <set>
#include <vector>

#include "graph/op.h"
#include "import/tflite/limits.h"
#include "tflite_generated.h"

namespace mote::tflite {

/// Bytes that may still be copied out of the file.  A sound file names each of its parts once (some share a
/// shape), so copies stay below twice its size; a hostile one points at the same megabyte from a thousand places.
class Budget {
 public:
  explicit Budget(std::size_t bytes) : left_(bytes) {}
  Result<void> take(std::size_t bytes) {
    if (bytes > left_) return error("parts of the file overlap each other", "the file is damaged");
    left_ -= bytes;
    return {};
  }

 private:
  std::size_t left_;
};

/// A vector's elements.  Copied bytewise: the Verifier does not promise that 8-byte elements are aligned.
template <class T>
Result<std::vector<T>> copy_of(const flatbuffers::Vector<T>* from, Budget& budget) {
  std::vector<T> out;
  if (from == nullptr || from->size() == 0) return out;
  MOTE_TRY_VOID(budget.take(from->size() * sizeof(T)));
  out.resize(from->size());
  std::memcpy(out.data(), from->Data(), out.size() * sizeof(T));
  return out;
}

/// Printable ASCII of at most kMaxNameBytes; other characters become '_'.
std::string clean_name(const flatbuffers::String* name);

/// `wanted`, or when it is taken `wanted_2` … `wanted_9`, or else one with `index`, which is the caller's own; takes it.
std::string unique_name(const std::string& wanted, std::size_t index, std::set<std::string>& taken);

/// The file's buffers, each copied once however many tensors share it.
class Buffers {
 public:
  Buffers(const Model& model, Budget& budget) : model_(model), budget_(budget) {}
  /// The bytes of buffer `index`; null when it holds none.
  Result<std::shared_ptr<const Bytes>> at(std::uint32_t index);

 private:
  const Model& model_;
  Budget& budget_;
  std::map<std::uint32_t, std::shared_ptr<const Bytes>> copies_;
};

/// A tensor's type and scales without its constant.
Result<mote::Tensor> read_type(const Tensor& from, Budget& budget);
/// A quantized constant as the floats that it stands for, with a name of its own.
mote::Tensor dequantized(const mote::Tensor& quantized);
/// A state's value after a reset: the zero point everywhere.
Bytes zero_point_bytes(const mote::TensorType& type, const Quant& quant);

/// What a subgraph is for.
struct SubgraphUse {
  enum class Kind : std::uint8_t { None, Body, Initializer } kind = Kind::None;  ///< Body: subgraph 0 too
};
/// Of each subgraph; one that nothing calls, or that calls itself, is an error.
Result<std::vector<SubgraphUse>> find_uses(const Model& model);

/// A resource variable: all VAR_HANDLEs of one name.
struct Variable {
  std::string name;
  mote::TensorType type;
  Quant quant;
  std::vector<std::pair<std::size_t, TensorId>> handles;  ///< subgraph, tensor
  bool typed = false;
};
Result<std::vector<Variable>> find_variables(const Model& model, const std::vector<SubgraphUse>& uses,
                                             Budget& budget);

/// All tensors of the subgraph, in the file's order: a TensorId is the index in the file until unused ones are dropped.
Result<std::vector<mote::Tensor>> read_tensors(const Model& model, const SubGraph& graph, Buffers& buffers,
                                               Budget& budget);

/// The operator's own name: "CONV_2D"; for a custom one the name it brings, which is never a built-in one's.  Never empty.
std::string name_of(const OperatorCode& code);
/// Is it the name of an operator of the schema?
bool is_builtin(const std::string& op);

/// The options of operator `op` as attributes by the schema's field names, defaults filled in; enum values are words.
Result<Attributes> read_options(const std::string& op, const Operator& from, Budget& budget);

}  // namespace mote::tflite
