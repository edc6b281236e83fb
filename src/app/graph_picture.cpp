#include "app/graph_picture.h"

#include <algorithm>

#include "base/text.h"
#include "graph/op.h"

namespace mote {

using text::cat;

std::string family_of(const std::string& op) {
  struct Rule {
    const char *part, *family;
  };
  // By parts of the name, the first that occurs; a new op finds its family by being named as such ops are.
  static const Rule rules[] = {
      {"quantize", "quantization"},
      {"conv", "convolution"},
      {"lstm", "recurrent"},
      {"gru", "recurrent"},
      {"rnn", "recurrent"},
      {"svdf", "recurrent"},
      {"variable", "recurrent"},
      {"assign", "recurrent"},
      {"handle", "recurrent"},
      {"fully_connected", "dense"},
      {"matmul", "dense"},
      {"embedding", "dense"},
      {"norm", "normalization"},
      {"pool", "reduction"},
      {"mean", "reduction"},
      {"sum", "reduction"},
      {"reduce", "reduction"},
      {"arg_", "reduction"},
      {"softmax", "activation"},
      {"relu", "activation"},
      {"logistic", "activation"},
      {"tanh", "activation"},
      {"elu", "activation"},
      {"swish", "activation"},
      {"sigmoid", "activation"},
      {"dropout", "activation"},
      {"shape", "shape"},
      {"concat", "shape"},
      {"pad", "shape"},
      {"slice", "shape"},
      {"split", "shape"},
      {"transpose", "shape"},
      {"pack", "shape"},
      {"gather", "shape"},
      {"squeeze", "shape"},
      {"expand", "shape"},
      {"tile", "shape"},
      {"resize", "shape"},
      {"space", "shape"},
      {"broadcast", "shape"},
      {"reverse", "shape"},
      {"fill", "shape"},
      {"mirror", "shape"},
      {"scatter", "shape"},
  };
  for (const Rule& rule : rules) {
    if (op.find(rule.part) != std::string::npos) return rule.family;
  }
  return "elementwise";
}

std::string type_text(const Tensor& tensor) {
  return cat(name_of(tensor.type.dtype), to_text(tensor.type.shape));
}

std::string quant_words(const Quant& quant) {
  if (!quant) return "";
  if (!quant.per_channel())
    return cat("scale ", text::shortest(quant.scale[0]), ", zero point ", quant.zero_point[0]);
  const auto [low, high] = std::minmax_element(quant.scale.begin(), quant.scale.end());
  return cat(quant.scale.size(), " scales along axis ", quant.axis, ", ", text::shortest(*low), " … ",
             text::shortest(*high));
}

namespace {

std::string attribute_text(const Attribute& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return cat(*integer);
  if (const auto* real = std::get_if<double>(&value)) return text::shortest(static_cast<float>(*real));
  if (const auto* word = std::get_if<std::string>(&value)) return *word;
  std::string list;
  const auto& numbers = std::get<std::vector<std::int64_t>>(value);
  for (std::size_t i = 0; i < numbers.size() && i < 16; ++i) list += cat(i == 0 ? "" : ",", numbers[i]);
  return cat("[", list, numbers.size() > 16 ? ",…" : "", "]");
}

std::string with_quant(const Tensor& tensor) {
  const std::string quant = quant_words(tensor.quant);
  return cat(type_text(tensor), quant.empty() ? "" : ", " + quant);
}

std::string hover_of(const Graph& graph, const Node& node, std::size_t index, const std::string& note) {
  std::string words = cat("#", index, " ", node.op, " '", node.name, "'");
  for (const auto& [name, value] : node.attributes) {
    const std::string value_words = attribute_text(value);
    if (!value_words.empty()) words += cat("; ", name, " ", value_words);
  }
  for (const TensorId id : node.inputs) {
    if (id != kNoTensor && graph.tensor(id).is_constant())
      words += cat("; constant '", graph.tensor(id).name, "' ", with_quant(graph.tensor(id)));
  }
  for (const TensorId id : node.outputs) {
    if (id != kNoTensor) words += cat("; output ", with_quant(graph.tensor(id)));
  }
  return note.empty() ? words : cat(words, "; ", note);
}

/// The part of a name that tells layers apart: behind the last '/' of its last piece that is not a bias.
std::string short_name(const std::string& name) {
  const std::string first = name.substr(0, name.find(';'));
  return first.size() <= 30 ? first : "…" + first.substr(first.size() - 29);
}

std::string title_of(const Node& node) {
  const auto activation = node.attributes.find("activation");
  if (activation == node.attributes.end()) return node.op;
  const auto* word = std::get_if<std::string>(&activation->second);
  return word == nullptr || word->empty() || *word == "none" ? node.op : cat(node.op, " + ", *word);
}

}  // namespace

report::GraphDrawing picture_of(const Module& module, const std::vector<std::string>& notes) {
  const Graph& graph = module.main();
  report::GraphDrawing drawing;
  drawing.name = "the graph of the network";
  std::vector<int> made_by(graph.tensors.size(), -1);  // box by tensor
  const auto edge_from = [&](TensorId id, int to) {
    if (id == kNoTensor || made_by[static_cast<std::size_t>(id)] < 0) return;
    const Tensor& tensor = graph.tensor(id);
    drawing.edges.push_back({made_by[static_cast<std::size_t>(id)], to, type_text(tensor),
                             cat("'", tensor.name, "' ", with_quant(tensor))});
  };
  for (const GraphInput& input : graph.inputs) {
    const Tensor& tensor = graph.tensor(input.tensor);
    made_by[static_cast<std::size_t>(input.tensor)] = static_cast<int>(drawing.boxes.size());
    drawing.boxes.push_back(
        {"input", short_name(tensor.name), cat("input '", tensor.name, "' ", with_quant(tensor)), -1});
  }
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    const std::string family = family_of(node.op);
    auto known = std::find(drawing.legend.begin(), drawing.legend.end(), family);
    if (known == drawing.legend.end()) known = drawing.legend.insert(known, family);
    const int box = static_cast<int>(drawing.boxes.size());
    drawing.boxes.push_back({title_of(node), short_name(node.name),
                             hover_of(graph, node, i, i < notes.size() ? notes[i] : ""),
                             static_cast<int>(known - drawing.legend.begin())});
    for (const TensorId id : node.inputs) edge_from(id, box);
    for (const TensorId id : node.outputs) {
      if (id != kNoTensor) made_by[static_cast<std::size_t>(id)] = box;
    }
  }
  for (const TensorId id : graph.outputs) {
    const int box = static_cast<int>(drawing.boxes.size());
    drawing.boxes.push_back({"output", short_name(graph.tensor(id).name),
                             cat("output '", graph.tensor(id).name, "' ", with_quant(graph.tensor(id))), -1});
    edge_from(id, box);
  }
  return drawing;
}

}  // namespace mote
