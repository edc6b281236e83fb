// Internal to the room: the host's own vectors in place of reference kernels.
#pragma once

#include "plan/plan.h"

namespace mote {

/// Calls of a reference plan that have a variant "simd" take it where it fits: the same bytes, which the kernels' tests prove, a
/// hundred times sooner.  Their scratch is a region of its own behind the others.
void take_vectors(Plan& plan);

}  // namespace mote
