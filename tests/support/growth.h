// How the cost of a network grows with its width, its depth and its input's size: instructions a product, counted under the
// emulators, and RAM beside its lower bound.  bench/growth.cpp writes the page and the picture; growth_device_test.cpp holds
// the promises on a few widths.
#pragma once

#include <fmt/format.h>

#include <functional>

#include "support/measured_layers.h"

namespace mote::testing {

struct GrowthOptions {
  std::vector<std::string> targets = {"cortex-m4", "cortex-m55", "cortex-m0"};
  std::vector<std::int32_t> widths = {8, 12, 16, 24, 31, 32, 33, 47, 48, 63, 64, 65, 96, 127, 128, 192, 256};
  std::vector<std::int32_t> depths = {1, 2, 3, 4, 6, 8, 12, 16};
  std::vector<std::int32_t> sizes = {8, 12, 16, 24, 32, 33, 47, 48, 64, 65, 80, 96};
  std::function<void(const std::string&)> progress = [](const std::string&) {};
};

/// Layers from w channels to w.
struct GrowthFamily {
  std::string name, doc;
  std::int32_t side = 8, kernel = 1;
  bool depthwise = false, dense = false;
  double products(std::int32_t width) const {
    return 1.0 * side * side * kernel * kernel * width * (depthwise ? 1 : width);
  }
};
inline const std::vector<GrowthFamily>& growth_families() {
  static const std::vector<GrowthFamily> families = {
      {"pointwise", "1×1 convolution, 8×8 pixels", 8, 1, false, false},
      {"3×3", "3×3 convolution, 6×6 pixels, padded", 6, 3, false, false},
      {"depthwise", "3×3 depthwise convolution, 8×8 pixels, padded", 8, 3, true, false},
      {"dense", "fully connected", 1, 1, false, true},
  };
  return families;
}

/// A network of `depth` pairs of a depthwise 3×3 and a pointwise convolution, w channels each.
struct DepthGrowth {
  std::int32_t depth = 0;
  double products = 0, instructions = 0;
  std::size_t code = 0, weights = 0, arena = 0, bound = 0, arena_ram = 0, bound_ram = 0;
};
/// A classifier of pictures of size × size × 3.
struct SizeGrowth {
  std::int32_t size = 0;
  double products = 0, instructions = 0;
  std::size_t input = 0, arena = 0, bound = 0, arena_ram = 0, bound_ram = 0;
};

struct Growth {
  GrowthOptions options;
  /// target → family → instructions by width
  std::map<std::string, std::map<std::string, std::vector<double>>> by_width;
  std::vector<DepthGrowth> by_depth;
  std::vector<SizeGrowth> by_size;

  /// Instructions a product.
  double each(const std::string& target, const GrowthFamily& family, std::size_t width) const {
    return by_width.at(target).at(family.name)[width] / family.products(options.widths[width]);
  }
  /// A depthwise layer and the pointwise one behind it.
  double each_of_pair(const std::string& target, std::size_t width) const {
    const auto &point = growth_families()[0], &depthwise = growth_families()[2];
    const auto& counts = by_width.at(target);
    const std::int32_t w = options.widths[width];
    return (counts.at(point.name)[width] + counts.at(depthwise.name)[width]) /
           (point.products(w) + depthwise.products(w));
  }
};

// ---- networks

inline SingleLayer growth_layer(const GrowthFamily& family, std::int32_t width) {
  Draw d(1, DType::S8, false);
  Int8Layers to(d);
  if (family.dense)
    to.dense(to.input({1, width}), width);
  else
    to.conv(to.input({1, family.side, family.side, width}),
            {family.kernel, family.kernel, width, 1, 1, true, family.depthwise});
  return single_layer(d);
}

inline TensorId growth_pair(Int8Layers& to, TensorId x, std::int32_t in_c, std::int32_t out_c,
                            std::int32_t stride) {
  return to.conv(to.conv(x, {3, 3, in_c, stride, stride, true, true}), {1, 1, out_c});
}

inline Module deep_network(std::int32_t depth) {
  constexpr std::int32_t width = 32, side = 16;
  Draw d(2, DType::S8, false);
  Int8Layers to(d);
  TensorId x = to.input({1, side, side, width});
  for (std::int32_t i = 0; i < depth; ++i) x = growth_pair(to, x, width, width, 1);
  d.graph().outputs = {x};
  return d.module();
}

inline Module picture_network(std::int32_t size) {
  Draw d(3, DType::S8, false);
  Int8Layers to(d);
  TensorId x = to.conv(to.input({1, size, size, 3}), {3, 3, 8, 2, 2});
  x = growth_pair(to, x, 8, 16, 1);
  x = growth_pair(to, x, 16, 32, 2);
  x = growth_pair(to, x, 32, 32, 1);
  const std::int64_t side = d.shape_of(x)[1];
  x = to.pool("average_pool2d", x, {side, side}, side, false);
  d.graph().outputs = {to.dense(x, 10)};
  return d.module();
}

// ---- measuring

inline Result<Plan> growth_plan(const Module& module, const Target& target, PlanOptions::Optimize optimize) {
  PlanOptions options;
  options.optimize = optimize;
  return make_plan(module, target, options);
}

/// Arena and its lower bound, with `speed` and with `ram`.
template <class Row>
Result<void> add_arenas(const Module& module, const Target& target, Row& row) {
  MOTE_TRY(const Plan speed, growth_plan(module, target, PlanOptions::Optimize::Speed));
  MOTE_TRY(const Plan ram, growth_plan(module, target, PlanOptions::Optimize::Ram));
  row.arena = speed.memory.regions[0].bytes;
  row.bound = speed.memory.lower_bound;
  row.arena_ram = ram.memory.regions[0].bytes;
  row.bound_ram = ram.memory.lower_bound;
  return {};
}

template <class Row>
Result<void> add_counts(const Module& module, const Target& target, Row& row) {
  DeviceRunOptions options;
  Random random(4);
  Cases cases{1, Bytes(input_bytes(module))};
  for (std::uint8_t& byte : cases.bytes) byte = static_cast<std::uint8_t>(random.bits());
  MOTE_TRY(const DeviceRun run, run_on_device(module, target, cases, options));
  if (!run.matches()) return error("the device does not answer as the host: " + run.first_mismatch);
  row.instructions = run.instructions.value_or(0);
  row.products = static_cast<double>(run.macs);
  if constexpr (requires { row.code; }) {
    row.code = run.size ? run.size->code : 0;
    row.weights = run.weights_bytes;
  }
  return {};
}

inline Result<Growth> measure_growth(const GrowthOptions& options) {
  Growth growth;
  growth.options = options;
  for (const std::string& name : options.targets) {
    MOTE_TRY(const Target target, find_target(name));
    for (const GrowthFamily& family : growth_families()) {
      options.progress(text::cat(family.name, " on ", name));
      std::vector<SingleLayer> layers;
      for (const std::int32_t width : options.widths) layers.push_back(growth_layer(family, width));
      std::vector<const SingleLayer*> all;
      for (const SingleLayer& layer : layers) all.push_back(&layer);
      const Module module = side_by_side(all);
      MOTE_TRY(const Plan plan, growth_plan(module, target, PlanOptions::Optimize::Speed));
      MOTE_TRY(growth.by_width[name][family.name], count_layers(module, plan, target));
    }
  }
  MOTE_TRY(const Target m4, find_target("cortex-m4"));
  for (const std::int32_t depth : options.depths) {
    options.progress(text::cat(depth, " pairs of layers"));
    DepthGrowth& row = growth.by_depth.emplace_back();
    row.depth = depth;
    const Module module = deep_network(depth);
    MOTE_TRY_VOID(add_arenas(module, m4, row));
    MOTE_TRY_VOID(add_counts(module, m4, row));
  }
  for (const std::int32_t size : options.sizes) {
    options.progress(text::cat(size, "×", size, " pixels"));
    SizeGrowth& row = growth.by_size.emplace_back();
    row.size = size;
    row.input = static_cast<std::size_t>(3 * size * size);
    const Module module = picture_network(size);
    MOTE_TRY_VOID(add_arenas(module, m4, row));
    MOTE_TRY_VOID(add_counts(module, m4, row));
  }
  return growth;
}

// ---- the page

inline std::string growth_number(double value) { return text::thousands(std::llround(value)); }

inline std::string width_table(const Growth& growth, const std::string& target) {
  std::string text = fmt::format("| channels |");
  for (const GrowthFamily& family : growth_families()) text += fmt::format(" {} |", family.name);
  text += " depthwise + pointwise |\n|---:|" + std::string("---:|---:|---:|---:|---:|\n");
  for (std::size_t i = 0; i < growth.options.widths.size(); ++i) {
    text += fmt::format("| {} |", growth.options.widths[i]);
    for (const GrowthFamily& family : growth_families())
      text += fmt::format(" {:.2f} |", growth.each(target, family, i));
    text += fmt::format(" {:.2f} |\n", growth.each_of_pair(target, i));
  }
  return text;
}

/// Shortest and longest of all single layers that ran.
inline std::string growth_extremes(const Growth& growth) {
  struct Layer {
    double instructions = 0;
    std::string name;
  };
  Layer least{1e300, ""}, most;
  for (const auto& [target, families] : growth.by_width) {
    for (const auto& [family, counts] : families) {
      for (std::size_t i = 0; i < counts.size(); ++i) {
        const Layer layer{counts[i],
                          fmt::format("{} of {} channels on {}", family, growth.options.widths[i], target)};
        if (layer.instructions < least.instructions) least = layer;
        if (layer.instructions > most.instructions) most = layer;
      }
    }
  }
  return fmt::format("Shortest layer: {}, {} instructions; longest: {}, {}.\n", least.name,
                     growth_number(least.instructions), most.name, growth_number(most.instructions));
}

inline std::string growth_page(const Growth& growth) {
  std::string page =
      "# How the cost grows\n\nInt8 layers and small networks with random weights, built with `--optimize "
      "speed` unless said "
      "otherwise and run on emulated cores (QEMU, `-icount shift=0`):\nexact and repeatable, and "
      "instructions, not cycles.  "
      "Made by `bench/growth.cpp` (`ninja growth && bin/growth`).\n\n![instructions a product by width, RAM "
      "by size](growth.svg)\n\n"
      "## Width\n\nInstructions a product, requantizing and all else included, of layers with as many output "
      "channels as input "
      "channels:\n";
  for (const GrowthFamily& family : growth_families())
    page += fmt::format("- {}: {}\n", family.name, family.doc);
  page += "\n" + growth_extremes(growth);
  for (const std::string& target : growth.options.targets)
    page += fmt::format("\n### {}\n\n{}", target, width_table(growth, target));
  page +=
      "\n## Depth\n\nPairs of a depthwise 3×3 and a pointwise convolution, 32 channels, 16×16 pixels, on "
      "cortex-m4.  The bound is "
      "what the fullest step needs: no placement of these\nbuffers is smaller.\n\n| pairs | instructions | a "
      "product | code | "
      "constants | arena | its bound | arena, `ram` | its bound "
      "|\n|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n";
  for (const DepthGrowth& row : growth.by_depth) {
    page += fmt::format(
        "| {} | {} | {:.2f} | {} | {} | {} | {} | {} | {} |\n", row.depth, growth_number(row.instructions),
        row.instructions / row.products, growth_number(static_cast<double>(row.code)),
        growth_number(static_cast<double>(row.weights)), growth_number(static_cast<double>(row.arena)),
        growth_number(static_cast<double>(row.bound)), growth_number(static_cast<double>(row.arena_ram)),
        growth_number(static_cast<double>(row.bound_ram)));
  }
  page +=
      "\n## Size of the input\n\nA classifier of pictures (3×3 to 8 channels with stride 2, three pairs to "
      "16, 32 and 32 "
      "channels, mean, 10 classes) on cortex-m4.\n\n| pixels | input | instructions | a product | arena | "
      "its bound | arena, "
      "`ram` | its bound |\n|---:|---:|---:|---:|---:|---:|---:|---:|\n";
  for (const SizeGrowth& row : growth.by_size) {
    page += fmt::format("| {0}×{0} | {1} | {2} | {3:.2f} | {4} | {5} | {6} | {7} |\n", row.size,
                        growth_number(static_cast<double>(row.input)), growth_number(row.instructions),
                        row.instructions / row.products, growth_number(static_cast<double>(row.arena)),
                        growth_number(static_cast<double>(row.bound)),
                        growth_number(static_cast<double>(row.arena_ram)),
                        growth_number(static_cast<double>(row.bound_ram)));
  }
  return page;
}

// ---- the picture

struct GrowthLine {
  std::string name, colour;
  std::vector<std::pair<double, double>> points;
  bool dashed = false;
};

/// One plot with a logarithmic axis to the right; values upwards from 0 to `top`, or logarithmic from `bottom`.
struct GrowthPlot {
  std::string title, right, up;
  std::vector<double> right_ticks, up_ticks;
  double bottom = 0, top = 1;
  bool log_up = false;
  std::vector<GrowthLine> lines;
};

inline std::string draw_plot(const GrowthPlot& plot, double x0) {
  constexpr double width = 430, height = 300, y0 = 60;
  const double low = std::log(plot.right_ticks.front()), high = std::log(plot.right_ticks.back());
  const auto to_x = [&](double v) { return x0 + width * (std::log(v) - low) / (high - low); };
  const auto to_y = [&](double v) {
    const double part =
        plot.log_up ? (std::log(v) - std::log(plot.bottom)) / (std::log(plot.top) - std::log(plot.bottom))
                    : (v - plot.bottom) / (plot.top - plot.bottom);
    return y0 + height * (1 - std::clamp(part, 0.0, 1.0));
  };
  std::string svg = fmt::format("<text x=\"{:.1f}\" y=\"36\" class=\"title\">{}</text>\n", x0, plot.title);
  for (const double tick : plot.up_ticks) {
    svg += fmt::format(
        "<path d=\"M{:.1f} {:.1f}h{:.1f}\" class=\"grid\"/><text x=\"{:.1f}\" y=\"{:.1f}\" "
        "class=\"up\">{}</text>\n",
        x0, to_y(tick), width, x0 - 8, to_y(tick) + 4,
        tick >= 1000 ? fmt::format("{:.0f} k", tick / 1000) : fmt::format("{}", tick));
  }
  for (const double tick : plot.right_ticks) {
    svg += fmt::format(
        "<path d=\"M{0:.1f} {1:.1f}v5\" class=\"axis\"/><text x=\"{0:.1f}\" y=\"{2:.1f}\" "
        "class=\"right\">{3:.0f}</text>\n",
        to_x(tick), y0 + height, y0 + height + 20, tick);
  }
  svg += fmt::format("<path d=\"M{:.1f} {:.1f}h{:.1f}\" class=\"axis\"/>\n", x0, y0 + height, width);
  svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" class=\"right\">{}</text>\n", x0 + width / 2,
                     y0 + height + 40, plot.right);
  svg += fmt::format("<text x=\"{:.1f}\" y=\"54\" class=\"note\">{}</text>\n", x0, plot.up);
  double legend = y0 + 14;
  for (const GrowthLine& line : plot.lines) {
    std::string path;
    for (const auto& [x, y] : line.points)
      path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : "L", to_x(x), to_y(y));
    const std::string dash = line.dashed ? " stroke-dasharray=\"5 4\"" : "";
    svg += fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\"{}/>\n", path,
                       line.colour, dash);
    if (!line.dashed) {
      for (const auto& [x, y] : line.points)
        svg += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2.6\" fill=\"{}\"/>", to_x(x), to_y(y),
                           line.colour);
    }
    const double at = plot.log_up ? x0 + 16 : x0 + width - 190;
    svg += fmt::format(
        "\n<path d=\"M{:.1f} {:.1f}h24\" stroke=\"{}\" stroke-width=\"2\"{}/><text x=\"{:.1f}\" "
        "y=\"{:.1f}\">{}</text>\n",
        at, legend, line.colour, dash, at + 32, legend + 4, line.name);
    legend += 19;
  }
  return svg;
}

inline std::string growth_picture(const Growth& growth) {
  const std::vector<std::string> colours = {"#1f6feb", "#bc4c00", "#1a7f37", "#8250df", "#57606a"};
  const auto& widths = growth.options.widths;
  GrowthPlot left{"Instructions a product, cortex-m4",
                  "channels",
                  "requantizing included",
                  {8, 16, 32, 64, 128, 256},
                  {0, 1, 1.6, 2, 3, 4, 5},
                  0,
                  5,
                  false,
                  {}};
  const std::string m4 = "cortex-m4";
  for (std::size_t f = 0; f < growth_families().size(); ++f) {
    GrowthLine line{growth_families()[f].name, colours[f], {}, false};
    for (std::size_t i = 0; i < widths.size(); ++i)
      line.points.emplace_back(widths[i], growth.each(m4, growth_families()[f], i));
    left.lines.push_back(line);
  }
  GrowthLine pair{"depthwise + pointwise", colours[4], {}, false};
  for (std::size_t i = 0; i < widths.size(); ++i)
    pair.points.emplace_back(widths[i], growth.each_of_pair(m4, i));
  left.lines.push_back(pair);
  GrowthPlot right{"RAM of a picture classifier, cortex-m4",
                   "pixels of a side",
                   "bytes",
                   {8, 16, 32, 64, 96},
                   {100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000},
                   100,
                   100000,
                   true,
                   {}};
  GrowthLine arena{"arena, speed", colours[0], {}, false}, bound{"its lower bound", colours[0], {}, true},
      arena_ram{"arena, ram", colours[2], {}, false}, bound_ram{"its lower bound", colours[2], {}, true},
      input{"the input alone", colours[4], {}, true};
  for (const SizeGrowth& row : growth.by_size) {
    arena.points.emplace_back(row.size, row.arena);
    bound.points.emplace_back(row.size, row.bound);
    arena_ram.points.emplace_back(row.size, row.arena_ram);
    bound_ram.points.emplace_back(row.size, row.bound_ram);
    input.points.emplace_back(row.size, row.input);
  }
  right.lines = {arena, bound, arena_ram, bound_ram, input};
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1060 430\" font-family=\"sans-serif\" "
         "font-size=\"12\">\n"
         "<style>.title{font-size:15px;font-weight:bold}.grid{stroke:#d0d7de}.axis{stroke:#57606a}.up{text-"
         "anchor:end}"
         ".right{text-anchor:middle}.note{fill:#57606a}</style>\n<rect width=\"1060\" height=\"430\" "
         "fill=\"#fff\"/>\n" +
         draw_plot(left, 60) + draw_plot(right, 590) + "</svg>\n";
}

}  // namespace mote::testing
