// Readers: a file format becomes a Table; `load_dataset` makes the Table a Dataset.  A reader is one file,
// src/data/readers/<name>.cpp; being there registers it under that name (`reader = "csv_wide"` in mote.toml).
#pragma once

#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/dataset.h"

namespace mote {

/// Rows and named columns of text cells, as they stand in the file.
struct Table {
  std::string file;            ///< for messages
  std::optional<Split> split;  ///< of all its rows, where the project gives the split by file
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  ///< each as long as `columns`
  std::vector<std::int64_t> lines;             ///< by row: its line in the file, from 1
};

/// One sensor input as mote.toml names it.
struct InputSource {
  std::string name;
  /// Names; "s0..s124" is a range of numbered columns; "a / b", "a - b", "a + b", "a * b" derive one, and
  /// mean(a) or median(a) there is a's over the sample's group: "rr_prev_ms / median(rr_prev_ms)".
  std::vector<std::string> columns;
  std::string unit;
  double rate_hz = 0;
  double offset = 0, scale = 1;  ///< value = (cell − offset) · scale
  bool series = true;            ///< columns are time steps [n, 1]; false: features [n]
  /// The value's limits, after offset and scale.
  double clip_low = -std::numeric_limits<double>::infinity(),
         clip_high = std::numeric_limits<double>::infinity();
};

/// Where samples come from and how they split: the [data] table of mote.toml.
struct DataSource {
  std::string name;
  std::string reader = "csv_wide";
  std::vector<std::filesystem::path> files;  ///< all samples; or by split, below
  std::map<Split, std::vector<std::filesystem::path>> split_files;
  std::vector<InputSource> inputs;
  std::string label_column;
  std::vector<std::string> labels;  ///< the classes in order; empty: all that occur, sorted
  /// Rows with these are left out; any other unknown label is an error
  std::vector<std::string> ignore_labels;
  std::string group_column;
  std::string split_column;                               ///< holds "train", "validation", "test"
  std::string split_by = "random";                        ///< random | group | column | file
  double validation_fraction = 0.2, test_fraction = 0.2;  ///< of what is not given by file or column
  std::vector<std::string> validation_groups;  ///< these go to validation, whole; instead of the fraction
  std::uint64_t seed = 1;
  /// error | drop | zero: what an empty, non-numeric, NaN or infinite cell does.  zero: the model's value,
  /// after offset and scale, is 0.
  std::string missing = "error";
};

struct Reader {
  std::string_view name;
  std::string_view doc;
  Result<Table> (*read)(const std::filesystem::path& file);
};
std::span<const Reader* const> reader_registry();

/// Reads, converts, labels and splits.  Errors name file, row, column, and the way out.
Result<Dataset> load_dataset(const DataSource& source);

/// The same from tables that are in memory already: all but the reading of files.
Result<Dataset> make_dataset(const DataSource& source, std::span<const Table> tables);

/// Text with a header line and a sample a row (readers/csv_wide.cpp says what is accepted).  `name` is for messages.
Result<Table> parse_csv(std::string_view text, const std::string& name);

/// A file of src/data/readers defines its reader with this.
#define MOTE_READER(file) const ::mote::Reader& mote_reader_##file()

}  // namespace mote
