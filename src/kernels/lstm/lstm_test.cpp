// lstm: against the formula in double; batches and time in either order; splitting a sequence anywhere changes nothing.
#include <gtest/gtest.h>

#include <cfloat>
#include <cmath>

#include "kernels/random_calls.h"
#include "mote/nn/lstm/lstm_f32.h"
#include "mote/nn/lstm/lstm_int.h"

namespace mote {
namespace {

using kernels::Random;
namespace calls = kernels::random_calls;

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

/// One layer in double; states and output in place.
struct Formula {
  int batches, steps, inputs, units;
  std::vector<double> weights_in, weights_hidden, bias, hidden, cell;

  std::vector<double> run(const std::vector<double>& x) {  // [batch, time, inputs] → [batch, time, units]
    std::vector<double> y;
    for (int n = 0; n < batches; ++n)
      for (int t = 0; t < steps; ++t) {
        std::vector<double> next;
        for (int u = 0; u < units; ++u) {
          double gate[4];
          for (int g = 0; g < 4; ++g) {
            const int row = g * units + u;
            gate[g] = bias[size(row)];
            for (int i = 0; i < inputs; ++i)
              gate[g] += x[size((n * steps + t) * inputs + i)] * weights_in[size(row * inputs + i)];
            for (int j = 0; j < units; ++j)
              gate[g] += hidden[size(n * units + j)] * weights_hidden[size(row * units + j)];
          }
          double& c = cell[size(n * units + u)];
          c = sigmoid(gate[1]) * c + sigmoid(gate[0]) * std::tanh(gate[2]);
          next.push_back(std::tanh(c) * sigmoid(gate[3]));
        }
        for (int u = 0; u < units; ++u) hidden[size(n * units + u)] = next[size(u)];
        y.insert(y.end(), next.begin(), next.end());
      }
    return y;
  }
  static std::size_t size(int i) { return static_cast<std::size_t>(i); }
};

std::vector<double> doubles(const std::vector<float>& values) { return {values.begin(), values.end()}; }

LstmF32Params batch_major(int batches, int steps, int inputs, int units) {
  return {batches, steps, inputs, units, steps * inputs, inputs, steps * units, units, FLT_MAX};
}

TEST(LstmF32, ComputesItsFormula) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Random random(seed);
    const int batches = random.between(1, 2), steps = random.between(1, 4), inputs = random.between(1, 5),
              units = random.between(1, 5);
    const auto w = calls::f32(random, 4 * units * inputs), h = calls::f32(random, 4 * units * units),
               b = calls::f32(random, 4 * units), x = calls::f32(random, batches * steps * inputs);
    std::vector<float> hidden(static_cast<std::size_t>(batches * units), 0.1f), cell(hidden.size(), -0.2f);
    Formula formula{batches,    steps,      inputs,          units,        doubles(w),
                    doubles(h), doubles(b), doubles(hidden), doubles(cell)};
    std::vector<float> y(static_cast<std::size_t>(batches * steps * units));
    lstm_f32(batch_major(batches, steps, inputs, units), x.data(), w.data(), h.data(), b.data(),
             hidden.data(), cell.data(), y.data());
    const auto wanted = formula.run(doubles(x));
    for (std::size_t i = 0; i < y.size(); ++i)
      EXPECT_NEAR(static_cast<double>(y[i]), wanted[i], 1e-5) << seed;
    for (std::size_t i = 0; i < cell.size(); ++i)
      EXPECT_NEAR(static_cast<double>(cell[i]), formula.cell[i], 1e-5) << seed;
  }
}

TEST(LstmF32, LimitsTheCell) {
  LstmF32Params p = batch_major(1, 8, 1, 1);
  p.cell_limit = 0.75f;
  const std::vector<float> w(4, 9.0f), h(4, 0.0f), b(4, 0.0f), x(8, 1.0f);
  float hidden = 0, cell = 0;
  std::vector<float> y(8);
  lstm_f32(p, x.data(), w.data(), h.data(), b.data(), &hidden, &cell, y.data());
  EXPECT_EQ(cell, 0.75f);
}

std::vector<std::int16_t> table() {
  std::vector<std::int16_t> values;
  for (int k = 0; k < 256; ++k)
    values.push_back(static_cast<std::int16_t>(std::lround(65535.0 / (1.0 + std::exp(-k / 24.0)))));
  return values;
}

/// A layer in s8 whose scales are powers of two: x and hidden 1/128, weights 1/64, cell 2^−11.
LstmIntParams int_params(int batches, int steps, int inputs, int units) {
  LstmIntParams p{};
  p.batches = batches, p.steps = steps, p.inputs = inputs, p.units = units;
  p.in_batch_step = steps * inputs, p.in_time_step = inputs, p.out_batch_step = steps * units,
  p.out_time_step = units;
  p.forget_multiplier = p.input_multiplier = p.output_multiplier = 1 << 30;
  p.forget_shift = -14, p.input_shift = -18, p.output_shift = -22;  // 2^−15, 2^−30+11, 2^−30+7
  p.cell_limit = 32768;
  p.tanh_multiplier = 3 << 1;
  return p;
}

struct Layer {
  std::vector<std::int8_t> w, h, shift = std::vector<std::int8_t>(8, 0);
  std::vector<std::int32_t> b, multiplier = std::vector<std::int32_t>(8, 1 << 30);  // 1/2: 2^−13 → 2^−12
  Layer(Random& random, int inputs, int units)
      : w(calls::s8(random, 4 * units * inputs)), h(calls::s8(random, 4 * units * units)) {
    for (int i = 0; i < 4 * units; ++i) b.push_back(random.between(-5000, 5000));
  }
};

TEST(LstmS8, IsItsFormulaToAFewSteps) {
  const auto sigmoid_values = table();
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Random random(seed);
    const int batches = random.between(1, 2), inputs = random.between(1, 6), units = random.between(1, 5),
              steps = 3;
    const Layer layer(random, inputs, units);
    const auto x = calls::s8(random, batches * steps * inputs);
    std::vector<std::int8_t> hidden(static_cast<std::size_t>(batches * units), 0);
    std::vector<std::int16_t> cell(hidden.size(), 0);
    const auto real = [](const auto& values, double scale) {
      std::vector<double> reals;
      for (const auto v : values) reals.push_back(v * scale);
      return reals;
    };
    Formula formula{batches,
                    steps,
                    inputs,
                    units,
                    real(layer.w, 1 / 64.0),
                    real(layer.h, 1 / 64.0),
                    real(layer.b, 1 / 8192.0),
                    real(hidden, 1),
                    real(cell, 1)};
    std::vector<std::int8_t> y(static_cast<std::size_t>(batches * steps * units));
    lstm_s8(int_params(batches, steps, inputs, units), x.data(), layer.w.data(), layer.h.data(),
            layer.b.data(), layer.multiplier.data(), layer.shift.data(), sigmoid_values.data(), hidden.data(),
            cell.data(), y.data());
    const auto wanted = formula.run(real(x, 1 / 128.0));
    for (std::size_t i = 0; i < y.size(); ++i) EXPECT_NEAR(y[i] / 128.0, wanted[i], 3 / 128.0) << seed;
  }
}

TEST(LstmS8, ASequenceSplitAnywhereGivesTheSame) {
  const auto sigmoid_values = table();
  Random random(3);
  const int inputs = 5, units = 4, steps = 6;
  const Layer layer(random, inputs, units);
  const auto x = calls::s8(random, steps * inputs);
  const auto run = [&](int first) {
    std::vector<std::int8_t> hidden(4, 0), y(24);
    std::vector<std::int16_t> cell(4, 0);
    int done = 0;
    for (const int part : {first, steps - first}) {
      lstm_s8(int_params(1, part, inputs, units), x.data() + done * inputs, layer.w.data(), layer.h.data(),
              layer.b.data(), layer.multiplier.data(), layer.shift.data(), sigmoid_values.data(),
              hidden.data(), cell.data(), y.data() + done * units);
      done += part;
    }
    return y;
  };
  for (int first = 1; first <= steps; ++first) EXPECT_EQ(run(first), run(0)) << first;
}

TEST(LstmS8, TimeOutsideGivesTheSameAsBatchesOutside) {
  const auto sigmoid_values = table();
  Random random(4);
  const int inputs = 3, units = 2, steps = 4, batches = 3;
  const Layer layer(random, inputs, units);
  const auto x = calls::s8(random, batches * steps * inputs);
  std::vector<std::int8_t> turned(x.size());
  for (int n = 0; n < batches; ++n)
    for (int t = 0; t < steps; ++t)
      for (int i = 0; i < inputs; ++i)
        turned[static_cast<std::size_t>((t * batches + n) * inputs + i)] =
            x[static_cast<std::size_t>((n * steps + t) * inputs + i)];
  const auto run = [&](const LstmIntParams& p, const std::vector<std::int8_t>& in) {
    std::vector<std::int8_t> hidden(6, 0), y(24);
    std::vector<std::int16_t> cell(6, 0);
    lstm_s8(p, in.data(), layer.w.data(), layer.h.data(), layer.b.data(), layer.multiplier.data(),
            layer.shift.data(), sigmoid_values.data(), hidden.data(), cell.data(), y.data());
    return y;
  };
  LstmIntParams p = int_params(batches, steps, inputs, units);
  const auto wanted = run(p, x);
  p.in_batch_step = inputs, p.in_time_step = batches * inputs, p.out_batch_step = units,
  p.out_time_step = batches * units;
  const auto got = run(p, turned);
  for (int n = 0; n < batches; ++n)
    for (int t = 0; t < steps; ++t)
      for (int u = 0; u < units; ++u)
        EXPECT_EQ(got[static_cast<std::size_t>((t * batches + n) * units + u)],
                  wanted[static_cast<std::size_t>((n * steps + t) * units + u)]);
}

TEST(LstmS16, AgreesWithS8WhereBothAreExact) {
  const auto sigmoid_values = table();
  Random random(6);
  const int inputs = 4, units = 3, steps = 2;
  const Layer layer(random, inputs, units);
  const auto x = calls::s8(random, steps * inputs);
  std::vector<std::int8_t> hidden8(3, 0), y8(6);
  std::vector<std::int16_t> cell8(3, 0), hidden16(3, 0), cell16(3, 0), y16(6), x16;
  for (const auto v : x) x16.push_back(static_cast<std::int16_t>(v * 256));  // of scale 2^−15
  std::vector<std::int64_t> bias16;
  for (const auto b : layer.b) bias16.push_back(std::int64_t{b} * 256);
  LstmIntParams p = int_params(1, steps, inputs, units);
  lstm_s8(p, x.data(), layer.w.data(), layer.h.data(), layer.b.data(), layer.multiplier.data(),
          layer.shift.data(), sigmoid_values.data(), hidden8.data(), cell8.data(), y8.data());
  p.output_shift += 8;
  const std::vector<std::int8_t> shift(8, -8);
  lstm_s16(p, x16.data(), layer.w.data(), layer.h.data(), bias16.data(), layer.multiplier.data(),
           shift.data(), sigmoid_values.data(), hidden16.data(), cell16.data(), y16.data());
  for (std::size_t i = 0; i < y8.size(); ++i) EXPECT_NEAR(y16[i] / 256.0, y8[i], 3.0) << i;
}

}  // namespace
}  // namespace mote
