// Synthetic heartbeats with known classes, for examples, demonstrations and tests that must not depend on
// recordings of people.  A sub-room of data with its own header: nothing of dataset.h or reader.h needs it, and it needs neither.
//
// The model is that of McSharry, Clifford, Tarassenko, Smith, "A dynamical model for generating synthetic
// electrocardiogram signals", IEEE Trans. Biomed. Eng. 50(3), 2003; ectopic beats and measurement noise are
// added here. It teaches the tools, not medicine: a network trained on it knows nothing about hearts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace mote {

struct EcgOptions {
  /// 1 … 1000; each with its own shape of beats, heart rate, gain, kinds of ectopic beats
  int subjects = 40;
  int beats_per_subject = 60;  ///< 1 … 10,000; at most 200,000 in all
  double noise = 1.0;          ///< 0: none; 1: as in a worn recorder; up to 10
  std::uint64_t seed = 1;
};

/// One heartbeat of a recording.  N normal, S supraventricular ectopic, V ventricular ectopic, F fusion of N and V.
struct EcgBeat {
  /// Of the R peak in EcgRecording::microvolt, as an annotator would mark it: ± 1 sample
  std::size_t sample = 0;
  char label = 'N';
  int rr_prev_ms = 0;  ///< from the beat before
  int rr_next_ms = 0;  ///< to the beat after
};

struct EcgRecording {
  double rate_hz = 125;
  std::vector<float> microvolt;
  std::vector<EcgBeat> beats;  ///< those with a full window (s0 … s124) around them, ascending
};

/// The continuous signal of one subject, 0 ≤ subject < options.subjects: for streaming.
Result<EcgRecording> synthesize_ecg(const EcgOptions& options, int subject);

/// All subjects as CSV text: a comment that says what it is, then
/// label,subject,rr_prev_ms,rr_next_ms,s0,…,s124 with 125 samples in µV at 125 Hz, the R peak at s50.  Same options, same bytes.
Result<std::string> synthesize_ecg_csv(const EcgOptions& options);

}  // namespace mote
