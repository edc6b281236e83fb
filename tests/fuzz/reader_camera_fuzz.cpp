// Any bytes at all, read as raw camera frames; the first three bytes choose format, width and height.
#include "data/camera.h"
#include "reader_case.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const auto formats = mote::camera_formats();
  mote::DataSource source;
  source.image.format = formats[data[0] / 2 % formats.size()];
  source.image.channels = (data[0] & 1) != 0 ? 3 : 1;
  source.image.width = data[1] & 15;
  source.image.height = data[2] & 15;
  mote::read_case("image", {data + 3, size - 3}, source);
  return 0;
}
