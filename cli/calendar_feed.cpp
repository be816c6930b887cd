#include "cli/calendar_feed.hpp"

#include <cstdlib>
#include <libical/ical.h>
#include <memory>

#include "cli/commands/common.hpp"
#include "cli/names.hpp"

namespace benchd::cli {
namespace {

struct FreeComponent {
  void operator()(icalcomponent* component) const { icalcomponent_free(component); }
};
using Component = std::unique_ptr<icalcomponent, FreeComponent>;

icaltimetype to_ical_time(UtcSeconds time) {
  return icaltime_from_timet_with_zone(time.time_since_epoch().count(), 0,
                                       icaltimezone_get_utc_timezone());
}

void add(icalcomponent* to, icalproperty* property) { icalcomponent_add_property(to, property); }

// "How often to look again", from RFC 7986, which libical 3 knows by no name.
void add_extension(icalcomponent* to, const char* name, const char* value) {
  icalproperty* property = icalproperty_new_x(value);
  icalproperty_set_x_name(property, name);
  add(to, property);
}

icalproperty_status status_of(v1::BookingState state) {
  switch (state) {
    case v1::BOOKING_STATE_CONFIRMED:
    case v1::BOOKING_STATE_SETUP:
    case v1::BOOKING_STATE_IN_USE:
    case v1::BOOKING_STATE_TEARDOWN:
    case v1::BOOKING_STATE_COMPLETED:
      return ICAL_STATUS_CONFIRMED;
    case v1::BOOKING_STATE_REQUESTED:
    case v1::BOOKING_STATE_HELD:
    case v1::BOOKING_STATE_WAITLISTED:
      return ICAL_STATUS_TENTATIVE;
    default:
      return ICAL_STATUS_CANCELLED;
  }
}

std::string summary_of(const v1::Booking& booking) {
  if (!booking.title().empty()) return booking.title();
  return "Booking " + short_id(booking.name());
}

icalcomponent* own_event(const v1::Booking& booking) {
  icalcomponent* event = icalcomponent_new_vevent();
  const auto uid = id_of(booking.name()) + "@benchd";
  const auto changed = to_ical_time(to_seconds(booking.update_time()));
  const auto status = status_of(booking.state());
  add(event, icalproperty_new_uid(uid.c_str()));
  add(event, icalproperty_new_dtstamp(changed));
  add(event, icalproperty_new_lastmodified(changed));
  add(event, icalproperty_new_sequence(booking.revision()));
  add(event, icalproperty_new_dtstart(to_ical_time(to_seconds(booking.start_time()))));
  add(event, icalproperty_new_dtend(to_ical_time(to_seconds(booking.end_time()))));
  add(event, icalproperty_new_summary(summary_of(booking).c_str()));
  add(event, icalproperty_new_location(ids_of(booking.benches()).c_str()));
  add(event,
      icalproperty_new_description(("benchctl booking show " + id_of(booking.name())).c_str()));
  add(event, icalproperty_new_status(status));
  add(event, icalproperty_new_transp(status == ICAL_STATUS_CANCELLED ? ICAL_TRANSP_TRANSPARENT
                                                                     : ICAL_TRANSP_OPAQUE));
  return event;
}

icalcomponent* busy_event(const CalendarEntry& entry, UtcSeconds now) {
  icalcomponent* event = icalcomponent_new_vevent();
  // The same time at the same bench is the same event, whoever has it.
  const auto uid = "busy-" + entry.bench + "-" + rfc3339(entry.time.begin) + "-" +
                   rfc3339(entry.time.end) + "@benchd";
  add(event, icalproperty_new_uid(uid.c_str()));
  add(event, icalproperty_new_dtstamp(to_ical_time(now)));
  add(event, icalproperty_new_dtstart(to_ical_time(entry.time.begin)));
  add(event, icalproperty_new_dtend(to_ical_time(entry.time.end)));
  add(event, icalproperty_new_summary("busy"));
  add(event, icalproperty_new_location(entry.bench.c_str()));
  add(event, icalproperty_new_transp(ICAL_TRANSP_OPAQUE));
  return event;
}

}  // namespace

std::string to_ical(const Feed& feed) {
  const Component calendar(icalcomponent_new_vcalendar());
  add(calendar.get(), icalproperty_new_version("2.0"));
  add(calendar.get(), icalproperty_new_prodid("-//benchd//benchctl//EN"));
  add(calendar.get(), icalproperty_new_method(ICAL_METHOD_PUBLISH));
  add_extension(calendar.get(), "X-WR-CALNAME", "Test benches");
  add_extension(calendar.get(), "X-PUBLISHED-TTL", "PT15M");
  for (const auto& booking : feed.own) {
    icalcomponent_add_component(calendar.get(), own_event(booking));
  }
  for (const auto& entry : feed.others) {
    icalcomponent_add_component(calendar.get(), busy_event(entry, feed.now));
  }
  const std::unique_ptr<char, decltype(&std::free)> text(
      icalcomponent_as_ical_string_r(calendar.get()), &std::free);
  return text ? std::string{text.get()} : std::string{};
}

}  // namespace benchd::cli
