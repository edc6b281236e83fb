// Line charts and small multiples of waveforms.
#include <algorithm>
#include <cmath>
#include <limits>

#include "base/text.h"
#include "report/detail/canvas.h"
#include "report/numbers.h"
#include "report/svg.h"

namespace mote::report {
namespace {

using namespace detail;

struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  void include(double value) {
    if (!std::isfinite(value)) return;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  bool empty() const { return low > high; }
};

/// Longer lines are drawn by the lowest and highest point of each stretch: a screen has no more columns.
constexpr std::size_t kMostPoints = 1600;

double x_of(const Series& series, std::size_t i) {
  return i < series.x.size() ? series.x[i] : static_cast<double>(i + 1);
}

/// The points that are drawn of first … behind − 1: the lowest and the highest, in their order; none where one is not finite.
template <class At>
void add_stretch(std::vector<Point>& run, std::size_t first, std::size_t behind, At at) {
  Point low = at(first), high = low;
  std::size_t low_at = first, high_at = first;
  for (std::size_t i = first + 1; i < behind; ++i) {
    const Point point = at(i);
    if (point.second > low.second) low = point, low_at = i;
    if (point.second < high.second) high = point, high_at = i;
  }
  run.push_back(low_at < high_at ? low : high);
  if (low_at != high_at) run.push_back(low_at < high_at ? high : low);
}

/// Draws the runs of finite points; a run of one point becomes a dot.
template <class At>
void draw_runs(Canvas& canvas, std::size_t count, const Style& style, At at) {
  const std::size_t stride = count <= kMostPoints ? 1 : (2 * count + kMostPoints - 1) / kMostPoints;
  std::vector<Point> run;
  const auto flush = [&] {
    if (run.size() == 1) canvas.dot(run[0].first, run[0].second, 2, {.fill = style.stroke});
    if (run.size() > 1) canvas.path(run, style);
    run.clear();
  };
  const auto is_finite = [&](std::size_t i) {
    const Point point = at(i);
    return std::isfinite(point.first) && std::isfinite(point.second);
  };
  for (std::size_t i = 0; i < count; i += stride) {
    const std::size_t behind = std::min(i + stride, count);
    bool whole = true;
    for (std::size_t k = i; k < behind && whole; ++k) whole = is_finite(k);
    if (whole) {
      add_stretch(run, i, behind, at);
    } else {
      flush();
    }
  }
  flush();
}

}  // namespace

std::string line_chart(const LineChart& chart) {
  Range xs, ys;
  for (const Series& series : chart.series) {
    for (std::size_t i = 0; i < series.y.size(); ++i) {
      if (!std::isfinite(series.y[i])) continue;
      xs.include(x_of(series, i));
      ys.include(series.y[i]);
    }
  }
  if (xs.empty() || ys.empty()) return empty_picture(chart.name);
  if (chart.y_min) ys.low = *chart.y_min;
  if (chart.y_max) ys.high = *chart.y_max;
  const Ticks x_ticks = round_ticks(xs.low, xs.high, 7);
  Ticks y_ticks = round_ticks(ys.low, ys.high, 5);
  const double x_high = std::max(xs.high, xs.low + 1e-9);

  double y_room = 0;
  for (std::size_t i = 0; i < y_ticks.at.size(); ++i)
    y_room = std::max(y_room, text_width(y_ticks.text(i), 11));
  Canvas canvas(chart.width, chart.height, chart.name);
  std::vector<std::string> names;
  for (const Series& series : chart.series) names.push_back(series.name);
  const double left = 20 + y_room, right = chart.width - 10, bottom = chart.height - 40;
  const double top = 22 + legend(canvas, left, 14, right - left, names);
  const auto px = [&](double x) {
    return xs.high > xs.low ? left + (x - xs.low) / (x_high - xs.low) * (right - left) : (left + right) / 2;
  };
  const auto py = [&](double y) {
    return bottom - (y - y_ticks.low()) / (y_ticks.high() - y_ticks.low()) * (bottom - top);
  };

  for (std::size_t i = 0; i < y_ticks.at.size(); ++i) {
    const double y = py(y_ticks.at[i]);
    canvas.line(left, y, right, y, {.stroke = kGrid});
    canvas.text(left - 7, y + 4, y_ticks.text(i), {.anchor = Anchor::End, .size = 11, .fill = kQuiet});
  }
  for (std::size_t i = 0; i < x_ticks.at.size(); ++i) {
    if (x_ticks.at[i] < xs.low - 1e-9 || x_ticks.at[i] > xs.high + 1e-9) continue;
    const double x = px(x_ticks.at[i]);
    canvas.line(x, bottom, x, bottom + 4, {.stroke = kQuiet});
    canvas.text(x, bottom + 17, x_ticks.text(i), {.anchor = Anchor::Middle, .size = 11, .fill = kQuiet});
  }
  canvas.line(left, bottom, right, bottom, {.stroke = kQuiet});
  canvas.text((left + right) / 2, chart.height - 6, chart.x_label,
              {.anchor = Anchor::Middle, .size = 11, .fill = kQuiet});
  canvas.text(left, top - 8, chart.y_label, {.size = 11, .fill = kQuiet});

  if (chart.marker && *chart.marker >= xs.low && *chart.marker <= xs.high) {
    const double x = px(*chart.marker);
    const bool room = x + text_width(chart.marker_label, 11) + 6 < right;
    canvas.line(x, top, x, bottom, {.stroke = kQuiet, .dash = "3 3"});
    canvas.text(room ? x + 5 : x - 5, top - 8, chart.marker_label,
                {.anchor = room ? Anchor::Start : Anchor::End, .size = 11, .fill = kInk});
  }
  for (std::size_t s = 0; s < chart.series.size(); ++s) {
    const Series& series = chart.series[s];
    const Style style{.stroke = palette(series.colour >= 0 ? series.colour : static_cast<int>(s)),
                      .stroke_width = 2,
                      .dash = series.dashed ? "5 4" : ""};
    draw_runs(canvas, series.y.size(), style, [&](std::size_t i) {
      return Point{px(x_of(series, i)), py(std::clamp(series.y[i], y_ticks.low(), y_ticks.high()))};
    });
  }
  return std::move(canvas).finish();
}

std::string waveforms(const Waveforms& picture) {
  Range ys;
  std::size_t longest = 0;
  for (const WavePanel& panel : picture.panels) {
    for (const auto& trace : panel.traces) {
      longest = std::max(longest, trace.size());
      for (const float value : trace) ys.include(value);
    }
  }
  if (ys.empty()) return empty_picture(picture.name);
  const Ticks ticks = round_ticks(ys.low, ys.high, 3);

  const std::size_t panels = picture.panels.size();
  const std::size_t most = picture.width >= 800 ? 5 : 3;
  const std::size_t columns = std::min(most, panels);
  const double y_room = 46, gap = 16, height = 140, head = 24;
  const double width = std::min(300.0, (picture.width - y_room) / static_cast<double>(columns) - gap);
  const std::size_t rows = (panels + columns - 1) / columns;
  const double total_width = y_room + (width + gap) * static_cast<double>(columns);
  const bool named = picture.channels.size() > 1;
  const double foot = static_cast<double>(rows) * (height + head + 10) + 22;
  const double keys = named ? 18.0 * std::ceil(static_cast<double>(picture.channels.size()) / 4) + 4 : 0;
  Canvas canvas(total_width, foot + keys, picture.name);
  const auto at_y = [&](double top, double y) {
    return top + height - (y - ticks.low()) / (ticks.high() - ticks.low()) * height;
  };

  for (std::size_t p = 0; p < panels; ++p) {
    const WavePanel& panel = picture.panels[p];
    const double left = y_room + static_cast<double>(p % columns) * (width + gap);
    const double top = head + static_cast<double>(p / columns) * (height + head + 10);
    canvas.text(left, top - 8, fitted(panel.label, width, 12), {.bold = true});
    for (std::size_t i = 0; i < ticks.at.size(); ++i) {
      const double y = at_y(top, ticks.at[i]);
      canvas.line(left, y, left + width, y, {.stroke = kGrid});
      if (p % columns == 0) {
        canvas.text(left - 6, y + 4, ticks.text(i), {.anchor = Anchor::End, .size = 10, .fill = kQuiet});
      }
    }
    for (std::size_t t = 0; t < panel.traces.size(); ++t) {
      const auto& trace = panel.traces[t];
      const bool front = panel.channels || t == 0;
      const Style style{.stroke = palette(static_cast<int>(panel.channels ? t : p)),
                        .stroke_width = front ? 1.5 : 1,
                        .opacity = front ? 1 : 0.4};
      const double step = longest > 1 ? width / static_cast<double>(longest - 1) : 0;
      draw_runs(canvas, trace.size(), style, [&](std::size_t i) {
        return Point{left + static_cast<double>(i) * step, at_y(top, static_cast<double>(trace[i]))};
      });
    }
  }

  const double span = static_cast<double>(longest > 0 ? longest - 1 : 0);
  const std::string time = picture.rate_hz > 0 ? duration(span / picture.rate_hz)
                                               : text::cat(grouped(static_cast<double>(longest)), " samples");
  std::string axes = text::cat("each panel is ", time, " wide");
  if (!picture.unit.empty()) axes += text::cat("; values in ", picture.unit);
  canvas.text(y_room, foot - 8, axes, {.size = 11, .fill = kQuiet});
  if (named) legend(canvas, y_room, foot + 12, total_width - y_room, picture.channels);
  return std::move(canvas).finish();
}

}  // namespace mote::report
