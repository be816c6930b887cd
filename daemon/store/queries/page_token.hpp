// Page tokens: the name of the page's last item, in hex, so that nobody takes it for an interface.
// A query looks the item up again under the caller's own filter.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "daemon/base/result.hpp"
#include "daemon/store/queries.hpp"

namespace benchd::store::detail {

inline constexpr int kLargestPage = 1000;

[[nodiscard]] inline int page_size(const PageRequest& page) {
  return page.size <= 0 ? 100 : std::min(page.size, kLargestPage);
}

[[nodiscard]] std::string to_token(const std::string& name);
[[nodiscard]] Error bad_token();
// Empty for the first page. INVALID_ARGUMENT.
[[nodiscard]] Result<std::string> from_token(const std::string& token);

// Of `size` + 1 items read: at most `size`, and the token if there was one more.
template <typename T, typename Name>
Page<T> to_page(std::vector<T> items, int size, Name name) {
  Page<T> page{.items = std::move(items)};
  if (std::ssize(page.items) > size) {
    page.items.resize(static_cast<std::size_t>(size));
    page.next_token = to_token(name(page.items.back()));
  }
  return page;
}

}  // namespace benchd::store::detail
