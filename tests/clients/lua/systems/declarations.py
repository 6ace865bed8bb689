"""What scripts declare, and what they are told of it."""

from support import case_of_one_mode, one_system, printed, raised, started


@case_of_one_mode
def a_hello_tells_what_is_declared(place):
    broker = place.broker(
        """
        dragoman.log("info", "before hello")
        dragoman.component("Position", "x: f32", "y: f32 = 1")
        dragoman.component("Tag", {})
        dragoman.system { name = "a", read = "Velocity", write = { "Position" }, order = "PreUpdate", before = "b",
            changed = { "Position" }, mode = "replace", creates = 5, every = 2, run = function() end }
        local object = { name = "b", execution_order = "PostUpdate" }
        function object:update(dt) end
        dragoman.register_system(object)
        """
    )
    hello = broker.ready()
    assert hello["role"] == "system" and "plane" in hello["features"]
    assert hello["components"] == [
        {"name": "Position", "fields": ["x: f32", "y: f32 = 1"]}, {"name": "Tag", "fields": []},
    ]  # fmt: skip
    assert hello["systems"] == [
        {"name": "a", "read": ["Velocity"], "write": ["Position"], "order": "PreUpdate", "before": ["b"],
         "changed": ["Position"], "mode": "replace", "creates": 5, "every": 2},
        {"name": "b", "order": "PostUpdate", "exclusive": True, "creates": 65536},
    ]  # fmt: skip
    printed(broker, "before hello")


WRONG_DECLARATIONS = {
    "dragoman.system { name = 'a', raed = {}, run = print }": "system a: there is no key raed",
    "dragoman.system { name = 'a', read = { 7 }, run = print }": "system a: read: a list of names was expected",
    "dragoman.system { name = 'a', read = { x = 'B' }, run = print }": "system a: read: a list of names was expected",
    "dragoman.system { name = 'a', order = 7, run = print }": "system a: order: a string was expected, not a number",
    "dragoman.system { name = 'a' }": "system a: run: a function was expected, not a nil",
    "dragoman.system 'a'": "system: a table was expected, not a string",
    "dragoman.system { run = print }": "system without a name: name: text was expected",
    "local s = { name = 'a', run = print } dragoman.system(s) dragoman.system(s)": "system a: declared twice",
    "dragoman.component('P', 'x f32')": 'component P: field 1: text such as "x: f32" was expected',
    "dragoman.component(7)": "component: a name was expected, not a number",
    "dragoman.register_system { name = 'a' }": "register_system a: a function update was expected",
    "x = 1": "the script declares no system",
}


@case_of_one_mode
def wrong_declarations_are_named(place):
    for text, expected in WRONG_DECLARATIONS.items():
        broker = place.broker(text)
        told = raised(broker, expected, run="ready")
        assert told.get("line", 1) == 1, told


@case_of_one_mode
def declaring_late_is_an_error(place):
    raised(started(place, one_system("dragoman.component('Late', 'x: f32')")), "component Late: too late")


@case_of_one_mode
def another_idea_of_a_component_is_an_error_that_names_the_field(place):
    for field, expected in {
        "x: f64": "component Position: field x is f64 here, f32 in the world",
        "z: f32": "component Position: field z is declared here, but not in the world",
        "x: f32[2]": "component Position: field x is f32[2] here, f32 in the world",
    }.items():
        broker = place.broker(f"dragoman.component('Position', '{field}') {one_system('')}")
        broker.ready()
        raised(broker, expected, run="attach")


@case_of_one_mode
def another_layout_is_an_error(place):
    def shift(components):
        components[0]["fields"][1]["offset"] = 8
        components[0]["size"] = 12

    broker = place.broker(one_system(""))
    broker.ready()
    broker.attach_wrong = lambda: broker.attach(shift)
    raised(broker, "component Position: the size of a row is 8 here, 12 in the world", run="attach_wrong")
