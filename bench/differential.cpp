// differential [--graphs N] [--seed S] [--types s8,s16,…] [--op NAME] [--keep FILE]: random models, mote's answers beside LiteRT's reference
// kernels.  Prints a line for each op and type; exit 1 when a byte differs that docs/reference/arithmetic.md does not explain.
#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <cstdio>

#include "support/differential.h"

namespace {
using namespace mote;
using namespace mote::testing;

void print_refusals(const std::map<std::string, std::uint64_t>& reasons, const char* who) {
  for (const auto& [reason, count] : reasons) fmt::print("    {} {} {}\n", count, who, reason);
}

std::uint64_t sum(const std::map<std::string, std::uint64_t>& reasons) {
  std::uint64_t all = 0;
  for (const auto& reason : reasons) all += reason.second;
  return all;
}

void print(const DifferentialReport& report) {
  fmt::print("{:<34}{:>8}{:>10}{:>10}{:>10}{:>8}{:>8}{:>8}\n", "op", "graphs", "bytes", "differ", "explained",
             "steps", "mote-", "LiteRT-");
  for (const auto& [key, f] : report.ops) {
    fmt::print("{:<34}{:>8}{:>10}{:>10}{:>10}{:>8}{:>8}{:>8}\n", key, f.graphs, f.bytes, f.differing,
               f.explained, f.most, sum(f.refused_by_mote), sum(f.refused_by_litert));
    print_refusals(f.refused_by_mote, "mote:");
    print_refusals(f.refused_by_litert, "LiteRT:");
  }
  fmt::print(
      "{} graphs, {} bytes compared, {} differ unexplained, {} explained; refused: {} by mote, {} by "
      "LiteRT\n",
      report.graphs, report.bytes, report.differing, report.explained, report.refused_by_mote,
      report.refused_by_litert);
}
}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"mote's answers beside LiteRT's reference kernels, on random models"};
  DifferentialOptions options;
  options.graphs = 20000;
  std::vector<std::string> types;
  app.add_option("--graphs", options.graphs, "how many models");
  app.add_option("--seed", options.seed, "another seed, other models");
  app.add_option("--types", types, "element types, all without it")->delimiter(',');
  app.add_option("--op", options.only, "single layers of this op alone");
  app.add_option("--keep", options.keep, "where the first model that differs is written");
  CLI11_PARSE(app, argc, argv);
  if (!types.empty()) {
    std::erase_if(options.types, [&](DType dtype) {
      return std::find(types.begin(), types.end(), name_of(dtype)) == types.end();
    });
  }
  if (judge_python().empty()) {
    fmt::print(stderr, "LiteRT is not set up; tests/judge/setup.sh does it\n");
    return 2;
  }
  options.progress = [&](std::uint64_t done) {
    fmt::print(stderr, "\r{} of {} models", done, options.graphs);
  };
  const auto report = run_differential(options);
  fmt::print(stderr, "\n");
  if (!report) {
    fmt::print(stderr, "{}\n", report.error().message);
    return 2;
  }
  print(*report);
  for (const auto& op : report->ops) {
    if (!op.second.first_failure.empty())
      fmt::print("first failure, --seed {}: {}\n", options.seed, op.second.first_failure);
  }
  return report->differing == 0 ? 0 : 1;
}
