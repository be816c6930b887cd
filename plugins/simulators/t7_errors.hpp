// Error numbers that the T7 puts into LAST_ERR_DETAIL.
//
// From LabJack's public list (ljm_constants.json), except those marked: there the list at hand
// gave only the range that the number lies in.
#pragma once

namespace benchd::simulators::t7_error {

inline constexpr int kIllegalAddress = 2304;  // number not verified
inline constexpr int kReadOnly = 2305;        // number not verified
inline constexpr int kReadTooLarge = 2314;
inline constexpr int kEvenRegisterCountNeeded = 2315;
inline constexpr int kBadRange = 2370;
inline constexpr int kBadNegativeChannel = 2373;
inline constexpr int kBadResolution = 2375;
inline constexpr int kDioEfClockOff = 2554;       // number not verified, range 2554..2566
inline constexpr int kDioEfPinUnsuitable = 2555;  // number not verified
inline constexpr int kDioEfIndexUnknown = 2556;   // number not verified
inline constexpr int kDioEfClockBusy = 2560;      // number not verified
inline constexpr int kDioEfBadDivisor = 2561;     // number not verified
inline constexpr int kDioEfValueAbovePeriod = 2565;
inline constexpr int kDioEfIndexWhileEnabled = 2566;
inline constexpr int kAinEfIndexUnknown = 2580;  // number not verified
inline constexpr int kEfInactive = 2583;
inline constexpr int kWatchdogTimeoutTooShort = 2670;
inline constexpr int kWatchdogEnabled = 2671;
inline constexpr int kWatchdogBadKey = 2672;  // number not verified

}  // namespace benchd::simulators::t7_error
