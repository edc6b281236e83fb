// Internal to the room: how the keys of mote.toml are written down, one small entry each, in keys_*.cpp.
// project.cpp reads files against them, project_reference.cpp makes the reference page from them.
#pragma once

#include <string>
#include <vector>

#include "app/project.h"

namespace mote::keys {

/// An entry of the key table; what is not said stays as it is: not required, no default, any number, any text.
struct Key : ProjectKey {
  Key required() && {
    ProjectKey::required = true;
    return *this;
  }
  Key defaults(KeyValue value) && {
    default_value = std::move(value);
    return *this;
  }
  Key within(double low, double high, std::string_view of_unit = "") && {
    min = low;
    max = high;
    unit = of_unit;
    return *this;
  }
  Key choices(std::vector<std::string> known) && {
    ProjectKey::choices = std::move(known);
    return *this;
  }
};

inline Key key(std::string_view table, std::string_view name, KeyType type, std::string_view doc,
               void (*set)(Project&, const KeyValue&)) {
  return Key{{table, name, type, {}, false, 0, 0, {}, "", doc, set}};
}

// What a key's value is, once its type is known.
using P = Project&;
using V = const KeyValue&;
inline bool flag(V v) { return std::get<bool>(v); }
inline int whole(V v) { return static_cast<int>(std::get<std::int64_t>(v)); }
inline std::uint64_t seed(V v) { return static_cast<std::uint64_t>(std::get<std::int64_t>(v)); }
inline double real(V v) { return std::get<double>(v); }
inline const std::string& str(V v) { return std::get<std::string>(v); }
inline const std::vector<std::string>& strs(V v) { return std::get<std::vector<std::string>>(v); }
inline std::vector<std::filesystem::path> paths(V v) { return {strs(v).begin(), strs(v).end()}; }
inline KeyValue n(std::int64_t value) { return KeyValue{value}; }
inline KeyValue r(double value) { return KeyValue{value}; }
inline KeyValue s(const char* value) { return KeyValue{std::string(value)}; }

inline constexpr double kMany = 1e9;

std::vector<ProjectKey> data_keys();   ///< [data] and its tables
std::vector<ProjectKey> train_keys();  ///< [train], [train.augment]
std::vector<ProjectKey> quantize_keys();
std::vector<ProjectKey> target_keys();

const ProjectTable* find_table(std::string_view name);                      ///< null: none of that name
const ProjectKey* find_key(std::string_view table, std::string_view name);  ///< null: none of that name
std::string join_key(std::string_view table, std::string_view name);        ///< "data.label"
std::string table_title(const ProjectTable& table);  ///< "[data]", "[[data.input]]", "the top of the file"

std::string quoted_list(const std::vector<std::string>& words);  ///< "a", "b"
std::string type_text(const ProjectKey& key);                    ///< "a list of texts"
bool has_range(const ProjectKey& key);                           ///< it is a number or made of numbers
std::string range_text(const ProjectKey& key);                   ///< "1 … 1024", "0 or more"
std::string value_text(const KeyValue& value, KeyType type);     ///< as it is written; empty: no value
std::string sample_of(const ProjectKey& key);  ///< a right value for "for example: key = …"

/// Files that say something about the data, and the keys that name them.
std::vector<std::pair<std::filesystem::path*, std::string>> named_data_files(DataSource& data);

}  // namespace mote::keys
