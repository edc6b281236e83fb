// Start-up of the emulated RISC-V machine (QEMU riscv32 `virt`, no firmware below it): reset, traps, the instruction
// counter, semihosting, stack painting, memory functions.
// GCC would make calls of memcpy, memset and strlen out of the loops that implement them.
#pragma GCC optimize("no-tree-loop-distribute-patterns")

#include <string.h>

#include "harness.h"
#include "semihosting.h"

extern "C" {

extern uint32_t linker_stack_top, linker_stack_limit;
extern uint32_t linker_data_load, linker_data_start, linker_data_end, linker_bss_start, linker_bss_end;

// ---- semihosting ("RISC-V Semihosting" 0.3: the operations of Arm's, called by these three uncompressed instructions)

static int semihosting(int operation, const void* argument) {
  register int a0 __asm__("a0") = operation;
  register const void* a1 __asm__("a1") = argument;
  __asm__ volatile(
      ".balign 16\n"  // they may not lie on two pages
      ".option push\n.option norvc\n"
      "slli zero, zero, 0x1f\nebreak\nsrai zero, zero, 7\n"
      ".option pop"
      : "+r"(a0)
      : "r"(a1)
      : "memory");
  return a0;
}

// ---- instruction counter: exact under `qemu -icount shift=0`

void harness_start_counter(void) {}
uint64_t harness_ticks(void) {
  uint32_t high, low, again;
  do {  // again when the low half has wrapped in between
    __asm__ volatile(
        ".option push\n.option arch, +zicsr\n"
        "csrr %0, minstreth\ncsrr %1, minstret\ncsrr %2, minstreth\n"
        ".option pop"
        : "=r"(high), "=r"(low), "=r"(again));
  } while (high != again);
  return (uint64_t)high << 32 | low;
}
uint64_t harness_instructions(uint64_t ticks) { return ticks; }

// ---- stack

static const uint32_t kPaint = 0xC5C5A3A3u;
static uint32_t* painted_top;

void harness_paint_stack(void) {
  uint32_t* here;
  __asm__ volatile("mv %0, sp" : "=r"(here));
  painted_top = here - 4;
  for (volatile uint32_t* p = &linker_stack_limit; p < painted_top; ++p) *p = kPaint;
}
uint32_t harness_stack_peak(void) {
  uint32_t* p = &linker_stack_limit;
  while (p < painted_top && *p == kPaint) ++p;
  return (uint32_t)((char*)painted_top - (char*)p);
}

// ---- memory functions

void* memcpy(void* to, const void* from, size_t count) {
  uint8_t* t = (uint8_t*)to;
  const uint8_t* f = (const uint8_t*)from;
  if ((((uintptr_t)t | (uintptr_t)f) & 3u) == 0) {
    for (; count >= 4; count -= 4, t += 4, f += 4) *(uint32_t*)t = *(const uint32_t*)f;
  }
  for (; count > 0; --count) *t++ = *f++;
  return to;
}
void* memmove(void* to, const void* from, size_t count) {
  uint8_t* t = (uint8_t*)to;
  const uint8_t* f = (const uint8_t*)from;
  if (t <= f) return memcpy(to, from, count);
  while (count > 0) {
    --count;
    t[count] = f[count];
  }
  return to;
}
void* memset(void* to, int value, size_t count) {
  uint8_t* t = (uint8_t*)to;
  for (; count > 0; --count) *t++ = (uint8_t)value;
  return to;
}

// ---- reset

__attribute__((used, aligned(4))) static void trap(void) {
  uint32_t cause;
  __asm__ volatile(".option push\n.option arch, +zicsr\ncsrr %0, mcause\n.option pop" : "=r"(cause));
  harness_print_value("trap_mcause", cause);
  harness_exit(99);
}

__attribute__((used)) static void start(void) {
  const uint32_t* from = &linker_data_load;
  for (uint32_t* to = &linker_data_start; to < &linker_data_end;) *to++ = *from++;
  for (volatile uint32_t* p = &linker_bss_start; p < &linker_bss_end; ++p) *p = 0;
  harness_exit(firmware_main());
}

__attribute__((naked, section(".reset"), used)) void harness_reset(void) {
  __asm__ volatile(
      ".option push\n.option arch, +zicsr\n"
      "la sp, linker_stack_top\nla t0, %0\ncsrw mtvec, t0\nj %1\n"
      ".option pop" ::"i"(trap),
      "i"(start));
}
}
