// What [data], [data.synth] and [[data.input]] of mote.toml may say.  See app/keys.h.
#include "app/keys.h"

namespace mote::keys {

std::vector<ProjectKey> data_keys() {
  using enum KeyType;
  return {
      key("data", "source", TextOrTexts,
          "File, pattern (`*`, `?`) or list of them: all samples, to be split by `split`.",
          [](P p, V v) { p.data.files = paths(v); }),
      key("data", "train", TextOrTexts, "Files of the training samples, instead of `source`.",
          [](P p, V v) { p.data.split_files[Split::Train] = paths(v); }),
      key("data", "validation", TextOrTexts,
          "Files of the validation samples; without them, `validation_share` of the training samples is "
          "taken.",
          [](P p, V v) { p.data.split_files[Split::Validation] = paths(v); }),
      key("data", "test", TextOrTexts,
          "Files of the test samples; without them, `test_share` of the samples is taken.",
          [](P p, V v) { p.data.split_files[Split::Test] = paths(v); }),
      key("data", "generator", Text, "Makes data up instead of reading files; see `[data.synth]`.",
          [](P p, V v) { p.synth.generator = str(v); })
          .choices({"ecg"}),
      key("data", "reader", Text,
          "The format of the files, where their ending does not say it; see [formats](data-formats.md).",
          [](P p, V v) { p.data.reader = str(v); }),
      key("data", "manifest", Text,
          "A table of files: its column `file` holds paths relative to it, its other columns are words about "
          "each file. Files that "
          "it does not list are left out.",
          [](P p, V v) { p.data.manifest = str(v); }),
      key("data", "path", Text,
          "Words from the end of each path: `\"{label}/{subject}_{n}.wav\"`. `file`, `stem`, `folder` and "
          "`path` (folder/file) are always there.",
          [](P p, V v) { p.data.path_pattern = str(v); }),
      key("data", "task", Text,
          "What is learned. When left out: `regression` with `target`, else `classification`. `forecast` is "
          "regression ahead in "
          "time, `remaining-life` the time to the end of the recording, `anomaly` trains on normal samples "
          "alone.",
          [](P p, V v) { p.data.task = str(v); })
          .choices({"classification", "multi-label", "regression", "forecast", "remaining-life", "anomaly"}),
      key("data", "target", TextOrTexts,
          "The column of the number that is predicted; written as an input's columns.",
          [](P p, V v) { p.data.target.columns = strs(v); }),
      key("data", "target_unit", Text, "Unit of that number, for reports.",
          [](P p, V v) { p.data.target.unit = str(v); }),
      key("data", "horizon", Number, "How far ahead of the window's end the number lies.",
          [](P p, V v) { p.data.target.horizon = real(v); })
          .defaults(r(0))
          .within(0, kMany, "s, or rows without a clock"),
      key("data", "predict", Text,
          "The number itself, or its change since the window's end; results are the number either way.",
          [](P p, V v) { p.data.target.change = str(v) == "change"; })
          .defaults(s("value"))
          .choices({"value", "change"}),
      key("data", "cap", Number, "Of remaining life: longer counts as this; 0: no cap.",
          [](P p, V v) { p.data.target.cap = real(v); })
          .defaults(r(0))
          .within(0, kMany, "s, or rows without a clock"),
      key("data", "remaining", Text,
          "A number a line: what was left of each recording of the test files when it was cut.",
          [](P p, V v) { p.data.target.remaining = str(v); }),
      key("data", "normal", Texts, "Of `anomaly`: the labels that mean normal; all others are anomalies.",
          [](P p, V v) { p.data.normal_labels = strs(v); }),
      key("data", "threshold", Number,
          "Of `anomaly`: the alarm's threshold is the score that this share of normal validation samples "
          "stays below.",
          [](P p, V v) { p.threshold_share = real(v); })
          .defaults(r(0.99))
          .within(0.5, 1),
      key("data", "header", TextOrTexts,
          "Names of the columns of files without a header line; ranges such as `s1..s21` are fine.",
          [](P p, V v) { p.data.csv.header = strs(v); }),
      key("data", "decimal", Text, "The decimal mark of the files' numbers.",
          [](P p, V v) { p.data.csv.decimal = str(v)[0]; })
          .defaults(s("."))
          .choices({".", ","}),
      key("data", "missing_values", Texts,
          "Cells that mean \"no value\", beside empty ones: `\"-200\"`, `\"NA\"`.",
          [](P p, V v) { p.data.csv.missing_words = strs(v); }),
      key("data", "time", TextOrTexts,
          "Of a series: the column of time stamps, or date and time of day; with dates the columns "
          "`day_sin`, `day_cos`, `week_…`, "
          "`year_…` are there too. Without it rows are equally spaced.",
          [](P p, V v) { p.data.series.time = strs(v); }),
      key("data", "time_unit", Text, "Of stamps that are numbers.",
          [](P p, V v) { p.data.series.time_unit = str(v); })
          .defaults(s("s"))
          .choices({"s", "ms", "us", "min", "h", "d"}),
      key("data", "month_first", Flag, "03/04/2020 is the 4th of March.",
          [](P p, V v) { p.data.series.month_first = flag(v); })
          .defaults(KeyValue{false}),
      key("data", "sort", Flag, "Rows may be out of order in time.",
          [](P p, V v) { p.data.series.sort = flag(v); })
          .defaults(KeyValue{false}),
      key("data", "recording", Text,
          "Of a series: a new recording begins where this column changes. Without it a file is one.",
          [](P p, V v) { p.data.series.recording = str(v); }),
      key("data", "rows", Whole, "Of a series: a new recording begins after so many rows; 0: it does not.",
          [](P p, V v) { p.data.series.rows = std::get<std::int64_t>(v); })
          .defaults(n(0))
          .within(0, kMany, "rows"),
      key("data", "sensor", Text,
          "Of a series with several sensors' rows in turn: the column that says whose a row is; see "
          "`stream`.",
          [](P p, V v) { p.data.series.sensor = str(v); }),
      key("data", "gap", Number, "A longer pause ends the recording; 0: pauses are bridged.",
          [](P p, V v) { p.data.series.gap = real(v); })
          .defaults(r(0))
          .within(0, kMany, "s"),
      key("data", "intervals", Text,
          "JSON, file → list of [begin, end]: rows within are marked `1`, others `0`; `label = \"interval\"` "
          "reads it.",
          [](P p, V v) { p.data.series.intervals = str(v); }),
      key("data", "window", Number,
          "Length of a sample that is cut from a recording; 0: the whole recording.",
          [](P p, V v) { p.data.window.length = real(v); })
          .defaults(r(0))
          .within(0, kMany, "s, or rows without a clock"),
      key("data", "hop", Number, "From one window to the next; 0: one window a recording.",
          [](P p, V v) { p.data.window.hop = real(v); })
          .defaults(r(0))
          .within(0, kMany, "s, or rows without a clock"),
      key("data", "steps", Whole, "Instead of a window: the whole recording, stretched to so many steps.",
          [](P p, V v) { p.data.window.steps = std::get<std::int64_t>(v); })
          .defaults(n(0))
          .within(0, 1e6, "steps"),
      key("data", "align", Text,
          "Where the one window of a longer recording lies, and a shorter recording in its window.",
          [](P p, V v) { p.data.window.align = str(v); })
          .defaults(s("center"))
          .choices({"start", "center", "end"}),
      key("data", "shorter", Text,
          "What becomes of recordings shorter than the window: left out, filled with 0, with their first and "
          "last frame, or an error.",
          [](P p, V v) { p.data.window.shorter = str(v); })
          .defaults(s("drop"))
          .choices({"drop", "pad", "edge", "error"}),
      key("data", "around", Text, "A mark: one window around each moment that has a word there.",
          [](P p, V v) { p.data.window.around = str(v); }),
      key("data", "before", Number,
          "Of `around`: how much of the window lies before the moment; 0: half of it.",
          [](P p, V v) { p.data.window.before = real(v); })
          .defaults(r(0))
          .within(0, kMany, "s"),
      key("data", "test_windows", Text, "Windows of test recordings: all, or the last of each.",
          [](P p, V v) { p.data.window.test_last = str(v) == "last"; })
          .defaults(s("all"))
          .choices({"all", "last"}),
      key("data", "label_at", Text,
          "Where rows have labels: whose label is the window's. `any`: the last in the order of `labels` "
          "that occurs; `all`: windows "
          "of several labels are left out.",
          [](P p, V v) { p.data.window.label_at = str(v); })
          .defaults(s("last"))
          .choices({"first", "last", "middle", "most", "any", "all"}),
      key("data", "size", TwoWholes,
          "Of pictures: [width, height] that each is brought to. Of camera frames: as the camera wrote them.",
          [](P p, V v) {
            const auto& size = std::get<std::vector<double>>(v);
            p.data.image.width = static_cast<std::int32_t>(size[0]);
            p.data.image.height = static_cast<std::int32_t>(size[1]);
          })
          .within(1, 8192, "pixels"),
      key("data", "color", Text, "Of pictures: one channel or three.",
          [](P p, V v) { p.data.image.channels = str(v) == "grey" ? 1 : 3; })
          .defaults(s("rgb"))
          .choices({"grey", "rgb"}),
      key("data", "fit", Text,
          "Of pictures in other proportions: stretched, cropped in the middle, or padded with black.",
          [](P p, V v) { p.data.image.fit = str(v); })
          .defaults(s("stretch"))
          .choices({"stretch", "crop", "pad"}),
      key("data", "format", Text,
          "Of raw camera frames: `rgb565`, `rgb565be`, `yuyv`, `uyvy`, `bayer-rggb`, …; see "
          "[formats](data-formats.md).",
          [](P p, V v) { p.data.image.format = str(v); }),
      key("data", "hmac_key", Text,
          "Of signed acquisition files: the key that their signature is checked with.",
          [](P p, V v) { p.data.hmac_key = str(v); }),
      key("data", "label", Text,
          "What holds the class: a column, a word about the file (see `path` and `manifest`), or a mark of "
          "the recording. Required "
          "for classes; the generator has its own.",
          [](P p, V v) { p.data.label_column = str(v); }),
      key("data", "labels", Texts,
          "The classes in the order of the outputs; when left out, all that occur, sorted.",
          [](P p, V v) { p.data.labels = strs(v); }),
      key("data", "rename", WordMap, "Labels as they stand in the data, and the classes they mean.",
          [](P p, V v) {
            const auto& words = strs(v);
            for (std::size_t i = 0; i + 1 < words.size(); i += 2) p.data.rename[words[i]] = words[i + 1];
          }),
      key("data", "ignore", Texts, "Classes whose samples are left out.",
          [](P p, V v) { p.data.ignore_labels = strs(v); }),
      key("data", "group", Text, "Column of the person, machine or recording a sample comes from.",
          [](P p, V v) { p.data.group_column = str(v); }),
      key("data", "split", Text,
          "How samples are split: at random, keeping each `group` whole, by `split_column`, or by the files "
          "alone; by `time` (of each `group`, the first trains, the last is the test) or in folds. When left "
          "out: `column` with `split_column`, else `group` with `group`, else `random`.",
          [](P p, V v) { p.data.split_by = str(v); })
          .choices({"random", "group", "column", "file", "time", "k-fold"}),
      key("data", "folds", Whole, "Of `k-fold`: parts that are the test in turn.",
          [](P p, V v) { p.data.folds = whole(v); })
          .defaults(n(5))
          .within(2, 1000),
      key("data", "fold", Whole, "Of `k-fold`: which part is the test.",
          [](P p, V v) { p.data.fold = whole(v); })
          .defaults(n(1))
          .within(1, 1000),
      key("data", "train_length", Number,
          "Of `time`: the first so much of each group trains and validates; 0: by the shares.",
          [](P p, V v) { p.data.train_length = real(v); })
          .defaults(r(0))
          .within(0, kMany, "s, or rows without a clock"),
      key("data", "split_column", Text, "Column that says `train`, `validation` or `test`.",
          [](P p, V v) { p.data.split_column = str(v); }),
      key("data", "validation_share", Number,
          "Share of the samples that choose the best epoch, where files or column do not say.",
          [](P p, V v) { p.data.validation_fraction = real(v); })
          .defaults(r(0.2))
          .within(0, 0.9),
      key("data", "validation_groups", Texts,
          "Groups that choose the best epoch, each whole, instead of a share; not groups of `test` files.",
          [](P p, V v) { p.data.validation_groups = strs(v); }),
      key("data", "test_share", Number,
          "Share of the samples that judge the result, where files or column do not say.",
          [](P p, V v) { p.data.test_fraction = real(v); })
          .defaults(r(0.2))
          .within(0, 0.9),
      key("data", "seed", Whole, "Of the random split: same seed, same split.",
          [](P p, V v) { p.data.seed = seed(v); })
          .defaults(n(1))
          .within(0, kMany),
      key("data", "missing", Text,
          "What an empty cell does: stops with an error, drops the sample, or counts as 0; in a series also: "
          "the value before it, or the "
          "line between its neighbours.",
          [](P p, V v) { p.data.missing = str(v); })
          .defaults(s("error"))
          .choices({"error", "drop", "zero", "hold", "interpolate"}),
      key("data.synth", "subjects", Whole, "Made-up people, each with a heart of their own.",
          [](P p, V v) { p.synth.ecg.subjects = whole(v); })
          .defaults(n(40))
          .within(1, 1'000),
      key("data.synth", "beats", Whole, "Heartbeats of each of them.",
          [](P p, V v) { p.synth.ecg.beats_per_subject = whole(v); })
          .defaults(n(60))
          .within(1, 10'000),
      key("data.synth", "noise", Number, "Noise of the recording; 0: none, 1: as in a worn recorder.",
          [](P p, V v) { p.synth.ecg.noise = real(v); })
          .defaults(r(1))
          .within(0, 10),
      key("data.synth", "seed", Whole, "Same seed, same data.", [](P p, V v) { p.synth.ecg.seed = seed(v); })
          .defaults(n(1))
          .within(0, kMany),
      key("data.input", "name", Name, "Names the input, in `layers` and in generated code.",
          [](P p, V v) { p.data.inputs.back().name = str(v); })
          .required(),
      key("data.input", "columns", TextOrTexts,
          "Its columns: names, ranges such as `s0..s124`, or two columns combined: `rr_prev / rr_next`; "
          "`magnitude(ax, ay, az)`; `is(kind, L)` is 1 where the cell is that word; `mean(rr_prev)` and "
          "`median(rr_prev)` are over the "
          "sample's group. Without it all channels of the recording.",
          [](P p, V v) { p.data.inputs.back().columns = strs(v); }),
      key("data.input", "unit", Text, "Unit of the value after offset and scale, for messages and reports.",
          [](P p, V v) { p.data.inputs.back().unit = str(v); }),
      key("data.input", "rate", Number,
          "Samples a second of a series; recordings are brought to it. 0: not said.",
          [](P p, V v) { p.data.inputs.back().rate_hz = real(v); })
          .within(0, 1e7, "Hz"),
      key("data.input", "period", Number, "Instead of `rate`: seconds from one sample to the next.",
          [](P p, V v) {
            if (real(v) > 0) p.data.inputs.back().rate_hz = 1 / real(v);
          })
          .within(1e-7, 1e9, "s"),
      key("data.input", "offset", Number, "Taken away from each cell: value = (cell - offset) * scale.",
          [](P p, V v) { p.data.inputs.back().offset = real(v); })
          .defaults(r(0))
          .within(-1e30, 1e30),
      key("data.input", "scale", Number,
          "Multiplied with each cell after the offset; values around -1 … 1 train well.",
          [](P p, V v) { p.data.inputs.back().scale = real(v); })
          .defaults(r(1))
          .within(-1e30, 1e30),
      key("data.input", "clip", Range,
          "Limits of the value, after offset and scale: outliers beyond them become the limit.",
          [](P p, V v) {
            p.data.inputs.back().clip_low = std::get<std::vector<double>>(v)[0];
            p.data.inputs.back().clip_high = std::get<std::vector<double>>(v)[1];
          })
          .within(-1e30, 1e30),
      key("data.input", "stream", Text,
          "Of recordings with several sensors: whose frames; see `sensor`. Without it the first.",
          [](P p, V v) { p.data.inputs.back().stream = str(v); }),
      key("data.input", "normalize", Text,
          "By channel, from the training samples: to mean 0 and deviation 1, or to -1 … 1. Report and header "
          "say what it did. `group`: to mean 0 and deviation 1 by the training samples of the sample's own "
          "`group`, for machines that are compared with their own beginning: a device measures both after "
          "it is started.",
          [](P p, V v) { p.data.inputs.back().normalize = str(v); })
          .defaults(s("none"))
          .choices({"none", "standard", "range", "group"}),
      key("data.input", "summary", Texts,
          "Figures of each channel over the window instead of its steps, as features: `mean`, `median`, "
          "`deviation`, `mad` (median distance from the median), `rms`, `minimum`, `maximum`, `range`, "
          "`step` (mean distance of neighbours), `last`. The device's program computes them before it calls "
          "the network.",
          [](P p, V v) { p.data.inputs.back().summary = strs(v); }),
      key("data.input", "shape", Wholes,
          "Another shape of the same values, the last axis fastest: `[8, 8, 1]`.",
          [](P p, V v) {
            for (const double extent : std::get<std::vector<double>>(v))
              p.data.inputs.back().shape.push_back(static_cast<std::int64_t>(extent));
          })
          .within(1, 1e6),
      key("data.input", "series", Flag, "The columns are steps in time (true) or separate features (false).",
          [](P p, V v) { p.data.inputs.back().series = flag(v); })
          .defaults(KeyValue{true}),
  };
}

}  // namespace mote::keys
