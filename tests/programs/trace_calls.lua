-- A deterministic piece of work for trace_calls.py: much of the library, no addresses and no clocks in it.
local t = {}
for i = 1, 3000 do t[i] = (i * 7919) % 1009 end
table.sort(t, function(a, b) return a < b end)
local s = {}
for i = 1, 500 do s[#s + 1] = string.format("%d:%s", t[i], tostring(t[i]):rep(2)) end
local str = table.concat(s, ",")
local n = 0
for a, b in str:gmatch("(%d+):(%d+)") do n = n + tonumber(a) + #b end
local ok = pcall(function() error("x") end)
local co = coroutine.wrap(function() for i = 1, 50 do coroutine.yield(i) end end)
for i = 1, 50 do n = n + co() end
local mt = setmetatable({}, {__index = function(_, k) return k * 2 end, __concat = function() return "c" end})
for i = 1, 200 do n = n + mt[i] end
print(n, #str, ok, mt .. "x", str:gsub("1", "x"):sub(1, 20))
