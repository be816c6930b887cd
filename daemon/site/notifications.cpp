#include "daemon/site/notifications.hpp"

#include <algorithm>
#include <utility>

#include "daemon/notify/targets.hpp"
#include "daemon/site/booking_call.hpp"
#include "daemon/site/paging.hpp"

namespace benchd::site {

using access::Operation;

namespace {

// "tenants/*/members/*", with "-" for the caller.
struct MemberName {
  TenantId tenant;
  MemberId member;
};

std::optional<MemberName> parse_member(const std::string& name, const access::Caller& caller) {
  constexpr std::string_view kBetween = "/members/";
  const auto at = name.find(kBetween);
  if (at == std::string::npos) return std::nullopt;
  auto tenant = parse_tenant(std::string_view{name}.substr(0, at));
  if (!tenant) return std::nullopt;
  const auto member = name.substr(at + kBetween.size());
  if (member == "-") return MemberName{std::move(*tenant), caller.member};
  if (!is_valid_label(member)) return std::nullopt;
  return MemberName{std::move(*tenant), MemberId{member}};
}

// The caller itself, or nobody that is there.
Result<MemberName> authorize_member(SiteContext& context,
                                    const access::Caller& caller,
                                    Operation operation,
                                    const std::string& name) {
  auto parsed = parse_member(name, caller);
  auto may = authorize(context, caller, operation,
                       parsed ? std::optional{parsed->tenant} : std::nullopt, name);
  if (!may) return fail(may.error());
  if (!parsed || parsed->member != caller.member || parsed->tenant != caller.tenant) {
    return fail(refused(context, caller, operation, name, access::not_found_or_denied()));
  }
  return std::move(*parsed);
}

v1::NotificationSettings present_settings(const model::NotificationSettings& settings) {
  v1::NotificationSettings out;
  out.set_name(member_name(settings.tenant, settings.member));
  for (const auto event : settings.events) out.add_events(std::string{model::id_of(event)});
  out.set_email_address(settings.email);
  out.set_webhook_url(settings.webhook);
  out.set_use_hook(settings.use_hook);
  out.set_details(settings.details);
  return out;
}

Result<model::NotificationSettings> read_settings(const v1::NotificationSettings& settings,
                                                  const MemberName& name,
                                                  const model::Notifications& site) {
  model::NotificationSettings out{.tenant = name.tenant,
                                  .member = name.member,
                                  .email = settings.email_address(),
                                  .webhook = settings.webhook_url(),
                                  .use_hook = settings.use_hook(),
                                  .details = settings.details()};
  for (const auto& id : settings.events()) {
    const auto event = model::notification_event(id);
    if (!event || *event == model::NotificationEvent::Test) {
      return fail(invalid("settings.events", "\"" + id + "\" is no event"));
    }
    if (std::ranges::find(out.events, *event) == out.events.end()) out.events.push_back(*event);
  }
  if (!out.email.empty()) {
    if (auto known = notify::check_email(out.email); !known) return fail(known.error());
    if (!site.mail) return fail(invalid("settings.email_address", "the site sends no mail"));
  }
  if (!out.webhook.empty()) {
    if (auto allowed = notify::check_webhook(out.webhook, site); !allowed) {
      return fail(allowed.error());
    }
  }
  if (out.use_hook && site.hook.empty()) {
    return fail(invalid("settings.use_hook", "the site has no command to run"));
  }
  return out;
}

v1::Notification present_notification(const store::NotificationRecord& record) {
  v1::Notification out;
  out.set_id(record.id);
  out.set_event(std::string{model::id_of(record.event)});
  if (record.booking) out.set_booking(booking_name(record.tenant, *record.booking));
  out.set_channel(static_cast<v1::NotificationChannel>(record.channel));
  put_time(record.create_time, *out.mutable_create_time());
  if (record.delivered) {
    put_time(*record.delivered, *out.mutable_deliver_time());
  } else {
    put_time(record.due, *out.mutable_next_attempt_time());
  }
  out.set_attempts(record.attempts);
  out.set_message(record.message);
  return out;
}

}  // namespace

Notifications::Notifications(SiteContext& context,
                             const std::shared_ptr<notify::Messenger>& messenger)
    : context_(context) {
  if (!messenger) return;
  dispatcher_ =
      std::make_unique<notify::Dispatcher>(notify::DispatcherParts{.store = context.store,
                                                                   .clock = context.clock,
                                                                   .timers = context.timers,
                                                                   .strand = context.strand,
                                                                   .blocking = context.blocking,
                                                                   .messenger = messenger});
}
Notifications::~Notifications() = default;

void Notifications::start() {
  if (!dispatcher_) return;
  changes_ = context_.changes.subscribe([this](const store::Change& change) {
    if (change.kind == store::ChangeKind::Notification) dispatcher_->wake();
  });
  dispatcher_->wake();
}

void Notifications::stop() {
  changes_.reset();
  if (dispatcher_) dispatcher_->stop();
}

void Notifications::get_settings(const access::Caller& caller,
                                 const v1::GetNotificationSettingsRequest& request,
                                 Reply<v1::GetNotificationSettingsResponse> reply) {
  auto name =
      authorize_member(context_, caller, Operation::GetNotificationSettings, request.name());
  if (!name) return reply(fail(name.error()));
  context_.store.get_notification_settings(
      {name->tenant, name->member},
      context_.posted(
          [this, reply = std::move(reply)](const Result<model::NotificationSettings>& settings) {
            if (!settings) return reply(fail(settings.error()));
            v1::GetNotificationSettingsResponse response;
            *response.mutable_settings() = present_settings(*settings);
            for (const auto event : model::kNotificationEvents) {
              if (event == model::NotificationEvent::Test) continue;
              auto& out = *response.add_events();
              out.set_id(std::string{model::id_of(event)});
              out.set_description(std::string{model::sentence_of(event)});
            }
            const auto& site = context_.config.notifications;
            response.set_email_available(site.mail.has_value());
            response.set_webhook_available(!site.webhook_hosts.empty());
            response.set_hook_available(!site.hook.empty());
            reply(std::move(response));
          }));
}

void Notifications::update_settings(const access::Caller& caller,
                                    const v1::UpdateNotificationSettingsRequest& request,
                                    Reply<v1::UpdateNotificationSettingsResponse> reply) {
  constexpr auto kOperation = Operation::UpdateNotificationSettings;
  auto name = authorize_member(context_, caller, kOperation, request.settings().name());
  if (!name) return reply(fail(name.error()));
  auto settings = read_settings(request.settings(), *name, context_.config.notifications);
  if (!settings) return reply(fail(settings.error()));
  auto call = make_call(context_, caller, kOperation, request);
  if (!call) return reply(fail(call.error()));
  context_.store.put_notification_settings(
      {.call = std::move(*call), .settings = std::move(*settings)},
      context_.posted(
          [reply = std::move(reply)](const Result<model::NotificationSettings>& stored) {
            if (!stored) return reply(fail(stored.error()));
            v1::UpdateNotificationSettingsResponse response;
            *response.mutable_settings() = present_settings(*stored);
            reply(std::move(response));
          }));
}

void Notifications::test(const access::Caller& caller,
                         const v1::TestNotificationsRequest& request,
                         Reply<v1::TestNotificationsResponse> reply) {
  auto name = authorize_member(context_, caller, Operation::TestNotifications, request.name());
  if (!name) return reply(fail(name.error()));
  auto call = make_call(context_, caller, Operation::TestNotifications, request);
  if (!call) return reply(fail(call.error()));
  context_.store.test_notifications(
      {.call = std::move(*call), .tenant = name->tenant, .member = name->member},
      context_.posted([reply = std::move(reply)](
                          const Result<std::vector<store::NotificationRecord>>& records) {
        if (!records) return reply(fail(records.error()));
        v1::TestNotificationsResponse response;
        for (const auto& record : *records) {
          *response.add_notifications() = present_notification(record);
        }
        reply(std::move(response));
      }));
}

void Notifications::list(const access::Caller& caller,
                         const v1::ListNotificationsRequest& request,
                         Reply<v1::ListNotificationsResponse> reply) {
  auto name = authorize_member(context_, caller, Operation::ListNotifications, request.parent());
  if (!name) return reply(fail(name.error()));
  if (request.page_size() < 0) return reply(fail(invalid("page_size", "must not be negative")));
  const int limit =
      request.page_size() == 0 ? kDefaultPage : std::min(request.page_size(), kLargestPage);
  context_.store.list_notifications(
      {.tenant = name->tenant, .member = name->member, .limit = limit},
      context_.posted([reply = std::move(reply)](
                          const Result<std::vector<store::NotificationRecord>>& records) {
        if (!records) return reply(fail(records.error()));
        v1::ListNotificationsResponse response;
        for (const auto& record : *records) {
          *response.add_notifications() = present_notification(record);
        }
        reply(std::move(response));
      }));
}

}  // namespace benchd::site
