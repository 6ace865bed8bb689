#include "broker/plane/shared_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "broker/launch/launcher.hpp"

#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010
#endif

namespace dragoman {
namespace {

[[noreturn]] void refused(const std::string& what) {
    throw LaunchError("no shared memory for " + what + ": " + std::generic_category().message(errno));
}

}  // namespace

SharedFile::SharedFile(const std::string& name, std::size_t bytes, For script) : bytes_(bytes) {
    descriptor_ = Descriptor(memfd_create(("dragoman:" + name).c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!descriptor_ || fchmod(descriptor_.get(), S_IRUSR | S_IWUSR) != 0 ||
        ftruncate(descriptor_.get(), static_cast<off_t>(bytes)) != 0)
        refused(name);
    void* const mapped = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor_.get(), 0);
    if (mapped == MAP_FAILED) refused(name);
    data_ = static_cast<std::byte*>(mapped);
    const int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL | (script == For::reading ? F_SEAL_FUTURE_WRITE : 0);
    if (fcntl(descriptor_.get(), F_ADD_SEALS, seals) != 0) {
        munmap(mapped, bytes);
        refused(name);
    }
    madvise(mapped, bytes, MADV_DONTDUMP);
}

SharedFile::~SharedFile() {
    if (data_ != nullptr) munmap(data_, bytes_);
}

SharedFile::SharedFile(SharedFile&& other) noexcept
    : descriptor_(std::move(other.descriptor_)),
      data_(std::exchange(other.data_, nullptr)),
      bytes_(std::exchange(other.bytes_, 0)) {}

SharedFile& SharedFile::operator=(SharedFile&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    return *this;
}

Descriptor for_reading(int descriptor) {
    Descriptor opened(open(("/proc/self/fd/" + std::to_string(descriptor)).c_str(), O_RDONLY | O_CLOEXEC));
    if (!opened) refused("a reader (the broker needs /proc)");
    return opened;
}

}  // namespace dragoman
