// Internal to the room: how far a model's tensors are from those of a reference, which is either files of the user's own float
// results or another model that runs beside it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/eval_data.h"

namespace mote {

/// Errors of one tensor over cases; sums of pieces are added in order, so that threads do not change them.
struct ErrorSum {
  double signal = 0, noise = 0;  ///< sums of squares
  double absolute = 0, most = 0;
  std::int64_t count = 0;
  void add(std::span<const float> reference, std::span<const float> values);
  void add(const ErrorSum& other);
  bool equal() const { return noise == 0; }
  double sqnr_db() const;  ///< +infinity when equal
};

/// A tensor that is compared.
struct Watched {
  TensorId ours = kNoTensor;
  TensorId theirs = kNoTensor;  ///< of the reference model
  std::vector<float> given;     ///< or: the reference's values, case-major
  std::string name, op;         ///< op: of the layer that computes it
  std::string matched_by;       ///< output | name | place
  int output = -1;              ///< which model output it is; −1: none
};

struct Reference {
  std::vector<Watched> tensors;
  std::unique_ptr<Module> model;    ///< runs beside the first; null: values were given
  std::vector<std::string> unused;  ///< names in a .npz that no tensor has
  std::vector<std::string> alone;   ///< our tensors that no tensor of the reference model is the partner of
};

/// From --reference files or --reference-model; nothing when neither is given.
Result<std::optional<Reference>> read_reference(const Module& module, const EvalRequest& request,
                                                std::uint32_t cases);

}  // namespace mote
