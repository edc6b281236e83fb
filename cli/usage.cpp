#include "usage.h"

#include <CLI/CLI.hpp>

#include "base/text.h"

namespace mote {
namespace {
using text::cat;

/// "mote data show" as far as it was understood.
struct Understood {
  const CLI::App* verb;
  std::string words;
};
Understood understood(const CLI::App& app) {
  Understood deepest{&app, app.get_name()};
  while (!deepest.verb->get_subcommands().empty()) {
    deepest.verb = deepest.verb->get_subcommands().front();
    deepest.words += " " + deepest.verb->get_name();
  }
  return deepest;
}

std::vector<std::string> verbs_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(verb->get_name());
  return names;
}

std::vector<std::string> options_of(const CLI::App& verb) {
  std::vector<std::string> names;
  for (const CLI::Option* option : verb.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

}  // namespace

Error usage_error_of(const CLI::App& app, const CLI::ParseError& problem) {
  const Understood at = understood(app);
  const std::string help = cat("`", at.words, " --help` says what there is");
  const std::vector<std::string> unknown = at.verb->remaining(), verbs = verbs_of(*at.verb);
  const std::string word = unknown.empty() ? "" : unknown.front();
  if (text::starts_with(word, "-")) {
    const auto near = text::nearest(word.substr(0, word.find('=')), options_of(*at.verb));
    return usage_error(cat("unknown option '", word, "' of `", at.words, "`"),
                       cat(near ? cat("did you mean '", *near, "'? ") : std::string(), help));
  }
  if (!verbs.empty()) {
    if (word.empty()) return usage_error(cat("`", at.words, "` needs a verb"), text::join(verbs, ", "));
    return usage_error(cat("unknown verb '", word, "'"), cat(text::suggest(word, verbs), "; ", help));
  }
  if (!word.empty()) return usage_error(cat("`", at.words, "` does not take '", word, "'"), help);
  return usage_error(cat("`", at.words, "`: ", problem.what()), help);
}

}  // namespace mote
