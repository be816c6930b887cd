// Small lists that are read and written as a whole, as JSON text in one column.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/model/booking.hpp"
#include "daemon/model/dut.hpp"
#include "daemon/model/job.hpp"
#include "daemon/model/site.hpp"

namespace benchd::store::detail {

[[nodiscard]] std::string encode(const std::vector<model::ParameterValue>& parameters);
[[nodiscard]] std::string encode(const std::vector<model::Rating>& ratings);
[[nodiscard]] std::string encode(const std::vector<model::SetupCheck>& checks);
[[nodiscard]] std::string encode(const std::vector<model::Role>& roles);
[[nodiscard]] std::string encode(const std::vector<std::string>& texts);
[[nodiscard]] std::string encode(const std::vector<model::Need>& needs);
[[nodiscard]] std::string encode(const std::vector<model::FittingBench>& benches);

[[nodiscard]] std::optional<std::string> encode(const std::optional<model::Wait>& wait);

// What encode() wrote. Anything else is thrown as SqliteFailure: the file is damaged.
[[nodiscard]] std::vector<model::ParameterValue> decode_parameters(const std::string& text);
[[nodiscard]] std::vector<model::Rating> decode_ratings(const std::string& text);
[[nodiscard]] std::vector<model::SetupCheck> decode_checks(const std::string& text);
[[nodiscard]] std::vector<model::Role> decode_roles(const std::string& text);
[[nodiscard]] std::vector<std::string> decode_texts(const std::string& text);
[[nodiscard]] std::vector<model::Need> decode_needs(const std::string& text);
[[nodiscard]] std::vector<model::FittingBench> decode_fitting(const std::string& text);

[[nodiscard]] model::Wait decode_wait(const std::string& text);

}  // namespace benchd::store::detail
