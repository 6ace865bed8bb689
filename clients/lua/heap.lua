-- A binary heap of what waits: keys and values side by side, the smallest key first.
local heap = {}

function heap.new() return { count = 0, keys = {}, values = {} } end

function heap.push(self, key, value)
    local keys, values = self.keys, self.values
    local place = self.count + 1
    self.count = place
    while place > 1 do
        local parent = (place - place % 2) / 2
        if keys[parent] <= key then break end
        keys[place], values[place] = keys[parent], values[parent]
        place = parent
    end
    keys[place], values[place] = key, value
end

local function pop(self)
    local keys, values, count = self.keys, self.values, self.count
    local value = values[1]
    local key, last = keys[count], values[count]
    keys[count], values[count] = nil, nil
    count = count - 1
    self.count = count
    if count == 0 then return value end
    local place = 1
    while true do
        local child = place * 2
        if child > count then break end
        if child < count and keys[child + 1] < keys[child] then child = child + 1 end
        if keys[child] >= key then break end
        keys[place], values[place] = keys[child], values[child]
        place = child
    end
    keys[place], values[place] = key, last
    return value
end

-- Appends all whose key is at most `limit` to `list`, which is made when there is one.
function heap.take(self, limit, list)
    while self.count > 0 and self.keys[1] <= limit do
        list = list or {}
        list[#list + 1] = pop(self)
    end
    return list
end

return heap
