// A setting that would do nothing is an error with its line, and is none where it does something.
#include <gtest/gtest.h>

#include "app/project.h"
#include "base/text.h"

namespace mote {
namespace {

/// What is said of a project with these lines in [data], [[data.input]], and after them.
std::string said(const std::string& data, const std::string& input = "", const std::string& rest = "") {
  const bool has_target =
      text::starts_with(data, "target = ") || data.find("\ntarget = ") != std::string::npos;
  const auto project = parse_project(
      text::cat("name = \"small\"\nmodel = { template = \"mlp\" }\n[data]\n",
                data.find("source") == std::string::npos && data.find("train = ") == std::string::npos
                    ? "source = \"a.csv\"\n"
                    : "",
                has_target ? "" : "label = \"kind\"\n", data, "\n[[data.input]]\nname = \"x\"\n", input, "\n",
                rest),
      "mote.toml", "/home/me", "/data");
  if (!project) return "parse: " + project.error().message;
  const auto used = check_uses(*project);
  return used ? "fine" : used.error().message + " / " + used.error().hint;
}

TEST(Uses, NameTheLineThatDoesNothingAndTheWayOut) {
  EXPECT_EQ(said("window = 2"),
            "mote.toml, line 6: 'window' has no effect here, it is of recordings over time / "
            "where rows of a table are moments, add reader = \"csv_series\" to [data]; else remove the line");
  EXPECT_EQ(said("fold = 2"),
            "mote.toml, line 6: 'fold' has no effect here, it is of folds / set split = \"k-fold\", or "
            "remove the line");
  EXPECT_EQ(said("fold = 2\nwindow = 2").substr(0, 24), "mote.toml, line 6: 'fold")
      << "the first of the file";
}

/// Lines of [data], of [[data.input]], and of other tables.
struct Lines {
  std::string data, input = {}, rest = {};
};

TEST(Uses, AreRefusedWhereTheyDoNothing) {
  const std::string series = "reader = 'csv_series'\n";
  const std::vector<Lines> all = {
      {"hop = 1"},
      {"time = 't'"},
      {"gap = 3"},
      {"size = [8, 8]"},
      {"format = 'rgb565'"},
      {"hmac_key = 'k'"},
      {"steps = 5"},
      {"threshold = 0.9"},
      {"normal = ['0']"},
      {"target_unit = 'm'"},
      {"train_length = 3"},
      {"cap = 3"},
      {"source = 'a.csv'\nsplit = 'k-fold'\ntest_share = 0.3"},
      {"test = 'b.csv'\ntrain = 'a.csv'\ntest_share = 0.3"},
      {"test = 'b.csv'\ntrain = 'a.csv'\nsplit = 'time'\ntrain_length = 3"},
      {"validation = 'b.csv'\ntrain = 'a.csv'\nvalidation_share = 0.3"},
      {"intervals = 'i.json'"},
      {series + "hop = 1"},
      {series + "label_at = 'most'"},
      {series + "window = 1\nsteps = 5"},
      {series + "window = 1\nbefore = 1"},
      {series + "sort = true"},
      {series + "window = 1\nhorizon = 1"},
      {"target = 'n'\nlabels = ['a', 'b']"},
      {"target = 'n'\nrename = { a = 'b' }"},
      {"source = 'a.wav'\ntime = 't'"},
      {"source = 'a.wav'\nheader = 't'"},
      {"source = 'a.png'\nwindow = 1"},
      {"source = 'a.wav'\nsize = [3, 3]"},
      {"source = 'a.png'\nfit = 'crop'"},
      {"source = 'a.png'", "rate = 3"},
      {"source = 'a.wav'\nwindow = 1\ngap = 3"},
      {series + "steps = 5\nshorter = 'pad'"},
      {series + "window = 1\naround = 'beat'\nhop = 1"},
      {series + "window = 1\ntest_windows = 'last'"},
      {series + "target = 'n'\nwindow = 1\nlabel_at = 'most'"},
      {series + "target = 'n'\ntask = 'remaining-life'\nwindow = 1"},
      {series + "task = 'remaining-life'\nwindow = 1\npredict = 'change'"},
      {series + "time = 't'\nintervals = 'i.json'"},
      {"split_column = 's'\ntest_share = 0.3"},
      {"split = 'time'\ntrain_length = 3\ntest_share = 0.3"},
      {"split = 'time'\nseed = 3"},
      {"", "", "[train]\npatience = 3\nmonitor = 'last'"},
      {"", "stream = 'a'"},
      {"", "summary = ['mean']"},
      {"", "", "[train]\nmomentum = 0.5"},
      {"", "", "[train]\nstep_epochs = 5"},
      {"", "", "[train]\nstep_factor = 0.5"},
      {"", "", "[train]\nfocal_gamma = 1"},
      {"", "", "[train]\nhuber_delta = 1"},
      {"", "", "[train]\nquantile = 0.1"},
      {"", "", "[quantize]\npercentile = 99"},
  };
  for (const Lines& lines : all) {
    const std::string words = said(lines.data, lines.input, lines.rest);
    EXPECT_NE(words.find("has no effect here"), std::string::npos)
        << lines.data << lines.input << lines.rest << ": " << words;
  }
}

TEST(Uses, AreAcceptedWhereTheyDoSomething) {
  const std::string series = "reader = 'csv_series'\n";
  const std::vector<Lines> all = {
      {series + "time = 't'\ntime_unit = 'ms'\nsort = true\nwindow = 2\nhop = 1\nlabel_at = 'any'"},
      {series + "steps = 64"},
      {"reader = 'csv_series'\nwindow = 1\ntrain = 'a.csv'\ntest = 'b.csv'\ntest_windows = 'last'"},
      {"source = 'a-idx3-ubyte'\nwindow = 3"},
      {"source = 'a.npz'\nsize = [3, 3]\nfit = 'crop'"},
      {series + "window = 1\naround = 'beat'\nbefore = 0.5"},
      {series + "target = 'n'\ntask = 'forecast'\nwindow = 2\nhorizon = 3\npredict = 'change'"},
      {series + "task = 'anomaly'\nnormal = ['0']\nthreshold = 0.9\nsplit = 'time'\ntrain_length = 3"},
      {"source = 'a.wav'\nwindow = 1\nhop = 1"},
      {"source = 'a.bin'\nwindow = 1"},  // nothing is known of it yet
      {"source = 'a.png'\nsize = [3, 3]\ncolor = 'grey'"},
      {"source = 'a.raw'\nreader = 'image'\nformat = 'rgb565'\nsize = [3, 3]"},
      {"source = 'a.json'\nreader = 'edge_impulse'\nhmac_key = 'k'"},
      {"split = 'k-fold'\nfolds = 3\nfold = 2"},
      {"split = 'time'\ntrain_length = 3"},
      {"test = 'b.csv'\ntrain = 'a.csv'\nvalidation_share = 0.3"},
      {"", "",
       "[train]\noptimizer = 'sgd'\nmomentum = 0.5\nschedule = 'step'\nstep_epochs = 5\nloss = 'focal'\n"
       "focal_gamma = 1\n[quantize]\ncalibration = 'percentile'\npercentile = 99"},
  };
  for (const Lines& lines : all)
    EXPECT_EQ(said(lines.data, lines.input, lines.rest), "fine") << lines.data << lines.input << lines.rest;
}

}  // namespace
}  // namespace mote
