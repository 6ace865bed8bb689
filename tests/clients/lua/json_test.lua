-- JSON there and back. Run by the client itself: dragoman-lua json_test.lua
local null, array, encode, decode = dragoman.null, dragoman.array, dragoman.encode, dragoman.decode

local failures = 0
local function check(name, got, expected)
    if got == expected then return end
    failures = failures + 1
    print(("%s:\n  expected %s\n  got      %s"):format(name, tostring(expected), tostring(got)))
end

local function there_and_back(text, expected) check(text, encode(decode(text)), expected or text) end

local function refused(name, part, run, ...)
    local good, problem = pcall(run, ...)
    check(name .. " is refused", good, false)
    local told = not good and tostring(problem):find(part, 1, true)
    if not told then check(name .. "'s message", problem, "..." .. part .. "...") end
end

-- the same bytes come out
for _, text in ipairs {
    "null", "true", "false", "0", "-1", "1.5", "-0.25", "9007199254740992", "-9007199254740992",
    "1e+300", "1e-05", "0.0001", "1e+16", "123456789.123", "2.2250738585072014e-308", "1.7976931348623157e+308", "0.1",
    '""', '"a"', '"\\u00e9\\u4e2d\\ud83d\\ude00"',
    '"\\u0000\\u001f\\b\\f\\n\\r\\t\\"\\\\"', '"\\ud800"',
    "[]", "{}", "[[], {}, [[]]]", '{"a": 1, "b": [1, null, 2], "c": {"d": {}}}', "[null]",
} do there_and_back(text) end

there_and_back(' {"b" :1 ,"a":[ 1,2 ]}\r', '{"a": [1, 2], "b": 1}')
there_and_back("-0", "0")
there_and_back("1E2", "100")
there_and_back("1.0", "1")
there_and_back("9007199254740993", "9007199254740992")
there_and_back("12345678901234567890", "1.2345678901234567e+19")
there_and_back("0.1000000000000000055511151231257827", "0.1")
there_and_back("1e-400", "0")
there_and_back('"\195\169\\/"', '"\\u00e9/"')
there_and_back('{"a": 1, "a": 2}', '{"a": 2}')

-- values
check("null", decode "null", null)
check("NUL in a text", decode '"a\\u0000b"', "a\0b")
check("a pair of surrogates", decode '"\\ud83d\\ude00"', "\240\159\152\128")
check("an element", decode("[1, 2, [3]]")[3][1], 3)
check("large integer", decode "4503599627370496", 2 ^ 52)

-- arrays and objects
check("an empty table", encode {}, "{}")
check("an empty array", encode(array()), "[]")
check("an emptied array", (function() local list = decode "[1]"; list[1] = nil; return encode(list) end)(), "[]")
check("holes", encode { 1, nil, 3 }, "[1, null, 3]")
check("nil", encode(nil), "null")
check("keys are sorted", encode { b = 1, a = 1, ab = 1, B = 1 }, '{"B": 1, "a": 1, "ab": 1, "b": 1}')

-- sizes at which tables grow, and where items leave the stack early
for _, count in ipairs { 3, 4, 5, 127, 128, 129, 255, 256, 257, 1000, 100000 } do
    local numbers, pairs_ = {}, {}
    for i = 1, count do
        numbers[i] = tostring(i)
        pairs_[i] = ('"k%06d": %d'):format(i, i)
    end
    there_and_back("[" .. table.concat(numbers, ", ") .. "]")
    there_and_back("{" .. table.concat(pairs_, ", ") .. "}")
end
local wide = "[" .. ("1, "):rep(300) .. "1]"
there_and_back(("["):rep(200) .. wide .. ("]"):rep(200))
for depth = 1, 40 do wide = "[" .. ("0, "):rep(140) .. wide .. "]" end
there_and_back(wide)
there_and_back(("["):rep(256) .. ("]"):rep(256))
there_and_back(('{"a": '):rep(255) .. "{}" .. ("}"):rep(255))

-- numbers of all sizes
math.randomseed(1)
for _ = 1, 20000 do
    local number = (math.random() - 0.5) * 10 ^ math.random(-300, 300)
    check("a number", decode(encode(number)), number)
    check("tonumber agrees", decode(("%.17g"):format(number)), number)
end

-- what is not JSON
for text, part in pairs {
    [""] = "at byte 0", ["{"] = "key in quotes", ["[1,]"] = "at byte 3",
    ["[1 2]"] = "at byte 3", ["01"] = "begin with 0", ["1."] = "digit",
    ["1e"] = "digit", ["-"] = "expected", ["+1"] = "expected",
    ["nul"] = "expected", ["nan"] = "expected", ['"a'] = "does not end",
    ['"\n"'] = "control character", ['"\\x"'] = "escape",
    ['"\\u12"'] = "hexadecimal", ["[] x"] = "follows", ["1e999"] = "beyond",
    ['{"a" 1}'] = "\":\"", ["{a: 1}"] = "key in quotes",
    [("["):rep(257)] = "deeper", ["1\0"] = "follows", ["'a'"] = "expected",
} do refused(text:sub(1, 20), part, decode, text) end

local own = {}
own.self = own
refused("nan", "nan is not JSON, at a.b[2]", encode, { a = { b = { 1, 0 / 0 } } })
refused("inf", "inf is not JSON, at [1].x", encode, { { x = math.huge } })
refused("a function", "a function cannot be written as JSON, at f", encode, { f = print })
refused("a cycle", "deeper than 256", encode, own)
refused("a mixed table", "both texts and numbers", encode, { 1, a = 2 })
refused("a mixed table, its text first", "both texts and numbers", encode, { [1] = "a", x = "b" })
refused("a list with holes", "too many holes", encode, { [1] = 1, [1000] = 2 })
refused("a list from 0", "counts from 1", encode, { [0] = 1 })
refused("a table as a key", "a key that is neither", encode, { [{}] = 1 })
for _, bytes in ipairs { "\255", "\192\128", "\226\130", "\244\144\128\128", "\224\128\128", "a\128" } do
    refused("bytes", "not UTF-8 cannot be written as JSON, at t", encode, { t = bytes })
end

if failures == 0 then print "json: all good" end
os.exit(failures == 0 and 0 or 1)
