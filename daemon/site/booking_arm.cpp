// Arm and ReleaseBooking: the bench may energise, and the bench is given back.
#include <algorithm>
#include <memory>
#include <utility>

#include "daemon/site/booking_call.hpp"
#include "daemon/site/bookings.hpp"
#include "daemon/site/kept_answer.hpp"
#include "daemon/site/setup_record.hpp"
#include "daemon/site/teardown.hpp"

namespace benchd::site {

using access::Operation;

namespace {

// One Arm, bench after bench. Lives until it has answered.
class ArmSession : public std::enable_shared_from_this<ArmSession> {
 public:
  ArmSession(SiteContext& context, BookingCall begun, Reply<v1::ArmResponse> reply)
      : context_(context), begun_(std::move(begun)), reply_(std::move(reply)) {}

  void begin() {
    context_.store.get_booking({begun_.name.tenant, begun_.name.id},
                               then<store::BookingRecord>([](auto& self, auto& record) {
                                 self.booking_ = std::move(record);
                                 self.check();
                               }));
  }

 private:
  template <typename T, typename Next>
  std::function<void(Result<T>)> then(Next next) {
    return context_.posted([self = shared_from_this(), next = std::move(next)](Result<T> result) {
      if (!result) return self->reply_(fail(std::move(result.error())));
      next(*self, *result);
    });
  }

  void check() {
    auto status = check_revision(booking_, begun_.revision);
    if (status) status = check_usable(booking_, context_.clock.utc_now());
    if (status) status = check_online(context_, booking_);
    if (!status) return reply_(fail(std::move(status.error())));
    context_.store.get_setup({begun_.name.tenant, begun_.name.id},
                             then<std::vector<model::SetupRecord>>([](auto& self, auto& records) {
                               const auto setup = present_setup(
                                   self.context_.config, views_of(self.context_, self.booking_),
                                   self.booking_, records);
                               if (auto complete = check_complete(setup); !complete) {
                                 return self.reply_(fail(complete.error()));
                               }
                               self.next_bench();
                             }));
  }

  void next_bench() {
    if (next_ == booking_.booking.benches.size() || begun_.call.validate_only) return finish();
    bench_ = booking_.booking.benches[next_++];
    context_.store.get_bench(
        bench_, then<store::BenchRecord>([](auto& self, auto& record) { self.order(record); }));
  }

  void order(const store::BenchRecord& record) {
    if (record.quarantined) {
      return reply_(fail(Reason::BenchQuarantined,
                         "The bench is taken out of use: " + record.message,
                         {{"bench", bench_.text()}}));
    }
    link::v1::Command command;
    command.set_bench(bench_.text());
    command.mutable_arm();
    context_.store.create_command(
        {.call = step_of(begun_.call),
         .tenant = begun_.name.tenant,
         .booking = begun_.name.id,
         .command = std::move(command)},
        then<store::CommandRecord>([](auto& self, auto& row) {
          self.context_.stations.order(
              row, [session = self.shared_from_this()](Result<link::v1::CommandResult> result) {
                session->after_answer(std::move(result));
              });
        }));
  }

  void after_answer(Result<link::v1::CommandResult> result) {
    if (!result) return reply_(fail(std::move(result.error())));
    if (auto status = status_of(*result); !status) return reply_(fail(status.error()));
    context_.store.mark_armed({.call = step_of(begun_.call),
                               .tenant = begun_.name.tenant,
                               .booking = begun_.name.id,
                               .bench = bench_,
                               .armed = true},
                              then<store::BookingRecord>([](auto& self, auto& booking) {
                                self.booking_ = std::move(booking);
                                self.next_bench();
                              }));
  }

  void finish() {
    v1::ArmResponse response;
    *response.mutable_booking() = present_booking(context_.config, booking_, access::Reach::Own);
    put_time(context_.clock.utc_now(), *response.mutable_arm_time());
    put_time(booking_.booking.interval.end, *response.mutable_expire_time());
    reply_(std::move(response));
  }

  SiteContext& context_;
  const BookingCall begun_;
  const Reply<v1::ArmResponse> reply_;
  store::BookingRecord booking_;
  std::size_t next_ = 0;
  BenchId bench_;
};

// One ReleaseBooking. Lives until it has answered.
class ReleaseSession : public std::enable_shared_from_this<ReleaseSession> {
 public:
  using Response = v1::ReleaseBookingResponse;
  ReleaseSession(SiteContext& context,
                 Teardown& teardown,
                 BookingCall begun,
                 bool removal_confirmed,
                 Reply<Response> reply)
      : context_(context),
        teardown_(teardown),
        begun_(std::move(begun)),
        removal_confirmed_(removal_confirmed),
        reply_(std::move(reply)) {}

  void begin() {
    context_.store.get_booking(
        {begun_.name.tenant, begun_.name.id},
        then<store::BookingRecord>([](auto& self, auto& record) { self.check(record); }));
  }

 private:
  template <typename T, typename Next>
  std::function<void(Result<T>)> then(Next next) {
    return context_.posted([self = shared_from_this(), next = std::move(next)](Result<T> result) {
      if (!result) return self->reply_(fail(std::move(result.error())));
      next(*self, *result);
    });
  }

  void check(const store::BookingRecord& record) {
    const bool open = record.booking.state == model::BookingState::Setup ||
                      record.booking.state == model::BookingState::InUse;
    auto status = check_revision(record, begun_.revision);
    if (status && open) status = check_idle(record);
    if (status && open && record.granted) status = check_online(context_, record);
    if (!status) return reply_(fail(std::move(status.error())));
    if (removal_confirmed_ || !open || !record.granted) return change();
    if (!record.armed.empty()) return ask_for_removal();
    context_.store.list_runs(
        {.tenant = begun_.name.tenant, .booking = begun_.name.id, .page = {.size = 1, .token = {}}},
        then<store::Page<store::RunRecord>>([](auto& self, auto& runs) {
          // Who has run has been armed.
          if (runs.items.empty()) return self.change();
          self.ask_for_removal();
        }));
  }

  void ask_for_removal() {
    reply_(
        fail(invalid("removal_confirmed", "the bench was armed: take the DUT off it and say so")));
  }

  // The state first: what the station tells of the end then finds the booking in TEARDOWN.
  void change() {
    context_.store.change_booking(
        {.call = step_of(begun_.call),
         .tenant = begun_.name.tenant,
         .booking = begun_.name.id,
         .event = scheduling::BookingEvent::Release,
         .revision = begun_.revision},
        then<store::BookingMoved>([](auto& self, auto& moved) { self.make_safe(moved.booking); }));
  }

  void make_safe(const store::BookingRecord& record) {
    const bool granted = record.granted && record.booking.state == model::BookingState::Teardown;
    if (!granted || begun_.call.validate_only) {
      return finish({.booking = record, .proofs = {}, .status = {}});
    }
    teardown_.begin(record, removal_confirmed_,
                    [self = shared_from_this()](Result<Teardown::Outcome> outcome) {
                      if (!outcome) return self->reply_(fail(std::move(outcome.error())));
                      self->finish(*outcome);
                    });
  }

  void finish(const Teardown::Outcome& outcome) {
    // A bench that is away makes itself safe; what it proves comes when it is back.
    const bool later = !outcome.status && outcome.status.error().reason == Reason::BenchOffline;
    if (!outcome.status && !later) return reply_(fail(outcome.status.error()));
    Response response;
    *response.mutable_booking() =
        present_booking(context_.config, outcome.booking, access::Reach::Own);
    for (const auto& [bench, report] : outcome.proofs) {
      const auto view = context_.stations.find_bench(bench);
      *response.add_proofs() =
          present_proof(context_.config.id, bench, report, view ? view->utc_offset : Nanoseconds{});
    }
    reply_(std::move(response));
  }

  SiteContext& context_;
  Teardown& teardown_;
  const BookingCall begun_;
  const bool removal_confirmed_;
  const Reply<Response> reply_;
};

}  // namespace

void Bookings::arm(const access::Caller& caller,
                   const v1::ArmRequest& request,
                   Reply<v1::ArmResponse> reply) {
  auto begun = begin_call(context_, caller, Operation::Arm, request);
  if (!begun) return reply(fail(begun.error()));
  answer_once<v1::ArmResponse>(
      context_, begun->call,
      [this, begun = *begun](Reply<v1::ArmResponse> once) {
        std::make_shared<ArmSession>(context_, begun, std::move(once))->begin();
      },
      std::move(reply));
}

void Bookings::release_booking(const access::Caller& caller,
                               const v1::ReleaseBookingRequest& request,
                               Reply<v1::ReleaseBookingResponse> reply) {
  auto begun = begin_call(context_, caller, Operation::ReleaseBooking, request);
  if (!begun) return reply(fail(begun.error()));
  answer_once<v1::ReleaseBookingResponse>(
      context_, begun->call,
      [this, begun = *begun,
       removal = request.removal_confirmed()](Reply<v1::ReleaseBookingResponse> once) {
        std::make_shared<ReleaseSession>(context_, *teardown_, begun, removal, std::move(once))
            ->begin();
      },
      std::move(reply));
}

}  // namespace benchd::site
