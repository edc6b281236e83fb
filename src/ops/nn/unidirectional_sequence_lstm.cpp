// unidirectional_sequence_lstm: a long short-term memory layer over a sequence; its states live on between inferences.
#include <algorithm>
#include <array>
#include <cfloat>
#include <cmath>

#include "mote/nn/lstm/lstm.h"
#include "ops/nn/lookup.h"
#include "ops/nn/weighted.h"

namespace {
using namespace mote;
using namespace mote::nn;

constexpr int kGates = MOTE_LSTM_GATES;
enum Port { kX = 0, kFromInput = 1, kFromHidden = 5, kBias = 9, kHidden = 13, kCell = 14, kPorts = 15 };

/// The same ports among the 24 of the file's operator; the others are peepholes, projection and layer normalisation.
constexpr std::array<std::size_t, kPorts> kForeignPort = {0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 13, 14, 15, 18, 19};
constexpr std::size_t kForeignPorts = 24, kLeastForeignPorts = 20;

struct Sizes {
  std::int32_t batches, steps, inputs, units;
  bool time_major;
};
Sizes sizes_of(const NodeRef& ref) {
  const Shape& x = ref.in(kX).type.shape;
  const bool time_major = ref.integer("time_major") != 0;
  return {x[time_major ? 1 : 0], x[time_major ? 0 : 1], x[2], ref.in(kFromInput).type.shape[0], time_major};
}

Result<void> check_shape(std::string_view port, const Tensor& tensor, const Shape& wanted) {
  if (tensor.type.shape == wanted) return {};
  return error(
      text::cat("'", port, "' has the shape ", to_text(tensor.type.shape), "; it must be ", to_text(wanted)));
}

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  const Tensor& x = ref.in(kX);
  MOTE_TRY_VOID(check_dtype("x", x, {DType::F32, DType::S8, DType::S16}));
  MOTE_TRY_VOID(check_rank("x", x, 3, "[batch, time, inputs], or [time, batch, inputs] with time_major"));
  MOTE_TRY_VOID(check_rank("weights from the input", ref.in(kFromInput), 2, "[units, inputs]"));
  const DType dtype = x.type.dtype;
  const Sizes s = sizes_of(ref);
  for (int g = 0; g < kGates; ++g) {
    const Tensor &in = ref.in(kFromInput + g), &hidden = ref.in(kFromHidden + g), &bias = ref.in(kBias + g);
    MOTE_TRY_VOID(check_weights_type("weights from the input", in, dtype));
    MOTE_TRY_VOID(check_shape("weights from the input", in, {s.units, s.inputs}));
    MOTE_TRY_VOID(check_weights_type("weights from the hidden state", hidden, dtype));
    MOTE_TRY_VOID(check_shape("weights from the hidden state", hidden, {s.units, s.units}));
    MOTE_TRY_VOID(check_bias_type(bias, dtype, s.units));
    if (dtype == DType::S16 && bias.type.dtype != DType::S64)
      return error("'bias' is s32 beside s16; it must be s64");
  }
  MOTE_TRY_VOID(check_dtype("hidden", ref.in(kHidden), {dtype}));
  MOTE_TRY_VOID(check_dtype("cell", ref.in(kCell), {dtype == DType::F32 ? DType::F32 : DType::S16}));
  for (const Port port : {kHidden, kCell}) {
    if (ref.in(port).type.count() == std::int64_t{s.batches} * s.units) continue;
    return error(text::cat("'", port == kCell ? "cell" : "hidden", "' has the shape ",
                           to_text(ref.in(port).type.shape), "; it must be [", s.batches, ",", s.units, "]"));
  }
  return one_type(made_type(dtype, {x.type.shape[0], x.type.shape[1], s.units}));
}

Result<void> check_quant(const NodeRef& ref) {
  MOTE_TRY_VOID(check_activation_quant("x", ref.in(kX)));
  MOTE_TRY_VOID(check_activation_quant("output", ref.out(0)));
  MOTE_TRY_VOID(check_activation_quant("hidden", ref.in(kHidden)));
  MOTE_TRY_VOID(check_counted_quant("cell", ref.in(kCell)));
  for (int i = kFromInput; i < kBias; ++i) {
    MOTE_TRY_VOID(check_activation_quant("weights", ref.in(i)));
    if (ref.in(i).quant.zero_point[0] != 0)
      return error(text::cat("'weights' (tensor '", ref.in(i).name, "') has the zero point ",
                             ref.in(i).quant.zero_point[0], "; it must be 0"));
  }
  return {};
}
Result<void> verify_node(const NodeRef& ref, Stage stage) {
  return has_scales_to_check(ref, stage) ? check_quant(ref) : Result<void>{};
}

template <class Params>
Params geometry(const NodeRef& ref) {
  const Sizes s = sizes_of(ref);
  Params p{};
  p.batches = s.batches;
  p.steps = s.steps;
  p.inputs = s.inputs;
  p.units = s.units;
  p.in_batch_step = s.time_major ? s.inputs : s.steps * s.inputs;
  p.in_time_step = s.time_major ? s.batches * s.inputs : s.inputs;
  p.out_batch_step = s.time_major ? s.units : s.steps * s.units;
  p.out_time_step = s.time_major ? s.batches * s.units : s.units;
  return p;
}

/// The constants of the four gates, one behind the other.
Arg gates_arg(const NodeRef& ref, Port first, std::string_view what) {
  const Tensor& one = ref.in(first);
  Constant all{constant_name(ref, what), one.type.dtype, one.type.shape, {}, Constant::Role::Weights};
  all.shape.insert(all.shape.begin(), kGates);
  for (int g = 0; g < kGates; ++g) {
    const Bytes& bytes = *ref.in(first + g).constant;
    all.bytes.insert(all.bytes.end(), bytes.begin(), bytes.end());
  }
  return Arg{one.type.dtype, Arg::Rom{std::make_shared<const Constant>(std::move(all))}};
}

/// Gates are in Q3.12 before their function, in Q0.15 after it.
constexpr float kBefore = 1.0f / 4096.0f, kAfter = 1.0f / 32768.0f;

Result<RequantTable> gates_requant(const NodeRef& ref, bool wide) {
  RequantTable table;
  for (int g = 0; g < kGates; ++g) {
    for (const auto& [from, weights] : {std::pair(kX, kFromInput), std::pair(kHidden, kFromHidden)}) {
      MOTE_TRY(const Requant requant,
               quantize_multiplier(effective_scale_fully_connected(
                   ref.in(from).quant.scale[0], ref.in(weights + g).quant.scale[0], kBefore)));
      table.push_back(requant);
    }
  }
  if (wide) MOTE_TRY_VOID(check_wide_shifts(table));
  return table;
}

/// tanh wants units of 1/12288: 3 · 2^(12 + log2 of the cell's scale), which is taken for a power of two.
Result<void> put_tanh(LstmIntParams& p, float cell_scale) {
  const auto power = static_cast<std::int32_t>(std::lround(std::log2(static_cast<double>(cell_scale))));
  const std::int32_t left = 12 + power;
  if (left < -15 || left > 14) {
    return error(
        text::cat("'cell' has the scale ", text::shortest(cell_scale), "; it must lie between 2^-27 and 4"),
        "quantize the model again");
  }
  p.tanh_multiplier = left > 0 ? 3 << left : 3;
  p.tanh_shift = left < 0 ? -left : 0;
  return {};
}

Result<LstmIntParams> int_params(const NodeRef& ref) {
  const float cell = ref.in(kCell).quant.scale[0], hidden = ref.in(kHidden).quant.scale[0];
  auto p = geometry<LstmIntParams>(ref);
  p.in_zero_point = ref.in(kX).quant.zero_point[0];
  p.hidden_zero_point = ref.in(kHidden).quant.zero_point[0];
  MOTE_TRY(const Requant forget, quantize_multiplier(effective_scale(kAfter, cell, cell)));
  MOTE_TRY(const Requant input, quantize_multiplier(effective_scale(kAfter, kAfter, cell)));
  MOTE_TRY(const Requant output, quantize_multiplier(effective_scale(kAfter, kAfter, hidden)));
  p.forget_multiplier = forget.multiplier;
  p.forget_shift = forget.shift;
  p.input_multiplier = input.multiplier;
  p.input_shift = input.shift;
  p.output_multiplier = output.multiplier;
  p.output_shift = output.shift;
  const double clip = static_cast<double>(static_cast<float>(ref.real("cell_clip")));
  p.cell_limit =
      clip > 0 ? static_cast<std::int32_t>(std::min(clip / static_cast<double>(cell), 32767.0)) : 32768;
  MOTE_TRY_VOID(put_tanh(p, cell));
  return p;
}

Result<std::vector<KernelCall>> lower_int(const NodeRef& ref) {
  MOTE_TRY_VOID(check_quant(ref));
  const bool s16 = ref.in(kX).type.dtype == DType::S16;
  MOTE_TRY(const LstmIntParams p, int_params(ref));
  MOTE_TRY(const RequantTable table, gates_requant(ref, s16));
  Arg sigmoid =
      rom_arg(constant_name(ref, "sigmoid"), DType::S16, {256}, sigmoid_table(), Constant::Role::Table);
  return one_call(call_of(s16 ? "lstm_s16" : "lstm_s8", p,
                          {in_arg(ref, kX), gates_arg(ref, kFromInput, "weights_in"),
                           gates_arg(ref, kFromHidden, "weights_hidden"), gates_arg(ref, kBias, "bias"),
                           multiplier_arg(ref, table), shift_arg(ref, table), std::move(sigmoid),
                           state_arg(ref, kHidden), state_arg(ref, kCell), out_arg(ref)}));
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  for (const Port port : {kHidden, kCell}) {
    if (ref.in(port).state >= 0) continue;
    return error(text::cat("'", port == kCell ? "cell" : "hidden", "' (tensor '", ref.in(port).name,
                           "') is not kept between inferences"),
                 "in a .tflite file it is a variable tensor");
  }
  if (ref.in(kX).type.dtype != DType::F32) return lower_int(ref);
  auto p = geometry<LstmF32Params>(ref);
  const auto clip = static_cast<float>(ref.real("cell_clip"));
  p.cell_limit = clip > 0 ? clip : FLT_MAX;
  return one_call(call_of("lstm_f32", p,
                          {in_arg(ref, kX), gates_arg(ref, kFromInput, "weights_in"),
                           gates_arg(ref, kFromHidden, "weights_hidden"), gates_arg(ref, kBias, "bias"),
                           state_arg(ref, kHidden), state_arg(ref, kCell), out_arg(ref)}));
}

Work work(const NodeRef& ref) {
  const Sizes s = sizes_of(ref);
  return {std::int64_t{s.batches} * s.steps * kGates * s.units * (std::int64_t{s.inputs} + s.units),
          constant_bytes(ref, kFromInput)};
}

/// Absent inputs at the ports that mote's layer has not, present ones at those that it has.
Result<void> check_ports(const ForeignNode& foreign) {
  MOTE_TRY_VOID(check_number(foreign, kLeastForeignPorts, kForeignPorts, 1));
  for (std::size_t i = 0; i < foreign.inputs.size(); ++i) {
    const bool ours = std::find(kForeignPort.begin(), kForeignPort.end(), i) != kForeignPort.end();
    if (ours == (foreign.inputs[i] != kNoTensor)) continue;
    return error(text::cat(foreign.op, ": input ", i, ours ? " is missing" : " is given",
                           "; the layer has four gates, ", "no peepholes, projection or layer normalisation"),
                 "build the layer as a plain LSTM");
  }
  return {};
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_ports(foreign));
  MOTE_TRY(const std::string activation, word_option(foreign, "fused_activation_function", "NONE"));
  if (activation != "TANH")
    return error(text::cat(foreign.op, " with the activation ", activation, " is not supported"), "use tanh");
  MOTE_TRY(const std::int64_t diagonal, integer_option(foreign, "diagonal_recurrent_tensors", 0));
  if (diagonal != 0) return error(text::cat(foreign.op, " with diagonal recurrent weights is not supported"));
  Attributes attributes;
  MOTE_TRY(attributes["time_major"], integer_option(foreign, "time_major", 0));
  MOTE_TRY(attributes["cell_clip"], real_option(foreign, "cell_clip", 0.0));
  ForeignNode ordered = foreign;
  ordered.inputs.clear();
  for (const std::size_t port : kForeignPort) ordered.inputs.push_back(foreign.inputs[port]);
  return append_read(ordered, "unidirectional_sequence_lstm", std::move(attributes), graph);
}

/// Tensors without data that carry the scales of the gates and of the hidden state: LiteRT reads them, TFLM does not.
std::vector<TensorId> add_intermediates(const NodeRef& ref, Graph& graph) {
  std::vector<TensorId> ids;
  for (int i = 0; i < kGates + 1; ++i) {
    Tensor tensor;
    tensor.name = text::cat(ref.node.name, "_intermediate_", i);
    const bool gate = i < kGates;
    tensor.type = {gate ? DType::S16 : ref.in(kHidden).type.dtype, {1}};
    tensor.quant = gate ? Quant{{kBefore}, {0}, 0} : ref.in(kHidden).quant;
    ids.push_back(graph.add(std::move(tensor)));
  }
  return ids;
}

Result<ForeignNode> write_tflite(const NodeRef& ref, Graph& graph) {
  ForeignNode foreign = start_write(ref, "UNIDIRECTIONAL_SEQUENCE_LSTM", 3);
  foreign.inputs.assign(kForeignPorts, kNoTensor);
  for (std::size_t i = 0; i < kPorts; ++i) foreign.inputs[kForeignPort[i]] = ref.node.inputs[i];
  if (is_quantized(ref.in(kX))) foreign.intermediates = add_intermediates(ref, graph);
  foreign.attributes["fused_activation_function"] = std::string("TANH");
  foreign.attributes["cell_clip"] = ref.real("cell_clip");
  foreign.attributes["time_major"] = ref.integer("time_major");
  return foreign;
}

PortSpec weights_port(std::string_view name, std::string_view doc) {
  return {.name = name, .doc = doc, .constant = true};
}

constexpr FormatRule kFormats[] = {{"tflite", "UNIDIRECTIONAL_SEQUENCE_LSTM", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(nn_unidirectional_sequence_lstm) {
  static const OpDef op = {
      .name = "unidirectional_sequence_lstm",
      .schema =
          {.doc = "Long short-term memory over a sequence: gates from x and the hidden state; cell = "
                  "σ(forget)·cell + "
                  "σ(input)·tanh(cell gate); y = hidden = σ(output)·tanh(cell).  Both states are kept "
                  "between inferences.",
           .inputs =
               {{"x", "[batch, time, inputs]; f32, s8 or s16"},
                weights_port("input_to_input", "[units, inputs]; f32, or s8 symmetric of one scale"),
                weights_port("input_to_forget", "as input_to_input"),
                weights_port("input_to_cell", "as input_to_input"),
                weights_port("input_to_output", "as input_to_input"),
                weights_port("hidden_to_input", "[units, units]; f32, or s8 symmetric of one scale"),
                weights_port("hidden_to_forget", "as hidden_to_input"),
                weights_port("hidden_to_cell", "as hidden_to_input"),
                weights_port("hidden_to_output", "as hidden_to_input"),
                weights_port("input_bias", "[units]; f32, s32 beside s8, s64 beside s16"),
                weights_port("forget_bias", "as input_bias"),
                weights_port("cell_bias", "as input_bias"),
                weights_port("output_bias", "as input_bias"),
                {"hidden", "[batch, units], of x's element type, kept between inferences"},
                {"cell",
                 "[batch, units], f32 or s16 of a scale that is a power of two, kept between inferences"}},
           .outputs = {{"y", "[batch, time, units], of x's element type and the hidden state's scale"}},
           .attributes = {{"time_major", "1: x and y are [time, batch, …]", std::int64_t{0}, {}, 0, 1},
                          {"cell_clip", "the cell state is kept within ± this; 0: no limit", 0.0}}},
      .infer = infer,
      .verify = verify_node,
      .lower = lower,
      .work = work,
      .formats = kFormats,
  };
  return op;
}
