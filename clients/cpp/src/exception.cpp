#include "session.hpp"

#include <cxxabi.h>
#include <cstdlib>
#include <memory>
#include <typeinfo>

namespace dragoman {
namespace {

std::string name_of(const std::type_info& type) {
    int status = 0;
    const std::unique_ptr<char, void (*)(void*)> plain(abi::__cxa_demangle(type.name(), nullptr, nullptr, &status),
                                                       std::free);
    std::string name = status == 0 ? plain.get() : type.name();
    for (const std::string_view inner : {"json_abi_v3_11_2::", "__cxx11::"}) {
        const std::size_t at = name.find(inner);
        if (at != std::string::npos) name.erase(at, inner.size());
    }
    return name;
}

}  // namespace

std::string describe_exception() {
    const std::type_info* type = abi::__cxa_current_exception_type();
    const std::string name = type != nullptr ? name_of(*type) : "an exception";
    try {
        throw;
    } catch (const std::exception& error) {
        return name + ": " + error.what();
    } catch (const std::string& text) {
        return name + ": " + text;
    } catch (const char* text) {
        return name + ": " + text;
    } catch (int number) {
        return name + ": " + std::to_string(number);
    } catch (...) {
        return name + " was thrown";
    }
}

}  // namespace dragoman
