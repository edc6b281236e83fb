// Internal to the readers: JSON and CBOR as a row of events, so that a document takes no more memory than what is kept of it.
// Depth is limited before it is followed, claimed lengths are not believed.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/text.h"
#include "data/readers/binary.h"

namespace mote {

/// What a reader does with a document.  `path` is where a thing stands: "payload/values/[]/[]"; a name that holds '/' is "?" there.
class JsonHandler {
 public:
  virtual ~JsonHandler() = default;
  virtual Result<void> begin(std::string_view path, bool is_object) = 0;
  virtual Result<void> end(std::string_view path) = 0;
  virtual Result<void> number(std::string_view path, double value) = 0;
  virtual Result<void> word(std::string_view path, const std::string& value) = 0;
  virtual Result<void> nothing(std::string_view path) = 0;  ///< null, true, false, bytes
};

namespace detail {

class JsonEvents final : public nlohmann::json_sax<nlohmann::json> {
 public:
  using Json = nlohmann::json;
  static constexpr std::size_t kMaxDepth = 16;

  explicit JsonEvents(JsonHandler& handler) : handler_(handler) {}
  const std::optional<Error>& problem() const { return problem_; }
  std::size_t broken_at() const { return broken_at_; }  ///< byte, from 1, of what is not JSON

  bool null() override { return pass(handler_.nothing(path_)); }
  bool boolean(bool) override { return pass(handler_.nothing(path_)); }
  bool binary(Json::binary_t&) override { return pass(handler_.nothing(path_)); }
  bool number_integer(Json::number_integer_t value) override { return number(static_cast<double>(value)); }
  bool number_unsigned(Json::number_unsigned_t value) override { return number(static_cast<double>(value)); }
  bool number_float(Json::number_float_t value, const Json::string_t&) override { return number(value); }
  bool string(Json::string_t& value) override { return pass(handler_.word(path_, value)); }
  bool key(Json::string_t& name) override {
    path_.resize(ends_.back());
    path_ += ends_.size() > 1 ? "/" : "";
    path_ += name.find('/') == std::string::npos && name != "[]" ? name : "?";
    return true;
  }
  bool start_object(std::size_t) override { return start(true); }
  bool end_object() override { return finish(); }
  bool start_array(std::size_t) override { return start(false); }
  bool end_array() override { return finish(); }
  bool parse_error(std::size_t position, const std::string&, const Json::exception&) override {
    broken_at_ = std::max<std::size_t>(position, 1);
    return false;
  }

 private:
  bool pass(const Result<void>& result) {
    if (!result) problem_ = result.error();
    return result.has_value();
  }
  bool number(double value) { return pass(handler_.number(path_, value)); }
  bool start(bool is_object) {
    if (ends_.size() >= kMaxDepth)
      return pass(error(text::cat("is nested deeper than ", kMaxDepth, " levels")));
    if (!pass(handler_.begin(path_, is_object))) return false;
    ends_.push_back(path_.size());
    if (!is_object) path_ += ends_.size() > 1 ? "/[]" : "[]";
    return true;
  }
  bool finish() {
    path_.resize(ends_.back());
    ends_.pop_back();
    return pass(handler_.end(path_));
  }

  JsonHandler& handler_;
  std::string path_;
  std::vector<std::size_t> ends_;  ///< length of the path of each open object and array
  std::optional<Error> problem_;
  std::size_t broken_at_ = 0;
};

}  // namespace detail

/// Sends the events of a whole document to `handler`; its errors are put behind the name of the file.
inline Result<void> walk_json(ByteView bytes, bool is_cbor, JsonHandler& handler, const std::string& name) {
  const char* const kind = is_cbor ? "CBOR" : "JSON";
  if (bytes.empty()) return error(text::cat(name, ": is empty"), text::cat("expected ", kind));
  detail::JsonEvents events(handler);
  const auto format = is_cbor ? nlohmann::json::input_format_t::cbor : nlohmann::json::input_format_t::json;
  if (nlohmann::json::sax_parse(bytes.data(), bytes.data() + bytes.size(), &events, format)) return {};
  if (events.problem())
    return Error{text::cat(name, ": ", events.problem()->message), events.problem()->hint};
  if (events.broken_at() > bytes.size())
    return error(text::cat(name, ": is cut off: its ", kind, " has no end"), "fetch it again");
  const std::string_view before = text_of(bytes.first(events.broken_at()));
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  return error(is_cbor
                   ? text::cat(name, ": is not CBOR from byte ", events.broken_at(), " on")
                   : text::cat(name, ", line ", line, ": is not JSON from byte ", events.broken_at(), " on"),
               "export it again");
}

}  // namespace mote
