// The test firmware: reads cases from "inputs.bin", runs the model on each, writes "outputs.bin", and prints
// what it measured. "model_glue.h" is written beside it by mote and names the model's functions and tensors;
// with MOTE_EMPTY there is no model, and the image's size is what start-up and this file cost.
#include "cycle_markers.h"
#include "harness.h"
#include "model_glue.h"

// inputs.bin: this header, then for each case all inputs one after the other.
struct RunHeader {
  uint32_t magic;  // "MOTE"
  uint32_t cases;
  uint32_t flags;
  uint32_t reserved;
};
enum RunFlags { kSequence = 1, kDumpTensors = 2 };

static const uint32_t kMagic = 0x45544f4du;
enum ExitCode { kDone = 0, kNoInput = 3, kBadInit = 4, kShortInput = 5, kBadInvoke = 6, kNoOutput = 7 };

static RunHeader header;
static int trace_file = -1;

#if defined(MOTE_TRACE) && !defined(MOTE_CYCLES)
extern "C" void mote_after_layer(int layer, const unsigned char* arena) {
  if (!(header.flags & kDumpTensors)) return;
  for (unsigned i = 0; i < sizeof kTrace / sizeof kTrace[0]; ++i) {
    if (kTrace[i].layer == layer) harness_write(trace_file, arena + kTrace[i].offset, kTrace[i].bytes);
  }
}
#endif

#ifndef MOTE_EMPTY
#ifdef __AVR__
#define MOTE_ARENA_SECTION ".noinit"
#else
#define MOTE_ARENA_SECTION ".arena"
#endif
__attribute__((section(MOTE_ARENA_SECTION), aligned(16))) static unsigned char arena[MODEL_ARENA_BYTES];

static int read_all(int file, void* bytes, uint32_t count) {
  return harness_read(file, bytes, count) == (int)count;
}

static int run_cases(int in, int out) {
  uint64_t total = 0;
  for (uint32_t c = 0; c < header.cases; ++c) {
    if (!(header.flags & kSequence)) MODEL(reset)();
    for (int i = 0; i < MODEL_INPUTS; ++i) {
      if (!read_all(in, MODEL(input)(i), kInputBytes[i])) return kShortInput;
    }
    const uint64_t begin = harness_ticks();
    MOTE_MARK_BEGIN();
    const int status = MODEL(invoke)();
    MOTE_MARK_END();
    total += harness_ticks() - begin;
    if (status != 0) return kBadInvoke;
    for (int i = 0; i < MODEL_OUTPUTS; ++i) {
      if (harness_write(out, MODEL(output)(i), kOutputBytes[i]) != 0) return kNoOutput;
    }
  }
  harness_print_value("instructions", harness_instructions(total));
  return kDone;
}
#else
// Without a model, but with all that the harness does around one: what is left over is the model's.
static int run_cases(int in, int out) {
  const uint64_t begin = harness_ticks();
  for (uint32_t c = 0; c < header.cases; ++c) {
    if (harness_read(in, &header.reserved, 1) != 1) return kShortInput;
    if (harness_write(out, &header.reserved, 1) != 0) return kNoOutput;
  }
  harness_print_value("instructions", harness_instructions(harness_ticks() - begin));
  return kDone;
}
#endif

int firmware_main(void) {
#ifndef MOTE_CYCLES  // its interrupt would be counted as the model's
  harness_start_counter();
#endif
  const int in = harness_open("inputs.bin", kHarnessRead);
  if (in < 0 || harness_read(in, &header, sizeof header) != (int)sizeof header || header.magic != kMagic)
    return kNoInput;
  const int out = harness_open("outputs.bin", kHarnessWrite);
  if (out < 0) return kNoOutput;
  if (header.flags & kDumpTensors) trace_file = harness_open("trace.bin", kHarnessWrite);
  harness_paint_stack();
#ifdef MOTE_EMPTY
  harness_print_value("weights_intact", 1);
#else
  harness_print_value("weights_intact", MODEL(verify_weights)() == 0);
  if (MODEL(init)(arena, sizeof arena) != 0) return kBadInit;
#endif
  const int status = run_cases(in, out);
  harness_print_value("stack", harness_stack_peak());
  harness_close(in);
  harness_close(out);
  if (trace_file >= 0) harness_close(trace_file);
  return status;
}
