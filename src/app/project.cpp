// mote.toml → Project.  toml++ reads the syntax; the key table (keys.h) says what is allowed, what it means and
// where it goes; `ProjectReader` walks the file against it and reports the first problem with its line.
#include "app/project.h"

#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "app/keys.h"
#include "base/system.h"
#include "base/text.h"

namespace mote {
namespace fs = std::filesystem;
namespace {
using namespace keys;
using Strings = std::vector<std::string>;

constexpr std::size_t kMaxFileBytes = 1'000'000;
constexpr std::size_t kMaxKeyParts =
    8;  // a.b.c = …: toml++ nests a table for each, and frees them by recursion
constexpr std::size_t kMaxListLength = 10'000;
constexpr std::size_t kMaxTextLength = 1'000;

// What the user wrote, short enough and clean enough for a message.
std::string shown(std::string_view value) {
  std::string out;
  for (char c : value.substr(0, 60)) out += static_cast<unsigned char>(c) < 32 || c == 127 ? ' ' : c;
  return value.size() > 60 ? out + "…" : out;
}

// ---- before toml++ sees it

// The line of the first key or table name with more than kMaxKeyParts parts, or 0.  toml++ limits the nesting
// of arrays and inline tables, but not of dotted keys.  Strings and comments are skipped.
int line_of_too_deep_key(std::string_view content) {
  int line = 1;
  std::size_t dots = 0;
  for (std::size_t i = 0; i < content.size(); ++i) {
    const char c = content[i];
    if (c == '\n') {
      ++line;
      dots = 0;
    } else if (c == '#') {
      i = std::min(content.find('\n', i), content.size()) - 1;
    } else if (c == '"' || c == '\'') {
      const bool many_lines = content.substr(i, 3) == std::string(3, c);
      const std::size_t quote = many_lines ? 3 : 1;
      for (i += quote; i < content.size() && content.substr(i, quote) != std::string(quote, c); ++i) {
        if (content[i] == '\n' && !many_lines) break;
        if (content[i] == '\n') ++line;
        if (content[i] == '\\' && c == '"' && i + 1 < content.size() && content[i + 1] != '\n') ++i;
      }
      if (i < content.size() && content[i] == '\n')
        --i;  // an open string: toml++ will say so
      else
        i += quote - 1;
      while (many_lines && i + 1 < content.size() && content[i + 1] == c)
        ++i;  // """a"""" ends with a quote of its own
    } else if (c == '=' || c == ',' || c == '[' || c == '{') {
      dots = 0;
    } else if (c == '.' && ++dots >= kMaxKeyParts) {
      return line;
    }
  }
  return 0;
}

Result<void> check_size_and_depth(std::string_view content, const std::string& file) {
  if (content.size() > kMaxFileBytes)
    return error(
        text::cat(file, ": the file has ", text::thousands(static_cast<std::int64_t>(content.size())),
                  " bytes, more than ", text::thousands(kMaxFileBytes)),
        "a project file is a page of text; is this the right file?");
  if (const int line = line_of_too_deep_key(content); line > 0)
    return error(text::cat(file, ", line ", line, ": a key with more than ", kMaxKeyParts, " parts"),
                 "tables of mote.toml nest two deep at most: [data.synth]");
  return {};
}

// ---- the reader

class ProjectReader {
 public:
  ProjectReader(std::string_view content, const std::string& file, fs::path folder, fs::path data_folder)
      : content_(content), data_folder_(std::move(data_folder)) {
    project_.file = file;
    project_.folder = std::move(folder);
    project_.model.file = file;
  }

  Result<Project> read(const toml::table& root) {
    read_table(root, *find_table(""), 1);
    for (const ProjectTable& table : project_tables())
      if (!table.repeated && !table.name.empty() && !tables_read_.count(std::string(table.name)))
        set_defaults(table, {}, 0);
    if (problems_.empty()) check_data();
    if (problems_.empty()) check_model();
    if (problems_.empty()) check_targets();
    if (problems_.empty()) resolve_all_paths();
    if (problems_.empty()) return std::move(project_);
    const auto earlier = [](const Problem& a, const Problem& b) { return a.line < b.line; };
    return std::min_element(problems_.begin(), problems_.end(), earlier)->what;
  }

 private:
  struct Problem {
    int line;  // large when it is about something missing, so that slips are named first
    Error what;
  };

  static int line_of(const toml::source_region& source) { return static_cast<int>(source.begin.line); }

  void report(int line, const std::string& what, std::string hint) {
    const std::string where = line > 0 ? text::cat(project_.file, ", line ", line) : project_.file;
    problems_.push_back({line > 0 ? line : 1 << 30, error(text::cat(where, ": ", what), std::move(hint))});
  }
  void report_at(const std::string& key, const std::string& what, std::string hint) {
    const auto found = project_.lines.find(key);
    report(found == project_.lines.end() ? 0 : found->second, what, std::move(hint));
  }
  bool has(const std::string& key) const { return project_.lines.count(key) > 0; }

  // -- tables

  void read_table(const toml::table& content, const ProjectTable& table, int line) {
    tables_read_.insert(std::string(table.name));
    std::set<std::string> given;
    for (const auto& [toml_key, node] : content) {
      const std::string name(toml_key.str());
      const int key_line = line_of(toml_key.source());
      if (const ProjectTable* inner = find_table(join_key(table.name, name)))
        read_inner(node, *inner, key_line);
      else if (const ProjectKey* key = find_key(table.name, name))
        read_key(node, *key, key_line, given);
      else
        report_unknown(name, table, node, key_line);
    }
    if (table.name == "data.input" && given.count("rate") > 0 && given.count("period") > 0)
      report_at("data.input.period", "'rate' and 'period' of one input",
                "keep one of them: period = 1 / rate");
    set_defaults(table, given, line);
  }

  void read_inner(const toml::node& node, const ProjectTable& table, int line) {
    project_.lines[std::string(table.name)] = line;
    if (const toml::table* one = node.as_table()) {
      if (table.repeated) add_element(table);
      return read_table(*one, table, table_line(*one, line));
    }
    const toml::array* list = table.repeated ? node.as_array() : nullptr;
    if (!list || list->empty() || list->size() > 100)
      return report(line, text::cat("'", table.name, "' must be a table"),
                    text::cat("write: ", table_title(table)));
    for (const toml::node& element : *list) {
      const toml::table* one = element.as_table();
      if (!one)
        return report(line, text::cat("'", table.name, "' must be a table"),
                      text::cat("write: ", table_title(table)));
      add_element(table);
      read_table(*one, table, table_line(*one, line));
    }
  }
  static int table_line(const toml::table& table, int otherwise) {
    const int line = line_of(table.source());
    return line > 0 ? line : otherwise;
  }

  void add_element(const ProjectTable& table) {
    if (table.name == "data.input") project_.data.inputs.emplace_back();
    if (table.name == "target") project_.targets.emplace_back();
  }

  void set_defaults(const ProjectTable& table, const std::set<std::string>& given, int line) {
    for (const ProjectKey& key : project_keys()) {
      if (key.table != table.name || given.count(std::string(key.name))) continue;
      if (key.required)
        report(line, text::cat("'", key.name, "' is missing in ", table_title(table)),
               text::cat(key.name, " is ", type_text(key), ". ", key.doc));
      else if (key.default_value.index() != 0)
        key.set(project_, key.default_value);
    }
  }

  void report_unknown(const std::string& name, const ProjectTable& table, const toml::node& node, int line) {
    const bool is_table = node.is_table() || node.is_array_of_tables();
    std::vector<std::string> known;
    for (const ProjectKey& key : project_keys())
      if (key.table == table.name) known.emplace_back(key.name);
    for (const ProjectTable& other : project_tables())
      if (!other.name.empty() &&
          (table.name.empty() ? other.name.find('.') == std::string_view::npos
                              : text::starts_with(other.name, text::cat(table.name, "."))))
        known.emplace_back(table.name.empty() ? other.name : other.name.substr(table.name.size() + 1));
    std::string hint = text::suggest(shown(name), known);
    if (!is_table && !text::nearest(shown(name), known))
      for (const ProjectKey& key : project_keys())
        if (key.name == name)
          hint = text::cat("'", name, "' belongs in ", table_title(*find_table(key.table)));
    const std::string what = is_table ? text::cat("unknown table [", shown(join_key(table.name, name)), "]")
                                      : text::cat("unknown key '", shown(name), "' in ", table_title(table));
    report(line, what, hint);
  }

  // -- keys

  void read_key(const toml::node& node, const ProjectKey& key, int line, std::set<std::string>& given) {
    given.insert(std::string(key.name));
    project_.lines[join_key(key.table, key.name)] = line;
    auto value = read_value(node, key);
    if (!value)
      return report(
          line,
          text::cat("'", key.name, "' in ", table_title(*find_table(key.table)), " ", value.error().message),
          value.error().hint);
    key.set(project_, *value);
    if (key.type == KeyType::Layers) read_layers(str(*value), node);
  }

  static std::string kind_of(const toml::node& node) {
    if (node.is_string()) return "a text";
    if (node.is_boolean()) return "true or false";
    if (node.is_integer()) return "a whole number";
    if (node.is_floating_point()) return "a number with a fraction";
    if (node.is_array()) return "a list";
    if (node.is_table()) return "a table";
    return "a date or time";
  }

  static Error wrong_type(const toml::node& node, const ProjectKey& key) {
    const bool several = key.table == "data" && key.name == "label" && node.is_array();
    return error(text::cat("must be ", type_text(key), ", not ", kind_of(node)),
                 several ? "several labels at once: task = \"multi-label\" and labels = [\"a\", \"b\"], the "
                           "columns of 0 and 1"
                         : text::cat("for example: ", key.name, " = ", sample_of(key)));
  }

  // Errors here are sentences without a subject: "must be …".
  static Result<KeyValue> read_value(const toml::node& node, const ProjectKey& key) {
    switch (key.type) {
      case KeyType::Flag:
        if (const auto value = node.value_exact<bool>()) return KeyValue{*value};
        break;
      case KeyType::Whole:
        return read_whole(node, key);
      case KeyType::Number:
        return read_number(node, key);
      case KeyType::WholeOrAll:
        if (const auto word = node.value_exact<std::string>(); word && *word == "all")
          return KeyValue{std::int64_t{0}};
        return read_whole(node, key);
      case KeyType::Name:
      case KeyType::Text:
      case KeyType::Layers:
        return read_text_value(node, key);
      case KeyType::Texts:
        return read_texts(node, key);
      case KeyType::TextOrTexts: {
        if (!node.is_string()) return read_texts(node, key);
        MOTE_TRY(const KeyValue one, read_text_value(node, key));
        return KeyValue{Strings{str(one)}};
      }
      case KeyType::Weights:
        if (node.is_array()) return read_numbers(node, key);
        return read_text_value(node, key);
      case KeyType::Range: {
        if (!node.is_array()) break;
        MOTE_TRY(const KeyValue value, read_numbers(node, key));
        const auto& ends = std::get<std::vector<double>>(value);
        if (ends.size() == 2 && ends[0] < ends[1]) return value;
        return error(text::cat("must be ", type_text(key)),
                     text::cat("for example: ", key.name, " = ", sample_of(key)));
      }
      case KeyType::Wholes:
      case KeyType::TwoWholes: {
        if (!node.is_array()) break;
        MOTE_TRY(const KeyValue value, read_numbers(node, key));
        const auto& numbers = std::get<std::vector<double>>(value);
        if (key.type == KeyType::TwoWholes && numbers.size() != 2)
          return error(text::cat("must be ", type_text(key), ", not ", numbers.size()),
                       text::cat("for example: ", key.name, " = ", sample_of(key)));
        if (std::all_of(numbers.begin(), numbers.end(), [](double v) { return v == std::floor(v); }))
          return value;
        break;
      }
      case KeyType::WordMap:
        return read_words(node, key);
    }
    return wrong_type(node, key);
  }

  // Pairs, one after the other.
  static Result<KeyValue> read_words(const toml::node& node, const ProjectKey& key) {
    const toml::table* table = node.as_table();
    if (!table) return wrong_type(node, key);
    Strings pairs;
    if (table->size() > kMaxListLength)
      return error(text::cat("has more than ", kMaxListLength, " elements"));
    for (const auto& [word, meaning] : *table) {
      MOTE_TRY(const KeyValue value, read_text_value(meaning, key));
      pairs.emplace_back(word.str());
      pairs.push_back(str(value));
    }
    return KeyValue{pairs};
  }

  static Error out_of_range(const ProjectKey& key) {
    return error(text::cat("is out of range: ", range_text(key)),
                 key.unit.empty() ? std::string(key.doc) : text::cat("in ", key.unit, ". ", key.doc));
  }

  static Result<KeyValue> read_whole(const toml::node& node, const ProjectKey& key) {
    const auto value = node.value_exact<std::int64_t>();
    if (!value) return wrong_type(node, key);
    if (static_cast<double>(*value) < key.min || static_cast<double>(*value) > key.max)
      return out_of_range(key);
    return KeyValue{*value};
  }

  static Result<KeyValue> read_number(const toml::node& node, const ProjectKey& key) {
    if (!node.is_integer() && !node.is_floating_point()) return wrong_type(node, key);
    const double value = node.is_integer() ? static_cast<double>(*node.value_exact<std::int64_t>())
                                           : *node.value_exact<double>();
    if (!std::isfinite(value)) return error("is not a finite number", std::string(key.doc));
    if (value < key.min || value > key.max) return out_of_range(key);
    return KeyValue{value};
  }

  static Result<KeyValue> read_numbers(const toml::node& node, const ProjectKey& key) {
    std::vector<double> values;
    if (node.as_array()->size() > kMaxListLength)
      return error(text::cat("has more than ", kMaxListLength, " elements"));
    for (const toml::node& element : *node.as_array()) {
      MOTE_TRY(const KeyValue value, read_number(element, key));
      values.push_back(real(value));
    }
    if (values.empty())
      return error("is an empty list", text::cat("for example: ", key.name, " = ", sample_of(key)));
    return KeyValue{values};
  }

  static Result<KeyValue> read_text_value(const toml::node& node, const ProjectKey& key) {
    const auto value = node.value_exact<std::string>();
    if (!value) return wrong_type(node, key);
    if (value->empty())
      return error("is empty",
                   text::cat("remove the line, or write, for example: ", key.name, " = ", sample_of(key)));
    if (key.type == KeyType::Layers) return KeyValue{*value};
    if (value->size() > kMaxTextLength) return error(text::cat("is longer than ", kMaxTextLength, " bytes"));
    const auto control = [](char c) { return static_cast<unsigned char>(c) < 32 || c == 127; };
    if (std::any_of(value->begin(), value->end(), control))
      return error("has a control character, such as a line break", "write it on one line");
    if (!key.choices.empty() &&
        std::find(key.choices.begin(), key.choices.end(), *value) == key.choices.end())
      return error(text::cat("cannot be '", shown(*value), "'"), text::suggest(shown(*value), key.choices));
    if (key.type == KeyType::Name && !is_name(*value))
      return error(text::cat("is no name: '", shown(*value), "'"),
                   "a name is a letter, then at most 63 letters, digits, '_' or '-'");
    return KeyValue{*value};
  }

  static Result<KeyValue> read_texts(const toml::node& node, const ProjectKey& key) {
    const toml::array* list = node.as_array();
    if (!list) return wrong_type(node, key);
    if (list->empty())
      return error("is an empty list", text::cat("for example: ", key.name, " = ", sample_of(key)));
    if (list->size() > kMaxListLength) return error(text::cat("has more than ", kMaxListLength, " elements"));
    Strings values;
    std::set<std::string> seen;
    for (const toml::node& element : *list) {
      MOTE_TRY(const KeyValue value, read_text_value(element, key));
      if (!seen.insert(str(value)).second)
        return error(text::cat("has '", shown(str(value)), "' twice"), "remove one of them");
      values.push_back(str(value));
    }
    return KeyValue{values};
  }

  static bool is_name(std::string_view value) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    const auto any = [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-'; };
    return !value.empty() && value.size() <= 64 && letter(value[0]) &&
           std::all_of(value.begin(), value.end(), any);
  }

  // The line of the file where the text's first line stands: behind the three quotes or below them.  Exact
  // unless the text has escapes that add or remove line breaks.
  int first_text_line(const toml::node& node) const {
    const auto begin = node.source().begin;
    std::size_t at = 0;
    for (toml::source_index line = 1; line < begin.line && at < content_.size(); ++line)
      at = std::min(content_.find('\n', at), content_.size() - 1) + 1;
    const std::string_view rest = content_.substr(std::min(at, content_.size()));
    const std::string_view line = rest.substr(0, rest.find('\n'));
    const std::string_view end = text::trim(line);
    return static_cast<int>(begin.line) +
           (text::ends_with(end, "\"\"\"") || text::ends_with(end, "'''") ? 1 : 0);
  }

  void read_layers(const std::string& layer_text, const toml::node& node) {
    layers_line_ = first_text_line(node);
    auto chains = parse_layers(layer_text, project_.file, layers_line_);
    if (chains)
      project_.model.chains = std::move(*chains);
    else
      problems_.push_back({layers_line_, chains.error()});
  }

  // -- what one key alone cannot say

  void check_data() {
    DataSource& data = project_.data;
    const bool by_split = !data.split_files.empty();
    const int sources = (has("data.source") ? 1 : 0) + (by_split ? 1 : 0) + (has("data.generator") ? 1 : 0);
    if (!has("data"))
      return report(
          0, "[data] is missing",
          "say where samples come from: [data], then source = \"samples.csv\" or generator = \"ecg\"");
    if (sources == 0)
      return report_at("data", "[data] says no source of samples",
                       "add source = \"samples.csv\", or train = … and test = …, or generator = \"ecg\"");
    if (sources > 1)
      return report_at("data", "[data] says more than one source of samples",
                       "keep one: source, or train/validation/test, or generator");
    if (by_split && !has("data.train"))
      return report_at("data", "'train' is missing in [data], which names other files",
                       "add the files that training may see: train = \"train.csv\"");
    if (!project_.is_generated() && has("data.synth"))
      return report_at("data.synth", "[data.synth] without a generator",
                       "add generator = \"ecg\" to [data], or remove the table");
    if (project_.is_generated()) fill_in_generated();
    check_columns();
    check_split(by_split);
    check_labels();
    const bool has_numbers = data.task.empty() ? !data.target.columns.empty()
                                               : data.task == "regression" || data.task == "forecast" ||
                                                     data.task == "remaining-life";
    if (has_numbers && !has("quantize.headroom")) project_.quantize.headroom = 0.1;
  }

  // What the columns of synthesize_ecg_csv mean, where the project does not say.
  void fill_in_generated() {
    DataSource& data = project_.data;
    if (data.label_column.empty()) data.label_column = "label";
    if (data.labels.empty()) data.labels = {"N", "S", "V", "F"};
    if (data.group_column.empty()) data.group_column = "subject";
    if (!data.inputs.empty()) return;
    data.inputs.push_back({"beat", {"s0..s124"}, "mV", 125, 0, 0.001, true});
    data.inputs.push_back(
        {"rr",
         {"rr_prev_ms / mean(rr_prev_ms)", "rr_next_ms / mean(rr_prev_ms)", "rr_prev_ms / rr_next_ms"},
         "",
         0,
         0,
         1,
         false});
  }

  void check_columns() {
    const DataSource& data = project_.data;
    const bool has_classes = data.task.empty() ? data.target.columns.empty() : data.task == "classification";
    if (data.label_column.empty() && has_classes)
      return report_at("data", "'label' is missing in [data]",
                       "name the column that holds the class: label = \"class\"; or target = \"column\" of "
                       "a number");
    if (data.inputs.empty())
      return report_at("data", "there is no [[data.input]]",
                       "add one for each input of the model, with name and columns");
    std::set<std::string> names;
    for (const InputSource& input : data.inputs) {
      if (input.scale == 0)
        return report_at("data.input.scale", text::cat("'scale' of input '", input.name, "' is 0"),
                         "value = (cell - offset) * scale; leave it out for 1");
      if (!names.insert(input.name).second)
        return report_at("data.input", text::cat("two inputs are named '", input.name, "'"),
                         "give each [[data.input]] a name of its own");
    }
  }

  void check_split(bool by_split) {
    DataSource& data = project_.data;
    if (!has("data.split"))
      data.split_by = !data.split_column.empty() ? "column" : !data.group_column.empty() ? "group" : "random";
    if (data.split_by == "column" && data.split_column.empty())
      return report_at("data.split", "split = \"column\" needs 'split_column'",
                       "split_column = \"split\" names the column that says train, validation or test");
    if (data.split_by != "column" && !data.split_column.empty())
      return report_at("data.split_column",
                       text::cat("'split_column' has no meaning with split = \"", data.split_by, "\""),
                       "remove one of them");
    if (data.split_by == "group" && data.group_column.empty())
      return report_at("data.split", "split = \"group\" needs 'group'",
                       "group = \"person\" names the column of the person or machine");
    if (data.split_by == "file" && !by_split)
      return report_at("data.split", "split = \"file\" needs files by split",
                       "give train = … and test = … instead of source");
    check_validation_groups();
    if (data.validation_fraction + data.test_fraction > 0.95)
      return report_at(has("data.test_share") ? "data.test_share" : "data.validation_share",
                       "'validation_share' and 'test_share' leave nothing to train with",
                       "0.2 each is usual");
  }

  void check_validation_groups() {
    const DataSource& data = project_.data;
    if (data.validation_groups.empty()) return;
    if (data.group_column.empty())
      return report_at("data.validation_groups", "'validation_groups' needs 'group'",
                       "group = \"person\" names the column of the person or machine");
    for (const char* other : {"data.validation", "data.split_column", "data.validation_share"})
      if (has(other))
        return report_at("data.validation_groups",
                         text::cat("'validation_groups' beside '", std::string_view(other).substr(5), "'"),
                         "both say which samples validate: keep one of them");
  }

  void check_labels() {
    const DataSource& data = project_.data;
    if (data.labels.size() == 1)
      return report_at("data.labels", "'labels' in [data] names one class",
                       "a classifier tells at least two apart");
    for (const std::string& label : data.ignore_labels)
      if (std::find(data.labels.begin(), data.labels.end(), label) != data.labels.end())
        return report_at("data.ignore", text::cat("'", shown(label), "' stands in 'labels' and in 'ignore'"),
                         "remove it from one of them");
    const std::size_t weights = project_.train.class_weights.size();
    if (weights > 0 && !data.labels.empty() && weights != data.labels.size())
      return report_at(
          "train.class_weights",
          text::cat("'class_weights' has ", weights, " numbers for ", data.labels.size(), " labels"),
          text::cat("one each, in the order ", quoted_list(data.labels)));
    if (weights > 0 && data.labels.empty())
      return report_at("train.class_weights", "'class_weights' needs 'labels' in [data]",
                       "their order says which number belongs to which class");
  }

  void check_model() {
    const bool layers = has("model.layers"), templated = has("model.template");
    if (!has("model"))
      return report(0, "[model] is missing", "add [model] with template = \"cnn1d\", or with layers");
    if (!layers && !templated)
      return report_at("model", "[model] has neither 'layers' nor 'template'",
                       "the shortest: template = \"cnn1d\"");
    if (layers && templated)
      return report_at("model.template", "[model] has both 'layers' and 'template'", "keep one of them");
    if (layers && has("model.width"))
      return report_at("model.width", "'width' belongs to a template",
                       "remove it; layers say their own channels");
    check_layer_names();
  }

  // The names before ':' are inputs or earlier results.
  void check_layer_names() {
    std::vector<std::string> known;
    for (const InputSource& input : project_.data.inputs) known.push_back(input.name);
    for (const LayerChain& chain : project_.model.chains) {
      for (const std::string& name : chain.from)
        if (std::find(known.begin(), known.end(), name) == known.end())
          return report(chain.line, text::cat("there is no input or earlier result '", name, "'"),
                        text::suggest(name, known));
      if (!chain.result.empty()) known.push_back(chain.result);
    }
  }

  void check_targets() {
    if (project_.targets.empty()) {
      project_.targets.emplace_back().name = "cortex-m4";
      set_defaults(*find_table("target"), {"name"}, 0);
    }
    std::set<std::string> seen;
    for (const TargetRequest& target : project_.targets)
      if (!seen.insert(text::cat(target.name, " ", target.optimize)).second)
        return report_at(
            "target",
            text::cat("two targets are '", shown(target.name), "' with optimize = \"", target.optimize, "\""),
            "remove one, or change its optimize");
  }

  // -- paths

  void resolve_all_paths() {
    for (fs::path& path : project_.data.files) resolve(path, "data.source");
    for (const auto& [path, key] : named_data_files(project_.data)) {
      if (!path->empty()) resolve(*path, key);
    }
    for (auto& [split, files] : project_.data.split_files)
      for (fs::path& path : files) resolve(path, text::cat("data.", name_of(split)));
  }

  void resolve(fs::path& path, const std::string& key) {
    std::string written = path.string();
    const std::string variable = text::starts_with(written, "${MOTE_DATA}") ? "${MOTE_DATA}"
                                 : text::starts_with(written, "$MOTE_DATA") ? "$MOTE_DATA"
                                                                            : "";
    const std::string rest = written.substr(variable.size());
    const bool ends_well = rest.empty() || rest[0] == '/';
    if (rest.find('$') != std::string::npos || !ends_well) {
      if (rest.find('$') != std::string::npos || !variable.empty())
        return report_at(key, text::cat("unknown variable in '", shown(written), "'"),
                         "only $MOTE_DATA is known, at the beginning: \"$MOTE_DATA/folder/file.csv\"");
    }
    if (variable.empty()) {
      path = (project_.folder / path).lexically_normal();
      return;
    }
    if (data_folder_.empty())
      return report_at(key, text::cat("$MOTE_DATA in '", shown(written), "' is not set"),
                       "set it to the folder of the data sets: export MOTE_DATA=/path/to/data");
    path = (data_folder_ / (rest.empty() ? rest : rest.substr(1))).lexically_normal();
  }

  std::string_view content_;
  fs::path data_folder_;
  Project project_;
  std::vector<Problem> problems_;
  std::set<std::string> tables_read_;
  int layers_line_ = 0;
};

}  // namespace

Result<Project> parse_project(std::string_view content, const std::string& file_name, const fs::path& folder,
                              const fs::path& data_folder) {
  MOTE_TRY_VOID(check_size_and_depth(content, file_name));
  try {
    const toml::table root = toml::parse(content, file_name);
    return ProjectReader(content, file_name, folder, data_folder).read(root);
  } catch (const toml::parse_error& problem) {
    const auto at = problem.source().begin;
    return error(
        text::cat(file_name, ", line ", at.line, ", column ", at.column, ": ", shown(problem.description())),
        "text stands in quotes, lists in [ ], tables begin with [name]; docs/reference/mote-toml.md shows an "
        "example");
  }
}

Result<Project> load_project(const fs::path& file) {
  const std::string name = file.filename().string();
  MOTE_TRY(const std::string content, read_text(file, kMaxFileBytes));
  const fs::path folder = file.parent_path();
  MOTE_TRY(Project project, parse_project(content, name, folder, default_data_folder(folder)));
  MOTE_TRY_VOID(find_data_files(project));
  MOTE_TRY_VOID(check_uses(project));
  return project;
}

}  // namespace mote
