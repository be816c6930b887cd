#include <algorithm>
#include <memory>

#include <benchd/v1/notification.grpc.pb.h>

#include "cli/commands/commands.hpp"
#include "cli/commands/common.hpp"
#include "cli/local_time.hpp"
#include "cli/names.hpp"

namespace benchd::cli {
namespace {

using v1::NotificationService;
using v1::NotificationSettings;

struct NotifyWish {
  std::vector<std::string> events;  // "all", "none", ids
  std::string email, webhook, hook, details;
  bool dry_run = false;
};

Outcome<std::string> own_name(Session& session) {
  auto tenant = tenant_name(session);
  if (!tenant) return fail(tenant);
  return *tenant + "/members/-";
}

Outcome<v1::GetNotificationSettingsResponse> get_settings(Session& session) {
  auto name = own_name(session);
  if (!name) return fail(name);
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  v1::GetNotificationSettingsRequest request;
  request.set_name(*name);
  return (*rpc)->call(&NotificationService::Stub::GetNotificationSettings, request);
}

std::string channel_word(v1::NotificationChannel channel) {
  switch (channel) {
    case v1::NOTIFICATION_CHANNEL_EMAIL:
      return "email";
    case v1::NOTIFICATION_CHANNEL_WEBHOOK:
      return "webhook";
    case v1::NOTIFICATION_CHANNEL_HOOK:
      return "hook";
    default:
      return {};
  }
}

Table notification_table(const google::protobuf::RepeatedPtrField<v1::Notification>& list) {
  Table table;
  table.columns = {{"TIME", "create_time"}, {"EVENT", "event"},    {"BOOKING", "booking"},
                   {"BY", "channel"},       {"STATE", "state"},    {"TRIES", "attempts"},
                   {"ID", "id", true},      {"BECAUSE", "message"}};
  for (const auto& each : list) {
    const bool arrived = each.has_deliver_time();
    table.rows.push_back({time_cell(each.create_time(), true),
                          each.event(),
                          {each.booking().empty() ? "" : short_id(each.booking()), each.booking()},
                          channel_word(each.channel()),
                          arrived ? Cell{"delivered", "delivered", Tone::Good}
                                  : Cell{"waits", "waits", Tone::Attention},
                          std::to_string(each.attempts()),
                          each.id(),
                          each.message()});
  }
  return table;
}

void say_settings(Session& session, const v1::GetNotificationSettingsResponse& all) {
  const auto& settings = all.settings();
  const auto channel = [&](const char* title, const std::string& text, bool available) {
    session.say(std::string(title) + (!text.empty() ? text
                                      : available   ? "-"
                                                    : "- (the site has none)"));
  };
  channel("email      ", settings.email_address(), all.email_available());
  channel("webhook    ", settings.webhook_url(), all.webhook_available());
  channel("hook       ", settings.use_hook() ? "yes" : "", all.hook_available());
  session.say(std::string("details    ") + (settings.details() ? "yes" : "no"));
  for (const auto& event : all.events()) {
    const bool chosen = std::ranges::find(settings.events(), event.id()) != settings.events().end();
    session.say((chosen ? "  [x] " : "  [ ] ") + event.id() + ": " + event.description());
  }
}

Outcome<int> list_notifications(Session& session) {
  auto all = get_settings(session);
  if (!all) return fail(all);
  auto name = own_name(session);
  if (!name) return fail(name);
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  v1::ListNotificationsRequest request;
  request.set_parent(*name);
  auto sent = (*rpc)->call(&NotificationService::Stub::ListNotifications, request);
  if (!sent) return fail(sent);
  std::vector<std::string> ids;
  for (const auto& each : sent->notifications()) ids.push_back(each.id());
  if (session.for_people()) say_settings(session, *all);
  session.answer(
      {*sent, notification_table(sent->notifications()), ids, "Nothing was sent lately."});
  return kExitOk;
}

// "yes", "no", or as it was.
Outcome<bool> read_switch(const std::string& flag, const std::string& word, bool before) {
  if (word.empty()) return before;
  if (word == "yes" || word == "no") return word == "yes";
  return fail(kExitUsage, flag + " takes yes or no");
}

std::string read_address(const std::string& word, const std::string& before) {
  if (word.empty()) return before;
  return word == "none" ? std::string{} : word;
}

Outcome<NotificationSettings> to_settings(const v1::GetNotificationSettingsResponse& all,
                                          const NotifyWish& wish) {
  auto settings = all.settings();
  settings.set_email_address(read_address(wish.email, settings.email_address()));
  settings.set_webhook_url(read_address(wish.webhook, settings.webhook_url()));
  auto hook = read_switch("--hook", wish.hook, settings.use_hook());
  if (!hook) return fail(hook);
  settings.set_use_hook(*hook);
  auto details = read_switch("--details", wish.details, settings.details());
  if (!details) return fail(details);
  settings.set_details(*details);
  std::vector<std::string> known;
  for (const auto& event : all.events()) known.push_back(event.id());
  const bool chooses = !wish.events.empty();
  // Who names a channel for the first time wants to be told of things.
  const bool first = settings.events().empty() && !chooses;
  if (chooses || first) settings.clear_events();
  const auto words = first ? std::vector<std::string>{"all"} : wish.events;
  for (const auto& word : words) {
    if (word == "none") continue;
    if (word == "all") {
      for (const auto& id : known) settings.add_events(id);
    } else if (std::ranges::find(known, word) != known.end()) {
      settings.add_events(word);
    } else {
      return fail(unknown_word("event", word, known));
    }
  }
  return settings;
}

Outcome<int> set_notifications(Session& session, const NotifyWish& wish) {
  auto all = get_settings(session);
  if (!all) return fail(all);
  auto settings = to_settings(*all, wish);
  if (!settings) return fail(settings);
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  v1::UpdateNotificationSettingsRequest request;
  *request.mutable_settings() = *settings;
  fill_change(request, wish.dry_run);
  auto response = (*rpc)->call(&NotificationService::Stub::UpdateNotificationSettings, request);
  if (!response) return fail(response);
  *all->mutable_settings() = response->settings();
  if (!session.for_people()) {
    session.answer({response->settings(), {}, {response->settings().name()}});
    return kExitOk;
  }
  if (wish.dry_run) session.say("Would set:");
  say_settings(session, *all);
  const auto& now = response->settings();
  const bool any = !now.email_address().empty() || !now.webhook_url().empty() || now.use_hook();
  if (any && !wish.dry_run) session.next("benchctl notify test");
  if (!any) session.note("No channel is chosen: nothing is sent.");
  return kExitOk;
}

Outcome<int> test_notifications(Session& session, bool dry_run) {
  auto name = own_name(session);
  if (!name) return fail(name);
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  v1::TestNotificationsRequest request;
  request.set_name(*name);
  fill_change(request, dry_run);
  auto response = (*rpc)->call(&NotificationService::Stub::TestNotifications, request);
  if (!response) return fail(response);
  if (!session.for_people()) {
    std::vector<std::string> ids;
    for (const auto& each : response->notifications()) ids.push_back(each.id());
    session.answer({*response, notification_table(response->notifications()), ids});
    return kExitOk;
  }
  for (const auto& each : response->notifications()) {
    session.say((dry_run ? "Would send a test by " : "A test is on its way by ") +
                channel_word(each.channel()));
  }
  if (!dry_run) session.next("benchctl notify list");
  return kExitOk;
}

}  // namespace

void add_notify_commands(CommandTree& tree) {
  CLI::App* noun = tree.noun("notify", "What you are told of, and how");
  tree.verb(noun, "list", "Show what you are told of, how, and what was sent lately",
            "benchctl notify list", [](Session& session) { return list_notifications(session); });
  auto wish = std::make_shared<NotifyWish>();
  CLI::App* set =
      tree.verb(noun, "set", "Choose events and channels; what is not named stays as it is",
                "benchctl notify set --email anna@example.org\n"
                "benchctl notify set --event booking-displaced --event setup-due --details yes\n"
                "benchctl notify set --webhook https://hooks.example.org/T1 --event all",
                [wish](Session& session) { return set_notifications(session, *wish); });
  set->add_option("--event", wish->events, "An event, all or none; repeatable")->type_name("EVENT");
  set->add_option("--email", wish->email, "Mail goes to this address; none for no mail")
      ->type_name("ADDRESS");
  set->add_option("--webhook", wish->webhook, "JSON is posted to this URL; none for none")
      ->type_name("URL");
  set->add_option("--hook", wish->hook, "The site's command is run: yes or no")->type_name("YES");
  set->add_option("--details", wish->details, "Name the event and the booking: yes or no")
      ->type_name("YES");
  add_dry_run(set, wish->dry_run);
  auto dry_run = std::make_shared<bool>(false);
  CLI::App* test =
      tree.verb(noun, "test", "Send a test over each of your channels", "benchctl notify test",
                [dry_run](Session& session) { return test_notifications(session, *dry_run); });
  add_dry_run(test, *dry_run);
}

}  // namespace benchd::cli
