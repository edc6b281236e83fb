// fully_connected_s8, eights: what the host knows of
// device/mote/nn/fully_connected/fully_connected_s8_eights.h.
#include "mote/nn/fully_connected/fully_connected_s8_eights.h"

#include "kernels/counts.h"
#include "kernels/settle.h"
#include "kernels/triple.h"

namespace mote {
namespace {

using Params = FullyConnectedS8Params;

KernelCall plain_of(const KernelCall& call) {
  const auto p = from_block<Params>(call.params);
  return p.requant_step == 1 ? kernels::settled(call, p, p.out_count, kernels::WeightOrder::OutputFirst)
                             : call;
}

std::optional<Arg> folded_bias(const KernelCall& plain) {
  const auto p = from_block<Params>(plain.params);
  return kernels::fold_zero_point(plain, p.in_zero_point, p.out_count, kernels::WeightOrder::OutputFirst);
}

bool needs(const Isa& isa) { return kernels::is_small_core(isa); }

bool fits(const KernelCall& call, const Facts&) {
  if (kernels::constants_of<std::int8_t>(call, 1).empty()) return false;
  const KernelCall plain = plain_of(call);
  return kernels::fits_short_requantize(reference_of(call.kernel).facts(plain)) && folded_bias(plain);
}

Packed pack(const KernelCall& call) {
  const auto p = from_block<Params>(call.params);
  const KernelCall plain = plain_of(call);
  const auto weights = kernels::constants_of<std::int8_t>(plain, 1);
  const auto inputs = static_cast<std::size_t>(p.in_count), outputs = static_cast<std::size_t>(p.out_count);
  std::vector<std::uint8_t> eights((outputs + 7) / 8 * 8 * inputs, 128);
  for (std::size_t o = 0; o < outputs; ++o) {
    for (std::size_t i = 0; i < inputs; ++i)
      eights[o / 8 * 8 * inputs + 8 * i + o % 8] = static_cast<std::uint8_t>(weights[o * inputs + i] + 128);
  }
  Packed packed{call.params, plain.args};
  packed.args[1] = rom_arg(std::get<Arg::Rom>(plain.args[1].what).constant->name, DType::U8,
                           {(p.out_count + 7) / 8, p.in_count, 8}, eights, Constant::Role::Weights);
  kernels::pack_triple_requantize(plain, *folded_bias(plain), packed);
  return packed;
}

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<FullyConnectedS8Params>(call.params);
  const double outputs = 1.0 * p.batches * p.out_count;
  const double eights = p.batches * ((p.out_count + 7) / 8);
  kernels::Count count(target);
  count.add(eights * (p.in_count / 4 * 4), {26.57, 17.54, 0, 0, 27.99});  // eight products
  count.add(eights * (p.in_count % 4), {75.05, 53.53, 0, 0, 68.02});      // rest
  count.add(eights, {272.95, 171.87, 0, 0, 180.36});                      // eight
  count.add(outputs, {28.37, 9.03, 0, 0, 11.08});                         // output
  count.add(outputs * kernels::limited(p), {1.43, 0, 0, 0, 0});           // limited output
  count.add(outputs * p.requant_step, {5.51, 2.72, 0, 0, 5.46});          // requantized by its own
  count.add(1.0 * p.batches * p.in_count, {5.79, 3.74, 0, 0, 3.87});      // input
  return count.cost({.alu = 0.12, .mul = 0.4, .load = 0.46, .branch = 0.02}, 700);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(fully_connected_fully_connected_s8_eights) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "fully_connected_s8",
                                     .name = "eights",
                                     .header = "mote/nn/fully_connected/fully_connected_s8_eights.h",
                                     .function = "fully_connected_s8_eights",
                                     .needs = needs,
                                     .fits = fits,
                                     .pack = pack,
                                     .cost = cost,
                                     .run = kernels::run_of<fully_connected_s8_eights>};
  return variant;
}
