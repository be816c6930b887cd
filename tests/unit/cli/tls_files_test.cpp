#include "cli/tls_files.hpp"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string>

namespace benchd::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr long kDay = 24 * 3600;

struct Pair {
  std::string certificate;
  std::string key;
};

class TlsFilesOfAMember : public ::testing::Test {
 protected:
  TlsFilesOfAMember() {
    std::string pattern = (fs::temp_directory_path() / "benchctl-tls-XXXXXX").string();
    root_ = mkdtemp(pattern.data());
  }
  ~TlsFilesOfAMember() override { fs::remove_all(root_); }

  // A certificate that signs itself, valid between two times from now in seconds.
  Pair make(const std::string& name,
            const std::string& uris,
            long begin = -60,
            long end = kDay,
            const char* passphrase = nullptr) {
    const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
    const std::unique_ptr<X509, void (*)(X509*)> certificate(X509_new(), &X509_free);
    X509_set_version(certificate.get(), 2);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), begin);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), end);
    X509_set_pubkey(certificate.get(), key.get());
    if (!uris.empty()) {
      X509_EXTENSION* names =
          X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, uris.c_str());
      X509_add_ext(certificate.get(), names, -1);
      X509_EXTENSION_free(names);
    }
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    Pair pair{root_ / (name + ".pem"), root_ / (name + ".key")};
    std::FILE* file = std::fopen(pair.certificate.c_str(), "w");
    PEM_write_X509(file, certificate.get());
    std::fclose(file);
    file = std::fopen(pair.key.c_str(), "w");
    PEM_write_PrivateKey(file, key.get(), passphrase == nullptr ? nullptr : EVP_aes_128_cbc(),
                         nullptr, 0, nullptr, const_cast<char*>(passphrase));
    std::fclose(file);
    return pair;
  }

  static Context context(const Pair& own) {
    Context context;
    context.tls_ca = own.certificate;
    context.tls_certificate = own.certificate;
    context.tls_key = own.key;
    return context;
  }

  static std::string mistake(const Context& context) {
    const auto files = read_tls_files(context);
    if (files) return "";
    EXPECT_EQ(files.error().exit_code, kExitUsage);
    return files.error().message;
  }

  fs::path root_;
};

constexpr const char* kEngineer = "URI:spiffe://hub.example/tenant/volant/member/engineer";

TEST_F(TlsFilesOfAMember, AreReadWhenTheyBelongTogether) {
  const Pair own = make("me", kEngineer);
  const auto files = read_tls_files(context(own));
  ASSERT_TRUE(files) << files.error().message;
  EXPECT_THAT(files->key, HasSubstr("PRIVATE KEY"));
  EXPECT_THAT(files->certificate, HasSubstr("BEGIN CERTIFICATE"));
}

TEST_F(TlsFilesOfAMember, AreRefusedByNameWhenNoSiteCouldAcceptThem) {
  const Pair own = make("me", kEngineer);
  const Pair other = make("other", kEngineer);
  Context mixed = context(own);
  mixed.tls_key = other.key;
  EXPECT_THAT(mistake(mixed), HasSubstr("other.key does not belong to the certificate"));
  mixed.tls_key = own.certificate;
  EXPECT_THAT(mistake(mixed), HasSubstr("me.pem holds no private key"));
  mixed = context(own);
  mixed.tls_certificate = own.key;
  EXPECT_THAT(mistake(mixed), HasSubstr("me.key holds no certificate"));
  mixed = context(own);
  mixed.tls_ca = root_ / "none.pem";
  EXPECT_THAT(mistake(mixed), HasSubstr("cannot read"));
}

TEST_F(TlsFilesOfAMember, AreRefusedOutsideTheirTimeWithTheTime) {
  EXPECT_THAT(mistake(context(make("old", kEngineer, -2 * kDay, -kDay))),
              HasSubstr("old.pem was valid until 2"));
  EXPECT_THAT(mistake(context(make("early", kEngineer, kDay, 2 * kDay))),
              HasSubstr("early.pem is not valid before 2"));
}

TEST_F(TlsFilesOfAMember, AreRefusedWithAPassphraseWithoutAskingForIt) {
  EXPECT_THAT(mistake(context(make("locked", kEngineer, -60, kDay, "secret"))),
              HasSubstr("without a passphrase"));
}

TEST_F(TlsFilesOfAMember, NameTheTenantOnlyByOneSpiffeUriOfAMember) {
  EXPECT_EQ(tenant_of_certificate(make("a", kEngineer).certificate), "volant");
  EXPECT_EQ(tenant_of_certificate(
                make("b", "DNS:volant.example,URI:spiffe://h/tenant/kestrel/member/x").certificate),
            "kestrel");
  for (const char* none :
       {"", "DNS:volant.example", "URI:https://hub.example/tenant/volant/member/engineer",
        "URI:spiffe://hub.example/site/staff/olga", "URI:spiffe://hub.example/tenant/volant",
        "URI:spiffe://hub.example",
        "URI:spiffe://h/tenant/volant/member/a,URI:spiffe://h/tenant/kestrel/member/b"}) {
    EXPECT_EQ(tenant_of_certificate(make("c", none).certificate), "") << none;
  }
  EXPECT_EQ(tenant_of_certificate(root_ / "none.pem"), "");
  EXPECT_EQ(tenant_of_certificate(""), "");
}

}  // namespace
}  // namespace benchd::cli
