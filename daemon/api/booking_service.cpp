#include "benchd/v1/booking.grpc.pb.h"

#include "daemon/api/services.hpp"
#include "daemon/api/stream_writer.hpp"
#include "daemon/api/unary.hpp"

namespace benchd::api {
namespace {

class BookingApi final : public v1::BookingService::CallbackService {
 public:
  explicit BookingApi(Gate& gate) : gate_(gate) {}

  grpc::ServerUnaryReactor* FindSlots(grpc::CallbackServerContext* context,
                                      const v1::FindSlotsRequest* request,
                                      v1::FindSlotsResponse* response) override {
    return answer(gate_, gate_.site().bookings, &site::Bookings::find_slots, context, request,
                  response);
  }

  grpc::ServerUnaryReactor* CreateBooking(grpc::CallbackServerContext* context,
                                          const v1::CreateBookingRequest* request,
                                          v1::CreateBookingResponse* response) override {
    return answer(gate_, gate_.site().bookings, &site::Bookings::create_booking, context, request,
                  response);
  }

  grpc::ServerUnaryReactor* JoinWaitlist(grpc::CallbackServerContext* context,
                                         const v1::JoinWaitlistRequest* request,
                                         v1::JoinWaitlistResponse* response) override {
    return answer(gate_, gate_.site().bookings, &site::Bookings::join_waitlist, context, request,
                  response);
  }

  grpc::ServerUnaryReactor* CreateBookingSeries(
      grpc::CallbackServerContext* context,
      const v1::CreateBookingSeriesRequest* request,
      v1::CreateBookingSeriesResponse* response) override {
    return answer(gate_, gate_.site().bookings, &site::Bookings::create_booking_series, context,
                  request, response);
  }

  grpc::ServerUnaryReactor* CancelBookingSeries(
      grpc::CallbackServerContext* context,
      const v1::CancelBookingSeriesRequest* request,
      v1::CancelBookingSeriesResponse* response) override {
    return answer(gate_, gate_.site().bookings, &site::Bookings::cancel_booking_series, context,
                  request, response);
  }

  grpc::ServerUnaryReactor* GetBooking(grpc::CallbackServerContext* context,
                                       const v1::GetBookingRequest* request,
                                       v1::GetBookingResponse* response) override {
    return answer(gate_, gate_.site().bookings, &site::Bookings::get_booking, context, request,
                  response);
  }

  grpc::ServerUnaryReactor* ListBookings(grpc::CallbackServerContext* context,
                                         const v1::ListBookingsRequest* request,
                                         v1::ListBookingsResponse* response) override {
    return answer(gate_, gate_.site().bookings, &site::Bookings::list_bookings, context, request,
                  response);
  }

  grpc::ServerUnaryReactor* ConfirmBooking(grpc::CallbackServerContext* context,
                                           const v1::ConfirmBookingRequest* request,
                                           v1::ConfirmBookingResponse* response) override {
    return answer(gate_, gate_.site().bookings, &site::Bookings::confirm_booking, context, request,
                  response);
  }

  grpc::ServerUnaryReactor* ApproveBooking(grpc::CallbackServerContext* context,
                                           const v1::ApproveBookingRequest* request,
                                           v1::ApproveBookingResponse* response) override {
    return answer(gate_, gate_.site().bookings, &site::Bookings::approve_booking, context, request,
                  response);
  }

  grpc::ServerUnaryReactor* RejectBooking(grpc::CallbackServerContext* context,
                                          const v1::RejectBookingRequest* request,
                                          v1::RejectBookingResponse* response) override {
    return answer(gate_, gate_.site().bookings, &site::Bookings::reject_booking, context, request,
                  response);
  }

  grpc::ServerUnaryReactor* UpdateBooking(grpc::CallbackServerContext* context,
                                          const v1::UpdateBookingRequest* request,
                                          v1::UpdateBookingResponse* response) override {
    return answer(gate_, gate_.site().bookings, &site::Bookings::update_booking, context, request,
                  response);
  }

  grpc::ServerUnaryReactor* CancelBooking(grpc::CallbackServerContext* context,
                                          const v1::CancelBookingRequest* request,
                                          v1::CancelBookingResponse* response) override {
    return answer(gate_, gate_.site().bookings, &site::Bookings::cancel_booking, context, request,
                  response);
  }

  grpc::ServerUnaryReactor* CheckIn(grpc::CallbackServerContext* context,
                                    const v1::CheckInRequest* request,
                                    v1::CheckInResponse* response) override {
    return answer(gate_, gate_.site().bookings, &site::Bookings::check_in, context, request,
                  response);
  }

  grpc::ServerUnaryReactor* ConfirmSetup(grpc::CallbackServerContext* context,
                                         const v1::ConfirmSetupRequest* request,
                                         v1::ConfirmSetupResponse* response) override {
    return answer(gate_, gate_.site().bookings, &site::Bookings::confirm_setup, context, request,
                  response);
  }

  grpc::ServerUnaryReactor* Arm(grpc::CallbackServerContext* context,
                                const v1::ArmRequest* request,
                                v1::ArmResponse* response) override {
    return answer(gate_, gate_.site().bookings, &site::Bookings::arm, context, request, response);
  }

  grpc::ServerUnaryReactor* ReleaseBooking(grpc::CallbackServerContext* context,
                                           const v1::ReleaseBookingRequest* request,
                                           v1::ReleaseBookingResponse* response) override {
    return answer(gate_, gate_.site().bookings, &site::Bookings::release_booking, context, request,
                  response);
  }

  grpc::ServerWriteReactor<v1::WatchBookingsResponse>* WatchBookings(
      grpc::CallbackServerContext* context, const v1::WatchBookingsRequest* request) override {
    return stream(gate_, gate_.site().bookings, &site::Bookings::watch_bookings, context, request);
  }

 private:
  Gate& gate_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_booking_service(Gate& gate) {
  return std::make_unique<BookingApi>(gate);
}

}  // namespace benchd::api
