// UpdateBooking and ConfirmBooking: a booking is changed in place.
#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>

#include "daemon/scheduling/intervals.hpp"
#include "daemon/site/booking_call.hpp"
#include "daemon/site/booking_draft.hpp"
#include "daemon/site/bookings.hpp"
#include "daemon/site/grant.hpp"
#include "daemon/site/kept_answer.hpp"

namespace benchd::site {

using access::Operation;

namespace {

constexpr std::array kFields{"start_time", "end_time",         "benches",     "layouts",
                             "attendance", "sequence",         "parameters",  "dut",
                             "title",      "sequence_version", "external_id", "member"};

class Mask {
 public:
  explicit Mask(const google::protobuf::FieldMask& mask) : mask_(mask) {}
  [[nodiscard]] bool has(std::string_view field) const {
    return std::ranges::find(mask_.paths(), field) != mask_.paths().end();
  }
  [[nodiscard]] Status check() const {
    if (mask_.paths().empty()) return fail(invalid("update_mask", "names no field"));
    for (const auto& path : mask_.paths()) {
      if (std::ranges::find(kFields, path) != kFields.end()) continue;
      std::string may;
      for (const auto* field : kFields) may += (may.empty() ? "" : ", ") + std::string{field};
      return fail(invalid("update_mask",
                          "a booking's \"" + path + "\" cannot be changed; these can: " + may));
    }
    return {};
  }

 private:
  const google::protobuf::FieldMask& mask_;
};

// What CreateBooking would have to be asked for the booking as it should be.
v1::CreateBookingRequest wish_of(const v1::Booking& now,
                                 const v1::Booking& wanted,
                                 const Mask& mask) {
  v1::CreateBookingRequest wish;
  const auto from = [&](const char* field) -> const v1::Booking& {
    return mask.has(field) ? wanted : now;
  };
  *wish.mutable_benches() = from("benches").benches();
  // Layouts belong to their benches.
  if (mask.has("layouts")) {
    *wish.mutable_layouts() = wanted.layouts();
  } else if (!mask.has("benches")) {
    *wish.mutable_layouts() = now.layouts();
  }
  *wish.mutable_start_time() = from("start_time").start_time();
  *wish.mutable_end_time() = from("end_time").end_time();
  if (mask.has("start_time") && !mask.has("end_time")) {
    wish.mutable_end_time()->set_seconds(wanted.start_time().seconds() + now.end_time().seconds() -
                                         now.start_time().seconds());
  }
  wish.set_attendance(from("attendance").attendance());
  wish.set_sequence(from("sequence").sequence());
  const bool other_sequence = mask.has("sequence") && !mask.has("sequence_version");
  wish.set_sequence_version(other_sequence ? 0 : from("sequence_version").sequence_version());
  *wish.mutable_parameters() = from("parameters").parameters();
  wish.set_dut(from("dut").dut());
  wish.set_title(from("title").title());
  wish.set_external_id(from("external_id").external_id());
  return wish;
}

// One UpdateBooking. Lives until it has answered.
class Update : public std::enable_shared_from_this<Update> {
 public:
  Update(SiteContext& context,
         v1::UpdateBookingRequest request,
         BookingCall begun,
         Reply<v1::UpdateBookingResponse> reply)
      : context_(context),
        request_(std::move(request)),
        begun_(std::move(begun)),
        reply_(std::move(reply)) {}

  void begin() {
    if (auto known = Mask{request_.update_mask()}.check(); !known) {
      return reply_(fail(known.error()));
    }
    context_.store.get_booking({begun_.name.tenant, begun_.name.id},
                               then<store::BookingRecord>([](auto& self, auto& record) {
                                 self.before_ = std::move(record);
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
    const Mask mask{request_.update_mask()};
    const auto now = present_booking(context_.config, before_, access::Reach::Own);
    auto member = before_.booking.member;
    if (mask.has("member")) {
      auto named = member_of(request_.booking().member());
      if (!named) return reply_(fail(named.error()));
      member = std::move(*named);
    }
    check_booking(context_, begun_.name.tenant, wish_of(now, request_.booking(), mask), begun_.call,
                  [self = shared_from_this(), member](Result<CheckedBooking> checked) {
                    if (!checked) return self->reply_(fail(std::move(checked.error())));
                    self->wanted_ = {std::move(checked->command), self->begun_.revision};
                    self->wanted_.wanted.id = self->begun_.name.id;
                    self->wanted_.wanted.member = member;
                    self->diagnostics_ = std::move(checked->diagnostics);
                    self->change();
                  });
  }

  // "tenants/*/members/*" of the booking's tenant.
  [[nodiscard]] Result<MemberId> member_of(const std::string& name) const {
    const auto prefix = site::member_name(begun_.name.tenant, MemberId{});
    if (name.size() > prefix.size() && name.starts_with(prefix)) {
      return MemberId{name.substr(prefix.size())};
    }
    return fail(invalid("member", "must be \"" + prefix + "NAME\""));
  }

  // A station that has granted the benches must hear of another end: of a later one once it is the
  // tenant's, of an earlier one before others may have the time.
  void change() {
    const auto end = scheduling::round_outwards(wanted_.wanted.start, wanted_.wanted.end).end;
    const auto& booking = before_.booking;
    const bool in_use =
        booking.state == model::BookingState::Setup || booking.state == model::BookingState::InUse;
    if (!before_.granted || !in_use || end == booking.interval.end || begun_.call.validate_only) {
      return write([](Update& self, const store::BookingRecord& after) { self.answer(after); });
    }
    if (auto online = check_online(context_, before_); !online) {
      return reply_(fail(online.error()));
    }
    if (end > booking.interval.end) return lengthen();
    shorten();
  }

  template <typename Next>
  void write(Next next) {
    context_.store.update_booking(
        wanted_,
        then<store::BookingRecord>([next](auto& self, auto& after) { next(self, after); }));
  }

  void lengthen() {
    write([](Update& self, const store::BookingRecord& after) {
      renew_grant(self.context_, self.begun_.call, after,
                  [session = self.shared_from_this(), after](const Status& renewed) {
                    if (renewed) return session->answer(after);
                    session->take_back(after, renewed.error());
                  });
    });
  }

  // The station ends the booking at its old end, so that is what it has.
  void take_back(const store::BookingRecord& after, const Error& error) {
    auto old = wanted_;
    old.wanted.call = site_call(context_, Operation::UpdateBooking);
    old.wanted.end = before_.booking.interval.end;
    old.revision = after.booking.revision;
    context_.store.update_booking(
        std::move(old),
        context_.posted([self = shared_from_this(), error](const Result<store::BookingRecord>&) {
          self->reply_(fail(error));
        }));
  }

  void shorten() {
    auto trial = wanted_;
    trial.wanted.call = step_of(begun_.call);
    trial.wanted.call.validate_only = true;
    context_.store.update_booking(
        std::move(trial), then<store::BookingRecord>([](auto& self, auto& would_be) {
          renew_grant(self.context_, self.begun_.call, would_be,
                      [session = self.shared_from_this()](const Status& renewed) {
                        if (!renewed) return session->reply_(fail(renewed.error()));
                        session->write([](Update& update, const store::BookingRecord& after) {
                          update.answer(after);
                        });
                      });
        }));
  }

  void answer(const store::BookingRecord& after) {
    v1::UpdateBookingResponse response;
    *response.mutable_booking() = present_booking(context_.config, after, access::Reach::Own);
    for (auto& diagnostic : diagnostics_) *response.add_diagnostics() = std::move(diagnostic);
    reply_(std::move(response));
  }

  SiteContext& context_;
  const v1::UpdateBookingRequest request_;
  const BookingCall begun_;
  const Reply<v1::UpdateBookingResponse> reply_;
  store::BookingRecord before_;
  store::UpdateBooking wanted_;
  std::vector<v1::Diagnostic> diagnostics_;
};

}  // namespace

void Bookings::update_booking(const access::Caller& caller,
                              const v1::UpdateBookingRequest& request,
                              Reply<v1::UpdateBookingResponse> reply) {
  auto begun =
      begin_call(context_, caller, Operation::UpdateBooking, request, request.booking().name());
  if (!begun) return reply(fail(begun.error()));
  std::make_shared<Update>(context_, request, std::move(*begun), std::move(reply))->begin();
}

void Bookings::confirm_booking(const access::Caller& caller,
                               const v1::ConfirmBookingRequest& request,
                               Reply<v1::ConfirmBookingResponse> reply) {
  auto begun = begin_call(context_, caller, Operation::ConfirmBooking, request);
  if (!begun) return reply(fail(begun.error()));
  context_.store.change_booking(
      {.call = begun->call,
       .tenant = begun->name.tenant,
       .booking = begun->name.id,
       .event = scheduling::BookingEvent::Confirm,
       .revision = begun->revision},
      context_.posted([this, reply = std::move(reply)](const Result<store::BookingMoved>& moved) {
        if (!moved) return reply(fail(moved.error()));
        v1::ConfirmBookingResponse response;
        *response.mutable_booking() =
            present_booking(context_.config, moved->booking, access::Reach::Own);
        reply(std::move(response));
      }));
}

}  // namespace benchd::site
