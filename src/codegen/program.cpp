// make_program: decides every name and expression of the generated source, prints nothing.
#include <algorithm>
#include <cstring>
#include <map>
#include <set>
#include <tuple>

#include "codegen/codegen.h"
#include "codegen/place.h"
#include "targets/target.h"

namespace mote {

namespace {

std::string c_type(DType dtype) {
  switch (dtype) {
    case DType::F32:
      return "float";
    case DType::S8:
      return "int8_t";
    case DType::S16:
      return "int16_t";
    case DType::S32:
      return "int32_t";
    case DType::S64:
      return "int64_t";
    case DType::U32:
      return "uint32_t";
    case DType::U64:
      return "uint64_t";
    case DType::U8:
    case DType::Bool:
      return "uint8_t";
  }
  return "void";
}

std::string typed_text(const TensorType& type) { return text::cat(name_of(type.dtype), to_text(type.shape)); }

// Names that no function or array may take: C++ words, types, and what the generated file declares itself.
constexpr std::string_view kWords =
    "alignas alignof and and_eq arena asm at auto bitand bitor bool break case catch char char16_t "
    "char32_t class compl const const_cast constexpr context continue decltype default delete do "
    "double dynamic_cast else enum explicit export extern false float for friend goto hash i if "
    "inline int int16_t int32_t int64_t int8_t intptr_t linux long main memcpy memmove memset "
    "mote mote_after_layer mutable namespace new noexcept not not_eq nullptr operator or or_eq p "
    "private protected ptrdiff_t public register reinterpret_cast return short signed size_t "
    "sizeof static static_assert static_cast std struct switch template the_context this "
    "thread_local throw true try typedef typeid typename uint16_t uint32_t uint64_t uint8_t "
    "uintptr_t union unix unsigned using values virtual void volatile wchar_t while xor xor_eq";

bool is_word(const std::string& name) {
  const std::vector<std::string> words = text::split(kWords, ' ');
  return std::find(words.begin(), words.end(), name) != words.end();
}

// A name without small letters may be a macro: NULL, INT8_MAX, MODEL_OK.
bool is_macro_like(const std::string& name) {
  return std::none_of(name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

bool starts_with_prefix(const std::string& name, const std::string& prefix) {
  return text::starts_with(name, prefix + "_");  // model_init, model_ctx
}

class Names {
 public:
  explicit Names(std::string prefix) : prefix_(std::move(prefix)) { taken_.insert(prefix_); }

  std::string unique(std::string_view wanted) {
    const std::string base = text::identifier(wanted);
    const bool reserved = is_word(base) || is_macro_like(base) || starts_with_prefix(base, prefix_) ||
                          starts_with_prefix(base, "shared");
    std::string name = reserved ? base + "_" : base;
    for (int i = 2; !taken_.insert(name).second; ++i) name = text::cat(base, "_", i);
    return name;
  }

 private:
  std::string prefix_;
  std::set<std::string> taken_;
};

class Builder {
 public:
  Builder(const Module& module, const Plan& plan, const CodegenOptions& options)
      : module_(module), graph_(*plan.graph), plan_(plan), options_(options), names_(options.prefix) {}

  Result<Program> run() {
    MOTE_TRY_VOID(check_prefix(options_.prefix));
    program_.prefix = options_.prefix;
    program_.target = plan_.target;
    program_.optimize = plan_.optimize;
    program_.keep_input = options_.keep_input;
    MOTE_TRY(const Target target, find_target(plan_.target));
    program_.harvard = target.isa.has("harvard");
    program_.line_bytes = target.isa.has("avx2") || target.isa.has("neon") ? 64 : 0;
    program_.gathered = plan_.optimize == "size" && !program_.harvard;  // GCC for AVR has no objects of 32 kB
    program_.instructions_estimated = estimate(plan_.steps, target);
    for (const Region& region : plan_.memory.regions) {
      const bool alone = plan_.memory.regions.size() == 1;
      program_.memories.push_back(
          {alone ? "arena" : region.name, region.bytes, program_.arena_bytes, region.traffic});
      program_.arena_bytes += region.bytes;
    }
    program_.labels = labels_of(module_);
    MOTE_TRY_VOID(add_steps(plan_.steps, program_.steps));
    add_ports();
    add_states();
    hash();
    program_.headers.assign(headers_.begin(), headers_.end());
    return std::move(program_);
  }

 private:
  // Branches and bodies of WHILE as if each ran once.
  static double estimate(const std::vector<Step>& steps, const Target& target) {
    double instructions = 0;
    for (const Step& step : steps) {
      if (const auto* call = std::get_if<Call>(&step.what)) {
        instructions += call->variant->cost(call->call, target).instructions;
      } else if (const auto* loop = std::get_if<Loop>(&step.what)) {
        instructions += loop->n * estimate(loop->body, target);
      } else if (const auto* branch = std::get_if<If>(&step.what)) {
        instructions += estimate(branch->then, target) + estimate(branch->otherwise, target);
      } else if (const auto* again = std::get_if<While>(&step.what)) {
        instructions += estimate(again->condition_steps, target) + estimate(again->body, target);
      }
    }
    return instructions;
  }

  Result<void> add_steps(const std::vector<Step>& steps, std::vector<ProgramStep>& to) {
    for (const Step& step : steps) {
      if (const Call* call = std::get_if<Call>(&step.what)) {
        add(*call, to);
      } else if (const If* branch = std::get_if<If>(&step.what)) {
        ProgramStep out{ProgramStep::Kind::If, 0, offset_of(branch->condition)};
        MOTE_TRY_VOID(add_steps(branch->then, out.first));
        last_layer_ = {SIZE_MAX, 0};
        MOTE_TRY_VOID(add_steps(branch->otherwise, out.second));
        add_control(branch->node, branch->completes, std::move(out), to);
      } else if (const While* loop = std::get_if<While>(&step.what)) {
        last_layer_ = {SIZE_MAX, 0};
        ProgramStep out{ProgramStep::Kind::While, 0, offset_of(loop->condition)};
        MOTE_TRY_VOID(add_steps(loop->condition_steps, out.first));
        MOTE_TRY_VOID(add_steps(loop->body, out.second));
        add_control(loop->node, loop->completes, std::move(out), to);
      } else if (const Loop* rows = std::get_if<Loop>(&step.what)) {
        last_layer_ = {SIZE_MAX, 0};
        ProgramStep out{ProgramStep::Kind::Loop};
        out.passes = passes_ = rows->n;
        MOTE_TRY_VOID(add_steps(rows->body, out.first));
        passes_ = 0;
        last_layer_ = {SIZE_MAX, 0};
        to.push_back(std::move(out));
      } else {
        return error("the plan has steps of several rates, which the generator does not print");
      }
    }
    return {};
  }

  void add_control(std::size_t node, const std::vector<TensorId>& completes, ProgramStep step,
                   std::vector<ProgramStep>& to) {
    ProgramLayer layer;
    layer.name = graph_.nodes[node].name;
    layer.op = graph_.nodes[node].op;
    layer.variant = "control flow";
    layer.summary = summary_of(NodeRef{graph_, graph_.nodes[node]});
    complete(layer, completes);
    step.layer = program_.layers.size();
    program_.layers.push_back(std::move(layer));
    to.push_back(std::move(step));
    last_layer_ = {SIZE_MAX, 0};
  }

  static std::string summary_of(const NodeRef& ref) {
    std::string out;
    if (!ref.node.inputs.empty() && ref.has_in(0)) out = typed_text(ref.in(0).type);
    if (!ref.node.outputs.empty()) out += text::cat(" → ", typed_text(ref.out(0).type));
    return out;
  }

  // Calls of one node that follow each other are one layer; of a node that makes some rows at a time each band is one.
  ProgramLayer& layer_of(const Call& call, std::vector<ProgramStep>& to) {
    const std::pair same{call.node, call.rows.begin};
    if (last_layer_ == same) return program_.layers.back();
    last_layer_ = same;
    const Node& node = graph_.nodes[call.node];
    const NodeRef ref{graph_, node};
    ProgramLayer layer;
    layer.name = node.name;
    layer.op = node.op;
    layer.variant = std::string(call.variant->name);
    const OpDef& op = op_of(node);
    if (op.work != nullptr) layer.macs = op.work(ref).macs;
    layer.summary = summary_of(ref);
    const std::int32_t rows = call.rows.end - call.rows.begin;
    std::string function = node.name;
    if (rows > 0) {
      const std::int32_t all = static_cast<std::int32_t>(ref.out(0).type.shape[1]);
      const std::int32_t end = call.rows.begin + rows * std::max(1, passes_);
      layer.macs = layer.macs / all * (end - call.rows.begin);
      layer.name += fmt::format(" rows {}-{}", call.rows.begin, end - 1);
      if (passes_ > 0) layer.summary += fmt::format(", {} of its {} rows a pass", rows, all);
      function = fmt::format("{}_row{}", node.name, passes_ > 0 ? "s" : fmt::format("_{}", call.rows.begin));
    }
    layer.function = names_.unique(function);
    layer.loops = passes_ > 0;
    program_.macs += layer.macs;
    to.push_back({ProgramStep::Kind::Layer, program_.layers.size()});
    program_.layers.push_back(std::move(layer));
    return program_.layers.back();
  }

  void add(const Call& call, std::vector<ProgramStep>& to) {
    ProgramLayer& layer = layer_of(call, to);
    headers_.insert(std::string(call.variant->header));
    ProgramCall out;
    const std::size_t before = layer.calls.size();
    out.name = before == 0 ? layer.function : names_.unique(text::cat(layer.function, "_call", before + 1));
    out.kernel = text::cat(call.call.kernel,
                           call.variant->name == "reference" ? "" : text::cat("_", call.variant->name));
    out.function = text::cat("mote::", call.variant->function);
    out.variant = std::string(call.variant->name);
    out.params = call.packed.params;
    out.shared = plan_.optimize == "size" || (call.rows.end > 0 && passes_ == 0);
    if (call.variant->emit != nullptr) out.source = call.variant->emit(call.call);
    for (std::size_t i = 0; i < call.packed.args.size(); ++i) add_argument(call, i, out);
    layer.calls.push_back(std::move(out));
    complete(layer, call.completes);
  }

  std::int64_t offset_of(const Address& at) const {
    return at.offset +
           static_cast<std::int64_t>(program_.memories[static_cast<std::size_t>(at.region)].begin);
  }

  void complete(ProgramLayer& layer, const std::vector<TensorId>& completes) {
    for (const TensorId id : completes) {
      layer.completes.push_back(id);
      program_.trace.push_back({id, offset_of(buffer_of(plan_, id)->at), graph_.tensor(id).type.bytes()});
    }
  }

  void add_argument(const Call& call, std::size_t i, ProgramCall& out) {
    const Arg& arg = call.packed.args[i];
    const std::string type = c_type(arg.dtype);
    if (const auto* rom = std::get_if<Arg::Rom>(&arg.what)) {
      const bool plain = rom->constant != nullptr && rom->constant->plain;
      const std::string reader = plain ? text::cat("const ", type, "*") : text::cat("mote::Rom<", type, ">");
      out.types.push_back(reader);
      const bool other_type =
          rom->constant != nullptr && rom->constant->dtype != arg.dtype;  // bytes that are moved
      const std::string name = rom->constant ? array(rom->constant) : text::cat(reader, "(0)");
      out.arguments.push_back(other_type ? text::cat("(const ", type, "*)", name) : name);
      out.names.push_back(rom->constant ? last_word(rom->constant->name) : "constant");
      out.offsets.push_back(-1);
      out.steps.push_back(0);
      return;
    }
    const bool input = std::holds_alternative<Arg::In>(arg.what);
    const std::string pointer = text::cat(input ? "const " : "", type, "*");
    out.types.push_back(pointer);
    const Address& at = *call.at[i];
    const std::string step = at.step > 0 ? fmt::format(" + {} * pass", at.step) : "";
    out.arguments.push_back(text::cat("(", pointer, ")(", place_text(program_, offset_of(at)), step, ")"));
    out.names.push_back(input                                         ? "in"
                        : std::holds_alternative<Arg::Out>(arg.what)  ? "out"
                        : std::holds_alternative<Arg::Temp>(arg.what) ? "scratch"
                                                                      : "state");
    out.offsets.push_back(offset_of(at));
    out.steps.push_back(at.step);
  }

  // "conv1_weights" → "weights": what a constant is to its layer.
  static std::string last_word(const std::string& name) {
    const std::size_t at = name.rfind('_');
    const std::string word = text::identifier(at == std::string::npos ? name : name.substr(at + 1));
    return is_word(word) || is_macro_like(word) ? "constant" : word;
  }

  // One array for one constant, however many calls read it.  Large ones of equal content are one as well: the steps of an
  // unrolled layer share weights and tables.
  std::string array(const std::shared_ptr<const Constant>& constant) {
    if (const auto found = arrays_.find(constant); found != arrays_.end()) return found->second;
    constexpr std::size_t kLarge = 64;  // bytes; smaller ones keep a name of their layer's own
    const Content content{constant->role, constant->dtype, constant->plain, constant->bytes};
    const bool large = constant->bytes.size() >= kLarge;
    if (const auto same = contents_.find(content); large && same != contents_.end())
      return arrays_[constant] = same->second;
    const std::string name = names_.unique(constant->name);
    const bool table = constant->role == Constant::Role::Requant;
    const std::string expression =
        program_.gathered ? text::cat(options_.prefix, table ? "_tables." : "_weights.", name) : name;
    program_.arrays.push_back(
        {name, expression, c_type(constant->dtype), to_text(constant->shape), constant->role, constant});
    const std::size_t bytes = constant->bytes.size();
    (table ? program_.requant_bytes : program_.weights_bytes) += bytes;
    if (constant->role == Constant::Role::Table) program_.lookup_bytes += bytes;
    if (large) contents_.emplace(content, expression);
    return arrays_[constant] = expression;
  }

  ProgramPort port(const Endpoint& end) const {
    const Tensor& tensor = graph_.tensor(end.tensor);
    return {tensor.name, end.tensor, tensor.type, tensor.quant, offset_of(end.at)};
  }

  void add_ports() {
    for (const Endpoint& end : plan_.inputs) program_.inputs.push_back(port(end));
    for (const Endpoint& end : plan_.outputs) program_.outputs.push_back(port(end));
  }

  void add_states() {
    for (const Buffer& buffer : plan_.memory.buffers) {
      if (buffer.state < 0) continue;
      const StateVar& state = module_.states[static_cast<std::size_t>(buffer.state)];
      ProgramState out{"", offset_of(buffer.at), buffer.bytes};
      const bool zeros =
          std::all_of(state.init.begin(), state.init.end(), [](std::uint8_t b) { return b == 0; });
      if (!zeros) {
        Constant constant{state.name + "_init", state.type.dtype, state.type.shape, state.init,
                          Constant::Role::Table};
        const std::size_t before = program_.weights_bytes;
        out.array = array(std::make_shared<const Constant>(std::move(constant)));
        const std::size_t added = program_.weights_bytes - before;  // none where another begins alike
        program_.lookup_bytes -= added;
        program_.state_bytes += added;
      }
      program_.states.push_back(out);
    }
  }

  void hash() {
    std::uint32_t weights = 2166136261u;  // the device's mote::fnv1a32
    if (program_.gathered) {
      std::stable_partition(program_.arrays.begin(), program_.arrays.end(),
                            [](const ProgramArray& a) { return a.role != Constant::Role::Requant; });
    }
    for (const ProgramArray& a : program_.arrays) {
      Bytes bytes = a.constant->bytes;
      bytes.resize(elements_of(program_, a) * bytes_of(a.constant->dtype));
      for (const std::uint8_t byte : bytes) weights = (weights ^ byte) * 16777619u;
    }
    program_.model_hash = fmt::format("{:016x}", plan_.identity);
    program_.weights_hash = weights;
  }

  const Module& module_;
  const Graph& graph_;
  const Plan& plan_;
  const CodegenOptions& options_;
  Program program_;
  Names names_;
  std::set<std::string> headers_;
  std::map<std::shared_ptr<const Constant>, std::string> arrays_;  // alive: no other gets the address of one
  using Content = std::tuple<Constant::Role, DType, bool, Bytes>;
  std::map<Content, std::string> contents_;
  std::pair<std::size_t, std::int32_t> last_layer_{SIZE_MAX, 0};  // its node and first row
  std::int32_t passes_ = 0;                                       // of the loop around; 0: none
};

}  // namespace

std::size_t elements_of(const Program& program, const ProgramArray& array) {
  const auto bytes_of_element = [](const ProgramArray& a) { return bytes_of(a.constant->dtype); };
  const std::size_t count = array.constant->bytes.size() / bytes_of_element(array);
  if (!program.gathered) return count;
  std::size_t word = 4;
  for (const ProgramArray& a : program.arrays) word = std::max(word, bytes_of_element(a));
  const std::size_t bytes = (array.constant->bytes.size() + word - 1) / word * word;
  return bytes / bytes_of_element(array);
}

Result<void> check_prefix(const std::string& prefix) {
  constexpr std::size_t longest = 60;  // names and files are made of it
  const std::string usable = text::identifier(prefix).substr(0, longest);
  // prefix.h would stand in the way of a header of the C library.
  constexpr std::string_view headers[] = {
      "assert", "complex", "ctype",  "errno",  "fenv",     "float",  "inttypes", "iso646", "limits",
      "locale", "math",    "setjmp", "signal", "stdalign", "stdarg", "stdbool",  "stddef", "stdint",
      "stdio",  "stdlib",  "string", "tgmath", "threads",  "time",   "uchar",    "wchar",  "wctype"};
  const bool taken =
      is_word(usable) || std::find(std::begin(headers), std::end(headers), usable) != std::end(headers);
  if (prefix == usable && !taken) return {};
  return error(text::cat("'", prefix, "' cannot be the prefix of C names and files"),
               text::cat("take '", taken ? usable + "_model" : usable, "'"));
}

Result<Program> make_program(const Module& module, const Plan& plan, const CodegenOptions& options) {
  return Builder(module, plan, options).run();
}

}  // namespace mote
