// What the samples of a data set look like, as figures of a report: waveforms, spectrograms, photographs, features by label, and
// the numbers that are predicted.  data.cpp and flow.cpp put them on their pages.
#pragma once

#include <string>
#include <vector>

#include "data/checks.h"
#include "report/document.h"

namespace mote {

/// A figure an input, and one of the numbers of a regression.  Only training samples are shown where there are any.
std::vector<report::Figure> data_pictures(const Dataset& data, const DataSummary& summary);

/// Magnitudes of a sound, in decibels: `columns` moments, each `bins` frequencies from 0 up to half the rate.
struct Spectrogram {
  std::size_t columns = 0, bins = 0;
  std::vector<float> decibels;  ///< [column][bin]
};
/// Windows of about 1/40 s (a power of two of samples), Hann-weighted.
Spectrogram spectrogram(const std::vector<float>& sound, double rate_hz, std::size_t most_columns = 160);

/// A row of small bars for a terminal: "▁▃█▅▁".
std::string sparkline(const std::vector<std::int64_t>& counts);
std::string sparkline(const std::vector<float>& values, std::size_t width);

}  // namespace mote
