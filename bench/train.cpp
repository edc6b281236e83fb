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
#include "math/nn.h"
#include "math/random.h"
#include "report/svg.h"
#include "train/network.h"
#include "train_networks.h"

namespace {
using namespace mote;

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
