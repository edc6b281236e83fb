// data_growth [--quick] [--into FOLDER]: how time and memory grow with the size of a data set.  Writes data.md and data.svg.
// Sets of made-up recordings, each four times the one before, are loaded and checked by a program of their own that may have
// kLimit of memory for values and cannot get more than kCeiling at all (RLIMIT_DATA): what is larger lies in a mapped file.
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>

#include "app/project.h"
#include "app/project_data.h"
#include "base/system.h"
#include "base/text.h"
#include "data/checks.h"
#include "report/svg.h"

namespace {
using namespace mote;
namespace fs = std::filesystem;
using text::cat;

constexpr int kLimit = 100;                           // MB of values in memory
constexpr rlim_t kCeiling = rlim_t{400} * 1'000'000;  // bytes of private memory, all in all

struct Kind {
  std::string name, project;
  std::string (*file)(int number);
  double values_each;  ///< values of a file's windows
};

std::uint32_t next(std::uint32_t& state) { return state = state * 1664525u + 1013904223u; }

/// 6 channels, 10,000 rows.
std::string csv_file(int number) {
  auto state = static_cast<std::uint32_t>(number + 1);
  std::string csv = "ax,ay,az,gx,gy,gz\n";
  for (int row = 0; row < 10'000; ++row) {
    for (int c = 0; c < 6; ++c) {
      const int value = static_cast<int>(next(state) >> 22) + row * (c + 1) % 97;
      csv += c == 0 ? "" : ",";
      csv += std::to_string(value);
    }
    csv += '\n';
  }
  return csv;
}

/// 2,000 rows of 128 numbers and a label.
std::string wide_file(int number) {
  auto state = static_cast<std::uint32_t>(number + 1);
  std::string csv = "label,machine";
  for (int c = 0; c < 128; ++c) csv += cat(",s", c);
  for (int row = 0; row < 2'000; ++row) {
    csv += cat("\n", row % 2 == 0 ? "a" : "b", ",", number);
    for (int c = 0; c < 128; ++c) csv += cat(",", next(state) >> 22);
  }
  return csv + "\n";
}

/// 10 s at 16 kHz.
std::string wav_file(int number) {
  constexpr std::uint32_t kFrames = 160'000, kRate = 16'000;
  auto state = static_cast<std::uint32_t>(number + 1);
  std::string wav = "RIFF";
  const auto put = [&](std::uint32_t value, int bytes) {
    for (int b = 0; b < bytes; ++b) wav += static_cast<char>(value >> (8 * b) & 255);
  };
  put(36 + kFrames * 2, 4);
  wav += "WAVEfmt ";
  for (const auto& [value, bytes] :
       {std::pair{16u, 4}, {1u, 2}, {1u, 2}, {kRate, 4}, {kRate * 2, 4}, {2u, 2}, {16u, 2}})
    put(value, bytes);
  wav += "data";
  put(kFrames * 2, 4);
  for (std::uint32_t i = 0; i < kFrames; ++i) put(next(state) >> 16, 2);
  return wav;
}

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all = {{"CSV series", R"(name = "growth"
[data]
source = "*.csv"
path = "{label}_{number}.csv"
reader = "csv_series"
label = "label"
group = "file"
window = 1.28
hop = 0.64
[[data.input]]
name = "motion"
columns = ["ax", "ay", "az", "gx", "gy", "gz"]
rate = 100
normalize = "standard"
[model]
template = "cnn1d"
)",
                                         csv_file, 155 * 128 * 6},
                                        {"CSV wide", R"(name = "growth"
[data]
source = "*.csv"
label = "label"
group = "machine"
[[data.input]]
name = "wave"
columns = "s0..s127"
normalize = "standard"
[model]
template = "cnn1d"
)",
                                         wide_file, 2'000 * 128},
                                        {"WAV", R"(name = "growth"
[data]
source = "*.wav"
path = "{label}_{number}.wav"
label = "label"
group = "file"
window = 1
hop = 0.5
[[data.input]]
name = "sound"
rate = 16000
[model]
template = "cnn1d"
)",
                                         wav_file, 19 * 16'000}};
  return all;
}

/// A line of /proc/self/status, in MB.
double status(const std::string& key) {
  const auto page = read_text("/proc/self/status");
  const std::size_t at = page ? page->find(key) : std::string::npos;
  if (at == std::string::npos) return 0;
  const std::string line = page->substr(at + key.size() + 1, page->find('\n', at) - at - key.size() - 1);
  const auto kilobytes = text::to_int(text::trim(line.substr(0, line.find("kB"))));
  return kilobytes ? static_cast<double>(*kilobytes) / 1000 : 0;
}

/// The child: loads and checks a project, and says how long it took and what it needed.
int measure(const std::string& project_file) {
  const rlimit limit{kCeiling, kCeiling};
  setrlimit(RLIMIT_DATA, &limit);
  std::atomic<bool> done = false;
  std::atomic<double> anonymous = 0;
  std::thread watch([&] {
    while (!done) {
      anonymous = std::max(anonymous.load(), status("RssAnon:"));
      usleep(3000);
    }
  });
  const double start = now_seconds();
  const auto project = load_project(project_file);
  const auto loaded = project ? load_project_data(*project) : Result<LoadedProject>(project.error());
  const double loaded_at = now_seconds();
  std::size_t findings = 0;
  if (loaded) findings = check_dataset(loaded->data).findings.size() + summarize(loaded->data).inputs.size();
  const double end = now_seconds();
  done = true;
  watch.join();
  if (!loaded) {
    std::cerr << loaded.error().message << "\n";
    return 2;
  }
  const nlohmann::json json = {{"samples", loaded->data.size()},
                               {"values", loaded->data.inputs[0].values.size()},
                               {"on_disk", loaded->data.inputs[0].values.is_on_disk()},
                               {"load", loaded_at - start},
                               {"check", end - loaded_at},
                               {"findings", findings},
                               {"private", anonymous.load()},
                               {"resident", status("VmHWM:")}};
  std::cout << json.dump() << "\n";
  return 0;
}

struct Row {
  std::string kind;
  double set_mb = 0, load = 0, check = 0, private_mb = 0, resident_mb = 0;
  std::int64_t samples = 0;
  bool on_disk = false;
};

Result<Row> run_one(const Kind& kind, int files, const std::string& self) {
  MOTE_TRY(const ScratchFolder folder, ScratchFolder::make("data_growth"));
  MOTE_TRY_VOID(write_text(folder.path() / "mote.toml", kind.project));
  const std::string ending = kind.name == "WAV" ? ".wav" : ".csv";
  for (int i = 0; i < files; ++i) {
    const std::string name = cat(i % 2 == 0 ? "a" : "b", "_", i, ending);
    MOTE_TRY_VOID(write_text(folder.path() / name, kind.file(i)));
  }
  MOTE_TRY(const ProcessOutput run, run_process({"env", cat("MOTE_DATA_MEMORY_MB=", kLimit), self,
                                                 "--measure", (folder.path() / "mote.toml").string()},
                                                folder.path(), 600));
  if (run.exit_code != 0) return error(cat(kind.name, ", ", files, " files: ", run.err), "");
  const auto json = nlohmann::json::parse(run.out);
  return Row{kind.name,       json["values"].get<double>() * 4e-6,
             json["load"],    json["check"],
             json["private"], json["resident"],
             json["samples"], json["on_disk"]};
}

std::string page_of(const std::vector<Row>& rows) {
  std::string page =
      cat("# Time and memory by the size of a data set\n\n"
          "Made-up recordings, cut into windows that overlap by half: a CSV series of six channels at 100 "
          "Hz, and WAV at 16 kHz; and CSV whose rows are samples of 128 values. "
          "Values may take ",
          kLimit,
          " MB of\nmemory (`MOTE_DATA_MEMORY_MB`); what is more lies in a mapped temporary file. The program "
          "that loads and checks "
          "runs under a hard ceiling of ",
          kCeiling / 1'000'000,
          " MB\nof private memory (`RLIMIT_DATA`), so that a set of any size either fits or fails. Made by "
          "`bench/data_growth.cpp` "
          "(`ninja data_growth && bin/data_growth`).\n\n![seconds and private memory by size](data.svg)\n\n"
          "*set*: the windows' values. *private*: the peak of memory that must stay. *resident*: the same "
          "with the pages of the mapped "
          "file and of the program, which the\nsystem takes back when others need them. *load* reads, cuts, "
          "normalizes and splits; *check* "
          "is `mote data check` and the figures of `show`. Seconds are those of one run of a build "
          "with\nlittle optimization (`-O1`) on two busy cores; memory depends on neither.\n\n"
          "| format | set MB | windows | on disk | load s | check s | MB/s | private MB | resident MB |\n"
          "|---|---:|---:|---|---:|---:|---:|---:|---:|\n");
  for (const Row& row : rows) {
    page += fmt::format("| {} | {:.0f} | {} | {} | {:.2f} | {:.2f} | {:.0f} | {:.0f} | {:.0f} |\n", row.kind,
                        row.set_mb, text::thousands(row.samples), row.on_disk ? "yes" : "no", row.load,
                        row.check, row.set_mb / row.load, row.private_mb, row.resident_mb);
  }
  return page;
}

std::string picture_of(const std::vector<Row>& rows) {
  report::LineChart chart;
  chart.name = "private memory and seconds by size of the set";
  chart.x_label = "set, MB";
  chart.y_label = "private memory, MB (solid); load and check, s (dashed)";
  chart.width = 900;
  chart.height = 320;
  chart.y_min = 0;
  for (const Kind& kind : kinds()) {
    report::Series memory{cat(kind.name, ": MB"), {}, {}}, seconds{cat(kind.name, ": s"), {}, {}, true};
    for (const Row& row : rows) {
      if (row.kind != kind.name) continue;
      memory.x.push_back(row.set_mb);
      memory.y.push_back(row.private_mb);
      seconds.x.push_back(row.set_mb);
      seconds.y.push_back(row.load + row.check);
    }
    chart.series.push_back(std::move(memory));
    chart.series.push_back(std::move(seconds));
  }
  return report::line_chart(chart) + "\n";
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"how time and memory grow with the size of a data set"};
  bool quick = false;
  std::string folder = MOTE_SOURCE_DIR "/bench", project;
  app.add_flag("--quick", quick, "the two smallest sets, to see that it works");
  app.add_option("--into", folder, "folder of data.md and data.svg");
  app.add_option("--measure", project, "loads and checks one project (the bench calls itself)");
  CLI11_PARSE(app, argc, argv);
  if (!project.empty()) return measure(project);
  std::vector<Row> rows;
  for (const Kind& kind : kinds()) {
    for (const int factor : quick ? std::vector<int>{1, 4} : std::vector<int>{1, 4, 16, 64}) {
      const int files = std::max(1, static_cast<int>(factor * 10e6 / 4 / kind.values_each));
      const auto row = run_one(kind, files, fs::canonical("/proc/self/exe").string());
      if (!row) {
        std::cerr << row.error().message << "\n";
        return 2;
      }
      rows.push_back(*row);
      std::cerr << fmt::format(
          "{} {:.0f} MB: load {:.1f} s, check {:.1f} s, private {:.0f} MB, resident {:.0f} MB\n", row->kind,
          row->set_mb, row->load, row->check, row->private_mb, row->resident_mb);
    }
  }
  const auto page = write_text(folder + "/data.md", page_of(rows));
  const auto picture = write_text(folder + "/data.svg", picture_of(rows));
  return page && picture ? 0 : 2;
}
