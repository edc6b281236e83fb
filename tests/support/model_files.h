// The .tflite files below data/models, and random inputs for them.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "math/random.h"
#include "support/files.h"

namespace mote::testing {

/// Names below data/models, sorted; "none" where the data are not there, which a test skips.
inline std::vector<std::string> model_names() {
  const std::filesystem::path root = data_folder() / "models";
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root, ignored)) {
    if (entry.path().extension() == ".tflite")
      names.push_back(std::filesystem::relative(entry.path(), root).generic_string());
  }
  std::sort(names.begin(), names.end());
  if (names.empty()) names.push_back("none");
  return names;
}

inline std::string test_name(const ::testing::TestParamInfo<std::string>& given) {
  std::string name = given.param;
  for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return name;
}

/// [case][input]: floats in −1…1, integers over their whole range.
inline std::vector<std::vector<Bytes>> random_cases(const Module& module, int count, std::uint64_t seed) {
  Random random(seed);
  std::vector<std::vector<Bytes>> cases(static_cast<std::size_t>(count));
  for (std::vector<Bytes>& one : cases) {
    for (const GraphInput& input : module.main().inputs) {
      const TensorType& type = module.main().tensor(input.tensor).type;
      Bytes bytes(type.bytes());
      if (type.dtype == DType::F32) {
        for (std::size_t i = 0; i < bytes.size(); i += 4) {
          const auto value = static_cast<float>(random.uniform(-1, 1));
          std::memcpy(&bytes[i], &value, 4);
        }
      } else {
        for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.below(256));
      }
      one.push_back(std::move(bytes));
    }
  }
  return cases;
}

}  // namespace mote::testing
