// signal_filter_bank: energies of overlapping triangular channels, mel for example.
#include "mote/dsp/filter_bank/filter_bank.h"
#include "ops/dsp/signal.h"

namespace {
using namespace mote;
using namespace mote::dsp;

constexpr const char* kTables[] = {"weights", "unweights", "channel_frequency_starts",
                                   "channel_weight_starts", "channel_widths"};

/// What the device does not check: every slope lies inside the energies and the weights.
Result<void> check_slopes(const NodeRef& ref) {
  const auto* starts = elements<std::int16_t>(ref.in(3));
  const auto* weight_starts = elements<std::int16_t>(ref.in(4));
  const auto* widths = elements<std::int16_t>(ref.in(5));
  const std::int64_t energies = ref.in(0).type.count();
  const std::int64_t weights = std::min(ref.in(1).type.count(), ref.in(2).type.count());
  for (std::int64_t c = 0; c <= ref.integer("num_channels"); ++c) {
    if (widths[c] <= 0) continue;
    if (starts[c] < 0 || starts[c] + widths[c] > energies || weight_starts[c] < 0 ||
        weight_starts[c] + widths[c] > weights) {
      return error(
          text::cat("slope ", c, " takes ", widths[c], " energies from ", starts[c], " on with weights from ",
                    weight_starts[c], " on; there are ", energies, " energies and ", weights, " weights"),
          "the file is damaged");
    }
  }
  return {};
}

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  MOTE_TRY_VOID(check_vector("x", ref.in(0), DType::U32));
  const std::int64_t channels = ref.integer("num_channels");
  for (int i = 1; i < 6; ++i) {
    MOTE_TRY_VOID(check_constant_vector(kTables[i - 1], ref.in(i), DType::S16, i < 3 ? 1 : channels + 1));
  }
  MOTE_TRY_VOID(check_slopes(ref));
  return std::vector<TensorType>{{DType::U64, {static_cast<std::int32_t>(channels)}}};
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  FilterBankU32Params p{};
  p.channels = int32_of(ref, "num_channels");
  std::vector<Arg> args = {in_arg(ref, 0)};
  for (int i = 1; i < 6; ++i) args.push_back(constant_arg(ref, i, kTables[i - 1], DType::S16));
  args.push_back(out_arg(ref));
  return one_call(call_of("filter_bank_u32", p, std::move(args)));
}

Work work(const NodeRef& ref) {
  std::int64_t energies = 0;
  const auto* widths = elements<std::int16_t>(ref.in(5));
  for (std::int64_t c = 0; c < ref.in(5).type.count(); ++c) energies += std::max<std::int16_t>(widths[c], 0);
  return {2 * energies, constant_bytes(ref, 1)};
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_signal(foreign, graph, "signal_filter_bank", 6);
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) {
  return write_signal(ref, "SignalFilterBank", 6);
}

constexpr FormatRule kFormats[] = {{"tflite", "SignalFilterBank", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(dsp_signal_filter_bank) {
  static const OpDef op = {
      .name = "signal_filter_bank",
      .schema = {.doc = "Energies of overlapping triangular channels.  Of num_channels + 1 slopes, each "
                        "rises in its channel "
                        "with the weights and falls from the one before with the unweights.",
                 .inputs = {{"x", "[n] u32, energies"},
                            {.name = "weights", .doc = "[m] s16", .constant = true},
                            {.name = "unweights", .doc = "[m] s16", .constant = true},
                            {.name = "channel_frequency_starts",
                             .doc = "[num_channels + 1] s16: the first energy of a slope",
                             .constant = true},
                            {.name = "channel_weight_starts",
                             .doc = "[num_channels + 1] s16: its first weight",
                             .constant = true},
                            {.name = "channel_widths",
                             .doc = "[num_channels + 1] s16: how many energies",
                             .constant = true}},
                 .outputs = {{"y", "[num_channels] u64"}},
                 .attributes = {integer_spec("num_channels", "channels", 32, 1, 32766)}},
      .infer = infer,
      .lower = lower,
      .work = work,
      .formats = kFormats,
  };
  return op;
}
