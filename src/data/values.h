// A long row of numbers or characters that need not fit into memory: beyond a limit it lives in a temporary file, mapped, and the
// system keeps in memory what is in use.  Looks like a std::vector; what it holds is the same either way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

namespace mote {

/// Bytes that one row may have in memory: MOTE_DATA_MEMORY_MB of the environment, else 1 GB.
std::size_t memory_limit();

template <class T>
class LongRow {
 public:
  LongRow() = default;
  LongRow(std::initializer_list<T> values) : LongRow(std::vector<T>(values)) {}
  LongRow(std::vector<T> values) : memory_(std::move(values)) { take_memory(); }
  LongRow(const LongRow& other) { append(other); }
  LongRow(LongRow&& other) noexcept { swap(other); }
  LongRow& operator=(LongRow other) {
    swap(other);
    return *this;
  }
  ~LongRow() { close(); }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T* data() { return data_; }
  const T* data() const { return data_; }
  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }
  T& operator[](std::size_t i) { return data_[i]; }
  T operator[](std::size_t i) const { return data_[i]; }
  operator std::span<const T>() const { return {data_, size_}; }

  void push_back(T value) {
    if (size_ == capacity_) grow(size_ + 1);
    data_[size_++] = value;
  }
  void append(std::span<const T> values);
  void resize(std::size_t size);  ///< new ones are 0
  void reserve(std::size_t size) {
    if (size > capacity_) grow(size);
  }
  bool is_on_disk() const { return file_ >= 0; }

 private:
  void grow(std::size_t least);
  void take_memory();
  void close();
  void swap(LongRow& other) noexcept;

  std::vector<T> memory_;  ///< its size is the capacity
  T* data_ = nullptr;
  std::size_t size_ = 0, capacity_ = 0;
  int file_ = -1;
};

extern template class LongRow<float>;
extern template class LongRow<char>;
extern template class LongRow<std::uint32_t>;
extern template class LongRow<std::uint64_t>;

using Values = LongRow<float>;
bool operator==(const Values& a, const Values& b);

}  // namespace mote
