#include "session.hpp"

#include <dragoman/data.hpp>

#include <filesystem>

namespace dragoman {

std::ifstream open_data(const std::string& path, std::ios_base::openmode mode) {
    session().init();  // says where the script is
    const auto folder = std::filesystem::absolute(session().script_file()).parent_path();
    const auto file = (folder / path).lexically_normal();
    std::ifstream stream(file, mode | std::ios_base::in);
    if (stream.is_open()) session().name_used_file(file.string());
    return stream;
}

}  // namespace dragoman
