// Any text at all, read as rows that are moments, in every style, and cut into the samples of a data set.  The first three bytes
// choose the style; the text has columns t, d, s, r, l, x, y as it likes.
#include "reader_case.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const auto choose = [&](int byte, int shift, int choices) { return data[byte] >> shift & (choices - 1); };
  mote::DataSource source;
  source.name = "fuzz";
  source.reader = "csv_series";
  if (choose(0, 0, 2) != 0) source.series.time = {"t"};
  if (choose(0, 1, 4) == 3) source.series.time = {"d", "t"};
  constexpr const char* kUnits[] = {"s", "ms", "h", "d"};
  source.series.time_unit = kUnits[choose(0, 3, 4)];
  source.series.sort = choose(0, 5, 2) != 0;
  if (choose(0, 6, 4) == 1) source.series.recording = "r";
  if (choose(0, 6, 4) == 2) source.series.rows = 3;
  if (choose(1, 0, 4) == 1) source.series.sensor = "s";
  source.series.gap = choose(1, 2, 2) != 0 ? 2 : 0;
  constexpr const char* kMissing[] = {"error", "drop", "hold", "interpolate"};
  source.missing = kMissing[choose(1, 3, 4)];
  source.csv.decimal = choose(1, 5, 2) != 0 ? ',' : '.';
  source.label_column = "l";
  mote::InputSource input;
  input.name = "all";
  if (choose(1, 6, 2) != 0) input.columns = {"x", "magnitude(x, y)"};
  if (choose(1, 7, 2) != 0) input.rate_hz = 2;
  source.inputs = {input};
  source.window.length = choose(2, 0, 4);
  source.window.hop = choose(2, 2, 2) != 0 ? 0.5 : 0;
  if (source.window.length == 0 && choose(2, 2, 2) != 0) source.window.steps = 4;
  constexpr const char* kShorter[] = {"drop", "pad", "edge", "error"};
  source.window.shorter = kShorter[choose(2, 3, 4)];
  constexpr const char* kLabel[] = {"last", "first", "middle", "most", "any", "all", "last", "most"};
  source.window.label_at = kLabel[choose(2, 5, 8)];

  const std::span<const std::uint8_t> text(data + 3, size - 3);
  const mote::ReadContext context{
      "case.csv", source, [](const std::string&) -> mote::Result<mote::Bytes> { return mote::error("no"); }};
  const auto reader = mote::find_reader("csv_series");
  auto read = (*reader)->recordings(text, context);
  if (!read) {
    MOTE_CHECK(!read.error().message.empty(), "an error has words");
    return 0;
  }
  // Two rows may be centuries apart, which at any rate are more samples than a case has time for.
  for (const mote::Recording& recording : *read) {
    for (const mote::Stream& stream : recording.streams) {
      if (!stream.times.empty() && stream.times.back() > 10'000) return 0;
    }
  }
  const auto set = mote::make_dataset(source, *read);
  MOTE_CHECK(set || !set.error().message.empty(), "an error has words");
  if (!set) return 0;
  for (const mote::DataInput& one : set->inputs)
    MOTE_CHECK(one.values.size() == set->size() * one.count(), "a sample has all its values");
  return 0;
}
