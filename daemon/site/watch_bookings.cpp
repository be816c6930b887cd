// WatchBookings: the bookings that are not final, then each change.
#include <memory>
#include <set>
#include <utility>

#include "daemon/site/authorize.hpp"
#include "daemon/site/bookings.hpp"
#include "daemon/site/cursor.hpp"
#include "daemon/site/names.hpp"
#include "daemon/site/present.hpp"

namespace benchd::site {

using access::Operation;

namespace {

constexpr int kPage = 200;

class BookingWatch : public std::enable_shared_from_this<BookingWatch> {
 public:
  struct Wanted {
    access::Reach reach = access::Reach::Own;
    std::optional<TenantId> tenant;
    std::set<BookingId> only;
    std::optional<store::ChangeNumber> after;  // absent: a snapshot first
  };

  BookingWatch(SiteContext& context,
               const CursorCodec& cursors,
               Wanted wanted,
               StreamPtr<v1::WatchBookingsResponse> stream)
      : context_(context),
        cursors_(cursors),
        wanted_(std::move(wanted)),
        stream_(std::move(stream)) {}

  void begin() {
    const auto weak = weak_from_this();
    changes_ = context_.changes.subscribe([weak](const store::Change& change) {
      const auto self = weak.lock();
      if (!self || change.kind != store::ChangeKind::Booking) return;
      if (self->wanted_.tenant && change.tenant != *self->wanted_.tenant) return;
      self->behind_ = true;
      self->pump();
    });
    const auto strand = context_.strand;
    // The stream keeps the watch alive until it is closed.
    stream_->on_closed([strand, self = shared_from_this()] {
      asio::post(strand, [self] {
        self->changes_.reset();
        self->stream_.reset();
      });
    });
    stream_->on_drained([strand, weak] {
      asio::post(strand, [weak] {
        if (const auto self = weak.lock()) self->pump();
      });
    });
    // What changes while the snapshot is read comes again after it.
    after_ = wanted_.after.value_or(context_.store.change_number());
    in_snapshot_ = !wanted_.after;
    behind_ = true;
    pump();
  }

 private:
  // One question at a time, and none while the reader has not taken the last answer.
  void pump() {
    if (!stream_ || reading_ || !behind_ || stream_->waiting() > 0) return;
    reading_ = true;
    if (in_snapshot_) return read_snapshot();
    behind_ = false;
    context_.store.list_changed_bookings(
        {.tenant = wanted_.tenant, .after = after_, .limit = kPage},
        context_.posted(
            [self = shared_from_this()](const Result<std::vector<store::BookingRecord>>& records) {
              self->reading_ = false;
              if (!self->stream_) return;
              if (!records) return self->stream_->end(fail(records.error()));
              if (std::ssize(*records) == kPage) self->behind_ = true;
              if (!records->empty()) self->after_ = records->back().change;
              self->send(*records, false);
            }));
  }

  void read_snapshot() {
    context_.store.list_bookings(
        {.tenant = wanted_.tenant,
         .open_only = true,
         .page = {.size = kPage, .token = page_token_}},
        context_.posted(
            [self = shared_from_this()](const Result<store::Page<store::BookingRecord>>& page) {
              self->reading_ = false;
              if (!self->stream_) return;
              if (!page) return self->stream_->end(fail(page.error()));
              self->page_token_ = page->next_token;
              self->in_snapshot_ = !page->next_token.empty();
              self->send(page->items, !self->in_snapshot_);
            }));
  }

  void send(const std::vector<store::BookingRecord>& records, bool last_of_snapshot) {
    v1::WatchBookingsResponse response;
    for (const auto& record : records) {
      if (!wanted_.only.empty() && !wanted_.only.contains(record.booking.id)) continue;
      *response.add_bookings() = present_booking(context_.config, record, wanted_.reach);
    }
    const bool worth_it = !response.bookings().empty() || last_of_snapshot;
    if (worth_it) {
      response.set_snapshot_complete(last_of_snapshot);
      // Within a snapshot there is nothing to go on from but its beginning.
      if (!in_snapshot_) response.set_cursor(cursors_.encode(after_));
      if (!stream_->send(std::move(response))) {
        return stream_->end(fail(Reason::Unavailable, "The stream does not take any more."));
      }
    }
    pump();
  }

  SiteContext& context_;
  const CursorCodec cursors_;
  const Wanted wanted_;
  StreamPtr<v1::WatchBookingsResponse> stream_;
  Subscription changes_;
  store::ChangeNumber after_ = 0;
  std::string page_token_;
  bool in_snapshot_ = false;
  bool behind_ = false;
  bool reading_ = false;
};

}  // namespace

void Bookings::watch_bookings(const access::Caller& caller,
                              const v1::WatchBookingsRequest& request,
                              StreamPtr<v1::WatchBookingsResponse> stream) {
  const auto tenant = parse_tenants(request.parent());
  if (!tenant) {
    return stream->end(fail(
        refused(context_, caller, Operation::WatchBookings, request.parent(), tenant.error())));
  }
  auto reach = authorize(context_, caller, Operation::WatchBookings, *tenant, request.parent());
  if (!reach) return stream->end(fail(reach.error()));
  BookingWatch::Wanted wanted{.reach = *reach, .tenant = *tenant};
  for (const auto& each : request.bookings()) {
    auto name = parse_booking(each);
    const bool mine = name && (!wanted.tenant || name->tenant == *wanted.tenant);
    if (!mine) return stream->end(fail(access::not_found_or_denied()));
    wanted.only.insert(std::move(name->id));
  }
  if (!request.cursor().empty()) {
    auto after = cursors_->decode(request.cursor());
    if (!after) return stream->end(fail(after.error()));
    wanted.after = *after;
  }
  std::make_shared<BookingWatch>(context_, *cursors_, std::move(wanted), std::move(stream))
      ->begin();
}

}  // namespace benchd::site
