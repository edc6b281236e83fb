// Start-up of the emulated Cortex-M boards (mps2-an385, an386, an500, an505, mps3-an547): vectors, reset, SysTick as
// instruction counter, semihosting, stack painting, fault report.  MOTE_SYSCLK_HZ is the emulated board's clock.
#include "harness.h"
#include "semihosting.h"

#ifndef MOTE_SYSCLK_HZ
#error "define MOTE_SYSCLK_HZ: the clock of SysTick on the emulated board"
#endif

extern "C" {

extern uint32_t linker_stack_top, linker_stack_limit;
extern uint32_t linker_data_load, linker_data_start, linker_data_end, linker_bss_start, linker_bss_end;

// ---- semihosting (ARM "Semihosting for AArch32 and AArch64", 2.0)

static int semihosting(int operation, const void* argument) {
  register int r0 __asm__("r0") = operation;
  register const void* r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}

// ---- instruction counter

#define REGISTER(address) (*(volatile uint32_t*)(address))
#define SYST_CSR REGISTER(0xE000E010)
#define SYST_RVR REGISTER(0xE000E014)
#define SYST_CVR REGISTER(0xE000E018)
#define ICSR REGISTER(0xE000ED04)

static const uint32_t kWrap = 0x1000000u;  // SysTick has 24 bits; its interrupt counts the wraps
static volatile uint32_t wraps;
static void systick_handler(void) { wraps = wraps + 1; }

void harness_start_counter(void) {
  SYST_CSR = 0;
  SYST_RVR = kWrap - 1u;
  SYST_CVR = 0;
  wraps = 0;
  SYST_CSR = 7u;            // CPU clock, interrupt, enable
  while (SYST_CVR == 0u) {  // reads 0 until the first reload
  }
}
uint64_t harness_ticks(void) {
  uint32_t whole, part;
  do {  // again while a wrap is not counted yet
    whole = wraps;
    part = SYST_CVR;
  } while (whole != wraps || (ICSR & (1u << 26)) != 0);
  return (uint64_t)whole * kWrap + (kWrap - 1u - part);
}
uint64_t harness_instructions(uint64_t ticks) { return ticks * 1000000u / (MOTE_SYSCLK_HZ / 1000u); }

// ---- stack

static const uint32_t kPaint = 0xC5C5A3A3u;
static uint32_t* painted_top;

void harness_paint_stack(void) {
  uint32_t* here;
  __asm__ volatile("mov %0, sp" : "=r"(here));
  painted_top = here - 4;
  for (volatile uint32_t* p = &linker_stack_limit; p < painted_top; ++p) *p = kPaint;
}
uint32_t harness_stack_peak(void) {
  uint32_t* p = &linker_stack_limit;
  while (p < painted_top && *p == kPaint) ++p;
  return (uint32_t)((char*)painted_top - (char*)p);
}

// ---- reset

static void fault(void) {
  harness_print_value("fault_cfsr", REGISTER(0xE000ED28));
  harness_print_value("fault_hfsr", REGISTER(0xE000ED2C));
  harness_exit(99);
}

static void supervisor_call(void) {}

// ARMv6-M faults on every unaligned access.  Its code runs on an emulated Cortex-M3, which does so when asked to;
// QEMU looks at the bit again when an exception returns.
static void trap_unaligned_accesses(void) {
#ifdef __ARM_ARCH_6M__
  REGISTER(0xE000ED14) |= 1u << 3;  // CCR.UNALIGN_TRP
  __asm__ volatile("dsb\n isb\n svc 0" ::: "memory");
#endif
}

__attribute__((used)) void harness_reset(void) {
  REGISTER(0xE000ED88) |= 0xFu << 20;  // CPACR: FPU and MVE on; no effect on cores without
  __asm__ volatile("dsb\n isb" ::: "memory");
  const uint32_t* from = &linker_data_load;
  for (uint32_t* to = &linker_data_start; to < &linker_data_end;) *to++ = *from++;
  for (volatile uint32_t* p = &linker_bss_start; p < &linker_bss_end; ++p) *p = 0;
  trap_unaligned_accesses();
  harness_exit(firmware_main());
}

typedef void (*Handler)(void);
__attribute__((section(".vectors"), used)) static const Handler vectors[16] = {
    // 0: stack pointer, reset, NMI, faults                 11: SVCall, debug monitor, –, PendSV, SysTick
    (Handler)&linker_stack_top,
    harness_reset,
    fault,
    fault,
    fault,
    fault,
    fault,
    fault,
    0,
    0,
    0,
    supervisor_call,
    fault,
    0,
    fault,
    systick_handler};
}
