// Commands: each carried out once, by whoever has the newest fence.
#include <utility>

#include "daemon/station/bench.hpp"
#include "daemon/station/command_result.hpp"
#include "daemon/station/samples.hpp"

namespace benchd::station {
namespace {

using Order = link::v1::Command::OrderCase;

// Harmless, or on the way to safety: taken from anybody at any time.
bool needs_no_fence(const link::v1::Command& command) {
  return command.order_case() == Order::kEnterSafeState ||
         command.order_case() == Order::kReadChannels;
}

bool changes_state(const link::v1::Command& command) {
  return command.order_case() != Order::kReadChannels &&
         command.order_case() != Order::kRenewPresence;
}

}  // namespace

void Bench::handle(link::v1::Command command, Reply reply) {
  const std::string id = command.command_id();
  if (const auto* kept = record_.find_answer(command.fence(), id)) return reply(*kept);
  if (const auto under_way = pending_.find(id); under_way != pending_.end()) {
    under_way->second.replies.push_back(std::move(reply));
    return;
  }
  if (const Status admitted = admit(command); !admitted) {
    auto result = command_result(admitted);
    result.set_command_id(id);
    return reply(std::move(result));
  }
  Pending& pending = pending_[id];
  pending.command = std::move(command);
  pending.replies.push_back(std::move(reply));
  if (needs_no_fence(pending.command)) return dispatch(link::v1::Command(pending.command));
  if (pending.command.fence() > record_.fence) {
    record_.fence = pending.command.fence();
    ++fences_saving_;
    save([this](const Status&) {
      --fences_saving_;
      writer_.raise_fence(record_.fence);
      run_pending();
    });
  }
  waiting_.push_back(id);
  run_pending();
}

Status Bench::admit(const link::v1::Command& command) const {
  if (stopping_) return fail(Reason::Unavailable, "the station is stopping");
  if (command.order_case() == Order::ORDER_NOT_SET) {
    return fail(Reason::InvalidArgument, "the command orders nothing that this version knows");
  }
  if (command.command_id().empty()) {
    return fail(Reason::InvalidArgument, "the command has no id");
  }
  if (needs_no_fence(command)) return {};
  if (command.config_hash() != parts_.config.config_hash) {
    return fail(Reason::ConfigHashMismatch,
                "the station runs with another configuration than the order is made for",
                {{"ordered", command.config_hash()}, {"running", parts_.config.config_hash}});
  }
  if (command.fence() < record_.fence) {
    return fail(
        Reason::FenceStale,
        "the order carries fence " + std::to_string(command.fence()) + ", the station knows " +
            std::to_string(record_.fence),
        {{"fence", std::to_string(command.fence())}, {"newest", std::to_string(record_.fence)}});
  }
  return {};
}

// In the order in which they came, once their fence is on the disk.
void Bench::run_pending() {
  while (fences_saving_ == 0 && !waiting_.empty()) {
    const std::string id = std::move(waiting_.front());
    waiting_.pop_front();
    dispatch(link::v1::Command(pending_.at(id).command));
  }
}

void Bench::dispatch(const link::v1::Command& command) {
  if (command.fence() < record_.fence && !needs_no_fence(command)) {
    return answer(command, fail(Reason::FenceStale, "a newer order came first"));
  }
  if (record_.grant && !grant_ending_) renew_presence();
  switch (command.order_case()) {
    case Order::kAssign:
      return on_assign(command);
    case Order::kConfirmSetup:
      return on_confirm_setup(command);
    case Order::kArm:
      return on_arm(command);
    case Order::kStartRun:
      return on_start_run(command);
    case Order::kStopRun:
      return on_stop_run(command);
    case Order::kReadChannels:
      return on_read(command);
    case Order::kWriteChannels:
      return on_write(command);
    case Order::kEnterSafeState:
      return on_enter_safe_state(command);
    case Order::kRelease:
      return on_release(command);
    case Order::kClearLatch:
      return on_clear_latch(command);
    default:
      return answer(command, check_grant());  // RenewPresence
  }
}

void Bench::answer(const link::v1::Command& command, const Status& status) {
  answer(command, command_result(status));
}

// On the disk before anybody hears it. Where the disk does not take it the answer is given all the
// same: the thing has been done.
void Bench::answer(const link::v1::Command& command, link::v1::CommandResult result) {
  result.set_command_id(command.command_id());
  if (!changes_state(command)) return forget_pending(command, result);
  record_.keep_answer(command.fence(), result);
  save([this, command, result](const Status&) { forget_pending(command, result); });
}

void Bench::forget_pending(const link::v1::Command& command,
                           const link::v1::CommandResult& result) {
  const auto found = pending_.find(command.command_id());
  if (found == pending_.end()) return;
  const auto replies = std::move(found->second.replies);
  pending_.erase(found);
  for (const Reply& reply : replies) reply(result);
}

void Bench::on_read(const link::v1::Command& command) {
  std::vector<ChannelIndex> wanted;
  for (const std::string& name : command.read_channels().channels()) {
    const auto index = channels_.find(name);
    if (!index) {
      return answer(command,
                    fail(Reason::UnknownChannel, "bench " + id().text() + " has no channel " + name,
                         {{"channel", name}}));
    }
    wanted.push_back(*index);
  }
  if (wanted.empty()) {
    for (ChannelIndex i = 0; i < channels_.size(); ++i) wanted.push_back(i);
  }
  std::vector<ChannelIndex> asked;
  for (const ChannelIndex index : wanted) {
    if (!channels_.sampled(index)) asked.push_back(index);
  }
  read_now(std::move(asked), [this, command, wanted] {
    link::v1::CommandResult result;
    for (const ChannelIndex index : wanted) *result.add_readings() = channels_.reading(index);
    answer(command, std::move(result));
  });
}

Result<std::vector<model::ChannelWrite>> Bench::checked_writes(
    const link::v1::WriteChannels& order) const {
  std::vector<model::ChannelWrite> writes;
  for (const link::v1::ChannelValue& value : order.values()) {
    const auto index = channels_.find(value.channel());
    if (!index) {
      return fail(Reason::UnknownChannel,
                  "bench " + id().text() + " has no channel " + value.channel(),
                  {{"channel", value.channel()}});
    }
    if (!channels_.channel(*index).writable) {
      return fail(Reason::InvalidArgument, value.channel() + " is measured and cannot be written",
                  {{"channel", value.channel()}});
    }
    if (const Status allowed = limits_.check_setpoint(*index, value.value()); !allowed) {
      return fail(allowed.error());
    }
    writes.push_back({ChannelId(value.channel()), value.value()});
  }
  return writes;
}

void Bench::on_write(const link::v1::Command& command) {
  const link::v1::WriteChannels& order = command.write_channels();
  if (const Status granted = check_grant(); !granted) return answer(command, granted);
  if (const auto writes = checked_writes(order); !writes) {
    return answer(command, fail(writes.error()));
  }
  if (run_ && run_->manual() && run_->id() == order.run() && run_->begun() && !run_ending_) {
    return write_by_hand(command);
  }
  if (const Status allowed = check_start(); !allowed) return answer(command, allowed);
  auto beginning = std::make_shared<Beginning>();
  beginning->command = command;
  beginning->id = order.run();
  beginning->member = order.member();
  begin_run(beginning);
}

void Bench::write_by_hand(const link::v1::Command& command) {
  dead_man_ = Nanoseconds{command.write_channels().dead_man_ns()};
  schedule_dead_man();
  const auto writes = checked_writes(command.write_channels());
  if (!writes) return answer(command, fail(writes.error()));
  hand_.write(*writes, [this, command](const auto& done) {
    if (!done) return answer(command, fail(done.error()));
    read_back(command, *done);
  });
}

// The latest sample of a channel may be older than the write; it is read again, and where that does
// not help it is stale.
void Bench::read_back(const link::v1::Command& command,
                      const std::vector<sequence::ChannelValue>& written) {
  const auto since = clock_.monotonic_now();
  std::vector<ChannelIndex> sampled;
  for (const sequence::ChannelValue& value : written) {
    const auto index = channels_.find(value.channel);
    if (channels_.sampled(*index)) sampled.push_back(*index);
  }
  read_now(std::move(sampled), [this, command, written, since] {
    link::v1::CommandResult result;
    for (const sequence::ChannelValue& value : written) {
      const auto index = channels_.find(value.channel);
      auto& reading = *result.add_readings();
      reading = channels_.reading(*index);
      if (!channels_.sampled(*index)) {
        reading.set_value(value.value);
      } else if (reading.monotonic_ns() < to_nanoseconds(since)) {
        reading.set_quality(link::v1::QUALITY_STALE);
      }
    }
    answer(command, std::move(result));
  });
}

void Bench::on_enter_safe_state(const link::v1::Command& command) {
  // Somebody may approach the bench now.
  setup_.make_void();
  enter_safe_state(
      {std::nullopt, "the safe state was ordered"},
      [this, command](const link::v1::SafeStateReport& report) {
        auto result = command_result(
            report.proved() ? Status{} : fail(Reason::SafeStateUnproved, report.message()));
        *result.mutable_safe_state() = report;
        answer(command, std::move(result));
      });
  if (!run_ || run_ending_) return;
  run_->stop({sequence::StopKind::Hard,
              run_->manual() ? model::Verdict::Inconclusive : model::Verdict::Aborted,
              Reason::RunStopped, "the safe state was ordered"});
}

void Bench::renew_presence() {
  presence_ = clock_.monotonic_now();
  schedule_presence();
  schedule_dead_man();
}

void Bench::schedule_presence() {
  presence_timer_.cancel();
  if (!run_ || run_ending_ || !record_.grant || !record_.grant->assign.attended()) return;
  presence_timer_ = timers_->at(presence_ + config_.presence_time, [this] {
    if (!run_ || run_ending_) return;
    run_->stop({sequence::StopKind::Soft, model::Verdict::Aborted, Reason::PresenceLost,
                "nobody has shown presence in time"});
  });
}

void Bench::schedule_dead_man() {
  dead_man_timer_.cancel();
  if (!run_ || run_ending_ || !run_->manual() || dead_man_ <= Nanoseconds{}) return;
  dead_man_timer_ = timers_->at(clock_.monotonic_now() + dead_man_, [this] {
    emergency({Reason::PresenceLost, "no call has come within the dead-man time"});
  });
}

}  // namespace benchd::station
