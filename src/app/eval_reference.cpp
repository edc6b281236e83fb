#include "app/eval_reference.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "base/system.h"
#include "graph/op.h"
#include "import/import.h"
#include "passes/pipeline.h"

namespace mote {
using text::cat;

void ErrorSum::add(std::span<const float> reference, std::span<const float> values) {
  for (std::size_t i = 0; i < reference.size() && i < values.size(); ++i) {
    const double wanted = reference[i], error = static_cast<double>(values[i]) - wanted;
    signal += wanted * wanted;
    noise += error * error;
    absolute += std::fabs(error);
    most = std::max(most, std::fabs(error));
    ++count;
  }
}

void ErrorSum::add(const ErrorSum& other) {
  signal += other.signal;
  noise += other.noise;
  absolute += other.absolute;
  most = std::max(most, other.most);
  count += other.count;
}

double ErrorSum::sqnr_db() const {
  if (noise == 0) return std::numeric_limits<double>::infinity();
  if (signal == 0) return -std::numeric_limits<double>::infinity();
  return 10 * std::log10(signal / noise);
}

namespace {

/// Tensors that nodes compute, in order, with the node.
struct Computed {
  TensorId tensor;
  const Node* node;
};
std::vector<Computed> computed_tensors(const Graph& graph) {
  std::vector<Computed> all;
  for (const Node& node : graph.nodes) {
    for (const TensorId id : node.outputs) {
      if (id != kNoTensor) all.push_back({id, &node});
    }
  }
  return all;
}

std::string op_of_tensor(const Graph& graph, TensorId id) {
  for (const Computed& computed : computed_tensors(graph)) {
    if (computed.tensor == id) return computed.node->op;
  }
  return "";
}

Result<std::vector<float>> given_values(const std::string& file, const NpyArray& array, const Tensor& tensor,
                                        std::uint32_t cases, const EvalRequest& request) {
  if (!text::starts_with(array.dtype, "<f"))
    return error(cat(file, ": holds '", array.dtype, "', real values are wanted"),
                 "save the float model's results as float32");
  MOTE_TRY_VOID(check_shape(file, array, tensor));
  const std::int64_t found = array.count() / tensor.type.count();
  const bool some = request.samples && found > std::int64_t{cases};
  if (found != std::int64_t{cases} && !some)
    return error(cat(file, ": has ", found, " cases, the data has ", cases),
                 "the same cases in the same order");
  std::vector<float> values = to_floats(array);
  values.resize(static_cast<std::size_t>(tensor.type.count()) * cases);
  MOTE_TRY_VOID(check_finite(file, values, static_cast<std::size_t>(tensor.type.count())));
  return values;
}

Result<Reference> from_outputs(const Module& module, const EvalRequest& request, std::uint32_t cases) {
  const Graph& graph = module.main();
  if (request.references.size() > graph.outputs.size()) {
    return usage_error(cat(request.references.size(), " --reference files are given, the model has ",
                           graph.outputs.size(), " outputs"),
                       "one .npy for each output, in order, or a .npz of tensors by name");
  }
  Reference reference;
  for (std::size_t i = 0; i < request.references.size(); ++i) {
    const std::string& file = request.references[i];
    MOTE_TRY(const NpyArray array, read_npy_file(file));
    Watched watched;
    watched.ours = graph.outputs[i];
    const Tensor& tensor = graph.tensor(watched.ours);
    MOTE_TRY(watched.given, given_values(file, array, tensor, cases, request));
    watched.name = tensor.name;
    watched.op = op_of_tensor(graph, watched.ours);
    watched.matched_by = "output";
    watched.output = static_cast<int>(i);
    reference.tensors.push_back(std::move(watched));
  }
  return reference;
}

int output_index(const Graph& graph, TensorId id) {
  const auto found = std::find(graph.outputs.begin(), graph.outputs.end(), id);
  return found == graph.outputs.end() ? -1 : static_cast<int>(found - graph.outputs.begin());
}

Result<Reference> from_archive(const Module& module, const EvalRequest& request, std::uint32_t cases) {
  const std::string& file = request.references.front();
  MOTE_TRY(const Bytes bytes, read_file(file));
  auto arrays = read_npz(bytes);
  if (!arrays) return arrays.error().in(file);
  const Graph& graph = module.main();
  Reference reference;
  std::set<std::string> used;
  std::vector<std::string> names;
  for (const Computed& computed : computed_tensors(graph)) {
    const Tensor& tensor = graph.tensor(computed.tensor);
    names.push_back(tensor.name);
    for (const auto& [name, array] : *arrays) {
      if (name != tensor.name && text::identifier(name) != text::identifier(tensor.name)) continue;
      used.insert(name);
      Watched watched;
      watched.ours = computed.tensor;
      MOTE_TRY(watched.given, given_values(cat(file, ", '", name, "'"), array, tensor, cases, request));
      watched.name = tensor.name;
      watched.op = computed.node->op;
      watched.matched_by = "name";
      watched.output = output_index(graph, computed.tensor);
      reference.tensors.push_back(std::move(watched));
      break;
    }
  }
  for (const auto& [name, array] : *arrays) {
    if (used.count(name) == 0) reference.unused.push_back(name);
  }
  if (reference.tensors.empty()) {
    const std::string first = reference.unused.empty() ? "" : reference.unused.front();
    return error(cat(file, ": none of its ", arrays->size(), " arrays has the name of a tensor",
                     first.empty() ? "" : ": '" + first + "', …"),
                 cat("names are the file's: '", names.empty() ? "" : names.back(),
                     "', …; `mote inspect --json` lists them"));
  }
  return reference;
}

/// Only the type or the shape changes.
bool converts(const Node& node) {
  return node.op == "quantize" || node.op == "dequantize" || op_of(node).view;
}

/// Layers that compute.
std::vector<Computed> comparable(const Graph& graph) {
  std::vector<Computed> all;
  for (const Node& node : graph.nodes) {
    if (!converts(node) && node.outputs.size() == 1) all.push_back({node.outputs[0], &node});
  }
  return all;
}

/// The tensor whose bytes these are, behind changes of shape and type.
TensorId computed_as(const Graph& graph, TensorId id) {
  for (std::size_t n = graph.nodes.size(); n-- > 0;) {  // a node stands behind those that it reads
    const Node& node = graph.nodes[n];
    if (converts(node) && !node.outputs.empty() && node.outputs[0] == id) id = node.inputs[0];
  }
  return id;
}

/// Pairs the layers of two networks that compute the same in other steps (a dense layer as a convolution, fused activations):
/// the outputs first, then tensors of one name, then, between two pairs, those of one element count in their order, where both
/// networks have as many of them.
class Matching {
 public:
  Matching(const Graph& ours, const Graph& theirs)
      : ours_(ours),
        theirs_(theirs),
        here_(comparable(ours)),
        there_(comparable(theirs)),
        partner_(here_.size(), kNone),
        taken_(there_.size(), false) {}

  void outputs(const std::vector<Watched>& outputs) {
    for (const Watched& output : outputs) {
      const std::size_t a = index_of(here_, computed_as(ours_, output.ours));
      const std::size_t b = index_of(there_, computed_as(theirs_, output.theirs));
      if (a != kNone && b != kNone) pair(a, b);
      given_.insert(a);
    }
  }

  /// As the files have them, then as writing a file leaves them: "a/Relu;b/BiasAdd" → "a_Relu".
  void names(std::vector<Watched>& tensors) {
    same_names(tensors, [](const std::string& name) { return name; });
    same_names(tensors,
               [](const std::string& name) { return text::identifier(name.substr(0, name.find(';'))); });
  }

  void places(std::vector<Watched>& tensors) {
    std::size_t a_begin = 0, b_begin = 0;
    for (std::size_t a = 0; a <= here_.size(); ++a) {
      const bool end = a == here_.size();
      if (!end && (partner_[a] == kNone || partner_[a] < b_begin)) continue;  // of crossing pairs, the first
      const std::size_t b = end ? there_.size() : partner_[a];
      between(a_begin, a, b_begin, b, tensors);
      a_begin = a + 1;
      b_begin = b + 1;
    }
  }

  std::vector<std::string> alone() const {
    std::vector<std::string> names;
    for (std::size_t a = 0; a < here_.size(); ++a) {
      if (partner_[a] == kNone && given_.count(a) == 0) names.push_back(ours_.tensor(here_[a].tensor).name);
    }
    return names;
  }

 private:
  static constexpr std::size_t kNone = SIZE_MAX;

  /// Pairs tensors whose keys are equal and nobody else's.
  template <class KeyOf>
  void same_names(std::vector<Watched>& tensors, const KeyOf& key_of) {
    std::map<std::string, std::vector<std::size_t>> here, there;
    for (std::size_t a = 0; a < here_.size(); ++a)
      here[key_of(ours_.tensor(here_[a].tensor).name)].push_back(a);
    for (std::size_t b = 0; b < there_.size(); ++b)
      there[key_of(theirs_.tensor(there_[b].tensor).name)].push_back(b);
    for (const auto& [key, mine] : here) {
      const auto found = there.find(key);
      if (found == there.end() || mine.size() != 1 || found->second.size() != 1) continue;
      if (pair(mine[0], found->second[0])) watch(mine[0], "name", tensors);
    }
  }

  static std::size_t index_of(const std::vector<Computed>& all, TensorId id) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].tensor == id) return i;
    }
    return kNone;
  }

  std::int64_t count_here(std::size_t a) const { return ours_.tensor(here_[a].tensor).type.count(); }
  std::int64_t count_there(std::size_t b) const { return theirs_.tensor(there_[b].tensor).type.count(); }

  bool pair(std::size_t a, std::size_t b) {
    if (partner_[a] != kNone || taken_[b] || given_.count(a) > 0 || count_here(a) != count_there(b))
      return false;
    partner_[a] = b;
    taken_[b] = true;
    return true;
  }

  void watch(std::size_t a, const char* how, std::vector<Watched>& tensors) const {
    Watched watched;
    watched.ours = here_[a].tensor;
    watched.theirs = there_[partner_[a]].tensor;
    watched.name = ours_.tensor(watched.ours).name;
    watched.op = here_[a].node->op;
    watched.matched_by = how;
    tensors.push_back(std::move(watched));
  }

  void between(std::size_t a_begin, std::size_t a_end, std::size_t b_begin, std::size_t b_end,
               std::vector<Watched>& tensors) {
    std::map<std::int64_t, std::vector<std::size_t>> here, there;  // by element count
    for (std::size_t a = a_begin; a < a_end; ++a) {
      if (partner_[a] == kNone && given_.count(a) == 0) here[count_here(a)].push_back(a);
    }
    for (std::size_t b = b_begin; b < b_end; ++b) {
      if (!taken_[b]) there[count_there(b)].push_back(b);
    }
    for (const auto& [count, mine] : here) {
      const std::vector<std::size_t>& other = there[count];
      if (mine.size() != other.size()) continue;
      for (std::size_t i = 0; i < mine.size(); ++i) {
        if (pair(mine[i], other[i])) watch(mine[i], "place", tensors);
      }
    }
  }

  const Graph &ours_, &theirs_;
  std::vector<Computed> here_, there_;
  std::vector<std::size_t> partner_;  ///< by index in here_: of there_
  std::vector<bool> taken_;           ///< by index in there_
  std::set<std::size_t> given_;       ///< of here_: outputs, which are compared already
};

Result<Reference> from_model(const Module& module, const EvalRequest& request) {
  const std::string& file = request.reference_model;
  MOTE_TRY(Module imported, import_model(file));
  auto canonical = canonicalize(std::move(imported));
  if (!canonical) return canonical.error().in(file);
  if (auto ok = verify(*canonical, Stage::Deployable); !ok) return ok.error().in(file);
  Reference reference;
  reference.model = std::make_unique<Module>(std::move(*canonical));
  const Graph &ours = module.main(), &theirs = reference.model->main();
  if (ours.inputs.size() != theirs.inputs.size() || ours.outputs.size() != theirs.outputs.size()) {
    return error(cat(file, ": has ", theirs.inputs.size(), " inputs and ", theirs.outputs.size(),
                     " outputs, the model has ", ours.inputs.size(), " and ", ours.outputs.size()),
                 "the reference is the same network in float");
  }
  for (std::size_t i = 0; i < ours.inputs.size(); ++i) {
    const Tensor &a = ours.tensor(ours.inputs[i].tensor), &b = theirs.tensor(theirs.inputs[i].tensor);
    if (a.type.count() == b.type.count()) continue;
    return error(
        cat(file, ": takes ", to_text(b.type.shape), " where the model takes ", to_text(a.type.shape)),
        "the reference is the same network in float");
  }
  for (std::size_t i = 0; i < ours.outputs.size(); ++i) {
    const Tensor &a = ours.tensor(ours.outputs[i]), &b = theirs.tensor(theirs.outputs[i]);
    if (a.type.count() != b.type.count())
      return error(
          cat(file, ": gives ", to_text(b.type.shape), " where the model gives ", to_text(a.type.shape)),
          "the reference is the same network in float");
    Watched watched;
    watched.ours = ours.outputs[i];
    watched.theirs = theirs.outputs[i];
    watched.name = a.name;
    watched.op = op_of_tensor(ours, watched.ours);
    watched.matched_by = "output";
    watched.output = static_cast<int>(i);
    reference.tensors.push_back(std::move(watched));
  }
  Matching matching(ours, theirs);
  matching.outputs(reference.tensors);
  matching.names(reference.tensors);
  matching.places(reference.tensors);
  reference.alone = matching.alone();
  return reference;
}

}  // namespace

Result<std::optional<Reference>> read_reference(const Module& module, const EvalRequest& request,
                                                std::uint32_t cases) {
  if (!request.references.empty() && !request.reference_model.empty())
    return usage_error("--reference and --reference-model are both given", "one of them says what is right");
  if (!request.reference_model.empty()) {
    MOTE_TRY(Reference reference, from_model(module, request));
    return std::optional<Reference>(std::move(reference));
  }
  if (request.references.empty()) return std::optional<Reference>();
  const bool archive =
      request.references.size() == 1 && text::ends_with(text::lower(request.references[0]), ".npz");
  MOTE_TRY(Reference reference,
           archive ? from_archive(module, request, cases) : from_outputs(module, request, cases));
  return std::optional<Reference>(std::move(reference));
}

}  // namespace mote
