// Codegen: Plan → Program → C++11 text.  A Program is a small value that says what will be printed
// (constants, layers, calls with their arguments as expressions); `print` turns it into files that a person reads as the model.
#pragma once

#include <string>
#include <vector>

#include "base/system.h"
#include "plan/plan.h"

namespace mote {

struct Target;

/// One constant array.
struct ProgramArray {
  std::string name;        ///< "conv1_weights"
  std::string expression;  ///< what reads it: its name, or "model_weights.conv1_weights"
  std::string c_type;      ///< "int8_t"
  std::string dimensions;  ///< "[16, 7, 1, 1]", for the comment
  Constant::Role role = Constant::Role::Weights;
  std::shared_ptr<const Constant> constant;
};

/// One kernel call inside a layer.
struct ProgramCall {
  std::string name;      ///< unique C identifier: its layer's, or one of its own
  std::string kernel;    ///< "conv2d_s8": with `size`, one function is shared by all calls of it
  std::string function;  ///< "mote::conv2d_s8_direct"
  std::string variant;   ///< "direct"
  ParamBlock params;
  std::vector<std::string> types;            ///< of the arguments: "const int8_t*"
  std::vector<std::string> arguments;        ///< expressions: "(const int8_t*)(arena + 128)"
  std::vector<std::string> names;            ///< what they are: "in", "weights", "scratch"
  std::vector<std::int64_t> offsets, steps;  ///< in the arena, and a pass of a loop; −1: a constant
  std::string source;   ///< the variant's own text instead of a call; empty: a plain call
  bool shared = false;  ///< one function of the kernel serves all such calls
};

/// One layer: a function of the generated source.  Control flow is a layer without a function: it stands for what it
/// completes.
struct ProgramLayer {
  std::string function;   ///< unique C identifier: "conv1"; empty: control flow
  std::string name, op;   ///< as the user knows them
  std::string variant;    ///< of its first call
  std::string summary;    ///< "s8[1,125,1,1] → s8[1,63,1,16]"
  std::int64_t macs = 0;  ///< of an inference
  bool loops = false;     ///< runs in each pass of a loop, whose number its function takes
  std::vector<ProgramCall> calls;
  std::vector<TensorId> completes;  ///< tensors whole after it, in the order that a trace dumps them
};

/// What `invoke` does, in order: layers, and control flow around others.
struct ProgramStep {
  enum class Kind : std::uint8_t { Layer, If, While, Loop } kind = Kind::Layer;
  std::size_t layer = 0;       ///< index of the layer that runs, or of the one that IF and WHILE complete
  std::int64_t condition = 0;  ///< offset of its byte
  std::vector<ProgramStep> first = {}, second = {};  ///< then, else; what computes the condition, the body
  std::int32_t passes = 0;                           ///< of a Loop over `first`
};

/// What the arena is spread over.  Offsets count through all of them, one behind another.
struct ProgramMemory {
  std::string name;  ///< "arena"; of several, as the user named them
  std::size_t bytes = 0, begin = 0;
  std::uint64_t traffic = 0;  ///< as Region's
};

struct ProgramPort {
  std::string name;
  TensorId tensor = kNoTensor;
  TensorType type;
  Quant quant;
  std::int64_t offset = 0;
};

/// A tensor's place in the arena, for traces.
struct ProgramTensor {
  TensorId tensor = kNoTensor;
  std::int64_t offset = 0;
  std::size_t bytes = 0;
};

struct ProgramState {
  std::string array;  ///< of its initial value; empty: zeros
  std::int64_t offset = 0;
  std::size_t bytes = 0;
};

struct Program {
  std::string prefix;
  std::string target, optimize;
  bool keep_input = false;
  int line_bytes = 0;      ///< of the target's cache, where long vectors read constants; 0: it has none
  bool harvard = false;    ///< the target's flash is another address space: parameters are copied from it
  std::string model_hash;  ///< 16 hex digits, over canonical kernel calls and constants
  std::uint32_t weights_hash =
      0;  ///< what the device's fnv1a32 over all arrays gives, in the order that it reads
  /// `size`: arrays lie one behind another in two structs, weights and tables; what fills them up is counted in the hash
  bool gathered = false;
  std::size_t arena_bytes = 0;          ///< of all memories
  std::vector<ProgramMemory> memories;  ///< one: the arena
  std::size_t weights_bytes = 0,
              requant_bytes = 0;                  ///< all constants: requantize tables, and everything else
  std::size_t lookup_bytes = 0, state_bytes = 0;  ///< of weights_bytes: tables, initial values of states
  /// By the variants' cost functions, as if each branch and loop body ran once.  An estimate, never called "measured"
  double instructions_estimated = 0;
  std::int64_t macs = 0;
  std::vector<std::string> labels;
  std::vector<std::string> headers;  ///< device headers that calls need
  std::vector<ProgramArray> arrays;
  std::vector<ProgramLayer> layers;
  std::vector<ProgramStep> steps;
  std::vector<ProgramPort> inputs, outputs;
  std::vector<ProgramTensor> trace;  ///< every tensor of every layer's `completes`, in order
  std::vector<ProgramState> states;
  /// Lines for the header: stack, instructions, and how they were measured
  std::vector<std::string> measured;
};

struct CodegenOptions {
  std::string prefix = "model";  ///< of every public name; a C identifier
  bool keep_input = false;
};

/// Whether C names may start with it.
Result<void> check_prefix(const std::string& prefix);

Result<Program> make_program(const Module& module, const Plan& plan, const CodegenOptions& options);

/// Elements of an array, with those that fill it up to whole words where arrays are gathered.
std::size_t elements_of(const Program& program, const ProgramArray& array);

/// "weights 9,556 bytes, tables 600, initial state 16": what of the program's constants lies in flash.
std::string constants_text(const Program& program);

/// PREFIX.h, PREFIX.cpp, PREFIX_weights.h and the device headers they include.
std::vector<OutputFile> print(const Program& program);

}  // namespace mote
