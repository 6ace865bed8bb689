#include "ecs/arena.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <utility>

#include "ecs/layout.hpp"

#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010
#endif

namespace dragoman::ecs {

namespace {

constexpr std::size_t smallest_capacity = 1 << 20;
constexpr std::size_t largest_step = 64 << 20;

std::size_t page_size() {
    static const auto size = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    return size;
}

std::size_t whole_pages(std::size_t bytes) { return (bytes + page_size() - 1) / page_size() * page_size(); }

/// Growing a file past this limit would not fail but kill the broker with a signal.
std::size_t largest_file() {
    rlimit limit{};
    if (getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return SIZE_MAX;
    return limit.rlim_cur;
}

/// Maps the file so that the number of its first page ends with `place` of `places`. The first cache of AMD's
/// processors guesses from address bits 12 to 27 where a line is: columns that are alike in these cost a quarter of the
/// speed.
void* map_at(int descriptor, std::size_t capacity, std::size_t place) {
    constexpr std::size_t places = 64;
    const auto spare = places * page_size();
    auto* all = mmap(nullptr, capacity + spare, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (all == MAP_FAILED) return all;
    const auto page = reinterpret_cast<std::uintptr_t>(all) / page_size();
    const auto before = (place + places - page % places) % places * page_size();
    auto* first = static_cast<std::byte*>(all);
    auto* mapped = mmap(first + before, capacity, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, descriptor, 0);
    if (mapped == MAP_FAILED) {
        munmap(all, capacity + spare);
        return mapped;
    }
    if (before) munmap(first, before);
    munmap(first + before + capacity, spare - before);
    return mapped;
}

[[noreturn]] void refused(int descriptor, const std::string& name) {
    const auto reason = std::string(std::strerror(errno));
    if (descriptor >= 0) close(descriptor);
    throw Error(ErrorCode::denied, "no shared memory for " + name + ": " + reason);
}

}  // namespace

Arena::Arena(const std::string& name, std::size_t capacity, Budget& budget, std::size_t start, bool sealed)
    : start_(start), used_(start), budget_(budget) {
    const auto shown = "dragoman:" + name;
    const int descriptor = memfd_create(shown.c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (descriptor < 0 || fchmod(descriptor, S_IRUSR | S_IWUSR) != 0) refused(descriptor, name);

    const auto page = page_size();
    capacity = std::max(std::min(capacity, largest_file()) / page * page, page);
    const auto place = start / slice_alignment;
    void* mapped = map_at(descriptor, capacity, place);
    while (mapped == MAP_FAILED && capacity > smallest_capacity) {
        capacity = capacity / 2 / page * page;
        mapped = map_at(descriptor, capacity, place);
    }
    if (mapped == MAP_FAILED) refused(descriptor, name);
    if (ftruncate(descriptor, static_cast<off_t>(page)) != 0 ||
        fcntl(descriptor, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_SEAL | (sealed ? F_SEAL_FUTURE_WRITE : 0)) != 0) {
        munmap(mapped, capacity);
        refused(descriptor, name);
    }
    madvise(mapped, capacity, MADV_DONTDUMP);  // else a core dump reads through all the holes
    descriptor_ = descriptor;
    data_ = static_cast<std::byte*>(mapped);
    capacity_ = capacity;
    file_bytes_ = page;
}

Arena::~Arena() {
    munmap(data_, capacity_);
    close(descriptor_);
    budget_.give(used_ - start_);
}

void Arena::take(std::size_t bytes) {
    if (bytes > capacity_ - used_)
        throw Error(ErrorCode::denied,
                    "the world is full: a component may hold " + std::to_string(capacity_) + " bytes");
    budget_.take(bytes);
    try {
        extend_file(used_ + bytes);
    } catch (...) {
        budget_.give(bytes);
        throw;
    }
    used_ += bytes;
}

void Arena::extend_file(std::size_t bytes) {
    if (bytes <= file_bytes_) return;
    const auto step = std::min(file_bytes_, largest_step);
    const auto wanted = std::min(whole_pages(std::max(bytes, file_bytes_ + step)), capacity_);
    if (wanted > largest_file())
        throw Error(ErrorCode::denied, "the world is full: a file may hold " + std::to_string(largest_file()) +
                                           " bytes here, and a component's wants " + std::to_string(wanted));
    // Somebody who writes it may have made it longer, where nothing kept him from that; it cannot be shrunk.
    struct stat known {};
    const bool is_longer = fstat(descriptor_, &known) == 0 && known.st_size >= static_cast<off_t>(wanted);
    if (!is_longer && ftruncate(descriptor_, static_cast<off_t>(wanted)) != 0)
        throw Error(ErrorCode::denied, "no more shared memory for a component: " + std::string(std::strerror(errno)));
    file_bytes_ = wanted;
}

Slice Arena::allocate(std::size_t bytes) {
    const auto power = std::bit_width(std::max(bytes, slice_alignment) - 1);
    const auto size = std::size_t{1} << power;
    if (auto& free = free_[power]; !free.empty()) {
        const auto offset = free.back();
        free.pop_back();
        return {offset, size};
    }
    const auto offset = used_;
    take(size);
    return {offset, size};
}

void Arena::release(Slice slice) {
    if (slice.bytes) free_[std::bit_width(slice.bytes - 1)].push_back(slice.offset);
}

Slice Arena::grow(Slice slice, std::size_t kept, std::size_t bytes) {
    if (slice.bytes && slice.offset + slice.bytes == used_) {
        const auto size = std::bit_ceil(std::max(bytes, slice.bytes));
        take(size - slice.bytes);
        return {slice.offset, size};
    }
    const auto grown = allocate(bytes);
    if (kept) std::memcpy(at(grown), at(slice), kept);
    release(slice);
    return grown;
}

void Arena::reset() {
    // A sealed file cannot be punched: then it keeps its memory.
    if (fallocate(descriptor_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(file_bytes_)) != 0)
        std::memset(data_, 0, used_);
    budget_.give(std::exchange(used_, start_) - start_);
    for (auto& offsets : free_) offsets.clear();
}

}  // namespace dragoman::ecs
