// Row locality: what an op says it needs of its input is all that its kernels read.
#include <gtest/gtest.h>

#include <set>

#include "ops/nn/test_nodes.h"
#include "ops/nn/types.h"

namespace mote::test {
namespace {

std::int32_t rows_of(const Shape& shape) { return shape.size() > 1 ? shape[1] : 1; }

/// Bytes of row r of dimension 1, of every batch.
std::vector<std::size_t> bytes_of_row(const TensorType& type, std::int32_t row) {
  std::size_t inner = bytes_of(type.dtype);
  for (std::size_t d = 2; d < type.shape.size(); ++d) inner *= static_cast<std::size_t>(type.shape[d]);
  std::vector<std::size_t> indices;
  const auto rows = static_cast<std::size_t>(rows_of(type.shape));
  for (std::size_t batch = 0; batch < static_cast<std::size_t>(type.shape[0]); ++batch) {
    for (std::size_t i = 0; i < inner; ++i)
      indices.push_back((batch * rows + static_cast<std::size_t>(row)) * inner + i);
  }
  return indices;
}

/// Overwrites the rows outside `keep` by other random values.
void perturb(Bytes& bytes, const TensorType& type, RowSpan keep, Random& random) {
  const Bytes other = random_bytes(type, random);
  for (std::int32_t row = 0; row < rows_of(type.shape); ++row) {
    if (row >= keep.begin && row < keep.end) continue;
    for (const std::size_t i : bytes_of_row(type, row)) bytes[i] = other[i];
  }
}

void expect_rows_are_enough(const OneNode& node, RowSpan wanted) {
  Random random(11);
  const NodeRef ref = node.ref();
  auto inputs = random_inputs(ref, random);
  const Bytes before = run(ref, inputs);
  for (std::size_t i = 0; i < ref.node.inputs.size(); ++i) {
    const TensorId id = ref.node.inputs[i];
    if (inputs.count(id) == 0) continue;
    perturb(inputs[id], ref.graph.tensor(id).type, node.op().rows->rows(ref, static_cast<int>(i), wanted),
            random);
  }
  const Bytes after = run(ref, inputs);
  for (std::int32_t row = wanted.begin; row < wanted.end; ++row) {
    for (const std::size_t i : bytes_of_row(ref.out(0).type, row)) {
      ASSERT_EQ(before[i], after[i]) << node.op().name << " row " << row << " of rows " << wanted.begin << "…"
                                     << wanted.end;
    }
  }
}

TEST(Rows, InputRowsOutsideTheSpanNeverChangeTheOutput) {
  for (const OneNode& node : example_nodes()) {
    if (node.op().rows == nullptr) continue;
    const std::int32_t rows = rows_of(node.ref().out(0).type.shape);
    for (std::int32_t begin = 0; begin < rows; ++begin) {
      for (std::int32_t end = begin + 1; end <= rows; ++end) expect_rows_are_enough(node, {begin, end});
    }
  }
}

TEST(Rows, EveryOpWithTheRuleHasAnExampleHere) {
  std::set<std::string_view> covered = {"batch_norm"};  // never runs on a device
  for (const OneNode& node : example_nodes()) covered.insert(node.op().name);
  for (const OpDef* op : op_registry()) {
    EXPECT_TRUE(op->rows == nullptr || op->rows == &nn::kPointwiseRows || covered.count(op->name) == 1)
        << op->name;
  }
}

TEST(Stream, TimeWindowAgreesWithRows) {
  for (const OneNode& node : example_nodes()) {
    const OpDef& op = node.op();
    if (op.stream == nullptr || op.rows == nullptr) continue;
    const StreamRule::Window time = op.stream->time(node.ref());
    for (const std::int32_t row : {0, 1}) {
      const std::int32_t begin = row * time.stride - time.pad_before;
      EXPECT_EQ(op.rows->rows(node.ref(), 0, {row, row + 1}),
                (RowSpan{begin, begin + (time.kernel - 1) * time.dilation + 1}))
          << op.name;
    }
  }
}

}  // namespace
}  // namespace mote::test
