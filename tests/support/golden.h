// Models with inputs and what TensorFlow Lite Micro's reference kernels answered to them, in data/golden and data/golden/more,
// and how host and target are held against that.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/model_cases.h"
#include "support/files.h"

namespace mote::testing {

struct GoldenModel {
  std::string name, model;
  std::vector<std::string> inputs, outputs;  ///< .npy, one for each of the model's
  std::vector<std::string> outputs_reset;    ///< of a model with states: each case from the reset state
  std::string hashes;                        ///< .csv of intermediate tensors; empty: floats, there are none
  bool sequence = false;                     ///< the cases follow each other
};

/// data/golden/NAME or data/golden/more/NAME; an error where it is not there.
inline Result<GoldenModel> find_golden(const std::string& name) {
  namespace fs = std::filesystem;
  const fs::path root = data_folder();
  GoldenModel golden;
  golden.name = name;
  if (const fs::path folder = root / "golden" / name; fs::exists(folder)) {
    MOTE_TRY(const std::string text, read_text(root / "golden/manifest.json"));
    golden.model = (root / nlohmann::json::parse(text).at(name).at("tflite").get<std::string>()).string();
    golden.inputs = {(folder / "inputs.npy").string()};
    golden.outputs = {(folder / "outputs.npy").string()};
    golden.hashes = (folder / "intermediate/hashes.csv").string();
    return golden;
  }
  const fs::path folder = root / "golden/more" / name;
  if (!fs::exists(folder)) return error(text::cat(folder.string(), " is not there; set MOTE_DATA"));
  MOTE_TRY(const std::string text, read_text(folder / "manifest.json"));
  const auto manifest = nlohmann::json::parse(text);
  golden.model = (root / manifest.at("tflite").get<std::string>()).string();
  golden.sequence = manifest.at("sequence").get<bool>();
  for (const auto& input : manifest.at("inputs"))
    golden.inputs.push_back((folder / input.at("file").get<std::string>()).string());
  for (const auto& output : manifest.at("outputs")) {
    golden.outputs.push_back((folder / output.at("file").get<std::string>()).string());
    if (golden.sequence)
      golden.outputs_reset.push_back((folder / output.at("file_reset").get<std::string>()).string());
  }
  if (fs::exists(folder / "hashes.csv")) golden.hashes = (folder / "hashes.csv").string();
  return golden;
}

enum class GoldenRun {
  Fused,        ///< as a firmware is built
  LeastMemory,  ///< the same, for RAM: rows at a time
  LeastCode,    ///< for size: layers share kernels
  EveryTensor   ///< nothing fused or rewritten, each intermediate tensor beside its hash
};

/// Tensors whose bytes TensorFlow Lite Micro leaves to chance.  Its SignalEnergy writes the energies of the bins from start_index
/// to end_index; the others keep what was in the arena, where mote writes 0.  Left out are that output and its cast to another
/// type; all tensors behind them are compared.
inline std::vector<std::int32_t> tensors_left_to_chance(const std::string& name) {
  if (name == "audio_preprocessor_float") return {20, 21};
  if (name == "audio_preprocessor_int8") return {24, 25};
  return {};
}

/// Bytes of outputs that differ: floats by more than 1e-5 of the larger one (at least 1e-6), others at all.
inline std::uint64_t differing_golden_bytes(const Module& module, const Bytes& answers, const Bytes& golden) {
  EXPECT_EQ(answers.size(), golden.size());
  if (answers.size() != golden.size()) return std::max(answers.size(), golden.size());
  const Graph& graph = module.main();
  std::uint64_t differing = 0;
  for (std::size_t at = 0; at < answers.size();) {
    for (const TensorId id : graph.outputs) {
      const TensorType& type = graph.tensor(id).type;
      const std::size_t item = bytes_of(type.dtype), end = at + type.bytes();
      for (; at < end; at += item) {
        bool same = std::memcmp(answers.data() + at, golden.data() + at, item) == 0;
        if (!same && type.dtype == DType::F32) {
          float a, b;
          std::memcpy(&a, answers.data() + at, 4);
          std::memcpy(&b, golden.data() + at, 4);
          const double larger = std::max({std::abs(double(a)), std::abs(double(b)), 1e-6});
          same = std::abs(double(a) - double(b)) <= 1e-5 * larger;
        }
        differing += same ? 0 : item;
      }
    }
  }
  return differing;
}

/// What was compared, for the test's output.
struct GoldenFigures {
  std::uint64_t bytes = 0, hashes = 0;
};

/// Target beside host, bit for bit and tensor for tensor (floats too), and both beside the golden answers.  `samples`: the
/// first ones, 0: all.  `reset`: a model with states starts each case from the reset state.
inline void expect_golden(const GoldenModel& golden, const std::string& target, GoldenRun how, bool reset,
                          std::int64_t samples, GoldenFigures* figures = nullptr) {
  SCOPED_TRACE(text::cat(golden.name, " on ", target,
                         how == GoldenRun::Fused         ? ""
                         : how == GoldenRun::LeastMemory ? ", for RAM"
                         : how == GoldenRun::LeastCode   ? ", for size"
                                                         : ", every tensor",
                         reset ? ", each case from the reset state" : ""));
  RunRequest request;
  request.model = golden.model;
  request.target = target;
  request.no_fuse = how == GoldenRun::EveryTensor;
  if (how == GoldenRun::LeastMemory) request.optimize = "ram";
  if (how == GoldenRun::LeastCode) request.optimize = "size";
  request.inputs = golden.inputs;
  request.goldens = reset ? golden.outputs_reset : golden.outputs;
  request.samples = samples;
  const auto model = mote::prepare(request);
  ASSERT_TRUE(model) << model.error().message;
  const auto cases = read_cases(model->module, request);
  ASSERT_TRUE(cases) << cases.error().message;
  const auto wanted = read_goldens(model->module, request, cases->count);
  ASSERT_TRUE(wanted && *wanted) << (wanted ? "" : wanted.error().message);

  DeviceRunOptions options;
  options.plan = model->plan;
  options.sequence = golden.sequence && !reset;
  options.measure = false;
  // The hashes belong to the whole sequence.
  if (how == GoldenRun::EveryTensor && !reset && !golden.hashes.empty()) {
    const auto hashes = read_hashes(golden.hashes);
    ASSERT_TRUE(hashes) << hashes.error().message;
    const std::vector<std::int32_t> left_out = tensors_left_to_chance(golden.name);
    for (const TensorHash& hash : *hashes) {
      if (std::count(left_out.begin(), left_out.end(), hash.tensor) == 0) options.hashes.push_back(hash);
    }
    EXPECT_FALSE(options.hashes.empty());
  }
  const auto run = run_on_device(model->module, model->target, *cases, options);
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_TRUE(run->matches()) << run->first_mismatch;
  EXPECT_EQ(run->mismatched_bytes, 0u);
  EXPECT_EQ(run->layer_mismatches, 0u);
  EXPECT_GT(run->layer_bytes, 0u);
  EXPECT_EQ(differing_golden_bytes(model->module, run->outputs, **wanted), 0u);
  EXPECT_EQ(run->hashes_host, 0u);
  EXPECT_EQ(run->hashes_device, 0u);
  if (!options.hashes.empty()) {
    EXPECT_GT(run->hashes_compared, 0u);
  }
  if (figures != nullptr) {
    figures->bytes += run->outputs.size();
    figures->hashes += run->hashes_compared;
  }
}

}  // namespace mote::testing
