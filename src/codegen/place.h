// Internal to the room: places in memory as expressions.  Offsets count through all memories, one behind another.
#pragma once

#include <string>

#include "codegen/codegen.h"

namespace mote {

inline bool has_memories(const Program& program) { return program.memories.size() > 1; }

inline const ProgramMemory& memory_of(const Program& program, std::int64_t offset) {
  const ProgramMemory* found = &program.memories.front();
  for (const ProgramMemory& memory : program.memories) {
    if (static_cast<std::int64_t>(memory.begin) <= offset && memory.bytes > 0) found = &memory;
  }
  return *found;
}

/// How a layer's function takes the memory, and what it is given.
inline std::string arena_parameter(const Program& program) {
  return has_memories(program) ? text::cat("const ", program.prefix, "_ctx& at") : "unsigned char* arena";
}
inline std::string arena_argument(const Program& program) { return has_memories(program) ? "at" : "arena"; }

/// In a layer's function: "arena", or of several "at.dtcm".
inline std::string base_text(const Program& program, std::int64_t offset) {
  return has_memories(program) ? "at." + memory_of(program, offset).name : "arena";
}
/// "arena + 128", "at.dtcm + 64".
inline std::string place_text(const Program& program, std::int64_t offset) {
  const auto begin = static_cast<std::int64_t>(memory_of(program, offset).begin);
  return text::cat(base_text(program, offset), " + ", offset - begin);
}
/// In a function of the interface: "context->arena + 128".
inline std::string context_place_text(const Program& program, std::int64_t offset) {
  const ProgramMemory& memory = memory_of(program, offset);
  return text::cat("context->", memory.name, " + ", offset - static_cast<std::int64_t>(memory.begin));
}

}  // namespace mote
