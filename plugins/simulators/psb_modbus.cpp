#include "plugins/simulators/psb_modbus.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "plugins/simulators/scpi_status.hpp"

namespace benchd::simulators {
namespace {

constexpr double kFullScale = 52428.0;  // 0xCCCC, 100 % of nominal
constexpr double kHighestActual = 65535.0;
constexpr std::uint16_t kRemote = 402;
constexpr std::uint16_t kOutput = 405;
constexpr std::uint16_t kUirMode = 409;
constexpr std::uint16_t kAcknowledge = 411;

// A register that holds a share of a nominal value.
struct ScaledRegister {
  std::uint16_t address;
  double PsbSettings::*field;
  double PsbRatings::*nominal;
  double PsbRatings::*highest_share;
  const char* meaning;
};

constexpr ScaledRegister kScaled[] = {
    {498, &PsbSettings::sink_power_w, &PsbRatings::power_w, &PsbRatings::set_share, "sink power"},
    {499, &PsbSettings::sink_current_a, &PsbRatings::current_a, &PsbRatings::set_share,
     "sink current"},
    {500, &PsbSettings::voltage_v, &PsbRatings::voltage_v, &PsbRatings::set_share, "voltage"},
    {501, &PsbSettings::current_a, &PsbRatings::current_a, &PsbRatings::set_share, "current"},
    {502, &PsbSettings::power_w, &PsbRatings::power_w, &PsbRatings::set_share, "power"},
    {503, &PsbSettings::resistance_ohm, &PsbRatings::resistance_max_ohm, &PsbRatings::set_share,
     "resistance"},
    {504, &PsbSettings::sink_resistance_ohm, &PsbRatings::resistance_max_ohm,
     &PsbRatings::set_share, "sink resistance"},
    {550, &PsbSettings::ovp_v, &PsbRatings::voltage_v, &PsbRatings::protection_share, "OVP"},
    {553, &PsbSettings::ocp_a, &PsbRatings::current_a, &PsbRatings::protection_share, "OCP"},
    {556, &PsbSettings::opp_w, &PsbRatings::power_w, &PsbRatings::protection_share, "OPP"},
    {9000, &PsbSettings::voltage_max_v, &PsbRatings::voltage_v, &PsbRatings::set_share,
     "voltage limit"},
    {9001, &PsbSettings::voltage_min_v, &PsbRatings::voltage_v, &PsbRatings::set_share,
     "lower voltage limit"},
    {9002, &PsbSettings::current_max_a, &PsbRatings::current_a, &PsbRatings::set_share,
     "current limit"},
    {9003, &PsbSettings::current_min_a, &PsbRatings::current_a, &PsbRatings::set_share,
     "lower current limit"},
    {9004, &PsbSettings::power_max_w, &PsbRatings::power_w, &PsbRatings::set_share, "power limit"},
};

const ScaledRegister* find_scaled(std::uint16_t address) {
  const auto found = std::find_if(std::begin(kScaled), std::end(kScaled),
                                  [address](const auto& row) { return row.address == address; });
  return found == std::end(kScaled) ? nullptr : found;
}

std::uint16_t share_of(double value, double nominal) {
  return static_cast<std::uint16_t>(
      std::lround(std::clamp(value / nominal * kFullScale, 0.0, kHighestActual)));
}

// Bounds of a set value at this moment.
double lowest(const ScaledRegister& row, const PsbSettings& now) {
  if (row.address == 500) return now.voltage_min_v;
  if (row.address == 501) return now.current_min_a;
  return 0.0;
}

double highest(const ScaledRegister& row, const PsbSettings& now, const PsbRatings& nominal) {
  if (row.address == 500) return now.voltage_max_v;
  if (row.address == 501) return now.current_max_a;
  if (row.address == 502) return now.power_max_w;
  return nominal.*row.nominal * nominal.*row.highest_share;
}

ModbusException exception_for(PsbOutcome error) {
  switch (error) {
    case 0:
      return ModbusException::None;
    case scpi_error::kInvalidWhileInLocal:
    case scpi_error::kCommandProtected:
      return ModbusException{7};
    case scpi_error::kDataOutOfRange:
      return ModbusException::IllegalValue;
    default:
      return ModbusException::DeviceFailure;
  }
}

}  // namespace

PsbModbus::PsbModbus(PsbSupply& supply) : supply_(supply) {
  constexpr std::uint16_t kDeviceClass = 60;  // not verified
  constants_[0] = kDeviceClass;
  const auto text = [this](std::uint16_t first, std::uint16_t words, std::string value) {
    value.resize(2U * words, '\0');
    for (std::uint16_t i = 0; i < words; ++i) {
      constants_[static_cast<std::uint16_t>(first + i)] =
          static_cast<std::uint16_t>(static_cast<std::uint8_t>(value[2U * i]) << 8U |
                                     static_cast<std::uint8_t>(value[2U * i + 1U]));
    }
  };
  text(1, 20, PsbSupply::kModel);
  text(151, 20, PsbSupply::kSerial);
  const auto number = [this](std::uint16_t address, double value) {
    const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(value));
    constants_[address] = static_cast<std::uint16_t>(bits >> 16U);
    constants_[static_cast<std::uint16_t>(address + 1)] = static_cast<std::uint16_t>(bits);
  };
  const PsbRatings& ratings = supply_.ratings();
  number(121, ratings.voltage_v);
  number(123, ratings.current_a);
  number(125, ratings.power_w);
  number(127, ratings.resistance_max_ohm);
  number(129, ratings.resistance_min_ohm);
}

void PsbModbus::on_request(ConnectionId connection, std::uint16_t) {
  connection_ = connection;
  supply_.count_request();
}

std::uint32_t PsbModbus::device_state() const {
  constexpr std::uint32_t kEthernetControl = 6;  // who is in control, bits 0..4
  std::uint32_t state = 0;
  const auto flag = [&state](bool on, unsigned bit) { state |= on ? 1U << bit : 0U; };
  const bool remote = supply_.lock_owner() == "REMOTE";
  if (remote) state |= kEthernetControl;
  flag(supply_.settings().output_on, 7);
  const unsigned operation = supply_.operation();
  if ((operation >> 11U & 1U) != 0) state |= 1U << 9U;  // CR
  if ((operation >> 9U & 1U) != 0) state |= 2U << 9U;   // CC
  if ((operation >> 10U & 1U) != 0) state |= 3U << 9U;  // CP
  flag(remote, 11);
  flag(supply_.any_alarm(), 15);
  flag(supply_.latched(PsbAlarm::Overvoltage), 16);
  flag(supply_.latched(PsbAlarm::Overcurrent), 17);
  flag(supply_.latched(PsbAlarm::Overpower), 18);
  flag(supply_.latched(PsbAlarm::Overtemperature), 19);
  flag(supply_.latched(PsbAlarm::PowerFail), 21);
  return state;
}

std::optional<std::uint16_t> PsbModbus::word(std::uint16_t address) {
  if (const auto constant = constants_.find(address); constant != constants_.end()) {
    return constant->second;
  }
  const PsbRatings& ratings = supply_.ratings();
  if (const ScaledRegister* row = find_scaled(address)) {
    return share_of(supply_.settings().*row->field, ratings.*row->nominal);
  }
  const std::uint32_t state = device_state();
  switch (address) {
    case 505:
      return static_cast<std::uint16_t>(state >> 16U);
    case 506:
      return static_cast<std::uint16_t>(state);
    case 507:
      return share_of(supply_.measured().voltage_v, ratings.voltage_v);
    case 508:
      return share_of(supply_.measured().current_a, ratings.current_a);
    case 509:
      return share_of(supply_.measured().power_w, ratings.power_w);
    default:
      return std::nullopt;
  }
}

ModbusException PsbModbus::read_words(std::uint16_t address,
                                      std::uint16_t count,
                                      std::vector<std::uint16_t>& words) {
  for (std::uint16_t i = 0; i < count; ++i) {
    const auto value = word(static_cast<std::uint16_t>(address + i));
    if (!value) return ModbusException::IllegalAddress;
    words.push_back(*value);
  }
  return ModbusException::None;
}

ModbusException PsbModbus::write_words(std::uint16_t address,
                                       const std::vector<std::uint16_t>& words) {
  const ScaledRegister* row = find_scaled(address);
  if (row == nullptr || words.size() != 1) return ModbusException::IllegalAddress;
  const PsbRatings& ratings = supply_.ratings();
  const double value = words.front() / kFullScale * ratings.*row->nominal;
  PsbOutcome error = supply_.check_lock(connection_);
  if (error != 0) {
    supply_.log_refusal(row->meaning, value);
  } else {
    // The last step of the scale may lie a rounding error above the bound.
    const double most = highest(*row, supply_.settings(), ratings) * (1.0 + 0.5 / kFullScale);
    error = supply_.set(row->field, value, lowest(*row, supply_.settings()), most, row->meaning);
  }
  return exception_for(error);
}

ModbusException PsbModbus::read_bits(std::uint16_t address,
                                     std::uint16_t count,
                                     std::vector<bool>& bits) {
  if (count != 1) return ModbusException::IllegalAddress;
  switch (address) {
    case kRemote:
      bits.push_back(supply_.lock_owner() == "REMOTE");
      return ModbusException::None;
    case kOutput:
      bits.push_back(supply_.settings().output_on);
      return ModbusException::None;
    case kUirMode:
      bits.push_back(supply_.settings().mode == PsbMode::Uir);
      return ModbusException::None;
    default:
      return ModbusException::IllegalAddress;
  }
}

ModbusException PsbModbus::write_bits(std::uint16_t address, const std::vector<bool>& bits) {
  if (bits.size() != 1) return ModbusException::IllegalAddress;
  const bool on = bits.front();
  if (address == kRemote) {
    return exception_for(on ? supply_.take_lock(connection_) : supply_.give_lock(connection_));
  }
  if (address != kOutput && address != kUirMode && address != kAcknowledge) {
    return ModbusException::IllegalAddress;
  }
  if (const PsbOutcome error = supply_.check_lock(connection_)) return exception_for(error);
  if (address == kOutput) return exception_for(supply_.set_output(on));
  if (address == kUirMode) return exception_for(supply_.set_mode(on ? PsbMode::Uir : PsbMode::Uip));
  supply_.acknowledge();
  return ModbusException::None;
}

}  // namespace benchd::simulators
