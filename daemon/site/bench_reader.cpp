#include "daemon/site/bench_reader.hpp"

#include <memory>
#include <utility>

#include "daemon/access/operations.hpp"
#include "daemon/scheduling/policy.hpp"
#include "daemon/site/present.hpp"

namespace benchd::site {

namespace {

// How far ahead it is looked for the end of a busy time.
constexpr auto kHorizon = std::chrono::days{60};

class BenchReader : public std::enable_shared_from_this<BenchReader> {
 public:
  using Done = std::function<void(Result<std::vector<SeenBench>>)>;
  BenchReader(SiteContext& context,
              const access::Caller& caller,
              std::vector<BenchView> views,
              Done done)
      : context_(context),
        reach_(access::reach_of(caller, access::Operation::ReadBenchStatus)),
        tenant_(caller.tenant),
        views_(std::move(views)),
        done_(std::move(done)) {}

  void next() {
    if (at_ == views_.size()) return done_(std::move(seen_));
    context_.store.get_bench(
        view().bench->id,
        context_.posted([self = shared_from_this()](Result<store::BenchRecord> record) {
          if (!record && record.error().reason == Reason::UnknownBench) return self->skip();
          if (!record) return self->done_(fail(std::move(record.error())));
          self->record_ = std::move(*record);
          self->read_claims();
        }));
  }

 private:
  [[nodiscard]] const BenchView& view() const { return views_[at_]; }

  void skip() {
    ++at_;
    next();
  }

  void read_claims() {
    const auto now = context_.clock.utc_seconds_now();
    context_.store.list_claims(
        {.benches = {record_.id}, .window = {now, now + kHorizon}},
        context_.posted(
            [self = shared_from_this(), now](const Result<std::vector<store::BenchBusy>>& claims) {
              if (!claims) return self->done_(fail(claims.error()));
              const auto grid = self->context_.policy.busy_grid;
              const auto state = access::free_or_busy(claims->front().busy, now, grid);
              self->seen_.push_back({present_bench(self->context_.config, self->view(), state,
                                                   !self->record_.quarantined),
                                     std::nullopt});
              self->read_booking();
            }));
  }

  void read_booking() {
    const bool all = reach_ == access::Reach::All;
    if (all && !record_.booking) return put_status(std::nullopt);
    if (!record_.booking || reach_ == access::Reach::None) return skip();
    // Another tenant's is not found.
    const auto tenant = all ? std::nullopt : std::optional{tenant_};
    context_.store.get_booking(
        {tenant, *record_.booking},
        context_.posted([self = shared_from_this(), all](Result<store::BookingRecord> booking) {
          if (booking) return self->put_status(std::move(*booking));
          if (all) return self->put_status(std::nullopt);
          self->skip();
        }));
  }

  void put_status(const std::optional<store::BookingRecord>& booking) {
    seen_.back().status = present_bench_status(context_.config, view(), record_, booking,
                                               context_.clock.utc_seconds_now());
    skip();
  }

  SiteContext& context_;
  const access::Reach reach_;
  const TenantId tenant_;
  const std::vector<BenchView> views_;
  const Done done_;
  std::size_t at_ = 0;
  store::BenchRecord record_;
  std::vector<SeenBench> seen_;
};

}  // namespace

void read_benches(SiteContext& context,
                  const access::Caller& caller,
                  std::vector<BenchView> views,
                  std::function<void(Result<std::vector<SeenBench>>)> done) {
  std::make_shared<BenchReader>(context, caller, std::move(views), std::move(done))->next();
}

}  // namespace benchd::site
