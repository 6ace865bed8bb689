// operator new and delete with free lists for small sizes: a scene as nlohmann's json is some thousand small pieces
// that come and go with every tick, and half of the time went to malloc. The lists live in a fixed region; when it is
// used up, or for big sizes, malloc serves. What one thread frees is that thread's to use again; what a thread leaves
// behind stays lost, so the worst that can be lost is the region. All weak: a script that brings its own operators
// keeps them.
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace {

constexpr std::size_t region_bytes = 32 << 20;
constexpr std::size_t span_bytes = 16 << 10;
constexpr std::size_t span_count = region_bytes / span_bytes;
constexpr std::size_t grain = 16;
constexpr std::size_t largest = 512;

struct Piece {
    Piece* next;
};

alignas(4096) char region[region_bytes];  // untouched pages cost nothing
std::uint8_t class_of_span[span_count];
std::atomic<std::size_t> spans_used{0};

struct Lists {
    Piece* free[largest / grain + 1];
    char* fresh[largest / grain + 1];  // the rest of the class's newest span
    char* fresh_end[largest / grain + 1];
};
thread_local Lists lists;

void* from_malloc(std::size_t size) {
    while (true) {
        if (void* memory = std::malloc(size != 0 ? size : 1)) return memory;
        const std::new_handler handler = std::get_new_handler();
        if (handler == nullptr) throw std::bad_alloc();
        handler();
    }
}

void* from_fresh(std::size_t size_class) {
    const std::size_t size = size_class * grain;
    char*& fresh = lists.fresh[size_class];
    char*& end = lists.fresh_end[size_class];
    if (static_cast<std::size_t>(end - fresh) < size) {
        if (spans_used.load(std::memory_order_relaxed) >= span_count) return from_malloc(size);
        const std::size_t span = spans_used.fetch_add(1, std::memory_order_relaxed);
        if (span >= span_count) return from_malloc(size);
        class_of_span[span] = static_cast<std::uint8_t>(size_class);
        fresh = region + span * span_bytes;
        end = fresh + span_bytes;
    }
    char* memory = fresh;
    fresh += size;
    return memory;
}

inline void* allocate(std::size_t size) {
    if (__builtin_expect(size > largest, 0)) return from_malloc(size);
    const std::size_t size_class = size != 0 ? (size + grain - 1) / grain : 1;
    Piece* piece = lists.free[size_class];
    if (__builtin_expect(piece == nullptr, 0)) return from_fresh(size_class);
    lists.free[size_class] = piece->next;
    return piece;
}

inline void give_back(void* memory) {
    const auto offset = reinterpret_cast<std::uintptr_t>(memory) - reinterpret_cast<std::uintptr_t>(region);
    if (__builtin_expect(offset >= region_bytes, 0)) return std::free(memory);
    const std::size_t size_class = class_of_span[offset / span_bytes];
    auto* piece = static_cast<Piece*>(memory);
    piece->next = lists.free[size_class];
    lists.free[size_class] = piece;
}

void* allocate_or_null(std::size_t size) noexcept {
    try {
        return allocate(size);
    } catch (...) {
        return nullptr;
    }
}

}  // namespace

#define WEAK __attribute__((weak))
WEAK void* operator new(std::size_t size) { return allocate(size); }
WEAK void* operator new[](std::size_t size) { return allocate(size); }
WEAK void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate_or_null(size); }
WEAK void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return allocate_or_null(size); }
WEAK void operator delete(void* memory) noexcept { give_back(memory); }
WEAK void operator delete[](void* memory) noexcept { give_back(memory); }
WEAK void operator delete(void* memory, std::size_t) noexcept { give_back(memory); }
WEAK void operator delete[](void* memory, std::size_t) noexcept { give_back(memory); }
WEAK void operator delete(void* memory, const std::nothrow_t&) noexcept { give_back(memory); }
WEAK void operator delete[](void* memory, const std::nothrow_t&) noexcept { give_back(memory); }
