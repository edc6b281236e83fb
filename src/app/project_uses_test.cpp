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
  const auto project =
      parse_project(text::cat("name = \"small\"\nmodel = { template = \"mlp\" }\n[data]\n",
                              data.find("source") == std::string::npos ? "source = \"a.csv\"\n" : "",
                              has_target ? "" : "label = \"kind\"\n", data,
                              "\n[[data.input]]\nname = \"x\"\n", input, "\n", rest),
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

TEST(Uses, AreRefusedWhereTheyDoNothing) {
  const std::string series = "reader = \"csv_series\"\n";
  for (const std::string& lines : {std::string("hop = 1"),
                                   std::string("time = \"t\""),
                                   std::string("gap = 3"),
                                   std::string("size = [8, 8]"),
                                   std::string("format = \"rgb565\""),
                                   std::string("hmac_key = \"k\""),
                                   std::string("steps = 5"),
                                   std::string("threshold = 0.9"),
                                   std::string("normal = [\"0\"]"),
                                   std::string("target_unit = \"m\""),
                                   std::string("train_length = 3"),
                                   std::string("cap = 3"),
                                   std::string("intervals = \"i.json\""),
                                   series + "hop = 1",
                                   series + "label_at = \"most\"",
                                   series + "window = 1\nsteps = 5",
                                   series + "window = 1\nbefore = 1",
                                   series + "sort = true",
                                   series + "window = 1\nhorizon = 1",
                                   std::string("target = \"n\"\nlabels = [\"a\", \"b\"]"),
                                   std::string("target = \"n\"\nrename = { a = \"b\" }"),
                                   std::string("source = \"a.wav\"\ntime = \"t\""),
                                   std::string("source = \"a.wav\"\nheader = \"t\""),
                                   std::string("source = \"a.png\"\nwindow = 1"),
                                   std::string("source = \"a.npz\"\nsize = [3, 3]")})
    EXPECT_NE(said(lines).find("has no effect here"), std::string::npos) << lines << ": " << said(lines);
  for (const char* input : {"stream = \"a\"", "summary = [\"mean\"]", "rate = 3\nperiod = 3"})
    EXPECT_NE(said("", input).find("has no effect here"), std::string::npos)
        << input << ": " << said("", input);
  for (const char* rest :
       {"[train]\nmomentum = 0.5", "[train]\nstep_epochs = 5", "[train]\nstep_factor = 0.5",
        "[train]\nfocal_gamma = 1", "[train]\nhuber_delta = 1", "[train]\nquantile = 0.1",
        "[quantize]\npercentile = 99"})
    EXPECT_NE(said("", "", rest).find("has no effect here"), std::string::npos)
        << rest << ": " << said("", "", rest);
}

TEST(Uses, AreAcceptedWhereTheyDoSomething) {
  const std::string series = "reader = \"csv_series\"\n";
  for (const std::string& lines :
       {series + "time = \"t\"\ntime_unit = \"ms\"\nsort = true\nwindow = 2\nhop = 1\nlabel_at = \"any\"",
        series + "steps = 64\nshorter = \"error\"", series + "window = 1\naround = \"beat\"\nbefore = 0.5",
        series + "target = \"n\"\ntask = \"forecast\"\nwindow = 2\nhorizon = 3\npredict = \"change\"",
        series + "task = \"anomaly\"\nnormal = [\"0\"]\nthreshold = 0.9\nsplit = \"time\"\ntrain_length = 3",
        std::string("source = \"a.wav\"\nwindow = 1\nhop = 1"), std::string("source = \"a.bin\"\nwindow = 1"),
        std::string("source = \"a.png\"\nsize = [3, 3]\ncolor = \"grey\""),
        std::string("source = \"a.raw\"\nreader = \"image\"\nformat = \"rgb565\"\nsize = [3, 3]"),
        std::string("source = \"a.json\"\nreader = \"edge_impulse\"\nhmac_key = \"k\""),
        std::string("split = \"k-fold\"\nfolds = 3\nfold = 2")})
    EXPECT_EQ(said(lines), "fine") << lines;
  EXPECT_EQ(
      said("", "",
           "[train]\noptimizer = \"sgd\"\nmomentum = 0.5\nschedule = \"step\"\nstep_epochs = 5\n"
           "loss = \"focal\"\nfocal_gamma = 1\n[quantize]\ncalibration = \"percentile\"\npercentile = 99"),
      "fine");
}

}  // namespace
}  // namespace mote
