// A site for load: the real store, use cases and API server on a Unix socket, put together as
// `benchd site` does, with benches whose station is away. Of two tenants, acme/mia and rival/rob.
#pragma once

#include <memory>
#include <string>

#include <asio/strand.hpp>

#include "daemon/api/api_server.hpp"
#include "daemon/app/io_threads.hpp"
#include "daemon/base/asio_timers.hpp"
#include "daemon/base/clock.hpp"
#include "daemon/site/site.hpp"
#include "tests/support/store_calls.hpp"

namespace benchd::benchmarks {

// Owner: main. Ends the process where it cannot be started.
class BookingSite {
 public:
  // With so many claims on its benches (claims.hpp).
  explicit BookingSite(int benches, int claims = 0);
  ~BookingSite();
  BookingSite(const BookingSite&) = delete;
  BookingSite& operator=(const BookingSite&) = delete;

  [[nodiscard]] std::string address() const { return "unix:" + socket_.string(); }
  // "sites/lab/benches/bench-3"
  [[nodiscard]] static std::string bench(int number);

  // As `benchd site` that is stopped and started again, in seconds until it answers.
  [[nodiscard]] double restart();

 private:
  void start();
  void stop();

  const test::TemporaryFolder folder_;
  const std::filesystem::path socket_;
  const SystemClock clock_;
  std::unique_ptr<store::Store> store_;
  app::IoThreads threads_;
  asio::any_io_executor strand_;
  AsioTimers timers_;
  std::unique_ptr<site::Site> site_;
  std::unique_ptr<api::ApiServer> api_;
};

}  // namespace benchd::benchmarks
