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
      key("data", "reader", Text, "The format of the files; `csv_wide` is one sample a row.",
          [](P p, V v) { p.data.reader = str(v); }),
      key("data", "label", Text,
          "Column that holds the class. Required with files; the generator has its own.",
          [](P p, V v) { p.data.label_column = str(v); }),
      key("data", "labels", Texts,
          "The classes in the order of the outputs; when left out, all that occur, sorted.",
          [](P p, V v) { p.data.labels = strs(v); }),
      key("data", "ignore", Texts, "Classes whose samples are left out.",
          [](P p, V v) { p.data.ignore_labels = strs(v); }),
      key("data", "group", Text, "Column of the person, machine or recording a sample comes from.",
          [](P p, V v) { p.data.group_column = str(v); }),
      key("data", "split", Text,
          "How samples are split: at random, keeping each `group` whole, by `split_column`, or by the files "
          "alone. When left out: `column` with `split_column`, else `group` with `group`, else `random`.",
          [](P p, V v) { p.data.split_by = str(v); })
          .choices({"random", "group", "column", "file"}),
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
          "What an empty cell does: stops with an error, drops the sample, or counts as 0.",
          [](P p, V v) { p.data.missing = str(v); })
          .defaults(s("error"))
          .choices({"error", "drop", "zero"}),
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
          "`mean(rr_prev)` and `median(rr_prev)` are over the sample's group.",
          [](P p, V v) { p.data.inputs.back().columns = strs(v); })
          .required(),
      key("data.input", "unit", Text, "Unit of the value after offset and scale, for messages and reports.",
          [](P p, V v) { p.data.inputs.back().unit = str(v); }),
      key("data.input", "rate", Number, "Samples a second of a series; 0: not said.",
          [](P p, V v) { p.data.inputs.back().rate_hz = real(v); })
          .defaults(r(0))
          .within(0, 1e7, "Hz"),
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
      key("data.input", "series", Flag, "The columns are steps in time (true) or separate features (false).",
          [](P p, V v) { p.data.inputs.back().series = flag(v); })
          .defaults(KeyValue{true}),
  };
}

}  // namespace mote::keys
