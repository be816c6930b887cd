// Pages of lists (AIP-158).
#pragma once

#include "daemon/base/result.hpp"
#include "daemon/store/queries.hpp"

namespace benchd::site {

inline constexpr int kDefaultPage = 100;
inline constexpr int kLargestPage = 1000;

// Any list request. INVALID_ARGUMENT for a negative size; a size that is too large is reduced.
template <typename Request>
[[nodiscard]] Result<store::PageRequest> page_of(const Request& request) {
  if (request.page_size() < 0) {
    return fail(Reason::InvalidArgument, "page_size: must not be negative");
  }
  const int size = request.page_size() == 0 ? kDefaultPage : request.page_size();
  return store::PageRequest{size < kLargestPage ? size : kLargestPage, request.page_token()};
}

}  // namespace benchd::site
