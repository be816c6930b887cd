#include "daemon/config/limit_check.hpp"

#include <algorithm>

#include "daemon/base/suggest.hpp"
#include "daemon/units/quantity.hpp"
#include "daemon/units/ratings.hpp"

namespace benchd::config {
namespace {

model::LimitAction action_of(v1::LimitAction action) {
  switch (action) {
    case v1::LIMIT_ACTION_WARN:
      return model::LimitAction::Warn;
    case v1::LIMIT_ACTION_ABORT:
      return model::LimitAction::Abort;
    default:
      return model::LimitAction::SafeState;
  }
}

// A limit that the harmless value breaks, or that no value of the channel meets, would never let
// the bench work; one that no reading can reach, such as one with a digit too many, guards nothing.
void check_sense(const model::Limit& limit, const model::Channel& channel, const Checker& at) {
  at.check_order(limit.min, limit.max, channel.unit);
  const auto text = [&](double value) { return units::format({value, channel.unit}); };
  if (channel.writable) {
    if (limit.min && channel.safe_value < *limit.min) {
      at.complain("min", "min " + text(*limit.min) + " is above the channel's safe value " +
                             text(channel.safe_value));
    }
    if (limit.max && channel.safe_value > *limit.max) {
      at.complain("max", "max " + text(*limit.max) + " is below the channel's safe value " +
                             text(channel.safe_value));
    }
    return;
  }
  if (limit.min && channel.max && *limit.min >= *channel.max) {
    at.complain("min", "min " + text(*limit.min) + " is never met, the channel ends at " +
                           text(*channel.max));
  }
  if (limit.max && channel.min && *limit.max <= *channel.min) {
    at.complain("max", "max " + text(*limit.max) + " is never met, the channel begins at " +
                           text(*channel.min));
  }
  if (limit.min && channel.min && *limit.min < *channel.min) {
    at.complain("min", "min " + text(*limit.min) + " never trips, the channel begins at " +
                           text(*channel.min));
  }
  if (limit.max && channel.max && *limit.max > *channel.max) {
    at.complain("max", "max " + text(*limit.max) + " never trips, the channel ends at " +
                           text(*channel.max));
  }
}

using units::KnownRating;
using units::kRatings;

bool fits(const KnownRating& rating, const units::Unit& unit) {
  return units::convertible(units::unit(rating.unit), unit);
}

// No DUT has a rating of another name, so that the limit would protect none, and nobody would know.
bool check_rating_name(const std::string& name, const Checker& at) {
  std::vector<std::string> names;
  for (const auto& known : kRatings) {
    if (name == known.name) return true;
    if (std::ranges::find(names, known.name) == names.end()) names.emplace_back(known.name);
  }
  const auto suggestion = did_you_mean(name, names);
  at.complain("rating", "rating: " + in_quotes(name) + " is no rating of a DUT" +
                            (suggestion.empty() ? "; there are " + list_of(names) : suggestion));
  return false;
}

// A DUT with such a rating could never be mounted: its unit cannot be converted to the channel's.
void check_rating(const std::string& name, const model::Channel& channel, const Checker& at) {
  const auto of_name = [&](const KnownRating& known) { return known.name == name; };
  const auto here = [&](const KnownRating& known) { return fits(known, channel.unit); };
  if (std::ranges::any_of(kRatings,
                          [&](const auto& known) { return of_name(known) && here(known); })) {
    return;
  }
  const auto* better = std::ranges::find_if(kRatings, [&](const auto& known) {
    return here(known) && known.name.substr(0, 4) == std::string_view{name}.substr(0, 4);
  });
  at.complain(
      "rating",
      "rating: " + in_quotes(name) + " is " +
          units::kind_of(units::unit(std::ranges::find_if(kRatings, of_name)->unit)) + ", " +
          named("channel", channel.id.text()) + " is " + units::kind_of(channel.unit) +
          (better == std::end(kRatings) ? std::string{"; leave the rating away"}
                                        : ", did you mean " + in_quotes(better->name) + "?"));
}

void check_watched(const model::Channel& channel, std::string_view field, const Checker& at) {
  if (channel.rate_hz) return;
  at.complain(field, named("channel", channel.id.text()) +
                         " has no rate and would never be watched; give the channel a rate");
}

}  // namespace

model::Limit check_limit(const v1::Limit& limit, const ChannelBook& channels, const Checker& at) {
  model::Limit result;
  result.id = limit.name();
  result.channel = ChannelId{limit.channel()};
  result.action = action_of(limit.action());
  result.rating = limit.rating();
  at.check_label("name", limit.name());
  if (limit.min().empty() && limit.max().empty()) at.complain("", "min or max is missing");
  const bool known_rating = limit.rating().empty() || check_rating_name(limit.rating(), at);
  if (limit.channel().empty()) return result;
  if (std::ranges::find(channels.names(), limit.channel()) == channels.names().end()) {
    at.called("limit on " + in_quotes(limit.channel()))
        .complain("channel", "channel not defined" + closest(limit.channel(), channels.names()));
    return result;
  }
  const auto* channel = channels.find(limit.channel(), "channel", at);
  result.min = at.value("min", limit.min(), channel->unit);
  result.max = at.value("max", limit.max(), channel->unit);
  check_sense(result, *channel, at);
  if (known_rating && !limit.rating().empty()) check_rating(limit.rating(), *channel, at);
  check_watched(*channel, "channel", at);
  return result;
}

void check_narrower(const model::Limit& limit,
                    const std::vector<model::Limit>& of_bench,
                    const ChannelBook& channels,
                    const Checker& at) {
  const auto wide = std::ranges::find(of_bench, limit.id, &model::Limit::id);
  if (wide == of_bench.end()) return;
  if (wide->channel != limit.channel) {
    at.complain("channel", "the bench's limit of this name is on channel " +
                               in_quotes(wide->channel.text()) + "; take another name");
    return;
  }
  const auto* channel = channels.find(limit.channel.text(), "channel", at);
  if (channel == nullptr) return;
  const auto text = [&](double value) { return units::format({value, channel->unit}); };
  if (limit.min && wide->min && *limit.min < *wide->min) {
    at.complain("min",
                "min " + text(*limit.min) + " is wider than the bench's, " + text(*wide->min));
  }
  if (limit.max && wide->max && *limit.max > *wide->max) {
    at.complain("max",
                "max " + text(*limit.max) + " is wider than the bench's, " + text(*wide->max));
  }
}

model::Interlock check_interlock(const v1::Interlock& interlock,
                                 const ChannelBook& channels,
                                 const Checker& at) {
  model::Interlock result;
  result.id = interlock.name();
  result.title = interlock.title();
  at.check_label("name", interlock.name());
  const std::string healthy = interlock.equals().empty() ? "1" : interlock.equals();
  for (int i = 0; i < interlock.channels_size(); ++i) {
    const auto& name = interlock.channels(i);
    const auto field = element_path("channels", static_cast<std::size_t>(i));
    result.channels.emplace_back(name);
    const auto* channel = channels.find(name, field, at);
    if (channel == nullptr) continue;
    check_watched(*channel, field, at);
    if (!channel->unit.is_one()) {
      at.complain(field, named("channel", name) + " is no switch, its unit is " +
                             in_quotes(channel->unit.symbol()) + "; make it a limit");
      continue;
    }
    if (const auto value = channel_value(*channel, "equals", healthy, at)) result.healthy = *value;
  }
  return result;
}

}  // namespace benchd::config
