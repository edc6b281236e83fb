// costs [--targets cortex-m4,…] [--seed S] [--count N] [--kernel K] [--only VARIANT]: what cost functions say beside what emulated devices count, on
// drawn layers.  A line of JSON for each layer and variant, with the parameters of the call: what cost functions are fitted to.
#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "support/measured_layers.h"

namespace {
using namespace mote;
using namespace mote::testing;

void print(const std::string& target, const LayerCount& count) {
  nlohmann::ordered_json line = {
      {"target", target},           {"kernel", count.variant->kernel}, {"variant", count.variant->name},
      {"layer", count.layer->name}, {"counted", count.counted},        {"cost", count.estimated}};
  const KernelCall& call = count.layer->call;
  const Packed packed = count.variant->pack ? count.variant->pack(call) : Packed{call.params, call.args};
  for (const ParamBlock::Field& field : call.params.fields)
    std::visit([&](auto value) { line["call"][field.name] = value; }, field.value);
  for (const ParamBlock::Field& field : packed.params.fields)
    std::visit([&](auto value) { line["packed"][field.name] = value; }, field.value);
  fmt::print("{}\n", line.dump());
}
}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"cost functions beside counted instructions"};
  std::vector<std::string> targets = {"cortex-m0", "cortex-m3", "cortex-m4", "cortex-m55", "rv32imc"};
  std::uint64_t seed = 11;
  int count = 24;
  std::string only, kernel;
  app.add_option("--targets", targets, "which devices")->delimiter(',');
  app.add_option("--seed", seed, "another seed, other layers; costs_device_test has 1");
  app.add_option("--count", count, "layers of each family");
  app.add_option("--kernel", kernel, "calls of this kernel alone: conv2d_s8");
  app.add_option("--only", only, "variants of this name alone");
  CLI11_PARSE(app, argc, argv);
  std::vector<SingleLayer> layers = SingleLayerDraw(seed).all(count);
  std::erase_if(layers,
                [&](const SingleLayer& layer) { return !kernel.empty() && layer.call.kernel != kernel; });
  for (const std::string& name : targets) {
    const auto target = find_target(name);
    const auto counts = target ? count_variants(layers, *target, only) : target.error();
    if (!counts) {
      fmt::print(stderr, "{}: {}\n", name, counts.error().message);
      return 2;
    }
    for (const LayerCount& one : *counts) print(name, one);
  }
}
