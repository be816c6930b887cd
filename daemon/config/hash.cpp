#include <array>
#include <openssl/evp.h>

#include "daemon/base/assert.hpp"
#include "daemon/config/files.hpp"

namespace benchd::config {

std::string config_hash(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  const int done =
      EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha256(), nullptr);
  BENCHD_ASSERT(done == 1);
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::string hex;
  for (unsigned int i = 0; i < length; ++i) {
    hex += kHex[digest.at(i) >> 4U];
    hex += kHex[digest.at(i) & 15U];
  }
  return hex;
}

}  // namespace benchd::config
