#include "cli/tls_files.hpp"

#include <array>
#include <ctime>
#include <fstream>
#include <iterator>
#include <memory>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <optional>
#include <string_view>

#include "daemon/access/identity.hpp"

namespace benchd::cli {
namespace {

template <typename T, void (*kFree)(T*)>
struct Free {
  void operator()(T* object) const { kFree(object); }
};
using Certificate = std::unique_ptr<X509, Free<X509, &X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY, &EVP_PKEY_free>>;
using Names = std::unique_ptr<GENERAL_NAMES, Free<GENERAL_NAMES, &GENERAL_NAMES_free>>;
using Memory = std::unique_ptr<BIO, Free<BIO, &BIO_free_all>>;

constexpr const char* kAskForOne = "ask who runs the site to sign a new one";

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

Memory memory_of(const std::string& pem) {
  return Memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

Certificate certificate_of(const std::string& pem) {
  return Certificate(PEM_read_bio_X509(memory_of(pem).get(), nullptr, nullptr, nullptr));
}

// Without it OpenSSL asks the terminal for the passphrase of an encrypted key.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*context*/) { return -1; }

Key key_of(const std::string& pem) {
  return Key(PEM_read_bio_PrivateKey(memory_of(pem).get(), nullptr, &no_passphrase, nullptr));
}

std::string text_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return "a time that cannot be read";
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M UTC", &parts);
  return text.data();
}

Outcome<bool> check(const Context& context, const TlsFiles& files) {
  const auto unusable = [](const std::string& path, const std::string& why) {
    return fail(kExitUsage, path + " " + why);
  };
  if (!certificate_of(files.ca))
    return unusable(context.tls_ca, "holds no certificate in PEM form");
  const auto own = certificate_of(files.certificate);
  if (!own) return unusable(context.tls_certificate, "holds no certificate in PEM form");
  const auto key = key_of(files.key);
  if (!key) {
    return unusable(context.tls_key, "holds no private key in PEM form without a passphrase");
  }
  if (X509_check_private_key(own.get(), key.get()) != 1) {
    return unusable(context.tls_key,
                    "does not belong to the certificate " + context.tls_certificate);
  }
  const ASN1_TIME* end = X509_get0_notAfter(own.get());
  if (X509_cmp_current_time(end) < 0) {
    return fail(kExitUsage, context.tls_certificate + " was valid until " + text_of(end),
                {kAskForOne});
  }
  const ASN1_TIME* begin = X509_get0_notBefore(own.get());
  if (X509_cmp_current_time(begin) > 0) {
    return fail(kExitUsage, context.tls_certificate + " is not valid before " + text_of(begin),
                {"is the clock of this PC right?"});
  }
  return true;
}

// Empty unless there is exactly one.
std::string uri_of(X509* certificate) {
  const Names names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  std::string found;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_URI) continue;
    if (!found.empty()) return "";
    const ASN1_IA5STRING* uri = name->d.uniformResourceIdentifier;
    found.assign(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
                 static_cast<std::size_t>(ASN1_STRING_length(uri)));
  }
  return found;
}

}  // namespace

Outcome<TlsFiles> read_tls_files(const Context& context) {
  TlsFiles files;
  for (const auto& [path, text] : {std::pair{&context.tls_ca, &files.ca},
                                   std::pair{&context.tls_certificate, &files.certificate},
                                   std::pair{&context.tls_key, &files.key}}) {
    auto content = read_file(*path);
    if (!content) return fail(kExitUsage, "cannot read " + *path);
    *text = std::move(*content);
  }
  if (auto checked = check(context, files); !checked) return fail(checked);
  return files;
}

std::string tenant_of_certificate(const std::string& file) {
  constexpr std::string_view kScheme = "spiffe://";
  const auto pem = read_file(file);
  const auto certificate = pem ? certificate_of(*pem) : nullptr;
  if (!certificate) return "";
  const std::string uri = uri_of(certificate.get());
  if (!uri.starts_with(kScheme)) return "";
  // Of whatever domain: that is for the site to judge.
  const auto domain = std::string_view(uri).substr(kScheme.size());
  const auto identity = access::parse_spiffe_uri(uri, domain.substr(0, domain.find('/')));
  return identity ? identity->tenant.text() : "";
}

}  // namespace benchd::cli
