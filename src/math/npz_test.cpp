#include "math/npz.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "math/random.h"

namespace mote {
namespace {

std::map<std::string, NpyArray> some_arrays() {
  const std::vector<float> a = {1, -2, 3.5f, 0, 1e-30f, 7}, scalar = {42};
  std::map<std::string, NpyArray> arrays;
  arrays["conv/weights"] = from_floats(a, {2, 3});
  arrays["scalar"] = from_floats(scalar, {});
  arrays["empty"] = from_floats({}, {0, 5});
  arrays["labels"] = NpyArray{"|i1", {3}, {0xff, 0, 1}};
  return arrays;
}

TEST(Npy, RoundTrips) {
  for (const auto& [name, array] : some_arrays()) {
    const Bytes bytes = write_npy(array);
    const auto back = read_npy(bytes);
    ASSERT_TRUE(back) << name << ": " << back.error().message;
    EXPECT_EQ(back->dtype, array.dtype);
    EXPECT_EQ(back->shape, array.shape);
    EXPECT_EQ(back->data, array.data);
  }
}

TEST(Npy, DataBeginsAtAMultipleOf64) {
  EXPECT_EQ(write_npy(some_arrays().at("conv/weights")).size() % 64, 24u);
}

TEST(Npy, EveryNumberTypeBecomesFloats) {
  EXPECT_EQ(to_floats(NpyArray{"|i1", {2}, {0xff, 5}}), (std::vector<float>{-1, 5}));
  EXPECT_EQ(to_floats(NpyArray{"|u1", {1}, {0xff}}), (std::vector<float>{255}));
  EXPECT_EQ(to_floats(NpyArray{"<i2", {1}, {0x00, 0x80}}), (std::vector<float>{-32768}));
  EXPECT_EQ(to_floats(NpyArray{"<u4", {1}, {0, 0, 0, 1}}), (std::vector<float>{16777216}));
  EXPECT_EQ(to_floats(NpyArray{"<i8", {1}, {0xfe, 255, 255, 255, 255, 255, 255, 255}}),
            (std::vector<float>{-2}));
  EXPECT_EQ(to_floats(NpyArray{"<f8", {1}, {0, 0, 0, 0, 0, 0, 0xf0, 0x3f}}), (std::vector<float>{1}));
}

Bytes npy_with(std::string header, std::size_t data_bytes) {
  Bytes out = {0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, static_cast<std::uint8_t>(header.size()), 0};
  out.insert(out.end(), header.begin(), header.end());
  out.resize(out.size() + data_bytes);
  return out;
}

TEST(Npy, RefusesWhatItCannotReadAndSaysWhy) {
  const auto message = [](const std::string& header, std::size_t bytes) {
    const auto r = read_npy(npy_with(header, bytes));
    return r ? std::string("accepted") : r.error().message;
  };
  EXPECT_EQ(message("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n", 8), "accepted");
  EXPECT_NE(message("{'descr': '<f4', 'fortran_order': True, 'shape': (2,), }", 8).find("Fortran"),
            std::string::npos);
  EXPECT_NE(message("{'descr': '>f4', 'fortran_order': False, 'shape': (2,), }", 8).find(">f4"),
            std::string::npos);
  EXPECT_NE(message("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", 8).find("12"),
            std::string::npos);
  EXPECT_NE(message("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", 8),
            "accepted");
  EXPECT_NE(message("{'descr': '<f4', 'fortran_order': False, 'shape': (2000000000,2000000000,), }", 8),
            "accepted");
  EXPECT_NE(message("{'descr': '<f4', 'shape': (2,), }", 8), "accepted");
  EXPECT_NE(message("", 0), "accepted");
}

TEST(Npz, RoundTrips) {
  const auto arrays = some_arrays();
  const auto back = read_npz(write_npz(arrays));
  ASSERT_TRUE(back) << back.error().message;
  ASSERT_EQ(back->size(), arrays.size());
  for (const auto& [name, array] : arrays) {
    EXPECT_EQ(back->at(name).data, array.data);
    EXPECT_EQ(back->at(name).shape, array.shape);
  }
  EXPECT_TRUE(read_npz(write_npz({})));
}

TEST(Npz, EveryTruncationIsRefused) {
  const Bytes whole = write_npz(some_arrays());
  for (std::size_t n = 0; n < whole.size(); ++n)
    EXPECT_FALSE(read_npz(std::span(whole).first(n))) << n << " bytes";
}

TEST(Npz, AChangedDataByteIsRefused) {
  const Bytes whole = write_npz(some_arrays());
  Bytes changed = whole;
  const std::string name = "conv/weights.npy";
  const auto at = std::search(whole.begin(), whole.end(), name.begin(), name.end()) - whole.begin();
  changed[static_cast<std::size_t>(at) + name.size() + 130] ^= 1;
  const auto read = read_npz(changed);
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message.find("checksum"), std::string::npos) << read.error().message;
}

TEST(Npz, RandomMutationsNeverCrash) {
  const Bytes whole = write_npz(some_arrays());
  const Bytes single = write_npy(some_arrays().at("conv/weights"));
  Random random(17);
  int accepted = 0;
  for (int round = 0; round < 20000; ++round) {
    Bytes bytes = round % 2 ? whole : single;
    const std::uint64_t changes = 1 + random.below(4);
    for (std::uint64_t i = 0; i < changes; ++i) {
      const std::size_t at = random.below(bytes.size());
      bytes[at] = random.below(3) ? static_cast<std::uint8_t>(random.bits()) : std::uint8_t{0xff};
    }
    if (random.below(8) == 0) bytes.resize(random.below(bytes.size() + 1));
    if (random.below(8) == 0)
      bytes.insert(bytes.begin(), bytes.begin(),
                   bytes.begin() + static_cast<std::ptrdiff_t>(bytes.size() / 3));
    if (const auto npy = read_npy(bytes)) accepted += to_floats(*npy).size() < 1000;
    if (const auto npz = read_npz(bytes)) accepted += npz->size() < 1000;
  }
  EXPECT_GT(accepted, 0);
  EXPECT_LT(accepted, 10000);
}

}  // namespace
}  // namespace mote
