// Any bytes at all, read as pictures of the size that the first two bytes ask for.
#include "reader_case.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  mote::DataSource source;
  constexpr const char* kFits[] = {"stretch", "crop", "pad"};
  source.image.channels = (data[1] & 1) != 0 ? 3 : 1;
  source.image.width = source.image.height = (data[0] & 31);
  source.image.fit = kFits[data[1] / 2 % 3];
  mote::read_case("image", {data + 2, size - 2}, source);
  return 0;
}
