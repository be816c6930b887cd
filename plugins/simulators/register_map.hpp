// The registers of a Modbus device with mixed widths, as the LabJack T7 has them: each has an
// address, a width of one or two words (high word first), and what reading and writing it does.
//
// A request must cover whole registers that lie side by side. Writes are carried out one register
// at a time; the first that fails ends the request.
#pragma once

#include <bit>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace benchd::simulators {

// A device error number; 0 for none. The meaning is the device's.
using DeviceError = int;

class RegisterMap {
 public:
  enum class Type { U16, U32, F32 };
  using Read = std::function<DeviceError(std::uint32_t& value)>;
  using Write = std::function<DeviceError(std::uint32_t value)>;
  // Told of each register written: its name, the value, and the error.
  using Observer = std::function<void(const std::string&, double, DeviceError)>;

  enum class Outcome { Done, NoSuchAddress, ReadOnly, NotWhole, Failed };
  struct Result {
    Outcome outcome = Outcome::Done;
    DeviceError error = 0;  // for Failed
  };

  // Either function may be empty: the register then cannot be read (reads as 0) or written.
  void add(std::uint16_t address, Type type, std::string name, Read read, Write write = {});
  // A plain variable of the device behind the register.
  void add_u16(std::uint16_t address, std::string name, std::uint16_t& variable);
  void add_u32(std::uint16_t address, std::string name, std::uint32_t& variable);
  void add_f32(std::uint16_t address, std::string name, float& variable);
  void add_constant(std::uint16_t address, Type type, std::string name, std::uint32_t value);
  void add_f32_reader(std::uint16_t address, std::string name, std::function<double()> read);
  // Two characters a word, padded with zeros.
  void add_text(std::uint16_t address, std::uint16_t words, std::string name, std::string text);

  void on_write(Observer observer) { observer_ = std::move(observer); }

  Result read(std::uint16_t address, std::uint16_t count, std::vector<std::uint16_t>& words) const;
  Result write(std::uint16_t address, const std::vector<std::uint16_t>& words);

 private:
  struct Register {
    Type type;
    std::string name;
    Read read;
    Write write;
    [[nodiscard]] std::uint16_t words() const { return type == Type::U16 ? 1 : 2; }
  };
  DeviceError write_one(const Register& entry, std::uint32_t value);

  std::map<std::uint16_t, Register> registers_;
  Observer observer_;
};

[[nodiscard]] inline std::uint32_t float_bits(double value) {
  return std::bit_cast<std::uint32_t>(static_cast<float>(value));
}
[[nodiscard]] inline double bits_float(std::uint32_t bits) {
  return static_cast<double>(std::bit_cast<float>(bits));
}

// Where the block of channel `n` begins, of blocks of `step` registers from `base` on.
[[nodiscard]] constexpr std::uint16_t nth_register(int base, int n, int step) {
  return static_cast<std::uint16_t>(base + n * step);
}

}  // namespace benchd::simulators
