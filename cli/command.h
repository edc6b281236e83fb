// A command is one file, cli/commands/<verb>.cpp: it declares its options and makes one call of app.  Being in the folder is
// the registration.  What app answers is printed by main.cpp.
#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "app/app.h"

namespace CLI {
class App;
}

namespace mote {

struct Command {
  std::string_view verb;  ///< "run"; "data show" is the verb `show` below `data`
  std::string_view doc;   ///< one sentence, for `mote --help`
  /// Adds options to `app` and gives what is to be done once they are parsed.
  std::function<Result<Outcome>()> (*declare)(CLI::App& app);
};
std::span<const Command* const> command_registry();

/// A file of cli/commands defines its command with this.
#define MOTE_COMMAND(file) const ::mote::Command& mote_command_##file()

}  // namespace mote
