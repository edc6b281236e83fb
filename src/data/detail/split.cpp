// Splits by whole groups or at random, the same everywhere for the same seed.
#include "data/detail/split.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/text.h"
#include "math/random.h"

namespace mote {
namespace {

using Indices = std::vector<std::size_t>;

/// Classes to balance by: where there are none, all samples are alike.
std::size_t classes_of(const Dataset& data) { return std::max<std::size_t>(data.labels.size(), 1); }

std::vector<double> class_counts(const Dataset& data, const Indices& samples) {
  std::vector<double> counts(classes_of(data));
  for (const std::size_t i : samples) counts[static_cast<std::size_t>(data.target[i])] += 1;
  return counts;
}

/// `fraction` of each class; what rounding leaves of one class is carried to the next, so that the total is right too.
Indices choose_at_random(const Dataset& data, const Indices& pool, double fraction, Random& random) {
  std::vector<Indices> by_class(classes_of(data));
  for (const std::size_t i : pool) by_class[static_cast<std::size_t>(data.target[i])].push_back(i);
  Indices chosen;
  double wanted = 0.5;
  for (Indices& members : by_class) {
    random.shuffle(std::span(members));
    wanted += fraction * static_cast<double>(members.size());
    while (static_cast<double>(chosen.size() + 1) <= wanted && !members.empty()) {
      chosen.push_back(members.back());
      members.pop_back();
    }
  }
  return chosen;
}

/// A group's samples and how many of each class they hold.
struct Group {
  Indices samples;
  std::vector<double> counts;
};

/// How far a set of groups with these class counts is from the wish, in samples: in size, and in its mix of classes.
double distance(const std::vector<double>& counts, const std::vector<double>& wanted) {
  double size = 0, mix = 0;
  for (std::size_t c = 0; c < counts.size(); ++c) {
    size += counts[c] - wanted[c];
    mix += std::abs(counts[c] - wanted[c]);
  }
  return std::abs(size) + 0.5 * mix;
}

void add(std::vector<double>& counts, const Group& group, double sign) {
  for (std::size_t c = 0; c < counts.size(); ++c) counts[c] += sign * group.counts[c];
}

/// One try: takes groups in the given order as long as each brings the set nearer to the wish, then exchanges pairs.
struct Selection {
  std::vector<char> taken;
  double distance = 0;
};
Selection select_groups(const std::vector<Group>& groups, const Indices& order,
                        const std::vector<double>& wanted) {
  Selection selection{std::vector<char>(groups.size(), 0), 0};
  std::vector<double> counts(wanted.size());
  std::size_t number = 0;
  std::vector<double> changed(wanted.size());  // one for all tries
  const auto distance_after = [&](std::size_t in, std::size_t out) {
    changed = counts;
    if (in < groups.size()) add(changed, groups[in], 1);
    if (out < groups.size()) add(changed, groups[out], -1);
    return distance(changed, wanted);
  };
  const std::size_t none = groups.size();
  double best = distance(counts, wanted);
  for (const std::size_t g : order) {
    const double with = distance_after(g, none);
    if ((with >= best && number > 0) || number + 1 == groups.size()) continue;
    if (number == 0 && with >= best && g != order.back()) continue;  // too large: perhaps a later one fits
    add(counts, groups[g], 1);
    selection.taken[g] = 1;
    best = with;
    ++number;
  }
  // Exchanging pairs costs groups² tries; with very many groups the greedy choice is near enough already.
  for (bool improved = groups.size() <= 128; improved;) {
    improved = false;
    for (const std::size_t in : order) {
      if (selection.taken[in]) continue;
      for (const std::size_t out : order) {
        if (selection.taken[in] || !selection.taken[out]) continue;
        const double with = distance_after(in, out);
        if (with >= best - 1e-9) continue;
        add(counts, groups[in], 1);
        add(counts, groups[out], -1);
        selection.taken[in] = 1;
        selection.taken[out] = 0;
        best = with;
        improved = true;
      }
    }
  }
  selection.distance = best;
  return selection;
}

Result<Indices> choose_groups(const Dataset& data, const Indices& pool, double fraction, Split side,
                              Random& random) {
  std::map<std::string, Group> by_name;
  for (const std::size_t i : pool) by_name[data.group[i]].samples.push_back(i);
  if (by_name.size() < 2) {
    return error(
        text::cat("too few groups for a ", name_of(side), " split: ", by_name.size(), " to choose from"),
        text::cat("a group stays whole, so give more groups, set ", name_of(side),
                  "_share = 0, or split at random"));
  }
  std::vector<Group> groups;
  for (auto& [name, group] : by_name) {
    group.counts = class_counts(data, group.samples);
    groups.push_back(std::move(group));
  }
  std::vector<double> wanted = class_counts(data, pool);
  for (double& count : wanted) count *= fraction;

  constexpr int kTries = 32;  // orders; more hardly change the result
  Indices order(groups.size());
  for (std::size_t g = 0; g < order.size(); ++g) order[g] = g;
  std::optional<Selection> best;
  for (int attempt = 0; attempt < kTries; ++attempt) {
    random.shuffle(std::span(order));
    Selection selection = select_groups(groups, order, wanted);
    if (!best || selection.distance < best->distance - 1e-9) best = std::move(selection);
  }
  Indices chosen;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if (best->taken[g]) chosen.insert(chosen.end(), groups[g].samples.begin(), groups[g].samples.end());
  }
  return chosen;
}

/// Moves `fraction` of the pool to `side`; the pool keeps the rest.
Result<void> take(Dataset& data, Indices& pool, double fraction, Split side, bool by_group, Random& random) {
  if (fraction <= 0 || pool.empty()) return {};
  Indices chosen;
  if (by_group) {
    MOTE_TRY(chosen, choose_groups(data, pool, fraction, side, random));
  } else {
    chosen = choose_at_random(data, pool, fraction, random);
  }
  for (const std::size_t i : chosen) data.split[i] = side;
  Indices rest;
  for (const std::size_t i : pool) {
    if (data.split[i] != side) rest.push_back(i);
  }
  pool = std::move(rest);
  return {};
}

/// "log_2" before "log_10": runs of digits compare as numbers, all else as bytes.
bool is_before_by_name(std::string_view a, std::string_view b) {
  const auto digits = [](std::string_view text, std::size_t at) {
    std::size_t end = at;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
    const std::string_view run = text.substr(at, end - at);
    return std::pair(run.substr(std::min(run.find_first_not_of('0'), run.size())), end);
  };
  std::size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    const auto [x, x_end] = digits(a, i);
    const auto [y, y_end] = digits(b, j);
    if (x_end == i || y_end == j) {
      if (a[i] != b[j]) return a[i] < b[j];
      ++i, ++j;
      continue;
    }
    if (x != y) return x.size() != y.size() ? x.size() < y.size() : x < y;
    i = x_end, j = y_end;
  }
  return a.size() - i != b.size() - j ? a.size() - i < b.size() - j : a < b;
}

/// What of a group lies in one recording, or of rows in one file.
struct Stretch {
  Indices samples;
  RecordingFacts facts;
  double begin = 0, end = 0;  ///< seconds within the recording
  double clock_begin() const { return *facts.start + begin; }
  double clock_end() const { return *facts.start + end; }
};

std::vector<Stretch> stretches_of(const Dataset& data, const Indices& samples) {
  std::map<std::string_view, RecordingFacts> files;
  for (const RecordingFacts& facts : data.recordings) files.emplace(facts.origin, facts);
  const auto facts_of = [&](std::size_t i) -> RecordingFacts {
    if (data.place.empty()) {
      const std::string_view origin =
          i < data.origin.size() ? std::string_view(data.origin[i]).substr(0, data.origin[i].rfind(':'))
                                 : std::string_view();
      const auto file = files.find(origin);
      return file == files.end() ? RecordingFacts{std::string(origin), std::string(origin), {}, false}
                                 : file->second;
    }
    const auto number = static_cast<std::size_t>(data.place[i].recording);
    return number < data.recordings.size() ? data.recordings[number] : RecordingFacts{};
  };
  const auto begins_another = [&](std::size_t i, std::size_t before) {
    if (!data.place.empty()) return data.place[i].recording != data.place[before].recording;
    const auto file = [](const std::string& origin) { return origin.substr(0, origin.rfind(':')); };
    return i < data.origin.size() && file(data.origin[i]) != file(data.origin[before]);
  };
  std::vector<Stretch> all;
  for (const std::size_t i : samples) {
    if (all.empty() || begins_another(i, all.back().samples.back()))
      all.push_back({{}, facts_of(i), data.place.empty() ? 0 : data.place[i].begin, 0});
    Stretch& of = all.back();
    of.samples.push_back(i);
    if (data.place.empty()) continue;
    of.begin = std::min(of.begin, data.place[i].begin);
    of.end = std::max(of.end, data.place[i].end);
  }
  return all;
}

/// Their stamps are of one clock: dates; or numbers that are seconds since 1970, or with which none begins before another ends.  Clocks
/// that begin at 0, or when the device is switched on, say nothing of two recordings.
bool have_one_clock(const std::vector<Stretch>& sorted) {
  constexpr double kEpoch = 1e8;   // seconds: March 1973
  constexpr double kSlack = 0.01;  // of a recording: the last frame's own length
  const auto all = [&](const auto& what) { return std::all_of(sorted.begin(), sorted.end(), what); };
  if (all([](const Stretch& of) { return of.facts.has_dates; })) return true;
  if (!all([](const Stretch& of) { return !of.facts.has_dates; })) return false;
  if (all([](const Stretch& of) { return *of.facts.start > kEpoch; })) return true;
  for (std::size_t k = 1; k < sorted.size(); ++k) {
    const Stretch &before = sorted[k - 1], &of = sorted[k];
    if (of.clock_begin() < before.clock_end() - kSlack * (before.end - before.begin)) return false;
  }
  return true;
}

/// Brings them into the order of time as far as it is known; `order`: how it was found.  True where their stamps are of one clock.
bool put_in_order(std::vector<Stretch>& stretches, TimeOrder& order) {
  const bool all_have_stamps = std::all_of(stretches.begin(), stretches.end(),
                                           [](const Stretch& of) { return of.facts.start.has_value(); });
  if (stretches.size() < 2) return false;
  if (all_have_stamps) {
    std::vector<Stretch> sorted = stretches;
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const Stretch& a, const Stretch& b) { return a.clock_begin() < b.clock_begin(); });
    if (have_one_clock(sorted)) {
      stretches = std::move(sorted);
      return true;
    }
  }
  const auto path = [](const Stretch& of) -> const std::string& { return of.facts.path; };
  const bool one_file = std::all_of(stretches.begin(), stretches.end(),
                                    [&](const Stretch& of) { return path(of) == path(stretches[0]); });
  if (one_file) return false;
  // A pattern of files gives them by the bytes of their names; any other order is the user's.
  const bool by_bytes = std::is_sorted(stretches.begin(), stretches.end(),
                                       [&](const Stretch& a, const Stretch& b) { return path(a) < path(b); });
  if (by_bytes)
    std::stable_sort(stretches.begin(), stretches.end(),
                     [&](const Stretch& a, const Stretch& b) { return is_before_by_name(path(a), path(b)); });
  order = std::max(order, by_bytes ? TimeOrder::Names : TimeOrder::Files);
  return false;
}

/// A sample's begin and end on a time that goes on from one of the group's recordings to the next; rows are moments.
struct Moment {
  std::size_t sample = 0;
  double begin = 0, end = 0;
};

/// `latest`: where that time ends.
std::vector<Moment> moments_in_order(const Dataset& data, std::vector<Stretch> stretches, TimeOrder& order,
                                     double& latest) {
  const bool one_clock = put_in_order(stretches, order);
  std::vector<Moment> moments;
  double clock = 0;  // at `latest`
  for (const Stretch& of : stretches) {
    // Recordings that run at the same time stay so; pauses between them do not count.
    const bool is_beside = one_clock && !moments.empty() && of.clock_begin() < clock;
    const double base = is_beside ? latest - (clock - *of.facts.start) : latest;
    for (const std::size_t i : of.samples) {
      const auto position = static_cast<double>(moments.size());
      if (data.place.empty())
        moments.push_back({i, position, position});
      else
        moments.push_back({i, base + data.place[i].begin, base + data.place[i].end});
    }
    latest = data.place.empty() ? static_cast<double>(moments.size()) : std::max(latest, base + of.end);
    if (one_clock)
      clock = moments.size() == of.samples.size() ? of.clock_end() : std::max(clock, of.clock_end());
  }
  return moments;
}

/// Of the pool, each group's first samples train, the next validate, the last test.  The borders are moments: a window that lies on
/// both sides of one would show one side the other's frames, so it is left out.
void split_by_time(Dataset& data, const Indices& pool, const SplitRequest& request) {
  std::map<std::string, Indices> groups;
  for (const std::size_t i : pool) groups[data.group.empty() ? "" : data.group[i]].push_back(i);
  for (const auto& [name, samples] : groups) {
    double latest = 0;
    const std::vector<Moment> moments =
        moments_in_order(data, stretches_of(data, samples), data.load.order, latest);
    const double trained =
        request.train_length > 0 ? request.train_length : latest * (1 - request.test_fraction);
    const double validated = request.train_length > 0
                                 ? trained * (1 - request.validation_fraction)
                                 : latest * (1 - request.test_fraction - request.validation_fraction);
    for (const auto& [sample, begin, end] : moments) {
      Split& split = data.split[sample];
      constexpr double kSlack = 1e-9;
      const bool is_row = data.place.empty();
      if (is_row ? end < validated - kSlack : end <= validated + kSlack)
        split = Split::Train;
      else if (begin >= validated - kSlack && (is_row ? end < trained - kSlack : end <= trained + kSlack))
        split = Split::Validation;
      else if (begin >= trained - kSlack)
        split = Split::Test;
      else
        split = Split::Unused;
    }
  }
}

/// The samples of fold `fold` of `folds` become the test; the same folds whichever is asked for.
Result<void> take_fold(Dataset& data, Indices& pool, const SplitRequest& request, Random& random) {
  if (pool.size() < static_cast<std::size_t>(request.folds))
    return error(text::cat(request.folds, " folds of ", pool.size(), " samples"),
                 "fewer folds, or more samples");
  // Groups, or single samples, are dealt out in turn: by class, shuffled.
  std::vector<Indices> parts;
  if (request.by_group) {
    std::map<std::string, Indices> by_name;
    for (const std::size_t i : pool) by_name[data.group[i]].push_back(i);
    for (auto& [name, samples] : by_name) parts.push_back(std::move(samples));
    random.shuffle(std::span(parts));
    std::stable_sort(parts.begin(), parts.end(),
                     [](const Indices& a, const Indices& b) { return a.size() > b.size(); });
    if (parts.size() < static_cast<std::size_t>(request.folds))
      return error(text::cat(request.folds, " folds of ", parts.size(), " groups"),
                   "a group stays whole: fewer folds, or more groups");
  } else {
    Indices order = pool;
    random.shuffle(std::span(order));
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return data.target[a] < data.target[b]; });
    for (const std::size_t i : order) parts.push_back({i});
  }
  std::vector<std::size_t> sizes(static_cast<std::size_t>(request.folds));
  for (const Indices& part : parts) {
    const auto smallest = std::min_element(sizes.begin(), sizes.end());
    *smallest += part.size();
    if (smallest - sizes.begin() + 1 != request.fold) continue;
    for (const std::size_t i : part) data.split[i] = Split::Test;
  }
  std::erase_if(pool, [&](std::size_t i) { return data.split[i] == Split::Test; });
  return {};
}

}  // namespace

Result<void> split_dataset(Dataset& data, const SplitRequest& request) {
  Indices undecided, training;
  bool has_validation = false, has_test = false;
  data.split.assign(data.size(), Split::Train);
  for (std::size_t i = 0; i < data.size(); ++i) {
    const std::optional<Split> given = request.given[i];
    if (!given) undecided.push_back(i);
    if (!given) continue;
    data.split[i] = *given;
    has_validation = has_validation || *given == Split::Validation;
    has_test = has_test || *given == Split::Test;
    if (*given == Split::Train) training.push_back(i);
  }

  if (request.folds > 0 && has_test) {
    return error("data: split = \"k-fold\", but which samples test is given already, by a file or a column",
                 "name all files in 'source', without test and split_column; or train with several seeds");
  }
  if (request.by_time) {
    SplitRequest wanted = request;
    if (has_test || undecided.empty()) wanted.test_fraction = wanted.train_length = 0;
    if (has_validation) wanted.validation_fraction = 0;
    split_by_time(data, undecided.empty() ? training : undecided, wanted);
    return {};
  }
  Random random(request.seed);
  const std::size_t all = undecided.size();
  if (!has_test && request.folds > 0) {
    MOTE_TRY_VOID(take_fold(data, undecided, request, random));
  } else if (!has_test) {
    MOTE_TRY_VOID(take(data, undecided, request.test_fraction, Split::Test, request.by_group, random));
  }
  Indices& pool = all > 0 ? undecided : training;
  if (!has_validation && !pool.empty()) {
    // The fraction is of all that was undecided, but the test samples are gone from it.
    const double left = all > 0 ? static_cast<double>(pool.size()) / static_cast<double>(all) : 1.0;
    const double fraction = std::min(request.validation_fraction / left, 1.0);
    MOTE_TRY_VOID(take(data, pool, fraction, Split::Validation, request.by_group, random));
  }
  return {};
}

}  // namespace mote
