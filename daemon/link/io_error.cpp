#include "daemon/link/io_error.hpp"

#include <cerrno>
#include <cstring>

namespace benchd::link {

tl::unexpected<Error> io_error(const std::string& what, const std::filesystem::path& path) {
  const int number = errno;
  const auto reason =
      number == ENOSPC || number == EDQUOT ? Reason::DiskFull : Reason::StorageFailed;
  return fail(reason, what + " " + path.string() + ": " + std::strerror(number));
}

}  // namespace benchd::link
