// growth [--quick] [--into FOLDER]: how the cost grows with width, depth and size of the input.  Writes growth.md and growth.svg.
#include <CLI/CLI.hpp>

#include "support/growth.h"

int main(int argc, char** argv) {
  using namespace mote;
  using namespace mote::testing;
  CLI::App app{"how the cost grows with width, depth and size of the input"};
  GrowthOptions options;
  bool quick = false;
  std::string folder = MOTE_SOURCE_DIR "/bench";
  app.add_flag("--quick", quick, "a few widths on one core, to see that it works");
  app.add_option("--into", folder, "folder of growth.md and growth.svg");
  CLI11_PARSE(app, argc, argv);
  if (quick)
    options.targets = {"cortex-m4"}, options.widths = {8, 32, 33}, options.depths = {1, 2},
    options.sizes = {8, 16};
  options.progress = [](const std::string& what) { fmt::print(stderr, "{}\n", what); };
  const auto growth = measure_growth(options);
  if (!growth) {
    fmt::print(stderr, "{}\n", growth.error().message);
    return 2;
  }
  const auto page = write_text(folder + "/growth.md", growth_page(*growth));
  const auto picture = write_text(folder + "/growth.svg", growth_picture(*growth));
  if (!page || !picture) {
    fmt::print(stderr, "{}\n", (page ? picture : page).error().message);
    return 2;
  }
  return 0;
}
