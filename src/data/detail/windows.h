// Recordings become samples: channels are computed, brought to the inputs' rates, cut into windows, labelled.
// Private to the room; load.cpp uses it.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "data/dataset.h"
#include "data/reader.h"

namespace mote {

/// One recording after the other; what is kept of each is its windows.
class WindowCutter {
 public:
  explicit WindowCutter(const DataSource& source);
  ~WindowCutter();
  /// `split`: of all its windows, where the project gives it by file.
  Result<void> add(const Recording& recording, std::optional<Split> split);
  Result<Dataset> finish();

 private:
  class Cutting;
  std::unique_ptr<Cutting> cutting_;
};

}  // namespace mote
