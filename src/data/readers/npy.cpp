// Reads arrays of NumPy: .npy, or the array x of an .npz (also X, data, or its only one).  The first axis counts the recordings
// (readers/items.h says what becomes of the others).
//
// Labels are looked for in "<name>_labels.npy" beside a .npy, and in y or labels of an .npz: [n] or [n, 1] becomes the field
// "label", [n, k] the fields "label0" … "label<k−1>".
#include "data/readers/binary.h"
#include "data/readers/items.h"
#include "math/npz.h"

namespace mote {
namespace {

using text::cat;

constexpr std::size_t kMaxLabelColumns = 1024;

std::vector<std::size_t> shape_of(const NpyArray& array) { return {array.shape.begin(), array.shape.end()}; }

/// Adds the columns of `array` to the items' fields.
Result<void> add_labels(const NpyArray& array, const std::string& name, Items& items) {
  const std::size_t count = items.shape[0];
  if (array.shape.empty() || array.shape.size() > 2 || static_cast<std::size_t>(array.shape[0]) != count)
    return error(cat(name, ": are labels for ", array.shape.empty() ? 0 : array.shape[0],
                     " samples, there are ", count),
                 "a row of labels, one for each");
  const std::size_t columns = array.shape.size() == 2 ? static_cast<std::size_t>(array.shape[1]) : 1;
  if (columns < 1 || columns > kMaxLabelColumns || columns > kMaxChannelNames / count)
    return error(cat(name, ": has ", columns, " labels a sample, which is too many or none"));
  const std::vector<float> values = to_floats(array);
  for (std::size_t k = 0; k < columns; ++k) {
    std::vector<std::string>& words = items.fields[columns == 1 ? "label" : cat("label", k)];
    for (std::size_t i = 0; i < count; ++i) {
      const double value = static_cast<double>(values[i * columns + k]);
      if (!std::isfinite(value))
        return error(cat(name, ": the label of sample ", i, " (from 0) is not a number"));
      words.push_back(word_of(value));
    }
  }
  return {};
}

Result<Items> items_of(const NpyArray& array, const ReadContext& context) {
  Items items;
  items.shape = shape_of(array);
  MOTE_TRY_VOID(check_items(items.shape, context.source.image, context.name));
  items.is_bytes = array.dtype == "|u1";
  items.values = to_floats(array);
  for (float& value : items.values) value = finite_or_missing(static_cast<double>(value));
  return items;
}

Result<std::vector<Recording>> read_single(ByteView bytes, const ReadContext& context) {
  const auto array = read_npy(bytes);
  if (!array) return array.error().in(context.name);
  MOTE_TRY(Items items, items_of(*array, context));
  const std::string stem = context.name.substr(0, context.name.find_last_of('.'));
  const std::string labels_file = cat(stem.substr(stem.find_last_of("/\\") + 1), "_labels.npy");
  if (const auto beside = context.beside(labels_file); beside) {
    const auto labels = read_npy(*beside);
    if (!labels) return labels.error().in(labels_file);
    MOTE_TRY_VOID(add_labels(*labels, labels_file, items));
  }
  return recordings_of(items, context.source.image, context.name);
}

const NpyArray* find_array(const std::map<std::string, NpyArray>& arrays,
                           std::initializer_list<const char*> names) {
  for (const char* const name : names) {
    if (const auto found = arrays.find(name); found != arrays.end()) return &found->second;
  }
  return nullptr;
}

Result<std::vector<Recording>> read_several(ByteView bytes, const ReadContext& context) {
  const auto arrays = read_npz(bytes);
  if (!arrays) return arrays.error().in(context.name);
  const NpyArray* samples = find_array(*arrays, {"x", "X", "data"});
  if (samples == nullptr && arrays->size() == 1) samples = &arrays->begin()->second;
  if (samples == nullptr)
    return error(
        cat(context.name, ": which of its ", arrays->size(), " arrays holds the samples is not clear"),
        "name it x, and the labels y: numpy.savez(file, x=…, y=…)");
  MOTE_TRY(Items items, items_of(*samples, context));
  const NpyArray* const labels = find_array(*arrays, {"y", "Y", "labels"});
  if (labels != nullptr && labels != samples)
    MOTE_TRY_VOID(add_labels(*labels, cat(context.name, ", labels"), items));
  return recordings_of(items, context.source.image, context.name);
}

Result<std::vector<Recording>> read_numpy(ByteView bytes, const ReadContext& context) {
  if (auto known = check_style(context.source.image); !known) return known.error().in(context.name);
  if (bytes.empty()) return error(cat(context.name, ": is empty"), "an array of NumPy, .npy or .npz");
  return has_tag(bytes, 0, "PK") ? read_several(bytes, context) : read_single(bytes, context);
}

}  // namespace
}  // namespace mote

MOTE_READER(npy) {
  static const mote::Reader reader = {"npy",
                                      "Arrays of NumPy, the first axis counts samples: .npy with labels in "
                                      "<name>_labels.npy, .npz with x and y",
                                      {".npy", ".npz"},
                                      nullptr,
                                      mote::read_numpy};
  return reader;
}
