// Missing values within a series, filled from their neighbours in time: of recordings (tracks.cpp) and of rows (rows.cpp).
// Private to the room.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <string>

#include "data/reader.h"

namespace mote {

/// missing = "hold" or "interpolate".
inline bool fills_gaps(const DataSource& source) {
  return source.missing == "hold" || source.missing == "interpolate";
}

/// Gaps within a channel: the last value before, or the line between its neighbours.  `values`: frames of `width` channels.  What
/// has no value before it, or none behind it to draw a line to, stays missing.
template <class T>
void fill_gaps(const std::string& how, std::size_t width, std::span<T> values) {
  const std::size_t frames = values.size() / width;
  for (std::size_t c = 0; c < width; ++c) {
    std::ptrdiff_t before = -1;
    for (std::size_t i = 0; i < frames; ++i) {
      if (!std::isfinite(values[i * width + c])) continue;
      const auto gap = static_cast<std::ptrdiff_t>(i) - before - 1;
      for (std::ptrdiff_t k = 1; k <= gap && before >= 0; ++k) {
        const T a = values[static_cast<std::size_t>(before) * width + c], b = values[i * width + c];
        const T share = static_cast<T>(k) / static_cast<T>(gap + 1);
        values[static_cast<std::size_t>(before + k) * width + c] = how == "hold" ? a : a + share * (b - a);
      }
      before = static_cast<std::ptrdiff_t>(i);
    }
    for (auto i = static_cast<std::size_t>(before + 1); before >= 0 && how == "hold" && i < frames; ++i)
      values[i * width + c] = values[static_cast<std::size_t>(before) * width + c];
  }
}

}  // namespace mote
