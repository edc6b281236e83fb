// SharedKernels: which calls share a function, what is the same in all of them, and how narrow the rest is.
#include "codegen/shared.h"

#include <algorithm>
#include <set>

#include "codegen/literal.h"
#include "codegen/place.h"

namespace mote {

namespace {

struct Integer {
  const char* type;
  std::size_t bytes;
  std::int64_t low, high;
};
constexpr Integer kIntegers[] = {{"uint8_t", 1, 0, UINT8_MAX},         {"int8_t", 1, INT8_MIN, INT8_MAX},
                                 {"uint16_t", 2, 0, UINT16_MAX},       {"int16_t", 2, INT16_MIN, INT16_MAX},
                                 {"int32_t", 4, INT32_MIN, INT32_MAX}, {"uint32_t", 4, 0, UINT32_MAX}};

// The narrowest type that holds all values, of which the compiler makes `type` without a word.
const Integer& narrowest(const std::string& wanted, const std::vector<std::int64_t>& values) {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  for (const Integer& type : kIntegers) {
    if (type.low < 0 && wanted == "uint32_t") continue;
    if (*low >= type.low && *high <= type.high) return type;
  }
  MOTE_CHECK(false, "parameters and offsets are numbers of 32 bits");
  return kIntegers[0];
}

template <class T>
bool all_equal(const std::vector<T>& values) {
  return std::all_of(values.begin(), values.end(), [&](const T& value) { return value == values[0]; });
}

// "mote::Rom<int32_t>" → "const int32_t*"
std::string pointer_of(const std::string& type) {
  constexpr std::string_view reader = "mote::Rom<";
  if (!text::starts_with(type, reader)) return type;
  return text::cat("const ", type.substr(reader.size(), type.size() - reader.size() - 1), "*");
}

constexpr std::size_t kPointerBytes = 4;  // the widest members come first, also where they are wider

}  // namespace

SharedKernels::SharedKernels(const Program& program) : program_(program) {
  std::map<std::string, Group> found;
  for (const ProgramLayer& layer : program.layers) {
    for (const ProgramCall& call : layer.calls) {
      if (!call.shared || !call.source.empty()) continue;
      Group& group = found[key_of(call)];
      if (group.calls.empty()) order_.push_back(key_of(call));
      group.calls.push_back(&call);
    }
  }
  std::set<std::string> names;  // one kernel may be called with several kinds of pointers
  for (const std::string& key : order_) {
    Group& group = found[key];
    if (group.calls.size() < 2) continue;
    const std::string base = "shared_" + group.calls[0]->kernel;
    group.function = base;
    for (int i = 2; !names.insert(group.function).second; ++i) group.function = text::cat(base, "_", i);
    complete(group);
    groups_[key] = std::move(group);
  }
}

std::string SharedKernels::key_of(const ProgramCall& call) const {
  std::string key = text::cat(call.kernel, " ", text::join(call.types, ", "));
  for (const std::int64_t offset : call.offsets)
    key += offset < 0 ? " constant" : " " + base_text(program_, offset);
  // A number's type is a branch around whole loops: calls of one type share what is left of them.
  if (call.params.type == "CastParams") {
    for (const ParamBlock::Field& field : call.params.fields) {
      if (field.name != "count") key += " " + value_text(field);
    }
  }
  return key;
}

// The expression of a number of all calls: a literal, or a member of the row.
std::string SharedKernels::whole(Group& group, const std::string& wanted, const std::string& name,
                                 const std::vector<std::int64_t>& values) {
  if (all_equal(values)) return value_text({name, wanted, values[0]});
  const Integer& type = narrowest(wanted, values);
  Member member{type.type, name, type.bytes, {}};
  for (const std::int64_t value : values) member.values.push_back(value_text({name, wanted, value}));
  group.members.push_back(std::move(member));
  return "row." + name;
}

std::string SharedKernels::argument(Group& group, std::size_t i, const std::string& name) const {
  const ProgramCall& first = *group.calls[0];
  if (first.offsets[i] < 0) {
    std::vector<std::string> values;
    for (const ProgramCall* call : group.calls) values.push_back(call->arguments[i]);
    if (all_equal(values)) return values[0];
    // A plain pointer: on AVR a Rom<> would be made at start-up.
    for (std::string& value : values) {
      if (text::ends_with(value, ">(0)")) value = "0";
    }
    group.members.push_back({pointer_of(first.types[i]), name, kPointerBytes, values});
    return "row." + name;
  }
  std::vector<std::int64_t> offsets, steps;
  for (const ProgramCall* call : group.calls) {
    offsets.push_back(call->offsets[i] -
                      static_cast<std::int64_t>(memory_of(program_, call->offsets[i]).begin));
    steps.push_back(call->steps[i]);
  }
  const std::string at = whole(group, "int32_t", name, offsets),
                    step = whole(group, "int32_t", name + "_step", steps);
  group.loops |= step != "0";
  return fmt::format("({})({} + {}{})", first.types[i], base_text(program_, first.offsets[i]), at,
                     step == "0" ? std::string() : fmt::format(" + {} * pass", step));
}

void SharedKernels::complete(Group& group) const {
  const ProgramCall& first = *group.calls[0];
  std::set<std::string> names;
  for (std::size_t f = 0; f < first.params.fields.size(); ++f) {
    const auto& [name, type, value] = first.params.fields[f];
    names.insert(name);
    if (std::holds_alternative<std::int64_t>(value)) {
      std::vector<std::int64_t> values;
      for (const ProgramCall* call : group.calls)
        values.push_back(std::get<std::int64_t>(call->params.fields[f].value));
      group.parameters.push_back(whole(group, type, name, values));
      continue;
    }
    std::vector<std::string> values;
    for (const ProgramCall* call : group.calls) values.push_back(value_text(call->params.fields[f]));
    if (!all_equal(values)) group.members.push_back({"float", name, sizeof(float), values});
    group.parameters.push_back(all_equal(values) ? values[0] : "row." + name);
  }
  for (std::size_t i = 0; i < first.types.size(); ++i) {
    std::string name = first.names[i];
    for (int n = 2; !names.insert(name).second; ++n) name = text::cat(first.names[i], n);
    group.arguments.push_back(argument(group, i, name));
  }
  std::stable_sort(group.members.begin(), group.members.end(),
                   [](const Member& a, const Member& b) { return a.bytes > b.bytes; });
}

std::string SharedKernels::functions() const {
  std::string out;
  for (const std::string& key : order_) {
    const auto found = groups_.find(key);
    if (found == groups_.end()) continue;
    const Group& group = found->second;
    const ProgramCall& first = *group.calls[0];
    std::string parameters = arena_parameter(program_);
    if (group.members.empty()) {
      out += fmt::format("\n// {} calls, all alike.\n", group.calls.size());
    } else {
      out += fmt::format("\n// What {} calls differ in; the rest stands in the function.\nstruct {} {{\n",
                         group.calls.size(), row_type(group));
      for (const Member& member : group.members) out += fmt::format("  {} {};\n", member.type, member.name);
      out += "};\n";
      parameters += fmt::format(", const {}& in_flash", row_type(group));
    }
    if (group.loops) parameters += ", int32_t pass";
    out += fmt::format("MOTE_NOINLINE void {}({}) {{\n", group.function, parameters);
    if (!group.members.empty())
      out += fmt::format("  const {}& row = mote::from_flash(in_flash);\n", row_type(group));
    out += fmt::format("  const mote::{} p = {{\n", first.params.type);
    std::string line = "     ";
    for (std::size_t f = 0; f < group.parameters.size(); ++f)
      add_item(out, line, fmt::format(" /*{}*/ {},", first.params.fields[f].name, group.parameters[f]),
               "     ");
    out += line + "\n  };\n";
    line = fmt::format("  {}(p", first.function);
    for (const std::string& argument : group.arguments) {
      line += ",";
      add_item(out, line, " " + argument, "     ");
    }
    out += line + ");\n}\n";
  }
  return out;
}

std::string SharedKernels::row(const ProgramCall& call) const {
  const Group& group = groups_.at(key_of(call));
  if (group.members.empty()) return "";
  const auto at = static_cast<std::size_t>(std::find(group.calls.begin(), group.calls.end(), &call) -
                                           group.calls.begin());
  std::string out = fmt::format("const MOTE_FLASH {} {} = {{\n", row_type(group), call.name);
  std::string line = "   ";
  for (const Member& member : group.members)
    add_item(out, line, fmt::format(" /*{}*/ {},", member.name, member.values[at]), "   ");
  return out + line + "\n};\n";
}

std::string SharedKernels::invocation(const ProgramCall& call, std::string_view pass) const {
  const Group& group = groups_.at(key_of(call));
  return fmt::format("{}({}{}{})", group.function, arena_argument(program_),
                     group.members.empty() ? "" : ", " + call.name, group.loops ? text::cat(", ", pass) : "");
}

}  // namespace mote
