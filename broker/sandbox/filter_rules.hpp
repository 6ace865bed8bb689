#pragma once

#include <linux/filter.h>
#include <seccomp.h>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <set>
#include <vector>

namespace dragoman {

using Condition = scmp_arg_cmp;
/// Argument `index`, an int of the call's: its upper half means nothing to the kernel and may be anything.
Condition is(unsigned index, std::uint32_t value);
/// Of argument `index` only the bits of `mask` count, and they must be `value`.
Condition bits(unsigned index, std::uint64_t mask, std::uint64_t value);
/// Argument `index`, a pointer, is null, or is not.
Condition null(unsigned index);
Condition not_null(unsigned index);

/// A filter while its rules are collected. libseccomp orders and compiles them; where two rules for one call overlap,
/// they must say the same. Throws std::runtime_error where a rule cannot be kept.
class Rules {
public:
    /// `told`: what no rule is for is told; else it fails with EPERM.
    explicit Rules(bool told);

    /// A call that this machine's architecture does not have is passed over.
    void allow(const char* call, std::initializer_list<Condition> conditions = {});
    void allow_all(std::initializer_list<const char*> calls);
    /// The kernel answers: nobody is told.
    void fail(const char* call, int error, std::initializer_list<Condition> conditions = {});
    void tell(const char* call, std::initializer_list<Condition> conditions);
    /// Each call without a rule gets the verdict that the launcher would have given.
    void judge_the_rest();

    std::vector<sock_filter> program() const;

private:
    struct Release {
        void operator()(void* context) const { seccomp_release(context); }
    };
    void add(std::uint32_t action, const char* call, std::initializer_list<Condition> conditions);
    void add(std::uint32_t action, int number, std::initializer_list<Condition> conditions);

    std::uint32_t default_action_;
    std::unique_ptr<void, Release> context_;
    std::set<int> with_rules_;
};

}  // namespace dragoman
