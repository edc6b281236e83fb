// Internal to the readers: recordings of one frame, pictures among them.
#pragma once

#include <span>
#include <string>
#include <utility>

#include "data/image.h"
#include "data/reader.h"

namespace mote {

/// One frame of so many values, in the order of `frame`.
inline Recording one_frame(std::vector<std::int32_t> frame, std::vector<std::string> channels,
                           std::vector<float> values, std::string origin) {
  Stream stream;
  stream.frame = std::move(frame);
  stream.channels = std::move(channels);
  stream.values = std::move(values);
  Recording recording;
  recording.origin = std::move(origin);
  recording.streams.push_back(std::move(stream));
  return recording;
}

/// Names of channels that the file does not name: "0", "1", …
inline std::vector<std::string> plain_channels(std::int32_t channels) {
  std::vector<std::string> names;
  for (std::int32_t i = 0; i < channels; ++i) names.push_back(text::cat(i));
  return names;
}
/// Names of a picture's last axis.
inline std::vector<std::string> picture_channels(std::int32_t channels) {
  if (channels == 1) return {"grey"};
  if (channels == 3) return {"red", "green", "blue"};
  return plain_channels(channels);
}

/// [height, width, channels], 0 … 255.
inline Recording picture_recording(const Image& image, std::string origin) {
  return one_frame({image.height, image.width, image.channels}, picture_channels(image.channels),
                   {image.pixels.begin(), image.pixels.end()}, std::move(origin));
}

inline Result<void> check_style(const ImageStyle& style) {
  const bool fits = style.fit == "stretch" || style.fit == "crop" || style.fit == "pad";
  if (!fits)
    return error(text::cat("fit '", style.fit, "' of pictures is not known"), "stretch, crop or pad");
  if (style.channels != 1 && style.channels != 3)
    return error(text::cat("pictures of ", style.channels, " channels cannot be"), "1: grey, 3: colours");
  if ((style.width == 0) != (style.height == 0))
    return error("of the pictures' size one side is given, the other not", "give width and height");
  if (style.width < 0 || style.height < 0 || style.width > kImageMaxSide || style.height > kImageMaxSide)
    return error(text::cat("pictures of ", style.width, "×", style.height, " pixels cannot be"),
                 text::cat("at most ", kImageMaxSide, " a side"));
  return {};
}

}  // namespace mote
