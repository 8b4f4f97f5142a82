-- Deterministic work over most of the interpreter: its output must be the same however the calls are watched.
local out = {}
local function say(...) out[#out + 1] = table.concat({...}, " ") end
local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
say("fib", fib(24))
-- coroutines, errors and longjmp through them
local function producer(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i) end error("done") end) end
local sum, p = 0, producer(500)
for _ = 1, 500 do sum = sum + p() end
say("coroutines", sum, (tostring(select(2, pcall(p))):gsub("^.-:%d+: ", "")))
local depth = 0
local function deep() depth = depth + 1 return 1 + deep() end
local ok, why = pcall(deep)
say("overflow", tostring(ok), (why:match("stack overflow")))
for i = 1, 2000 do
	local ok, e = pcall(function() local t = setmetatable({}, {__index = function(_, k) error({k = k}) end}) return t[i] end)
	assert(not ok and e.k == i)
end
local closed = 0
do local ok = pcall(function() local c <close> = setmetatable({}, {__close = function() closed = closed + 1 end}) error("x") end) end
say("closed", closed)
-- strings, tables, sort, collector
local words = {}
for i = 1, 3000 do words[i] = string.format("%08x%s", (i * 2654435761) % 4294967296, ("ab"):rep(i % 7)) end
table.sort(words, function(a, b) return a > b end)
say("sorted", words[1], words[1500], words[3000])
local h = 0
for _, w in ipairs(words) do for c in w:gmatch("%d") do h = (h * 31 + c:byte()) % 1000000007 end end
say("hash", h, ("x=1, y=22, z=333"):gsub("(%w+)=(%w+)", "%2=%1"))
for i = 1, 20 do local t = {} for j = 1, 2000 do t[j] = {j, tostring(j)} end collectgarbage(i % 2 == 0 and "collect" or "step") end
local weak = setmetatable({}, {__mode = "k", __gc = function() end})
for i = 1, 100 do weak[{}] = i end
collectgarbage()
say("weak", next(weak) == nil and "empty" or "kept")
say("load", load("return ...")(7), select("#", load("local a <const> = 1; goto l; ::l:: return a, 2, 3")()))
say("math", math.tointeger(2^53), string.pack(">I4", 77):byte(4), utf8.char(228, 8364), #utf8.char(0x10FFFF), 7 // 2, -7 % 3, 1 << 40)
say("os", type(os.time()), os.date("!%Y", 0))
print(table.concat(out, "\n"))
os.exit(3, true)
