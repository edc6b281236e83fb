// Random numbers that are the same on every machine: a seeded, splittable generator and fixed formulas for
// what is drawn from it.  Nothing here calls libm (its last bits differ between versions and processors);
// `exact` holds the few functions that training needs instead.  Used by data (splits), train (initial
// weights, shuffles, augmentation, dropout).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace mote {

/// SplitMix64 (Steele, Lea, Flood 2014): a counter through a 64-bit mixer.  One seed, one sequence.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  /// A generator for sub-task `stream`, independent of this one's position in its sequence only if split before drawing.
  Random split(std::uint64_t stream) const;

  std::uint64_t bits();  ///< 64 uniform bits
  double uniform();      ///< [0, 1), multiples of 2^-53
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  std::uint64_t below(std::uint64_t n);  ///< [0, n) without bias; n ≥ 1
  double normal();                       ///< mean 0, deviation 1; Box-Muller, two bits() a draw

  template <class T>
  void shuffle(std::span<T> items) {  ///< Fisher-Yates
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
  }

 private:
  std::uint64_t state_;
};

/// Elementary functions by IEEE additions, multiplications and divisions in a fixed order: same bits
/// everywhere. Measured against libm over the ranges below: exp and log to 1e-15 relative, cos to 3e-15 absolute.
namespace exact {
double exp(double x);                      ///< 0 below −745, infinity above 709.78, NaN for NaN
double log(double x);                      ///< x > 0 and normal; −infinity for 0, NaN for negatives and NaN
double cos(double x);                      ///< |x| ≤ 1e6
double pow(double base, double exponent);  ///< base > 0
}  // namespace exact

}  // namespace mote
