// Internal to the room: what `run`, `bench` and `compile` have in common: a model file, its test cases, its figures as text.
#pragma once

#include "app/app.h"
#include "app/device_run.h"

namespace mote {

/// What the request's options mean.  A mistake in them is one of usage, found before any file is read.
struct ModelOptions {
  Target target;
  PlanOptions plan;
};
Result<ModelOptions> model_options(const ModelRequest& request);
/// The target of that name; there being none is a mistake of usage.
Result<Target> target_option(const std::string& name);
/// A count of cases: none given, or from 1 on.
Result<void> check_samples(std::optional<std::int64_t> samples);

struct PreparedModel {
  Module module;
  Target target;
  PlanOptions plan;
};
/// Understands the options, reads the model and makes it Canonical.
Result<PreparedModel> prepare(const ModelRequest& request);

/// NumPy's name of an element type: "<f4".
std::string npy_type(DType dtype);

/// What can be wrong with the request whatever the model is.
Result<void> check_run_options(const RunRequest& request);
/// The request's .npy files, or `samples` random cases (seeded, uniform over the input type's range; floats in −1…1).
Result<Cases> read_cases(const Module& module, const RunRequest& request);
/// The request's golden outputs for that many cases, checked against the model's types; nothing when none are given.
Result<std::optional<Bytes>> read_goldens(const Module& module, const RunRequest& request,
                                          std::uint32_t cases);
Result<std::vector<TensorHash>> read_hashes(const std::string& file);

std::string run_text(const std::string& model, const DeviceRun& run);
std::string run_json(const std::string& model, const DeviceRun& run);

}  // namespace mote
