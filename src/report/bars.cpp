// Bar charts, the map of an arena over time, and the strip of stages.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "report/detail/canvas.h"
#include "report/numbers.h"
#include "report/svg.h"

namespace mote::report {
namespace {

using namespace detail;

double positive(double value) { return std::isfinite(value) && value > 0 ? value : 0; }

double sum_of(const Bar& bar) {
  double sum = 0;
  for (const double value : bar.values) sum += positive(value);
  return sum;
}

std::string part_hover(const BarChart& chart, const Bar& bar, std::size_t part) {
  const std::string name =
      part < chart.parts.size() ? text::cat(bar.label, ", ", chart.parts[part]) : bar.label;
  const std::string unit = chart.unit.empty() ? "" : " " + chart.unit;
  return text::cat(name, ": ", significant(bar.values[part], 6), unit);
}

}  // namespace

std::string bar_chart(const BarChart& chart) {
  double most = 0, label_room = 0, value_room = 0;
  const auto words_of = [&](const Bar& bar) {
    if (!bar.text.empty()) return bar.text;
    return compact(sum_of(bar)) + (chart.unit.empty() ? "" : " " + chart.unit);
  };
  for (const Bar& bar : chart.bars) {
    double reach = chart.stacked ? sum_of(bar) : 0;
    for (const double value : bar.values) reach = std::max(reach, positive(value));
    most = std::max({most, reach, positive(bar.limit.value_or(0))});
    label_room = std::max(label_room, text_width(one_line(bar.label), 12));
    value_room = std::max(value_room, text_width(one_line(words_of(bar)), 12));
  }
  if (chart.bars.empty()) return empty_picture(chart.name);
  if (most <= 0) most = 1;
  label_room = std::min(label_room, chart.width * 0.3);
  value_room = std::min(value_room, chart.width * 0.36);

  const std::size_t parts = std::max<std::size_t>(chart.parts.size(), 1);
  const double lane = chart.stacked ? 16 : 7;
  const double bar_height = chart.stacked ? lane : lane * static_cast<double>(parts);
  const double pitch = bar_height + (chart.bars.size() > 14 ? 6 : 10);
  const double left = label_room + 10, room = std::max(20.0, chart.width - left - value_room - 14);
  const bool with_legend = chart.parts.size() > 1;
  const double legend_rows = with_legend ? 18.0 * std::ceil(static_cast<double>(chart.parts.size()) / 3) : 0;
  const double top = legend_rows + (with_legend ? 8 : 4);
  Canvas canvas(chart.width, top + pitch * static_cast<double>(chart.bars.size()) + 2, chart.name);
  if (with_legend) legend(canvas, left, 12, chart.width - left, chart.parts);

  for (std::size_t b = 0; b < chart.bars.size(); ++b) {
    const Bar& bar = chart.bars[b];
    const double y = top + static_cast<double>(b) * pitch;
    canvas.text(left - 8, y + bar_height / 2 + 4, fitted(bar.label, label_room + 4, 12),
                {.anchor = Anchor::End});
    canvas.rect(left, y, room, bar_height, {.fill = kGrid, .opacity = 0.5, .radius = 2});
    double x = left, reach = left;
    for (std::size_t p = 0; p < bar.values.size(); ++p) {
      const double width = positive(bar.values[p]) / most * room;
      const double at_y = chart.stacked ? y : y + lane * static_cast<double>(p);
      canvas.rect(x, at_y, width, chart.stacked ? bar_height : lane - 1,
                  {.fill = palette(static_cast<int>(p)), .radius = 2}, part_hover(chart, bar, p));
      reach = std::max(reach, x + width);
      if (chart.stacked) x += width;
    }
    if (bar.limit && positive(*bar.limit) > 0) {
      const double at = left + *bar.limit / most * room;
      canvas.rect(at - 1.5, y - 4, 3, bar_height + 8, {.fill = sum_of(bar) > *bar.limit ? kBad : kInk},
                  bar.limit_text);
    }
    canvas.text(left + room + 8, y + bar_height / 2 + 4, fitted(words_of(bar), value_room + 8, 12),
                {.fill = kQuiet});
  }
  return std::move(canvas).finish();
}

std::string arena_map(const ArenaMap& map) {
  double height_bytes = std::max(positive(map.bytes), positive(map.lower_bound));
  int steps = static_cast<int>(std::min<std::size_t>(map.steps.size(), 10000));
  for (const ArenaBlock& block : map.blocks) {
    height_bytes = std::max(height_bytes, positive(block.offset) + positive(block.bytes));
    steps = std::max(steps, std::min(block.last, 9999) + 1);
  }
  if (steps == 0 || height_bytes <= 0) return empty_picture(map.name);

  double label_room = 0;
  for (const auto& step : map.steps) label_room = std::max(label_room, text_width(one_line(step), 11));
  label_room = std::min(label_room, 130.0);
  const double left = 62, right = map.width - 14, top = 26, bottom = map.height - 16 - label_room * 0.62;
  const double step_width = (right - left) / steps;
  const Ticks ticks = round_ticks(0, height_bytes, 5);
  const double scale = (bottom - top) / (height_bytes * 1.02);
  const auto py = [&](double bytes) { return bottom - bytes * scale; };

  Canvas canvas(map.width, map.height, map.name);
  canvas.text(left - 8, 12, "bytes", {.anchor = Anchor::End, .size = 11, .fill = kQuiet});
  for (std::size_t i = 0; i < ticks.at.size(); ++i) {
    if (ticks.at[i] > height_bytes * 1.02) continue;
    const double y = py(ticks.at[i]);
    canvas.line(left, y, right, y, {.stroke = kGrid});
    canvas.text(left - 8, y + 4, grouped(ticks.at[i]), {.anchor = Anchor::End, .size = 11, .fill = kQuiet});
  }
  if (map.peak_step >= 0 && map.peak_step < steps) {
    canvas.rect(left + map.peak_step * step_width, top, step_width, bottom - top,
                {.fill = kBad, .opacity = 0.09});
  }
  for (std::size_t b = 0; b < map.blocks.size(); ++b) {
    const ArenaBlock& block = map.blocks[b];
    const int first = std::clamp(block.first, 0, steps - 1), last = std::clamp(block.last, first, steps - 1);
    const double x = left + first * step_width, width = (last - first + 1) * step_width;
    const double y = py(positive(block.offset) + positive(block.bytes)),
                 height = positive(block.bytes) * scale;
    const std::string hover = text::cat(block.name, ": ", grouped(block.bytes), " bytes at ",
                                        grouped(block.offset), ", steps ", block.first, " to ", block.last);
    canvas.rect(x + 1, y + 0.5, width - 2, std::max(height - 1, 1.0),
                {.fill = palette(static_cast<int>(b)), .opacity = 0.82, .radius = 2}, hover);
    const std::string words = fitted(block.name, width - 10, 11);
    if (height >= 14 && width >= 26)
      canvas.text(x + 6, y + height / 2 + 4, words, {.size = 11, .fill = kPaper});
  }
  // Turned labels need about 15 pixels each; in deep networks every n-th layer has one.
  const int every = std::max(1, static_cast<int>(std::ceil(15 / step_width)));
  for (int s = 0; s < steps && static_cast<std::size_t>(s) < map.steps.size(); s += every) {
    const double x = left + (s + 0.5) * step_width;
    canvas.text(x + 4, bottom + 13, fitted(map.steps[static_cast<std::size_t>(s)], label_room + 4, 11),
                {.anchor = Anchor::End,
                 .size = 11,
                 .fill = s == map.peak_step ? kInk : kQuiet,
                 .bold = s == map.peak_step,
                 .turn = -35});
  }
  canvas.line(left, bottom, right, bottom, {.stroke = kQuiet});
  if (map.bytes > 0)
    canvas.line(left, py(map.bytes), right, py(map.bytes), {.stroke = kInk, .stroke_width = 1.5});
  if (map.lower_bound > 0) {
    canvas.line(left, py(map.lower_bound), right, py(map.lower_bound),
                {.stroke = kBad, .stroke_width = 1.5, .dash = "6 4"});
  }
  std::string words = text::cat("— arena ", grouped(map.bytes), " bytes");
  if (map.lower_bound > 0) words += text::cat("    - - lower bound ", grouped(map.lower_bound), " bytes");
  canvas.text(right, 12, words, {.anchor = Anchor::End, .size = 11, .fill = kQuiet});
  return std::move(canvas).finish();
}

std::string flow_strip(const std::string& name, const std::vector<Stage>& stages) {
  if (stages.empty()) return empty_picture(name);
  const double width = 600, height = 62, gap = 4, tip = 12;
  const double pitch = width / static_cast<double>(stages.size());
  double sum = 0;
  for (const Stage& stage : stages) sum += positive(stage.seconds.value_or(0));
  Canvas canvas(width, height + 14, name);
  for (std::size_t i = 0; i < stages.size(); ++i) {
    const double x = static_cast<double>(i) * pitch, end = x + pitch - gap - tip, middle = height / 2;
    std::vector<Point> shape = {{x, 0}, {end, 0}, {end + tip, middle}, {end, height}, {x, height}};
    if (i > 0) shape.push_back({x + tip, middle});
    const std::string_view colour = palette(static_cast<int>(i));
    canvas.path(shape, {.fill = colour, .opacity = 0.13}, true);
    const double inner = x + (i > 0 ? tip : 0) + 12;
    canvas.text(inner, 26, fitted(stages[i].name, end - inner + 6, 14), {.size = 14, .bold = true});
    canvas.text(inner, 46, or_unknown(stages[i].seconds, duration), {.size = 13, .fill = kQuiet});
    // How the whole time divides: a thin line under the stage.
    const double share = sum > 0 ? positive(stages[i].seconds.value_or(0)) / sum : 0;
    canvas.rect(x, height + 6, end - x, 4, {.fill = kGrid, .radius = 2});
    canvas.rect(x, height + 6, (end - x) * share, 4, {.fill = colour, .radius = 2},
                text::cat(stages[i].name, ": ", percent(share, 1), " of the time"));
  }
  return std::move(canvas).finish();
}

}  // namespace mote::report
