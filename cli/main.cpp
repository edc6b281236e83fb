// The program `mote`: finds the verb, parses its options, makes one call of app, prints the answer.
// Results go to standard output, progress and errors to standard error.  Exit 0: done; 1: failed; 2: wrong usage.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>

#include "base/system.h"
#include "command.h"
#include "usage.h"

namespace {

constexpr int kFailed = 1, kUsage = 2;

void print_error(const mote::Error& problem) {
  std::fprintf(stderr, "error: %s\n", problem.message.c_str());
  if (!problem.hint.empty()) std::fprintf(stderr, "hint:  %s\n", problem.hint.c_str());
}

int print(const mote::Result<mote::Outcome>& outcome, bool json) {
  if (!outcome) {
    print_error(outcome.error());
    return outcome.error().kind == mote::Error::Kind::Usage ? kUsage : kFailed;
  }
  const std::string& text = json ? outcome->json : outcome->text;
  std::fwrite(text.data(), 1, text.size(), stdout);
  if (!text.empty() && text.back() != '\n') std::fputc('\n', stdout);
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    print_error({"the answer cannot be written to standard output", {}});
    return kFailed;
  }
  return outcome->ok ? 0 : kFailed;
}

}  // namespace

int main(int count, char** words) {
  CLI::App app("mote: sensor data in, the same answer on the device", "mote");
  app.set_version_flag("--version", std::string("mote ") + mote::version());
  app.require_subcommand(1);
  bool json = false;
  int exit_code = 0;
  std::map<std::string, CLI::App*> groups;
  std::vector<std::pair<CLI::App*, std::function<mote::Result<mote::Outcome>()>>> leaves;
  for (const mote::Command* command : mote::command_registry()) {
    const std::string verb(command->verb);
    const auto space = verb.find(' ');
    CLI::App* parent = &app;
    if (space != std::string::npos) {
      CLI::App*& group = groups[verb.substr(0, space)];
      if (group == nullptr)
        group = app.add_subcommand(verb.substr(0, space), "data sets: see `mote data --help`")
                    ->require_subcommand(1);
      parent = group;
    }
    CLI::App* leaf = parent->add_subcommand(space == std::string::npos ? verb : verb.substr(space + 1),
                                            std::string(command->doc));
    leaf->add_flag("--json", json, "one JSON document on standard output, nothing else there");
    leaves.emplace_back(leaf, command->declare(*leaf));
  }
  try {
    app.parse(count, words);
  } catch (const CLI::ParseError& problem) {
    if (problem.get_exit_code() == 0) return app.exit(problem);  // --help, --version
    print_error(mote::usage_error_of(app, problem));
    return kUsage;
  }
  if (const auto fine = mote::check_environment(); !fine) {
    print_error(fine.error());
    return kUsage;
  }
  for (const auto& [leaf, action] : leaves) {
    if (leaf->parsed()) exit_code = print(action(), json);
  }
  return exit_code;
}
