// NumPy's .npy (format 1.0 to 3.0) and .npz (PKZIP APPNOTE 6.3, method 0); see npz.h.
#include "math/npz.h"

#include <array>
#include <cstring>
#include <optional>
#include <string_view>

namespace mote {
namespace {

constexpr std::string_view kNpyMagic = "\x93NUMPY";
constexpr std::size_t kMaxHeader = 1 << 16;
constexpr std::uint32_t kLocalHeader = 0x04034b50, kCentralHeader = 0x02014b50, kEndOfCentral = 0x06054b50;
constexpr std::size_t kLocalBytes = 30, kCentralBytes = 46, kEndBytes = 22;
constexpr std::array<std::string_view, 11> kTypes = {"<f4", "<f8", "|i1", "|u1", "|b1", "<i2",
                                                     "<u2", "<i4", "<u4", "<i8", "<u8"};

using View = std::span<const std::uint8_t>;

// ---- little-endian numbers

/// `size` bytes at `at`; the caller has checked the range.
std::uint32_t number_at(View bytes, std::size_t at, std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value |= static_cast<std::uint32_t>(bytes[at + i]) << (8 * i);
  return value;
}

void put(Bytes& out, std::uint32_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

void append(Bytes& out, View bytes) {
  for (const std::uint8_t b : bytes) out.push_back(b);
}
void append(Bytes& out, std::string_view s) {
  append(out, View(reinterpret_cast<const std::uint8_t*>(s.data()), s.size()));
}

/// CRC-32 of zip (IEEE 802.3, reflected).
std::uint32_t crc32(View bytes) {
  static const std::array<std::uint32_t, 256> table = [] {
    std::array<std::uint32_t, 256> t{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      std::uint32_t c = i;
      for (int bit = 0; bit < 8; ++bit) c = (c >> 1) ^ ((c & 1) ? 0xedb88320u : 0u);
      t[i] = c;
    }
    return t;
  }();
  std::uint32_t crc = 0xffffffffu;
  for (const std::uint8_t b : bytes) crc = (crc >> 8) ^ table[(crc ^ b) & 0xff];
  return ~crc;
}

// ---- the .npy header: a Python dict literal

/// Reads {'descr': '<f4', 'fortran_order': False, 'shape': (1, 49), } and nothing else.
class HeaderReader {
 public:
  explicit HeaderReader(std::string_view s) : rest_(s) {}

  Result<NpyArray> read() {
    NpyArray array;
    array.dtype.clear();
    bool shape_seen = false, order_seen = false;
    if (!take('{')) return broken("does not begin with '{'");
    while (!take('}')) {
      const auto key = quoted();
      if (!key || !take(':')) return broken("has a malformed key");
      if (*key == "descr" && array.dtype.empty()) {
        const auto type = quoted();
        if (!type) return unsupported("a structured dtype");
        array.dtype = *type;
      } else if (*key == "fortran_order" && !order_seen) {
        order_seen = true;
        if (word("True")) return unsupported("Fortran order");
        if (!word("False")) return broken("has a malformed 'fortran_order'");
      } else if (*key == "shape" && !shape_seen) {
        shape_seen = true;
        if (!tuple(array.shape)) return broken("has a malformed or too large 'shape'");
      } else {
        return broken(text::cat("has an unexpected key '", key->substr(0, 40), "'"));
      }
      if (!take(',') && !at('}')) return broken("lacks a comma");
    }
    skip_blanks();
    if (!rest_.empty() || array.dtype.empty() || !shape_seen || !order_seen) return broken("is incomplete");
    for (const std::string_view known : kTypes)
      if (array.dtype == known) return array;
    return unsupported(text::cat("dtype '", array.dtype.substr(0, 16), "'"));
  }

 private:
  static Error broken(const std::string& how) { return error(".npy header " + how); }
  static Error unsupported(const std::string& what) {
    return error(".npy with " + what + " is not supported",
                 "save it as a C-ordered little-endian array of float32, float64 or integers");
  }
  void skip_blanks() {
    while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\n' || rest_[0] == '\t'))
      rest_.remove_prefix(1);
  }
  bool at(char c) {
    skip_blanks();
    return !rest_.empty() && rest_[0] == c;
  }
  bool take(char c) {
    if (!at(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool word(std::string_view w) {
    skip_blanks();
    if (!text::starts_with(rest_, w)) return false;
    rest_.remove_prefix(w.size());
    return true;
  }
  std::optional<std::string> quoted() {
    if (!at('\'') && !at('"')) return std::nullopt;
    const char quote = rest_[0];
    const std::size_t end = rest_.find(quote, 1);
    if (end == std::string_view::npos) return std::nullopt;
    std::string s(rest_.substr(1, end - 1));
    rest_.remove_prefix(end + 1);
    return s;
  }
  bool tuple(std::vector<std::int64_t>& shape) {
    if (!take('(')) return false;
    std::int64_t elements = 1;
    while (!take(')')) {
      skip_blanks();
      std::int64_t extent = 0;
      std::size_t digits = 0;
      while (digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9' &&
             extent <= kNpyMaxElements)
        extent = extent * 10 + (rest_[digits++] - '0');
      if (digits == 0 || extent > kNpyMaxElements || shape.size() == kNpyMaxRank) return false;
      rest_.remove_prefix(digits);
      shape.push_back(extent);
      elements *= extent;  // both ≤ 2^31: no overflow
      if (elements > kNpyMaxElements) return false;
      if (!take(',') && !at(')')) return false;
    }
    return true;
  }

  std::string_view rest_;
};

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::string s = "(";
  for (const std::int64_t extent : shape) s += text::cat(extent, ", ");
  if (shape.size() > 1)
    s.resize(s.size() - 2);
  else if (shape.size() == 1)
    s.resize(s.size() - 1);
  return s + ")";
}

template <class T>
void convert(const NpyArray& array, std::vector<float>& out) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    T value;
    std::memcpy(&value, array.data.data() + i * sizeof(T), sizeof(T));
    out[i] = static_cast<float>(value);
  }
}

// ---- the zip

/// Offset of the end-of-central-directory record, which may be followed by a comment of up to 65535 bytes.
std::optional<std::size_t> find_end(View bytes) {
  if (bytes.size() < kEndBytes) return std::nullopt;
  const std::size_t last = bytes.size() - kEndBytes;
  const std::size_t first = last > 65535 ? last - 65535 : 0;
  for (std::size_t at = last + 1; at-- > first;)
    if (number_at(bytes, at, 4) == kEndOfCentral &&
        at + kEndBytes + number_at(bytes, at + 20, 2) == bytes.size())
      return at;
  return std::nullopt;
}

/// The stored bytes of the member whose central directory entry stands at `at`.
Result<View> member_bytes(View bytes, std::size_t at, const std::string& name) {
  const std::uint32_t method = number_at(bytes, at + 10, 2);
  if (number_at(bytes, at + 8, 2) & 1) return error(text::cat("array '", name, "' is encrypted"));
  if (method != 0)
    return error(text::cat("array '", name, "' is compressed"),
                 "write it with numpy.savez, not numpy.savez_compressed");
  const std::size_t stored = number_at(bytes, at + 20, 4), size = number_at(bytes, at + 24, 4);
  const std::size_t local = number_at(bytes, at + 42, 4);
  if (stored != size || local > bytes.size() || bytes.size() - local < kLocalBytes ||
      number_at(bytes, local, 4) != kLocalHeader)
    return error(text::cat("array '", name, "' has a damaged zip entry"));
  const std::size_t begin =
      local + kLocalBytes + number_at(bytes, local + 26, 2) + number_at(bytes, local + 28, 2);
  if (begin > bytes.size() || bytes.size() - begin < size)
    return error(text::cat("array '", name, "' goes beyond the end of the file"), "the file is truncated");
  const View data = bytes.subspan(begin, size);
  if (crc32(data) != number_at(bytes, at + 16, 4))
    return error(text::cat("array '", name, "' does not match its checksum"),
                 "the file is damaged; write it again");
  return data;
}

}  // namespace

std::int64_t NpyArray::count() const {
  std::int64_t n = 1;
  for (const std::int64_t extent : shape) n *= extent;
  return n;
}

std::size_t NpyArray::item_bytes() const {
  return dtype.size() == 3 && dtype[2] >= '1' && dtype[2] <= '8' ? static_cast<std::size_t>(dtype[2] - '0')
                                                                 : 0;
}

Result<NpyArray> read_npy(View bytes) {
  if (bytes.size() < 10 || std::memcmp(bytes.data(), kNpyMagic.data(), kNpyMagic.size()) != 0)
    return error("not a .npy file: the magic bytes are missing", "write it with numpy.save");
  const int major = bytes[6];
  if (major < 1 || major > 3)
    return error(text::cat(".npy format ", major, " is not supported"), "formats 1 to 3 are");
  const std::size_t length_bytes = major == 1 ? 2 : 4;
  if (bytes.size() < 8 + length_bytes) return error(".npy file ends within its header");
  const std::size_t header = number_at(bytes, 8, length_bytes), begin = 8 + length_bytes;
  if (header > kMaxHeader || bytes.size() - begin < header) return error(".npy file ends within its header");
  const auto* first = reinterpret_cast<const char*>(bytes.data() + begin);
  MOTE_TRY(NpyArray array, HeaderReader(std::string_view(first, header)).read());
  const View data = bytes.subspan(begin + header);
  const std::uint64_t wanted = static_cast<std::uint64_t>(array.count()) * array.item_bytes();
  if (data.size() != wanted)
    return error(text::cat(".npy of shape ", shape_text(array.shape), " and type ", array.dtype, " needs ",
                           wanted, " bytes of data, the file has ", data.size()),
                 "the file is truncated or has something appended");
  array.data.assign(data.begin(), data.end());
  return array;
}

Bytes write_npy(const NpyArray& array) {
  MOTE_CHECK(array.data.size() == static_cast<std::size_t>(array.count()) * array.item_bytes(),
             "array data fills its shape");
  std::string header = text::cat("{'descr': '", array.dtype,
                                 "', 'fortran_order': False, 'shape': ", shape_text(array.shape), ", }");
  // The data begin at a multiple of 64: blanks fill up, a newline ends (NumPy enhancement proposal 1).
  header.resize((10 + header.size() + 1 + 63) / 64 * 64 - 10 - 1, ' ');
  header += '\n';
  Bytes out;
  append(out, kNpyMagic);
  put(out, 0x0001, 2);
  put(out, static_cast<std::uint32_t>(header.size()), 2);
  append(out, header);
  append(out, array.data);
  return out;
}

Result<std::map<std::string, NpyArray>> read_npz(View bytes) {
  const auto end = find_end(bytes);
  if (!end)
    return error("not a .npz file: the zip directory is missing", "the file is truncated or of another kind");
  const std::size_t entries = number_at(bytes, *end + 10, 2);
  std::size_t at = number_at(bytes, *end + 16, 4);
  std::map<std::string, NpyArray> arrays;
  std::size_t total = 0;
  for (std::size_t i = 0; i < entries; ++i) {
    if (at > *end || *end - at < kCentralBytes || number_at(bytes, at, 4) != kCentralHeader)
      return error("the zip directory of the .npz is damaged");
    const std::size_t name_bytes = number_at(bytes, at + 28, 2);
    const std::size_t entry =
        kCentralBytes + name_bytes + number_at(bytes, at + 30, 2) + number_at(bytes, at + 32, 2);
    if (*end - at < entry) return error("the zip directory of the .npz is damaged");
    std::string name(reinterpret_cast<const char*>(bytes.data() + at + kCentralBytes), name_bytes);
    if (!text::ends_with(name, ".npy"))
      return error(text::cat("the .npz holds '", name, "', which is not an array"));
    name.resize(name.size() - 4);
    MOTE_TRY(const View data, member_bytes(bytes, at, name));
    total += data.size();  // members may overlap in a hostile file: their sum is bounded, too
    if (total > bytes.size()) return error("the arrays of the .npz overlap");
    auto array = read_npy(data);
    if (!array) return array.error().in(text::cat("array '", name, "'"));
    if (!arrays.emplace(name, std::move(*array)).second)
      return error(text::cat("the .npz holds '", name, "' twice"));
    at += entry;
  }
  return arrays;
}

Bytes write_npz(const std::map<std::string, NpyArray>& arrays) {
  MOTE_CHECK(arrays.size() <= kNpzMaxArrays, "a zip without extensions holds 65535 members");
  Bytes out, directory;
  for (const auto& [name, array] : arrays) {
    const Bytes data = write_npy(array);
    const std::string file = name + ".npy";
    MOTE_CHECK(out.size() + data.size() + file.size() < 0xfffffff0u && file.size() < 65536,
               "a zip without extensions ends at 4 GB");
    const auto size = static_cast<std::uint32_t>(data.size());
    Bytes common;                // the part that both headers share, from "version needed" on
    put(common, 20, 2);          // version 2.0
    put(common, 0x800, 2);       // names are UTF-8
    put(common, 0, 2);           // stored
    put(common, 0x00210000, 4);  // 1 January 1980, 0:00: no clock in results
    put(common, crc32(data), 4);
    put(common, size, 4);
    put(common, size, 4);
    put(common, static_cast<std::uint32_t>(file.size()), 2);
    put(common, 0, 2);  // no extra field
    put(directory, kCentralHeader, 4);
    put(directory, 20, 2);
    append(directory, common);
    for (int i = 0; i < 5; ++i) put(directory, 0, 2);  // comment, disk, attributes
    put(directory, static_cast<std::uint32_t>(out.size()), 4);
    append(directory, file);
    put(out, kLocalHeader, 4);
    append(out, common);
    append(out, file);
    append(out, data);
  }
  const auto start = static_cast<std::uint32_t>(out.size());
  append(out, directory);
  put(out, kEndOfCentral, 4);
  put(out, 0, 4);
  put(out, static_cast<std::uint32_t>(arrays.size()), 2);
  put(out, static_cast<std::uint32_t>(arrays.size()), 2);
  put(out, static_cast<std::uint32_t>(directory.size()), 4);
  put(out, start, 4);
  put(out, 0, 2);
  return out;
}

std::vector<float> to_floats(const NpyArray& array) {
  std::vector<float> out(static_cast<std::size_t>(array.count()));
  if (array.dtype == "<f4")
    convert<float>(array, out);
  else if (array.dtype == "<f8")
    convert<double>(array, out);
  else if (array.dtype == "|i1")
    convert<std::int8_t>(array, out);
  else if (array.dtype == "|u1" || array.dtype == "|b1")
    convert<std::uint8_t>(array, out);
  else if (array.dtype == "<i2")
    convert<std::int16_t>(array, out);
  else if (array.dtype == "<u2")
    convert<std::uint16_t>(array, out);
  else if (array.dtype == "<i4")
    convert<std::int32_t>(array, out);
  else if (array.dtype == "<u4")
    convert<std::uint32_t>(array, out);
  else if (array.dtype == "<i8")
    convert<std::int64_t>(array, out);
  else if (array.dtype == "<u8")
    convert<std::uint64_t>(array, out);
  return out;
}

NpyArray from_floats(std::span<const float> values, std::vector<std::int64_t> shape) {
  NpyArray array;
  array.shape = std::move(shape);
  const auto* first = reinterpret_cast<const std::uint8_t*>(values.data());
  array.data.assign(first, first + values.size_bytes());
  MOTE_CHECK(static_cast<std::size_t>(array.count()) == values.size(), "values fill the shape");
  return array;
}

}  // namespace mote
