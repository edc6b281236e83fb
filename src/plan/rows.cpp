#include "plan/rows.h"

#include <algorithm>
#include <limits>

namespace mote {

namespace {

RowSpan rows_read(const KernelCall& call, RowSpan out, std::int32_t in_rows) {
  const KernelVariant& reference = reference_of(call.kernel);
  const RowSpan window = reference.rows == nullptr ? out : reference.rows(call, out);
  return {std::clamp(window.begin, 0, in_rows), std::clamp(window.end, 0, in_rows)};
}

class Scheduler {
 public:
  Scheduler(const RowChain& chain, std::int32_t band) : chain_(chain), band_(band) {}

  std::optional<RowSchedule> run() {
    const std::int32_t rows = chain_.tensors.back().rows;
    done_.assign(chain_.tensors.size(), 0);
    for (std::int32_t row = 0; row < rows; row += band_) demand({row, std::min(row + band_, rows)});
    for (const auto& pass : schedule_.passes) {
      for (const RowBand& band : pass) {
        for (const RowSpan& in : band.in) {
          if (in.begin >= in.end) return std::nullopt;  // nothing but padding: a kernel need not take that
        }
      }
    }
    keep_lines();
    find_steady();
    if (schedule_.steady_end - schedule_.steady < 3) return std::nullopt;
    return std::move(schedule_);
  }

 private:
  // Backwards from the rows of the chain's output: who needs rows that are not there yet makes their producer go on.
  void demand(RowSpan wanted) {
    std::vector<std::int32_t> needed = done_;
    needed.back() = wanted.end;
    std::vector<RowBand> pass(chain_.stages.size());
    for (std::size_t s = chain_.stages.size(); s-- > 0;) {
      const RowStage& stage = chain_.stages[s];
      RowBand& band = pass[s];
      band.out = {done_[stage.writes], needed[stage.writes]};
      if (band.out.begin == band.out.end) continue;
      done_[stage.writes] = band.out.end;
      for (const std::size_t tensor : stage.reads) {
        band.in.push_back(rows_read(*stage.call, band.out, chain_.tensors[tensor].rows));
        needed[tensor] = std::max(needed[tensor], band.in.back().end);
      }
    }
    schedule_.passes.push_back(std::move(pass));
  }

  /// By pass and tensor: the first row that this pass or a later one reads.
  std::vector<std::vector<std::int32_t>> lowest_reads() const {
    std::vector<std::vector<std::int32_t>> lowest(schedule_.passes.size());
    std::vector<std::int32_t> later;
    for (const RowTensor& tensor : chain_.tensors) later.push_back(tensor.rows);
    for (std::size_t p = schedule_.passes.size(); p-- > 0;) {
      for (std::size_t s = 0; s < chain_.stages.size(); ++s) {
        const RowBand& band = schedule_.passes[p][s];
        for (std::size_t i = 0; i < band.in.size(); ++i) {
          std::int32_t& row = later[chain_.stages[s].reads[i]];
          row = std::min(row, band.in[i].begin);
        }
      }
      lowest[p] = later;
    }
    return lowest;
  }

  bool has_lines(std::size_t tensor) const {
    return tensor >= chain_.inputs && tensor + 1 < chain_.tensors.size() && tensor != chain_.over_output;
  }

  void keep_lines() {
    const std::size_t count = chain_.tensors.size();
    schedule_.lines.assign(count, 0);
    const std::vector<std::vector<std::int32_t>> lowest_read = lowest_reads();
    std::vector<std::int32_t> base(count, 0);  // the row that lies first
    for (std::size_t p = 0; p < schedule_.passes.size(); ++p) {
      for (std::size_t s = 0; s < chain_.stages.size(); ++s) {
        const std::size_t tensor = chain_.stages[s].writes;
        RowBand& band = schedule_.passes[p][s];
        if (band.out.begin == band.out.end) continue;
        if (has_lines(tensor)) {
          const std::int32_t lowest = std::min(lowest_read[p][tensor], band.out.begin);
          if (lowest < band.out.begin) {
            band.move_from = lowest - base[tensor];
            band.move_count = band.move_from > 0 ? band.out.begin - lowest : 0;
            if (band.move_count == 0) band.move_from = 0;
          }
          base[tensor] = lowest;
          schedule_.lines[tensor] = std::max(schedule_.lines[tensor], band.out.end - lowest);
        }
        band.out_at = band.out.begin - base[tensor];
        for (std::size_t i = 0; i < band.in.size(); ++i)
          band.in_at.push_back(band.in[i].begin - base[chain_.stages[s].reads[i]]);
      }
    }
  }

  // Whether pass p does what the pass before it does, a constant number of rows further on.
  bool goes_on(std::size_t p, std::size_t steady) const {
    const auto& before = schedule_.passes[p - 1];
    const auto& now = schedule_.passes[p];
    for (std::size_t s = 0; s < now.size(); ++s) {
      const RowBand &a = before[s], &b = now[s];
      if (a.move_from != b.move_from || a.move_count != b.move_count || !same_call(s, a, b)) return false;
      if (!moves_evenly(chain_.stages[s].writes, a.out_at, b.out_at, p, steady, s, -1)) return false;
      for (std::size_t i = 0; i < b.in_at.size(); ++i) {
        if (!moves_evenly(chain_.stages[s].reads[i], a.in_at[i], b.in_at[i], p, steady, s,
                          static_cast<int>(i)))
          return false;
      }
    }
    return true;
  }

  bool same_call(std::size_t s, const RowBand& a, const RowBand& b) const {
    if (a.out.end - a.out.begin != b.out.end - b.out.begin || a.in.size() != b.in.size()) return false;
    if (a.in.empty()) return true;
    const KernelCall& call = *chain_.stages[s].call;
    const std::int32_t all = chain_.tensors[chain_.stages[s].writes].rows;
    const auto band = reference_of(call.kernel).band;
    return band(call, a.out, all).params == band(call, b.out, all).params;
  }

  bool moves_evenly(std::size_t tensor, std::int32_t a, std::int32_t b, std::size_t p, std::size_t steady,
                    std::size_t s, int in) const {
    if (has_lines(tensor)) return a == b;
    if (p < steady + 2) return true;  // two passes give the step
    const auto& first = schedule_.passes[steady][s];
    const auto& second = schedule_.passes[steady + 1][s];
    const std::int32_t step =
        in < 0 ? second.out_at - first.out_at
               : second.in_at[static_cast<std::size_t>(in)] - first.in_at[static_cast<std::size_t>(in)];
    return b - a == step;
  }

  // The longest run; never the last pass, behind which the output is whole.
  void find_steady() {
    const std::size_t last = schedule_.passes.size() - 1;
    for (std::size_t begin = 0; begin < last;) {
      std::size_t end = begin + 1;
      while (end < last && goes_on(end, begin)) ++end;
      if (end - begin > schedule_.steady_end - schedule_.steady)
        schedule_.steady = begin, schedule_.steady_end = end;
      begin = end > begin + 1 ? end - 1 : end;  // a run of two may begin the next one
      if (end == last) break;
    }
  }

  const RowChain& chain_;
  std::int32_t band_;
  std::vector<std::int32_t> done_;  // rows of each tensor that are made
  RowSchedule schedule_;
};

}  // namespace

std::optional<RowSchedule> schedule_rows(const RowChain& chain, std::int32_t band) {
  return Scheduler(chain, band).run();
}

namespace {

std::vector<int> in_arguments(const KernelCall& call) {
  std::vector<int> inputs;
  for (std::size_t a = 0; a < call.args.size(); ++a) {
    if (std::holds_alternative<Arg::In>(call.args[a].what)) inputs.push_back(static_cast<int>(a));
  }
  return inputs;
}

/// How far below input `i` the variant's output must start for that call; nothing: it may not lie over it.
std::optional<std::int64_t> least_distance(const KernelVariant& variant, const KernelCall& call,
                                           std::size_t i) {
  if (variant.overlap == nullptr) return std::nullopt;
  const Overlap overlap = variant.overlap(call);
  const int argument = in_arguments(call)[i];
  const bool allowed = overlap.in >= 0 && overlap.direction == Overlap::Direction::Forward &&
                       argument >= overlap.in && argument <= std::max(overlap.in, overlap.last_in);
  return allowed ? std::optional(overlap.min_distance) : std::nullopt;
}

/// How far below its own input `i` a stage's output must start at least, both as they lie in the tensors.
std::int64_t own_distance(const RowChain& chain, std::size_t s, const RowBand& band, std::size_t i) {
  const RowStage& stage = chain.stages[s];
  const RowTensor& out = chain.tensors[stage.writes];
  const auto out_bytes = static_cast<std::int64_t>(out.row_bytes);
  const auto first_read =
      static_cast<std::int64_t>(chain.tensors[stage.reads[i]].row_bytes) * band.in[i].begin;
  const KernelCall call = reference_of(stage.call->kernel).band(*stage.call, band.out, out.rows);
  const std::optional<std::int64_t> least = least_distance(*band.variant, call, i);
  return least ? band.out.begin * out_bytes + *least - first_read : band.out.end * out_bytes - first_read;
}

}  // namespace

std::vector<std::size_t> makeable_over_output(const RowChain& chain, const RowSchedule& schedule) {
  std::vector<std::size_t> found;
  const RowStage& last = chain.stages.back();
  for (std::size_t i = 0; i < last.reads.size(); ++i) {
    const std::size_t tensor = last.reads[i];
    if (tensor < chain.inputs || chain.tensors[tensor].row_bytes != chain.tensors.back().row_bytes) continue;
    std::size_t readers = 0, producer = 0;
    for (std::size_t s = 0; s < chain.stages.size(); ++s) {
      readers += static_cast<std::size_t>(
          std::count(chain.stages[s].reads.begin(), chain.stages[s].reads.end(), tensor));
      if (chain.stages[s].writes == tensor) producer = s;
    }
    bool fits = readers == 1;
    for (const auto& pass : schedule.passes) {  // row by row, made where it is read and never kept
      const RowBand& sum = pass.back();
      if (sum.out.begin == sum.out.end) continue;
      const KernelCall call =
          reference_of(last.call->kernel).band(*last.call, sum.out, chain.tensors.back().rows);
      const std::optional<std::int64_t> least = least_distance(*sum.variant, call, i);
      fits = fits && sum.in[i] == sum.out && pass[producer].out == sum.out && least && *least <= 0;
    }
    if (fits) found.push_back(tensor);
  }
  return found;
}

std::int64_t output_distance(const RowChain& chain, const RowSchedule& schedule, std::size_t input) {
  const auto out_bytes = static_cast<std::int64_t>(chain.tensors.back().row_bytes);
  const auto in_bytes = static_cast<std::int64_t>(chain.tensors[input].row_bytes);
  std::int64_t distance = 0;
  std::int32_t lowest = chain.tensors[input].rows;  // of what is read later
  for (std::size_t p = schedule.passes.size(); p-- > 0;) {
    for (std::size_t s = chain.stages.size(); s-- > 0;) {
      const RowBand& band = schedule.passes[p][s];
      const RowStage& stage = chain.stages[s];
      if (band.out.begin == band.out.end) continue;
      const bool writes = stage.writes + 1 == chain.tensors.size() ||
                          (chain.over_output != 0 && stage.writes == chain.over_output);
      if (writes && lowest < chain.tensors[input].rows)
        distance = std::max(distance, band.out.end * out_bytes - lowest * in_bytes);
      for (std::size_t i = 0; i < band.in.size(); ++i) {
        if (stage.reads[i] != input) continue;
        lowest = std::min(lowest, band.in[i].begin);
        if (writes) distance = std::max(distance, own_distance(chain, s, band, i));
      }
    }
  }
  return distance;
}

}  // namespace mote
