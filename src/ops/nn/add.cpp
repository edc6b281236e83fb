// add: the element-wise sum of two tensors, with broadcasting and fused activation (residual connections, biases).
// Tensors of one shape have kernels of their own, add_s8 and add_f32; all else is kernel family `add_sub`, with sub.
#include "mote/nn/elementwise/elementwise.h"

#include "ops/nn/binary.h"
#include "ops/nn/training.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  return infer_pair(ref, {DType::F32, DType::S8, DType::S16, DType::S32});
}

/// Is neither input repeated?
bool same_shape(const NodeRef& ref) {
  const std::int64_t count = ref.out(0).type.count();
  return ref.in(0).type.count() == count && ref.in(1).type.count() == count;
}

Result<AddS8Params> params_s8(const NodeRef& ref) {
  MOTE_TRY_VOID(check_pair_quant(ref));
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
  const DType dtype = ref.in(0).type.dtype;
  if (!same_shape(ref) || (dtype != DType::S8 && dtype != DType::F32)) return lower_sum(ref, 1);
  if (dtype == DType::S8) return pair_call("add_s8", ref, params_s8(ref));
  AddF32Params p{};
  p.count = static_cast<std::int32_t>(ref.out(0).type.count());
  put_range(p, float_range(activation_of(ref)));
  return pair_call<AddF32Params>("add_f32", ref, p);
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  return read_activated_pair(foreign, graph, "add");
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) { return write_sum(ref, "ADD"); }

constexpr FormatRule kFormats[] = {{"tflite", "ADD", read_tflite, write_tflite}};
constexpr QuantRule kQuant{};

/// An input's elements behind the output's, of one sample.
std::vector<std::int32_t> elements_behind(const NodeRef& ref, int input) {
  const auto loops = broadcast_loops(ref.out(0).type.shape, {ref.in(input).type.shape});
  MOTE_CHECK(loops.has_value(), "training a node that was never inferred");
  std::vector<std::int32_t> elements{0};
  for (std::size_t loop = 0; loop < kLoops; ++loop) {
    std::vector<std::int32_t> inner;
    for (const std::int32_t element : elements) {
      for (std::int32_t i = 0; i < loops->extent[loop]; ++i)
        inner.push_back(element + i * loops->step[0][loop]);
    }
    elements = std::move(inner);
  }
  return elements;
}
/// Elements from sample to sample: a constant is the same for all.
std::size_t sample_step(const Tensor& tensor) {
  return tensor.is_constant() ? 0 : static_cast<std::size_t>(tensor.type.count());
}

void train_forward(const TrainCall& call) {
  const NodeRef& ref = call.node;
  const auto count = static_cast<std::size_t>(ref.out(0).type.count());
  const auto first = elements_behind(ref, 0), second = elements_behind(ref, 1);
  for (std::size_t n = 0; n < static_cast<std::size_t>(call.batch); ++n) {
    const float *a = call.in[0] + n * sample_step(ref.in(0)), *b = call.in[1] + n * sample_step(ref.in(1));
    for (std::size_t i = 0; i < count; ++i) call.out[0][n * count + i] = a[first[i]] + b[second[i]];
  }
  apply_activation(call);
}
void train_backward(const TrainCall& call) {
  const NodeRef& ref = call.node;
  const float* gradient = before_activation(call);
  const auto count = static_cast<std::size_t>(ref.out(0).type.count());
  for (int input = 0; input < 2; ++input) {
    float* to = call.grad_in[static_cast<std::size_t>(input)];
    if (to == nullptr) continue;
    const Tensor& tensor = ref.in(input);
    if (!tensor.is_constant()) std::fill_n(to, batch_count(tensor, call.batch), 0.0f);
    const auto behind = elements_behind(ref, input);
    for (std::size_t n = 0; n < static_cast<std::size_t>(call.batch); ++n) {
      for (std::size_t i = 0; i < count; ++i)
        to[n * sample_step(tensor) + static_cast<std::size_t>(behind[i])] += gradient[n * count + i];
    }
  }
}
learn::Part part(const NodeRef& ref) {
  const Tensor &a = ref.in(0), &b = ref.in(1);
  const bool same = a.type == b.type && !a.type.shape.empty() && a.type.shape[0] == 1;
  if (!same || a.is_constant() || b.is_constant() || activation_of(ref) != Activation::None) return {};
  return {.kind = learn::Part::Kind::Sum};
}
constexpr GradRule kGrad{saved_for_activation, train_forward, train_backward, GradRule::Role::Other, part};
}  // namespace

MOTE_OP(nn_add) {
  static const OpDef op = {
      .name = "add",
      .schema =
          {.doc = "Element-wise sum: y = activation(x1 + x2).  In s8 and s16 each input is rescaled to the "
                  "output's scale.  In s32 it wraps around.",
           .inputs = {{"x1", "any shape; f32, s8, s16 or s32"},
                      {"x2", "of x1's element type, of a shape that broadcasts with x1's"}},
           .outputs = {{"y", "of the broadcast shape and x1's element type"}},
           .attributes = {activation_attribute()}},
      .infer = infer,
      .verify = verify_pair,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
      .grad = &kGrad,
      .quant = &kQuant,
      .stream = &kPointwiseStream,
      .rows = &kBroadcastRows,
      .channels = &kChannelsPass,
  };
  return op;
}
