#include <fstream>

#include "tests/unit/site_runs/runs_fixture.hpp"

namespace benchd::site {
namespace {

using testing::HasSubstr;

class SequencesTest : public RunsTest {
 protected:
  static std::string with_name(const std::string& name) {
    std::string source = kHoldSource;
    source.replace(source.find("name: hold"), 10, "name: " + name);
    return source;
  }

  Result<v1::CreateSequenceResponse> create(const std::string& source) {
    v1::CreateSequenceRequest request;
    request.set_parent("tenants/volant");
    request.set_source_text(source);
    request.set_file("own.yaml");
    return call(site_->sequences, &Sequences::create_sequence, volant_, request);
  }

  Result<v1::Sequence> get_sequence(const std::string& name, const access::Caller& caller) {
    v1::GetSequenceRequest request;
    request.set_name(name);
    auto response = call(site_->sequences, &Sequences::get_sequence, caller, request);
    if (!response) return fail(response.error());
    return response->sequence();
  }

  v1::CheckSequenceResponse check(const std::string& source, bool at_bench) {
    v1::CheckSequenceRequest request;
    request.set_parent("tenants/volant");
    request.set_source_text(source);
    request.set_file("own.yaml");
    if (at_bench) request.set_bench("sites/hub/benches/thrust-1");
    const auto response = call(site_->sequences, &Sequences::check_sequence, volant_, request);
    EXPECT_TRUE(response) << response.error().to_string();
    return response ? *response : v1::CheckSequenceResponse{};
  }

  void load(const std::filesystem::path& folder) {
    std::optional<Status> loaded;
    site_->sequences.load_library(folder, [&](const Status& status) { loaded = status; });
    wait([&] { return loaded.has_value(); });
    EXPECT_TRUE(*loaded) << loaded->error().to_string();
  }

  void write(const std::filesystem::path& file, const std::string& text) {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
};

TEST_F(SequencesTest, AStoredSequenceTellsItsParametersAndNeeds) {
  ASSERT_TRUE(create(with_name("own")));

  const auto sequence = get_sequence("tenants/volant/sequences/own", volant_);

  ASSERT_TRUE(sequence) << sequence.error().to_string();
  EXPECT_EQ(sequence->version(), 1);
  EXPECT_EQ(sequence->parameters_size(), 2);
  EXPECT_EQ(sequence->needs_size(), 1);
  EXPECT_EQ(sequence->source_text(), with_name("own"));
}

TEST_F(SequencesTest, AWrongTextIsRefusedWithItsPlace) {
  auto source = with_name("own");
  source.replace(source.find("current: level"), 14, "current: lever");

  const auto created = create(source);

  ASSERT_FALSE(created);
  ASSERT_FALSE(created.error().violations.empty());
  EXPECT_THAT(created.error().violations.front().field, HasSubstr("own.yaml:"));
}

TEST_F(SequencesTest, CheckingTellsOfMistakesWithoutStoring) {
  auto source = with_name("own");
  source.replace(source.find("current: level"), 14, "current: lever");

  const auto response = check(source, false);

  EXPECT_FALSE(response.ok());
  ASSERT_GE(response.diagnostics_size(), 1);
  EXPECT_EQ(response.diagnostics(0).line(), 9);
  EXPECT_FALSE(get_sequence("tenants/volant/sequences/own", volant_));
}

TEST_F(SequencesTest, AnUnknownKeyHidesNoMistakeOfTheSteps) {
  auto source = with_name("own");
  source.replace(source.find("current: level"), 14, "current: lever");
  source.replace(source.find("  steps:"), 8, "  colour: red\n  steps:");

  const auto response = check(source, true);

  EXPECT_FALSE(response.ok());
  std::vector<std::string> messages;
  for (const auto& diagnostic : response.diagnostics()) messages.push_back(diagnostic.message());
  EXPECT_THAT(messages,
              testing::ElementsAre(HasSubstr("unknown key \"colour\""), HasSubstr("\"lever\"")));
  EXPECT_EQ(create(source).error().violations.size(), 2U);
}

TEST_F(SequencesTest, CheckingAtABenchComparesWithItsRange) {
  const auto response = check(with_name("own"), true);

  ASSERT_EQ(response.setpoints_size(), 1);
  EXPECT_EQ(response.setpoints(0).channel(), "current");
  EXPECT_DOUBLE_EQ(response.setpoints(0).allowed_max(), 60);
}

TEST_F(SequencesTest, TheLibraryGetsANewVersionOnlyWhereATextHasChanged) {
  const auto folder = directory_.path() / "library";
  write(folder / "one.yaml", with_name("one"));
  write(folder / "two.yaml", with_name("two"));
  load(folder);
  write(folder / "two.yaml", with_name("two") + "# changed\n");
  load(folder);

  EXPECT_EQ(get_sequence("sites/hub/sequences/one", volant_)->version(), 1);
  EXPECT_EQ(get_sequence("sites/hub/sequences/two", volant_)->version(), 2);
}

TEST_F(SequencesTest, ABrokenFileOfTheLibraryLeavesTheOthersThere) {
  const auto folder = directory_.path() / "library";
  write(folder / "broken.yaml", "sequence: {name: broken, steps: 7}\n");
  write(folder / "one.yaml", with_name("one"));

  load(folder);

  EXPECT_TRUE(get_sequence("sites/hub/sequences/one", volant_));
  EXPECT_FALSE(get_sequence("sites/hub/sequences/broken", volant_));
}

}  // namespace
}  // namespace benchd::site
