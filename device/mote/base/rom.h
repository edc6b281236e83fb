// Rom<T>: a pointer to constants.  Everywhere a plain pointer, except on AVR, whose flash is another address space.
#ifndef MOTE_BASE_ROM_H
#define MOTE_BASE_ROM_H

#include "mote/base/port.h"

// MOTE_FLASH stands before a constant array that is read through Rom<T>.  Elsewhere constants are in flash anyway.
#if defined(__AVR__)
#include <avr/pgmspace.h>
#define MOTE_FLASH __attribute__((__progmem__))
#else
#define MOTE_FLASH
#endif

namespace mote {

#if defined(__AVR__)
/// Reads T from flash: an integer or float type.
template <class T>
class Rom {
 public:
  Rom() : at_(0) {}
  Rom(const T* at) : at_(at) {}
  MOTE_KERNEL T operator[](int32_t i) const {
    T value;
    if (sizeof(T) == 1) {
      const uint8_t bits = pgm_read_byte(at_ + i);
      memcpy(&value, &bits, 1);
    } else if (sizeof(T) == 2) {
      const uint16_t bits = pgm_read_word(at_ + i);
      memcpy(&value, &bits, sizeof(T) == 2 ? 2 : 0);
    } else if (sizeof(T) == 4) {
      const uint32_t bits = pgm_read_dword(at_ + i);
      memcpy(&value, &bits, sizeof(T) == 4 ? 4 : 0);
    } else {
      memcpy_P(&value, at_ + i, sizeof(T));
    }
    return value;
  }
  Rom operator+(int32_t n) const { return Rom(at_ + n); }
  explicit operator bool() const { return at_ != 0; }
  const T* address() const { return at_; }  // for assembly
 private:
  const T* at_;
};
#else
template <class T>
using Rom = const T*;
#endif

/// A struct of parameters that lies in flash (MOTE_FLASH), for a function that reads it like any other.
/// And the memcpy whose source lies there.
#if defined(__AVR__)
template <class T>
T from_flash(const T& params) {
  T copy;
  memcpy_P(&copy, &params, sizeof(T));
  return copy;
}
MOTE_KERNEL void copy_from_flash(void* to, const void* from, size_t count) { memcpy_P(to, from, count); }
#else
template <class T>
MOTE_KERNEL const T& from_flash(const T& params) {
  return params;
}
MOTE_KERNEL void copy_from_flash(void* to, const void* from, size_t count) { memcpy(to, from, count); }
#endif

}  // namespace mote

#endif
