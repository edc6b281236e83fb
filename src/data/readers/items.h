// Internal to the readers of arrays (IDX, NumPy): the first axis counts the recordings.  What an item is depends on its axes:
//   none           a number: one frame [1]
//   [k]            one frame of k channels; longer than 64: a series of k frames [1]
//   [t, c]         a series of t frames of c channels; of bytes: a picture [t, c, 1] in grey
//   [h, w, c]      a picture; more axes likewise are one frame
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "data/readers/pictures.h"

namespace mote {

struct Items {
  std::vector<std::size_t> shape;  ///< the first is the count
  std::vector<float> values;       ///< item after item
  bool is_bytes = false;  ///< 0 … 255, as pictures are: they take the size that the project asks for
  /// Field → word by item; "label" mostly.
  std::map<std::string, std::vector<std::string>> fields;
};

inline constexpr std::size_t kMaxItems = 1'000'000;
inline constexpr std::size_t kMaxChannelNames = std::size_t{1} << 24;  ///< over all recordings of a file
inline constexpr std::size_t kMaxRowChannels = 64;

/// Whether an array of that shape may become recordings; asked before its values take memory.
inline Result<void> check_items(std::span<const std::size_t> shape, const ImageStyle& style,
                                const std::string& name) {
  const std::string hint = "cut it into several files";
  if (shape.empty() || shape.size() > 5)
    return error(text::cat(name, ": has ", shape.size(), " axes; 1 to 5 are read"),
                 "the first counts the samples");
  if (shape[0] > kMaxItems)
    return error(text::cat(name, ": has ", shape[0], " items; at most ", kMaxItems, " are read"), hint);
  std::size_t count = 1;
  for (const std::size_t extent : shape) {
    if (extent == 0) return error(text::cat(name, ": is empty, an axis has no extent"));
    if (extent > kRecordingMaxValues / count)
      return error(text::cat(name, ": claims more than ", kRecordingMaxValues, " values"), hint);
    count *= extent;
  }
  const std::size_t last = shape.size() == 2 && shape[1] > kMaxRowChannels ? 1 : shape.back();
  if (last > kMaxChannelNames / shape[0])
    return error(text::cat(name, ": ", shape[0], " items of ", last, " channels are too many"), hint);
  const auto pixels = static_cast<std::size_t>(style.width) * static_cast<std::size_t>(style.height);
  if (pixels > 0 && shape.size() >= 3 && shape[0] > kRecordingMaxValues / 3 / pixels)
    return error(
        text::cat(name, ": ", shape[0], " pictures are too many to be ", style.width, "×", style.height),
        hint);
  return {};
}

/// Whether items can be pictures of another size.
inline bool takes_size(const Items& items, std::span<const std::int32_t> frame, const ImageStyle& style) {
  return style.width > 0 && items.is_bytes && frame.size() == 3 && (frame[2] == 1 || frame[2] == 3) &&
         frame[0] <= kImageMaxSide && frame[1] <= kImageMaxSide &&
         std::int64_t{frame[0]} * frame[1] <= kImageMaxPixels;
}

/// Shape of one frame, as the table above says.
inline std::vector<std::int32_t> item_frame(const Items& items) {
  std::vector<std::int32_t> axes;
  for (std::size_t k = 1; k < items.shape.size(); ++k)
    axes.push_back(static_cast<std::int32_t>(items.shape[k]));
  if (axes.empty()) return {1};
  if (axes.size() == 1) return {items.shape[1] > kMaxRowChannels ? 1 : axes[0]};
  if (axes.size() == 2 && !items.is_bytes) return {axes[1]};
  if (axes.size() == 2) axes.push_back(1);
  return axes;
}

/// `items` have passed check_items; the origin of number 7 is "name, item 7", counted from 1.
inline std::vector<Recording> recordings_of(const Items& items, const ImageStyle& style,
                                            const std::string& name) {
  const std::vector<std::int32_t> frame = item_frame(items);
  const std::vector<std::string> channels =
      frame.size() > 1 ? picture_channels(frame.back()) : plain_channels(frame.back());
  const std::size_t count = items.values.size() / items.shape[0];
  std::vector<Recording> recordings;
  recordings.reserve(items.shape[0]);
  for (std::size_t i = 0; i < items.shape[0]; ++i) {
    const std::span<const float> values(items.values.data() + i * count, count);
    std::string origin = text::cat(name, ", item ", i + 1);
    if (takes_size(items, frame, style)) {
      const Image image{frame[1], frame[0], frame[2], {values.begin(), values.end()}};
      recordings.push_back(
          picture_recording(fit(image, style.width, style.height, style.fit), std::move(origin)));
    } else {
      recordings.push_back(one_frame(frame, channels, {values.begin(), values.end()}, std::move(origin)));
    }
    for (const auto& [field, words] : items.fields) recordings.back().fields[field] = words[i];
  }
  return recordings;
}

}  // namespace mote
