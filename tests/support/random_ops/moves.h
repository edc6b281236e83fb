// Random layers that move elements: joining, cutting, padding, gathering, turning, resizing.
#pragma once

#include "support/random_ops/reductions.h"

namespace mote::testing {

using Integers = std::vector<std::int64_t>;

inline Integers to_integers(const Shape& shape) { return Integers(shape.begin(), shape.end()); }
inline std::size_t front(std::int64_t axis, std::size_t rank) {
  return static_cast<std::size_t>(axis < 0 ? axis + static_cast<std::int64_t>(rank) : axis);
}

inline void make_concatenation(Draw& d, const std::string& op) {
  const TensorId first = d.operand(1, 4);
  const std::int64_t axis = draw_axis(d, first);
  std::vector<TensorId> inputs = {first};
  for (int i = d.between(0, 3); i > 0; --i) {
    Shape shape = d.shape_of(first);
    shape[front(axis, shape.size())] = d.extent();
    inputs.push_back(d.chance(0.3) ? d.constant(d.dtype(), shape, d.quant_of(first))
                                   : d.input(d.dtype(), shape, d.quant_of(first)));
  }
  d.layer(op, inputs, {{"axis", axis}}, d.quant_of(first));
}
inline void make_pack(Draw& d, const std::string& op) {
  const TensorId first = d.operand(0, 4);
  const auto rank = static_cast<std::int32_t>(d.shape_of(first).size());
  std::vector<TensorId> inputs = {first};
  for (int i = d.between(0, 3); i > 0; --i)
    inputs.push_back(d.input(d.dtype(), d.shape_of(first), d.quant_of(first)));
  d.layer(op, inputs, {{"axis", std::int64_t{d.between(-rank - 1, rank)}}}, d.quant_of(first));
}
inline void make_unpack(Draw& d, const std::string& op) {
  const TensorId x = d.operand(1, 5);
  d.layer(op, {x}, {{"axis", draw_axis(d, x)}}, d.quant_of(x));
}
inline void make_split(Draw& d, const std::string& op) {
  const TensorId x = d.operand(1, 4);
  const std::int64_t axis = draw_axis(d, x);
  std::int64_t left = d.shape_of(x)[front(axis, d.shape_of(x).size())];
  Integers sizes;
  if (d.chance(0.5)) {
    sizes.assign(static_cast<std::size_t>(left), 1);
  } else {
    for (; left > 0; left -= sizes.back()) sizes.push_back(d.between(1, static_cast<std::int32_t>(left)));
  }
  d.layer(op, {x}, {{"axis", axis}, {"sizes", sizes}}, d.quant_of(x));
}

// ---- borders

inline void make_pad(Draw& d, const std::string& op) {
  const TensorId x = d.operand(1, 4);
  Integers before, after;
  for (std::size_t i = 0; i < d.shape_of(x).size(); ++i) {
    before.push_back(d.between(0, 3));
    after.push_back(d.between(0, 3));
  }
  std::vector<TensorId> inputs = {x};
  if (d.chance(0.5)) inputs.push_back(d.constant(d.dtype(), {}, d.quant_of(x)));
  d.layer(op, inputs, {{"before", before}, {"after", after}}, d.quant_of(x));
}
inline void make_mirror_pad(Draw& d, const std::string& op) {
  const TensorId x = d.operand(1, 4);
  const bool reflect = d.chance(0.5);
  Integers before, after;
  for (const std::int32_t extent : d.shape_of(x)) {
    const std::int32_t most = reflect ? extent - 1 : extent;
    before.push_back(d.between(0, most));
    after.push_back(d.between(0, most));
  }
  d.layer(op, {x},
          {{"before", before}, {"after", after}, {"mode", std::string(reflect ? "reflect" : "symmetric")}},
          d.quant_of(x));
}
inline void make_space_to_batch(Draw& d, const std::string& op) {
  const TensorId x = d.operand(3, 4);
  const Shape in = d.shape_of(x);
  Integers block, before, after;
  for (std::size_t i = 1; i <= (in.size() == 3 ? 1u : 2u); ++i) {
    block.push_back(d.between(1, 3));
    before.push_back(d.between(0, 2));
    const std::int64_t over = (in[i] + before.back()) % block.back();
    after.push_back(over == 0 ? 0 : block.back() - over);
  }
  d.layer(op, {x}, {{"block", block}, {"before", before}, {"after", after}}, d.quant_of(x));
}
inline void make_batch_to_space(Draw& d, const std::string& op) {
  const bool flat = d.chance(0.3);
  Integers block, crop_before, crop_after;
  Shape in = {d.between(1, 2)};
  for (int i = 0; i < (flat ? 1 : 2); ++i) {
    block.push_back(d.between(1, 3));
    in.push_back(d.between(1, 5));
    const auto whole = static_cast<std::int32_t>(in.back() * block.back());
    crop_before.push_back(d.between(0, std::min(2, whole - 1)));
    crop_after.push_back(
        d.between(0, std::min<std::int32_t>(2, whole - 1 - static_cast<std::int32_t>(crop_before.back()))));
    in[0] *= static_cast<std::int32_t>(block.back());
  }
  in.push_back(d.between(1, 4));
  const TensorId x = d.operand(in);
  d.layer(op, {x}, {{"block", block}, {"crop_before", crop_before}, {"crop_after", crop_after}},
          d.quant_of(x));
}
inline void make_space_to_depth(Draw& d, const std::string& op) {
  const std::int32_t b = d.between(1, 3);
  Shape in = {d.between(1, 2), d.between(1, 3), d.between(1, 3), d.between(1, 3)};
  if (op == "space_to_depth") {
    in[1] *= b;
    in[2] *= b;
  } else {
    in[3] *= b * b;
  }
  const TensorId x = d.operand(in);
  d.layer(op, {x}, {{"block_size", std::int64_t{b}}}, d.quant_of(x));
}

// ---- order

inline void make_reshape(Draw& d, const std::string& op) {
  const TensorId x = d.operand(0, 5);
  Integers shape;
  std::int64_t left = d.tensor(x).type.count();
  while (left > 1 && shape.size() < 4) {
    std::int64_t factor = d.between(1, 4);
    while (left % factor != 0) --factor;
    shape.push_back(factor);
    left /= factor;
  }
  shape.push_back(d.chance(0.3) ? -1 : left);
  d.layer(op, {x}, {{"shape", shape}}, d.quant_of(x));
}
inline void make_transpose(Draw& d, const std::string& op) {
  const TensorId x = d.operand(1, 5);
  Integers order;
  for (std::size_t i = 0; i < d.shape_of(x).size(); ++i)
    order.insert(order.begin() + d.between(0, static_cast<std::int32_t>(i)), static_cast<std::int64_t>(i));
  d.layer(op, {x}, {{"permutation", order}}, d.quant_of(x));
}
inline void make_reverse(Draw& d, const std::string& op) {
  const TensorId x = d.operand(1, 5);
  d.layer(op, {x}, {{"axes", draw_axes(d, x)}}, d.quant_of(x));
}
inline void make_tile(Draw& d, const std::string& op) {
  const TensorId x = d.operand(1, 4);
  Integers multiples;
  for (std::size_t i = 0; i < d.shape_of(x).size(); ++i) multiples.push_back(d.between(1, 3));
  d.layer(op, {x}, {{"multiples", multiples}}, d.quant_of(x));
}
inline void make_broadcast_to(Draw& d, const std::string& op) {
  const TensorId x = d.operand(0, 4);
  Shape whole = d.shape_of(x);
  for (std::int32_t& e : whole) {
    if (e == 1) e = d.between(1, 4);
  }
  while (whole.size() < 5 && d.chance(0.3)) whole.insert(whole.begin(), d.between(1, 3));
  if (whole.empty()) whole = {2};
  d.layer(op, {x}, {{"shape", to_integers(whole)}}, d.quant_of(x));
}
inline void make_strided_slice(Draw& d, const std::string& op) {
  const TensorId x = d.operand(1, 4);
  Integers begin, size, stride;
  for (const std::int32_t extent : d.shape_of(x)) {
    const std::int32_t step = d.between(1, 3), from = d.between(0, extent - 1);
    const bool backwards = d.chance(0.2);
    begin.push_back(from);
    size.push_back(d.between(1, 1 + (backwards ? from : extent - 1 - from) / step));
    stride.push_back(backwards ? -step : step);
  }
  d.layer(op, {x}, {{"begin", begin}, {"size", size}, {"stride", stride}}, d.quant_of(x));
}

// ---- by index

/// Positions 0 … `count` − 1, s32; constant or computed.
inline TensorId draw_indices(Draw& d, Shape shape, std::int32_t count) {
  const InputRange range{0, count - 1};
  const TensorType type{DType::S32, shape};
  return d.chance(0.5) ? d.constant(type, {}, d.random_bytes(type, range, 0))
                       : d.input(DType::S32, std::move(shape), {}, range);
}
inline void make_gather(Draw& d, const std::string& op) {
  const TensorId x = d.operand(1, 4);
  const Shape in = d.shape_of(x);
  const auto rank = static_cast<std::int32_t>(in.size());
  const std::int32_t axis = d.between(0, rank - 1), batch = d.chance(0.7) ? 0 : d.between(0, axis);
  Shape indices(in.begin(), in.begin() + batch);
  for (int i = d.between(batch == 0 ? 0 : 1, 2); i > 0; --i) indices.push_back(d.between(1, 4));
  const TensorId which = draw_indices(d, indices, in[static_cast<std::size_t>(axis)]);
  d.layer(op, {x, which},
          {{"axis", std::int64_t{d.chance(0.3) ? axis - rank : axis}}, {"batch_dims", std::int64_t{batch}}},
          d.quant_of(x));
}
inline void make_gather_nd(Draw& d, const std::string& op) {
  const TensorId x = d.operand(1, 4);
  const Shape in = d.shape_of(x);
  const std::int32_t depth = d.between(1, static_cast<std::int32_t>(in.size()));
  Shape shape;
  for (int i = d.between(0, 2); i > 0; --i) shape.push_back(d.between(1, 4));
  shape.push_back(depth);
  const std::int32_t least = *std::min_element(in.begin(), in.begin() + depth);
  d.layer(op, {x, draw_indices(d, shape, least)}, {}, d.quant_of(x));
}
inline void make_dynamic_update_slice(Draw& d, const std::string& op) {
  const TensorId x = d.operand(1, 4);
  Shape part = d.shape_of(x);
  for (std::int32_t& e : part) e = d.between(1, e);
  const TensorId update = d.input(d.dtype(), part, d.quant_of(x));
  const TensorType type{DType::S32, {static_cast<std::int32_t>(part.size())}};
  const InputRange range{-2, 8};
  const TensorId starts = d.chance(0.4) ? d.constant(type, {}, d.random_bytes(type, range, 0))
                                        : d.input(type.dtype, type.shape, {}, range);
  d.layer(op, {x, update, starts}, {}, d.quant_of(x));
}

// ---- images

inline void make_resize(Draw& d, const std::string& op) {
  const TensorId x = d.image_operand();
  const int mode = d.between(0, 2);
  d.layer(op, {x},
          {{"height", std::int64_t{d.between(1, 12)}},
           {"width", std::int64_t{d.between(1, 12)}},
           {"align_corners", std::int64_t{mode == 1}},
           {"half_pixel_centers", std::int64_t{mode == 2}}},
          d.quant_of(x));
}

inline std::vector<RandomOp> move_ops() {
  const std::vector<DType> any = {DType::S8, DType::S16, DType::F32, DType::S32, DType::S64, DType::Bool};
  const std::vector<DType> most = {DType::S8, DType::S16, DType::F32, DType::S32};
  return {
      {"concatenation", most, make_concatenation},
      {"pack", most, make_pack},
      {"unpack", most, make_unpack},
      {"split", most, make_split},
      {"pad", most, make_pad},
      {"mirror_pad", most, make_mirror_pad},
      {"space_to_batch_nd", most, make_space_to_batch},
      {"batch_to_space_nd", most, make_batch_to_space},
      {"space_to_depth", most, make_space_to_depth},
      {"depth_to_space", most, make_space_to_depth},
      {"reshape", any, make_reshape},
      {"transpose", most, make_transpose},
      {"reverse_v2", most, make_reverse},
      {"tile", any, make_tile},
      {"broadcast_to", most, make_broadcast_to},
      {"strided_slice", any, make_strided_slice},
      {"gather", most, make_gather},
      {"gather_nd", most, make_gather_nd},
      {"dynamic_update_slice", any, make_dynamic_update_slice},
      {"resize_bilinear", {DType::S8, DType::F32}, make_resize},
      {"resize_nearest_neighbor", most, make_resize},
  };
}

}  // namespace mote::testing
