// Reads a data file: see ../README.md.
#include <dragoman.hpp>
#include <dragoman/data.hpp>

#include <string>

class MLPlay {
public:
    std::string update(const dragoman::Scene& scene) {
        std::ifstream file = dragoman::open_data(scene["path"]);
        std::string line;
        std::getline(file, line);
        return line;
    }
};
