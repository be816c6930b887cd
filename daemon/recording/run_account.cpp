#include "daemon/recording/run_account.hpp"

#include <algorithm>

#include "daemon/recording/recording_reader.hpp"

namespace benchd::recording {
namespace {

class Accountant final : public RecordingVisitor {
 public:
  explicit Accountant(RunAccount& account) : account_(account) {}

  void on_event(const link::v1::Event& event) override {
    account_.events.push_back(event);
    account_.elapsed_ns = std::max(account_.elapsed_ns, event.elapsed_ns());
    if (event.has_step_finished()) {
      const auto& step = event.step_finished();
      account_.rows.insert(account_.rows.end(), step.rows().begin(), step.rows().end());
      account_.checks.insert(account_.checks.end(), step.checks().begin(), step.checks().end());
    }
    if (event.has_run_finished()) account_.finished = event.run_finished();
  }
  void on_clock(const link::v1::ClockRecord& clock) override { account_.clocks.push_back(clock); }
  void on_zero(const link::v1::ZeroRecord& zero) override { account_.zeros.push_back(zero); }
  void on_gap(const link::v1::GapRecord& gap) override { account_.gaps.push_back(gap); }

 private:
  RunAccount& account_;
};

}  // namespace

const link::v1::ChannelInfo* RunAccount::find_role(std::string_view role) const {
  const auto& channels = run().channels();
  const auto found =
      std::ranges::find_if(channels, [&](const auto& channel) { return channel.role() == role; });
  return found == channels.end() ? nullptr : &*found;
}

Result<RunAccount> read_account(const std::filesystem::path& directory) {
  RunAccount account;
  Accountant accountant(account);
  auto summary = read_recording(directory, accountant);
  if (!summary) return fail(summary.error());
  account.description = std::move(summary->description);
  account.complete = summary->complete;
  account.segments = summary->segments;
  return account;
}

}  // namespace benchd::recording
