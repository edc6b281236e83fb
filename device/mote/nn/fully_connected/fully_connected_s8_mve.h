// fully_connected_s8_mve: the same bytes as fully_connected_s8 on cores with MVE, for one multiplier and shift.
//
// Eight outputs at a time: eight sums in the core registers of even number, 17 instructions for 128 MACs.
// The weights lie in one stream of words in the order of use.  A group of 8 outputs, the last one filled up with 0:
//   steps × 8 × 16 bytes   weights: of 16 inputs for each of the outputs 0 2 4 6 1 3 5 7; beyond the last input 0
//   8 words                bias of these outputs, the input's zero point folded in
#ifndef MOTE_NN_FULLY_CONNECTED_FULLY_CONNECTED_S8_MVE_H
#define MOTE_NN_FULLY_CONNECTED_FULLY_CONNECTED_S8_MVE_H

#include "mote/nn/fully_connected/fully_connected.h"
#include "mote/nn/mve.h"

namespace mote {

MOTE_KERNEL int32_t fully_connected_s8_mve_steps(const FullyConnectedS8Params& p) {
  return (p.in_count + 15) / 16;
}
// Bytes of scratch: an input that does not end with a vector is copied.
MOTE_KERNEL int32_t fully_connected_s8_mve_scratch(const FullyConnectedS8Params& p) {
  return p.in_count % 16 == 0 ? 0 : 16 * fully_connected_s8_mve_steps(p);
}

#if MOTE_MVE_ASSEMBLY
// What mve_dense reads besides its registers; offsets are in the assembly.
struct MveDense {
  int32_t multiplier, shift;  // 0, 4
  int32_t act_min, act_max;   // 8, 12
  int32_t more_steps;         // 16: turns of the loop over steps
  int32_t out_zero_point;     // 20
  int32_t input_bytes;        // 24: 16·steps
};

#define MOTE_MVE_DENSE_STEP(mac)  \
  "vldrb.8 q0, [%[x]], #16\n"     \
  "vldrb.8 q1, [%[w]], #16\n"     \
  "vldrb.8 q2, [%[w]], #16\n" mac \
  " r0, q0, q1\n"                 \
  "vldrb.8 q3, [%[w]], #16\n" mac \
  " r2, q0, q2\n"                 \
  "vldrb.8 q1, [%[w]], #16\n" mac \
  " r4, q0, q3\n"                 \
  "vldrb.8 q2, [%[w]], #16\n" mac \
  " r6, q0, q1\n"                 \
  "vldrb.8 q3, [%[w]], #16\n" mac \
  " r8, q0, q2\n"                 \
  "vldrb.8 q1, [%[w]], #16\n" mac \
  " r10, q0, q3\n"                \
  "vldrb.8 q2, [%[w]], #16\n" mac " r12, q0, q1\n" mac " lr, q0, q2\n"
#define MOTE_MVE_DENSE_NEXT MOTE_MVE_DENSE_STEP("vmladava.s8")
#define MOTE_MVE_DENSE(steps)                                                                       \
  __asm__ volatile(                                                                                 \
      "ldrd r0, r2, [%[c], #8]\n"                                                                   \
      "vdup.16 q6, r0\n"                                                                            \
      "vdup.16 q7, r2\n"                                                                            \
      "1:\n" MOTE_MVE_DENSE_STEP("vmladav.s8") steps                                                \
      "vmov q0[2], q0[0], r0, r4\n"                                                                 \
      "vmov q1[2], q1[0], r8, r12\n"                                                                \
      "vmov q0[3], q0[1], r2, r6\n"                                                                 \
      "vmov q1[3], q1[1], r10, lr\n"                                                                \
      "vldrw.32 q2, [%[w]], #16\n"                                                                  \
      "vadd.i32 q0, q0, q2\n"                                                                       \
      "vldrw.32 q3, [%[w]], #16\n"                                                                  \
      "vadd.i32 q1, q1, q3\n"                                                                       \
      "ldrd r0, r2, [%[c]]\n"                                                                       \
      "vqrdmulh.s32 q0, q0, r0\n"                                                                   \
      "vqrdmulh.s32 q1, q1, r0\n"                                                                   \
      "mov r0, #1\n"                                                                                \
      "vqdmlah.s32 q0, q0, r0\n"                                                                    \
      "vqdmlah.s32 q1, q1, r0\n"                                                                    \
      "vrshl.s32 q0, r2\n"                                                                          \
      "vrshl.s32 q1, r2\n"                                                                          \
      "ldr r0, [%[c], #20]\n"                                                                       \
      "vqmovnb.s32 q0, q0\n"                                                                        \
      "vqmovnt.s32 q0, q1\n"                                                                        \
      "ldr r2, [%[c], #24]\n"                                                                       \
      "vqadd.s16 q0, q0, r0\n"                                                                      \
      "vmax.s16 q0, q0, q6\n"                                                                       \
      "vmin.s16 q0, q0, q7\n"                                                                       \
      "vctp.16 %[left]\n"                                                                           \
      "vpst\n"                                                                                      \
      "vstrbt.16 q0, [%[out]], #8\n"                                                                \
      "sub %[x], %[x], r2\n"                                                                        \
      "subs %[left], %[left], #8\n"                                                                 \
      "bgt 1b\n"                                                                                    \
      : [x] "+&r"(x), [w] "+&r"(w), [out] "+&l"(out), [left] "+&r"(left), [n] "=&r"(n)              \
      : [c] "r"(&context)                                                                           \
      : "r0", "r2", "r4", "r6", "r8", "r10", "r12", "lr", "q0", "q1", "q2", "q3", "q6", "q7", "cc", \
        "memory")

// All outputs of one input x of 16·steps bytes.
MOTE_KERNEL void mve_dense(const FullyConnectedS8Params& p, Rom<int32_t> stream, int32_t multiplier,
                           int32_t shift, const int8_t* x, int8_t* out) {
  const int32_t steps = fully_connected_s8_mve_steps(p);
  MveDense context = {multiplier, shift, p.act_min, p.act_max, 0, p.out_zero_point, 16 * steps};
  const int32_t* w = stream;
  int32_t left = p.out_count, n;
  if (__builtin_constant_p(steps) && steps == 1) {
    MOTE_MVE_DENSE("");
  } else if (__builtin_constant_p(steps) && steps % 2 == 1) {
    context.more_steps = steps / 2;
    MOTE_MVE_DENSE(MOTE_MVE_LOOP(MOTE_MVE_DENSE_NEXT MOTE_MVE_DENSE_NEXT));
  } else if (__builtin_constant_p(steps) && steps > 2) {
    context.more_steps = steps / 2 - 1;
    MOTE_MVE_DENSE(MOTE_MVE_DENSE_NEXT MOTE_MVE_LOOP(MOTE_MVE_DENSE_NEXT MOTE_MVE_DENSE_NEXT));
  } else {
    context.more_steps = steps - 1;
    MOTE_MVE_DENSE(MOTE_MVE_ANY_LOOP(MOTE_MVE_DENSE_NEXT));
  }
}
#else
MOTE_KERNEL void mve_dense(const FullyConnectedS8Params& p, Rom<int32_t> stream, int32_t multiplier,
                           int32_t shift, const int8_t* x, int8_t* out) {
  const int32_t steps = fully_connected_s8_mve_steps(p);
  const MveBlock block = {steps, p.out_count, p.out_zero_point, p.act_min, p.act_max};
  for (int32_t o = 0; o < p.out_count; ++o) {
    const int32_t place = o % 8 / 2 + o % 2 * 4;  // in its group
    const int8_t* w = (const int8_t*)(stream + o / 8 * (32 * steps + 8));
    int32_t sum;
    memcpy(&sum, w + 128 * steps + 4 * place, 4);
    for (int32_t i = 0; i < 16 * steps; ++i) sum += x[i] * w[i / 16 * 128 + place * 16 + i % 16];
    out[o] = (int8_t)mve_requantized(sum, multiplier, shift, block);
  }
}
#endif

// in, out and ranges as fully_connected_s8, with requant_step 0 and shift[0] ≤ −1.
// stream   see above
// scratch  fully_connected_s8_mve_scratch(p) bytes
MOTE_KERNEL void fully_connected_s8_mve(const FullyConnectedS8Params& p, const int8_t* in,
                                        Rom<int32_t> stream, Rom<int32_t> multiplier, Rom<int8_t> shift,
                                        int8_t* out, void* scratch) {
  for (int32_t n = 0; n < p.batches; ++n) {
    const int8_t* x = in + n * p.in_count;
    if (p.in_count % 16 != 0) {
      mve_copy((int8_t*)scratch, x, p.in_count);
      x = (const int8_t*)scratch;
    }
    mve_dense(p, stream, multiplier[0], shift[0], x, out + n * p.out_count);
  }
}

}  // namespace mote

#endif
