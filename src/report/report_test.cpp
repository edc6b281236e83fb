// What documents and pictures promise: strangers' names stay text, the same values give the same bytes,
// nothing to show is no trouble, and every picture is well-formed.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

#include "base/text.h"
#include "report/document.h"
#include "report/numbers.h"
#include "report/svg.h"

namespace mote::report {
namespace {

constexpr const char* kHostile = "<script>alert(\"x\")</script> & 'quoted' \x1b[31m\n\xff";
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Empty when tags are balanced and attributes are quoted, else what is wrong.  Knows HTML's void elements.
std::string markup_fault(const std::string& markup) {
  static const std::set<std::string> kVoid = {"meta", "!doctype"};
  std::vector<std::string> open;
  for (std::size_t i = 0; i < markup.size(); ++i) {
    if (markup[i] == '>') return text::cat("a stray > at ", i);
    if (markup[i] != '<') continue;
    std::size_t end = i + 1;
    bool quoted = false;
    while (end < markup.size() && (quoted || markup[end] != '>')) {
      if (markup[end] == '"') quoted = !quoted;
      if (markup[end] == '<') return text::cat("a < inside the tag at ", i);
      ++end;
    }
    if (end == markup.size()) return text::cat("the tag at ", i, " does not end");
    const bool closes = markup[i + 1] == '/', empty = markup[end - 1] == '/';
    std::size_t name_end = i + 1;
    while (name_end < end && markup[name_end] != ' ' &&
           (closes || markup[name_end] != '/' || name_end == i + 1))
      ++name_end;
    const std::string name = markup.substr(i + 1 + closes, name_end - i - 1 - closes);
    if (closes) {
      if (open.empty() || open.back() != name) return text::cat("</", name, "> at ", i, " closes nothing");
      open.pop_back();
    } else if (!empty && kVoid.count(name) == 0) {
      open.push_back(name);
    }
    i = end;
    // The style sheet may hold > as a child selector.
    if (name == "style" && !closes) i = markup.find("</style>", end) - 1;
  }
  return open.empty() ? "" : text::cat("<", open.back(), "> stays open");
}

void expect_harmless(const std::string& markup) {
  EXPECT_EQ(markup_fault(markup), "");
  EXPECT_EQ(markup.find("<script"), std::string::npos);
  EXPECT_EQ(markup.find('\x1b'), std::string::npos);
  EXPECT_EQ(markup.find('\xff'), std::string::npos);
}

void expect_picture(const std::string& svg) {
  EXPECT_EQ(svg.rfind("<svg ", 0), 0u);
  EXPECT_EQ(svg.find("nan"), std::string::npos);
  EXPECT_EQ(svg.find("inf"), std::string::npos);
  expect_harmless(svg);
}

Document document_of(const std::string& name) {
  Document document;
  document.title = name;
  document.subtitle = name;
  document.verdict = Verdict{false, name, name};
  document.footer = name;
  Table table;
  table.title = name;
  table.columns = {{name}, {name, Align::Right, true}};
  table.rows = {{Cell(name, Tone::Bad), Cell("1")}, {Cell("short row")}};
  table.rows[0][1].share = 0.4;
  table.note = name;
  Table folded = table;
  folded.folded = true;
  document.sections.push_back({name,
                               name,
                               {{table},
                                {folded},
                                {KeyValues{name, {{name, name}}, false}},
                                {KeyValues{name, {{name, name}}, true}},
                                {Figure{name, flow_strip(name, {{name, 1.0}}), name}},
                                {Paragraph{name, Tone::Warning}},
                                {Verdict{true, name, name}},
                                {Tiles{{{name, name, name, Tone::Good}}}}}});
  return document;
}

TEST(Numbers, HaveSensibleDigits) {
  EXPECT_EQ(fixed(12.345, 1), "12.3");
  EXPECT_EQ(fixed(-0.001, 1), "0.0");
  EXPECT_EQ(fixed(kNan, 1), kUnknown);
  EXPECT_EQ(significant(0.012345), "0.0123");
  EXPECT_EQ(significant(1234567.0), "1,234,567");
  EXPECT_EQ(significant(-1234.56, 6), "-1,234.56");
  EXPECT_EQ(significant(0), "0");
  EXPECT_EQ(significant(kInfinity), kUnknown);
  EXPECT_EQ(percent(0.92743), "92.74 %");
  EXPECT_EQ(kilobytes(831), "831 B");
  EXPECT_EQ(kilobytes(21836), "21.84 kB");
  EXPECT_EQ(kilobytes(1234567), "1,234.6 kB");
  EXPECT_EQ(compact(412345), "412 k");
  EXPECT_EQ(compact(2048), "2,048");
  EXPECT_EQ(duration(0.0123), "12.3 ms");
  EXPECT_EQ(duration(200), "3 min 20 s");
  EXPECT_EQ(grouped(1e30), significant(1e30));
}

TEST(Numbers, NamesBecomeOneHarmlessLine) {
  EXPECT_EQ(one_line("a\nb\tc\x1b[1m"), "a b c [1m");
  EXPECT_EQ(one_line("µ\xc0\xaf"), "µ\uFFFD\uFFFD");          // an overlong slash
  EXPECT_EQ(one_line("\xed\xa0\x80"), "\uFFFD\uFFFD\uFFFD");  // a surrogate
  EXPECT_EQ(one_line("\xe2\x80\xae"
                     "cod.exe"),
            " cod.exe");  // turns the writing direction
  EXPECT_EQ(one_line("cut \xe2\x82"), "cut \uFFFD\uFFFD");
  EXPECT_EQ(escape("<a href=\"x\">'&"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;");
  EXPECT_EQ(clip("µµµµ", 3), "µµ…");
  EXPECT_EQ(clip("abc", 3), "abc");
}

TEST(Document, HostileNamesStayText) {
  const Document document = document_of(kHostile);
  const std::string html = to_html(document);
  expect_harmless(html);
  EXPECT_NE(html.find("&lt;script&gt;"), std::string::npos);
  const std::string words = to_text(document);
  EXPECT_EQ(words.find('\x1b'), std::string::npos);
  EXPECT_EQ(words.find('\xff'), std::string::npos);
}

TEST(Document, IsSelfContained) {
  const std::string html = to_html(document_of("plain"));
  for (const char* word : {"<script", "<link", "src=", "href=", "url(", "@import"}) {
    EXPECT_EQ(html.find(word), std::string::npos) << word;
  }
  EXPECT_NE(html.find("prefers-color-scheme:dark"), std::string::npos);
  EXPECT_NE(html.find("<svg "), std::string::npos);
}

TEST(Document, TextIsAtMost110Wide) {
  const std::string words = to_text(document_of(std::string(300, 'w') + " and more"));
  for (const std::string& line : text::split(words.substr(0, words.rfind('\n', words.size() - 2)), '\n')) {
    EXPECT_LE(width_of(line), 110u) << line;
  }
}

TEST(Document, TextEndsWithTheVerdictInOneLine) {
  Document document = document_of("x");
  document.verdict = Verdict{true, "2 windows: 0 mismatched bytes of 8 compared", ""};
  const std::string words = to_text(document);
  EXPECT_TRUE(text::ends_with(words, "\n2 windows: 0 mismatched bytes of 8 compared\n"));
}

TEST(Document, SameDocumentSameBytes) {
  EXPECT_EQ(to_html(document_of("a")), to_html(document_of("a")));
  EXPECT_EQ(to_text(document_of("a")), to_text(document_of("a")));
}

TEST(Document, EmptyOnesAreWhole) {
  EXPECT_EQ(markup_fault(to_html({})), "");
  Document document;
  document.sections = {{"nothing", "", {}}, {"", "", {{Table{}}, {Figure{}}, {KeyValues{}}, {Tiles{}}}}};
  EXPECT_EQ(markup_fault(to_html(document)), "");
  EXPECT_EQ(to_text(document).find("nothing"), std::string::npos);
}

TEST(Document, BlocksGoWhereTheyBelong) {
  Document document;
  document.sections = {{"s", "", {{Paragraph{"screen"}, Where::Html}, {Paragraph{"terminal"}, Where::Text}}}};
  EXPECT_EQ(to_html(document).find("terminal"), std::string::npos);
  EXPECT_EQ(to_text(document).find("screen"), std::string::npos);
}

TEST(Picture, EveryOneIsWellFormedWithHostileNames) {
  const std::string name = kHostile;
  LineChart lines;
  lines.name = lines.x_label = lines.y_label = lines.marker_label = name;
  lines.series = {{name, {1, 2, 0.5, 3}}, {name, {2, 1}, {0.5, 2.5}, true}};
  lines.marker = 2;
  expect_picture(line_chart(lines));
  expect_picture(waveforms({name, name, 125, {{name, {{0, 1, -1}, {1, 2}}}, {name, {{3, 2, 1}}, true}}}));
  expect_picture(confusion_matrix({name, {name, name}, {{5, 1}, {0, 3}}}));
  BarChart bars;
  bars.name = bars.unit = name;
  bars.parts = {name, name};
  bars.bars = {{name, {1, 2}, name, 2.5, name}, {name, {3, 4}, "", {}, ""}};
  expect_picture(bar_chart(bars));
  bars.stacked = false;
  expect_picture(bar_chart(bars));
  ArenaMap arena{name, {name, name}, {{name, 0, 64, -1, 0}, {name, 64, 32, 0, 1}}, 96, 80, 1};
  expect_picture(arena_map(arena));
  expect_picture(flow_strip(name, {{name, 0.5}, {name, {}}}));
}

TEST(Picture, NothingToShowIsAPictureToo) {
  expect_picture(line_chart({}));
  expect_picture(waveforms({}));
  expect_picture(confusion_matrix({}));
  expect_picture(bar_chart({}));
  expect_picture(arena_map({}));
  expect_picture(flow_strip("", {}));
}

TEST(Picture, OddValuesLeaveGaps) {
  LineChart lines;
  lines.series = {{"a", {kNan, 1, kInfinity, 2, 3}}, {"b", {}}, {"c", {kNan}}};
  expect_picture(line_chart(lines));
  lines.series = {{"one", {7}}};
  lines.marker = 1;
  expect_picture(line_chart(lines));
  lines.series = {{"huge", {-1e300, 1e300}}, {"tiny", {1e-300, 0}}};
  expect_picture(line_chart(lines));
  lines.series = {{"flat", std::vector<double>(50000, -4.25)}};
  const std::string flat = line_chart(lines);
  expect_picture(flat);
  EXPECT_LT(flat.size(), 60000u);  // long lines are thinned
  expect_picture(waveforms({"", "", 0, {{"x", {{NAN, 1, NAN}, {}}}}}));
  expect_picture(bar_chart(
      {"", {}, {{"a", {kNan}, "", kInfinity, ""}, {"b", {-3}, "", 0.0, ""}, {"c", {}, "", {}, ""}}, ""}));
  expect_picture(arena_map({"", {}, {{"a", -5, kNan, 3, 1}, {"b", 0, 10, -9, 1 << 30}}, kNan, 0, 99}));
  expect_picture(confusion_matrix({"", {"a", "b", "c"}, {{1}, {0, 0, 0}}}));
  expect_picture(flow_strip("", {{"a", kNan}, {"b", -1.0}}));
}

TEST(Picture, OneClassAndManyClasses) {
  for (const std::size_t n : {1, 5, 12, 30, 60}) {
    Confusion picture;
    for (std::size_t i = 0; i < n; ++i) {
      picture.labels.push_back(text::cat("label ", i));
      picture.counts.push_back(std::vector<std::int64_t>(n, 1));
    }
    expect_picture(confusion_matrix(picture));
  }
}

TEST(Picture, SameValuesSameBytes) {
  const LineChart lines{"n", "x", "y", {{"a", {0.1, 0.2, 0.30000001}}}, {}, "", {}, {}};
  EXPECT_EQ(line_chart(lines), line_chart(lines));
}

// ---- samples

Pixels gradient(int width, int height, int channels) {
  Pixels pixels{width, height, channels, {}};
  for (int i = 0; i < width * height * channels; ++i)
    pixels.values.push_back(static_cast<std::uint8_t>(i * 7));
  return pixels;
}

TEST(Png, HasSignatureSizeAndTheSameBytesTwice) {
  const std::string file = png(gradient(5, 3, 3));
  EXPECT_EQ(file.substr(0, 8), "\x89PNG\r\n\x1a\n");
  EXPECT_EQ(file.substr(16, 8), std::string("\0\0\0\5\0\0\0\3", 8));
  EXPECT_EQ(file, png(gradient(5, 3, 3)));
}

TEST(Png, IsEmptyWhereSizesDoNotFit) {
  EXPECT_EQ(png({0, 3, 1, {}}), "");
  EXPECT_EQ(png({2, 2, 1, {1, 2, 3}}), "");
  EXPECT_EQ(png({2, 2, 2, {1, 2, 3, 4, 5, 6, 7, 8}}), "");
  EXPECT_EQ(png({100000, 1, 1, std::vector<std::uint8_t>(100000)}), "");
}

TEST(Base64, EqualsTheExamplesOfRfc4648) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64("\xff\xfe"), "//4=");
}

TEST(Samples, PicturesAreWellFormedAndHarmless) {
  PictureGrid grid{kHostile, {{kHostile, {gradient(8, 6, 3), gradient(8, 6, 1), {}}}, {"none", {}}}};
  expect_picture(picture_grid(grid));
  HeatMaps maps;
  maps.name = maps.caption = maps.x_unit = maps.y_unit = kHostile;
  maps.panels = {{kHostile, 3, 2, {0, 0.5f, 1, -7, 9, std::nanf("")}, 0, 1}, {"wrong size", 3, 3, {1}, 5, 5}};
  expect_picture(heat_maps(maps));
  maps.row_names = {kHostile, "b"};
  expect_picture(heat_maps(maps));
  expect_picture(
      scatter({kHostile, kHostile, {{kHostile, {1, 2, kNan}, {3, kInfinity, 4}}, {"one", {2}, {2}}}}));
}

TEST(Samples, NothingToShowIsNoTrouble) {
  EXPECT_NE(picture_grid({"empty", {}}).find("nothing to show"), std::string::npos);
  EXPECT_NE(heat_maps({}).find("nothing to show"), std::string::npos);
  EXPECT_NE(scatter({}).find("nothing to show"), std::string::npos);
}

TEST(Waveforms, LongTracesKeepTheirPeaks) {
  Waveforms picture{"long", "g", 100, {{"a", {std::vector<float>(100'000)}, false}}, {}};
  picture.panels[0].traces[0][77'777] = 5;  // one point of many must stay
  const std::string with = waveforms(picture);
  picture.panels[0].traces[0][77'777] = 4;
  EXPECT_NE(with, waveforms(picture));
  EXPECT_LT(with.size(), 40'000u);
  picture.channels = {kHostile, "y"};
  expect_picture(waveforms(picture));
}

}  // namespace
}  // namespace mote::report
