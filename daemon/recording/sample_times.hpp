// The samples of a block one by one.
#pragma once

#include "benchd/link/v1/link.pb.h"

#include "daemon/base/clock.hpp"

namespace benchd::recording {

// visit(elapsed, value, quality) for each sample in order.
template <typename Visitor>
void for_each_sample(const link::v1::SampleBlock& block, Visitor&& visit) {
  int run = 0;
  int left_in_run = block.quality_size() > 0 ? block.quality(0).count() : 0;
  for (int i = 0; i < block.values_size(); ++i) {
    auto quality = link::v1::QUALITY_GOOD;
    while (run < block.quality_size() && left_in_run == 0) {
      if (++run < block.quality_size()) left_in_run = block.quality(run).count();
    }
    if (run < block.quality_size()) {
      quality = block.quality(run).quality();
      --left_in_run;
    }
    const auto offset = block.interval_ns() != 0      ? block.interval_ns() * i
                        : i < block.offsets_ns_size() ? block.offsets_ns(i)
                                                      : 0;
    visit(Nanoseconds{block.start_elapsed_ns() + offset}, block.values(i), quality);
  }
}

}  // namespace benchd::recording
