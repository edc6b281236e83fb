// The harness on an AVR in simavr.  avr-libc starts up; mote's runner (src/emulate/simavr/runner.c) serves files and text and
// counts cycles.  It is asked by GPIOR0, 1 and 2, registers without hardware behind them: see there.
#include <avr/io.h>

#include "harness.h"

extern "C" {

enum Operation { kPrint = 1, kExit = 2, kOpen = 3, kRead = 4, kWrite = 5, kClose = 6 };

static void ask(uint8_t operation, uint16_t argument) {
  GPIOR1 = (uint8_t)argument;
  GPIOR2 = (uint8_t)(argument >> 8);
  __asm__ volatile("" ::: "memory");
  GPIOR0 = operation;
  __asm__ volatile("" ::: "memory");
}
static int ask_file(uint8_t operation, uint16_t first, uint16_t second, uint16_t third) {
  uint16_t block[3] = {first, second, third};
  ask(operation, (uint16_t)block);
  return (int)*(volatile uint16_t*)block;
}

void harness_print(const char* text) { ask(kPrint, (uint16_t)text); }
void harness_print_value(const char* key, uint64_t value) {
  uint32_t rest = (uint32_t)value;  // 64-bit division would be half of a small firmware
  char digits[12];
  uint8_t at = 11;
  digits[at] = 0;
  do {
    digits[--at] = (char)('0' + (uint8_t)(rest % 10u));
    rest /= 10u;
  } while (rest != 0);
  harness_print(key);
  harness_print("=");
  harness_print(digits + at);
  harness_print("\n");
}
void harness_exit(int code) {
  ask(kExit, (uint16_t)code);
  for (;;) {
  }
}

int harness_open(const char* path, int mode) { return ask_file(kOpen, 0, (uint16_t)path, (uint16_t)mode); }
int harness_read(int file, void* bytes, size_t count) {
  return ask_file(kRead, (uint16_t)file, (uint16_t)bytes, (uint16_t)count);
}
int harness_write(int file, const void* bytes, size_t count) {
  return (int)count - ask_file(kWrite, (uint16_t)file, (uint16_t)bytes, (uint16_t)count);
}
void harness_close(int file) { ask_file(kClose, (uint16_t)file, 0, 0); }

void harness_start_counter(void) {}  // the runner counts, between the marks
uint64_t harness_ticks(void) { return 0; }
uint64_t harness_instructions(uint64_t) { return 0; }

// ---- stack: between the last variable and the end of RAM

extern uint8_t __heap_start;  // of avr-libc's linker script
static const uint8_t kPaint = 0xC5;
static uint8_t* painted_top;

void harness_paint_stack(void) {
  painted_top = (uint8_t*)SP - 4;
  for (volatile uint8_t* p = &__heap_start; p < painted_top; ++p) *p = kPaint;
}
uint32_t harness_stack_peak(void) {
  const uint8_t* p = &__heap_start;
  while (p < painted_top && *p == kPaint) ++p;
  return (uint32_t)(painted_top - p);
}
}

int main() { harness_exit(firmware_main()); }
