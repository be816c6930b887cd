// Register addresses of the LabJack T7. Source: LabJack's public ljm_constants.json.
#pragma once

#include <cstdint>

namespace benchd::plugin::labjack_t7 {

// --- what it is ----------------------------------------------------------------------------------
inline constexpr int kTest = 55'100;  // u32: kTestValue, unless words are swapped on the way
inline constexpr std::uint32_t kTestValue = 0x00112233;
inline constexpr std::uint32_t kTestSwapped = 0x22330011;
inline constexpr int kProductId = 60'000;  // f32, then hardware (60002) and firmware (60004)
inline constexpr float kProductT7 = 7.0F;
inline constexpr int kSerialNumber = 60'028;  // u32
// u16: error number, then 55001 reserved, 55002 register, 55003 transaction.
inline constexpr int kLastErrorDetail = 55'000;

// --- analog inputs -------------------------------------------------------------------------------
inline constexpr int kAinCount = 14;  // AIN0..13, the terminals of the device itself
[[nodiscard]] constexpr int ain(int n) { return 2 * n; }                       // f32, V
[[nodiscard]] constexpr int ain_range(int n) { return 40'000 + 2 * n; }        // f32, V
[[nodiscard]] constexpr int ain_negative(int n) { return 41'000 + n; }         // u16
[[nodiscard]] constexpr int ain_resolution(int n) { return 41'500 + n; }       // u16
[[nodiscard]] constexpr int ain_settling_us(int n) { return 42'000 + 2 * n; }  // f32
[[nodiscard]] constexpr int ain_ef_index(int n) { return 9'000 + 2 * n; }      // u32
[[nodiscard]] constexpr int ain_ef_read_a(int n) { return 7'000 + 2 * n; }     // f32
[[nodiscard]] constexpr int ain_ef_config_a(int n) { return 9'300 + 2 * n; }   // u32, 0 = kelvin
inline constexpr std::uint16_t kSingleEnded = 199;
inline constexpr float kInvalidVolts = -9'999.0F;  // what it reads where it cannot convert

// --- digital lines -------------------------------------------------------------------------------
inline constexpr int kDioCount = 23;     // FIO0..7, EIO0..7, CIO0..3, MIO0..2
inline constexpr int kDioState = 2'800;  // u32, one bit a line; does not change directions
[[nodiscard]] constexpr int dio(int n) { return 2'000 + n; }  // u16; writing makes it an output
[[nodiscard]] constexpr int dio_ef_enable(int n) { return 44'000 + 2 * n; }    // u32
[[nodiscard]] constexpr int dio_ef_index(int n) { return 44'100 + 2 * n; }     // u32
[[nodiscard]] constexpr int dio_ef_clock(int n) { return 44'200 + 2 * n; }     // u32
[[nodiscard]] constexpr int dio_ef_config_a(int n) { return 44'300 + 2 * n; }  // u32
[[nodiscard]] constexpr int dio_ef_read_a_f(int n) { return 3'500 + 2 * n; }   // f32
inline constexpr std::uint32_t kEfPwmOut = 0;
inline constexpr std::uint32_t kEfFrequencyIn = 11;
inline constexpr int kClock0Enable = 44'900;   // u16
inline constexpr int kClock0Divisor = 44'901;  // u16
inline constexpr int kClock0Roll = 44'904;     // u32
inline constexpr double kCoreClockHz = 80e6;

// --- analog outputs ------------------------------------------------------------------------------
inline constexpr int kDacCount = 2;
[[nodiscard]] constexpr int dac(int n) { return 1'000 + 2 * n; }  // f32, V
inline constexpr double kDacMaxV = 5.0;

// --- watchdog ------------------------------------------------------------------------------------
inline constexpr int kWatchdogEnable = 61'600;
inline constexpr int kWatchdogTimeoutS = 61'604;
inline constexpr int kWatchdogStrictEnable = 61'610;
inline constexpr int kWatchdogStrictKey = 61'612;
inline constexpr int kWatchdogStrictClear = 61'614;  // write only
inline constexpr int kWatchdogResetEnable = 61'620;
inline constexpr int kWatchdogDioEnable = 61'630;
inline constexpr int kWatchdogDioState = 61'632;
inline constexpr int kWatchdogDioDirection = 61'634;
inline constexpr int kWatchdogDioInhibit = 61'636;
[[nodiscard]] constexpr int watchdog_dac_enable(int n) { return 61'640 + 10 * n; }
[[nodiscard]] constexpr int watchdog_dac_volts(int n) { return 61'642 + 10 * n; }  // f32

}  // namespace benchd::plugin::labjack_t7
