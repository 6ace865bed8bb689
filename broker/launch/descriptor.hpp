#pragma once

#include <unistd.h>

#include <utility>

namespace dragoman {

/// Owns a file descriptor.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~Descriptor() { reset(); }

    int get() const { return number_; }
    int release() { return std::exchange(number_, -1); }
    void reset() {
        if (number_ >= 0) ::close(std::exchange(number_, -1));
    }
    explicit operator bool() const { return number_ >= 0; }

private:
    int number_ = -1;
};

/// Where the caller closed stdin, stdout or stderr, the next file or pipe opened would take its number, and what
/// somebody prints would go there. Opens /dev/null in their places; does nothing the second time.
void fill_standard_descriptors();

}  // namespace dragoman
