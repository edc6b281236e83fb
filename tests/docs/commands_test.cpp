// docs/reference/commands.md is what the program says of itself.
#include <gtest/gtest.h>

#include <cstdlib>

#include "pages.h"

namespace mote::docs {
namespace {

std::string help(std::vector<std::string> words) {
  words.insert(words.begin(), MOTE_PROGRAM);
  words.emplace_back("--help");
  const auto run = run_process(words, root(), 60);
  EXPECT_TRUE(run && run->exit_code == 0) << story(run);
  return run ? run->out : "";
}

// The first words of the lines below "Subcommands:".
std::vector<std::string> subcommands(const std::string& page) {
  std::vector<std::string> names;
  bool inside = false;
  for (const std::string& line : text::split(page, '\n')) {
    if (inside && text::starts_with(line, "  ") && line[2] != ' ')
      names.push_back(line.substr(2, line.find(' ', 2) - 2));
    inside = inside || line == "Subcommands:";
  }
  return names;
}

std::string block(const std::string& help_text) {
  return text::cat("\n```text\n", text::trim(help_text), "\n```\n");
}

std::string commands_page() {
  std::string page =
      "<!-- Generated from `mote … --help`; a test compares. -->\n# Commands\n\n"
      "`mote VERB …`: files in, files out. Results go to standard output, progress and errors to standard "
      "error. With `--json` standard\n"
      "output is one JSON document. The exit status is 0: done; 1: failed, bytes differ, a budget is "
      "exceeded, the data has a problem;\n"
      "2: wrong usage.\n";
  const std::string overview = help({});
  page += block(overview);
  for (const std::string& verb : subcommands(overview)) {
    const std::string own = help({verb});
    const std::vector<std::string> below = subcommands(own);
    if (below.empty()) page += text::cat("\n## mote ", verb, "\n", block(own));
    for (const std::string& part : below)
      page += text::cat("\n## mote ", verb, " ", part, "\n", block(help({verb, part})));
  }
  return page;
}

TEST(Commands, PageIsWhatTheProgramSays) {
  const auto path = root() / "docs" / "reference" / "commands.md";
  const std::string wanted = commands_page();
  EXPECT_NE(wanted.find("## mote flow"), std::string::npos);
  if (std::getenv("MOTE_UPDATE_DOCS")) {
    ASSERT_TRUE(write_text(path, wanted));
  }
  const auto checked_in = read_text(path);
  ASSERT_TRUE(checked_in) << checked_in.error().message;
  EXPECT_EQ(*checked_in, wanted) << "run mote_docs_test once with MOTE_UPDATE_DOCS=1";
}

}  // namespace
}  // namespace mote::docs
