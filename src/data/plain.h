// Recordings in files that any program opens: what `mote data import` writes.  Reading such a file gives the same values.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "data/recording.h"

namespace mote {

/// ".png": one frame of bytes, grey or colours.  ".wav": sound, a channel or two at 4000 Hz and more.  ".npy": other frames of
/// several axes.  ".csv": all else, a row a frame.
std::string_view plain_ending(const Recording& recording);

/// The content of such a file.  In CSV the columns are `time` in seconds, where there is a clock; `sensor`, where there are
/// several streams; the channels; and the marks.  Missing values are empty cells.  Sound is PCM of 16 bits where that loses
/// nothing, else float.
Result<std::string> plain_content(const Recording& recording);

/// `cell` for a CSV file: in quotes where it needs them.
std::string csv_cell(std::string_view cell);

}  // namespace mote
