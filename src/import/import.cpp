// Which format a model file has, by its first bytes; the formats themselves stand below import/<format>/.
#include "import/import.h"

#include <string_view>

#include "base/system.h"
#include "import/tflite/limits.h"

namespace mote {

Result<Module> import_model(const std::string& path) {
  MOTE_TRY(const Bytes bytes, read_file(path, tflite::kMaxFileBytes));
  const std::string_view identifier =
      bytes.size() >= 8 ? std::string_view(reinterpret_cast<const char*>(bytes.data()) + 4, 4)
                        : std::string_view();
  const bool is_tflite = identifier == "TFL3" || text::ends_with(text::lower(path), ".tflite");
  if (is_tflite) return import_tflite(bytes, path);
  return error(text::cat(path, ": is not a model that mote reads"),
               "mote reads .tflite files; convert the model to one first");
}

}  // namespace mote
