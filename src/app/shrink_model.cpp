// `mote shrink`: a float model, or one with int8 weights and float activations, becomes int8 throughout, its scales chosen by
// watching it on real inputs.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/app.h"
#include "app/eval_data.h"
#include "base/system.h"
#include "export/export.h"
#include "import/import.h"
#include "passes/pipeline.h"
#include "shrink/quantize.h"

namespace mote {

namespace {

using nlohmann::ordered_json;

Result<void> check_is_float(const Module& module, const std::string& file) {
  for (const GraphInput& input : module.main().inputs) {
    const Tensor& tensor = module.main().tensor(input.tensor);
    if (tensor.type.dtype == DType::F32) continue;
    return error(text::cat(file, ": its input '", tensor.name, "' is ", name_of(tensor.type.dtype),
                           "; only a float model can be quantized"),
                 "it is quantized already: `mote compile` takes it as it is");
  }
  return {};
}

/// [input][case] → values.
CalibrationInputs calibration_of(const Module& module, const EvalData& data) {
  CalibrationInputs inputs(module.main().inputs.size());
  auto at = data.reals.begin();
  for (std::uint32_t which = 0; which < data.cases.count; ++which) {
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const auto count = module.main().tensor(module.main().inputs[i].tensor).type.count();
      inputs[i].emplace_back(at, at + count);
      at += count;
    }
  }
  return inputs;
}

std::string table(const std::vector<LayerSqnr>& layers) {
  std::string out = "Layers by signal to quantization noise, worst first:\n";
  for (const LayerSqnr& layer : layers)
    out += fmt::format("  {:28} {:22} {:6.1f} dB   {:.4g} … {:.4g}\n", layer.layer.substr(0, 28), layer.op,
                       layer.sqnr_db, layer.float_min, layer.float_max);
  return out;
}

ordered_json to_json(const ShrinkRequest& request, const std::vector<LayerSqnr>& layers, std::uint32_t cases,
                     std::size_t before, std::size_t after) {
  ordered_json json = {{"model", request.model},       {"output", request.output},
                       {"calibration_samples", cases}, {"method", request.calibration},
                       {"bytes_before", before},       {"bytes_after", after}};
  json["layers"] = ordered_json::array();
  for (const LayerSqnr& layer : layers)
    json["layers"].push_back({{"name", layer.layer},
                              {"op", layer.op},
                              {"sqnr_db", layer.sqnr_db},
                              {"min", layer.float_min},
                              {"max", layer.float_max},
                              {"scale", layer.scale},
                              {"zero_point", layer.zero_point}});
  return json;
}

}  // namespace

Result<Outcome> shrink_model(const ShrinkRequest& request) {
  EvalRequest data_request;
  data_request.model = request.model;
  data_request.data = request.calibrate;
  data_request.label_column = request.label_column;
  data_request.columns = request.columns;
  data_request.resize = request.resize;
  data_request.offset = request.offset;
  data_request.scale = request.scale;
  data_request.samples = request.samples;
  MOTE_TRY_VOID(check_data_options(data_request));
  MOTE_TRY(const Bytes file, read_file(request.model));
  MOTE_TRY(Module imported, import_model(request.model));
  MOTE_TRY_VOID(check_is_float(imported, request.model));
  const auto read = read_eval_data(imported, data_request);
  if (!read) return read.error().in("calibrating");
  const EvalData& data = *read;
  auto prepared = prepare_quantization(std::move(imported));
  if (!prepared) return prepared.error().in(request.model);
  QuantizeOptions options;
  options.calibration = request.calibration;
  auto quantized = quantize(*prepared, calibration_of(*prepared, data), options);
  if (!quantized) return quantized.error().in(request.model);
  MOTE_TRY(const Bytes written, export_tflite(quantized->module));
  MOTE_TRY_VOID(write_file(request.output, written));

  std::vector<LayerSqnr> layers = quantized->layers;
  std::stable_sort(layers.begin(), layers.end(),
                   [](const LayerSqnr& a, const LayerSqnr& b) { return a.sqnr_db < b.sqnr_db; });
  Outcome outcome;
  outcome.text = text::cat(table(layers), "\n", request.output, ": int8, ",
                           text::thousands(static_cast<std::int64_t>(written.size())), " bytes (",
                           request.model, ": ", text::thousands(static_cast<std::int64_t>(file.size())),
                           "), scales from ", data.cases.count, " cases\n");
  outcome.json = to_json(request, layers, data.cases.count, file.size(), written.size()).dump(2);
  return outcome;
}

}  // namespace mote
