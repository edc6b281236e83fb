#include "train/state.h"

#include <cstring>

#include "base/system.h"
#include "math/npz.h"

namespace mote {
namespace {

constexpr std::size_t kFigures = 10;  // of an epoch

// ---- fingerprint

/// FNV-1a over words of eight bytes: fast enough for a data set of gigabytes.
class Hash {
 public:
  void add(std::span<const std::uint8_t> bytes) {
    add_number(bytes.size());
    std::size_t at = 0;
    for (; at + 8 <= bytes.size(); at += 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, bytes.data() + at, 8);
      add_number(word);
    }
    for (; at < bytes.size(); ++at) add_number(bytes[at]);
  }
  void add_number(std::uint64_t word) {
    state_ = (state_ ^ word) * 0x100000001b3u;
    state_ ^= state_ >> 32;
  }
  template <class T>
  void add_all(std::span<const T> values) {
    add({reinterpret_cast<const std::uint8_t*>(values.data()), values.size_bytes()});
  }
  void add_text(std::string_view s) { add_all(std::span<const char>(s.data(), s.size())); }
  void add_real(double value) { add_all(std::span<const double>(&value, 1)); }
  std::string hex() const { return fmt::format("{:016x}", state_); }

 private:
  std::uint64_t state_ = 0xcbf29ce484222325u;
};

void add_options(Hash& hash, const TrainOptions& o) {
  for (const std::string* word :
       {&o.optimizer, &o.schedule, &o.monitor, &o.loss, &o.sampling, &o.augment_flip})
    hash.add_text(*word);
  for (const double number : {static_cast<double>(o.epochs),
                              static_cast<double>(o.batch),
                              o.learning_rate,
                              o.weight_decay,
                              o.momentum,
                              static_cast<double>(o.step_epochs),
                              o.step_factor,
                              o.warmup_epochs,
                              o.clip_norm,
                              o.ema,
                              static_cast<double>(o.patience),
                              o.focal_gamma,
                              o.huber_delta,
                              o.quantile,
                              o.balanced_class_weights ? 1.0 : 0.0,
                              o.label_smoothing,
                              o.augment_noise,
                              o.augment_scale,
                              o.augment_offset,
                              o.augment_shift,
                              o.augment_time_warp,
                              static_cast<double>(o.augment_time_mask),
                              static_cast<double>(o.augment_channel_mask),
                              o.augment_rotate,
                              static_cast<double>(o.augment_crop),
                              o.augment_brightness,
                              o.augment_contrast,
                              o.mixup})
    hash.add_real(number);
  hash.add_all(std::span<const double>(o.class_weights));
  hash.add_number(o.seed);
}

void add_data(Hash& hash, const Dataset& data) {
  hash.add_text(name_of(data.task));
  for (const DataInput& input : data.inputs) hash.add_all(std::span<const float>(input.values));
  hash.add_all(std::span<const std::int32_t>(data.target));
  hash.add_all(std::span<const float>(data.number.values));
  hash.add_all(std::span<const Split>(data.split));
}

// ---- arrays

template <class T>
NpyArray array_of(const char* type, std::span<const T> values, std::vector<std::int64_t> shape) {
  const auto* first = reinterpret_cast<const std::uint8_t*>(values.data());
  return {type, std::move(shape), Bytes(first, first + values.size_bytes())};
}
NpyArray floats(const std::vector<float>& values) {
  return from_floats(values, {static_cast<std::int64_t>(values.size())});
}

std::vector<double> numbers_of(const EpochFigures& f) {
  return {f.train_loss,    f.validation_loss, f.train_accuracy, f.validation_accuracy, f.validation_f1,
          f.learning_rate, f.train_mae,       f.train_rmse,     f.validation_mae,      f.validation_rmse};
}
EpochFigures figures_of(const double* n) {
  return {n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], n[9]};
}

}  // namespace

std::string fingerprint_of(const Module& module, const Dataset& data, const TrainOptions& options) {
  Hash hash;
  hash.add_text(to_text(module));
  for (const Tensor& tensor : module.main().tensors)
    if (tensor.is_constant()) hash.add(*tensor.constant);
  add_data(hash, data);
  add_options(hash, options);
  return hash.hex();
}

Result<void> save_state(const TrainState& state, const std::filesystem::path& file) {
  std::vector<double> figures;
  for (const EpochFigures& f : state.epochs) {
    const std::vector<double> numbers = numbers_of(f);
    figures.insert(figures.end(), numbers.begin(), numbers.end());
  }
  const std::vector<std::int64_t> counts = {state.best_epoch, state.steps};
  const std::vector<double> powers = {state.power1, state.power2};
  const auto epochs = static_cast<std::int64_t>(state.epochs.size());
  const std::span<const char> mark(state.fingerprint);
  std::map<std::string, NpyArray> arrays;
  arrays["fingerprint"] = array_of("|u1", mark, {static_cast<std::int64_t>(mark.size())});
  arrays["epochs"] = array_of("<f8", std::span<const double>(figures), {epochs, std::int64_t{kFigures}});
  arrays["counts"] = array_of("<i8", std::span<const std::int64_t>(counts), {2});
  arrays["powers"] = array_of("<f8", std::span<const double>(powers), {2});
  arrays["weights"] = floats(state.weights);
  arrays["best"] = floats(state.best);
  arrays["first"] = floats(state.first);
  arrays["second"] = floats(state.second);
  arrays["mean"] = floats(state.mean);
  return write_file(file, write_npz(arrays));
}

Result<TrainState> load_state(const std::filesystem::path& file, const std::string& fingerprint) {
  const std::string name = file.string(), hint = "remove the file, or train without resuming";
  MOTE_TRY(const Bytes bytes, read_file(file));
  auto arrays = read_npz(bytes);
  if (!arrays) return error(text::cat(name, ": ", arrays.error().message), hint);
  const auto find = [&](const char* key, const char* type) -> const NpyArray* {
    const auto found = arrays->find(key);
    return found != arrays->end() && found->second.dtype == type ? &found->second : nullptr;
  };
  const NpyArray *mark = find("fingerprint", "|u1"), *epochs = find("epochs", "<f8"),
                 *counts = find("counts", "<i8"), *powers = find("powers", "<f8");
  const bool whole = mark && epochs && counts && powers && counts->count() == 2 && powers->count() == 2 &&
                     epochs->shape.size() == 2 && epochs->shape[0] >= 1 &&
                     epochs->shape[1] == std::int64_t{kFigures};
  if (!whole) return error(text::cat(name, ": this is no state of a training"), hint);
  TrainState state;
  state.fingerprint.assign(mark->data.begin(), mark->data.end());
  if (state.fingerprint != fingerprint)
    return error(text::cat(name, ": the state belongs to another network, other data or other options"),
                 hint);
  std::vector<double> figures(static_cast<std::size_t>(epochs->count()));
  std::memcpy(figures.data(), epochs->data.data(), epochs->data.size());
  for (std::size_t at = 0; at < figures.size(); at += kFigures)
    state.epochs.push_back(figures_of(&figures[at]));
  std::int64_t counted[2];
  std::memcpy(counted, counts->data.data(), sizeof counted);
  std::memcpy(&state.power1, powers->data.data(), 8);
  std::memcpy(&state.power2, powers->data.data() + 8, 8);
  if (counted[0] < 0 || counted[0] >= epochs->shape[0] || counted[1] < 0)
    return error(text::cat(name, ": the state counts epochs that it has not"), hint);
  state.best_epoch = static_cast<int>(counted[0]);
  state.steps = counted[1];
  for (const auto& [key, values] : {std::pair("weights", &state.weights), std::pair("best", &state.best),
                                    std::pair("first", &state.first), std::pair("second", &state.second),
                                    std::pair("mean", &state.mean)}) {
    const NpyArray* array = find(key, "<f4");
    if (!array) return error(text::cat(name, ": the array '", key, "' is missing"), hint);
    *values = to_floats(*array);
  }
  return state;
}

}  // namespace mote
