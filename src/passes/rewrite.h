// What rewriting passes have in common: who writes a tensor, who reads it, taking nodes out, giving constants new values.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "graph/op.h"

namespace mote {

/// Index of the node that writes `tensor`, or nothing (a graph input, a constant).
std::optional<std::size_t> writer_of(const Graph& graph, TensorId tensor);
/// How many node inputs and graph outputs name `tensor`.
int count_reads(const Graph& graph, TensorId tensor);

/// The node whose first output feeds `node`'s first input and nothing else, or nothing.
std::optional<std::size_t> only_feeder_of(const Graph& graph, const Node& node);

/// Node `later` disappears into node `earlier`, which from now on writes later's output under its own name (a
/// model output keeps its name).  later's only input was earlier's output.
void merge_into_earlier(Graph& graph, std::size_t earlier, std::size_t later);
/// Node `index` disappears: whoever read its output reads its first input.
/// False, and nothing done, where that would make a graph input a graph output.
bool take_out(Graph& graph, std::size_t index);

/// Constant `values` as input `index` of `node`: in place when nobody else reads the old constant, else as a new tensor.
void set_constant_input(Graph& graph, Node& node, std::size_t index, const std::string& name,
                        const Shape& shape, const std::vector<float>& values);

/// A float constant's values.
std::vector<float> values_of(const Tensor& constant);
/// The text of attribute `name` of `node`, or of the op's default.
std::string word_of(const Graph& graph, const Node& node, const std::string& name);

}  // namespace mote
