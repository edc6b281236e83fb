#include "math/pieces.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <numeric>
#include <string_view>
#include <thread>

#include "base/system.h"

namespace mote::learn {
namespace {

// ---- instruction set

const Loops* find_loops(std::string_view name) {
  if (name == "base") return &base_loops();
#if defined(__x86_64__)
  const bool fused = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (name == "avx2" && fused) return avx2_loops();
  if (name == "avx512" && fused && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq"))
    return avx512_loops();
#endif
  return nullptr;
}

const Loops*& chosen_loops() {
  static const Loops* chosen = [] {
    for (const char* name : {"avx512", "avx2"})
      if (const Loops* found = find_loops(name)) return found;
    return &base_loops();
  }();
  return chosen;
}

// ---- threads that stay

inline void pause_briefly() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

/// Threads that wait for pieces: a layer's work is over in less time than a thread takes to start.  The caller
/// takes pieces, too, and waits for pieces that others took, never for a thread to wake up.
class Crew {
 public:
  ~Crew() {
    stop_ = true;
    ++word_;
    word_.notify_all();
  }

  /// False: somebody else is using the crew.
  bool run(int n, int threads, const std::function<void(int)>& body) {
    const std::unique_lock<std::mutex> lock(busy_, std::try_to_lock);
    if (!lock) return false;
    while (static_cast<int>(workers_.size()) < threads - 1) {
      const int index = static_cast<int>(workers_.size()) + 1;
      workers_.emplace_back([this, index] { serve(index); });
    }
    body_ = &body;
    pieces_ = n;
    threads_ = threads;
    for (int i = 0; i < n; ++i) taken_[i] = false;
    done_ = 0;
    ++word_;  // odd: open
    word_.notify_all();
    take_pieces(0);
    for (int spins = 0; done_ < n; ++spins) spins < kSpins ? pause_briefly() : std::this_thread::yield();
    ++word_;  // even: closed
    for (int spins = 0; inside_ > 0; ++spins) spins < kSpins ? pause_briefly() : std::this_thread::yield();
    return true;
  }

 private:
  static constexpr int kSpins = 4000;  // about 50 µs: longer than the pause between two layers

  void serve(int index) {
    for (unsigned seen = 0; !stop_;) {
      unsigned word = word_;
      for (int spins = 0; (word == seen || word % 2 == 0) && spins < kSpins && !stop_; ++spins) {
        pause_briefly();
        word = word_;
      }
      if (word == seen || word % 2 == 0) {
        if (!stop_) word_.wait(word);
        continue;
      }
      ++inside_;
      if (word_ == word && index < threads_) take_pieces(index);
      --inside_;
      seen = word;
    }
  }

  /// Own pieces first, the same at every layer, so that they are still in this processor's cache; then others'.
  void take_pieces(int index) {
    const int first = pieces_ * index / threads_;
    for (int k = 0; k < pieces_; ++k) {
      const int i = (first + k) % pieces_;
      if (taken_[i].exchange(true)) continue;
      (*body_)(i);
      ++done_;
    }
  }

  std::mutex busy_;
  std::atomic<unsigned> word_{0};
  std::atomic<int> inside_{0}, done_{0};
  std::atomic<bool> stop_{false};
  std::atomic<bool> taken_[kChunks] = {};
  const std::function<void(int)>* body_ = nullptr;
  int pieces_ = 0, threads_ = 1;
  std::vector<std::jthread> workers_;
};

/// Below this many multiplications or moves, waking threads costs more than it saves (a few µs).
constexpr double kWorthThreads = 1e5;

std::vector<float>& scratch_pool(Scratch::Kind kind) {
  thread_local std::vector<float> memory[2];
  return memory[kind];
}

}  // namespace

const Loops& loops() { return *chosen_loops(); }

const char* instruction_set() { return loops().name; }

bool use_instruction_set(const char* name) {
  const Loops* found = find_loops(name);
  if (found) chosen_loops() = found;
  return found != nullptr;
}

void for_pieces(int n, double work, const std::function<void(const Piece&)>& body) {
  const auto at = [n](int j) { return static_cast<int>(static_cast<std::int64_t>(n) * j / kChunks); };
  const std::function<void(int)> run = [&](int i) {
    if (at(i) < at(i + 1)) body({i, at(i), at(i + 1)});
  };
  if (work >= kWorthThreads) {
    static Crew crew;
    const int threads = std::min(thread_count(), kChunks);
    if (threads > 1 && crew.run(kChunks, threads, run)) return;
  }
  for (int i = 0; i < kChunks; ++i) run(i);
}

void for_elements(std::size_t count, const std::function<void(std::size_t begin, std::size_t size)>& body) {
  const std::size_t blocks = (count + 15) / 16;
  for_pieces(static_cast<int>(blocks), static_cast<double>(count), [&](const Piece& p) {
    const std::size_t begin = static_cast<std::size_t>(p.begin) * 16;
    body(begin, std::min(count, static_cast<std::size_t>(p.end) * 16) - begin);
  });
}

Scratch::Scratch(Kind kind, std::size_t floats) {
  auto& pool = scratch_pool(kind);
  if (pool.size() < floats + 64) pool.resize(floats + 64);
  const auto address = reinterpret_cast<std::uintptr_t>(pool.data());
  next_ = pool.data() + (64 - address % 64) % 64 / sizeof(float);
}

int period_of(int channels) {
  int period = std::lcm(channels, 32);
  while (period < 64) period *= 2;
  return period;
}

void repeat(int channels, int period, const float* from, float* to) {
  for (int at = 0; at < period; at += channels) std::copy_n(from, channels, to + at);
}

void pack_panels(const float* from, std::ptrdiff_t k_step, std::ptrdiff_t n_step, int depth, int columns,
                 float* panels, int first_row, int whole_depth) {
  for (int column = 0; column < columns;) {
    const int width = panel_width(columns - column, loops().widest), used = std::min(width, columns - column);
    float* panel = panels + static_cast<std::ptrdiff_t>(first_row) * width;
    for (int k = 0; k < depth; ++k) {
      float* row = panel + static_cast<std::ptrdiff_t>(k) * width;
      for (int n = 0; n < used; ++n) row[n] = from[k * k_step + (column + n) * n_step];
      for (int n = used; n < width; ++n) row[n] = 0;
    }
    panels += static_cast<std::ptrdiff_t>(whole_depth) * width;
    column += width;
  }
}

void add_transposed(int depth, int columns, const float* from, int from_row, float* to) {
  constexpr int Block = 16;  // both sides stay in the nearest cache
  for (int k0 = 0; k0 < depth; k0 += Block)
    for (int n = 0; n < columns; ++n)
      for (int k = k0; k < std::min(depth, k0 + Block); ++k)
        to[static_cast<std::ptrdiff_t>(n) * depth + k] += from[static_cast<std::ptrdiff_t>(k) * from_row + n];
}

}  // namespace mote::learn
