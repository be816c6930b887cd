#include "benchd/v1/notification.grpc.pb.h"

#include "daemon/api/services.hpp"
#include "daemon/api/unary.hpp"

namespace benchd::api {
namespace {

class NotificationApi final : public v1::NotificationService::CallbackService {
 public:
  explicit NotificationApi(Gate& gate) : gate_(gate) {}

  grpc::ServerUnaryReactor* GetNotificationSettings(
      grpc::CallbackServerContext* context,
      const v1::GetNotificationSettingsRequest* request,
      v1::GetNotificationSettingsResponse* response) override {
    return answer(gate_, gate_.site().notifications, &site::Notifications::get_settings, context,
                  request, response);
  }

  grpc::ServerUnaryReactor* UpdateNotificationSettings(
      grpc::CallbackServerContext* context,
      const v1::UpdateNotificationSettingsRequest* request,
      v1::UpdateNotificationSettingsResponse* response) override {
    return answer(gate_, gate_.site().notifications, &site::Notifications::update_settings, context,
                  request, response);
  }

  grpc::ServerUnaryReactor* TestNotifications(grpc::CallbackServerContext* context,
                                              const v1::TestNotificationsRequest* request,
                                              v1::TestNotificationsResponse* response) override {
    return answer(gate_, gate_.site().notifications, &site::Notifications::test, context, request,
                  response);
  }

  grpc::ServerUnaryReactor* ListNotifications(grpc::CallbackServerContext* context,
                                              const v1::ListNotificationsRequest* request,
                                              v1::ListNotificationsResponse* response) override {
    return answer(gate_, gate_.site().notifications, &site::Notifications::list, context, request,
                  response);
  }

 private:
  Gate& gate_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_notification_service(Gate& gate) {
  return std::make_unique<NotificationApi>(gate);
}

}  // namespace benchd::api
