// Pictures as pure functions: values in, one <svg> element out, the same bytes for the same values.  Colours
// are CSS variables with fallbacks, so that a page can theme them and a picture still stands alone.
// Values that are not finite leave a gap.  Names are escaped here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mote::report {

struct Series {
  std::string name;
  std::vector<double> y;
  std::vector<double> x = {};  ///< as many as y; empty: 1, 2, 3, …
  bool dashed = false;
  int colour = -1;  ///< index into the palette; −1: its place in the list
};

struct LineChart {
  std::string name;  ///< what a screen reader says
  std::string x_label, y_label;
  std::vector<Series> series;
  std::optional<double> marker;  ///< a vertical line at this x
  std::string marker_label;
  std::optional<double> y_min, y_max;  ///< else what the values need
  int width = 520, height = 260;
};
std::string line_chart(const LineChart& chart);

/// Small multiples: one panel a class, a few traces in each, all on the same axes.
struct WavePanel {
  std::string label;
  std::vector<std::vector<float>> traces;
  bool channels = false;  ///< traces are channels of one example, each in its colour
};
struct Waveforms {
  std::string name;
  std::string unit;    ///< of the values
  double rate_hz = 0;  ///< 0: the x axis counts samples
  std::vector<WavePanel> panels;
  std::vector<std::string> channels = {};  ///< names of panels' traces, where they are channels
  int width = 1040;
};
std::string waveforms(const Waveforms& picture);

/// A picture of points: grey, or red, green and blue; row by row from the top.
struct Pixels {
  int width = 0, height = 0, channels = 1;
  std::vector<std::uint8_t> values;
};
/// As a file; empty where the sizes do not fit the values.
std::string png(const Pixels& pixels);
std::string base64(const std::string& bytes);

/// Photographs in rows, a label each.
struct PictureRow {
  std::string label;
  std::vector<Pixels> pictures;
};
struct PictureGrid {
  std::string name;
  std::vector<PictureRow> rows;
  int width = 1040, tile = 76;  ///< tile: the height of a picture
};
std::string picture_grid(const PictureGrid& grid);

/// Small multiples of shaded fields: spectrograms, or shares by label and value.
struct HeatPanel {
  std::string label;
  int columns = 0, rows = 0;
  std::vector<float> values;  ///< 0 … 1, row by row from the top
  double x_low = 0, x_high = 1;
};
struct HeatMaps {
  std::string name;
  std::vector<HeatPanel> panels;
  std::vector<std::string> row_names;  ///< what the rows are; none: y runs from y_low to y_high
  double y_low = 0, y_high = 1;
  std::string x_unit, y_unit, caption;
  int width = 1040;
};
std::string heat_maps(const HeatMaps& maps);

/// Small multiples of clouds of points over the same y.
struct ScatterPanel {
  std::string label;
  std::vector<double> x, y;
};
struct Scatter {
  std::string name, y_label;
  std::vector<ScatterPanel> panels;
  int width = 1040;
};
std::string scatter(const Scatter& picture);

/// Rows are targets, columns predictions.  Shaded by share of the row.
struct Confusion {
  std::string name;
  std::vector<std::string> labels;
  std::vector<std::vector<std::int64_t>> counts;
};
std::string confusion_matrix(const Confusion& picture);

struct Bar {
  std::string label;
  std::vector<double> values;   ///< one for each part
  std::string text;             ///< at the bar's end; empty: the values' sum
  std::optional<double> limit;  ///< a mark: the budget
  std::string limit_text;       ///< what the mark says on hover
};
struct BarChart {
  std::string name;
  std::vector<std::string> parts;  ///< legend; none for a single part
  std::vector<Bar> bars;
  std::string unit;
  bool stacked = true;  ///< else a bar's parts lie under each other
  int width = 520;
};
std::string bar_chart(const BarChart& chart);

/// Memory over time: x is the step, y the byte offset.
struct ArenaBlock {
  std::string name;
  double offset = 0, bytes = 0;
  int first = 0, last = 0;  ///< steps, both inclusive; before 0: the first step
};
struct ArenaMap {
  std::string name;
  std::vector<std::string> steps;
  std::vector<ArenaBlock> blocks;
  double bytes = 0;        ///< the arena's height
  double lower_bound = 0;  ///< 0: not drawn
  int peak_step = -1;      ///< shaded; −1: none
  int width = 1040, height = 380;
};
std::string arena_map(const ArenaMap& map);

/// A network: boxes from top to bottom in an order in which every edge leads to a later box.
struct GraphBox {
  std::string title, subtitle;
  std::string hover;
  int colour = -1;  ///< index into the palette, its kind; −1: an end of the network
};
struct GraphEdge {
  int from = 0, to = 0;  ///< boxes, from < to
  std::string label;     ///< written once for each `from`
  std::string hover;
};
struct GraphDrawing {
  std::string name;
  std::vector<GraphBox> boxes;
  std::vector<GraphEdge> edges;
  std::vector<std::string> legend;  ///< names of the colours in use, from 0
};
/// Empty when the network is too large to be drawn (3,000 boxes).
std::string graph_drawing(const GraphDrawing& graph);

/// The stages of the work and how long each took.
struct Stage {
  std::string name;
  std::optional<double> seconds;
};
std::string flow_strip(const std::string& name, const std::vector<Stage>& stages);

}  // namespace mote::report
