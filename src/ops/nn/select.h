// What select and select_v2 share: types, and lowering to the kernel that moves the chosen elements.
#pragma once

#include "mote/nn/binary/select.h"
#include "ops/nn/broadcast.h"
#include "ops/nn/lowering.h"
#include "ops/nn/tflite.h"

namespace mote::nn {

inline Result<void> check_select_types(const NodeRef& ref) {
  const std::initializer_list<DType> any = {DType::F32, DType::S8,  DType::S16, DType::S32, DType::S64,
                                            DType::U8,  DType::U32, DType::U64, DType::Bool};
  MOTE_TRY_VOID(check_dtype("condition", ref.in(0), {DType::Bool}));
  MOTE_TRY_VOID(check_dtype("x1", ref.in(1), any));
  MOTE_TRY_VOID(check_dtype("x2", ref.in(2), any));
  if (ref.in(1).type.dtype == ref.in(2).type.dtype) return {};
  return error(text::cat("'x1' is ", name_of(ref.in(1).type.dtype), " and 'x2' ",
                         name_of(ref.in(2).type.dtype), "; both must have one element type"));
}

/// An operand as bytes; a constant's array in the generated source is one of bytes, too.
inline Arg bytes_arg(Arg arg) {
  arg.dtype = DType::U8;
  if (auto* rom = std::get_if<Arg::Rom>(&arg.what)) {
    auto constant = std::make_shared<Constant>(*rom->constant);
    constant->dtype = DType::U8;
    constant->shape = {static_cast<std::int32_t>(constant->bytes.size())};
    rom->constant = std::move(constant);
  }
  return arg;
}

/// `condition`: its shape as it broadcasts with the output's.
inline Result<std::vector<KernelCall>> lower_select(const NodeRef& ref, const Shape& condition) {
  const Shape &x1 = ref.in(1).type.shape, &x2 = ref.in(2).type.shape;
  MOTE_TRY(const BroadcastLoops loops, broadcast_loops(ref.out(0).type.shape, {condition, x1, x2}));
  SelectParams p{};
  p.element_bytes = static_cast<std::int32_t>(bytes_of(ref.out(0).type.dtype));
  if (ref.out(0).type.count() > kMostElements / p.element_bytes)
    return error("the output has more than 2147483647 bytes");
  const auto &e = loops.extent, &c = loops.step[0], &a = loops.step[1], &b = loops.step[2];
  p.extent0 = e[0], p.extent1 = e[1], p.extent2 = e[2], p.extent3 = e[3], p.extent4 = e[4], p.extent5 = e[5];
  p.condition_step0 = c[0], p.condition_step1 = c[1], p.condition_step2 = c[2];
  p.condition_step3 = c[3], p.condition_step4 = c[4], p.condition_step5 = c[5];
  p.in1_step0 = a[0], p.in1_step1 = a[1], p.in1_step2 = a[2];
  p.in1_step3 = a[3], p.in1_step4 = a[4], p.in1_step5 = a[5];
  p.in2_step0 = b[0], p.in2_step1 = b[1], p.in2_step2 = b[2];
  p.in2_step3 = b[3], p.in2_step4 = b[4], p.in2_step5 = b[5];
  return one_call(call_of("select_bytes", p,
                          {bytes_arg(in_arg(ref, 0)), bytes_arg(in_arg(ref, 1)), bytes_arg(in_arg(ref, 2)),
                           bytes_arg(out_arg(ref))}));
}

inline Result<void> read_select(const ForeignNode& foreign, Graph& graph, const std::string& op) {
  MOTE_TRY_VOID(check_counts(foreign, 3, 3));
  return append_read(foreign, op, {}, graph);
}

inline constexpr QuantRule kSelectQuant{.same_scale = true};

}  // namespace mote::nn
