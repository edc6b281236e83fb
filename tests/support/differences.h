// Where LiteRT's reference kernels and TFLM's differ, and how far: mote follows TFLM.  The table of docs/reference/arithmetic.md
// gives the reasons; an element that differs by more than the rule here allows is a bug.
#pragma once

#include <algorithm>
#include <cmath>

#include "support/random_ops/random_ops.h"

namespace mote::testing {

struct DifferenceRule {
  std::string op;
  DType dtype;
  std::int64_t steps;  ///< most by which an integer element may differ
};

inline const DifferenceRule* rule_of(const std::string& op, DType dtype) {
  static const std::vector<DifferenceRule> rules = {
      {"fully_connected", DType::S8, 1},
      {"softmax", DType::S8, 1},
      {"logistic", DType::S8, 1},
      {"tanh", DType::S8, 1},
  };
  for (const DifferenceRule& rule : rules) {
    if (rule.op == op && rule.dtype == dtype) return &rule;
  }
  return nullptr;
}

/// LiteRT's reference resolver lacks some operators, and its SUM takes s8 and s16 for unsigned numbers: its plain kernels
/// without a delegate are the judge there.
inline bool has_no_reference(const std::string& op) {
  return op == "sum" || op == "ceil" || op == "round" || op == "elu";
}

struct Comparison {
  std::uint64_t bytes = 0, differing = 0, explained = 0;
  std::string first;  ///< difference that is not explained
};

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
  return std::abs(a - b) <= 1e-5f * std::max({std::abs(a), std::abs(b), largest});
}

inline void compare_tensor(const Tensor& tensor, const Bytes& ours, const Bytes& theirs,
                           const DifferenceRule* rule, Comparison& found) {
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
    const std::int64_t steps = dtype == DType::F32 ? 0 : element(ours, dtype, i) - element(theirs, dtype, i);
    const bool agree =
        dtype == DType::F32 && floats_agree(float_element(ours, i), float_element(theirs, i), largest);
    if (agree) continue;
    if (rule != nullptr && dtype != DType::F32 && std::abs(steps) <= rule->steps) {
      found.explained += size;
      continue;
    }
    found.differing += size;
    if (!found.first.empty()) continue;
    found.first = dtype == DType::F32
                      ? text::cat("'", tensor.name, "'[", i, "] is ", text::shortest(float_element(ours, i)),
                                  ", LiteRT's ", text::shortest(float_element(theirs, i)))
                      : text::cat("'", tensor.name, "'[", i, "] is ", element(ours, dtype, i), ", LiteRT's ",
                                  element(theirs, dtype, i));
  }
}

/// Answers of all cases, outputs in order.
inline Comparison compare_answers(const RandomModel& model, const std::vector<std::vector<Bytes>>& ours,
                                  const std::vector<std::vector<Bytes>>& theirs, const DifferenceRule* rule) {
  Comparison found;
  const Graph& graph = model.module.main();
  for (std::size_t c = 0; c < ours.size(); ++c) {
    for (std::size_t o = 0; o < graph.outputs.size(); ++o) {
      const std::string before = found.first;
      compare_tensor(graph.tensor(graph.outputs[o]), ours[c][o], theirs[c][o], rule, found);
      if (before.empty() && !found.first.empty()) {
        found.first += text::cat(", case ", c, "\n");
        for (const Tensor& t : graph.tensors) {
          if (t.quant)
            found.first +=
                text::cat("  ", t.name, ": scale ", text::shortest(t.quant.scale[0]),
                          t.quant.per_channel() ? " …" : "", ", zero point ", t.quant.zero_point[0], "\n");
        }
      }
    }
  }
  return found;
}

}  // namespace mote::testing
