#include "cli/io.hpp"

#include <utility>

namespace benchd::cli {

bool Interrupts::press() {
  const std::lock_guard lock(mutex_);
  ++count_;
  if (!listener_) return false;
  listener_(count_);
  return true;
}

Interrupts::Subscription Interrupts::listen(Listener listener) {
  const std::lock_guard lock(mutex_);
  listener_ = std::move(listener);
  count_ = 0;
  return Subscription(*this);
}

Interrupts::Subscription::~Subscription() {
  const std::lock_guard lock(owner_.mutex_);
  owner_.listener_ = nullptr;
}

bool use_color(const Io& io, Stream stream, bool no_color_flag) {
  if (no_color_flag || io.env("NO_COLOR")) return false;
  if (io.env("FORCE_COLOR")) return true;
  if (io.env("TERM").value_or("") == "dumb") return false;
  return stream == Stream::Out ? io.out_is_terminal : io.err_is_terminal;
}

}  // namespace benchd::cli
