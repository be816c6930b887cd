#include "daemon/station/setup_desk.hpp"

#include <algorithm>
#include <utility>

#include "daemon/model/setup_question.hpp"

namespace benchd::station {
namespace {

// Empty when the reading is as it should be.
std::string missing_reading(const model::Proof& proof,
                            const ChannelTable& channels,
                            ChannelIndex index) {
  const std::string& name = proof.channel.text();
  if (!channels.good(index)) return name + " " + channels.trouble(index);
  const double value = channels.value(index);
  if (proof.holds(value)) return {};
  const model::Channel& channel = channels.channel(index);
  const bool low = proof.min && value < *proof.min;
  const std::string bound = channel.text(low ? *proof.min : *proof.max);
  if (channel.is_switch()) return name + " is " + channel.text(value) + ", it must be " + bound;
  return name + " reads " + channel.text(value) + ", it must be at " + (low ? "least " : "most ") +
         bound;
}

}  // namespace

SetupDesk::SetupDesk(const model::Bench& bench, const ChannelTable& channels)
    : bench_(bench), channels_(channels) {}

bool SetupDesk::confirmed(const link::v1::ConfirmSetup& setup, const std::string& item) const {
  for (const link::v1::SetupAnswer& answer : setup.answers()) {
    if (answer.item() == item) return answer.confirmed();
  }
  const auto earlier = answers_.find(item);
  return earlier != answers_.end() && earlier->second;
}

std::vector<link::v1::SetupCheck> SetupDesk::look(const link::v1::ConfirmSetup& setup,
                                                  const std::string& dut) const {
  std::vector<link::v1::SetupCheck> checks;
  for (const model::SetupItem& item : bench_.setup) {
    link::v1::SetupCheck& check = checks.emplace_back();
    check.set_item(item.id);
    check.set_question(model::setup_question(item.question, dut));
    if (item.reading) {
      if (const auto index = channels_.find(item.reading->channel.text())) {
        check.set_reading(channels_.value(*index));
        check.set_unit(channels_.channel(*index).unit.code());
        check.set_message(missing_reading(*item.reading, channels_, *index));
      }
    }
    if (check.message().empty() && !item.question.empty() && !confirmed(setup, item.id)) {
      check.set_message("not confirmed: " + check.question());
    }
    check.set_complete(check.message().empty());
  }
  return checks;
}

void SetupDesk::record(const link::v1::ConfirmSetup& setup,
                       std::vector<link::v1::SetupCheck> checks) {
  for (const link::v1::SetupAnswer& answer : setup.answers()) {
    answers_[answer.item()] = answer.confirmed();
  }
  checks_ = std::move(checks);
  member_ = setup.member();
}

void SetupDesk::make_void() {
  answers_.clear();
  checks_.clear();
  member_.clear();
}

Status SetupDesk::check() const {
  Error error{Reason::SetupIncomplete, "the setup record is not complete", {}, {}};
  for (const model::SetupItem& item : bench_.setup) {
    const auto line = std::find_if(checks_.begin(), checks_.end(),
                                   [&](const auto& check) { return check.item() == item.id; });
    const std::string missing = line == checks_.end() ? "not confirmed yet" : line->message();
    if (missing.empty()) continue;
    error.violations.push_back({item.id, missing});
    error.message += (error.violations.size() == 1 ? ": " : "; ") + item.id + ": " + missing;
  }
  if (error.violations.empty() && !member_.empty()) return {};
  return fail(std::move(error));
}

}  // namespace benchd::station
