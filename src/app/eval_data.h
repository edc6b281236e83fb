// Internal to the room: what `mote eval` reads. Arrays, tables and folders of pictures become the bytes of a model's inputs, case
// by case, and the labels that belong to them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/app.h"
#include "app/device_run.h"
#include "math/npz.h"

namespace mote {

/// What is true of each case.
struct CaseLabels {
  enum class Kind : std::uint8_t { None, Whole, Real, Words } kind = Kind::None;
  std::string source;               ///< for messages: "labels.npy"
  std::vector<std::int64_t> whole;  ///< by case
  std::vector<float> reals;         ///< case-major, `per_case` each
  std::size_t per_case = 1;
  std::vector<std::string> words;  ///< by case
  std::vector<std::string> order;  ///< of words: the classes as a folder lists them; empty: sorted
  std::size_t count() const;
};

struct EvalData {
  Cases cases;               ///< case-major, all model inputs
  std::vector<float> reals;  ///< the same in real values, before they were quantized
  CaseLabels labels;
  std::string conversion;  ///< how numbers became inputs, in words
};

/// What can be wrong with the request whatever data and model are: mistakes of usage.
Result<void> check_data_options(const EvalRequest& request);
Result<EvalData> read_eval_data(const Module& module, const EvalRequest& request);

/// A .npy as it is, or the arrays of a .npz.  Errors name the file.
Result<NpyArray> read_npy_file(const std::string& file);

/// Any quantized or plain tensor's elements as real values, and back (rounded half away from zero, saturated).
std::vector<float> reals_of(const Tensor& tensor, std::span<const std::uint8_t> bytes);
Bytes bytes_of_reals(const Tensor& tensor, std::span<const float> values);

/// That an array holds `cases` of the tensor: [cases, …tensor's shape without ones…] or [cases, elements].
Result<void> check_shape(const std::string& file, const NpyArray& array, const Tensor& tensor);

/// An error when an element is NaN or infinite: case and element, counted from 0.
Result<void> check_finite(const std::string& file, std::span<const float> values, std::size_t per_case);

}  // namespace mote
