// What is left of a tick is the signal.
#include <dragoman/systems.hpp>

void idle(dragoman::Tables, double) {}
DRAGOMAN_SYSTEM(idle);
