// Reads pictures, PNG, JPEG, PGM and PPM, and frames as a camera wrote them, without a header (data/camera.h).  A picture is a
// recording of one stream with one frame [height, width, channels], 0 … 255, made alike by the project's ImageStyle.
#include "data/camera.h"
#include "data/readers/binary.h"
#include "data/readers/pictures.h"

namespace mote {
namespace {

using text::cat;

Result<std::vector<Recording>> read_camera(ByteView bytes, const ReadContext& context) {
  const ImageStyle& style = context.source.image;
  MOTE_TRY(const std::vector<Image> frames, decode_camera_frames(bytes, style.format, style.width,
                                                                 style.height, style.channels, context.name));
  std::vector<Recording> recordings;
  for (std::size_t i = 0; i < frames.size(); ++i)
    recordings.push_back(picture_recording(
        frames[i], frames.size() == 1 ? context.name : cat(context.name, ", frame ", i + 1)));
  return recordings;
}

Result<std::vector<Recording>> read_images(ByteView bytes, const ReadContext& context) {
  const ImageStyle& style = context.source.image;
  if (auto known = check_style(style); !known) return known.error().in(context.name);
  if (!style.format.empty()) return read_camera(bytes, context);
  MOTE_TRY(Image image, decode_image(bytes, style.channels, context.name));
  if (style.width > 0) image = fit(image, style.width, style.height, style.fit);
  return std::vector<Recording>{picture_recording(image, context.name)};
}

}  // namespace
}  // namespace mote

MOTE_READER(image) {
  static const mote::Reader reader = {
      "image",
      "Pictures: PNG, JPEG, PGM, PPM; with a format also raw camera frames: rgb565, rgb565be, yuyv, uyvy, "
      "bayer-rggb (bggr, grbg, gbrg), grey8",
      {".png", ".jpg", ".jpeg", ".pgm", ".ppm", ".pnm"},
      nullptr,
      mote::read_images};
  return reader;
}
