#include "daemon/link/journal.hpp"

#include <fstream>
#include <future>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/scratch_directory.hpp"

namespace benchd::link {
namespace {

using test::ScratchDirectory;

v1::Event event_of(const std::string& run) {
  v1::Event event;
  event.set_run(run);
  return event;
}

Result<v1::Event> append(Journal& journal, const std::string& run) {
  std::promise<Result<v1::Event>> durable;
  journal.append(event_of(run), [&](auto written) { durable.set_value(std::move(written)); });
  return durable.get_future().get();
}

std::vector<std::int64_t> numbers_after(const Journal& journal, std::int64_t number) {
  std::vector<std::int64_t> numbers;
  for (const auto& event : journal.events_after(number, 1000)) numbers.push_back(event.number());
  return numbers;
}

TEST(JournalTest, EventsGetNumbersThatGrowByOneAndSurviveAReopen) {
  const ScratchDirectory scratch;
  std::string id;
  {
    const auto journal = Journal::open(scratch.path()).value();
    id = journal->id();
    EXPECT_EQ(append(*journal, "r-1")->number(), 1);
    EXPECT_EQ(append(*journal, "r-2")->number(), 2);
  }
  const auto journal = Journal::open(scratch.path()).value();
  EXPECT_EQ(journal->id(), id);
  EXPECT_EQ(journal->last_durable(), 2);
  EXPECT_THAT(numbers_after(*journal, 0), testing::ElementsAre(1, 2));
  EXPECT_EQ(append(*journal, "r-3")->number(), 3);
}

TEST(JournalTest, AnAcknowledgedEventIsNotOfferedAgain) {
  const ScratchDirectory scratch;
  const auto journal = Journal::open(scratch.path()).value();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(append(*journal, "r"));
  journal->acknowledge(3);
  EXPECT_THAT(numbers_after(*journal, 0), testing::ElementsAre(4, 5));
}

TEST(JournalTest, ARecordThatACrashLeftHalfWrittenIsCutOff) {
  const ScratchDirectory scratch;
  {
    const auto journal = Journal::open(scratch.path()).value();
    ASSERT_TRUE(append(*journal, "r-1"));
  }
  std::ofstream(scratch.path() / "journal", std::ios::binary | std::ios::app) << "\x40\0\0\0half";
  const auto journal = Journal::open(scratch.path()).value();
  EXPECT_EQ(append(*journal, "r-2")->number(), 2);
  EXPECT_THAT(numbers_after(*journal, 0), testing::ElementsAre(1, 2));
}

TEST(JournalTest, NumbersAreNeverGivenTwiceAlsoWhenTheFileWasMadeSmall) {
  const ScratchDirectory scratch;
  std::int64_t last = 0;
  {
    const auto journal = Journal::open(scratch.path()).value();
    const std::string large(64 << 10, 'x');
    for (int i = 0; i < 40; ++i) {
      last = append(*journal, large)->number();
      journal->acknowledge(last);
    }
  }
  EXPECT_LT(std::filesystem::file_size(scratch.path() / "journal"), 2U << 20U);
  const auto journal = Journal::open(scratch.path()).value();
  EXPECT_EQ(append(*journal, "r")->number(), last + 1);
}

TEST(JournalTest, AFileThatIsNoJournalIsNeverOverwritten) {
  const ScratchDirectory scratch;
  std::ofstream(scratch.path() / "journal")
      << "something else, and longer than a journal's head is";
  const auto journal = Journal::open(scratch.path());
  ASSERT_FALSE(journal);
  EXPECT_EQ(journal.error().reason, Reason::StoreUnusable);
}

[[noreturn]] void append_until_killed(const std::filesystem::path& directory, int acknowledge) {
  const auto journal = Journal::open(directory);
  while (journal) {
    const auto written = append(**journal, "r");
    if (!written) _exit(1);
    const auto number = written->number();
    if (write(acknowledge, &number, sizeof number) != sizeof number) _exit(1);
  }
  _exit(1);
}

TEST(JournalTest, NothingThatWasDurableIsLostByKill9) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  const ScratchDirectory scratch;
  std::int64_t acknowledged = 0;
  for (int round = 0; round < 10; ++round) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const auto child = fork();
    if (child == 0) append_until_killed(scratch.path(), ends[1]);
    close(ends[1]);
    const auto stop_at = acknowledged + static_cast<std::int64_t>(random() % 30);
    const auto heard = [&] {
      return read(ends[0], &acknowledged, sizeof acknowledged) == sizeof acknowledged;
    };
    while (acknowledged < stop_at && heard()) {
    }
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    while (heard()) {
    }
    close(ends[0]);
    const auto journal = Journal::open(scratch.path());
    ASSERT_TRUE(journal) << journal.error().to_string();
    EXPECT_GE((*journal)->last_durable(), acknowledged);
  }
}

}  // namespace
}  // namespace benchd::link
