// How the training kernels cut a batch and where they work: pieces of a batch on threads that stay, scratch
// memory that stays, panels of matrices, per-channel numbers repeated to vectors. Internal to math.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <vector>

#include "math/loops.h"
#include "math/nn.h"

namespace mote::learn {

struct Piece {
  int index, begin, end;
};

/// Cuts [0, n) into kChunks pieces and runs them, on threads if `work`, the whole's number of operations, is worth it.
void for_pieces(int n, double work, const std::function<void(const Piece&)>& body);

/// The same for elementwise work over `count` floats, cut at multiples of 16.
void for_elements(std::size_t count, const std::function<void(std::size_t begin, std::size_t size)>& body);

/// Scratch of the calling thread, kept between calls: fresh pages at every layer would cost as much as the
/// layer. Areas are handed out by `take` at multiples of 64 bytes; they are the caller's until the next
/// Scratch of the same kind is made on that thread: Shared for who cuts a batch, Own for a piece.
class Scratch {
 public:
  enum Kind { Shared, Own };
  Scratch(Kind kind, std::size_t floats);
  float* take(std::size_t floats) {
    float* area = next_;
    next_ += round_up(floats);
    return area;
  }
  static std::size_t round_up(std::size_t floats) { return (floats + 15) / 16 * 16; }

 private:
  float* next_;
};

inline std::size_t area(std::size_t a, std::size_t b = 1, std::size_t c = 1) {
  return Scratch::round_up(a * b * c);
}
inline void clear(float* values, std::size_t count) { std::memset(values, 0, count * sizeof(float)); }
inline std::size_t sample_floats(int h, int w, int c) {
  return static_cast<std::size_t>(h) * static_cast<std::size_t>(w) * static_cast<std::size_t>(c);
}

/// A multiple of the channels and of 32, at least 64, so that few channels fill vectors and hide latencies.
int period_of(int channels);
void repeat(int channels, int period, const float* from, float* to);

/// Padded columns of the table in use (loops.h).
inline int padded(int columns) { return padded_columns(columns, loops().widest); }

/// Packs B[k, n] = from[k·k_step + n·n_step] into panels whose rows are [first_row, first_row + depth) of `whole_depth`.
void pack_panels(const float* from, std::ptrdiff_t k_step, std::ptrdiff_t n_step, int depth, int columns,
                 float* panels, int first_row, int whole_depth);
inline void pack_panels(const float* from, std::ptrdiff_t k_step, std::ptrdiff_t n_step, int depth,
                        int columns, float* panels) {
  pack_panels(from, k_step, n_step, depth, columns, panels, 0, depth);
}

/// to[n, k] += from[k·from_row + n], k < depth, n < columns.
void add_transposed(int depth, int columns, const float* from, int from_row, float* to);

}  // namespace mote::learn
