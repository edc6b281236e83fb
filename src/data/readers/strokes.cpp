// Reads strokes drawn in the air or on paper: JSON {"strokes": [{"strokePoints": [{"x": …, "y": …}, …], "label": "3"}, …]}, as the
// collector of magic-wand gestures writes it.  A stroke is a recording with the channels x and y; points have no clock.
#include "data/readers/items.h"
#include "data/readers/json_events.h"

namespace mote {
namespace {

using text::cat;

constexpr const char* kHint =
    R"(expected {"strokes": [{"strokePoints": [{"x": 0.1, "y": 0.2}, …], "label": "3"}, …]})";

class Strokes final : public JsonHandler {
 public:
  explicit Strokes(std::string name) : name_(std::move(name)) {}

  Result<void> begin(std::string_view path, bool is_object) override {
    const bool wants_object = path == kStroke || path == kPoint,
               wants_list = path == "strokes" || path == kPoints;
    if ((wants_object && !is_object) || (wants_list && is_object))
      return error(cat("'", path, "' is ", is_object ? "an object" : "a list", ", not ",
                       is_object ? "a list" : "an object"),
                   kHint);
    if (path == kStroke) return begin_stroke();
    if (path == kPoint) x_ = y_ = std::nullopt;
    return {};
  }
  Result<void> end(std::string_view path) override {
    if (path == kPoint) return end_point();
    if (path == kStroke && stream().values.empty()) return error(cat(place(), ": has no points"), kHint);
    return {};
  }
  Result<void> number(std::string_view path, double value) override {
    if (path == kX) x_ = value;
    if (path == kY) y_ = value;
    if (path == kLabel) strokes_.back().fields["label"] = word_of(value);
    return misplaced(path);
  }
  Result<void> word(std::string_view path, const std::string& value) override {
    if (path == kLabel) strokes_.back().fields["label"] = value;
    if (path == kX || path == kY)
      return error(cat(place(), ": '", value.substr(0, 40), "' is not a number"), kHint);
    return misplaced(path);
  }
  Result<void> nothing(std::string_view path) override {
    if (path == kX) x_ = std::numeric_limits<double>::quiet_NaN();
    if (path == kY) y_ = std::numeric_limits<double>::quiet_NaN();
    return misplaced(path);
  }

  Result<std::vector<Recording>> take() {
    if (strokes_.empty()) return error(cat(name_, ": has no strokes"), kHint);
    return std::move(strokes_);
  }

 private:
  static constexpr std::string_view kStroke = "strokes/[]", kPoints = "strokes/[]/strokePoints",
                                    kPoint = "strokes/[]/strokePoints/[]",
                                    kX = "strokes/[]/strokePoints/[]/x", kY = "strokes/[]/strokePoints/[]/y",
                                    kLabel = "strokes/[]/label";

  std::string place() const { return cat("stroke ", strokes_.size()); }
  Stream& stream() { return strokes_.back().streams[0]; }

  Result<void> begin_stroke() {
    if (strokes_.size() == kMaxItems)
      return error(cat("has more than ", kMaxItems, " strokes"), "cut it into several files");
    Recording stroke;
    stroke.origin = cat(name_, ", stroke ", strokes_.size() + 1);
    stroke.streams.emplace_back();
    stroke.streams[0].channels = {"x", "y"};
    stroke.streams[0].frame = {2};
    strokes_.push_back(std::move(stroke));
    return {};
  }
  Result<void> end_point() {
    if (!x_ || !y_) return error(cat(place(), ", point ", stream().frames() + 1, ": lacks x or y"), kHint);
    if (values_ += 2; values_ > kRecordingMaxValues)
      return error(cat("has more than ", kRecordingMaxValues, " values"), "cut it into several files");
    stream().values.push_back(finite_or_missing(*x_));
    stream().values.push_back(finite_or_missing(*y_));
    return {};
  }
  /// A plain value where strokes or points belong.
  static Result<void> misplaced(std::string_view path) {
    if (path == kStroke || path == kPoint || path == kPoints || path == "strokes")
      return error(cat("'", path, "' is a plain value"), kHint);
    return {};
  }

  std::string name_;
  std::vector<Recording> strokes_;
  std::optional<double> x_, y_;  ///< of the point that is being read
  std::size_t values_ = 0;
};

Result<std::vector<Recording>> read_strokes(ByteView bytes, const ReadContext& context) {
  Strokes strokes(context.name);
  MOTE_TRY_VOID(walk_json(bytes, false, strokes, context.name));
  return strokes.take();
}

}  // namespace
}  // namespace mote

MOTE_READER(strokes) {
  static const mote::Reader reader = {
      "strokes",
      "JSON of strokes: {\"strokes\": [{\"strokePoints\": [{\"x\", \"y\"}, …], \"label\"}]}; no clock",
      {},
      nullptr,
      mote::read_strokes};
  return reader;
}
