// What a command line that cannot be parsed is told: the word that is wrong, what is near it, where the options are listed.
#pragma once

#include "base/result.h"

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace mote {

/// `app` as it is after it threw `problem`.
Error usage_error_of(const CLI::App& app, const CLI::ParseError& problem);

}  // namespace mote
