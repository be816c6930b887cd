#include "daemon/config/source_map.hpp"

namespace benchd::config {
namespace {

TEST(SourceMapTest, WhatWasNotWrittenIsFoundAtTheThingAroundIt) {
  SourceMap map{"f.yaml"};
  map.add("", {"f.yaml", 1, 1});
  map.add("steps[2]", {"f.yaml", 7, 5});
  EXPECT_EQ(map.find("steps[2].set.writes[0].value").to_string(), "f.yaml:7:5");
  EXPECT_EQ(map.find("cleanup[0]").to_string(), "f.yaml:1:1");
  EXPECT_TRUE(map.contains("steps[2]"));
  EXPECT_FALSE(map.contains("steps[2].set"));
  EXPECT_EQ(SourceMap{"g.yaml"}.find("a.b").to_string(), "g.yaml");
}

TEST(SourceMapTest, APartHasPathsFromItsOwnRoot) {
  SourceMap map{"f.yaml"};
  map.add("sequence", {"f.yaml", 2, 1});
  map.add("sequence.steps[0]", {"f.yaml", 3, 5});
  map.add("sequences", {"f.yaml", 9, 9});
  const auto part = map.below("sequence");
  EXPECT_EQ(part.find("steps[0].hold").to_string(), "f.yaml:3:5");
  EXPECT_EQ(part.find("limits").to_string(), "f.yaml:2:1");
  EXPECT_FALSE(part.contains("s"));
}

}  // namespace
}  // namespace benchd::config
