#include "cli/commands/booking_approve.hpp"

#include <memory>

#include <benchd/v1/booking.grpc.pb.h>

#include "cli/commands/booking_create.hpp"
#include "cli/commands/common.hpp"
#include "cli/local_time.hpp"
#include "cli/names.hpp"

namespace benchd::cli {
namespace {

struct Decision {
  std::string word;
  std::string reason;
  bool dry_run = false;
};

// "b-7f3a2k of volant/mia: thrust-1, Thu 26 Nov 09:00–10:00, attended".
std::string line_of(const v1::Booking& booking) {
  const bool unattended = booking.attendance() == v1::ATTENDANCE_UNATTENDED;
  return short_id(booking.name()) + " of " + member_of(booking) + ": " + ids_of(booking.benches()) +
         ", " +
         friendly_window({to_seconds(booking.start_time()), to_seconds(booking.end_time())}) +
         (unattended ? ", unattended" : ", attended");
}

// What is decided on is what was read: it must not have changed since.
template <typename Request, typename Response>
Outcome<int> decide(Session& session,
                    const Decision& decision,
                    Request request,
                    grpc::Status (v1::BookingService::Stub::*method)(grpc::ClientContext*,
                                                                     const Request&,
                                                                     Response*),
                    const char* done,
                    const char* would) {
  auto name = find_any_booking(session, decision.word);
  if (!name) return fail(name);
  auto booking = get_booking(session, *name);
  if (!booking) return fail(booking);
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  request.set_name(booking->name());
  request.set_etag(booking->etag());
  fill_change(request, decision.dry_run);
  auto response = (*rpc)->call(method, request);
  if (!response) return fail(response);
  if (!session.for_people()) {
    answer_booking(session, response->booking());
    return kExitOk;
  }
  session.say((decision.dry_run ? would : done) + line_of(response->booking()));
  return kExitOk;
}

Outcome<int> approve(Session& session, const Decision& decision) {
  return decide(session, decision, v1::ApproveBookingRequest{},
                &v1::BookingService::Stub::ApproveBooking, "Approved ", "Would approve ");
}

Outcome<int> reject(Session& session, const Decision& decision) {
  v1::RejectBookingRequest request;
  request.set_reason(decision.reason);
  return decide(session, decision, std::move(request), &v1::BookingService::Stub::RejectBooking,
                "Rejected ", "Would reject ");
}

}  // namespace

std::string member_of(const v1::Booking& booking) {
  const std::string& member = booking.member();  // tenants/volant/members/mia
  return id_of(member.substr(0, member.find("/members/"))) + '/' + id_of(member);
}

void note_waits(Session& session, const v1::Booking& booking) {
  session.note("It waits for an approval of the site, until " +
               friendly_time(to_seconds(booking.expire_time())) + "; then it expires.");
}

void add_booking_approve(CommandTree& tree, CLI::App* noun) {
  auto yes = std::make_shared<Decision>();
  CLI::App* approve_app =
      tree.verb(noun, "approve", "For operators and managers: a booking that waits may take place",
                "benchctl booking approve b-7f3a",
                [yes](Session& session) { return approve(session, *yes); });
  tree.completes(approve_app->add_option("BOOKING", yes->word, "The booking")->required(),
                 Completer::Request);
  add_dry_run(approve_app, yes->dry_run);

  auto no = std::make_shared<Decision>();
  CLI::App* reject_app = tree.verb(
      noun, "reject", "For operators and managers: a booking that waits may not take place",
      "benchctl booking reject b-7f3a --reason \"The cell is not cleared for 6S packs.\"",
      [no](Session& session) { return reject(session, *no); });
  tree.completes(reject_app->add_option("BOOKING", no->word, "The booking")->required(),
                 Completer::Request);
  reject_app->add_option("--reason", no->reason, "Why; its tenant sees it")
      ->type_name("TEXT")
      ->required();
  add_dry_run(reject_app, no->dry_run);
}

}  // namespace benchd::cli
