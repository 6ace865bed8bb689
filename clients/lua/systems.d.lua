---@meta dragoman
-- For the Lua language server: what a script with systems may call besides (docs/ecs.md). Not loaded when scripts run.

---@class SystemDeclaration
---@field name string unique in the run
---@field run fun(tables: Tables, dt: number)
---@field read? string[] components whose columns are mapped read-only
---@field write? string[] components whose columns are mapped writable
---@field with? string[] components that a table must have besides
---@field without? string[] components that a table must not have
---@field optional? string[] members of read or write that a table need not have
---@field changed? string[] only tables in which one of these was changed since this system ran last
---@field order? "Startup"|"PreUpdate"|"Update"|"PostUpdate"
---@field before? string[] systems of the same order
---@field after? string[]
---@field every? integer runs in each n-th tick
---@field rate? number runs so many times in a second of the game's time
---@field mode? "replace"|"in_place"
---@field creates? integer entities that it may create in one tick
---@field exclusive? boolean reads and writes every component, and runs alone

--- Declares a component, at the script's top level: component("Position", "x: f32", "y: f32 = 1").
---@param name string
---@param ... string|string[] fields
function dragoman.component(name, ...) end

--- Declares a system, at the script's top level.
---@param declaration SystemDeclaration
function dragoman.system(declaration) end

---@class SystemObject
---@field name string
---@field execution_order? string
---@field update fun(self: SystemObject, delta_time: number, tables: Tables)

--- A system as an object. Without read, write, with or exclusive it may touch everything, and runs alone.
---@generic T: SystemObject
---@param object T
---@return T
function dragoman.register_system(object) end

--- The tables of a system's query that have rows: for t in tables do ... end
---@class Tables
---@field rows integer of all tables together
---@field tick integer
---@field dt number seconds
---@operator call: Table?
local Tables = {}

---@return integer rows of all tables together
function Tables:count() end

--- The same as the object itself: for t in tables:each() do ... end
---@return fun(tables: Tables, previous: Table?): Table?
---@return Tables
function Tables:each() end

--- One table. Its columns stand under their components' names: t.Position; nil for an optional one that is not there.
---@class Table
---@field rows integer
---@field entities Entities
---@field table integer its number
---@field [string] Column
local Table = {}

--- A column whose component has a name that a table uses itself (rows, entities, table, column).
---@param component string
---@return Column
function Table:column(component) end

--- A component's column. column[i] is a row, i from 0; column.x is an operand for kernels.
---@class Column
---@field rows integer
---@field data ffi.cdata* the raw pointer; indices are not checked
---@field [integer] any
---@field [string] Operand
local Column = {}

--- The operand of a field whose name a column uses itself (rows, data, field).
---@param name string
---@return Operand
function Column:field(name) end

---@class Operand : ffi.cdata* one field of a column
---@alias Numbers Column|Operand|Buffer

--- Entities in memory, from 0: entities[i], #entities.
---@class Entities
---@field rows integer
---@field [integer] EntityObject
local Entities = {}

--- for i, entity in entities:each() do
---@return fun(list: Entities, i: integer): integer?, EntityObject
---@return Entities
---@return integer
function Entities:each() end

---@class EntityObject
---@field handle Entity
---@field index integer
---@field generation integer
local EntityObject = {}

---@param component string
---@param values? Values
---@return EntityObject self
function EntityObject:add_component(component, values) end

--- A view of the row: its fields are read and written through. true for a component without fields.
---@param component string
---@return any
function EntityObject:get_component(component) end

--- The given fields; of a component that the system does not write, by a command.
---@param component string
---@param values Values
---@return EntityObject self
function EntityObject:set_component(component, values) end

---@param component string
---@return boolean
function EntityObject:has_component(component) end

---@param component string
---@return EntityObject self
function EntityObject:remove_component(component) end

function EntityObject:destroy() end

---@return boolean
function EntityObject:is_valid() end

---@param handle Entity|EntityObject
---@return EntityObject
function dragoman.Entity(handle) end

--- create_entity { Position = { x = 1 } }. With a function: it fills the entity in, and an error in it destroys it.
---@param components? table<string, Values>
---@param body? fun(entity: EntityObject)
---@return EntityObject
---@overload fun(body: fun(entity: EntityObject)): EntityObject
function dragoman.create_entity(components, body) end

--- Of each component: rows of dragoman.rows, a list of tables, or a table of fields, each a list, an FFI array or one
--- value for all.
---@param count integer
---@param components? table<string, any>
---@return Entities
function dragoman.create_many(count, components) end

--- So many rows with the defaults: an FFI array, from 0, to fill in and give to create_many.
---@param component string
---@param count integer
---@return any
function dragoman.rows(component, count) end

---@param ... string|{without: string[]}
---@return Entities
function dragoman.query_entities(...) end

---@param component string
---@param entities Entities|EntityObject[]|Entity[]
---@param values table<string, any> each a list, an FFI array or one value for all
function dragoman.batch_update(component, entities, values) end

---@class Coroutine
---@field name string
local Coroutine = {}

---@return boolean whether it was still alive
function Coroutine:cancel() end

--- Starts a coroutine that is resumed after the running system's function (at the top level: the script's first system).
---@param what function|{[1]: function, name?: string, system?: string}
---@param ... any its arguments
---@return Coroutine
function dragoman.spawn(what, ...) end

--- In a coroutine: goes on in the next tick.
dragoman["yield"] = function() end

--- In a coroutine: goes on when at least so many seconds of the game have gone by, in the next tick at the earliest.
---@param seconds number
function dragoman.wait(seconds) end

---@param ticks integer
function dragoman.wait_ticks(ticks) end

---@param predicate fun(): any asked once in each tick, from the next one on
function dragoman.wait_until(predicate) end

---@param coroutine Coroutine
---@return boolean whether it was still alive
function dragoman.cancel(coroutine) end

---@return {alive: integer, waiting: integer, resumed: integer, finished: integer}
function dragoman.statistics() end

--- Memory of the script's own that goes into kernels. buffer[i], from 0, row by row.
---@class Buffer
---@field rows integer
---@field lanes integer
---@field type string
---@field data ffi.cdata*
---@field [integer] any
local Buffer = {}

---@param rows integer
---@return Buffer self
function Buffer:resize(rows) end

---@class FlockRules
---@field radius number
---@field near number
---@field alignment number
---@field cohesion number
---@field separation number
---@field dt number
---@field most? integer 0: all

---@class Grid
local Grid = {}

---@param points Numbers two or three numbers in each row
---@param cell number
---@return Grid self
function Grid:build(points, cell) end

---@param point number[]
---@param radius number
---@param rows? Buffer of u32
---@return Buffer rows
function Grid:near(point, radius, rows) end

---@param radius number
---@param most integer 0: all
---@param values? Numbers
---@param sums? Numbers
---@param counts? Numbers
function Grid:sum(radius, most, values, sums, counts) end

---@param velocity Numbers
---@param old Numbers
---@param rules FlockRules
function Grid:flock(velocity, old, rules) end

function Grid:free() end

---@alias Comparison "<"|"<="|">"|">="|"=="|"~="

--- Loops over whole columns at native speed: clients/plane/kernels.h says what each does.
---@class Kernels
---@field axpy fun(y: Numbers, x: Numbers, a: number) y += a * x
---@field scale fun(y: Numbers, a: number)
---@field affine fun(y: Numbers, a: number, b: number) y = a * y + b
---@field add fun(y: Numbers, x: Numbers)
---@field subtract fun(y: Numbers, x: Numbers)
---@field multiply fun(y: Numbers, x: Numbers)
---@field minimum fun(y: Numbers, x: Numbers)
---@field maximum fun(y: Numbers, x: Numbers)
---@field clamp fun(y: Numbers, low: number, high: number)
---@field wrap fun(y: Numbers, low: number, high: number)
---@field integrate fun(position: Numbers, velocity: Numbers, acceleration: Numbers?, dt: number)
---@field bounce fun(position: Numbers, velocity: Numbers, low: number, high: number)
---@field limit_length fun(y: Numbers, longest: number)
---@field copy fun(y: Numbers, x: Numbers)
---@field fill fun(y: Numbers, value: number)
---@field gather fun(y: Numbers, x: Numbers, index: Numbers)
---@field scatter fun(y: Numbers, x: Numbers, index: Numbers)
---@field compare fun(mask: Numbers, x: Numbers, comparison: Comparison, value: number)
---@field select fun(y: Numbers, x: Numbers, mask: Numbers)
---@field where fun(mask: Numbers, rows?: Buffer): Buffer
---@field reduce fun(x: Numbers, reduction: "sum"|"min"|"max"): number ... one for each lane
---@field distance fun(out: Numbers, a: Numbers, b: Numbers)
---@field distance_to fun(out: Numbers, a: Numbers, point: number[])
---@field buffer fun(type: string, rows?: integer, lanes?: integer): Buffer
---@field grid_new fun(): Grid
dragoman.kernels = {}
