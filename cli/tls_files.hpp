// The files of a context for mutual TLS: authority, own certificate, its key.
#pragma once

#include <string>

#include "cli/failure.hpp"
#include "cli/settings.hpp"

namespace benchd::cli {

// Contents, PEM.
struct TlsFiles {
  std::string ca;
  std::string key;
  std::string certificate;
};

// kExitUsage for files that no site can accept: they cannot be read, are no PEM, the key has a
// passphrase or belongs to another certificate, the certificate is not valid now.
[[nodiscard]] Outcome<TlsFiles> read_tls_files(const Context& context);

// The tenant of the one SPIFFE URI, …/tenant/ID/member/ID; empty where the file names no such.
[[nodiscard]] std::string tenant_of_certificate(const std::string& file);

}  // namespace benchd::cli
