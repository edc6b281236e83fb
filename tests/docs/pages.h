// The project's pages as tests see them: Markdown files, their blocks of code, their links.
//
// The word behind ``` is the language; words behind it say what a test does with the block:
//   file=NAME   the block is that file (toml, cpp, c): written before the page's commands run
//   compile     C or C++ that compiles beside the files of the page
//   data        commands that need the data folder; skipped where it is absent
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "base/system.h"

namespace mote::docs {

struct Block {
  int line = 0;  ///< where it begins in its page, from 1
  std::string language, file, text;
  std::set<std::string> words;
};

struct Link {
  int line = 0;
  std::string target;
  bool image = false;
};

struct Page {
  std::string name;  ///< "docs/guide/01-first-steps.md"
  std::vector<Block> blocks;
  std::vector<Link> links;
  std::set<std::string> anchors;  ///< of its headings

  std::string at(int line) const { return text::cat(name, ":", line); }
};

std::filesystem::path root();
/// Reads a page; a test fails when it is not there.
Page read_page(const std::string& name);
/// README and its neighbours, everything below docs and examples; sorted.
std::vector<Page> all_pages();
/// $MOTE_DATA, else shared/data beside the checkout; empty when it is not there.
std::filesystem::path data_folder();
/// Output and exit code of a program for a failure's message.
std::string story(const Result<ProcessOutput>& run);

}  // namespace mote::docs
