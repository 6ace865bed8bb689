#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "raw.h"

static unsigned char* control_file(const raw* self) { return self->files[1].data; }

static void scribble(unsigned char* data, size_t bytes) {
    for (size_t i = 0; i < bytes; ++i) data[i] = (unsigned char)random();
}

/* --- what it says of its tick --- */

static void never_done(raw* self) { (void)self, sleep(3600); }
static void busy_for_ever(raw* self) {
    for (;;) __atomic_load_n(&self->control->go, __ATOMIC_SEQ_CST);
}
static void done_twice(raw* self) {
    raw_work(self);
    raw_done(self);
    raw_done(self);
    printf("__done__ {\"frame\": %ld}\n", self->tick);
}
static void done_ahead(raw* self) {
    raw_work(self);
    raw_done(self);
    usleep(2000);
    __atomic_store_n(&self->control->done, self->seen + 1,
                     __ATOMIC_SEQ_CST); /* the next tick is over before it begins */
}
static void done_otherwise(raw* self) {
    __atomic_store_n(&self->control->done, self->seen + 7, __ATOMIC_SEQ_CST), sleep(3600);
}
static void garble_page(raw* self) { scribble(control_file(self), DRAGOMAN_CONTROL_BYTES), sleep(3600); }
static void garble_file(raw* self) {
    const uint32_t seen = self->seen;
    scribble(control_file(self), self->view->commands + 65536);
    self->control->command_bytes = 0;
    self->seen = seen;
    raw_done(self);
}
static void garble_the_brokers_half(raw* self) {
    raw_work(self);
    raw_done(self);
    for (int i = 0; i < 200000; ++i) {
        self->control->system = (uint32_t)random();
        self->control->tick = (uint64_t)random();
        self->control->handles_ready = UINT64_MAX;
        self->control->broker_sleeps = (uint32_t)random();
    }
}
static void wrong_fault(raw* self) {
    self->control->fault = (uint32_t)self->number;
    raise(SIGSEGV);
}

/* --- its commands --- */

static void finish(raw* self, uint64_t bytes) {
    self->control->command_bytes = bytes;
    raw_done(self);
}
static unsigned char* commands_of(const raw* self) { return control_file(self) + self->view->commands; }

static void too_many_bytes(raw* self) { finish(self, self->view->command_bytes + (uint64_t)self->number); }
static void all_the_bytes(raw* self) { finish(self, UINT64_MAX - (uint64_t)self->number); }
static void room_of_zeros(raw* self) {
    memset(commands_of(self), 0, 4096);
    finish(self, self->view->command_bytes);
}
static void handles_lie(raw* self) {
    raw_work(self);
    self->control->handles_used = UINT64_C(1) << 40;
    raw_done(self);
}
static void more_handles(raw* self) {
    self->control->handles_ready += 2;
    const uint64_t bytes = raw_commands(self);
    finish(self, bytes);
}
static void random_bytes(raw* self) {
    const size_t bytes = (size_t)(random() % 512) * 8;
    scribble(commands_of(self), bytes);
    finish(self, bytes);
}
/* Good commands, with some of their bytes changed: they get further. */
static void changed_bytes(raw* self) {
    const uint64_t bytes = raw_commands(self);
    for (long i = random() % 4; i >= 0 && bytes > 0; --i)
        commands_of(self)[(uint64_t)random() % bytes] =
            random() % 2 ? (unsigned char)random() : (unsigned char)(random() % 8);
    finish(self, bytes);
}
static void commands_after_done(raw* self) {
    raw_work(self);
    raw_done(self);
    for (int i = 0; i < 2000; ++i) {
        scribble(commands_of(self), 256);
        self->control->command_bytes = (uint64_t)random();
    }
}
static void create_too_many(raw* self) {
    unsigned char* const at = commands_of(self);
    const dragoman_entity first = *(const dragoman_entity*)(control_file(self) + self->view->handles);
    const dragoman_command head = {
        .kind = DRAGOMAN_CREATE_MANY, .count = UINT32_MAX, .bytes = sizeof head, .entity = first};
    memcpy(at, &head, sizeof head);
    finish(self, sizeof head);
}

/* --- its memory --- */

static void all_marks(raw* self) {
    memset(control_file(self) + self->view->written, 1, (size_t)DRAGOMAN_MOST_COMPONENTS * DRAGOMAN_MOST_TABLES);
    finish(self, 0);
}
static void unmap(raw* self) {
    munmap(self->control, DRAGOMAN_CONTROL_BYTES);
    raw_done(self);
}
static void close_all(raw* self) {
    close_range(3, ~0U, 0);
    raw_work(self);
    raw_done(self);
}
static void shut(raw* self) {
    shutdown(self->socket, SHUT_RDWR);
    raw_work(self);
    raw_done(self);
}
/* Makes the broker's write to the bell one that blocks. */
static void full_bell(raw* self) {
    const uint64_t most = UINT64_MAX - 1;
    uint64_t count = 0;
    if (read(self->go, &count, sizeof count) < 0) count = 0;
    fcntl(self->go, F_SETFL, 0);
    printf("full bell: %s\n", write(self->go, &most, sizeof most) < 0 ? "no" : "yes");
    raw_work(self);
    self->control->script_sleeps = 1;
    raw_done(self);
    self->tick = -1;
}
/* Makes the broker's read of the bell one that blocks: rings it, and is quicker in taking the ring back. */
static void emptied_bell(raw* self) {
    fcntl(self->done, F_SETFL, 0);
    raw_work(self);
    for (int i = 0; i < 20000; ++i) {
        uint64_t count = 1;
        if (write(self->done, &count, sizeof count) < 0 || read(self->done, &count, sizeof count) < 0) break;
    }
    raw_done(self);
}
/* Writes on in what it was given in the rounds before. */
static void old_mappings(raw* self) {
    static raw before[8];
    static int kept;
    if (kept < 8 && (kept == 0 || before[kept - 1].attached != self->attached)) before[kept++] = *self;
    for (int i = 0; i + 1 < kept; ++i)
        for (int k = 0; k < before[i].count; ++k)
            if (before[i].files[k].writable && before[i].files[k].bytes >= 4096)
                scribble(before[i].files[k].data, 4096);
    raw_work(self);
    raw_done(self);
}
static void fill_control(raw* self) {
    unsigned char* const data = control_file(self);
    for (uint64_t at = DRAGOMAN_CONTROL_BYTES; at < self->view->control_bytes; at += 4096) {
        volatile unsigned char* const byte = data + at;
        *byte = *byte; /* touched */
    }
    memset(data + self->view->written, 0, (size_t)DRAGOMAN_MOST_COMPONENTS * DRAGOMAN_MOST_TABLES);
    raw_work(self);
    raw_done(self);
}

/* --- its end --- */

static void on_alarm(int signal_number) { (void)signal_number, kill(getpid(), SIGKILL); }
/* Dies somewhere in this tick or one of the next. */
static void killed(raw* self) {
    signal(SIGALRM, on_alarm);
    const struct itimerval soon = {.it_value = {.tv_usec = 1 + random() % (self->number % 2 ? 300 : 6000)}};
    setitimer(ITIMER_REAL, &soon, NULL);
    raw_work(self);
    raw_done(self);
}
/* Half of each column is written. */
static void half(raw* self) {
    const uint32_t at = self->view->system[self->control->system].list;
    const dragoman_list* const list = (const dragoman_list*)(self->files[0].data + at);
    for (uint32_t i = 0; i < list->count; ++i)
        for (uint32_t id = 0; id < self->view->components; ++id) {
            const column found = raw_column(self, id, list->tables[i]);
            if (found.next) memset(found.next, 0x7f, (size_t)found.rows * found.size / 2);
        }
}
static void leaves(raw* self) { (void)self, exit(0); }
static void half_then_late(raw* self) { half(self), sleep(3600); }
static void half_then_dead(raw* self) { half(self), kill(getpid(), SIGKILL); }
static void half_then_bad_commands(raw* self) {
    raw_work(self);
    memset(commands_of(self), 0xee, 64);
    finish(self, 64);
}

typedef struct vice {
    const char* name;
    void (*act)(raw* self);
    bool again; /* in each tick from then on */
} vice;
static const vice vices[] = {
    {"never_done", never_done, false},
    {"busy_for_ever", busy_for_ever, false},
    {"done_twice", done_twice, false},
    {"done_ahead", done_ahead, false},
    {"done_otherwise", done_otherwise, false},
    {"garble_page", garble_page, false},
    {"garble_file", garble_file, false},
    {"garble_the_brokers_half", garble_the_brokers_half, true},
    {"wrong_fault", wrong_fault, false},
    {"too_many_bytes", too_many_bytes, false},
    {"all_the_bytes", all_the_bytes, false},
    {"room_of_zeros", room_of_zeros, false},
    {"handles_lie", handles_lie, true},
    {"more_handles", more_handles, false},
    {"random_bytes", random_bytes, false},
    {"changed_bytes", changed_bytes, true},
    {"commands_after_done", commands_after_done, true},
    {"create_too_many", create_too_many, false},
    {"all_marks", all_marks, false},
    {"unmap", unmap, false},
    {"close_all", close_all, false},
    {"shut", shut, false},
    {"full_bell", full_bell, false},
    {"emptied_bell", emptied_bell, true},
    {"old_mappings", old_mappings, true},
    {"fill_control", fill_control, false},
    {"leaves", leaves, false},
    {"killed", killed, false},
    {"half_then_late", half_then_late, false},
    {"half_then_dead", half_then_dead, false},
    {"half_then_bad_commands", half_then_bad_commands, false},
    {"attack", raw_attack, false},
};

bool raw_misbehave(raw* self) {
    const long tick = (long)self->control->tick;
    for (size_t i = 0; i < sizeof vices / sizeof *vices; ++i)
        if (strcmp(vices[i].name, self->vice) == 0) {
            if (tick != self->tick && !(vices[i].again && tick > self->tick)) return false;
            vices[i].act(self);
            return true;
        }
    return false;
}
