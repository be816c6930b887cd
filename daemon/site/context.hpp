// What every use case of the site works with.
//
// The site's state in memory (stations, watchers) is confined to one strand; use cases are called
// on it and answer on it. The store answers on a thread of its own: wrap its handlers in
// `posted()`.
#pragma once

#include <filesystem>
#include <functional>
#include <utility>

#include <asio/any_io_executor.hpp>
#include <asio/post.hpp>

#include "daemon/base/clock.hpp"
#include "daemon/base/result.hpp"
#include "daemon/base/timers.hpp"
#include "daemon/model/site.hpp"
#include "daemon/scheduling/policy.hpp"
#include "daemon/store/store.hpp"

namespace benchd::site {

class Stations;
class Changes;

// The answer of a use case: called exactly once, on the site's strand.
template <typename Response>
using Reply = std::function<void(Result<Response>)>;

struct SiteContext {
  const model::Site& config;
  const scheduling::Policy& policy;
  store::Store& store;
  Stations& stations;
  Changes& changes;
  const Clock& clock;
  Timers& timers;  // on the strand
  asio::any_io_executor strand;
  asio::any_io_executor blocking;  // reads recordings and makes exports
  std::filesystem::path segments;  // <tenant>/<run>/<index>.seg

  // The handler, called on the strand.
  template <typename Handler>
  [[nodiscard]] auto posted(Handler handler) const {
    return [strand = strand, handler = std::move(handler)](auto result) mutable {
      asio::post(strand, [handler = std::move(handler), result = std::move(result)]() mutable {
        handler(std::move(result));
      });
    };
  }
};

}  // namespace benchd::site
