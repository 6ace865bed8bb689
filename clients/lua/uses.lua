-- Which files a script has loaded besides its own, so that a change of one of them reloads it (docs/protocol.md,
-- section 9). Loaded when the script loads one.
local dragoman, wire, folder, script, tell = ...
local io, type = io, type

local MOST_FILES = 4096

local client, own = wire.full_path(folder) .. "/", wire.full_path(script)
local known, count = { [own] = true }, 0

local uses = {}

-- What a user would edit beside the script: not the system's, not the client's.
local function is_of_interest(file)
    return not known[file] and file:sub(1, 5) ~= "/usr/" and file:sub(1, #client) ~= client
end

function uses.note(path)
    local file = wire.full_path(path)
    if count == MOST_FILES or not is_of_interest(file) then return end
    known[file], count = true, count + 1
    tell(file)
end

local function reads_only(mode) return mode == nil or (mode:find("r", 1, true) and not mode:find("+", 1, true)) end

-- io.open beside the script. A file that the script writes itself is not named: it would reload the script.
function uses.open_data(path, mode)
    if type(path) == "string" and path:sub(1, 1) ~= "/" then path = dragoman.script_folder .. path end
    local file, problem, code = io.open(path, mode)
    if file and reads_only(mode) then uses.note(path) end
    return file, problem, code
end

return uses
