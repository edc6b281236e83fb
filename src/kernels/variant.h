// Internal to the room: what the variants' files share.  Calling a device function on the host, reading a
// call's constants, the class model of costs.
#pragma once

#include <cstring>
#include <utility>
#include <vector>

#include "graph/kernel.h"
#include "targets/target.h"

namespace mote::kernels {

// ---- running a device function

template <auto function>
struct DeviceFunction;

/// function(params, first argument, second argument, …): an argument's pointer type is the function's own.
template <class Params, class... Pointers, void (*function)(const Params&, Pointers...)>
struct DeviceFunction<function> {
  static void run(const Packed& packed, Buffers buffers) {
    MOTE_CHECK(buffers.size() == sizeof...(Pointers), "a kernel call with a wrong number of arguments");
    call(from_block<Params>(packed.params), buffers, std::index_sequence_for<Pointers...>());
  }

 private:
  template <std::size_t... i>
  static void call(const Params& params, Buffers buffers, std::index_sequence<i...>) {
    function(params, static_cast<Pointers>(buffers[i])...);
  }
};

/// KernelVariant::run of a device function: `run_of<conv2d_s8>`.
template <auto function>
inline constexpr auto run_of = &DeviceFunction<function>::run;

// ---- constants

/// Argument i as constant elements; empty when it is absent or no constant.
template <class T>
std::vector<T> constants_of(const KernelCall& call, std::size_t i) {
  const auto* rom = std::get_if<Arg::Rom>(&call.args[i].what);
  if (rom == nullptr || rom->constant == nullptr) return {};
  const Bytes& bytes = rom->constant->bytes;
  std::vector<T> values(bytes.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
  return values;
}

// ---- rows

/// KernelVariant::band of kernels that compute element i of `count` from elements i.
template <class Params>
KernelCall elementwise_band(const KernelCall& call, RowSpan out, std::int32_t all) {
  auto p = from_block<Params>(call.params);
  p.count = p.count / all * (out.end - out.begin);
  return {call.kernel, to_block(p), call.args};
}

// ---- cost

/// Instructions by class of the target's cycle model.
struct Mix {
  double alu = 0, mul = 0, load = 0, store = 0, branch = 0, floats = 0, divide = 0;
  double total() const { return alu + mul + load + store + branch + floats + divide; }
};
inline Mix operator*(double n, const Mix& m) {
  return {n * m.alu, n * m.mul, n * m.load, n * m.store, n * m.branch, n * m.floats, n * m.divide};
}
inline Mix operator+(const Mix& a, const Mix& b) {
  return {a.alu + b.alu,       a.mul + b.mul,       a.load + b.load,    a.store + b.store,
          a.branch + b.branch, a.floats + b.floats, a.divide + b.divide};
}

/// Branches count as taken.
inline Cost cost_counted(const Mix& mix, std::size_t flash_bytes, const Target& target) {
  const auto cycles = [&](const char* name) {
    const auto found = target.cycle_model.cycles.find(name);
    return found == target.cycle_model.cycles.end() ? 1.0 : found->second;
  };
  Cost cost;
  cost.instructions = mix.total();
  cost.cycles_estimated = mix.alu * cycles("alu") + mix.mul * cycles("mul") + mix.load * cycles("load") +
                          mix.store * cycles("store") + mix.branch * cycles("branch_taken") +
                          mix.floats * cycles("float") + mix.divide * cycles("div");
  cost.flash_bytes = flash_bytes;
  return cost;
}

/// Counts fitted to an emulated Cortex-M4F (arm-none-eabi-gcc 12, -O2, parameters known at compile time); other targets get
/// the same, as an estimate.  ARMv6-M needs twice as many: eight registers, no multiply-add, no 64-bit product.
inline Cost cost_of(const Mix& mix, std::size_t flash_bytes, const Target& target) {
  return cost_counted(target.isa.arch == "armv6-m" ? 2.1 * mix : mix, flash_bytes, target);
}

/// One int8 output: bias, requantize with both roundings, zero point, clamp, store.
inline constexpr Mix kRequantizedOutput{.alu = 30, .mul = 1, .load = 4, .store = 1, .branch = 2};

}  // namespace mote::kernels
