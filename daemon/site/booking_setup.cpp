// ConfirmSetup: the bench is granted, its readings are taken, the answers are kept.
#include <algorithm>
#include <memory>
#include <utility>

#include "daemon/model/setup_question.hpp"
#include "daemon/site/booking_call.hpp"
#include "daemon/site/bookings.hpp"
#include "daemon/site/grant.hpp"
#include "daemon/site/kept_answer.hpp"
#include "daemon/site/setup_record.hpp"

namespace benchd::site {

using access::Operation;

namespace {

// One ConfirmSetup, bench after bench. Lives until it has answered.
class SetupSession : public std::enable_shared_from_this<SetupSession> {
 public:
  SetupSession(SiteContext& context,
               access::Caller caller,
               v1::ConfirmSetupRequest request,
               BookingCall begun,
               Reply<v1::ConfirmSetupResponse> reply)
      : context_(context),
        caller_(std::move(caller)),
        request_(std::move(request)),
        begun_(std::move(begun)),
        reply_(std::move(reply)) {}

  void begin() {
    context_.store.get_booking({begun_.name.tenant, begun_.name.id},
                               then<store::BookingRecord>([](auto& self, auto& record) {
                                 self.booking_ = std::move(record);
                                 self.check();
                               }));
  }

 private:
  [[nodiscard]] bool dry() const { return begun_.call.validate_only; }
  void fail_with(Error error) { reply_(fail(std::move(error))); }

  // A handler of the store that goes on here, or ends with the error.
  template <typename T, typename Next>
  std::function<void(Result<T>)> then(Next next) {
    return context_.posted([self = shared_from_this(), next = std::move(next)](Result<T> result) {
      if (!result) return self->fail_with(std::move(result.error()));
      next(*self, *result);
    });
  }

  void check() {
    auto status = check_revision(booking_, begun_.revision);
    if (status) status = check_usable(booking_, context_.clock.utc_now());
    if (status) status = check_idle(booking_);
    if (status) status = check_online(context_, booking_);
    if (status) status = check_answers();
    if (!status) return fail_with(std::move(status.error()));
    context_.store.get_setup({begun_.name.tenant, begun_.name.id},
                             then<std::vector<model::SetupRecord>>([](auto& self, auto& records) {
                               self.records_ = std::move(records);
                               self.load_dut();
                             }));
  }

  [[nodiscard]] Status check_answers() const {
    const auto& benches = booking_.booking.benches;
    for (int at = 0; at < request_.answers_size(); ++at) {
      const auto& answer = request_.answers(at);
      const auto field = "answers[" + std::to_string(at) + "]";
      auto bench = answer.bench().empty() && benches.size() == 1
                       ? Result<BenchId>{benches.front()}
                       : parse_bench(answer.bench(), context_.config.id);
      if (!bench || std::ranges::find(benches, *bench) == benches.end()) {
        return fail(invalid(field + ".bench", "is no bench of this booking"));
      }
      const auto view = context_.stations.find_bench(*bench);
      const auto& items = view->bench->setup;
      const auto item = std::ranges::find(items, answer.item(), &model::SetupItem::id);
      if (item == items.end()) {
        return fail(invalid(field + ".item", "the bench has no such setup item"));
      }
      if (item->question.empty()) {
        return fail(invalid(field + ".item", "is read by the bench; nobody can answer it"));
      }
    }
    return {};
  }

  void load_dut() {
    if (!booking_.booking.dut) return next_bench();
    context_.store.get_dut({begun_.name.tenant, *booking_.booking.dut},
                           then<store::DutRecord>([](auto& self, auto& dut) {
                             self.dut_ = std::move(dut);
                             self.next_bench();
                           }));
  }

  void next_bench() {
    if (next_ == booking_.booking.benches.size()) return finish();
    bench_ = booking_.booking.benches[next_++];
    context_.store.get_bench(
        bench_, then<store::BenchRecord>([](auto& self, auto& record) { self.grant(record); }));
  }

  // The station knows the booking already, or is told of it now.
  void grant(const store::BenchRecord& record) {
    if (record.quarantined) {
      return fail_with({Reason::BenchQuarantined,
                        "The bench is taken out of use: " + record.message,
                        {{"bench", bench_.text()}},
                        {}});
    }
    const auto view = context_.stations.find_bench(bench_);
    if (!view) return fail_with(unknown_bench(bench_.text()));
    const bool granted = view->status && view->status->booking() == booking_.booking.id.text();
    if (granted) return ask();
    if (dry()) return look_from_here(*view);
    order(assign_order(booking_, dut_, bench_, context_.clock.utc_now()), true,
          [](SetupSession& self, const link::v1::CommandResult&) { self.ask(); });
  }

  // A row of the store first, then the station.
  template <typename Next>
  void order(link::v1::Command command, bool new_fence, Next next) {
    context_.store.create_command({.call = step_of(begun_.call),
                                   .tenant = begun_.name.tenant,
                                   .booking = begun_.name.id,
                                   .command = std::move(command),
                                   .new_fence = new_fence},
                                  then<store::CommandRecord>([next](auto& self, auto& row) {
                                    self.context_.stations.order(row, self.answered(next));
                                  }));
  }

  template <typename Next>
  Reply<link::v1::CommandResult> answered(Next next) {
    return [self = shared_from_this(), next](Result<link::v1::CommandResult> result) {
      if (!result) return self->fail_with(std::move(result.error()));
      if (auto status = status_of(*result); !status) return self->fail_with(status.error());
      next(*self, *result);
    };
  }

  void ask() {
    link::v1::Command command;
    command.set_bench(bench_.text());
    auto& confirm = *command.mutable_confirm_setup();
    confirm.set_member(caller_.member.text());
    confirm.set_dry_run(dry());
    for (const auto& answer : request_.answers()) {
      if (!is_about(answer)) continue;
      auto& each = *confirm.add_answers();
      each.set_item(answer.item());
      each.set_confirmed(answer.confirmed());
    }
    const auto next = [](SetupSession& self, const link::v1::CommandResult& result) {
      self.record(result);
    };
    if (dry()) return context_.stations.ask(bench_, std::move(command), answered(next));
    order(std::move(command), false, next);
  }

  [[nodiscard]] bool is_about(const v1::SetupAnswer& answer) const {
    return answer.bench().empty() || answer.bench() == bench_name(context_.config.id, bench_);
  }

  [[nodiscard]] model::SetupRecord new_record() const {
    return {.booking = booking_.booking.id,
            .bench = bench_,
            .member = caller_.member,
            .dut = booking_.booking.dut,
            .time = context_.clock.utc_now()};
  }

  // What would be missing, from the readings that the station sends anyway.
  void look_from_here(const BenchView& view) {
    auto record = new_record();
    for (const auto& item : view.bench->setup) {
      auto& check = record.checks.emplace_back();
      check.item = item.id;
      check.question = model::setup_question(item.question, dut_text(dut_));
      if (item.reading) look_at_reading(view, *item.reading, check);
      const auto answer = std::ranges::find_if(request_.answers(), [&](const auto& each) {
        return each.item() == item.id && is_about(each);
      });
      const bool yes = answer != request_.answers().end() && answer->confirmed();
      if (check.message.empty() && !item.question.empty() && !yes) {
        check.message = "not confirmed yet";
      }
      check.complete = check.message.empty();
    }
    keep(std::move(record));
    next_bench();
  }

  static void look_at_reading(const BenchView& view,
                              const model::Proof& proof,
                              model::SetupCheck& check) {
    check.message = proof.channel.text() + " has not been read yet";
    if (!view.status) return;
    for (const auto& reading : view.status->readings()) {
      if (reading.channel() != proof.channel.text()) continue;
      check.reading = reading.value();
      check.unit = reading.unit();
      const bool good = reading.quality() == link::v1::QUALITY_GOOD;
      check.message = good && proof.holds(reading.value())
                          ? std::string{}
                          : proof.channel.text() + " is not as it must be";
    }
  }

  void record(const link::v1::CommandResult& result) {
    auto made = new_record();
    for (const auto& line : result.setup_checks()) made.checks.push_back(setup_check_of(line));
    put_answers(made);
    keep(made);
    if (dry()) return next_bench();
    context_.store.record_setup({step_of(begun_.call), begun_.name.tenant, std::move(made)},
                                then<store::BookingRecord>([](auto& self, auto& booking) {
                                  self.booking_ = std::move(booking);
                                  self.next_bench();
                                }));
  }

  // Who answered, when, and the note stay with an item until it is answered again.
  void put_answers(model::SetupRecord& made) const {
    const auto before = std::ranges::find(records_, bench_, &model::SetupRecord::bench);
    for (auto& check : made.checks) {
      if (!check.complete) continue;
      if (before != records_.end() && !before->is_void) {
        const auto old = std::ranges::find(before->checks, check.item, &model::SetupCheck::item);
        if (old != before->checks.end() && old->complete) {
          check.message = old->message;
          check.member = old->member;
          check.answer_time = old->answer_time;
        }
      }
      for (const auto& answer : request_.answers()) {
        if (answer.item() != check.item || !is_about(answer)) continue;
        if (!answer.note().empty()) check.message = answer.note();
        check.member = caller_.member;
        check.answer_time = made.time;
      }
    }
  }

  void keep(model::SetupRecord made) {
    std::erase_if(records_, [&](const auto& each) { return each.bench == bench_; });
    records_.push_back(std::move(made));
  }

  void finish() {
    v1::ConfirmSetupResponse response;
    *response.mutable_setup_record() =
        present_setup(context_.config, views_of(context_, booking_), booking_, records_);
    for (auto& item : *response.mutable_setup_record()->mutable_items()) mark_answered(item);
    *response.mutable_booking() = present_booking(context_.config, booking_, access::Reach::Own);
    *response.mutable_booking()->mutable_setup_record() = response.setup_record();
    reply_(std::move(response));
  }

  // Said in this very call, though the reading is not in order yet.
  void mark_answered(v1::SetupItemResult& item) const {
    for (const auto& answer : request_.answers()) {
      const bool same = answer.item() == item.item().id() &&
                        (answer.bench().empty() || answer.bench() == item.bench());
      if (!same || !answer.confirmed()) continue;
      item.set_answered(true);
      item.set_member(member_name(begun_.name.tenant, caller_.member));
    }
  }

  SiteContext& context_;
  const access::Caller caller_;
  const v1::ConfirmSetupRequest request_;
  const BookingCall begun_;
  const Reply<v1::ConfirmSetupResponse> reply_;
  store::BookingRecord booking_;
  std::optional<store::DutRecord> dut_;
  std::vector<model::SetupRecord> records_;
  std::size_t next_ = 0;
  BenchId bench_;
};

}  // namespace

void Bookings::confirm_setup(const access::Caller& caller,
                             const v1::ConfirmSetupRequest& request,
                             Reply<v1::ConfirmSetupResponse> reply) {
  auto begun = begin_call(context_, caller, Operation::ConfirmSetup, request);
  if (!begun) return reply(fail(begun.error()));
  answer_once<v1::ConfirmSetupResponse>(
      context_, begun->call,
      [this, caller, request, begun = *begun](Reply<v1::ConfirmSetupResponse> once) {
        std::make_shared<SetupSession>(context_, caller, request, begun, std::move(once))->begin();
      },
      std::move(reply));
}

}  // namespace benchd::site
