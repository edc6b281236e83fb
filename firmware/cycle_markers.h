// Marks for those who count from outside (src/emulate/qemu_plugin/cycles.c, src/emulate/simavr/runner.c): where an
// inference begins, where each layer ends, where the inference ends.  Instructions that do nothing and that no compiler
// emits: reserved hints.  On AVR they write a general-purpose I/O register, which simavr's runner watches.
// Only images built with MOTE_CYCLES have them; the image that is measured and proved has no marks.  AVR's has those around an
// inference: they cost two cycles each, which the runner takes off.
#ifndef MOTE_FIRMWARE_CYCLE_MARKERS_H
#define MOTE_FIRMWARE_CYCLE_MARKERS_H

#if defined(__arm__)
#define MOTE_MARK(n) ".inst.n 0xbf" #n "0\n"
#define MOTE_BEGIN MOTE_MARK(8)
#define MOTE_LAYER MOTE_MARK(9)
#define MOTE_END MOTE_MARK(a)
#elif defined(__riscv)
#define MOTE_MARK(n) "slti zero, zero, " #n "\n"
#define MOTE_BEGIN MOTE_MARK(1)
#define MOTE_LAYER MOTE_MARK(2)
#define MOTE_END MOTE_MARK(3)
#elif defined(__aarch64__)
#define MOTE_MARK(n) "hint #" #n "\n"
#define MOTE_BEGIN MOTE_MARK(96)
#define MOTE_LAYER MOTE_MARK(97)
#define MOTE_END MOTE_MARK(98)
#elif defined(__AVR__)
#define MOTE_MARK(n) "ldi r24, " #n "\n out 0x1e, r24\n"  // GPIOR0
#define MOTE_BEGIN MOTE_MARK(16)
#define MOTE_LAYER MOTE_MARK(17)
#define MOTE_END MOTE_MARK(18)
#endif

#if defined(__AVR__)
#define MOTE_MARK_BEGIN() __asm__ volatile(MOTE_BEGIN::: "r24", "memory")
#define MOTE_MARK_END() __asm__ volatile(MOTE_END::: "r24", "memory")
#elif defined(MOTE_CYCLES)
#define MOTE_MARK_BEGIN() __asm__ volatile(MOTE_BEGIN::: "memory")
#define MOTE_MARK_END() __asm__ volatile(MOTE_END::: "memory")
#else
#define MOTE_MARK_BEGIN() ((void)0)
#define MOTE_MARK_END() ((void)0)
#endif

// Whoever counts knows the cost of a call of just this function, and takes it off.
#ifdef MOTE_CYCLES
#if defined(__arm__)
#define MOTE_RETURN "bx lr\n"
#else
#define MOTE_RETURN "ret\n"
#endif
__asm__(".text\n.global mote_after_layer\n.type mote_after_layer, %function\nmote_after_layer:\n" MOTE_LAYER
            MOTE_RETURN);
#endif

#endif
