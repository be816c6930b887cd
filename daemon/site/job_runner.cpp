#include "daemon/site/job_runner.hpp"

#include <utility>

#include "daemon/base/log.hpp"
#include "daemon/site/names.hpp"

namespace benchd::site {

namespace {

// What did not work (a bench that is away, a setup that waits for a person) is tried again then.
constexpr Nanoseconds kAgain = std::chrono::seconds{30};

access::Caller caller_for(const store::BookingRecord& record) {
  return access::member_of(record.booking.tenant, record.booking.member, {model::Role::Member});
}

std::string name_of(const store::BookingRecord& record) {
  return booking_name(record.booking.tenant, record.booking.id);
}

bool is_open(const store::BookingRecord& record) {
  return record.booking.state == model::BookingState::Setup ||
         record.booking.state == model::BookingState::InUse;
}

}  // namespace

void JobRunner::start() {
  changes_ = context_.changes.subscribe([this](const store::Change& change) { on_change(change); });
  load({});
}

void JobRunner::load(const std::string& page_token) {
  context_.store.list_jobs(
      {.active_only = true, .page = {.size = 1000, .token = page_token}},
      context_.posted([this](const Result<store::Page<store::JobRecord>>& page) {
        if (!page) return log::warn("jobs cannot be read: {}", page.error().to_string());
        for (const auto& job : page->items) on_job(job);
        if (!page->next_token.empty()) load(page->next_token);
      }));
}

void JobRunner::on_change(const store::Change& change) {
  if (change.kind == store::ChangeKind::Job) {
    context_.store.get_job({std::nullopt, model::JobId{change.id}},
                           context_.posted([this](const Result<store::JobRecord>& job) {
                             if (job) on_job(*job);
                           }));
  } else if (change.kind == store::ChangeKind::Booking) {
    step(BookingId{change.id});
  } else if (change.kind == store::ChangeKind::Run) {
    tick();
  }
}

void JobRunner::on_job(const store::JobRecord& job) {
  if (job.job.state != model::JobState::Active || !job.booking) return;
  if (job.job.attendance != model::Attendance::Unattended) return;
  attempts_.try_emplace(*job.booking);
  step(*job.booking);
}

void JobRunner::tick() {
  std::vector<BookingId> bookings;
  for (const auto& [booking, attempt] : attempts_) bookings.push_back(booking);
  for (const auto& booking : bookings) step(booking);
}

// One step at a time of each booking.
void JobRunner::step(const BookingId& booking) {
  const auto attempt = attempts_.find(booking);
  if (attempt == attempts_.end()) return;
  if (std::exchange(attempt->second.stepping, true)) {
    attempt->second.step_again = true;
    return;
  }
  context_.store.get_booking(
      {std::nullopt, booking},
      context_.posted([this, booking](const Result<store::BookingRecord>& record) {
        if (!record) return give_up(booking, "cannot be read", record.error());
        step(*record);
      }));
}

void JobRunner::step(const store::BookingRecord& booking) {
  const auto& id = booking.booking.id;
  if (model::is_final(booking.booking.state)) {
    attempts_.erase(id);
    return;
  }
  if (!is_open(booking) || booking.active_run) return end_step(id);
  context_.store.list_runs(
      {.tenant = booking.booking.tenant, .booking = id, .page = {.size = 1, .token = {}}},
      context_.posted([this, booking](const Result<store::Page<store::RunRecord>>& runs) {
        if (!runs) return give_up(booking.booking.id, "cannot be read", runs.error());
        after_runs(booking, *runs);
      }));
}

void JobRunner::after_runs(const store::BookingRecord& booking,
                           const store::Page<store::RunRecord>& runs) {
  const auto& id = booking.booking.id;
  if (!runs.items.empty()) {
    return bookings_.end_unattended(booking, [this, id](const Status& ended) {
      if (!ended) return give_up(id, "cannot be given back", ended.error());
      end_step(id);
    });
  }
  if (booking.armed.size() == booking.booking.benches.size()) return start_run(booking);
  auto& attempt = attempts_.at(id);
  const auto now = context_.clock.monotonic_now();
  if (now < attempt.next_setup) return end_step(id);
  attempt.next_setup = now + kAgain;
  set_up(booking);
}

void JobRunner::set_up(const store::BookingRecord& booking) {
  v1::ConfirmSetupRequest request;
  request.set_name(name_of(booking));
  bookings_.confirm_setup(
      caller_for(booking), request, [this, booking](const Result<v1::ConfirmSetupResponse>& setup) {
        if (!setup) return give_up(booking.booking.id, "cannot be set up yet", setup.error());
        if (setup->setup_record().complete()) return arm(booking);
        log::info("booking={} waits for answers to its setup", booking.booking.id.text());
        end_step(booking.booking.id);
      });
}

void JobRunner::arm(const store::BookingRecord& booking) {
  v1::ArmRequest request;
  request.set_name(name_of(booking));
  bookings_.arm(caller_for(booking), request,
                [this, id = booking.booking.id](const Result<v1::ArmResponse>& armed) {
                  if (!armed) return give_up(id, "cannot be armed yet", armed.error());
                  attempts_[id].step_again = true;
                  end_step(id);
                });
}

void JobRunner::start_run(const store::BookingRecord& booking) {
  v1::StartRunRequest request;
  request.set_booking(name_of(booking));
  runs_.start_run(
      caller_for(booking), request, [this, booking](const Result<v1::StartRunResponse>& run) {
        const auto& id = booking.booking.id;
        if (run) return end_step(id);
        log::warn("booking={} cannot run its job: {}", id.text(), run.error().to_string());
        // Nothing else can be done with the bench.
        bookings_.end_unattended(booking, [this, id](const Status&) { end_step(id); });
      });
}

void JobRunner::give_up(const BookingId& booking, const char* what, const Error& error) {
  log::info("booking={} of a job {}: {}", booking.text(), what, error.to_string());
  end_step(booking);
}

void JobRunner::end_step(const BookingId& booking) {
  if (!attempts_.empty() && !timer_.active()) {
    timer_ = context_.timers.at(context_.clock.monotonic_now() + kAgain, [this] {
      timer_.cancel();
      tick();
    });
  }
  const auto attempt = attempts_.find(booking);
  if (attempt == attempts_.end()) return;
  attempt->second.stepping = false;
  if (std::exchange(attempt->second.step_again, false)) step(booking);
}

}  // namespace benchd::site
