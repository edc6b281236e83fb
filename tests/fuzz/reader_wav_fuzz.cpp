// Any bytes at all, read as WAV sound.
#include "reader_case.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const mote::DataSource source;
  mote::read_case("wav", {data, size}, source);
  return 0;
}
