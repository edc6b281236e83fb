// Floats that round the same way everywhere.  Include it first in every file that computes with floats: it
// forbids fused multiply-add for the rest of the translation unit, which compilers form by default and which
// would change bits between x86, Cortex-M0 and Cortex-M4F.
#ifndef MOTE_BASE_FP_EXACT_H
#define MOTE_BASE_FP_EXACT_H

#if defined(__FAST_MATH__)
#error "mote: -ffast-math reorders float sums; the firmware would not answer what the host answers"
#endif
#if defined(__FLT_EVAL_METHOD__) && __FLT_EVAL_METHOD__ != 0 && __FLT_EVAL_METHOD__ != 16
#error "mote: floats are computed in a wider type here (x87?); use SSE arithmetic: -msse2 -mfpmath=sse"
#endif

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#elif defined(__GNUC__)
#pragma GCC optimize("fp-contract=off")  // GCC does not know the standard's pragma
#endif

#endif
