// What a column text of mote.toml means in a table: a column, a numbered range, or two columns combined.
// Private to the room; load.cpp uses it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/reader.h"

namespace mote {

/// A column's cell in the sample's row, or what is typical of that column over the sample's group.
enum class Over { Row, GroupMean, GroupMedian };
struct Operand {
  std::size_t column = 0;  ///< index into Table::columns
  Over over = Over::Row;
};

/// value = left, or left op right.
struct ColumnRule {
  std::string name;  ///< as the user would write it: "s17", "rr_prev_ms / rr_next_ms"
  Operand left;
  char op =
      0;  ///< '/', '-', '+', '*'; 'm': magnitude of left, right and more; '=': 1 where left is `word`, else 0; 0: left alone
  Operand right = {};
  std::vector<Operand> more = {};
  std::string word = {};

  std::vector<Operand> operands() const;
  /// Of the operands' values, in the order of operands(); not of '='.
  double value(std::span<const double> operands) const;
};

/// The rules that `text` stands for, in order.  A column whose name is exactly `text` wins over ranges and operators.
Result<std::vector<ColumnRule>> parse_columns(const std::string& text, const Table& table);

/// "s0..s124" as its names, or the name alone; for headers that the project writes.
Result<std::vector<std::string>> expand_names(const std::string& text);

/// Index of the column with this name, or an error with the nearest one; `role` says what it was wanted for.
Result<std::size_t> find_column(const std::string& name, const Table& table, const std::string& role);

}  // namespace mote
