// What rows and windows share on the way to a Dataset: the task, the labels, the splits, the normalization.
// Private to the room; load.cpp, rows.cpp and windows.cpp use it.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/dataset.h"
#include "data/reader.h"

namespace mote {

Result<Task> task_of(const DataSource& source);

/// What can be wrong before a file is read.
Result<void> check_source(const DataSource& source);

/// The cell as a number: nothing where it is none, or not finite.  With decimal = ',' a cell with a point is none.
std::optional<double> number_in(std::string_view cell, char decimal = '.');

/// No number, but none was meant: empty, NaN, infinite, or beyond what a double holds.  The project's own words for "no value" are
/// empty cells by now.
bool is_missing(std::string_view cell);

/// A cell that is neither, in a column of numbers: what it may mean, and the way out.  `place`: "rows.csv, line 3, column 's0'".
Error not_a_number(const std::string& place, std::string_view cell, const DataSource& source);

/// Cells in messages: cut where they are long.
std::string shown_cell(std::string_view cell);

Result<Split> split_named(const std::string& cell, const std::string& place);

/// Words of samples become classes: as the project lists them, or all that occur, sorted when done.
class LabelBook {
 public:
  explicit LabelBook(const DataSource& source, Task task);
  /// The class after `rename`; nothing where the sample is to be left out.  `place` is where the word stands.
  Result<std::optional<std::int32_t>> add(const std::string& word, const std::string& place);
  /// Sorts what was found on the way; `target` is renumbered.  An error where a detector has seen nothing that is normal.
  Result<std::vector<std::string>> finish(std::vector<std::int32_t>& target);
  /// Words of `ignore`, `rename` and `normal` that no sample had.
  std::vector<Unmatched> unmatched() const;

 private:
  void note(const std::string& word, const std::string& label);

  const DataSource& source_;
  Task task_;
  std::map<std::string, std::int32_t> known_;
  std::vector<std::string> labels_;
  std::set<std::string> ignored_, normal_;
  std::size_t names_;           // words of the project that samples should have
  std::set<std::string> met_;   // those that samples had, after their key: "ignore x"
  std::set<std::string> seen_;  // the first words of samples, for messages
};

/// "2" before "10" when all labels are whole numbers, else by bytes.
void sort_labels(std::vector<std::string>& labels);

/// Splits, leaves out what training must not see, normalizes.  `given`: by sample, from its file, its field or its row.
Result<void> finish_dataset(const DataSource& source, std::vector<std::optional<Split>> given, Dataset& data);

}  // namespace mote
