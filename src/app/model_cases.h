// Internal to the room: what `run`, `bench` and `compile` have in common: a model file, its test cases, its figures as text.
#pragma once

#include "app/app.h"
#include "app/device_run.h"

namespace mote {

struct PreparedModel {
  Module module;
  Target target;
  PlanOptions plan;
};
/// What the request says of planning.
Result<PlanOptions> plan_options(const ModelRequest& request);
/// Reads the model and makes it Canonical, finds the target.
Result<PreparedModel> prepare(const ModelRequest& request);

/// NumPy's name of an element type: "<f4".
std::string npy_type(DType dtype);

/// The request's .npy files, or `samples` random cases (seeded, uniform over the input type's range; floats in −1…1).
Result<Cases> read_cases(const Module& module, const RunRequest& request);
/// The request's golden outputs for that many cases, checked against the model's types; nothing when none are given.
Result<std::optional<Bytes>> read_goldens(const Module& module, const RunRequest& request,
                                          std::uint32_t cases);
Result<std::vector<TensorHash>> read_hashes(const std::string& file);

std::string run_text(const std::string& model, const DeviceRun& run);
std::string run_json(const std::string& model, const DeviceRun& run);

}  // namespace mote
