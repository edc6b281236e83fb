// A document as one HTML page: styles and pictures inline, no scripts, nothing fetched.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "report/document.h"
#include "report/numbers.h"

namespace mote::report {
namespace {

constexpr std::string_view kStyle = R"css(
:root{color-scheme:light dark;
--paper:#fff;--back:#f5f6f8;--ink:#1d2429;--quiet:#66727c;--grid:#e4e8ec;--rule:#dde2e7;
--good:#1f7a4d;--good-back:#e8f5ee;--bad:#b3372c;--bad-back:#fcecea;--warn:#8a5a00;--warn-back:#fdf4e0;
--c0:#2f6db3;--c1:#d0762b;--c2:#2f8f63;--c3:#b6485d;--c4:#7a5fb0;--c5:#2a8c9c;--c6:#9a8430;--c7:#6b7885}
@media (prefers-color-scheme:dark){:root{
--paper:#171b20;--back:#0f1216;--ink:#e4e8ec;--quiet:#97a3ae;--grid:#2b323a;--rule:#2a3139;
--good:#6fcf9a;--good-back:#14281f;--bad:#f08a7d;--bad-back:#331b19;--warn:#e6bd64;--warn-back:#2f2614;
--c0:#6ea8e6;--c1:#eb9f5c;--c2:#63c294;--c3:#e07f92;--c4:#ab92dd;--c5:#62bccb;--c6:#cbb55f;--c7:#98a5b2}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--back);color:var(--ink);font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;font-variant-numeric:tabular-nums}
main{max-width:1136px;margin:0 auto;padding:40px 24px 32px}
h1{font-size:30px;line-height:1.2;letter-spacing:-.015em;margin:0 0 6px;font-weight:650;overflow-wrap:anywhere}
.sub{color:var(--quiet);margin:0 0 20px;overflow-wrap:anywhere}
section{background:var(--paper);border:1px solid var(--rule);border-radius:10px;padding:22px 24px 24px;margin:18px 0}
h2{font-size:19px;letter-spacing:-.01em;margin:0;font-weight:650;overflow-wrap:anywhere}
h3{font-size:14px;margin:0 0 8px;font-weight:600;overflow-wrap:anywhere}
.intro{color:var(--quiet);margin:3px 0 0;max-width:100ch}
.blocks{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:22px 32px;margin-top:18px}
.block{grid-column:1/-1;min-width:0}.half{grid-column:auto}
.verdict{border-radius:10px;padding:16px 20px;border:1px solid;display:flex;gap:14px;align-items:flex-start}
.verdict b{font-size:18px;line-height:1.35;font-weight:650;display:block;overflow-wrap:anywhere}
.verdict .sign{font-size:22px;line-height:1.1;font-weight:700}
.verdict p{margin:2px 0 0;font-size:14px;color:var(--ink);overflow-wrap:anywhere}
.verdict.ok{background:var(--good-back);color:var(--good);border-color:var(--good)}
.verdict.fail{background:var(--bad-back);color:var(--bad);border-color:var(--bad)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(134px,1fr));gap:12px}
.tile{background:var(--paper);border:1px solid var(--rule);border-radius:10px;padding:12px 14px;min-width:0}
.tile .name{color:var(--quiet);font-size:13px}
.tile .value{font-size:24px;line-height:1.25;font-weight:650;letter-spacing:-.02em;overflow-wrap:anywhere}
.tile .note{color:var(--quiet);font-size:12.5px;line-height:1.4}
section .tile{background:var(--back)}
.scroll{overflow-x:auto;-webkit-overflow-scrolling:touch}
table{border-collapse:collapse;width:100%;font-size:14px}
.tight{width:auto;min-width:55%}
th{font-weight:600;color:var(--quiet);font-size:12.5px;text-align:left;vertical-align:bottom;border-bottom:1px solid var(--quiet)}
th,td{padding:5px 16px 5px 0}
th:last-child,td:last-child{padding-right:2px}
td{border-bottom:1px solid var(--rule);vertical-align:top}
tr:last-child td{border-bottom:0}
.r{text-align:right;white-space:nowrap}
.good{color:var(--good);font-weight:600}.bad{color:var(--bad);font-weight:600}.warning{color:var(--warn);font-weight:600}
.quiet{color:var(--quiet)}.strong{font-weight:650}
.bar{min-width:130px;white-space:nowrap}
.bar i{display:inline-block;width:72px;height:8px;margin-left:10px;background:var(--grid);border-radius:2px;overflow:hidden;vertical-align:1px}
.bar i u{display:block;height:8px;background:var(--c0);border-radius:2px}
.note,figcaption{color:var(--quiet);font-size:13px;line-height:1.45;margin:8px 0 0;max-width:90ch}
figure{margin:0}
svg{display:block;max-width:100%;height:auto}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:3px 20px;margin:0;font-size:14px}
dt{color:var(--quiet)}dd{margin:0;overflow-wrap:anywhere}
p{margin:0;max-width:90ch;overflow-wrap:anywhere}
p.box{padding:10px 14px;border-radius:8px;font-weight:400;max-width:none}
p.box.warning{background:var(--warn-back)}p.box.bad{background:var(--bad-back)}p.box.good{background:var(--good-back)}
details{border:1px solid var(--rule);border-radius:8px;padding:8px 14px}
details[open]{padding-bottom:14px}
summary{cursor:pointer;font-size:14px;font-weight:600}
details>summary+*{margin-top:10px}
footer{color:var(--quiet);font-size:13px;margin:22px 4px 0;overflow-wrap:anywhere}
@media (max-width:860px){.half{grid-column:1/-1}}
@media (max-width:600px){main{padding:22px 12px}section{padding:16px 14px 18px;border-radius:8px}h1{font-size:24px}
.wide .scroll svg{min-width:720px}dl{grid-template-columns:minmax(0,2fr) minmax(0,3fr);gap:4px 12px}
table{font-size:13px}th,td{padding-right:12px}.tiles{grid-template-columns:repeat(2,minmax(0,1fr))}.tile .value{font-size:20px}.tight{width:100%}}
@media print{:root{--back:#fff}body{font-size:11pt}main{max-width:none;padding:0}section{border:0;padding:0;margin:22px 0;break-inside:auto}
.block,figure,tr,.tile{break-inside:avoid}h2,h3{break-after:avoid}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
)css";

std::string_view class_of(Tone tone) {
  switch (tone) {
    case Tone::Good:
      return "good";
    case Tone::Bad:
      return "bad";
    case Tone::Warning:
      return "warning";
    case Tone::Quiet:
      return "quiet";
    case Tone::Strong:
      return "strong";
    case Tone::Plain:
      break;
  }
  return "";
}

std::string classes(std::string_view a, std::string_view b, std::string_view c = {}) {
  std::string all;
  for (const std::string_view name : {a, b, c}) {
    if (!name.empty()) all += (all.empty() ? "" : " ") + std::string(name);
  }
  return all.empty() ? "" : text::cat(" class=\"", all, "\"");
}

std::string element(std::string_view tag, std::string_view content) {
  return content.empty() ? "" : text::cat("<", tag, ">", escape(content), "</", tag, ">\n");
}

/// The block's heading, or the line that unfolds it.
void open(std::string& out, const std::string& title, bool folded) {
  if (folded) {
    out += text::cat("<details><summary>", escape(title.empty() ? "details" : title), "</summary>\n");
  } else {
    out += element("h3", title);
  }
}

void write_cell(std::string& out, const Column& column, const Cell& cell) {
  const std::string_view align = column.align == Align::Right ? "r" : "";
  out +=
      text::cat("<td", classes(align, column.bar ? "bar" : "", class_of(cell.tone)), ">", escape(cell.text));
  if (column.bar && cell.share >= 0) {
    const double share = std::isfinite(cell.share) ? std::clamp(cell.share, 0.0, 1.0) : 0.0;
    out += text::cat("<i><u style=\"width:", fixed(share * 100, 1), "%\"></u></i>");
  }
  out += "</td>";
}

void write(std::string& out, const Table& table) {
  if (table.columns.empty()) return;
  open(out, table.title, table.folded);
  out += text::cat("<div class=\"scroll\"><table", table.columns.size() <= 8 ? " class=\"tight\"" : "",
                   "><thead><tr>");
  for (const Column& column : table.columns) {
    out += text::cat("<th", classes(column.align == Align::Right ? "r" : "", ""), ">", escape(column.title),
                     "</th>");
  }
  out += "</tr></thead><tbody>\n";
  for (const auto& row : table.rows) {
    out += "<tr>";
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      write_cell(out, table.columns[c], c < row.size() ? row[c] : Cell());
    }
    out += "</tr>\n";
  }
  out += "</tbody></table></div>\n";
  if (!table.note.empty()) out += text::cat("<p class=\"note\">", escape(table.note), "</p>\n");
  if (table.folded) out += "</details>\n";
}

void write(std::string& out, const KeyValues& values) {
  open(out, values.title, values.folded);
  out += "<dl>\n";
  for (const auto& [key, value] : values.items) {
    out += text::cat("<dt>", escape(key), "</dt><dd>", escape(value), "</dd>\n");
  }
  out += "</dl>\n";
  if (values.folded) out += "</details>\n";
}

void write(std::string& out, const Figure& figure) {
  out += "<figure>\n" + element("h3", figure.title);
  out += text::cat("<div class=\"scroll\">", figure.picture, "</div>\n");
  out += element("figcaption", figure.caption) + "</figure>\n";
}

void write(std::string& out, const Paragraph& paragraph) {
  const bool boxed =
      paragraph.tone == Tone::Bad || paragraph.tone == Tone::Warning || paragraph.tone == Tone::Good;
  out += text::cat("<p", classes(boxed ? "box" : "", class_of(paragraph.tone)), ">", escape(paragraph.text),
                   "</p>\n");
}

void write(std::string& out, const Verdict& verdict) {
  out += text::cat("<div class=\"verdict ", verdict.ok ? "ok" : "fail", "\"><span class=\"sign\">",
                   verdict.ok ? "✓" : "✗", "</span><div><b>", escape(verdict.text), "</b>");
  if (!verdict.detail.empty()) out += text::cat("<p>", escape(verdict.detail), "</p>");
  out += "</div></div>\n";
}

void write(std::string& out, const Tiles& tiles) {
  out += "<div class=\"tiles\">\n";
  for (const Tile& tile : tiles.tiles) {
    out += text::cat("<div class=\"tile\"><div class=\"name\">", escape(tile.name), "</div><div",
                     classes("value", class_of(tile.tone)), ">", escape(tile.value),
                     "</div><div class=\"note\">", escape(tile.note), "</div></div>\n");
  }
  out += "</div>\n";
}

bool is_empty(const Block& block) {
  const auto* figure = std::get_if<Figure>(&block.what);
  return figure != nullptr && figure->picture.empty();
}

void write_blocks(std::string& out, const std::vector<Block>& blocks) {
  std::string body;
  for (const Block& block : blocks) {
    if (block.where == Where::Text || is_empty(block)) continue;
    const auto* figure = std::get_if<Figure>(&block.what);
    const bool wide = figure != nullptr && figure->wide;
    body += text::cat("<div", classes("block", block.half ? "half" : "", wide ? "wide" : ""), ">\n");
    std::visit([&](const auto& what) { write(body, what); }, block.what);
    body += "</div>\n";
  }
  if (!body.empty()) out += text::cat("<div class=\"blocks\">\n", body, "</div>\n");
}

bool has_html(const Section& section) {
  return std::any_of(section.blocks.begin(), section.blocks.end(),
                     [](const Block& block) { return block.where != Where::Text && !is_empty(block); });
}

}  // namespace

std::string to_html(const Document& document) {
  std::string out =
      text::cat(kPageBeginning,
                "\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>",
                escape(document.title), "</title>\n<style>", kStyle,
                "</style>\n</head>\n<body>\n<main>\n<header>\n<h1>", escape(document.title), "</h1>\n");
  if (!document.subtitle.empty()) out += text::cat("<p class=\"sub\">", escape(document.subtitle), "</p>\n");
  if (document.verdict) write(out, *document.verdict);
  out += "</header>\n";
  for (const Section& section : document.sections) {
    if (!has_html(section)) continue;
    // A section without a title is the overview: its blocks stand on the page itself.
    if (section.title.empty()) {
      write_blocks(out, section.blocks);
      continue;
    }
    out += "<section>\n" + element("h2", section.title);
    if (!section.intro.empty()) out += text::cat("<p class=\"intro\">", escape(section.intro), "</p>\n");
    write_blocks(out, section.blocks);
    out += "</section>\n";
  }
  if (!document.footer.empty()) out += text::cat("<footer>", escape(document.footer), "</footer>\n");
  out += "</main>\n</body>\n</html>\n";
  return out;
}

}  // namespace mote::report
