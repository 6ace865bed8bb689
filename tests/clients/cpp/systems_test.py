#!/usr/bin/env python3
"""C++ scripts with systems, compiled as the manifest says, against a broker's side of the data plane in Python."""

import argparse
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from compiling import CompileError, Compiler
from plane_broker import Component, Raised, Session, World

OPTIONS = argparse.ArgumentParser(description=__doc__)
OPTIONS.add_argument("--client", type=Path, required=True, help="share/dragoman/clients/cpp of the build")
OPTIONS.add_argument("--manifest", type=Path, required=True, help="compilers/cpp/language.toml")

POSITION = Component("Position", "x: f32", "y: f32", "z: f32", defaults=(0, 1, 0))
VELOCITY = Component("Velocity", "x: f32", "y: f32", "z: f32")
FROZEN = Component("Frozen")
BAG = Component("Bag", "n: i32[3]", "owner: entity", "open: bool", "big: i64")
HEAD = """#include <dragoman/systems.hpp>
struct Position { float x = 0, y = 1, z = 0; };
DRAGOMAN_COMPONENT(Position, x, y, z)
struct Velocity { float x, y, z; };
DRAGOMAN_COMPONENT(Velocity, x, y, z)
struct Frozen {};
DRAGOMAN_COMPONENT(Frozen)
namespace inner {
struct Bag { int n[3]; dragoman::Entity owner; bool open; long big; };
DRAGOMAN_COMPONENT(Bag, n, owner, open, big)
}
using inner::Bag;
using namespace dragoman;
#define EXPECT(it) if (!(it)) throw std::runtime_error("not so: " #it)
#define REFUSES(why, it) try { it; throw std::runtime_error("went through: " #it); } \\
    catch (const Error& e) { if (e.code() != why) throw; }
"""
MOVEMENT = HEAD + """
void by_table(Tables tables, double dt) {
    const float h = dt;
    for (auto& table : tables)
        for (auto [p, v] : table.each<Position, const Velocity>()) { p.x += v.x * h; p.y += v.y * h; p.z += v.z * h; }
}
DRAGOMAN_SYSTEM(by_table).reads<Velocity>().write("Position").order("PreUpdate").before("by_row").every(2);

void by_row(Position& p, const Velocity& v, float h) { p.x += v.x * h; p.y += v.y * h; p.z += v.z * h; }
DRAGOMAN_SYSTEM(by_row).without<Frozen>();

static void by_span(const Tables& tables, float h) {
    for (const auto& table : tables) {
        std::span<Position> p = table.column<Position>();
        std::span<const Velocity> v = table.column<const Velocity>();
        for (std::size_t i = 0; i < p.size(); ++i) { p[i].x += v[i].x * h; p[i].y += v[i].y * h; p[i].z += v[i].z * h; }
    }
}
DRAGOMAN_SYSTEM(by_span).reads<Velocity>().writes<Position>();

void by_kernel(Tables tables, double dt) {
    for (auto& table : tables) kernels::axpy(table.span<Position>(), table.span<Velocity>(), dt);
}
DRAGOMAN_SYSTEM(by_kernel).reads<Velocity>().writes<Position>();

void by_name(Tables tables, double dt) {
    for (auto& table : tables) kernels::axpy(table["Position"], table["Velocity"], dt);
}
DRAGOMAN_SYSTEM(by_name).read("Velocity").write("Position");

void optional(Position& p, const Velocity* v) { p.x = v ? v->x : -1; }
DRAGOMAN_SYSTEM(optional);

void chained(Position& p, Velocity v, const float dt) { p.x += v.x * dt + query_entities<Position>()[0].get<const Position>().x; }
DRAGOMAN_SYSTEM(chained);

void about(const Position&, Entity entity, double dt) { log("info", std::to_string(entity.handle()) + " " + std::to_string(tick()) + " " + std::to_string(dt)); }
DRAGOMAN_SYSTEM(about).with<Frozen>();

struct Drift {
    std::string name = "drift", execution_order = "PostUpdate";
    std::vector<std::string> write = {"Position"}, optional = {"Velocity"};
    int every = 3;
    void update(Tables tables, double dt) { for (auto& table : tables) for (auto [e, p] : table.each<Entity, Position>()) p.z = dt + e.handle() % 10; }
};
static auto& drift = register_system<Drift>();

struct Everything { std::string name = "everything"; void update(double) { EXPECT(query_entities<Position>().size() == 9); } };
static auto& everything = register_system(std::make_unique<Everything>());

std::vector<int> keep() { return {1, 2}; }
DRAGOMAN_STATE(keep, [](const nlohmann::json&) {})
"""
ENTITIES = HEAD + """
void create(double) {
    Entity e = create_entity(Position{1, 2, 3}, Frozen{});
    EXPECT(e.is_valid() && e.has<Position>() && e.has<Frozen>() && !e.has<Velocity>());
    EXPECT(e.get<const Position>().y == 2);
    e.add<Velocity>({4, 5, 6});
    e.add_component("Bag", {{"n", {1, 2, 3}}, {"open", true}, {"owner", e}});
    e.remove<Frozen>();
    EXPECT(!e.has_component("Frozen") && e.has_component("Bag"));
    Entity plain = create_entity();
    plain.add<Position>();
    EXPECT(plain.get<const Position>().y == 1);
    plain.destroy();
    EXPECT(!plain.is_valid());
    REFUSES("no_entity", plain.destroy());
    REFUSES("no_entity", plain.get<const Position>());
    std::vector<Position> rows(3, Position{7, 8, 9});
    auto many = create_many<Position, Velocity>(3, rows, {});
    EXPECT(many.size() == 3 && many[2].get<const Position>().z == 9 && many[0].get<const Velocity>().x == 0);
    REFUSES("bad_value", (create_many<Position, Velocity>(2, rows, {})));
    EXPECT(create_many<Frozen>(0).empty());
    try { EntityGuard guard(Position{}); guard->add<Frozen>(); throw 1; } catch (int) {}
    { EntityGuard guard; }
    EXPECT(query_entities({"Position"}, {"Velocity"}).size() == 1);
}
DRAGOMAN_SYSTEM(create).reads<Position, Velocity>().creates(100);

void change(double) {
    auto all = query_entities<Position, Velocity>();
    EXPECT(all.size() == 5);
    all[0].get<Position>() = {9, 9, 9};
    all[1].get_component("Position")["y"] = 33;
    float y = all[1].get_component("Position")["y"];
    EXPECT(y == 33);
    batch_update("Position", all, {{"z", 5}, {"x", {10, 11, 12, 13, 14}}});
    batch_update<Position>(all, [](Position& p) { p.x += 0.5f; });
    all[4].set<Velocity>({1, 1, 1});
    EXPECT(all[4].get<const Velocity>().x == 1);
    REFUSES("denied", all[0].get_component("Velocity")["x"] = 1);
    REFUSES("unknown_field", all[0].get_component("Position")["w"]);
    REFUSES("unknown_component", all[0].get_component("Colour"));
    REFUSES("bad_value", all[0].get_component("Position")["x"] = "much");
    REFUSES("bad_value", batch_update("Position", all, {{"x", {1, 2}}}));
    REFUSES("bad_value", all[0].get<Velocity>());
    REFUSES("bad_value", create_entity());
}
DRAGOMAN_SYSTEM(change).reads<Velocity>().writes<Position>();

void bags(Bag& bag, Entity entity) {
    bag.n[1] = 7; bag.owner = entity; bag.open = true; bag.big = 1l << 60;
    auto row = entity.get_component("Bag");
    row["n"][2] = -8;
    EXPECT(int(row["n"][2]) == -8 && row["owner"].get<Entity>() == entity);
    REFUSES("bad_value", row["n"][3]);
    REFUSES("bad_value", row["n"][0] = 5000000000);
    REFUSES("bad_value", row["open"] = 1);
}
DRAGOMAN_SYSTEM(bags);
static Entity outside = [] { REFUSES("denied", create_entity()); return Entity(); }();
"""
KERNELS = HEAD + """
using namespace dragoman::kernels;
static std::vector<float> numbers(std::size_t count) { std::vector<float> all; for (std::size_t i = 0; i < count; ++i) all.push_back(i); return all; }
#define SAME(a, ...) { decltype(a) wanted = {__VA_ARGS__}; EXPECT(a == wanted); }
void all(Tables tables, double) {
    auto y = numbers(4), x = numbers(4), z = numbers(4);
    axpy(y, x, 2); SAME(y, 0, 3, 6, 9)
    scale(y, 2); SAME(y, 0, 6, 12, 18)
    affine(y, 0.5, 1); SAME(y, 1, 4, 7, 10)
    kernels::add(y, x); SAME(y, 1, 5, 9, 13)
    subtract(y, x); SAME(y, 1, 4, 7, 10)
    multiply(y, x); SAME(y, 0, 4, 14, 30)
    minimum(y, x); SAME(y, 0, 1, 2, 3)
    fill(y, 2); maximum(y, x); SAME(y, 2, 2, 2, 3)
    clamp(y, 0, 2.5); SAME(y, 2, 2, 2, 2.5)
    wrap(z, 1, 3); SAME(z, 2, 1, 2, 1)
    integrate(z, x, 1); SAME(z, 2, 2, 4, 4)
    integrate(z, x, y, 1); SAME(x, 2, 3, 4, 5.5)
    bounce(z, x, 0, 5); EXPECT(z[3] == 5 && x[3] == -5.5f);
    std::vector<float> pairs = {3, 4, 30, 40};
    limit_length(Column(pairs, 2), 5); SAME(pairs, 3, 4, 3, 4)
    kernels::copy(x, y); EXPECT(x == y);
    x = numbers(4);
    std::vector<std::uint32_t> index = {3, 0, 0, 1};
    gather(y, x, index); SAME(y, 3, 0, 0, 1)
    scatter(y, x, index); SAME(y, 2, 3, 0, 0)
    std::vector<std::uint8_t> mask(4);
    kernels::compare(mask, x, Comparison::greater_equal, 2); SAME(mask, 0, 0, 1, 1)
    kernels::select(y, x, mask); SAME(y, 2, 3, 2, 3)
    SAME(where(mask), 2, 3)
    SAME(reduce(x, Reduction::sum), 6)
    SAME(reduce(Column(pairs, 2), Reduction::max), 3, 4)
    std::array<float, 2> out = {};
    const std::vector<float> origin(4);
    distance(out, Column(pairs, 2), Column(origin, 2)); SAME(out, 5, 5)
    distance_to(out, Column(pairs, 2), std::array<double, 2>{3, 0}); SAME(out, 4, 4)
    REFUSES("denied", scale(origin, 2));
    REFUSES("bad_value", axpy(y, std::vector<float>(3), 1));
    REFUSES("bad_value", distance_to(out, Column(pairs, 2), std::array<double, 1>{3}));
    static Grid grid;
    std::vector<float> points = {0, 0, 1, 0, 5, 5}, sums(6), velocity(6, 1), old = velocity;
    std::vector<std::uint32_t> counts(3);
    grid.build(Column(points, 2), 2);
    SAME(grid.near({0, 0}, 1.5), 0, 1)
    REFUSES("bad_value", grid.near({0, 0, 0}, 1));
    grid.sum(2, 0, Column(points, 2), Column(sums, 2), counts); SAME(counts, 1, 1, 0)
    grid.flock(Column(velocity, 2), Column(old, 2), {.radius = 2, .near = 2, .separation = 1, .dt = 1}); EXPECT(velocity[0] < 1 && velocity[2] > 1);
    for (auto& table : tables) { axpy(table.span(&Position::y), table["Velocity"]["z"], 2); EXPECT(table.has("Position") && !table.has<Frozen>()); }
}
DRAGOMAN_SYSTEM(all).reads<Velocity>().writes<Position>().without<Frozen>().changed<Position>();
"""
FAULTS = HEAD + """
void undeclared(Tables tables) { for (auto& t : tables) t.column<const Velocity>(); }
DRAGOMAN_SYSTEM(undeclared).reads<Position>();
void readonly(Tables tables) { for (auto& t : tables) t.each<Position>(); }
DRAGOMAN_SYSTEM(readonly).reads<Position>();
void lanes(Tables tables) { for (auto& t : tables) kernels::axpy(t["Position"], t.span(&Velocity::x), 1); }
DRAGOMAN_SYSTEM(lanes).reads<Velocity>().writes<Position>();
void several(Tables tables) { for (auto& t : tables) kernels::scale(t["Bag"], 1); }
DRAGOMAN_SYSTEM(several).writes<Bag>();
void kernel_readonly(Tables tables) { for (auto& t : tables) kernels::scale(t["Position"]["x"], 1); }
DRAGOMAN_SYSTEM(kernel_readonly).reads<Position>();
void missing(Tables tables) { for (auto& t : tables) { EXPECT(t.column<const Velocity>().empty() == !t.has<Velocity>()); t.each<const Velocity>(); } }
DRAGOMAN_SYSTEM(missing).reads<Position, Velocity>().optional<Velocity>();
void thrower() { throw std::runtime_error("boom"); }
DRAGOMAN_SYSTEM(thrower);
"""


def world():
    def rows(count, first=0.0):
        return [(first + i, 0.0, 0.0) for i in range(count)]

    return World(
        [POSITION, VELOCITY, FROZEN, BAG],
        [
            {"Position": rows(5), "Velocity": [(1.0, 2.0, 3.0)] * 5},
            {"Position": rows(1, 50.0)},
            {"Position": rows(0), "Velocity": rows(0), "Bag": []},
            {"Position": rows(3, 90.0), "Velocity": [(2.0, 2.0, 2.0)] * 3, "Frozen": [()] * 3},
            {"Bag": [((0),) * 3 + (0, False, 0)] * 2},
        ],
    )


class SystemsTest(unittest.TestCase):
    programs = {}

    def compile(self, source):
        if source not in self.programs:
            folder = Path(tempfile.mkdtemp(dir=folders.name))
            self.programs[source], _ = compiler.compile(folder / "script.cpp", source)
        return self.programs[source]

    def start(self, source, the_world=None, attach=True, **options):
        session = Session(self.compile(source), the_world or world(), **options)
        self.addCleanup(session.close)
        if attach:
            self.assertEqual(session.attach(), {"frame": 0})
        return session

    def test_what_hello_says(self):
        hello = self.start(MOVEMENT, attach=False).hello
        self.assertEqual((hello["role"], hello["features"]), ("system", ["log", "error", "call", "uses", "state", "plane"]))
        self.assertEqual(hello["components"][0], {"name": "Position", "fields": ["x: f32", "y: f32 = 1", "z: f32"]})
        self.assertEqual(hello["components"][2:], [{"name": "Frozen", "fields": []}, {"name": "Bag", "fields": ["n: i32[3]", "owner: entity", "open: bool", "big: i64"]}])
        systems = {system["name"]: system for system in hello["systems"]}
        self.assertEqual(systems["by_table"], {"name": "by_table", "read": ["Velocity"], "write": ["Position"], "order": "PreUpdate", "before": ["by_row"], "every": 2})
        self.assertEqual(systems["by_row"], {"name": "by_row", "read": ["Velocity"], "write": ["Position"], "without": ["Frozen"]})
        self.assertEqual(systems["optional"], {"name": "optional", "read": ["Velocity"], "write": ["Position"], "optional": ["Velocity"]})
        self.assertEqual(systems["drift"], {"name": "drift", "write": ["Position"], "optional": ["Velocity"], "order": "PostUpdate", "every": 3})
        self.assertEqual(systems["everything"], {"name": "everything", "exclusive": True, "creates": 65536})

    def test_all_forms_of_movement_do_the_same(self):
        moved = [(0.5, 1.0, 1.5), (1.5, 1.0, 1.5), (2.5, 1.0, 1.5), (3.5, 1.0, 1.5), (4.5, 1.0, 1.5)]
        for mode in ("in_place", "replace"):
            for form in ("by_table", "by_row", "by_span", "by_kernel", "by_name"):
                session = self.start(MOVEMENT, mode=mode)
                self.assertEqual(session.run(form), [])
                self.assertEqual(session.world.rows(0, "Position"), moved, (mode, form))
                self.assertEqual(session.world.rows(3, "Position")[0][1], 0.0 if form == "by_row" else 1.0, (mode, form))
                self.assertEqual(session.world.rows(1, "Position"), [(50.0, 0.0, 0.0)])
                self.assertEqual(session.close(), 0)

    def test_rows_that_look_at_other_rows_see_what_was_written(self):
        for mode in ("in_place", "replace"):
            session = self.start(MOVEMENT, mode=mode)
            session.run("by_row", dt=1)
            session.run("chained", dt=1)
            self.assertEqual([row[0] for row in session.world.rows(0, "Position")], [3.0, 6.0, 7.0, 8.0, 9.0], mode)
            self.assertEqual([row[0] for row in session.world.rows(3, "Position")], [95.0, 96.0, 97.0], mode)

    def test_the_portable_signal(self):
        session = self.start(MOVEMENT)
        for _ in range(3):
            session.run("by_row", by_line=True)
        self.assertEqual(session.world.rows(0, "Position")[0], (1.5, 3.0, 4.5))

    def test_a_spinning_script(self):
        session = self.start(MOVEMENT, spin_us=100000)
        for tick in range(50):
            session.run("by_row", dt=1, tick=tick, by_line=tick % 3 == 0)
        self.assertEqual(session.world.rows(0, "Position")[0], (50.0, 100.0, 150.0))

    def test_optional_components_entities_and_the_tick(self):
        session = self.start(MOVEMENT)
        session.run("optional")
        self.assertEqual([session.world.rows(t, "Position")[0][0] for t in (0, 1, 3)], [1.0, -1.0, 2.0])
        session.run("about", dt=0.25, tick=77)
        handles = session.world.entities[3]
        session.say("__call__", {"id": 1, "method": "nothing", "params": []})
        self.assertEqual(session.wait_for("__error__")["code"], "unknown_method")
        logged = [line for line in session.others if line.startswith("__log__")]
        self.assertEqual(len(logged), 3)
        self.assertIn(f"{handles[0]} 77 0.25", logged[0])

    def test_objects_with_an_update(self):
        session = self.start(MOVEMENT)
        session.run("drift", dt=0.5)
        self.assertEqual([row[2] for row in session.world.rows(0, "Position")], [0.5 + h % 10 for h in session.world.entities[0]])
        session.run("everything")

    def test_the_state_is_given_between_runs(self):
        session = self.start(MOVEMENT)
        for _ in range(2):
            session.run("by_row")
            session.say("__state__", {"ask": True})
            self.assertEqual(session.wait_for("__state__"), {"state": [1, 2]})
        session.run("by_row")
        self.assertEqual(session.close(), 0)

    def test_attaching_again(self):
        session = self.start(MOVEMENT)
        session.run("by_row")
        session.attach()
        session.run("by_row")
        self.assertEqual(session.world.rows(0, "Position")[0], (1.0, 2.0, 3.0))

    def test_entities_are_created(self):
        session = self.start(ENTITIES)
        commands = session.run("create")
        first = (1 << 32) + session.world.next_index
        self.assertEqual(commands[0], ("create", first, {"Position": [(1.0, 2.0, 3.0)], "Frozen": [()] if commands[0][2]["Frozen"] else None}))
        self.assertEqual([kind for kind, _, _ in commands], ["create", "add", "add", "remove", "create", "add", "destroy", "create_many", "create", "add", "destroy", "create"])
        self.assertEqual(commands[2][2], {"Bag": [(1, 2, 3, first, True, 0)]})
        self.assertEqual(commands[7][2], {"Position": [(7.0, 8.0, 9.0)] * 3, "Velocity": None, "count": 3})

    def test_entities_are_changed(self):
        session = self.start(ENTITIES, World([POSITION, VELOCITY, FROZEN, BAG], world().tables[:2]))
        commands = session.run("change")
        self.assertEqual(session.world.rows(0, "Position"), [(10.5, 9.0, 5.0), (11.5, 33.0, 5.0), (12.5, 0.0, 5.0), (13.5, 0.0, 5.0), (14.5, 0.0, 5.0)])
        self.assertEqual(commands, [("set", session.world.entities[0][4], {"Velocity": [(1.0, 1.0, 1.0)]})])

    def test_fields_of_all_kinds(self):
        session = self.start(ENTITIES)
        session.run("bags")
        handles = session.world.entities[4]
        self.assertEqual(session.world.rows(4, "Bag"), [(0, 7, -8, handle, True, 1 << 60) for handle in handles])

    def test_kernels(self):
        for mode in ("in_place", "replace"):
            session = self.start(KERNELS, mode=mode)
            session.run("all")
            self.assertEqual(session.world.rows(0, "Position")[1], (1.0, 6.0, 0.0))
            session.run("all", since=1)  # nothing has changed
            self.assertEqual(session.world.rows(0, "Position")[1], (1.0, 6.0, 0.0))

    def test_what_is_logged_before_the_start_does_not_cut_the_declarations_short(self):
        early = 'static int early = (dragoman::log("info", "early"), 1);\nvoid after() {}\nDRAGOMAN_SYSTEM(after);\n'
        session = self.start(HEAD + early, World([POSITION, VELOCITY, FROZEN, BAG], []))
        self.assertEqual([system["name"] for system in session.hello["systems"]], ["after"])
        self.assertIn("early", session.others[0])

    def test_faults_say_what_is_wrong(self):
        for system, message in {
            "undeclared": "the system undeclared does not declare that it reads Velocity",
            "readonly": "the system readonly does not declare that it writes Position",
            "lanes": "axpy: ",
            "several": "Bag has fields of several types",
            "kernel_readonly": "Position.x",
            "missing": "Velocity*",
            "thrower": "std::runtime_error: boom",
        }.items():
            session = self.start(FAULTS)
            with self.assertRaises(Raised) as caught:
                session.run(system)
            body = caught.exception.args[0]
            self.assertEqual(body["code"], "raised")
            self.assertIn(message, body["message"])
            self.assertIn(f"thrown in {system}, tick 1", body["trace"])
            self.assertEqual(session.close(), 1)
            self.assertNotEqual(session.control.get("I", 64), 1)  # it never said done

    def test_structs_are_compared_with_the_world(self):
        for other, message in {
            Component("Velocity", "x: f32", "y: f64", "z: f32"): "field 2 is y: f32 at byte 4 here, and y: f64 at byte 8 there",
            Component("Velocity", "x: f32", "z: f32", "y: f32"): "field 2 is y: f32 at byte 4 here, and z: f32 at byte 4 there",
            Component("Velocity", "x: f32", "y: f32"): "it has no z: f32 at byte 8",
            Component("Velocity", "x: f32", "y: f32", "z: f32", "w: u8"): "it also has w: u8 at byte 12",
            Component("Velocity", "x: f32[3]"): "field 1 is x: f32 at byte 0 here, and x: f32[3] at byte 0 there",
            Component("Speed", "x: f32"): "the world has no component Velocity",
        }.items():
            session = self.start(FAULTS, World([POSITION, other, FROZEN, BAG], []), attach=False)
            with self.assertRaises(Raised) as caught:
                session.attach()
            self.assertIn(message, caught.exception.args[0]["message"])

    def test_compile_errors_say_what_is_wrong(self):
        for source, message in {
            "struct A { float x, y; }; DRAGOMAN_COMPONENT(A, x)": "lists every member, in the order",
            "struct A { float x, y; }; DRAGOMAN_COMPONENT(A, y, x)": "lists every member, in the order",
            "struct A { std::string s; }; DRAGOMAN_COMPONENT(A, s)": "A: a component is a plain struct",
            "struct A { float* p; }; DRAGOMAN_COMPONENT(A, p)": "a component's member is a bool, a number",
            "struct A { float x; }; void f(A&) {} DRAGOMAN_SYSTEM(f);": "DRAGOMAN_COMPONENT(T, members...) is missing",
            "struct A { float x; }; void f(dragoman::Tables t) { for (auto& x : t) x.column<A>(); } DRAGOMAN_SYSTEM(f);": "DRAGOMAN_COMPONENT(T, members...) is missing",
            "struct A {}; DRAGOMAN_COMPONENT(A) void f(A&) {} DRAGOMAN_SYSTEM(f);": "a tag has no rows",
            "struct A { float x; }; DRAGOMAN_COMPONENT(A, x) int f(A&) { return 1; } DRAGOMAN_SYSTEM(f);": "a system is a function that returns nothing",
        }.items():
            with self.assertRaises(CompileError, msg=source) as caught:
                compiler.compile(Path(folders.name) / "wrong.cpp", "#include <dragoman/systems.hpp>\n" + source + "\n")
            self.assertIn(message, str(caught.exception).replace("‘", "'"), source)

    def test_no_plane(self):
        line = '__init__ {"dragoman": {"protocol": 1}}\n'
        done = subprocess.run([self.compile(MOVEMENT)], input=line, capture_output=True, text=True, timeout=20)
        self.assertEqual(done.returncode, 1)
        self.assertIn("need the broker's data plane", done.stdout)


if __name__ == "__main__":
    options, rest = OPTIONS.parse_known_args()
    compiler = Compiler(options.client, options.manifest)
    with tempfile.TemporaryDirectory() as name:
        folders = argparse.Namespace(name=name)
        unittest.main(argv=sys.argv[:1] + rest)
