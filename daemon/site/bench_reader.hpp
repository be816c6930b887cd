// Benches as a caller may see them, read from the store and the stations. For this module only.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "benchd/v1/bench.pb.h"

#include "daemon/access/caller.hpp"
#include "daemon/site/stations.hpp"

namespace benchd::site {

struct SeenBench {
  v1::Bench bench;
  // Only for its holder and for those who operate all.
  std::optional<v1::BenchStatus> status;
};

// In the order of `views`; a bench that has gone meanwhile is left out. `done` comes on the strand.
void read_benches(SiteContext& context,
                  const access::Caller& caller,
                  std::vector<BenchView> views,
                  std::function<void(Result<std::vector<SeenBench>>)> done);

}  // namespace benchd::site
