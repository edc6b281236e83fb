// Where tests find real data, and files in formats that tests hand to mote.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/system.h"
#include "graph/graph.h"

namespace mote::testing {

/// $MOTE_DATA, else shared/data beside the checkout.
inline std::filesystem::path data_folder() {
  const char* set = std::getenv("MOTE_DATA");
  return set != nullptr ? std::filesystem::path(set)
                        : std::filesystem::path(MOTE_SOURCE_DIR) / "../shared/data";
}

/// An .npy file: `descr` is numpy's, "|i1" or "<f4"; the data are in C order.
inline std::string npy(const std::string& descr, const Shape& shape, std::span<const std::uint8_t> data) {
  std::string header = text::cat("{'descr': '", descr, "', 'fortran_order': False, 'shape': (");
  for (const std::int32_t extent : shape) header += text::cat(extent, ", ");
  header += "), }";
  while ((10 + header.size() + 1) % 64 != 0) header += ' ';
  header += '\n';
  std::string out("\x93NUMPY\x01\x00", 8);
  out += static_cast<char>(header.size() % 256);
  out += static_cast<char>(header.size() / 256);
  return out + header + std::string(data.begin(), data.end());
}

/// The same for `cases` tensors of that type, one after the other.
inline std::string npy_of_cases(const TensorType& type, std::int32_t cases,
                                std::span<const std::uint8_t> data) {
  Shape shape = type.shape;
  shape.insert(shape.begin(), cases);
  return npy(type.dtype == DType::F32 ? "<f4" : "|i1", shape, data);
}

}  // namespace mote::testing
