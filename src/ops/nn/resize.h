// What the two resizing ops share: attributes, output type, reading and writing.
#pragma once

#include "mote/nn/resize/resize.h"
#include "ops/nn/moves.h"

namespace mote::nn {

/// Extents that the kernels' tables and fixed point can hold.
inline constexpr std::int64_t kMostPixels = 32767;

inline bool aligns_corners(const NodeRef& ref) { return ref.integer("align_corners") != 0; }
inline bool has_half_pixels(const NodeRef& ref) { return ref.integer("half_pixel_centers") != 0; }

/// [N,H,W,C] → [N,height,width,C]
inline Result<std::vector<TensorType>> infer_resized(const NodeRef& ref) {
  const TensorType& x = ref.in(0).type;
  MOTE_TRY_VOID(check_movable("x", x));
  MOTE_TRY_VOID(check_rank("x", ref.in(0), 4, "[N,H,W,C]"));
  const std::int64_t height = ref.integer("height"), width = ref.integer("width");
  for (const std::int64_t extent : {std::int64_t{x.shape[1]}, std::int64_t{x.shape[2]}, height, width}) {
    if (extent < 1 || extent > kMostPixels)
      return error(text::cat("an image has 1 to ", kMostPixels, " rows and columns, not ", extent));
  }
  return one_type(moved_type(x.dtype, {x.shape[0], static_cast<std::int32_t>(height),
                                       static_cast<std::int32_t>(width), x.shape[3]}));
}

template <class Params>
Params resize_geometry(const NodeRef& ref) {
  const Shape &x = ref.in(0).type.shape, &y = ref.out(0).type.shape;
  Params p{};
  p.batches = x[0];
  p.in_h = x[1], p.in_w = x[2];
  p.out_h = y[1], p.out_w = y[2];
  return p;
}

inline std::vector<AttributeSpec> resize_attributes() {
  return {
      {"height", "rows of y", std::int64_t{1}, {}, 1, kMostPixels},
      {"width", "columns of y", std::int64_t{1}, {}, 1, kMostPixels},
      {"align_corners", "1: the centres of the corner pixels of x and y agree", std::int64_t{0}, {}, 0, 1},
      {"half_pixel_centers",
       "1: positions are those of the pixels' centres, not of their corners",
       std::int64_t{0},
       {},
       0,
       1}};
}

inline Result<void> read_resize(const ForeignNode& foreign, Graph& graph, const std::string& op) {
  MOTE_TRY_VOID(check_counts(foreign, 2, 2));
  MOTE_TRY_VOID(check_present(foreign));
  MOTE_TRY(const std::vector<std::int64_t> size, constant_integers(graph, foreign.inputs[1], "size"));
  if (size.size() != 2)
    return error(text::cat("'size' is ", list_text(size), "; it must be height and width"));
  MOTE_TRY(const std::int64_t corners, integer_option(foreign, "align_corners", 0));
  MOTE_TRY(const std::int64_t half, integer_option(foreign, "half_pixel_centers", 0));
  return append_move_read(
      foreign, op,
      {{"height", size[0]}, {"width", size[1]}, {"align_corners", corners}, {"half_pixel_centers", half}},
      graph);
}

inline Result<ForeignNode> write_resize(const NodeRef& ref, Graph& graph, std::string_view op) {
  ForeignNode foreign = start_write(ref, op, 2);
  if (has_half_pixels(ref) || aligns_corners(ref)) foreign.version = 3;
  add_list(foreign, graph, "size", {ref.integer("height"), ref.integer("width")});
  foreign.attributes["align_corners"] = ref.integer("align_corners");
  foreign.attributes["half_pixel_centers"] = ref.integer("half_pixel_centers");
  return foreign;
}

}  // namespace mote::nn
