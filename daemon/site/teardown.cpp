#include "daemon/site/teardown.hpp"

#include <algorithm>
#include <utility>

#include "daemon/base/log.hpp"
#include "daemon/site/call.hpp"

namespace benchd::site {

using scheduling::BookingEvent;

struct Teardown::Job {
  store::BookingRecord booking;
  std::size_t waiting = 0;
  std::vector<Proof> proofs;
  Status status;  // the first that went wrong
  std::vector<Done> done;
};

Teardown::Teardown(SiteContext& context) : context_(context) {}

void Teardown::after_moved(const store::BookingRecord& record) {
  if (record.booking.state != model::BookingState::Teardown || !record.granted) return;
  begin(record, false, [](const Result<Outcome>&) {});
}

void Teardown::begin(const store::BookingRecord& record, bool removal_confirmed, Done done) {
  if (!late_answers_) {
    late_answers_ = context_.stations.on_late_answer(
        [this](const store::CommandRecord& command) { on_late_answer(command); });
  }
  auto& job = jobs_[record.booking.id];
  if (job) return job->done.push_back(std::move(done));
  job = std::make_shared<Job>();
  job->booking = record;
  job->waiting = record.booking.benches.size();
  job->done.push_back(std::move(done));
  const auto begun = job;  // an answer may end it
  for (const auto& bench : record.booking.benches) order(begun, bench, removal_confirmed);
}

void Teardown::order(const JobPtr& job, const BenchId& bench, bool removal_confirmed) {
  link::v1::Command command;
  command.set_bench(bench.text());
  command.mutable_release()->set_removal_confirmed(removal_confirmed);
  context_.store.create_command(
      {.call = site_call(context_, access::Operation::ReleaseBooking),
       .booking = job->booking.booking.id,
       .command = std::move(command)},
      context_.posted([this, job, bench](const Result<store::CommandRecord>& row) {
        if (!row) return after_answer(job, bench, fail(row.error()));
        context_.stations.order(*row,
                                [this, job, bench](const Result<link::v1::CommandResult>& result) {
                                  after_answer(job, bench, result);
                                });
      }));
}

// A station that has no grant for the bench has ended it before, by its own clock or in a restart:
// then its present status is the proof.
link::v1::SafeStateReport Teardown::report_of(const BenchId& bench,
                                              const BookingId& booking,
                                              const link::v1::CommandResult& result) const {
  if (result.has_safe_state()) return result.safe_state();
  link::v1::SafeStateReport report;
  report.set_message(result.message());
  if (find_reason(result.reason()) != Reason::NoGrant) return report;
  const auto view = context_.stations.find_bench(bench);
  if (!view || !view->online || !view->status) return report;
  const auto& status = *view->status;
  if (!status.safe() || status.latched() || status.booking() == booking.text()) return report;
  report.set_proved(true);
  report.clear_message();
  *report.mutable_readings() = status.readings();
  return report;
}

void Teardown::after_answer(const JobPtr& job,
                            const BenchId& bench,
                            const Result<link::v1::CommandResult>& result) {
  if (result) {
    auto report = report_of(bench, job->booking.booking.id, *result);
    if (!report.proved() && job->status) {
      job->status = status_of(*result);
      if (job->status) job->status = fail(Reason::SafeStateUnproved, report.message());
    }
    job->proofs.push_back({bench, std::move(report)});
  } else if (job->status) {
    job->status = fail(result.error());
  }
  if (--job->waiting == 0) finish(job);
}

// Of several benches, each tells its end by an event as well; what is not proved by all is left to
// those.
void Teardown::finish(const JobPtr& job) {
  std::optional<BookingEvent> event;
  const bool unproved = !job->status && job->status.error().reason == Reason::SafeStateUnproved;
  if (job->status) {
    event = BookingEvent::SafeProved;
  } else if (unproved && job->booking.booking.benches.size() == 1) {
    event = BookingEvent::SafeUnproved;
  }
  settle(job->booking.booking.id, event, [this, job](Result<store::BookingRecord> record) {
    jobs_.erase(job->booking.booking.id);
    for (const auto& done : std::exchange(job->done, {})) {
      if (!record) {
        done(fail(record.error()));
      } else {
        done(Outcome{*record, job->proofs, job->status});
      }
    }
  });
}

// The station's event may have settled it already: then the booking is read.
void Teardown::settle(const BookingId& booking,
                      std::optional<BookingEvent> event,
                      std::function<void(Result<store::BookingRecord>)> done) {
  const auto read = [this, booking, done] {
    context_.store.get_booking({std::nullopt, booking}, context_.posted(done));
  };
  if (!event) return read();
  context_.store.change_booking({.call = site_call(context_, access::Operation::ReleaseBooking),
                                 .booking = booking,
                                 .event = *event},
                                context_.posted([done, read](Result<store::BookingMoved> moved) {
                                  if (moved) return done(std::move(moved->booking));
                                  if (moved.error().reason == Reason::BookingNotActive)
                                    return read();
                                  done(fail(std::move(moved.error())));
                                }));
}

// The station was away when it was asked.
void Teardown::on_late_answer(const store::CommandRecord& command) {
  if (!command.command.has_release() || !command.booking || !command.result) return;
  const BenchId bench{command.command.bench()};
  context_.store.get_booking(
      {std::nullopt, *command.booking},
      context_.posted(
          [this, bench, result = *command.result](const Result<store::BookingRecord>& record) {
            if (!record || record->booking.state != model::BookingState::Teardown) return;
            if (record->booking.benches.size() > 1) return;
            const auto report = report_of(bench, record->booking.id, result);
            if (!report.proved() && !result.has_safe_state()) return;
            settle(record->booking.id,
                   report.proved() ? BookingEvent::SafeProved : BookingEvent::SafeUnproved,
                   [](const Result<store::BookingRecord>&) {});
          }));
}

}  // namespace benchd::site
