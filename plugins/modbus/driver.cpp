#include "plugins/modbus/driver.hpp"

#include <utility>

#include "plugins/sdk/transport/numbers.hpp"

namespace benchd::plugin::modbus {

using transport::ModbusTable;

namespace {

constexpr std::uint16_t kDefaultPort = 502;  // IANA mbap

bool link_failed(const Error& error) {
  return error.reason == reason::kDeviceLost || error.reason == reason::kDeviceTimeout;
}

tl::unexpected<Error> not_taken(const Signal& signal, double wanted, double found) {
  return fail(reason::kDeviceRefused, "'" + signal.description.signal + "' was set to " +
                                          transport::number_text(wanted) + ", but reads " +
                                          transport::number_text(found) + ".");
}

}  // namespace

ModbusDriver::ModbusDriver(Model model, transport::Endpoint endpoint)
    : model_(std::move(model)),
      client_({.endpoint = std::move(endpoint),
               .unit_id = model_.unit_id,
               .reply_timeout = model_.reply_timeout}) {}

Result<void> ModbusDriver::connect(Deadline deadline) {
  if (client_.connected()) return {};
  identified_ = false;
  reconnected_ = true;
  return client_.connect(deadline);
}

Result<void> ModbusDriver::require_identified() {
  if (client_.connected() && identified_) return {};
  return fail(reason::kDeviceLost,
              "The connection is gone or new; the instrument must be "
              "identified first.");
}

Result<Description> ModbusDriver::identify(Deadline deadline) {
  if (auto connected = connect(deadline); !connected) return fail(std::move(connected.error()));
  identified_ = false;
  std::vector<Item> items;
  for (const Expectation& expectation : model_.identify) items.push_back(expectation.item);
  // With nothing to recognise it by, it must at least answer.
  if (items.empty()) items.push_back(model_.signals.front().item);
  auto found = read_items(items, deadline);
  if (!found) return fail(std::move(found.error()));
  for (std::size_t i = 0; i < model_.identify.size(); ++i) {
    const Expectation& expected = model_.identify[i];
    if ((*found)[i].value == expected.equals) continue;
    return fail(reason::kIdentityMismatch,
                "At address " + std::to_string(expected.item.address) + " stands " +
                    transport::number_text((*found)[i].value) + " instead of " +
                    transport::number_text(expected.equals) + "; this is no '" + model_.name +
                    "'.");
  }
  identified_ = true;
  Description description{.model = model_.title.empty() ? model_.name : model_.title};
  for (const Signal& signal : model_.signals) description.signals.push_back(signal.description);
  description.reconnected = std::exchange(reconnected_, false);
  return description;
}

Result<void> ModbusDriver::open(Deadline deadline) {
  if (auto connected = connect(deadline); !connected) return connected;
  if (!identified_) {
    if (auto found = identify(deadline); !found) return fail(std::move(found.error()));
  }
  for (const FixedWrite& write : model_.open) {
    auto done = write_proved(model_.signals[write.signal], write.value, deadline);
    if (!done) return fail(std::move(done.error()));
  }
  return {};
}

Result<void> ModbusDriver::read_block(const Block& block,
                                      std::span<const Item> items,
                                      std::vector<RawReading>& readings,
                                      Deadline deadline) {
  std::vector<bool> bits;
  std::vector<std::uint16_t> words;
  if (holds_bits(block.table)) {
    auto got = client_.read_bits(block.table, block.address, block.count, deadline);
    if (!got) return fail(std::move(got.error()));
    bits = std::move(*got);
  } else {
    auto got = client_.read_words(block.table, block.address, block.count, deadline);
    if (!got) return fail(std::move(got.error()));
    words = std::move(*got);
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!block.holds(items[i])) continue;
    const auto at = static_cast<std::size_t>(items[i].address - block.address);
    readings[i] = holds_bits(block.table)
                      ? reading_of_bit(items[i].encoding, bits[at])
                      : reading_of_words(items[i].encoding, std::span(words).subspan(at));
  }
  return {};
}

Result<std::vector<RawReading>> ModbusDriver::read_items(std::span<const Item> items,
                                                         Deadline deadline) {
  std::vector<RawReading> readings(items.size());
  for (const Block& block : plan_reads(items)) {
    auto done = read_block(block, items, readings, deadline);
    if (!done) return fail(std::move(done.error()));
  }
  return readings;
}

Result<std::vector<RawReading>> ModbusDriver::read(std::span<const std::string> signals,
                                                   Deadline deadline) {
  if (auto ready = require_identified(); !ready) return fail(std::move(ready.error()));
  std::vector<Item> items;
  for (const std::string& name : signals) {
    const Signal* signal = model_.find_signal(name);
    if (signal == nullptr)
      return fail(reason::kInvalidArgument, "There is no signal '" + name + "'.");
    items.push_back(signal->item);
  }
  return read_items(items, deadline);
}

Result<double> ModbusDriver::write_proved(const Signal& signal, double value, Deadline deadline) {
  const Item& item = signal.item;
  const auto words = words_of(item.encoding, value);
  if (!words) {
    return fail(reason::kOutOfRange, "'" + signal.description.signal + "' cannot hold " +
                                         transport::number_text(value) + ".");
  }
  Result<void> sent;
  if (holds_bits(item.table)) {
    sent = client_.write_bit(item.address, bit_of(item.encoding, value), deadline);
  } else if (words->size() == 1) {
    sent = client_.write_word(item.address, words->front(), deadline);
  } else {
    sent = client_.write_words(item.address, *words, deadline);
  }
  if (!sent) return fail(std::move(sent.error()));
  auto back = read_items(std::span(&item, 1), deadline);
  if (!back) return fail(std::move(back.error()));
  const double found = back->front().value;
  if (back->front().quality != Quality::Good || words_of(item.encoding, found) != words) {
    return not_taken(signal, value, found);
  }
  return found;
}

Result<std::optional<double>> ModbusDriver::write(const std::string& name,
                                                  double raw,
                                                  Deadline deadline) {
  const Signal* signal = model_.find_signal(name);
  if (signal == nullptr || !signal->description.writable) {
    return fail(reason::kInvalidArgument, "The signal '" + name + "' cannot be written.");
  }
  if (auto ready = require_identified(); !ready) return fail(std::move(ready.error()));
  auto found = write_proved(*signal, raw, deadline);
  if (!found) return fail(std::move(found.error()));
  return std::optional<double>(*found);
}

std::size_t ModbusDriver::length_of_run(std::span<const FixedWrite> writes) const {
  const auto item = [&](std::size_t i) -> const Item& {
    return model_.signals[writes[i].signal].item;
  };
  std::size_t length = 1;
  while (length < writes.size() && length < transport::kMaxWriteBits &&
         item(0).table == ModbusTable::Coil && item(length).table == ModbusTable::Coil &&
         item(length).address == item(length - 1).end()) {
    ++length;
  }
  return length;
}

Result<void> ModbusDriver::write_coils_proved(std::span<const FixedWrite> run, Deadline deadline) {
  std::vector<bool> bits;
  for (const FixedWrite& write : run) {
    bits.push_back(bit_of(model_.signals[write.signal].item.encoding, write.value));
  }
  const int first = model_.signals[run.front().signal].item.address;
  if (auto sent = client_.write_bits(first, bits, deadline); !sent) return sent;
  auto back = client_.read_bits(ModbusTable::Coil, first, static_cast<int>(bits.size()), deadline);
  if (!back) return fail(std::move(back.error()));
  for (std::size_t i = 0; i < bits.size(); ++i) {
    const Signal& signal = model_.signals[run[i].signal];
    if ((*back)[i] == bits[i]) continue;
    return not_taken(signal, run[i].value, reading_of_bit(signal.item.encoding, (*back)[i]).value);
  }
  return {};
}

Result<void> ModbusDriver::write_run(std::span<const FixedWrite> run, Deadline deadline) {
  if (auto connected = connect(deadline); !connected) return connected;
  if (run.size() > 1) return write_coils_proved(run, deadline);
  auto done = write_proved(model_.signals[run.front().signal], run.front().value, deadline);
  if (!done) return fail(std::move(done.error()));
  return {};
}

Result<void> ModbusDriver::write_run_stubbornly(std::span<const FixedWrite> run,
                                                Deadline deadline) {
  if (write_run(run, deadline.within(deadline.remaining() / 2))) return {};
  // Once more, and one by one: an instrument may refuse to write several at once.
  Result<void> result;
  for (std::size_t i = 0; i < run.size(); ++i) {
    auto done = write_run(run.subspan(i, 1), deadline);
    if (!done && result) result = std::move(done);
  }
  return result;
}

Result<void> ModbusDriver::make_safe(std::string_view /*unit*/, Deadline deadline) {
  Error problem;
  std::span<const FixedWrite> left(model_.make_safe);
  while (!left.empty()) {
    const auto run = left.first(length_of_run(left));
    const auto share = deadline.remaining() / static_cast<std::int64_t>(left.size()) *
                       static_cast<std::int64_t>(run.size());
    left = left.subspan(run.size());
    auto done = write_run_stubbornly(run, deadline.within(share));
    if (done) continue;
    if (problem.reason.empty() || link_failed(done.error())) problem.reason = done.error().reason;
    problem.message += (problem.message.empty() ? "" : " ") + done.error().message;
  }
  if (problem.reason.empty()) return {};
  return fail(std::move(problem));
}

Result<std::vector<Fault>> ModbusDriver::check(Deadline deadline) {
  if (auto ready = require_identified(); !ready) return fail(std::move(ready.error()));
  auto found = read_items(std::span(&model_.signals.front().item, 1), deadline);
  if (!found) return fail(std::move(found.error()));
  return std::vector<Fault>{};
}

void ModbusDriver::close(Deadline /*deadline*/) { client_.close(); }

Result<std::unique_ptr<Driver>> make_driver(const v1::Setup& setup) {
  auto model = read_model(setup);
  if (!model) return fail(std::move(model.error()));
  auto endpoint = transport::parse_endpoint(setup.address(), kDefaultPort);
  if (!endpoint) return fail(std::move(endpoint.error()));
  return std::make_unique<ModbusDriver>(std::move(*model), std::move(*endpoint));
}

}  // namespace benchd::plugin::modbus
