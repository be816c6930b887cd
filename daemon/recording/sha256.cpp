#include "daemon/recording/sha256.hpp"

#include <array>
#include <fstream>
#include <openssl/evp.h>

#include "daemon/base/assert.hpp"

namespace benchd::recording {

Sha256::Sha256() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
  BENCHD_ASSERT(context_ != nullptr);
  BENCHD_ASSERT(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1);
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::string_view bytes) {
  BENCHD_ASSERT(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
}

std::string Sha256::digest() const {
  const std::unique_ptr<evp_md_ctx_st, void (*)(evp_md_ctx_st*)> copy(EVP_MD_CTX_new(),
                                                                      &EVP_MD_CTX_free);
  BENCHD_ASSERT(EVP_MD_CTX_copy_ex(copy.get(), context_.get()) == 1);
  std::string digest(32, '\0');
  unsigned size = 0;
  BENCHD_ASSERT(
      EVP_DigestFinal_ex(copy.get(), reinterpret_cast<unsigned char*>(digest.data()), &size) == 1);
  BENCHD_ASSERT(size == digest.size());
  return digest;
}

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  hex.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    hex += kDigits[byte >> 4U];
    hex += kDigits[byte & 15U];
  }
  return hex;
}

std::string sha256_hex(std::string_view bytes) {
  Sha256 hash;
  hash.update(bytes);
  return to_hex(hash.digest());
}

Result<std::string> sha256_hex_of_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  Sha256 hash;
  std::array<char, 1U << 16U> buffer{};
  while (file.read(buffer.data(), buffer.size()) || file.gcount() > 0) {
    hash.update({buffer.data(), static_cast<std::size_t>(file.gcount())});
  }
  if (!file.eof()) return fail(Reason::StorageFailed, path.string() + " cannot be read");
  return to_hex(hash.digest());
}

}  // namespace benchd::recording
