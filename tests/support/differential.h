// Random models through mote's simulator and through LiteRT's reference kernels, answers side by side.  Used by
// bench/differential and by tests.
#pragma once

#include <cstdio>
#include <functional>
#include <map>

#include "base/system.h"
#include "export/export.h"
#include "import/import.h"
#include "sim/sim.h"
#include "support/differences.h"
#include "support/random_ops/random_ops.h"

namespace mote::testing {

/// The judge's Python, or empty; tests/judge/setup.sh makes it.
inline std::string judge_python() {
  const auto python = std::filesystem::path(MOTE_SOURCE_DIR) / "build/judge-venv/bin/python";
  return std::filesystem::exists(python) ? python.string() : "";
}

// ---- asking LiteRT

struct JudgedModel {
  Bytes file;
  const std::vector<std::vector<Bytes>>* cases = nullptr;
  bool reference = true;  ///< by the reference kernels; false: by the plain ones, without delegates
};
struct Judgement {
  std::string refusal;                      ///< why LiteRT does not run it
  std::vector<std::vector<Bytes>> answers;  ///< [case][output]
};

namespace detail {

inline void put(Bytes& out, std::size_t number) { Draw::append(out, static_cast<std::int64_t>(number), 4); }
inline void put(Bytes& out, const Bytes& block) {
  put(out, block.size());
  out.insert(out.end(), block.begin(), block.end());
}

inline Bytes packed(const std::vector<JudgedModel>& models) {
  Bytes out;
  for (const JudgedModel& model : models) {
    put(out, model.file);
    put(out, model.reference ? 1 : 0);
    put(out, model.cases->size());
    put(out, model.cases->front().size());
    for (const auto& one : *model.cases) {
      for (const Bytes& input : one) put(out, input);
    }
  }
  return out;
}

/// Reads numbers and blocks; `good` is false behind the end.
struct Unpacker {
  const Bytes& bytes;
  std::size_t at = 0;
  bool good = true;

  std::size_t number() {
    if (bytes.size() - at < 4) good = false;
    if (!good) return 0;
    std::size_t value = 0;
    for (std::size_t b = 0; b < 4; ++b) value |= static_cast<std::size_t>(bytes[at + b]) << (8 * b);
    at += 4;
    return value;
  }
  Bytes block() {
    const std::size_t size = number();
    if (bytes.size() - at < size) good = false;
    if (!good) return {};
    at += size;
    return Bytes(bytes.begin() + static_cast<std::ptrdiff_t>(at - size),
                 bytes.begin() + static_cast<std::ptrdiff_t>(at));
  }
};

inline void unpack(const Bytes& bytes, const std::vector<JudgedModel>& models, std::vector<Judgement>& all) {
  Unpacker from{bytes};
  while (from.at < bytes.size()) {
    Judgement one;
    if (from.number() != 0) {
      const Bytes text = from.block();
      one.refusal = text::cat("refused: ", std::string(text.begin(), text.end()));
    } else {
      const std::size_t outputs = from.number();
      for (std::size_t c = 0; from.good && c < models[all.size()].cases->size(); ++c) {
        one.answers.emplace_back();
        for (std::size_t o = 0; o < outputs; ++o) one.answers.back().push_back(from.block());
      }
    }
    if (!from.good) return;
    all.push_back(std::move(one));
  }
}

}  // namespace detail

/// What LiteRT answers, model by model.  A model that kills its process is refused with the signal.
inline Result<std::vector<Judgement>> ask_litert(const std::vector<JudgedModel>& models) {
  MOTE_TRY(const ScratchFolder folder, ScratchFolder::make("judge"));
  MOTE_TRY_VOID(write_file(folder.path() / "pack", detail::packed(models)));
  const std::string script =
      (std::filesystem::path(MOTE_SOURCE_DIR) / "tests/judge/litert_batch.py").string();
  std::vector<Judgement> all;
  while (all.size() < models.size()) {
    const std::size_t before = all.size();
    MOTE_TRY(
        const ProcessOutput run,
        run_process({judge_python(), script, "pack", "answers", text::cat(before)}, folder.path(), 3600));
    MOTE_TRY(const Bytes answers, read_file(folder.path() / "answers"));
    detail::unpack(answers, models, all);
    if (all.size() == models.size()) break;
    if (run.exit_code == 0 || run.exit_code == 1) return error(text::cat("the judge failed: ", run.err));
    Judgement crash;
    crash.refusal = text::cat("LiteRT ends with signal ", run.exit_code - 128);
    all.push_back(std::move(crash));
  }
  return all;
}

// ---- asking mote

/// [case][output]; variables keep their values from case to case.
inline Result<std::vector<std::vector<Bytes>>> simulate(const Module& module,
                                                        const std::vector<std::vector<Bytes>>& cases) {
  MOTE_TRY(Sim sim, Sim::make(module));
  std::vector<std::vector<Bytes>> all;
  for (const std::vector<Bytes>& one : cases) {
    sim.invoke(std::vector<std::span<const std::uint8_t>>(one.begin(), one.end()));
    all.emplace_back();
    for (std::size_t i = 0; i < module.main().outputs.size(); ++i) {
      const auto out = sim.output(static_cast<int>(i));
      all.back().emplace_back(out.begin(), out.end());
    }
  }
  return all;
}

// ---- both

struct DifferentialOptions {
  std::uint64_t graphs = 1000, seed = 1;
  std::vector<DType> types = {DType::S8,  DType::S16, DType::F32, DType::S32,
                              DType::S64, DType::U8,  DType::Bool};
  std::string only;  ///< an op's name: single layers of it alone
  std::string keep;  ///< file for the first model that differs
  std::function<void(std::uint64_t done)> progress = {};
};

/// Of one op in one element type; of chains together.
struct OpFigures {
  std::uint64_t graphs = 0, bytes = 0;
  std::uint64_t differing = 0;  ///< bytes that no rule of differences.h explains
  std::uint64_t explained = 0;
  std::int64_t most = 0;  ///< steps by which an integer differed
  std::string first_failure;
  std::map<std::string, std::uint64_t> refused_by_mote, refused_by_litert;  ///< reason → graphs
};
struct DifferentialReport {
  std::map<std::string, OpFigures> ops;
  std::string first_failure;  ///< seed, model and elements
  std::uint64_t graphs = 0, bytes = 0, differing = 0, explained = 0, refused_by_mote = 0,
                refused_by_litert = 0;
};

namespace detail {

struct Drawn {
  std::string key;
  std::uint64_t seed;
  DType dtype;
  std::vector<const RandomOp*> ops;
};

/// Three single layers, in turn over all ops and types, then a chain of 2 … 6 in int8 or int16.
inline std::vector<Drawn> draw_list(const DifferentialOptions& options) {
  std::vector<Drawn> singles;
  std::map<DType, std::vector<const RandomOp*>> for_chains;
  for (const RandomOp& op : random_ops()) {
    for (const DType dtype : op.types) {
      if (std::find(options.types.begin(), options.types.end(), dtype) == options.types.end()) continue;
      if (!options.only.empty() && options.only != op.op) continue;
      singles.push_back({text::cat(op.op, " ", name_of(dtype)), 0, dtype, {&op}});
      const bool integer = dtype == DType::S8 || dtype == DType::S16;
      if (integer && !has_no_reference(op.op) && !is_rarely_judged(op.op, dtype) &&
          rule_of(op.op, dtype) == nullptr)
        for_chains[dtype].push_back(&op);
    }
  }
  std::vector<Drawn> list;
  std::size_t next = 0;
  for (std::uint64_t i = 0; i < options.graphs && !singles.empty(); ++i) {
    const std::uint64_t seed = options.seed * 1000003 + i;
    Random random(seed);
    const DType dtype = random.below(4) == 0 ? DType::S16 : DType::S8;
    const bool chain = options.only.empty() && i % 4 == 3 && for_chains.count(dtype) != 0;
    list.push_back(chain ? Drawn{text::cat("chain ", name_of(dtype)), 0, dtype, {}}
                         : singles[next++ % singles.size()]);
    list.back().seed = seed;
    if (!chain) continue;
    for (std::uint64_t layers = 2 + random.below(5); layers > 0; --layers)
      list.back().ops.push_back(for_chains[dtype][random.below(for_chains[dtype].size())]);
  }
  return list;
}

/// The reason without names and numbers, to count by.
inline std::string reason_of(std::string message) {
  const std::size_t at = message.find("kernels/");
  if (at != std::string::npos) message = message.substr(at + 8);
  for (char& c : message) {
    if (c == '\n') c = ' ';
  }
  return message.substr(0, 150);
}

}  // namespace detail

/// One drawn model: its file and what mote answers.
struct DifferentialCase {
  RandomModel model;
  Bytes file;
  std::vector<std::vector<Bytes>> answers;
};
inline Result<DifferentialCase> prepare(std::uint64_t seed, DType dtype,
                                        const std::vector<const RandomOp*>& ops) {
  DifferentialCase made;
  made.model = random_model(seed, dtype, ops, 3);
  if (!made.model.refusal.empty()) return error(made.model.refusal);
  MOTE_TRY_VOID(verify(made.model.module, Stage::Deployable));
  MOTE_TRY(made.answers, simulate(made.model.module, made.model.cases));
  MOTE_TRY(made.file, export_tflite(made.model.module));
  MOTE_TRY(const Module again, import_tflite(made.file, "the exported file"));
  MOTE_TRY(const auto same, simulate(again, made.model.cases));
  if (same != made.answers) return error("the exported file, imported again, answers otherwise");
  return made;
}

inline bool has_reference(const Module& module) {
  const auto& nodes = module.main().nodes;
  return std::none_of(nodes.begin(), nodes.end(), [](const Node& node) { return has_no_reference(node.op); });
}

inline Result<DifferentialReport> run_differential(const DifferentialOptions& options) {
  DifferentialReport report;
  const std::vector<detail::Drawn> list = detail::draw_list(options);
  constexpr std::size_t kAtOnce = 500;
  for (std::size_t begin = 0; begin < list.size(); begin += kAtOnce) {
    const std::size_t end = std::min(list.size(), begin + kAtOnce);
    std::vector<DifferentialCase> made;
    std::vector<const detail::Drawn*> drawn;
    for (std::size_t i = begin; i < end; ++i) {
      OpFigures& figures = report.ops[list[i].key];
      ++figures.graphs;
      ++report.graphs;
      auto one = prepare(list[i].seed, list[i].dtype, list[i].ops);
      if (one && !can_be_judged(one->model.module)) continue;
      if (!one) {
        ++figures.refused_by_mote[detail::reason_of(one.error().message)];
        ++report.refused_by_mote;
        continue;
      }
      made.push_back(std::move(*one));
      drawn.push_back(&list[i]);
    }
    std::vector<JudgedModel> models;
    for (const DifferentialCase& one : made)
      models.push_back({one.file, &one.model.cases, has_reference(one.model.module)});
    MOTE_TRY(const std::vector<Judgement> judged, ask_litert(models));
    for (std::size_t i = 0; i < made.size(); ++i) {
      OpFigures& figures = report.ops[drawn[i]->key];
      if (!judged[i].refusal.empty()) {
        ++figures.refused_by_litert[detail::reason_of(judged[i].refusal)];
        ++report.refused_by_litert;
        continue;
      }
      const DifferenceRule* rule =
          drawn[i]->ops.size() == 1 ? rule_of(drawn[i]->ops[0]->op, drawn[i]->dtype) : nullptr;
      const Comparison found = compare_answers(made[i].model, made[i].answers, judged[i].answers, rule);
      figures.bytes += found.bytes;
      figures.differing += found.differing;
      figures.explained += found.explained;
      figures.most = std::max(figures.most, found.most);
      report.bytes += found.bytes;
      report.differing += found.differing;
      report.explained += found.explained;
      if (found.differing > 0 && figures.first_failure.empty()) {
        figures.first_failure = text::cat(drawn[i]->key, ", model seed ", drawn[i]->seed, "\n",
                                          to_text(made[i].model.module), found.first);
        if (!report.first_failure.empty()) continue;
        report.first_failure = figures.first_failure;
        if (!options.keep.empty()) MOTE_TRY_VOID(write_file(options.keep, made[i].file));
      }
    }
    if (options.progress) options.progress(end);
  }
  return report;
}

}  // namespace mote::testing
