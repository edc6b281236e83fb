// add: the element-wise sum of two tensors of one shape, with fused activation (residual connections).
#include "mote/nn/elementwise/elementwise.h"

#include "ops/nn/lowering.h"
#include "ops/nn/tflite.h"
#include "ops/nn/training.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  MOTE_TRY_VOID(check_activation_type("x1", ref.in(0)));
  MOTE_TRY_VOID(check_activation_type("x2", ref.in(1)));
  if (ref.in(0).type != ref.in(1).type) {
    return error(text::cat("'x1' is ", type_text(ref.in(0).type), " and 'x2' ", type_text(ref.in(1).type),
                           "; both must have one type and shape"),
                 "repeat the smaller tensor to the larger one's shape, or fold a constant into a bias");
  }
  return std::vector<TensorType>{ref.in(0).type};
}

Result<void> check_quant(const NodeRef& ref) {
  MOTE_TRY_VOID(check_activation_quant("x1", ref.in(0)));
  MOTE_TRY_VOID(check_activation_quant("x2", ref.in(1)));
  return check_activation_quant("output", ref.out(0));
}

Result<void> verify_node(const NodeRef& ref, Stage stage) {
  return has_quant_to_check(ref, stage) ? check_quant(ref) : Result<void>{};
}

Result<AddS8Params> params_s8(const NodeRef& ref) {
  MOTE_TRY_VOID(check_quant(ref));
  const Quant &in1 = ref.in(0).quant, &in2 = ref.in(1).quant, &out = ref.out(0).quant;
  MOTE_TRY(const AddRequant requant, add_requant(in1.scale[0], in2.scale[0], out.scale[0]));
  AddS8Params p{};
  p.count = static_cast<std::int32_t>(ref.out(0).type.count());
  p.left_shift = AddRequant::kLeftShift;
  p.in1_zero_point = in1.zero_point[0];
  p.in1_multiplier = requant.in1.multiplier;
  p.in1_shift = requant.in1.shift;
  p.in2_zero_point = in2.zero_point[0];
  p.in2_multiplier = requant.in2.multiplier;
  p.in2_shift = requant.in2.shift;
  p.out_zero_point = out.zero_point[0];
  p.out_multiplier = requant.out.multiplier;
  p.out_shift = requant.out.shift;
  put_range(p, activation_range(activation_of(ref), ref.out(0)));
  return p;
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  const std::vector<Arg> args = {in_arg(ref, 0), in_arg(ref, 1), out_arg(ref)};
  if (ref.in(0).type.dtype == DType::S8) {
    MOTE_TRY(const AddS8Params p, params_s8(ref));
    return one_call(call_of("add_s8", p, args));
  }
  AddF32Params p{};
  p.count = static_cast<std::int32_t>(ref.out(0).type.count());
  put_range(p, float_range(activation_of(ref)));
  return one_call(call_of("add_f32", p, args));
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 2, 2));
  Attributes attributes;
  MOTE_TRY(attributes["activation"], read_activation(foreign));
  return append_read(foreign, "add", std::move(attributes), graph);
}

Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) {
  ForeignNode foreign = start_write(ref, "ADD", 2);
  foreign.attributes["fused_activation_function"] = activation_word(ref);
  return foreign;
}

constexpr FormatRule kFormats[] = {{"tflite", "ADD", read_tflite, write_tflite}};
constexpr QuantRule kQuant{};

void train_forward(const TrainCall& call) {
  learn::add(batch_count(call.node.out(0), call.batch), call.in[0], call.in[1], call.out[0]);
  apply_activation(call);
}
void train_backward(const TrainCall& call) {
  const float* gradient = before_activation(call);
  for (float* to : call.grad_in)
    if (to) std::copy_n(gradient, batch_count(call.node.out(0), call.batch), to);
}
constexpr GradRule kGrad{saved_for_activation, train_forward, train_backward};
}  // namespace

MOTE_OP(nn_add) {
  static const OpDef op = {
      .name = "add",
      .schema = {.doc = "Element-wise sum: y = activation(x1 + x2).  In s8 each input is rescaled to the "
                        "output's scale.",
                 .inputs = {{"x1", "any shape, f32 or s8"}, {"x2", "of x1's shape and element type"}},
                 .outputs = {{"y", "of x1's shape and element type"}},
                 .attributes = {activation_attribute()}},
      .infer = infer,
      .verify = verify_node,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .grad = &kGrad,
      .quant = &kQuant,
      .stream = &kPointwiseStream,
      .rows = &kPointwiseRows,
      .channels = &kChannelsPass,
  };
  return op;
}
