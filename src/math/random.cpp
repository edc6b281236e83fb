// Random numbers and the elementary functions behind them; see random.h.
#include "math/random.h"

#include <cmath>
#include <cstring>
#include <limits>

namespace mote {
namespace {

constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15u;  // 2^64 / golden ratio, odd
constexpr double kPi = 3.14159265358979323846;
// ln 2 in two parts: the upper has 32 bits, so that its product with an exponent is exact.
constexpr double kLn2High = 0x1.62e42feep-1;
constexpr double kLn2Low = 0x1.a39ef35793c76p-33;

std::uint64_t mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

}  // namespace

Random Random::split(std::uint64_t stream) const {
  return Random(mix(mix(state_ + kGolden) ^ mix(stream * kGolden + 0x632be59bd9b4e019u)));
}

std::uint64_t Random::bits() {
  state_ += kGolden;
  return mix(state_);
}

double Random::uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }

std::uint64_t Random::below(std::uint64_t n) {
  // Values under 2^64 mod n would make the small remainders likelier; they are drawn again.
  const std::uint64_t unfair = (0 - n) % n;
  std::uint64_t draw = bits();
  while (draw < unfair) draw = bits();
  return draw % n;
}

double Random::normal() {
  const double radius = std::sqrt(-2.0 * exact::log(1.0 - uniform()));
  return radius * exact::cos(2.0 * kPi * uniform());
}

namespace exact {

double exp(double x) {
  if (std::isnan(x)) return x;
  if (x > 709.78) return std::numeric_limits<double>::infinity();
  if (x < -745.0) return 0.0;
  // x = k ln 2 + r with |r| ≤ ln 2 / 2; e^r by Taylor to r^13 (remainder below 2^-57).
  const double k = std::floor(x / (kLn2High + kLn2Low) + 0.5);
  const double r = (x - k * kLn2High) - k * kLn2Low;
  double sum = 1.0;
  for (int n = 13; n >= 1; --n) sum = 1.0 + sum * r / n;
  return std::ldexp(sum, static_cast<int>(k));
}

double log(double x) {
  if (std::isnan(x) || x < 0) return std::numeric_limits<double>::quiet_NaN();
  if (x == 0) return -std::numeric_limits<double>::infinity();
  if (std::isinf(x)) return x;
  // x = m 2^k with m in [√½, √2); ln m = 2 artanh(s), s = (m−1)/(m+1), |s| < 0.1716: series to s^23.
  int k = 0;
  double m = std::frexp(x, &k);
  if (m < 0.70710678118654752) {
    m *= 2;
    --k;
  }
  const double s = (m - 1) / (m + 1);
  const double square = s * s;
  double sum = 0;
  for (int n = 23; n >= 1; n -= 2) sum = 1.0 / n + square * sum;
  return k * kLn2High + (2 * s * sum + k * kLn2Low);
}

double cos(double x) {
  // Into [0, π/2] by symmetry, then Taylor to x^24 (remainder below 1e-19).
  x = std::fabs(x);
  x -= 2 * kPi * std::floor(x / (2 * kPi));
  if (x > kPi) x = 2 * kPi - x;
  const bool negative = x > kPi / 2;
  if (negative) x = kPi - x;
  const double square = x * x;
  double sum = 1.0;
  for (int n = 24; n >= 2; n -= 2) sum = 1.0 - sum * square / (n * (n - 1));
  return negative ? -sum : sum;
}

double pow(double base, double exponent) { return exp(exponent * log(base)); }

}  // namespace exact
}  // namespace mote
