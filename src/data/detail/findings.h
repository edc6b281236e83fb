// The checks of a Dataset that have files of their own, and the words all of them share.  Private to the room; checks.cpp
// calls them in the order in which a reader should learn of them.
#pragma once

#include <string>
#include <vector>

#include "data/checks.h"

namespace mote {

using Findings = std::vector<Finding>;

inline constexpr Split kUsedSplits[] = {Split::Train, Split::Validation, Split::Test};
inline std::size_t index_of(Split split) { return static_cast<std::size_t>(split); }

std::string percent_text(double share);                     ///< "12.3 %"
std::string listed(const std::vector<std::string>& words);  ///< "'a', 'b', 'c' and 4 more"
std::string channel_name(const DataInput& input,
                         std::size_t channel);  ///< "" for the only channel of a series
std::string channel_title(const DataInput& input, std::size_t channel);  ///< "input 'rr', 'next'"
std::vector<std::string> counted_labels(const Dataset& data);            ///< what samples are counted by
std::array<std::vector<std::int64_t>, 4> count_labels(const Dataset& data);
std::array<std::int64_t, 4> count_samples(const Dataset& data);

/// Groups, recordings, overlapping windows on two sides, and identical samples (leakage.cpp).
void check_groups(const Dataset& data, Findings& findings);
void check_recordings(const Dataset& data, Findings& findings);
void check_duplicates(const Dataset& data, Findings& findings);

/// Channels that are the answer, or tell it alone (answers.cpp).
void check_answers(const Dataset& data, Findings& findings);

/// Labels, channels and numbers of validation and test beside training (drift.cpp).
void check_label_drift(const Dataset& data, Findings& findings);
void check_drift(const Dataset& data, DataCheck& check);

}  // namespace mote
