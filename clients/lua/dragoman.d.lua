---@meta dragoman
-- For the Lua language server: what a script may call. Not loaded when scripts run.

---@class InitArgs
---@field args any[] what the game gives this seat
---@field kwargs table<string, any>
---@field dragoman? table what the broker says about itself; absent in a classic conversation

---@class SceneInfo
---@field frame integer
---@field status string "GAME_ALIVE" while the round goes on
---@field [string] any

---@alias Command any any value that JSON can hold; "RESET" ends the round
---@alias Entity integer
---@alias Values table<string, any> a component's fields

--- A player: what a script defines (or returns) as MLPlay.
---@class MLPlay
---@field new? fun(init_args: InitArgs): MLPlay
---@field update fun(self: MLPlay, scene_info: SceneInfo): Command
---@field reset? fun(self: MLPlay)
---@field preserve_state? fun(self: MLPlay): any what the next version is given; any value that JSON can hold
---@field restore_state? fun(self: MLPlay, data: any) takes what the version before has given

---@return InitArgs
function get_init_args() end

--- Says READY.
function client_ready() end

--- Waits for the next scene.
---@return SceneInfo
function get_scene_info() end

--- Answers the scene.
---@param command Command
function send_command(command) end

--- Says that this round is over for me. READY follows.
function client_reset() end

---@class dragoman
---@field null lightuserdata JSON's null
---@field script string the script's path
---@field script_folder string its folder, with a slash at the end
---@field preserve_state? fun(): any for systems, verbs, and a loop of the script's own
---@field restore_state? fun(data: any)
---@field world World
dragoman = {}

dragoman.get_init_args = get_init_args
dragoman.client_ready = client_ready
dragoman.get_scene_info = get_scene_info
dragoman.send_command = send_command
dragoman.client_reset = client_reset

---@param level "debug"|"info"|"warning"|"error"
---@param message any
function dragoman.log(level, message) end

--- io.open beside the script. A file opened for reading is one of the script's: its change reloads the script.
---@param path string
---@param mode? string
---@return file*? file
---@return string? problem
function dragoman.open_data(path, mode) end

--- Calls the broker. Raises a CallError.
---@param method string
---@param params? table
---@return any
function dragoman.call(method, params) end

---@class CallError
---@field code string
---@field message string
---@field method string
---@field trace? any

--- Marks a table as a list: an empty one is then written as [] and not as {}.
---@generic T
---@param list? T[]
---@return T[]
function dragoman.array(list) end

---@param value any
---@return string json
function dragoman.encode(value) end

---@param json string
---@return any
function dragoman.decode(json) end

--- A game: what a script defines (or returns) as Game. Make it with dragoman.Game() and fill in the functions.
---@class Game
---@field players string[] the seats
---@field params table<string, any>
---@field seed integer this round's seed
---@field round integer
---@field frame integer updates since the round's start: 0 in setup, 1 in the first update
---@field dt number seconds of one tick
---@field absent table<string, string> seats that sent nothing in the last tick, and why
---@field lost string[] seats that have lost their script for good
---@field world World
---@field random fun(m?: integer, n?: integer): number math.random, seeded with the round's seed
---@field init? fun(self: Game) once, before the first round
---@field setup fun(self: Game) a round begins, in an empty world
---@field update fun(self: Game, commands: table<string, Command>): boolean? true ends the round
---@field scenes fun(self: Game): table<string, SceneInfo>
---@field result fun(self: Game): table<string, Result>
---@field picture? fun(self: Game): table
---@field preserve_state? fun(self: Game): any what the next version is given
---@field restore_state? fun(self: Game, data: any)

---@class Result
---@field rank integer
---@field score number
---@field [string] any

---@return Game
function dragoman.Game() end

---@class QueryOptions
---@field with? string[]
---@field without? string[]

--- The world. Every function may be called with a dot or with a colon.
--- Writes wait until something is read or the tick is done.
---@class World
local World = {}

---@param name string
---@param ... string fields, as in "x: f32" or "lives: i32 = 3"
function World.component(name, ...) end

---@param components table<string, Values>
---@return Entity
function World.create(components) end

---@param entity Entity
function World.destroy(entity) end

---@param entity Entity
---@param component string
---@param values? Values
function World.add(entity, component, values) end

---@param entity Entity
---@param component string
function World.remove(entity, component) end

---@param entity Entity
---@param component string
---@param values Values only the fields to change
function World.set(entity, component, values) end

---@param entity Entity
---@param component string
---@return Values
function World.get(entity, component) end

---@param entity Entity
---@return boolean
function World.alive(entity) end

---@param entity Entity
---@param component string
---@return boolean
function World.has(entity, component) end

---@param ... string|QueryOptions
---@return table[] rows { entity, first component, second component, ... }
function World.query(...) end

--- The rows one by one: for entity, ball in world.each("Ball") do
---@param ... string|QueryOptions
---@return fun(): Entity?, Values, ...
function World.each(...) end

--- The single row. An error when there is not exactly one.
---@param ... string|QueryOptions
---@return Entity, Values, ...
function World.one(...) end

---@param calls table[] { { "set", params }, { "get", params }, ... }: all happen or none does
---@return any[] values
function World.batch(calls) end

return dragoman
