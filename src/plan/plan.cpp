// make_plan: lowers the graph, chooses a variant for each call, finds lifetimes, and gives every buffer an address.
#include "plan/plan.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "graph/check.h"
#include "plan/arena.h"
#include "plan/flatten.h"
#include "plan/rows.h"
#include "targets/target.h"

namespace mote {

namespace {

constexpr int kBeforeAll = -1;
constexpr std::size_t kWork = 60'000'000;  // of choosing variants by memory: about a second
constexpr double kSlower = 1.25;           // what `size` may cost in instructions, of the fastest variant's
constexpr double kSlowerForMemory = 1.35;  // and `ram`, where it saves memory
constexpr std::size_t kLongestChain = 12;
constexpr double kInstructionsOfBand = 60;  // of a call, its loop and its arguments

class Planner {
 public:
  /// `target` null: reference variants only.
  Planner(const Module& module, const Target* target, const PlanOptions& options)
      : module_(module), flat_(flatten(module)), graph_(flat_.graph), target_(target), options_(options) {}

  Result<Plan> run() {
    MOTE_TRY_VOID(lower());
    find_lifetimes();
    if (target_ != nullptr && options_.optimize == PlanOptions::Optimize::Ram) {
      choose_for_memory();
      if (options_.fuse) stream_rows();
    }
    add_scratch();
    if (options_.memories.empty())
      give_addresses();
    else
      MOTE_TRY_VOID(spread_over_memories());
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

  /// Calls [begin, end) as a chain that runs some rows at a time.
  struct Streamed {
    std::size_t begin = 0, end = 0;
    RowChain chain;
    RowSchedule schedule;
    std::vector<TensorId> tensors;             // by RowTensor
    std::size_t scratch_bytes = 0, bytes = 0;  // of the arena, while it runs
    double more_instructions = 0;              // than its calls take one by one
    std::vector<std::size_t> buffers;          // by RowTensor, once it is applied; then its scratch
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
      if (const auto* out = std::get_if<Arg::Out>(&arg.what)) {
        use(buffer_of_tensor(out->tensor), step);
        use(buffer_of_tensor(out->tensor),
            last_call_of_node(step));  // whoever looks at the layer sees all it answers
      }
    }
  }

  int last_call_of_node(int step) {
    const auto node = call(static_cast<std::size_t>(step)).node;
    while (static_cast<std::size_t>(step) + 1 < calls_.size() &&
           call(static_cast<std::size_t>(step) + 1).node == node)
      ++step;
    return step;
  }

  void add_scratch() {
    for (std::size_t step = 0; step < calls_.size(); ++step) {
      auto& scratch = scratch_.emplace_back();
      if (is_streamed(step)) continue;
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
    if (is_streamed(step)) return choices;
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
      if (choices[step].empty()) {  // in a chain
        scratch.push_back(0);
        const auto of_chain = overlaps_of_step(step);
        overlaps.insert(overlaps.end(), of_chain.begin(), of_chain.end());
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

  // ---- rows at a time

  // The calls are cut into chains and single calls so that the fullest of these needs as few bytes as possible, and among such
  // cuts with the fewest instructions.  What a chain needs does not depend on the others.  Then calls outside may be fast
  // again.
  void stream_rows() {
    find_line();
    whole_ = plan_.memory.buffers;
    const std::size_t before = arena_bytes();
    const std::vector<std::size_t> single = bytes_of_calls();
    std::vector<Streamed> candidates;
    for (std::size_t begin = 0; begin < calls_.size(); ++begin) {
      const std::size_t longest = std::min(begin + kLongestChain, calls_.size());
      for (std::size_t end = begin + 2; end <= longest && is_one_line(begin, end); ++end) {
        for (const std::int32_t band : {1, 2, 4}) {
          for (const bool lean : {false, true}) {
            std::optional<Streamed> candidate = streamed(begin, end, band, lean);
            if (candidate) candidates.push_back(std::move(*candidate));
          }
        }
      }
    }
    std::vector<Streamed> chosen = best_cut(single, candidates);
    if (chosen.empty()) return;
    const std::vector<Call> calls = calls_;
    apply(std::move(chosen));
    choose_for_memory();
    if (arena_bytes() < before) return;
    apply({});
    calls_ = calls;
  }

  std::vector<Streamed> best_cut(const std::vector<std::size_t>& single,
                                 const std::vector<Streamed>& candidates) const {
    struct Cut {
      std::size_t bytes = std::numeric_limits<std::size_t>::max();
      double instructions = 0;
      const Streamed* last = nullptr;  // null: a call alone
    };
    const auto cuts = [&](std::size_t allowed, bool by_bytes) {
      std::vector<Cut> best(calls_.size() + 1);
      best[0].bytes = 0;
      for (std::size_t end = 1; end <= calls_.size(); ++end) {
        const auto offer = [&](const Cut& before, std::size_t bytes, double instructions,
                               const Streamed* chain) {
          if (before.bytes == std::numeric_limits<std::size_t>::max() || bytes > allowed) return;
          const Cut cut{std::max(before.bytes, bytes), before.instructions + instructions, chain};
          const bool better = by_bytes ? std::tie(cut.bytes, cut.instructions) <
                                             std::tie(best[end].bytes, best[end].instructions)
                                       : best[end].bytes == std::numeric_limits<std::size_t>::max() ||
                                             cut.instructions < best[end].instructions;
          if (better) best[end] = cut;
        };
        offer(best[end - 1], single[end - 1], 0, nullptr);
        for (const Streamed& chain : candidates) {
          if (chain.end == end) offer(best[chain.begin], chain.bytes, chain.more_instructions, &chain);
        }
      }
      return best;
    };
    const std::size_t least = cuts(std::numeric_limits<std::size_t>::max() - 1, true).back().bytes;
    const std::vector<Cut> best = cuts(least, false);
    std::vector<Streamed> chosen;
    for (std::size_t end = calls_.size(); end > 0;) {
      const Streamed* chain = best[end].last;
      if (chain != nullptr) chosen.insert(chosen.begin(), *chain);
      end = chain != nullptr ? chain->begin : end - 1;
    }
    return chosen;
  }

  ArenaLayout present_layout(Effort effort) const {
    std::vector<std::size_t> scratch;
    for (std::size_t step = 0; step < calls_.size(); ++step) {
      const KernelVariant& variant = *calls_[step].variant;
      scratch.push_back(variant.scratch && !is_streamed(step) ? variant.scratch(calls_[step].call) : 0);
    }
    return laid_out(scratch, overlaps_of_all(), effort).second;
  }
  std::size_t arena_bytes() const { return present_layout(Effort::Quick).bytes; }
  std::vector<std::size_t> bytes_of_calls() const {
    std::vector<std::size_t> bytes = present_layout(Effort::Bounds).alive;
    bytes.resize(calls_.size(), 0);
    return bytes;
  }

  /// Bytes that no placement can do without while the chain runs: what it keeps, and what is there before and behind it.
  std::size_t bytes_of_chain(const Streamed& chain) const {
    std::set<std::size_t> made;
    for (std::size_t t = chain.chain.inputs; t < chain.tensors.size(); ++t)
      made.insert(by_tensor_.at(chain.tensors[t]));
    std::size_t bytes = chain.scratch_bytes;
    for (std::size_t i = 0; i < whole_.size(); ++i) {
      const Buffer& buffer = whole_[i];
      const bool there =
          buffer.first < static_cast<int>(chain.end) && buffer.last >= static_cast<int>(chain.begin);
      if (there && buffer.within < 0 && made.count(i) == 0) bytes += buffer.bytes;
    }
    for (std::size_t t = chain.chain.inputs; t + 1 < chain.tensors.size(); ++t)
      bytes += static_cast<std::size_t>(chain.schedule.lines[t]) * chain.chain.tensors[t].row_bytes;
    const std::size_t out = whole_[by_tensor_.at(chain.tensors.back())].bytes;
    std::size_t saved = 0;
    for (std::size_t t = 0; t < chain.chain.inputs; ++t) {
      const Buffer& input = whole_[root(by_tensor_.at(chain.tensors[t]))];
      if (input.last >= static_cast<int>(chain.end)) continue;
      const auto distance = static_cast<std::size_t>(output_distance(chain.chain, chain.schedule, t));
      const std::size_t together = std::max(out, distance + input.bytes);
      saved = std::max(saved, out + input.bytes - std::min(out + input.bytes, together));
    }
    return bytes + out - saved;
  }

  const Streamed* chain_of(std::size_t step) const {
    for (const Streamed& chain : streamed_) {
      if (chain.begin <= step && step < chain.end) return &chain;
    }
    return nullptr;
  }
  bool is_streamed(std::size_t step) const { return chain_of(step) != nullptr; }

  // Calls that follow each other outside of control flow have following numbers; in it they have none.
  void find_line() {
    line_.assign(calls_.size(), std::numeric_limits<std::size_t>::max());
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      if (blocks_[i].kind == FlatItem::Kind::Node) line_[blocks_[i].call] = i;
    }
  }
  bool is_one_line(std::size_t begin, std::size_t end) const {
    for (std::size_t step = begin; step < end; ++step) {
      if (line_[step] == std::numeric_limits<std::size_t>::max() ||
          line_[step] - line_[begin] != step - begin)
        return false;
    }
    return true;
  }

  /// The calls as a chain, or nothing where they are none, or where it costs too much.
  std::optional<Streamed> streamed(std::size_t begin, std::size_t end, std::int32_t band, bool lean) {
    Streamed found;
    found.begin = begin, found.end = end;
    if (!add_chain_inputs(found) || !add_stages(found)) return std::nullopt;
    if (found.chain.tensors.back().rows < 4 * band) return std::nullopt;
    std::optional<RowSchedule> schedule = schedule_rows(found.chain, band);
    if (!schedule) return std::nullopt;
    found.schedule = std::move(*schedule);
    if (!choose_for_bands(found, lean)) return std::nullopt;
    double takes = 0, whole = 0;
    for (std::size_t s = 0; s < found.chain.stages.size(); ++s) {
      const RowBand& steady = found.schedule.passes[found.schedule.steady][s];
      const RowTensor& out = found.chain.tensors[found.chain.stages[s].writes];
      const double bands = 1.0 * out.rows / (steady.out.end - steady.out.begin);
      const double moved = static_cast<double>(out.row_bytes) * steady.move_count;
      const double instructions = steady.variant->cost(band_of(found, s, steady), *target_).instructions;
      takes += bands * (instructions + kInstructionsOfBand + moved);
      whole += fastest_for(begin + s, call(begin + s).call, false).second;
    }
    if (takes > kSlowerForMemory * whole) return std::nullopt;
    found.more_instructions = takes - whole;
    found.bytes = bytes_of_chain(found);
    Streamed best = found;
    for (const std::size_t tensor : makeable_over_output(found.chain, found.schedule)) {
      Streamed over = found;
      over.chain.over_output = tensor;
      std::optional<RowSchedule> made = schedule_rows(over.chain, band);
      if (!made) continue;
      over.schedule = std::move(*made);
      if (!choose_for_bands(over, lean)) continue;
      over.bytes = bytes_of_chain(over);
      if (over.bytes < best.bytes) best = std::move(over);
    }
    return best;
  }

  // The variant of the steady passes makes all bands that it fits, and the scratch is what the greediest band needs.
  bool choose_for_bands(Streamed& found, bool lean) {
    RowSchedule& schedule = found.schedule;
    found.scratch_bytes = 0;
    for (std::size_t s = 0; s < found.chain.stages.size(); ++s) {
      const RowBand& steady = schedule.passes[schedule.steady][s];
      if (steady.out.begin == steady.out.end) return false;
      const std::size_t step = found.begin + s;
      const KernelVariant* usual = fastest_for(step, band_of(found, s, steady), lean).first;
      for (std::size_t p = 0; p < schedule.passes.size(); ++p) {
        RowBand& band = schedule.passes[p][s];
        if (band.out.begin == band.out.end) continue;
        band.variant = usual;
        if (p > schedule.steady && p < schedule.steady_end) continue;  // as the first of them
        const KernelCall made = band_of(found, s, band);
        if (!fits(step, *usual, made)) band.variant = fastest_for(step, made, lean).first;
        if (band.variant->scratch != nullptr)
          found.scratch_bytes = std::max(found.scratch_bytes, band.variant->scratch(made));
      }
    }
    return true;
  }

  bool fits(std::size_t step, const KernelVariant& variant, const KernelCall& lowered) {
    if (variant.fits == nullptr) return true;
    const KernelVariant& reference = reference_of(lowered.kernel);
    const auto known = facts_.find(step);
    const Facts facts = known != facts_.end()        ? known->second
                        : reference.facts != nullptr ? reference.facts(lowered)
                                                     : Facts{};
    facts_[step] = facts;
    return variant.fits(lowered, facts);
  }

  KernelCall band_of(const Streamed& found, std::size_t s, const RowBand& band) const {
    const RowStage& stage = found.chain.stages[s];
    return reference_of(stage.call->kernel)
        .band(*stage.call, band.out, found.chain.tensors[stage.writes].rows);
  }

  /// The fastest variant, or of those not much slower the one with the least scratch.
  std::pair<const KernelVariant*, double> fastest_for(std::size_t step, const KernelCall& lowered,
                                                      bool lean) {
    for (const auto& [params, fastest] : fastest_[{step, lean}]) {
      if (params == lowered.params) return fastest;
    }
    const std::vector<Candidate> candidates = candidates_for(lowered);
    double least = std::numeric_limits<double>::infinity();
    for (const auto& [variant, cost] : candidates) least = std::min(least, cost.instructions);
    std::pair<const KernelVariant*, double> best{&reference_of(lowered.kernel), least};
    std::pair<std::size_t, double> best_rank{std::numeric_limits<std::size_t>::max(), 0};
    for (const auto& [variant, cost] : candidates) {
      if (cost.instructions > (lean ? kSlowerForMemory : 1.0) * least) continue;
      const std::pair rank{variant->scratch != nullptr ? variant->scratch(lowered) : 0, cost.instructions};
      if (rank < best_rank) best = {variant, cost.instructions}, best_rank = rank;
    }
    fastest_[{step, lean}].emplace_back(lowered.params, best);
    return best;
  }

  /// Images of one batch: rows are dimension 1 of 4.
  std::optional<RowTensor> rows_of(TensorId id) const {
    const TensorType& type = graph_.tensor(id).type;
    if (type.shape.size() != 4 || type.shape[0] != 1 || type.shape[1] < 1) return std::nullopt;
    const auto rows = static_cast<std::int32_t>(type.shape[1]);
    return RowTensor{rows, type.bytes() / static_cast<std::size_t>(rows)};
  }

  static TensorId output_of(const KernelCall& lowered) {
    TensorId output = kNoTensor;
    for (const Arg& arg : lowered.args) {
      if (const auto* out = std::get_if<Arg::Out>(&arg.what)) {
        if (output != kNoTensor) return kNoTensor;  // two: none that could be told
        output = out->tensor;
      }
    }
    return output;
  }

  // Tensors that the calls read and none of them writes.
  bool add_chain_inputs(Streamed& found) const {
    std::set<TensorId> made;
    for (std::size_t step = found.begin; step < found.end; ++step) {
      for (const Arg& arg : calls_[step].call.args) {
        const auto* in = std::get_if<Arg::In>(&arg.what);
        if (in == nullptr || made.count(in->tensor) > 0 ||
            std::find(found.tensors.begin(), found.tensors.end(), in->tensor) != found.tensors.end())
          continue;
        const std::optional<RowTensor> rows = rows_of(in->tensor);
        if (!rows) return false;
        found.tensors.push_back(in->tensor);
        found.chain.tensors.push_back(*rows);
      }
      made.insert(output_of(calls_[step].call));
    }
    found.chain.inputs = found.tensors.size();
    return found.chain.inputs > 0;
  }

  bool add_stages(Streamed& found) const {
    for (std::size_t step = found.begin; step < found.end; ++step) {
      const KernelCall& lowered = calls_[step].call;
      const KernelVariant& reference = reference_of(lowered.kernel);
      const TensorId output = output_of(lowered);
      if (reference.band == nullptr || output == kNoTensor || !rows_of(output)) return false;
      RowStage stage;
      stage.call = &lowered;
      for (const Arg& arg : lowered.args) {
        if (std::holds_alternative<Arg::Temp>(arg.what) || std::holds_alternative<Arg::State>(arg.what))
          return false;
        const auto* in = std::get_if<Arg::In>(&arg.what);
        if (in == nullptr) continue;
        const auto place = std::find(found.tensors.begin(), found.tensors.end(), in->tensor);
        if (place == found.tensors.end()) return false;
        stage.reads.push_back(static_cast<std::size_t>(place - found.tensors.begin()));
        const bool same_rows = graph_.tensor(in->tensor).type.shape == graph_.tensor(output).type.shape;
        if (reference.rows == nullptr ? !same_rows : stage.reads.size() > 1) return false;
      }
      stage.writes = found.tensors.size();
      found.tensors.push_back(output);
      found.chain.tensors.push_back(*rows_of(output));
      found.chain.stages.push_back(std::move(stage));
      if (step + 1 < found.end && !is_inner(found, output)) return false;
    }
    return true;
  }

  // Nobody outside sees it: neither a later call nor a view, and it is no output of the network.
  bool is_inner(const Streamed& found, TensorId id) const {
    const std::size_t index = by_tensor_.at(id);
    const Buffer& buffer = whole_[index];
    if (buffer.within >= 0 || buffer.state >= 0 || buffer.last >= static_cast<int>(found.end)) return false;
    for (const Buffer& other : whole_) {
      if (other.within == static_cast<std::int32_t>(index)) return false;
    }
    for (std::size_t step = found.begin; step < found.end; ++step) {
      for (const Arg& arg : calls_[step].call.args) {
        const auto* in = std::get_if<Arg::In>(&arg.what);
        if (in != nullptr && in->tensor == id) return true;
      }
    }
    return false;
  }
  // Buffers as these chains need them: lines instead of what lies between calls, the rest as long as a chain takes.
  void apply(std::vector<Streamed> chains) {
    work_ = 0;
    plan_.memory.buffers = whole_;
    streamed_ = std::move(chains);
    for (Streamed& chain : streamed_) {
      const int first = static_cast<int>(chain.begin), last = static_cast<int>(chain.end) - 1;
      chain.buffers.clear();
      for (std::size_t t = 0; t < chain.tensors.size(); ++t) {
        const std::size_t index = by_tensor_.at(chain.tensors[t]);
        chain.buffers.push_back(index);
        const bool inner = t >= chain.chain.inputs && t + 1 < chain.tensors.size();
        use(index, last);
        if (t >= chain.chain.inputs) use(index, first);
        if (!inner) continue;
        Buffer& buffer = plan_.memory.buffers[index];
        buffer.tensor = kNoTensor;
        buffer.name += " rows";
        buffer.bytes = static_cast<std::size_t>(chain.schedule.lines[t]) * chain.chain.tensors[t].row_bytes;
      }
      Buffer scratch;
      scratch.name = text::cat(graph_.nodes[call(chain.begin).node].name, " … scratch");
      scratch.bytes = chain.scratch_bytes;
      scratch.first = first, scratch.last = last;
      chain.buffers.push_back(plan_.memory.buffers.size());
      plan_.memory.buffers.push_back(scratch);
    }
  }

  /// Where a call's output, or behind a chain's last call the chain's, may lie over inputs.
  std::vector<MayOverlap> overlaps_of_step(std::size_t step) const {
    const Streamed* chain = chain_of(step);
    if (chain == nullptr) return overlaps_of(step, *calls_[step].variant, calls_[step].packed.args);
    std::vector<MayOverlap> found;
    if (step + 1 != chain->end) return found;
    const std::vector<Buffer>& buffers = plan_.memory.buffers;
    const std::size_t to = root(chain->buffers[chain->tensors.size() - 1]);
    for (std::size_t t = 0; t < chain->chain.inputs; ++t) {
      const std::size_t from = root(chain->buffers[t]);
      bool alone = from != to;  // and not seen as another input as well
      for (std::size_t other = 0; other < chain->chain.inputs; ++other)
        alone = alone && (other == t || root(chain->buffers[other]) != from);
      const bool dies_here = buffers[from].last == static_cast<int>(step);
      const bool born_here = buffers[to].first == static_cast<int>(chain->begin);
      if (!alone || !dies_here || !born_here) continue;
      found.push_back({from, to, output_distance(chain->chain, chain->schedule, t), false});
    }
    return found;
  }

  std::vector<MayOverlap> overlaps_of_all() const {
    std::vector<MayOverlap> overlaps;
    for (std::size_t step = 0; step < calls_.size(); ++step) {
      const auto of_step = overlaps_of_step(step);
      overlaps.insert(overlaps.end(), of_step.begin(), of_step.end());
    }
    return overlaps;
  }

  // ---- a chain's steps

  std::vector<Step> steps_of(const Streamed& chain) {
    std::vector<Step> steps;
    const std::size_t passes = chain.schedule.passes.size();
    for (std::size_t p = 0; p < passes; ++p) {
      if (p != chain.schedule.steady) {
        add_pass(chain, p, false, steps);
        continue;
      }
      Loop loop;
      loop.n = static_cast<std::int32_t>(chain.schedule.steady_end - chain.schedule.steady);
      add_pass(chain, p, true, loop.body);
      steps.push_back({std::move(loop)});
      p = chain.schedule.steady_end - 1;
    }
    std::get<Call>(steps.back().what).completes = std::move(call(chain.end - 1).completes);
    return steps;
  }

  void add_pass(const Streamed& chain, std::size_t p, bool loops, std::vector<Step>& steps) {
    for (std::size_t s = 0; s < chain.chain.stages.size(); ++s) {
      const RowBand& band = chain.schedule.passes[p][s];
      if (band.out.begin == band.out.end) continue;
      const RowBand& next = chain.schedule.passes[loops ? p + 1 : p][s];
      if (band.move_count > 0) steps.push_back({move_of(chain, s, band)});
      Call made;
      made.call = band_of(chain, s, band);
      made.node = call(chain.begin + s).node;
      made.rows = band.out;
      take(made, *band.variant);
      share_constants(chain.begin + s, made);
      const RowStage& stage = chain.chain.stages[s];
      std::size_t in = 0;
      for (const Arg& arg : made.packed.args) {
        std::optional<Address> at;
        if (std::holds_alternative<Arg::In>(arg.what)) {
          at = address_of_row(chain, stage.reads[in], band.in_at[in], next.in_at[in]);
          ++in;
        }
        if (std::holds_alternative<Arg::Out>(arg.what))
          at = address_of_row(chain, stage.writes, band.out_at, next.out_at);
        if (std::holds_alternative<Arg::Temp>(arg.what)) at = plan_.memory.buffers[chain.buffers.back()].at;
        made.at.push_back(at);
      }
      steps.push_back({std::move(made)});
    }
  }

  Address address_of_row(const Streamed& chain, std::size_t tensor, std::int32_t row,
                         std::int32_t next) const {
    const std::size_t lies_in =
        tensor != 0 && tensor == chain.chain.over_output ? chain.tensors.size() - 1 : tensor;
    Address at = plan_.memory.buffers[chain.buffers[lies_in]].at;
    const auto bytes = static_cast<std::int64_t>(chain.chain.tensors[tensor].row_bytes);
    at.offset += row * bytes;
    at.step = (next - row) * bytes;
    return at;
  }

  // Rows that are still needed, to the begin of their line buffer: row by row upwards.
  Call move_of(const Streamed& chain, std::size_t s, const RowBand& band) {
    const std::size_t tensor = chain.chain.stages[s].writes;
    const auto row_bytes = static_cast<std::int64_t>(chain.chain.tensors[tensor].row_bytes);
    Call move;
    move.call.kernel = "copy_blocks";
    move.call.params = {"CopyBlocksParams",
                        {{"blocks", "int32_t", std::int64_t{band.move_count}},
                         {"block_bytes", "int32_t", row_bytes},
                         {"in_stride", "int32_t", row_bytes},
                         {"out_stride", "int32_t", row_bytes},
                         {"out_offset", "int32_t", std::int64_t{0}}}};
    const TensorId id = chain.tensors[tensor];
    move.call.args = {{DType::U8, Arg::In{id}}, {DType::U8, Arg::Out{id}}};
    move.node = call(chain.begin + s).node;
    move.rows = band.out;
    take(move, reference_of(move.call.kernel));
    move.at = {address_of_row(chain, tensor, band.move_from, band.move_from),
               address_of_row(chain, tensor, 0, 0)};
    return move;
  }

  // All bands of a call read the same constants.
  void share_constants(std::size_t step, Call& made) {
    for (Arg& arg : made.packed.args) {
      auto* rom = std::get_if<Arg::Rom>(&arg.what);
      if (rom == nullptr || rom->constant == nullptr) continue;
      std::vector<std::shared_ptr<const Constant>>& known = constants_[step];
      const auto same = std::find_if(known.begin(), known.end(), [&](const auto& other) {
        return other->name == rom->constant->name && other->dtype == rom->constant->dtype &&
               other->bytes == rom->constant->bytes;
      });
      if (same != known.end())
        rom->constant = *same;
      else
        known.push_back(rom->constant);
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
    const std::vector<MayOverlap> overlaps = overlaps_of_all();
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
    for (const Call& one : calls_) memory.nodes.push_back(one.node);
    for (const MayOverlap& overlap : overlaps) memory.overlaps.emplace_back(overlap.in, overlap.out);
  }

  // ---- several memories

  /// Bytes that an inference reads and writes, by buffer with room of its own.
  std::vector<std::uint64_t> traffic() const {
    std::vector<std::uint64_t> bytes(plan_.memory.buffers.size(), 0);
    for (std::size_t step = 0; step < calls_.size(); ++step) {
      const Node& node = graph_.nodes[calls_[step].node];
      const OpDef& op = op_of(node);
      const auto macs =
          op.work != nullptr ? static_cast<std::uint64_t>(op.work(NodeRef{graph_, node}).macs) : 0;
      for (const Arg& arg : calls_[step].call.args) {
        const auto* in = std::get_if<Arg::In>(&arg.what);
        const auto* out = std::get_if<Arg::Out>(&arg.what);
        if (in == nullptr && out == nullptr) continue;
        const TensorId id = in != nullptr ? in->tensor : out->tensor;
        const std::uint64_t whole = graph_.tensor(id).type.bytes();
        bytes[root(by_tensor_.at(id))] += in != nullptr ? std::max(macs, whole) : whole;
      }
      if (step < scratch_.size()) {
        for (const std::size_t scratch : scratch_[step])
          bytes[scratch] += std::max<std::uint64_t>(macs, plan_.memory.buffers[scratch].bytes);
      }
    }
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      if (plan_.memory.buffers[i].state >= 0) bytes[i] += 2 * plan_.memory.buffers[i].bytes;
    }
    return bytes;
  }

  // Buffers by their traffic for each byte, each in the first memory in which all so far still have room.
  Result<void> spread_over_memories() {
    const std::vector<MayOverlap> overlaps = overlaps_of_all();
    Memory& memory = plan_.memory;
    const std::vector<std::uint64_t> accesses = traffic();
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < memory.buffers.size(); ++i) {
      if (memory.buffers[i].within < 0) order.push_back(i);
    }
    const auto density = [&](std::size_t i) {
      return static_cast<double>(accesses[i]) /
             static_cast<double>(std::max<std::size_t>(memory.buffers[i].bytes, 1));
    };
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return density(a) > density(b); });
    std::vector<std::vector<std::size_t>> in_memory(options_.memories.size());
    // All in the first memory, or else in another one where spreading finds no room.
    if (fits_alone(order, overlaps, 0)) {
      in_memory[0] = order;
      order.clear();
    }
    for (const std::size_t i : order) {
      bool placed = false;
      for (std::size_t m = 0; m < in_memory.size() && !placed; ++m) {
        in_memory[m].push_back(i);
        placed =
            place_alone(in_memory[m], overlaps, Effort::Quick).second.bytes <= options_.memories[m].bytes;
        if (!placed) in_memory[m].pop_back();
      }
      if (placed) continue;
      std::size_t other = 1;
      while (other < in_memory.size() && !fits_alone(order, overlaps, other)) ++other;
      if (other == in_memory.size()) return no_room(in_memory, overlaps, i);
      for (std::vector<std::size_t>& memory_buffers : in_memory) memory_buffers.clear();
      in_memory[other] = order;
      break;
    }
    for (std::size_t m = 0; m < in_memory.size(); ++m) {
      std::sort(in_memory[m].begin(), in_memory[m].end());
      const auto [roots, layout] = place_alone(in_memory[m], overlaps, Effort::Thorough);
      if (layout.bytes == 0) {  // nothing lies there, or nothing that takes room: it is left out
        if (m + 1 < in_memory.size()) {
          in_memory[m + 1].insert(in_memory[m + 1].end(), in_memory[m].begin(), in_memory[m].end());
          continue;
        }
        if (in_memory[m].empty() && !memory.regions.empty()) continue;
      }
      Region region{options_.memories[m].name, layout.bytes, 0};
      for (std::size_t k = 0; k < roots.size(); ++k) {
        memory.buffers[roots[k]].at.region = static_cast<std::int32_t>(memory.regions.size());
        memory.buffers[roots[k]].at.offset = static_cast<std::int64_t>(layout.offsets[k]);
        region.traffic += accesses[roots[k]];
      }
      memory.regions.push_back(std::move(region));
    }
    for (std::size_t i = 0; i < memory.buffers.size(); ++i) memory.buffers[i].at = memory.buffers[root(i)].at;
    const ArenaLayout together = laid_out({}, overlaps, Effort::Bounds).second;
    memory.lower_bound = together.lower_bound;
    memory.peak_step = together.peak_step;
    memory.alive = together.alive;
    memory.alive.resize(calls_.size(), 0);
    for (const Call& one : calls_) memory.nodes.push_back(one.node);
    for (const MayOverlap& overlap : overlaps) memory.overlaps.emplace_back(overlap.in, overlap.out);
    return {};
  }

  bool fits_alone(const std::vector<std::size_t>& buffers, const std::vector<MayOverlap>& overlaps,
                  std::size_t m) const {
    return place_alone(buffers, overlaps, Effort::Thorough).second.bytes <= options_.memories[m].bytes;
  }

  std::pair<std::vector<std::size_t>, ArenaLayout> place_alone(const std::vector<std::size_t>& buffers,
                                                               const std::vector<MayOverlap>& overlaps,
                                                               Effort effort) const {
    std::map<std::size_t, std::size_t> interval_of;
    std::vector<Interval> intervals;
    for (const std::size_t i : buffers) {
      const Buffer& buffer = plan_.memory.buffers[i];
      interval_of[i] = intervals.size();
      intervals.push_back({buffer.bytes, buffer.first, buffer.last, 4});
    }
    for (std::size_t i = 0; i < plan_.memory.buffers.size(); ++i) {
      const auto found = interval_of.find(root(i));
      if (found != interval_of.end() && has_wide_elements(plan_.memory.buffers[i]))
        intervals[found->second].alignment = 8;
    }
    std::vector<MayOverlap> here;
    for (const MayOverlap& overlap : overlaps) {
      const auto in = interval_of.find(overlap.in), out = interval_of.find(overlap.out);
      if (in != interval_of.end() && out != interval_of.end())
        here.push_back({in->second, out->second, overlap.distance, overlap.backward});
    }
    return {buffers, mote::place(intervals, here, effort)};
  }

  Error no_room(const std::vector<std::vector<std::size_t>>& in_memory,
                const std::vector<MayOverlap>& overlaps, std::size_t buffer) const {
    std::string rooms;
    for (std::size_t m = 0; m < in_memory.size(); ++m) {
      rooms += text::cat(m > 0 ? ", " : "", options_.memories[m].name, " ",
                         place_alone(in_memory[m], overlaps, Effort::Quick).second.bytes, " of ",
                         options_.memories[m].bytes, " bytes taken");
    }
    const Buffer& missing = plan_.memory.buffers[buffer];
    return error(text::cat("'", missing.name, "' of ", missing.bytes, " bytes has no room: ", rooms),
                 options_.optimize == PlanOptions::Optimize::Ram
                     ? "give a memory more bytes"
                     : "give a memory more bytes, or take --optimize ram");
  }

  void address() {
    for (std::size_t step = 0; step < calls_.size(); ++step) {
      if (is_streamed(step)) continue;
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
      const Streamed* chain = block.kind == FlatItem::Kind::Node ? chain_of(block.call) : nullptr;
      if (chain != nullptr) {
        if (chain->begin != block.call) continue;
        std::vector<Step> of_chain = steps_of(*chain);
        std::move(of_chain.begin(), of_chain.end(), std::back_inserter(steps));
      } else if (block.kind == FlatItem::Kind::Node)
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
  std::size_t work_ = 0;  // pairs of buffers looked at while variants and chains are chosen
  std::vector<Streamed> streamed_;
  std::vector<Buffer> whole_;      // buffers as they are without chains
  std::vector<std::size_t> line_;  // by call: its place outside of control flow
  std::map<std::pair<std::size_t, bool>,
           std::vector<std::pair<ParamBlock, std::pair<const KernelVariant*, double>>>>
      fastest_;
  std::map<std::size_t, Facts> facts_;  // of streamed calls, whose constants all bands share
  std::map<std::size_t, std::vector<std::shared_ptr<const Constant>>> constants_;  // of streamed calls
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
