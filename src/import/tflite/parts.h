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

/// All tensors of the subgraph, in the file's order: a TensorId is the index in the file until unused ones are dropped.
Result<std::vector<mote::Tensor>> read_tensors(const SubGraph& graph, Buffers& buffers, Budget& budget);

/// The operator's own name: "CONV_2D"; for a custom one the name it brings.  Never empty.
std::string name_of(const OperatorCode& code);

/// The options of operator `op` as attributes by the schema's field names, defaults filled in; enum values are words.
Result<Attributes> read_options(const std::string& op, const Operator& from, Budget& budget);

}  // namespace mote::tflite
