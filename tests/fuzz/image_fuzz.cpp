// Any bytes at all, read as a picture: an error with words, or pixels that fill the size; both survive another size.
#include "data/image.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const std::int32_t channels : {1, 3}) {
    const auto image = mote::decode_image({data, size}, channels, "picture");
    if (!image) {
      MOTE_CHECK(!image.error().message.empty(), "an error without words");
      continue;
    }
    MOTE_CHECK(image->pixels.size() == static_cast<std::size_t>(image->width) *
                                           static_cast<std::size_t>(image->height) *
                                           static_cast<std::size_t>(channels),
               "pixels fill the size");
    if (image->pixels.size() < 65536)
      MOTE_CHECK(mote::resize(*image, 8, 8).pixels.size() == 64u * unsigned(channels), "resized");
  }
  return 0;
}
