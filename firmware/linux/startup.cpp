// The harness in a Linux process that QEMU's user mode runs: files by system calls, the stack painted.  Instructions are
// counted from outside, by mote's plugin.
#include <fcntl.h>
#include <unistd.h>

#include "harness.h"

extern "C" {

static void write_all(const char* text) {
  size_t n = 0;
  while (text[n] != 0) ++n;
  if (write(1, text, n) != (ssize_t)n) _exit(98);
}
void harness_print(const char* text) { write_all(text); }
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
  write_all(key);
  write_all(digits + at);
}
void harness_exit(int code) { _exit(code); }

int harness_open(const char* path, int mode) {
  return mode == kHarnessRead ? open(path, O_RDONLY) : open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
}
int harness_read(int file, void* bytes, size_t count) {
  size_t done = 0;
  while (done < count) {
    const ssize_t now = read(file, (char*)bytes + done, count - done);
    if (now <= 0) break;
    done += (size_t)now;
  }
  return (int)done;
}
int harness_write(int file, const void* bytes, size_t count) {
  size_t done = 0;
  while (done < count) {
    const ssize_t now = write(file, (const char*)bytes + done, count - done);
    if (now <= 0) break;
    done += (size_t)now;
  }
  return (int)(count - done);
}
void harness_close(int file) { close(file); }

void harness_start_counter(void) {}
uint64_t harness_ticks(void) { return 0; }
uint64_t harness_instructions(uint64_t) { return 0; }

// ---- stack

static const uint32_t kPaint = 0xC5C5A3A3u;
static const uint32_t kPaintedBytes = 64 * 1024;  // of the 8 MiB that a process has
static volatile uint32_t* painted_top;

__attribute__((noinline)) void harness_paint_stack(void) {
  painted_top = (volatile uint32_t*)__builtin_frame_address(0) - 4;  // AArch64: the lowest of the frame
  for (volatile uint32_t* p = painted_top - kPaintedBytes / 4; p < painted_top; ++p) *p = kPaint;
}
__attribute__((noinline)) uint32_t harness_stack_peak(void) {
  volatile uint32_t* p = painted_top - kPaintedBytes / 4;
  while (p < painted_top && *p == kPaint) ++p;
  return (uint32_t)((char*)painted_top - (char*)p);
}
}

int main() { harness_exit(firmware_main()); }
