// Writing channels by hand, step by step: what is asked for, whether it may, the MANUAL run that
// records it, then the writing. For this module only.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "benchd/v1/control.pb.h"

#include "daemon/site/booking_call.hpp"

namespace benchd::site {

// One WriteChannels call; keeps itself alive until it has answered. Strand of the site.
class WriteSession : public std::enable_shared_from_this<WriteSession> {
 public:
  using Response = v1::WriteChannelsResponse;
  // The MANUAL run that is open on a bench, and its dead-man time.
  using Opened = std::function<void(const BenchId&, const RunId&, Nanoseconds dead_man)>;

  WriteSession(SiteContext& context,
               MemberId member,
               BookingCall begun,
               v1::WriteChannelsRequest request,
               Opened opened,
               Reply<Response> reply);

  void begin();

 private:
  void check_booking();
  void read_dut();
  void check_values(const model::Dut* dut);
  void find_run();
  void use_run(const store::RunRecord& run);
  void create_run();
  void write(const RunId& run, bool first);
  void after_write(const RunId& run, bool first, const Result<link::v1::CommandResult>& result);
  // The order did not reach the bench, or it was refused before anything began.
  void close_run(const RunId& run, Error error);
  void answer(const RunId& run, const link::v1::CommandResult& result);
  void give_up(Error error);

  SiteContext& context_;
  const MemberId member_;
  const BookingCall begun_;
  const v1::WriteChannelsRequest request_;
  const Opened opened_;
  const Reply<Response> reply_;
  Nanoseconds dead_man_{};
  store::BookingRecord booking_;
  std::optional<BenchView> view_;
  std::vector<model::ChannelWrite> writes_;
};

}  // namespace benchd::site
