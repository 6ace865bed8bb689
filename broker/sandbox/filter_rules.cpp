#include "broker/sandbox/filter_rules.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>

#include "broker/sandbox/verdict.hpp"

namespace dragoman {
namespace {

/// No system call of any architecture's own has a higher one yet; each is looked at once.
constexpr int highest_number = 511;

[[noreturn]] void give_up(const std::string& what, int error) {
    throw std::runtime_error("the system call filter: " + what + ": " + std::generic_category().message(error));
}

std::uint32_t default_action(bool told) { return told ? SCMP_ACT_NOTIFY : SCMP_ACT_ERRNO(EPERM); }

/// A file in memory, for what libseccomp writes to a descriptor only.
struct MemoryFile {
    int descriptor = memfd_create("filter", MFD_CLOEXEC);
    MemoryFile() = default;
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    ~MemoryFile() {
        if (descriptor >= 0) close(descriptor);
    }
};

bool jumps(const sock_filter& instruction) { return BPF_CLASS(instruction.code) == BPF_JMP; }

/// Where an instruction goes on that does not return; a jump may go to two places.
std::array<std::size_t, 2> next_of(const std::vector<sock_filter>& program, std::size_t at) {
    const sock_filter& here = program[at];
    if (here.code == (BPF_JMP | BPF_JA)) return {at + 1 + here.k, at + 1 + here.k};
    if (jumps(here)) return {at + 1 + here.jt, at + 1 + here.jf};
    return {at + 1, at + 1};
}

/// For an int among the arguments libseccomp loads the upper half too, masks all of it out, and finds it to be 0. Each
/// instruction costs a start 0.2 us, when the kernel compiles it. What follows loads anew, so nobody misses the 0.
std::vector<sock_filter> without_empty_tests(const std::vector<sock_filter>& program) {
    constexpr std::uint16_t load = BPF_LD | BPF_W | BPF_ABS, mask = BPF_ALU | BPF_AND | BPF_K,
                            equals = BPF_JMP | BPF_JEQ | BPF_K;
    std::vector<bool> entered(program.size());
    for (std::size_t i = 0; i < program.size(); ++i)
        if (jumps(program[i]))
            for (const std::size_t to : next_of(program, i)) entered.at(to) = true;
    std::vector<bool> empty(program.size());
    for (std::size_t i = 0; i + 3 < program.size(); ++i) {
        const sock_filter* const here = &program[i];
        if (here[0].code == load && here[1].code == mask && here[1].k == 0 && !entered[i + 1] &&
            here[2].code == equals && here[2].k == 0 && here[2].jt == 0 && !entered[i + 2] && here[3].code == load)
            empty[i] = empty[i + 1] = empty[i + 2] = true;
    }
    std::vector<std::size_t> moved;  // where each has gone; one that is left out: where the next has
    std::size_t kept = 0;
    for (const bool is_empty : empty) {
        moved.push_back(kept);
        if (!is_empty) ++kept;
    }
    std::vector<sock_filter> shorter;
    for (std::size_t i = 0; i < program.size(); ++i) {
        if (empty[i]) continue;
        sock_filter instruction = program[i];
        const auto [first, second] = next_of(program, i);
        if (instruction.code == (BPF_JMP | BPF_JA)) {
            instruction.k = static_cast<std::uint32_t>(moved[first] - moved[i] - 1);
        } else if (jumps(instruction)) {
            instruction.jt = static_cast<std::uint8_t>(moved[first] - moved[i] - 1);
            instruction.jf = static_cast<std::uint8_t>(moved[second] - moved[i] - 1);
        }
        shorter.push_back(instruction);
    }
    return shorter;
}

}  // namespace

Condition is(unsigned index, std::uint32_t value) { return {index, SCMP_CMP_MASKED_EQ, 0xffffffff, value}; }
Condition bits(unsigned index, std::uint64_t mask, std::uint64_t value) {
    return {index, SCMP_CMP_MASKED_EQ, mask, value};
}
Condition null(unsigned index) { return {index, SCMP_CMP_EQ, 0, 0}; }
Condition not_null(unsigned index) { return {index, SCMP_CMP_NE, 0, 0}; }

Rules::Rules(bool told) : default_action_(default_action(told)), context_(seccomp_init(default_action_)) {
    if (!context_) give_up("this kernel has no way to filter", EINVAL);
    // A 32-bit call (int 0x80, x32) has other numbers: no rule here would mean what it says.
    int error = seccomp_attr_set(context_.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    if (error == 0) error = seccomp_attr_set(context_.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);  // a binary tree
    if (error != 0) give_up("set up", -error);
}

void Rules::allow(const char* call, std::initializer_list<Condition> conditions) {
    add(SCMP_ACT_ALLOW, call, conditions);
}

void Rules::allow_all(std::initializer_list<const char*> calls) {
    for (const char* call : calls) allow(call);
}

void Rules::fail(const char* call, int error, std::initializer_list<Condition> conditions) {
    add(SCMP_ACT_ERRNO(static_cast<std::uint32_t>(error)), call, conditions);
}

void Rules::tell(const char* call, std::initializer_list<Condition> conditions) {
    add(SCMP_ACT_NOTIFY, call, conditions);
}

void Rules::judge_the_rest() {
    for (int number = 0; number <= highest_number; ++number) {
        if (with_rules_.contains(number)) continue;
        const Verdict verdict = verdict_of(number);
        add(verdict.fatal ? SCMP_ACT_KILL_PROCESS : SCMP_ACT_ERRNO(static_cast<std::uint32_t>(verdict.error)), number,
            {});
    }
}

void Rules::add(std::uint32_t action, const char* call, std::initializer_list<Condition> conditions) {
    const int number = seccomp_syscall_resolve_name(call);
    if (number == __NR_SCMP_ERROR) give_up(std::string("libseccomp does not know the call ") + call, ENOSYS);
    if (number >= 0) add(action, number, conditions);
}

void Rules::add(std::uint32_t action, int number, std::initializer_list<Condition> conditions) {
    with_rules_.insert(number);
    if (action == default_action_) return;
    const int error = seccomp_rule_add_array(context_.get(), action, number, static_cast<unsigned>(conditions.size()),
                                             conditions.begin());
    if (error != 0) give_up("call " + std::to_string(number), -error);
}

std::vector<sock_filter> Rules::program() const {
    const MemoryFile file;
    if (file.descriptor < 0) give_up("memfd_create", errno);
    if (const int error = seccomp_export_bpf(context_.get(), file.descriptor)) give_up("export", -error);
    const off_t size = lseek(file.descriptor, 0, SEEK_END);
    if (size <= 0 || size % static_cast<off_t>(sizeof(sock_filter)) != 0) give_up("export", EIO);
    std::vector<sock_filter> program(static_cast<std::size_t>(size) / sizeof(sock_filter));
    if (pread(file.descriptor, program.data(), static_cast<std::size_t>(size), 0) != size) give_up("export", EIO);
    return without_empty_tests(program);
}

}  // namespace dragoman
