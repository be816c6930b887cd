// Events of stations into the store: in order, several at once while the store is busy, and each
// acknowledged once it is on disk.
//
// Strand of the site; owned by Stations.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/site/context.hpp"

namespace benchd::site {

class EventIntake {
 public:
  using Done = std::function<void(Status)>;
  explicit EventIntake(SiteContext& context) : context_(context) {}

  // The station announces itself, from this journal: what waited came over an older connection,
  // and it will send again what is not acknowledged.
  void begin(const StationId& station, const std::string& journal_id);
  // UNAVAILABLE for events of another journal, and after one that could not be stored, until the
  // station begins anew: so that none is passed over.
  void add(const StationId& station,
           const std::string& journal_id,
           link::v1::Event event,
           Done done);

 private:
  struct Journal {
    std::string id;
    std::vector<link::v1::Event> events;  // wait for the store
    std::vector<Done> dones;
    std::int64_t newest = 0;  // that was taken since begin()
    bool storing = false;
    bool failed = false;
  };
  void store_batch(const StationId& station);
  void after_stored(const StationId& station, const std::string& journal_id, const Status& status);

  SiteContext& context_;
  std::map<StationId, Journal> journals_;
};

}  // namespace benchd::site
