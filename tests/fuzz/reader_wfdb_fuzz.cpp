// Any bytes at all, cut into the header, the signals and the annotations of a WFDB record.
#include "reader_case.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const mote::DataSource source;
  std::span<const std::uint8_t> bytes(data, size);
  const auto header = mote::first_part(bytes), annotations = mote::first_part(bytes);
  mote::read_case("wfdb", header, source,
                  {{"r.dat", {bytes.begin(), bytes.end()}},
                   {"s.dat", {annotations.begin(), annotations.end()}},
                   {"r.atr", {annotations.begin(), annotations.end()}}},
                  "r.hea");
  return 0;
}
