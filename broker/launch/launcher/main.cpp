// dragoman-launcher: the broker's fork server.
//
// A small process, started once. The broker never clones itself (with 1 GiB resident that costs 35 ms); it asks the
// launcher, which clones a minder for each script. The minder is pid 1 of a pid namespace of its own where the kernel
// allows it, else a subreaper; it builds the script's root, starts the script, waits for its end, tells the broker, and
// takes down whatever the script left behind. Broker, launcher and minder each die with the one before: no script
// survives a kill -9 of any of them.

#include <cstdio>
#include <cstring>

#include "broker/launch/launcher/serve_as.hpp"

int main(int count, char** arguments) {
    if (count != 3 || std::strcmp(arguments[1], "--serve") != 0) {
        std::fprintf(stderr, "dragoman-launcher starts scripts for a dragoman broker; it is not run by hand\n");
        return 2;
    }
    return dragoman::launch::serve_as(arguments[2], nullptr);
}
