-- Makes of an error what __error__ carries: code, message, trace, file, line and the line's text.
-- Loaded when something has failed.
local script = ...

local CLIENT = "[dragoman]"

local failure = {}

local function source_line(file, number)
    local handle = file and number and io.open(file, "r")
    if not handle then return nil end
    local count, found = 0, nil
    for text in handle:lines() do
        count = count + 1
        if count == number then
            found = text:match("^%s*(.-)%s*$")
            break
        end
    end
    handle:close()
    return found
end

-- How Lua shortens a file's name in its messages.
local function shortened(file)
    return debug.getinfo(loadstring("", "@" .. file), "S").short_src
end

-- "name:12: text" -> 12, "text", where name is the file's as Lua shows it.
local function split(message, short_name)
    local prefix = short_name .. ":"
    if message:sub(1, #prefix) ~= prefix then return nil, message end
    local number, text = message:match("^(%d+): (.*)$", #prefix + 1)
    if not number then return nil, message end
    return tonumber(number), text
end

-- The script's innermost line, or that which the message names.
local function find_place(message, frames)
    local first
    for _, frame in ipairs(frames) do
        local file = frame.source:match("^@(.*)$")
        if file and frame.currentline > 0 then
            local number, text = split(message, frame.short_src)
            if number then return file, number, text end
            first = first or { file, frame.currentline }
        end
    end
    if first then return first[1], first[2], message end
    -- what an inner coroutine raised: its stack is gone
    local _, own = split(message, CLIENT)
    local number, text = split(own, shortened(script))
    if number then return script, number, text end
    local file, line, rest = own:match("^(/[^\n]-):(%d+): (.*)$")
    if file then return file, tonumber(line), rest end
    return nil, nil, own
end

-- Without the client's own frames, and the C functions between them. Empty when no frame of the script is left.
local function trim(trace)
    local kept, theirs = {}, false
    for line in trace:gmatch("[^\n]+") do
        if line:find(CLIENT, 1, true) then
            if kept[#kept]:find("^\t%[C%]: in function 'x?pcall'$") then kept[#kept] = nil end
        else
            kept[#kept + 1] = line
            theirs = theirs or line:find("^\t[^%[]") ~= nil
        end
    end
    return theirs and table.concat(kept, "\n") or ""
end

local function message_of(problem)
    if type(problem) == "string" then return problem end
    if type(problem) == "table" and not (getmetatable(problem) or {}).__tostring and problem.message then
        return tostring(problem.message)
    end
    local good, text = pcall(tostring, problem)
    return good and text or "an error that cannot be shown"
end

-- A module that does not compile shows as an error of require.
local function module_syntax(message)
    local file, rest = message:match("^error loading module '[^\n]-' from file '(.-)':\n\t(.*)$")
    if not file then return nil end
    local number, text = split(rest, shortened(file))
    return {
        code = "compile_error", message = text, trace = message,
        file = file, line = number, source = source_line(file, number),
    }
end

-- `caught` is what the error handler of dragoman.lua gave.
function failure.describe(code, caught)
    if type(caught) ~= "table" or not caught.dragoman_captured then
        caught = { message = caught, frames = {}, trace = "" }
    end
    local message = message_of(caught.message)
    local syntax = module_syntax(message)
    if syntax then return syntax end
    local file, line, text = find_place(message, caught.frames)
    if caught.behaviour then text = ("%s (in the coroutine %s)"):format(text, caught.behaviour) end
    local trace = (line and file .. ":" .. line .. ": " or "") .. text .. "\n" .. trim(caught.trace)
    if type(caught.message) == "table" and type(caught.message.trace) == "string" then
        trace = trace .. "\nbefore that:\n" .. caught.message.trace
    end
    return { code = code, message = text, trace = trace, file = file, line = line, source = source_line(file, line) }
end

-- `message` is what loadfile gave for the script.
function failure.syntax(message)
    local number, text = split(message, shortened(script))
    return {
        code = "compile_error", message = text, trace = message,
        file = script, line = number, source = source_line(script, number),
    }
end

function failure.unfit(message)
    return { code = "compile_error", message = message, trace = "", file = script }
end

-- For a person, on stderr.
function failure.text(problem)
    local place = (problem.file or script) .. (problem.line and ":" .. problem.line or "")
    local text = place .. ": " .. problem.message
    if problem.source then text = text .. "\n    " .. problem.source end
    local stack = problem.trace:find("stack traceback:", 1, true)
    return stack and text .. "\n" .. problem.trace:sub(stack) or text
end

return failure
