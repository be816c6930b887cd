// Both ends of the link in one process, over a real Unix socket.
#include <atomic>
#include <condition_variable>
#include <future>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>

#include "daemon/link/site_link.hpp"
#include "daemon/link/station_link.hpp"
#include "daemon/recording/recorder.hpp"
#include "daemon/recording/sha256.hpp"
#include "tests/support/scratch_directory.hpp"

namespace benchd::link {
namespace {

using std::chrono::seconds;

// A site that remembers what it was told.
class FakeSite final : public SiteLinkObserver {
 public:
  void on_hello(const v1::Hello& hello, std::function<void(Result<v1::Welcome>)> done) override {
    v1::Welcome welcome;
    welcome.set_site("hub");
    {
      const std::lock_guard lock(mutex_);
      hellos_.push_back(hello);
      welcome.set_acknowledged_event(last_event_);
    }
    changed_.notify_all();
    done(std::move(welcome));
  }
  void on_event(const StationId& /*station*/,
                const std::string& /*journal*/,
                v1::Event event,
                std::function<void(Status)> done) override {
    {
      const std::lock_guard lock(mutex_);
      events_.push_back(event.number());
      last_event_ = std::max(last_event_, event.number());
      if (hold_answers_) held_.push_back(std::exchange(done, nullptr));
    }
    changed_.notify_all();
    if (done) done({});
  }
  void on_result(const StationId& /*station*/, v1::CommandResult result) override {
    const std::lock_guard lock(mutex_);
    results_.push_back(result.command_id());
    changed_.notify_all();
  }
  void on_connected(const StationId& /*station*/) override {
    const std::lock_guard lock(mutex_);
    ++connects_;
    changed_.notify_all();
  }
  void on_status(const StationId& /*station*/, v1::BenchStatus status) override {
    const std::lock_guard lock(mutex_);
    latest_status_ = status;
    changed_.notify_all();
  }
  void on_live(v1::LiveRequest samples) override {
    const std::lock_guard lock(mutex_);
    live_values_ += samples.blocks_size();
    live_gap_ = live_gap_ || samples.gap();
    changed_.notify_all();
  }
  void on_disconnected(const StationId& /*station*/) override {
    const std::lock_guard lock(mutex_);
    ++disconnects_;
    changed_.notify_all();
  }
  void on_segment_offered(const v1::SegmentHeader& header,
                          std::function<void(Status)> done) override {
    if (header.tenant() != "volant") {
      return done(fail(Reason::NotFoundOrDenied, "no such run of that tenant"));
    }
    done({});
  }
  void on_segment_stored(const StoredSegment& segment, std::function<void(Status)> done) override {
    {
      const std::lock_guard lock(mutex_);
      segments_.insert(segment.header.index());
      stored_hash_ = recording::sha256_hex_of_file(segment.path).value_or("");
      announced_hash_ = segment.header.sha256();
    }
    changed_.notify_all();
    done({});
  }

  // True as soon as `condition` holds, looked at after every change; false after 20 s.
  template <typename Condition>
  bool wait_for(const Condition& condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, seconds{20}, condition);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<v1::Hello> hellos_;
  std::vector<std::int64_t> events_;
  std::int64_t last_event_ = 0;
  std::vector<std::string> results_;
  v1::BenchStatus latest_status_;
  int live_values_ = 0;
  bool live_gap_ = false;
  std::size_t connects_ = 0;
  int disconnects_ = 0;
  bool hold_answers_ = false;
  std::vector<std::function<void(Status)>> held_;
  std::set<int> segments_;
  std::string stored_hash_;
  std::string announced_hash_;
};

class LinkTest : public testing::Test {
 protected:
  LinkTest() : work_(io_.get_executor()) {
    for (int i = 0; i < 2; ++i) threads_.emplace_back([this] { io_.run(); });
    std::filesystem::create_directories(scratch_.path() / "state");
    std::filesystem::create_directories(scratch_.path() / "recordings");
    std::filesystem::create_directories(scratch_.path() / "segments");
  }
  ~LinkTest() override {
    station_.reset();
    site_.reset();
    work_.reset();
    for (auto& thread : threads_) thread.join();
  }

  [[nodiscard]] std::string address() const {
    return "unix:" + (scratch_.path() / "link.sock").string();
  }

  void start_site() {
    auto site = SiteLink::listen(
        {address(), scratch_.path() / "segments", io_.get_executor(), &site_observer_});
    ASSERT_TRUE(site) << site.error().to_string();
    site_ = std::move(*site);
  }

  void start_station() {
    StationLinkParts parts;
    parts.site_address = address();
    parts.state_directory = scratch_.path() / "state";
    parts.recording_directory = scratch_.path() / "recordings";
    parts.io = io_.get_executor();
    parts.hello = [] {
      v1::Hello hello;
      hello.set_station("thrust-1");
      return hello;
    };
    parts.on_command = [this](v1::Command command, auto reply) {
      v1::CommandResult result;
      result.set_command_id(command.command_id());
      result.set_message("done " + command.bench());
      if (answer_commands_) reply(std::move(result));
    };
    parts.on_watch = [this](const std::string& bench, bool on) {
      const std::lock_guard lock(site_observer_.mutex_);
      watched_ = on ? bench : "";
      site_observer_.changed_.notify_all();
    };
    auto station = StationLink::open(std::move(parts));
    ASSERT_TRUE(station) << station.error().to_string();
    station_ = std::move(*station);
    station_->start();
  }

  bool wait_connected(std::size_t times = 1) {
    return site_observer_.wait_for([&] { return site_observer_.connects_ >= times; });
  }

  // What is posted now has been carried out, on both threads.
  void settle() {
    for (int round = 0; round < 20; ++round) {
      std::promise<void> done;
      asio::post(io_, [&] { done.set_value(); });
      done.get_future().wait();
    }
  }

  void append_events(int count) {
    for (int i = 0; i < count; ++i) {
      v1::Event event;
      event.set_bench("thrust-1");
      station_->append_event(event, [](const Status& durable) { EXPECT_TRUE(durable); });
    }
  }

  Result<v1::CommandResult> call(const std::string& id) {
    v1::Command command;
    command.set_command_id(id);
    command.set_bench("thrust-1");
    std::promise<Result<v1::CommandResult>> answer;
    site_->call(StationId{"thrust-1"}, command,
                [&](auto result) { answer.set_value(std::move(result)); });
    return answer.get_future().get();
  }

  test::ScratchDirectory scratch_;
  asio::io_context io_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::vector<std::thread> threads_;
  FakeSite site_observer_;
  std::unique_ptr<SiteLink> site_;
  std::unique_ptr<StationLink> station_;
  std::atomic<bool> answer_commands_ = true;
  std::string watched_;
};

std::vector<std::int64_t> one_to(std::int64_t last) {
  std::vector<std::int64_t> numbers;
  for (std::int64_t i = 1; i <= last; ++i) numbers.push_back(i);
  return numbers;
}

TEST_F(LinkTest, EventsFromBeforeTheFirstConnectionArriveOnceAndInOrder) {
  start_station();
  append_events(50);
  start_site();
  ASSERT_TRUE(site_observer_.wait_for([&] { return site_observer_.events_.size() >= 50; }));
  append_events(1000);
  ASSERT_TRUE(site_observer_.wait_for([&] { return site_observer_.last_event_ == 1050; }));
  EXPECT_EQ(site_observer_.events_, one_to(1050));
}

TEST_F(LinkTest, ASiteThatStopsAndStartsAgainGetsEveryEventAndNoneTwice) {
  start_site();
  start_station();
  const auto seed = std::random_device{}();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  std::int64_t appended = 0;
  for (int round = 0; round < 6; ++round) {
    const int count = static_cast<int>(random() % 400);
    append_events(count);
    appended += count;
    site_.reset();
    start_site();
  }
  ASSERT_TRUE(site_observer_.wait_for([&] { return site_observer_.last_event_ == appended; }));
  // What was under way when the site stopped may come again; the site's store drops it by number.
  const std::set<std::int64_t> distinct(site_observer_.events_.begin(),
                                        site_observer_.events_.end());
  EXPECT_EQ(distinct.size(), static_cast<std::size_t>(appended));
}

TEST_F(LinkTest, ACallIsAnsweredByTheStation) {
  start_site();
  start_station();
  ASSERT_TRUE(wait_connected());
  const auto result = call("c-1");
  ASSERT_TRUE(result) << result.error().to_string();
  EXPECT_EQ(result->message(), "done thrust-1");
}

TEST_F(LinkTest, ACallToAStationThatIsNotThereOrIsLostSaysSo) {
  start_site();
  const auto absent = call("c-1");
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().reason, Reason::BenchOffline);

  start_station();
  ASSERT_TRUE(wait_connected());
  answer_commands_ = false;
  v1::Command command;
  command.set_command_id("c-2");
  std::promise<Result<v1::CommandResult>> answer;
  site_->call(StationId{"thrust-1"}, command, [&](auto result) { answer.set_value(result); });
  station_.reset();
  const auto lost = answer.get_future().get();
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().reason, Reason::BenchOffline);
  EXPECT_TRUE(site_observer_.wait_for([&] { return site_observer_.disconnects_ == 1; }));
}

TEST_F(LinkTest, AStoreThatAnswersAfterTheStationHasGoneHarmsNobody) {
  start_site();
  start_station();
  ASSERT_TRUE(wait_connected());
  site_observer_.hold_answers_ = true;
  append_events(3);
  ASSERT_TRUE(site_observer_.wait_for([&] { return site_observer_.held_.size() == 3; }));
  station_.reset();
  ASSERT_TRUE(site_observer_.wait_for([&] { return site_observer_.disconnects_ == 1; }));
  // The stream is freed right after its end was told.
  settle();

  for (const auto& done : site_observer_.held_) done(fail(Reason::StorageFailed, "too late"));
  site_observer_.held_.clear();
  settle();

  site_observer_.hold_answers_ = false;
  start_station();
  EXPECT_TRUE(wait_connected(2));
}

TEST_F(LinkTest, AnAnswerThatNobodyWaitsForGoesToTheObserver) {
  start_site();
  start_station();
  ASSERT_TRUE(wait_connected());
  v1::Command command;
  command.set_command_id("c-3");
  ASSERT_TRUE(site_->send(StationId{"thrust-1"}, command));
  EXPECT_TRUE(site_observer_.wait_for([&] { return site_observer_.results_.size() == 1; }));
}

TEST_F(LinkTest, TheNewestStatusArrivesAndSamplesWhileWatched) {
  start_site();
  start_station();
  ASSERT_TRUE(wait_connected());
  for (int i = 1; i <= 100; ++i) {
    v1::BenchStatus status;
    status.set_bench("thrust-1");
    status.set_steps_done(i);
    station_->send_status(status);
  }
  EXPECT_TRUE(
      site_observer_.wait_for([&] { return site_observer_.latest_status_.steps_done() == 100; }));

  site_->watch(StationId{"thrust-1"}, BenchId{"thrust-1"}, true);
  ASSERT_TRUE(site_observer_.wait_for([&] { return watched_ == "thrust-1"; }));
  v1::LiveRequest samples;
  samples.add_blocks()->add_values(1.5);
  station_->send_live(samples);
  EXPECT_TRUE(site_observer_.wait_for([&] { return site_observer_.live_values_ == 1; }));
}

TEST_F(LinkTest, ASiteThatIsBusyDropsSamplesRatherThanPileThemUp) {
  start_site();
  start_station();
  ASSERT_TRUE(wait_connected());
  site_->watch(StationId{"thrust-1"}, BenchId{"thrust-1"}, true);
  ASSERT_TRUE(site_observer_.wait_for([&] { return watched_ == "thrust-1"; }));
  v1::LiveRequest samples;
  samples.add_blocks()->add_values(1.5);
  station_->send_live(samples);
  ASSERT_TRUE(site_observer_.wait_for([&] { return site_observer_.live_values_ == 1; }));
  {
    const std::lock_guard busy(site_observer_.mutex_);
    for (int i = 0; i < 20'000; ++i) {
      station_->send_live(samples);
      std::this_thread::yield();
    }
  }
  // Those that waited have come when one that says so comes after them.
  const auto gap = [&] {
    const std::lock_guard lock(site_observer_.mutex_);
    return site_observer_.live_gap_;
  };
  for (int i = 0; i < 1'000'000 && !gap(); ++i) {
    station_->send_live(samples);
    std::this_thread::yield();
  }
  EXPECT_TRUE(gap());
  const std::lock_guard lock(site_observer_.mutex_);
  EXPECT_LT(site_observer_.live_values_, 200);
}

void record(const std::filesystem::path& directory, const std::string& tenant, int segments) {
  link::v1::SegmentDescription description;
  description.set_run(directory.filename().string());
  description.set_tenant(tenant);
  recording::RecorderLimits limits;
  limits.segment_bytes = 1;
  auto recorder = recording::RunRecorder::open(directory, description, limits);
  ASSERT_TRUE(recorder);
  for (int i = 0; i < segments - 1; ++i) {
    v1::SampleBlock block;
    block.set_channel("thrust");
    std::mt19937_64 random(static_cast<std::uint64_t>(i));
    for (int k = 0; k < 100'000; ++k) block.add_values(static_cast<double>(random()));
    ASSERT_TRUE((*recorder)->append(block));
    ASSERT_TRUE((*recorder)->flush());
  }
  ASSERT_TRUE((*recorder)->finish());
}

TEST_F(LinkTest, SealedSegmentsReachTheSiteAndTheirFolderIsGoneAfterTheLast) {
  const auto run = scratch_.path() / "recordings" / "r-1";
  record(run, "volant", 3);
  start_station();
  start_site();
  ASSERT_TRUE(site_observer_.wait_for([&] { return site_observer_.segments_.size() == 3; }));
  EXPECT_EQ(site_observer_.stored_hash_, site_observer_.announced_hash_);
  EXPECT_TRUE(std::filesystem::exists(scratch_.path() / "segments/volant/r-1/000002.seg"));
  // The station learns of the last acknowledgement a moment later.
  const auto deadline = std::chrono::steady_clock::now() + seconds{20};
  while (std::filesystem::exists(run) && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  EXPECT_FALSE(std::filesystem::exists(run));
}

TEST_F(LinkTest, ASegmentOfAnotherTenantIsRefusedAndKept) {
  const auto run = scratch_.path() / "recordings" / "r-2";
  record(run, "rival", 1);
  record(scratch_.path() / "recordings" / "r-3", "volant", 1);
  start_site();
  start_station();
  ASSERT_TRUE(site_observer_.wait_for([&] { return site_observer_.segments_.size() == 1; }));
  EXPECT_TRUE(std::filesystem::exists(run / "000000.seg"));
  EXPECT_FALSE(std::filesystem::exists(scratch_.path() / "segments/rival"));
}

TEST_F(LinkTest, AFolderThatIsMissingIsNamedWhenTheSiteCannotListen) {
  auto site = SiteLink::listen({"unix:/nonexistent/folder/link.sock", scratch_.path() / "segments",
                                io_.get_executor(), &site_observer_});
  ASSERT_FALSE(site);
  EXPECT_EQ(site.error().reason, Reason::Unavailable);
}

}  // namespace
}  // namespace benchd::link
