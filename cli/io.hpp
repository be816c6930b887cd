// What surrounds a command: its three streams, what they are connected to, environment and clock.
// Tests make their own, so that every behaviour towards terminals can be seen in a string.
#pragma once

#include <filesystem>
#include <functional>
#include <iosfwd>
#include <mutex>
#include <optional>
#include <string>

#include "daemon/base/clock.hpp"

namespace benchd::cli {

// Ctrl-C, counted. press() is called by main's signal thread or by a test; at most one part of the
// program listens at a time. Safe from any thread.
class Interrupts {
 public:
  using Listener = std::function<void(int count)>;

  // False if nobody listens: the caller ends the process.
  bool press();

  // Calls `listener` for each press until the returned value is destroyed.
  class Subscription {
   public:
    explicit Subscription(Interrupts& owner) : owner_(owner) {}
    Subscription(const Subscription&) = delete;
    Subscription& operator=(const Subscription&) = delete;
    ~Subscription();

   private:
    Interrupts& owner_;
  };
  [[nodiscard]] Subscription listen(Listener listener);

 private:
  std::mutex mutex_;
  Listener listener_;
  int count_ = 0;
};

struct Io {
  std::istream& in;
  std::ostream& out;  // answers
  std::ostream& err;  // everything else
  bool in_is_terminal = false;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  int err_width = 80;
  // Empty values count as unset.
  std::function<std::optional<std::string>(const char* name)> env;
  std::function<UtcTime()> now;
  std::filesystem::path working_directory;
  Interrupts& interrupts;
};

enum class Stream { Out, Err };

// NO_COLOR, FORCE_COLOR, TERM=dumb, --no-color and what the stream is connected to.
[[nodiscard]] bool use_color(const Io& io, Stream stream, bool no_color_flag);

}  // namespace benchd::cli
