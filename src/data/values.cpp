#include "data/values.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>

#include "base/result.h"
#include "base/system.h"

namespace mote {
namespace {

/// A file without a name: gone when it is closed, even after a crash.
int open_temporary() {
  std::error_code problem;
  const std::filesystem::path folder = std::filesystem::temp_directory_path(problem);
  std::string name = ((problem ? std::filesystem::path("/tmp") : folder) / "mote-data-XXXXXX").string();
  const int file = mkstemp(name.data());
  if (file >= 0) unlink(name.c_str());
  return file;
}

}  // namespace

std::size_t memory_limit() {
  const auto megabytes = whole_from_environment(kDataMemoryVariable, 0, kMostDataMemory);
  return megabytes && *megabytes ? static_cast<std::size_t>(**megabytes) * 1'000'000 : std::size_t{1} << 30;
}

template <class T>
void LongRow<T>::take_memory() {
  data_ = memory_.data();
  size_ = capacity_ = memory_.size();
}

template <class T>
void LongRow<T>::grow(std::size_t least) {
  const std::size_t wanted = std::max(least, size_ + size_ / 2 + 16);
  if (file_ < 0 && wanted * sizeof(T) <= memory_limit()) {
    memory_.resize(wanted);
    data_ = memory_.data();
    capacity_ = wanted;
    return;
  }
  const int file = file_ >= 0 ? file_ : open_temporary();
  const std::size_t bytes = wanted * sizeof(T);
  // Reserved on the disk now: a write into a mapped hole of a full disk would end the program.
  const bool grown = file >= 0 && posix_fallocate(file, 0, static_cast<off_t>(bytes)) == 0;
  void* mapped = grown ? mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) : MAP_FAILED;
  MOTE_CHECK(mapped != MAP_FAILED, "room for the data in the folder of temporary files (TMPDIR)");
  if (file_ < 0)
    std::copy_n(data_, size_, static_cast<T*>(mapped));
  else
    munmap(data_, capacity_ * sizeof(T));
  memory_ = {};
  file_ = file;
  data_ = static_cast<T*>(mapped);
  capacity_ = wanted;
}

template <class T>
void LongRow<T>::append(std::span<const T> values) {
  if (size_ + values.size() > capacity_) grow(size_ + values.size());
  std::copy(values.begin(), values.end(), data_ + size_);
  // What was written goes back to the system, a stretch at a time: it is in the file.
  constexpr std::size_t kStretch = (std::size_t{16} << 20) / sizeof(T);
  const std::size_t before = size_ / kStretch, after = (size_ + values.size()) / kStretch;
  if (file_ >= 0 && after > before)
    madvise(data_ + before * kStretch, (after - before) * kStretch * sizeof(T), MADV_DONTNEED);
  size_ += values.size();
}

template <class T>
void LongRow<T>::resize(std::size_t size) {
  if (size > capacity_) grow(size);
  if (size > size_) std::fill(data_ + size_, data_ + size, T{});
  size_ = size;
}

template <class T>
void LongRow<T>::close() {
  if (file_ < 0) return;
  munmap(data_, capacity_ * sizeof(T));
  ::close(file_);
}

template <class T>
void LongRow<T>::swap(LongRow& other) noexcept {
  std::swap(memory_, other.memory_);
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(capacity_, other.capacity_);
  std::swap(file_, other.file_);
}

template class LongRow<float>;
template class LongRow<char>;
template class LongRow<std::uint32_t>;
template class LongRow<std::uint64_t>;

bool operator==(const Values& a, const Values& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

}  // namespace mote
