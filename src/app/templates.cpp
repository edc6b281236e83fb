#include "app/templates.h"

#include <algorithm>

#include "base/text.h"

namespace mote {
namespace {

enum class Form : std::uint8_t { Features, Series, Picture };

Form form_of(const NetworkInput& input) {
  if (input.shape.size() == 3) return Form::Picture;
  return input.shape.size() == 2 ? Form::Series : Form::Features;
}

/// An input, and the text of the layers behind it as it grows.  The last chain stays open, so that layers can follow.
class Body {
 public:
  Body(const NetworkInput& input, std::string names, int width)
      : names_(std::move(names)), width_(width), form_(form_of(input)), shape_(input.shape) {
    text_ = input.name + ": ";
  }

  int width() const { return width_; }
  bool is_picture() const { return form_ == Form::Picture; }
  /// The smaller extent of the picture, or the steps of the series, as far as the layers have come.
  int extent() const { return is_picture() ? std::min(shape_[0], shape_[1]) : shape_[0]; }
  std::int64_t values() const { return count_of(shape_); }  ///< of the input, before any layer
  int channels() const { return shape_.back(); }            ///< of the input

  template <class... Parts>
  Body& layer(const Parts&... parts) {
    const std::string one = text::cat(parts...);
    if (begun_) text_ += column_ + one.size() > 90 ? "\n  | " : " | ";
    column_ = begun_ && column_ + one.size() <= 90 ? column_ + one.size() + 3 : one.size() + 4;
    text_ += one;
    begun_ = true;
    return *this;
  }
  /// A layer of one or two dimensions: conv1d or conv2d.
  template <class... Parts>
  Body& grid(std::string_view word, const Parts&... parts) {
    return layer(word, is_picture() ? "2d" : "1d", parts...);
  }
  Body& norm() { return layer("batch_norm").layer("relu"); }
  /// Layers that follow see an extent divided by this, rounded up.
  void shrink(int by) {
    shape_[0] = (shape_[0] + by - 1) / by;
    if (is_picture()) shape_[1] = (shape_[1] + by - 1) / by;
  }
  Body& conv(int channels, int kernel, int stride = 1) {
    shrink(stride);
    return grid("conv", " ", channels, " kernel=", kernel, stride > 1 ? text::cat(" stride=", stride) : "");
  }
  Body& depthwise(int kernel, int stride = 1) {
    shrink(stride);
    return grid("depthwise_conv", " kernel=", kernel, stride > 1 ? text::cat(" stride=", stride) : "");
  }
  Body& halve() {
    shrink(2);
    return grid("max_pool", " 2 padding=same");
  }
  /// Ends the chain under a name of its own; the next one begins with it, or with what `from` names.
  std::string name() {
    std::string result = text::cat(names_, ++results_);
    text_ += text::cat(" -> ", result, "\n");
    begun_ = true;
    return result;
  }
  Body& from(const std::string& inputs) {
    text_ += inputs + ": ";
    column_ = inputs.size() + 2;
    begun_ = false;
    return *this;
  }
  const std::string& text() const { return text_; }

 private:
  std::string names_, text_;
  int width_;
  Form form_;
  std::vector<std::int32_t> shape_;
  std::size_t column_ = 0;
  bool begun_ = false;
  int results_ = 0;
};

// ---- bodies

void dense_body(Body& b) { b.layer("dense ", 4 * b.width()).layer("relu"); }
void small_dense_body(Body& b) { b.layer("dense ", b.width()).layer("relu"); }

void mlp_body(Body& b) { b.layer("flatten").layer("dense ", 4 * b.width()).layer("relu"); }

void cnn1d_body(Body& b) {
  const int w = b.width();
  b.conv(w, 7, 2).norm().halve();
  b.conv(2 * w, 5).norm().halve();
  b.conv(4 * w, 3).norm().layer("global_average_pool");
}

/// Convolution and pool until the picture is at most 4 wide or high: where things are is kept, for the dense layer.
void cnn2d_body(Body& b) {
  int channels = b.width();
  b.conv(channels, 3, b.extent() >= 64 ? 2 : 1).norm();
  while (b.extent() > 4) {
    channels = std::min(2 * channels, 4 * b.width());
    b.halve().conv(channels, 3).norm();
  }
  b.layer("flatten").layer("dropout 0.25");
}

void ds_cnn_body(Body& b) {
  const int w = b.width();
  b.conv(w, b.is_picture() ? 3 : 7, b.extent() >= 16 ? 2 : 1).norm();
  for (const int channels : {2 * w, 4 * w, 4 * w, 4 * w}) {
    const bool halves = b.extent() >= (b.is_picture() ? 14 : 32);
    b.depthwise(b.is_picture() ? 3 : 5, halves ? 2 : 1).norm().conv(channels, 1).norm();
  }
  b.layer("global_average_pool");
}

/// Two convolutions and a way around them.
void residual_block(Body& b, int channels, int stride, bool projects) {
  const int kernel = b.is_picture() ? 3 : 5;
  const std::string before = b.name();
  std::string around = before;
  b.from(before).conv(channels, kernel, stride).norm().conv(channels, kernel).layer("batch_norm");
  const std::string through = b.name();
  if (projects) {
    b.from(before).grid("conv", " ", channels, " kernel=1", stride > 1 ? text::cat(" stride=", stride) : "");
    b.layer("batch_norm");
    around = b.name();
  }
  b.from(text::cat(through, ", ", around)).layer("add").layer("relu");
}

void resnet_body(Body& b) {
  const int w = b.width();
  b.conv(w, b.is_picture() ? 3 : 7, b.extent() >= 64 ? 2 : 1).norm();
  if (b.extent() >= 48) b.halve();
  residual_block(b, w, 1, false);
  residual_block(b, 2 * w, b.extent() > 4 ? 2 : 1, true);
  residual_block(b, 4 * w, b.extent() > 4 ? 2 : 1, true);
  b.layer("global_average_pool");
}

/// Widen, look around, narrow; around it a way where the shapes allow it.
void inverted_block(Body& b, int in, int out, int stride) {
  const bool has_way_around = stride == 1 && in == out;
  std::string before;
  if (has_way_around) {
    before = b.name();
    b.from(before);
  }
  b.conv(4 * in, 1).layer("batch_norm").layer("relu6");
  b.depthwise(b.is_picture() ? 3 : 5, stride).layer("batch_norm").layer("relu6");
  b.conv(out, 1).layer("batch_norm");
  if (!has_way_around) return;
  const std::string through = b.name();
  b.from(text::cat(before, ", ", through)).layer("add");
}

void mobilenet_body(Body& b) {
  const int w = b.width();
  b.conv(w, b.is_picture() ? 3 : 7, b.extent() >= 24 ? 2 : 1).layer("batch_norm").layer("relu6");
  inverted_block(b, w, w, 1);
  inverted_block(b, w, 2 * w, b.extent() > 4 ? 2 : 1);
  inverted_block(b, 2 * w, 2 * w, 1);
  inverted_block(b, 2 * w, 4 * w, b.extent() > 4 ? 2 : 1);
  inverted_block(b, 4 * w, 4 * w, 1);
  b.conv(8 * w, 1).layer("batch_norm").layer("relu6").layer("global_average_pool");
}

/// Residual blocks of causal convolutions whose reach doubles until the last step has seen the whole window.
void tcn_body(Body& b) {
  const int channels = 2 * b.width(), steps = b.extent();
  b.layer("conv1d ", channels, " kernel=3 padding=causal").norm();
  for (int dilation = 1, reach = 3; dilation == 1 || (reach < steps && dilation <= 64); dilation *= 2) {
    const std::string before = b.name();
    b.from(before);
    for (int i = 0; i < 2; ++i) {
      b.layer("conv1d ", channels, " kernel=3 dilation=", dilation, " padding=causal").layer("batch_norm");
      if (i == 0) b.layer("relu");
    }
    const std::string through = b.name();
    b.from(text::cat(before, ", ", through)).layer("add").layer("relu");
    reach += 4 * dilation;
  }
  b.layer("last_step");
}

/// A recurrent layer sees at most so many steps: it is unrolled, each step costs code.
constexpr int kRecurrentSteps = 24;

void recurrent_body(Body& b, std::string_view word) {
  const int stride = (b.extent() + kRecurrentSteps - 1) / kRecurrentSteps;
  if (stride > 1) b.conv(2 * b.width(), 2 * stride + 1, stride).norm();
  b.layer(word, " ", 2 * b.width());
}
void gru_body(Body& b) { recurrent_body(b, "gru"); }
void lstm_body(Body& b) { recurrent_body(b, "lstm"); }

void autoencoder_body(Body& b) {
  const int wide = 8 * b.width();
  const auto narrow = static_cast<int>(std::clamp<std::int64_t>(b.values() / 2, 1, b.width()));
  b.layer("flatten").layer("dense ", wide).layer("relu").layer("dense ", narrow).layer("relu");
  b.layer("dense ", wide).layer("relu").layer("dense outputs");
}

void conv_autoencoder_body(Body& b) {
  const int w = b.width(), kernel = b.is_picture() ? 3 : 5;
  b.conv(2 * w, kernel, 2).norm().conv(w, kernel, 2).norm();
  b.grid("upsample", " 2").grid("conv", " ", 2 * w, " kernel=", kernel).norm();
  b.grid("upsample", " 2").grid("conv", " ", b.channels(), " kernel=", kernel);
}

// ---- the table

struct ModelTemplate {
  std::string_view name, doc;
  void (*series)(Body&);    ///< null: there are none it fits
  void (*picture)(Body&);   ///< null: there are none it fits
  void (*features)(Body&);  ///< beside such an input, or alone
  bool features_alone = false;
  bool hidden = false;        ///< a dense layer more before the decision
  bool reconstructs = false;  ///< for anomaly detection, and for it alone
};

const std::vector<ModelTemplate>& model_templates() {
  static const std::vector<ModelTemplate> templates = {
      {"mlp", "dense layers alone; for feature tables and as a baseline", mlp_body, mlp_body, dense_body,
       true, true},
      {"cnn1d", "three convolutions over each series, a dense layer for features", cnn1d_body, nullptr,
       small_dense_body, true},
      {"cnn2d", "convolutions and pools over a picture, down to 4 pixels; what is where is kept", nullptr,
       cnn2d_body, small_dense_body},
      {"ds-cnn",
       "depthwise separable convolutions over series or pictures: fewer multiplications, fewer weights",
       ds_cnn_body, ds_cnn_body, small_dense_body},
      {"ds_cnn1d", "ds-cnn of series, under its first name", ds_cnn_body, nullptr, small_dense_body, true},
      {"resnet-tiny", "three residual blocks over series or pictures", resnet_body, resnet_body,
       small_dense_body},
      {"mobilenet-tiny", "five inverted residual blocks over series or pictures: deep, with few weights",
       mobilenet_body, mobilenet_body, small_dense_body},
      {"tcn", "residual blocks of causal, dilated convolutions over series; for forecasts and streams",
       tcn_body, nullptr, small_dense_body},
      {"gru",
       "a gated recurrent layer over series, at most 24 steps of it, behind a convolution where there are "
       "more",
       gru_body, nullptr, small_dense_body},
      {"lstm", "the same with long short-term memory", lstm_body, nullptr, small_dense_body},
      {"autoencoder", "for anomaly detection: dense layers through a narrow middle, back to the input",
       autoencoder_body, autoencoder_body, autoencoder_body, true, false, true},
      {"conv-autoencoder",
       "for anomaly detection: convolutions down to a quarter of the extents and back, which are multiples "
       "of 4",
       conv_autoencoder_body, conv_autoencoder_body, nullptr, false, false, true},
  };
  return templates;
}

std::string decision(const ModelTemplate& entry, Task task, int width) {
  std::string out = entry.hidden ? text::cat("dense ", 2 * width, " | relu | ") : "";
  if (task == Task::Regression) return out + "dense outputs";
  return out + (task == Task::MultiLabel ? "dense labels | sigmoid" : "dense labels | softmax");
}

// ---- what fits what

std::string_view word_of(Form form) {
  if (form == Form::Picture) return "a picture";
  return form == Form::Series ? "a series" : "features";
}

bool fits(const ModelTemplate& entry, Form form) {
  if (form == Form::Features) return entry.features_alone;
  return (form == Form::Picture ? entry.picture : entry.series) != nullptr;
}

std::string templates_for(Task task, Form form) {
  std::vector<std::string> names;
  for (const ModelTemplate& entry : model_templates())
    if (entry.reconstructs == (task == Task::Anomaly) && fits(entry, form)) names.emplace_back(entry.name);
  return text::cat("take one of: ", text::join(names, ", "));
}

Result<void> check_fit(const ModelTemplate& entry, const std::string& file,
                       std::span<const NetworkInput> inputs, Task task) {
  const std::string where = text::cat(file, ": the template '", entry.name, "'");
  const Form first = form_of(inputs[0]);
  if (entry.reconstructs != (task == Task::Anomaly))
    return error(text::cat(where, " is not for ", name_of(task)), templates_for(task, first));
  if (entry.reconstructs && inputs.size() > 1)
    return error(text::cat(where, " takes one input, the data has ", inputs.size()),
                 "make one input of the columns, or write layers");
  bool any = entry.features_alone;
  for (const NetworkInput& input : inputs) {
    const Form form = form_of(input);
    any = any || form != Form::Features;
    if (form != Form::Features && !fits(entry, form))
      return error(text::cat(where, " does not fit the input '", input.name, "', which is ", word_of(form)),
                   templates_for(task, form));
    const bool quarters = std::all_of(input.shape.begin(), input.shape.end() - 1,
                                      [](std::int32_t extent) { return extent % 4 == 0; });
    if (entry.name == "conv-autoencoder" && !quarters)
      return error(text::cat(where, ": the extents of '", input.name, "' are no multiples of 4"),
                   "cut or resize it to such, or take autoencoder");
  }
  if (!any)
    return error(text::cat(where, " does not fit the input '", inputs[0].name, "', which is features"),
                 templates_for(task, Form::Features));
  return {};
}

/// A name that is no input's, nor the beginning of one.
std::string free_name(std::span<const NetworkInput> inputs, std::string name) {
  const auto taken = [&](const NetworkInput& input) { return text::starts_with(input.name, name); };
  while (std::any_of(inputs.begin(), inputs.end(), taken)) name += "_";
  return name;
}

std::string body_text(const ModelTemplate& entry, const NetworkInput& input, const std::string& names,
                      int width) {
  Body body(input, names, width);
  const Form form = form_of(input);
  (form == Form::Picture ? entry.picture : form == Form::Series ? entry.series : entry.features)(body);
  return body.text();
}

}  // namespace

std::vector<std::string> template_names() {
  std::vector<std::string> names;
  for (const ModelTemplate& entry : model_templates()) names.emplace_back(entry.name);
  return names;
}

std::vector<TemplateLine> template_lines() {
  std::vector<TemplateLine> lines;
  for (const ModelTemplate& entry : model_templates()) lines.push_back({entry.name, entry.doc});
  return lines;
}

Result<std::string> template_layers(const ModelDescription& model, std::span<const NetworkInput> inputs,
                                    const NetworkTask& task) {
  const auto& all = model_templates();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const ModelTemplate& t) { return t.name == model.template_name; });
  if (found == all.end())
    return error(text::cat(model.file, ": unknown model template '", model.template_name.substr(0, 60), "'"),
                 text::suggest(model.template_name, template_names()));
  for (const NetworkInput& input : inputs)
    if (input.shape.empty() || *std::min_element(input.shape.begin(), input.shape.end()) < 1 ||
        input.shape.size() > 3)
      return error(text::cat(model.file, ": input '", input.name, "' has the shape ", to_text(input.shape)),
                   "a series is [time, channels], an image [height, width, channels], features are [count]");
  MOTE_TRY_VOID(check_fit(*found, model.file, inputs, task.task));
  const std::string end =
      found->reconstructs ? "" : text::cat("\n  | ", decision(*found, task.task, model.width));
  if (inputs.size() == 1)
    return text::cat(body_text(*found, inputs[0], free_name(inputs, "step"), model.width), end, "\n");
  std::string out;
  std::vector<std::string> results;
  for (const NetworkInput& input : inputs) {
    const std::string result = free_name(inputs, input.name + "_features");
    out += text::cat(body_text(*found, input, free_name(inputs, input.name + "_step"), model.width), " -> ",
                     result, "\n");
    results.push_back(result);
  }
  return out +
         text::cat(text::join(results, ", "), ": concat | ", decision(*found, task.task, model.width), "\n");
}

}  // namespace mote
