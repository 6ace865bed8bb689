// The floor of a C++ script's start.
int main() {}
