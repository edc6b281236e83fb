// signal_filter_bank_log: natural logarithms of channels, in integers.
#include <cmath>

#include "mote/dsp/filter_bank/filter_bank.h"
#include "ops/dsp/signal.h"

namespace {
using namespace mote;
using namespace mote::dsp;

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  MOTE_TRY_VOID(check_vector("x", ref.in(0), DType::U32));
  return std::vector<TensorType>{{DType::S16, ref.in(0).type.shape}};
}

/// log2(1 + i/128) − i/128 in units of 2^-16.
std::vector<std::int16_t> log_table() {
  std::vector<std::int16_t> table;
  for (int i = 0; i <= 128; ++i) {
    const double x = i / 128.0;
    table.push_back(static_cast<std::int16_t>(std::lround(65536.0 * (std::log2(1.0 + x) - x))));
  }
  return table;
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  FilterBankLogU32Params p{};
  p.channels = ref.in(0).type.shape[0];
  p.correction_bits = int32_of(ref, "input_correction_bits");
  p.out_scale = static_cast<std::uint32_t>(ref.integer("output_scale"));
  const auto table = log_table();
  const Arg rom = rom_arg(constant_name(ref, "log2"), DType::S16, {static_cast<std::int32_t>(table.size())},
                          table, Constant::Role::Table);
  return one_call(call_of("filter_bank_log_u32", p, {in_arg(ref, 0), rom, out_arg(ref)}));
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_signal(foreign, graph, "signal_filter_bank_log", 1);
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) {
  return write_signal(ref, "SignalFilterBankLog", 1);
}

constexpr FormatRule kFormats[] = {{"tflite", "SignalFilterBankLog", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(dsp_signal_filter_bank_log) {
  static const OpDef op = {
      .name = "signal_filter_bank_log",
      .schema = {.doc = "output_scale · ln(x · 2^input_correction_bits), at most 32767; 0 where the "
                        "logarithm is of 0.",
                 .inputs = {{"x", "[channels] u32"}},
                 .outputs = {{"y", "[channels] s16"}},
                 .attributes = {integer_spec("input_correction_bits", "fraction bits that x lacks", 0, 0, 31),
                                integer_spec("output_scale", "steps of the output for 1", 64, 1, INT32_MAX)}},
      .infer = infer,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
  };
  return op;
}
