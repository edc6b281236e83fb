// Observation in one or two passes over the samples: minimum and maximum, then (when wanted) histograms
// between them. Counts are integers and extremes do not depend on order, so any split of the samples gives the same result.
#include "shrink/observe.h"

#include <algorithm>
#include <cfloat>
#include <cmath>

#include "base/system.h"

namespace mote {
namespace {

using Observations = std::vector<Observation>;

/// Where a value that is not a number, or infinite, came up first within a piece.
struct NotFinite {
  TensorId tensor = kNoTensor;
  std::size_t sample = 0;
};

void note_extremes(Observation& seen, const std::vector<float>& values) {
  for (const float value : values) {
    const double v = static_cast<double>(value);
    seen.min = seen.count == 0 ? v : std::min(seen.min, v);
    seen.max = seen.count == 0 ? v : std::max(seen.max, v);
    if (value == 0.0f) ++seen.zeros;
    ++seen.count;
  }
}

void note_histogram(std::vector<std::int64_t>& bins, const Observation& extremes,
                    const std::vector<float>& values) {
  bins.resize(kHistogramBins);
  const double span = extremes.max - extremes.min;
  const double bins_per_unit = span > 0 ? static_cast<double>(kHistogramBins) / span : 0.0;
  for (const float value : values) {
    if (value == 0.0f) continue;
    const double position = (static_cast<double>(value) - extremes.min) * bins_per_unit;
    ++bins[static_cast<std::size_t>(std::clamp(position, 0.0, static_cast<double>(kHistogramBins - 1)))];
  }
}

/// A kernel without activation clamps to ±FLT_MAX, so that an infinity may arrive as just that.
bool all_finite(const std::vector<float>& values) {
  return std::all_of(values.begin(), values.end(), [](float v) { return std::abs(v) < FLT_MAX; });
}

using OnValues = std::function<void(int piece, std::size_t sample, TensorId, const std::vector<float>&)>;

/// Shows `on_values` every float activation of every sample: the model's inputs, then what each step writes.
Result<void> for_each_activation(const Module& module, const CalibrationInputs& inputs,
                                 const OnValues& on_values) {
  const Graph& graph = module.main();
  const std::vector<Piece> pieces = pieces_of(inputs.front().size());
  MOTE_TRY(const Sim prototype, Sim::make(module));
  std::vector<Sim> sims(pieces.size(), prototype);
  parallel_for(static_cast<int>(pieces.size()), [&](int p) {
    const Piece& piece = pieces[static_cast<std::size_t>(p)];
    for (std::size_t sample = piece.begin; sample < piece.end; ++sample) {
      const auto show = [&](TensorId id, std::span<const std::uint8_t> bytes) {
        if (graph.tensor(id).type.dtype == DType::F32)
          on_values(p, sample, id, to_reals(graph.tensor(id), bytes));
      };
      run_sample(sims[static_cast<std::size_t>(p)], input_bytes(module, inputs, sample), show);
    }
  });
  return {};
}

Error not_finite(const Graph& graph, const NotFinite& where) {
  for (const Node& node : graph.nodes) {
    if (std::find(node.outputs.begin(), node.outputs.end(), where.tensor) == node.outputs.end()) continue;
    return error(text::cat("layer '", node.name,
                           "': its output holds NaN or infinity for calibration sample ", where.sample),
                 "train with a lower learning rate, or look for constant columns and unscaled inputs");
  }
  return error(text::cat("tensor '", graph.tensor(where.tensor).name,
                         "' holds NaN or infinity for calibration sample ", where.sample));
}

void merge(Observation& into, const Observation& part) {
  if (part.count == 0) return;
  into.min = into.count == 0 ? part.min : std::min(into.min, part.min);
  into.max = into.count == 0 ? part.max : std::max(into.max, part.max);
  into.zeros += part.zeros;
  into.count += part.count;
}

Result<Observations> observe_extremes(const Module& module, const CalibrationInputs& inputs) {
  const std::size_t tensors = module.main().tensors.size();
  std::vector<Observations> parts(kPieces, Observations(tensors));
  std::vector<NotFinite> problems(kPieces);
  MOTE_TRY_VOID(
      for_each_activation(module, inputs, [&](int p, std::size_t sample, TensorId id, const auto& values) {
        NotFinite& problem = problems[static_cast<std::size_t>(p)];
        if (problem.tensor == kNoTensor && !all_finite(values)) problem = {id, sample};
        note_extremes(parts[static_cast<std::size_t>(p)][static_cast<std::size_t>(id)], values);
      }));
  for (const NotFinite& problem : problems) {
    if (problem.tensor != kNoTensor) return not_finite(module.main(), problem);
  }
  Observations all(tensors);
  for (const Observations& part : parts) {
    for (std::size_t id = 0; id < tensors; ++id) merge(all[id], part[id]);
  }
  return all;
}

Result<void> observe_histograms(const Module& module, const CalibrationInputs& inputs, Observations& seen) {
  std::vector<std::vector<std::vector<std::int64_t>>> parts(
      kPieces, std::vector<std::vector<std::int64_t>>(seen.size()));
  MOTE_TRY_VOID(for_each_activation(module, inputs, [&](int p, std::size_t, TensorId id, const auto& values) {
    const auto i = static_cast<std::size_t>(id);
    note_histogram(parts[static_cast<std::size_t>(p)][i], seen[i], values);
  }));
  for (const auto& part : parts) {
    for (std::size_t id = 0; id < seen.size(); ++id) {
      if (part[id].empty()) continue;
      seen[id].bins.resize(kHistogramBins);
      for (std::size_t b = 0; b < kHistogramBins; ++b) seen[id].bins[b] += part[id][b];
    }
  }
  return {};
}

}  // namespace

bool holds_reals(const Tensor& tensor) {
  return tensor.type.dtype == DType::F32 || (tensor.type.dtype == DType::S8 && tensor.quant);
}

std::vector<Piece> pieces_of(std::size_t samples) {
  std::vector<Piece> pieces;
  for (std::size_t i = 0; i < kPieces; ++i) {
    const Piece piece{samples * i / kPieces, samples * (i + 1) / kPieces};
    if (piece.begin < piece.end) pieces.push_back(piece);
  }
  return pieces;
}

Result<void> check_calibration(const Module& module, const CalibrationInputs& inputs) {
  const Graph& graph = module.main();
  if (inputs.size() != graph.inputs.size()) {
    return error(
        text::cat("calibration data has ", inputs.size(), " inputs, the model has ", graph.inputs.size()),
        "give the model's inputs in their order");
  }
  if (inputs.empty() || inputs.front().empty()) {
    return error("there are no calibration samples",
                 "a hundred samples of the training data are a good start");
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Tensor& tensor = graph.tensor(graph.inputs[i].tensor);
    if (!holds_reals(tensor)) {
      return error(text::cat("input '", tensor.name, "' is ", name_of(tensor.type.dtype),
                             "; calibration takes f32 and s8"));
    }
    if (inputs[i].size() != inputs.front().size()) {
      return error(text::cat("calibration input '", tensor.name, "' has ", inputs[i].size(),
                             " samples, the first input has ", inputs.front().size()));
    }
    for (std::size_t sample = 0; sample < inputs[i].size(); ++sample) {
      const std::vector<float>& values = inputs[i][sample];
      if (static_cast<std::int64_t>(values.size()) != tensor.type.count()) {
        return error(text::cat("calibration input '", tensor.name, "', sample ", sample, ": ", values.size(),
                               " values, the model takes ", tensor.type.count(), " (",
                               to_text(tensor.type.shape), ")"));
      }
      if (!all_finite(values)) {
        return error(
            text::cat("calibration input '", tensor.name, "', sample ", sample, " holds NaN or infinity"),
            "drop the sample, or fill the missing values");
      }
    }
  }
  return {};
}

std::vector<Bytes> input_bytes(const Module& module, const CalibrationInputs& inputs, std::size_t sample) {
  const Graph& graph = module.main();
  std::vector<Bytes> bytes;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    bytes.push_back(to_tensor_bytes(graph.tensor(graph.inputs[i].tensor), inputs[i][sample]));
  }
  return bytes;
}

void run_sample(Sim& sim, const std::vector<Bytes>& sample, const Sim::OnTensor& on_tensor) {
  const std::vector<std::span<const std::uint8_t>> views(sample.begin(), sample.end());
  sim.reset();
  sim.invoke(views, on_tensor);
}

Result<std::vector<Observation>> observe(const Module& module, const CalibrationInputs& inputs,
                                         bool histograms) {
  MOTE_TRY_VOID(check_calibration(module, inputs));
  MOTE_TRY(Observations seen, observe_extremes(module, inputs));
  if (histograms) MOTE_TRY_VOID(observe_histograms(module, inputs, seen));
  return seen;
}

}  // namespace mote
