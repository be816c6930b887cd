// Each golden/NAME.yaml has mistakes; golden/NAME.expected holds what `benchd check` says of them.
// BENCHD_UPDATE_GOLDEN=1 rewrites the expectations.
#include <cstdlib>

#include "daemon/config/files.hpp"
#include "tests/unit/config/config_text.hpp"

namespace benchd::config {
namespace {

std::vector<std::filesystem::path> files_in(const std::string& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator{kFolder / folder}) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

TEST(WrongFiles, EveryMistakeIsReportedAtItsPlaceWithASuggestion) {
  const bool update = std::getenv("BENCHD_UPDATE_GOLDEN") != nullptr;
  const auto files = files_in("golden");
  ASSERT_FALSE(files.empty());
  for (const auto& file : files) {
    const auto said = to_string(check_text(text_of(file), file.filename().string()));
    const auto expected = std::filesystem::path{file}.replace_extension(".expected");
    if (update) std::ofstream{expected} << said;
    EXPECT_EQ(said, text_of(expected)) << file;
    EXPECT_FALSE(said.empty()) << file << " has mistakes that were not found";
  }
}

TEST(RightFiles, AreAcceptedWithoutARemark) {
  for (const auto& file : files_in("valid")) {
    EXPECT_EQ(to_string(check_file(file)), "") << file;
  }
}

TEST(RightFiles, AreToldApartByTheirTopLevelKeys) {
  EXPECT_EQ(kind_of_text(text_of(kFolder / "valid/station.yaml")), FileKind::Station);
  EXPECT_EQ(kind_of_text(text_of(kFolder / "valid/site.yaml")), FileKind::Site);
  EXPECT_EQ(kind_of_text(text_of(kFolder / "valid/policy.yaml")), FileKind::Policy);
  EXPECT_EQ(kind_of_text(text_of(kFolder / "valid/sequence.yaml")), FileKind::Sequence);
  EXPECT_EQ(kind_of_text(text_of(kFolder / "valid/profile.yaml")), FileKind::Profile);
  EXPECT_EQ(kind_of_text(text_of(kFolder / "valid/modbus.yaml")), FileKind::Profile);
  EXPECT_EQ(kind_of_text("name: x"), std::nullopt);
}

TEST(RightFiles, TheHashIsTheSha256OfTheText) {
  // FIPS 180-2, appendix B.1.
  EXPECT_EQ(config_hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  const auto loaded = load_station_file(kFolder / "valid/station.yaml");
  ASSERT_TRUE(loaded.has_value()) << loaded.error().to_string();
  EXPECT_EQ(loaded->value.config_hash, config_hash(loaded->text));
}

TEST(UnreadableFiles, AreAnErrorThatNamesTheFileAndTheCause) {
  const auto missing = load_station_file(kFolder / "valid/missing.yaml");
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().reason, Reason::ConfigUnreadable);
  EXPECT_THAT(missing.error().message, testing::HasSubstr("No such file"));
  EXPECT_FALSE(load_site_file(kFolder).has_value());
  EXPECT_EQ(check_file(kFolder / "valid/missing.yaml").size(), 1U);
}

TEST(WrongFiles, LoadingOneIsAnErrorWithAViolationForEachMistake) {
  const auto loaded = load_station_file(kFolder / "golden/story.yaml");
  ASSERT_FALSE(loaded.has_value());
  EXPECT_EQ(loaded.error().reason, Reason::ConfigInvalid);
  EXPECT_EQ(loaded.error().violations.size(), 2U);
  const auto sequence = load_sequence_file(kFolder / "golden/sequence.yaml");
  EXPECT_EQ(sequence.error().reason, Reason::SequenceInvalid);
}

}  // namespace
}  // namespace benchd::config
