#include "daemon/api/credentials.hpp"

#include <cstdio>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string>
#include <sys/stat.h>

namespace benchd::api {
namespace {

constexpr unsigned kReloadSeconds = 5;

template <typename T>
using Owned = std::unique_ptr<T, void (*)(T*)>;

tl::unexpected<Error> unusable(const std::string& path, const std::string& why) {
  return fail(Reason::ConfigInvalid, path + ": " + why, {{"path", path}});
}

Owned<std::FILE> open_file(const std::string& path) {
  return {std::fopen(path.c_str(), "re"), [](std::FILE* file) {
            if (file != nullptr) std::fclose(file);
          }};
}

Result<Owned<X509>> read_certificate(const std::string& path) {
  const auto file = open_file(path);
  if (!file) return unusable(path, "cannot be read");
  Owned<X509> certificate(PEM_read_X509(file.get(), nullptr, nullptr, nullptr), &X509_free);
  if (!certificate) return unusable(path, "holds no certificate in PEM form");
  return certificate;
}

// Without it OpenSSL asks the terminal for the passphrase of an encrypted key.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*context*/) { return -1; }

Result<Owned<EVP_PKEY>> read_key(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return unusable(path, "cannot be read");
  if ((info.st_mode & (S_IRWXO | S_IWGRP)) != 0) {
    return unusable(path, "others may read the private key; run `chmod 600` on it");
  }
  const auto file = open_file(path);
  if (!file) return unusable(path, "cannot be read");
  Owned<EVP_PKEY> key(PEM_read_PrivateKey(file.get(), nullptr, &no_passphrase, nullptr),
                      &EVP_PKEY_free);
  if (!key) return unusable(path, "holds no private key in PEM form without a passphrase");
  return key;
}

Status check_files(const model::Listen& listen) {
  const auto certificate = read_certificate(listen.certificate);
  if (!certificate) return fail(certificate.error());
  const auto key = read_key(listen.key);
  if (!key) return fail(key.error());
  if (const auto ca = read_certificate(listen.client_ca); !ca) return fail(ca.error());
  if (X509_check_private_key(certificate->get(), key->get()) != 1) {
    return unusable(listen.key, "does not belong to the certificate " + listen.certificate);
  }
  if (X509_cmp_current_time(X509_get0_notBefore(certificate->get())) > 0 ||
      X509_cmp_current_time(X509_get0_notAfter(certificate->get())) < 0) {
    return unusable(listen.certificate, "is not valid at this time");
  }
  return {};
}

}  // namespace

Result<std::shared_ptr<grpc::ServerCredentials>> make_credentials(const model::Listen& listen) {
  if (auto checked = check_files(listen); !checked) return fail(checked.error());
  const auto provider = std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
      listen.key, listen.certificate, listen.client_ca, kReloadSeconds);
  grpc::experimental::TlsServerCredentialsOptions options(provider);
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  return grpc::experimental::TlsServerCredentials(options);
}

}  // namespace benchd::api
