// SHA-256 (FIPS 180-4) over a stream of bytes.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/base/result.hpp"

struct evp_md_ctx_st;

namespace benchd::recording {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void update(std::string_view bytes);
  // The digest so far, 32 bytes; more may be added afterwards.
  [[nodiscard]] std::string digest() const;

 private:
  std::unique_ptr<evp_md_ctx_st, void (*)(evp_md_ctx_st*)> context_;
};

[[nodiscard]] std::string to_hex(std::string_view bytes);
[[nodiscard]] std::string sha256_hex(std::string_view bytes);
// STORAGE_FAILED when the file cannot be read.
[[nodiscard]] Result<std::string> sha256_hex_of_file(const std::filesystem::path& path);

}  // namespace benchd::recording
