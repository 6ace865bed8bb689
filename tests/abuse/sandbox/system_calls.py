"""What the hostile list of system calls tries, in C: by what it is about, {name: expression that is not -1 when it succeeds}."""

SOCKETS = {f"socket {family} {kind}": f"socket({family}, {kind}, 0)" for family, kind in [
    *[(family, kind) for family in ("AF_INET", "AF_INET6", "AF_UNIX") for kind in ("SOCK_STREAM", "SOCK_DGRAM", "SOCK_RAW")],
    ("AF_UNIX", "SOCK_SEQPACKET"), ("AF_NETLINK", "SOCK_RAW"), ("AF_NETLINK", "SOCK_DGRAM"), ("AF_PACKET", "SOCK_RAW"), ("AF_PACKET", "SOCK_DGRAM"),
    ("AF_VSOCK", "SOCK_STREAM"), ("AF_ALG", "SOCK_SEQPACKET"), ("AF_BLUETOOTH", "SOCK_RAW"), ("AF_CAN", "SOCK_RAW"), ("AF_TIPC", "SOCK_SEQPACKET"),
    ("AF_KCM", "SOCK_DGRAM"), ("AF_XDP", "SOCK_RAW"), ("AF_RDS", "SOCK_SEQPACKET"), ("AF_KEY", "SOCK_RAW"), ("AF_SMC", "SOCK_STREAM"), ("AF_QIPCRTR", "SOCK_DGRAM"),
    ("AF_NFC", "SOCK_SEQPACKET"), ("AF_IB", "SOCK_STREAM"), ("AF_PPPOX", "SOCK_STREAM"), ("AF_APPLETALK", "SOCK_DGRAM"), ("AF_MCTP", "SOCK_DGRAM")]}
SOCKETS |= {f"socketpair {family}": f"socketpair({family}, SOCK_STREAM, 0, (int[2]){{0}})" for family in ("AF_INET", "AF_TIPC", "AF_INET6")}
SOCKETS |= {
    "bind": "bind(both[0], (struct sockaddr*)&(struct sockaddr_un){AF_UNIX, \"\\0dragoman-abuse\"}, 20)",
    "connect": "connect(both[0], (struct sockaddr*)&(struct sockaddr_in){AF_INET, 13568, {0x0100007f}}, sizeof(struct sockaddr_in))",
    "listen": "listen(both[0], 1)", "accept4": "accept4(both[0], 0, 0, 0)",
    "sendto an address": "sendto(both[0], page, 1, 0, (struct sockaddr*)&(struct sockaddr_un){AF_UNIX, \"/x\"}, sizeof(struct sockaddr_un))",
    "send out of band": "send(both[0], page, 1, MSG_OOB)", "send fast open": "send(both[0], page, 1, MSG_FASTOPEN)", "zero copy": "send(both[0], page, 1, MSG_ZEROCOPY)",
    "sendmsg": "sendmsg(both[0], &(struct msghdr){0}, 0)", "recvmsg": "recvmsg(both[0], &(struct msghdr){0}, MSG_DONTWAIT)",
    "sendmmsg": "CALL(sendmmsg, both[0], page, 1, 0)", "recvmmsg": "CALL(recvmmsg, both[0], page, 1, MSG_DONTWAIT, 0)",
    "send buffer": "setsockopt(both[0], SOL_SOCKET, SO_SNDBUF, &(int){1 << 24}, 4)", "socket filter": "setsockopt(both[0], SOL_SOCKET, SO_ATTACH_FILTER, page, 16)",
    "bpf filter": "setsockopt(both[0], SOL_SOCKET, SO_ATTACH_BPF, page, 16)",
}
MEMORY = {
    "memfd_create": "CALL(memfd_create, \"x\", 0)", "memfd_secret": "syscall(447, 0)", "shared anonymous": "(mmap(0, 4096, 3, MAP_SHARED | MAP_ANONYMOUS, -1, 0))",
    "shared validate": "mmap(0, 4096, 3, 3 | MAP_ANONYMOUS, -1, 0)", "grows down": "mmap(0, 4096, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN, -1, 0)",
    "protection grows down": "mprotect(page, 4096, PROT_READ | PROT_WRITE | PROT_GROWSDOWN)", "locked": "mmap(0, 4096, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0)",
    "huge": "mmap(0, 1 << 21, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0)", "droppable": "mmap(0, 4096, 3, 8 | MAP_ANONYMOUS, -1, 0)",
    "mlock": "mlock(page, 4096)", "mlock2": "CALL(mlock2, page, 4096, 1)", "mlockall": "mlockall(MCL_FUTURE)", "mergeable": "madvise(page, 4096, MADV_MERGEABLE)",
    "hardware poison": "madvise(page, 4096, 100)", "soft offline": "madvise(page, 4096, 101)", "remap_file_pages": "CALL(remap_file_pages, page, 4096, 0, 0, 0)",
    "mremap keeping the old": "mremap(page, 4096, 4096, MREMAP_MAYMOVE | 4)", "userfaultfd": "CALL(userfaultfd, O_CLOEXEC)", "userfaultfd for users": "CALL(userfaultfd, UFFD_USER_MODE_ONLY)",
    "move_pages": "CALL(move_pages, 0, 1, (void*[]){page}, (int[]){0}, (int[1]){0}, 2)", "migrate_pages": "CALL(migrate_pages, 0, 1, page, page)",
    "mbind": "CALL(mbind, page, 4096, 0, 0, 0, 0)", "set_mempolicy": "CALL(set_mempolicy, 0, 0, 0)", "pkey_alloc": "CALL(pkey_alloc, 0, 0)", "mseal": "syscall(mseal, page, 4096, 0)",
    "map_shadow_stack": "syscall(map_shadow_stack, 0, 4096, 0)", "cachestat": "syscall(cachestat, own, page, page + 64, 0)", "readahead": "readahead(own, 0, 4096)",
    "mincore": "mincore(page, 4096, (unsigned char*)page)", "writable shared file": "mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, own, 0)",
    "vmsplice": "CALL(vmsplice, pair[1], (long[2]){(long)page, 1}, 1, 0)", "splice": "CALL(splice, pair[0], 0, pair[1], 0, 1, SPLICE_F_NONBLOCK)", "tee": "CALL(tee, pair[0], pair[1], 1, SPLICE_F_NONBLOCK)",
}
IPC = {
    "shmget": "shmget(IPC_PRIVATE, 4096, 0600)", "shmat": "(long)shmat(0, 0, 0)", "semget": "semget(IPC_PRIVATE, 1, 0600)", "msgget": "msgget(IPC_PRIVATE, 0600)",
    "msgsnd": "msgsnd(0, page, 1, IPC_NOWAIT)", "semop": "semop(0, (struct sembuf*)page, 1)", "mq_open": "CALL(mq_open, \"dragoman-abuse\", O_CREAT | O_RDWR, 0600, 0)", "mq_unlink": "CALL(mq_unlink, \"dragoman-abuse\")",
    "flock": "flock(own, LOCK_SH | LOCK_NB)", "lock": "fcntl(own, F_SETLK, &(struct flock){.l_type = F_RDLCK})", "lock of the file": "fcntl(own, 37, &(struct flock){.l_type = F_RDLCK})",
    "query a lock": "fcntl(own, F_GETLK, &(struct flock){.l_type = F_RDLCK})", "lease": "fcntl(own, F_SETLEASE, F_RDLCK)", "notify": "fcntl(own, F_NOTIFY, DN_ACCESS)", "owner": "fcntl(both[0], F_SETOWN, 1)",
    "signal of a descriptor": "fcntl(both[0], F_SETSIG, SIGKILL)", "async": "fcntl(both[0], F_SETFL, O_ASYNC)", "pipe size": "fcntl(pair[1], F_SETPIPE_SZ, 1 << 20)", "seals": "fcntl(own, F_ADD_SEALS, 1)",
    "inotify": "inotify_init1(0)", "fanotify": "CALL(fanotify_init, 0, 0)", "keyctl": "CALL(keyctl, 0, -3, 1)", "add_key": "CALL(add_key, \"user\", \"dragoman-abuse\", page, 1, -3)",
    "request_key": "CALL(request_key, \"user\", \"dragoman-abuse\", 0, -3)", "pidfd_open": "CALL(pidfd_open, getppid(), 0)", "pidfd of itself": "CALL(pidfd_open, getpid(), 0)",
    "pidfd_send_signal": "CALL(pidfd_send_signal, own, 9, 0, 0)", "kcmp": "CALL(kcmp, getpid(), getppid(), 0, 0, 1)", "setpgid": "setpgid(0, 0)", "setsid": "setsid()", "notification pipe": "CALL(pipe2, page, O_EXCL)",
}
KERNEL = {
    "io_uring_setup": "CALL(io_uring_setup, 1, page)", "io_uring_enter": "CALL(io_uring_enter, own, 0, 0, 0, 0)", "io_uring_register": "CALL(io_uring_register, own, 0, 0, 0)", "io_setup": "CALL(io_setup, 1, page)",
    "bpf": "CALL(bpf, 0, page, 72)", "perf_event_open": "CALL(perf_event_open, &(struct perf_event_attr){.size = 64}, 0, -1, -1, 0)", "syslog": "klogctl(10, 0, 0)",
    "personality": "personality(ADDR_NO_RANDOMIZE)", "personality read": "personality(0xffffffff)", "lookup_dcookie": "CALL(lookup_dcookie, 0ul, page, 10)", "uselib": "CALL(uselib, here)", "sysfs": "CALL(sysfs, 3)",
    "ustat": "CALL(ustat, 0, page)", "seccomp": "CALL(seccomp, SECCOMP_SET_MODE_STRICT, 1, 0)", "seccomp listener": "CALL(seccomp, SECCOMP_SET_MODE_FILTER, 8, page)", "landlock": "CALL(landlock_create_ruleset, 0, 0, 1)",
    "futex priority": "CALL(futex, page, 6, 0, 0, 0, 0)", "futex requeue priority": "CALL(futex, page, 12, 0, 0, page, 0)", "futex_waitv": "CALL(futex_waitv, page, 0, 0, 0, 0)",
    "get_robust_list": "CALL(get_robust_list, 1, page, page + 8)", "membarrier register": "CALL(kcmp, 1, 1, 7, 0, 0)", "lsm_list_modules": "syscall(lsm_list_modules, page, page + 64, 0)", "listmount": "syscall(listmount, page, page, 1, 0)",
    "unknown call": "syscall(500)", "far call": "syscall(100000)", "tuxcall": "CALL(tuxcall)", "getpmsg": "CALL(getpmsg)", "vserver": "CALL(vserver)", "restart": "CALL(security)",
}
SETTINGS = {
    "settimeofday": "settimeofday(&(struct timeval){1, 0}, 0)", "clock_settime": "clock_settime(CLOCK_REALTIME, &(struct timespec){1, 0})", "adjtimex": "adjtimex(&(struct timex){.modes = ADJ_OFFSET})", "read adjtimex": "adjtimex(&(struct timex){0})",
    "clock_adjtime": "CALL(clock_adjtime, 0, page)", "sethostname": "sethostname(\"x\", 1)", "setdomainname": "setdomainname(\"x\", 1)", "setuid": "setuid(0)", "setgid": "setgid(0)", "setreuid": "setreuid(0, 0)", "setresuid": "setresuid(0, 0, 0)",
    "setresgid": "setresgid(0, 0, 0)", "setgroups": "CALL(setgroups, 1, page)", "setfsuid": "CALL(setfsuid, 0)", "capset": "CALL(capset, (int[2]){0x20080522, 0}, page)",
    "setpriority": "setpriority(PRIO_PROCESS, 0, -5)", "priority of others": "setpriority(PRIO_PROCESS, getppid(), 5)", "ioprio_set": "CALL(ioprio_set, 1, 0, 0)", "sched_setscheduler": "CALL(sched_setscheduler, 0, 1, (int[1]){1})",
    "sched_setattr": "CALL(sched_setattr, 0, page, 0)", "sched_setaffinity": "CALL(sched_setaffinity, 0, 8, page)", "setrlimit": "CALL(setrlimit, RLIMIT_DATA, &(struct rlimit){-1, -1})",
    "prlimit of another": "CALL(prlimit64, getppid(), RLIMIT_NOFILE, 0, page)", "prlimit": "CALL(prlimit64, 0, RLIMIT_DATA, &(struct rlimit){1ul << 40, 1ul << 40}, 0)", "dumpable": "prctl(PR_SET_DUMPABLE, 1)", "subreaper": "prctl(PR_SET_CHILD_SUBREAPER, 1)",
    "parent's death": "prctl(PR_SET_PDEATHSIG, 0)", "ptracer": "prctl(0x59616d61, -1)", "keep capabilities": "prctl(PR_SET_KEEPCAPS, 1)", "ambient": "prctl(PR_CAP_AMBIENT, 2, 0, 0, 0)", "securebits": "prctl(PR_SET_SECUREBITS, 0)",
    "set_mm": "prctl(PR_SET_MM, 1, page, 0, 0)", "seccomp by prctl": "prctl(PR_SET_SECCOMP, 1)", "no huge pages": "prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0)", "speculation": "prctl(PR_SET_SPECULATION_CTRL, 0, 2, 0, 0)", "core scheduling": "prctl(62, 1, 0, 1, 0)",
    "memory merge": "prctl(67, 1, 0, 0, 0)", "tsc": "prctl(PR_SET_TSC, PR_TSC_SIGSEGV)", "dispatch": "prctl(59, 0, 0, 0, 0)",
}
FILES = {
    **{f"open {flags}": f"open(\"{path}\", {flags}, 0600)" for path in ("./attempt",) for flags in ("O_CREAT | O_WRONLY", "O_CREAT", "O_RDWR", "O_WRONLY", "O_TRUNC", "O_CREAT | O_EXCL")},
    "open in tmp": "open(\"/tmp/attempt\", O_CREAT | O_RDWR, 0600)", "temporary": "open(\".\", O_TMPFILE | O_RDWR, 0600)", "creat": "creat(here, 0600)", "openat2": "CALL(openat2, AT_FDCWD, \"/usr\", page, 24)",
    "mkdir": "mkdir(here, 0700)", "mknod": "mknod(here, S_IFIFO, 0)", "rmdir": "rmdir(here)", "unlink": "unlink(here)", "rename": "rename(here, \"./other\")", "renameat2": "CALL(renameat2, AT_FDCWD, here, AT_FDCWD, \"./other\", 2)", "link": "link(here, \"./other\")",
    "link of a descriptor": "linkat(own, \"\", AT_FDCWD, here, AT_EMPTY_PATH)", "symlink": "symlink(\"/etc\", here)", "chmod": "chmod(\".\", 0777)", "fchmod": "fchmod(own, 0777)", "fchmodat2": "syscall(fchmodat2, AT_FDCWD, \".\", 0777, 0)", "chown": "chown(\".\", 0, 0)", "fchown": "fchown(own, -1, -1)",
    "truncate": "truncate(here, 0)", "ftruncate": "ftruncate(own, 0)", "fallocate": "fallocate(own, 0, 0, 1)", "utime": "utime(here, 0)", "utimensat": "CALL(utimensat, own, 0, 0, 0)", "setxattr": "setxattr(\".\", \"user.x\", \"x\", 1, 0)", "getxattr": "fgetxattr(own, \"security.capability\", page, 20)",
    "removexattr": "removexattr(\".\", \"user.x\")", "setxattrat": "syscall(setxattrat, AT_FDCWD, \".\", 0, \"user.x\", page, 16)", "sync": "CALL(syncfs, own)", "copy_file_range": "CALL(copy_file_range, own, 0, pair[1], 0, 1, 0)",
    "name_to_handle_at": "CALL(name_to_handle_at, AT_FDCWD, \"/usr\", (int[40]){128}, page, 0)", "execveat": "CALL(execveat, own, \"\", 0, 0, AT_EMPTY_PATH)", "execve": "CALL(execve, \"/usr/bin/env\", 0, 0)", "open passwd": "open(\"/etc/passwd\", O_RDONLY)", "open terminal": "open(\"/dev/tty\", O_RDONLY)", "open parent's memory": "open(\"/proc/1/mem\", O_RDONLY)",
}
REQUESTS = {name: f"ioctl({number}, {request}, page)" for number in ("0", "1", "both[0]") for name, request in [
    (f"TIOCSTI on {number}", "TIOCSTI"), (f"TIOCLINUX on {number}", "0x541C"), (f"TIOCSCTTY on {number}", "TIOCSCTTY"), (f"TIOCSETD on {number}", "TIOCSETD"), (f"TCSETS on {number}", "TCSETS"), (f"TIOCNOTTY on {number}", "TIOCNOTTY"),
    (f"FIOASYNC on {number}", "FIOASYNC"), (f"FIOSETOWN on {number}", "FIOSETOWN"), (f"SIOCGIFCONF on {number}", "0x8912"), (f"high bits of TIOCSTI on {number}", "0x100005412ul"), (f"peer on {number}", "0x8905")]}
REQUESTS |= {"FICLONE": "ioctl(own, 0x40049409, own)", "FS_IOC_SETFLAGS": "ioctl(own, 0x40086602, page)", "FIFREEZE": "ioctl(own, 0xC0045877, 0)", "get version": "ioctl(own, 0x80087601, page)", "namespace of a socket": "ioctl(both[0], 0x894c)", "user of a file": "ioctl(own, 0xb701)"}

LISTS = {"sockets": SOCKETS, "memory": MEMORY, "ipc": IPC, "kernel": KERNEL, "settings": SETTINGS, "files": FILES, "requests": REQUESTS}

# Refused as a file system does that cannot do it.
QUIET = {"FICLONE": "EOPNOTSUPP"}

FATAL = {
    "ptrace": "CALL(ptrace, 0, 0, 0, 0)", "ptrace of the parent": "CALL(ptrace, 16, getppid(), 0, 0)", "process_vm_readv": "CALL(process_vm_readv, getppid(), page, 1, page, 1, 0)", "process_vm_writev": "CALL(process_vm_writev, getppid(), page, 1, page, 1, 0)",
    "process_madvise": "CALL(process_madvise, own, page, 1, 4, 0)", "pidfd_getfd": "CALL(pidfd_getfd, own, 0, 0)", "mount": "CALL(mount, \"none\", \"/tmp\", \"tmpfs\", 0, 0)", "mount again": "CALL(mount, 0, \"/\", 0, 32, 0)", "umount2": "CALL(umount2, \"/usr\", 2)",
    "pivot_root": "CALL(pivot_root, \".\", \".\")", "chroot": "chroot(\".\")", "open_tree": "CALL(open_tree, AT_FDCWD, \"/\", 1)", "move_mount": "CALL(move_mount, own, \"\", AT_FDCWD, \"/tmp\", 4)", "fsopen": "CALL(fsopen, \"tmpfs\", 0)",
    "fspick": "CALL(fspick, AT_FDCWD, \"/\", 0)", "mount_setattr": "CALL(mount_setattr, AT_FDCWD, \"/\", 0, page, 32)", "unshare": "unshare(CLONE_NEWUSER)", "unshare files": "unshare(CLONE_FILES)", "setns": "setns(own, 0)",
    "open_by_handle_at": "CALL(open_by_handle_at, AT_FDCWD, page, 0)", "kexec_load": "CALL(kexec_load, 0, 0, 0, 0)", "init_module": "CALL(init_module, page, 1, \"\")", "finit_module": "CALL(finit_module, own, \"\", 0)", "delete_module": "CALL(delete_module, \"x\", 0)",
    "reboot": "CALL(reboot, 0xfee1dead, 672274793, 0, 0)", "swapon": "CALL(swapon, here, 0)", "swapoff": "CALL(swapoff, here)", "quotactl": "CALL(quotactl, 0, 0, 0, 0)", "acct": "CALL(acct, 0)", "vhangup": "CALL(vhangup)", "iopl": "CALL(iopl, 3)",
    "ioperm": "CALL(ioperm, 0, 1, 1)", "modify_ldt": "CALL(modify_ldt, 0, page, 1)",
    "int 0x80": '({ long value = 20; __asm__ volatile("int $0x80" : "+a"(value) : : "memory", "r8", "r9", "r10", "r11"); value; })',
    "int 0x80 fork": '({ long value = 2; __asm__ volatile("int $0x80" : "+a"(value) : : "memory", "r8", "r9", "r10", "r11"); value; })',
    "x32 getpid": "syscall(0x40000000 + 39)", "x32 execve": "syscall(0x40000000 + 520, 0, 0, 0)",
}
