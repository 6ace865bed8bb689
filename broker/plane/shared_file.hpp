#pragma once

#include <cstddef>
#include <string>

#include "broker/launch/descriptor.hpp"

namespace dragoman {

/// A memfd that the broker shares with one script: sparse, of fixed and sealed size, mapped here for writing.
class SharedFile {
public:
    enum class For { reading, writing };  // what the script has it for

    SharedFile() = default;
    /// For reading: nobody else can ever map it for writing. Throws LaunchError where there is no memory for it.
    SharedFile(const std::string& name, std::size_t bytes, For script);
    ~SharedFile();
    SharedFile(SharedFile&& other) noexcept;
    SharedFile& operator=(SharedFile&& other) noexcept;

    std::byte* data() const { return data_; }
    std::size_t bytes() const { return bytes_; }
    int descriptor() const { return descriptor_.get(); }
    template <class T>
    T* at(std::size_t offset) const {
        return reinterpret_cast<T*>(data_ + offset);
    }

private:
    Descriptor descriptor_;
    std::byte* data_ = nullptr;
    std::size_t bytes_ = 0;
};

/// The same file opened anew, so that it cannot be mapped for writing through it. Throws LaunchError.
Descriptor for_reading(int descriptor);

}  // namespace dragoman
