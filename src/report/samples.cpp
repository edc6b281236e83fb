// Pictures of samples: grids of photographs, shaded fields, clouds of points.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/text.h"
#include "report/detail/canvas.h"
#include "report/numbers.h"
#include "report/svg.h"

namespace mote::report {
namespace {

using namespace detail;

/// Dark to light, by way of blue, red and yellow; even in lightness.
std::array<std::uint8_t, 3> shade(double value) {
  static constexpr double kColours[][3] = {{12, 14, 38},   {58, 32, 110},  {130, 38, 118}, {196, 60, 90},
                                           {238, 108, 62}, {250, 176, 72}, {252, 246, 190}};
  constexpr int kLast = static_cast<int>(std::size(kColours)) - 1;
  const double place = (std::isfinite(value) ? std::clamp(value, 0.0, 1.0) : 0.0) * kLast;
  const int below = std::min(static_cast<int>(place), kLast - 1);
  const double part = place - below;
  std::array<std::uint8_t, 3> colour;
  for (std::size_t c = 0; c < 3; ++c) {
    colour[c] = static_cast<std::uint8_t>(
        std::lround(kColours[below][c] * (1 - part) + kColours[below + 1][c] * part));
  }
  return colour;
}

Pixels shaded(const HeatPanel& panel) {
  Pixels pixels{panel.columns, panel.rows, 3, {}};
  for (const float value : panel.values) {
    for (const std::uint8_t c : shade(value)) pixels.values.push_back(c);
  }
  return pixels;
}

/// Panels in lines: how many side by side, and how wide each is.
struct Layout {
  std::size_t columns = 1, lines = 1;
  double width = 0;
  Layout(std::size_t panels, double room, double gap, double widest) {
    const std::size_t most = room >= 700 ? 5 : 3;
    columns = std::max<std::size_t>(std::min(most, panels), 1);
    lines = (panels + columns - 1) / columns;
    width = std::min(widest, room / static_cast<double>(columns) - gap);
  }
};

/// Numbers below a panel: its first and last round values.
void x_axis(Canvas& canvas, double left, double width, double y, double low, double high) {
  const double span = high > low ? high - low : 1;
  const Ticks ticks = round_ticks(low, high, 3);
  for (std::size_t i = 0; i < ticks.at.size(); ++i) {
    const double x = left + (ticks.at[i] - low) / span * width;
    if (x < left - 0.5 || x > left + width + 0.5) continue;
    canvas.line(x, y, x, y + 3, {.stroke = kQuiet});
    const Anchor anchor = x < left + 12           ? Anchor::Start
                          : x > left + width - 12 ? Anchor::End
                                                  : Anchor::Middle;
    canvas.text(x, y + 14, ticks.text(i), {.anchor = anchor, .size = 10, .fill = kQuiet});
  }
}

}  // namespace

std::string picture_grid(const PictureGrid& grid) {
  double label_room = 40;
  for (const PictureRow& row : grid.rows)
    label_room = std::max(label_room, text_width(one_line(row.label), 12));
  label_room = std::min(label_room, 190.0) + 14;
  constexpr double kGap = 5;
  const double tile = grid.tile;
  bool any = false;
  for (const PictureRow& row : grid.rows) any = any || !row.pictures.empty();
  if (!any) return empty_picture(grid.name);
  Canvas canvas(grid.width, static_cast<double>(grid.rows.size()) * (tile + kGap), grid.name);
  double top = 0;
  for (const PictureRow& row : grid.rows) {
    canvas.text(label_room - 12, top + tile / 2 + 4, fitted(row.label, label_room - 12, 12),
                {.anchor = Anchor::End, .bold = true});
    double left = label_room;
    for (const Pixels& picture : row.pictures) {
      const std::string file = png(picture);
      if (file.empty()) continue;
      const double wide = tile * picture.width / picture.height;
      if (left + wide > grid.width) break;
      canvas.image(left, top, wide, tile, file);
      left += wide + kGap;
    }
    top += tile + kGap;
  }
  return std::move(canvas).finish();
}

std::string heat_maps(const HeatMaps& maps) {
  if (maps.panels.empty()) return empty_picture(maps.name);
  double y_room = 44;
  for (const std::string& name : maps.row_names) y_room = std::max(y_room, text_width(one_line(name), 11));
  y_room = std::min(y_room, 170.0) + 8;
  constexpr double kGap = 18, kHead = 22, kFoot = 24;
  const Layout layout(maps.panels.size(), maps.width - y_room, kGap, 320);
  const double rows = static_cast<double>(std::max<std::size_t>(maps.row_names.size(), 1));
  const double height = maps.row_names.empty() ? 130 : std::max(rows * 13, 26.0);
  const double pitch = kHead + height + kFoot;
  const double total = y_room + (layout.width + kGap) * static_cast<double>(layout.columns);
  Canvas canvas(total, pitch * static_cast<double>(layout.lines) + 18, maps.name);
  for (std::size_t p = 0; p < maps.panels.size(); ++p) {
    const HeatPanel& panel = maps.panels[p];
    const double left = y_room + static_cast<double>(p % layout.columns) * (layout.width + kGap);
    const std::size_t line = p / layout.columns;
    const double top = kHead + static_cast<double>(line) * pitch;
    canvas.text(left, top - 7, fitted(panel.label, layout.width, 12), {.bold = true});
    const std::string file = png(shaded(panel));
    if (!file.empty()) canvas.image(left, top, layout.width, height, file, panel.label);
    x_axis(canvas, left, layout.width, top + height, panel.x_low, panel.x_high);
    if (p % layout.columns != 0) continue;
    for (std::size_t r = 0; r < maps.row_names.size(); ++r) {
      canvas.text(left - 6, top + (static_cast<double>(r) + 0.5) * height / rows + 4,
                  fitted(maps.row_names[r], y_room - 8, 11),
                  {.anchor = Anchor::End, .size = 11, .fill = kQuiet});
    }
    if (!maps.row_names.empty()) continue;
    const Ticks ticks = round_ticks(maps.y_low, maps.y_high, 4);
    for (std::size_t i = 0; i < ticks.at.size(); ++i) {
      if (ticks.at[i] < maps.y_low || ticks.at[i] > maps.y_high) continue;
      const double y = top + height - (ticks.at[i] - maps.y_low) / (maps.y_high - maps.y_low) * height;
      canvas.line(left - 4, y, left, y, {.stroke = kQuiet});
      canvas.text(left - 7, y + 4, text::cat(ticks.text(i), maps.y_unit.empty() ? "" : " ", maps.y_unit),
                  {.anchor = Anchor::End, .size = 10, .fill = kQuiet});
    }
  }
  std::string words = maps.caption;
  if (!maps.x_unit.empty()) words += text::cat(words.empty() ? "" : "; ", "across: ", maps.x_unit);
  canvas.text(y_room, pitch * static_cast<double>(layout.lines) + 12, words, {.size = 11, .fill = kQuiet});
  return std::move(canvas).finish();
}

std::string scatter(const Scatter& picture) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const ScatterPanel& panel : picture.panels) {
    for (const double y : panel.y) {
      if (!std::isfinite(y)) continue;
      low = std::min(low, y);
      high = std::max(high, y);
    }
  }
  if (low > high) return empty_picture(picture.name);
  const Ticks ticks = round_ticks(low, high, 3);
  constexpr double kRoom = 50, kGap = 18, kHead = 22, kFoot = 24, kHeight = 140;
  const Layout layout(picture.panels.size(), picture.width - kRoom, kGap, 300);
  const double pitch = kHead + kHeight + kFoot;
  Canvas canvas(kRoom + (layout.width + kGap) * static_cast<double>(layout.columns),
                pitch * static_cast<double>(layout.lines) + 18, picture.name);
  for (std::size_t p = 0; p < picture.panels.size(); ++p) {
    const ScatterPanel& panel = picture.panels[p];
    const double left = kRoom + static_cast<double>(p % layout.columns) * (layout.width + kGap);
    const std::size_t line = p / layout.columns;
    const double top = kHead + static_cast<double>(line) * pitch;
    canvas.text(left, top - 7, fitted(panel.label, layout.width, 12), {.bold = true});
    const auto y_at = [&](double y) {
      return top + kHeight - (y - ticks.low()) / (ticks.high() - ticks.low()) * kHeight;
    };
    for (std::size_t i = 0; i < ticks.at.size(); ++i) {
      const double y = y_at(ticks.at[i]);
      canvas.line(left, y, left + layout.width, y, {.stroke = kGrid});
      if (p % layout.columns == 0)
        canvas.text(left - 6, y + 4, ticks.text(i), {.anchor = Anchor::End, .size = 10, .fill = kQuiet});
    }
    double x_low = std::numeric_limits<double>::infinity(), x_high = -x_low;
    const std::size_t count = std::min(panel.x.size(), panel.y.size());
    for (std::size_t i = 0; i < count; ++i) {
      if (!std::isfinite(panel.x[i]) || !std::isfinite(panel.y[i])) continue;
      x_low = std::min(x_low, panel.x[i]);
      x_high = std::max(x_high, panel.x[i]);
    }
    if (x_low > x_high) continue;
    const double span = x_high > x_low ? x_high - x_low : 1;
    std::vector<Point> points;
    for (std::size_t i = 0; i < count; ++i) {
      if (!std::isfinite(panel.x[i]) || !std::isfinite(panel.y[i])) continue;
      points.push_back({left + (panel.x[i] - x_low) / span * layout.width, y_at(panel.y[i])});
    }
    canvas.points(points, 3.5, {.stroke = palette(0), .opacity = 0.45});
    x_axis(canvas, left, layout.width, top + kHeight, x_low, x_high);
  }
  canvas.text(kRoom, pitch * static_cast<double>(layout.lines) + 12, picture.y_label,
              {.size = 11, .fill = kQuiet});
  return std::move(canvas).finish();
}

}  // namespace mote::report
