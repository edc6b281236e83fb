// The signal operators: against their definitions in double, streams in any pieces, file round trip, refusals.
#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <numbers>

#include "ops/dsp/fft.h"
#include "ops/nn/test_nodes.h"

namespace mote::test {
namespace {

using Integers = std::vector<std::pair<const char*, std::int64_t>>;

Attributes attributes(const Integers& integers) {
  Attributes result;
  for (const auto& [name, value] : integers) result[name] = value;
  return result;
}
template <class T>
std::vector<T> values_of(const Bytes& bytes) {
  std::vector<T> values(bytes.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}
template <class T>
Bytes bytes_of_values(const std::vector<T>& values) {
  Bytes bytes(values.size() * sizeof(T));
  if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}
std::vector<std::int16_t> noise(std::size_t count, Random& random, std::int64_t size = 32767) {
  std::vector<std::int16_t> x(count);
  for (auto& v : x) v = static_cast<std::int16_t>(random.between(-size - 1, size));
  return x;
}

/// A node with its memory, run call after call; constants are given with their inputs.
class Running {
 public:
  Running(const char* op, const Integers& integers, const std::vector<TensorType>& inputs) {
    node_.op = op;
    node_.name = "the layer";
    node_.attributes = attributes(integers);
    for (const TensorType& type : inputs) add_input(type);
  }
  template <class T>
  Running& constant(DType dtype, const std::vector<T>& values) {
    graph_.tensor(add_input({dtype, {static_cast<std::int32_t>(values.size())}})).constant =
        to_constant(values);
    return *this;
  }
  Running& finish() {
    const OpDef& op = op_of(node_);
    if (op.own_state != nullptr) {
      StateId id = 0;
      for (const TensorType& type : op.own_state(ref())) {
        states_.emplace_back(type.bytes());
        graph_.tensor(add_input(type)).state = id++;
      }
    }
    const auto out = append_node(graph_, node_);
    EXPECT_TRUE(out) << (out ? "" : out.error().message);
    if (out) node_ = graph_.nodes.back();
    return *this;
  }
  NodeRef ref() const { return {graph_, node_}; }
  Graph& graph() { return graph_; }
  const Node& node() const { return node_; }
  Result<std::vector<TensorType>> infer() const { return op_of(node_).infer(ref()); }

  /// Every output's bytes.
  std::vector<Bytes> operator()(std::vector<Bytes> inputs) {
    std::vector<Bytes> outputs;
    for (const TensorId id : node_.outputs) outputs.emplace_back(graph_.tensor(id).type.bytes(), 0xEE);
    const auto calls = op_of(node_).lower(ref());
    EXPECT_TRUE(calls) << (calls ? "" : calls.error().message);
    if (!calls) return outputs;
    const auto place = [](const std::vector<TensorId>& ids, TensorId id) {
      return static_cast<std::size_t>(std::find(ids.begin(), ids.end(), id) - ids.begin());
    };
    for (const KernelCall& call : *calls) {
      std::vector<Bytes> copies(call.args.size());
      std::vector<void*> buffers;
      for (std::size_t i = 0; i < call.args.size(); ++i) {
        const auto& what = call.args[i].what;
        if (const auto* in = std::get_if<Arg::In>(&what))
          buffers.push_back(inputs[place(node_.inputs, in->tensor)].data());
        if (const auto* out = std::get_if<Arg::Out>(&what))
          buffers.push_back(outputs[place(node_.outputs, out->tensor)].data());
        if (const auto* state = std::get_if<Arg::State>(&what))
          buffers.push_back(states_[static_cast<std::size_t>(state->state)].data());
        if (const auto* rom = std::get_if<Arg::Rom>(&what)) {
          copies[i] = rom->constant->bytes;
          buffers.push_back(copies[i].data());
        }
      }
      reference_of(call.kernel).run(Packed{call.params, call.args, Storage::Dense}, buffers);
    }
    return outputs;
  }
  template <class T>
  std::vector<Bytes> operator()(const std::vector<T>& input) {
    return (*this)(std::vector<Bytes>{bytes_of_values(input)});
  }

 private:
  TensorId add_input(const TensorType& type) {
    Tensor tensor;
    tensor.name = text::cat("x", node_.inputs.size());
    tensor.type = type;
    node_.inputs.push_back(graph_.add(std::move(tensor)));
    return node_.inputs.back();
  }
  Graph graph_;
  Node node_;
  std::vector<Bytes> states_;
};

// ---- transforms

template <class T>
std::vector<std::complex<double>> spectrum_of(const std::vector<T>& x, std::int32_t length) {
  std::vector<std::complex<double>> y;
  for (std::int32_t k = 0; k <= length / 2; ++k) {
    std::complex<double> sum = 0;
    for (std::size_t t = 0; t < x.size(); ++t)
      sum += static_cast<double>(x[t]) *
             std::polar(1.0, -2 * std::numbers::pi * static_cast<double>(t) * k / length);
    y.push_back(sum);
  }
  return y;
}

template <class T>
void expect_spectrum(const std::vector<T>& got, const std::vector<std::complex<double>>& truth, double scale,
                     double tolerance) {
  ASSERT_EQ(got.size(), 2 * truth.size());
  for (std::size_t k = 0; k < truth.size(); ++k) {
    EXPECT_NEAR(static_cast<double>(got[2 * k]), truth[k].real() * scale, tolerance) << k;
    EXPECT_NEAR(static_cast<double>(got[2 * k + 1]), truth[k].imag() * scale, tolerance) << k;
  }
}

const std::vector<std::int32_t> kLengths = {4,  6,  8,  10, 12,  16,  20,  24,  30, 36,
                                            50, 60, 64, 90, 100, 128, 150, 250, 512};

TEST(SignalRfft, IsTheFourierTransformAtEveryRadix) {
  Random random(1);
  for (const std::int32_t length : kLengths) {
    SCOPED_TRACE(length);
    for (const std::int32_t samples : {length, length - 1}) {
      const auto x = noise(static_cast<std::size_t>(samples), random, 20000);
      const auto truth = spectrum_of(x, length);
      Running fixed("signal_rfft", {{"fft_length", length}}, {{DType::S16, {samples}}});
      expect_spectrum(values_of<std::int16_t>(fixed.finish()(x)[0]), truth, 1.0 / length, 6);

      Running wide("signal_rfft", {{"fft_length", length}}, {{DType::S32, {samples}}});
      std::vector<std::int32_t> up(x.begin(), x.end());
      for (auto& v : up) v *= 65536;
      expect_spectrum(values_of<std::int32_t>(wide.finish()(up)[0]), truth, 65536.0 / length, 8);

      Running real("signal_rfft", {{"fft_length", length}}, {{DType::F32, {samples}}});
      const std::vector<float> floating(x.begin(), x.end());
      expect_spectrum(values_of<float>(real.finish()(floating)[0]), truth, 1, 1e-6 * 20000 * length);
    }
  }
}

TEST(SignalIrfft, UndoesTheTransform) {
  Random random(2);
  for (const std::int32_t length : kLengths) {
    SCOPED_TRACE(length);
    const auto x = noise(static_cast<std::size_t>(length), random, 20000);
    const std::vector<float> floating(x.begin(), x.end());
    Running there("signal_rfft", {{"fft_length", length}}, {{DType::F32, {length}}});
    Running back("signal_irfft", {{"fft_length", length}}, {{DType::F32, {length + 2}}});
    const auto again = values_of<float>(back.finish()(values_of<float>(there.finish()(floating)[0]))[0]);
    for (std::size_t t = 0; t < x.size(); ++t) EXPECT_NEAR(again[t], floating[t], 0.05f) << t;

    // In fixed point both ways divide by the length.
    std::vector<std::int32_t> spectrum;
    for (const std::complex<double>& y : spectrum_of(x, length)) {
      spectrum.push_back(static_cast<std::int32_t>(std::lround(16 * y.real() / length)));
      spectrum.push_back(static_cast<std::int32_t>(std::lround(16 * y.imag() / length)));
    }
    Running fixed("signal_irfft", {{"fft_length", length}}, {{DType::S32, {length + 2}}});
    const auto samples = values_of<std::int32_t>(fixed.finish()(spectrum)[0]);
    for (std::size_t t = 0; t < x.size(); ++t) EXPECT_NEAR(samples[t] * length, 16 * x[t], 8 * length) << t;
  }
}

TEST(SignalRfft, RowsAreTransformedOneByOne) {
  Random random(3);
  const auto x = noise(3 * 16, random);
  Running rows("signal_rfft", {{"fft_length", 16}}, {{DType::S16, {3, 16}}});
  Running row("signal_rfft", {{"fft_length", 16}}, {{DType::S16, {16}}});
  const auto all = values_of<std::int16_t>(rows.finish()(x)[0]);
  row.finish();
  for (std::ptrdiff_t r = 0; r < 3; ++r) {
    const auto one = values_of<std::int16_t>(
        row(std::vector<std::int16_t>(x.begin() + 16 * r, x.begin() + 16 * (r + 1)))[0]);
    EXPECT_TRUE(std::equal(one.begin(), one.end(), all.begin() + 18 * r));
  }
}

TEST(SignalFftAutoScale, UsesAllBitsAndTellsHowMany) {
  const auto scaled = [](const std::vector<std::int16_t>& x) {
    Running layer("signal_fft_auto_scale", {}, {{DType::S16, {static_cast<std::int32_t>(x.size())}}});
    const auto out = layer.finish()(x);
    return std::pair(values_of<std::int16_t>(out[0]), values_of<std::int32_t>(out[1])[0]);
  };
  using Pair = std::pair<std::vector<std::int16_t>, std::int32_t>;
  EXPECT_EQ(scaled({1, -1, 0}), (Pair{{16384, -16384, 0}, 14}));
  EXPECT_EQ(scaled({300, -511}), (Pair{{300 * 64, -511 * 64}, 6}));
  EXPECT_EQ(scaled({0, 0}), (Pair{{0, 0}, 0}));
  EXPECT_EQ(scaled({32767, 1}), (Pair{{32767, 1}, 0}));
  EXPECT_EQ(scaled({1, -32768}), (Pair{{1, -32768}, 0}));
  EXPECT_EQ(scaled({-32768, 1}),
            (Pair{{0, 16384}, 14}));  // as TFLM: the 1 replaces what has no size in 16 bits
}

// ---- window to filter bank

TEST(SignalWindow, MultipliesRoundsDownAndLimits) {
  Running layer("signal_window", {{"shift", 12}}, {{DType::S16, {2, 3}}});
  layer.constant<std::int16_t>(DType::S16, {4096, 2048, 8192}).finish();
  const auto y =
      values_of<std::int16_t>(layer(std::vector<std::int16_t>{100, -3, 20000, -32768, 7, -20000})[0]);
  EXPECT_EQ(y, (std::vector<std::int16_t>{100, -2, 32767, -32768, 3, -32768}));
}

TEST(SignalEnergy, IsZeroOutsideItsRange) {
  Running layer("signal_energy", {{"start_index", 1}, {"end_index", 3}}, {{DType::S16, {8}}});
  const auto y = values_of<std::uint32_t>(
      layer.finish()(std::vector<std::int16_t>{9, 9, 3, -4, -32768, -32768, 5, 5})[0]);
  EXPECT_EQ(y, (std::vector<std::uint32_t>{0, 25, 2147483648u, 0}));
}

TEST(SignalFilterBank, EachEnergyCountsInTwoChannels) {
  Running layer("signal_filter_bank", {{"num_channels", 2}}, {{DType::U32, {6}}});
  layer.constant<std::int16_t>(DType::S16, {1, 2, 3, 4, 5, 6})
      .constant<std::int16_t>(DType::S16, {10, 20, 30, 40, 50, 60})
      .constant<std::int16_t>(DType::S16, {0, 2, 5})
      .constant<std::int16_t>(DType::S16, {0, 2, 5})
      .constant<std::int16_t>(DType::S16, {2, 3, 1})
      .finish();
  const auto y = values_of<std::uint64_t>(layer(std::vector<std::uint32_t>{1, 1, 1, 1, 1, 4000000000u})[0]);
  EXPECT_EQ(y, (std::vector<std::uint64_t>{10 + 20 + 3 + 4 + 5, 30 + 40 + 50 + 6 * 4000000000ull}));
}

TEST(SignalFilterBankSquareRoot, IsTheNearestRoot) {
  Random random(4);
  std::vector<std::uint64_t> x = {0, 1, 2, 3, 4, 6, 7, 0xffffffffull, 0x100000000ull, ~0ull, 1ull << 63};
  while (x.size() < 200)
    x.push_back(static_cast<std::uint64_t>(random.between(0, INT64_MAX - 1)) >> random.between(0, 62));
  Running layer("signal_filter_bank_square_root", {},
                {{DType::U64, {static_cast<std::int32_t>(x.size())}}, {DType::S32, {}}});
  layer.finish();
  const auto y = values_of<std::uint32_t>(layer({bytes_of_values(x), bytes_of_values<std::int32_t>({0})})[0]);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const long double root = std::sqrt(static_cast<long double>(x[i]));
    const bool rounds_up_to_a_limit =
        x[i] == 0xffffffffull || x[i] == ~0ull;  // 16 or 32 bits: stays below it
    const double off = static_cast<double>(static_cast<long double>(y[i]) - root);
    EXPECT_NEAR(off, rounds_up_to_a_limit ? -1.0 : 0.0, 0.5 + 1e-9) << x[i];
  }
  const auto shifted =
      values_of<std::uint32_t>(layer({bytes_of_values(x), bytes_of_values<std::int32_t>({3})})[0]);
  for (std::size_t i = 0; i < x.size(); ++i) EXPECT_EQ(shifted[i], y[i] >> 3);
}

TEST(SignalSpectralSubtraction, FollowsTheNoiseFromCallToCall) {
  const Integers options = {{"alternate_one_minus_smoothing", 8192},
                            {"alternate_smoothing", 8192},
                            {"clamping", 0},
                            {"min_signal_remaining", 1638},
                            {"num_channels", 2},
                            {"one_minus_smoothing", 12288},
                            {"smoothing", 4096},
                            {"smoothing_bits", 10},
                            {"spectral_subtraction_bits", 14}};
  Running layer("signal_filter_bank_spectral_subtraction", options, {{DType::U32, {2}}});
  layer.finish();
  double even = 0, odd = 0;
  for (int i = 0; i < 20; ++i) {
    const auto out = layer(std::vector<std::uint32_t>{1000, 1000});
    even += 0.25 * (1000 - even), odd += 0.5 * (1000 - odd);
    const auto y = values_of<std::uint32_t>(out[0]), estimate = values_of<std::uint32_t>(out[1]);
    EXPECT_NEAR(estimate[0] / 1024.0, even, 0.1);
    EXPECT_NEAR(estimate[1] / 1024.0, odd, 0.1);
    EXPECT_NEAR(y[0], std::max(1000 - even, 99.97), 1.1);
    EXPECT_NEAR(y[1], std::max(1000 - odd, 99.97), 1.1);
  }
}

TEST(SignalPcan, ShrinksSmallSignalsAndAppliesTheGain) {
  std::vector<std::int16_t> gain(125, 0);
  gain[0] = 64, gain[1] = 128;  // of noise 0 and 1; parabolas without slope give 0 elsewhere
  Running layer("signal_pcan", {{"snr_shift", 6}}, {{DType::U32, {4}}, {DType::U32, {4}}});
  layer.constant(DType::S16, gain).finish();
  const auto y = values_of<std::uint32_t>(layer({bytes_of_values<std::uint32_t>({4096, 16384, 16384, 5}),
                                                 bytes_of_values<std::uint32_t>({0, 0, 1, 9})})[0]);
  // snr of 1, 4, 8, 0: x²/4 below 2, x − 1 above, with 6 fraction bits
  EXPECT_EQ(y, (std::vector<std::uint32_t>{16, 192, 448, 0}));
}

TEST(SignalFilterBankLog, IsTheNaturalLogarithm) {
  std::vector<std::uint32_t> x = {0, 1, 2, 3, 10, 1000, 65535, 65536, 123456789, 0xffffffffu};
  Running layer("signal_filter_bank_log", {{"input_correction_bits", 0}, {"output_scale", 1000}},
                {{DType::U32, {static_cast<std::int32_t>(x.size())}}});
  const auto y = values_of<std::int16_t>(layer.finish()(x)[0]);
  for (std::size_t i = 1; i < x.size(); ++i)
    EXPECT_NEAR(y[i], 1000 * std::log(static_cast<double>(x[i])), 3.0) << x[i];
  EXPECT_EQ(y[0], 0);
}

// ---- streams

TEST(SignalFramer, CutsTheSignalIntoOverlappingFramesInAnyPieces) {
  Random random(5);
  const auto signal = noise(240, random);
  for (const std::int64_t prefill : {0, 1}) {
    for (const std::int32_t size : {10, 7, 30}) {
      const std::int32_t step = size == 7 ? 10 : 6;
      if (prefill != 0 && step > size) continue;
      std::vector<std::int16_t> padded(prefill != 0 ? static_cast<std::size_t>(size - step) : 0, 0);
      padded.insert(padded.end(), signal.begin(), signal.end());
      for (const std::int32_t piece : {step, 2 * step, 4 * step}) {
        Running layer("signal_framer", {{"frame_size", size}, {"frame_step", step}, {"prefill", prefill}},
                      {{DType::S16, {1, piece}}});
        layer.finish();
        std::int32_t come = prefill != 0 ? size - step : 0;  // samples
        std::int32_t next = 0;                               // start of the next frame
        for (std::ptrdiff_t at = 0; at + piece <= 240; at += piece) {
          const auto out = layer(std::vector<std::int16_t>(signal.begin() + at, signal.begin() + at + piece));
          const auto frames = values_of<std::int16_t>(out[0]);
          bool whole = true;
          for (std::ptrdiff_t frame = 0; frame < piece / step; ++frame) {
            come += step;
            std::vector<std::int16_t> expected(static_cast<std::size_t>(size), 0);
            if (come - next >= size) {
              std::copy_n(padded.begin() + next, size, expected.begin());
              next += step;
            } else {
              whole = false;
            }
            EXPECT_TRUE(std::equal(expected.begin(), expected.end(), frames.begin() + frame * size));
          }
          EXPECT_EQ(out[1][0], whole ? 1 : 0);
        }
      }
    }
  }
}

TEST(SignalDelay, ShiftsEachRow) {
  Random random(6);
  for (const std::int32_t delay : {0, 1, 4, 5, 13}) {
    const auto a = noise(40, random), b = noise(40, random);
    Running layer("signal_delay", {{"delay_length", delay}}, {{DType::S16, {2, 5}}});
    layer.finish();
    for (std::ptrdiff_t at = 0; at < 40; at += 5) {
      std::vector<std::int16_t> piece(a.begin() + at, a.begin() + at + 5);
      piece.insert(piece.end(), b.begin() + at, b.begin() + at + 5);
      const auto y = values_of<std::int16_t>(layer(piece)[0]);
      for (std::ptrdiff_t i = 0; i < 5; ++i) {
        const std::ptrdiff_t from = at + i - delay;
        EXPECT_EQ(y[static_cast<std::size_t>(i)], from < 0 ? 0 : a[static_cast<std::size_t>(from)]);
        EXPECT_EQ(y[static_cast<std::size_t>(i + 5)], from < 0 ? 0 : b[static_cast<std::size_t>(from)]);
      }
    }
  }
}

TEST(SignalStacker, PutsFramesTogetherWithTheirNeighbours) {
  Running layer(
      "signal_stacker",
      {{"num_channels", 2}, {"stacker_left_context", 2}, {"stacker_right_context", 1}, {"stacker_step", 2}},
      {{DType::S16, {2}}});
  layer.finish();
  std::vector<std::int16_t> frames = {1, 1, 1};  // by number; the first stands for those before it
  for (std::int16_t i = 1; i <= 9; ++i) {
    const auto out = layer(std::vector<std::int16_t>{i, static_cast<std::int16_t>(-i)});
    if (i > 1) frames.push_back(i);
    std::vector<std::int16_t> expected(8, 0);
    const bool whole = frames.size() >= 4;
    if (whole) {
      for (std::size_t k = 0; k < 4; ++k)
        expected[2 * k] = frames[k], expected[2 * k + 1] = static_cast<std::int16_t>(-frames[k]);
      frames.erase(frames.begin(), frames.begin() + 2);
    }
    EXPECT_EQ(out[1][0], whole ? 1 : 0) << i;
    EXPECT_EQ(values_of<std::int16_t>(out[0]), expected) << i;
  }
}

TEST(SignalOverlapAdd, AddsWhatOverlapsAndLimitsSixteenBits) {
  Running fixed("signal_overlap_add", {{"frame_step", 2}}, {{DType::S16, {2, 3}}});
  fixed.finish();
  EXPECT_EQ(values_of<std::int16_t>(fixed(std::vector<std::int16_t>{1, 2, 30000, 30000, 5, 6})[0]),
            (std::vector<std::int16_t>{1, 2, 32767, 5}));
  EXPECT_EQ(values_of<std::int16_t>(fixed(std::vector<std::int16_t>{10, 20, 30, 40, 50, 60})[0]),
            (std::vector<std::int16_t>{16, 20, 70, 50}));
  Running real("signal_overlap_add", {{"frame_step", 2}}, {{DType::F32, {2, 3}}});
  EXPECT_EQ(values_of<float>(real.finish()(std::vector<float>{1, 2, 3, 4, 5, 6})[0]),
            (std::vector<float>{1, 2, 7, 5}));
}

// ---- files

TEST(Signal, WhatIsWrittenReadsBackTheSameWithoutItsMemory) {
  std::vector<Running> layers;
  layers.push_back(Running("signal_rfft", {{"fft_length", 8}}, {{DType::S32, {8}}}));
  layers.push_back(Running("signal_irfft", {{"fft_length", 8}}, {{DType::F32, {10}}}));
  layers.push_back(Running("signal_energy", {{"start_index", 1}, {"end_index", 2}}, {{DType::S16, {4}}}));
  layers.push_back(Running("signal_fft_auto_scale", {}, {{DType::S16, {4}}}));
  layers.push_back(Running("signal_delay", {{"delay_length", 3}}, {{DType::S16, {4}}}));
  layers.push_back(
      Running("signal_framer", {{"frame_size", 4}, {"frame_step", 2}, {"prefill", 1}}, {{DType::S16, {4}}}));
  layers.push_back(Running("signal_overlap_add", {{"frame_step", 2}}, {{DType::S16, {2, 3}}}));
  layers.push_back(Running("signal_filter_bank_log", {{"input_correction_bits", 3}, {"output_scale", 64}},
                           {{DType::U32, {4}}}));
  for (Running& layer : layers) {
    layer.finish();
    const FormatRule& rule = op_of(layer.node()).formats[0];
    Graph graph = layer.graph();
    const auto written = rule.write(layer.ref(), graph);
    ASSERT_TRUE(written) << written.error().message;
    EXPECT_EQ(written->inputs.size(), 1u);
    const auto read = rule.read(*written, graph);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(graph.nodes.back().attributes, layer.node().attributes);
    EXPECT_EQ(graph.nodes.back().outputs, layer.node().outputs);
    if (!written->attributes.empty()) {
      ForeignNode bare = *written;
      bare.attributes.clear();
      EXPECT_FALSE(rule.read(bare, graph)) << "an option is missing";
    }
  }
}

TEST(Signal, ANodeThatCannotBeHasNoMemory) {
  const Running number("signal_delay", {{"delay_length", 3}}, {{DType::S16, {}}});
  const Running empty("signal_overlap_add", {{"frame_step", 2}}, {{DType::S16, {0, -5}}});
  const Running huge(
      "signal_stacker",
      {{"num_channels", 65536}, {"stacker_left_context", 65536}, {"stacker_right_context", 65536}},
      {{DType::S16, {65536}}});
  for (const Running* layer : {&number, &empty, &huge})
    EXPECT_TRUE(op_of(layer->node()).own_state(layer->ref()).empty());
}

TEST(Signal, RefusalsNameWhatIsWrong) {
  const auto refused = [](const Running& layer, const char* word) {
    const auto types = layer.infer();
    ASSERT_FALSE(types);
    EXPECT_NE(types.error().message.find(word), std::string::npos) << types.error().message;
  };
  refused(Running("signal_rfft", {{"fft_length", 14}}, {{DType::S16, {8}}}), "14");  // a factor of 7
  refused(Running("signal_rfft", {{"fft_length", 9}}, {{DType::S16, {8}}}), "even");
  refused(Running("signal_rfft", {{"fft_length", 8}}, {{DType::S16, {9}}}), "longer");
  refused(Running("signal_rfft", {{"fft_length", 8}}, {{DType::S8, {8}}}), "'x'");
  refused(Running("signal_irfft", {{"fft_length", 8}}, {{DType::S16, {8}}}), "10");
  refused(Running("signal_energy", {{"start_index", 1}, {"end_index", 3}}, {{DType::S16, {4}}}), "end_index");
  refused(
      Running("signal_framer", {{"frame_size", 2}, {"frame_step", 3}, {"prefill", 1}}, {{DType::S16, {3}}}),
      "frame step");
  refused(
      Running("signal_framer", {{"frame_size", 4}, {"frame_step", 3}, {"prefill", 0}}, {{DType::S16, {4}}}),
      "multiple");
  refused(Running("signal_overlap_add", {{"frame_step", 4}}, {{DType::S16, {2, 3}}}), "frame step");
  refused(Running("signal_overlap_add", {{"frame_step", 1}}, {{DType::S16, {3}}}), "2 dimensions");
  Running window("signal_window", {{"shift", 12}}, {{DType::S16, {8}}});
  refused(window.constant<std::int16_t>(DType::S16, {1, 2, 3}), "'weights'");
  Running pcan("signal_pcan", {{"snr_shift", 6}}, {{DType::U32, {2}}, {DType::U32, {2}}});
  refused(pcan.constant<std::int16_t>(DType::S16, {1, 2, 3}), "gain_lut");
  Running bank("signal_filter_bank", {{"num_channels", 1}}, {{DType::U32, {4}}});
  for (const std::int16_t last : {1, 1, 3, 0, 2}) bank.constant<std::int16_t>(DType::S16, {0, last});
  refused(bank, "slope 1");
}

}  // namespace
}  // namespace mote::test
