#include "graph/kernel.h"

namespace mote {

const ParamBlock::Value& ParamBlock::at(std::string_view name) const {
  for (const Field& field : fields) {
    if (field.name == name) return field.value;
  }
  MOTE_CHECK(false, "a parameter that the kernel does not have");
  std::abort();
}

const KernelVariant& reference_of(const KernelId& kernel) {
  for (const KernelVariant* variant : kernel_registry()) {
    if (variant->kernel == kernel && variant->name == "reference") return *variant;
  }
  MOTE_CHECK(false, kernel.c_str());
  std::abort();
}

}  // namespace mote
