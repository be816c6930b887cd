#include "daemon/station/bench_record.hpp"

#include <gtest/gtest.h>

namespace benchd::test {
namespace {

using namespace std::chrono_literals;

TEST(BenchRecordTest, EverythingComesBackFromItsText) {
  station::BenchRecord record;
  record.fence = 1LL << 40U;
  record.grant.emplace();
  record.grant->assign.set_booking("b-1");
  record.grant->assign.mutable_dut()->add_ratings()->set_value(0.1);
  record.grant->boot_id = "boot";
  record.grant->end = MonotonicTime{1234567890123456789ns};
  record.latch = station::Latch{"INTERLOCK_OPEN", "the \"door\"\n"};
  record.run = station::OpenRun{"r-1", "b-1", "acme", link::v1::RunFinished{}, 5};
  record.run->ended->set_message("ü");
  link::v1::CommandResult result;
  result.set_command_id("c-1");
  record.keep_answer(3, result);

  const auto back = station::parse_bench_record(to_text(record));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->fence, record.fence);
  EXPECT_EQ(back->grant->assign.SerializeAsString(), record.grant->assign.SerializeAsString());
  EXPECT_EQ(back->grant->end, record.grant->end);
  EXPECT_EQ(back->latch->message, record.latch->message);
  EXPECT_EQ(back->run->ended->message(), "ü");
  EXPECT_NE(back->find_answer(3, "c-1"), nullptr);
  EXPECT_EQ(back->find_answer(4, "c-1"), nullptr);
}

TEST(BenchRecordTest, OnlyTheNewestAnswersAreKept) {
  station::BenchRecord record;
  for (int i = 0; i < 100; ++i) {
    link::v1::CommandResult result;
    result.set_command_id(std::to_string(i));
    record.keep_answer(1, result);
  }
  EXPECT_EQ(record.answers.size(), station::BenchRecord::kMostAnswers);
  EXPECT_NE(record.find_answer(1, "99"), nullptr);
}

TEST(BenchRecordTest, WhatIsNoRecordIsRefused) {
  for (const char* text : {"", "{", "[]", "{\"fence\": \"x\", \"answers\": []}"}) {
    const auto record = station::parse_bench_record(text);
    ASSERT_FALSE(record) << text;
    EXPECT_EQ(record.error().reason, Reason::StoreUnusable);
  }
}

}  // namespace
}  // namespace benchd::test
