// The harness on this machine: the C library does it.  Nothing counts instructions or measures the stack here.
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>

extern "C" {

void harness_print(const char* text) { fputs(text, stdout); }
void harness_print_value(const char* key, uint64_t value) {
  printf("%s=%llu\n", key, (unsigned long long)value);
}
void harness_exit(int code) { exit(code); }

static FILE* open_files[8];

int harness_open(const char* path, int mode) {
  for (int i = 0; i < 8; ++i) {
    if (open_files[i] != 0) continue;
    open_files[i] = fopen(path, mode == kHarnessRead ? "rb" : "wb");
    return open_files[i] != 0 ? i : -1;
  }
  return -1;
}
int harness_read(int file, void* bytes, size_t count) {
  return (int)fread(bytes, 1, count, open_files[file]);
}
int harness_write(int file, const void* bytes, size_t count) {
  return (int)(count - fwrite(bytes, 1, count, open_files[file]));
}
void harness_close(int file) {
  fclose(open_files[file]);
  open_files[file] = 0;
}

void harness_start_counter(void) {}
uint64_t harness_ticks(void) { return 0; }
uint64_t harness_instructions(uint64_t) { return 0; }
void harness_paint_stack(void) {}
uint32_t harness_stack_peak(void) { return 0; }
}

int main() { return firmware_main(); }
