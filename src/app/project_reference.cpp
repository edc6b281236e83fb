// docs/reference/mote-toml.md, made from the key table.
#include "app/keys.h"
#include "app/network.h"
#include "app/project.h"
#include "base/text.h"

namespace mote {
namespace {
using namespace keys;

std::string cell_type(const ProjectKey& key) {
  switch (key.type) {
    case KeyType::Name:
      return "name";
    case KeyType::Text:
      return "text";
    case KeyType::Layers:
      return "text, several lines";
    case KeyType::Flag:
      return "true, false";
    case KeyType::Whole:
      return "whole number";
    case KeyType::Number:
      return "number";
    case KeyType::Texts:
      return "list of texts";
    case KeyType::TextOrTexts:
      return "text or list of texts";
    case KeyType::WholeOrAll:
      return "whole number or `\"all\"`";
    case KeyType::Weights:
      return "text or list of numbers";
    case KeyType::Range:
      return "list of two numbers";
    case KeyType::Wholes:
      return "list of whole numbers";
    case KeyType::TwoWholes:
      return "list of two whole numbers";
    case KeyType::WordMap:
      return "words in braces";
  }
  return "";
}

std::string cell_range(const ProjectKey& key) {
  std::string out;
  for (const std::string& choice : key.choices) out += text::cat(out.empty() ? "" : ", ", "`", choice, "`");
  if (has_range(key)) out += text::cat(out.empty() ? "" : "; ", range_text(key));
  return key.unit.empty() ? out : text::cat(out, " (", key.unit, ")");
}

}  // namespace

std::string project_reference_markdown() {
  std::string out = text::cat(
      "<!-- Generated from the key table of src/app/keys.cpp and the layer table of src/app/network.cpp; "
      "a test compares. -->\n"
      "# mote.toml\n\n"
      "A project is one file, `mote.toml`, in [TOML](https://toml.io): data, model, training, quantization, "
      "targets.\n"
      "Paths are relative to the file. `$MOTE_DATA` at the beginning of a path is the environment variable "
      "of that name; when it is\n"
      "not set, the nearest folder `shared/data` above the project or the program. Every key that is not "
      "listed here is an error, and so is a key that would do nothing in the project it stands in.\n\n"
      "## An example\n\nHeartbeats are told apart by their waveform and by the rhythm around them: two "
      "inputs.\n\n```toml\n",
      project_example(), "```\n");
  for (const ProjectTable& table : project_tables()) {
    out += table.name.empty() ? std::string("\n## Top\n\n") : text::cat("\n## ", table_title(table), "\n\n");
    out += text::cat(table.doc, "\n\n| key | type | default | allowed | meaning |\n|---|---|---|---|---|\n");
    for (const ProjectKey& key : project_keys()) {
      if (key.table != table.name) continue;
      const std::string fallback = value_text(key.default_value, key.type);
      out += text::cat("| `", key.name, "` | ", cell_type(key), " | ",
                       key.required       ? "required"
                       : fallback.empty() ? ""
                                          : text::cat("`", fallback, "`"),
                       " | ", cell_range(key), " | ", key.doc, " |\n");
    }
  }
  out += text::cat(
      "\n## Layers\n\n"
      "`layers` is a text. A line says what comes in, the layers it goes through, and the name of what comes "
      "out:\n\n"
      "```\n"
      "input: layer | layer | layer -> result\n"
      "result, other: concat | layer          # several inputs only for add and concat\n"
      "```\n\n"
      "- Inputs are the names of `[[data.input]]`, results the names behind `->` of earlier lines; a result "
      "may be used several times.\n"
      "- Without `input:` a line goes on from the line before; the first line may leave it out when the "
      "model has one input.\n"
      "- A line that begins with `|`, or follows one that ends with `|` or `:`, belongs to the line before. "
      "`#` "
      "begins a comment.\n"
      "- A layer is a word and its arguments. Bold arguments may be written as a value alone: `conv1d 16 "
      "kernel=7`.\n"
      "- The last layer is `softmax`, with as many values as there are labels: `dense labels | softmax`.\n"
      "- The layers are named after their kind: conv1, bn1, relu1, conv2, … These names appear in reports "
      "and in generated code.\n\n",
      layer_reference_markdown());
  return out;
}

}  // namespace mote
