// What all pictures share: an SVG writer that escapes, colours, and axes with round ticks.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mote::report::detail {

using Point = std::pair<double, double>;

enum class Anchor : unsigned char { Start, Middle, End };

/// Colours by role.  Each is a CSS variable with the light page's value as fallback.
inline constexpr std::string_view kInk = "var(--ink,#1d2429)";
inline constexpr std::string_view kQuiet = "var(--quiet,#66727c)";
inline constexpr std::string_view kGrid = "var(--grid,#e4e8ec)";
inline constexpr std::string_view kPaper = "var(--paper,#ffffff)";
inline constexpr std::string_view kBad = "var(--bad,#b3372c)";
std::string_view palette(int index);  ///< eight, repeated

struct Style {
  std::string_view fill = "none";
  std::string_view stroke = "none";
  double stroke_width = 1;
  double opacity = 1;
  double fill_opacity = 1;
  std::string_view dash = {};  ///< "4 3"
  double radius = 0;           ///< of a rectangle's corners
};

struct TextStyle {
  Anchor anchor = Anchor::Start;
  double size = 12;
  std::string_view fill = kInk;
  bool bold = false;
  double turn = 0;      ///< degrees clockwise around the anchor
  bool halo = false;    ///< stands clear of lines below it
  bool silent = false;  ///< the pointer does not see it: what lies below answers with its hover words
};

class Canvas {
 public:
  Canvas(double width, double height, std::string_view name);
  void line(double x1, double y1, double x2, double y2, const Style& style);
  void rect(double x, double y, double w, double h, const Style& style, std::string_view hover = {});
  void path(const std::vector<Point>& points, const Style& style, bool closed = false);
  /// A smooth line through the points that leaves and reaches each of them vertically.
  void curve(const std::vector<Point>& points, const Style& style, std::string_view hover = {});
  void begin_group(double dx, double dy);  ///< what follows is moved by that
  void end_group();
  void dot(double x, double y, double r, const Style& style, std::string_view hover = {});
  /// Round points as one path: a tenth of what circles take.
  void points(const std::vector<Point>& points, double size, const Style& style);
  /// A PNG file, stretched to the rectangle, its points kept sharp.
  void image(double x, double y, double w, double h, const std::string& png, std::string_view hover = {});
  void text(double x, double y, std::string_view words, const TextStyle& style = {});
  std::string finish() &&;

 private:
  std::string out_;
};

/// Room that `words` take, about, in a sans-serif face.
double text_width(std::string_view words, double size);
/// As much of `words` as fits into `width`.
std::string fitted(std::string_view words, double width, double size);

/// Round values at about `count` places that cover [low, high]; first and last may lie outside of it.
struct Ticks {
  std::vector<double> at;
  int decimals = 0;
  double low() const { return at.front(); }
  double high() const { return at.back(); }
  std::string text(std::size_t i) const;
};
Ticks round_ticks(double low, double high, int count);

/// A row of colour keys from `x` on; returns its height.
double legend(Canvas& canvas, double x, double y, double width, const std::vector<std::string>& names);

/// A picture that only says that there is nothing to see.
std::string empty_picture(std::string_view name);

}  // namespace mote::report::detail
