-- Says in words why a kernel refused its operands. Loaded when one has.
local kit = ...
local ffi = require "ffi"
local ipairs = ipairs

local TYPES_FAULT, ROWS, LANES, READONLY, INDEX = 1, 2, 3, 4, 5
local NONE = 0xffffffff
local INTEGERS = { i32 = true, u32 = true }

local faults = {}

local type_names = {}
for name, kind in pairs(kit.part("components").TYPES) do type_names[kind.number] = name end

local function component_of(span) return span.component ~= NONE and kit.part("components").by_id(span.component) end

local function name_of(span)
    local component = component_of(span)
    if not component then return "the buffer of " .. type_names[span.type] end
    if span.lanes == component.lanes and span.offset == 0 then return component.name end
    for _, field in ipairs(component.plain) do
        if field.offset == span.offset then return component.name .. "." .. field.name end
    end
    return component.name
end

-- "Position has 3 numbers in each row, Mass has 1"
local function compare(spans, count, of, verb, behind)
    local words = {}
    for i = 1, count do
        local span = spans[i]
        if span then
            words[#words + 1] = ("%s %s %s%s"):format(name_of(span), verb, of(span), #words == 0 and behind or "")
        end
    end
    return table.concat(words, ", ")
end

local function read_only(spans, count)
    for i = 1, count do
        local span = spans[i]
        if span and span.writable == 0 then
            local system = kit.plane.running and kit.plane.running.name or "the system"
            return ("%s did not declare that it writes %s"):format(system, component_of(span).name)
        end
    end
end

function faults.describe(kernel, fault, ...)
    local spans, count = { ... }, select("#", ...)
    local text = ffi.string(ffi.C.dragoman_kernel_fault_text(fault))
    local detail
    if fault == TYPES_FAULT then
        detail = compare(spans, count, function(span) return type_names[span.type] or "?" end, "is", "")
    elseif fault == ROWS then
        detail = compare(spans, count, function(span) return span.rows end, "has", " rows")
    elseif fault == LANES then
        local function numbers(span) return span.lanes .. (span.lanes == 1 and " number" or " numbers") end
        detail = compare(spans, count, numbers, "has", " in each row")
    elseif fault == READONLY then
        detail = read_only(spans, count)
    elseif fault == INDEX and spans[count] and INTEGERS[type_names[spans[count].type]] then
        detail = compare(spans, count, function(span) return span.rows end, "has", " rows")
    end
    if not detail or detail == "" then return kernel .. ": " .. text end
    return kernel .. ": " .. (fault == TYPES_FAULT and text .. ": " .. detail or detail)
end

-- A component whose fields have different types does not go in whole.
function faults.mixed(kernel, span)
    local component = component_of(span)
    if not component then return kernel .. ": the operand has no numbers" end
    local words = {}
    for i, field in ipairs(component.plain) do words[i] = field.name .. " is " .. field.type end
    return ("%s: %s has fields of different types (%s): give one of them, as in t.%s.%s"):format(
        kernel, component.name, table.concat(words, ", "), component.name, component.plain[1].name)
end

return faults
