// Attributes → an operator's options, by reflection: the schema file is the only list of fields.
#include <flatbuffers/flexbuffers.h>
#include <flatbuffers/reflection.h>

#include <algorithm>

#include "export/tflite/parts.h"
#include "tflite_bfbs_generated.h"

namespace mote::tflite {

namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::uoffset_t;

const reflection::Schema& schema() {
  // A copy, because the embedded array is not promised to be aligned.
  static const Bytes binary(ModelBinarySchema::data(), ModelBinarySchema::data() + ModelBinarySchema::size());
  return *reflection::GetSchema(binary.data());
}

/// The options table of an operator, or null when it has none.
const reflection::Object* options_table(const std::string& op) {
  static const reflection::Object* options_of = schema().objects()->LookupByKey("mote.tflite.OptionsOf");
  const reflection::Field* field = options_of->fields()->LookupByKey(text::lower(op).c_str());
  return field == nullptr ? nullptr : schema().objects()->Get(static_cast<uoffset_t>(field->type()->index()));
}

/// The value of an enum by its word: "SAME" → 0.
std::optional<std::int64_t> enum_value(const reflection::Enum& type, std::string_view word) {
  for (const reflection::EnumVal* known : *type.values()) {
    if (known->name()->string_view() == word) return known->value();
  }
  return std::nullopt;
}

const reflection::Enum& enum_of(const reflection::Field& field) {
  return *schema().enums()->Get(static_cast<uoffset_t>(field.type()->index()));
}

bool is_vector(const reflection::Field& field) { return field.type()->base_type() == reflection::Vector; }
bool is_enum(const reflection::Field& field) { return field.type()->index() >= 0; }

/// An option ready to be put into a table.
struct Value {
  const reflection::Field* field = nullptr;
  std::int64_t integer = 0;
  double real = 0;
  flatbuffers::Offset<flatbuffers::Vector<std::int32_t>> vector;
  flatbuffers::Offset<flatbuffers::String> string;
};

Result<Value> make_value(FlatBufferBuilder& builder, const reflection::Field& field,
                         const Attribute& attribute) {
  const auto wrong = [&] {
    return error(text::cat("the option '", field.name()->str(), "' was given with a wrong type"));
  };
  Value value;
  value.field = &field;
  const auto* integer = std::get_if<std::int64_t>(&attribute);
  const auto* real = std::get_if<double>(&attribute);
  if (is_vector(field)) {
    const auto* list = std::get_if<std::vector<std::int64_t>>(&attribute);
    if (list == nullptr) return wrong();
    value.vector = builder.CreateVector(std::vector<std::int32_t>(list->begin(), list->end()));
  } else if (field.type()->base_type() == reflection::String) {
    const auto* word = std::get_if<std::string>(&attribute);
    if (word == nullptr) return wrong();
    value.string = builder.CreateString(*word);
  } else if (is_enum(field)) {
    const auto* word = std::get_if<std::string>(&attribute);
    if (word == nullptr) return wrong();
    const auto number = enum_value(enum_of(field), *word);
    if (!number)
      return error(text::cat("the option '", field.name()->str(), "' cannot be '", *word, "' in .tflite"));
    value.integer = *number;
  } else if (field.type()->base_type() == reflection::Float) {
    if (real == nullptr && integer == nullptr) return wrong();
    value.real = real != nullptr ? *real : static_cast<double>(*integer);
  } else {
    if (integer == nullptr) return wrong();
    value.integer = *integer;
  }
  return value;
}

void add(FlatBufferBuilder& builder, const Value& value) {
  const reflection::Field& field = *value.field;
  const auto slot = static_cast<flatbuffers::voffset_t>(field.offset());
  switch (field.type()->base_type()) {
    case reflection::Vector:
      builder.AddOffset(slot, value.vector);
      return;
    case reflection::String:
      builder.AddOffset(slot, value.string);
      return;
    case reflection::Float:
      builder.AddElement(slot, static_cast<float>(value.real), static_cast<float>(field.default_real()));
      return;
    case reflection::Int:
      builder.AddElement(slot, static_cast<std::int32_t>(value.integer),
                         static_cast<std::int32_t>(field.default_integer()));
      return;
    case reflection::Bool:
    case reflection::Byte:
      builder.AddElement(slot, static_cast<std::int8_t>(value.integer),
                         static_cast<std::int8_t>(field.default_integer()));
      return;
    default:
      MOTE_CHECK(false, "an option type without a writer");
  }
}

}  // namespace

Result<Options> write_options(FlatBufferBuilder& builder, const ForeignNode& node) {
  const reflection::Object* table = options_table(node.op);
  if (table == nullptr) {
    if (node.attributes.empty()) return Options{};
    return error(text::cat("the operator ", node.op, " has no options in .tflite, '",
                           node.attributes.begin()->first, "' was given"));
  }
  std::vector<Value> values;
  for (const auto& [name, attribute] : node.attributes) {
    const reflection::Field* field = table->fields()->LookupByKey(name.c_str());
    if (field == nullptr)
      return error(text::cat("the operator ", node.op, " has no option '", name, "' in .tflite"));
    MOTE_TRY(const Value value, make_value(builder, *field, attribute));
    values.push_back(value);
  }
  const auto start = builder.StartTable();
  for (const Value& value : values) add(builder, value);
  Options options;
  options.table = flatbuffers::Offset<void>(builder.EndTable(start));
  const std::string full = table->name()->str();
  const auto kind = enum_value(*schema().enums()->LookupByKey("mote.tflite.BuiltinOptions"),
                               full.substr(full.rfind('.') + 1));
  MOTE_CHECK(kind.has_value(), "an options table that is not in the union");
  options.kind = static_cast<BuiltinOptions>(*kind);
  return options;
}

Bytes write_custom_options(const ForeignNode& node) {
  flexbuffers::Builder builder;
  const std::size_t map = builder.StartMap();
  for (const auto& [name, attribute] : node.attributes) {
    if (const auto* integer = std::get_if<std::int64_t>(&attribute)) builder.Int(name.c_str(), *integer);
    if (const auto* real = std::get_if<double>(&attribute))
      builder.Float(name.c_str(), static_cast<float>(*real));
    if (const auto* word = std::get_if<std::string>(&attribute)) builder.String(name.c_str(), *word);
    if (const auto* list = std::get_if<std::vector<std::int64_t>>(&attribute)) {
      const std::size_t vector = builder.StartVector(name.c_str());
      for (const std::int64_t value : *list) builder.Int(value);
      builder.EndVector(vector, true, false);
    }
  }
  builder.EndMap(map);
  builder.Finish();
  return builder.GetBuffer();
}

}  // namespace mote::tflite
