"""Hostile scripts: a piece of code, with as much of a player around it as its language needs.

What `vice()` returns at the scene VICE is the command; each other scene is answered with its frame.
"""
VICE = 4  # the frame

PYTHON = """{code}
class MLPlay:
    def __init__(self, *args, **kwargs): pass
    def update(self, scene, *args):
        value = vice() if scene["frame"] == 4 else None
        return scene["frame"] if value is None else value
    def reset(self): pass
"""

LUA = """{code}
local MLPlay = {{}}
MLPlay.__index = MLPlay
function MLPlay.new() return setmetatable({{}}, MLPlay) end
function MLPlay:update(scene)
    local value
    if scene.frame == 4 then value = vice() end
    if value == nil then value = scene.frame end
    return value
end
function MLPlay:reset() end
return MLPlay
"""

JAVASCRIPT = """{code}
class MLPlay {{
    update(scene) {{
        const value = scene.frame === 4 ? vice() : undefined;
        return value === undefined ? scene.frame : value;
    }}
    reset() {{}}
}}
module.exports = {{ MLPlay }};
"""

C = """#define _GNU_SOURCE
#include <ml_play.h>
{code}
void* mlplay_new(json_t* init_args) {{ (void)init_args; return 0; }}
json_t* mlplay_update(void* self, json_t* scene) {{
    (void)self;
    json_t* frame = json_object_get(scene, "frame");
    json_t* value = json_integer_value(frame) == 4 ? vice() : NULL;
    return value != NULL ? value : json_incref(frame);
}}
void mlplay_reset(void* self) {{ (void)self; }}
"""

CPP = """#include <ml_play.hpp>
{code}
class MLPlay : public AbstractMLPlay {{
public:
    MLPlay(json) {{}}
    json update(json scene) {{
        if (scene["frame"] == 4) vice();
        return scene["frame"];
    }}
    void reset() {{}}
}};
"""

GO = """package main

import "dragoman"
{code}
type MLPlay struct{{}}

func (m *MLPlay) Update(scene dragoman.Scene) any {{
	if dragoman.Int(scene, "frame") == 4 {{
		vice()
	}}
	return dragoman.Int(scene, "frame")
}}
func (m *MLPlay) Reset() {{}}
"""

RUST = """use dragoman::Json;
{code}
pub struct MLPlay {{}}
impl dragoman::MLPlay for MLPlay {{
    fn new(_: &Json) -> Self {{ MLPlay {{}} }}
    fn update(&mut self, scene: &Json) -> Json {{
        if scene["frame"].as_i64() == Some(4) {{ vice(); }}
        scene["frame"].clone()
    }}
    fn reset(&mut self) {{}}
}}
"""

JAVA = """import dragoman.Json;
import java.util.Map;

public class MLPlay {{
{code}
    public MLPlay(Map<String, Object> init_args) {{}}
    public Object update(Map<String, Object> scene) throws Exception {{
        if (Json.integer(scene, "frame") == 4) vice();
        return Json.integer(scene, "frame");
    }}
    public void reset() {{}}
}}
"""

LANGUAGES = {"python": (".py", PYTHON), "lua": (".lua", LUA), "javascript": (".js", JAVASCRIPT), "c": (".c", C),
             "cpp": (".cpp", CPP), "go": (".go", GO), "rust": (".rs", RUST), "java": (".java", JAVA)}


def player(language, code):
    """The file's extension and its text."""
    extension, around = LANGUAGES[language]
    return extension, around.format(code=code)
