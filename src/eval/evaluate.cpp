// Samples are dealt to a fixed number of pieces, each with its own Sim; a piece writes only what belongs to its samples.
#include "eval/evaluate.h"

#include <algorithm>

#include "base/system.h"
#include "sim/sim.h"

namespace mote {
namespace {

constexpr std::size_t kPieces = 16;

bool holds_reals(const Tensor& tensor) {
  return tensor.type.dtype == DType::F32 || (tensor.type.dtype == DType::S8 && tensor.quant);
}

Result<void> check_fits(const Module& module, const Dataset& data, std::span<const std::size_t> samples) {
  const Graph& graph = module.main();
  if (data.inputs.size() != graph.inputs.size()) {
    return error(text::cat("dataset '", data.name, "' has ", data.inputs.size(), " inputs, the model has ",
                           graph.inputs.size()),
                 "the model was made for other data");
  }
  for (std::size_t i = 0; i < data.inputs.size(); ++i) {
    const Tensor& tensor = graph.tensor(graph.inputs[i].tensor);
    if (!holds_reals(tensor)) {
      return error(text::cat("model input '", tensor.name, "' is ", name_of(tensor.type.dtype),
                             "; f32 and s8 can be evaluated"));
    }
    if (static_cast<std::int64_t>(data.inputs[i].count()) != tensor.type.count()) {
      return error(text::cat("input '", data.inputs[i].name, "' has ", data.inputs[i].count(),
                             " values a sample, the model takes ", tensor.type.count(), " (",
                             to_text(tensor.type.shape), ")"),
                   "the model was made for other windows or columns");
    }
    if (data.inputs[i].values.size() != data.size() * data.inputs[i].count()) {
      return error(text::cat("input '", data.inputs[i].name, "' does not have values for each of the ",
                             data.size(), " samples"));
    }
  }
  if (!holds_reals(graph.tensor(graph.outputs.front()))) {
    return error("the model's first output is neither f32 nor s8", "name the scores as output 0");
  }
  for (const std::size_t sample : samples) {
    if (sample >= data.size())
      return error(text::cat("sample ", sample, " of ", data.size(), " does not exist"));
  }
  return {};
}

std::int32_t decide(std::span<const float> scores) {
  if (scores.size() == 1) return scores.front() >= 0.5f ? 1 : 0;
  return static_cast<std::int32_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
}

/// One inference; writes entry `at` of every vector of `all`.
void predict(Sim& sim, const Module& module, const Dataset& data, std::size_t at, Predictions& all) {
  const Graph& graph = module.main();
  std::vector<Bytes> bytes;
  for (std::size_t i = 0; i < data.inputs.size(); ++i) {
    bytes.push_back(
        to_tensor_bytes(graph.tensor(graph.inputs[i].tensor), data.inputs[i].sample(all.samples[at])));
  }
  const std::vector<std::span<const std::uint8_t>> views(bytes.begin(), bytes.end());
  sim.reset();
  sim.invoke(views);

  for (std::size_t o = 0; o < all.raw.size(); ++o) {
    const auto out = sim.output(static_cast<int>(o));
    std::copy(out.begin(), out.end(), all.raw[o].begin() + static_cast<std::ptrdiff_t>(at * out.size()));
  }
  const std::vector<float> scores = to_reals(graph.tensor(graph.outputs.front()), sim.output(0));
  std::copy(scores.begin(), scores.end(),
            all.scores.begin() + static_cast<std::ptrdiff_t>(at * scores.size()));
  all.predicted[at] = decide(scores);
}

}  // namespace

std::vector<float> Predictions::column(std::size_t column) const {
  std::vector<float> values;
  for (std::size_t i = 0; i < samples.size(); ++i) values.push_back(scores[i * scores_per_sample + column]);
  return values;
}

Result<Predictions> evaluate(const Module& module, const Dataset& data,
                             std::span<const std::size_t> samples) {
  MOTE_TRY(const Sim prototype, Sim::make(module));
  std::vector<Sim> sims(kPieces, prototype);
  MOTE_TRY_VOID(check_fits(module, data, samples));

  const Graph& graph = module.main();
  const std::size_t n = samples.size();
  Predictions all;
  all.samples.assign(samples.begin(), samples.end());
  for (const std::size_t sample : samples) all.target.push_back(data.target[sample]);
  all.predicted.resize(n);
  all.scores_per_sample = static_cast<std::size_t>(graph.tensor(graph.outputs.front()).type.count());
  all.scores.resize(n * all.scores_per_sample);
  for (const TensorId id : graph.outputs) all.raw.emplace_back(n * graph.tensor(id).type.bytes());

  parallel_for(static_cast<int>(kPieces), [&](int piece) {
    const auto p = static_cast<std::size_t>(piece);
    for (std::size_t at = n * p / kPieces; at < n * (p + 1) / kPieces; ++at)
      predict(sims[p], module, data, at, all);
  });
  return all;
}

}  // namespace mote
