// Fused activations: the attribute, its range in floats, and its words in .tflite.
// The range in int8 is in quantized_params.h.
#pragma once

#include <cfloat>
#include <string>

#include "graph/op.h"

namespace mote::nn {

enum class Activation : std::uint8_t { None, Relu, Relu6, ReluN1To1 };

inline Activation activation_of(const NodeRef& ref) {
  const std::string& word = ref.word("activation");
  if (word == "relu") return Activation::Relu;
  if (word == "relu_n1_to_1") return Activation::ReluN1To1;
  return word == "relu6" ? Activation::Relu6 : Activation::None;
}

inline AttributeSpec activation_attribute() {
  return {"activation",
          "applied to the result: none, relu = max(0, y), relu6 = min(max(0, y), 6), relu_n1_to_1 = "
          "min(max(-1, y), 1)",
          std::string("none"),
          {"none", "relu", "relu6", "relu_n1_to_1"}};
}

/// Lowest and highest output.  Without an end it is the largest finite float, which prints as a number.
struct FloatRange {
  float min = -FLT_MAX, max = FLT_MAX;
};
inline FloatRange float_range(Activation activation) {
  switch (activation) {
    case Activation::None:
      return {};
    case Activation::Relu:
      return {0.0f, FLT_MAX};
    case Activation::Relu6:
      return {0.0f, 6.0f};
    case Activation::ReluN1To1:
      return {-1.0f, 1.0f};
  }
  return {};
}

}  // namespace mote::nn
