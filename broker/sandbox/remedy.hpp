#pragma once

#include <string>
#include <vector>

namespace dragoman {

/// What on this machine keeps ordinary users from making namespaces, as far as it can be told, and how to change it:
/// one sentence each.
std::vector<std::string> namespace_remedies();

}  // namespace dragoman
