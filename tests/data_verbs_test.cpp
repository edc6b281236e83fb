// `mote data show`, `check` and `split` as a person uses them: what they print, what they write, how they fail.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "app/app.h"
#include "base/system.h"
#include "base/text.h"

namespace mote {
namespace {
namespace fs = std::filesystem;

class DataVerbs : public ::testing::Test {
 protected:
  void SetUp() override {
    auto made = ScratchFolder::make("data_verbs");
    ASSERT_TRUE(made);
    folder_ = std::make_unique<ScratchFolder>(std::move(*made));
    // 60 rows of 4 steps and a temperature, of 6 people.
    std::string csv = "label,person,a0,a1,a2,a3,t\n";
    for (int i = 0; i < 60; ++i) {
      csv += text::cat(i % 2 == 0 ? "still" : "\"shake, hard\"", ",p", i / 10);
      for (int t = 0; t < 4; ++t) csv += text::cat(",", (i * 37 + t * (i % 7 + 3)) % 41);
      csv += text::cat(",", 20 + i % 9, "\n");
    }
    ASSERT_TRUE(write_text(path("rows.csv"), csv));
    write_project("group = \"person\"\n");
  }
  std::string path(const std::string& name) const { return (folder_->path() / name).string(); }
  void write_project(const std::string& data) const {
    ASSERT_TRUE(
        write_text(path("mote.toml"),
                   text::cat("name = \"verbs\"\n[data]\nsource = \"rows.csv\"\n", "label = \"label\"\n", data,
                             "[[data.input]]\nname = \"motion\"\ncolumns = \"a0..a3\"\nrate = 50\n",
                             "[[data.input]]\nname = \"room\"\ncolumns = [\"t\"]\nseries = false\n",
                             "normalize = \"standard\"\n[model]\ntemplate = \"cnn1d\"\n")));
  }

  std::unique_ptr<ScratchFolder> folder_;
};

TEST_F(DataVerbs, ShowPrintsCountsAndWritesAPage) {
  const auto shown = data_show({path("mote.toml"), ""});
  ASSERT_TRUE(shown) << shown.error().message;
  for (const char* part : {"still", "shake, hard", "6 groups", "motion", "[4,1]", "(x - 2", "▁", "pictures:"})
    EXPECT_NE(shown->text.find(part), std::string::npos) << part << "\n" << shown->text;
  const auto page = read_text(path("out/data.html"));
  ASSERT_TRUE(page);
  EXPECT_NE(page->find("Samples of &#39;motion&#39;"), std::string::npos);
  EXPECT_NE(page->find("data:image/png;base64,"), std::string::npos);  // the features by label
  EXPECT_EQ(page->find("<script"), std::string::npos);
  EXPECT_EQ(page->find("http://"), page->find("http://www.w3.org"));
  const auto json = nlohmann::json::parse(shown->json);
  EXPECT_EQ(json["samples"], 60);
  EXPECT_EQ(json["task"], "classification");
  EXPECT_EQ(json["inputs"][1]["channel_scale"].size(), 1u);
  EXPECT_EQ(json["page"], path("out/data.html"));
}

TEST_F(DataVerbs, ShowWritesWhereItIsToldAndTheSameBytesTwice) {
  ASSERT_TRUE(data_show({path("mote.toml"), path("a.html")}));
  ASSERT_TRUE(data_show({path("mote.toml"), path("b.html")}));
  EXPECT_EQ(*read_text(path("a.html")), *read_text(path("b.html")));
  EXPECT_FALSE(fs::exists(path("out")));
  EXPECT_FALSE(data_show({path("mote.toml"), path("rows.csv/below.html")}));
}

TEST_F(DataVerbs, NothingIsWrittenOverWhatTheProjectReads) {
  for (const char* const file : {"mote.toml", "rows.csv"}) {
    const std::string before = *read_text(path(file));
    for (const auto& refused :
         {data_show({path("mote.toml"), path(file)}), data_split({path("mote.toml"), path(file)})}) {
      ASSERT_FALSE(refused) << file;
      EXPECT_NE(refused.error().message.find("would be written over"), std::string::npos);
    }
    EXPECT_EQ(*read_text(path(file)), before);
  }
}

TEST_F(DataVerbs, NothingIsWrittenOverWhatIsNoEarlierResult) {
  ASSERT_TRUE(write_text(path("notes.csv"), "day,what\n1,rain\n"));
  for (const auto& refused : {data_show({path("mote.toml"), path("notes.csv")}),
                              data_split({path("mote.toml"), path("notes.csv")})}) {
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("is no earlier result"), std::string::npos)
        << refused.error().message;
  }
  EXPECT_EQ(*read_text(path("notes.csv")), "day,what\n1,rain\n");
  ASSERT_TRUE(data_split({path("mote.toml"), path("split.csv")}));
  EXPECT_TRUE(data_split({path("mote.toml"), path("split.csv")})) << "its own may be made again";
}

TEST_F(DataVerbs, TrainAndFlowKeepTheirData) {
  fs::rename(path("rows.csv"), path("verbs_training.json"));
  const std::string project = *read_text(path("mote.toml")), rows = *read_text(path("verbs_training.json"));
  ASSERT_TRUE(write_text(path("mote.toml"), text::cat(project.substr(0, project.find("rows.csv")),
                                                      "verbs_training.json\"\nreader = \"csv_wide",
                                                      project.substr(project.find("rows.csv") + 8))));
  TrainRequest train;
  train.project = path("mote.toml");
  train.output = folder_->path().string();
  FlowRequest all;
  all.project = train.project;
  all.output = train.output;
  for (const auto& refused : {train_project(train), flow(all)}) {
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("verbs_training.json is what the project reads"),
              std::string::npos)
        << refused.error().message;
  }
  EXPECT_EQ(*read_text(path("verbs_training.json")), rows);
}

TEST_F(DataVerbs, ShowCountsWhatIsLeftOut) {
  ASSERT_TRUE(
      write_text(path("rows.csv"), *read_text(path("rows.csv")) + "odd,p6,1,2,3,4,20\nodd,p6,1,2,3,4,20\n"));
  write_project("ignore = [\"odd\"]\n");
  const auto shown = data_show({path("mote.toml"), path("a.html")});
  ASSERT_TRUE(shown) << shown.error().message;
  EXPECT_NE(shown->text.find("left out: 2 rows of ignored labels"), std::string::npos) << shown->text;
}

TEST_F(DataVerbs, AnEmptyKeyIsNoKey) {
  const auto run =
      run_process({MOTE_PROGRAM, "data", "import", path("rows.csv"), "-o", path("in"), "--hmac-key", ""},
                  folder_->path(), 60);
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_EQ(run->exit_code, 2);
  EXPECT_NE(run->err.find("--hmac-key"), std::string::npos) << run->err;
}

TEST_F(DataVerbs, CheckNamesLeaksAndFails) {
  const auto good = data_check(path("mote.toml"));
  ASSERT_TRUE(good) << good.error().message;
  EXPECT_NE(good->text.find("no group is in two splits"), std::string::npos) << good->text;
  write_project("group = \"person\"\nsplit = \"random\"\n");
  const auto bad = data_check(path("mote.toml"));
  ASSERT_TRUE(bad) << bad.error().message;
  EXPECT_FALSE(bad->ok);
  EXPECT_NE(bad->text.find("problem  groups in test and elsewhere: 5 of 6"), std::string::npos) << bad->text;
  const auto json = nlohmann::json::parse(bad->json);
  EXPECT_EQ(json["worst"], "problem");
  EXPECT_EQ(json["drift"].size(), 4u);  // two channels, two splits
}

TEST_F(DataVerbs, SplitWritesALineASample) {
  const auto split = data_split({path("mote.toml"), path("split.csv")});
  ASSERT_TRUE(split) << split.error().message;
  const auto csv = read_text(path("split.csv"));
  ASSERT_TRUE(csv);
  const std::vector<std::string> lines = text::split(*csv, '\n');
  ASSERT_EQ(lines.size(), 62u);  // a header, 60 rows, the end
  EXPECT_EQ(lines[0], "origin,label,group,split");
  EXPECT_EQ(lines[2].substr(0, 30), "rows.csv:3,\"shake, hard\",p0,te");
  std::map<std::string, std::set<std::string>> sides;
  for (std::size_t i = 1; i < 61; ++i) {
    const auto group = lines[i].substr(lines[i].rfind(",p") + 1, 2);
    sides[group].insert(lines[i].substr(lines[i].rfind(',') + 1));
  }
  for (const auto& [group, names] : sides) EXPECT_EQ(names.size(), 1u) << group;
  ASSERT_TRUE(data_split({path("mote.toml"), path("again.csv")}));
  EXPECT_EQ(*csv, *read_text(path("again.csv")));
  const auto json = nlohmann::json::parse(split->json);
  EXPECT_EQ(json["folds"].size(), 1u);
  EXPECT_EQ(json["folds"][0]["train"].get<int>() + json["folds"][0]["validation"].get<int>() +
                json["folds"][0]["test"].get<int>(),
            60);
}

TEST_F(DataVerbs, SplitListsEachFoldAndEverySampleIsTestedOnce) {
  write_project("split = \"k-fold\"\nfolds = 3\n");
  const auto split = data_split({path("mote.toml"), path("folds.csv")});
  ASSERT_TRUE(split) << split.error().message;
  EXPECT_NE(split->text.find("3, validation"), std::string::npos) << split->text;
  const std::vector<std::string> lines = text::split(*read_text(path("folds.csv")), '\n');
  EXPECT_EQ(lines[0], "origin,label,fold_1,fold_2,fold_3");
  for (std::size_t i = 1; i < 61; ++i) {
    const std::string sides =
        lines[i].substr(lines[i].rfind("\",") == std::string::npos ? 0 : lines[i].rfind("\","));
    std::size_t tests = 0;
    for (std::size_t at = sides.find(",test"); at != std::string::npos; at = sides.find(",test", at + 1))
      ++tests;
    EXPECT_EQ(tests, 1u) << lines[i];
  }
  EXPECT_EQ(nlohmann::json::parse(split->json)["folds"].size(), 3u);
}

TEST_F(DataVerbs, CommandLineKnowsThem) {
  const auto run = run_process({MOTE_PROGRAM, "data", "split", path("mote.toml"), "-o", path("cli.csv")},
                               folder_->path(), 60);
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_NE(run->out.find("written: "), std::string::npos);
  EXPECT_TRUE(fs::exists(path("cli.csv")));
}

}  // namespace
}  // namespace mote
