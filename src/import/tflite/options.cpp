// An operator's options → attributes, by reflection: the schema file is the only list of fields.
#include <flatbuffers/flexbuffers.h>
#include <flatbuffers/reflection.h>

#include <algorithm>

#include "import/tflite/parts.h"
#include "tflite_bfbs_generated.h"

namespace mote::tflite {

namespace {

const reflection::Schema& schema() {
  // A copy, because the embedded array is not promised to be aligned.
  static const Bytes binary(ModelBinarySchema::data(), ModelBinarySchema::data() + ModelBinarySchema::size());
  return *reflection::GetSchema(binary.data());
}

/// The options table of an operator, or null when it has none.
const reflection::Object* options_table(const std::string& op) {
  static const reflection::Object* options_of = schema().objects()->LookupByKey("mote.tflite.OptionsOf");
  const reflection::Field* field = options_of->fields()->LookupByKey(text::lower(op).c_str());
  return field == nullptr
             ? nullptr
             : schema().objects()->Get(static_cast<flatbuffers::uoffset_t>(field->type()->index()));
}

/// "Conv2DOptions" of "mote.tflite.Conv2DOptions".
std::string short_name(const reflection::Object& table) {
  const std::string full = table.name()->str();
  return full.substr(full.rfind('.') + 1);
}

/// Fields in the order of the schema, so that the first error is always the same one.
std::vector<const reflection::Field*> fields_of(const reflection::Object& table) {
  std::vector<const reflection::Field*> fields(table.fields()->begin(), table.fields()->end());
  std::sort(fields.begin(), fields.end(), [](const auto* a, const auto* b) { return a->id() < b->id(); });
  return fields;
}

Result<Attribute> read_enum(std::int64_t value, const reflection::Field& field) {
  const reflection::Enum* type =
      schema().enums()->Get(static_cast<flatbuffers::uoffset_t>(field.type()->index()));
  for (const reflection::EnumVal* known : *type->values()) {
    if (known->value() == value) return Attribute(known->name()->str());
  }
  return error(text::cat(field.name()->str(), " has the unknown value ", value),
               "the file is damaged, or newer than this mote");
}

/// `from` is null when the file left all fields at their defaults.
Result<Attribute> read_field(const flatbuffers::Table* from, const reflection::Field& field, Budget& budget) {
  const reflection::BaseType type = field.type()->base_type();
  if (type == reflection::Float || type == reflection::Double)
    return Attribute(from != nullptr ? flatbuffers::GetAnyFieldF(*from, field) : field.default_real());
  if (flatbuffers::IsInteger(type)) {
    const std::int64_t value =
        from != nullptr ? flatbuffers::GetAnyFieldI(*from, field) : field.default_integer();
    if (field.type()->index() >= 0) return read_enum(value, field);
    return Attribute(value);
  }
  if (type == reflection::String)
    return Attribute(
        clean_name(from != nullptr ? from->GetPointer<const flatbuffers::String*>(field.offset()) : nullptr));
  MOTE_CHECK(type == reflection::Vector && field.type()->element() == reflection::Int,
             "an option type without a reader");
  using Vector = flatbuffers::Vector<std::int32_t>;
  const auto* vector = from != nullptr ? from->GetPointer<const Vector*>(field.offset()) : nullptr;
  MOTE_TRY(const std::vector<std::int32_t> values, copy_of(vector, budget));
  return Attribute(std::vector<std::int64_t>(values.begin(), values.end()));
}

}  // namespace

namespace {

Result<Attribute> read_custom_value(const flexbuffers::Reference& value) {
  if (value.IsBool()) return Attribute(std::int64_t{value.AsBool() ? 1 : 0});
  if (value.IsIntOrUint()) return Attribute(value.AsInt64());
  if (value.IsFloat()) return Attribute(value.AsDouble());
  if (value.IsString()) return Attribute(value.AsString().str().substr(0, kMaxNameBytes));
  constexpr std::size_t longest = 4096;
  std::vector<std::int64_t> list;
  if (value.IsTypedVector()) {
    const auto vector = value.AsTypedVector();
    for (std::size_t i = 0; i < std::min(longest, vector.size()); ++i) list.push_back(vector[i].AsInt64());
    return Attribute(std::move(list));
  }
  if (value.IsVector()) {
    const auto vector = value.AsVector();
    for (std::size_t i = 0; i < std::min(longest, vector.size()); ++i) list.push_back(vector[i].AsInt64());
    return Attribute(std::move(list));
  }
  return error("has an option of a type that mote does not read",
               "options are numbers, words and lists of integers");
}

/// A custom operator's options: a FlexBuffer map.
Result<Attributes> read_custom_options(const Operator& from, Budget& budget) {
  Attributes attributes;
  MOTE_TRY(Bytes bytes, copy_of(from.custom_options(), budget));  // aligned, as FlexBuffers wants it
  if (bytes.empty()) return attributes;
  const std::size_t size = bytes.size();
  bytes.push_back(0);  // the verifier does not see that a key ends within the buffer
  std::vector<std::uint8_t> reuse;
  if (!flexbuffers::VerifyBuffer(bytes.data(), size, &reuse))
    return error("has options that are no FlexBuffer",
                 "the file is damaged, or the operator is not one that mote knows");
  const flexbuffers::Reference root = flexbuffers::GetRoot(bytes.data(), size);
  if (!root.IsMap()) return attributes;
  const auto map = root.AsMap();
  const auto keys = map.Keys();
  const auto values = map.Values();
  if (keys.size() > kMaxCustomOptions)
    return error(text::cat("has ", keys.size(), " options"), "the file is damaged");
  for (std::size_t i = 0; i < keys.size(); ++i) {
    MOTE_TRY(Attribute value, read_custom_value(values[i]));
    attributes.emplace(std::string(keys[i].AsKey()).substr(0, kMaxNameBytes), std::move(value));
  }
  return attributes;
}

}  // namespace

Result<Attributes> read_options(const std::string& op, const Operator& from, Budget& budget) {
  Attributes attributes;
  if (!is_builtin(op)) return read_custom_options(from, budget);
  const reflection::Object* table = options_table(op);
  if (table == nullptr) return attributes;
  const BuiltinOptions kind = from.builtin_options_type();
  const std::string expected = short_name(*table);
  const std::string given = EnumNameBuiltinOptions(kind);
  if (kind != BuiltinOptions::NONE && given != expected) {
    return error(text::cat("has options of kind ", static_cast<int>(kind),
                           given.empty() ? "" : " (" + given + ")", " where ", expected, " belong"),
                 "the file is damaged");
  }
  const auto* options =
      kind == BuiltinOptions::NONE ? nullptr : static_cast<const flatbuffers::Table*>(from.builtin_options());
  for (const reflection::Field* field : fields_of(*table)) {
    if (field->deprecated()) continue;
    MOTE_TRY(Attribute value, read_field(options, *field, budget));
    attributes.emplace(field->name()->str(), std::move(value));
  }
  return attributes;
}

}  // namespace mote::tflite
