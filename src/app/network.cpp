// Layer text → chains of checked layers → float Module.  One table, `layer_words`, says which words and
// arguments there are; parsing, messages and the reference page come from it.  What a word becomes in the
// graph stands in `Builder`.
#include "app/network.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "app/templates.h"
#include "base/text.h"
#include "graph/op.h"

namespace mote {
namespace {

constexpr int kMaxLayers = 1000;
constexpr std::int64_t kMaxRecurrentSteps = 64;  // each is layers of its own
constexpr std::int64_t kMaxElements = std::int64_t{1}
                                      << 24;  // of one tensor: 64 MB of floats, far above any device

// ---- the words

enum class ArgumentType {
  Whole,    // 16                                → std::int64_t
  Count,    // 16, or `labels` or `outputs`      → std::int64_t, kAsManyAsOutputs
  Size,     // 3 or 3x5 (height x width)         → std::vector<std::int64_t>
  Extents,  // 10, 25x16 or 10x10x3              → std::vector<std::int64_t>
  Real,     // 0.5                               → double
  Word,     // one of the choices                → std::string
};
constexpr std::int64_t kAsManyAsOutputs = 0;

struct Argument {
  std::string_view name;
  ArgumentType type;
  std::string_view default_text;  // as a user would write it; empty: see `required`
  bool required;
  bool positional;  // may be written without its name
  double min, max;
  std::vector<std::string> choices;
  std::string_view doc;
};

struct LayerWord {
  std::string_view word, doc;
  std::string_view prefix;  // of node names: conv1, conv2, …
  std::vector<Argument> arguments;
  bool several_inputs = false;  // may stand behind "a, b:"
};

Argument channels(std::string_view doc) {
  return {"channels", ArgumentType::Whole, "", true, true, 1, 65536, {}, doc};
}
Argument whole(std::string_view name, std::string_view default_text, double max, std::string_view doc) {
  return {name, ArgumentType::Whole, default_text, false, false, 1, max, {}, doc};
}
Argument size(std::string_view name, std::string_view default_text, double max, std::string_view doc) {
  return {name, ArgumentType::Size, default_text, false, false, 1, max, {}, doc};
}
Argument padding(std::string_view default_text) {
  return {
      "padding",
      ArgumentType::Word,
      default_text,
      false,
      false,
      0,
      0,
      {"same", "valid"},
      "`same`: output = input / stride, rounded up, edges filled with zeros; `valid`: only whole windows"};
}
Argument time_padding() {
  Argument argument = padding("same");
  argument.choices.emplace_back("causal");
  argument.doc =
      "`same`: output = input / stride, rounded up, edges filled with zeros; `valid`: only whole windows; "
      "`causal`: "
      "zeros before the first step, so that an output sees nothing later than itself";
  return argument;
}
Argument bias() {
  return {"bias",
          ArgumentType::Word,
          "",
          false,
          false,
          0,
          0,
          {"yes", "no"},
          "a constant added to each output; when left out: yes, but no before batch_norm, which has its own"};
}
Argument pool_size(ArgumentType type) {
  return {"size", type, "",
          true,   true, 1,
          4096,   {},   type == ArgumentType::Size ? "window: 2 or 2x3" : "window, in steps"};
}
Argument pool_stride(ArgumentType type) {
  return {
      "stride", type, "", false, false, 1, 4096, {}, "step from window to window; when left out: the size"};
}

const std::vector<LayerWord>& layer_words() {
  using enum ArgumentType;
  static const std::vector<LayerWord> words = {
      {"conv1d",
       "convolution along time",
       "conv",
       {channels("output channels"), whole("kernel", "3", 1024, "time steps seen at once"),
        whole("stride", "1", 1024, "time steps from output to output"),
        whole("dilation", "1", 1024, "distance between the steps seen"), time_padding(), bias()}},
      {"conv2d",
       "convolution over height and width",
       "conv",
       {channels("output channels"), size("kernel", "3", 1024, "window: 3 or 3x5 (height x width)"),
        size("stride", "1", 1024, "step from window to window"),
        size("dilation", "1", 1024, "distance between the values seen"), padding("same"), bias()}},
      {"depthwise_conv1d",
       "convolution along time, each channel for itself",
       "depthwise",
       {whole("kernel", "3", 1024, "time steps seen at once"),
        whole("stride", "1", 1024, "time steps from output to output"),
        whole("dilation", "1", 1024, "distance between the steps seen"),
        whole("multiplier", "1", 256, "outputs a channel"), time_padding(), bias()}},
      {"depthwise_conv2d",
       "convolution over height and width, each channel for itself",
       "depthwise",
       {size("kernel", "3", 1024, "window: 3 or 3x5 (height x width)"),
        size("stride", "1", 1024, "step from window to window"),
        size("dilation", "1", 1024, "distance between the values seen"),
        whole("multiplier", "1", 256, "outputs a channel"), padding("same"), bias()}},
      {"dense",
       "every output sees every input; flattens first",
       "dense",
       {{"units",
         Count,
         "",
         true,
         true,
         1,
         65536,
         {},
         "number of outputs, or `labels` or `outputs`: as many as the model answers"},
        bias()}},
      {"batch_norm",
       "brings each channel to mean 0 and variance 1, then scales and shifts it; costs nothing on the device",
       "bn",
       {{"epsilon", Real, "0.001", false, false, 1e-8, 1, {}, "added to the variance"}}},
      {"relu", "max(x, 0)", "relu", {}},
      {"relu6", "x limited to 0 … 6", "relu", {}},
      {"sigmoid", "1 / (1 + e^−x); the last layer where each label is yes or no", "sigmoid", {}},
      {"tanh", "x limited smoothly to −1 … 1", "tanh", {}},
      {"max_pool1d",
       "the largest value of a window along time",
       "pool",
       {pool_size(Whole), pool_stride(Whole), padding("valid")}},
      {"max_pool2d",
       "the largest value of a window",
       "pool",
       {pool_size(Size), pool_stride(Size), padding("valid")}},
      {"average_pool1d",
       "the mean of a window along time",
       "pool",
       {pool_size(Whole), pool_stride(Whole), padding("valid")}},
      {"average_pool2d",
       "the mean of a window",
       "pool",
       {pool_size(Size), pool_stride(Size), padding("valid")}},
      {"global_average_pool", "the mean of each channel over all steps; gives features", "pool", {}},
      {"global_max_pool", "the largest value of each channel over all steps; gives features", "pool", {}},
      {"last_step", "the last step of a series; gives features", "last", {}},
      {"gru",
       "gated recurrent units over the steps of a series, at most 64; gives the features of the last step",
       "gru",
       {{"units", Whole, "", true, true, 1, 1024, {}, "features kept from step to step"}}},
      {"lstm",
       "long short-term memory over the steps of a series, at most 64; gives the features of the last step",
       "lstm",
       {{"units", Whole, "", true, true, 1, 1024, {}, "features kept from step to step"}}},
      {"upsample1d",
       "each step of a series several times",
       "upsample",
       {{"factor", Whole, "", true, true, 2, 64, {}, "how often"}}},
      {"upsample2d",
       "each pixel several times, in height and width",
       "upsample",
       {{"factor", Whole, "", true, true, 2, 64, {}, "how often"}}},
      {"dropout",
       "in training sets this share of the values to 0; nothing on the device",
       "dropout",
       {{"rate", Real, "0.5", false, true, 0, 0.95, {}, "share of values"}}},
      {"flatten", "all values in a row: features", "flatten", {}},
      {"reshape",
       "the same values in another shape",
       "reshape",
       {{"shape",
         Extents,
         "",
         true,
         true,
         1,
         1 << 20,
         {},
         "10: features; 25x16: 25 steps of 16 channels; 10x10x3: height, width, channels"}}},
      {"add", "the sum of inputs of equal shape: `a, b: add`", "add", {}, true},
      {"concat",
       "inputs side by side: `a, b: concat`",
       "concat",
       {{"axis", Word, "channels", false, false, 0, 0, {"channels", "time"}, "`time`: one after the other"}},
       true},
      {"softmax", "makes probabilities; the last layer", "softmax", {}},
  };
  return words;
}

const LayerWord* find_word(std::string_view word) {
  for (const LayerWord& entry : layer_words())
    if (entry.word == word) return &entry;
  return nullptr;
}

std::vector<std::string> word_names() {
  std::vector<std::string> names;
  for (const LayerWord& entry : layer_words()) names.emplace_back(entry.word);
  return names;
}

// ---- text → chains

bool is_name(std::string_view s) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (s.empty() || s.size() > 64 || !letter(s[0])) return false;
  return std::all_of(s.begin(), s.end(),
                     [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-'; });
}

// At most `limit` characters of what the user wrote, so that a message stays a line.
std::string shown(std::string_view s, std::size_t limit = 60) {
  std::string out;
  for (char c : s.substr(0, limit)) out += static_cast<unsigned char>(c) < 32 ? ' ' : c;
  return s.size() > limit ? out + "…" : out;
}

std::string at_line(const std::string& file, int line) { return text::cat(file, ", line ", line); }
std::string at_layer(const std::string& file, const Layer& layer) {
  return text::cat(at_line(file, layer.line), ", layer ", layer.index, " '", shown(layer.text), "'");
}

std::string number_text(double value) {
  const bool is_whole = value == static_cast<double>(static_cast<std::int64_t>(value));
  return is_whole ? text::cat(static_cast<std::int64_t>(value)) : text::shortest(value);
}

std::string range_text(const Argument& argument) {
  if (argument.type == ArgumentType::Word) return text::join(argument.choices, " | ");
  return text::cat(number_text(argument.min), " … ", number_text(argument.max));
}

// "3x5" → {3, 5}; nothing when a part is not a number in range or there are not `least`..`most` parts.
std::optional<std::vector<std::int64_t>> parse_extents(const std::string& value, const Argument& argument,
                                                       std::size_t least, std::size_t most) {
  std::vector<std::int64_t> extents;
  for (const std::string& part : text::split(value, 'x')) {
    const auto number = text::to_int(part);
    if (!number || static_cast<double>(*number) < argument.min || static_cast<double>(*number) > argument.max)
      return {};
    extents.push_back(*number);
  }
  if (extents.size() < least || extents.size() > most) return {};
  return extents;
}

std::optional<Attribute> parse_argument(const std::string& value, const Argument& argument) {
  const auto in_range = [&](double v) { return v >= argument.min && v <= argument.max; };
  switch (argument.type) {
    case ArgumentType::Count:
      if (value == "labels" || value == "outputs") return Attribute{kAsManyAsOutputs};
      [[fallthrough]];
    case ArgumentType::Whole: {
      const auto number = text::to_int(value);
      if (!number || !in_range(static_cast<double>(*number))) return {};
      return Attribute{*number};
    }
    case ArgumentType::Size: {
      auto extents = parse_extents(value, argument, 1, 2);
      if (!extents) return {};
      if (extents->size() == 1) extents->push_back(extents->front());
      return Attribute{*extents};
    }
    case ArgumentType::Extents: {
      auto extents = parse_extents(value, argument, 1, 3);
      if (!extents) return {};
      return Attribute{*extents};
    }
    case ArgumentType::Real: {
      const auto number = text::to_double(value);
      if (!number || !in_range(*number)) return {};
      return Attribute{*number};
    }
    case ArgumentType::Word:
      if (std::find(argument.choices.begin(), argument.choices.end(), value) == argument.choices.end())
        return {};
      return Attribute{value};
  }
  return {};
}

// "conv1d 16 kernel = 7" → {"conv1d", "16", "kernel=7"}
std::vector<std::string> layer_tokens(std::string_view line) {
  std::vector<std::string> tokens;
  bool glue = false;  // the next word belongs to the token before
  std::string word;
  const auto flush = [&] {
    if (word.empty()) return;
    if (!tokens.empty() && (glue || word.front() == '='))
      tokens.back() += word;
    else
      tokens.push_back(word);
    glue = word.back() == '=';
    word.clear();
  };
  for (char c : line) {
    if (c == ' ' || c == '\t' || c == '\r')
      flush();
    else
      word += c;
  }
  flush();
  return tokens;
}

Result<Layer> parse_layer(std::string_view line_text, const std::string& file, int line, int index) {
  Layer layer;
  layer.text = std::string(text::trim(line_text));
  layer.line = line;
  layer.index = index;
  const std::string where = at_layer(file, layer);
  const std::vector<std::string> tokens = layer_tokens(layer.text);
  if (tokens.empty())
    return error(text::cat(at_line(file, line), ", layer ", index, ": there is nothing between two '|'"),
                 "remove one '|'");
  layer.word = tokens[0];
  const LayerWord* entry = find_word(layer.word);
  if (!entry)
    return error(text::cat(where, ": unknown layer '", shown(layer.word), "'"),
                 text::suggest(shown(layer.word), word_names()));

  std::vector<std::string> names;
  for (const Argument& argument : entry->arguments) names.emplace_back(argument.name);
  for (std::size_t i = 1; i < tokens.size(); ++i) {
    const std::size_t equals = tokens[i].find('=');
    const bool named = equals != std::string::npos;
    const std::string name = named ? tokens[i].substr(0, equals) : std::string();
    const std::string value = named ? tokens[i].substr(equals + 1) : tokens[i];
    const auto fits = [&](const Argument& a) { return named ? a.name == name : a.positional; };
    const auto found = std::find_if(entry->arguments.begin(), entry->arguments.end(), fits);
    if (found == entry->arguments.end() && !named)
      return error(text::cat(where, ": '", shown(value), "' has no name"),
                   names.empty()
                       ? text::cat("'", layer.word, "' takes no arguments; layers are separated by '|'")
                       : text::cat("write name=value; '", layer.word, "' knows ", text::join(names, ", ")));
    if (found == entry->arguments.end())
      return error(text::cat(where, ": unknown argument '", shown(name), "'"),
                   names.empty() ? text::cat("'", layer.word, "' takes no arguments")
                                 : text::suggest(shown(name), names));
    if (layer.arguments.count(std::string(found->name)))
      return error(text::cat(where, ": '", found->name, "' is given twice"), "keep one of them");
    const auto parsed = parse_argument(value, *found);
    if (!parsed)
      return error(text::cat(where, ": '", shown(value), "' is no ", found->name, " of ", layer.word),
                   text::cat(found->name, " is ", range_text(*found), ": ", found->doc));
    layer.arguments[std::string(found->name)] = *parsed;
  }
  for (const Argument& argument : entry->arguments) {
    const std::string name(argument.name);
    if (layer.arguments.count(name)) continue;
    if (argument.required)
      return error(text::cat(where, ": the number of '", name, "' is missing"),
                   text::cat("write it behind the word: ", layer.word, " 8"));
    if (!argument.default_text.empty())
      layer.arguments[name] = *parse_argument(std::string(argument.default_text), argument);
  }
  return layer;
}

struct SourceLine {
  std::string content;
  int line;
};

// Lines without comments and blanks; a line that begins with '|', or follows one that ends with '|' or ':', continues the chain.
Result<std::vector<std::vector<SourceLine>>> group_lines(std::string_view layer_text, const std::string& file,
                                                         int first_line) {
  std::vector<std::vector<SourceLine>> groups;
  bool open = false;
  int line = first_line - 1;
  for (const std::string& raw : text::split(layer_text, '\n')) {
    ++line;
    const std::string content(text::trim(std::string_view(raw).substr(0, raw.find('#'))));
    if (content.empty()) continue;
    const bool continues = open || content.front() == '|';
    if (continues && groups.empty())
      return error(text::cat(at_line(file, line), ": the first line of layers begins with '|'"),
                   "begin with the name of an input: beat: conv1d 8");
    if (!continues) groups.emplace_back();
    groups.back().push_back({content, line});
    open = content.back() == '|' || content.back() == ':';
  }
  if (open)
    return error(
        text::cat(at_line(file, groups.back().back().line), ": a layer is missing at the end of the line"),
        "a line reads: input: layer | layer -> result");
  return groups;
}

Result<LayerChain> parse_chain(std::vector<SourceLine> lines, const std::string& file, int& index) {
  LayerChain chain;
  chain.line = lines.front().line;
  std::string& first = lines.front().content;
  if (const std::size_t colon = first.find(':'); colon != std::string::npos) {
    for (const std::string& part : text::split(std::string_view(first).substr(0, colon), ',')) {
      const std::string name(text::trim(part));
      if (!is_name(name))
        return error(text::cat(at_line(file, chain.line), ": '", shown(name), "' before ':' is no name"),
                     "a line reads: input, other_input: layer | layer -> result");
      chain.from.push_back(name);
    }
    first = std::string(text::trim(std::string_view(first).substr(colon + 1)));
  }
  std::string& last = lines.back().content;
  if (const std::size_t arrow = last.find("->"); arrow != std::string::npos) {
    chain.result = std::string(text::trim(std::string_view(last).substr(arrow + 2)));
    if (!is_name(chain.result))
      return error(
          text::cat(at_line(file, lines.back().line), ": '", shown(chain.result), "' behind '->' is no name"),
          "a name is a letter, then letters, digits, '_' or '-'; the next layer goes on a new line");
    last = std::string(text::trim(std::string_view(last).substr(0, arrow)));
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::string_view content = lines[i].content;
    if (i > 0 && !content.empty() && content.front() == '|' && !text::ends_with(lines[i - 1].content, "|"))
      content.remove_prefix(1);
    if (i + 1 < lines.size() && !content.empty() && content.back() == '|') content.remove_suffix(1);
    if (text::trim(content).empty()) continue;  // "beat:" or "-> name" on a line of its own
    for (const std::string& part : text::split(content, '|')) {
      if (++index > kMaxLayers)
        return error(text::cat(at_line(file, lines[i].line), ": more than ", kMaxLayers, " layers"),
                     "a device of this class cannot hold them");
      MOTE_TRY(Layer layer, parse_layer(part, file, lines[i].line, index));
      chain.layers.push_back(std::move(layer));
    }
  }
  if (chain.layers.empty())
    return error(text::cat(at_line(file, chain.line), ": a line without a layer"),
                 "a line reads: input: layer | layer -> result");
  return chain;
}

}  // namespace

Result<std::vector<LayerChain>> parse_layers(std::string_view layer_text, const std::string& file,
                                             int first_line) {
  MOTE_TRY(auto groups, group_lines(layer_text, file, first_line));
  if (groups.empty())
    return error(text::cat(at_line(file, first_line), ": there are no layers"),
                 "for example: dense 16 | relu | dense labels | softmax");
  std::vector<LayerChain> chains;
  std::map<std::string, int> results;
  int index = 0;
  for (auto& lines : groups) {
    MOTE_TRY(LayerChain chain, parse_chain(std::move(lines), file, index));
    const LayerWord* first = find_word(chain.layers.front().word);
    if (chain.from.size() > 1 && !first->several_inputs)
      return error(
          text::cat(at_layer(file, chain.layers.front()), ": takes one input, not ", chain.from.size()),
          "join them first: a, b: concat | … or a, b: add | …");
    for (std::size_t i = 0; i < chain.layers.size(); ++i) {
      const bool joins = find_word(chain.layers[i].word)->several_inputs;
      if (joins && (i > 0 || chain.from.size() < 2))
        return error(
            text::cat(at_layer(file, chain.layers[i]), ": needs at least two inputs"),
            text::cat("name results with '-> a', then begin a line with: a, b: ", chain.layers[i].word));
    }
    if (!chain.result.empty()) {
      const auto [known, is_new] = results.emplace(chain.result, chain.line);
      if (!is_new)
        return error(text::cat(at_line(file, chain.line), ": the result '", chain.result,
                               "' exists already, from line ", known->second),
                     "give it another name");
    }
    chains.push_back(std::move(chain));
  }
  return chains;
}

std::vector<NetworkInput> network_inputs(const Dataset& data) {
  std::vector<NetworkInput> inputs;
  for (const DataInput& input : data.inputs)
    inputs.push_back({input.name, input.unit, input.rate_hz, input.shape});
  return inputs;
}

NetworkTask network_task(const Dataset& data) { return {data.task, data.labels, data.outputs()}; }

// ---- chains → module

namespace {

// [1, T, 1, C] as the user thinks of it: "125x16 (time x channels)".
std::string user_shape(const Shape& shape) {
  if (shape.size() == 2) return text::cat(shape[1], " features");
  if (shape.size() == 4 && shape[2] == 1) return text::cat(shape[1], "x", shape[3], " (time x channels)");
  if (shape.size() == 4)
    return text::cat(shape[1], "x", shape[2], "x", shape[3], " (height x width x channels)");
  return to_text(shape);
}

class Builder {
 public:
  Builder(const std::string& file, const NetworkTask& task) : file_(file), task_(task) {
    graph_.name = "main";
  }

  Result<void> add_input(const NetworkInput& input) {
    Shape shape = input.shape;
    if (shape.size() == 2) shape = {shape[0], 1, shape[1]};
    const bool fits = (shape.size() == 1 || shape.size() == 3) &&
                      std::all_of(shape.begin(), shape.end(), [](std::int32_t d) { return d > 0; });
    if (!fits)
      return error(text::cat("input '", input.name, "' has the shape ", to_text(input.shape)),
                   "a series is [time, channels], an image [height, width, channels], features are [count]");
    shape.insert(shape.begin(), 1);
    if (!small_enough(shape))
      return error(text::cat("input '", input.name, "' has more than ", kMaxElements, " values"),
                   "use a shorter window");
    const TensorId id =
        graph_.add(Tensor{input.name, {DType::F32, shape}, {}, Storage::Dense, nullptr, false, -1});
    graph_.inputs.push_back({id, input.rate_hz, input.unit});
    if (!values_.emplace(input.name, Value{id, false, 0}).second)
      return error(text::cat("two inputs are named '", input.name, "'"), "rename one in [[data.input]]");
    return {};
  }

  Result<void> add_chain(const LayerChain& chain) {
    MOTE_TRY(current_, start_of(chain));
    for (std::size_t i = 0; i < chain.layers.size(); ++i) {
      const bool before_batch_norm = i + 1 < chain.layers.size() && chain.layers[i + 1].word == "batch_norm";
      layer_ = &chain.layers[i];
      MOTE_TRY(const TensorId out, add_layer(before_batch_norm));
      current_ = {out};
    }
    last_word_ = chain.layers.back().word;
    if (!chain.result.empty() && !values_.emplace(chain.result, Value{current_[0], false, chain.line}).second)
      return error(
          text::cat(at_line(file_, chain.line), ": the result '", chain.result, "' has the name of an input"),
          "give it another name");
    result_line_ = chain.line;
    open_result_ = chain.result.empty();
    last_result_ = chain.result;
    return {};
  }

  Result<Graph> finish() {
    if (!last_result_.empty()) values_.at(last_result_).used = true;
    for (const GraphInput& input : graph_.inputs) {
      const std::string& name = graph_.tensor(input.tensor).name;
      if (!values_.at(name).used)
        return error(
            text::cat(file_, ": no layer uses the input '", name, "'"),
            text::cat("begin a line of layers with '", name, ":', or remove the input from [[data.input]]"));
    }
    for (const auto& [name, value] : values_)
      if (!value.used)
        return error(text::cat(at_line(file_, value.line), ": nothing uses the result '", name, "'"),
                     "begin a later line with it, or remove the line");
    MOTE_TRY_VOID(check_head());
    graph_.outputs = current_;
    return std::move(graph_);
  }

 private:
  /// The last layers answer what the task asks; a reconstruction is brought into its input's shape.
  Result<void> check_head() {
    const Layer& last = *layer_;
    const std::string_view wanted = last_word_of(task_.task);
    const std::string hint = wanted.empty() ? std::string("end the layers with: | dense outputs")
                                            : text::cat("end the layers with: | dense labels | ", wanted);
    if (!wanted.empty() && last_word_ != wanted)
      return error(text::cat(at_layer(file_, last), ": the last layer must be ", wanted,
                             task_.task == Task::Classification
                                 ? ""
                                 : text::cat(" where the task is ", name_of(task_.task))),
                   hint);
    if (last_word_ == "softmax" && wanted.empty())
      return error(text::cat(at_layer(file_, last), ": the last layer must not be softmax where the task is ",
                             name_of(task_.task)),
                   hint);
    const std::int64_t outputs = count_of(shape());
    if (outputs != static_cast<std::int64_t>(task_.outputs))
      return error(text::cat(at_layer(file_, last), ": the network gives ", outputs, " values for ",
                             task_.outputs, " ", answers_of(task_.task)),
                   hint);
    if (task_.task != Task::Anomaly) return {};
    const Shape like = graph_.tensor(graph_.inputs[0].tensor).type.shape;
    if (like == shape()) return {};
    MOTE_TRY(const TensorId answer, reshape_to(next_name("reshape"), like));
    current_ = {answer};
    return {};
  }
  static std::string_view last_word_of(Task task) {
    return task == Task::Classification ? "softmax" : task == Task::MultiLabel ? "sigmoid" : "";
  }
  static std::string_view answers_of(Task task) {
    if (task == Task::Anomaly) return "values of the first input";
    return task == Task::Regression ? "numbers" : "labels";
  }
  Result<TensorId> reshape_to(const std::string& name, const Shape& wanted) {
    return append("reshape", name, current_,
                  {{"shape", std::vector<std::int64_t>(wanted.begin(), wanted.end())}});
  }

  struct Value {
    TensorId id;
    bool used;
    int line;
  };

  const Shape& shape(std::size_t i = 0) const { return graph_.tensor(current_[i]).type.shape; }
  std::int64_t whole(const std::string& name) const {
    return std::get<std::int64_t>(layer_->arguments.at(name));
  }
  bool has(const std::string& name) const { return layer_->arguments.count(name) > 0; }
  std::string word(const std::string& name) const {
    return std::get<std::string>(layer_->arguments.at(name));
  }
  // A size as [height, width]: along time it is [n, 1].
  std::vector<std::int64_t> window(const std::string& name) const {
    const Attribute& value = layer_->arguments.at(name);
    if (const auto* along_time = std::get_if<std::int64_t>(&value)) return {*along_time, 1};
    return std::get<std::vector<std::int64_t>>(value);
  }
  Error fail(const std::string& what, std::string hint) const {
    return error(text::cat(at_layer(file_, *layer_), ": ", what), std::move(hint));
  }
  static bool small_enough(const Shape& shape) {
    std::int64_t count = 1;
    for (std::int32_t extent : shape) {
      count *= extent;
      if (count > kMaxElements) return false;
    }
    return true;
  }

  Result<std::vector<TensorId>> start_of(const LayerChain& chain) {
    std::vector<std::string> from = chain.from;
    if (from.empty() && current_.empty()) {
      if (graph_.inputs.size() != 1)
        return error(text::cat(at_line(file_, chain.line), ": which input do these layers see?"),
                     text::cat("begin the line with one of the names: ", known_names(), ", and ':'"));
      from.push_back(graph_.tensor(graph_.inputs[0].tensor).name);
    }
    if (from.empty()) {
      if (!last_result_.empty()) values_.at(last_result_).used = true;
      return current_;
    }
    if (!current_.empty() && open_result_)
      return error(text::cat(at_line(file_, result_line_), ": nothing uses the result of this line"),
                   "name it with '-> name' and begin a later line with that name");
    std::vector<TensorId> ids;
    for (const std::string& name : from) {
      const auto found = values_.find(name);
      if (found == values_.end())
        return error(
            text::cat(at_line(file_, chain.line), ": there is no input or earlier result '", name, "'"),
            text::suggest(name, names()));
      found->second.used = true;
      ids.push_back(found->second.id);
    }
    return ids;
  }

  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const auto& entry : values_) out.push_back(entry.first);
    return out;
  }
  std::string known_names() const { return text::join(names(), ", "); }

  std::string next_name(const std::string& prefix) { return text::cat(prefix, ++counters_[prefix]); }

  // All weights together stay below kMaxElements too, so that no text makes us allocate without bound.
  Result<void> want_weights(const Shape& weights) {
    const bool one_fits = small_enough(weights);
    if (one_fits) weights_ += count_of(weights);
    if (!one_fits || weights_ > kMaxElements)
      return fail(text::cat("brings the network above ", kMaxElements, " weights"),
                  "use fewer channels or units, or put global_average_pool before dense");
    return {};
  }

  TensorId constant(const std::string& name, Shape shape, float value, bool trainable) {
    const std::vector<float> values(static_cast<std::size_t>(count_of(shape)), value);
    return graph_.add(
        Tensor{name, {DType::F32, std::move(shape)}, {}, Storage::Dense, to_constant(values), trainable, -1});
  }

  Result<TensorId> append(const std::string& op, const std::string& name, std::vector<TensorId> inputs,
                          Attributes attributes) {
    Node node;
    node.op = op;
    node.name = name;
    node.inputs = std::move(inputs);
    node.attributes = std::move(attributes);
    auto out = append_node(graph_, std::move(node));
    if (!out) return out.error().in(at_layer(file_, *layer_));
    if (!small_enough(graph_.tensor(*out).type.shape))
      return fail(text::cat("gives more than ", kMaxElements, " values"),
                  "use fewer channels or a shorter window");
    return out;
  }

  Result<TensorId> add_layer(bool before_batch_norm) {
    const std::string& kind = layer_->word;
    const std::string name = next_name(std::string(find_word(kind)->prefix));
    if (kind == "conv1d" || kind == "conv2d" || kind == "depthwise_conv1d" || kind == "depthwise_conv2d")
      return add_convolution(name, before_batch_norm);
    if (kind == "dense") return add_dense(name, before_batch_norm);
    if (kind == "batch_norm") return add_batch_norm(name);
    if (kind == "relu" || kind == "relu6") return append(kind, name, current_, {});
    if (kind == "dropout") return append("dropout", name, current_, {{"rate", layer_->arguments.at("rate")}});
    if (kind == "softmax" || kind == "tanh") return append(kind, name, current_, {});
    if (kind == "sigmoid") return append("logistic", name, current_, {});
    if (kind == "last_step") return add_last_step(name);
    if (kind == "gru" || kind == "lstm") return add_recurrent(name);
    if (text::starts_with(kind, "upsample")) return add_upsample(name);
    if (kind == "flatten") return reshape(name, {count_of(shape())});
    if (kind == "reshape")
      return reshape(name, std::get<std::vector<std::int64_t>>(layer_->arguments.at("shape")));
    if (kind == "add") return add_sum(name);
    if (kind == "concat") return add_concat(name);
    return add_pool(name);
  }

  Result<void> want_grid(bool along_time) const {
    const Shape& s = shape();
    if (s.size() != 4)
      return fail(text::cat("needs ", along_time ? "a series" : "an image", ", but gets ", user_shape(s)),
                  "features go through dense layers; move this layer before flatten or global_average_pool");
    if (along_time && s[2] != 1)
      return fail(text::cat("needs a series, but gets ", user_shape(s)), "use the layer that ends in 2d");
    return {};
  }

  // Whether a window fits once into the input without padding.
  Result<void> want_room(const std::vector<std::int64_t>& kernel,
                         const std::vector<std::int64_t>& dilation) const {
    if (word("padding") != "valid") return {};
    for (std::size_t axis = 0; axis < 2; ++axis) {
      const std::int64_t span = (kernel[axis] - 1) * dilation[axis] + 1;
      if (span > shape()[axis + 1])
        return fail(text::cat("its window spans ", span, " values, but the input is ", user_shape(shape())),
                    "use padding=same, a smaller window, or fewer strides before it");
    }
    return {};
  }

  bool wants_bias(bool before_batch_norm) const {
    return has("bias") ? word("bias") == "yes" : !before_batch_norm;
  }

  Result<TensorId> add_convolution(const std::string& name, bool before_batch_norm) {
    const bool along_time = text::ends_with(layer_->word, "1d");
    const bool depthwise = text::starts_with(layer_->word, "depthwise");
    MOTE_TRY_VOID(want_grid(along_time));
    const auto kernel = window("kernel"), stride = window("stride"), dilation = window("dilation");
    MOTE_TRY_VOID(want_room(kernel, dilation));
    const std::int64_t in = shape()[3];
    const std::int64_t out = depthwise ? in * whole("multiplier") : whole("channels");
    if (out > 65536) return fail(text::cat("gives ", out, " channels"), "at most 65536");
    const auto dim = [](std::int64_t v) { return static_cast<std::int32_t>(v); };
    const Shape weights = depthwise ? Shape{1, dim(kernel[0]), dim(kernel[1]), dim(out)}
                                    : Shape{dim(out), dim(kernel[0]), dim(kernel[1]), dim(in)};
    MOTE_TRY_VOID(want_weights(weights));
    MOTE_TRY(const TensorId in_place, padded_before(name, (kernel[0] - 1) * dilation[0]));
    std::vector<TensorId> inputs = {in_place, constant(name + ".weights", weights, 0.0f, true)};
    if (wants_bias(before_batch_norm)) inputs.push_back(constant(name + ".bias", {dim(out)}, 0.0f, true));
    const std::string kind_of_padding = word("padding") == "causal" ? "valid" : word("padding");
    Attributes attributes = {{"stride", along_time ? std::vector<std::int64_t>{stride[0], 1} : stride},
                             {"dilation", along_time ? std::vector<std::int64_t>{dilation[0], 1} : dilation},
                             {"padding", kind_of_padding}};
    if (depthwise) attributes["depth_multiplier"] = whole("multiplier");
    return append(depthwise ? "depthwise_conv2d" : "conv2d", name, std::move(inputs), std::move(attributes));
  }

  // The input of a causal convolution: with that many zero steps before the first.
  Result<TensorId> padded_before(const std::string& name, std::int64_t steps) {
    if (word("padding") != "causal" || steps == 0) return current_[0];
    return append("pad", name + ".before", current_,
                  {{"before", std::vector<std::int64_t>{0, steps, 0, 0}},
                   {"after", std::vector<std::int64_t>{0, 0, 0, 0}}});
  }

  Result<TensorId> add_last_step(const std::string& name) {
    MOTE_TRY_VOID(want_grid(true));
    const std::int64_t steps = shape()[1], channels = shape()[3];
    if (steps > 1) {
      MOTE_TRY(const TensorId last, append("strided_slice", name, current_,
                                           {{"begin", std::vector<std::int64_t>{0, steps - 1, 0, 0}},
                                            {"size", std::vector<std::int64_t>{1, 1, 1, channels}},
                                            {"stride", std::vector<std::int64_t>{1, 1, 1, 1}}}));
      current_ = {last};
    }
    return reshape(next_name("flatten"), {channels});
  }

  Result<TensorId> add_upsample(const std::string& name) {
    const bool along_time = text::ends_with(layer_->word, "1d");
    MOTE_TRY_VOID(want_grid(along_time));
    const std::int64_t factor = whole("factor"), height = shape()[1] * factor,
                       width = along_time ? 1 : shape()[2] * factor;
    if (height > 32767 || width > 32767)
      return fail("gives more than 32767 steps or pixels", "use a smaller factor");
    return append("resize_nearest_neighbor", name, current_, {{"height", height}, {"width", width}});
  }

  // ---- recurrent layers: unrolled over time, all steps with the same weights; nodes of a step are named "gru1@3.part", by
  // which quantization gives all steps the same scales

  // What the input adds to `units` values of each step, all steps at once: [1, units] by step.
  Result<std::vector<TensorId>> step_inputs(const std::string& name, std::int32_t units) {
    const std::int32_t steps = shape()[1], channels = shape()[3];
    const Shape weights = {units, 1, 1, channels};
    MOTE_TRY_VOID(want_weights(weights));
    MOTE_TRY(const TensorId all, append("conv2d", name,
                                        {current_[0], constant(name + ".weights", weights, 0.0f, true),
                                         constant(name + ".bias", {units}, 0.0f, true)},
                                        {}));
    MOTE_TRY(const TensorId flat,
             append("reshape", name + ".flat", {all},
                    {{"shape", std::vector<std::int64_t>{1, std::int64_t{steps} * units}}}));
    if (steps == 1) return std::vector<TensorId>{flat};
    return cut(name + ".steps", flat, std::vector<std::int64_t>(static_cast<std::size_t>(steps), units));
  }
  Result<std::vector<TensorId>> cut(const std::string& name, TensorId from, std::vector<std::int64_t> sizes) {
    MOTE_TRY_VOID(append("split", name, {from}, {{"axis", std::int64_t{1}}, {"sizes", std::move(sizes)}}));
    return graph_.nodes.back().outputs;
  }
  // `size` values of `from`, from `begin` on.
  Result<TensorId> take(const std::string& name, TensorId from, std::int64_t begin, std::int64_t size) {
    return append("strided_slice", name, {from},
                  {{"begin", std::vector<std::int64_t>{0, begin}},
                   {"size", std::vector<std::int64_t>{1, size}},
                   {"stride", std::vector<std::int64_t>{1, 1}}});
  }
  Result<TensorId> recurrent_weights(const std::string& name, std::int32_t out, std::int32_t in) {
    MOTE_TRY_VOID(want_weights({out, in}));
    return constant(name, {out, in}, 0.0f, true);
  }

  Result<TensorId> add_recurrent(const std::string& name) {
    MOTE_TRY_VOID(want_grid(true));
    if (shape()[1] > kMaxRecurrentSteps)
      return fail(text::cat("sees ", shape()[1], " steps, at most ", kMaxRecurrentSteps, " are possible"),
                  "put a convolution with a stride, or a pool, before it");
    return layer_->word == "gru" ? add_gru(name) : add_lstm(name);
  }

  // Cho et al. 2014, in the form whose reset comes behind the product:
  //   z, r = σ(x_zr + U·h),  n = tanh(x_n + r·(V·h)),  h = n + z·(h − n)
  Result<TensorId> add_gru(const std::string& name) {
    const auto units = static_cast<std::int32_t>(whole("units"));
    MOTE_TRY(const auto gates_in, step_inputs(name + ".gates", 2 * units));
    MOTE_TRY(const auto new_in, step_inputs(name + ".new", units));
    MOTE_TRY(const TensorId gates_weights, recurrent_weights(name + ".gates_recurrent", 2 * units, units));
    MOTE_TRY(const TensorId new_weights, recurrent_weights(name + ".new_recurrent", units, units));
    // Before the first step h is 0, so that r has nothing to do.
    MOTE_TRY(const TensorId first_z, take(name + "@1.z", gates_in[0], 0, units));
    MOTE_TRY(const TensorId first_open, append("logistic", name + "@1.open", {first_z}, {}));
    MOTE_TRY(const TensorId first_new, append("tanh", name + "@1.candidate", {new_in[0]}, {}));
    MOTE_TRY(const TensorId first_kept, append("mul", name + "@1.kept", {first_open, first_new}, {}));
    MOTE_TRY(TensorId hidden, append("sub", name + "@1.hidden", {first_new, first_kept}, {}));
    for (std::size_t t = 1; t < gates_in.size(); ++t) {
      const std::string step = text::cat(name, "@", t + 1, ".");
      MOTE_TRY(TensorId gates, append("fully_connected", step + "gates_hidden", {hidden, gates_weights}, {}));
      MOTE_TRY(gates, append("add", step + "gates", {gates_in[t], gates}, {}));
      MOTE_TRY(gates, append("logistic", step + "open", {gates}, {}));
      MOTE_TRY(const auto z_r, cut(step + "cut", gates, {units, units}));
      MOTE_TRY(TensorId fresh, append("fully_connected", step + "new_hidden", {hidden, new_weights}, {}));
      MOTE_TRY(fresh, append("mul", step + "reset", {z_r[1], fresh}, {}));
      MOTE_TRY(fresh, append("add", step + "new", {new_in[t], fresh}, {}));
      MOTE_TRY(fresh, append("tanh", step + "candidate", {fresh}, {}));
      MOTE_TRY(TensorId kept, append("sub", step + "change", {hidden, fresh}, {}));
      MOTE_TRY(kept, append("mul", step + "kept", {z_r[0], kept}, {}));
      MOTE_TRY(hidden, append("add", step + "hidden", {fresh, kept}, {}));
    }
    return hidden;
  }

  // Hochreiter, Schmidhuber 1997, with a forget gate:
  //   i, f, o = σ, g = tanh of (x + U·h),  c = f·c + i·g,  h = o·tanh(c)
  Result<TensorId> add_lstm(const std::string& name) {
    const auto units = static_cast<std::int32_t>(whole("units"));
    MOTE_TRY(const auto inputs, step_inputs(name + ".gates", 4 * units));
    MOTE_TRY(const TensorId weights, recurrent_weights(name + ".recurrent", 4 * units, units));
    // Before the first step h and c are 0, so that f has nothing to do.
    const auto first = [&](const std::string& op, const std::string& gate,
                           std::int64_t at) -> Result<TensorId> {
      MOTE_TRY(const TensorId part, take(name + "@1." + gate + "_in", inputs[0], at * units, units));
      return append(op, name + "@1." + gate, {part}, {});
    };
    MOTE_TRY(const TensorId first_i, first("logistic", "i", 0));
    MOTE_TRY(const TensorId first_o, first("logistic", "o", 2));
    MOTE_TRY(const TensorId first_new, first("tanh", "new", 3));
    MOTE_TRY(TensorId cell, append("mul", name + "@1.cell", {first_i, first_new}, {}));
    MOTE_TRY(const TensorId first_shown, append("tanh", name + "@1.shown", {cell}, {}));
    MOTE_TRY(TensorId hidden, append("mul", name + "@1.hidden", {first_o, first_shown}, {}));
    for (std::size_t t = 1; t < inputs.size(); ++t) {
      const std::string step = text::cat(name, "@", t + 1, ".");
      MOTE_TRY(TensorId sum, append("fully_connected", step + "gates_hidden", {hidden, weights}, {}));
      MOTE_TRY(sum, append("add", step + "gates", {inputs[t], sum}, {}));
      MOTE_TRY(const auto parts, cut(step + "parts", sum, {3 * units, units}));
      MOTE_TRY(const TensorId open, append("logistic", step + "open", {parts[0]}, {}));
      MOTE_TRY(const auto i_f_o, cut(step + "cut", open, {units, units, units}));
      MOTE_TRY(const TensorId fresh, append("tanh", step + "new", {parts[1]}, {}));
      MOTE_TRY(const TensorId added, append("mul", step + "added", {i_f_o[0], fresh}, {}));
      MOTE_TRY(const TensorId kept, append("mul", step + "kept", {i_f_o[1], cell}, {}));
      MOTE_TRY(cell, append("add", step + "cell", {kept, added}, {}));
      MOTE_TRY(const TensorId shown_cell, append("tanh", step + "shown", {cell}, {}));
      MOTE_TRY(hidden, append("mul", step + "hidden", {i_f_o[2], shown_cell}, {}));
    }
    return hidden;
  }

  Result<TensorId> add_dense(const std::string& name, bool before_batch_norm) {
    if (shape().size() > 2) {
      MOTE_TRY(const TensorId flat, reshape(next_name("flatten"), {count_of(shape())}));
      current_ = {flat};
    }
    const std::int64_t units = whole("units");
    const auto out = static_cast<std::int32_t>(
        units == kAsManyAsOutputs ? static_cast<std::int64_t>(task_.outputs) : units);
    const Shape weights = {out, shape()[1]};
    MOTE_TRY_VOID(want_weights(weights));
    std::vector<TensorId> inputs = {current_[0], constant(name + ".weights", weights, 0.0f, true)};
    if (wants_bias(before_batch_norm)) inputs.push_back(constant(name + ".bias", {out}, 0.0f, true));
    return append("fully_connected", name, std::move(inputs), {});
  }

  Result<TensorId> add_batch_norm(const std::string& name) {
    const Shape channels = {shape().back()};
    MOTE_TRY_VOID(want_weights(channels));
    const std::vector<TensorId> inputs = {current_[0], constant(name + ".gamma", channels, 1.0f, true),
                                          constant(name + ".beta", channels, 0.0f, true),
                                          constant(name + ".mean", channels, 0.0f, false),
                                          constant(name + ".variance", channels, 1.0f, false)};
    return append("batch_norm", name, inputs, {{"epsilon", layer_->arguments.at("epsilon")}});
  }

  Result<TensorId> add_pool(const std::string& name) {
    const bool maximum = text::starts_with(layer_->word, "max") || layer_->word == "global_max_pool";
    const std::string op = maximum ? "max_pool2d" : "average_pool2d";
    if (text::starts_with(layer_->word, "global")) {
      MOTE_TRY_VOID(want_grid(false));
      const std::vector<std::int64_t> all = {shape()[1], shape()[2]};
      MOTE_TRY(
          const TensorId pooled,
          append(op, name, current_, {{"kernel", all}, {"stride", all}, {"padding", std::string("valid")}}));
      current_ = {pooled};
      return reshape(next_name("flatten"), {count_of(shape())});
    }
    const bool along_time = text::ends_with(layer_->word, "1d");
    MOTE_TRY_VOID(want_grid(along_time));
    const auto kernel = window("size");
    MOTE_TRY_VOID(want_room(kernel, {1, 1}));
    return append(op, name, current_,
                  {{"kernel", kernel},
                   {"stride", has("stride") ? window("stride") : kernel},
                   {"padding", word("padding")}});
  }

  // `extents` as the user writes them: features, time x channels, or height x width x channels.
  Result<TensorId> reshape(const std::string& name, std::vector<std::int64_t> extents) {
    std::int64_t count = 1;
    for (std::int64_t extent : extents) count *= std::min(extent, kMaxElements + 1);
    if (count != count_of(shape()))
      return fail(text::cat("the input has ", count_of(shape()), " values: ", user_shape(shape())),
                  "the new shape must have as many");
    if (extents.size() == 2) extents = {extents[0], 1, extents[1]};
    extents.insert(extents.begin(), 1);
    return append("reshape", name, current_, {{"shape", extents}});
  }

  Result<TensorId> add_sum(const std::string& name) {
    for (std::size_t i = 1; i < current_.size(); ++i)
      if (shape(i) != shape())
        return fail(text::cat("its inputs differ: ", user_shape(shape()), " and ", user_shape(shape(i))),
                    "make channels and strides equal, or use concat");
    TensorId sum = current_[0];
    for (std::size_t i = 1; i < current_.size(); ++i) {
      MOTE_TRY(sum, append("add", i == 1 ? name : next_name("add"), {sum, current_[i]}, {}));
    }
    return sum;
  }

  Result<TensorId> add_concat(const std::string& name) {
    const std::size_t axis = word("axis") == "time" ? 1 : shape().size() - 1;
    for (std::size_t i = 1; i < current_.size(); ++i) {
      Shape a = shape(), b = shape(i);
      if (a.size() == b.size()) a[axis] = b[axis] = 1;
      if (a != b)
        return fail(text::cat("its inputs do not fit: ", user_shape(shape()), " and ", user_shape(shape(i))),
                    "bring both to features first: flatten or global_average_pool");
    }
    return append("concatenation", name, current_, {{"axis", static_cast<std::int64_t>(axis)}});
  }

  std::string file_;  // for messages
  const NetworkTask& task_;
  Graph graph_;
  std::map<std::string, Value> values_;  // inputs and named results
  std::int64_t weights_ = 0;             // elements of all weights so far
  std::map<std::string, int> counters_;  // of node names, by prefix
  std::vector<TensorId> current_;        // what the next layer sees
  const Layer* layer_ = nullptr;         // the layer being added
  std::string last_word_, last_result_;
  bool open_result_ = false;  // the chain before has no name: only the next line can use it
  int result_line_ = 0;
};

}  // namespace

namespace {

bool has_labels(Task task) { return task == Task::Classification || task == Task::MultiLabel; }

Result<void> check_task(const std::string& file, const NetworkTask& task) {
  const bool classes = task.task == Task::Classification;
  if (classes && task.labels.size() < 2)
    return error(
        text::cat(file, ": a classifier needs at least two labels, the data has ", task.labels.size()),
        "check `label` and `labels` in [data]");
  if (task.outputs < 1)
    return error(text::cat(file, ": the data says nothing that the model could answer"),
                 "name the columns to predict in [data]");
  return {};
}

}  // namespace

Result<Module> build_network(const ModelDescription& model, std::span<const NetworkInput> inputs,
                             const std::vector<std::string>& labels) {
  return build_network(model, inputs, NetworkTask{Task::Classification, labels, labels.size()});
}

Result<Module> build_network(const ModelDescription& model, const Dataset& data) {
  return build_network(model, network_inputs(data), network_task(data));
}

Result<Module> build_network(const ModelDescription& model, std::span<const NetworkInput> inputs,
                             const NetworkTask& task) {
  if (inputs.empty())
    return error(text::cat(model.file, ": the network has no inputs"), "add an [[data.input]]");
  MOTE_TRY_VOID(check_task(model.file, task));
  std::vector<LayerChain> chains = model.chains;
  std::string file = model.file;
  if (!model.template_name.empty()) {
    MOTE_TRY(const std::string expanded, template_layers(model, inputs, task));
    file = text::cat(model.file, ", template '", model.template_name, "'");
    MOTE_TRY(chains, parse_layers(expanded, file, 1));
  }
  if (chains.empty())
    return error(text::cat(model.file, ": the model has no layers"), "add `layers` or `template` to [model]");
  Builder builder(file, task);
  for (const NetworkInput& input : inputs) {
    auto added = builder.add_input(input);
    if (!added) return added.error().in(model.file);
  }
  for (const LayerChain& chain : chains) MOTE_TRY_VOID(builder.add_chain(chain));
  MOTE_TRY(Graph graph, builder.finish());
  Module module;
  module.graphs.push_back(std::move(graph));
  if (has_labels(task.task)) set_labels(module, task.labels);
  MOTE_TRY_VOID(verify(module, Stage::Imported));
  return module;
}

// ---- reference page

std::string layer_reference_markdown() {
  std::string out = "| layer | does | arguments |\n|---|---|---|\n";
  const auto escaped = [](std::string s) {
    for (std::size_t at = 0; (at = s.find('|', at)) != std::string::npos; at += 2) s.insert(at, "\\");
    return s;
  };
  for (const LayerWord& entry : layer_words()) {
    std::vector<std::string> arguments;
    for (const Argument& argument : entry.arguments) {
      std::string line =
          argument.positional ? text::cat("**", argument.name, "**") : text::cat("`", argument.name, "=`");
      line += text::cat(" ", escaped(std::string(argument.doc)));
      line += text::cat(" (", escaped(range_text(argument)));
      if (!argument.default_text.empty()) line += text::cat("; default ", argument.default_text);
      arguments.push_back(line + ")");
    }
    out += text::cat("| `", entry.word, "` | ", entry.doc, " | ", text::join(arguments, "<br>"), " |\n");
  }
  out += "\n| template | what it is |\n|---|---|\n";
  for (const TemplateLine& entry : template_lines())
    out += text::cat("| `", entry.name, "` | ", entry.doc, " |\n");
  return out;
}

}  // namespace mote
