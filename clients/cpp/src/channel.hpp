// Where the conversation runs: the two descriptors, and the bytes that go over them.
#pragma once
#include <cstddef>
#include <string_view>

namespace dragoman::channel {

/// Reads what is there, at least one byte; 0 at the end of the conversation.
std::size_t read_some(char* into, std::size_t room);

/// Writes all of it, with one system call where it fits. Ends the program when nobody listens any more.
void write_all(std::string_view bytes);

/// Whether a person has started the script in a terminal.
bool is_terminal();
/// On which lines come.
int descriptor();

}  // namespace dragoman::channel
