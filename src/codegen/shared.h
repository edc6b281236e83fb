// Internal to the room: one function for all calls of a kernel.  What the calls have in common stands in the function, where the
// compiler knows it; what they differ in is a row of narrow numbers, a row for a call.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "codegen/codegen.h"

namespace mote {

class SharedKernels {
 public:
  explicit SharedKernels(const Program& program);

  /// Whether a function of more than one call makes this one.
  bool has(const ProgramCall& call) const { return call.shared && groups_.count(key_of(call)) != 0; }

  /// The functions, and the struct of the rows before each.
  std::string functions() const;

  /// "const … conv1 = {…};" or nothing, where the calls of the kernel do not differ.
  std::string row(const ProgramCall& call) const;

  /// "shared_conv2d_s8_dsp(arena, conv1)"
  /// `pass`: the number of the loop's pass; 0 outside.
  std::string invocation(const ProgramCall& call, std::string_view pass) const;

 private:
  /// A member of the row: a parameter, an offset in the arena, an offset's step in a loop, or a constant.
  struct Member {
    std::string type, name;
    std::size_t bytes = 0;            ///< of the type, as a 32-bit target has it
    std::vector<std::string> values;  ///< a call each
  };
  struct Group {
    std::string function;  ///< "shared_conv2d_s8_dsp"
    std::vector<const ProgramCall*> calls;
    std::vector<Member> members;          ///< the widest first, so that nothing is filled up
    std::vector<std::string> parameters;  ///< in the order of Params: "row.in_h", "1"
    std::vector<std::string> arguments;   ///< "(const int8_t*)(arena + row.in)", "row.weights"
    bool loops = false;                   ///< takes the number of the pass
  };

  std::string key_of(const ProgramCall& call) const;
  void complete(Group& group) const;
  static std::string whole(Group& group, const std::string& wanted, const std::string& name,
                           const std::vector<std::int64_t>& values);
  std::string argument(Group& group, std::size_t i, const std::string& name) const;
  static std::string row_type(const Group& group) { return group.function + "_row"; }

  const Program& program_;
  std::vector<std::string> order_;  ///< keys, as the calls come
  std::map<std::string, Group> groups_;
};

}  // namespace mote
