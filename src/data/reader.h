// Readers: a file format becomes a Table (a row a sample) or Recordings (frames over time, pictures); `load_dataset` makes a
// Dataset of them.  A reader is one file, src/data/readers/<name>.cpp; being there registers it under that name
// (`reader = "csv_wide"` in mote.toml).
#pragma once

#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/text.h"
#include "data/cells.h"
#include "data/dataset.h"
#include "data/recording.h"

namespace mote {

/// Rows and named columns of text cells, as they stand in the file.
struct Table {
  std::string file;            ///< for messages
  std::optional<Split> split;  ///< of all its rows, where the project gives the split by file
  std::vector<std::string> columns;
  Cells rows;                       ///< each as long as `columns`
  std::vector<std::int64_t> lines;  ///< by row: its line in the file, from 1
  std::map<std::string, std::string> fields =
      {};  ///< words about all rows: of the file's name, its folder, a manifest
};

/// One input as mote.toml names it.
struct InputSource {
  std::string name;
  /// Names; "s0..s124" is a range of numbered columns; "a / b", "a - b", "a + b", "a * b" and "magnitude(a, b, c)"
  /// derive one. Where rows are samples, mean(a) or median(a) there is a's over the sample's group: "rr_prev_ms /
  /// median(rr_prev_ms)". Empty: all channels of the stream.
  std::vector<std::string> columns;
  std::string unit;
  double rate_hz = 0;            ///< of a recording: frames are resampled to it
  double offset = 0, scale = 1;  ///< value = (cell − offset) · scale
  bool series = true;            ///< columns are time steps [n, 1]; false: features [n]
  /// The value's limits, after offset and scale.
  double clip_low = -std::numeric_limits<double>::infinity(),
         clip_high = std::numeric_limits<double>::infinity();
  std::string stream = {};  ///< name of the recording's stream; empty: the first
  /// none | standard | range: by channel, from the training samples; group: standard by each group's own.
  std::string normalize = "none";
  /// Figures of the window by channel, instead of its frames: "mean", "mad", … (detail/window_figures.h).  Empty: frames.
  std::vector<std::string> summary = {};
  std::vector<std::int64_t> shape = {};  ///< rows that are pictures or series: [8, 8, 1]; empty: by `series`
};

/// How text tables are written.
struct CsvStyle {
  std::vector<std::string>
      header;  ///< names of the columns of a file without a header line; ranges are allowed
  std::vector<std::string> missing_words;  ///< cells that mean "no value", beside empty ones: "-200", "NA"
  char decimal = '.';                      ///< '.' or ','
};

/// How pictures are made alike.
struct ImageStyle {
  std::int32_t width = 0,
               height =
                   0;  ///< of the sample; 0: as the file has it.  Of raw frames: as the camera wrote them
  std::int32_t channels = 3;    ///< 1: grey, 3: red, green, blue
  std::string fit = "stretch";  ///< stretch | crop (the middle, in the sample's proportions) | pad
  std::string format;           ///< of raw camera frames: rgb565, rgb565be, yuv422, bayer-rggb, …, grey8
};

/// How rows of text become recordings.
struct SeriesStyle {
  std::vector<std::string>
      time;  ///< the column of time stamps, or two (date and time of day); empty: rows are equally spaced
  std::string time_unit = "s";  ///< of stamps that are numbers: s, ms, us, min, h, d
  bool month_first = false;     ///< 03/04/2020 is the 4th of March
  bool sort = false;            ///< rows may be out of order
  std::string recording;        ///< a new recording begins where this column changes; empty: the file is one
  std::int64_t rows = 0;        ///< …or after so many rows
  std::string sensor;           ///< the column that says which stream a row belongs to
  std::filesystem::path
      intervals;  ///< JSON: file → [[begin, end], …]: rows within have the mark "interval" = "1", others "0"
  double gap = 0;  ///< seconds: a longer pause ends the recording; 0: pauses are bridged
};

/// How recordings become samples.
struct WindowStyle {
  double length = 0;             ///< seconds; 0: the whole recording
  double hop = 0;                ///< seconds from window to window; 0: one window a recording
  std::int64_t steps = 0;        ///< the whole recording, stretched to so many steps, instead
  std::string align = "center";  ///< start | center | end: where the one window of a longer recording lies
  std::string shorter =
      "drop";              ///< drop | pad | edge | error: what becomes of shorter recordings; pad: with 0
  std::string around;      ///< a mark: one window around each frame that has a word there
  double before = 0;       ///< of around: seconds of the window before that frame; 0: half of it
  bool test_last = false;  ///< recordings of the test give their last window alone
  std::string label_at =
      "last";  ///< last | first | middle | most | any | all: which frame's label is the window's
};

/// What is predicted, where it is a number.
struct TargetSource {
  std::vector<std::string> columns;  ///< as an input's columns
  std::string unit;
  double horizon =
      0;  ///< seconds (steps, without a clock) from the window's last frame to the moment predicted
  bool change = false;  ///< predict the change since the window's last frame
  double cap = 0;       ///< of remaining life: longer is as long as this; 0: no cap
  std::filesystem::path
      remaining;  ///< of recordings cut before the end: what was left of each, a number a line
};

/// Where samples come from and how they split: the [data] table of mote.toml.
struct DataSource {
  std::string name;
  std::string reader;                        ///< empty: by the ending of the files
  std::vector<std::filesystem::path> files;  ///< all samples; or by split, below
  std::map<Split, std::vector<std::filesystem::path>> split_files;
  std::filesystem::path
      manifest;              ///< a table with a column `file`: its other columns are fields of each recording
  std::string path_pattern;  ///< "{label}/{subject}_{n}.wav": fields from the end of each path
  std::string task;          ///< empty: by what is given; see load.cpp
  CsvStyle csv;
  SeriesStyle series;
  ImageStyle image;
  WindowStyle window;
  TargetSource target;
  std::string hmac_key;  ///< of acquisition files that are signed
  std::vector<InputSource> inputs;
  /// The column, mark or field that holds the class.  Of multi-label tasks: the labels are columns of 0 and 1.
  std::string label_column;
  std::vector<std::string> labels;            ///< the classes in order; empty: all that occur, sorted
  std::map<std::string, std::string> rename;  ///< label as it stands → class
  std::vector<std::string>
      normal_labels;  ///< of anomaly detection: the words that mean "normal"; all else is not
  /// Rows with these are left out; any other unknown label is an error
  std::vector<std::string> ignore_labels;
  std::string group_column;
  std::string split_column;  ///< holds "train", "validation", "test"
  /// random | group | column | file | time (within each group: first training, then validation, then test) | k-fold
  std::string split_by = "random";
  double train_length =
      0;  ///< of time: seconds (rows) of each group that train and validate; 0: by the shares
  double validation_fraction = 0.2, test_fraction = 0.2;  ///< of what is not given by file or column
  std::vector<std::string> validation_groups;  ///< these go to validation, whole; instead of the fraction
  int folds = 5, fold = 1;                     ///< of k-fold: fold number `fold` of `folds` is the test
  std::uint64_t seed = 1;
  /// error | drop | zero: what an empty, non-numeric, NaN or infinite cell does.  zero: the model's value,
  /// after offset and scale, is 0.  Of recordings also: hold | interpolate.
  std::string missing = "error";
};

/// What a reader may look at.
struct ReadContext {
  std::string name;          ///< of the file, for messages
  const DataSource& source;  ///< csv, image, hmac_key
  /// The bytes of another file of the same recording, by its name beside the first: "207.dat".
  std::function<Result<Bytes>(const std::string& name)> beside;
};

struct Reader {
  std::string_view name;
  std::string_view doc;
  std::vector<std::string_view>
      endings;  ///< ".wav": files that it is taken for where the project does not say
  /// One of the two.  Bytes are untrusted; errors name the file and the way out, and nothing partial is returned.
  Result<Table> (*table)(std::span<const std::uint8_t> bytes, const ReadContext& context) = nullptr;
  Result<std::vector<Recording>> (*recordings)(std::span<const std::uint8_t> bytes,
                                               const ReadContext& context) = nullptr;
};
std::span<const Reader* const> reader_registry();
Result<const Reader*> find_reader(const std::string& name);

inline constexpr std::uint64_t kDataFileMaxBytes = std::uint64_t{1} << 30;
inline constexpr std::size_t kRecordingMaxValues = std::size_t{1} << 28;  ///< of all streams of a file

/// Reads, converts, labels and splits.  Errors name file, row, column, and the way out.
Result<Dataset> load_dataset(const DataSource& source);

/// The same from tables that are in memory already: all but the reading of files.
Result<Dataset> make_dataset(const DataSource& source, std::span<const Table> tables);

/// The same from recordings.
Result<Dataset> make_dataset(const DataSource& source, const std::vector<Recording>& recordings);

/// Text with a header line and a sample a row (readers/csv_wide.cpp says what is accepted).  `name` is for messages.
Result<Table> parse_csv(std::string_view text, const std::string& name, const CsvStyle& style = {});

/// A file of src/data/readers defines its reader with this.
#define MOTE_READER(file) const ::mote::Reader& mote_reader_##file()

}  // namespace mote
