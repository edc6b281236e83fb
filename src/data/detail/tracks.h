// What an input sees of one recording, before windows are cut: its channels, computed and without gaps, and the stretches of
// time that all inputs have.  Private to the room; windows.cpp cuts these.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "data/reader.h"
#include "data/recording.h"

namespace mote {

constexpr double kSlack = 1e-6;  ///< of a frame: times are sums of rounded numbers

/// An input's channels of one recording, before they are at its rate.
struct Track {
  std::vector<std::string> names;
  std::size_t width = 0;            ///< values of a frame
  std::vector<std::int32_t> frame;  ///< of pictures: their shape; else empty
  double rate = 1;                  ///< frames a second that are wanted; 1: steps
  bool has_clock = false;
  std::vector<double> times;  ///< seconds by frame; steps without a clock
  bool is_uniform = true;     ///< the times are at `own_rate`
  double own_rate = 1;
  std::vector<float> values;
  /// Moments just after which a pause begins that is too long to bridge.
  std::vector<double> pauses;
  double median_step = 0;  ///< seconds, of times that are not even; else 0
};

/// A stretch of time without a long pause, and each track's frames in it, at their rates.
struct Piece {
  double begin = 0, end = 0;               ///< of the first frame, and after the last one
  std::vector<std::vector<float>> values;  ///< by track
  std::vector<std::size_t> frames;
};

/// What is wrong with a recording, by its name.
Error fault_of(const Recording& recording, const std::string& what, std::string hint);

/// The input's channels, at its rate where the recording's own is even.
Result<Track> make_track(const DataSource& source, const Recording& recording, const InputSource& input);

/// The times that all tracks have, without their long pauses; each track's frames there, at its rate.
Result<std::vector<Piece>> make_pieces(const DataSource& source, const Recording& recording,
                                       const std::vector<Track>& tracks);

}  // namespace mote
