// A document as text for a terminal: aligned columns, at most 110 wide.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "report/document.h"
#include "report/numbers.h"

namespace mote::report {
namespace {

constexpr std::size_t kWidth = 110;
constexpr std::size_t kBarWidth = 10;
constexpr std::size_t kGap = 2;

std::string repeat(std::string_view piece, std::size_t n) {
  std::string out;
  for (std::size_t i = 0; i < n; ++i) out += piece;
  return out;
}

std::string pad(const std::string& s, std::size_t width, Align align) {
  const std::size_t have = width_of(s);
  const std::string blanks(have < width ? width - have : 0, ' ');
  return align == Align::Left ? s + blanks : blanks + s;
}

void end_line(std::string& out, std::string line) {
  while (!line.empty() && line.back() == ' ') line.pop_back();
  out += line + "\n";
}

/// Breaks between words; later lines start with `indent` blanks.
void wrapped(std::string& out, const std::string& words, std::size_t indent) {
  std::string line(indent, ' ');
  bool fresh = true;
  for (const std::string& word : text::split(one_line(words), ' ')) {
    if (word.empty()) continue;
    if (!fresh && width_of(line) + 1 + width_of(word) > kWidth) {
      end_line(out, line);
      line.assign(indent, ' ');
      fresh = true;
    }
    line += (fresh ? "" : " ") + clip(word, kWidth - indent);
    fresh = false;
  }
  if (!fresh) end_line(out, line);
}

std::string bar_of(double share) {
  const double inside = std::isfinite(share) ? std::clamp(share, 0.0, 1.0) : 0.0;
  auto filled = static_cast<std::size_t>(std::lround(inside * kBarWidth));
  if (inside > 0 && filled == 0) filled = 1;
  return repeat("█", filled) + std::string(kBarWidth - filled, ' ');
}

/// Widths of the columns; the widest ones give way until the table fits.
std::vector<std::size_t> widths_of(const Table& table, std::size_t room) {
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    std::size_t width = width_of(one_line(table.columns[c].title));
    for (const auto& row : table.rows) {
      if (c < row.size()) width = std::max(width, width_of(one_line(row[c].text)));
    }
    widths.push_back(width);
    if (table.columns[c].bar) room -= std::min(room, kBarWidth + 1);
  }
  room -= std::min(room, kGap * table.columns.size());
  std::size_t sum = 0;
  for (const std::size_t width : widths) sum += width;
  while (sum > room) {
    const auto widest = std::max_element(widths.begin(), widths.end());
    if (*widest <= 4) break;
    --*widest;
    --sum;
  }
  return widths;
}

void table_row(std::string& out, const Table& table, const std::vector<std::size_t>& widths,
               const std::vector<Cell>& row, bool header) {
  std::string line;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const Cell cell = c < row.size() ? row[c] : Cell();
    line +=
        std::string(kGap, ' ') + pad(clip(one_line(cell.text), widths[c]), widths[c], table.columns[c].align);
    if (table.columns[c].bar) line += " " + (header ? std::string(kBarWidth, ' ') : bar_of(cell.share));
  }
  end_line(out, clip(line, kWidth));
}

void write(std::string& out, const Table& table) {
  if (table.columns.empty()) return;
  const std::vector<std::size_t> widths = widths_of(table, kWidth);
  std::vector<Cell> titles;
  for (const Column& column : table.columns) titles.emplace_back(column.title);
  const bool named = std::any_of(titles.begin(), titles.end(), [](const Cell& c) { return !c.text.empty(); });
  if (named) table_row(out, table, widths, titles, true);
  for (const auto& row : table.rows) table_row(out, table, widths, row, false);
  wrapped(out, table.note, kGap);
}

void write(std::string& out, const KeyValues& values) {
  std::size_t width = 0;
  for (const auto& [key, value] : values.items) width = std::max(width, width_of(one_line(key)));
  width = std::min<std::size_t>(width, 40);
  for (const auto& [key, value] : values.items) {
    std::string lines;
    wrapped(lines, value, kGap + width + kGap);
    if (lines.empty()) lines = "\n";
    const std::string first = std::string(kGap, ' ') + pad(clip(one_line(key), width), width, Align::Left);
    out += first + lines.substr(std::min(lines.size() - 1, kGap + width));
  }
}

void write(std::string&, const Figure&) {}

void write(std::string& out, const Paragraph& paragraph) {
  wrapped(out, (paragraph.tone == Tone::Bad || paragraph.tone == Tone::Warning ? "! " : "") + paragraph.text,
          kGap);
}

void write(std::string& out, const Verdict& verdict) {
  wrapped(out, text::cat(verdict.ok ? "ok: " : "FAILED: ", verdict.text), kGap);
  wrapped(out, verdict.detail, kGap);
}

void write(std::string& out, const Tiles& tiles) {
  KeyValues values;
  for (const Tile& tile : tiles.tiles) {
    values.items.emplace_back(tile.name, tile.note.empty() ? tile.value : tile.value + "  " + tile.note);
  }
  write(out, values);
}

}  // namespace

std::string to_text(const Document& document) {
  std::string out;
  end_line(out, clip(one_line(document.title), kWidth));
  wrapped(out, document.subtitle, 0);
  for (const Section& section : document.sections) {
    std::string body;
    for (const Block& block : section.blocks) {
      if (block.where == Where::Html) continue;
      std::visit([&](const auto& what) { write(body, what); }, block.what);
    }
    if (body.empty()) continue;
    out += "\n" + clip(one_line(section.title), kWidth) + "\n" + body;
  }
  if (document.verdict) {
    out += "\n";
    wrapped(out, document.verdict->detail, 0);
    out += one_line(document.verdict->text) + "\n";
  }
  return out;
}

}  // namespace mote::report
