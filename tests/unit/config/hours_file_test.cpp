#include <gmock/gmock.h>

#include "daemon/config/files.hpp"
#include "tests/unit/config/config_text.hpp"

namespace benchd::config {
namespace {

TEST(SiteFile, HasHoursInItsZone) {
  Diagnostics diagnostics;
  const auto loaded = read_site(R"(site:
  name: hub
  time_zone: Australia/Lord_Howe
  hours:
    open: {mon-sun: 06:00-22:00}
    staffed:
      mon-fri: [08:00-12:00, 13:00-17:30]
      sat: 09:00-12:00
    closed: [2026-12-25, 2026-12-28..2027-01-03]
)",
                                "s.yaml", diagnostics);
  ASSERT_TRUE(loaded) << to_string(diagnostics);
  EXPECT_EQ(model::to_text(loaded->value.hours),
            "zone Australia/Lord_Howe\n"
            "open mon-sun 06:00-22:00\n"
            "staffed mon-fri 08:00-12:00\n"
            "staffed mon-fri 13:00-17:30\n"
            "staffed sat 09:00-12:00\n"
            "closed 2026-12-25\n"
            "closed 2026-12-28..2027-01-03\n");
}

TEST(SiteFile, WithoutHoursIsAlwaysOpenAndStaffed) {
  Diagnostics diagnostics;
  const auto loaded = read_site("site: {name: hub}\n", "s.yaml", diagnostics);
  ASSERT_TRUE(loaded) << to_string(diagnostics);
  EXPECT_TRUE(loaded->value.hours.always());
}

TEST(StationFile, ABenchMayHaveHoursOfItsOwn) {
  const auto text = replaced(text_of(kFolder / "valid/station.yaml"), "      kind: thrust-stand\n",
                             "      kind: thrust-stand\n"
                             "      hours: {open: {mon-sun: 00:00-24:00}, closed: 2026-05-01}\n");
  Diagnostics diagnostics;
  const auto loaded = read_station(text, "s.yaml", process_environment(), diagnostics);
  ASSERT_TRUE(loaded) << to_string(diagnostics);
  const auto& hours = loaded->value.benches[0].hours;
  ASSERT_EQ(hours.open.size(), 1U);
  EXPECT_EQ(model::to_text(hours.open[0]), "mon-sun 00:00-24:00");
  EXPECT_TRUE(hours.staffed.empty());
  ASSERT_EQ(hours.closed.size(), 1U);
}

}  // namespace
}  // namespace benchd::config
