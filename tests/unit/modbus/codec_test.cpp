// Registers as numbers, and which requests bring them.
#include "plugins/modbus/codec.hpp"

#include <gtest/gtest.h>
#include <limits>
#include <random>

#include "plugins/modbus/plan.hpp"

namespace benchd::plugin::modbus {
namespace {

using transport::ModbusTable;
using Words = std::vector<std::uint16_t>;

TEST(ModbusCodecTest, DocumentedNumbersHaveTheDocumentedWords) {
  EXPECT_EQ(words_of({.type = Type::Float32}, 0.01), (Words{0x3C23, 0xD70A}));
  EXPECT_EQ(words_of({.type = Type::Float32}, 7.0), (Words{0x40E0, 0x0000}));
  EXPECT_EQ(words_of({.type = Type::Uint32}, 120'000), (Words{0x0001, 0xD4C0}));
  EXPECT_EQ(words_of({.type = Type::Uint32, .order = WordOrder::LowFirst}, 120'000),
            (Words{0xD4C0, 0x0001}));
  EXPECT_EQ(words_of({.type = Type::Int16}, -2), (Words{0xFFFE}));
  // EA: 0xCCCC is 100 % of 60 V.
  EXPECT_EQ(words_of({.type = Type::Uint16, .scale = 60.0 / 0xCCCC}, 14.8), (Words{0x3284}));
}

TEST(ModbusCodecTest, WhatDoesNotFitIsNotWritten) {
  EXPECT_FALSE(words_of({.type = Type::Uint16}, 65'536));
  EXPECT_FALSE(words_of({.type = Type::Uint16}, -1));
  EXPECT_FALSE(words_of({.type = Type::Int16}, 32'768));
  EXPECT_FALSE(words_of({.type = Type::Uint32}, 4'294'967'296.0));
  EXPECT_FALSE(words_of({.type = Type::Float32}, 1e39));
  EXPECT_FALSE(words_of({.type = Type::Uint16}, std::numeric_limits<double>::quiet_NaN()));
}

TEST(ModbusCodecTest, EveryNumberThatFitsComesBackWithinOneStep) {
  std::mt19937 random(11);  // NOLINT: the seed is fixed on purpose
  for (const Type type : {Type::Uint16, Type::Int16, Type::Uint32, Type::Int32}) {
    for (const WordOrder order : {WordOrder::HighFirst, WordOrder::LowFirst}) {
      for (const double scale : {1.0, 0.1, -2.5}) {
        const Encoding encoding{type, order, scale, -3.0};
        std::uniform_real_distribution<double> values(encoding.least(), encoding.greatest());
        for (int i = 0; i < 500; ++i) {
          const double value = values(random);
          const auto words = words_of(encoding, value);
          ASSERT_TRUE(words) << value;
          EXPECT_NEAR(reading_of_words(encoding, *words).value, value, std::abs(scale) * 0.51);
        }
      }
    }
  }
}

TEST(ModbusCodecTest, AFloatThatIsNoNumberIsMarked) {
  EXPECT_EQ(reading_of_words({.type = Type::Float32}, Words{0x7FC0, 0}).quality, Quality::Bad);
  EXPECT_EQ(reading_of_words({.type = Type::Float32}, Words{0x7F80, 0}).quality,
            Quality::Overrange);
}

Item word(int address) { return {ModbusTable::HoldingRegister, address, {}}; }
Item floating(int address) {
  return {ModbusTable::HoldingRegister, address, {.type = Type::Float32}};
}
Item coil(int address) { return {ModbusTable::Coil, address, {.type = Type::Bit}}; }

TEST(ModbusPlanTest, NeighboursShareARequestAndGapsDoNot) {
  const std::vector<Item> items = {floating(4), word(0), word(1), floating(2), word(7), coil(0)};
  const std::vector<Block> expected = {{ModbusTable::Coil, 0, 1},
                                       {ModbusTable::HoldingRegister, 0, 6},
                                       {ModbusTable::HoldingRegister, 7, 1}};
  EXPECT_EQ(plan_reads(items), expected);
}

TEST(ModbusPlanTest, TheProtocolsLimitIsKeptAndNoValueIsSplit) {
  std::vector<Item> items = {word(0)};
  for (int i = 0; i < 80; ++i) items.push_back(floating(1 + 2 * i));
  const auto blocks = plan_reads(items);
  ASSERT_EQ(blocks.size(), 2U);
  EXPECT_EQ(blocks[0].count, 125);
  for (const Item& item : items) {
    EXPECT_EQ(std::ranges::count_if(blocks, [&](const Block& b) { return b.holds(item); }), 1);
  }
  std::vector<Item> bits;
  for (int i = 0; i < 2'001; ++i) bits.push_back(coil(i));
  EXPECT_EQ(plan_reads(bits).front().count, 2'000);
}

TEST(ModbusPlanTest, TheSameValueTwiceIsReadOnce) {
  const std::vector<Item> items = {word(3), word(3)};
  EXPECT_EQ(plan_reads(items).size(), 1U);
}

}  // namespace
}  // namespace benchd::plugin::modbus
