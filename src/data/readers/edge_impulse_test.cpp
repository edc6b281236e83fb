// What the reader of acquisition files promises: JSON and CBOR alike, a wrong signature is an error, no part of a document is read.
#include <cmath>
#include <nlohmann/json.hpp>

#include "data/readers/reader_testing.h"

namespace mote {
namespace {

using namespace reader_testing;
using nlohmann::json;

json document() {
  return {{"protected", {{"ver", "v1"}, {"alg", "none"}, {"iat", 1564128599}}},
          {"signature", std::string(64, '0')},
          {"payload",
           {{"device_name", "00:11"},
            {"device_type", "BOARD"},
            {"interval_ms", 10},
            {"sensors",
             {{{"name", "accX"}, {"units", "m/s2"}},
              {{"name", "accY"}, {"units", "m/s2"}},
              {{"name", "t"}, {"units", "Cel"}}}},
            {"values", {{-9.81, 0.03, 20}, {-9.83, 0.04, 21}}}}}};
}
Bytes as_json(const json& value) { return bytes_of(value.dump()); }

TEST(EdgeImpulse, JsonAndCborGiveTheSame) {
  for (const Bytes& bytes : {as_json(document()), json::to_cbor(document())}) {
    const auto read = read_with("edge_impulse", bytes);
    ASSERT_TRUE(read.has_value()) << read.error().message;
    ASSERT_EQ(read->size(), 1u);
    const Stream& stream = (*read)[0].streams[0];
    EXPECT_EQ(stream.channels, (std::vector<std::string>{"accX", "accY", "t"}));
    EXPECT_EQ(stream.units, (std::vector<std::string>{"m/s2", "m/s2", "Cel"}));
    EXPECT_EQ(stream.rate_hz, 100);
    EXPECT_EQ(stream.values, (std::vector<float>{-9.81f, 0.03f, 20, -9.83f, 0.04f, 21}));
    EXPECT_EQ((*read)[0].fields.at("device_type"), "BOARD");
    EXPECT_EQ((*read)[0].fields.at("device_name"), "00:11");
  }
}

/// What devices write: maps and lists of unknown length, floats of 32 bits.
TEST(EdgeImpulse, OpenEndedCborIsRead) {
  const Bytes bytes = Builder()
                          .little(0xBF, 1)
                          .text(
                              "\x69protected\xBF\x63ver\x62v1\x63"
                              "alg\x64none\xFF")
                          .text("\x67payload\xBF\x6Binterval_ms")
                          .little(0xFA, 1)
                          .big(0x41200000, 4)  // 10
                          .text("\x67sensors\x81\xA2\x64name\x61x\x65units\x61g\x66values\x9F")
                          .little(0x81, 1)
                          .little(0xFA, 1)
                          .big(0x3F800000, 4)  // 1
                          .little(0x81, 1)
                          .little(0x21, 1)  // −2
                          .text("\xFF\xFF\xFF")
                          .bytes;
  const auto read = read_with("edge_impulse", bytes);
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ((*read)[0].streams[0].values, (std::vector<float>{1, -2}));
  expect_no_part_is_read("edge_impulse", bytes);
}

TEST(EdgeImpulse, OneSensorMayHaveAPlainListOfValues) {
  json one = document();
  one["payload"]["sensors"] = {{{"name", "mic"}, {"units", "wav"}}};
  one["payload"]["values"] = {1, nullptr, 3};
  const auto read = read_with("edge_impulse", as_json(one));
  ASSERT_TRUE(read.has_value()) << read.error().message;
  const std::vector<float>& values = (*read)[0].streams[0].values;
  ASSERT_EQ(values.size(), 3u);
  EXPECT_TRUE(std::isnan(values[1]));
}

// Made with Python: hmac.new(b"secret", text with 64 zeros, "sha256").
const std::string kSigned =
    R"({"protected":{"ver":"v1","alg":"HS256"},"signature":"SIGNATURE","payload":{"device_type":"B","interval_ms":4,)"
    R"("sensors":[{"name":"x","units":"V"}],"values":[[1],[2]]}})";
constexpr const char* kSignature = "c2d5d36ca3284879465392fc73cfbb959ea3e25eddee3e54719f6f918a224a68";

std::string with_signature(const std::string& signature) {
  std::string json_text = kSigned;
  return json_text.replace(json_text.find("SIGNATURE"), 9, signature);
}

TEST(EdgeImpulse, TheSignatureIsCheckedWithTheKey) {
  Files files;
  files.source.hmac_key = "secret";
  const Bytes good = bytes_of(with_signature(kSignature));
  const auto read = read_with("edge_impulse", good, files);
  if (!read && read.error().message.find("without libsodium") != std::string::npos)
    GTEST_SKIP() << read.error().message;
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ((*read)[0].streams[0].rate_hz, 250);

  const std::string wrong = "file: its signature is wrong: it was changed, or signed with another key";
  for (std::size_t i = 0; i < good.size(); ++i) {  // no byte can be changed unnoticed
    Bytes changed = good;
    changed[i] ^= 1;
    EXPECT_FALSE(read_with("edge_impulse", changed, files).has_value()) << i;
  }
  files.source.hmac_key = "secrets";
  EXPECT_EQ(problem_of("edge_impulse", good, files), wrong);
  files.source.hmac_key = "secret";
  EXPECT_EQ(problem_of("edge_impulse", bytes_of(with_signature(std::string(64, 'a'))), files), wrong);
  EXPECT_NE(problem_of("edge_impulse", bytes_of(with_signature("abc")), files).find("64 hexadecimal"),
            std::string::npos);
  EXPECT_EQ(problem_of("edge_impulse", as_json(document()), files),
            "file: is not signed, but the project gives a key");
  files.source.hmac_key.clear();
  EXPECT_TRUE(read_with("edge_impulse", bytes_of(with_signature("abc")), files).has_value());  // not checked
}

TEST(EdgeImpulse, NoPartOfADocumentIsRead) {
  expect_no_part_is_read("edge_impulse", as_json(document()));
  expect_no_part_is_read("edge_impulse", json::to_cbor(document()));
}

TEST(EdgeImpulse, WhatDoesNotFitIsAnError) {
  const auto problem = [](auto change) {
    json bad = document();
    change(bad);
    return problem_of("edge_impulse", as_json(bad));
  };
  EXPECT_EQ(problem_of("edge_impulse", {}), "file: is empty");
  EXPECT_EQ(problem_of("edge_impulse", bytes_of("[1, 2]")), "file: is not of the data acquisition format");
  EXPECT_EQ(problem([](json& d) { d["protected"]["ver"] = "v2"; }), "file: is of version 'v2', not 'v1'");
  EXPECT_EQ(problem([](json& d) { d["protected"]["alg"] = "RS256"; }),
            "file: its signature is of the kind 'RS256'");
  EXPECT_EQ(problem([](json& d) { d["payload"]["interval_ms"] = 0; }), "file: has no interval_ms above 0");
  EXPECT_EQ(problem([](json& d) { d["payload"]["interval_ms"] = "10"; }), "file: has no interval_ms above 0");
  EXPECT_EQ(problem([](json& d) { d["payload"].erase("sensors"); }), "file: has no sensors");
  EXPECT_EQ(problem([](json& d) { d["payload"]["values"] = json::array(); }), "file: has no values");
  EXPECT_EQ(problem([](json& d) { d["payload"]["sensors"].erase(0); }),
            "file: has 2 sensors, but 3 values a row");
  EXPECT_EQ(problem([](json& d) { d["payload"]["sensors"][1].erase("name"); }), "file: sensor 2 has no name");
  const std::string rows = "file: its values are not rows of the same length";
  EXPECT_EQ(problem([](json& d) { d["payload"]["values"][1].push_back(1); }), rows);
  EXPECT_EQ(problem([](json& d) { d["payload"]["values"][1] = 3; }), rows);
  EXPECT_EQ(problem([](json& d) { d["payload"]["values"][1] = json::array(); }), rows);
  EXPECT_EQ(problem([](json& d) { d["payload"]["values"][1][0] = {1}; }), rows);
  EXPECT_EQ(problem([](json& d) { d["payload"]["values"][1] = {{"x", 1}}; }), rows);
  EXPECT_EQ(problem([](json& d) { d["payload"]["values"][0][0] = "Ref-BINARY-i16"; }),
            "file: a value is the text 'Ref-BINARY-i16'");
}

TEST(EdgeImpulse, ClaimedLengthsAreNotBelieved) {
  // A list of 2^60 values, a text of 2^60 bytes, and lists within lists for five million levels.
  EXPECT_EQ(
      problem_of("edge_impulse", Builder().text("\xA1\x66values\x9B").big(std::uint64_t{1} << 60, 8).bytes),
      "file: is cut off: its CBOR has no end");
  EXPECT_EQ(
      problem_of("edge_impulse", Builder().text("\xA1\x66values\x7B").big(std::uint64_t{1} << 60, 8).bytes),
      "file: is cut off: its CBOR has no end");
  Bytes deep = bytes_of("\xA1\x66values");
  deep.insert(deep.end(), 5'000'000, 0x81);
  EXPECT_EQ(problem_of("edge_impulse", deep), "file: is nested deeper than 16 levels");
}

}  // namespace
}  // namespace mote
