#include "plugins/sdk/src/device_lock.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace benchd::plugin::detail {

namespace {

// Every address another name: letters and digits stay, all else becomes %XX.
std::string file_name(const std::string& address) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string name;
  for (const char letter : address) {
    const auto byte = static_cast<unsigned char>(letter);
    const bool plain = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
                       (byte >= 'A' && byte <= 'Z') || byte == '.' || byte == '-';
    if (plain) {
      name += letter;
    } else {
      name += '%';
      name += kHex[byte >> 4U];
      name += kHex[byte & 15U];
    }
  }
  return name + ".lock";
}

}  // namespace

Result<DeviceLock> DeviceLock::acquire(const std::string& folder, const std::string& address) {
  if (folder.empty()) return fail(reason::kConfigInvalid, "no folder for device locks was given");
  const std::string path = folder + "/" + file_name(address);
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) {
    return fail(reason::kConfigInvalid, path + ": " + std::strerror(errno));
  }
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    const int error = errno;
    ::close(descriptor);
    if (error != EWOULDBLOCK)
      return fail(reason::kConfigInvalid, path + ": " + std::strerror(error));
    return fail(reason::kDeviceInUse, "another process drives " + address + " (" + path + ")");
  }
  return DeviceLock(descriptor);
}

DeviceLock::~DeviceLock() {
  // The file stays: removing it would let two processes lock two files of one name.
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace benchd::plugin::detail
