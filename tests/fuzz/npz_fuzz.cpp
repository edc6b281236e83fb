// Any bytes at all, read as .npy and as .npz: an error with words, or arrays that fill their shapes and survive a round trip.
#include "math/npz.h"

namespace {
void check(const mote::NpyArray& array) {
  MOTE_CHECK(array.data.size() == static_cast<std::size_t>(array.count()) * array.item_bytes(),
             "data fill the shape");
  MOTE_CHECK(mote::to_floats(array).size() == static_cast<std::size_t>(array.count()),
             "one float an element");
  const auto again = mote::read_npy(mote::write_npy(array));
  MOTE_CHECK(again.has_value() && again->data == array.data && again->shape == array.shape,
             "what is written can be read");
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (const auto array = mote::read_npy({data, size})) check(*array);
  const auto arrays = mote::read_npz({data, size});
  if (!arrays) {
    MOTE_CHECK(!arrays.error().message.empty(), "an error without words");
    return 0;
  }
  for (const auto& [name, array] : *arrays) check(array);
  return 0;
}
