// Data files beside the script. C++11.
#pragma once
#include <fstream>
#include <string>

namespace dragoman {

/// Opens a file for reading; its path counts from the script's folder. It is one of the files that the script uses from
/// then on: a change of it reloads the script.
std::ifstream open_data(const std::string& path, std::ios_base::openmode mode = std::ios_base::in);

}  // namespace dragoman
