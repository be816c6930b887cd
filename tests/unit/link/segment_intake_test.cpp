#include "daemon/link/segment_intake.hpp"

#include <gtest/gtest.h>

#include "tests/support/scratch_directory.hpp"

namespace benchd::link::detail {
namespace {

using test::ScratchDirectory;

v1::SegmentHeader header_of(const std::string& content) {
  v1::SegmentHeader header;
  header.set_tenant("volant");
  header.set_run("r-1");
  header.set_size(static_cast<std::int64_t>(content.size()));
  header.set_sha256(recording::sha256_hex(content));
  return header;
}

TEST(SegmentIntakeTest, AWholeSegmentIsStoredUnderItsName) {
  const ScratchDirectory scratch;
  SegmentIntake intake(scratch.path(), header_of("abcdef"));
  ASSERT_TRUE(intake.add("abc"));
  EXPECT_FALSE(intake.whole());
  ASSERT_TRUE(intake.add("def"));
  ASSERT_TRUE(intake.whole());
  ASSERT_TRUE(intake.store());
  EXPECT_EQ(intake.path(), scratch.path() / "volant" / "r-1" / "000000.seg");
  EXPECT_EQ(recording::sha256_hex_of_file(intake.path()).value(), recording::sha256_hex("abcdef"));
  EXPECT_TRUE(SegmentIntake(scratch.path(), header_of("abcdef")).already_stored());
}

TEST(SegmentIntakeTest, ContentThatDoesNotMatchItsHashIsNotStored) {
  const ScratchDirectory scratch;
  SegmentIntake intake(scratch.path(), header_of("abcdef"));
  ASSERT_TRUE(intake.add("abcxyz"));
  const auto stored = intake.store();
  ASSERT_FALSE(stored);
  EXPECT_EQ(stored.error().reason, Reason::RecordingDamaged);
  EXPECT_FALSE(std::filesystem::exists(intake.path()));
}

TEST(SegmentIntakeTest, AnUploadThatBreaksOffLeavesNothing) {
  const ScratchDirectory scratch;
  {
    SegmentIntake intake(scratch.path(), header_of("abcdef"));
    ASSERT_TRUE(intake.add("abc"));
  }
  for (const auto& entry : std::filesystem::recursive_directory_iterator(scratch.path())) {
    EXPECT_TRUE(entry.is_directory()) << entry.path();
  }
}

TEST(SegmentIntakeTest, NoNameLeadsOutOfTheFolder) {
  for (const auto* name : {"..", "a/b", "", "/etc", "A", "a.b", "-a"}) {
    auto tenant = header_of("x");
    tenant.set_tenant(name);
    EXPECT_FALSE(check_header(tenant)) << name;
    auto run = header_of("x");
    run.set_run(name);
    EXPECT_FALSE(check_header(run)) << name;
  }
  auto index = header_of("x");
  index.set_index(-1);
  EXPECT_FALSE(check_header(index));
  EXPECT_TRUE(check_header(header_of("x")));
}

}  // namespace
}  // namespace benchd::link::detail
