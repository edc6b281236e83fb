// What readers make of files that are more than a table of samples: streams of frames over time, pictures among them.
// detail/windows.cpp cuts recordings into the samples of a Dataset.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mote {

/// Frames side by side in time: a sensor's channels, a microphone, one picture.
struct Stream {
  std::string name;  ///< of the sensor, where a recording has several: "0", "accelerometer"; else empty
  std::vector<std::string> channels;     ///< names of the last axis of a frame: {"x", "y", "z"}
  std::vector<std::int32_t> frame;       ///< shape of one frame: [3] three channels, [96, 128, 3] a picture
  std::vector<std::string> units;        ///< by channel, where the file says; else empty
  double rate_hz = 0;                    ///< frames a second; 0: the file does not say, or `times` does
  std::vector<double> times;             ///< seconds, by frame, rising; empty: at `rate_hz` from 0 on
  std::vector<float> values;             ///< frame-major; NaN: missing
  std::vector<std::int64_t> lines = {};  ///< by frame, of text: its line in the file; else empty

  std::size_t frame_size() const;  ///< values of one frame
  std::size_t frames() const { return values.size() / frame_size(); }
};

/// A word a frame of stream 0: the class of each row, the rhythm at each moment.
using Marks = std::map<std::string, std::vector<std::string>>;

struct Recording {
  std::string origin;  ///< "S01_ADL.csv" or "strokes.json, stroke 7", for messages
  std::vector<Stream> streams;
  Marks marks;  ///< name → by frame of stream 0
  /// Words about the whole: "label", "subject", …  Those of file names, folders and manifests are added after reading.
  std::map<std::string, std::string> fields;
  std::optional<double> start =
      {};                  ///< its first frame on the clock of its stamps, seconds; nothing: no stamps
  bool has_dates = false;  ///< they are dates, seconds since 1970
};

}  // namespace mote
