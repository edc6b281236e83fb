// What a test firmware needs of the machine it runs on: print, exit, files of the host, an instruction
// counter, the stack. cortex-m/startup.cpp implements it by semihosting and SysTick, host/startup.cpp by the C library.
#ifndef MOTE_FIRMWARE_HARNESS_H
#define MOTE_FIRMWARE_HARNESS_H

#include <stddef.h>
#include <stdint.h>

extern "C" {

void harness_print(const char* text);
void harness_print_value(const char* key, uint64_t value);  // "key=value\n"
void harness_exit(int code) __attribute__((noreturn));      // ends the emulator, its exit status is `code`

enum HarnessOpenMode { kHarnessRead = 1, kHarnessWrite = 5 };  // ARM semihosting: "rb", "wb"
int harness_open(const char* path, int mode);                  // < 0: cannot be opened
int harness_read(int file, void* bytes, size_t count);         // how many were read
int harness_write(int file, const void* bytes, size_t count);  // 0: all were written
void harness_close(int file);

// Under `qemu -icount shift=0` the virtual clock advances by exactly 1 ns per instruction, and SysTick counts
// the CPU clock that is derived from it: at 25 MHz one tick is 40 instructions.  Exact and repeatable;
// instructions, not cycles.
void harness_start_counter(void);
uint64_t harness_ticks(void);
uint64_t harness_instructions(uint64_t ticks);  // 0 where nothing counts

void harness_paint_stack(void);     // all below the caller
uint32_t harness_stack_peak(void);  // bytes used since, below the painter's frame

int firmware_main(void);
}

#endif
