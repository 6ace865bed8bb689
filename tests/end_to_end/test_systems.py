"""Systems in Python, Lua and C++ over one world: the same results in every language, mode, signal and order of arrival."""
import os
import re

import pytest
from worlds import SPAWN, TICKS, world  # noqa: F401  (a fixture)

CPP = """#include <dragoman/systems.hpp>
struct Position { float x = 0, y = 0, z = 0; };
DRAGOMAN_COMPONENT(Position, x, y, z)
struct Velocity { float x = 0, y = 0, z = 1; };
DRAGOMAN_COMPONENT(Velocity, x, y, z)
struct Count { std::int32_t n = 0; };
DRAGOMAN_COMPONENT(Count, n)
"""

# The same system, told in each language: whole columns by a kernel.
KERNELS = {
    "py": """import dragoman
@dragoman.system(read=["Velocity"], write=["Position"])
def movement(tables, dt):
    for t in tables:
        dragoman.kernels.axpy(t.Position, t.Velocity, dt)
""",
    "lua": """dragoman.system { name = "movement", read = { "Velocity" }, write = { "Position" },
    run = function(tables, dt)
        for t in tables do dragoman.kernels.axpy(t.Position, t.Velocity, dt) end
    end }
""",
    "cpp": CPP + """void movement(dragoman::Tables tables, double dt) {
    for (auto& table : tables) dragoman::kernels::axpy(table["Position"], table["Velocity"], dt);
}
DRAGOMAN_SYSTEM(movement).writes<Position>().reads<Velocity>();
""",
}

# Row by row, with arithmetic that is exact in all.
LOOPS = {
    "py": """import dragoman
@dragoman.system(read=["Velocity"], write=["Position", "Count"])
def movement(tables, dt):
    for t in tables:
        for i in range(t.rows):
            p, v, c = t.Position[i], t.Velocity[i], t.Count[i]
            p.x, p.y, p.z = p.x + v.x * dt, p.y + v.y * dt, p.z + v.z * dt
            c.n = (c.n * 5 + 3) % 1000
            if c.n > 500:
                p.z = p.z / 2
""",
    "lua": """dragoman.system { name = "movement", read = { "Velocity" }, write = { "Position", "Count" },
    run = function(tables, dt)
        for t in tables do
            for i = 0, t.rows - 1 do
                local p, v, c = t.Position[i], t.Velocity[i], t.Count[i]
                p.x, p.y, p.z = p.x + v.x * dt, p.y + v.y * dt, p.z + v.z * dt
                c.n = (c.n * 5 + 3) % 1000
                if c.n > 500 then p.z = p.z / 2 end
            end
        end
    end }
""",
    "cpp": CPP + """void movement(Position& p, Count& c, const Velocity& v, float dt) {
    p.x += v.x * dt, p.y += v.y * dt, p.z += v.z * dt;
    c.n = (c.n * 5 + 3) % 1000;
    if (c.n > 500) p.z = p.z / 2;
}
DRAGOMAN_SYSTEM(movement);
""",
}
FORMS = {"kernel": KERNELS, "rows": LOOPS}


@pytest.fixture
def evolved(world):
    """The hashes of a world that this script has evolved."""

    def run(extension, script, *options, **made):
        ended = world({"a_spawn.py": SPAWN, f"movement.{extension}": script}, *options, **made).well()
        assert len(ended.hashes) == len(set(ended.hashes)) == made.get("ticks", TICKS), ended
        return ended.hashes

    return run


# --- one world, the same system in each language ---


@pytest.mark.sanitize
@pytest.mark.parametrize("form", FORMS)
def test_the_same_system_in_each_language_gives_the_same_hash_tick_by_tick(evolved, form):
    python, lua, cpp = (evolved(extension, FORMS[form][extension]) for extension in ("py", "lua", "cpp"))
    assert python == lua == cpp


@pytest.mark.parametrize("extension", ["py", "lua", "cpp"])
@pytest.mark.parametrize("form", FORMS)
def test_replaced_and_in_place_have_the_same_result(evolved, form, extension):
    replaced, in_place = (evolved(extension, FORMS[form][extension], more=f'mode = "{mode}"') for mode in ("replace", "in_place"))
    assert replaced == in_place


@pytest.mark.parametrize("extension", ["py", "lua", "cpp"])
def test_told_by_lines_the_result_is_the_same(evolved, extension):
    script = LOOPS[extension]
    assert evolved(extension, script) == evolved(extension, script, more='signal = "lines"')


def test_a_torn_policy_changes_no_result_of_who_is_well(evolved):
    assert evolved("py", LOOPS["py"]) == evolved("py", LOOPS["py"], more='mode = "in_place"\ntorn = "restore"')


# --- orders and stages ---


def marks(name, *, order="Update", access="read=['Count']", extra=""):
    """A system that prints its name and tick."""
    return f"""
@dragoman.system({access}, order="{order}", name="{name}"{", " + extra if extra else ""})
def run_{name}(tables, dt):
    print("{name}", tables.tick, flush=True)
"""


PRINTS = "import dragoman\n"


def test_orders_follow_each_other_and_startup_runs_once(world):
    script = PRINTS + marks("after", order="PostUpdate") + marks("first", order="Startup", access="with_=['Frozen']") + marks("mid") + marks("before", order="PreUpdate")
    ended = world({"a_spawn.py": SPAWN, "b.py": script}, ticks=2).well()
    assert ended.said("b.py").split("\n") == ["first 0", "before 0", "mid 0", "after 0", "before 1", "mid 1", "after 1", ""], ended
    assert ended.report["stages"] == [["spawn", "first"], ["before"], ["mid"], ["after"]], ended
    assert ended.system("first")["runs"] == 1 and ended.system("mid")["runs"] == 2 and ended.system("after")["order"] == "PostUpdate"


def test_before_and_after_put_systems_in_order(world):
    script = PRINTS + marks("c", extra="after=['b']") + marks("b") + marks("a", extra="before=['b']")
    assert world({"a_spawn.py": SPAWN, "b.py": script}, ticks=1).well().said("b.py").split() == ["a", "0", "b", "0", "c", "0"]


def test_systems_that_do_not_meet_share_a_stage(world):
    scripts = {"b.py": PRINTS + marks("counts", access="write=['Count']"), "c.lua": KERNELS["lua"],
               "d.py": PRINTS + marks("reads", access="read=['Count']"), "e.py": PRINTS + marks("all", access="exclusive=True")}
    ended = world({"a_spawn.py": SPAWN, **scripts}, ticks=3).well()
    assert ended.report["stages"] == [["spawn"], ["counts", "movement"], ["reads"], ["all"]], ended
    assert {system["name"]: system["runs"] for system in ended.report["systems"]} == {"spawn": 1, "counts": 3, "movement": 3, "reads": 3, "all": 3}


def test_every_and_rate_say_in_which_ticks(world):
    script = PRINTS + marks("third", extra="every=3") + marks("slow", extra="rate=16")
    said = world({"a_spawn.py": SPAWN, "b.py": script}, ticks=10).well().said("b.py").splitlines()
    assert [line for line in said if "third" in line] == ["third 0", "third 3", "third 6", "third 9"]
    assert [line for line in said if "slow" in line] == ["slow 0", "slow 4", "slow 8"]


def test_a_slow_systems_time_step_is_all_that_has_passed(world):
    script = """import dragoman
@dragoman.system(read=["Count"], every=4)
def slow(tables, dt):
    print(tables.tick, dt * 64, flush=True)
"""
    assert world({"a_spawn.py": SPAWN, "b.py": script}, ticks=9).well().said("b.py").splitlines() == ["0 1.0", "4 4.0", "8 4.0"]


# --- queries ---


def test_with_without_and_optional_choose_tables(world):
    script = """import dragoman
@dragoman.system(read=["Count"], with_=["Velocity"], without=["Frozen"])
def some(tables, dt):
    print("some", [t.rows for t in tables], flush=True)

@dragoman.system(read=["Count", "Velocity"], optional=["Velocity"])
def all_of_them(tables, dt):
    print("all", [(t.rows, t.Velocity is None) for t in tables], flush=True)

@dragoman.system(read=["Count"], with_=["Frozen"])
def frozen(tables, dt):
    print("frozen", len(tables), flush=True)
"""
    said = world({"a_spawn.py": SPAWN, "b.py": script}, ticks=1).well().said("b.py").splitlines()
    assert said == ["some [200]", "all [(200, False), (200, False), (200, True)]", "frozen 200"]


def test_changed_shows_only_what_has_changed_since(world):
    scripts = {"b.py": """import dragoman
@dragoman.system(write=["Count"], with_=["Frozen"], every=2)
def change(tables, dt):
    for t in tables:
        t.Count[0].n += 1
""", "c.py": """import dragoman
@dragoman.system(read=["Count"], changed=["Count"])
def watch(tables, dt):
    print(tables.tick, len(tables), flush=True)
"""}
    said = world({"a_spawn.py": SPAWN, **scripts}, ticks=5).well().said("c.py").splitlines()
    assert said == ["0 600", "1 0", "2 200", "3 0", "4 200"]


# --- entities, structural changes, coroutines ---


HATCHERY = {
    "py": """import dragoman
@dragoman.system(write=["Count"], creates=10)
def hatchery(tables, dt):
    made = dragoman.create_entity(Count={"n": 1000 + tables.tick})
    made.add_component("Frozen")
    dragoman.create_many(3, Count={"n": [1, 2, 3]}, Velocity={})
    for entity in dragoman.query_entities("Count", without=["Position"]):
        count = entity.get_component("Count")
        count.n += 1
        if count.n == 5:
            entity.destroy()
        elif count.n == 1004:
            entity.remove_component("Frozen")
""",
    "lua": """dragoman.system { name = "hatchery", write = { "Count" }, creates = 10,
    run = function(tables, dt)
        local made = dragoman.create_entity { Count = { n = 1000 + tables.tick } }
        made:add_component("Frozen")
        dragoman.create_many(3, { Count = { n = { 1, 2, 3 } }, Velocity = {} })
        for _, entity in dragoman.query_entities("Count", { without = { "Position" } }):each() do
            local count = entity:get_component("Count")
            count.n = count.n + 1
            if count.n == 5 then entity:destroy() elseif count.n == 1004 then entity:remove_component("Frozen") end
        end
    end }
""",
    "cpp": CPP + """struct Frozen {};
DRAGOMAN_COMPONENT(Frozen)
void hatchery(dragoman::Tables, double) {
    using namespace dragoman;
    Entity made = create_entity(Count{static_cast<std::int32_t>(1000 + tick())});
    made.add<Frozen>();
    create_many<Count, Velocity>(3, std::vector<Count>{{1}, {2}, {3}}, {});
    for (Entity entity : query_entities<Count>({"Position"})) {
        Count& count = entity.get<Count>();
        if (++count.n == 5) entity.destroy();
        else if (count.n == 1004) entity.remove<Frozen>();
    }
}
DRAGOMAN_SYSTEM(hatchery).writes<Count>().creates(10);
""",
}


@pytest.mark.sanitize
def test_structural_changes_are_the_same_in_each_language(world):
    runs = [world({"a_spawn.py": SPAWN, f"hatchery.{extension}": HATCHERY[extension]}).well() for extension in HATCHERY]
    assert runs[0].hashes == runs[1].hashes == runs[2].hashes
    for ended in runs:
        system = ended.system("hatchery")
        assert system["created"] == 4 * TICKS and system["destroyed"] == 3 * TICKS - 6, system


def test_ecscopes_form_reads_and_writes_its_own_changes(world):
    script = """import dragoman

class Keeper:
    name = "keeper"
    execution_order = "PostUpdate"

    def update(self, delta_time):
        with dragoman.create_entity() as e:
            e.add_component("Position", x=3)
            assert e.get_component("Position").x == 3 and e.is_valid()
        try:
            with dragoman.create_entity() as gone:
                raise KeyError("undone")
        except KeyError:
            assert not gone.is_valid()
        entities = dragoman.query_entities("Position", without=["Count"])
        dragoman.batch_update("Position", entities, y=list(range(len(entities))))
        print(len(entities), [entity.get_component("Position").y for entity in entities][-1], delta_time * 64, flush=True)

dragoman.register_system(Keeper())
"""
    ended = world({"a_spawn.py": SPAWN, "b.py": script}, ticks=3).well()
    assert ended.said("b.py").splitlines() == ["1 0.0 1.0", "2 1.0 1.0", "3 2.0 1.0"], ended
    assert ended.system("keeper")["order"] == "PostUpdate"


COROUTINES = {
    "py": """import dragoman
def walk(entity, step):
    while True:
        entity.get_component("Count").n += step
        yield dragoman.wait_ticks(2)
        yield dragoman.wait_until(lambda: entity.get_component("Count").n % 2 == 0)
        entity.get_component("Count").n += 1
        yield dragoman.wait(1 / 64)
        yield

@dragoman.system(write=["Count"])
def walkers(tables, dt):
    for t in tables:
        for i in range(t.rows):
            if tables.tick == 0:
                dragoman.spawn(walk, t.entities[i], i % 3)
            elif i % 5 == 0:
                t.Count[i].n += 1
""",
    "lua": """local function walk(entity, step)
    while true do
        local count = entity:get_component("Count")
        count.n = count.n + step
        dragoman.wait_ticks(2)
        dragoman.wait_until(function() return entity:get_component("Count").n % 2 == 0 end)
        count = entity:get_component("Count")
        count.n = count.n + 1
        dragoman.wait(1 / 64)
        dragoman.yield()
    end
end

dragoman.system { name = "walkers", write = { "Count" },
    run = function(tables, dt)
        for t in tables do
            for i = 0, t.rows - 1 do
                if tables.tick == 0 then dragoman.spawn(walk, t.entities[i], i % 3)
                elseif i % 5 == 0 then t.Count[i].n = t.Count[i].n + 1 end
            end
        end
    end }
""",
}


def test_coroutines_walk_alike_in_python_and_lua(world):
    python, lua = (world({"a_spawn.py": SPAWN, f"b.{extension}": COROUTINES[extension]}, ticks=12).well() for extension in ("py", "lua"))
    assert python.hashes == lua.hashes and len(set(python.hashes)) == 12


# --- with a game ---


GAME = """import dragoman

class Game(dragoman.Game):
    def setup(self):
        self.world.component("Count", "n: i32")
        self.counter = self.world.create({"Count": {"n": 100 * self.round}})
        self.seen = []

    def update(self, commands):
        self.seen.append(self.world.get(self.counter, "Count")["n"])
        return self.frame >= 4

    def scenes(self):
        return {"1P": {"frame": self.frame, "status": "GAME_OVER" if self.frame >= 4 else "GAME_ALIVE"}}

    def result(self):
        print("saw", self.seen, flush=True)
        return {"1P": {"rank": 1, "score": self.seen[-1]}}
"""
COUNTING = {"count.lua": """dragoman.system { name = "count", write = { "Count" },
    run = function(tables, dt)
        for t in tables do for i = 0, t.rows - 1 do t.Count[i].n = t.Count[i].n + 1 end end
    end }
""", "start.py": """import dragoman
@dragoman.system(order="Startup", write=["Count"], creates=1)
def start(tables, dt):
    for t in tables:
        for row in range(t.rows):
            t.Count[row].n += 50
    dragoman.create_entity(Count={"n": 1})
"""}


@pytest.mark.sanitize
def test_a_game_sees_what_the_systems_left_and_each_round_begins_anew(world, small):
    toml = 'script = "game.py"\n[players]\nnames = ["1P"]'
    ended = world(COUNTING, "--rounds", "3", toml=toml, ticks=100, **{"game.py": GAME, "ml/a.lua": small[".lua"]}).well()
    assert re.findall(r"saw (\[.*?\])", ended.stderr) == [str([100 * n + 50 + tick for tick in range(1, 5)]) for n in (1, 2, 3)], ended
    assert ended.system("start")["runs"] == 3, ended


# --- determinism ---


def sleepy(number, component):
    """A system that takes a random time and then does something that depends on who was first, if anything does."""
    return f"""import random, time
import dragoman
@dragoman.system(write=["{component}"], read=["Count"], creates=3, name="sleepy_{number}")
def run(tables, dt):
    time.sleep(random.random() * 0.003)
    for t in tables:
        t.{component}[tables.tick].x += {number} + t.Count[0].n
    victims = dragoman.query_entities("Count")
    victims[{number} + tables.tick].destroy()
    dragoman.create_many({number}, {component}={{"x": {number}}}, Count={{"n": tables.tick}})
    dragoman.create_entity(Count={{"n": {number}}})
"""


@pytest.mark.sanitize
@pytest.mark.timeout(3000 if os.environ.get("DRAGOMAN_SOAK") == "1" else 400)
def test_random_delays_change_nothing(world):
    """Fifty runs; with DRAGOMAN_SOAK=1 a thousand."""
    runs = 1000 if os.environ.get("DRAGOMAN_SOAK") == "1" else 50
    folder = world.make({"a_spawn.py": SPAWN, "b.py": sleepy(1, "Position"), "c.py": sleepy(2, "Velocity"), "d.lua": COUNTING["count.lua"]}, ticks=4)
    hashes = {tuple(world.run(folder).well().hashes) for _ in range(runs)}
    assert len(hashes) == 1 and len(hashes.pop()) == 4
