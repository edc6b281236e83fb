// Damages real models and takes each as far as it goes.  Unlike libFuzzer it starts from files of any size and changes what
// is structure far more often than what is weights.   Usage: tflite_mutations FOLDER RUNS [SEED [SECONDS]]
// A case that takes over 20 s of processor time ends the run; the last case lies in the file $MOTE_FUZZ_CASE, if that is set.
#include <sys/time.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>

#include "base/system.h"
#include "tflite_case.h"
#include "tflite_generated.h"

namespace mote {
namespace {
namespace fs = std::filesystem;

struct Model {
  std::string name;
  Bytes bytes;
  std::vector<std::size_t> structure;  ///< places outside the constants, in steps of one byte
  std::uint64_t tried = 0;
};

/// Bytes of the file that hold no constant.
std::vector<std::size_t> structure_of(const Bytes& bytes) {
  std::vector<bool> constant(bytes.size(), false);
  flatbuffers::Verifier verifier(bytes.data(), bytes.size());
  if (tflite::VerifyModelBuffer(verifier)) {
    for (const tflite::Buffer* buffer : *tflite::GetModel(bytes.data())->buffers()) {
      if (buffer->data() == nullptr || buffer->data()->size() < 64)
        continue;  // shapes and axes stay structure
      const auto first = static_cast<std::size_t>(buffer->data()->Data() - bytes.data());
      std::fill_n(constant.begin() + static_cast<std::ptrdiff_t>(first), buffer->data()->size(), true);
    }
  }
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (!constant[i]) places.push_back(i);
  }
  return places;
}

class Mutator {
 public:
  explicit Mutator(std::uint64_t seed) : random_(seed) {}
  std::uint64_t draw(std::uint64_t n) { return random_() % n; }

  Bytes damaged(const Model& model) {
    Bytes bytes = model.bytes;
    for (std::uint64_t n = 1 + draw(4); n > 0; --n) change(model, bytes);
    if (draw(64) == 0) bytes.resize(draw(bytes.size()));
    return bytes;
  }

 private:
  std::size_t place(const Model& model) {
    const bool anywhere = model.structure.empty() || draw(32) == 0;
    return anywhere ? draw(model.bytes.size()) : model.structure[draw(model.structure.size())];
  }
  void change(const Model& model, Bytes& bytes) {
    const std::size_t at = place(model);
    constexpr std::uint32_t known[] = {0,   1,   2,     3,     4,          8,          127,       128,
                                       255, 256, 65535, 65536, 0x7fffffff, 0x80000000, 0xffffffff};
    switch (draw(5)) {
      case 0:
        bytes[at] = static_cast<std::uint8_t>(draw(256));
        break;
      case 1:
        bytes[at] = static_cast<std::uint8_t>(bytes[at] + draw(9) - 4);
        break;
      case 2:
        bytes[at] ^= static_cast<std::uint8_t>(1u << draw(8));
        break;
      case 3:
        put(bytes, at / 4 * 4, known[draw(std::size(known))]);
        break;
      default: {  // a word from elsewhere in the structure: indices, offsets, types of others
        const std::size_t from = place(model) / 4 * 4;
        std::uint32_t word = 0;
        if (from + 4 <= bytes.size()) std::memcpy(&word, bytes.data() + from, 4);
        put(bytes, at / 4 * 4, word);
        break;
      }
    }
  }
  static void put(Bytes& bytes, std::size_t at, std::uint32_t word) {
    if (at + 4 <= bytes.size()) std::memcpy(bytes.data() + at, &word, 4);
  }
  std::mt19937_64 random_;
};

std::vector<Model> load(const fs::path& folder) {
  std::vector<Model> models;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".tflite") continue;
    auto bytes = read_file(entry.path());
    if (!bytes || bytes->empty()) continue;
    Model model{entry.path().lexically_relative(folder).string(), std::move(*bytes), {}};
    model.structure = structure_of(model.bytes);
    models.push_back(std::move(model));
  }
  std::sort(models.begin(), models.end(), [](const Model& a, const Model& b) { return a.name < b.name; });
  return models;
}

/// Small models oftener: weights are one part that is equal and one that falls with the size.
std::vector<double> shares(const std::vector<Model>& models) {
  std::vector<double> upto;
  double sum = 0;
  for (const Model& model : models)
    upto.push_back(sum += 0.02 + 20000.0 / (10000.0 + static_cast<double>(model.bytes.size())));
  for (double& share : upto) share /= sum;
  return upto;
}

/// Of this process, whatever else runs on the machine; 0: no limit.
void limit_processor_time(int seconds) {
  const itimerval limit{{0, 0}, {seconds, 0}};
  setitimer(ITIMER_VIRTUAL, &limit, nullptr);
}

int run(const fs::path& folder, std::uint64_t runs, std::uint64_t seed, double seconds) {
  std::vector<Model> models = load(folder);
  if (models.empty()) {
    std::fprintf(stderr, "no .tflite files below %s\n", folder.c_str());
    return 1;
  }
  const std::vector<double> upto = shares(models);
  const char* kept = std::getenv("MOTE_FUZZ_CASE");
  Mutator mutator(seed);
  const auto begin = std::chrono::steady_clock::now();
  const auto elapsed = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  std::uint64_t done = 0, read = 0;
  double slowest = 0;
  for (; done < runs && (seconds <= 0 || elapsed() < seconds); ++done) {
    const double which = static_cast<double>(mutator.draw(1u << 30)) / (1u << 30);
    const auto chosen =
        static_cast<std::size_t>(std::upper_bound(upto.begin(), upto.end(), which) - upto.begin());
    Model& model = models[std::min(chosen, models.size() - 1)];
    const Bytes bytes = mutator.damaged(model);
    if (kept != nullptr) (void)write_file(kept, bytes);
    const double before = elapsed();
    limit_processor_time(20);
    read += fuzz::try_tflite(bytes);
    limit_processor_time(0);
    slowest = std::max(slowest, elapsed() - before);
    ++model.tried;
    constexpr std::uint64_t kTold = 50000;
    if ((done + 1) % kTold == 0)
      std::fprintf(stderr, "%llu cases, %.0f s\n", static_cast<unsigned long long>(done + 1), elapsed());
  }
  for (const Model& model : models)
    std::printf("%9llu  %s\n", static_cast<unsigned long long>(model.tried), model.name.c_str());
  std::printf("mutations: %llu cases of %zu models, %llu of them read, %.0f a second, slowest %.2f s\n",
              static_cast<unsigned long long>(done), models.size(), static_cast<unsigned long long>(read),
              static_cast<double>(done) / elapsed(), slowest);
  return 0;
}

}  // namespace
}  // namespace mote

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: tflite_mutations FOLDER RUNS [SEED [SECONDS]]\n");
    return 2;
  }
  const std::uint64_t seed = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1;
  const double seconds = argc > 4 ? std::strtod(argv[4], nullptr) : 0;
  return mote::run(argv[1], std::strtoull(argv[2], nullptr, 10), seed, seconds);
}
