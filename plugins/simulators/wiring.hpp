// How the simulated thrust stand is wired: which quantity arrives at which terminal, and with what
// scale. Station configs repeat these numbers; plugins/simulators/README.md lists them.
//
// All are choices of this bench, not data-sheet values, except where a source is named.
#pragma once

#include <cstdint>

namespace benchd::simulators::wiring {

// --- LabJack T7, analog inputs -------------------------------------------------------------------
// Bridges: 2 mV/V at 5 V excitation is 10 mV at full scale; an instrumentation amplifier of gain
// 201 (LabJack LJTick-InAmp's highest setting) makes that 2.01 V, read differentially.
inline constexpr double kBridgeSensitivity = 2e-3;  // V/V at full scale
inline constexpr double kBridgeExcitationV = 5.0;
inline constexpr double kBridgeGain = 201.0;
inline constexpr double kStandardGravity = 9.80665;                  // m/s2, exact
inline constexpr double kThrustFullScaleN = 5.0 * kStandardGravity;  // 5 kgf = 49.03325 N
inline constexpr double kTorqueFullScaleNm = 2.0;
inline constexpr double kBridgeFullScaleV =
    kBridgeSensitivity * kBridgeExcitationV * kBridgeGain;                          // 2.01 V
inline constexpr double kThrustVoltPerN = kBridgeFullScaleV / kThrustFullScaleN;    // 0.0409926
inline constexpr double kTorqueVoltPerNm = kBridgeFullScaleV / kTorqueFullScaleNm;  // 1.005

inline constexpr int kThrustAin = 0;                 // differential, negative channel AIN1
inline constexpr int kTorqueAin = 2;                 // differential, negative channel AIN3
inline constexpr int kBusCurrentAin = 4;             // Hall sensor, single-ended, 0 V at 0 A
inline constexpr double kBusCurrentVoltPerA = 0.08;  // 60 A gives 4.8 V
inline constexpr int kBusVoltageAin = 5;  // divider 1:10, single-ended, behind the contactor
inline constexpr double kBusVoltageVoltPerV = 0.1;  // 60 V gives 6.0 V
inline constexpr int kMotorThermocoupleAin = 6;     // type K: AIN6_EF_INDEX = 22, READ_A in kelvin

// --- LabJack T7, digital lines -------------------------------------------------------------------
inline constexpr int kPwmDio = 0;  // servo pulse to the ESC, DIO_EF index 0 (PWM out)
inline constexpr int kRpmDio = 1;  // optical pick-up, DIO_EF index 11 (frequency in)
inline constexpr double kPulsesPerRevolution = 1.0;
inline constexpr int kEstopSenseDio = 4;  // FIO4: 1 = loop closed (healthy)

// --- ADAM-6050: inputs are normally-closed loops, 1 = healthy ------------------------------------
inline constexpr int kEstopADi = 0;
inline constexpr int kEstopBDi = 1;
inline constexpr int kGuardDi = 2;
inline constexpr int kDoorDi = 3;
inline constexpr int kContactorAuxDi = 4;  // auxiliary contact, 1 = bus contactor closed
// Enable relay. The contactor closes only with DO0 on AND both E-stop loops closed: that is wired,
// no software is in the way.
inline constexpr int kEnableDo = 0;

}  // namespace benchd::simulators::wiring
