// One line at the bottom of a terminal that is drawn again and again; nothing elsewhere.
#pragma once

#include <string>

#include "cli/io.hpp"

namespace benchd::cli {

class LiveLine {
 public:
  LiveLine(Io& io, bool enabled) : io_(io), enabled_(enabled && io.err_is_terminal) {}
  LiveLine(const LiveLine&) = delete;
  LiveLine& operator=(const LiveLine&) = delete;
  ~LiveLine() { clear(); }

  [[nodiscard]] bool enabled() const { return enabled_; }
  // Cut to the width of the terminal.
  void draw(const std::string& text);
  void clear();
  // A line that stays, above the live one.
  void print(const std::string& text);

 private:
  Io& io_;
  bool enabled_;
  bool drawn_ = false;
};

}  // namespace benchd::cli
