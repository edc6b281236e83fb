// Rom<T>: a pointer to constants.  Everywhere a plain pointer, except on AVR, whose flash is another address space.
#ifndef MOTE_BASE_ROM_H
#define MOTE_BASE_ROM_H

#include "mote/base/port.h"

#if defined(__AVR__)
#include <avr/pgmspace.h>
#endif

namespace mote {

#if defined(__AVR__)
/// Reads T from flash, byte by byte.  T is an integer or float type.
template <class T>
class Rom {
 public:
  Rom() : at_(0) {}
  Rom(const T* at) : at_(at) {}
  T operator[](int32_t i) const {
    T value;
    memcpy_P(&value, at_ + i, sizeof(T));
    return value;
  }
  Rom operator+(int32_t n) const { return Rom(at_ + n); }
  explicit operator bool() const { return at_ != 0; }

 private:
  const T* at_;
};
#else
template <class T>
using Rom = const T*;
#endif

}  // namespace mote

#endif
