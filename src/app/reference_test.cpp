// The reference pages say what the tables say.
#include "app/reference.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "app/app.h"
#include "base/system.h"
#include "graph/op.h"

namespace mote {
namespace {
namespace fs = std::filesystem;

void expect_page(const std::string& name, const std::string& wanted) {
  const fs::path page = fs::path(MOTE_SOURCE_DIR) / "docs" / "reference" / name;
  if (std::getenv("MOTE_UPDATE_DOCS")) {
    ASSERT_TRUE(write_text(page, wanted));
  }
  const auto checked_in = read_text(page);
  ASSERT_TRUE(checked_in) << checked_in.error().message;
  EXPECT_EQ(*checked_in, wanted) << "run app_test once with MOTE_UPDATE_DOCS=1";
}

TEST(Reference, PageOfOpsIsWhatTheSchemasSay) { expect_page("ops.md", ops_reference_markdown()); }

// What is listed as dealt with by the import has no rule of an op, and `mote ops` knows it by its name.
TEST(Reference, OpsKnowsTheNamesThatOnlyTheImportHandles) {
  const auto all = list_ops("");
  ASSERT_TRUE(all);
  for (const ImportedName& imported : imported_names()) {
    const std::string name(imported.name);
    EXPECT_NE(all->json.find(text::cat("\"tflite:", name, "\"")), std::string::npos) << name;
    const auto one = list_ops(name);
    ASSERT_TRUE(one) << one.error().message;
    EXPECT_NE(one->text.find(imported.becomes), std::string::npos) << one->text;
    for (const OpDef* op : op_registry()) {
      for (const FormatRule& rule : op->formats) EXPECT_FALSE(rule.read && rule.op == name) << op->name;
    }
  }
}

TEST(Reference, PageOfTargetsIsWhatTheFilesSay) { expect_page("targets.md", targets_reference_markdown()); }

}  // namespace
}  // namespace mote
