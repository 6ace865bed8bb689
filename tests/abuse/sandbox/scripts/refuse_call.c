// refuse_call CALL ERRNO [ARGUMENT VALUE [MASK]] -- PROGRAM...: runs PROGRAM, for which, and for all that it starts, one
// system call fails; with an argument's number and value, only with that argument.
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static unsigned long number(const char* text) { return strtoul(text, NULL, 0); }

int main(int count, char** words) {
    int last = 1;
    while (last < count && strcmp(words[last], "--") != 0) ++last;
    if (last < 3 || last + 1 >= count) return 120;
    const int call = seccomp_syscall_resolve_name(words[1]) >= 0 ? seccomp_syscall_resolve_name(words[1]) : (int)number(words[1]);
    const unsigned action = SCMP_ACT_ERRNO(number(words[2]));
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 0);
    int failed = 0;
    if (last > 4)
        failed = seccomp_rule_add(filter, action, call, 1,
                                  SCMP_CMP((unsigned)number(words[3]), SCMP_CMP_MASKED_EQ, last > 5 ? number(words[5]) : 0xffffffff, number(words[4])));
    else
        failed = seccomp_rule_add(filter, action, call, 0);
    if (failed != 0 || seccomp_load(filter) != 0) {
        // Without privileges a filter needs no_new_privs, with which nothing here works differently.
        seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 1);
        if (failed != 0 || seccomp_load(filter) != 0) return 121;
    }
    execvp(words[last + 1], words + last + 1);
    return 122;
}
