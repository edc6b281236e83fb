// data import: recordings of any format that a reader knows, as PNG, WAV, CSV or .npy files with a manifest.csv beside them, which
// is what `manifest` of mote.toml reads.  All files are written, or none.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "app/app.h"
#include "app/project_data.h"
#include "base/system.h"
#include "data/files.h"
#include "data/plain.h"

namespace mote {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxBytes = std::size_t{2}
                                  << 30;  ///< of all files, which stand in memory until the end

/// What the manifest says of a file.
struct Entry {
  std::string file, origin;
  std::size_t frames = 0;
  double rate_hz = 0;
  std::map<std::string, std::string> fields;
};

class Importer {
 public:
  Result<void> add(const fs::path& source, const std::vector<Recording>& recordings) {
    for (std::size_t i = 0; i < recordings.size(); ++i) {
      const Recording& recording = recordings[i];
      MOTE_TRY(std::string content, plain_content(recording));
      if (bytes_ += content.size(); bytes_ > kMaxBytes)
        return error(text::cat("the files would have more than ", kMaxBytes, " bytes"),
                     "import fewer at a time");
      const std::string number = recordings.size() > 1 ? fmt::format("_{:05}", i + 1) : std::string();
      const std::string file =
          unused_name(source.stem().string() + number, std::string(plain_ending(recording)));
      files_.push_back({file, std::move(content)});
      const Stream& stream = recording.streams[0];
      entries_.push_back({file, recording.origin, stream.frames(), stream.rate_hz, recording.fields});
    }
    return {};
  }

  Result<Outcome> write(const std::string& folder, const std::vector<std::string>& sources) {
    files_.push_back({"manifest.csv", manifest()});
    for (const std::string& source : sources) {
      const auto is_source = [&](const OutputFile& file) {
        return is_one_of(fs::path(folder) / file.path, {source});
      };
      if (std::any_of(files_.begin(), files_.end(), is_source))
        return error(text::cat(source, " would be written over"), "-o another folder");
    }
    MOTE_TRY_VOID(check_earlier(folder));
    MOTE_TRY_VOID(write_tree(folder, files_));
    std::map<std::string, std::size_t> counts;
    nlohmann::ordered_json json = {{"folder", folder}, {"files", nlohmann::ordered_json::array()}};
    for (const Entry& entry : entries_) {
      ++counts[fs::path(entry.file).extension().string()];
      json["files"].push_back({{"file", entry.file},
                               {"origin", entry.origin},
                               {"frames", entry.frames},
                               {"rate_hz", entry.rate_hz},
                               {"fields", entry.fields}});
    }
    std::string kinds;
    for (const auto& [ending, count] : counts)
      kinds += text::cat(kinds.empty() ? "" : ", ", text::thousands(static_cast<std::int64_t>(count)), " ",
                         ending);
    return Outcome{fmt::format("{}: {}, and manifest.csv\n", folder, kinds),
                   json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace), true};
  }

 private:
  /// Files of the same name come from different folders; names do not differ in case alone.
  std::string unused_name(const std::string& stem, const std::string& ending) {
    std::string name = stem + ending;
    for (int n = 2; !names_.insert(text::lower(name)).second; ++n) name = text::cat(stem, "_", n, ending);
    return name;
  }

  /// What an earlier import of the same files wrote may be replaced; what somebody wrote, or wrote into, may not.
  Result<void> check_earlier(const std::string& folder) const {
    std::error_code problem;
    std::map<std::string, std::string> listed = {{"", ""}};  // line of the manifest → file
    const std::vector<std::string> lines = text::split(files_.back().content, '\n');
    for (std::size_t i = 0; i < lines.size(); ++i)
      listed.emplace(lines[i], i > 0 && i <= entries_.size() ? entries_[i - 1].file : "");
    std::set<std::string> earlier = {"manifest.csv"};
    const fs::path manifest = fs::path(folder) / "manifest.csv";
    if (fs::exists(manifest, problem)) {
      MOTE_TRY(const std::string there, read_text(manifest));
      for (const std::string& line : text::split(there, '\n')) {
        const auto found = listed.find(line);
        if (found == listed.end())
          return error(text::cat(manifest.string(), " is there and lists what this import does not: '",
                                 line.substr(0, 60), "'"),
                       "-o another folder, or remove it");
        earlier.insert(found->second);
      }
    }
    for (const OutputFile& file : files_) {
      if (earlier.count(file.path) == 0 && fs::exists(fs::path(folder) / file.path, problem))
        return error(text::cat((fs::path(folder) / file.path).string(),
                               " is there and is of no earlier import, and would be written over"),
                     "-o another folder");
    }
    return {};
  }

  std::string manifest() const {
    std::set<std::string> fields;
    for (const Entry& entry : entries_) {
      for (const auto& [field, word] : entry.fields) fields.insert(field);
    }
    std::string out = "file,origin,frames,rate_hz";
    for (const std::string& field : fields) out += text::cat(",", csv_cell(field));
    for (const Entry& entry : entries_) {
      out += text::cat("\n", csv_cell(entry.file), ",", csv_cell(entry.origin), ",", entry.frames, ",",
                       text::shortest(entry.rate_hz));
      for (const std::string& field : fields) {
        const auto found = entry.fields.find(field);
        out += text::cat(",", found == entry.fields.end() ? std::string() : csv_cell(found->second));
      }
    }
    return out + "\n";
  }

  std::vector<OutputFile> files_;
  std::vector<Entry> entries_;
  std::set<std::string> names_ = {"manifest.csv"};
  std::size_t bytes_ = 0;
};

}  // namespace

Result<Outcome> data_import(const ImportRequest& request) {
  if (request.files.empty()) return usage_error("no files to import", "name them, and -o for the folder");
  MOTE_TRY_VOID(check_writable(request.folder));
  DataSource source;
  source.name = "import";
  source.reader = request.reader;
  source.hmac_key = request.hmac_key;
  source.image.format = request.format;
  source.image.width = request.width;
  source.image.height = request.height;
  source.image.channels = request.grey ? 1 : 3;
  Importer importer;
  const auto names = names_apart({request.files.begin(), request.files.end()});
  for (const std::string& file : request.files) {
    MOTE_TRY(const Reader* const reader, reader_for(source, file));
    if (!request.hmac_key.empty() && reader->name != "edge_impulse")
      return usage_error(text::cat("--hmac-key: ", file, " is no acquisition file, and carries no signature"),
                         "leave --hmac-key out, or import such files alone");
    MOTE_TRY(const std::vector<Recording> recordings, read_recordings(file, source, names.at(file)));
    MOTE_TRY_VOID(importer.add(file, recordings));
  }
  return importer.write(request.folder, request.files);
}

}  // namespace mote
