// make_plan: lowers the graph, chooses a variant for each call, finds lifetimes, and gives every buffer an address.
#include "plan/plan.h"

#include <algorithm>
#include <limits>
#include <map>

#include "graph/check.h"
#include "plan/arena.h"
#include "plan/flatten.h"
#include "targets/target.h"

namespace mote {

namespace {

constexpr int kBeforeAll = -1;
constexpr std::size_t kWork = 60'000'000;  // of choosing variants by memory: about a second
constexpr double kSlower = 1.25;           // what `size` may cost in instructions, of the fastest variant's
constexpr double kSlowerForMemory = 1.35;  // and `ram`, where it saves memory

class Planner {
 public:
  /// `target` null: reference variants only.
  Planner(const Module& module, const Target* target, const PlanOptions& options)
      : module_(module), flat_(flatten(module)), graph_(flat_.graph), target_(target), options_(options) {}

  Result<Plan> run() {
    MOTE_TRY_VOID(lower());
    find_lifetimes();
    if (target_ != nullptr && options_.optimize == PlanOptions::Optimize::Ram) choose_for_memory();
    add_scratch();
    give_addresses();
    address();
    plan_.steps = to_steps(blocks_);
    plan_.graph = std::make_shared<const Graph>(std::move(flat_.graph));
    return std::move(plan_);
  }

 private:
  // While planning, calls stand in one line; blocks remember the brackets around them.
  struct Block {
    FlatItem::Kind kind = FlatItem::Kind::Node;
    std::size_t call = 0;            // of a Node: its place in the line
    std::size_t begin = 0, end = 0;  // of control flow: its calls are [begin, end)
    std::size_t node = 0;
    std::vector<Block> first = {}, second = {};
    TensorId condition = kNoTensor;
    std::vector<TensorId> completes = {};
  };

  using Candidate = std::pair<const KernelVariant*, Cost>;

  Call& call(std::size_t step) { return calls_[step]; }

  // ---- lowering and choice

  Result<void> lower() {
    plan_.target = target_ ? target_->name : "reference";
    plan_.optimize = options_.optimize == PlanOptions::Optimize::Speed  ? "speed"
                     : options_.optimize == PlanOptions::Optimize::Size ? "size"
                                                                        : "ram";
    plan_.fused = options_.fuse;
    plan_.identity = text::fnv1a64({});
    return lower(flat_.items, blocks_);
  }

  Result<void> lower(const std::vector<FlatItem>& items, std::vector<Block>& to) {
    for (const FlatItem& item : items) {
      if (item.kind == FlatItem::Kind::Node) {
        MOTE_TRY_VOID(lower_node(item.node, to));
        continue;
      }
      Block block{item.kind, 0, calls_.size(), 0, item.node};
      block.condition = item.condition;
      MOTE_TRY_VOID(lower(item.first, block.first));
      const std::size_t between = calls_.size();
      MOTE_TRY_VOID(lower(item.second, block.second));
      block.end = calls_.size();
      if (graph_.tensor(block.condition).is_constant()) {  // a constant that is false has been dealt with
        return error(text::cat("layer '", graph_.nodes[item.node].name, "': its condition is always true"),
                     "give the loop a condition that ends it");
      }
      // Where the byte is read: before the first call of a branch, or of a loop's body.
      conditions_.emplace_back(block.condition, item.kind == FlatItem::Kind::If ? block.begin : between);
      if (item.kind == FlatItem::Kind::While) loops_.emplace_back(block.begin, block.end);
      to.push_back(std::move(block));
    }
    return {};
  }

  Result<void> lower_node(std::size_t n, std::vector<Block>& to) {
    const Node& node = graph_.nodes[n];
    const OpDef& op = op_of(node);
    if (op.view) return {};
    auto calls = op.lower(NodeRef{graph_, node});
    if (!calls) return calls.error().in(text::cat("layer '", node.name, "'"));
    for (KernelCall& lowered : *calls) {
      identify(lowered);
      if (auto ok = check_sums(lowered); !ok) return ok.error().in(text::cat("layer '", node.name, "'"));
      Call chosen;
      chosen.call = std::move(lowered);
      take(chosen, choose(chosen.call));
      chosen.node = n;
      to.push_back({FlatItem::Kind::Node, calls_.size()});
      calls_.push_back(std::move(chosen));
    }
    return {};
  }

  // A network is what it computes: its kernel calls as lowered, whatever names, target and variants.
  void identify(const KernelCall& call) {
    const auto add = [&](std::string_view words) {
      plan_.identity =
          text::fnv1a64({reinterpret_cast<const std::uint8_t*>(words.data()), words.size()}, plan_.identity);
    };
    add(call.kernel);
    for (const ParamBlock::Field& field : call.params.fields)
      add(std::visit([&](auto value) { return text::cat(field.name, value); }, field.value));
    for (const Arg& arg : call.args) {
      const auto* rom = std::get_if<Arg::Rom>(&arg.what);
      if (rom != nullptr && rom->constant != nullptr)
        plan_.identity = text::fnv1a64(rom->constant->bytes, plan_.identity);
    }
  }

  static void take(Call& call, const KernelVariant& variant) {
    call.variant = &variant;
    call.packed = variant.pack ? variant.pack(call.call) : Packed{call.call.params, call.call.args};
    if (variant.scratch != nullptr)
      call.packed.args.push_back({DType::U8, Arg::Temp{variant.scratch(call.call)}});
  }

  // `speed` takes the fastest variant, `ram` as well where memory does not depend on it (choose_for_memory), `size` the smallest among those within a quarter of the fastest; the earlier
  // file wins ties.  `size` and `ram` leave out those whose constants outgrow the canonical ones.
  const KernelVariant& choose(const KernelCall& lowered) const {
    const KernelVariant& reference = reference_of(lowered.kernel);
    if (target_ == nullptr) return reference;
    const std::vector<Candidate> candidates = candidates_for(lowered);
    if (candidates.size() == 1) return *candidates.front().first;
    double fastest = std::numeric_limits<double>::infinity();
    for (const auto& [variant, cost] : candidates) fastest = std::min(fastest, cost.instructions);
    const KernelVariant* best = &reference;
    std::pair<double, double> best_rank{std::numeric_limits<double>::infinity(), 0};
    for (const auto& [variant, cost] : candidates) {
      const auto flash = static_cast<double>(cost.flash_bytes);
      std::pair rank{cost.instructions, flash};
      if (options_.optimize == PlanOptions::Optimize::Size)
        rank = {cost.instructions <= kSlower * fastest ? flash : 1e9 + cost.instructions, cost.instructions};
      if (rank < best_rank) best = variant, best_rank = rank;
    }
    return *best;
  }

  // What the target has and the call allows; the preferred one alone.
  std::vector<Candidate> candidates_for(const KernelCall& lowered) const {
    const KernelVariant& reference = reference_of(lowered.kernel);
    const Facts facts = reference.facts ? reference.facts(lowered) : Facts{};
    std::vector<Candidate> candidates;
    for (const KernelVariant* variant : kernel_registry()) {
      if (variant->kernel != lowered.kernel || variant->cost == nullptr) continue;
      if (variant->needs != nullptr && !variant->needs(target_->isa)) continue;
      if (variant->fits != nullptr && !variant->fits(lowered, facts)) continue;
      if (variant->name == options_.prefer) return {{variant, variant->cost(lowered, *target_)}};
      if (options_.optimize != PlanOptions::Optimize::Speed && outgrows(*variant, lowered)) continue;
      candidates.emplace_back(variant, variant->cost(lowered, *target_));
    }
    return candidates;
  }

  // More than 3 % beyond the canonical constants, and the 64 bytes that padding may cost.
  static bool outgrows(const KernelVariant& variant, const KernelCall& lowered) {
    if (variant.pack == nullptr) return false;
    const std::size_t before = constant_bytes(lowered.args);
    return constant_bytes(variant.pack(lowered).args) > before + before * 3 / 100 + 64;
  }
  static std::size_t constant_bytes(const std::vector<Arg>& args) {
    std::size_t bytes = 0;
    for (const Arg& arg : args) {
      const auto* rom = std::get_if<Arg::Rom>(&arg.what);
      if (rom != nullptr && rom->constant != nullptr) bytes += rom->constant->bytes.size();
    }
    return bytes;
  }

  // ---- lifetimes

  std::size_t buffer_of_tensor(TensorId id) {
    if (const auto found = by_tensor_.find(id); found != by_tensor_.end()) return found->second;
    Buffer buffer;
    buffer.name = graph_.tensor(id).name;
    buffer.tensor = id;
    buffer.bytes = graph_.tensor(id).type.bytes();
    buffer.first = static_cast<int>(calls_.size());
    buffer.last = kBeforeAll;
    plan_.memory.buffers.push_back(buffer);
    return by_tensor_[id] = plan_.memory.buffers.size() - 1;
  }

  std::size_t root(std::size_t buffer) const {
    while (plan_.memory.buffers[buffer].within >= 0)
      buffer = static_cast<std::size_t>(plan_.memory.buffers[buffer].within);
    return buffer;
  }

  void use(std::size_t buffer, int step) {
    for (;;) {  // a view keeps alive what it looks at
      Buffer& b = plan_.memory.buffers[buffer];
      b.first = std::min(b.first, step);
      b.last = std::max(b.last, step);
      if (b.within < 0) return;
      buffer = static_cast<std::size_t>(b.within);
    }
  }

  void find_lifetimes() {
    const int after_all = static_cast<int>(calls_.size());
    add_states(after_all);
    for (const GraphInput& input : module_.main().inputs) {
      const std::size_t buffer = buffer_of_tensor(input.tensor);
      use(buffer, kBeforeAll);
      if (options_.keep_input) use(buffer, after_all);
    }
    for (const Node& node : graph_.nodes) {
      if (!op_of(node).view) continue;
      const std::size_t seen = buffer_of_tensor(node.inputs[0]);
      plan_.memory.buffers[buffer_of_tensor(node.outputs[0])].within = static_cast<std::int32_t>(seen);
    }
    for (int step = 0; step < after_all; ++step) use_arguments(step);
    for (const auto& [condition, step] : conditions_)
      use(buffer_of_tensor(condition), static_cast<int>(step));
    for (const TensorId id : graph_.outputs) use(buffer_of_tensor(id), after_all);
    keep_through_loops();
    find_completions();
  }

  void add_states(int after_all) {
    for (const StateVar& state : module_.states) {
      Buffer buffer;
      buffer.name = state.name;
      buffer.state = state.id;
      buffer.bytes = state.type.bytes();
      buffer.first = kBeforeAll;
      buffer.last = after_all;
      plan_.memory.buffers.push_back(buffer);
    }
    for (std::size_t t = 0; t < graph_.tensors.size(); ++t) {  // states are the first buffers, in their order
      if (graph_.tensors[t].state >= 0)
        by_tensor_[static_cast<TensorId>(t)] = static_cast<std::size_t>(graph_.tensors[t].state);
    }
  }

  // What was there before a loop and is used in it is needed in the next pass, too: also behind the loop's last call, or
  // that one could write over it.  Inner loops come first.
  void keep_through_loops() {
    for (const auto& [begin, end] : loops_) {
      const int first = static_cast<int>(begin), last = static_cast<int>(end);
      for (Buffer& buffer : plan_.memory.buffers) {
        if (buffer.first < first && buffer.last >= first) buffer.last = std::max(buffer.last, last);
      }
    }
  }

  void use_arguments(int step) {
    for (const Arg& arg : call(static_cast<std::size_t>(step)).call.args) {
      if (const auto* in = std::get_if<Arg::In>(&arg.what)) use(buffer_of_tensor(in->tensor), step);
      if (const auto* out = std::get_if<Arg::Out>(&arg.what)) use(buffer_of_tensor(out->tensor), step);
    }
  }

  void add_scratch() {
    for (std::size_t step = 0; step < calls_.size(); ++step) {
      auto& scratch = scratch_.emplace_back();
      for (const Arg& arg : call(step).packed.args) {
        const auto* temp = std::get_if<Arg::Temp>(&arg.what);
        if (temp == nullptr) continue;
        Buffer buffer;
        buffer.name = text::cat(graph_.nodes[call(step).node].name, " scratch");
        buffer.bytes = temp->bytes;
        buffer.first = buffer.last = static_cast<int>(step);
        plan_.memory.buffers.push_back(buffer);
        scratch.push_back(plan_.memory.buffers.size() - 1);
      }
    }
  }

  // A tensor is whole after the last call that writes it; its views with it.  What control flow computes is whole behind it.
  void find_completions() {
    std::map<TensorId, std::size_t> last_writer;
    for (std::size_t step = 0; step < calls_.size(); ++step) {
      for (const Arg& arg : call(step).packed.args) {
        if (const auto* out = std::get_if<Arg::Out>(&arg.what)) last_writer[out->tensor] = step;
      }
    }
    const auto own = static_cast<TensorId>(module_.main().tensors.size());
    for (const auto& [tensor, step] : last_writer) {
      if (tensor >= own) continue;  // of a body: perhaps never written, perhaps often
      std::vector<TensorId>& completes = completes_of(step);
      completes.push_back(tensor);
      for (const TensorId view : views_of(tensor)) {
        if (view < own) completes.push_back(view);
      }
    }
    for (const GraphInput& input : module_.main().inputs) input_views_.push_back(views_of(input.tensor));
  }

  std::vector<TensorId>& completes_of(std::size_t step) {
    for (Block& block : blocks_) {
      if (block.kind != FlatItem::Kind::Node && step >= block.begin && step < block.end)
        return block.completes;
    }
    return call(step).completes;
  }

  std::vector<TensorId> views_of(TensorId tensor) const {
    std::vector<TensorId> views;
    for (const auto& [other, buffer] : by_tensor_) {
      if (other != tensor && looks_at(buffer, by_tensor_.at(tensor))) views.push_back(other);
    }
    return views;
  }

  bool looks_at(std::size_t buffer, std::size_t seen) const {
    while (plan_.memory.buffers[buffer].within >= 0) {
      buffer = static_cast<std::size_t>(plan_.memory.buffers[buffer].within);
      if (buffer == seen) return true;
    }
    return false;
  }

  // ---- outputs over inputs

  /// Where the variant's output may lie over inputs that nobody needs any more.
  std::vector<MayOverlap> overlaps_of(std::size_t step, const KernelVariant& variant,
                                      const std::vector<Arg>& args) const {
    std::vector<MayOverlap> found;
    if (!options_.fuse || variant.overlap == nullptr) return found;
    const Overlap overlap = variant.overlap(calls_[step].call);
    if (overlap.in < 0 || overlap.out < 0) return found;
    const auto* out = std::get_if<Arg::Out>(&args[static_cast<std::size_t>(overlap.out)].what);
    if (out == nullptr) return found;
    const std::vector<Buffer>& buffers = plan_.memory.buffers;
    const std::size_t to = root(by_tensor_.at(out->tensor));
    for (int i = overlap.in; i <= std::max(overlap.in, overlap.last_in); ++i) {
      const auto* in = std::get_if<Arg::In>(&args[static_cast<std::size_t>(i)].what);
      if (in == nullptr) continue;
      const std::size_t from = root(by_tensor_.at(in->tensor));
      const bool dies_here = buffers[from].last == static_cast<int>(step);
      const bool born_here = buffers[to].first == static_cast<int>(step);
      if (from == to || !dies_here || !born_here || reads_elsewhere(args, i, from)) continue;
      found.push_back({from, to, overlap.min_distance, overlap.direction == Overlap::Direction::Backward});
    }
    return found;
  }

  // Does the call read that buffer through another argument as well?
  bool reads_elsewhere(const std::vector<Arg>& args, int argument, std::size_t buffer) const {
    for (std::size_t i = 0; i < args.size(); ++i) {
      const auto* in = std::get_if<Arg::In>(&args[i].what);
      if (in != nullptr && static_cast<int>(i) != argument && root(by_tensor_.at(in->tensor)) == buffer)
        return true;
    }
    return false;
  }

  // ---- variants by their memory

  /// A variant as the arena sees it.
  struct Choice {
    const KernelVariant* variant;
    double instructions;
    std::size_t scratch;
    std::vector<MayOverlap> overlaps;
  };

  std::vector<Choice> choices_of(std::size_t step) const {
    const KernelCall& lowered = calls_[step].call;
    std::vector<Choice> choices;
    for (const auto& [variant, cost] : candidates_for(lowered)) {
      const std::vector<Arg> args = variant->pack ? variant->pack(lowered).args : lowered.args;
      choices.push_back({variant, cost.instructions, variant->scratch ? variant->scratch(lowered) : 0,
                         overlaps_of(step, *variant, args)});
    }
    std::stable_sort(choices.begin(), choices.end(),
                     [](const Choice& a, const Choice& b) { return a.instructions < b.instructions; });
    while (!choices.empty() && choices.back().instructions > kSlowerForMemory * choices.front().instructions)
      choices.pop_back();
    return choices;
  }

  /// More than anything once the work is used up: then nothing is exchanged any more.
  std::size_t arena_of(const std::vector<std::vector<Choice>>& choices,
                       const std::vector<std::size_t>& chosen) {
    if (work_ > kWork) return std::numeric_limits<std::size_t>::max();
    const std::size_t buffers = plan_.memory.buffers.size() + calls_.size();
    work_ += buffers * buffers;
    std::vector<std::size_t> scratch;
    std::vector<MayOverlap> overlaps;
    for (std::size_t step = 0; step < choices.size(); ++step) {
      if (choices[step].empty()) {
        scratch.push_back(0);
        continue;
      }
      const Choice& choice = choices[step][chosen[step]];
      scratch.push_back(choice.scratch);
      overlaps.insert(overlaps.end(), choice.overlaps.begin(), choice.overlaps.end());
    }
    return laid_out(scratch, overlaps, Effort::Quick).second.bytes;
  }

  // From the fastest variants, call by call, each that makes the arena smaller at a third more instructions at most, the fullest calls first, until none does; then back to
  // faster ones wherever that costs no byte.  Leanest variants are the other beginning: where several calls must change
  // at once, no single one helps.
  void choose_for_memory() {
    std::vector<std::vector<Choice>> choices;
    for (std::size_t step = 0; step < calls_.size(); ++step) choices.push_back(choices_of(step));
    std::vector<std::size_t> fastest(calls_.size(), 0), lean(calls_.size(), 0);
    for (std::size_t step = 0; step < calls_.size(); ++step) {
      std::size_t least = std::numeric_limits<std::size_t>::max();
      for (std::size_t k = 0; k < choices[step].size(); ++k) {
        const std::size_t needs = needed_by(step, choices[step][k]);
        if (needs < least) lean[step] = k, least = needs;
      }
    }
    std::vector<std::size_t> chosen = fastest;
    std::size_t bytes = descend(choices, chosen);
    const std::size_t from_lean = descend(choices, lean);
    if (from_lean < bytes) chosen = lean, bytes = from_lean;
    for (std::size_t step = 0; step < calls_.size(); ++step) {
      const std::size_t now = chosen[step];
      for (std::size_t k = 0; k < now; ++k) {
        chosen[step] = k;
        if (arena_of(choices, chosen) <= bytes) break;
        chosen[step] = now;
      }
    }
    for (std::size_t step = 0; step < calls_.size(); ++step) {
      if (choices[step].empty()) continue;
      const KernelVariant& variant = *choices[step][chosen[step]].variant;
      if (&variant != call(step).variant) take(call(step), variant);
    }
  }

  std::size_t needed_by(std::size_t step, const Choice& choice) const {
    std::vector<std::size_t> scratch(calls_.size(), 0);
    scratch[step] = choice.scratch;
    return laid_out(scratch, choice.overlaps, Effort::Bounds).second.alive[step];
  }

  std::size_t descend(const std::vector<std::vector<Choice>>& choices, std::vector<std::size_t>& chosen) {
    std::size_t bytes = arena_of(choices, chosen);
    constexpr int rounds = 3;
    for (int round = 0; round < rounds; ++round) {
      const std::size_t before = bytes;
      for (std::size_t step = 0; step < choices.size(); ++step) {
        for (std::size_t k = 0; k < choices[step].size(); ++k) {
          const std::size_t now = chosen[step];
          if (k == now) continue;
          chosen[step] = k;
          const std::size_t needs = arena_of(choices, chosen);
          if (needs < bytes)
            bytes = needs;
          else
            chosen[step] = now;
        }
      }
      if (bytes == before) break;
    }
    return bytes;
  }

  // ---- addresses

  bool has_wide_elements(const Buffer& buffer) const {
    if (buffer.state >= 0)
      return bytes_of(module_.states[static_cast<std::size_t>(buffer.state)].type.dtype) == 8;
    return buffer.tensor != kNoTensor && bytes_of(graph_.tensor(buffer.tensor).type.dtype) == 8;
  }

  /// The buffers that have room of their own, those so far and then `scratch` by step, and where they lie.
  std::pair<std::vector<std::size_t>, ArenaLayout> laid_out(const std::vector<std::size_t>& scratch,
                                                            std::vector<MayOverlap> overlaps,
                                                            Effort effort) const {
    const std::vector<Buffer>& buffers = plan_.memory.buffers;
    std::vector<std::size_t> roots, interval_of(buffers.size(), 0);
    std::vector<Interval> intervals;
    for (std::size_t i = 0; i < buffers.size(); ++i) {
      if (buffers[i].within >= 0) continue;
      interval_of[i] = intervals.size();
      roots.push_back(i);
      intervals.push_back({buffers[i].bytes, buffers[i].first, buffers[i].last, 4});
    }
    for (std::size_t i = 0; i < buffers.size(); ++i) {  // a view may be of wider elements
      if (has_wide_elements(buffers[i])) intervals[interval_of[root(i)]].alignment = 8;
    }
    for (std::size_t step = 0; step < scratch.size(); ++step) {
      if (scratch[step] > 0)
        intervals.push_back({scratch[step], static_cast<int>(step), static_cast<int>(step), 4});
    }
    for (MayOverlap& overlap : overlaps) {
      overlap.in = interval_of[overlap.in];
      overlap.out = interval_of[overlap.out];
    }
    return {std::move(roots), mote::place(intervals, overlaps, effort)};
  }

  void give_addresses() {
    std::vector<MayOverlap> overlaps;
    for (std::size_t step = 0; step < calls_.size(); ++step) {
      const auto of_step = overlaps_of(step, *call(step).variant, call(step).packed.args);
      overlaps.insert(overlaps.end(), of_step.begin(), of_step.end());
    }
    // What `sim` follows must be right, not small.
    const Effort effort = target_ == nullptr ? Effort::Quick : Effort::Thorough;
    auto [roots, layout] = laid_out({}, overlaps, effort);
    Memory& memory = plan_.memory;
    for (std::size_t i = 0; i < roots.size(); ++i)
      memory.buffers[roots[i]].at.offset = static_cast<std::int64_t>(layout.offsets[i]);
    for (std::size_t i = 0; i < memory.buffers.size(); ++i)
      memory.buffers[i].at.offset = memory.buffers[root(i)].at.offset;
    memory.regions = {{"arena", layout.bytes}};
    memory.lower_bound = layout.lower_bound;
    memory.peak_step = layout.peak_step;
    memory.optimal = layout.optimal;
    memory.alive = std::move(layout.alive);
    memory.alive.resize(calls_.size(), 0);
    for (const MayOverlap& overlap : overlaps) memory.overlaps.emplace_back(overlap.in, overlap.out);
  }

  void address() {
    for (std::size_t step = 0; step < calls_.size(); ++step) {
      Call& c = call(step);
      std::size_t scratch = 0;
      for (const Arg& arg : c.packed.args) {
        std::optional<Address> at;
        if (const auto* in = std::get_if<Arg::In>(&arg.what)) at = address_of(in->tensor);
        if (const auto* out = std::get_if<Arg::Out>(&arg.what)) at = address_of(out->tensor);
        if (const auto* state = std::get_if<Arg::State>(&arg.what)) at = address_of_state(state->state);
        if (std::holds_alternative<Arg::Temp>(arg.what))
          at = plan_.memory.buffers[scratch_[step][scratch++]].at;
        c.at.push_back(at);
      }
    }
    for (std::size_t i = 0; i < module_.main().inputs.size(); ++i) {
      const TensorId id = module_.main().inputs[i].tensor;
      plan_.inputs.push_back({id, address_of(id), input_views_[i]});
    }
    for (const TensorId id : graph_.outputs) plan_.outputs.push_back({id, address_of(id), {}});
  }

  Address address_of(TensorId id) const { return plan_.memory.buffers[by_tensor_.at(id)].at; }
  Address address_of_state(StateId id) const { return plan_.memory.buffers[static_cast<std::size_t>(id)].at; }

  // ---- the line back into brackets

  std::vector<Step> to_steps(std::vector<Block>& blocks) {
    std::vector<Step> steps;
    for (Block& block : blocks) {
      if (block.kind == FlatItem::Kind::Node)
        steps.push_back({std::move(calls_[block.call])});
      else if (block.kind == FlatItem::Kind::If)
        steps.push_back({If{address_of(block.condition), to_steps(block.first), to_steps(block.second),
                            block.node, std::move(block.completes)}});
      else
        steps.push_back({While{to_steps(block.first), address_of(block.condition), to_steps(block.second),
                               block.node, std::move(block.completes)}});
    }
    return steps;
  }

  const Module& module_;
  FlatModel flat_;
  const Graph& graph_;
  const Target* target_;
  const PlanOptions& options_;
  Plan plan_;
  std::vector<Call> calls_;
  std::vector<Block> blocks_;
  std::size_t work_ = 0;  // pairs of buffers looked at while variants are chosen
  std::vector<std::pair<std::size_t, std::size_t>>
      loops_;  // calls [begin, end) of each WHILE, inner ones first
  std::vector<std::pair<TensorId, std::size_t>> conditions_;  // and the call at which each is read
  std::map<TensorId, std::size_t> by_tensor_;
  std::vector<std::vector<TensorId>> input_views_;  // by model input
  std::vector<std::vector<std::size_t>> scratch_;   // by step: buffers of its Temp arguments, in order
};

}  // namespace

namespace {
Result<Plan> plan_for(const Module& module, const Target* target, const PlanOptions& options) {
  for (const TensorId id : module.main().outputs) {
    if (!module.main().tensor(id).is_constant()) continue;
    return error(text::cat("output '", module.main().tensor(id).name, "' is a constant"),
                 "a model must compute its outputs");
  }
  return Planner(module, target, options).run();
}
}  // namespace

Result<Plan> make_plan(const Module& module, const Target& target, const PlanOptions& options) {
  return plan_for(module, &target, options);
}

Result<Plan> make_reference_plan(const Module& module) {
  PlanOptions options;
  options.fuse = false;
  return plan_for(module, nullptr, options);
}

namespace {
void add_calls(const std::vector<Step>& steps, std::vector<const Call*>& calls) {
  for (const Step& step : steps) {
    if (const auto* call = std::get_if<Call>(&step.what)) calls.push_back(call);
    if (const auto* loop = std::get_if<Loop>(&step.what)) add_calls(loop->body, calls);
    if (const auto* every = std::get_if<Every>(&step.what)) add_calls(every->body, calls);
    if (const auto* branch = std::get_if<If>(&step.what)) {
      add_calls(branch->then, calls);
      add_calls(branch->otherwise, calls);
    }
    if (const auto* loop = std::get_if<While>(&step.what)) {
      add_calls(loop->condition_steps, calls);
      add_calls(loop->body, calls);
    }
  }
}
}  // namespace

std::vector<const Call*> calls_of(const Plan& plan) {
  std::vector<const Call*> calls;
  add_calls(plan.steps, calls);
  return calls;
}

const Buffer* buffer_of(const Plan& plan, TensorId tensor) {
  for (const Buffer& buffer : plan.memory.buffers) {
    if (buffer.tensor == tensor) return &buffer;
  }
  return nullptr;
}

}  // namespace mote
