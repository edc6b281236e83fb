#include "graph/evaluate.h"

#include <algorithm>
#include <map>

#include "graph/check.h"

namespace mote {

namespace {

/// Memory of one evaluation: outputs by tensor, scratch by argument.  8-byte units keep every address aligned.
class Memory {
 public:
  void* of(TensorId id, std::size_t bytes) {
    auto& units = tensors_[id];
    units.resize(std::max(units.size(), (bytes + 7) / 8 + 1));
    return units.data();
  }
  void* scratch(std::size_t bytes) {
    scratch_.emplace_back((bytes + 7) / 8 + 1);
    return scratch_.back().data();
  }
  /// Constants are bytes anywhere; kernels want elements aligned.
  void* copy(const Bytes& bytes) {
    void* at = scratch(bytes.size());
    std::copy(bytes.begin(), bytes.end(), static_cast<std::uint8_t*>(at));
    return at;
  }

 private:
  std::map<TensorId, std::vector<std::uint64_t>> tensors_;
  std::vector<std::vector<std::uint64_t>> scratch_;
};

Result<void> run(const KernelCall& call, const Graph& graph, Memory& memory) {
  MOTE_TRY_VOID(check_sums(call));
  const KernelVariant& reference = reference_of(call.kernel);
  Packed packed = reference.pack ? reference.pack(call) : Packed{call.params, call.args};
  if (reference.scratch != nullptr) packed.args.push_back({DType::U8, Arg::Temp{reference.scratch(call)}});
  std::vector<void*> buffers;
  for (const Arg& arg : packed.args) {
    if (const auto* rom = std::get_if<Arg::Rom>(&arg.what))
      buffers.push_back(rom->constant ? memory.copy(rom->constant->bytes) : nullptr);
    else if (const auto* out = std::get_if<Arg::Out>(&arg.what))
      buffers.push_back(memory.of(out->tensor, graph.tensor(out->tensor).type.bytes()));
    else if (const auto* temp = std::get_if<Arg::Temp>(&arg.what))
      buffers.push_back(memory.scratch(temp->bytes));
    else if (const auto* in = std::get_if<Arg::In>(&arg.what))  // an output of an earlier call of the node
      buffers.push_back(memory.of(in->tensor, graph.tensor(in->tensor).type.bytes()));
    else
      return error("keeps state between inferences");
  }
  reference.run(packed, buffers);
  return {};
}

}  // namespace

Result<std::vector<Bytes>> evaluate(const NodeRef& ref) {
  const OpDef& op = op_of(ref.node);
  std::vector<Bytes> outputs;
  if (op.view) {
    outputs.push_back(*ref.in(0).constant);
    return outputs;
  }
  if (op.lower == nullptr) return error(text::cat("'", op.name, "' has no kernels"));
  MOTE_TRY(const std::vector<KernelCall> calls, op.lower(ref));
  Memory memory;
  for (const KernelCall& call : calls) MOTE_TRY_VOID(run(call, ref.graph, memory));
  for (const TensorId id : ref.node.outputs) {
    const std::size_t bytes = ref.graph.tensor(id).type.bytes();
    const auto* first = static_cast<const std::uint8_t*>(memory.of(id, bytes));
    outputs.emplace_back(first, first + bytes);
  }
  return outputs;
}

}  // namespace mote
