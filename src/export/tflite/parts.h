// Internal to the .tflite exporter: how a ForeignNode's attributes become the operator's options table.
#pragma once

#include "graph/op.h"
#include "tflite_generated.h"

namespace mote::tflite {

struct Options {
  BuiltinOptions kind = BuiltinOptions::NONE;
  flatbuffers::Offset<void> table;
};

/// Writes the options of node.op from node.attributes by the schema's field names; a field without an
/// attribute keeps its default.  An error when an attribute has no field, a wrong type or an unknown word.
Result<Options> write_options(flatbuffers::FlatBufferBuilder& builder, const ForeignNode& node);

/// The attributes of a custom operator as a FlexBuffer map.
Bytes write_custom_options(const ForeignNode& node);

}  // namespace mote::tflite
