// The harness by semihosting, whose operations are the same on Arm and RISC-V: text, files, exit.  A startup.cpp includes it
// once and defines `semihosting`, the trap of its CPU.
#ifndef MOTE_FIRMWARE_SEMIHOSTING_H
#define MOTE_FIRMWARE_SEMIHOSTING_H

#include "harness.h"

extern "C" {

static int semihosting(int operation, const void* argument);

static uint32_t length_of(const char* text) {
  uint32_t n = 0;
  while (text[n] != 0) ++n;
  return n;
}

void harness_print(const char* text) { semihosting(0x04, text); }  // SYS_WRITE0

void harness_exit(int code) {
  const uint32_t block[2] = {0x20026u, (uint32_t)code};  // SYS_EXIT_EXTENDED, ADP_Stopped_ApplicationExit
  semihosting(0x20, block);
  for (;;) {
  }
}

int harness_open(const char* path, int mode) {
  const uint32_t block[3] = {(uint32_t)path, (uint32_t)mode, length_of(path)};
  return semihosting(0x01, block);
}
void harness_close(int file) {
  const uint32_t block[1] = {(uint32_t)file};
  semihosting(0x02, block);
}
int harness_write(int file, const void* bytes, size_t count) {
  const uint32_t block[3] = {(uint32_t)file, (uint32_t)bytes, (uint32_t)count};
  return semihosting(0x05, block);
}
int harness_read(int file, void* bytes, size_t count) {
  const uint32_t block[3] = {(uint32_t)file, (uint32_t)bytes, (uint32_t)count};
  return (int)count - semihosting(0x06, block);
}

void harness_print_value(const char* key, uint64_t value) {
  char digits[24];
  int at = 23;
  digits[at] = 0;
  digits[--at] = '\n';
  do {
    digits[--at] = (char)('0' + (int)(value % 10u));
    value /= 10u;
  } while (value != 0);
  digits[--at] = '=';
  harness_print(key);
  harness_print(digits + at);
}
}

#endif
