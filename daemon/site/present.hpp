// Records as the public API shows them.
//
// Pure. What a caller with Reach::Masked sees has no content: no names that people gave, no
// parameters, values or verdicts.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "benchd/v1/bench.pb.h"
#include "benchd/v1/booking.pb.h"
#include "benchd/v1/dut.pb.h"
#include "benchd/v1/run.pb.h"
#include "benchd/v1/sequence.pb.h"

#include "daemon/access/operations.hpp"
#include "daemon/access/redaction.hpp"
#include "daemon/site/stations.hpp"
#include "daemon/store/records.hpp"

namespace benchd::config::v1 {
class Sequence;
}

namespace benchd::config::v1 {
class Sequence;
}

namespace benchd::site {

// Times. A timestamp or duration that is out of range or malformed reads as absent.
void put_time(UtcTime time, google::protobuf::Timestamp& out);
void put_duration(Nanoseconds duration, google::protobuf::Duration& out);
[[nodiscard]] std::optional<UtcTime> read_time(const google::protobuf::Timestamp& time);
[[nodiscard]] std::optional<Nanoseconds> read_duration(const google::protobuf::Duration& duration);

// An etag is made of a revision and says nothing else.
[[nodiscard]] std::string etag_of(int revision);
// Absent for an empty one. ETAG_MISMATCH for what is no etag.
[[nodiscard]] Result<std::optional<int>> revision_of(std::string_view etag);

// `utc_offset`: UTC less the rig PC's monotonic clock (BenchView::utc_offset).
[[nodiscard]] v1::Reading present_reading(const link::v1::Reading& reading, Nanoseconds utc_offset);
// `unit`: UCUM code of the channel's.
[[nodiscard]] v1::SampleBlock present_block(const link::v1::SampleBlock& block,
                                            std::string_view unit);
[[nodiscard]] v1::SafeStateProof present_proof(const SiteId& site,
                                               const BenchId& bench,
                                               const link::v1::SafeStateReport& report,
                                               Nanoseconds utc_offset);

// `free_busy` of its claims; a bench that is offline, quarantined or not ready reads as busy.
[[nodiscard]] v1::Bench present_bench(const model::Site& site,
                                      const BenchView& view,
                                      const access::FreeBusy& free_busy,
                                      bool usable);
[[nodiscard]] v1::SetupItem present_setup_item(const model::Bench& bench,
                                               const model::SetupItem& item);
// `booking`: the one that uses the bench now. `now`: for its outages.
[[nodiscard]] v1::BenchStatus present_bench_status(
    const model::Site& site,
    const BenchView& view,
    const store::BenchRecord& record,
    const std::optional<store::BookingRecord>& booking,
    UtcSeconds now);

// Without its setup record.
[[nodiscard]] v1::Booking present_booking(const model::Site& site,
                                          const store::BookingRecord& record,
                                          access::Reach reach);

// A run; checks and rows when the record has them.
[[nodiscard]] v1::Run present_run(const model::Site& site,
                                  const store::RunRecord& record,
                                  access::Reach reach);
[[nodiscard]] v1::Check present_check(const model::CheckLine& check);
[[nodiscard]] v1::MeasurementRow present_row(const model::MeasurementRow& row, int index);
[[nodiscard]] v1::RunEvent present_event(const store::RunEventRecord& record);
// What a StepFinished event brings; none for others. Rows are numbered from `first_row`.
[[nodiscard]] std::vector<v1::Check> present_checks(const store::RunEventRecord& record);
[[nodiscard]] std::vector<v1::MeasurementRow> present_rows(const store::RunEventRecord& record,
                                                           int first_row);

[[nodiscard]] v1::Dut present_dut(const store::DutRecord& record);
// With parameters and needs where the record has its source; the text itself only if asked for.
[[nodiscard]] v1::Sequence present_sequence(const model::Site& site,
                                            const store::SequenceRecord& record,
                                            bool with_source);
// What the text declares, into an answer without name (a text that is not stored).
void put_declarations(const config::v1::Sequence& sequence, v1::Sequence& out);

}  // namespace benchd::site
