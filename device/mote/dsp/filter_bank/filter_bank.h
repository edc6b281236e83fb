// From a spectrum to the logarithms of a filter bank's energies: contract and parameters of energy_s16, filter_bank_u32,
// filter_bank_square_root_u64, spectral_subtraction_u32, pcan_u32 and filter_bank_log_u32, in the order of their use.
// All of it is integer arithmetic on non-negative numbers; sums wrap modulo the width of their type.
#ifndef MOTE_DSP_FILTER_BANK_FILTER_BANK_H
#define MOTE_DSP_FILTER_BANK_FILTER_BANK_H

#include "mote/base/params.h"
#include "mote/base/port.h"

#define MOTE_ENERGY_S16_FIELDS(FIELD)                                        \
  FIELD(int32_t, count) /* pairs */                                          \
  FIELD(int32_t, begin) /* 0 <= begin <= end <= count: 0 outside of these */ \
  FIELD(int32_t, end)

#define MOTE_FILTER_BANK_U32_FIELDS(FIELD) FIELD(int32_t, channels)

#define MOTE_FILTER_BANK_SQUARE_ROOT_U64_FIELDS(FIELD) FIELD(int32_t, channels)

// Fractions of 2^bits.  Even and odd channels have smoothings of their own.
#define MOTE_SPECTRAL_SUBTRACTION_U32_FIELDS(FIELD)                               \
  FIELD(int32_t, channels)                                                        \
  FIELD(int32_t, bits)            /* 0 ... 31 */                                  \
  FIELD(int32_t, smoothing_bits)  /* 0 ... 31: fraction bits of the estimate */   \
  FIELD(uint32_t, even_smoothing) /* of the new energy */                         \
  FIELD(uint32_t, even_one_minus) /* of the estimate so far */                    \
  FIELD(uint32_t, odd_smoothing)                                                  \
  FIELD(uint32_t, odd_one_minus)                                                  \
  FIELD(uint32_t, min_signal_remaining) /* of the energy, which stays at least */ \
  FIELD(int32_t, clamping)              /* 1: the estimate follows an energy below it at once */

#define MOTE_PCAN_U32_FIELDS(FIELD) \
  FIELD(int32_t, channels)          \
  FIELD(int32_t, snr_shift) /* 0 ... 63: to 12 fraction bits */

#define MOTE_FILTER_BANK_LOG_U32_FIELDS(FIELD)               \
  FIELD(int32_t, channels)                                   \
  FIELD(int32_t, correction_bits) /* 0 ... 31, shifted up */ \
  FIELD(uint32_t, out_scale)      /* of the natural logarithm */

namespace mote {
MOTE_PARAMS(EnergyS16Params, MOTE_ENERGY_S16_FIELDS)
MOTE_PARAMS(FilterBankU32Params, MOTE_FILTER_BANK_U32_FIELDS)
MOTE_PARAMS(FilterBankSquareRootU64Params, MOTE_FILTER_BANK_SQUARE_ROOT_U64_FIELDS)
MOTE_PARAMS(SpectralSubtractionU32Params, MOTE_SPECTRAL_SUBTRACTION_U32_FIELDS)
MOTE_PARAMS(PcanU32Params, MOTE_PCAN_U32_FIELDS)
MOTE_PARAMS(FilterBankLogU32Params, MOTE_FILTER_BANK_LOG_U32_FIELDS)

// Bits that x needs: 0 for 0, 32 for 2^31 and above.
MOTE_KERNEL int32_t bits_of_u32(uint32_t x) {
  int32_t bits = 0;
  for (; x != 0; x >>= 1) ++bits;
  return bits;
}
}  // namespace mote

#endif
