// Random models over every op that has a .tflite form: single layers, and small graphs of several.  What LiteRT and the
// emulated devices are asked about; one seed, one model.
#pragma once

#include "support/random_ops/elementwise.h"
#include "support/random_ops/memory.h"
#include "support/random_ops/moves.h"
#include "support/random_ops/reductions.h"
#include "support/random_ops/weighted.h"

namespace mote::testing {

inline const std::vector<RandomOp>& random_ops() {
  static const std::vector<RandomOp> table = [] {
    std::vector<RandomOp> all;
    for (const auto& family : {elementwise_ops(), weighted_ops(), move_ops(), reduction_ops(), memory_ops()})
      all.insert(all.end(), family.begin(), family.end());
    return all;
  }();
  return table;
}

struct RandomModel {
  Module module;
  std::vector<std::vector<Bytes>> cases;  ///< [case][input]
  std::string refusal;  ///< what mote had against the last layer drawn; then the module lacks it
};

/// Cases of a drawn module.
inline std::vector<std::vector<Bytes>> random_cases(Draw& d, int count) {
  std::vector<std::vector<Bytes>> cases(static_cast<std::size_t>(count));
  for (std::vector<Bytes>& one : cases) {
    const double reach = d.pick<double>({0.5, 2, 8});
    for (std::size_t i = 0; i < d.graph().inputs.size(); ++i) {
      const TensorType& type = d.tensor(d.graph().inputs[i].tensor).type;
      one.push_back(d.random_bytes(type, d.input_ranges()[i], reach));
    }
  }
  return cases;
}

/// `ops` one after the other, from the second on reading what is there.
inline RandomModel random_model(std::uint64_t seed, DType dtype, const std::vector<const RandomOp*>& ops,
                                int cases) {
  Draw d(seed, dtype, ops.size() > 1);
  for (const RandomOp* op : ops) op->make(d, op->op);
  d.finish();
  RandomModel model;
  model.refusal = d.refusal();
  model.cases = random_cases(d, cases);
  model.module = std::move(d.module());
  return model;
}

}  // namespace mote::testing
