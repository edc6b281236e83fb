// Tables whose rows are samples become a Dataset: each row's class, its inputs' values, its numbers.  A table after the other, so
// that one is in memory.  Private to the room; load.cpp uses it.
#pragma once

#include <memory>

#include "base/result.h"
#include "data/dataset.h"
#include "data/reader.h"

namespace mote {

class RowSampler {
 public:
  /// What can be wrong where samples are rows, beyond check_source; before a row is seen.
  static Result<void> check(const DataSource& source);
  /// An input has the mean or median of a column over the sample's group: `look` at all tables before the first is added.
  static bool wants_to_look(const DataSource& source);

  explicit RowSampler(const DataSource& source);
  ~RowSampler();
  Result<void> look(const Table& table);
  Result<void> add(const Table& table);
  Result<Dataset> finish();

 private:
  class Sampling;
  std::unique_ptr<Sampling> sampling_;
};

}  // namespace mote
