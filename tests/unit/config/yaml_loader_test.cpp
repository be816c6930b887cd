#include "daemon/config/yaml_loader.hpp"

#include "benchd/config/v1/profile.pb.h"
#include "benchd/config/v1/sequence.pb.h"
#include "benchd/config/v1/site.pb.h"
#include "benchd/config/v1/station.pb.h"

namespace benchd::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

template <typename Message>
struct Read {
  Message message;
  SourceMap places;
  std::vector<std::string> said;
};

template <typename Message>
Read<Message> read(std::string_view text) {
  Read<Message> result;
  Diagnostics diagnostics;
  load_yaml(text, "f.yaml", result.message, result.places, diagnostics);
  for (const auto& diagnostic : diagnostics) result.said.push_back(diagnostic.to_string());
  return result;
}

TEST(YamlText, AListWithKeysMayBeAMappingInTheOrderOfTheFile) {
  const auto mapping = read<v1::Tenant>("members:\n  zoe: {roles: [viewer]}\n  anna:\n");
  EXPECT_THAT(mapping.said, ElementsAre());
  ASSERT_EQ(mapping.message.members_size(), 2);
  EXPECT_EQ(mapping.message.members(0).name(), "zoe");
  EXPECT_EQ(mapping.message.members(0).roles(0), v1::ROLE_VIEWER);
  EXPECT_EQ(mapping.message.members(1).name(), "anna");

  const auto list =
      read<v1::Tenant>("members:\n  - {name: zoe, roles: [viewer]}\n  - name: anna\n");
  EXPECT_THAT(list.said, ElementsAre());
  EXPECT_EQ(list.message.SerializeAsString(), mapping.message.SerializeAsString());
}

TEST(YamlText, AMessageMayBeWrittenInShort) {
  const auto steps = read<v1::Sequence>(
      "name: s\ntime_limit: 1 h\nsteps:\n"
      "  - hold: 2 s\n"
      "  - set: {throttle: 0 %, output: on}\n"
      "  - set: {writes: {throttle: 5 %}}\n"
      "  - set: {writes: [{channel: throttle, value: 7 %}]}\n");
  EXPECT_THAT(steps.said, ElementsAre());
  EXPECT_EQ(steps.message.steps(0).hold().duration(), "2 s");
  EXPECT_EQ(steps.message.steps(1).set().writes(1).channel(), "output");
  EXPECT_EQ(steps.message.steps(1).set().writes(1).value(), "on");
  EXPECT_EQ(steps.message.steps(2).set().writes(0).value(), "5 %");
  EXPECT_EQ(steps.message.steps(3).set().writes(0).value(), "7 %");
  EXPECT_EQ(steps.places.find("steps[0].hold.duration").to_string(), "f.yaml:4:11");
  EXPECT_EQ(steps.places.find("steps[1].set.writes[1].value").to_string(), "f.yaml:5:34");
  EXPECT_EQ(steps.places.find("steps[1].set.writes[1].channel").to_string(), "f.yaml:5:26");
}

TEST(YamlText, AnUnknownKeyNamesTheClosestKnownOne) {
  EXPECT_THAT(read<v1::Member>("name: x\nrols: [viewer]\n").said,
              ElementsAre("f.yaml:2:1  unknown key \"rols\", did you mean \"roles\"?"));
  EXPECT_THAT(read<v1::Member>("zzz: 1\n").said,
              ElementsAre("f.yaml:1:1  unknown key \"zzz\"; known are name, roles"));
}

TEST(YamlText, ADuplicateKeyIsRefusedAndNamesTheFirst) {
  EXPECT_THAT(read<v1::Member>("name: a\nname: b\n").said,
              ElementsAre("f.yaml:2:1  duplicate key \"name\", first given in line 1"));
  EXPECT_THAT(read<v1::Tenant>("members:\n  - name: a\n  - name: a\n").said,
              ElementsAre("f.yaml:3:5  name \"a\" is given twice"));
}

TEST(YamlText, ExactlyOneKindOfStepIsAllowed) {
  EXPECT_THAT(read<v1::Step>("hold: 2 s\nlog: x\n").said,
              ElementsAre("f.yaml:2:1  \"log\" besides \"hold\", only one is allowed here"));
  EXPECT_THAT(read<v1::Step>("name: x\n").said,
              ElementsAre(HasSubstr("exactly one of set, ramp, hold")));
}

TEST(YamlText, ValuesOfAWrongTypeAreRefused) {
  EXPECT_THAT(read<v1::Limit>("channel: x\naction: safestate\n").said,
              ElementsAre("f.yaml:2:9  action: unknown value \"safestate\", did you mean "
                          "\"safe_state\"?"));
  EXPECT_THAT(read<v1::Limit>("channel: x\naction: LIMIT_ACTION_WARN\n").said,
              ElementsAre(HasSubstr("one of warn, abort, safe_state is expected")));
  EXPECT_THAT(read<v1::Need>("unit: N\nwrite: yes\n").said,
              ElementsAre("f.yaml:2:8  write: \"yes\" is neither true nor false"));
  EXPECT_THAT(read<v1::FaultBit>("bit: 1.5\nmeaning: x\n").said,
              ElementsAre("f.yaml:1:6  bit: \"1.5\" is no whole number"));
  EXPECT_THAT(read<v1::FaultBit>("bit: 99999999999\nmeaning: x\n").said,
              ElementsAre(HasSubstr("too large")));
  EXPECT_THAT(read<v1::FaultBit>("bit: 0x1F\nmeaning: x\n").said, ElementsAre());
  EXPECT_THAT(read<v1::ModbusExpect>("equals: many\n").said,
              ElementsAre(HasSubstr("\"many\" is no plain number")));
  EXPECT_THAT(read<v1::Need>("unit: [N, V]\n").said,
              ElementsAre(HasSubstr("put it in quotes: \"[N, V]\"")));
  EXPECT_THAT(read<v1::Tenant>("members: anna\n").said,
              ElementsAre(HasSubstr("members: a list is expected")));
  EXPECT_THAT(read<v1::Tenant>("title:\n").said,
              ElementsAre("f.yaml:1:1  title: the value is missing"));
}

TEST(YamlText, QuantitiesAreCheckedAgainstTheirUnit) {
  EXPECT_THAT(read<v1::Need>("unit: N\nrate: 5 s\n").said,
              ElementsAre("f.yaml:2:7  rate: unit \"s\" is a time, did you mean \"Hz\"?"));
  EXPECT_THAT(read<v1::Need>("unit: N\nrate: 100\n").said,
              ElementsAre("f.yaml:2:7  rate: \"100\" has no unit, write \"100 Hz\""));
}

TEST(YamlText, WhatIsMissingIsNamedAtTheThingThatLacksIt) {
  EXPECT_THAT(read<v1::Sequence>("name: s\ntime_limit: 1 s\nsteps:\n  - ramp: {channel: x}\n").said,
              ElementsAre("f.yaml:4:5  \"to\" is missing", "f.yaml:4:5  \"rate\" is missing"));
  EXPECT_THAT(read<v1::Sequence>("name: s\ntime_limit: 1 s\nsteps: []\n").said,
              ElementsAre("f.yaml:3:8  \"steps\" must not be empty"));
  EXPECT_THAT(read<v1::Need>("unit: ''\n").said,
              ElementsAre("f.yaml:1:7  \"unit\" must not be empty"));
}

TEST(YamlText, AliasesAnchorsTagsAndSecondDocumentsAreRefused) {
  EXPECT_THAT(read<v1::Tenant>("name: &a x\ntitle: *a\n").said,
              testing::Contains("f.yaml:2:8  an alias (*…) is not allowed, write the value out"));
  EXPECT_THAT(read<v1::Tenant>("name: &a x\n").said,
              ElementsAre("f.yaml:1:7  an anchor (&…) is not allowed"));
  EXPECT_THAT(read<v1::Tenant>("name: !!str x\n").said, ElementsAre(HasSubstr("a tag")));
  EXPECT_THAT(read<v1::Tenant>("name: x\n---\nname: y\n").said,
              ElementsAre(HasSubstr("a second document")));
  EXPECT_THAT(read<v1::Tenant>("? [a, b]\n: x\n").said,
              ElementsAre(HasSubstr("a key must be a single word")));
}

TEST(YamlText, WhatIsNoYamlIsOneRemarkWithItsPlace) {
  EXPECT_THAT(read<v1::Tenant>("name: [x\n").said, ElementsAre(HasSubstr("not YAML")));
  EXPECT_THAT(read<v1::Tenant>("").said, ElementsAre("f.yaml:1:1  the file is empty"));
  EXPECT_THAT(read<v1::Tenant>("# nothing\n").said, ElementsAre(HasSubstr("f.yaml:")));
  EXPECT_THAT(read<v1::Tenant>("just text\n").said,
              ElementsAre(HasSubstr("a mapping with the keys name, title, members")));
}

TEST(YamlText, TabsControlCharactersAndOtherEncodingsAreRefused) {
  EXPECT_THAT(read<v1::Tenant>("members:\n\tanna:\n").said,
              ElementsAre(HasSubstr("f.yaml:2:1  a tab")));
  EXPECT_THAT(read<v1::Tenant>("name: a\x01\n").said,
              ElementsAre("f.yaml:1:8  a control character (0x01)"));
  EXPECT_THAT(read<v1::Tenant>("title: caf\xe9\n").said,
              ElementsAre("f.yaml:1:11  not UTF-8; save the file as UTF-8"));
  // Overlong, surrogate, beyond U+10FFFF.
  for (const auto* wrong : {"\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82"}) {
    EXPECT_THAT(read<v1::Tenant>(wrong).said, ElementsAre(HasSubstr("not UTF-8")));
  }
}

TEST(YamlText, ColumnsCountCharactersNotBytes) {
  EXPECT_THAT(read<v1::Tenant>("{title: Käfer µ, rols: 1}\n").said,
              ElementsAre(HasSubstr("f.yaml:1:18  unknown key")));
}

TEST(YamlText, ThingsTooDeepOrTooLargeAreRefused) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + "x" + std::string(depth, ']');
  };
  EXPECT_THAT(read<v1::Tenant>(nested(32)).said, ElementsAre(HasSubstr("a mapping")));
  EXPECT_THAT(read<v1::Tenant>(nested(33)).said,
              ElementsAre("f.yaml:1:33  nested more than 32 deep"));
  EXPECT_THAT(read<v1::Tenant>(std::string(200'000, '[')).said, ElementsAre(HasSubstr("nested")));
  EXPECT_THAT(read<v1::Tenant>(std::string(200'000, '{')).said, ElementsAre(HasSubstr("nested")));
  EXPECT_THAT(read<v1::Tenant>("name: " + std::string(1 << 20, 'x')).said,
              ElementsAre(HasSubstr("at most 1 MiB")));
}

TEST(YamlText, AFileFullOfMistakesEndsAfterAHundredRemarks) {
  std::string text;
  for (int i = 0; i < 5'000; ++i) text += "key" + std::to_string(i) + ": 1\n";
  EXPECT_EQ(read<v1::Tenant>(text).said.size(), 100U);
}

TEST(YamlText, AllMistakesAreReportedAtOnceInTheOrderOfTheFile) {
  EXPECT_THAT(
      read<v1::Tenant>("titel: x\nmembers:\n  anna: {roles: [boss], name: y}\n  bo: 3\n").said,
      ElementsAre("f.yaml:1:1  unknown key \"titel\", did you mean \"title\"?",
                  HasSubstr("f.yaml:3:18  member \"anna\": roles: unknown value \"boss\""),
                  "f.yaml:3:25  member \"anna\": \"name\" is already given by the key above",
                  HasSubstr("f.yaml:4:7  member \"bo\": a mapping with the keys")));
}

}  // namespace
}  // namespace benchd::config
