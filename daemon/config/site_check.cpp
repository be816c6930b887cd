#include <algorithm>
#include <array>

#include "benchd/config/v1/site.pb.h"

#include "daemon/config/checker.hpp"
#include "daemon/config/files.hpp"
#include "daemon/config/hours_check.hpp"
#include "daemon/config/time_zone.hpp"
#include "daemon/config/yaml_loader.hpp"

namespace benchd::config {
namespace {

bool is_role_of_site(v1::Role role) {
  return role == v1::ROLE_OPERATOR || role == v1::ROLE_MANAGER || role == v1::ROLE_AUDITOR;
}

constexpr double kLargestShare = 1e6;

enum class Whose { Tenant, Site };

model::Member check_member(const v1::Member& member, Whose whose, const Checker& at) {
  model::Member result;
  result.id = MemberId{member.name()};
  at.check_label("name", member.name());
  for (int i = 0; i < member.roles_size(); ++i) {
    const auto role = member.roles(i);
    if (is_role_of_site(role) != (whose == Whose::Site)) {
      at.complain(element_path("roles", static_cast<std::size_t>(i)),
                  whose == Whose::Site
                      ? "staff are operator, manager or auditor; other roles belong to tenants"
                      : "members of tenants are viewer, member or tenant_admin; other roles "
                        "belong to staff");
    }
    result.roles.push_back(static_cast<model::Role>(role));
  }
  if (result.roles.empty() && whose == Whose::Tenant) result.roles.push_back(model::Role::Member);
  if (result.roles.empty() && whose == Whose::Site) at.complain("", "\"roles\" is missing");
  return result;
}

model::Tenant check_tenant(const v1::Tenant& tenant, const Checker& at) {
  model::Tenant result;
  result.id = TenantId{tenant.name()};
  result.title = tenant.title();
  at.check_label("name", tenant.name());
  if (tenant.has_share()) result.share = tenant.share();
  if (!(result.share > 0 && result.share <= kLargestShare)) {
    at.complain("share", "share: must be greater than 0 and at most 1000000");
  }
  for (int i = 0; i < tenant.members_size(); ++i) {
    const auto& member = tenant.members(i);
    const auto here =
        at.in("members", static_cast<std::size_t>(i)).called(named("member", member.name()));
    result.members.push_back(check_member(member, Whose::Tenant, here));
  }
  return result;
}

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; }) &&
         std::stoi(std::string{text}) <= 65535;
}

std::optional<model::Listen> check_listen(const v1::Site& site, const Checker& at) {
  if (!site.has_listen()) return std::nullopt;
  const auto& listen = site.listen();
  const auto colon = listen.address().rfind(':');
  if (!listen.address().empty() &&
      (colon == std::string::npos || colon == 0 || !is_port(listen.address().substr(colon + 1)))) {
    at.complain("address",
                "address: " + in_quotes(listen.address()) + " is not of the form \"0.0.0.0:7443\"");
  }
  return model::Listen{listen.address(), listen.certificate(), listen.key(), listen.client_ca(),
                       listen.trust_domain()};
}

bool is_url_of(std::string_view url, std::initializer_list<std::string_view> schemes) {
  return std::ranges::any_of(schemes, [&](std::string_view scheme) {
    return url.starts_with(scheme) && url.size() > scheme.size();
  });
}

// "host" or "host:port", nothing else.
bool is_host(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon != std::string_view::npos) {
    if (!is_port(text.substr(colon + 1))) return false;
    text = text.substr(0, colon);
  }
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  });
}

model::MailServer check_mail(const v1::Mail& mail, const Checker& at) {
  if (!mail.server().empty() && !is_url_of(mail.server(), {"smtp://", "smtps://"})) {
    at.complain("server", "server: " + in_quotes(mail.server()) +
                              " is not of the form \"smtps://mail.example.org\"");
  }
  if (!mail.sender().empty() && mail.sender().find('@') == std::string::npos) {
    at.complain("sender", "sender: " + in_quotes(mail.sender()) + " is no address");
  }
  if (mail.user().empty() != mail.password_file().empty()) {
    at.complain("", "\"user\" and \"password_file\" belong together");
  }
  return {mail.server(), mail.sender(), mail.user(), mail.password_file(), mail.allow_plain()};
}

model::Notifications check_notifications(const v1::Notifications& ways, const Checker& at) {
  model::Notifications result;
  if (ways.has_mail()) result.mail = check_mail(ways.mail(), at.in("mail"));
  for (int i = 0; i < ways.webhook_hosts_size(); ++i) {
    const auto& host = ways.webhook_hosts(i);
    if (!is_host(host)) {
      at.complain(element_path("webhook_hosts", static_cast<std::size_t>(i)),
                  "webhook_hosts: " + in_quotes(host) +
                      " is not of the form \"hooks.example.org\" or \"hooks.example.org:8443\"");
    }
    result.webhook_hosts.push_back(host);
  }
  result.allow_plain_http = ways.allow_plain_http();
  if (!ways.hook().empty() && !ways.hook().starts_with('/')) {
    at.complain("hook", "hook: " + in_quotes(ways.hook()) + " is no absolute path");
  }
  result.hook = ways.hook();
  return result;
}

model::Site check_site(const v1::Site& site, const Checker& at) {
  model::Site result;
  result.id = SiteId{site.name()};
  result.title = site.title();
  if (!site.time_zone().empty()) {
    result.time_zone = site.time_zone();
    const auto wrong = complaint_about_zone(site.time_zone());
    if (wrong) at.complain("time_zone", "time_zone: " + *wrong);
  }
  result.owner_may_act_as_member = site.owner_may_act_as_member();
  result.sequences = site.sequences();
  result.hours = check_hours(site.hours(), at.in("hours"));
  result.hours.time_zone = result.time_zone;
  at.check_label("name", site.name());
  result.listen = check_listen(site, at.in("listen"));
  result.notifications = check_notifications(site.notifications(), at.in("notifications"));
  for (int i = 0; i < site.tenants_size(); ++i) {
    const auto& tenant = site.tenants(i);
    const auto here =
        at.in("tenants", static_cast<std::size_t>(i)).called(named("tenant", tenant.name()));
    result.tenants.push_back(check_tenant(tenant, here));
  }
  for (int i = 0; i < site.staff_size(); ++i) {
    const auto& member = site.staff(i);
    const auto here =
        at.in("staff", static_cast<std::size_t>(i)).called(named("member", member.name()));
    result.staff.push_back(check_member(member, Whose::Site, here));
  }
  return result;
}

}  // namespace

std::optional<Loaded<model::Site>> read_site(std::string_view text,
                                             const std::string& file_name,
                                             Diagnostics& diagnostics) {
  Loaded<model::Site> loaded;
  v1::SiteFile file;
  Diagnostics found;
  load_yaml(text, file_name, file, loaded.places, found);
  if (file.has_site()) {
    loaded.value = check_site(file.site(), Checker{loaded.places, found, "site", ""});
  }
  sort_by_place(found);
  diagnostics.insert(diagnostics.end(), found.begin(), found.end());
  if (!found.empty()) return std::nullopt;
  loaded.text = text;
  loaded.hash = config_hash(text);
  return loaded;
}

}  // namespace benchd::config
