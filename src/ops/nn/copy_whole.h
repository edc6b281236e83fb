// Copying a whole tensor: identity, reading and assigning variables.
#pragma once

#include "mote/nn/copy/copy.h"
#include "ops/nn/lowering.h"
#include "ops/nn/types.h"

namespace mote::nn {

/// One call that copies all bytes of input `i` to `to`.
inline Result<std::vector<KernelCall>> copy_whole(const NodeRef& ref, int i, Arg to) {
  CopyBlocksParams p{};
  p.blocks = 1;
  if (ref.in(i).type.bytes() > static_cast<std::size_t>(kMostElements))
    return error("the tensor has more than 2147483647 bytes");
  p.block_bytes = p.in_stride = p.out_stride = static_cast<std::int32_t>(ref.in(i).type.bytes());
  Arg from = in_arg(ref, i);
  from.dtype = to.dtype = DType::U8;
  return one_call(call_of("copy_blocks", p, {from, to}));
}

}  // namespace mote::nn
