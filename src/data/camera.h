// Pictures as cameras write them, without a header: who reads them must know format and size.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/image.h"

namespace mote {

/// The names that `decode_camera_frames` knows: "rgb565", "bayer-rggb", …
std::span<const std::string_view> camera_formats();

/// All frames of a file, one after another, each width × height, in grey or colours (`channels` 1 or 3).
Result<std::vector<Image>> decode_camera_frames(std::span<const std::uint8_t> bytes, std::string_view format,
                                                std::int32_t width, std::int32_t height,
                                                std::int32_t channels, const std::string& name);

}  // namespace mote
