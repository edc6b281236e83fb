// Small models with loops, branches and memory, each a way in which flattening or planning of control flow could go wrong.
// Their one input is x f32[1,8]; their outputs are f32.
#pragma once

#include "support/network.h"

namespace mote::testing {

class ControlBuilder {
 public:
  using Ids = std::vector<TensorId>;

  ControlBuilder() { graph("main"); }

  /// A new graph, to which what follows belongs.
  GraphId graph(const std::string& name) {
    module_.graphs.push_back(Graph{name, {}, {}, {}, {}});
    current_ = module_.graphs.size() - 1;
    return static_cast<GraphId>(current_);
  }
  void go_on_with(GraphId graph) { current_ = static_cast<std::size_t>(graph); }
  Graph& here() { return module_.graphs[current_]; }

  TensorId input(const std::string& name, Shape shape, DType dtype = DType::F32) {
    const TensorId id = here().add(made(name, std::move(shape), dtype));
    here().inputs.push_back({id, 0, ""});
    return id;
  }
  TensorId constant(const std::string& name, Shape shape, const std::vector<float>& values) {
    Tensor tensor = made(name, std::move(shape), DType::F32);
    tensor.constant = to_constant(values);
    return here().add(std::move(tensor));
  }
  TensorId flag(bool value) {
    Tensor tensor = made("flag", {1}, DType::Bool);
    tensor.constant = std::make_shared<const Bytes>(1, value ? 1 : 0);
    return here().add(std::move(tensor));
  }
  StateId state(const std::string& name, Shape shape, const std::vector<float>& values) {
    const auto id = static_cast<StateId>(module_.states.size());
    module_.states.push_back({id, name, {DType::F32, std::move(shape)}, *to_constant(values)});
    return id;
  }
  /// The state as a tensor of this graph.
  TensorId variable(StateId id) {
    const StateVar& state = module_.states[static_cast<std::size_t>(id)];
    Tensor tensor = made(state.name, state.type.shape, state.type.dtype);
    tensor.state = id;
    return here().add(std::move(tensor));
  }

  TensorId layer(const std::string& op, const Ids& inputs, Attributes attributes = {}) {
    const auto out =
        append_node(here(), {op, text::cat(op, "_", counter_++), std::move(attributes), inputs, {}, {}});
    EXPECT_TRUE(out) << op << ": " << (out ? "" : out.error().message);
    return out ? *out : kNoTensor;
  }
  TensorId reshape(TensorId x, const std::vector<std::int64_t>& shape) {
    return layer("reshape", {x}, {{"shape", shape}});
  }
  /// Element `i` of a list [1,8], as [1].
  TensorId element(TensorId x, std::int64_t i) {
    const std::vector<std::int64_t> begin = {0, i}, size = {1, 1}, step = {1, 1};
    return reshape(layer("strided_slice", {x}, {{"begin", begin}, {"size", size}, {"stride", step}}), {1});
  }
  /// "if": inputs are condition, x…; "while": x….  Outputs have the types of `like`.
  Ids control(const std::string& op, const Ids& inputs, const std::vector<GraphId>& bodies, const Ids& like) {
    Node node{op, text::cat(op, "_", counter_++), {}, inputs, {}, bodies};
    for (const TensorId id : like)
      node.outputs.push_back(
          here().add(made(node.name + "_out", here().tensor(id).type.shape, here().tensor(id).type.dtype)));
    here().nodes.push_back(node);
    return node.outputs;
  }
  void finish(Ids outputs) { here().outputs = std::move(outputs); }

  /// A condition i < n over values of these shapes, of which the first is i and the second n.
  GraphId less_than(const std::vector<Shape>& shapes) {
    const std::size_t before = current_;
    const GraphId made_graph = graph("less_than");
    Ids in;
    for (const Shape& shape : shapes) in.push_back(input("v", shape));
    finish({layer("less", {in[0], in[1]})});
    current_ = before;
    return made_graph;
  }

  Module module() const { return module_; }

 private:
  static Tensor made(const std::string& name, Shape shape, DType dtype) {
    Tensor tensor;
    tensor.name = name;
    tensor.type = {dtype, std::move(shape)};
    return tensor;
  }
  Module module_;
  std::size_t current_ = 0;
  int counter_ = 0;
};

struct ControlNetwork {
  std::string name;
  Module module;
};

namespace control {
using Ids = ControlBuilder::Ids;

/// i = 0; while (i < 3·x[0]) { v = v + x; ++i }: no pass where x[0] is negative.
inline Module counting() {
  ControlBuilder b;
  const TensorId x = b.input("x", {1, 8});
  const TensorId n = b.layer("mul", {b.element(x, 0), b.constant("three", {1}, {3})});
  const TensorId zero = b.constant("zero", {1}, {0});
  const GraphId condition = b.less_than({{1}, {1}, {1, 8}, {1, 8}});
  const GraphId body = b.graph("body");
  const TensorId i = b.input("i", {1}), limit = b.input("n", {1}), v = b.input("v", {1, 8}),
                 add = b.input("add", {1, 8});
  b.finish({b.layer("add", {i, b.constant("one", {1}, {1})}), limit, b.layer("add", {v, add}), add});
  b.go_on_with(0);
  const Ids out = b.control("while", {zero, n, x, x}, {condition, body}, {zero, n, x, x});
  b.finish({out[0], out[2], x});
  return b.module();
}

/// (a, b) → (b, a) as often as x[0] says; with `views` each is handed on under the other's shape.
inline Module swapping(bool views) {
  ControlBuilder b;
  const TensorId x = b.input("x", {1, 8});
  const TensorId n = b.layer("mul", {b.element(x, 0), b.constant("four", {1}, {4})});
  const TensorId zero = b.constant("zero", {1}, {0});
  const Shape second = views ? Shape{8, 1} : Shape{1, 8};
  const TensorId tall = views ? b.reshape(b.layer("neg", {x}), {8, 1}) : b.layer("neg", {x});
  const GraphId condition = b.less_than({{1}, {1}, {1, 8}, second});
  const GraphId body = b.graph("body");
  const TensorId i = b.input("i", {1}), limit = b.input("n", {1}), u = b.input("u", {1, 8}),
                 v = b.input("v", second);
  const TensorId next = b.layer("add", {i, b.constant("one", {1}, {1})});
  if (views)
    b.finish({next, limit, b.reshape(v, {1, 8}), b.reshape(b.reshape(u, {2, 4}), {8, 1})});
  else
    b.finish({next, limit, v, u});
  b.go_on_with(0);
  const Ids out = b.control("while", {zero, n, x, tall}, {condition, body}, {zero, n, x, tall});
  b.finish({out[2], out[3]});
  return b.module();
}

/// if (x[0] < x[1]) { while … } else { hand on, the other way round }.
inline Module loop_in_branch() {
  ControlBuilder b;
  const TensorId x = b.input("x", {1, 8});
  const TensorId c = b.layer("less", {b.element(x, 0), b.element(x, 1)});
  const TensorId y = b.layer("abs", {x});
  const GraphId condition = b.less_than({{1}, {1}, {1, 8}});
  const GraphId body = b.graph("body");
  {
    const TensorId i = b.input("i", {1}), limit = b.input("n", {1}), v = b.input("v", {1, 8});
    b.finish({b.layer("add", {i, b.constant("one", {1}, {1})}), limit,
              b.layer("mul", {v, b.constant("half", {1}, {0.5f})})});
  }
  const GraphId then = b.graph("then");
  {
    const TensorId u = b.input("u", {1, 8}), v = b.input("v", {1, 8});
    const TensorId n = b.layer("abs", {b.element(u, 2)});
    const TensorId zero = b.constant("zero", {1}, {-2});
    const Ids out = b.control("while", {zero, n, v}, {condition, body}, {zero, n, v});
    b.finish({b.layer("add", {out[2], u}), out[2]});
  }
  const GraphId otherwise = b.graph("otherwise");
  {
    const TensorId u = b.input("u", {1, 8}), v = b.input("v", {1, 8});
    b.finish({v, u});
  }
  b.go_on_with(0);
  const Ids out = b.control("if", {c, x, y}, {then, otherwise}, {x, y});
  b.finish({b.layer("sub", {out[0], y}), out[1]});
  return b.module();
}

/// Outer loop over inner loop: both count from 0 to what x says.
inline Module loop_in_loop() {
  ControlBuilder b;
  const TensorId x = b.input("x", {1, 8});
  const TensorId zero = b.constant("zero", {1}, {-1});
  const GraphId condition = b.less_than({{1}, {1}, {1, 8}});
  const GraphId inner_condition = b.less_than({{1}, {1}, {1, 8}});
  const GraphId inner = b.graph("inner");
  {
    const TensorId i = b.input("i", {1}), limit = b.input("n", {1}), v = b.input("v", {1, 8});
    b.finish({b.layer("add", {i, b.constant("one", {1}, {1})}), limit,
              b.layer("add", {v, b.constant("quarter", {1}, {0.25f})})});
  }
  const GraphId outer = b.graph("outer");
  {
    const TensorId i = b.input("i", {1}), limit = b.input("n", {1}), v = b.input("v", {1, 8});
    const TensorId before = b.layer("mul", {v, b.constant("less", {1}, {0.75f})});
    const TensorId inner_limit = b.element(before, 3);
    const TensorId start = b.constant("start", {1}, {0});
    const Ids out =
        b.control("while", {start, inner_limit, v}, {inner_condition, inner}, {start, inner_limit, v});
    b.finish({b.layer("add", {i, b.constant("one", {1}, {1})}), limit, b.layer("sub", {out[2], before})});
  }
  b.go_on_with(0);
  const TensorId n = b.element(x, 1);
  const Ids out = b.control("while", {zero, n, x}, {condition, outer}, {zero, n, x});
  b.finish({out[2], out[0]});
  return b.module();
}

/// A loop whose last call computes what nobody wants from a value that the next pass needs, and so does its condition: sum = 0;
/// while (sum < 5) { sum = sum + 1 + x[0]² }.
inline Module idle_calls() {
  ControlBuilder b;
  const StateId sum = b.state("sum", {1}, {0});
  const TensorId x = b.input("x", {1, 8});
  const TensorId w = b.layer("neg", {b.layer("square", {b.element(x, 0)})});
  b.layer("assign_variable", {b.variable(sum), b.constant("zero", {1}, {0})});
  const GraphId condition = b.graph("condition");
  {
    b.input("w", {1});
    const TensorId now = b.layer("read_variable", {b.variable(sum)});
    const TensorId go = b.layer("less", {now, b.constant("five", {1}, {5})});
    b.layer("logical_not", {go});
    b.finish({go});
  }
  const GraphId body = b.graph("body");
  {
    const TensorId v = b.input("w", {1}), variable = b.variable(sum);
    const TensorId more = b.layer("sub", {b.constant("one", {1}, {1}), v});
    b.layer("assign_variable", {variable, b.layer("add", {b.layer("read_variable", {variable}), more})});
    b.layer("relu", {v});
    b.finish({v});
  }
  b.go_on_with(0);
  b.control("while", {w}, {condition, body}, {w});
  b.finish({b.layer("read_variable", {b.variable(sum)})});
  return b.module();
}

/// A sum and a count that are kept between inferences, changed in every pass and only in one branch.
inline Module memory_in_bodies() {
  ControlBuilder b;
  const StateId sum = b.state("sum", {1, 8}, {1, 2, 3, 4, 5, 6, 7, 8}), count = b.state("count", {1}, {0});
  const TensorId x = b.input("x", {1, 8});
  const TensorId n = b.layer("mul", {b.element(x, 0), b.constant("two", {1}, {2})});
  const TensorId zero = b.constant("zero", {1}, {0});
  const GraphId condition = b.less_than({{1}, {1}, {1, 8}});
  const GraphId body = b.graph("body");
  {
    const TensorId i = b.input("i", {1}), limit = b.input("n", {1}), v = b.input("v", {1, 8});
    const TensorId variable = b.variable(sum);
    const TensorId now = b.layer("add", {b.layer("read_variable", {variable}), v});
    b.layer("assign_variable", {variable, now});
    b.finish({b.layer("add", {i, b.constant("one", {1}, {1})}), limit, v});
  }
  const GraphId then = b.graph("then"), otherwise = b.graph("otherwise");
  b.go_on_with(then);
  {
    const TensorId v = b.input("v", {1, 8});
    const TensorId variable = b.variable(count);
    b.layer("assign_variable",
            {variable, b.layer("add", {b.layer("read_variable", {variable}), b.constant("one", {1}, {1})})});
    b.finish({b.layer("neg", {v})});
  }
  b.go_on_with(otherwise);
  {
    const TensorId v = b.input("v", {1, 8});
    b.finish({v});
  }
  b.go_on_with(0);
  const Ids out = b.control("while", {zero, n, x}, {condition, body}, {zero, n, x});
  const TensorId c = b.layer("less", {b.element(x, 1), b.element(x, 2)});
  const Ids chosen = b.control("if", {c, out[2]}, {then, otherwise}, {x});
  b.finish({b.layer("read_variable", {b.variable(sum)}), b.layer("read_variable", {b.variable(count)}),
            chosen[0]});
  return b.module();
}

/// Large tensors from before a loop that are needed behind it, and large ones within: whoever shares memory must see both.
inline Module long_lives() {
  ControlBuilder b;
  const TensorId x = b.input("x", {1, 8});
  const std::vector<std::int64_t> many = {40, 1};
  const TensorId large = b.layer("tile", {b.reshape(x, {1, 8})}, {{"multiples", many}});
  const TensorId early = b.layer("neg", {large}), n = b.layer("abs", {b.element(x, 0)});
  const TensorId zero = b.constant("zero", {1}, {-1});
  const GraphId condition = b.less_than({{1}, {1}, {40, 8}});
  const GraphId body = b.graph("body");
  {
    const TensorId i = b.input("i", {1}), limit = b.input("n", {1}), v = b.input("v", {40, 8});
    const TensorId s = b.layer("abs", {v});
    const TensorId t = b.layer("add", {s, b.layer("neg", {b.layer("square", {v})})});
    b.finish({b.layer("add", {i, b.constant("one", {1}, {0.5f})}), limit,
              b.layer("mul", {t, b.constant("c", {1}, {0.5f})})});
  }
  b.go_on_with(0);
  const Ids out = b.control("while", {zero, n, large}, {condition, body}, {zero, n, large});
  const TensorId last = b.layer("sub", {b.layer("add", {out[2], early}), large});
  const std::vector<std::int64_t> begin = {39, 0}, size = {1, 8}, step = {1, 1};
  b.finish({b.layer("strided_slice", {last}, {{"begin", begin}, {"size", size}, {"stride", step}}), out[0]});
  return b.module();
}

/// Conditions that are known, and values that are constants on both sides of a body.
inline Module known_conditions() {
  ControlBuilder b;
  const TensorId x = b.input("x", {1, 8});
  const GraphId then = b.graph("then"), otherwise = b.graph("otherwise"), never = b.graph("never");
  b.go_on_with(then);
  {
    const TensorId v = b.input("v", {1, 8}), w = b.input("w", {8});
    b.finish({b.layer("add", {v, b.reshape(w, {1, 8})}), b.constant("c", {1}, {42})});
  }
  b.go_on_with(otherwise);
  {
    const TensorId v = b.input("v", {1, 8});
    b.input("w", {8});
    b.finish({b.layer("neg", {v}), b.constant("c", {1}, {-1})});
  }
  b.go_on_with(never);
  b.input("v", {1, 8});
  b.finish({b.flag(false)});
  const GraphId body = b.graph("body");
  {
    const TensorId v = b.input("v", {1, 8});
    b.finish({b.layer("neg", {v})});
  }
  b.go_on_with(0);
  const TensorId w = b.constant("w", {8}, {1, 2, 3, 4, 5, 6, 7, 8}), one = b.constant("one", {1}, {1});
  const Ids known = b.control("if", {b.flag(true), x, w}, {then, otherwise}, {x, one});
  const Ids other = b.control("if", {b.flag(false), known[0], w}, {then, otherwise}, {x, one});
  const TensorId c = b.layer("less", {b.element(x, 0), b.element(x, 1)});
  const Ids open = b.control("if", {c, other[0], w}, {then, otherwise}, {x, one});
  const Ids loop = b.control("while", {open[0]}, {never, body}, {x});
  b.finish({known[0], other[0], other[1], loop[0], open[1]});
  return b.module();
}
}  // namespace control

inline std::vector<ControlNetwork> control_networks() {
  std::vector<ControlNetwork> all;
  all.push_back({"counting", control::counting()});
  all.push_back({"swapping", control::swapping(false)});
  all.push_back({"swapping_views", control::swapping(true)});
  all.push_back({"loop_in_branch", control::loop_in_branch()});
  all.push_back({"loop_in_loop", control::loop_in_loop()});
  all.push_back({"idle_calls", control::idle_calls()});
  all.push_back({"memory_in_bodies", control::memory_in_bodies()});
  all.push_back({"long_lives", control::long_lives()});
  all.push_back({"known_conditions", control::known_conditions()});
  return all;
}

}  // namespace mote::testing
