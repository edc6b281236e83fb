// Internal to the room: what costs of the int8 pools count.
#pragma once

#include "kernels/counts.h"
#include "kernels/pool/pool_host.h"

namespace mote::kernels {

/// Of the walk of device/mote/nn/pool/pool_integers.h, over all channels.  Compilers leave out loops and tests where windows are
/// few or small; so each layer belongs to one kind, whose number is 1.
struct PoolCount {
  double taps, rows, outputs;
  double flat = 0;    ///< one row of windows of six elements at most, inside the image
  double small = 0;   ///< windows of four elements at most, inside the image
  double middle = 0;  ///< of nine
  double few = 0;     ///< clipped, at most two windows side by side or all columns inside
  double loops = 0;   ///< all others
  bool clips = false, clips_columns = false;
};
inline PoolCount count_pool(const Pool2dS8Params& p) {
  const WindowCount at = count_windows(p);
  const std::int32_t window = p.kernel_h * p.kernel_w;
  PoolCount count{p.channels * at.taps, p.channels * at.rows, p.channels * at.pixels};
  count.clips = at.clips_rows || at.clips_columns;
  count.clips_columns = at.clips_columns;
  if (count.clips)
    (p.out_w <= 2 || !at.clips_columns ? count.few : count.loops) = 1;
  else if (p.out_h == 1 && window <= 6)
    count.flat = 1;
  else if (window <= 9)
    (window <= 4 ? count.small : count.middle) = 1;
  else
    count.loops = 1;
  return count;
}

/// The variants of int8 share all but their costs.
template <auto function>
KernelVariant pool_s8(std::string_view kernel, std::string_view header,
                      Cost (*cost)(const KernelCall&, const Target&)) {
  static constexpr Mix unused{};
  KernelVariant variant = pool<function, unused, unused, 0>(kernel, header);
  variant.cost = cost;
  return variant;
}

}  // namespace mote::kernels
