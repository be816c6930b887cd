// Files that were damaged at random: read or refused with a place, never a crash.
#include <random>

#include "daemon/config/policy_file.hpp"
#include "tests/unit/config/config_text.hpp"

namespace benchd::config {
namespace {

using Random = std::mt19937_64;

void damage(std::string& text, Random& random) {
  if (text.empty()) return;
  static constexpr std::string_view kBytes = ":-{}[],#&*!|>'\"%@`\n \t\xff\x80?~0aZ";
  const auto at = random() % text.size();
  switch (random() % 5) {  // NOLINT(bugprone-branch-clone): no two are alike
    case 0:
      text[at] = static_cast<char>(random());
      break;
    case 1:
      text[at] = kBytes[random() % kBytes.size()];
      break;
    case 2:
      text.insert(at, 1, kBytes[random() % kBytes.size()]);
      break;
    case 3:
      text.erase(at, 1 + random() % 20);
      break;
    default:
      text.insert(at, text.substr(random() % text.size(), random() % 40));
      break;
  }
}

void expect_a_place(const Diagnostics& diagnostics, const std::string& text) {
  EXPECT_LE(diagnostics.size(), 100U);
  for (const auto& diagnostic : diagnostics) {
    EXPECT_GE(diagnostic.place.line, 1) << diagnostic.to_string() << "\n" << text;
    EXPECT_GE(diagnostic.place.column, 1) << diagnostic.to_string() << "\n" << text;
    EXPECT_FALSE(diagnostic.message.empty());
  }
}

template <typename Read>
void mutate(const std::string& name, Read read) {
  const auto original = text_of(kFolder / "valid" / name);
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(name + ", seed " + std::to_string(seed));
  Random random{seed};
  for (int i = 0; i < 400; ++i) {
    auto text = original;
    for (auto times = 1 + random() % 3; times > 0; --times) damage(text, random);
    Diagnostics diagnostics;
    const bool success = read(text, diagnostics);
    EXPECT_EQ(success, diagnostics.empty()) << to_string(diagnostics) << text;
    expect_a_place(diagnostics, text);
    expect_a_place(check_text(text, name), text);
  }
}

TEST(DamagedFiles, AStationIsReadOrRefusedWithAPlace) {
  mutate("station.yaml", [](const std::string& text, Diagnostics& diagnostics) {
    return read_station(text, "s.yaml", process_environment(), diagnostics).has_value();
  });
}

TEST(DamagedFiles, APolicyIsReadOrRefusedWithAPlace) {
  mutate("policy.yaml", [](const std::string& text, Diagnostics& diagnostics) {
    return read_policy(text, "p.yaml", diagnostics).has_value();
  });
}

TEST(DamagedFiles, ASiteIsReadOrRefusedWithAPlace) {
  mutate("site.yaml", [](const std::string& text, Diagnostics& diagnostics) {
    return read_site(text, "s.yaml", diagnostics).has_value();
  });
}

TEST(DamagedFiles, AProfileIsReadOrRefusedWithAPlace) {
  for (const auto* name : {"profile.yaml", "modbus.yaml"}) {
    mutate(name, [](const std::string& text, Diagnostics& diagnostics) {
      return read_profile(text, "p.yaml", diagnostics).has_value();
    });
  }
}

TEST(DamagedFiles, ASequenceIsReadOrRefusedWithAPlace) {
  mutate("sequence.yaml", [](const std::string& text, Diagnostics& diagnostics) {
    return read_sequence(text, "s.yaml", diagnostics).has_value();
  });
}

}  // namespace
}  // namespace benchd::config
