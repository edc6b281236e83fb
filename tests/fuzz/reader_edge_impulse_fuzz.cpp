// Any bytes at all, read as an acquisition file in JSON or CBOR, with a key and without.
#include "reader_case.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mote::DataSource source;
  mote::read_case("edge_impulse", {data, size}, source);
  source.hmac_key = "secret";
  mote::read_case("edge_impulse", {data, size}, source);
  return 0;
}
