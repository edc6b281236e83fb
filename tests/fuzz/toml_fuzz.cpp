// Fuzzes the project file: any bytes give a Project or an error that names the file, and nothing else.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "app/project.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto project = mote::parse_project(text, "mote.toml", "folder", "data");
  if (!project)
    MOTE_CHECK(project.error().message.rfind("mote.toml", 0) == 0, "an error without the file's name");
  return 0;
}
