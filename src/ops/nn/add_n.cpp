// add_n: the element-wise sum of two or more tensors of one shape.
#include "mote/nn/binary/add_n.h"

#include "ops/nn/lowering.h"
#include "ops/nn/tflite.h"

namespace {
using namespace mote;
using namespace mote::nn;

constexpr std::size_t kMostInputs = 16;  // that the kernels have pointers for

Result<std::vector<TensorType>> infer(const NodeRef& ref) {
  if (ref.node.inputs.size() > kMostInputs) {
    return error(
        text::cat("there are ", ref.node.inputs.size(), " inputs; at most ", kMostInputs, " can be added"),
        "add them in two layers");
  }
  for (std::size_t i = 0; i < ref.node.inputs.size(); ++i) {
    const Tensor& input = ref.in(static_cast<int>(i));
    MOTE_TRY_VOID(check_dtype(text::cat("inputs[", i, "]"), input, {DType::F32, DType::S8}));
    if (input.type == ref.in(0).type) continue;
    return error(text::cat("input ", i, " is ", type_text(input.type), " and input 0 ",
                           type_text(ref.in(0).type), "; all must have one type and shape"));
  }
  return std::vector<TensorType>{ref.in(0).type};
}

Result<void> check_quant(const NodeRef& ref) {
  MOTE_TRY_VOID(check_activation_quant("output", ref.out(0)));
  for (std::size_t i = 0; i < ref.node.inputs.size(); ++i) {
    const Tensor& input = ref.in(static_cast<int>(i));
    MOTE_TRY_VOID(check_activation_quant(text::cat("inputs[", i, "]"), input));
    if (input.quant.scale == ref.in(0).quant.scale && input.quant.zero_point == ref.in(0).quant.zero_point)
      continue;
    return error(
        text::cat("input ", i, " has another scale or zero point than input 0; in s8 all must agree"),
        "quantize the model again with a converter that ties them");
  }
  return {};
}

Result<void> verify_node(const NodeRef& ref, Stage stage) {
  return has_quant_to_check(ref, stage) ? check_quant(ref) : Result<void>{};
}

/// All inputs, the last one again up to the kernel's number, which reads none of these; the output.
std::vector<Arg> args_of(const NodeRef& ref) {
  std::vector<Arg> args;
  for (std::size_t i = 0; i < ref.node.inputs.size(); ++i) args.push_back(in_arg(ref, static_cast<int>(i)));
  args.resize(kMostInputs, Arg(args.back()));
  args.push_back(out_arg(ref));
  return args;
}

Result<std::vector<KernelCall>> lower(const NodeRef& ref) {
  const auto count = static_cast<std::int32_t>(ref.out(0).type.count());
  const auto inputs = static_cast<std::int32_t>(ref.node.inputs.size());
  if (ref.in(0).type.dtype == DType::F32)
    return one_call(call_of("add_n_f32", AddNF32Params{count, inputs}, args_of(ref)));
  MOTE_TRY_VOID(check_quant(ref));
  const float in = ref.in(0).quant.scale[0];
  MOTE_TRY(const AddRequant requant, add_requant(in, in, ref.out(0).quant.scale[0]));
  AddNS8Params p{};
  p.count = count;
  p.inputs = inputs;
  p.in_zero_point = ref.in(0).quant.zero_point[0];
  p.out_zero_point = ref.out(0).quant.zero_point[0];
  p.multiplier = requant.out.multiplier;
  p.shift = requant.out.shift;
  return one_call(call_of("add_n_s8", p, args_of(ref)));
}

Result<void> read_tflite(const ForeignNode& foreign, Graph& graph) {
  MOTE_TRY_VOID(check_counts(foreign, 2, kMostInputs));
  return append_read(foreign, "add_n", {}, graph);
}
Result<ForeignNode> write_tflite(const NodeRef& ref, Graph&) { return start_write(ref, "ADD_N", 1); }

constexpr FormatRule kFormats[] = {{"tflite", "ADD_N", read_tflite, write_tflite}};
}  // namespace

MOTE_OP(nn_add_n) {
  static const OpDef op = {
      .name = "add_n",
      .schema = {.doc = "Element-wise sum of two or more tensors.  In s8, as TFLM computes it, the sum "
                        "begins with the "
                        "inputs' zero point instead of 0, so a zero point other than 0 shifts it.",
                 .inputs = {{.name = "inputs",
                             .doc =
                                 "two to sixteen of one shape, f32 or s8; in s8 of one scale and zero point",
                             .variadic = true}},
                 .outputs = {{"y", "of the inputs' shape and element type"}}},
      .infer = infer,
      .verify = verify_node,
      .lower = lower,
      .work = no_work,
      .formats = kFormats,
  };
  return op;
}
