// Any bytes at all, read as a .tflite file and taken as far as they go.
#include "tflite_case.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)mote::fuzz::try_tflite({data, size});
  return 0;
}
