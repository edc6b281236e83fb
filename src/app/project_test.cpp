// The promises of mote.toml: every key arrives, every slip is named with its line, hostile bytes do no harm,
// and the reference page is what the key table says.
#include "app/project.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "base/system.h"

namespace mote {
namespace {
namespace fs = std::filesystem;

Result<Project> parse(std::string_view text) {
  return parse_project(text, "mote.toml", "/home/me/heart", "/data");
}

std::string failure(std::string_view text) {
  const auto project = parse(text);
  return project ? "no error" : project.error().message + " / " + project.error().hint;
}

// The smallest project that is right; each test adds what it is about.
const std::string kSmall =
    "name = \"tiny\"\n"           // line 1
    "[data]\n"                    // 2
    "source = \"a.csv\"\n"        // 3
    "label = \"class\"\n"         // 4
    "[[data.input]]\n"            // 5
    "name = \"x\"\n"              // 6
    "columns = [\"a\", \"b\"]\n"  // 7
    "[model]\n"                   // 8
    "template = \"mlp\"\n";       // 9

std::string with(const std::string& line, const std::string& replacement) {
  std::string text = kSmall;
  const std::size_t at = text.find(line);
  EXPECT_NE(at, std::string::npos) << line;
  return text.replace(at, line.size(), replacement);
}

// A project that sets every key, none to its default.
constexpr std::string_view kFull = R"toml(
name = "full-1"
[data]
train = ["a.csv", "$MOTE_DATA/b.csv"]
validation = "v.csv"
test = "${MOTE_DATA}/t/*.csv"
reader = "other"
label = "kind"
labels = ["N", "S"]
ignore = ["Q"]
group = "person"
split = "column"
split_column = "part"
validation_share = 0.1
test_share = 0
seed = 7
missing = "drop"
[[data.input]]
name = "wave"
columns = ["s0..s9"]
unit = "mV"
rate = 125.5
offset = 512
scale = 0.5
clip = [-1, 2.5]
series = true
[[data.input]]
name = "rest"
columns = "a / b"
series = false
[model]
template = "cnn1d"
width = 12
[train]
epochs = 3
batch = 16
optimizer = "sgd"
learning_rate = 1
weight_decay = 0.5
momentum = 0.8
schedule = "constant"
warmup_epochs = 1.5
patience = 4
monitor = "accuracy"
class_weights = [1, 2.5]
label_smoothing = 0.1
augment = { noise = 0.25, scale = 0.125, shift = 3, offset = 0.75 }
seed = 9
[quantize]
calibration = "mse"
percentile = 99
headroom = 0.5
samples = "all"
[[target]]
name = "cortex-m0"
optimize = "ram"
flash_kb = 32
ram_kb = 4.5
latency_ms = 2.5
samples = 50
[[target]]
name = "host"
)toml";

TEST(Project, EveryKeyArrives) {
  const auto project = parse(kFull);
  ASSERT_TRUE(project) << project.error().message;
  EXPECT_EQ(project->name, "full-1");
  const DataSource& data = project->data;
  EXPECT_EQ(data.name, "full-1");
  EXPECT_EQ(data.split_files.at(Split::Train),
            (std::vector<fs::path>{"/home/me/heart/a.csv", "/data/b.csv"}));
  EXPECT_EQ(data.split_files.at(Split::Validation), (std::vector<fs::path>{"/home/me/heart/v.csv"}));
  EXPECT_EQ(data.split_files.at(Split::Test), (std::vector<fs::path>{"/data/t/*.csv"}));
  EXPECT_EQ(data.reader, "other");
  EXPECT_EQ(data.label_column, "kind");
  EXPECT_EQ(data.labels, (std::vector<std::string>{"N", "S"}));
  EXPECT_EQ(data.ignore_labels, (std::vector<std::string>{"Q"}));
  EXPECT_EQ(data.group_column, "person");
  EXPECT_EQ(data.split_by, "column");
  EXPECT_EQ(data.split_column, "part");
  EXPECT_EQ(data.validation_fraction, 0.1);
  EXPECT_EQ(data.test_fraction, 0.0);
  EXPECT_EQ(data.seed, 7u);
  EXPECT_EQ(data.missing, "drop");
  ASSERT_EQ(data.inputs.size(), 2u);
  EXPECT_EQ(data.inputs[0].name, "wave");
  EXPECT_EQ(data.inputs[0].columns, (std::vector<std::string>{"s0..s9"}));
  EXPECT_EQ(data.inputs[0].unit, "mV");
  EXPECT_EQ(data.inputs[0].rate_hz, 125.5);
  EXPECT_EQ(data.inputs[0].offset, 512.0);
  EXPECT_EQ(data.inputs[0].scale, 0.5);
  EXPECT_EQ(data.inputs[0].clip_low, -1.0);
  EXPECT_EQ(data.inputs[0].clip_high, 2.5);
  EXPECT_TRUE(data.inputs[0].series);
  EXPECT_EQ(data.inputs[1].columns, (std::vector<std::string>{"a / b"}));
  EXPECT_FALSE(data.inputs[1].series);
  EXPECT_EQ(data.inputs[1].scale, 1.0);
  EXPECT_EQ(data.inputs[1].clip_low, -std::numeric_limits<double>::infinity());
  EXPECT_EQ(project->model.template_name, "cnn1d");
  EXPECT_EQ(project->model.width, 12);
  const TrainOptions& train = project->train;
  EXPECT_EQ(train.epochs, 3);
  EXPECT_EQ(train.batch, 16);
  EXPECT_EQ(train.optimizer, "sgd");
  EXPECT_EQ(train.learning_rate, 1.0);
  EXPECT_EQ(train.weight_decay, 0.5);
  EXPECT_EQ(train.momentum, 0.8);
  EXPECT_EQ(train.schedule, "constant");
  EXPECT_EQ(train.warmup_epochs, 1.5);
  EXPECT_EQ(train.patience, 4);
  EXPECT_EQ(train.monitor, "accuracy");
  EXPECT_EQ(train.class_weights, (std::vector<double>{1, 2.5}));
  EXPECT_FALSE(train.balanced_class_weights);
  EXPECT_EQ(train.label_smoothing, 0.1);
  EXPECT_EQ(train.augment_noise, 0.25);
  EXPECT_EQ(train.augment_scale, 0.125);
  EXPECT_EQ(train.augment_shift, 3.0);
  EXPECT_EQ(train.augment_offset, 0.75);
  EXPECT_EQ(train.seed, 9u);
  EXPECT_EQ(project->quantize.calibration, "mse");
  EXPECT_EQ(project->quantize.percentile, 99.0);
  EXPECT_EQ(project->quantize.headroom, 0.5);
  EXPECT_EQ(project->calibration_samples, 0);
  ASSERT_EQ(project->targets.size(), 2u);
  EXPECT_EQ(project->targets[0].name, "cortex-m0");
  EXPECT_EQ(project->targets[0].optimize, "ram");
  EXPECT_EQ(project->targets[0].flash_kb, 32.0);
  EXPECT_EQ(project->targets[0].ram_kb, 4.5);
  EXPECT_EQ(project->targets[0].latency_ms, 2.5);
  EXPECT_EQ(project->targets[0].samples, 50);
  EXPECT_EQ(project->targets[1].optimize, "speed");
}

TEST(Project, EveryKeyArrivesFromAGeneratorToo) {
  const auto project = parse(
      "name = \"synth\"\n[data]\ngenerator = \"ecg\"\nsynth = { subjects = 5, beats = 50, noise = 0.5, seed "
      "= 3 }\n[model]\nlayers = \"beat: flatten | dense labels | softmax\"\n");
  ASSERT_TRUE(project) << project.error().message;
  EXPECT_TRUE(project->is_generated());
  EXPECT_EQ(project->synth.generator, "ecg");
  EXPECT_EQ(project->synth.ecg.subjects, 5);
  EXPECT_EQ(project->synth.ecg.beats_per_subject, 50);
  EXPECT_EQ(project->synth.ecg.noise, 0.5);
  EXPECT_EQ(project->synth.ecg.seed, 3u);
  ASSERT_EQ(project->model.chains.size(), 1u);
  EXPECT_EQ(project->data.label_column, "label");
  EXPECT_EQ(project->data.group_column, "subject");
  EXPECT_EQ(project->data.split_by, "group");
  EXPECT_EQ(project->data.inputs.size(), 2u);
}

TEST(Project, ValidationGroupsArrive) {
  const auto project =
      parse(with("label = \"class\"\n",
                 "label = \"class\"\ngroup = \"person\"\nvalidation_groups = [\"114\", \"205\"]\n"));
  ASSERT_TRUE(project) << project.error().message;
  EXPECT_EQ(project->data.validation_groups, (std::vector<std::string>{"114", "205"}));
}

// Every key of series, windows, numbers and pictures.
constexpr const char* kSeries = R"toml(name = "series"

[data]
source = "walk.csv"
reader = "csv_series"
manifest = "split.csv"
path = "{who}_{n}.csv"
task = "forecast"
target = "pulse"
target_unit = "1/min"
horizon = 30
predict = "change"
cap = 125
remaining = "left.txt"
normal = ["0"]
threshold = 0.95
header = ["t", "x0..x2"]
decimal = ","
missing_values = ["NA"]
time = ["date", "clock"]
time_unit = "ms"
month_first = true
sort = true
recording = "who"
rows = 119
sensor = "kind"
gap = 2.5
intervals = "windows.json"
window = 2
hop = 0.5
steps = 64
align = "end"
shorter = "edge"
around = "beat"
before = 0.25
test_windows = "last"
label_at = "most"
size = [96, 64]
color = "grey"
fit = "crop"
format = "rgb565"
hmac_key = "secret"
label = "kind"
rename = { "1" = "fault" }
group = "who"
split = "k-fold"
folds = 4
fold = 3
train_length = 400

[[data.input]]
name = "motion"
stream = "0"
period = 0.05
normalize = "range"
summary = ["mean", "deviation"]
shape = [8, 8, 1]

[model]
template = "mlp"

[train]
schedule = "step"
step_epochs = 7
step_factor = 0.3
clip_norm = 2
ema = 0.99
loss = "huber"
focal_gamma = 3
huber_delta = 0.5
quantile = 0.9
sampling = "balanced"
mixup = 0.2
augment = { time_warp = 0.1, time_mask = 4, channel_mask = 2, rotate = 10, flip = "both", crop = 3, brightness = 0.1, contrast = 0.2 }
)toml";

TEST(Project, SaysAllOfASeries) {
  const auto project = parse(kSeries);
  ASSERT_TRUE(project) << project.error().message << project.error().hint;
  EXPECT_EQ(project->quantize.headroom, 0.1) << "the default of numbers";
  const DataSource& data = project->data;
  EXPECT_EQ(data.reader, "csv_series");
  EXPECT_EQ(data.manifest.filename(), "split.csv");
  EXPECT_EQ(data.path_pattern, "{who}_{n}.csv");
  EXPECT_EQ(data.task, "forecast");
  EXPECT_EQ(data.target.columns, (std::vector<std::string>{"pulse"}));
  EXPECT_EQ(data.target.unit, "1/min");
  EXPECT_EQ(data.target.horizon, 30);
  EXPECT_TRUE(data.target.change);
  EXPECT_EQ(data.target.cap, 125);
  EXPECT_EQ(data.target.remaining.filename(), "left.txt");
  EXPECT_EQ(data.normal_labels, (std::vector<std::string>{"0"}));
  EXPECT_EQ(project->threshold_share, 0.95);
  EXPECT_EQ(data.csv.header, (std::vector<std::string>{"t", "x0..x2"}));
  EXPECT_EQ(data.csv.decimal, ',');
  EXPECT_EQ(data.csv.missing_words, (std::vector<std::string>{"NA"}));
  EXPECT_EQ(data.series.time, (std::vector<std::string>{"date", "clock"}));
  EXPECT_EQ(data.series.time_unit, "ms");
  EXPECT_TRUE(data.series.month_first);
  EXPECT_TRUE(data.series.sort);
  EXPECT_EQ(data.series.recording, "who");
  EXPECT_EQ(data.series.rows, 119);
  EXPECT_EQ(data.series.sensor, "kind");
  EXPECT_EQ(data.series.gap, 2.5);
  EXPECT_EQ(data.series.intervals.filename(), "windows.json");
  EXPECT_EQ(data.window.length, 2);
  EXPECT_EQ(data.window.hop, 0.5);
  EXPECT_EQ(data.window.steps, 64);
  EXPECT_EQ(data.window.align, "end");
  EXPECT_EQ(data.window.shorter, "edge");
  EXPECT_EQ(data.window.around, "beat");
  EXPECT_EQ(data.window.before, 0.25);
  EXPECT_TRUE(data.window.test_last);
  EXPECT_EQ(data.window.label_at, "most");
  EXPECT_EQ(data.image.width, 96);
  EXPECT_EQ(data.image.height, 64);
  EXPECT_EQ(data.image.channels, 1);
  EXPECT_EQ(data.image.fit, "crop");
  EXPECT_EQ(data.image.format, "rgb565");
  EXPECT_EQ(data.hmac_key, "secret");
  EXPECT_EQ(data.rename, (std::map<std::string, std::string>{{"1", "fault"}}));
  EXPECT_EQ(data.split_by, "k-fold");
  EXPECT_EQ(data.folds, 4);
  EXPECT_EQ(data.fold, 3);
  EXPECT_EQ(data.train_length, 400);
  EXPECT_EQ(data.inputs[0].stream, "0");
  EXPECT_EQ(data.inputs[0].rate_hz, 20);
  EXPECT_EQ(data.inputs[0].normalize, "range");
  EXPECT_EQ(data.inputs[0].shape, (std::vector<std::int64_t>{8, 8, 1}));
  EXPECT_EQ(data.inputs[0].summary, (std::vector<std::string>{"mean", "deviation"}));
  const TrainOptions& train = project->train;
  EXPECT_EQ(train.schedule, "step");
  EXPECT_EQ(train.step_epochs, 7);
  EXPECT_EQ(train.step_factor, 0.3);
  EXPECT_EQ(train.clip_norm, 2);
  EXPECT_EQ(train.ema, 0.99);
  EXPECT_EQ(train.loss, "huber");
  EXPECT_EQ(train.focal_gamma, 3);
  EXPECT_EQ(train.huber_delta, 0.5);
  EXPECT_EQ(train.quantile, 0.9);
  EXPECT_EQ(train.sampling, "balanced");
  EXPECT_EQ(train.mixup, 0.2);
  EXPECT_EQ(train.augment_time_warp, 0.1);
  EXPECT_EQ(train.augment_time_mask, 4);
  EXPECT_EQ(train.augment_channel_mask, 2);
  EXPECT_EQ(train.augment_rotate, 10);
  EXPECT_EQ(train.augment_flip, "both");
  EXPECT_EQ(train.augment_crop, 3);
  EXPECT_EQ(train.augment_brightness, 0.1);
  EXPECT_EQ(train.augment_contrast, 0.2);
}

TEST(Project, TheTestsAboveKnowEveryKeyOfTheTable) {
  const auto full = parse(kFull), series = parse(kSeries);
  ASSERT_TRUE(full);
  ASSERT_TRUE(series);
  for (const ProjectKey& key : project_keys()) {
    const std::string name = key.table.empty() ? std::string(key.name) : text::cat(key.table, ".", key.name);
    const bool elsewhere = key.table == "data.synth" || name == "data.source" || name == "data.generator" ||
                           name == "data.validation_groups" || name == "model.layers";
    EXPECT_TRUE(full->lines.count(name) || series->lines.count(name) || elsewhere) << name;
  }
}

TEST(Project, DefaultsAreThoseOfTheOptionsThemselves) {
  const auto project = parse(kSmall);
  ASSERT_TRUE(project) << project.error().message;
  const TrainOptions train;
  EXPECT_EQ(project->train.epochs, train.epochs);
  EXPECT_EQ(project->train.batch, train.batch);
  EXPECT_EQ(project->train.optimizer, train.optimizer);
  EXPECT_EQ(project->train.learning_rate, train.learning_rate);
  EXPECT_EQ(project->train.weight_decay, train.weight_decay);
  EXPECT_EQ(project->train.momentum, train.momentum);
  EXPECT_EQ(project->train.schedule, train.schedule);
  EXPECT_EQ(project->train.warmup_epochs, train.warmup_epochs);
  EXPECT_EQ(project->train.patience, train.patience);
  EXPECT_EQ(project->train.monitor, train.monitor);
  EXPECT_TRUE(project->train.class_weights.empty());
  EXPECT_EQ(project->train.balanced_class_weights, train.balanced_class_weights);
  EXPECT_EQ(project->train.label_smoothing, train.label_smoothing);
  EXPECT_EQ(project->train.augment_noise, train.augment_noise);
  EXPECT_EQ(project->train.augment_scale, train.augment_scale);
  EXPECT_EQ(project->train.augment_shift, train.augment_shift);
  EXPECT_EQ(project->train.augment_offset, train.augment_offset);
  EXPECT_EQ(project->train.seed, train.seed);
  EXPECT_EQ(project->quantize.calibration, QuantizeOptions().calibration);
  EXPECT_EQ(project->quantize.percentile, QuantizeOptions().percentile);
  EXPECT_EQ(project->quantize.headroom, 0.0) << "classes need none";
  const DataSource data;
  EXPECT_EQ(project->data.reader, data.reader);
  EXPECT_EQ(project->data.validation_fraction, data.validation_fraction);
  EXPECT_EQ(project->data.test_fraction, data.test_fraction);
  EXPECT_EQ(project->data.seed, data.seed);
  EXPECT_EQ(project->data.missing, data.missing);
  EXPECT_EQ(project->data.split_by, "random");
  EXPECT_EQ(project->synth.ecg.subjects, EcgOptions().subjects);
  EXPECT_EQ(project->synth.ecg.beats_per_subject, EcgOptions().beats_per_subject);
  EXPECT_EQ(project->synth.ecg.noise, EcgOptions().noise);
  EXPECT_EQ(project->synth.ecg.seed, EcgOptions().seed);
  ASSERT_EQ(project->targets.size(), 1u);
  EXPECT_EQ(project->targets[0].name, "cortex-m4");
  EXPECT_EQ(project->targets[0].optimize, "speed");
}

TEST(Project, AGroupIsKeptWholeUnlessAskedOtherwise) {
  EXPECT_EQ(parse(with("label = \"class\"\n", "label = \"class\"\ngroup = \"person\"\n"))->data.split_by,
            "group");
  EXPECT_EQ(parse(with("label = \"class\"\n", "label = \"class\"\ngroup = \"person\"\nsplit = \"random\"\n"))
                ->data.split_by,
            "random");
  EXPECT_EQ(parse(with("label = \"class\"\n", "label = \"class\"\nsplit_column = \"s\"\n"))->data.split_by,
            "column");
}

TEST(Project, BalancedClassWeightsAndSingleTargetTable) {
  const auto project = parse(kSmall + "[train]\nclass_weights = \"balanced\"\n[target]\nname = \"avr\"\n");
  ASSERT_TRUE(project) << project.error().message;
  EXPECT_TRUE(project->train.balanced_class_weights);
  ASSERT_EQ(project->targets.size(), 1u);
  EXPECT_EQ(project->targets[0].name, "avr");
}

TEST(Project, TheExampleIsAHeartMonitorOfTwoInputs) {
  const auto project = parse(project_example());
  ASSERT_TRUE(project) << project.error().message;
  EXPECT_EQ(project->data.split_files.at(Split::Train)[0], "/data/mitbih-beats/beats_train.csv");
  const std::vector<NetworkInput> inputs = {{"beat", "mV", 125, {125, 1}}, {"rr", "", 0, {3}}};
  const auto module = build_network(project->model, inputs, project->data.labels);
  ASSERT_TRUE(module) << module.error().message;
  EXPECT_EQ(module->main().tensor(module->main().outputs[0]).type.shape, (Shape{1, 4}));
}

TEST(Project, GeneratedColumnsAreThoseOfTheGenerator) {
  auto project = parse(
      "name = \"synth\"\n[data]\ngenerator = \"ecg\"\nsynth = { subjects = 12, beats = 30 "
      "}\n[model]\ntemplate = \"cnn1d\"\n");
  ASSERT_TRUE(project) << project.error().message;
  auto scratch = ScratchFolder::make("project_test");
  ASSERT_TRUE(scratch);
  const auto csv = synthesize_ecg_csv(project->synth.ecg);
  ASSERT_TRUE(csv) << csv.error().message;
  project->data.files = {scratch->path() / "beats.csv"};
  ASSERT_TRUE(write_text(project->data.files[0], *csv));
  const auto data = load_dataset(project->data);
  ASSERT_TRUE(data) << data.error().message;
  EXPECT_TRUE(build_network(project->model, network_inputs(*data), data->labels));
}

TEST(Project, TheExampleFitsTheRealHeartbeats) {
  const fs::path folder = default_data_folder(MOTE_SOURCE_DIR);
  if (!fs::exists(folder / "mitbih-beats" / "beats_train.csv")) GTEST_SKIP() << "no heartbeats in $MOTE_DATA";
  auto project = parse_project(project_example(), "mote.toml", ".", folder);
  ASSERT_TRUE(project) << project.error().message;
  ASSERT_TRUE(find_data_files(*project));
  const auto data = load_dataset(project->data);
  ASSERT_TRUE(data) << data.error().message << data.error().hint;
  EXPECT_EQ(data->inputs[0].shape, (std::vector<std::int32_t>{125, 1}));
  EXPECT_EQ(data->inputs[1].shape, (std::vector<std::int32_t>{3}));
  EXPECT_TRUE(build_network(project->model, network_inputs(*data), data->labels));
}

TEST(Project, EveryExampleBuildsItsNetwork) {
  int seen = 0;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(MOTE_SOURCE_DIR) / "examples")) {
    if (entry.path().extension() != ".toml") continue;
    ++seen;
    const auto content = read_text(entry.path());
    ASSERT_TRUE(content) << content.error().message;
    const auto project = parse_project(*content, entry.path().string(), entry.path().parent_path(), "/data");
    ASSERT_TRUE(project) << project.error().message << " / " << project.error().hint;
    if (!project->is_generated()) continue;  // real recordings need not be here
    const auto csv = synthesize_ecg_csv(project->synth.ecg);
    ASSERT_TRUE(csv) << csv.error().message;
    const auto table = parse_csv(*csv, "generated");
    ASSERT_TRUE(table) << table.error().message;
    const auto data = make_dataset(project->data, std::span(&*table, 1));
    ASSERT_TRUE(data) << entry.path() << ": " << data.error().message;
    EXPECT_GE(data->indices(Split::Test).size(), 200u) << entry.path();
    const auto module = build_network(project->model, network_inputs(*data), data->labels);
    EXPECT_TRUE(module) << entry.path() << ": " << module.error().message;
  }
  EXPECT_GE(seen, 2);
}

TEST(Project, TheHeartMonitorSplitsRealPatientsAsItSays) {
  const fs::path folder = default_data_folder(MOTE_SOURCE_DIR);
  if (!fs::exists(folder / "mitbih-beats" / "beats_train.csv")) GTEST_SKIP() << "no heartbeats in $MOTE_DATA";
  const fs::path file = fs::path(MOTE_SOURCE_DIR) / "examples" / "heart-monitor" / "mote.toml";
  const auto content = read_text(file);
  ASSERT_TRUE(content) << content.error().message;
  auto project = parse_project(*content, "mote.toml", file.parent_path(), folder);
  ASSERT_TRUE(project) << project.error().message;
  const auto data = load_dataset(project->data);
  ASSERT_TRUE(data) << data.error().message << data.error().hint;
  EXPECT_EQ(data->indices(Split::Test).size(), 2698u);
  EXPECT_EQ(data->indices(Split::Train).size(), 4828u);
  EXPECT_EQ(data->indices(Split::Validation).size(), 677u);
  const auto& rhythm = data->inputs[1].values;
  EXPECT_GE(*std::min_element(rhythm.begin(), rhythm.end()), -4);
  EXPECT_EQ(*std::max_element(rhythm.begin(), rhythm.end()), 8) << "the interval of 100 s, clipped";
  EXPECT_TRUE(build_network(project->model, network_inputs(*data), data->labels));
}

TEST(Project, LinesOfLayersAreLinesOfTheFile) {
  const auto below =
      failure(with("template = \"mlp\"\n", "layers = \"\"\"\n  x: dense 3\n  reluu\n\"\"\"\n"));
  EXPECT_EQ(below, "mote.toml, line 11, layer 2 'reluu': unknown layer 'reluu' / did you mean 'relu'?");
  const auto beside = failure(with("template = \"mlp\"\n", "layers = '''x: dense 3\n  reluu'''\n"));
  EXPECT_EQ(beside, "mote.toml, line 10, layer 2 'reluu': unknown layer 'reluu' / did you mean 'relu'?");
  const auto single = failure(with("template = \"mlp\"\n", "layers = \"x: reluu\"\n"));
  EXPECT_EQ(single, "mote.toml, line 9, layer 1 'reluu': unknown layer 'reluu' / did you mean 'relu'?");
}

struct Slip {
  std::string text;
  const char* message;
};

TEST(Project, EverySlipIsNamedWithItsLine) {
  const Slip slips[] = {
      {with("label =", "labl ="), "mote.toml, line 4: unknown key 'labl' in [data] / did you mean 'label'?"},
      {with("[model]", "[modell]"), "mote.toml, line 8: unknown table [modell] / did you mean 'model'?"},
      {"epochs = 3\n" + kSmall,
       "mote.toml, line 1: unknown key 'epochs' in the top of the file / 'epochs' belongs in [train]"},
      {with("name = \"x\"\n", "name = \"x\"\ncolour = 1\n"),
       "mote.toml, line 7: unknown key 'colour' in [[data.input]]"},
      {kSmall + "[data.synt]\n", "mote.toml, line 10: unknown table [data.synt] / did you mean 'synth'?"},
      {with("label = \"class\"", "label = 3"),
       "mote.toml, line 4: 'label' in [data] must be a text in quotes, not a whole number / for example: "
       "label = \"label\""},
      {with("label = \"class\"", "label = \"\""), "mote.toml, line 4: 'label' in [data] is empty"},
      {with("label = \"class\"", "label = \"a\\nb\""),
       "mote.toml, line 4: 'label' in [data] has a control character"},
      {with("source = \"a.csv\"", "source = 1979-05-27"),
       "mote.toml, line 3: 'source' in [data] must be a text or a list of texts, not a date or time"},
      {with("source = \"a.csv\"", "source = [\"a\", 3]"),
       "mote.toml, line 3: 'source' in [data] must be a text or a list of texts, not a whole number"},
      {with("source = \"a.csv\"", "source = []"), "mote.toml, line 3: 'source' in [data] is an empty list"},
      {with("columns = [\"a\", \"b\"]", "columns = [\"a\", \"a\"]"),
       "mote.toml, line 7: 'columns' in [[data.input]] has 'a' twice"},
      {with("name = \"x\"\n", "name = \"x y\"\n"),
       "mote.toml, line 6: 'name' in [[data.input]] is no name: 'x y'"},
      {with("name = \"x\"\n", "name = \"x\"\nclip = [3, -3]\n"),
       "mote.toml, line 7: 'clip' in [[data.input]] must be two numbers, the lower first / for example: "
       "clip = [-5, 5]"},
      {with("name = \"x\"\n", "name = \"x\"\nclip = [3]\n"),
       "mote.toml, line 7: 'clip' in [[data.input]] must be two numbers, the lower first"},
      {with("name = \"x\"\n", "name = \"x\"\nclip = 3\n"),
       "mote.toml, line 7: 'clip' in [[data.input]] must be two numbers, the lower first, not a whole "
       "number"},
      {with("name = \"x\"\n", "name = \"x\"\nclip = [nan, 1]\n"),
       "mote.toml, line 7: 'clip' in [[data.input]] is not a finite number"},
      {with("label = \"class\"\n", "label = \"class\"\nvalidation_groups = [\"p1\"]\n"),
       "mote.toml, line 5: 'validation_groups' needs 'group'"},
      {with("label = \"class\"\n",
            "label = \"class\"\ngroup = \"who\"\nvalidation_share = 0.1\nvalidation_groups = [\"p1\"]\n"),
       "mote.toml, line 7: 'validation_groups' beside 'validation_share'"},
      {with("name = \"x\"\n", ""), "mote.toml, line 5: 'name' is missing in [[data.input]]"},
      {with("name = \"tiny\"\n", ""), "mote.toml, line 1: 'name' is missing in the top of the file"},
      {with("label = \"class\"\n", ""), "mote.toml, line 2: 'label' is missing in [data]"},
      {with("source = \"a.csv\"\n", ""), "mote.toml, line 2: [data] says no source of samples"},
      {with("source = \"a.csv\"\n", "source = \"a.csv\"\ngenerator = \"ecg\"\n"),
       "mote.toml, line 2: [data] says more than one source"},
      {with("source = \"a.csv\"\n", "test = \"a.csv\"\n"),
       "mote.toml, line 2: 'train' is missing in [data], which names other files"},
      {"name = \"a\"\n", "mote.toml: [data] is missing"},
      {with("[model]\ntemplate = \"mlp\"\n", ""), "mote.toml: [model] is missing"},
      {with("template = \"mlp\"\n", ""), "mote.toml, line 8: [model] has neither 'layers' nor 'template'"},
      {with("template = \"mlp\"\n", "template = \"mlp\"\nlayers = \"relu\"\n"),
       "mote.toml, line 9: [model] has both 'layers' and 'template'"},
      {with("template = \"mlp\"", "template = \"mlpp\""),
       "mote.toml, line 9: 'template' in [model] cannot be 'mlpp' / did you mean 'mlp'?"},
      {with("template = \"mlp\"\n", "layers = \"y: dense labels | softmax\"\n"),
       "mote.toml, line 9: there is no input or earlier result 'y'"},
      {with("template = \"mlp\"\n", "width = 3\nlayers = \"x: dense labels | softmax\"\n"),
       "mote.toml, line 9: 'width' belongs to a template"},
      {kSmall + "[train]\nepochs = 0\n",
       "mote.toml, line 11: 'epochs' in [train] is out of range: 1 … 100000"},
      {kSmall + "[train]\nepochs = 3.0\n",
       "mote.toml, line 11: 'epochs' in [train] must be a whole number, not a number with a fraction / for "
       "example: epochs = 30"},
      {kSmall + "[train]\nlearning_rate = nan\n",
       "mote.toml, line 11: 'learning_rate' in [train] is not a finite number"},
      {kSmall + "[train]\nlearning_rate = inf\n",
       "mote.toml, line 11: 'learning_rate' in [train] is not a finite number"},
      {kSmall + "[train]\nlearning_rate = -1\n",
       "mote.toml, line 11: 'learning_rate' in [train] is out of range"},
      {with("name = \"x\"\n", "name = \"x\"\nrate = 3\nperiod = 3\n"),
       "mote.toml, line 8: 'rate' and 'period' of one input / keep one of them"},
      {with("label = \"class\"", "size = [8]"),
       "line 4: 'size' in [data] must be a list of two whole numbers, not 1 / for example: size = [8, 8]"},
      {with("label = \"class\"", "size = [8, 8, 3]"), "must be a list of two whole numbers, not 3"},
      {with("label = \"class\"", "label = [\"rain\", \"wind\"]"),
       "must be a text in quotes, not a list / several labels at once: task = \"multi-label\""},
      {with("columns = [\"a\", \"b\"]", "columns = []"), "for example: columns = [\"a\", \"b\"]"},
      {kSmall + "[train]\noptimizer = \"adam\"\n",
       "mote.toml, line 11: 'optimizer' in [train] cannot be 'adam' / did you mean 'adamw'?"},
      {kSmall + "[train]\nclass_weights = [1, -2]\n",
       "mote.toml, line 11: 'class_weights' in [train] is out of range"},
      {kSmall + "[train]\nclass_weights = [1, 2]\n",
       "mote.toml, line 11: 'class_weights' needs 'labels' in [data]"},
      {with("label = \"class\"\n", "label = \"class\"\nlabels = [\"a\", \"b\"]\n") +
           "[train]\nclass_weights = [1]\n",
       "mote.toml, line 12: 'class_weights' has 1 numbers for 2 labels"},
      {with("label = \"class\"\n", "label = \"class\"\nlabels = [\"a\"]\n"),
       "mote.toml, line 5: 'labels' in [data] names one class"},
      {with("label = \"class\"\n", "label = \"class\"\nlabels = [\"a\", \"b\"]\nignore = [\"b\"]\n"),
       "mote.toml, line 6: 'b' stands in 'labels' and in 'ignore'"},
      {with("label = \"class\"\n", "label = \"class\"\nsplit = \"group\"\n"),
       "mote.toml, line 5: split = \"group\" needs 'group'"},
      {with("label = \"class\"\n", "label = \"class\"\nsplit = \"column\"\n"),
       "mote.toml, line 5: split = \"column\" needs 'split_column'"},
      {with("label = \"class\"\n", "label = \"class\"\nsplit = \"file\"\n"),
       "mote.toml, line 5: split = \"file\" needs files by split"},
      {with("label = \"class\"\n", "label = \"class\"\nsplit = \"random\"\nsplit_column = \"s\"\n"),
       "mote.toml, line 6: 'split_column' has no meaning"},
      {with("label = \"class\"\n", "label = \"class\"\ntest_share = 0.8\n"),
       "mote.toml, line 5: 'validation_share' and 'test_share' leave nothing"},
      {with("name = \"x\"\n", "name = \"x\"\nscale = 0\n"), "mote.toml, line 7: 'scale' of input 'x' is 0"},
      {kSmall + "[data.synth]\nbeats = 3\n", "mote.toml, line 10: [data.synth] without a generator"},
      {kSmall + "[[data.input]]\nname = \"x\"\ncolumns = [\"c\"]\n", "two inputs are named 'x'"},
      {kSmall + "[[target]]\nname = \"avr\"\n[[target]]\nname = \"avr\"\n",
       "two targets are 'avr' with optimize = \"speed\""},
      {kSmall + "[[target]]\noptimize = \"size\"\n", "mote.toml, line 10: 'name' is missing in [[target]]"},
      {kSmall + "[quantize]\nsamples = \"some\"\n",
       "mote.toml, line 11: 'samples' in [quantize] must be a whole number or \"all\", not a text"},
      {with("[model]\ntemplate = \"mlp\"\n", "") + "[[model]]\ntemplate = \"mlp\"\n",
       "mote.toml, line 8: 'model' must be a table"},
      {"train = 3\n" + kSmall, "mote.toml, line 1: 'train' must be a table / write: [train]"},
      {"target = [1]\n" + kSmall, "mote.toml, line 1: 'target' must be a table / write: [[target]]"},
      {with("source = \"a.csv\"", "source = \"$HOME/a.csv\""),
       "mote.toml, line 3: unknown variable in '$HOME/a.csv'"},
      {with("source = \"a.csv\"", "source = \"$MOTE_DATAX/a.csv\""), "mote.toml, line 3: unknown variable"},
      {with("[model]", "[model"), "mote.toml, line 8, column"},
      {with("label = \"class\"\n", "label = \"class\"\nlabel = \"b\"\n"), "mote.toml, line 5, column"},
      {with("label = \"class\"", "label = \"class"), "mote.toml, line 4, column"},
      {with("label = \"class\"", "label = \"\xff\xfe\""), "mote.toml, line 4, column"},
      {with("label = \"class\"", std::string("label = \"a\0b\"", 13)), "mote.toml, line 4, column"},
      {kSmall + "[data]\n", "mote.toml, line 10, column"},
      {kSmall + "a.b.c.d.e.f.g.h.i.j = 1\n", "mote.toml, line 10: a key with more than 8 parts"},
      {"x = " + std::string(5000, '['), "mote.toml, line 1, column"},
      {std::string(1'000'001, '#'), "mote.toml: the file has 1,000,001 bytes"},
      {"", "mote.toml, line 1: 'name' is missing"},
  };
  for (const Slip& slip : slips) {
    const std::string message = failure(slip.text);
    EXPECT_NE(message.find(slip.message), std::string::npos)
        << "gave " << message << "\nnot  " << slip.message;
    EXPECT_EQ(message.find("mote.toml"), 0u) << message;
  }
}

TEST(Project, TheFirstSlipOfTheFileIsNamedFirst) {
  EXPECT_EQ(failure(kSmall + "[train]\nepochs = 0\nbatch = 0\n").find("mote.toml, line 11"), 0u);
  EXPECT_EQ(failure(kSmall + "[train]\nbatch = 0\nepochs = 0\n").find("mote.toml, line 11"), 0u);
}

TEST(Project, DataFolderThatIsNotThereIsAnErrorOnlyWhenUsed) {
  EXPECT_TRUE(parse_project(kSmall, "mote.toml", "."));
  const auto project = parse_project(with("\"a.csv\"", "\"$MOTE_DATA/a.csv\""), "mote.toml", ".");
  ASSERT_FALSE(project);
  EXPECT_EQ(project.error().message, "mote.toml, line 3: $MOTE_DATA in '$MOTE_DATA/a.csv' is not set");
}

TEST(Project, DeepKeysDoNotExhaustTheStack) {
  std::string dotted = "a";
  for (int i = 0; i < 300'000; ++i) dotted += ".a";
  for (const std::string& text : {dotted + " = 1\n", "[" + dotted + "]\n", "x = {" + dotted + " = 1}",
                                  "x = \"\"\"a\"\"\"\"\ny = '''\n'''" + dotted})
    EXPECT_FALSE(parse(text));
  EXPECT_TRUE(parse("# " + dotted + "\n" + kSmall)) << "a comment may hold as many dots as it likes";
  EXPECT_TRUE(parse(with("\"a.csv\"", "\"a.b.c.d.e.f.g.h.i.j.csv\"")));
  EXPECT_TRUE(parse(with("label = \"class\"\n", "label = \"\"\"a\\\"\"\"\" # ''\n")));
}

// Changed bytes, cut and repeated pieces, and words of the format in wrong places: a Project or an error that names the file.
TEST(Project, TwentyThousandMutationsDoNoHarm) {
  const std::string seeds[] = {std::string(kFull), std::string(project_example()), kSmall};
  const std::string words[] = {"\"",         "'''", "\"\"\"", "[",       "]",
                               "{",          "}",   "=",      ".",       ",",
                               "\n",         "nan", "-",      "1e999",   "9223372036854775807",
                               "| conv1d 8", "->",  ":",      "\\u0000", "\xff",
                               "[[",         "]]"};
  const std::vector<NetworkInput> inputs = {{"beat", "", 125, {125, 1}}, {"rr", "", 0, {3}}};
  std::mt19937_64 random(1);
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  int accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text = seeds[below(3)];
    for (std::size_t edits = 1 + below(4); edits > 0 && !text.empty(); --edits) {
      const std::size_t at = below(text.size());
      switch (below(5)) {
        case 0:
          text[at] = static_cast<char>(random());
          break;
        case 1:
          text.erase(at, 1 + below(20));
          break;
        case 2:
          text.insert(at, words[below(std::size(words))]);
          break;
        case 3:
          text.insert(at, text.substr(below(text.size()), below(40)));
          break;
        case 4:
          text[at] = static_cast<char>('0' + below(10));
          break;
      }
    }
    const auto project = parse(text);
    if (!project) {
      ASSERT_EQ(project.error().message.find("mote.toml"), 0u) << project.error().message;
      continue;
    }
    ++accepted;
    if (round % 16 == 0) (void)build_network(project->model, inputs, {"N", "S", "V", "F"});
  }
  EXPECT_GT(accepted, 500) << "mutations should reach past the syntax";
}

TEST(DataFiles, PatternsAreExpandedSortedAndMissingFilesNamed) {
  auto scratch = ScratchFolder::make("project_test");
  ASSERT_TRUE(scratch);
  const fs::path folder = scratch->path();
  for (const char* name : {"part/b.csv", "part/a.csv", "part/c.txt", "part/.hidden.csv", "other/a.csv"})
    ASSERT_TRUE(write_text(folder / name, "x\n"));
  const auto load = [&](const std::string& source) {
    EXPECT_TRUE(write_text(folder / "mote.toml", with("\"a.csv\"", source)));
    return load_project(folder / "mote.toml");
  };
  EXPECT_EQ(load("\"part/*.csv\"")->data.files,
            (std::vector<fs::path>{folder / "part/a.csv", folder / "part/b.csv"}));
  EXPECT_EQ(load("\"*/?.csv\"")->data.files,
            (std::vector<fs::path>{folder / "other/a.csv", folder / "part/a.csv", folder / "part/b.csv"}));
  EXPECT_EQ(load("[\"part/b.csv\", \"other/a.csv\"]")->data.files,
            (std::vector<fs::path>{folder / "part/b.csv", folder / "other/a.csv"}));
  EXPECT_EQ(load("\"gone.csv\"").error().message.find("mote.toml, line 3: there is no file '"), 0u);
  EXPECT_EQ(load("\"gone*.csv\"").error().message.find("mote.toml, line 3: no file matches '"), 0u);
  EXPECT_FALSE(load_project(folder / "absent.toml"));
}

TEST(DataFolder, IsTheVariableOrElseBesideTheCheckout) {
  auto scratch = ScratchFolder::make("project_test");
  ASSERT_TRUE(scratch);
  const fs::path root = fs::weakly_canonical(scratch->path());
  fs::create_directories(root / "shared" / "data");
  fs::create_directories(root / "checkout" / "examples" / "one");
  const char* before = std::getenv("MOTE_DATA");
  const std::string saved = before ? before : "";
  unsetenv("MOTE_DATA");
  EXPECT_EQ(default_data_folder(root / "checkout" / "examples" / "one"), root / "shared" / "data");
  setenv("MOTE_DATA", "/elsewhere", 1);
  EXPECT_EQ(default_data_folder(root / "checkout"), fs::path("/elsewhere"));
  if (before)
    setenv("MOTE_DATA", saved.c_str(), 1);
  else
    unsetenv("MOTE_DATA");
}

TEST(ProjectReference, PageIsWhatTheTablesSay) {
  const fs::path page = fs::path(MOTE_SOURCE_DIR) / "docs" / "reference" / "mote-toml.md";
  if (std::getenv("MOTE_UPDATE_DOCS")) {
    ASSERT_TRUE(write_text(page, project_reference_markdown()));
  }
  const auto checked_in = read_text(page);
  ASSERT_TRUE(checked_in) << checked_in.error().message;
  EXPECT_EQ(*checked_in, project_reference_markdown()) << "run app_test once with MOTE_UPDATE_DOCS=1";
}

TEST(ProjectReference, EveryKeyHasASentence) {
  for (const ProjectKey& key : project_keys()) {
    EXPECT_GT(key.doc.size(), 5u) << key.name;
    EXPECT_EQ(key.doc.back(), '.') << key.name;
    EXPECT_EQ(key.doc.find('|'), std::string_view::npos) << key.name << ": would break the page's table";
  }
}

}  // namespace
}  // namespace mote
