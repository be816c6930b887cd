// What members are told of, and how; and the sending of it.
//
// Requests and answers are those of the public API (docs/adr/0007-use-cases-speak-the-api.md).
// Each call takes the caller first and denies by default, before anything of the request is
// looked at. Only the member itself sees and changes its settings: to others of its tenant they are
// not there. Confined to the site's strand; reasons are those that the proto names.
#pragma once

#include <memory>

#include "benchd/v1/notification.pb.h"

#include "daemon/access/caller.hpp"
#include "daemon/notify/dispatcher.hpp"
#include "daemon/site/changes.hpp"
#include "daemon/site/context.hpp"
#include "daemon/site/stream.hpp"

namespace benchd::site {

class Notifications {
 public:
  // Without a messenger nothing is sent; it waits in the outbox.
  Notifications(SiteContext& context, const std::shared_ptr<notify::Messenger>& messenger);
  ~Notifications();
  Notifications(const Notifications&) = delete;
  Notifications& operator=(const Notifications&) = delete;

  void start();
  void stop();

  void get_settings(const access::Caller& caller,
                    const v1::GetNotificationSettingsRequest& request,
                    Reply<v1::GetNotificationSettingsResponse> reply);
  void update_settings(const access::Caller& caller,
                       const v1::UpdateNotificationSettingsRequest& request,
                       Reply<v1::UpdateNotificationSettingsResponse> reply);
  void test(const access::Caller& caller,
            const v1::TestNotificationsRequest& request,
            Reply<v1::TestNotificationsResponse> reply);
  void list(const access::Caller& caller,
            const v1::ListNotificationsRequest& request,
            Reply<v1::ListNotificationsResponse> reply);

 private:
  SiteContext& context_;
  std::unique_ptr<notify::Dispatcher> dispatcher_;
  Subscription changes_;
};

}  // namespace benchd::site
