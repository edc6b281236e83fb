// Export: a Module becomes a model file that others open: Netron, LiteRT.
#pragma once

#include "graph/graph.h"

namespace mote {

/// Writes .tflite (schema v3), float or quantized.  Same module, same bytes.  Labels and provenance become metadata.
Result<Bytes> export_tflite(const Module& module);

}  // namespace mote
