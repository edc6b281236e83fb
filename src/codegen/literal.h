// Internal to the room: values of parameters as C++ literals.
#pragma once

#include <fmt/format.h>

#include "graph/kernel.h"

namespace mote {

/// A float literal that reads back as the same float.
inline std::string float_literal(float value) { return text::shortest(value) + "f"; }

inline std::string value_text(const ParamBlock::Field& field) {
  if (const auto* real = std::get_if<float>(&field.value)) return float_literal(*real);
  const std::int64_t value = std::get<std::int64_t>(field.value);
  return value == INT32_MIN ? "(-2147483647 - 1)" : fmt::format("{}", value);
}

/// Appends `item` to `line`; where that grows too long, `text` takes the line and a new one begins with `margin`.
inline void add_item(std::string& text, std::string& line, const std::string& item, std::string_view margin) {
  constexpr std::size_t longest = 108;
  if (line.size() + item.size() > longest) {
    text += line + "\n";
    line = margin;
  }
  line += item;
}

}  // namespace mote
