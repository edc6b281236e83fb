// A report as data: sections of tables, figures and words, written once and rendered as text for a terminal or
// as one self-contained HTML page.  Knows nothing of what it reports; app/flow_report.h fills it.
// All strings are plain text (the renderers escape them), but for Figure::picture, which comes from svg.h.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace mote::report {

enum class Align : unsigned char { Left, Right };
enum class Tone : unsigned char { Plain, Good, Bad, Warning, Quiet, Strong };

struct Column {
  std::string title;
  Align align = Align::Left;
  bool bar = false;  ///< draws Cell::share beside the text
};

struct Cell {
  Cell(std::string words = {}, Tone mood = Tone::Plain) : text(std::move(words)), tone(mood) {}
  Cell(const char* words) : text(words) {}
  std::string text;
  Tone tone;
  double share = -1;  ///< length of the bar, 0 … 1, in a bar column; negative: no bar
};

struct Table {
  std::string title;
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;  ///< a short row ends in empty cells
  std::string note;                     ///< under the table: how it was measured
  bool folded = false;                  ///< HTML: closed until it is asked for
};

struct KeyValues {
  std::string title;
  std::vector<std::pair<std::string, std::string>> items;
  bool folded = false;
};

struct Figure {
  std::string title;
  std::string picture;  ///< an <svg> element from svg.h; empty: the figure is left out
  std::string caption;
  bool wide = false;  ///< HTML: on a phone it stays large enough to read and scrolls sideways
};

struct Paragraph {
  std::string text;
  Tone tone = Tone::Plain;
};

struct Verdict {
  bool ok = false;
  std::string text;
  std::string detail;
};

/// The few figures that a reader wants first.
struct Tile {
  std::string name, value, note;
  Tone tone = Tone::Plain;
};
struct Tiles {
  std::vector<Tile> tiles;
};

enum class Where : unsigned char { Everywhere, Html, Text };

struct Block {
  std::variant<Table, KeyValues, Figure, Paragraph, Verdict, Tiles> what;
  Where where = Where::Everywhere;
  bool half = false;  ///< HTML: beside its neighbour where the window is wide enough
};

struct Section {
  std::string title;
  std::string intro;  ///< HTML only
  std::vector<Block> blocks;
};

struct Document {
  std::string title, subtitle;
  std::optional<Verdict> verdict;  ///< first thing in HTML, last line of the text
  std::vector<Section> sections;
  std::string footer;  ///< HTML only
};

/// At most 110 columns wide, no escape sequences; figures are left out.  Ends with the verdict's line.
std::string to_text(const Document& document);

/// One page without scripts and outside resources: light and dark, on paper and on a phone.
std::string to_html(const Document& document);
inline constexpr std::string_view kPageBeginning = "<!doctype html>";

}  // namespace mote::report
