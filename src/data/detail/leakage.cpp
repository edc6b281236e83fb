// Leakage: what stands on two sides of a split, so that the test is easier than the world.  The same group, the same
// recording, the same moment, the same sample.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <set>

#include "base/text.h"
#include "data/detail/findings.h"

namespace mote {
namespace {

/// Sides of things with a name (groups, recordings): how many are in the test and elsewhere, how many in training and validation.
struct Sides {
  std::int64_t total = 0, in_test = 0, in_validation = 0;
  std::string test_example, validation_example;
};

template <class Key>
Sides sides_of(const std::map<Key, std::set<Split>>& splits_of) {
  Sides sides;
  sides.total = static_cast<std::int64_t>(splits_of.size());
  for (const auto& [key, splits] : splits_of) {
    if (splits.size() < 2) continue;
    const bool test = splits.count(Split::Test) > 0;
    if ((test ? sides.in_test : sides.in_validation)++ == 0)
      (test ? sides.test_example : sides.validation_example) = text::cat(key);
  }
  return sides;
}

/// Windows of one side, to be asked whether a moment lies in one of them.
class Covered {
 public:
  void add(const Place& place) { windows_.push_back({place.begin, place.end}); }
  void close() {
    std::sort(windows_.begin(), windows_.end());
    double latest = -1e300;
    for (auto& [begin, end] : windows_) end = latest = std::max(latest, end);
  }
  /// Longer than rounding of begin and end can make it.
  bool overlaps(const Place& place) const {
    const double slack = 1e-6 * std::max(place.end - place.begin, 0.0);
    const auto behind =
        std::lower_bound(windows_.begin(), windows_.end(), std::pair(place.end - slack, -1e300));
    return behind != windows_.begin() && std::prev(behind)->second > place.begin + slack;
  }

 private:
  std::vector<std::pair<double, double>> windows_;  ///< closed: the end is the latest of all up to here
};

/// Samples of `side` that overlap a window of `other` in the same recording; the first of them as an example.
std::int64_t overlapping(const Dataset& data, Split side, Split other, std::string& example) {
  std::map<std::int32_t, Covered> covered;
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data.split[i] == other) covered[data.place[i].recording].add(data.place[i]);
  }
  for (auto& [recording, windows] : covered) windows.close();
  std::int64_t count = 0;
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data.split[i] != side) continue;
    // An anomaly begins within what was normal: its window may share that with training.
    if (data.task == Task::Anomaly && data.target[i] != 0) continue;
    const auto found = covered.find(data.place[i].recording);
    if (found == covered.end() || !found->second.overlaps(data.place[i])) continue;
    if (count++ == 0) example = data.origin[i];
  }
  return count;
}

/// Pictures of one file are no neighbours in time.
bool is_over_time(const Dataset& data) {
  return !data.place.empty() && !data.inputs.empty() && data.inputs[0].shape.size() < 3;
}

// ---- identical samples

bool same_values(const Dataset& data, std::size_t a, std::size_t b) {
  return std::all_of(data.inputs.begin(), data.inputs.end(), [&](const DataInput& input) {
    const auto x = input.sample(a), y = input.sample(b);
    return std::equal(x.begin(), x.end(), y.begin());
  });
}

bool same_answer(const Dataset& data, std::size_t a, std::size_t b) {
  const auto x = data.number.sample(a), y = data.number.sample(b);
  return data.target[a] == data.target[b] && std::equal(x.begin(), x.end(), y.begin());
}

/// Nothing moves in any series: silence equals silence everywhere, which is no leak.  check_flat counts such samples.
bool is_flat(const Dataset& data, std::size_t i) {
  for (const DataInput& input : data.inputs) {
    if (input.shape.size() < 2) return false;
    const std::size_t step = static_cast<std::size_t>(input.shape.back());
    const std::span<const float> sample = input.sample(i);
    for (std::size_t e = step; e < sample.size(); ++e) {
      if (sample[e] != sample[e - step]) return false;
    }
  }
  return true;
}

std::uint64_t hash_of(const Dataset& data, std::size_t i) {
  std::uint64_t hash = text::fnv1a64({});
  for (const DataInput& input : data.inputs) {
    for (const float value : input.sample(i)) {
      const float canonical = value == 0 ? 0.0f : value;  // −0 equals 0
      std::uint8_t bytes[sizeof canonical];
      std::memcpy(bytes, &canonical, sizeof canonical);
      hash = text::fnv1a64(bytes, hash);
    }
  }
  return hash;
}

struct Twins {
  std::int64_t count = 0;
  std::string example;
  void note(const Dataset& data, std::size_t a, std::size_t b) {
    if (count++ == 0) example = text::cat(data.origin[a], " and ", data.origin[b]);
  }
};

/// What is known of identical samples after one pass over them.
struct Duplicates {
  Twins within, in_test, in_validation, contradicting;
};

/// A run of equal samples: each is held against the first of every split, which is linear and enough to count every sample that
/// has a twin before it.
class Run {
 public:
  Run(const Dataset& data, Duplicates& found) : data_(data), found_(found) {}
  void add(std::size_t i) {
    const Split split = data_.split[i];
    bool contradicts = false, within = false, leaks = false;
    for (const auto& [other, first] : first_in_) {
      if (!same_answer(data_, i, first)) {
        if (!contradicts) found_.contradicting.note(data_, first, i);
        contradicts = true;
      } else if (other == split) {
        if (!within) found_.within.note(data_, first, i);
        within = true;
      } else {
        const bool test = other == Split::Test || split == Split::Test;
        if (!leaks) (test ? found_.in_test : found_.in_validation).note(data_, first, i);
        leaks = true;
      }
    }
    first_in_.try_emplace(split, i);
  }

 private:
  const Dataset& data_;
  Duplicates& found_;
  std::map<Split, std::size_t> first_in_;
};

Duplicates find_duplicates(const Dataset& data) {
  std::vector<std::pair<std::uint64_t, std::size_t>> order;
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data.split[i] != Split::Unused) order.push_back({hash_of(data, i), i});
  }
  std::sort(order.begin(), order.end());
  Duplicates found;
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    while (end < order.size() && order[end].first == order[begin].first) ++end;
    const std::size_t first = order[begin].second;
    if (end - begin < 2 || is_flat(data, first)) continue;
    Run run(data, found);
    for (std::size_t k = begin; k < end; ++k) {
      // Equal hash, other values: once in 2^64.
      if (same_values(data, first, order[k].second)) run.add(order[k].second);
    }
  }
  return found;
}

}  // namespace

void check_groups(const Dataset& data, Findings& findings) {
  if (data.group.empty()) {
    if (data.split_by == "time") return;  // of one machine, the past and the future: check_recordings says so
    findings.push_back(
        {Severity::Note, "no group column",
         "samples of the same person, machine or recording may stand in train and in test; if there is "
         "such a column, name it as group and split by it."});
    return;
  }
  std::map<std::string, std::set<Split>> splits_of;
  for (std::size_t i = 0; i < data.size(); ++i) {
    // Anomalies of training groups are tested because they must not train: only what is normal can leak.
    if (data.task == Task::Anomaly && data.target[i] != 0) continue;
    if (data.split[i] != Split::Unused) splits_of[data.group[i]].insert(data.split[i]);
  }
  const Sides sides = sides_of(splits_of);
  if (data.split_by == "time") {
    findings.push_back(
        {Severity::Note, "groups are split by time",
         text::cat(sides.in_test, " of ", sides.total,
                   " groups train with their past and test with their future, as the project asks: the test "
                   "shows how the same ones go on, not how unseen ones would do.")});
    return;
  }
  if (sides.in_test > 0 && data.split_by == "file") {
    findings.push_back(
        {Severity::Warning, "the same groups in files of two splits",
         text::cat(sides.in_test, " of ", sides.total, " groups, e.g. '", sides.test_example,
                   "': if the name means the same one in both files, the test does not show how unseen ones "
                   "would do.")});
  } else if (sides.in_test > 0) {
    // Split by group keeps groups whole, unless files were given to the sides.
    const bool by_files = data.split_by == "group";
    findings.push_back({Severity::Problem, "groups in test and elsewhere",
                        text::cat(sides.in_test, " of ", sides.total, " groups, e.g. '", sides.test_example,
                                  "': the test does not show how unseen ones would do. ",
                                  by_files ? "If a name means another one in each file, say split = \"file\"."
                                           : "Use split = \"group\".")});
  }
  if (sides.in_validation > 0) {
    findings.push_back(
        {Severity::Warning, "groups in train and validation",
         text::cat(sides.in_validation, " of ", sides.total, " groups, e.g. '", sides.validation_example,
                   "': training will stop too late. Use split = \"group\".")});
  }
  if (sides.in_test + sides.in_validation == 0)
    findings.push_back({Severity::Ok, "no group is in two splits", text::cat(sides.total, " groups.")});
}

void check_recordings(const Dataset& data, Findings& findings) {
  if (!is_over_time(data)) {
    if (data.split_by == "time" && data.group.empty())
      findings.push_back(
          {Severity::Ok, "the past trains, the future tests", "rows are split in their order."});
    return;
  }
  bool overlap = false;
  for (const Split side : {Split::Test, Split::Validation}) {
    const bool test = side == Split::Test;
    std::string example, other_example;
    const std::int64_t with_train = overlapping(data, side, Split::Train, example);
    const std::int64_t with_other = test ? overlapping(data, side, Split::Validation, other_example) : 0;
    const std::int64_t count = std::max(with_train, with_other);
    if (count == 0) continue;
    overlap = true;
    findings.push_back(
        {test ? Severity::Problem : Severity::Warning,
         text::cat("windows of ", name_of(side), " overlap windows of other splits"),
         text::cat(text::thousands(count), " windows, the first is ",
                   with_train > 0 ? example : other_example,
                   ": the same moments are on two sides. Split by group or time, or take a longer hop.")});
  }
  std::map<std::int32_t, std::set<Split>> splits_of;
  std::map<std::int32_t, std::string> origin_of;
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data.split[i] == Split::Unused) continue;
    splits_of[data.place[i].recording].insert(data.split[i]);
    origin_of.try_emplace(data.place[i].recording, data.origin[i]);
  }
  const Sides sides = sides_of(splits_of);
  const auto origin = [&](const std::string& number) {
    const auto key = text::to_int(number);
    return key ? origin_of.at(static_cast<std::int32_t>(*key)) : std::string();
  };
  if (data.split_by == "time") {
    if (!data.group.empty()) {
      if (!overlap) findings.push_back({Severity::Ok, "no window lies in two splits", ""});
      return;
    }
    findings.push_back({Severity::Note, "recordings are split by time",
                        text::cat(sides.in_test, " of ", sides.total,
                                  " recordings train with their past and test with their future, as the "
                                  "project asks: other recordings may differ more.")});
  } else if (sides.in_test > 0 && data.group.empty()) {
    findings.push_back(
        {Severity::Problem, "recordings in test and elsewhere",
         text::cat(sides.in_test, " of ", sides.total, " recordings, e.g. that of ",
                   origin(sides.test_example),
                   ": neighbouring windows are nearly equal. Use group = \"file\" and split = \"group\", or "
                   "split = \"time\".")});
  } else if (sides.in_validation > 0 && data.group.empty()) {
    findings.push_back(
        {Severity::Warning, "recordings in train and validation",
         text::cat(sides.in_validation, " of ", sides.total, " recordings, e.g. that of ",
                   origin(sides.validation_example),
                   ": neighbouring windows are nearly equal, so training will stop too late. Use group = "
                   "\"file\".")});
  } else if (!overlap) {
    findings.push_back(
        {Severity::Ok, "no recording is in two splits", text::cat(sides.total, " recordings.")});
  }
}

void check_duplicates(const Dataset& data, Findings& findings) {
  const Duplicates found = find_duplicates(data);
  const auto detail = [](const Twins& twins, std::string_view what, std::string_view advice) {
    return text::cat(text::thousands(twins.count), what, twins.example, advice);
  };
  if (found.in_test.count > 0) {
    // A series or picture that is equal in every value is a copy; rows of a few coarse features may be equal by chance.
    constexpr double kMany = 0.05;
    const bool features = std::all_of(data.inputs.begin(), data.inputs.end(),
                                      [](const DataInput& input) { return input.shape.size() < 2; });
    const std::int64_t tested = std::max<std::int64_t>(count_samples(data)[index_of(Split::Test)], 1);
    const double share = static_cast<double>(found.in_test.count) / static_cast<double>(tested);
    const bool by_chance = features && share < kMany;
    findings.push_back(
        {by_chance ? Severity::Warning : Severity::Problem, "identical samples in test and elsewhere",
         detail(found.in_test, " samples have a twin with the same answer across, e.g. ",
                by_chance ? ": rows of few values may be equal by chance; if these are copies, remove them."
                          : ": the test is answered from memory. Remove them, or split by group.")});
  }
  if (found.in_validation.count > 0) {
    findings.push_back({Severity::Warning, "identical samples in train and validation",
                        detail(found.in_validation, " samples have a twin with the same answer across, e.g. ",
                               ": training may stop too late. Remove them, or split by group or time.")});
  }
  if (found.within.count > 0) {
    findings.push_back({Severity::Note, "identical samples within a split",
                        detail(found.within, " samples repeat an earlier one, e.g. ", ".")});
  }
  if (found.contradicting.count > 0 && data.task == Task::Regression) {
    findings.push_back({Severity::Note, "identical samples with different numbers",
                        detail(found.contradicting, " samples, e.g. ",
                               ": no network can tell them apart; the inputs do not say all.")});
  } else if (found.contradicting.count > 0) {
    findings.push_back({Severity::Warning, "identical samples with different labels",
                        detail(found.contradicting, " samples, e.g. ",
                               ": one of the labels must be wrong, or the inputs do not suffice to tell.")});
  }
  if (found.in_test.count + found.in_validation.count + found.within.count + found.contradicting.count == 0)
    findings.push_back({Severity::Ok, "no identical samples", ""});
}

}  // namespace mote
