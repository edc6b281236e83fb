// Reads the data acquisition format of Edge Impulse, JSON or CBOR: one recording of one stream, equally spaced.
//   {"protected": {"ver": "v1", "alg": "HS256" or "none", "iat": …}, "signature": "64 hexadecimal digits",
//    "payload": {"device_name", "device_type", "interval_ms": 10, "sensors": [{"name", "units"}, …],
//                "values": [[…a number a sensor…], …]}}
// null is a missing value.  With one sensor, values may be a plain list.  Device name and type become fields of those names.
//
// The signature is the HMAC-SHA256 of the file's bytes with 64 digits '0' in place of the signature.  It is checked where the
// project gives the key, and not checked where it does not; a file that is not signed is then an error.
#include "data/readers/items.h"
#include "data/readers/json_events.h"

#ifdef MOTE_HAS_SODIUM
#include <sodium.h>
#endif

namespace mote {
namespace {

using text::cat;

constexpr const char* kHint = "expected the data acquisition format: protected, signature, payload";
constexpr std::size_t kMaxSensors = 1024;
constexpr std::size_t kSignatureDigits = 64;

/// What is kept of a document.
struct Acquisition {
  std::string version, algorithm, signature;
  std::optional<double> interval_ms;
  std::map<std::string, std::string> fields;
  std::vector<std::string> names, units;
  std::vector<float> values;
  std::optional<std::size_t> row_values;  ///< numbers in each row; 0: values are a plain list
};

class AcquisitionReader final : public JsonHandler {
 public:
  Result<void> begin(std::string_view path, bool is_object) override {
    if (path == kSensor) return begin_sensor(is_object);
    if (path == kRow) {
      row_begin_ = data_.values.size();
      if (is_object || data_.row_values == 0u) return broken_row();
    }
    if (path == kValue) return broken_row();
    return {};
  }
  Result<void> end(std::string_view path) override {
    if (path != kRow) return {};
    const std::size_t count = data_.values.size() - row_begin_;
    if (count == 0 || count != data_.row_values.value_or(count)) return broken_row();
    data_.row_values = count;
    return {};
  }
  Result<void> number(std::string_view path, double value) override {
    if (path == kInterval) data_.interval_ms = value;
    if (path == kValue || path == kRow) return add(path, value);
    return {};
  }
  Result<void> nothing(std::string_view path) override {
    if (path == kValue || path == kRow) return add(path, std::numeric_limits<double>::quiet_NaN());
    return {};
  }
  Result<void> word(std::string_view path, const std::string& value) override {
    if (path == "protected/ver") data_.version = value;
    if (path == "protected/alg") data_.algorithm = value;
    if (path == "signature") data_.signature = value;
    if (path == "payload/device_name") data_.fields["device_name"] = value;
    if (path == "payload/device_type") data_.fields["device_type"] = value;
    if (path == kName) data_.names.back() = value;
    if (path == kUnits) data_.units.back() = value;
    if (path == kValue || path == kRow)
      return error(cat("a value is the text '", value.substr(0, 40), "'"),
                   "values must stand in the file itself; attachments are not read");
    return {};
  }

  Acquisition take() { return std::move(data_); }

 private:
  static constexpr std::string_view kSensor = "payload/sensors/[]", kName = "payload/sensors/[]/name",
                                    kUnits = "payload/sensors/[]/units", kInterval = "payload/interval_ms",
                                    kRow = "payload/values/[]", kValue = "payload/values/[]/[]";

  Result<void> begin_sensor(bool is_object) {
    if (!is_object) return error("a sensor is a list, not an object", kHint);
    if (data_.names.size() == kMaxSensors) return error(cat("has more than ", kMaxSensors, " sensors"));
    data_.names.emplace_back();
    data_.units.emplace_back();
    return {};
  }
  Result<void> add(std::string_view path, double value) {
    const bool plain = path == kRow;
    if (plain && data_.row_values.value_or(0) != 0) return broken_row();
    if (plain) data_.row_values = 0;
    if (data_.values.size() == kRecordingMaxValues)
      return error(cat("has more than ", kRecordingMaxValues, " values"), "cut it into several files");
    data_.values.push_back(finite_or_missing(value));
    return {};
  }
  Error broken_row() const {
    return error("its values are not rows of the same length", "a row holds a number for each sensor");
  }

  Acquisition data_;
  std::size_t row_begin_ = 0;
};

Result<void> check_signature(ByteView bytes, const Acquisition& data, const ReadContext& context) {
  const std::string& key = context.source.hmac_key;
  if (key.empty()) return {};
  if (data.algorithm == "none")
    return error(cat(context.name, ": is not signed, but the project gives a key"),
                 "have the device sign what it records");
#ifdef MOTE_HAS_SODIUM
  const std::string_view whole = text_of(bytes);
  const std::size_t at = whole.find(data.signature);
  const bool plausible = data.signature.size() == kSignatureDigits &&
                         data.signature.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
  if (!plausible || at == std::string_view::npos ||
      whole.find(data.signature, at + 1) != std::string_view::npos)
    return error(cat(context.name, ": its signature is not ", kSignatureDigits,
                     " hexadecimal digits that stand in it once"),
                 "export it again");
  const std::string zeros(kSignatureDigits, '0');
  const auto update = [](crypto_auth_hmacsha256_state& state, std::string_view part) {
    crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(part.data()), part.size());
  };
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, reinterpret_cast<const unsigned char*>(key.data()), key.size());
  update(state, whole.substr(0, at));
  update(state, zeros);
  update(state, whole.substr(at + kSignatureDigits));
  unsigned char sum[crypto_auth_hmacsha256_BYTES];
  crypto_auth_hmacsha256_final(&state, sum);
  std::string digits;
  for (const unsigned char byte : sum) digits += fmt::format("{:02x}", byte);
  if (digits == text::lower(data.signature)) return {};
  return error(cat(context.name, ": its signature is wrong: it was changed, or signed with another key"),
               "give the key that the device signs with, or fetch the file again");
#else
  static_cast<void>(bytes);
  return error(cat(context.name, ": signatures cannot be checked, mote was built without libsodium"),
               "install libsodium-dev and build again, or leave the key out");
#endif
}

Result<void> check_head(const Acquisition& data, const std::string& name) {
  if (data.version.empty() && data.names.empty() && data.values.empty())
    return error(cat(name, ": is not of the data acquisition format"),
                 "choose the reader: 'strokes' for strokes; " + std::string(kHint));
  if (data.version != "v1")
    return error(cat(name, ": is of version '", data.version.substr(0, 40), "', not 'v1'"), kHint);
  if (data.algorithm != "HS256" && data.algorithm != "none")
    return error(cat(name, ": its signature is of the kind '", data.algorithm.substr(0, 40), "'"),
                 "HS256 or none");
  if (!data.interval_ms || !(*data.interval_ms > 0) || !std::isfinite(1000 / *data.interval_ms))
    return error(cat(name, ": has no interval_ms above 0"), "it is the time from one row to the next");
  if (data.names.empty()) return error(cat(name, ": has no sensors"), kHint);
  if (data.values.empty()) return error(cat(name, ": has no values"), "leave the file out");
  const std::size_t row = std::max<std::size_t>(data.row_values.value_or(0), 1);
  if (row != data.names.size())
    return error(cat(name, ": has ", data.names.size(), " sensors, but ", row, " values a row"), kHint);
  for (std::size_t i = 0; i < data.names.size(); ++i) {
    if (data.names[i].empty()) return error(cat(name, ": sensor ", i + 1, " has no name"), kHint);
  }
  return {};
}

/// CBOR documents begin with a map (0xA0 … 0xBF), JSON with '{' or a blank.
bool looks_like_cbor(ByteView bytes) { return !bytes.empty() && bytes[0] >= 0xA0 && bytes[0] <= 0xBF; }

Result<std::vector<Recording>> read_acquisition(ByteView bytes, const ReadContext& context) {
  AcquisitionReader reader;
  MOTE_TRY_VOID(walk_json(bytes, looks_like_cbor(bytes), reader, context.name));
  Acquisition data = reader.take();
  MOTE_TRY_VOID(check_head(data, context.name));
  MOTE_TRY_VOID(check_signature(bytes, data, context));
  const auto sensors = static_cast<std::int32_t>(data.names.size());
  Recording recording = one_frame({sensors}, std::move(data.names), std::move(data.values), context.name);
  recording.streams[0].units = std::move(data.units);
  recording.streams[0].rate_hz = 1000 / *data.interval_ms;
  recording.fields = std::move(data.fields);
  return std::vector<Recording>{std::move(recording)};
}

}  // namespace
}  // namespace mote

MOTE_READER(edge_impulse) {
  static const mote::Reader reader = {"edge_impulse",
                                      "Data acquisition format of Edge Impulse, JSON or CBOR; the signature "
                                      "is checked where the key is given",
                                      {".json", ".cbor"},
                                      nullptr,
                                      mote::read_acquisition};
  return reader;
}
