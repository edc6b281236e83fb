// `mote eval`: scores a model, float or quantized, on labelled cases: on the host, and on a target where that is asked for; and
// holds it against a reference, tensor by tensor.
#include <algorithm>
#include <cmath>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>

#include "app/eval_data.h"
#include "app/eval_reference.h"
#include "app/model_cases.h"
#include "eval/metrics.h"
#include "report/document.h"
#include "report/numbers.h"
#include "report/svg.h"
#include "sim/sim.h"

namespace mote {
namespace {

using nlohmann::ordered_json;
using report::one_line;
using text::cat;

enum class Task : std::uint8_t { None, Classification, Regression, Anomaly };

std::string_view name_of(Task task) {
  switch (task) {
    case Task::Classification:
      return "classification";
    case Task::Regression:
      return "regression";
    case Task::Anomaly:
      return "anomaly";
    case Task::None:
      break;
  }
  return "comparison";
}

/// What is asked of the answers, once labels and model have been brought together.
struct Question {
  Task task = Task::None;
  std::vector<std::string> names;    ///< of the classes
  std::vector<std::int32_t> target;  ///< of a classification or an anomaly (1: abnormal)
  std::vector<float> reals;          ///< of a regression, case-major
};

struct Score {
  std::optional<ClassificationFigures> classes;
  std::map<int, double> top_k;
  std::optional<RegressionFigures> regression;
  std::optional<double> auc;
};

struct Compared {
  Watched what;  ///< without its values
  ErrorSum error;
};

struct Evaluation {
  std::string kind;  ///< "float" or "int8": under this name the host's figures stand
  EvalData data;
  Question question;
  Baseline baseline;
  Score score;
  std::optional<Score> device_score;
  std::optional<DeviceRun> device;
  std::vector<Compared> compared;
  std::vector<std::string> unused;  ///< names of a .npz without a tensor
  std::vector<std::string> alone;   ///< our tensors without one of the reference model
  std::optional<double> same_top;   ///< share of cases with the reference's highest score
  double seconds_data = 0, seconds_run = 0;
};

// ---- inference

struct Answers {
  std::vector<float> scores;  ///< output 0 in real values, case-major
  std::vector<ErrorSum> errors;
  std::int64_t same_top = 0;
};

std::size_t highest(std::span<const float> scores) {
  return static_cast<std::size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
}

std::vector<std::span<const std::uint8_t>> views_of(const Graph& graph, const std::uint8_t* at) {
  std::vector<std::span<const std::uint8_t>> views;
  for (const GraphInput& input : graph.inputs) {
    const std::size_t bytes = graph.tensor(input.tensor).type.bytes();
    views.emplace_back(at, bytes);
    at += bytes;
  }
  return views;
}

/// Runs the cases of one piece; each piece has Sims of its own and writes only what belongs to it.
class Piece {
 public:
  Piece(const Module& module, const EvalData& data, const Reference* reference, Sim sim,
        std::optional<Sim> other)
      : module_(module), data_(data), reference_(reference), sim_(std::move(sim)), other_(std::move(other)) {
    if (reference_ != nullptr) errors_.resize(reference_->tensors.size());
  }

  void run(std::uint32_t which, std::span<float> scores) {
    const Graph& graph = module_.main();
    std::map<TensorId, std::vector<float>> theirs;
    if (other_) theirs = run_other(which);
    const std::size_t stride = data_.cases.bytes.size() / data_.cases.count;
    Sim::OnTensor watch;
    if (reference_ != nullptr) {
      watch = [&](TensorId id, std::span<const std::uint8_t> bytes) {
        for (std::size_t t = 0; t < reference_->tensors.size(); ++t) {
          if (reference_->tensors[t].ours == id) compare(t, which, reals_of(graph.tensor(id), bytes), theirs);
        }
      };
    }
    sim_.reset();
    sim_.invoke(views_of(graph, data_.cases.bytes.data() + which * stride), watch);
    const std::vector<float> answer = reals_of(graph.tensor(graph.outputs.front()), sim_.output(0));
    std::copy(answer.begin(), answer.end(), scores.begin());
  }

  const std::vector<ErrorSum>& errors() const { return errors_; }
  std::int64_t same_top() const { return same_top_; }

 private:
  std::map<TensorId, std::vector<float>> run_other(std::uint32_t which) {
    const Graph& graph = reference_->model->main();
    const std::size_t stride = data_.reals.size() / data_.cases.count;
    std::size_t at = which * stride;
    Bytes bytes;
    for (const GraphInput& input : graph.inputs) {
      const Tensor& tensor = graph.tensor(input.tensor);
      const auto count = static_cast<std::size_t>(tensor.type.count());
      const Bytes one = bytes_of_reals(tensor, {data_.reals.data() + at, count});
      bytes.insert(bytes.end(), one.begin(), one.end());
      at += count;
    }
    std::map<TensorId, std::vector<float>> values;
    for (const Watched& watched : reference_->tensors) values[watched.theirs];
    other_->reset();
    other_->invoke(views_of(graph, bytes.data()), [&](TensorId id, std::span<const std::uint8_t> content) {
      if (const auto found = values.find(id); found != values.end())
        found->second = reals_of(graph.tensor(id), content);
    });
    return values;
  }

  void compare(std::size_t t, std::uint32_t which, const std::vector<float>& ours,
               const std::map<TensorId, std::vector<float>>& theirs) {
    const Watched& watched = reference_->tensors[t];
    std::span<const float> wanted;
    if (other_)
      wanted = theirs.at(watched.theirs);
    else
      wanted = std::span<const float>(watched.given).subspan(which * ours.size(), ours.size());
    errors_[t].add(wanted, ours);
    if (watched.output == 0 && ours.size() > 1 && wanted.size() == ours.size() &&
        highest(wanted) == highest(ours))
      ++same_top_;
  }

  const Module& module_;
  const EvalData& data_;
  const Reference* reference_;
  Sim sim_;
  std::optional<Sim> other_;
  std::vector<ErrorSum> errors_;
  std::int64_t same_top_ = 0;
};

Result<Answers> answer(const Module& module, const EvalData& data, const Reference* reference) {
  MOTE_TRY(const Sim prototype, Sim::make(module));
  std::optional<Sim> other;
  if (reference != nullptr && reference->model) {
    MOTE_TRY(other, Sim::make(*reference->model));
  }
  const Graph& graph = module.main();
  const auto outputs = static_cast<std::size_t>(graph.tensor(graph.outputs.front()).type.count());
  const std::size_t n = data.cases.count;
  Answers answers;
  answers.scores.resize(n * outputs);
  constexpr std::size_t kPieces = 64;  // always as many, so that sums do not depend on the number of threads
  std::vector<std::vector<ErrorSum>> errors(kPieces);
  std::vector<std::int64_t> same(kPieces, 0);
  Progress progress("evaluate", static_cast<std::int64_t>(n));
  const double begun = now_seconds();
  std::mutex lock;
  std::int64_t done = 0;
  parallel_for(static_cast<int>(kPieces), [&](int p) {
    const auto piece = static_cast<std::size_t>(p);
    const std::size_t first = n * piece / kPieces, end = n * (piece + 1) / kPieces;
    if (first == end) return;
    Piece worker(module, data, reference, prototype, other);
    for (std::size_t which = first; which < end; ++which) {
      worker.run(static_cast<std::uint32_t>(which), {answers.scores.data() + which * outputs, outputs});
      const std::lock_guard<std::mutex> hold(lock);
      constexpr double soon = 2;  // seconds: what is over by then needs no progress
      if (++done; now_seconds() - begun > soon) progress.advance(done);
    }
    errors[piece] = worker.errors();
    same[piece] = worker.same_top();
  });
  if (reference != nullptr) answers.errors.resize(reference->tensors.size());
  for (std::size_t piece = 0; piece < kPieces; ++piece) {
    for (std::size_t t = 0; t < errors[piece].size(); ++t) answers.errors[t].add(errors[piece][t]);
    answers.same_top += same[piece];
  }
  return answers;
}

// ---- labels and task

Result<std::vector<std::string>> read_names(const EvalRequest& request, const Module& module) {
  if (request.label_names.empty()) return labels_of(module);
  MOTE_TRY(const std::string content, read_text(request.label_names));
  std::vector<std::string> names;
  for (const std::string& line : text::split(content, '\n')) {
    const std::string name(text::trim(line));
    if (!name.empty()) names.push_back(name);
  }
  if (names.empty())
    return error(cat(request.label_names, ": has no names"),
                 "one a line, in the order of the model's outputs");
  const std::set<std::string> distinct(names.begin(), names.end());
  if (distinct.size() != names.size())
    return error(cat(request.label_names, ": a name stands there twice"), "one a line");
  return names;
}

/// Words that are all whole numbers are class indices; folders are named so.
void words_to_numbers(CaseLabels& labels, const std::vector<std::string>& names) {
  if (labels.kind != CaseLabels::Kind::Words || !names.empty()) return;
  std::vector<std::int64_t> whole;
  for (const std::string& word : labels.words) {
    const auto number = text::to_int(word);
    if (!number) return;
    whole.push_back(*number);
  }
  labels.kind = CaseLabels::Kind::Whole;
  labels.whole = std::move(whole);
  labels.words.clear();
}

/// Rows of ones and zeros with a single one, and real numbers that are all whole, are classes.
void reals_to_numbers(CaseLabels& labels, std::size_t outputs) {
  const bool rows = labels.per_case == outputs && outputs > 1;
  if (labels.kind == CaseLabels::Kind::Whole && rows) {
    labels.reals.assign(labels.whole.begin(), labels.whole.end());
  } else if (labels.kind != CaseLabels::Kind::Real || outputs < 2) {
    return;
  }
  std::vector<std::int64_t> whole;
  const std::size_t n = labels.reals.size() / labels.per_case;
  for (std::size_t i = 0; i < n; ++i) {
    const std::span<const float> row(labels.reals.data() + i * labels.per_case, labels.per_case);
    if (labels.per_case == 1) {
      if (row[0] != std::floor(row[0])) return;
      whole.push_back(static_cast<std::int64_t>(row[0]));
      continue;
    }
    const auto ones = std::count(row.begin(), row.end(), 1.0f),
               zeros = std::count(row.begin(), row.end(), 0.0f);
    if (ones != 1 || static_cast<std::size_t>(zeros) + 1 != row.size()) return;
    whole.push_back(static_cast<std::int64_t>(highest(row)));
  }
  labels.kind = CaseLabels::Kind::Whole;
  labels.whole = std::move(whole);
  labels.reals.clear();
  labels.per_case = 1;
}

Result<Task> task_of(const EvalRequest& request, const CaseLabels& labels, std::size_t outputs) {
  if (request.task == "classification") return Task::Classification;
  if (request.task == "regression") return Task::Regression;
  if (request.task == "anomaly") return Task::Anomaly;
  if (!request.task.empty())
    return usage_error(cat("--task cannot be '", request.task, "'"), "classification, regression or anomaly");
  switch (labels.kind) {
    case CaseLabels::Kind::None:
      return Task::None;
    case CaseLabels::Kind::Words:
      return Task::Classification;
    case CaseLabels::Kind::Real:
      return Task::Regression;
    case CaseLabels::Kind::Whole:
      break;
  }
  if (outputs > 1) return labels.per_case == 1 ? Task::Classification : Task::Regression;
  const bool two =
      std::all_of(labels.whole.begin(), labels.whole.end(), [](std::int64_t v) { return v == 0 || v == 1; });
  return two ? Task::Classification : Task::Regression;
}

Result<std::vector<std::int32_t>> classes_of(const CaseLabels& labels, std::vector<std::string>& names,
                                             std::size_t classes) {
  std::vector<std::int32_t> target;
  if (labels.kind == CaseLabels::Kind::Words) {
    const bool given = !names.empty();
    if (!given) names = labels.order;
    if (names.empty()) {
      const std::set<std::string> sorted(labels.words.begin(), labels.words.end());
      names.assign(sorted.begin(), sorted.end());
    }
    if (names.size() != classes && !given)
      return error(cat(labels.source, ": has ", names.size(), " different labels, the model has ", classes,
                       " classes"),
                   "--label-names FILE.txt says which output is which: a name a line");
  } else {
    for (std::size_t i = names.size(); i < classes; ++i) names.push_back(cat(i));
  }
  if (names.size() != classes)
    return error(cat("there are ", names.size(), " names of classes, the model has ", classes, " classes"),
                 "--label-names FILE.txt: a name a line, in the order of the model's outputs");
  for (std::size_t i = 0; i < labels.words.size(); ++i) {
    const auto found = std::find(names.begin(), names.end(), labels.words[i]);
    if (found == names.end())
      return error(
          cat(labels.source, ": label ", i, " (from 0) is '", labels.words[i], "', which is no class"),
          text::suggest(labels.words[i], names));
    target.push_back(static_cast<std::int32_t>(found - names.begin()));
  }
  for (std::size_t i = 0; i < labels.whole.size(); ++i) {
    if (labels.whole[i] < 0 || labels.whole[i] >= static_cast<std::int64_t>(classes))
      return error(cat(labels.source, ": label ", i, " (from 0) is ", labels.whole[i], ", the model has ",
                       classes, " classes"),
                   cat("classes count from 0 to ", classes - 1));
    target.push_back(static_cast<std::int32_t>(labels.whole[i]));
  }
  return target;
}

Result<Question> ask(const Module& module, const EvalRequest& request, CaseLabels& labels) {
  const Graph& graph = module.main();
  const auto outputs = static_cast<std::size_t>(graph.tensor(graph.outputs.front()).type.count());
  Question question;
  MOTE_TRY(question.names, read_names(request, module));
  words_to_numbers(labels, question.names);
  if (request.task != "regression") reals_to_numbers(labels, outputs);
  MOTE_TRY(question.task, task_of(request, labels, outputs));
  if (labels.kind == CaseLabels::Kind::None) {
    if (!request.task.empty()) return usage_error("--task needs labels", "--labels FILE");
    return question;
  }
  if (question.task == Task::Regression) {
    if (labels.kind == CaseLabels::Kind::Words)
      return error(cat(labels.source, ": holds words, a regression wants numbers"), "--task classification");
    question.reals = labels.reals;
    if (labels.kind == CaseLabels::Kind::Whole)
      question.reals.assign(labels.whole.begin(), labels.whole.end());
    if (labels.per_case != outputs)
      return error(cat(labels.source, ": has ", labels.per_case,
                       " values a case, the model's first output has ", outputs),
                   "one for each element of the output");
    return question;
  }
  if (labels.kind == CaseLabels::Kind::Real || labels.per_case != 1)
    return error(cat(labels.source, ": holds real values, a ", name_of(question.task), " wants classes"),
                 "--task regression");
  std::size_t classes = outputs == 1 ? 2 : outputs;
  if (question.task == Task::Anomaly) {
    const auto inputs = static_cast<std::size_t>(graph.tensor(graph.inputs.front().tensor).type.count());
    if (outputs != 1 && outputs != inputs)
      return usage_error(cat("--task anomaly: the score needs one output, or one for each of the ", inputs,
                             " inputs; the model has ", outputs),
                         "--task classification");
    question.names = {"normal", "abnormal"};
    classes = 2;
  }
  MOTE_TRY(question.target, classes_of(labels, question.names, classes));
  return question;
}

// ---- figures

/// Of an autoencoder: mean squared difference of what it gives and what it got; of one output: that.
std::vector<float> anomaly_scores(const EvalData& data, std::span<const float> scores, std::size_t outputs) {
  if (outputs == 1) return {scores.begin(), scores.end()};
  const std::size_t n = data.cases.count, stride = data.reals.size() / n;
  std::vector<float> out;
  for (std::size_t i = 0; i < n; ++i) {
    double sum = 0;
    for (std::size_t k = 0; k < outputs; ++k) {
      const double difference =
          static_cast<double>(scores[i * outputs + k]) - static_cast<double>(data.reals[i * stride + k]);
      sum += difference * difference;
    }
    out.push_back(static_cast<float>(sum / static_cast<double>(outputs)));
  }
  return out;
}

/// How often the target is among the k highest scores; of equal ones the first counts as higher.
double top_k_accuracy(const Question& question, std::span<const float> scores, std::size_t outputs,
                      std::size_t k) {
  std::int64_t right = 0;
  for (std::size_t i = 0; i < question.target.size(); ++i) {
    const std::span<const float> row = scores.subspan(i * outputs, outputs);
    const auto target = static_cast<std::size_t>(question.target[i]);
    std::size_t before = 0;
    for (std::size_t c = 0; c < outputs; ++c)
      before += row[c] > row[target] || (row[c] == row[target] && c < target) ? 1 : 0;
    right += before < k ? 1 : 0;
  }
  return static_cast<double>(right) / static_cast<double>(question.target.size());
}

Result<Score> score(const Question& question, const EvalData& data, std::span<const float> scores,
                    std::size_t outputs, std::optional<std::int64_t> top_k) {
  Score out;
  if (question.task == Task::Regression) {
    MOTE_TRY(out.regression, regression(question.reals, scores));
  }
  if (question.task == Task::Anomaly) {
    std::vector<bool> positive;
    for (const std::int32_t target : question.target) positive.push_back(target == 1);
    MOTE_TRY(out.auc, auc(positive, anomaly_scores(data, scores, outputs)));
  }
  if (question.task != Task::Classification) return out;
  std::vector<std::int32_t> predicted;
  for (std::size_t i = 0; i < question.target.size(); ++i) {
    const std::span<const float> row = scores.subspan(i * outputs, outputs);
    predicted.push_back(outputs == 1 ? (row[0] >= 0.5f ? 1 : 0) : static_cast<std::int32_t>(highest(row)));
  }
  MOTE_TRY(out.classes, classification(question.target, predicted, question.names));
  const auto k = static_cast<std::size_t>(top_k.value_or(5));
  if (outputs > k || (top_k && outputs > 1))
    out.top_k[static_cast<int>(k)] = top_k_accuracy(question, scores, outputs, k);
  return out;
}

Result<Baseline> baseline_of(const Question& question) {
  if (question.task == Task::Classification) return majority_baseline(question.target, question.names);
  if (question.task == Task::Anomaly) return Baseline{"guessing", 0.5};
  if (question.task == Task::None) return Baseline{};
  double mean = 0, squares = 0;
  for (const float value : question.reals) mean += static_cast<double>(value);
  mean /= static_cast<double>(question.reals.size());
  for (const float value : question.reals)
    squares += (static_cast<double>(value) - mean) * (static_cast<double>(value) - mean);
  return Baseline{"RMSE of always the mean", std::sqrt(squares / static_cast<double>(question.reals.size()))};
}

std::string kind_of(const Module& module) {
  bool bytes = false, words = false;
  for (const Node& node : module.main().nodes) {
    for (const TensorId id : node.outputs) {
      if (id == kNoTensor || !module.main().tensor(id).quant) continue;
      const DType dtype = module.main().tensor(id).type.dtype;
      bytes = bytes || dtype == DType::S8 || dtype == DType::U8;
      words = words || dtype == DType::S16;
    }
  }
  return bytes ? "int8" : words ? "int16" : "float";
}

/// Output 0 of every case from the bytes of all outputs.
std::vector<float> first_outputs(const Module& module, const Bytes& outputs, std::uint32_t cases) {
  const Graph& graph = module.main();
  const Tensor& tensor = graph.tensor(graph.outputs.front());
  const std::size_t stride = outputs.size() / cases;
  std::vector<float> all;
  for (std::uint32_t which = 0; which < cases; ++which) {
    const auto one = reals_of(tensor, {outputs.data() + which * stride, tensor.type.bytes()});
    all.insert(all.end(), one.begin(), one.end());
  }
  return all;
}

Result<void> check_top_k(const EvalRequest& request, const Question& question) {
  if (!request.top_k) return {};
  if (question.task != Task::Classification)
    return usage_error(cat("--top-k ", *request.top_k, ": a ", name_of(question.task), " has no classes"),
                       "leave it out, or --task classification");
  const auto classes = static_cast<std::int64_t>(question.names.size());
  if (*request.top_k >= 1 && *request.top_k <= classes) return {};
  return usage_error(cat("--top-k ", *request.top_k, " is outside 1…", classes, ", the model's classes"),
                     "how many of the highest scores count");
}

Result<void> run_on_target(const PreparedModel& model, const EvalRequest& request, std::size_t outputs,
                           Evaluation& seen) {
  if (request.target == "host") return {};
  DeviceRunOptions options;
  options.plan = model.plan;
  options.measure = false;
  MOTE_TRY(seen.device, run_on_device(model.module, model.target, seen.data.cases, options));
  const std::vector<float> scores = first_outputs(model.module, seen.device->outputs, seen.data.cases.count);
  MOTE_TRY(seen.device_score, score(seen.question, seen.data, scores, outputs, request.top_k));
  return {};
}

Result<Evaluation> evaluate_model(const EvalRequest& request) {
  MOTE_TRY_VOID(check_data_options(request));
  ModelRequest like;
  like.model = request.model;
  like.target = request.target;
  like.optimize = request.optimize;
  MOTE_TRY(const PreparedModel model, prepare(like));
  const Graph& graph = model.module.main();
  Evaluation seen;
  const double begin = now_seconds();
  MOTE_TRY(seen.data, read_eval_data(model.module, request));
  MOTE_TRY(seen.question, ask(model.module, request, seen.data.labels));
  MOTE_TRY_VOID(check_top_k(request, seen.question));
  MOTE_TRY(std::optional<Reference> reference, read_reference(model.module, request, seen.data.cases.count));
  if (seen.question.task == Task::None && !reference)
    return usage_error("there is nothing to hold the answers against",
                       "--labels FILE, or --reference F.npy, or --reference-model FLOAT.tflite");
  MOTE_TRY(seen.baseline, baseline_of(seen.question));
  seen.kind = kind_of(model.module);
  seen.seconds_data = now_seconds() - begin;

  const double started = now_seconds();
  MOTE_TRY(const Answers answers, answer(model.module, seen.data, reference ? &*reference : nullptr));
  const auto outputs = static_cast<std::size_t>(graph.tensor(graph.outputs.front()).type.count());
  MOTE_TRY(seen.score, score(seen.question, seen.data, answers.scores, outputs, request.top_k));
  seen.seconds_run = now_seconds() - started;
  if (reference) {
    bool first_output = false, has_classes = seen.question.task == Task::Classification;
    for (std::size_t t = 0; t < reference->tensors.size(); ++t) {
      Watched what = reference->tensors[t];
      what.given.clear();
      first_output = first_output || what.output == 0;
      has_classes = has_classes || (what.output == 0 && what.op == "softmax");
      seen.compared.push_back({std::move(what), answers.errors[t]});
    }
    seen.unused = reference->unused;
    seen.alone = reference->alone;
    if (first_output && outputs > 1)
      seen.same_top = static_cast<double>(answers.same_top) / seen.data.cases.count;
    std::stable_sort(seen.compared.begin(), seen.compared.end(), [](const Compared& a, const Compared& b) {
      return a.error.sqnr_db() < b.error.sqnr_db();
    });
  }
  MOTE_TRY_VOID(run_on_target(model, request, outputs, seen));
  return seen;
}

// ---- words

std::string decibels(const ErrorSum& error) {
  if (error.equal()) return "equal";
  return std::isfinite(error.sqnr_db()) ? report::fixed(error.sqnr_db(), 1) : std::string(report::kUnknown);
}

struct Row {
  std::string who;
  const Score* score;
};
std::vector<Row> rows_of(const Evaluation& seen) {
  std::vector<Row> rows = {{cat(seen.kind, ", host"), &seen.score}};
  if (seen.device_score) rows.push_back({cat(seen.kind, ", ", seen.device->target), &*seen.device_score});
  return rows;
}

report::Table figures_table(const Evaluation& seen) {
  report::Table table;
  table.columns = {{"model"}};
  const auto column = [&](const std::string& title) {
    table.columns.push_back({title, report::Align::Right});
  };
  const Task task = seen.question.task;
  if (task == Task::Classification) {
    column("accuracy");
    column("F1 macro");
    for (const auto& [k, share] : seen.score.top_k) column(cat("top ", k));
    table.rows.push_back({cat("baseline: ", seen.baseline.name), report::percent(seen.baseline.accuracy)});
  } else if (task == Task::Regression) {
    column("MAE");
    column("RMSE");
    table.rows.push_back({"baseline: always the mean", "", report::significant(seen.baseline.accuracy, 4)});
  } else {
    column("AUC");
    table.rows.push_back({"baseline: guessing", report::fixed(0.5, 4)});
  }
  for (const Row& row : rows_of(seen)) {
    std::vector<report::Cell> cells = {row.who};
    if (row.score->classes) {
      cells.emplace_back(report::percent(row.score->classes->accuracy));
      cells.emplace_back(report::fixed(row.score->classes->f1_macro, 4));
      for (const auto& [k, share] : row.score->top_k) cells.emplace_back(report::percent(share));
    }
    if (row.score->regression) {
      cells.emplace_back(report::significant(row.score->regression->mae, 4));
      cells.emplace_back(report::significant(row.score->regression->rmse, 4));
    }
    if (row.score->auc) cells.emplace_back(report::fixed(*row.score->auc, 4));
    table.rows.push_back(std::move(cells));
  }
  return table;
}

report::Table labels_table(const ClassificationFigures& figures) {
  using report::Align;
  report::Table table;
  table.columns = {{"label"},
                   {"cases", Align::Right},
                   {"recall", Align::Right, true},
                   {"precision", Align::Right},
                   {"F1", Align::Right}};
  for (const LabelFigures& label : figures.labels) {
    if (label.samples == 0) {  // nothing to recall
      const std::string unknown(report::kUnknown);
      table.rows.push_back({label.label, "0", unknown, unknown, unknown});
      continue;
    }
    std::vector<report::Cell> row = {label.label, text::thousands(label.samples),
                                     report::percent(label.recall, 1), report::percent(label.precision, 1),
                                     report::fixed(label.f1, 3)};
    row[2].share = label.recall;
    table.rows.push_back(std::move(row));
  }
  return table;
}

report::Table confusion_table(const ClassificationFigures& figures) {
  report::Table table;
  table.columns = {{"true \\ predicted"}};
  for (const LabelFigures& label : figures.labels)
    table.columns.push_back({label.label, report::Align::Right});
  for (std::size_t r = 0; r < figures.confusion.size(); ++r) {
    std::vector<report::Cell> row = {figures.labels[r].label};
    for (const std::int64_t count : figures.confusion[r])
      row.emplace_back(count == 0 ? "·" : text::thousands(count));
    table.rows.push_back(std::move(row));
  }
  return table;
}

report::Table reference_table(const Evaluation& seen) {
  using report::Align;
  report::Table table;
  table.columns = {{"tensor"},
                   {"op"},
                   {"SQNR dB", Align::Right, true},
                   {"largest error", Align::Right},
                   {"mean error", Align::Right},
                   {"matched by"}};
  for (const Compared& one : seen.compared) {
    const double mean = one.error.count > 0 ? one.error.absolute / static_cast<double>(one.error.count) : 0;
    std::vector<report::Cell> row = {
        one.what.name,
        one.what.op,
        {decibels(one.error), one.what.output >= 0 ? report::Tone::Strong : report::Tone::Plain},
        report::significant(one.error.most),
        report::significant(mean),
        one.what.output >= 0 ? cat("output ", one.what.output) : one.what.matched_by};
    row[2].share = one.error.equal() ? 1 : std::clamp(one.error.sqnr_db() / 60, 0.0, 1.0);
    table.rows.push_back(std::move(row));
  }
  table.note =
      "Worst first. SQNR: power of the reference over power of the difference, all cases; 6 dB are one bit. "
      "The bar ends at 60 dB.";
  return table;
}

std::string sqnr_picture(const Evaluation& seen) {
  report::BarChart chart;
  chart.name = "SQNR by tensor, worst first";
  chart.unit = "dB";
  chart.width = 900;
  constexpr std::size_t most = 60;
  for (std::size_t i = 0; i < std::min(most, seen.compared.size()); ++i) {
    const Compared& one = seen.compared[i];
    const double value = one.error.equal() ? 0 : one.error.sqnr_db();
    chart.bars.push_back(
        {one.what.name, {std::isfinite(value) ? std::max(value, 0.0) : 0}, decibels(one.error), {}, ""});
  }
  return report::bar_chart(chart);
}

std::string verdict_text(const Evaluation& seen) {
  const std::string cases = text::thousands(seen.data.cases.count);
  const Score& shown = seen.device_score ? *seen.device_score : seen.score;
  std::string figure;
  if (shown.classes)
    figure = cat("accuracy ", report::percent(shown.classes->accuracy), ", ", seen.baseline.name, ": ",
                 report::percent(seen.baseline.accuracy));
  if (shown.regression)
    figure = cat("MAE ", report::significant(shown.regression->mae, 4), ", RMSE ",
                 report::significant(shown.regression->rmse, 4));
  if (shown.auc) figure = cat("AUC ", report::fixed(*shown.auc, 4));
  if (figure.empty()) {
    for (const Compared& one : seen.compared) {
      if (one.what.output < 0) continue;
      figure += cat(figure.empty() ? "" : "; ", "output ", one.what.output,
                    one.error.equal() ? " equals the reference"
                                      : cat(": SQNR ", decibels(one.error), " dB, largest error ",
                                            report::significant(one.error.most)));
    }
  }
  if (figure.empty()) figure = cat(seen.compared.size(), " tensors compared");
  if (!seen.device) return cat(cases, " cases on the host: ", figure);
  return cat(cases, " cases on ", seen.device->target, ": ", figure, "; ",
             text::thousands(static_cast<std::int64_t>(seen.device->mismatched_bytes)),
             " mismatched bytes of ", text::thousands(static_cast<std::int64_t>(seen.device->compared_bytes)),
             " compared");
}

bool is_ok(const Evaluation& seen) { return !seen.device || seen.device->matches(); }

void add_classes(report::Document& document, const Question& question, const ClassificationFigures& figures) {
  const report::Confusion picture{"confusion matrix", question.names, figures.confusion};
  report::Section section{"Labels", "", {{labels_table(figures), report::Where::Everywhere, true}}};
  section.blocks.push_back({report::Figure{"Confusion", report::confusion_matrix(picture),
                                           "Rows are what is true, columns what was answered."},
                            report::Where::Html, true});
  document.sections.push_back(std::move(section));
  constexpr std::size_t readable = 12;
  if (figures.labels.size() <= readable)
    document.sections.push_back({"Confusion", "", {{confusion_table(figures), report::Where::Text}}});
}

report::Document to_document(const EvalRequest& request, const Evaluation& seen) {
  report::Document document;
  const std::size_t slash = request.model.rfind('/');
  document.title = slash == std::string::npos ? request.model : request.model.substr(slash + 1);
  document.subtitle = cat(name_of(seen.question.task), " on ", request.data.front());
  document.verdict =
      report::Verdict{is_ok(seen), verdict_text(seen), seen.device ? seen.device->first_mismatch : ""};
  report::KeyValues about;
  about.items = {{"model", cat(request.model, ", ", seen.kind)},
                 {"data", cat(text::join(request.data, ", "), ": ", text::thousands(seen.data.cases.count),
                              " cases, ", seen.data.conversion)}};
  if (seen.data.labels.kind != CaseLabels::Kind::None)
    about.items.emplace_back("labels", seen.data.labels.source);
  document.sections.push_back({"Data", "", {{std::move(about)}}});
  if (seen.question.task != Task::None) {
    document.sections.push_back({"Figures", "", {{figures_table(seen)}}});
    const Score& shown = seen.device_score ? *seen.device_score : seen.score;
    if (shown.classes) add_classes(document, seen.question, *shown.classes);
  }
  if (!seen.compared.empty()) {
    report::Section section{"Against the reference", "", {}};
    if (seen.same_top)
      section.blocks.push_back({report::Paragraph{cat("The highest score is the reference's in ",
                                                      report::percent(*seen.same_top), " of the cases.")}});
    section.blocks.push_back({reference_table(seen)});
    section.blocks.push_back(
        {report::Figure{"SQNR by tensor", sqnr_picture(seen), "Worst first, in decibels.", true},
         report::Where::Html});
    if (!seen.unused.empty())
      section.blocks.push_back({report::Paragraph{cat("No tensor is called: ", text::join(seen.unused, ", ")),
                                                  report::Tone::Warning}});
    if (!seen.alone.empty())
      section.blocks.push_back({report::Paragraph{
          cat("Not compared, as the reference model has no such step: ", text::join(seen.alone, ", ")),
          report::Tone::Quiet}});
    document.sections.push_back(std::move(section));
  }
  document.footer = cat("mote ", version());
  return document;
}

// ---- JSON

ordered_json score_json(const Score& score) {
  ordered_json out = ordered_json::object();
  if (score.classes) {
    out["accuracy"] = score.classes->accuracy;
    out["f1_macro"] = score.classes->f1_macro;
    out["recall"] = ordered_json::object();
    for (const LabelFigures& label : score.classes->labels)
      out["recall"][one_line(label.label)] = label.recall;
    out["confusion"] = score.classes->confusion;
    for (const auto& [k, share] : score.top_k) out["top_k"][cat(k)] = share;
  }
  if (score.auc) out["auc"] = *score.auc;
  if (score.regression) {
    out["mae"] = score.regression->mae;
    out["rmse"] = score.regression->rmse;
  }
  return out;
}

ordered_json reference_json(const Evaluation& seen) {
  if (seen.compared.empty()) return nullptr;
  ordered_json out;
  out["same_top"] = seen.same_top ? ordered_json(*seen.same_top) : ordered_json();
  out["outputs"] = ordered_json::array();
  out["tensors"] = ordered_json::array();
  for (const Compared& one : seen.compared) {
    const double mean = one.error.count > 0 ? one.error.absolute / static_cast<double>(one.error.count) : 0;
    ordered_json line = {
        {"name", one_line(one.what.name)},
        {"op", one.what.op},
        {"equal", one.error.equal()},
        {"sqnr_db", std::isfinite(one.error.sqnr_db()) ? ordered_json(one.error.sqnr_db()) : ordered_json()},
        {"max_error", one.error.most},
        {"mean_error", mean},
        {"matched_by", one.what.matched_by}};
    if (one.what.output >= 0) {
      line["output"] = one.what.output;
      out["outputs"].push_back(line);
    }
    out["tensors"].push_back(std::move(line));
  }
  out["unused"] = ordered_json::array();
  for (const std::string& name : seen.unused) out["unused"].push_back(one_line(name));
  out["alone"] = ordered_json::array();
  for (const std::string& name : seen.alone) out["alone"].push_back(one_line(name));
  return out;
}

std::string to_json(const EvalRequest& request, const Evaluation& seen) {
  ordered_json out;
  out["model"] = one_line(request.model);
  out["target"] = one_line(request.target);
  out["task"] = name_of(seen.question.task);
  out["samples"] = seen.data.cases.count;
  out["conversion"] = one_line(seen.data.conversion);
  out["labels"] = ordered_json::array();
  for (const std::string& name : seen.question.names) out["labels"].push_back(one_line(name));
  out["baseline"] = nullptr;
  if (seen.question.task != Task::None)
    out["baseline"] = {{"name", one_line(seen.baseline.name)}, {"value", seen.baseline.accuracy}};
  out["metrics"] = ordered_json::object();
  if (seen.question.task != Task::None) out["metrics"][seen.kind] = score_json(seen.score);
  if (seen.device_score) out["metrics"]["device"] = score_json(*seen.device_score);
  out["device"] = nullptr;
  if (seen.device) {
    out["device"] = {{"target", seen.device->target},
                     {"mismatched_bytes", seen.device->mismatched_bytes},
                     {"compared_bytes", seen.device->compared_bytes},
                     {"instructions_per_inference",
                      seen.device->instructions ? ordered_json(*seen.device->instructions) : ordered_json()}};
  }
  out["reference"] = reference_json(seen);
  out["seconds"] = {{"data", seen.seconds_data},
                    {"compile", seen.device ? ordered_json(seen.device->seconds_compile) : ordered_json()},
                    {"run", seen.seconds_run}};
  return out.dump(2);
}

}  // namespace

Result<Outcome> eval_model(const EvalRequest& request) {
  MOTE_TRY(const Evaluation seen, evaluate_model(request));
  const report::Document document = to_document(request, seen);
  if (!request.page.empty()) MOTE_TRY_VOID(write_text(request.page, report::to_html(document)));
  return Outcome{report::to_text(document), to_json(request, seen), is_ok(seen)};
}

}  // namespace mote
