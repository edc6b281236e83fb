// Reads IDX arrays, the format of MNIST: two zero bytes, the type, the number of axes, their extents, the values; most
// significant byte first.  The first axis counts the recordings (readers/items.h says what becomes of the others).
//
// The labels of "train-images-idx3-ubyte" are looked for beside it, in "train-labels-idx1-ubyte", and become the field "label".
#include "data/readers/binary.h"
#include "data/readers/items.h"

namespace mote {
namespace {

using text::cat;

constexpr const char* kHint =
    "an IDX file begins with 0, 0, the type, the number of axes, and an extent for each";
constexpr std::size_t kMaxAxes = 4;
constexpr std::uint8_t kByte = 0x08, kSignedByte = 0x09, kShort = 0x0B, kInt = 0x0C, kFloat = 0x0D,
                       kDouble = 0x0E;

struct Idx {
  std::uint8_t type = 0;
  std::vector<std::size_t> shape;
  ByteView bytes;  ///< the values
};

/// 0: no such type.
std::size_t value_bytes(std::uint8_t type) {
  if (type == kByte || type == kSignedByte) return 1;
  if (type == kShort) return 2;
  if (type == kInt || type == kFloat) return 4;
  return type == kDouble ? 8 : 0;
}

double value_at(const Idx& idx, std::size_t i) {
  const std::size_t size = value_bytes(idx.type);
  const std::uint64_t bits = big_endian(idx.bytes, i * size, size);
  if (idx.type == kByte) return static_cast<double>(bits);
  if (idx.type == kFloat) return static_cast<double>(float_of_bits(bits));
  if (idx.type == kDouble) return double_of_bits(bits);
  return sign_extended(bits, idx.type == kSignedByte ? 8 : idx.type == kShort ? 16 : 32);
}

Result<Idx> parse_idx(ByteView bytes, const ImageStyle& style, const std::string& name) {
  if (bytes.empty()) return error(cat(name, ": is empty"), kHint);
  if (bytes.size() < 4 || bytes[0] != 0 || bytes[1] != 0)
    return error(cat(name, ": is not an IDX file"),
                 has_tag(bytes, 0, "\x1f\x8b") ? "unpack it with gunzip" : kHint);
  Idx idx;
  idx.type = bytes[2];
  const std::size_t axes = bytes[3], header = 4 + 4 * axes, size = value_bytes(idx.type);
  if (size == 0) return error(cat(name, ": holds values of an unknown type (", idx.type, ")"), kHint);
  if (axes < 1 || axes > kMaxAxes)
    return error(cat(name, ": has ", axes, " axes; 1 to ", kMaxAxes, " are read"), kHint);
  if (bytes.size() < header) return error(cat(name, ": is cut off in its header"), "fetch it again");
  for (std::size_t i = 0; i < axes; ++i) idx.shape.push_back(big_endian(bytes, 4 + 4 * i, 4));
  MOTE_TRY_VOID(check_items(idx.shape, style, name));
  std::size_t wanted = size;
  for (const std::size_t extent : idx.shape) wanted *= extent;
  idx.bytes = bytes.subspan(header);
  if (idx.bytes.size() != wanted)
    return error(cat(name, idx.bytes.size() < wanted ? ": is cut off" : ": is longer than its header says",
                     ": ", wanted, " bytes of values belong to its header, it has ", idx.bytes.size()),
                 "fetch it again");
  return idx;
}

/// "train-images-idx3-ubyte" → "train-labels-idx1-ubyte"; empty where the name does not follow the custom.
std::string labels_beside(const std::string& name) {
  std::string file = name.substr(name.find_last_of("/\\") + 1);
  const std::size_t images = file.find("images");
  if (images == std::string::npos) return {};
  file.replace(images, 6, "labels");
  const std::size_t rank = file.find("idx", images);
  if (rank != std::string::npos && rank + 3 < file.size()) file[rank + 3] = '1';
  return file;
}

/// None where there is no such file: items without labels, or with those of a manifest.
Result<std::vector<std::string>> read_labels(std::size_t items, const ReadContext& context) {
  const std::string file = labels_beside(context.name);
  std::vector<std::string> words;
  if (file.empty()) return words;
  const auto bytes = context.beside(file);
  if (!bytes) return words;
  MOTE_TRY(const Idx labels, parse_idx(*bytes, {}, file));
  if (labels.shape.size() != 1 || labels.type == kFloat || labels.type == kDouble)
    return error(cat(file, ": is not a row of whole numbers, which labels are"), kHint);
  if (labels.shape[0] != items)
    return error(
        cat(file, ": has ", labels.shape[0], " labels, but ", context.name, " has ", items, " items"),
        "both must come from the same set");
  for (std::size_t i = 0; i < items; ++i)
    words.push_back(cat(static_cast<std::int64_t>(value_at(labels, i))));
  return words;
}

Result<std::vector<Recording>> read_idx(ByteView bytes, const ReadContext& context) {
  const ImageStyle& style = context.source.image;
  if (auto known = check_style(style); !known) return known.error().in(context.name);
  MOTE_TRY(const Idx idx, parse_idx(bytes, style, context.name));
  Items items{idx.shape, {}, idx.type == kByte, {}};
  MOTE_TRY(std::vector<std::string> labels, read_labels(idx.shape[0], context));
  if (!labels.empty()) items.fields["label"] = std::move(labels);
  items.values.resize(idx.bytes.size() / value_bytes(idx.type));
  for (std::size_t i = 0; i < items.values.size(); ++i) items.values[i] = finite_or_missing(value_at(idx, i));
  return recordings_of(items, style, context.name);
}

}  // namespace
}  // namespace mote

MOTE_READER(idx) {
  static const mote::Reader reader = {
      "idx",
      "IDX arrays, as of MNIST; labels from the file beside: …-images-idx3-ubyte, …-labels-idx1-ubyte",
      {"-idx1-ubyte", "-idx2-ubyte", "-idx3-ubyte", "-idx4-ubyte", ".idx", ".idx3", ".idx4"},
      nullptr,
      mote::read_idx};
  return reader;
}
