#include "daemon/store/rows/dut_rows.hpp"

#include "daemon/store/rows/json.hpp"

namespace benchd::store::detail {

namespace {

constexpr const char* kDutColumns =
    "SELECT d.name, t.name, d.kind, d.title, d.maker, d.model, d.serial, d.ratings, d.mass_kg,"
    " d.hazards, d.create_us, d.revision, d.change FROM duts d JOIN tenants t ON t.id = d.tenant ";

}  // namespace

std::string select_duts(const std::string& where) { return kDutColumns + where; }

DutRecord read_dut(const Rows& rows) {
  return {.dut = {.id = rows.id<DutId>(0),
                  .tenant = rows.id<TenantId>(1),
                  .kind = rows.text(2),
                  .title = rows.text(3),
                  .maker = rows.text(4),
                  .model = rows.text(5),
                  .serial = rows.text(6),
                  .ratings = decode_ratings(rows.text(7)),
                  .mass_kg = rows.real(8),
                  .hazards = decode_texts(rows.text(9)),
                  .create_time = rows.time(10),
                  .revision = static_cast<int>(rows.integer(11))},
          .change = rows.integer(12)};
}

std::optional<DutRecord> find_dut(Database& database, const TenantId& tenant, const DutId& dut) {
  static const std::string kByName = select_duts("WHERE t.name = ? AND d.name = ?");
  auto rows = database.query(kByName.c_str(), tenant, dut);
  if (!rows.next()) return std::nullopt;
  return read_dut(rows);
}

}  // namespace benchd::store::detail
