#include "daemon/site/run_watch.hpp"

#include <algorithm>
#include <utility>

#include "daemon/site/present.hpp"
#include "daemon/site/stations.hpp"

namespace benchd::site {

namespace {

constexpr int kEventsAtOnce = 500;
constexpr auto kBetweenReadings = std::chrono::milliseconds{100};

std::set<std::string> set_of(const google::protobuf::RepeatedPtrField<std::string>& names) {
  return {names.begin(), names.end()};
}

}  // namespace

RunWatch::RunWatch(SiteContext& context,
                   access::Caller caller,
                   RunName name,
                   const v1::WatchRunRequest& request,
                   StreamPtr<v1::WatchRunResponse> stream,
                   std::int64_t after)
    : context_(context),
      caller_(std::move(caller)),
      name_(std::move(name)),
      with_samples_(request.samples()),
      channels_(set_of(request.channels())),
      stream_(std::move(stream)),
      cursor_(after) {}

void RunWatch::begin() {
  stream_->on_closed([strand = context_.strand, self = shared_from_this()]() mutable {
    // Freed on the strand, where its subscriptions belong.
    asio::post(strand, [self = std::move(self)] { self->subscriptions_.clear(); });
  });
  subscriptions_.push_back(
      context_.changes.subscribe([weak = weak_from_this()](const store::Change& change) {
        const auto self = weak.lock();
        if (self && change.kind == store::ChangeKind::Run && change.id == self->name_.id.text()) {
          self->refresh();
        }
      }));
  refresh();
}

void RunWatch::subscribe(const BenchId& bench) {
  subscriptions_.push_back(
      context_.stations.on_status([weak = weak_from_this()](const BenchId& changed) {
        if (const auto self = weak.lock()) self->on_status(changed);
      }));
  if (!with_samples_) return;
  subscriptions_.push_back(context_.stations.watch_samples(
      bench, [weak = weak_from_this()](const link::v1::LiveRequest& samples) {
        if (const auto self = weak.lock()) self->on_samples(samples);
      }));
}

void RunWatch::refresh() {
  if (stream_->closed()) return;
  if (std::exchange(reading_, true)) {
    again_ = true;
    return;
  }
  context_.store.get_run(
      {.tenant = name_.tenant, .run = name_.id},
      context_.posted([self = shared_from_this()](auto run) { self->after_run(std::move(run)); }));
}

void RunWatch::after_run(Result<store::RunRecord> run) {
  if (!run) return stream_->end(fail(run.error()));
  if (!run_) subscribe(run->run.bench);
  run_ = std::move(*run);
  context_.store.list_run_events(
      {.tenant = name_.tenant, .run = name_.id, .after = last_event_, .limit = kEventsAtOnce},
      context_.posted(
          [self = shared_from_this()](auto events) { self->after_events(std::move(events)); }));
}

void RunWatch::add_event(const store::RunEventRecord& event, v1::WatchRunResponse& message) {
  auto rows = present_rows(event, rows_);
  rows_ += static_cast<int>(rows.size());
  last_event_ = event.number;
  if (event.number <= cursor_) return;
  *message.add_events() = present_event(event);
  for (auto& row : rows) *message.add_measurements() = std::move(row);
  for (auto& check : present_checks(event)) *message.add_checks() = std::move(check);
}

void RunWatch::after_events(Result<std::vector<store::RunEventRecord>> events) {
  if (!events) return stream_->end(fail(events.error()));
  v1::WatchRunResponse message;
  for (const auto& event : *events) add_event(event, message);
  const bool more = static_cast<int>(events->size()) == kEventsAtOnce;
  if (first_ || run_->change != last_change_) {
    auto record = *run_;
    record.run.checks.clear();
    record.run.rows.clear();
    *message.mutable_run() = present_run(context_.config, record, access::Reach::Own);
    add_progress(*message.mutable_run());
    last_change_ = run_->change;
  }
  const bool over = !more && last_event_ >= run_->last_event && ended();
  message.set_ended(over);
  if (first_ || over || message.has_run() || message.events_size() > 0) {
    if (!send(std::move(message))) return;
  }
  first_ = false;
  reading_ = false;
  if (over) return finish();
  if (more || std::exchange(again_, false)) refresh();
}

bool RunWatch::ended() const {
  const auto state = run_->run.state;
  return (state == model::RunState::Finished && run_->sealed) ||
         state == model::RunState::Interrupted;
}

// Never behind what the caller has already.
std::string RunWatch::next_cursor() const { return std::to_string(std::max(last_event_, cursor_)); }

void RunWatch::finish() {
  subscriptions_.clear();
  stream_->end({});
}

bool RunWatch::send(v1::WatchRunResponse message) {
  message.set_cursor(next_cursor());
  message.set_gap(std::exchange(gap_, false));
  if (stream_->send(std::move(message))) return true;
  subscriptions_.clear();
  stream_->end(fail(Reason::StreamTooSlow, "The reader is too slow; resume from the last cursor.",
                    {{"cursor", next_cursor()}}));
  return false;
}

void RunWatch::add_progress(v1::Run& run) const {
  const auto view = context_.stations.find_bench(run_->run.bench);
  if (!view || !view->status || view->status->run() != run_->run.id.text()) return;
  const auto& status = *view->status;
  put_duration(Nanoseconds{status.elapsed_ns()}, *run.mutable_elapsed_duration());
  put_duration(Nanoseconds{status.remaining_ns()}, *run.mutable_remaining_duration());
  run.set_step_number(status.steps_done());
  run.set_step_count(status.steps_total());
  if (!status.step().empty()) run.set_step_title(status.step());
}

void RunWatch::on_status(const BenchId& bench) {
  if (!run_ || bench != run_->run.bench || stream_->closed()) return;
  renew_presence();
  const auto now = context_.clock.monotonic_now();
  if (now - last_readings_ < kBetweenReadings) return;
  const auto view = context_.stations.find_bench(bench);
  if (!view || !view->status || view->status->run() != run_->run.id.text()) return;
  last_readings_ = now;
  v1::WatchRunResponse message;
  auto record = *run_;
  record.run.checks.clear();
  record.run.rows.clear();
  *message.mutable_run() = present_run(context_.config, record, access::Reach::Own);
  add_progress(*message.mutable_run());
  for (const auto& reading : view->status->readings()) {
    if (!channels_.empty() && !channels_.contains(reading.channel())) continue;
    *message.add_readings() = present_reading(reading, view->utc_offset);
  }
  message.set_cursor(next_cursor());
  // What is newest counts: a reader that is behind misses a few.
  if (stream_->waiting() < 16) stream_->send(std::move(message));
}

void RunWatch::on_samples(const link::v1::LiveRequest& samples) {
  if (!run_ || samples.run() != run_->run.id.text()) return;
  const auto view = context_.stations.find_bench(run_->run.bench);
  if (!view) return;
  v1::WatchRunResponse message;
  for (const auto& block : samples.blocks()) {
    if (!channels_.empty() && !channels_.contains(block.channel())) continue;
    const auto* channel = view->bench->find_channel(ChannelId{block.channel()});
    *message.add_blocks() =
        present_block(block, channel != nullptr ? channel->unit.code() : std::string{});
  }
  put_duration(Nanoseconds{samples.durable_elapsed_ns()}, *message.mutable_durable_duration());
  message.set_cursor(next_cursor());
  message.set_gap(samples.gap() || gap_);
  // Half of the queue is kept for events, which must not be lost.
  gap_ = stream_->waiting() >= 128 || !stream_->send(std::move(message));
}

// Who watches a run of their own is there.
void RunWatch::renew_presence() {
  if (!run_->attended || caller_.tenant != name_.tenant || ended()) return;
  const auto view = context_.stations.find_bench(run_->run.bench);
  const auto now = context_.clock.monotonic_now();
  if (!view || now - last_presence_ < view->bench->presence_time / 3) return;
  last_presence_ = now;
  link::v1::Command command;
  command.mutable_renew_presence();
  context_.stations.ask(run_->run.bench, std::move(command),
                        [](const Result<link::v1::CommandResult>&) {});
}

}  // namespace benchd::site
