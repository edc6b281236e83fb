// add_s8, tables: what the host knows of device/mote/nn/elementwise/add_s8_tables.h.
#include "mote/nn/elementwise/add_s8_tables.h"

#include "kernels/counts.h"
#include "kernels/variant.h"

namespace mote {
namespace {

std::vector<std::int32_t> table_of(std::int32_t zero_point, std::int32_t left_shift, std::int32_t multiplier,
                                   std::int32_t shift) {
  std::vector<std::int32_t> table(256);
  for (std::int32_t x = -128; x <= 127; ++x) {
    const std::int32_t scaled = requantize((x - zero_point) * (1 << left_shift), multiplier, shift);
    table[static_cast<std::uint8_t>(x)] = 2 * scaled;
  }
  return table;
}

bool fits(const KernelCall& call, const Facts&) {
  const auto p = from_block<AddS8Params>(call.params);
  return p.left_shift <= 20 && p.in1_shift <= 0 && p.in2_shift <= 0 && p.out_shift <= -1;
}

Packed pack(const KernelCall& call) {
  const auto p = from_block<AddS8Params>(call.params);
  const auto table = [&](const char* name, const std::vector<std::int32_t>& values) {
    return rom_arg(name, DType::S32, {256}, values, Constant::Role::Table);
  };
  const Arg table1 =
      table("addend_1", table_of(p.in1_zero_point, p.left_shift, p.in1_multiplier, p.in1_shift));
  const Arg table2 =
      table("addend_2", table_of(p.in2_zero_point, p.left_shift, p.in2_multiplier, p.in2_shift));
  return {call.params, {call.args[0], call.args[1], table1, table2, call.args[2]}};
}

/// As the reference's.
Overlap overlap(const KernelCall&) { return {0, 2, 0, Overlap::Direction::Forward}; }

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<AddS8Params>(call.params);
  kernels::Count count(target);
  count.add(p.count, {44.63, 13.99, 12.99, 12.99, 28.96});                // element
  count.add(p.count * kernels::limited(p), {1.93, 4.97, 4.97, 4.97, 0});  // limited element
  return count.cost({.alu = 6, .mul = 1, .load = 4, .store = 1, .branch = 1}, 120);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(elementwise_add_s8_tables) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "add_s8",
                                     .name = "tables",
                                     .header = "mote/nn/elementwise/add_s8_tables.h",
                                     .function = "add_s8_tables",
                                     .fits = fits,
                                     .pack = pack,
                                     .overlap = overlap,
                                     .cost = cost,
                                     .run = kernels::run_of<add_s8_tables>};
  return variant;
}
