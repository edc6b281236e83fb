// Test support of the room: random calls of every kernel, described by a seed.  A new kernel adds its generator here, and all
// its variants are then held against its reference.
#pragma once

#include <cfloat>
#include <functional>
#include <map>
#include <random>
#include <string>

#include "kernels/variant.h"
#include "mote/nn/conv2d/conv2d.h"
#include "mote/nn/copy/copy.h"
#include "mote/nn/depthwise_conv2d/depthwise_conv2d.h"
#include "mote/nn/elementwise/elementwise.h"
#include "mote/nn/fully_connected/fully_connected.h"
#include "mote/nn/pool/pool.h"
#include "mote/nn/softmax/softmax.h"

namespace mote::kernels {

class Random {
 public:
  explicit Random(std::uint64_t seed) : bits_(seed) {}
  /// Uniform enough for tests; both ends included.
  std::int32_t between(std::int64_t low, std::int64_t high) {
    return static_cast<std::int32_t>(
        low + static_cast<std::int64_t>(bits_() % static_cast<std::uint64_t>(high - low + 1)));
  }
  bool one_in(int n) { return between(1, n) == 1; }
  std::int32_t one_of(std::initializer_list<std::int32_t> values) {
    return *(values.begin() + between(0, static_cast<std::int64_t>(values.size()) - 1));
  }
  /// Often one of the ends of the range.
  std::int32_t zero_point() { return one_of({-128, 127, 0, between(-128, 127)}); }
  float real() { return static_cast<float>(between(-4000, 4000)) / 1024.0f; }

 private:
  std::mt19937_64 bits_;
};

/// A call with the content of its inputs: `inputs[i]` belongs to argument i and is empty for other kinds of arguments.
struct RandomCall {
  KernelCall call;
  std::vector<Bytes> inputs;
  std::size_t out_bytes = 0;
};

namespace random_calls {

template <class T>
Bytes bytes_of_values(const std::vector<T>& values) {
  Bytes bytes(values.size() * sizeof(T));
  if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}
inline std::vector<std::int8_t> s8(Random& random, std::int64_t n) {
  std::vector<std::int8_t> values(static_cast<std::size_t>(n));
  for (auto& v : values)
    v = static_cast<std::int8_t>(random.one_in(8) ? random.one_of({-128, 127}) : random.between(-128, 127));
  return values;
}
inline std::vector<float> f32(Random& random, std::int64_t n) {
  std::vector<float> values(static_cast<std::size_t>(n));
  for (auto& v : values) v = random.real();
  return values;
}

/// Collects arguments and inputs in step.
struct Builder {
  RandomCall made;
  template <class Params>
  Builder(const char* kernel, const Params& params) {
    made.call.kernel = kernel;
    made.call.params = to_block(params);
  }
  template <class T>
  void in(DType dtype, const std::vector<T>& values) {
    made.call.args.push_back({dtype, Arg::In{static_cast<TensorId>(made.inputs.size())}});
    made.inputs.push_back(bytes_of_values(values));
  }
  template <class T>
  void rom(DType dtype, const std::vector<T>& values, const char* name) {
    made.call.args.push_back(
        rom_arg(name, dtype, {static_cast<std::int32_t>(values.size())}, values, Constant::Role::Weights));
    made.inputs.emplace_back();
  }
  void absent(DType dtype) {
    made.call.args.push_back({dtype, Arg::Rom{}});
    made.inputs.emplace_back();
  }
  void out(DType dtype, std::int64_t count) {
    made.call.args.push_back({dtype, Arg::Out{1000}});
    made.inputs.emplace_back();
    made.out_bytes = static_cast<std::size_t>(count) * bytes_of(dtype);
  }
  /// Half of the tables only shift to the right, as those of real layers do.
  void requantize_table(Random& random, std::int32_t n) {
    const bool right = random.one_in(2);
    std::vector<std::int32_t> multipliers;
    std::vector<std::int8_t> shifts;
    for (std::int32_t i = 0; i < n; ++i) {
      multipliers.push_back(random.one_in(16) ? 0 : random.between(std::int64_t{1} << 30, INT32_MAX));
      shifts.push_back(static_cast<std::int8_t>(random.one_in(16) ? random.one_of({-31, right ? -1 : 2})
                                                                  : random.between(-13, right ? -1 : 1)));
    }
    rom(DType::S32, multipliers, "multiplier");
    rom(DType::S8, shifts, "shift");
  }
  void bias_s32(Random& random, std::int32_t n) {
    if (random.one_in(3)) return absent(DType::S32);
    std::vector<std::int32_t> bias;
    for (std::int32_t i = 0; i < n; ++i) bias.push_back(random.between(-30000, 30000));
    rom(DType::S32, bias, "bias");
  }
  void bias_f32(Random& random, std::int32_t n) {
    if (random.one_in(3)) return absent(DType::F32);
    rom(DType::F32, f32(random, n), "bias");
  }
};

/// Kernel, stride, dilation, padding and sizes of one spatial axis; same or valid padding, never an empty output.
struct Axis {
  std::int32_t in, out, kernel, stride, dilation, pad;
};
inline Axis axis(Random& random, bool dilated) {
  Axis a{};
  a.in = random.one_of({1, 2, 3, 4, 5, 7, 8, 9, 13});
  a.kernel = random.one_of({1, 1, 2, 3, 4, 5});
  a.stride = random.between(1, 3);
  a.dilation = dilated && random.one_in(3) ? random.between(2, 3) : 1;
  const std::int32_t reach = (a.kernel - 1) * a.dilation + 1;
  if (reach <= a.in && random.one_in(2)) {
    a.out = (a.in - reach) / a.stride + 1;  // valid
    return a;
  }
  a.out = (a.in + a.stride - 1) / a.stride;  // same
  a.pad = std::max(0, (a.out - 1) * a.stride + reach - a.in) / 2;
  return a;
}

template <class Params>
void set_window(Params& p, const Axis& h, const Axis& w) {
  p.in_h = h.in, p.out_h = h.out, p.kernel_h = h.kernel, p.stride_h = h.stride, p.pad_top = h.pad;
  p.in_w = w.in, p.out_w = w.out, p.kernel_w = w.kernel, p.stride_w = w.stride, p.pad_left = w.pad;
}
template <class Params>
void set_conv_window(Params& p, Random& random) {
  const Axis h = axis(random, true), w = axis(random, true);
  set_window(p, h, w);
  p.dilation_h = h.dilation;
  p.dilation_w = w.dilation;
  p.batches = random.one_of({1, 1, 1, 2});
}
template <class Params>
void set_s8_activation(Params& p, Random& random) {
  p.act_min = random.one_in(2) ? -128 : random.between(-128, 100);
  p.act_max = random.one_in(2) ? 127 : random.between(p.act_min, 127);
}
template <class Params>
void set_f32_activation(Params& p, Random& random) {
  p.act_min = random.one_in(2) ? -FLT_MAX : 0.0f;
  p.act_max = random.one_in(2) ? FLT_MAX : 6.0f;
}
inline std::int32_t channels(Random& random) { return random.one_of({1, 2, 3, 4, 5, 7, 8, 9, 16}); }

inline RandomCall conv2d_s8(Random& random) {
  Conv2dS8Params p{};
  set_conv_window(p, random);
  p.in_c = channels(random), p.out_c = channels(random);
  p.in_zero_point = random.zero_point(), p.out_zero_point = random.zero_point();
  set_s8_activation(p, random);
  Builder b("conv2d_s8", p);
  b.in(DType::S8, s8(random, p.batches * p.in_h * p.in_w * p.in_c));
  b.rom(DType::S8, s8(random, p.out_c * p.kernel_h * p.kernel_w * p.in_c), "weights");
  b.bias_s32(random, p.out_c);
  b.requantize_table(random, p.out_c);
  b.out(DType::S8, p.batches * p.out_h * p.out_w * p.out_c);
  return b.made;
}

inline RandomCall conv2d_f32(Random& random) {
  Conv2dF32Params p{};
  set_conv_window(p, random);
  p.in_c = channels(random), p.out_c = channels(random);
  set_f32_activation(p, random);
  Builder b("conv2d_f32", p);
  b.in(DType::F32, f32(random, p.batches * p.in_h * p.in_w * p.in_c));
  b.rom(DType::F32, f32(random, p.out_c * p.kernel_h * p.kernel_w * p.in_c), "weights");
  b.bias_f32(random, p.out_c);
  b.out(DType::F32, p.batches * p.out_h * p.out_w * p.out_c);
  return b.made;
}

inline RandomCall depthwise_conv2d_s8(Random& random) {
  DepthwiseConv2dS8Params p{};
  set_conv_window(p, random);
  p.in_c = channels(random), p.depth_multiplier = random.one_of({1, 1, 1, 2, 5});
  if (random.one_in(4)) {  // the usual one
    p.kernel_h = p.kernel_w = 3, p.dilation_h = p.dilation_w = 1, p.depth_multiplier = 1;
    p.in_c = 4 * random.between(1, 4), p.in_h += 3, p.in_w += 3;
    p.stride_h = random.between(1, 2), p.stride_w = random.between(1, 2);
    p.pad_top = random.between(0, 1), p.pad_left = random.between(0, 1);
    p.out_h = (p.in_h + p.pad_top + random.between(0, 1) - 3) / p.stride_h + 1;
    p.out_w = (p.in_w + p.pad_left + random.between(0, 1) - 3) / p.stride_w + 1;
  }
  p.out_c = p.in_c * p.depth_multiplier;
  p.in_zero_point = random.zero_point(), p.out_zero_point = random.zero_point();
  set_s8_activation(p, random);
  Builder b("depthwise_conv2d_s8", p);
  b.in(DType::S8, s8(random, p.batches * p.in_h * p.in_w * p.in_c));
  b.rom(DType::S8, s8(random, p.out_c * p.kernel_h * p.kernel_w), "weights");
  b.bias_s32(random, p.out_c);
  b.requantize_table(random, p.out_c);
  b.out(DType::S8, p.batches * p.out_h * p.out_w * p.out_c);
  return b.made;
}

inline RandomCall depthwise_conv2d_f32(Random& random) {
  DepthwiseConv2dF32Params p{};
  set_conv_window(p, random);
  p.in_c = channels(random), p.depth_multiplier = random.one_of({1, 1, 2, 5});
  p.out_c = p.in_c * p.depth_multiplier;
  set_f32_activation(p, random);
  Builder b("depthwise_conv2d_f32", p);
  b.in(DType::F32, f32(random, p.batches * p.in_h * p.in_w * p.in_c));
  b.rom(DType::F32, f32(random, p.out_c * p.kernel_h * p.kernel_w), "weights");
  b.bias_f32(random, p.out_c);
  b.out(DType::F32, p.batches * p.out_h * p.out_w * p.out_c);
  return b.made;
}

inline RandomCall fully_connected_s8(Random& random) {
  FullyConnectedS8Params p{};
  p.batches = random.between(1, 3);
  p.in_count = random.one_of({1, 3, 4, 5, 8, 17, 64, 101}),
  p.out_count = random.one_of({1, 2, 3, 4, 5, 7, 8, 9, 12});
  p.in_zero_point = random.zero_point(), p.out_zero_point = random.zero_point();
  p.requant_step = random.between(0, 1);
  set_s8_activation(p, random);
  Builder b("fully_connected_s8", p);
  b.in(DType::S8, s8(random, p.batches * p.in_count));
  b.rom(DType::S8, s8(random, p.out_count * p.in_count), "weights");
  b.bias_s32(random, p.out_count);
  b.requantize_table(random, p.requant_step == 1 ? p.out_count : 1);
  b.out(DType::S8, p.batches * p.out_count);
  return b.made;
}

inline RandomCall fully_connected_f32(Random& random) {
  FullyConnectedF32Params p{};
  p.batches = random.between(1, 3);
  p.in_count = random.one_of({1, 3, 4, 5, 17, 64}), p.out_count = random.one_of({1, 2, 3, 4, 5, 9});
  set_f32_activation(p, random);
  Builder b("fully_connected_f32", p);
  b.in(DType::F32, f32(random, p.batches * p.in_count));
  b.rom(DType::F32, f32(random, p.out_count * p.in_count), "weights");
  b.bias_f32(random, p.out_count);
  b.out(DType::F32, p.batches * p.out_count);
  return b.made;
}

template <const char* const& kernel>
RandomCall pool_s8(Random& random) {
  Pool2dS8Params p{};
  p.batches = random.between(1, 2), p.channels = channels(random);
  const Axis h = axis(random, false), w = axis(random, false);
  set_window(p, h, w);
  set_s8_activation(p, random);
  Builder b(kernel, p);
  b.in(DType::S8, s8(random, p.batches * p.in_h * p.in_w * p.channels));
  b.out(DType::S8, p.batches * p.out_h * p.out_w * p.channels);
  return b.made;
}
template <const char* const& kernel>
RandomCall pool_f32(Random& random) {
  Pool2dF32Params p{};
  p.batches = random.between(1, 2), p.channels = channels(random);
  const Axis h = axis(random, false), w = axis(random, false);
  set_window(p, h, w);
  set_f32_activation(p, random);
  Builder b(kernel, p);
  b.in(DType::F32, f32(random, p.batches * p.in_h * p.in_w * p.channels));
  b.out(DType::F32, p.batches * p.out_h * p.out_w * p.channels);
  return b.made;
}
inline constexpr const char* kAverageS8 = "average_pool2d_s8";
inline constexpr const char* kMaxS8 = "max_pool2d_s8";
inline constexpr const char* kAverageF32 = "average_pool2d_f32";
inline constexpr const char* kMaxF32 = "max_pool2d_f32";

inline std::int32_t count(Random& random) {
  return random.one_of({0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 101});
}

inline RandomCall add_s8(Random& random) {
  AddS8Params p{};
  p.count = count(random), p.left_shift = 20;
  p.in1_zero_point = random.zero_point(), p.in2_zero_point = random.zero_point(),
  p.out_zero_point = random.zero_point();
  p.in1_multiplier = random.between(std::int64_t{1} << 30, INT32_MAX), p.in1_shift = random.between(-6, 0);
  p.in2_multiplier = random.between(std::int64_t{1} << 30, INT32_MAX), p.in2_shift = random.between(-6, 0);
  p.out_multiplier = random.between(std::int64_t{1} << 30, INT32_MAX), p.out_shift = random.between(-20, -15);
  set_s8_activation(p, random);
  Builder b("add_s8", p);
  b.in(DType::S8, s8(random, p.count));
  b.in(DType::S8, s8(random, p.count));
  b.out(DType::S8, p.count);
  return b.made;
}
inline RandomCall add_f32(Random& random) {
  AddF32Params p{};
  p.count = count(random);
  set_f32_activation(p, random);
  Builder b("add_f32", p);
  b.in(DType::F32, f32(random, p.count));
  b.in(DType::F32, f32(random, p.count));
  b.out(DType::F32, p.count);
  return b.made;
}
inline RandomCall relu_s8(Random& random) {
  ReluS8Params p{};
  p.count = count(random), p.in_zero_point = random.zero_point(), p.out_zero_point = random.zero_point();
  p.multiplier = random.between(std::int64_t{1} << 30, INT32_MAX), p.shift = random.between(-4, 4);
  set_s8_activation(p, random);
  Builder b("relu_s8", p);
  b.in(DType::S8, s8(random, p.count));
  b.out(DType::S8, p.count);
  return b.made;
}
inline RandomCall clamp_f32(Random& random) {
  const ClampF32Params p{count(random), random.one_in(2) ? 0.0f : -1.0f, random.one_in(2) ? 1.0f : FLT_MAX};
  Builder b("clamp_f32", p);
  b.in(DType::F32, f32(random, p.count));
  b.out(DType::F32, p.count);
  return b.made;
}
inline RandomCall softmax_s8(Random& random) {
  SoftmaxS8Params p{};
  p.rows = random.between(1, 4), p.depth = random.one_of({1, 2, 3, 5, 12, 100});
  p.multiplier = random.between(std::int64_t{1} << 30, INT32_MAX), p.left_shift = random.between(16, 26);
  // Differences of up to 31 in Q5.26 fit: 31·2^26 / 2^left_shift, as TFLM derives it.
  p.diff_min = -static_cast<std::int32_t>((std::int64_t{31} << 26) >> p.left_shift);
  Builder b("softmax_s8", p);
  b.in(DType::S8, s8(random, p.rows * p.depth));
  b.out(DType::S8, p.rows * p.depth);
  return b.made;
}
inline RandomCall softmax_f32(Random& random) {
  const SoftmaxF32Params p{random.between(1, 4), random.one_of({1, 2, 3, 5, 12, 100}),
                           random.one_in(2) ? 1.0f : 20.0f};
  Builder b("softmax_f32", p);
  b.in(DType::F32, f32(random, p.rows * p.depth));
  b.out(DType::F32, p.rows * p.depth);
  return b.made;
}
inline RandomCall copy_blocks(Random& random) {
  CopyBlocksParams p{};
  p.blocks = random.between(1, 5), p.block_bytes = random.between(1, 9);
  p.in_stride = p.block_bytes + random.between(0, 3), p.out_stride = p.block_bytes + random.between(0, 3);
  p.out_offset = random.between(0, 4);
  Builder b("copy_blocks", p);
  b.in(DType::U8, s8(random, p.blocks * p.in_stride));
  b.out(DType::U8, p.out_offset + p.blocks * p.out_stride);
  return b.made;
}

}  // namespace random_calls

/// Kernel → generator.  A family's test file adds its own by RandomCallsOf.
inline std::map<std::string, RandomCall (*)(Random&)>& generators() {
  namespace g = random_calls;
  static std::map<std::string, RandomCall (*)(Random&)> table = {
      {"conv2d_s8", g::conv2d_s8},
      {"conv2d_f32", g::conv2d_f32},
      {"depthwise_conv2d_s8", g::depthwise_conv2d_s8},
      {"depthwise_conv2d_f32", g::depthwise_conv2d_f32},
      {"fully_connected_s8", g::fully_connected_s8},
      {"fully_connected_f32", g::fully_connected_f32},
      {"average_pool2d_s8", g::pool_s8<g::kAverageS8>},
      {"max_pool2d_s8", g::pool_s8<g::kMaxS8>},
      {"average_pool2d_f32", g::pool_f32<g::kAverageF32>},
      {"max_pool2d_f32", g::pool_f32<g::kMaxF32>},
      {"add_s8", g::add_s8},
      {"add_f32", g::add_f32},
      {"relu_s8", g::relu_s8},
      {"clamp_f32", g::clamp_f32},
      {"softmax_s8", g::softmax_s8},
      {"softmax_f32", g::softmax_f32},
      {"copy_blocks", g::copy_blocks},
  };
  return table;
}

/// At namespace scope of a test file: random calls of a kernel, for the tests that all variants share.
struct RandomCallsOf {
  RandomCallsOf(const char* kernel, RandomCall (*generator)(Random&)) { generators()[kernel] = generator; }
};

/// As the planner packs it: scratch is the last argument.
inline Packed packed_with_scratch(const KernelVariant& variant, const KernelCall& call) {
  Packed packed = variant.pack != nullptr ? variant.pack(call) : Packed{call.params, call.args};
  if (variant.scratch != nullptr) packed.args.push_back({DType::U8, Arg::Temp{variant.scratch(call)}});
  return packed;
}

/// Memory of the Temp arguments, in words, with bytes behind it that must not change.
class Scratch {
 public:
  explicit Scratch(const Packed& packed) {
    for (const Arg& arg : packed.args) {
      if (const auto* temp = std::get_if<Arg::Temp>(&arg.what)) bytes_ = temp->bytes;
    }
    words_.assign((bytes_ + kBehind + 7) / 8, 0xa5a5a5a5a5a5a5a5u);
  }
  template <class What>
  void* at(const What& what) {
    return std::holds_alternative<Arg::Temp>(what) ? words_.data() : nullptr;
  }
  void expect_nothing_beyond() const {
    const auto* first = reinterpret_cast<const std::uint8_t*>(words_.data()) + bytes_;
    for (std::size_t i = 0; i < kBehind; ++i)
      MOTE_CHECK(first[i] == 0xa5, "a kernel writes behind its scratch");
  }

 private:
  static constexpr std::size_t kBehind = 16;
  std::size_t bytes_ = 0;
  std::vector<std::uint64_t> words_;
};

/// Runs a variant on the call: every output byte, preset to `preset`.
inline Bytes run_apart(const KernelVariant& variant, const RandomCall& random, std::uint8_t preset = 0x55) {
  const Packed packed = packed_with_scratch(variant, random.call);
  Scratch scratch(packed);
  std::vector<Bytes> inputs = random.inputs;
  Bytes out(random.out_bytes, preset);
  std::vector<void*> buffers;
  for (std::size_t i = 0; i < packed.args.size(); ++i) {
    const auto& what = packed.args[i].what;
    if (std::holds_alternative<Arg::In>(what))
      buffers.push_back(inputs[i].data());
    else if (std::holds_alternative<Arg::Out>(what))
      buffers.push_back(out.data());
    else if (const auto* rom = std::get_if<Arg::Rom>(&what); rom != nullptr && rom->constant != nullptr)
      buffers.push_back(const_cast<std::uint8_t*>(rom->constant->bytes.data()));
    else
      buffers.push_back(scratch.at(what));
  }
  variant.run(packed, buffers);
  scratch.expect_nothing_beyond();
  return out;
}

/// Runs a variant with its output exactly `min_distance` bytes below argument `overlap.in`; backward: with the ends so far above.
inline Bytes run_over(const KernelVariant& variant, const RandomCall& random, const Overlap& overlap) {
  const Packed packed = packed_with_scratch(variant, random.call);
  Scratch scratch(packed);
  std::vector<Bytes> inputs = random.inputs;
  const Bytes& over = inputs[static_cast<std::size_t>(overlap.in)];
  const auto in_bytes = static_cast<std::int64_t>(over.size()),
             out_bytes = static_cast<std::int64_t>(random.out_bytes);
  const bool backward = overlap.direction == Overlap::Direction::Backward;
  const std::int64_t below = backward ? out_bytes - in_bytes - overlap.min_distance : overlap.min_distance;
  const auto distance = static_cast<std::size_t>(std::max<std::int64_t>(below, 0));
  const auto out_at = static_cast<std::size_t>(std::max<std::int64_t>(-below, 0));
  Bytes memory(std::max(out_at + random.out_bytes, distance + over.size()) + 1, 0x55);
  if (!over.empty()) std::memcpy(memory.data() + distance, over.data(), over.size());
  std::vector<void*> buffers;
  for (std::size_t i = 0; i < packed.args.size(); ++i) {
    const auto& what = packed.args[i].what;
    if (static_cast<int>(i) == overlap.in)
      buffers.push_back(memory.data() + distance);
    else if (std::holds_alternative<Arg::In>(what))
      buffers.push_back(inputs[i].data());
    else if (std::holds_alternative<Arg::Out>(what))
      buffers.push_back(memory.data() + out_at);
    else if (const auto* rom = std::get_if<Arg::Rom>(&what); rom != nullptr && rom->constant != nullptr)
      buffers.push_back(const_cast<std::uint8_t*>(rom->constant->bytes.data()));
    else
      buffers.push_back(scratch.at(what));
  }
  variant.run(packed, buffers);
  scratch.expect_nothing_beyond();
  const auto first = memory.begin() + static_cast<std::ptrdiff_t>(out_at);
  return {first, first + static_cast<std::ptrdiff_t>(random.out_bytes)};
}

}  // namespace mote::kernels
