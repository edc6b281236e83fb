// Feeds any bytes to the CSV reader and, where they are a table, to everything that makes a Dataset of it and judges it.
#include <cstddef>
#include <cstdint>

#include "data/checks.h"
#include "data/reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto table = mote::parse_csv(text, "fuzz.csv");
  if (!table) return 0;
  mote::DataSource source;
  source.name = "fuzz";
  source.label_column = table->columns.front();
  source.inputs = {{"all", table->columns, "", 0, 0, 1, false}};
  source.group_column = table->columns.back();
  // Which way depends on the size, so that a case costs one data set and not six.
  constexpr const char* kMissing[] = {"error", "drop", "zero"};
  source.missing = kMissing[size % 3];
  source.split_by = size / 3 % 2 == 0 ? "random" : "group";
  const auto data = mote::make_dataset(source, {&*table, 1});
  if (!data) return 0;
  (void)mote::check_dataset(*data);
  (void)mote::summarize(*data);
  return 0;
}
