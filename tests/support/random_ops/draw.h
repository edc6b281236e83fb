// Draws small modules from a seed, one layer after the other: what the makers of each family of ops (elementwise.h, moves.h,
// …) draw with.  Shapes are of a few hundred elements, many extents are 1; scales are mostly realistic, some extreme; zero
// points often lie at the ends of their range.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "graph/op.h"
#include "math/random.h"

namespace mote::testing {

/// Integers that a graph input may have, both ends included.
struct InputRange {
  std::int64_t low = 0, high = 0;
};

class Draw {
 public:
  /// `chain`: layers may read what earlier layers have made.
  Draw(std::uint64_t seed, DType dtype, bool chain) : random_(seed), dtype_(dtype), chain_(chain) {
    module_.graphs.push_back(Graph{"main", {}, {}, {}, {}});
  }

  // ---- numbers

  std::int32_t between(std::int32_t low, std::int32_t high) {
    return low +
           static_cast<std::int32_t>(random_.below(static_cast<std::uint64_t>(std::int64_t{high} - low + 1)));
  }
  bool chance(double probability) { return random_.uniform() < probability; }
  double uniform(double low, double high) { return random_.uniform(low, high); }
  std::uint64_t bits() { return random_.bits(); }
  template <class T>
  T pick(const std::vector<T>& from) {
    return from[random_.below(from.size())];
  }
  std::int64_t flag() { return between(0, 1); }
  std::string word(const std::vector<std::string>& from) { return pick(from); }
  /// A factor around 1, from 2^−octaves to 2^octaves.
  double about_one(int octaves) { return std::ldexp(uniform(1, 2), between(-octaves, octaves - 1)); }

  // ---- shapes

  /// 1 … 9, small ones more often.
  std::int32_t extent() { return chance(0.25) ? 1 : between(1, chance(0.7) ? 5 : 9); }
  Shape shape(int least_rank, int most_rank, std::int64_t most_elements = 600) {
    Shape drawn(static_cast<std::size_t>(between(least_rank, most_rank)));
    for (std::int32_t& e : drawn) e = extent();
    while (count_of(drawn) > most_elements) {
      for (std::int32_t& e : drawn) e = std::max(1, e / 2);
    }
    return drawn;
  }
  /// [batch, height, width, channels], the batch mostly 1.
  Shape image(int least_side = 1) {
    return {chance(0.8) ? 1 : between(2, 3), between(least_side, 9), between(least_side, 9), between(1, 6)};
  }
  /// A shape that broadcasts to `whole`.
  Shape part_of(const Shape& whole) {
    if (chance(0.4)) return whole;
    Shape part(
        whole.begin() + (chance(0.5) || whole.empty() ? 0 : between(0, static_cast<int>(whole.size()))),
        whole.end());
    for (std::int32_t& e : part) {
      if (chance(0.4)) e = 1;
    }
    return part;
  }

  // ---- quantization

  DType dtype() const { return dtype_; }
  void use(DType dtype) { dtype_ = dtype; }  ///< of the layers from here on
  bool is_float() const { return dtype_ == DType::F32; }
  bool is_quantized() const { return quantized(dtype_); }
  static bool quantized(DType dtype) {
    return dtype == DType::S8 || dtype == DType::S16 || dtype == DType::U8;
  }
  /// Steps from the middle to the end.
  static double steps(DType dtype) { return dtype == DType::S16 ? 32768 : 128; }

  std::int32_t zero_point(DType dtype) {
    if (dtype == DType::S16 || !quantized(dtype)) return 0;
    const std::int32_t least = dtype == DType::U8 ? 0 : -128;
    return pick<std::int32_t>(
        {least, least + 255, 0, between(least, least + 255), between(least, least + 255)});
  }
  /// For reals of about −`reach` … `reach`; none for types without scales.
  Quant quant(DType dtype, double reach) {
    if (!quantized(dtype)) return {};
    return {{static_cast<float>(reach * about_one(1) / steps(dtype))}, {zero_point(dtype)}, 0};
  }
  /// Realistic, or now and then very small or large.
  Quant quant(DType dtype) {
    if (chance(0.05)) return quant(dtype, std::ldexp(uniform(1, 2), chance(0.5) ? -12 : 9));
    return quant(dtype, std::ldexp(uniform(1, 2), between(-2, 3)));
  }
  Quant quant() { return quant(dtype_); }
  Quant quant_of(TensorId id) const { return tensor(id).quant; }
  /// The largest size of a tensor's reals.
  double reach_of(TensorId id) const {
    const Quant q = quant_of(id);
    return q ? static_cast<double>(q.scale[0]) * steps(tensor(id).type.dtype) : 4.0;
  }

  // ---- tensors

  Module& module() { return module_; }
  Graph& graph() { return module_.main(); }
  const Tensor& tensor(TensorId id) const { return module_.main().tensor(id); }
  Shape shape_of(TensorId id) const { return tensor(id).type.shape; }
  const std::vector<std::optional<InputRange>>& input_ranges() const { return ranges_; }

  TensorId input(DType dtype, Shape shape, Quant quant, std::optional<InputRange> range = {}) {
    Tensor made;
    made.name = text::cat("x", graph().inputs.size());
    made.type = {dtype, std::move(shape)};
    made.quant = std::move(quant);
    const TensorId id = graph().add(std::move(made));
    GraphInput in;
    in.tensor = id;
    graph().inputs.push_back(in);
    ranges_.push_back(range);
    return id;
  }
  /// A new input, or in a chain a tensor that is there, of this graph's element type.
  TensorId operand(int least_rank, int most_rank) { return operand(dtype_, least_rank, most_rank); }
  TensorId operand(DType dtype, int least_rank, int most_rank) {
    const TensorId there = existing([&](const Tensor& t) {
      const int rank = static_cast<int>(t.type.shape.size());
      return t.type.dtype == dtype && rank >= least_rank && rank <= most_rank;
    });
    return there != kNoTensor ? there : input(dtype, shape(least_rank, most_rank), quant(dtype));
  }
  /// The same of a given shape.
  TensorId operand(const Shape& shape) { return operand(shape, quant()); }
  TensorId operand(const Shape& shape, const Quant& quant) {
    const TensorId there =
        existing([&](const Tensor& t) { return t.type.dtype == dtype_ && t.type.shape == shape; });
    return there != kNoTensor ? there : input(dtype_, shape, quant);
  }
  /// An image whose sides are at least `side`.
  TensorId image_operand(int side = 1) {
    const TensorId there = existing([&](const Tensor& t) {
      return t.type.dtype == dtype_ && t.type.shape.size() == 4 && t.type.shape[1] >= side &&
             t.type.shape[2] >= side;
    });
    return there != kNoTensor ? there : input(dtype_, image(side), quant());
  }

  /// Random elements: any value of an integer type, reals of size 2 at most.
  TensorId constant(DType dtype, Shape shape, Quant quant) {
    const TensorType type{dtype, std::move(shape)};
    return constant(type, std::move(quant), random_bytes(type, {}, 2));
  }
  TensorId constant(const TensorType& type, Quant quant, Bytes bytes) {
    Tensor made;
    made.name = text::cat("c", graph().tensors.size());
    made.type = type;
    made.quant = std::move(quant);
    made.constant = std::make_shared<const Bytes>(std::move(bytes));
    return graph().add(std::move(made));
  }
  template <class T>
  TensorId values(DType dtype, Shape shape, const std::vector<T>& list) {
    return constant({dtype, std::move(shape)}, {}, *to_constant(list));
  }
  /// Computed or, with that probability, constant.
  TensorId maybe_constant(const Shape& shape, const Quant& quant, double probability) {
    return chance(probability) ? constant(dtype_, shape, quant) : operand(shape, quant);
  }
  TensorId state(DType dtype, Shape shape, Quant quant) {
    Tensor made;
    made.name = text::cat("s", module_.states.size());
    made.type = {dtype, std::move(shape)};
    made.quant = std::move(quant);
    made.state = static_cast<StateId>(module_.states.size());
    StateVar variable;
    variable.id = made.state;
    variable.name = made.name;
    variable.type = made.type;
    const std::int32_t zero = made.quant ? made.quant.zero_point[0] : 0;
    for (std::int64_t i = 0; i < made.type.count(); ++i) append(variable.init, zero, bytes_of(dtype));
    module_.states.push_back(std::move(variable));
    return graph().add(std::move(made));
  }

  /// Elements of a type: integers in `range` if given, reals of about that reach.
  Bytes random_bytes(const TensorType& type, const std::optional<InputRange>& range, double reach) {
    Bytes bytes;
    for (std::int64_t i = 0; i < type.count(); ++i) {
      if (type.dtype == DType::F32) {
        const float value = chance(0.05) ? static_cast<float>(between(-2, 2))
                                         : static_cast<float>(random_.uniform(-reach, reach));
        std::uint32_t pattern;
        std::memcpy(&pattern, &value, sizeof pattern);
        append(bytes, pattern, sizeof pattern);
      } else if (range) {
        append(bytes,
               range->low + static_cast<std::int64_t>(
                                random_.below(static_cast<std::uint64_t>(range->high - range->low + 1))),
               bytes_of(type.dtype));
      } else if (type.dtype == DType::Bool) {
        bytes.push_back(static_cast<std::uint8_t>(flag()));
      } else {
        append(bytes, static_cast<std::int64_t>(random_.bits()), bytes_of(type.dtype));
      }
    }
    return bytes;
  }
  static void append(Bytes& bytes, std::int64_t value, std::size_t count) {
    for (std::size_t b = 0; b < count; ++b)
      bytes.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> (8 * b)));
  }

  // ---- layers

  /// Quantized outputs get `out`; they may be read by later layers.  kNoTensor when mote refuses it: see `refusal`.
  TensorId layer(const std::string& op, std::vector<TensorId> inputs, Attributes attributes = {},
                 Quant out = {}) {
    Node node;
    node.op = op;
    node.name = text::cat(op, graph().nodes.size());
    node.inputs = std::move(inputs);
    node.attributes = std::move(attributes);
    const auto made = append_node(graph(), std::move(node));
    if (!made) {
      refusal_ = made.error().message;
      return kNoTensor;
    }
    for (const TensorId id : graph().nodes.back().outputs) {
      Tensor& t = graph().tensor(id);
      if (quantized(t.type.dtype)) t.quant = out;
    }
    return *made;
  }
  const std::string& refusal() const { return refusal_; }

  /// What no layer reads, and some of what layers read, become the outputs.
  void finish() {
    std::set<TensorId> read;
    for (const Node& node : graph().nodes) read.insert(node.inputs.begin(), node.inputs.end());
    for (const Node& node : graph().nodes) {
      for (const TensorId id : node.outputs) {
        if (read.count(id) == 0 || chance(0.3)) graph().outputs.push_back(id);
      }
    }
  }

 private:
  template <class Fits>
  TensorId existing(const Fits& fits) {
    if (!chain_ || chance(0.15)) return kNoTensor;
    std::vector<TensorId> made;
    for (const Node& node : graph().nodes) {
      for (const TensorId id : node.outputs) {
        if (fits(graph().tensor(id))) made.push_back(id);
      }
    }
    return made.empty() ? kNoTensor : pick(made);
  }

  Module module_;
  Random random_;
  DType dtype_;
  bool chain_;
  std::vector<std::optional<InputRange>> ranges_;  ///< of each graph input
  std::string refusal_;
};

/// How ops of one name are drawn, and in which element types of x.
struct RandomOp {
  std::string op;
  std::vector<DType> types;
  void (*make)(Draw&, const std::string& op);
};

}  // namespace mote::testing
