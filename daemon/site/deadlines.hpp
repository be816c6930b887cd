// Moves bookings on by time: the store knows the deadlines, this wakes up for them.
//
// Strand of the site; owned by Bookings.
#pragma once

#include <functional>

#include "daemon/site/changes.hpp"
#include "daemon/site/teardown.hpp"

namespace benchd::site {

class Deadlines {
 public:
  Deadlines(SiteContext& context, Teardown& teardown) : context_(context), teardown_(teardown) {}

  // Everything that became due while benchd was down, each once; then `ready`, and from then on by
  // timer. Benches of bookings in TEARDOWN are ordered to be released again.
  void start(std::function<void(Status)> ready);

 private:
  void fire(std::function<void(Status)> done);
  void resume_teardowns(const std::string& page_token, std::function<void(Status)> done);
  void begin_watching();
  void look();
  void sleep_until(UtcSeconds deadline);

  SiteContext& context_;
  Teardown& teardown_;
  Subscription changes_;
  TimerHandle timer_;
  UtcSeconds next_ = UtcSeconds::min();  // what the timer waits for
  bool looking_ = false;
  bool look_again_ = false;
};

}  // namespace benchd::site
