// A site and who may use it, from the checked site file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/base/ids.hpp"
#include "daemon/model/hours.hpp"

namespace benchd::model {

enum class Role { Viewer = 1, Member = 2, TenantAdmin = 3, Operator = 4, Manager = 5, Auditor = 6 };

struct Member {
  MemberId id;
  std::vector<Role> roles;
};

struct Tenant {
  TenantId id;
  std::string title;
  std::vector<Member> members;
  double share = 1;  // in proportion to those of the others
};

// A network address with mutual TLS. Paths of PEM files.
struct Listen {
  std::string address;
  std::string certificate;
  std::string key;
  std::string client_ca;
  std::string trust_domain;
};

// A mail server; the password's file is read when it is needed.
struct MailServer {
  std::string server;  // URL
  std::string sender;
  std::string user;
  std::string password_file;
  bool allow_plain = false;
};

// How members are told of things. Empty: not that way.
struct Notifications {
  std::optional<MailServer> mail;
  std::vector<std::string> webhook_hosts;  // "host" or "host:port"
  bool allow_plain_http = false;
  std::string hook;
};

struct Site {
  SiteId id;
  std::string title;
  std::string time_zone = "UTC";
  std::vector<Tenant> tenants;
  std::vector<Member> staff;
  bool owner_may_act_as_member = false;
  std::optional<Listen> listen;
  Hours hours;            // in its zone; a bench may have others
  std::string sequences;  // folder of the library; empty = none
  Notifications notifications;
};

}  // namespace benchd::model
