// Internal to the room: a chain of calls that runs a band of rows at a time.  Of what lies between its calls only the rows
// that are still needed are kept, in line buffers; no row is computed twice.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "graph/kernel.h"
#include "plan/arena.h"

namespace mote {

/// What the calls of a chain read and write: the chain's inputs first, then the output of each call in order.
struct RowTensor {
  std::int32_t rows = 0;
  std::size_t row_bytes = 0;
};
struct RowStage {
  const KernelCall* call = nullptr;
  std::vector<std::size_t> reads;  ///< RowTensors, by In argument
  std::size_t writes = 0;          ///< RowTensor
};
struct RowChain {
  std::size_t inputs = 0;  ///< how many of the tensors come from outside
  std::vector<RowTensor> tensors;
  std::vector<RowStage> stages;  ///< the last one writes the chain's output
  /// A tensor between the stages that is made where the chain's output lies, which the last stage then writes over it; 0: none
  std::size_t over_output = 0;
};

/// One stage in one pass.
struct RowBand {
  RowSpan out;              ///< rows that it makes; empty: none in this pass
  std::vector<RowSpan> in;  ///< by what it reads, clipped to the image
  /// Where row `out.begin` and the rows read lie in their line buffers; of the chain's inputs and output in the tensor
  std::int32_t out_at = 0;
  std::vector<std::int32_t> in_at;
  /// Rows of its line buffer that are moved down before: [from, from + count) → [0, count)
  std::int32_t move_from = 0, move_count = 0;
  const KernelVariant* variant = nullptr;  ///< that makes it; who schedules leaves it open
};

struct RowSchedule {
  std::vector<std::vector<RowBand>> passes;  ///< by pass and stage
  std::vector<std::int32_t> lines;           ///< by tensor: rows of its line buffer; 0: it lies whole
  /// Passes [steady, steady_end) differ in the places of the chain's inputs and output alone, which go up evenly.
  std::size_t steady = 0, steady_end = 0;
};

/// Bands of `band` output rows; nothing where the chain gives no steady run of three passes at least.
std::optional<RowSchedule> schedule_rows(const RowChain& chain, std::int32_t band);

/// Tensors that may be made over the output: an addend of a last sum, say.
std::vector<std::size_t> makeable_over_output(const RowChain& chain, const RowSchedule& schedule);

/// How many bytes below the chain's input `input` its output must start at least.
std::int64_t output_distance(const RowChain& chain, const RowSchedule& schedule, std::size_t input);

}  // namespace mote
