// Reads Markdown as far as the tests of the pages need it.
#include "pages.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

namespace mote::docs {
namespace fs = std::filesystem;

namespace {

// "## Reading order" → "reading-order", as web pages of repositories name headings.
std::string anchor_of(std::string_view heading) {
  std::string anchor;
  for (const char c : text::lower(heading)) {
    const auto byte = static_cast<unsigned char>(c);
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || byte >= 0x80) anchor += c;
    if (c == ' ') anchor += '-';
  }
  return anchor;
}

void add_links(std::string_view line, int number, Page& page) {
  std::size_t at = 0;
  bool code = false;  // `inline code` holds no links
  for (; at < line.size(); ++at) {
    if (line[at] == '`') code = !code;
    if (code || line.substr(at, 2) != "](") continue;
    const std::size_t end = line.find(')', at);
    if (end == std::string_view::npos) return;
    const std::size_t open = line.rfind('[', at);
    const bool image = open != std::string_view::npos && open > 0 && line[open - 1] == '!';
    page.links.push_back({number, std::string(line.substr(at + 2, end - at - 2)), image});
  }
}

Block start_block(std::string_view fence, int number) {
  Block block;
  block.line = number;
  for (const std::string& word : text::split(fence.substr(3), ' ')) {
    if (block.language.empty())
      block.language = word;
    else if (text::starts_with(word, "file="))
      block.file = word.substr(5);
    else if (!word.empty())
      block.words.insert(word);
  }
  return block;
}

}  // namespace

fs::path root() { return MOTE_SOURCE_DIR; }

Page read_page(const std::string& name) {
  Page page;
  page.name = name;
  const auto content = read_text(root() / name);
  EXPECT_TRUE(content) << name;
  if (!content) return page;
  int number = 0;
  bool inside = false;
  for (const std::string& line : text::split(*content, '\n')) {
    ++number;
    if (text::starts_with(line, "```")) {
      if (!inside) page.blocks.push_back(start_block(line, number));
      inside = !inside;
    } else if (inside) {
      page.blocks.back().text += line + "\n";
    } else {
      if (text::starts_with(line, "#")) {
        const std::size_t title = line.find(' ');
        if (title != std::string::npos) page.anchors.insert(anchor_of(line.substr(title + 1)));
      }
      add_links(line, number, page);
    }
  }
  EXPECT_FALSE(inside) << name << ": a block is not closed";
  return page;
}

std::vector<Page> all_pages() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(root())) {
    if (entry.path().extension() == ".md") names.push_back(entry.path().filename().string());
  }
  for (const char* folder : {"docs", "examples"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root() / folder)) {
      if (entry.path().extension() == ".md") names.push_back(fs::relative(entry.path(), root()).string());
    }
  }
  std::sort(names.begin(), names.end());
  std::vector<Page> pages;
  for (const std::string& name : names) pages.push_back(read_page(name));
  return pages;
}

fs::path data_folder() {
  const char* set = std::getenv("MOTE_DATA");
  const fs::path folder = set != nullptr ? fs::path(set) : root() / ".." / "shared" / "data";
  std::error_code ignored;
  return fs::is_directory(folder, ignored) ? fs::weakly_canonical(folder) : fs::path();
}

std::string story(const Result<ProcessOutput>& run) {
  if (!run) return run.error().message;
  return text::cat("exit status ", run->exit_code, run->timed_out ? " (timed out)" : "", "\n", run->out,
                   run->err);
}

}  // namespace mote::docs
