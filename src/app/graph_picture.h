// Internal to the room: a model's graph as the report draws it, and the family an op belongs to.
#pragma once

#include <string>
#include <vector>

#include "graph/graph.h"
#include "report/svg.h"

namespace mote {

/// "convolution", "activation", …: what ops are coloured and counted by.
std::string family_of(const std::string& op);

/// Inputs, nodes and outputs as boxes with what a reader wants to know on hover; constants are not drawn.
/// `notes[i]` is added to what node i says on hover.
report::GraphDrawing picture_of(const Module& module, const std::vector<std::string>& notes);

/// "s8[1,25,5,64]".
std::string type_text(const Tensor& tensor);
/// "scale 0.0039, zero point -128", "64 scales along axis 0, 0.0012 … 0.034", or "".
std::string quant_words(const Quant& quant);

}  // namespace mote
