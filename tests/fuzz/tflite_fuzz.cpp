// Any bytes at all, read as a .tflite file: an error or a module that verifies and prints, never a crash.
#include "import/import.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto module = mote::import_tflite({data, size}, "fuzz.tflite");
  if (!module) {
    MOTE_CHECK(!module.error().message.empty(), "an error without words");
    return 0;
  }
  MOTE_CHECK(mote::verify(*module, mote::Stage::Imported), "an imported module does not verify");
  (void)mote::to_text(*module);
  (void)mote::verify(*module, mote::Stage::Deployable);
  return 0;
}
