// The reference pages say what the tables say.
#include "app/reference.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "base/system.h"

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

TEST(Reference, PageOfTargetsIsWhatTheFilesSay) { expect_page("targets.md", targets_reference_markdown()); }

}  // namespace
}  // namespace mote
