// The key table of mote.toml: what may stand in it, and the words for a key's type, range and value that messages and the
// reference page share.  The entries of [data], [train] and so on stand in keys_*.cpp.
#include "app/keys.h"

#include <cmath>

#include "base/text.h"

namespace mote {
using namespace keys;

std::span<const ProjectTable> project_tables() {
  static const std::vector<ProjectTable> all = {
      {"", false, "At the top of the file."},
      {"data", false,
       "Where samples come from, what is predicted, and which samples train, validate and test. Either files "
       "(`source`, or `train` and `test`) or a `generator`."},
      {"data.synth", false,
       "What the generator makes. `ecg`: heartbeats of classes N, S, V, F; unless said otherwise the label "
       "is `label`, the group `subject`, and the inputs are `beat` (125 steps at 125 Hz) and `rr` (3 "
       "features of the rhythm)."},
      {"data.input", true, "An input of the model; one table each. Inputs may differ in rate and shape."},
      {"model", false, "The network: `layers`, written out, or a `template`."},
      {"train", false, "How the network is trained. Each key has a good default."},
      {"train.augment", false, "Changes made to each series input each time it is seen in training."},
      {"quantize", false, "How the trained network becomes int8."},
      {"target", true, "A CPU or board to compile for and run on; one table each. Without any: `cortex-m4`."},
  };
  return all;
}

std::span<const ProjectKey> project_keys() {
  using enum KeyType;
  static const std::vector<ProjectKey> all = [] {
    std::vector<ProjectKey> list = {
        key("", "name", Name, "Names the project; it becomes the prefix of generated C names.",
            [](P p, V v) { p.name = p.data.name = str(v); })
            .required(),
    };
    const std::vector<ProjectKey> model = {
        key("model", "layers", Layers, "The network as text; see [Layers](#layers).", [](P, V) {}),
        key("model", "template", Text, "A ready network that fits the inputs.",
            [](P p, V v) { p.model.template_name = str(v); })
            .choices(template_names()),
        key("model", "width", Whole,
            "Of a template: channels of its first layer; the other layers grow with it.",
            [](P p, V v) { p.model.width = whole(v); })
            .defaults(n(8))
            .within(1, 1024),
    };
    for (const std::vector<ProjectKey>& more :
         {keys::data_keys(), model, keys::train_keys(), keys::quantize_keys(), keys::target_keys()})
      list.insert(list.end(), more.begin(), more.end());
    return list;
  }();
  return all;
}

std::string_view project_example() {
  return R"toml(name = "heart-monitor"

[data]
train = "$MOTE_DATA/mitbih-beats/beats_train.csv"
test = "$MOTE_DATA/mitbih-beats/beats_test.csv"
label = "aami"                      # the column with the class of a beat
labels = ["N", "S", "V", "F"]       # the outputs, in this order
ignore = ["Q"]
group = "record"                    # a patient is either in training or in validation
validation_share = 0.2

[[data.input]]
name = "beat"
columns = "s0..s124"                # 125 steps of the waveform, around the beat
unit = "mV"
rate = 125
scale = 0.001                       # the file is in microvolt

[[data.input]]
name = "rr"                         # the rhythm: time since the last beat and to the next, beside the patient's mean
columns = ["rr_prev_ms / mean(rr_prev_ms)", "rr_next_ms / mean(rr_prev_ms)", "rr_prev_ms / rr_next_ms"]
series = false

[model]
layers = """
  beat: conv1d 16 kernel=7 stride=2 | batch_norm | relu
      | max_pool1d 2
      | conv1d 32 kernel=5 | batch_norm | relu
      | global_average_pool -> wave
  rr:   dense 16 | relu -> rhythm
  wave, rhythm: concat | dropout 0.2 | dense labels | softmax
"""

[train]
epochs = 40
learning_rate = 0.002
class_weights = "balanced"
monitor = "f1_macro"
augment = { noise = 0.02, scale = 0.1, shift = 3 }

[quantize]
calibration = "percentile"
samples = 500

[[target]]
name = "cortex-m4"
optimize = "speed"
flash_kb = 64
ram_kb = 16
samples = 200
)toml";
}

namespace keys {
namespace {

std::string number_text(double value) {
  const bool plain = std::abs(value) < 1e7 && value == std::floor(value);  // "30", not "30.0"
  return plain ? text::cat(static_cast<std::int64_t>(value)) : text::shortest(value);
}

}  // namespace

std::string quoted_list(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += text::cat(out.empty() ? "" : ", ", '"', word, '"');
  return out;
}

const ProjectTable* find_table(std::string_view name) {
  for (const ProjectTable& table : project_tables())
    if (table.name == name) return &table;
  return nullptr;
}

const ProjectKey* find_key(std::string_view table, std::string_view name) {
  for (const ProjectKey& key : project_keys())
    if (key.table == table && key.name == name) return &key;
  return nullptr;
}

std::string join_key(std::string_view table, std::string_view name) {
  return table.empty() ? std::string(name) : text::cat(table, ".", name);
}

std::string table_title(const ProjectTable& table) {
  if (table.name.empty()) return "the top of the file";
  return table.repeated ? text::cat("[[", table.name, "]]") : text::cat("[", table.name, "]");
}

std::string type_text(const ProjectKey& key) {
  switch (key.type) {
    case KeyType::Name:
      return "a name in quotes";
    case KeyType::Text:
      return key.choices.empty() ? "a text in quotes" : text::cat("one of ", quoted_list(key.choices));
    case KeyType::Layers:
      return "a text in three quotes";
    case KeyType::Flag:
      return "true or false";
    case KeyType::Whole:
      return "a whole number";
    case KeyType::Number:
      return "a number";
    case KeyType::Texts:
      return "a list of texts";
    case KeyType::TextOrTexts:
      return "a text or a list of texts";
    case KeyType::WholeOrAll:
      return "a whole number or \"all\"";
    case KeyType::Weights:
      return "\"none\", \"balanced\" or a list of numbers";
    case KeyType::Range:
      return "two numbers, the lower first";
    case KeyType::Wholes:
      return "a list of whole numbers";
    case KeyType::TwoWholes:
      return "a list of two whole numbers";
    case KeyType::WordMap:
      return "words and what they become, in braces";
  }
  return "";
}

bool has_range(const ProjectKey& key) {
  return key.type == KeyType::Whole || key.type == KeyType::Number || key.type == KeyType::WholeOrAll ||
         key.type == KeyType::Weights || key.type == KeyType::Range || key.type == KeyType::Wholes ||
         key.type == KeyType::TwoWholes;
}
std::string range_text(const ProjectKey& key) {
  if (key.min <= -kMany) return "any number";
  return key.max >= kMany ? text::cat(number_text(key.min), " or more")
                          : text::cat(number_text(key.min), " … ", number_text(key.max));
}

std::string value_text(const KeyValue& value, KeyType type) {
  if (const auto* b = std::get_if<bool>(&value)) return *b ? "true" : "false";
  if (const auto* i = std::get_if<std::int64_t>(&value))
    return type == KeyType::WholeOrAll && *i == 0 ? "\"all\"" : text::cat(*i);
  if (const auto* d = std::get_if<double>(&value)) return number_text(*d);
  if (const auto* t = std::get_if<std::string>(&value)) return text::cat('"', *t, '"');
  return "";
}

std::string sample_of(const ProjectKey& key) {
  if (key.default_value.index() != 0) return value_text(key.default_value, key.type);
  if (!key.choices.empty()) return text::cat('"', key.choices.front(), '"');
  switch (key.type) {
    case KeyType::Texts:
    case KeyType::TextOrTexts:
      return "[\"a\", \"b\"]";
    case KeyType::Layers:
      return "\"dense 16 | relu | dense labels | softmax\"";
    case KeyType::Range:
      return "[-5, 5]";
    case KeyType::Wholes:
    case KeyType::TwoWholes:
      return "[8, 8]";
    case KeyType::WordMap:
      return "{ \"1\" = \"fault\" }";
    default:
      return text::cat('"', key.name, '"');
  }
}

}  // namespace keys
}  // namespace mote
