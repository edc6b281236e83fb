// The model templates of mote.toml: ready networks as layer text, made for the inputs and the task, sized by one width.
// Internal to the room: network.cpp reads the text; `template_layers` shows it to people, who can go on from it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/network.h"

namespace mote {

/// For tables of a page: name and what it is.
struct TemplateLine {
  std::string_view name, doc;
};
std::vector<TemplateLine> template_lines();

}  // namespace mote
