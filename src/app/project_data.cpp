#include "app/project_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "base/system.h"
#include "data/synth/ecg.h"

namespace mote {

namespace {

std::string hash_text(std::span<const std::uint8_t> bytes) {
  return fmt::format("{:016x}", text::fnv1a64(bytes));
}

Result<LoadedProject> generate(const Project& project) {
  auto csv = synthesize_ecg_csv(project.synth.ecg);
  if (!csv) return csv.error().in(project.file);
  MOTE_TRY(const Table table, parse_csv(*csv, text::cat("generator '", project.synth.generator, "'")));
  MOTE_TRY(Dataset data, make_dataset(project.data, std::span(&table, 1)));
  const EcgOptions& ecg = project.synth.ecg;
  LoadedProject loaded;
  loaded.data = std::move(data);
  loaded.origin =
      fmt::format("synthetic, generator '{}': {} subjects of {} beats, noise {:g}, seed {}",
                  project.synth.generator, ecg.subjects, ecg.beats_per_subject, ecg.noise, ecg.seed);
  loaded.file_hashes.emplace_back(
      "generated data", hash_text({reinterpret_cast<const std::uint8_t*>(csv->data()), csv->size()}));
  return loaded;
}

}  // namespace

std::vector<std::filesystem::path> data_files(const Project& project) {
  std::vector<std::filesystem::path> files = project.data.files;
  for (const auto& [split, paths] : project.data.split_files)
    files.insert(files.end(), paths.begin(), paths.end());
  return files;
}

bool is_one_of(const std::filesystem::path& output, const std::vector<std::filesystem::path>& read) {
  return std::any_of(read.begin(), read.end(), [&](const std::filesystem::path& file) {
    std::error_code missing;
    return std::filesystem::equivalent(output, file, missing);
  });
}

namespace {

/// All files that the project names, and its own.
std::vector<std::filesystem::path> files_read(const Project& project, const std::filesystem::path& file) {
  std::vector<std::filesystem::path> read = data_files(project);
  read.insert(read.end(),
              {file, project.data.manifest, project.data.target.remaining, project.data.series.intervals});
  return read;
}

Result<void> check_not_read(const std::filesystem::path& output,
                            const std::vector<std::filesystem::path>& read) {
  if (!is_one_of(output, read)) return {};
  return error(text::cat(output.string(), " is what the project reads, and would be written over"),
               "choose another place with -o");
}

}  // namespace

Result<void> check_output(const std::filesystem::path& output, std::string_view beginning,
                          const Project& project, const std::filesystem::path& file) {
  MOTE_TRY_VOID(check_not_read(output, files_read(project, file)));
  std::ifstream there(output, std::ios::binary);
  std::string begins(beginning.size(), 0);
  if (!there || std::filesystem::is_directory(output)) return {};  // writing will say what is wrong
  there.read(begins.data(), static_cast<std::streamsize>(begins.size()));
  if (there.gcount() == 0 || begins == beginning) return {};
  return error(text::cat(output.string(), " is there and is no earlier result, and would be written over"),
               "choose another place with -o, or remove the file");
}

Result<void> check_output_folder(const std::filesystem::path& folder, const Project& project,
                                 const std::filesystem::path& file) {
  const std::string stem = text::identifier(project.name);
  const std::vector<std::filesystem::path> read = files_read(project, file);
  for (const char* const ending : {".npz", "_training_state.npz", "_training.json", "_folds.json",
                                   "_seeds.json", "_float.tflite", "_int8.tflite"})
    MOTE_TRY_VOID(check_not_read(folder / (stem + ending), read));
  for (const char* const report : {"report.html", "report.json"})
    MOTE_TRY_VOID(check_not_read(folder / report, read));
  return {};
}

Result<LoadedProject> load_project_data(const Project& project) {
  if (project.is_generated()) return generate(project);
  LoadedProject loaded;
  MOTE_TRY(loaded.data, load_dataset(project.data));
  std::vector<std::string> names;
  for (const auto& file : data_files(project)) {
    MOTE_TRY(const Bytes bytes, read_file(file));
    names.push_back(file.filename().string());
    loaded.file_hashes.emplace_back(names.back(), hash_text(bytes));
  }
  constexpr std::size_t kNamed = 6;
  loaded.origin = names.size() <= kNamed ? text::join(names, ", ")
                                         : text::cat(text::thousands(static_cast<std::int64_t>(names.size())),
                                                     " files: ", names.front(), " … ", names.back());
  return loaded;
}

}  // namespace mote
