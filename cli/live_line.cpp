#include "cli/live_line.hpp"

#include <ostream>

namespace benchd::cli {
namespace {

// The first `width` code points; the live line has no colour.
std::string cut(const std::string& text, int width) {
  int seen = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool continues = (static_cast<unsigned char>(text[i]) & 0xc0U) == 0x80U;
    if (!continues && seen++ == width) return text.substr(0, i);
  }
  return text;
}

}  // namespace

void LiveLine::draw(const std::string& text) {
  if (!enabled_) return;
  io_.err << "\r\033[K" << cut(text, io_.err_width - 1) << std::flush;
  drawn_ = true;
}

void LiveLine::clear() {
  if (drawn_) io_.err << "\r\033[K" << std::flush;
  drawn_ = false;
}

void LiveLine::print(const std::string& text) {
  clear();
  io_.err << text << '\n' << std::flush;
}

}  // namespace benchd::cli
