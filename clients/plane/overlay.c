#include <stdlib.h>
#include <string.h>

#include "clients/plane/private.h"

static uint32_t bucket_of(const dgp_overlay* overlay, dragoman_entity entity) {
    return (entity.index * UINT32_C(2654435769)) >> (32 - overlay->bucket_bits);
}

static uint32_t bucket_mask(const dgp_overlay* overlay) { return (UINT32_C(1) << overlay->bucket_bits) - 1; }

bool dgp_forget_changes(dgp_overlay* overlay) {
    overlay->touched_count = 0;
    overlay->change_count = 0;
    overlay->entered = 0;
    overlay->entered_handles = 0;
    if (++overlay->run != 0) return false;
    if (overlay->buckets) memset(overlay->buckets, 0, sizeof(dgp_bucket) << overlay->bucket_bits);
    overlay->run = 1;
    return true;
}

void dgp_free_overlay(dgp_overlay* overlay) {
    free(overlay->touched);
    free(overlay->changes);
    free(overlay->buckets);
    *overlay = (dgp_overlay){0};
}

uint32_t dgp_find_touched(const dgp_overlay* overlay, dragoman_entity entity) {
    if (overlay->touched_count == 0) return DRAGOMAN_NONE;
    const uint32_t mask = bucket_mask(overlay);
    for (uint32_t at = bucket_of(overlay, entity);; at = (at + 1) & mask) {
        const dgp_bucket bucket = overlay->buckets[at];
        if (bucket.run != overlay->run) return DRAGOMAN_NONE;
        if (dgp_same(overlay->touched[bucket.touched].entity, entity)) return bucket.touched;
    }
}

static void hang_up(dgp_overlay* overlay, uint32_t touched) {
    const uint32_t mask = bucket_mask(overlay);
    uint32_t at = bucket_of(overlay, overlay->touched[touched].entity);
    while (overlay->buckets[at].run == overlay->run) at = (at + 1) & mask;
    overlay->buckets[at] = (dgp_bucket){.run = overlay->run, .touched = touched};
}

/* Half of the buckets stay empty. */
static bool room_for_buckets(dgp_overlay* overlay, uint32_t count) {
    uint32_t bits = overlay->bucket_bits ? overlay->bucket_bits : 6;
    while (bits < 31 && (UINT32_C(1) << bits) < count * UINT64_C(2)) ++bits;
    if (bits == overlay->bucket_bits) return true;
    dgp_bucket* buckets = calloc((size_t)1 << bits, sizeof *buckets);
    if (!buckets) return false;
    free(overlay->buckets);
    overlay->buckets = buckets;
    overlay->bucket_bits = bits;
    for (uint32_t i = 0; i < overlay->touched_count; ++i) hang_up(overlay, i);
    return true;
}

static bool room_for_touched(dgp_overlay* overlay, uint32_t more) {
    const uint64_t wanted = (uint64_t)overlay->touched_count + more;
    if (wanted > UINT32_MAX / 2) return false;
    if (wanted > overlay->touched_room) {
        const uint32_t room = wanted < 32 ? 64 : (uint32_t)wanted * 2;
        dgp_touched* grown = realloc(overlay->touched, room * sizeof *grown);
        if (!grown) return false;
        overlay->touched = grown;
        overlay->touched_room = room;
    }
    return room_for_buckets(overlay, (uint32_t)wanted);
}

static uint32_t enter(dgp_overlay* overlay, dgp_touched touched) {
    const uint32_t place = overlay->touched_count++;
    touched.changes = DRAGOMAN_NONE;
    overlay->touched[place] = touched;
    hang_up(overlay, place);
    return place;
}

int dgp_enter_creations(dragoman_plane* plane) {
    dgp_overlay* overlay = &plane->overlay;
    const uint64_t missing = plane->handles_used - overlay->entered_handles;
    if (missing == 0) {
        overlay->entered = plane->used;
        return 0;
    }
    if (missing > UINT32_MAX || !room_for_touched(overlay, (uint32_t)missing)) return dgp_fail(plane, "out of memory");
    while (overlay->entered < plane->used) {
        const dragoman_command* command = (const dragoman_command*)(plane->commands + overlay->entered);
        const bool creates = command->kind == DRAGOMAN_CREATE || command->kind == DRAGOMAN_CREATE_MANY;
        for (uint32_t row = 0; creates && row < command->count; ++row)
            enter(overlay,
                  (dgp_touched){
                      .entity = plane->handles[overlay->entered_handles++], .create = overlay->entered, .row = row});
        overlay->entered += command->bytes;
    }
    return 0;
}

uint32_t dgp_touch(dragoman_plane* plane, dragoman_entity entity) {
    if (dgp_enter_creations(plane) < 0) return DRAGOMAN_NONE;
    const uint32_t found = dgp_find_touched(&plane->overlay, entity);
    if (found != DRAGOMAN_NONE) return found;
    if (!room_for_touched(&plane->overlay, 1)) {
        dgp_fail(plane, "out of memory");
        return DRAGOMAN_NONE;
    }
    return enter(&plane->overlay, (dgp_touched){.entity = entity, .create = DRAGOMAN_NOWHERE});
}

static dgp_change* change_of(const dgp_overlay* overlay, uint32_t touched, uint32_t component) {
    uint32_t at = overlay->touched[touched].changes;
    while (at != DRAGOMAN_NONE && overlay->changes[at].component != component) at = overlay->changes[at].next;
    return at == DRAGOMAN_NONE ? NULL : &overlay->changes[at];
}

const dgp_change* dgp_find_change(const dgp_overlay* overlay, uint32_t touched, uint32_t component) {
    return change_of(overlay, touched, component);
}

int dgp_room_for_change(dragoman_plane* plane) {
    dgp_overlay* overlay = &plane->overlay;
    if (overlay->change_count < overlay->change_room) return 0;
    const uint32_t room = overlay->change_room ? overlay->change_room * 2 : 64;
    dgp_change* grown = realloc(overlay->changes, room * sizeof *grown);
    if (!grown) return dgp_fail(plane, "out of memory");
    overlay->changes = grown;
    overlay->change_room = room;
    return 0;
}

void dgp_note(dgp_overlay* overlay, uint32_t touched, uint32_t component, uint64_t part, bool added) {
    dgp_change* change = change_of(overlay, touched, component);
    if (!change) {
        const uint32_t place = overlay->change_count++;
        change = &overlay->changes[place];
        *change = (dgp_change){.component = component, .next = overlay->touched[touched].changes};
        overlay->touched[touched].changes = place;
    }
    change->part = part;
    change->added = added;
}
