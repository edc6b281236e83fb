// The cells of a table as text, packed: a byte a character and four more a cell; beyond the memory limit they lie on the disk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/values.h"

namespace mote {

class Cells {
 public:
  /// A row at hand; `row[c]` is the text of column c.
  class Row {
   public:
    Row(const char* text, const std::uint32_t* ends) : text_(text), ends_(ends) {}
    std::string_view operator[](std::size_t column) const {
      const std::uint32_t begin = column > 0 ? ends_[column - 1] : 0;
      return {text_ + begin, ends_[column] - begin};
    }

   private:
    const char* text_;
    const std::uint32_t* ends_;  // by column, characters from the row's first
  };

  std::size_t size() const { return begins_.size(); }  ///< rows
  bool empty() const { return begins_.empty(); }
  Row operator[](std::size_t row) const {
    return {text_.data() + begins_[row], ends_.data() + row * columns_};
  }

  /// Every row has as many cells as the first, and less than 4 GB of text.
  void add(const std::vector<std::string>& row) {
    columns_ = row.size();
    begins_.push_back(text_.size());
    std::uint32_t end = 0;
    for (const std::string& cell : row) {
      text_.append(cell);
      end += static_cast<std::uint32_t>(cell.size());
      ends_.push_back(end);
    }
  }

 private:
  std::size_t columns_ = 0;
  LongRow<char> text_;
  LongRow<std::uint64_t> begins_;  // by row
  LongRow<std::uint32_t> ends_;
};

}  // namespace mote
