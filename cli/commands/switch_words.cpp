#include "cli/commands/switch_words.hpp"

#include <algorithm>

#include "cli/commands/common.hpp"

namespace benchd::cli {
namespace {

const v1::Channel* find_channel(const v1::Bench& bench, const std::string& id) {
  const auto found = std::ranges::find_if(
      bench.channels(), [&id](const v1::Channel& channel) { return channel.id() == id; });
  return found == bench.channels().end() ? nullptr : &*found;
}

std::string word_of_switch(const v1::Channel& channel, double value) {
  if (channel.states_size() != 2 || (value != 0 && value != 1)) return "";
  return channel.states(value == 0 ? 0 : 1);
}

}  // namespace

std::string show_channel_value(const v1::Channel& channel, double value) {
  const std::string word = word_of_switch(channel, value);
  return word.empty() ? show_value(value, channel.unit()) : word;
}

std::string show_setup_bounds(const v1::SetupItem& item, const v1::Bench& bench) {
  const auto* channel = find_channel(bench, item.channel());
  if (channel == nullptr || channel->states_size() != 2) return show_bounds(item, item.unit());
  return channel->states(item.has_min() && item.min() > 0 ? 1 : 0);
}

std::string SwitchWords::show(const std::string& bench, const v1::Reading& reading) {
  const std::string word = this->word(bench, reading.channel(), reading.value(), reading.unit());
  if (word.empty()) return show_reading(reading);
  if (reading.quality() == v1::QUALITY_GOOD) return word;
  return word + " (" + word_of(reading.quality()) + ')';
}

std::string SwitchWords::show(const std::string& bench,
                              const std::string& channel,
                              double value,
                              const std::string& unit) {
  const std::string word = this->word(bench, channel, value, unit);
  return word.empty() ? show_value(value, unit) : word;
}

Table SwitchWords::table(const std::string& bench,
                         const google::protobuf::RepeatedPtrField<v1::Reading>& readings) {
  Table table = readings_table(readings);
  for (int i = 0; i < readings.size(); ++i) {
    const v1::Reading& reading = readings[i];
    const std::string word = this->word(bench, reading.channel(), reading.value(), reading.unit());
    if (!word.empty()) table.rows[static_cast<std::size_t>(i)][1].human = word;
  }
  return table;
}

std::string SwitchWords::word(const std::string& bench,
                              const std::string& channel,
                              double value,
                              const std::string& unit) {
  if (unit != "1" || bench.empty() || !session_.for_people()) return "";
  const auto* found = find_channel(this->bench(bench), channel);
  return found == nullptr ? "" : word_of_switch(*found, value);
}

const v1::Bench& SwitchWords::bench(const std::string& name) {
  const auto [entry, is_new] = benches_.try_emplace(name);
  if (is_new) {
    if (auto asked = get_bench(session_, name)) entry->second = std::move(*asked->mutable_bench());
  }
  return entry->second;
}

}  // namespace benchd::cli
