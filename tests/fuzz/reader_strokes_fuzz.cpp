// Any bytes at all, read as JSON of strokes.
#include "reader_case.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const mote::DataSource source;
  mote::read_case("strokes", {data, size}, source);
  return 0;
}
