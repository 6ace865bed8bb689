"""Time: what computes, sleeps or dawdles is ended by its deadline or its budget, and the others do not wait for it longer than that."""
import pytest

BUSY = {
    "python": "def vice():\n    while True: pass",
    "lua": "function vice() while true do end end",
    "javascript": "function vice() { for (;;); }",
    "c": "static json_t* vice(void) { for (volatile int i = 0;; ++i); }",
    "cpp": "static void vice() { for (volatile int i = 0;; i = i + 1); }",
    "go": "func vice() { for { } }",
    "rust": "fn vice() { let mut n = 0u64; while unsafe { std::ptr::read_volatile(&n) } != 1 { n += 2; } }",
    "java": "static volatile int i; static void vice() { while (true) ++i; }",
}
SLOW = [pytest.param(language, marks=pytest.mark.one_hold) if language in ("cpp", "go", "rust", "java") else language for language in BUSY]


@pytest.mark.parametrize("language", SLOW)
def test_a_busy_loop_in_each_language_is_late(pit, language):
    pit.plays(language, BUSY[language]).loses("late", "CPU time used")


@pytest.mark.parametrize("language", SLOW)
def test_a_busy_loop_in_each_language_is_over_its_budget(pit, language):
    pit.plays(language, BUSY[language], "--tick-timeout", "20s", limits={"cpu_per_tick": "150ms"}).loses("cpu_limit")


@pytest.mark.parametrize("language, code", [
    ("python", "import time\ndef vice(): time.sleep(3600)"), ("python", "import select\ndef vice(): select.select([], [], [])"),
    ("python", "import signal\ndef vice():\n    while True: signal.pause()"), ("python", "import threading\ndef vice(): threading.Lock().acquire() and threading.Semaphore(0).acquire()"),
    ("lua", "function vice() require('ffi').cdef 'int pause(void);'; while true do require('ffi').C.pause() end end")])
def test_who_sleeps_is_late(pit, language, code):
    pit.plays(language, code).loses("late", "sleeping")


@pytest.mark.parametrize("language, code", [
    ("python", "import re\ndef vice(): re.match(r'(a+)+$', 'a' * 64 + 'b')"),
    ("lua", "function vice() return (('a'):rep(200)):match(('a*'):rep(60) .. 'b') end"),
    ("javascript", "function vice() { return /^(a+)+$/.test('a'.repeat(64) + 'b'); }")])
def test_a_pattern_that_matches_for_ever_cannot_be_interrupted_but_killed(pit, language, code):
    pit.plays(language, code).loses("late")


def test_both_of_two_threads_burn_one_budget(pit):
    """Each on its own would be within it."""
    failure = pit.plays("c", """
#include <pthread.h>
#include <time.h>
static void* burns(void* nothing) {
    struct timespec used;
    do clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used); while (used.tv_sec * 1000 + used.tv_nsec / 1000000 < 400);
    return nothing;
}
static json_t* vice(void) {
    pthread_t one, two;
    pthread_create(&one, 0, burns, 0);
    pthread_create(&two, 0, burns, 0);
    pthread_join(one, 0);
    pthread_join(two, 0);
    return 0;
}
""", "--tick-timeout", "20s", limits={"cpu_per_tick": "600ms"}).loses("cpu_limit")
    assert failure["used_ms"] > 600, failure


def test_who_computes_in_the_other_players_turn_is_charged_for_it(pit):
    """Its answers come at once; a thread goes on computing while the others are asked."""
    honest = pit.ground.script("python", "import time\ndef vice(): time.sleep(1.5)", "slow")
    pit.plays("c", """
#include <pthread.h>
static void* burns(void* nothing) { for (volatile int i = 0;; ++i); return nothing; }
static json_t* vice(void) {
    pthread_t thread;
    pthread_create(&thread, 0, burns, 0);
    return 0;
}
""", "--tick-timeout", "5s", limits={"cpu_per_tick": "100ms"}, honest=honest).loses("cpu_limit")


@pytest.mark.parametrize("ignore", ["", "signal.signal(signal.SIGXCPU, signal.SIG_IGN)", "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGXCPU])"],
                         ids=["plain", "ignored", "blocked"])
def test_all_the_cpu_time_is_used(pit, ignore):
    pit.plays("python", f"import signal\ndef vice():\n    {ignore or 'pass'}\n    while True: pass", "--tick-timeout", "30s", "--start-timeout", "30s",
              limits={"cpu_total": "700ms"}).loses("cpu_limit", "cpu_total|all its CPU time|CPU")


def test_a_script_that_lives_too_long(pit):
    pit.plays("python", "import time\ndef vice(): time.sleep(3600)", "--tick-timeout", "30s", limits={"wall_total": "900ms"}).loses("late")


@pytest.mark.parametrize("stream", ["1", "2"])
def test_one_byte_a_moment_is_no_answer(pit, stream):
    pit.plays("python", f"import os, time\ndef vice():\n    while True:\n        os.write({stream}, b'x')\n        time.sleep(0.05)").loses("late")


def test_an_answer_of_one_byte_a_moment_is_late(pit):
    """The client's descriptor for the conversation is found and used by hand."""
    pit.match(pit.ground.source("drip.c", """
#include <stdio.h>
#include <string.h>
#include <unistd.h>
int main(void) {
    char line[65536];
    while (fgets(line, sizeof line, stdin)) {
        const int scene = strncmp(line, "__scene_info__", 14) == 0;
        const char* said = scene ? "__command__ \\"a long answer that never comes to its end\\"" : "__command__ READY\\n";
        for (const char* at = said; *at != 0; ++at) {
            write(1, at, 1);
            if (scene) usleep(100000);
        }
    }
}
""")).loses(["late", "compile_error"])


def test_a_script_cannot_raise_its_priority_nor_its_limits(pit):
    said = pit.plays("python", """
import os, resource
def vice():
    said = {}
    def attempt(name, function):
        try: said[name] = str(function())
        except (OSError, ValueError) as error: said[name] = "refused"
    attempt("nice", lambda: os.nice(-5))
    attempt("nice up", lambda: os.nice(5))
    attempt("real time", lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)))
    attempt("affinity", lambda: os.sched_setaffinity(0, {0}))
    for name in ("CPU", "DATA", "AS", "NPROC", "NOFILE", "STACK", "CORE", "MEMLOCK"):
        number = getattr(resource, "RLIMIT_" + name)
        attempt(name, lambda: resource.setrlimit(number, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)))
    return said
""").goes_on()
    assert set(said.values()) == {"refused"}, said
