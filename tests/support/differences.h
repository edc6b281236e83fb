// Where LiteRT's reference kernels and TFLM's differ, and what holds instead: mote follows TFLM.  The table of
// docs/reference/arithmetic.md gives the reasons; an element that differs by more than the rule here allows is a bug.
#pragma once

#include <algorithm>
#include <cmath>

#include "support/random_ops/random_ops.h"

namespace mote::testing {

/// One element of an input, as it stands behind an element of the output.
struct Operand {
  double q = 0;      ///< less the zero point
  double scale = 1;  ///< q · scale is the real number
  double real() const { return q * scale; }
};
using Operands = std::vector<Operand>;

/// What an element of the output is in real numbers; NaN where the rule says nothing.
using Formula = double (*)(const Operands&);

struct DifferenceRule {
  std::string op;
  DType dtype;
  std::int64_t steps;         ///< most by which an integer element may differ from LiteRT's
  Formula formula = nullptr;  ///< or else from this real number
  double formula_steps = 0;
};

namespace rules {

inline double negative(const Operands& x) { return -x[0].real(); }
inline double root(const Operands& x) { return std::sqrt(std::max(0.0, x[0].real())); }
/// LiteRT's limit overflows where 6 is 2^31 steps and more.
inline double up_to_six(const Operands& x) { return std::clamp(x[0].real(), 0.0, 6.0); }
/// x / 0 is the end of the range on x's side.
inline double quotient(const Operands& x) {
  if (x[1].q == 0) return x[0].q > 0 ? INFINITY : (x[0].q < 0 ? -INFINITY : NAN);
  return x[0].real() / x[1].real();
}
/// In int8, from 15 · 2^27 / 2^(bits of scale · 2^27) steps on, the result is the end of the range.
inline bool beyond_radius(const Operand& x) {
  return std::abs(x.q) >= std::floor(std::ldexp(15.0, 27 - (std::ilogb(x.scale * std::ldexp(1.0, 27)) + 1)));
}
inline double logistic(const Operands& x) {
  if (beyond_radius(x[0])) return x[0].q > 0 ? INFINITY : -INFINITY;
  return 1 / (1 + std::exp(-x[0].real()));
}
inline double hyperbolic_tangent(const Operands& x) {
  if (beyond_radius(x[0])) return x[0].q > 0 ? INFINITY : -INFINITY;
  return std::tanh(x[0].real());
}
/// Both sides in units of 1/256, rounded; NaN where the rounding decides.
template <class Compare>
double compared(const Operands& x) {
  const double a = 256 * x[0].real(), b = 256 * x[1].real();
  if (std::abs(a - b) < 1.01 && std::round(a) != std::round(b)) return NAN;
  return Compare()(std::round(a), std::round(b)) ? 1 : 0;
}

}  // namespace rules

inline const DifferenceRule* rule_of(const std::string& op, DType dtype) {
  const DType s8 = DType::S8, s16 = DType::S16;
  static const std::vector<DifferenceRule> table = {
      {"fully_connected", s8, 1},
      {"fully_connected", s16, 1},
      {"unidirectional_sequence_lstm", s8, 2},
      {"softmax", s16, 1},
      {"sum", s8, 1},
      {"sum", s16, 1},
      {"mul", s16, 1},
      {"relu", s16, 1},
      {"relu6", s16, 1, rules::up_to_six, 1.01},
      {"elu", s8, 1},
      {"prelu", s8, 1},
      {"prelu", s16, 1},
      {"leaky_relu", s16, 1},
      {"logistic", s8, 1, rules::logistic, 1.01},
      {"tanh", s8, 1, rules::hyperbolic_tangent, 1.01},
      {"div", s8, 0, rules::quotient, 1.01},
      {"neg", s8, 0, rules::negative, 1.01},
      {"neg", s16, 0, rules::negative, 1.01},
      {"sqrt", s8, 1, rules::root, 0.51},
      {"sqrt", s16, 1, rules::root, 64},
      {"greater", s16, 0, rules::compared<std::greater<>>, 0},
      {"greater_equal", s16, 0, rules::compared<std::greater_equal<>>, 0},
      {"less", s16, 0, rules::compared<std::less<>>, 0},
      {"less_equal", s16, 0, rules::compared<std::less_equal<>>, 0},
  };
  for (const DifferenceRule& rule : table) {
    if (rule.op == op && rule.dtype == dtype) return &rule;
  }
  return nullptr;
}

/// LiteRT's reference resolver lacks some operators, and its SUM takes s8 and s16 for unsigned numbers: its plain kernels
/// without a delegate are the judge there.
inline bool has_no_reference(const std::string& op) {
  return op == "sum" || op == "ceil" || op == "round" || op == "elu";
}

/// LiteRT's integer SVDF takes a memory in s8 for one in s16 and reads behind it.
inline bool can_be_judged(const Module& module) {
  for (const Node& node : module.main().nodes) {
    if (node.op == "svdf" && module.main().tensor(node.inputs[2]).type.dtype == DType::S8) return false;
  }
  return true;
}

/// Operators that LiteRT does not compute in quantized numbers, or only of numbers that are not negative: chains that should
/// be judged have none of them.
inline bool is_rarely_judged(const std::string& op, DType dtype) {
  const auto any_of = [&](std::initializer_list<const char*> names) {
    return std::any_of(names.begin(), names.end(), [&](const char* name) { return op == name; });
  };
  if (any_of({"add_n", "ceil", "cos", "cumsum", "floor", "round", "rsqrt", "sin", "sqrt", "square"}))
    return true;
  return dtype == DType::S16 &&
         any_of({"depth_to_space", "elu", "relu_0_to_1", "relu_n1_to_1", "space_to_depth",
                 "squared_difference", "unidirectional_sequence_lstm"});
}

// ---- elements

/// An integer element of either sign; u64 as its bits.
inline std::int64_t element(const Bytes& bytes, DType dtype, std::size_t i) {
  const std::size_t size = bytes_of(dtype);
  std::uint64_t value = 0;
  for (std::size_t b = 0; b < size; ++b) value |= static_cast<std::uint64_t>(bytes[i * size + b]) << (8 * b);
  const bool is_signed =
      dtype == DType::S8 || dtype == DType::S16 || dtype == DType::S32 || dtype == DType::S64;
  const auto unused = static_cast<int>(64 - 8 * size);
  if (is_signed && unused > 0) return static_cast<std::int64_t>(value << unused) >> unused;
  return static_cast<std::int64_t>(value);
}
inline float float_element(const Bytes& bytes, std::size_t i) {
  float value;
  std::memcpy(&value, bytes.data() + 4 * i, 4);
  return value;
}

/// Floats agree to 1e-5 of the larger one, or of the tensor's largest where sums cancel; NaN is NaN.
inline bool floats_agree(float a, float b, float largest) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  if (std::isinf(a) || std::isinf(b)) return a == b;
  return std::abs(a - b) <= 1e-5f * std::max({std::abs(a), std::abs(b), largest}) + 1e-8f;
}

/// Which element of a tensor of shape `in` stands behind element i of `out`, to which it broadcasts.
inline std::size_t element_behind(const Shape& out, const Shape& in, std::size_t i) {
  std::size_t at = 0, step = 1;
  for (std::size_t d = 1; d <= out.size(); ++d) {
    const auto extent = static_cast<std::size_t>(out[out.size() - d]);
    const std::size_t position = i % extent;
    i /= extent;
    if (d > in.size()) continue;
    const auto own = static_cast<std::size_t>(in[in.size() - d]);
    if (own > 1) at += position * step;
    step *= own;
  }
  return at;
}

// ---- answers

struct Comparison {
  std::uint64_t bytes = 0, differing = 0, explained = 0;
  std::int64_t most = 0;  ///< steps between two integers
  std::string first;      ///< difference that is not explained
};

/// A model, its inputs and both answers of one case.
struct CaseAnswers {
  const Module& module;
  const std::vector<Bytes>& inputs;
  const std::vector<Bytes>&ours, &theirs;
};

/// The elements of the only layer's inputs behind element i of its output.
inline Operands operands_behind(const CaseAnswers& answers, std::size_t i) {
  const Graph& graph = answers.module.main();
  const Node& node = graph.nodes.front();
  Operands operands;
  for (const TensorId id : node.inputs) {
    const Tensor& tensor = graph.tensor(id);
    const Bytes* bytes = tensor.constant.get();
    for (std::size_t k = 0; k < graph.inputs.size(); ++k) {
      if (graph.inputs[k].tensor == id) bytes = &answers.inputs[k];
    }
    const std::size_t at = element_behind(graph.tensor(node.outputs[0]).type.shape, tensor.type.shape, i);
    operands.push_back(
        {static_cast<double>(element(*bytes, tensor.type.dtype, at) - tensor.quant.zero_point[0]),
         static_cast<double>(tensor.quant.scale[0])});
  }
  return operands;
}

/// Is our element what the rule's formula gives?
inline bool follows_formula(const DifferenceRule& rule, const CaseAnswers& answers, std::int64_t ours,
                            std::size_t i) {
  const Graph& graph = answers.module.main();
  const Tensor& out = graph.tensor(graph.nodes.front().outputs[0]);
  double real = rule.formula(operands_behind(answers, i));
  if (std::isnan(real)) return true;
  if (out.type.dtype == DType::Bool) return ours == static_cast<std::int64_t>(real);
  const auto activation = graph.nodes.front().attributes.find("activation");
  if (activation != graph.nodes.front().attributes.end()) {
    const std::string& word = std::get<std::string>(activation->second);
    if (word != "none") real = std::max(word == "relu_n1_to_1" ? -1.0 : 0.0, real);
    if (word == "relu6") real = std::min(6.0, real);
    if (word == "relu_n1_to_1") real = std::min(1.0, real);
  }
  const double wide = Draw::steps(out.type.dtype);
  const double q = real / static_cast<double>(out.quant.scale[0]) + out.quant.zero_point[0];
  return std::abs(static_cast<double>(ours) - std::clamp(q, -wide, wide - 1)) <= rule.formula_steps;
}

inline std::string difference_text(const Tensor& tensor, std::size_t i, const Bytes& ours,
                                   const Bytes& theirs) {
  const DType dtype = tensor.type.dtype;
  if (dtype == DType::F32)
    return text::cat("'", tensor.name, "'[", i, "] is ", text::shortest(float_element(ours, i)),
                     ", LiteRT's ", text::shortest(float_element(theirs, i)));
  return text::cat("'", tensor.name, "'[", i, "] is ", element(ours, dtype, i), ", LiteRT's ",
                   element(theirs, dtype, i));
}

inline void compare_output(const CaseAnswers& answers, std::size_t o, const DifferenceRule* rule,
                           Comparison& found) {
  const Tensor& tensor = answers.module.main().tensor(answers.module.main().outputs[o]);
  const Bytes &ours = answers.ours[o], &theirs = answers.theirs[o];
  const DType dtype = tensor.type.dtype;
  const std::size_t size = bytes_of(dtype);
  found.bytes += ours.size();
  if (ours.size() != theirs.size()) {
    found.differing += std::max<std::size_t>(1, ours.size());
    if (found.first.empty())
      found.first = text::cat("'", tensor.name, "' has ", ours.size(), " bytes, LiteRT's ", theirs.size());
    return;
  }
  float largest = 0;
  for (std::size_t i = 0; dtype == DType::F32 && i < ours.size() / 4; ++i) {
    if (std::isfinite(float_element(theirs, i)))
      largest = std::max(largest, std::abs(float_element(theirs, i)));
  }
  for (std::size_t i = 0; i < ours.size() / size; ++i) {
    if (std::equal(&ours[i * size], &ours[i * size] + size, &theirs[i * size])) continue;
    bool explained = false;
    if (dtype == DType::F32) {
      if (floats_agree(float_element(ours, i), float_element(theirs, i), largest)) continue;
    } else {
      const std::int64_t steps = std::abs(element(ours, dtype, i) - element(theirs, dtype, i));
      found.most = std::max(found.most, steps);
      explained = rule != nullptr &&
                  (steps <= rule->steps ||
                   (rule->formula != nullptr && follows_formula(*rule, answers, element(ours, dtype, i), i)));
    }
    (explained ? found.explained : found.differing) += size;
    if (explained || !found.first.empty()) continue;
    found.first = difference_text(tensor, i, ours, theirs);
    if (rule != nullptr && rule->formula != nullptr) {
      for (const Operand& x : operands_behind(answers, i))
        found.first += text::cat(", of ", x.q, " · ", x.scale);
    }
  }
}

inline std::string scales_text(const Graph& graph) {
  std::string out;
  for (const Tensor& tensor : graph.tensors) {
    if (!tensor.quant) continue;
    out +=
        text::cat("  ", tensor.name, ": scale ", text::shortest(tensor.quant.scale[0]),
                  tensor.quant.per_channel() ? " …" : "", ", zero point ", tensor.quant.zero_point[0], "\n");
  }
  return out;
}

/// Answers of all cases, outputs in order.
inline Comparison compare_answers(const RandomModel& model, const std::vector<std::vector<Bytes>>& ours,
                                  const std::vector<std::vector<Bytes>>& theirs, const DifferenceRule* rule) {
  Comparison found;
  for (std::size_t c = 0; c < ours.size(); ++c) {
    const bool clean = found.first.empty();
    const CaseAnswers answers{model.module, model.cases[c], ours[c], theirs[c]};
    for (std::size_t o = 0; o < ours[c].size(); ++o) compare_output(answers, o, rule, found);
    if (clean && !found.first.empty())
      found.first += text::cat(", case ", c, "\n", scales_text(model.module.main()));
  }
  return found;
}

}  // namespace mote::testing
