// Any bytes at all, read as an IDX array with a file of labels beside it.
#include "reader_case.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::span<const std::uint8_t> bytes(data, size);
  mote::DataSource source;
  if (size % 2 != 0) source.image.width = source.image.height = 3;
  const auto items = mote::first_part(bytes);
  mote::read_case("idx", items, source, {{"labels-idx1", {bytes.begin(), bytes.end()}}}, "images-idx3");
  return 0;
}
