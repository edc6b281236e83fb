#include "app/eval_reference.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "base/system.h"
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

/// Layers without those that only change the type, for matching by place.
std::vector<Computed> comparable(const Graph& graph) {
  std::vector<Computed> all;
  for (const Node& node : graph.nodes) {
    const bool converts = node.op == "quantize" || node.op == "dequantize";
    if (!converts && node.outputs.size() == 1) all.push_back({node.outputs[0], &node});
  }
  return all;
}

/// Pairs layers: by the name of the tensor, then, where both networks have the same layers in order, by place.
void match_layers(const Graph& ours, const Graph& theirs, std::vector<Watched>& tensors) {
  std::set<TensorId> taken, taken_there;
  for (const Watched& watched : tensors) {
    taken.insert(watched.ours);
    taken_there.insert(watched.theirs);
  }
  const auto match = [&](const Computed& a, const Computed& b, const char* how) {
    if (taken.count(a.tensor) > 0 || taken_there.count(b.tensor) > 0) return;
    if (ours.tensor(a.tensor).type.count() != theirs.tensor(b.tensor).type.count()) return;
    taken.insert(a.tensor);
    taken_there.insert(b.tensor);
    Watched watched;
    watched.ours = a.tensor;
    watched.theirs = b.tensor;
    watched.name = ours.tensor(a.tensor).name;
    watched.op = a.node->op;
    watched.matched_by = how;
    tensors.push_back(std::move(watched));
  };
  const std::vector<Computed> here = comparable(ours), there = comparable(theirs);
  std::map<std::string, const Computed*> by_name;
  for (const Computed& one : there) by_name.emplace(theirs.tensor(one.tensor).name, &one);
  for (const Computed& one : here) {
    const auto found = by_name.find(ours.tensor(one.tensor).name);
    if (found != by_name.end() && found->second->node->op == one.node->op) match(one, *found->second, "name");
  }
  const bool alike = here.size() == there.size() && std::equal(here.begin(), here.end(), there.begin(),
                                                               [](const Computed& a, const Computed& b) {
                                                                 return a.node->op == b.node->op;
                                                               });
  for (std::size_t i = 0; alike && i < here.size(); ++i) match(here[i], there[i], "place");
}

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
  match_layers(ours, theirs, reference.tensors);
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
