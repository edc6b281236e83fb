// Any bytes at all, read as an array of NumPy with an array of labels beside it.
#include "reader_case.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::span<const std::uint8_t> bytes(data, size);
  mote::DataSource source;
  if (size % 2 != 0) source.image.width = source.image.height = 3;
  const auto samples = mote::first_part(bytes);
  mote::read_case("npy", samples, source, {{"x_labels.npy", {bytes.begin(), bytes.end()}}}, "x.npy");
  return 0;
}
