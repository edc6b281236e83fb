// The few functions of a Dataset itself.  Loading is load.cpp, judging is checks.cpp.
#include "data/dataset.h"

namespace mote {

std::string_view name_of(Split split) {
  switch (split) {
    case Split::Train:
      return "train";
    case Split::Validation:
      return "validation";
    case Split::Test:
      return "test";
    case Split::Unused:
      return "unused";
  }
  return "unused";
}

std::string_view name_of(Task task) {
  switch (task) {
    case Task::Classification:
      return "classification";
    case Task::MultiLabel:
      return "multi-label";
    case Task::Regression:
      return "regression";
    case Task::Anomaly:
      return "anomaly";
  }
  return "classification";
}

std::size_t Dataset::outputs() const {
  if (task == Task::Classification) return labels.size();
  if (task == Task::Anomaly) return inputs.empty() ? 0 : inputs[0].count();
  return number.count();
}

std::size_t DataInput::count() const {
  std::size_t elements = 1;
  for (const std::int32_t extent : shape) elements *= static_cast<std::size_t>(extent);
  return elements;
}

std::vector<std::size_t> Dataset::indices(Split which) const {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < split.size(); ++i) {
    if (split[i] == which) found.push_back(i);
  }
  return found;
}

}  // namespace mote
