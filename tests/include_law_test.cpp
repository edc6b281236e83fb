// The dependency table of ARCHITECTURE.md is law: no source includes a header of a room that its own may not include.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/system.h"

namespace mote {
namespace {
namespace fs = std::filesystem;

using Rooms = std::set<std::string>;

struct Law {
  std::vector<std::string> order;  // of the rows
  std::map<std::string, Rooms> may;
};

// The words between backquotes: "`base` `math` (…)" → base, math.
std::vector<std::string> quoted_words(const std::string& cell) {
  std::vector<std::string> words;
  const std::vector<std::string> parts = text::split(cell, '`');
  for (std::size_t i = 1; i < parts.size(); i += 2) {
    for (const std::string& word : text::split(parts[i], ' ')) {
      if (!word.empty()) words.push_back(word);
    }
  }
  return words;
}

// Reads the table "| room | may include |".
Law read_law(const std::string& page) {
  Law law;
  bool inside = false;
  for (const std::string& line : text::split(page, '\n')) {
    if (line.find("| room | may include |") != std::string::npos) inside = true;
    if (inside && !text::starts_with(text::trim(line), "|")) break;
    const std::vector<std::string> cells = text::split(line, '|');
    if (!inside || cells.size() < 3) continue;
    const std::string& allowed = cells[2];
    Rooms rooms;
    if (allowed.find("everything above") != std::string::npos)
      rooms.insert(law.order.begin(), law.order.end());
    const std::string words = allowed.substr(0, allowed.find('('));  // behind it: a remark
    for (const std::string& room : quoted_words(words)) rooms.insert(room);
    for (const std::string& room : quoted_words(cells[1])) {
      law.order.push_back(room);
      law.may[room] = rooms;
      law.may[room].insert(room);
    }
  }
  return law;
}

struct Include {
  std::string file;
  int line = 0;
  std::string room;  // whose source it is
  std::string target;
};

bool is_source(const fs::path& path) {
  const std::string ending = path.extension().string();
  return ending == ".h" || ending == ".cpp" || ending == ".inc" || ending == ".c";
}

// The room whose header "x/y.h" is; empty: none (a generated one, one of the tests').
std::string room_of_header(const std::string& header, const Law& law) {
  if (text::starts_with(header, "mote/")) return "device";
  const std::string first = header.substr(0, header.find('/'));
  return header.find('/') != std::string::npos && law.may.count(first) > 0 ? first : "";
}

void collect(const fs::path& root, const fs::path& folder, const std::string& room, const Law& law,
             std::vector<Include>& out) {
  if (!fs::exists(folder)) return;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || !is_source(entry.path())) continue;
    const auto content = read_text(entry.path());
    if (!content) continue;  // it was moved away just now
    int number = 0;
    for (const std::string& line : text::split(*content, '\n')) {
      ++number;
      constexpr std::string_view mark = "#include \"";
      const std::string_view trimmed = text::trim(line);
      if (!text::starts_with(trimmed, mark)) continue;
      const std::string header(trimmed.substr(mark.size(), trimmed.find('"', mark.size()) - mark.size()));
      const std::string target = room_of_header(header, law);
      if (!target.empty()) out.push_back({fs::relative(entry.path(), root).string(), number, room, target});
    }
  }
}

std::vector<std::string> violations(const std::vector<Include>& includes, const Law& law) {
  std::vector<std::string> out;
  for (const Include& include : includes) {
    if (law.may.at(include.room).count(include.target) > 0) continue;
    out.push_back(text::cat(include.file, ":", include.line, ": '", include.room, "' may not include '",
                            include.target, "'"));
  }
  return out;
}

Law law_of_the_house() {
  const auto page = read_text(fs::path(MOTE_SOURCE_DIR) / "ARCHITECTURE.md");
  EXPECT_TRUE(page) << page.error().message;
  return page ? read_law(*page) : Law{};
}

TEST(IncludeLaw, IsReadAsItIsWritten) {
  const Law law = read_law(
      "| room | may include |\n|---|---|\n| `device` | itself |\n| `base` | – |\n| `math` `report` | `base` "
      "|\n"
      "| `graph` | `base` (forward-declares `Target`) |\n| `app` | everything above |\n\n| `x` | `y` |\n");
  EXPECT_EQ(law.may.at("base"), (Rooms{"base"}));
  EXPECT_EQ(law.may.at("report"), (Rooms{"base", "report"}));
  EXPECT_EQ(law.may.at("graph"), (Rooms{"base", "graph"}));
  EXPECT_EQ(law.may.at("app"), (Rooms{"app", "base", "device", "graph", "math", "report"}));
  EXPECT_EQ(law.may.count("x"), 0u);
  EXPECT_EQ(violations({{"src/math/a.cpp", 7, "math", "graph"}}, law),
            (std::vector<std::string>{"src/math/a.cpp:7: 'math' may not include 'graph'"}));
}

TEST(IncludeLaw, HoldsInEveryRoom) {
  const fs::path root(MOTE_SOURCE_DIR);
  const Law law = law_of_the_house();
  ASSERT_GE(law.order.size(), 15u) << "ARCHITECTURE.md has no table '| room | may include |'";
  std::vector<Include> includes;
  for (const auto& entry : fs::directory_iterator(root / "src")) {
    if (!entry.is_directory() || fs::is_empty(entry.path())) continue;
    const std::string room = entry.path().filename().string();
    ASSERT_EQ(law.may.count(room), 1u) << "src/" << room << " is not in the table of ARCHITECTURE.md";
    collect(root, entry.path(), room, law, includes);
  }
  for (const char* room : {"device", "cli", "studio", "python"})
    collect(root, root / room, room, law, includes);
  EXPECT_GT(includes.size(), 100u);
  for (const std::string& violation : violations(includes, law)) ADD_FAILURE() << violation;
}

TEST(IncludeLaw, PublicHeadersAreCounted) {
  const fs::path root = fs::path(MOTE_SOURCE_DIR) / "src";
  std::map<std::string, Rooms> used;  // room → its headers that other rooms include
  std::vector<std::string> rooms;
  for (const auto& entry : fs::directory_iterator(root)) rooms.push_back(entry.path().filename().string());
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file() || !is_source(entry.path())) continue;
    const std::string own = fs::relative(entry.path(), root).begin()->string();
    const auto content = read_text(entry.path());
    if (!content) continue;
    for (const std::string& line : text::split(*content, '\n')) {
      constexpr std::string_view mark = "#include \"";
      if (!text::starts_with(line, mark)) continue;
      const std::string header = line.substr(mark.size(), line.find('"', mark.size()) - mark.size());
      const std::string room = header.substr(0, header.find('/'));
      if (room != own && std::find(rooms.begin(), rooms.end(), room) != rooms.end())
        used[room].insert(header);
    }
  }
  constexpr std::size_t few = 3;  // advice, not law
  for (const auto& [room, headers] : used) {
    if (headers.size() > few)
      std::printf("note: '%s' shows %zu headers, %zu are advised\n", room.c_str(), headers.size(), few);
  }
}

}  // namespace
}  // namespace mote
