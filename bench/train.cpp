// train --network NAME --batch N --threads N [--width W] [--set avx512|avx2|base]: training steps a second of a
// network with random weights on random samples: forward, loss, backward, a step of SGD with momentum.
// Measures once for each line on standard input, for as many seconds as it says, and answers in JSON; so that
// bench/train.py can let it take turns with others.
// train --picture FILE draws what bench/train.py found: lines "panel|x axis|series|x|y" on standard input.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <iostream>

#include "base/system.h"
#include "graph/op.h"
#include "math/nn.h"
#include "math/random.h"
#include "report/svg.h"
#include "train/network.h"

namespace {
using namespace mote;

/// Appends layers to a graph; each reads the last one.
class Builder {
 public:
  explicit Builder(Shape input) {
    module_.graphs.emplace_back();
    last_ = graph().add(Tensor{"x", {DType::F32, std::move(input)}, {}, Storage::Dense, nullptr, false, -1});
    graph().inputs.push_back({last_, 0, ""});
  }
  Graph& graph() { return module_.main(); }
  TensorId last() const { return last_; }
  std::int32_t channels() { return graph().tensor(last_).type.shape.back(); }
  Builder& from(TensorId tensor) {
    last_ = tensor;
    return *this;
  }
  Builder& conv(std::int32_t out, std::int32_t h, std::int32_t w, std::int64_t stride) {
    return layer("conv2d", strided(stride), {weights({out, h, w, channels()}, h * w * channels())});
  }
  Builder& depthwise() { return layer("depthwise_conv2d", strided(1), {weights({1, 3, 3, channels()}, 9)}); }
  Builder& norm() {
    const Shape c = {channels()};
    return layer("batch_norm", {},
                 {constant(c, 1, true), constant(c, 0, true), constant(c, 0, false), constant(c, 1, false)});
  }
  Builder& relu() { return layer("relu"); }
  Builder& add(TensorId other) { return layer("add", {}, {other}); }
  Builder& block(std::int32_t out, std::int64_t stride) {
    const TensorId in = last_;
    TensorId shortcut = in;
    if (stride != 1) shortcut = conv(out, 1, 1, stride).last();
    return from(in).conv(out, 3, 3, stride).norm().relu().conv(out, 3, 3, 1).norm().add(shortcut).relu();
  }
  Module classifier(std::int32_t classes) {
    const Shape shape = graph().tensor(last_).type.shape;
    layer("average_pool2d", {{"kernel", std::vector<std::int64_t>{shape[1], shape[2]}},
                             {"stride", std::vector<std::int64_t>{1, 1}}});
    const std::int32_t in = channels();
    layer("fully_connected", {}, {weights({classes, in}, in), constant({classes}, 0, true)}).layer("softmax");
    graph().outputs = {last_};
    return module_;
  }

 private:
  static Attributes strided(std::int64_t stride) {
    return {{"stride", std::vector<std::int64_t>{stride, stride}}, {"padding", std::string("same")}};
  }
  Builder& layer(const std::string& op, Attributes attributes = {}, std::vector<TensorId> more = {}) {
    std::vector<TensorId> inputs = {last_};
    inputs.insert(inputs.end(), more.begin(), more.end());
    last_ =
        append_node(
            graph(),
            Node{op, text::cat(op, graph().nodes.size()), std::move(attributes), std::move(inputs), {}, {}})
            .value();
    return *this;
  }
  TensorId add_constant(const Shape& shape, const std::vector<float>& values, bool trainable) {
    Tensor tensor{"w", {DType::F32, shape}, {}, Storage::Dense, nullptr, trainable, -1};
    tensor.constant = to_constant(values);
    return graph().add(std::move(tensor));
  }
  TensorId constant(const Shape& shape, float value, bool trainable) {
    return add_constant(shape, std::vector<float>(static_cast<std::size_t>(count_of(shape)), value),
                        trainable);
  }
  TensorId weights(const Shape& shape, std::int32_t fan_in) {
    std::vector<float> values(static_cast<std::size_t>(count_of(shape)));
    for (float& v : values) v = static_cast<float>(random_.normal() * std::sqrt(2.0 / fan_in));
    return add_constant(shape, values, true);
  }

  Module module_;
  TensorId last_ = kNoTensor;
  Random random_{1};
};

Module ds_cnn(std::int32_t width) {
  Builder b({1, 49, 10, 1});
  b.conv(width, 10, 4, 2).norm().relu();
  for (int i = 0; i < 4; ++i) b.depthwise().norm().relu().conv(width, 1, 1, 1).norm().relu();
  return b.classifier(12);
}
Module resnet8(std::int32_t width) {
  Builder b({1, 32, 32, 3});
  b.conv(width, 3, 3, 1).norm().relu();
  return b.block(width, 1).block(2 * width, 2).block(4 * width, 2).classifier(10);
}

class Trainer {
 public:
  Trainer(const Module& module, int batch)
      : module_(module),
        network_(Network::make(module_.main(), batch, true).value()),
        weights_(network_.weights()),
        batch_(batch) {
    Random random(2);
    const auto n =
        static_cast<std::size_t>(module_.main().tensor(module_.main().inputs[0].tensor).type.count());
    for (std::size_t i = 0; i < n * static_cast<std::size_t>(batch); ++i)
      input_.push_back(static_cast<float>(random.normal()));
    for (int i = 0; i < batch; ++i)
      target_.push_back(
          static_cast<std::int32_t>(random.below(static_cast<std::uint64_t>(network_.classes()))));
    for (const Network::Weight& w : weights_) velocity_.emplace_back(w.count, 0.0f);
  }
  double step() {
    std::copy(input_.begin(), input_.end(), network_.input(0));
    network_.forward(batch_, true, 1);
    const double loss = learn::cross_entropy({batch_, network_.classes()}, network_.logits(), target_.data(),
                                             network_.logit_gradient());
    network_.backward(batch_, 1);
    for (std::size_t i = 0; i < weights_.size(); ++i)
      learn::sgd_step(0.01f, 0.9f, 0, weights_[i].count, weights_[i].gradient, velocity_[i].data(),
                      weights_[i].value);
    return loss;
  }

 private:
  Module module_;
  Network network_;
  std::vector<Network::Weight> weights_;
  int batch_;
  std::vector<float> input_;
  std::vector<std::int32_t> target_;
  std::vector<std::vector<float>> velocity_;
};

/// Panels side by side, in order of appearance.
std::string picture(std::istream& lines) {
  std::vector<report::LineChart> panels;
  for (std::string line; std::getline(lines, line);) {
    const std::vector<std::string> words = text::split(line, '|');
    if (words.size() != 5) continue;
    const std::string &name = words[0], &series = words[2];
    if (panels.empty() || panels.back().name != name) {
      panels.emplace_back();
      panels.back().name = name;
      panels.back().x_label = text::cat(name, ", ", words[1]);
      panels.back().y_label = "samples a second";
      panels.back().y_min = 0;
    }
    auto& all = panels.back().series;
    if (all.empty() || all.back().name != series) all.push_back({series, {}});
    all.back().x.push_back(std::stod(words[3]));
    all.back().y.push_back(std::stod(words[4]));
  }
  std::string body;
  int width = 0;
  for (report::LineChart& panel : panels) {
    panel.width = 400;
    body += text::cat("<g transform=\"translate(", width, " 0)\">", report::line_chart(panel), "</g>\n");
    width += 410;
  }
  return text::cat("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ", width,
                   " 260\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"", width,
                   "\" height=\"260\" fill=\"#fff\"/>\n", body, "</svg>\n");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"training steps a second"};
  std::string name = "ds-cnn", set, drawing;
  int batch = 32, width = 0, threads = 2;
  app.add_option("--network", name)->check(CLI::IsMember({"ds-cnn", "resnet8"}));
  app.add_option("--batch", batch)->check(CLI::Range(1, 4096));
  app.add_option("--width", width, "channels of the first layer; 0: 64 and 16")->check(CLI::Range(0, 1024));
  app.add_option("--threads", threads)->check(CLI::Range(1, 64));
  app.add_option("--set", set, "instruction set");
  app.add_option("--picture", drawing, "file to draw into");
  CLI11_PARSE(app, argc, argv);
  if (!drawing.empty()) {
    const auto written = write_text(drawing, picture(std::cin));
    if (!written) fmt::print(stderr, "{}\n", written.error().message);
    return written ? 0 : 2;
  }
  ::setenv("MOTE_THREADS", std::to_string(threads).c_str(), 1);
  if (!set.empty() && !learn::use_instruction_set(set.c_str())) {
    fmt::print(stderr, "this machine has no {}\n", set);
    return 2;
  }
  Trainer trainer(name == "ds-cnn" ? ds_cnn(width ? width : 64) : resnet8(width ? width : 16), batch);
  for (int i = 0; i < 3; ++i) trainer.step();
  fmt::print("ready\n");
  std::fflush(stdout);
  for (double seconds = 0; std::cin >> seconds;) {
    std::vector<double> times;
    double loss = 0;
    const std::clock_t processor = std::clock();
    for (const double begin = now_seconds(); now_seconds() < begin + seconds || times.size() < 3;) {
      const double from = now_seconds();
      loss = trainer.step();
      times.push_back(now_seconds() - from);
    }
    const double used = static_cast<double>(std::clock() - processor) / CLOCKS_PER_SEC;
    const double rate = batch * static_cast<double>(times.size()) / used;
    std::sort(times.begin(), times.end());
    fmt::print(
        "{{\"median\": {:.1f}, \"best\": {:.1f}, \"processor\": {:.1f}, \"loss\": {:.4f}, \"set\": "
        "\"{}\"}}\n",
        batch / times[times.size() / 2], batch / times.front(), rate, loss, learn::instruction_set());
    std::fflush(stdout);
  }
  return 0;
}
