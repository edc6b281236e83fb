// Layers of training in one piece: convolution, batch normalization and clamp (ReLU) of a chain, each sample
// going through all of it while it is in the nearest cache.  What stays in memory is the convolution's output
// before normalization; whoever reads the chain's output normalizes and clamps it on the way (View), and the
// gradient is masked and summed where it is made (Finish).  train/network.cpp builds chains of these; the ops
// say what part they take (Part). Bytes do not depend on the threads: see nn.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "math/nn.h"

namespace mote::learn {

inline constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// What a node is in a chain.
struct Part {
  enum class Kind : std::uint8_t { None, Convolution, Depthwise, Normalize, Clamp, Sum } kind = Kind::None;
  Window window = {};                        ///< Convolution, Depthwise: of one sample
  float epsilon = 1e-3f, momentum = 0.9f;    ///< Normalize
  float low = -kInfinity, high = kInfinity;  ///< Clamp
};

/// A batch as a consumer sees it: min(max(values·scale + shift, low), high); scale and shift as Norm has them, or null.
struct View {
  const float* values = nullptr;
  const float* scale = nullptr;
  const float* shift = nullptr;
  float low = -kInfinity, high = kInfinity;
  bool clamps() const { return low > -kInfinity || high < kInfinity; }
  bool plain() const { return !scale && !clamps(); }
};

/// A batch normalization and the numbers of its step, in memory of the caller.
struct Norm {
  int channels = 1;
  float epsilon = 1e-3f, momentum = 0.9f;
  const float* gamma = nullptr;
  const float* beta = nullptr;
  float* running_mean = nullptr;
  float* running_variance = nullptr;
  float* grad_gamma = nullptr;  ///< added to; null: not wanted
  float* grad_beta = nullptr;
  float* memory = nullptr;  ///< floats(channels)

  static std::size_t floats(int channels);
  /// Arrays of period_of(channels) floats.  Forward makes mean, scale and shift; backward the rest: the gradient
  /// before normalization is of_gradient·g + of_value·value + constant.
  float* mean() const { return memory; }
  float* scale() const { return at(1); }
  float* shift() const { return at(2); }
  float* of_gradient() const { return at(3); }
  float* of_value() const { return at(4); }
  float* constant() const { return at(5); }
  float* inverse() const { return at(6); }  ///< 1/√(variance + epsilon), `channels` floats

 private:
  float* at(int array) const;
};

/// A convolution, weights as in nn.h.
struct Layer {
  bool depthwise = false;
  Window window = {};  ///< of the whole batch
  const float* weights = nullptr;
  const float* bias = nullptr;
};

/// out = layer(in).  With a norm: its mean, scale and shift, from the batch (and the running figures go on) or
/// from the running figures.
void layer_forward(const Layer& layer, const View& in, float* out, const Norm* norm, bool training);

/// How the gradient of a tensor is finished once all its consumers have added to it: masked where `value` is
/// clamped, then summed for the normalizations before it.
struct Finish {
  View value;
  struct Term {
    const float* values;  ///< before normalization
    const Norm* norm;
  };
  Term terms[2] = {};
  int count = 0;
  int channels = 1;
  std::size_t sample = 0;  ///< floats of one
};

/// Where a layer's input gradient goes: it overwrites or adds, and may be the last to do so.
struct InputGradient {
  float* gradient = nullptr;  ///< null: not wanted
  bool add = false;
  const Finish* finish = nullptr;
};

/// grad_out is the finished gradient behind `norm` (null: of the layer's output itself), `out` the layer's output.
void layer_backward(const Layer& layer, const View& in, const float* out, const Norm* norm,
                    const float* grad_out, const InputGradient& grad_in, float* grad_weights,
                    float* grad_bias);

/// Finishes a gradient of `batch` samples in place.
void finish_gradient(int batch, float* gradient, const Finish& finish);

/// out = the view of `batch` samples of `sample` floats.
void materialize(int batch, std::size_t sample, int channels, const View& in, float* out);
/// out = min(max(a + b, low), high)
void sum_views(int batch, std::size_t sample, int channels, const View& a, const View& b, float low,
               float high, float* out);

}  // namespace mote::learn
