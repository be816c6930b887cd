#include "daemon/site/duts.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "daemon/site/authorize.hpp"
#include "daemon/site/call.hpp"
#include "daemon/site/names.hpp"
#include "daemon/site/paging.hpp"
#include "daemon/site/present.hpp"
#include "daemon/units/quantity.hpp"
#include "daemon/units/ratings.hpp"
#include "daemon/units/unit.hpp"

namespace benchd::site {

namespace {

constexpr int kLongestDutText = 200;
constexpr int kMostRatings = 50;

class Mistakes {
 public:
  void add(std::string field, std::string description) {
    violations_.push_back({std::move(field), std::move(description)});
  }
  void check_length(const std::string& field, const std::string& text) {
    if (text.size() > kLongestDutText) add(field, "at most 200 characters");
  }
  [[nodiscard]] Status status() const {
    if (violations_.empty()) return {};
    return fail(Error{Reason::InvalidArgument,
                      violations_.front().field + ": " + violations_.front().description,
                      {},
                      violations_});
  }

 private:
  std::vector<Violation> violations_;
};

// A rating that could not be compared would protect nothing. Names that no limit can have are free.
void check_known_rating(const model::Rating& rating, const std::string& field, Mistakes& mistakes) {
  const auto of_name = [&](const units::KnownRating& known) { return known.name == rating.name; };
  const auto comparable = [&](const units::KnownRating& known) {
    return of_name(known) && units::convertible(rating.unit, units::unit(known.unit));
  };
  const auto* known = std::ranges::find_if(units::kRatings, of_name);
  if (known == std::end(units::kRatings)) return;
  if (std::ranges::none_of(units::kRatings, comparable)) {
    mistakes.add(field + ".unit",
                 rating.name + " is " + units::format({rating.value, rating.unit}) +
                     ", it needs a unit such as " + units::unit(known->unit).symbol());
    return;
  }
  const bool may_be_negative = rating.unit.is_level() || rating.name == "max_temperature";
  if (!may_be_negative && rating.value <= 0) {
    mistakes.add(field + ".value", rating.name + " must be greater than 0");
  }
}

void check_order(const std::vector<model::Rating>& ratings, Mistakes& mistakes) {
  for (const auto& least : ratings) {
    if (!least.name.starts_with("min_")) continue;
    for (const auto& greatest : ratings) {
      if (greatest.name != "max_" + least.name.substr(4)) continue;
      const auto value = units::convert(least.value, least.unit, greatest.unit);
      if (value && *value > greatest.value) {
        mistakes.add("dut.ratings", least.name + " is above " + greatest.name);
      }
    }
  }
}

model::Rating read_rating(const v1::Rating& rating, const std::string& field, Mistakes& mistakes) {
  model::Rating out;
  out.name = rating.quantity();
  out.value = rating.value();
  if (out.name.empty()) mistakes.add(field + ".quantity", "is missing, such as \"max_current\"");
  mistakes.check_length(field + ".quantity", out.name);
  if (!std::isfinite(out.value)) mistakes.add(field + ".value", "must be a finite number");
  const auto unit = units::parse_unit(rating.unit());
  if (unit) {
    out.unit = *unit;
    check_known_rating(out, field, mistakes);
  } else {
    mistakes.add(field + ".unit", unit.error().message);
  }
  return out;
}

Result<model::Dut> read_dut(const v1::CreateDutRequest& request, const TenantId& tenant) {
  const auto& dut = request.dut();
  Mistakes mistakes;
  model::Dut out;
  out.id = DutId{request.dut_id()};
  out.tenant = tenant;
  out.kind = dut.kind();
  out.title = dut.title();
  out.maker = dut.maker();
  out.model = dut.model();
  out.serial = dut.serial();
  out.mass_kg = dut.mass_kg();
  if (!is_valid_label(request.dut_id())) {
    mistakes.add("dut_id", "1 to 63 of a–z, 0–9 and '-', such as \"m35\"");
  }
  for (const auto& [field, text] :
       {std::pair{"dut.kind", &out.kind}, std::pair{"dut.title", &out.title},
        std::pair{"dut.maker", &out.maker}, std::pair{"dut.model", &out.model},
        std::pair{"dut.serial", &out.serial}}) {
    mistakes.check_length(field, *text);
  }
  if (!std::isfinite(out.mass_kg) || out.mass_kg < 0) {
    mistakes.add("dut.mass_kg", "must be 0 (not stated) or more");
  }
  if (dut.ratings_size() > kMostRatings) mistakes.add("dut.ratings", "at most 50");
  for (int i = 0; i < dut.ratings_size() && i < kMostRatings; ++i) {
    const auto field = "dut.ratings[" + std::to_string(i) + "]";
    out.ratings.push_back(read_rating(dut.ratings(i), field, mistakes));
  }
  check_order(out.ratings, mistakes);
  for (const auto& hazard : dut.hazards()) {
    mistakes.check_length("dut.hazards", hazard);
    out.hazards.push_back(hazard);
  }
  if (auto status = mistakes.status(); !status) return fail(status.error());
  return out;
}

}  // namespace

Duts::Duts(SiteContext& context) : context_(context) {}
Duts::~Duts() = default;

void Duts::create_dut(const access::Caller& caller,
                      const v1::CreateDutRequest& request,
                      Reply<v1::CreateDutResponse> reply) {
  const auto tenant = parse_tenant(request.parent());
  const auto allowed = authorize(context_, caller, access::Operation::CreateDut,
                                 tenant ? std::optional{*tenant} : std::nullopt, request.parent());
  if (!allowed) return reply(fail(allowed.error()));
  auto dut = read_dut(request, *tenant);
  if (!dut) return reply(fail(dut.error()));
  auto call = make_call(context_, caller, access::Operation::CreateDut, request);
  if (!call) return reply(fail(call.error()));
  context_.store.create_dut(
      {.call = std::move(*call), .dut = std::move(*dut)},
      context_.posted([reply = std::move(reply)](Result<store::DutRecord> created) {
        if (!created) return reply(fail(created.error()));
        v1::CreateDutResponse response;
        *response.mutable_dut() = present_dut(*created);
        reply(std::move(response));
      }));
}

void Duts::get_dut(const access::Caller& caller,
                   const v1::GetDutRequest& request,
                   Reply<v1::GetDutResponse> reply) {
  const auto name = parse_dut(request.name());
  const auto allowed = authorize(context_, caller, access::Operation::GetDut,
                                 name ? std::optional{name->tenant} : std::nullopt, request.name());
  if (!allowed) return reply(fail(allowed.error()));
  context_.store.get_dut({.tenant = name->tenant, .dut = name->id},
                         context_.posted([reply = std::move(reply)](Result<store::DutRecord> dut) {
                           if (!dut) return reply(fail(dut.error()));
                           v1::GetDutResponse response;
                           *response.mutable_dut() = present_dut(*dut);
                           reply(std::move(response));
                         }));
}

void Duts::list_duts(const access::Caller& caller,
                     const v1::ListDutsRequest& request,
                     Reply<v1::ListDutsResponse> reply) {
  const auto tenant = parse_tenant(request.parent());
  const auto allowed = authorize(context_, caller, access::Operation::ListDuts,
                                 tenant ? std::optional{*tenant} : std::nullopt, request.parent());
  if (!allowed) return reply(fail(allowed.error()));
  const auto page = page_of(request);
  if (!page) return reply(fail(page.error()));
  context_.store.list_duts(
      {.tenant = *tenant, .page = *page},
      context_.posted([reply = std::move(reply)](Result<store::Page<store::DutRecord>> duts) {
        if (!duts) return reply(fail(duts.error()));
        v1::ListDutsResponse response;
        for (const auto& dut : duts->items) *response.add_duts() = present_dut(dut);
        response.set_next_page_token(duts->next_token);
        reply(std::move(response));
      }));
}

}  // namespace benchd::site
