// Float kernels for training: forward and backward of the layers, the loss, the optimizers' steps.  NHWC,
// batch-major. The ops' GradRules (src/ops) and the trainer (src/train) call them; nothing here knows a graph.
//
// Same bytes for any thread count: work is cut into kChunks pieces that depend on the batch alone, pieces are
// reduced in order. Every instruction set adds the same numbers in the same order, so that machines with fused
// multiply-add (AVX2, AVX-512, NEON) give the same bytes (loops.h). Weights have the canonical layouts of the device kernels.  Gradients of weights are added to,
// gradients of activations are overwritten; a null gradient pointer means "not wanted".  Buffers may not
// overlap unless it says so.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace mote::learn {

inline constexpr int kChunks =
    8;  ///< pieces of a batch; enough for eight threads, few enough to reduce cheaply

/// Geometry of a convolution or pool.  Output row y reads input rows y·stride_h − pad_top + i·dilation_h, i < kernel_h.
struct Window {
  int batch = 1, in_h = 1, in_w = 1, in_c = 1, out_h = 1, out_w = 1, out_c = 1;
  int kernel_h = 1, kernel_w = 1, stride_h = 1, stride_w = 1, dilation_h = 1, dilation_w = 1, pad_top = 0,
      pad_left = 0;
};

/// weights [out_c, kernel_h, kernel_w, in_c]; bias [out_c] or null.
void conv2d(const Window& w, const float* in, const float* weights, const float* bias, float* out);
void conv2d_gradient(const Window& w, const float* in, const float* weights, const float* grad_out,
                     float* grad_in, float* grad_weights, float* grad_bias);

/// weights [1, kernel_h, kernel_w, out_c]; output channel c reads input channel c / (out_c / in_c).
void depthwise_conv2d(const Window& w, const float* in, const float* weights, const float* bias, float* out);
void depthwise_conv2d_gradient(const Window& w, const float* in, const float* weights, const float* grad_out,
                               float* grad_in, float* grad_weights, float* grad_bias);

/// in [batch, in_count], weights [out_count, in_count], out [batch, out_count].
void fully_connected(int batch, int in_count, int out_count, const float* in, const float* weights,
                     const float* bias, float* out);
void fully_connected_gradient(int batch, int in_count, int out_count, const float* in, const float* weights,
                              const float* grad_out, float* grad_in, float* grad_weights, float* grad_bias);

/// Batch normalization of in [rows, channels] over the rows.  `momentum` is how much of the running figures
/// stays at a step; the running variance is the unbiased one.  saved: 2·channels floats (mean, 1/√(variance + ε)).
struct BatchNorm {
  int rows = 1, channels = 1;
  float epsilon = 1e-3f, momentum = 0.9f;
};
void batch_norm_train(const BatchNorm& b, const float* in, const float* gamma, const float* beta,
                      float* running_mean, float* running_variance, float* saved, float* out);
void batch_norm_evaluate(const BatchNorm& b, const float* in, const float* gamma, const float* beta,
                         const float* mean, const float* variance, float* out);
void batch_norm_gradient(const BatchNorm& b, const float* in, const float* gamma, const float* saved,
                         const float* grad_out, float* grad_in, float* grad_gamma, float* grad_beta);

/// out = min(max(in, low), high); may run in place.  NaN stays NaN.  The gradient passes where low < in <
/// high; `in` may be the output as well, since the open interval is left as it is.
void clamp(std::size_t count, float low, float high, const float* in, float* out);
void clamp_gradient(std::size_t count, float low, float high, const float* in, const float* grad_out,
                    float* grad_in);

void add(std::size_t count, const float* a, const float* b, float* out);
void accumulate(std::size_t count, const float* in, float* sum);  ///< sum += in

/// One part of a concatenation: `blocks` blocks of `in_block` floats go to `out + offset`, `out_block` apart;
/// and back.
void copy_blocks(int blocks, int in_block, int out_block, int offset, const float* in, float* out);
void gather_blocks(int blocks, int in_block, int out_block, int offset, const float* out, float* in);

/// Pools ignore dilation; the average is over the elements inside the image.  A tie of maxima goes to the first one.
void max_pool2d(const Window& w, const float* in, float* out);
void max_pool2d_gradient(const Window& w, const float* in, const float* grad_out, float* grad_in);
void average_pool2d(const Window& w, const float* in, float* out);
void average_pool2d_gradient(const Window& w, const float* grad_out, float* grad_in);

/// out = e^(scale·in) / Σ over each row of `depth`.
void softmax(int rows, int depth, float scale, const float* in, float* out);
void softmax_gradient(int rows, int depth, float scale, const float* out, const float* grad_out,
                      float* grad_in);

/// Mean over the batch of  w[target]·(−Σ_c t_c ln p_c),  p = softmax(scale·logits),  t = (1−smoothing)·onehot
/// + smoothing/classes. class_weights: by class, or empty.  gradient (with respect to logits): may be null.
struct CrossEntropy {
  int batch = 1, classes = 2;
  float scale = 1, smoothing = 0;
  std::span<const float> class_weights = {};
};
double cross_entropy(const CrossEntropy& c, const float* logits, const std::int32_t* target, float* gradient);

/// Each element is zero with probability `rate`, else times 1/(1−rate); the same seed drops the same elements.
void dropout(std::size_t count, float rate, std::uint64_t seed, const float* in, float* out);

/// AdamW (Loshchilov, Hutter 2019).  `decay` is learning rate times weight decay.  correction1, 2 are 1 − β^step.
struct AdamStep {
  float learning_rate = 1e-3f, decay = 0, beta1 = 0.9f, beta2 = 0.999f, epsilon = 1e-8f, correction1 = 1,
        correction2 = 1;
};
void adamw_step(const AdamStep& s, std::size_t count, const float* gradient, float* mean, float* square,
                float* weights);
/// velocity = momentum·velocity + gradient;  weights −= learning_rate·velocity + decay·weights.
void sgd_step(float learning_rate, float momentum, float decay, std::size_t count, const float* gradient,
              float* velocity, float* weights);

/// Name of the instruction set in use: "avx512", "avx2" or "base".  The first two give the same bytes.
const char* instruction_set();
/// Chooses one by name, for tests and benchmarks; false when this machine lacks it.
bool use_instruction_set(const char* name);

}  // namespace mote::learn
