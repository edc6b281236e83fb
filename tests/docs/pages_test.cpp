// Every page: links lead somewhere, pictures are there and small, projects parse, decisions have their three parts.
#include "pages.h"

#include <gtest/gtest.h>

#include "app/project.h"

namespace mote::docs {
namespace {
namespace fs = std::filesystem;

TEST(Pages, LinksLeadSomewhere) {
  int seen = 0;
  for (const Page& page : all_pages()) {
    for (const Link& link : page.links) {
      if (text::starts_with(link.target, "http")) continue;
      ++seen;
      const std::size_t hash = link.target.find('#');
      const std::string file = link.target.substr(0, hash);
      const fs::path path =
          file.empty() ? root() / page.name : root() / fs::path(page.name).parent_path() / file;
      EXPECT_TRUE(fs::exists(path)) << page.at(link.line) << ": " << link.target;
      if (hash == std::string::npos || path.extension() != ".md" || !fs::exists(path)) continue;
      const Page target = read_page(fs::relative(path, root()).lexically_normal().string());
      EXPECT_EQ(target.anchors.count(link.target.substr(hash + 1)), 1u)
          << page.at(link.line) << ": " << link.target;
    }
  }
  EXPECT_GT(seen, 30);
}

TEST(Pages, PicturesAreSmall) {
  constexpr std::uintmax_t kMost = 300'000;
  int seen = 0;
  for (const Page& page : all_pages()) {
    for (const Link& link : page.links) {
      const fs::path path = root() / fs::path(page.name).parent_path() / link.target;
      if (!link.image || !fs::exists(path)) continue;
      ++seen;
      EXPECT_LE(fs::file_size(path), kMost) << page.at(link.line);
    }
  }
  EXPECT_GE(seen, 1);
}

TEST(Pages, TomlBlocksAreProjects) {
  int seen = 0;
  for (const Page& page : all_pages()) {
    for (const Block& block : page.blocks) {
      if (block.language != "toml") continue;
      ++seen;
      const auto project = parse_project(block.text, page.name, root(), "/data");
      EXPECT_TRUE(project) << page.at(block.line) << ": " << project.error().message;
    }
  }
  EXPECT_GE(seen, 4);
}

TEST(Pages, DecisionsAreNumberedAndHaveTheirThreeParts) {
  int number = 0;
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(root() / "docs" / "decisions"))
    names.insert(entry.path().filename().string());
  for (const std::string& name : names) {
    ++number;
    EXPECT_EQ(name.substr(0, 4), text::cat("000", number).substr(text::cat(number).size() - 1)) << name;
    const auto content = read_text(root() / "docs" / "decisions" / name);
    ASSERT_TRUE(content);
    for (const char* part : {"**Context.**", "**Decision.**", "**Consequences.**"})
      EXPECT_NE(content->find(part), std::string::npos) << name << " lacks " << part;
  }
  EXPECT_GE(number, 7);
}

}  // namespace
}  // namespace mote::docs
