// The SVG writer: see canvas.h.
#include "report/detail/canvas.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "report/numbers.h"
#include "report/svg.h"

namespace mote::report::detail {
namespace {

/// Coordinates with a tenth of a pixel; never "nan", which would spoil the picture.
std::string number(double value) {
  if (!std::isfinite(value)) return "0";
  std::string digits = fixed(std::clamp(value, -1e6, 1e6), 1);
  if (digits.ends_with(".0")) digits.resize(digits.size() - 2);
  return digits;
}

std::string css(const Style& style) {
  std::string out = text::cat(" style=\"fill:", style.fill);
  if (style.stroke != "none") {
    out += text::cat(";stroke:", style.stroke, ";stroke-width:", number(style.stroke_width));
    if (!style.dash.empty()) out += text::cat(";stroke-dasharray:", style.dash);
  }
  if (style.fill_opacity < 1) out += text::cat(";fill-opacity:", fixed(style.fill_opacity, 2));
  if (style.opacity < 1) out += text::cat(";opacity:", fixed(style.opacity, 2));
  return out + "\"";
}

/// The end of an element: with a hover title or without.
std::string closing(std::string_view tag, std::string_view hover) {
  if (hover.empty()) return "/>\n";
  return text::cat("><title>", escape(hover), "</title></", tag, ">\n");
}

}  // namespace

std::string_view palette(int index) {
  static constexpr std::array<std::string_view, 8> colours = {
      "var(--c0,#2f6db3)", "var(--c1,#d0762b)", "var(--c2,#2f8f63)", "var(--c3,#b6485d)",
      "var(--c4,#7a5fb0)", "var(--c5,#2a8c9c)", "var(--c6,#9a8430)", "var(--c7,#6b7885)"};
  return colours[static_cast<std::size_t>(std::max(index, 0)) % colours.size()];
}

Canvas::Canvas(double width, double height, std::string_view name) {
  out_ = text::cat("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 ", number(width),
                   " ", number(height), "\" width=\"", number(width), "\" height=\"", number(height),
                   "\" font-family=\"system-ui,-apple-system,'Segoe UI',Roboto,sans-serif\" aria-label=\"",
                   escape(name), "\">\n");
}

void Canvas::line(double x1, double y1, double x2, double y2, const Style& style) {
  out_ += text::cat("<line x1=\"", number(x1), "\" y1=\"", number(y1), "\" x2=\"", number(x2), "\" y2=\"",
                    number(y2), "\"", css(style), "/>\n");
}

void Canvas::rect(double x, double y, double w, double h, const Style& style, std::string_view hover) {
  out_ += text::cat("<rect x=\"", number(x), "\" y=\"", number(y), "\" width=\"", number(std::max(w, 0.0)),
                    "\" height=\"", number(std::max(h, 0.0)), "\"");
  if (style.radius > 0) out_ += text::cat(" rx=\"", number(style.radius), "\"");
  out_ += css(style) + closing("rect", hover);
}

void Canvas::path(const std::vector<Point>& points, const Style& style, bool closed) {
  if (points.empty()) return;
  std::string d;
  for (std::size_t i = 0; i < points.size(); ++i) {
    d += text::cat(i == 0 ? "M" : " ", number(points[i].first), " ", number(points[i].second));
  }
  if (closed) d += "Z";
  out_ +=
      text::cat("<path d=\"", d, "\" stroke-linejoin=\"round\" stroke-linecap=\"round\"", css(style), "/>\n");
}

void Canvas::curve(const std::vector<Point>& points, const Style& style, std::string_view hover) {
  if (points.empty()) return;
  std::string d = text::cat("M", number(points[0].first), " ", number(points[0].second));
  for (std::size_t i = 1; i < points.size(); ++i) {
    const auto [x0, y0] = points[i - 1];
    const auto [x1, y1] = points[i];
    if (std::fabs(x0 - x1) < 0.05) {
      d += text::cat("L", number(x1), " ", number(y1));
      continue;
    }
    const std::string middle = number((y0 + y1) / 2);
    d += text::cat("C", number(x0), " ", middle, " ", number(x1), " ", middle, " ", number(x1), " ",
                   number(y1));
  }
  out_ += text::cat("<path d=\"", d, "\" stroke-linejoin=\"round\"", css(style), closing("path", hover));
}

void Canvas::begin_group(double dx, double dy) {
  out_ += text::cat("<g transform=\"translate(", number(dx), " ", number(dy), ")\">\n");
}
void Canvas::end_group() { out_ += "</g>\n"; }

void Canvas::dot(double x, double y, double r, const Style& style, std::string_view hover) {
  out_ += text::cat("<circle cx=\"", number(x), "\" cy=\"", number(y), "\" r=\"", number(r), "\"", css(style),
                    closing("circle", hover));
}

void Canvas::points(const std::vector<Point>& points, double size, const Style& style) {
  if (points.empty()) return;
  std::string d;
  for (const auto& [x, y] : points) d += text::cat("M", number(x), " ", number(y), "h0");
  Style round = style;
  round.stroke_width = size;
  out_ += text::cat("<path d=\"", d, "\" stroke-linecap=\"round\"", css(round), "/>\n");
}

void Canvas::image(double x, double y, double w, double h, const std::string& png, std::string_view hover) {
  out_ += text::cat("<image x=\"", number(x), "\" y=\"", number(y), "\" width=\"", number(w), "\" height=\"",
                    number(h), "\" preserveAspectRatio=\"none\" style=\"image-rendering:pixelated\" ",
                    "href=\"data:image/png;base64,", base64(png), "\"", closing("image", hover));
}

void Canvas::text(double x, double y, std::string_view words, const TextStyle& style) {
  out_ +=
      text::cat("<text x=\"", number(x), "\" y=\"", number(y), "\" font-size=\"", number(style.size), "\"");
  if (style.anchor != Anchor::Start) {
    out_ += text::cat(" text-anchor=\"", style.anchor == Anchor::Middle ? "middle" : "end", "\"");
  }
  if (style.silent) out_ += " pointer-events=\"none\"";
  if (style.bold) out_ += " font-weight=\"600\"";
  if (style.turn != 0) {
    out_ += text::cat(" transform=\"rotate(", number(style.turn), " ", number(x), " ", number(y), ")\"");
  }
  const std::string halo = style.halo ? text::cat(";paint-order:stroke;stroke-width:3;stroke:", kPaper) : "";
  out_ += text::cat(" style=\"fill:", style.fill, halo, "\">", escape(words), "</text>\n");
}

std::string Canvas::finish() && { return std::move(out_) + "</svg>"; }

double text_width(std::string_view words, double size) {
  // Capitals and 'm', 'w', '%' are wider than the rest in every sans-serif face.
  const auto wide = std::count_if(words.begin(), words.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || c == 'm' || c == 'w' || c == '%';
  });
  return (static_cast<double>(report::width_of(words)) * 0.59 + static_cast<double>(wide) * 0.16) * size;
}

std::string fitted(std::string_view words, double width, double size) {
  std::string line = one_line(words);
  if (text_width(line, size) <= width) return line;
  const double letters = std::max(width, 0.0) / (size * 0.6);
  return clip(line, static_cast<std::size_t>(letters));
}

Ticks round_ticks(double low, double high, int count) {
  if (!std::isfinite(low) || !std::isfinite(high) || low > high) low = 0, high = 1;
  low = std::clamp(low, -1e15, 1e15);
  high = std::clamp(high, -1e15, 1e15);
  const double least = std::max({std::fabs(low), std::fabs(high), 1e-9}) * 1e-6;
  if (high - low < least) {
    low -= low == 0 ? 0 : std::fabs(low) * 0.1;
    high += high == 0 ? 1 : std::fabs(high) * 0.1;
  }
  const double raw = (high - low) / std::max(count, 1);
  const double power = std::pow(10.0, std::floor(std::log10(raw)));
  const double lead = raw / power;
  const double step = power * (lead <= 1.0 ? 1 : lead <= 2.0 ? 2 : lead <= 5.0 ? 5 : 10);
  Ticks ticks;
  ticks.decimals = std::max(0, static_cast<int>(-std::floor(std::log10(step) + 1e-9)));
  const double first = std::floor(low / step + 1e-9), last = std::ceil(high / step - 1e-9);
  for (double k = first; k <= last && ticks.at.size() < 50; k += 1) ticks.at.push_back(k * step);
  return ticks;
}

std::string Ticks::text(std::size_t i) const {
  if (std::fabs(at[i]) >= 1e4) return compact(at[i]);
  return fixed(at[i], decimals);
}

double legend(Canvas& canvas, double x, double y, double width, const std::vector<std::string>& names) {
  double at = x, row = y;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string words = fitted(names[i], width - 30, 12);
    const double room = text_width(words, 12) + 32;
    if (at > x && at + room > x + width) at = x, row += 18;
    canvas.rect(at, row - 9, 10, 10, {.fill = palette(static_cast<int>(i)), .radius = 2});
    canvas.text(at + 15, row, words, {.fill = kQuiet});
    at += room;
  }
  return names.empty() ? 0 : row - y + 18;
}

std::string empty_picture(std::string_view name) {
  Canvas canvas(520, 60, name);
  canvas.text(0, 34, "nothing to show", {.fill = kQuiet});
  return std::move(canvas).finish();
}

}  // namespace mote::report::detail
