#include "broker/launch/descriptor.hpp"

#include <fcntl.h>

namespace dragoman {

void fill_standard_descriptors() {
    int number = ::open("/dev/null", O_RDWR);
    while (number >= 0 && number <= STDERR_FILENO) number = ::open("/dev/null", O_RDWR);
    if (number >= 0) ::close(number);
}

}  // namespace dragoman
