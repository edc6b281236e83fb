// A long row of floats that need not fit into memory: beyond a limit it lives in a temporary file, mapped, and the system keeps
// in memory what is in use.  Looks like a std::vector<float>; the numbers are the same either way.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <span>
#include <vector>

namespace mote {

class Values {
 public:
  Values() = default;
  Values(std::initializer_list<float> values) : Values(std::vector<float>(values)) {}
  Values(std::vector<float> values) : memory_(std::move(values)) { take_memory(); }
  Values(const Values& other) { append(other); }
  Values(Values&& other) noexcept { swap(other); }
  Values& operator=(Values other) {
    swap(other);
    return *this;
  }
  ~Values() { close(); }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  float* data() { return data_; }
  const float* data() const { return data_; }
  float* begin() { return data_; }
  float* end() { return data_ + size_; }
  const float* begin() const { return data_; }
  const float* end() const { return data_ + size_; }
  float& operator[](std::size_t i) { return data_[i]; }
  float operator[](std::size_t i) const { return data_[i]; }
  operator std::span<const float>() const { return {data_, size_}; }

  void push_back(float value) {
    if (size_ == capacity_) grow(size_ + 1);
    data_[size_++] = value;
  }
  void append(std::span<const float> values);
  void resize(std::size_t size);  ///< new ones are 0
  void reserve(std::size_t size) {
    if (size > capacity_) grow(size);
  }
  bool is_on_disk() const { return file_ >= 0; }

  /// Bytes that one row may have in memory: MOTE_DATA_MEMORY_MB of the environment, else 1 GB.
  static std::size_t memory_limit();

 private:
  void grow(std::size_t least);
  void take_memory();
  void close();
  void swap(Values& other) noexcept;

  std::vector<float> memory_;  ///< its size is the capacity
  float* data_ = nullptr;
  std::size_t size_ = 0, capacity_ = 0;
  int file_ = -1;
};

bool operator==(const Values& a, const Values& b);

}  // namespace mote
