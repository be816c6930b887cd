#include "daemon/site/event_intake.hpp"

namespace benchd::site {

namespace {

constexpr std::size_t kMostAtOnce = 500;

Error begin_anew(const char* why) {
  return {Reason::Unavailable, std::string{"the events were not taken: "} + why, {}, {}};
}

}  // namespace

void EventIntake::begin(const StationId& station, const std::string& journal_id) {
  auto& journal = journals_[station];
  const auto dones = std::exchange(journal.dones, {});
  journal.id = journal_id;
  journal.events.clear();
  journal.newest = 0;
  journal.failed = false;
  for (const auto& done : dones) done(fail(begin_anew("the station has connected anew")));
}

void EventIntake::add(const StationId& station,
                      const std::string& journal_id,
                      link::v1::Event event,
                      Done done) {
  const auto found = journals_.find(station);
  if (found == journals_.end() || found->second.id != journal_id || found->second.failed) {
    return done(fail(begin_anew("the station must connect anew")));
  }
  auto& journal = found->second;
  const bool follows = journal.newest == 0 || event.number() == journal.newest + 1;
  if (!follows) {
    journal.failed = true;
    return done(fail(begin_anew("one is missing")));
  }
  journal.newest = event.number();
  journal.events.push_back(std::move(event));
  journal.dones.push_back(std::move(done));
  store_batch(station);
}

void EventIntake::store_batch(const StationId& station) {
  auto& journal = journals_.at(station);
  if (journal.storing || journal.events.empty()) return;
  journal.storing = true;
  const auto count = std::min(journal.events.size(), kMostAtOnce);
  const auto middle = journal.events.begin() + static_cast<std::ptrdiff_t>(count);
  std::vector<link::v1::Event> batch(std::make_move_iterator(journal.events.begin()),
                                     std::make_move_iterator(middle));
  journal.events.erase(journal.events.begin(), middle);
  const auto last = journal.dones.begin() + static_cast<std::ptrdiff_t>(count);
  std::vector<Done> dones(journal.dones.begin(), last);
  journal.dones.erase(journal.dones.begin(), last);

  context_.store.apply_station_events(
      {.station = station,
       .journal_id = journal.id,
       .events = std::move(batch),
       .now = context_.clock.utc_now()},
      context_.posted([this, station, journal_id = journal.id,
                       dones = std::move(dones)](const Result<std::int64_t>& stored) {
        const Status status = stored ? Status{} : fail(stored.error());
        for (const auto& done : dones) done(status);
        after_stored(station, journal_id, status);
      }));
}

void EventIntake::after_stored(const StationId& station,
                               const std::string& journal_id,
                               const Status& status) {
  auto& journal = journals_.at(station);
  journal.storing = false;
  if (!status && journal.id == journal_id && journal.newest != 0) {
    journal.failed = true;
    journal.events.clear();
    for (const auto& done : std::exchange(journal.dones, {})) done(status);
  }
  store_batch(station);
}

}  // namespace benchd::site
