#pragma once

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>

namespace dragoman::tests {

#if defined(__x86_64__)
inline constexpr std::uint32_t own_architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
inline constexpr std::uint32_t own_architecture = AUDIT_ARCH_AARCH64;
#endif

/// What the kernel would do: the SECCOMP_RET_... value that a filter gives for a call. Throws for a filter that the
/// kernel would not take: it leaves the program, or has an instruction that filters of calls have not.
inline std::uint32_t evaluate(std::span<const sock_filter> filter, const seccomp_data& call) {
    std::uint32_t accumulator = 0;
    // Jumps go forwards only: the program ends after at most as many steps as it has instructions.
    for (std::size_t at = 0; at < filter.size(); ++at) {
        const sock_filter& instruction = filter[at];
        const auto jump = [&](bool condition) { at += condition ? instruction.jt : instruction.jf; };
        switch (instruction.code) {
            case BPF_LD | BPF_W | BPF_ABS:
                if (instruction.k % 4 != 0 || instruction.k + 4 > sizeof call)
                    throw std::runtime_error("reads outside");
                std::memcpy(&accumulator, reinterpret_cast<const char*>(&call) + instruction.k, 4);
                break;
            case BPF_ALU | BPF_AND | BPF_K:
                accumulator &= instruction.k;
                break;
            case BPF_JMP | BPF_JA:
                at += instruction.k;
                break;
            case BPF_JMP | BPF_JEQ | BPF_K:
                jump(accumulator == instruction.k);
                break;
            case BPF_JMP | BPF_JGT | BPF_K:
                jump(accumulator > instruction.k);
                break;
            case BPF_JMP | BPF_JGE | BPF_K:
                jump(accumulator >= instruction.k);
                break;
            case BPF_JMP | BPF_JSET | BPF_K:
                jump((accumulator & instruction.k) != 0);
                break;
            case BPF_RET | BPF_K:
                return instruction.k;
            default:
                throw std::runtime_error("an instruction that filters have not");
        }
    }
    throw std::runtime_error("runs off its end");
}

}  // namespace dragoman::tests
