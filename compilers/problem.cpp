#include "compilers/problem.hpp"

namespace dragoman {

std::string Problem::text() const {
    return file.string() + (line > 0 ? ":" + std::to_string(line) : "") + ": " + message;
}

}  // namespace dragoman
