// The [model] table of mote.toml: layers as lines of text become a float Module that training can start from.
// `parse_layers` reads the text and checks words and arguments (no shapes yet); `build_network` knows the
// inputs, so it checks shapes and makes the graph.  The table of layer words in network.cpp is also what
// docs/reference/mote-toml.md lists.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/dataset.h"
#include "graph/graph.h"

namespace mote {

/// One layer as the user wrote it, its arguments checked and completed with their defaults.
struct Layer {
  std::string word;      ///< "conv1d"
  std::string text;      ///< "conv1d 16 kernel=7", for messages
  Attributes arguments;  ///< by the word's own names; an argument without default that was left out is absent
  int line = 0;          ///< in the file
  int index = 0;         ///< counted over the whole model, from 1
};

/// One line: "wave, rhythm: concat | dense labels | softmax -> result".
struct LayerChain {
  std::vector<std::string> from;  ///< inputs or earlier results; empty: the chain before (or the only input)
  std::vector<Layer> layers;      ///< at least one
  std::string result;             ///< the name after "->"; may be empty
  int line = 0;
};

/// The [model] table: either `layers` or a named template.
struct ModelDescription {
  std::string file = "mote.toml";  ///< for messages
  std::string template_name;       ///< empty: `chains` are the model
  int width = 8;                   ///< of a template: channels of its first layer
  std::vector<LayerChain> chains;
};

/// An input of the network, as the data set delivers it: shape of one sample, [time, channels], [height,
/// width, channels] or [features].
struct NetworkInput {
  std::string name, unit;
  double rate_hz = 0;
  std::vector<std::int32_t> shape;
};
std::vector<NetworkInput> network_inputs(const Dataset& data);

/// Reads layer text whose first line is line `first_line` of `file`.  Errors name line and layer.
Result<std::vector<LayerChain>> parse_layers(std::string_view text, const std::string& file, int first_line);

/// What the network is to answer.
struct NetworkTask {
  Task task = Task::Classification;
  std::vector<std::string> labels;  ///< names of the classes; empty where there are none
  std::size_t outputs = 0;          ///< Dataset::outputs
};
NetworkTask network_task(const Dataset& data);

/// The names of the templates, and the layer text that one of them stands for with these inputs and this task: what a
/// user can copy into `layers` and go on from.
std::vector<std::string> template_names();
Result<std::string> template_layers(const ModelDescription& model, std::span<const NetworkInput> inputs,
                                    const NetworkTask& task);

/// The float network, batch norm and dropout included, weights zero (see initialize_weights): one graph, its
/// inputs in the order given, one output: probabilities by label (of multi-label tasks each on its own), numbers, or, of
/// anomaly detection, the first input again, in its shape.
Result<Module> build_network(const ModelDescription& model, std::span<const NetworkInput> inputs,
                             const NetworkTask& task);
/// A classifier of these labels.
Result<Module> build_network(const ModelDescription& model, std::span<const NetworkInput> inputs,
                             const std::vector<std::string>& labels);
Result<Module> build_network(const ModelDescription& model, const Dataset& data);

/// The tables of layer words, arguments and templates for the reference page.
std::string layer_reference_markdown();

}  // namespace mote
