// Bookings: find, create, set up, arm, release.
//
// Requests and answers are those of the public API (docs/adr/0007-use-cases-speak-the-api.md).
// Each call takes the caller first and denies by default, before anything of the request is
// looked at. Confined to the site's strand; reasons are those that the proto names.
#pragma once

#include "benchd/v1/booking.pb.h"

#include "daemon/access/caller.hpp"
#include "daemon/site/context.hpp"
#include "daemon/site/stream.hpp"

namespace benchd::site {

class CursorCodec;
class Deadlines;
class Teardown;

class Bookings {
 public:
  explicit Bookings(SiteContext& context);
  ~Bookings();
  Bookings(const Bookings&) = delete;
  Bookings& operator=(const Bookings&) = delete;

  // Once: deadlines that passed while benchd was down, then by timer.
  void start(std::function<void(Status)> ready);

  // Of a booking that another use case has moved to TEARDOWN the benches are made safe.
  void after_moved(const store::BookingRecord& record);

  void find_slots(const access::Caller& caller,
                  const v1::FindSlotsRequest& request,
                  Reply<v1::FindSlotsResponse> reply);
  void create_booking(const access::Caller& caller,
                      const v1::CreateBookingRequest& request,
                      Reply<v1::CreateBookingResponse> reply);
  void join_waitlist(const access::Caller& caller,
                     const v1::JoinWaitlistRequest& request,
                     Reply<v1::JoinWaitlistResponse> reply);
  void create_booking_series(const access::Caller& caller,
                             const v1::CreateBookingSeriesRequest& request,
                             Reply<v1::CreateBookingSeriesResponse> reply);
  void cancel_booking_series(const access::Caller& caller,
                             const v1::CancelBookingSeriesRequest& request,
                             Reply<v1::CancelBookingSeriesResponse> reply);
  void get_booking(const access::Caller& caller,
                   const v1::GetBookingRequest& request,
                   Reply<v1::GetBookingResponse> reply);
  void list_bookings(const access::Caller& caller,
                     const v1::ListBookingsRequest& request,
                     Reply<v1::ListBookingsResponse> reply);
  void confirm_booking(const access::Caller& caller,
                       const v1::ConfirmBookingRequest& request,
                       Reply<v1::ConfirmBookingResponse> reply);
  void approve_booking(const access::Caller& caller,
                       const v1::ApproveBookingRequest& request,
                       Reply<v1::ApproveBookingResponse> reply);
  void reject_booking(const access::Caller& caller,
                      const v1::RejectBookingRequest& request,
                      Reply<v1::RejectBookingResponse> reply);
  void update_booking(const access::Caller& caller,
                      const v1::UpdateBookingRequest& request,
                      Reply<v1::UpdateBookingResponse> reply);
  void cancel_booking(const access::Caller& caller,
                      const v1::CancelBookingRequest& request,
                      Reply<v1::CancelBookingResponse> reply);
  void check_in(const access::Caller& caller,
                const v1::CheckInRequest& request,
                Reply<v1::CheckInResponse> reply);
  void confirm_setup(const access::Caller& caller,
                     const v1::ConfirmSetupRequest& request,
                     Reply<v1::ConfirmSetupResponse> reply);
  void arm(const access::Caller& caller,
           const v1::ArmRequest& request,
           Reply<v1::ArmResponse> reply);
  void release_booking(const access::Caller& caller,
                       const v1::ReleaseBookingRequest& request,
                       Reply<v1::ReleaseBookingResponse> reply);
  // Ends a booking in whose benches' work nobody takes part: as ReleaseBooking, but nobody says
  // that the DUT is off. `done` comes when the booking has left IN_USE; the safe state is proved
  // after.
  void end_unattended(const store::BookingRecord& booking, std::function<void(Status)> done);
  void watch_bookings(const access::Caller& caller,
                      const v1::WatchBookingsRequest& request,
                      StreamPtr<v1::WatchBookingsResponse> stream);

 private:
  SiteContext& context_;
  std::unique_ptr<CursorCodec> cursors_;
  std::unique_ptr<Teardown> teardown_;
  std::unique_ptr<Deadlines> deadlines_;
};

}  // namespace benchd::site
