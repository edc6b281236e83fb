// Any bytes at all, read as pictures of the size that the first two bytes ask for.
#include "reader_case.h"

namespace {

/// Pixels that a PNG or JPEG claims to have; 0: not known.  Few bytes can claim millions, which cost a second each.
std::uint64_t claimed_pixels(std::span<const std::uint8_t> bytes) {
  const auto number = [&](std::size_t at, std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size && at + i < bytes.size(); ++i) value = value << 8 | bytes[at + i];
    return value;
  };
  if (bytes.size() > 24 && bytes[0] == 0x89) return number(16, 4) * number(20, 4);
  for (std::size_t at = 0; at + 9 < bytes.size(); ++at) {
    if (bytes[at] == 0xFF && (bytes[at + 1] == 0xC0 || bytes[at + 1] == 0xC1 || bytes[at + 1] == 0xC2))
      return number(at + 5, 2) * number(at + 7, 2);
  }
  return 0;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::span<const std::uint8_t> bytes(data + 2, size - 2);
  // Large ones now and then; those beyond the reader's limits always, as they cost nothing.
  const std::uint64_t pixels = claimed_pixels(bytes);
  if (pixels > 65536 && pixels < (1u << 26) && size % 64 != 0) return 0;
  mote::DataSource source;
  constexpr const char* kFits[] = {"stretch", "crop", "pad"};
  source.image.channels = (data[1] & 1) != 0 ? 3 : 1;
  source.image.width = source.image.height = (data[0] & 31);
  source.image.fit = kFits[data[1] / 2 % 3];
  mote::read_case("image", bytes, source);
  return 0;
}
