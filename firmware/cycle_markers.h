// Marks for the cycle estimate (src/emulate/qemu_plugin/cycles.c): where an inference begins, where each layer ends,
// where the inference ends.  Hints that Armv7-M reserves: they do nothing, and no compiler emits them.
// Only images built with MOTE_CYCLES have them; the image that is measured and proved has no marks.
#ifndef MOTE_FIRMWARE_CYCLE_MARKERS_H
#define MOTE_FIRMWARE_CYCLE_MARKERS_H

#ifdef MOTE_CYCLES
#define MOTE_MARK_BEGIN() __asm__ volatile(".inst.n 0xbf80" ::: "memory")
#define MOTE_MARK_END() __asm__ volatile(".inst.n 0xbfa0" ::: "memory")
// The plugin knows the cost of a call of just this function, and takes it off.
extern "C" __attribute__((naked)) void mote_after_layer(int, const unsigned char*) {
  __asm__ volatile(".inst.n 0xbf90\n bx lr");
}
#else
#define MOTE_MARK_BEGIN() ((void)0)
#define MOTE_MARK_END() ((void)0)
#endif

#endif
