#include "plugins/sdk/testing/fake_driver.hpp"

#include <algorithm>
#include <sstream>
#include <utility>

namespace benchd::plugin::testing {

class FakeDriver final : public Driver {
 public:
  explicit FakeDriver(FakeInstrument& instrument) : instrument_(instrument) {}

  Result<Description> identify(Deadline) override {
    if (auto entered = instrument_.enter("identify", ""); !entered) {
      return plugin::fail(entered.error());
    }
    const std::scoped_lock lock(instrument_.mutex_);
    return instrument_.description_;
  }
  Result<void> open(Deadline) override { return instrument_.enter("open", ""); }

  Result<std::vector<RawReading>> read(std::span<const std::string> signals, Deadline) override {
    if (auto entered = instrument_.enter("read", ""); !entered) {
      return plugin::fail(entered.error());
    }
    const std::scoped_lock lock(instrument_.mutex_);
    std::vector<RawReading> readings;
    for (const std::string& signal : signals) readings.push_back(instrument_.values_[signal]);
    return readings;
  }

  Result<std::optional<double>> write(const std::string& signal, double raw, Deadline) override {
    std::ostringstream details;
    details << ' ' << signal << ' ' << raw;
    if (auto entered = instrument_.enter("write", details.str()); !entered) {
      return plugin::fail(entered.error());
    }
    instrument_.set_value(signal, raw);
    return raw;
  }

  Result<void> make_safe(std::string_view unit, Deadline) override {
    return instrument_.enter("make_safe", unit.empty() ? "" : " " + std::string(unit));
  }
  Result<std::vector<Fault>> check(Deadline) override {
    if (auto entered = instrument_.enter("check", ""); !entered) {
      return plugin::fail(entered.error());
    }
    const std::scoped_lock lock(instrument_.mutex_);
    return instrument_.faults_;
  }
  Result<void> keep_alive(Deadline) override { return instrument_.enter("keep_alive", ""); }
  void close(Deadline) override { static_cast<void>(instrument_.enter("close", "")); }

 private:
  FakeInstrument& instrument_;
};

FakeInstrument::FakeInstrument() {
  description_ = {.maker = "Fake",
                  .model = "F1",
                  .serial = "0001",
                  .firmware = "1.0",
                  .signals = {{.signal = "voltage",
                               .unit = "V",
                               .readable = true,
                               .writable = true,
                               .min = 0.0,
                               .max = 60.0},
                              {.signal = "output",
                               .unit = "1",
                               .readable = true,
                               .writable = true,
                               .min = 0.0,
                               .max = 1.0},
                              {.signal = "current", .unit = "A", .readable = true}}};
  for (const char* signal : {"voltage", "output", "current"}) values_[signal] = good(0.0);
}

DriverFactory FakeInstrument::factory() {
  return [this](const v1::Setup&) -> Result<std::unique_ptr<Driver>> {
    return std::make_unique<FakeDriver>(*this);
  };
}

Result<void> FakeInstrument::enter(const std::string& call, const std::string& details) {
  std::unique_lock lock(mutex_);
  calls_.push_back(call + details);
  changed_.notify_all();
  changed_.wait(lock, [&] { return held_ != call; });
  const auto failure = failures_.find(call);
  if (failure == failures_.end()) return {};
  if (failure->second == "throw") throw std::runtime_error("thrown by the fake");
  return plugin::fail(failure->second, "the test wants " + call + " to fail");
}

std::vector<std::string> FakeInstrument::calls() const {
  const std::scoped_lock lock(mutex_);
  return calls_;
}

int FakeInstrument::count(const std::string& call) const {
  const std::scoped_lock lock(mutex_);
  return static_cast<int>(std::count(calls_.begin(), calls_.end(), call));
}

bool FakeInstrument::wait_for(const std::string& call, int times) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds(10),
                           [&] { return std::count(calls_.begin(), calls_.end(), call) >= times; });
}

double FakeInstrument::value(const std::string& signal) const {
  const std::scoped_lock lock(mutex_);
  return values_.at(signal).value;
}

void FakeInstrument::set_value(const std::string& signal, double value, Quality quality) {
  const std::scoped_lock lock(mutex_);
  values_[signal] = {value, quality};
}

void FakeInstrument::fail(const std::string& call, const std::string& reason) {
  const std::scoped_lock lock(mutex_);
  if (reason.empty()) {
    failures_.erase(call);
  } else {
    failures_[call] = reason;
  }
}

void FakeInstrument::hold(const std::string& call) {
  const std::scoped_lock lock(mutex_);
  held_ = call;
}

void FakeInstrument::release() {
  const std::scoped_lock lock(mutex_);
  held_.clear();
  changed_.notify_all();
}

void FakeInstrument::describe(const std::function<void(Description&)>& change) {
  const std::scoped_lock lock(mutex_);
  change(description_);
}

void FakeInstrument::set_faults(std::vector<Fault> faults) {
  const std::scoped_lock lock(mutex_);
  faults_ = std::move(faults);
}

}  // namespace benchd::plugin::testing
