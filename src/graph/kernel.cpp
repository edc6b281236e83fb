#include "graph/check.h"

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

Result<void> check_sums(const KernelCall& call) {
  const KernelVariant& reference = reference_of(call.kernel);
  if (reference.facts == nullptr) return {};
  const Facts facts = reference.facts(call);
  const bool unknown = facts.accumulator_min == INT64_MIN || facts.accumulator_max == INT64_MAX;
  if (unknown || (facts.accumulator_min >= INT32_MIN && facts.accumulator_max <= INT32_MAX)) return {};
  return error(text::cat("its sums lie within ", facts.accumulator_min, "…", facts.accumulator_max,
                         ", more than 32 bits hold"),
               "its bias or its weights are damaged; a sound bias is of the size of the sums");
}

}  // namespace mote
