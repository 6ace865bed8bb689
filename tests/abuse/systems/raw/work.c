#include <string.h>
#include <unistd.h>

#include "raw.h"

static uint64_t marks_at(const raw* self, uint32_t component, uint32_t table) {
    return self->view->written + (uint64_t)component * DRAGOMAN_MOST_TABLES + table;
}

column raw_column(raw* self, uint32_t component, uint32_t table) {
    const dragoman_view_component* const seen = &self->view->component[component];
    const unsigned char* const directory = self->files[2].data;
    const dragoman_column* const columns = (const dragoman_column*)(directory + DRAGOMAN_COLUMNS_OFFSET);
    const dragoman_table* const tables = (const dragoman_table*)(directory + DRAGOMAN_TABLES_OFFSET);
    const dragoman_column* const at = &columns[(uint64_t)component * DRAGOMAN_MOST_TABLES + table];
    column found = {.rows = tables[table].rows, .size = seen->size};
    const uint32_t access = self->view->system[self->control->system].access[component];
    if (access < DRAGOMAN_ACCESS_WRITE || seen->size == 0 || at->front == DRAGOMAN_NOWHERE || found.rows == 0)
        return found;
    unsigned char* const arena = self->files[seen->descriptor].data;
    found.now = arena + at->front;
    found.mark = self->files[1].data + marks_at(self, component, table);
    switch (access) {
        case DRAGOMAN_ACCESS_WRITE:
            found.next = arena + at->front;
            found.mark = NULL;
            break;
        case DRAGOMAN_ACCESS_REPLACE:
            found.next = arena + at->back;
            break;
        default:
            found.next = self->files[seen->staging].data + at->front;
            break;
    }
    return found;
}

static void add_one(const column* at) {
    const uint32_t numbers = at->rows * at->size / 4;
    for (uint32_t i = 0; i < numbers; ++i) {
        int32_t value;
        memcpy(&value, at->now + i * 4u, 4);
        ++value;
        memcpy(at->next + i * 4u, &value, 4);
    }
    if (at->mark) *at->mark = 1;
}

uint64_t raw_commands(raw* self) {
    unsigned char* const commands = self->files[1].data + self->view->commands;
    const dragoman_entity* const handles = (const dragoman_entity*)(self->files[1].data + self->view->handles);
    uint64_t bytes = 0;
    for (uint64_t i = 0; i < self->control->handles_ready; ++i) {
        const dragoman_command head = {
            .kind = DRAGOMAN_CREATE, .parts = 1, .count = 1, .bytes = 40, .entity = handles[i]};
        const dragoman_part part = {.component = 0};
        memcpy(commands + bytes, &head, sizeof head);
        memcpy(commands + bytes + sizeof head, &part, sizeof part);
        bytes += 40;
    }
    return bytes;
}

void raw_work(raw* self) {
    const uint32_t at = self->view->system[self->control->system].list;
    const dragoman_list* const list = (const dragoman_list*)(self->files[0].data + at);
    for (uint32_t i = 0; i < list->count; ++i)
        for (uint32_t id = 0; id < self->view->components; ++id) {
            const column found = raw_column(self, id, list->tables[i]);
            if (found.next) add_one(&found);
        }
    self->control->command_bytes = raw_commands(self);
    self->control->handles_used = self->control->handles_ready;
}

void raw_done(raw* self) {
    const uint64_t one = 1;
    __atomic_store_n(&self->control->done, self->seen, __ATOMIC_SEQ_CST);
    if (write(self->done, &one, sizeof one) < 0) return; /* closed */
}
