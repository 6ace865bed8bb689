#!/usr/bin/env python3
"""C scripts with systems, compiled as the manifest says, against a broker's side of the data plane in Python."""

import argparse
import re
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "cpp"))
from compiling import CompileError, Compiler
from plane_broker import Component, Raised, Session, World

OPTIONS = argparse.ArgumentParser(description=__doc__)
OPTIONS.add_argument("--client", type=Path, required=True, help="share/dragoman/clients/c of the build")
OPTIONS.add_argument("--manifest", type=Path, required=True, help="compilers/c/language.toml")

POSITION = Component("Position", "x: f32", "y: f32", "z: f32", defaults=(0, 1, 0))
VELOCITY = Component("Velocity", "x: f32", "y: f32", "z: f32")
FROZEN = Component("Frozen")
BAG = Component("Bag", "n: i32[3]", "open: bool", "big: i64")
SOURCE = """
#include <dragoman_system.h>
typedef struct { float x, y, z; } Position;
DRAGOMAN_COMPONENT(Position, x, y, z)
DRAGOMAN_DEFAULTS(Position, .y = 1)
typedef struct { float x, y, z; } Velocity;
DRAGOMAN_COMPONENT(Velocity, x, y, z)
typedef struct { int n[3]; bool open; long big; } Bag;
DRAGOMAN_COMPONENT(Bag, n, open, big)
typedef struct { char nothing; } Frozen;
DRAGOMAN_COMPONENT(Frozen)

DRAGOMAN_SYSTEM(movement, .read = {"Velocity"}, .write = {"Position"}, .without = {"Frozen"}, .order = "PreUpdate", .every = 2) {
    dragoman_rows table;
    for (uint32_t at = 0; dragoman_plane_next(plane, &at, &table);) {
        Position* p = dragoman_write(&table, Position);
        const Velocity* v = dragoman_read(&table, Velocity);
        const float h = (float)dt;
        for (uint32_t i = 0; i < table.rows; ++i) { p[i].x += v[i].x * h; p[i].y += v[i].y * h; p[i].z += v[i].z * h; }
    }
}

DRAGOMAN_SYSTEM(by_kernel, .read = {"Velocity"}, .write = {"Position"}, .without = {"Frozen"}) {
    dragoman_rows table;
    for (uint32_t at = 0; dragoman_plane_next(plane, &at, &table);) {
        const dragoman_span p = dragoman_whole(&table, Position), v = dragoman_whole(&table, Velocity);
        dragoman_do(dragoman_axpy(&p, &v, dt));
    }
}

DRAGOMAN_SYSTEM(create, .creates = 10) {
    const Position here = {1, 2, 3};
    const uint32_t ids[] = {dragoman_id(Position), dragoman_id(Frozen)};
    const void* rows[] = {&here, NULL};
    dragoman_entity made;
    dragoman_do(dragoman_plane_create_with(plane, 2, ids, rows, &made));
    dragoman_do(dragoman_plane_remove(plane, made, dragoman_id(Frozen)));
}

DRAGOMAN_SYSTEM(bags, .write = {"Bag"}) {
    dragoman_rows table;
    for (uint32_t at = 0; dragoman_plane_next(plane, &at, &table);) {
        const dragoman_span n = dragoman_member(&table, Bag, n);
        dragoman_do(dragoman_fill(&n, 7));
        Bag* bags = dragoman_write(&table, Bag);
        for (uint32_t i = 0; i < table.rows; ++i) bags[i].big = 1l << 60;
    }
}

DRAGOMAN_SYSTEM(readonly, .read = {"Position"}) {
    dragoman_rows table;
    for (uint32_t at = 0; dragoman_plane_next(plane, &at, &table);) dragoman_write(&table, Position);
}
DRAGOMAN_SYSTEM(lanes, .read = {"Velocity"}, .write = {"Position"}) {
    dragoman_rows table;
    for (uint32_t at = 0; dragoman_plane_next(plane, &at, &table);) {
        const dragoman_span p = dragoman_whole(&table, Position), v = dragoman_member(&table, Velocity, x);
        dragoman_do(dragoman_axpy(&p, &v, dt));
    }
}
DRAGOMAN_SYSTEM(several, .read = {"Bag"}) {
    dragoman_rows table;
    for (uint32_t at = 0; dragoman_plane_next(plane, &at, &table);) dragoman_whole(&table, Bag);
}
static int given = 0;
json_t* dragoman_preserve_state(void) { return json_integer(given); }
void dragoman_restore_state(json_t* state) { given = (int)json_integer_value(state); }
DRAGOMAN_SYSTEM(too_many) { dragoman_entity made; dragoman_do(dragoman_plane_create(plane, &made)); }
"""


def world(velocity=VELOCITY):
    rows = [(float(i), 0.0, 0.0) for i in range(5)]
    return World(
        [POSITION, velocity, FROZEN, BAG],
        [
            {"Position": rows, **({"Velocity": [(1.0, 2.0, 3.0)] * 5} if velocity is VELOCITY else {})},
            {"Position": rows, "Frozen": [()] * 5},
            {"Bag": [(0, 0, 0, False, 0)] * 2},
        ],
    )


class SystemsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.program, _ = compiler.compile(Path(cls.folder.name) / "script.c", SOURCE)

    def start(self, the_world=None, attach=True, **options):
        session = Session(self.program, the_world or world(), **options)
        self.addCleanup(session.close)
        if attach:
            self.assertEqual(session.attach(), {"frame": 0})
        return session

    def test_what_hello_says(self):
        hello = self.start(attach=False).hello
        self.assertEqual((hello["role"], hello["features"]), ("system", ["log", "error", "call", "uses", "state", "plane"]))
        self.assertEqual(
            hello["components"],
            [
                {"name": "Position", "fields": ["x: f32 = 0.0", "y: f32 = 1.0", "z: f32 = 0.0"]},
                {"name": "Velocity", "fields": ["x: f32", "y: f32", "z: f32"]},
                {"name": "Bag", "fields": ["n: i32[3]", "open: bool", "big: i64"]},
                {"name": "Frozen", "fields": []},
            ],
        )
        movement = {"name": "movement", "read": ["Velocity"], "write": ["Position"], "without": ["Frozen"], "order": "PreUpdate", "every": 2}
        self.assertEqual(hello["systems"][0], movement)

    def test_the_state_is_given_between_runs(self):
        session = self.start()
        for _ in range(2):
            session.run("movement")
            session.say("__state__", {"ask": True})
            self.assertEqual(session.wait_for("__state__"), {"state": 0})
        session.run("movement")
        self.assertEqual(session.close(), 0)

    def test_both_forms_of_movement_do_the_same(self):
        for mode in ("in_place", "replace"):
            for form in ("movement", "by_kernel"):
                session = self.start(mode=mode)
                session.run(form)
                session.run(form, by_line=True)
                self.assertEqual(session.world.rows(0, "Position")[:2], [(1.0, 2.0, 3.0), (2.0, 2.0, 3.0)], (mode, form))
                self.assertEqual(session.world.rows(1, "Position")[1], (1.0, 0.0, 0.0))
                self.assertEqual(session.close(), 0)

    def test_entities_and_fields(self):
        session = self.start()
        created, removed = session.run("create")
        self.assertEqual((created[0], created[2]["Position"], removed[0]), ("create", [(1.0, 2.0, 3.0)], "remove"))
        session.run("bags")
        self.assertEqual(session.world.rows(2, "Bag"), [(7, 7, 7, False, 1 << 60)] * 2)

    def test_faults_say_what_is_wrong(self):
        for system, message in {
            "readonly": "the system readonly does not declare that it writes Position",
            "lanes": "dragoman_axpy(&p, &v, dt): the operands have different numbers of scalars",
            "several": "the fields of Bag are not all of one type: choose one of them",
            "too_many": "declares no creates",
        }.items():
            session = self.start()
            with self.assertRaises(Raised) as caught:
                session.run(system)
            body = caught.exception.args[0]
            self.assertEqual(body["code"], "raised")
            self.assertIn(message, body["message"])
            self.assertEqual(session.close(), 1)

    def test_structs_are_compared_with_the_world(self):
        for other, message in {
            Component("Velocity", "x: f32", "y: f64", "z: f32"): "y: f32 at byte 4 here, and y: f64 at byte 8 there",
            Component("Velocity", "x: f32", "y: f32"): "it has no z",
            Component("Velocity", "x: f32", "y: f32", "z: f32", "w: u8"): "it also has w: u8 at byte 12",
            Component("Speed", "x: f32"): "the world has no component Velocity",
        }.items():
            session = self.start(world(other), attach=False)
            with self.assertRaises(Raised) as caught:
                session.attach()
            self.assertIn(message, caught.exception.args[0]["message"])

    def test_members_of_other_types_do_not_compile(self):
        with self.assertRaises(CompileError) as caught:
            source = "#include <dragoman_system.h>\ntypedef struct { struct { int i; } x; } A;\nDRAGOMAN_COMPONENT(A, x)\n"
            compiler.compile(Path(self.folder.name) / "wrong.c", source)
        self.assertIn("_Generic", str(caught.exception))


if __name__ == "__main__":
    options, rest = OPTIONS.parse_known_args()
    compiler = Compiler(options.client, options.manifest)
    unittest.main(argv=sys.argv[:1] + rest)
