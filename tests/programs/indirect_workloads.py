"""Real work for the programs whose indirect calls indirect.py observes.

Each workload runs inside a scratch folder of its own, with the given environment, and leaves nothing running. It says
which executables are observed; a step that fails on its own account (a git command without something to do) is no
matter, as only the calls that happen count."""
import gzip
import http.server
import os
import shlex
import socket as sockets
import ssl
import subprocess
import threading
import time


def run(command, folder, environment, text=None, seconds=120):
    """Runs one step; its output is dropped, its failure is not ours. Returns stdout."""
    try:
        result = subprocess.run(command, cwd=folder, env=environment, input=(text or "").encode(), timeout=seconds,
                                shell=isinstance(command, str), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        return result.stdout.decode("utf-8", "replace")
    except subprocess.TimeoutExpired:
        print("  a step took longer than %d s: %s" % (seconds, command))
        return ""


def free_ports(count):
    held = [sockets.socket() for _ in range(count)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [str(one.getsockname()[1]) for one in held]
    for one in held:
        one.close()
    return ports


def write(folder, name, text, mode="w"):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, mode, encoding="utf-8") as stream:
        stream.write(text)


def idioms(root, folder, environment):
    run([os.path.join(root, "idioms")], folder, environment)


idioms.executables = ["idioms"]

# ---- lua ----

LUA = r"""
local function try(f, ...) return pcall(f, ...) end
-- strings
local s = ("the quick brown fox "):rep(20)
print(#s, s:sub(1, 9), s:upper():lower():reverse():len(), s:byte(1, 4), string.char(65, 66))
print(s:gsub("%w+", function(w) return w:upper() end))
print(s:gsub("%w+", {the = "a", fox = "dog"}), s:gsub("(%w+) (%w+)", "%2 %1"))
for w in s:gmatch("%a+") do local _ = w end
print(s:find("quick"), s:match("(%a+) fox"), s:find("fox", 1, true))
print(string.format("%d %5.2f %s %q %x %a %c %i %g %u", 1, 2.5, "x", "a\n\0b", 255, 1.5, 65, 3, 1e100, 7))
print(string.pack("<i4z", 77, "hi"):byte(1, -1), string.unpack("<i4z", string.pack("<i4z", 77, "hi")), string.packsize("i4i8"))
print(utf8 and utf8.char(228, 8364), utf8 and utf8.len("äö"), utf8 and utf8.codepoint("ä", 1), utf8 and utf8.offset("äö", 2))
if utf8 then for _, c in utf8.codes("äö") do local _ = c end end
-- tables
local t = {}
for i = 1, 300 do t[i] = (i * 7919) % 1009 end
table.sort(t); table.sort(t, function(a, b) return a > b end)
table.insert(t, 5); table.insert(t, 1, 6); table.remove(t); table.remove(t, 1)
print(table.concat({1, 2, 3}, ","), table.unpack({1, 2, 3}), select("#", 1, 2), select(2, "a", "b"))
print(table.move({1, 2, 3}, 1, 3, 2)[3], table.pack(1, 2).n, next({}), rawlen(t), rawequal(t, t), rawget(t, 1), rawset(t, 1, 2))
for k, v in pairs({a = 1, b = 2}) do local _ = k, v end
for i, v in ipairs({1, 2}) do local _ = i, v end
-- metatables
local mt = {}
for _, name in ipairs{"add","sub","mul","div","mod","pow","unm","idiv","band","bor","bxor","shl","shr","bnot","concat","len","eq","lt","le"} do
  mt["__" .. name] = function(a, b) return name == "lt" end
end
mt.__index = function(_, k) return k end
mt.__newindex = function(a, k, v) rawset(a, k, v) end
mt.__call = function(_, ...) return ... end
mt.__tostring = function() return "object" end
mt.__name = "thing"; mt.__close = function() end; mt.__gc = function() end
mt.__pairs = function(o) return next, {}, nil end
local a, b = setmetatable({}, mt), setmetatable({}, mt)
print(a + b, a - b, a * b, a / b, a % b, a ^ b, -a, a // b, a .. b, #a, a == b, a < b, a <= b, a.x, a(1), tostring(a))
pcall(load or loadstring, "local a, b = ...; return a & b, a | b, a ~ b, a << b, a >> b, ~a")
a.y = 1; for _ in pairs(a) do end
print(getmetatable(a) == mt, type(a), tonumber("0x10"), tonumber("zz", 36), tostring(1.5), tostring(nil))
-- coroutines
local co = coroutine.create(function(x) local y = coroutine.yield(x + 1); error("stop " .. y) end)
print(coroutine.resume(co, 1), coroutine.status(co), coroutine.resume(co, 2), coroutine.resume(co))
local gen = coroutine.wrap(function() for i = 1, 3 do pcall(coroutine.yield, i) end; table.sort({3, 1, 2}, function(x, y) return x < y end) end)
print(gen(), gen(), gen(), gen(), coroutine.isyieldable(), coroutine.running())
if coroutine.close then coroutine.close(coroutine.create(print)) end
-- errors
print(try(error, {1}), try(error, "x", 2), xpcall(function() local x = nil; return x.y end, debug.traceback))
print(xpcall(function() error() end, function(m) error(m) end), try(string.rep), try(string.rep, "x", -1), select(2, try(assert, false, "no")))
print(assert(1), try(setmetatable, 1, 2), try(function() return 1 + {} end), try(function() return #nil end), try(function() return {} < {} end))
print(try(string.rep, "x", 1 << 40))
print(try(function() local function f() return f() + 1 end; return f() end))
-- load
print(load("return 1 + 1")(), load(function() return nil end), load("x ="), load(string.dump(function() return 3 end), "b", "b")())
local parts, at = {"return ", "4", "2"}, 0
print(load(function() at = at + 1; return parts[at] end)())
print(loadfile("none.lua"), try(dofile, "none.lua"), try(require, "none"), package.path, package.searchpath("none", package.path))
local f = io.open("mod.lua", "w"); f:write("return {v = 1, ...}"); f:close()
package.path = "./?.lua;" .. package.path
print(require("mod").v, dofile("mod.lua").v, loadfile("mod.lua")().v, package.loaded.mod, package.loadlib and try(package.loadlib, "none.so", "*"))
package.preload.pre = function() return 9 end; print(require "pre")
-- io and os
local f = assert(io.open("data.txt", "w+")); f:setvbuf("full", 1024); f:write("1 2.5 word\nline two\nlast\n"); f:flush(); f:seek("set", 0)
print(f:read("n", "n", "l", "L", "a")); f:seek("set"); for l in f:lines() do local _ = l end; print(io.type(f), tostring(f)); f:close()
for l in io.lines("data.txt", 4) do local _ = l end
io.output("out.txt"); io.write("x", 1, 2.5); io.close(); io.output(io.stdout); io.input("data.txt"); print(io.read("l")); io.close(io.input()); io.input(io.stdin)
local p = io.popen("echo popen"); if p then print(p:read("a"), p:close()) end
local tmp = io.tmpfile(); tmp:write("t"); tmp = nil
print(os.time{year = 2020, month = 1, day = 1}, os.date("!%Y-%m-%d", 0), os.date("*t").year, os.clock(), os.getenv("HOME"), os.difftime(2, 1))
print(os.rename("out.txt", "o2.txt"), os.remove("o2.txt"), os.remove("none"), os.tmpname(), os.execute("true"), os.setlocale())
-- math
for _, n in ipairs{"abs","ceil","floor","sqrt","sin","cos","tan","asin","acos","atan","exp","log","tointeger","type","modf"} do print(n, try(math[n], 0.5)) end
print(math.max(1, 2), math.min(1, 2), math.fmod(5, 3), math.random(), math.random(10), math.randomseed(1), math.ult and math.ult(1, 2))
-- debug
debug.sethook(function(e, l) local _ = e end, "crl", 10); local z = math.abs(-1); for i = 1, 20 do z = z + i end; print(debug.gethook()); debug.sethook()
print(debug.getinfo(1, "nSlutfrL").short_src, debug.getlocal(1, 1), debug.traceback("tb"), debug.getregistry() ~= nil, debug.getmetatable("").__index == string)
local up = 1; local function closure() up = up + 1; return up end
print(debug.getupvalue(closure, 1), debug.setupvalue(closure, 1, 5), debug.upvalueid and debug.upvalueid(closure, 1), debug.setlocal(1, 1, try), debug.getuservalue(io.stdout), debug.setmetatable(1, nil))
-- collector
for i = 1, 20000 do local x = {i, tostring(i), function() return i end} end
collectgarbage(); collectgarbage("step", 10); print(collectgarbage("count") > 0, collectgarbage("isrunning"), try(collectgarbage, "generational"))
for i = 1, 20000 do local x = setmetatable({i}, {__mode = "k", __gc = function() end}) end
try(collectgarbage, "incremental", 100, 200); collectgarbage("stop"); collectgarbage("restart"); warn = warn or print; warn("@on"); warn("a warn", "ing")
do local weak = setmetatable({}, {__mode = "kv"}); weak[{}] = {}; collectgarbage() end
print(#arg, ...)
"""


def lua(root, folder, environment):
    program = os.path.join(root, "src", "lua")
    compiler = os.path.join(root, "src", "luac")
    write(folder, "work.lua", LUA)
    write(folder, "small.lua", "local n = 0 for i = 1, 100 do n = n + i end print(n, ('x'):rep(3))\n")
    run([program, "work.lua", "a", "b"], folder, environment)
    run([program, "-W", "-e", "print(1)", "-l", "small", "-"], folder, environment, "print(2)\nerror({})\n")
    run([program, "-i"], folder, environment, "=1\nx =\n2\nprint(x)\nerror('e')\nfor i=1,2 do\nend\nos.exit(true, true)\n")
    run([program, "-v"], folder, environment)
    run([program, "-e", "error(setmetatable({}, {__tostring = function() return 'e' end}))"], folder, environment)
    run([compiler, "-l", "-l", "-o", "small.out", "small.lua"], folder, environment)
    run([compiler, "-s", "-p", "work.lua", "small.lua"], folder, environment)
    run([program, "small.out"], folder, environment)


lua.executables = ["src/lua", "src/luac"]

# ---- redis ----

REDIS = """
SET a 1
GET a
INCR a
INCRBYFLOAT a 1.5
APPEND b hello
SETRANGE b 2 xx
GETRANGE b 0 -1
STRLEN b
MSET c 1 d 2
MGET a b c
SETEX e 100 x
PSETEX e2 10 x
GETEX e PERSIST
GETDEL d
SETBIT bits 7 1
BITCOUNT bits
BITOP AND bits2 bits a
BITPOS bits 1
BITFIELD bits SET u8 0 200 GET u4 0
LCS a b
HSET h f v g 2
HINCRBY h g 3
HINCRBYFLOAT h g 1.5
HGETALL h
HDEL h f
HSCAN h 0
HRANDFIELD h 1 WITHVALUES
HSET hbig f1 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa f2 b
HGETALL hbig
HSCAN hbig 0
RPUSH l 1 2 3 4 5
LPUSH l 0
LRANGE l 0 -1
LINSERT l BEFORE 3 x
LSET l 0 y
LREM l 1 4
LTRIM l 0 3
LPOS l 3
LMOVE l l2 LEFT RIGHT
RPOPLPUSH l l2
LMPOP 1 l LEFT
SORT l2 ALPHA DESC
RPUSH nums 3 1 2
SORT nums
SORT nums BY w_* GET # LIMIT 0 2 STORE sorted
SADD s 1 2 3
SADD s2 2 3 four
SADD s abc
SMEMBERS s
SINTER s s2
SUNION s s2
SDIFF s s2
SINTERSTORE s3 s s2
SUNIONSTORE s4 s s2
SINTERCARD 2 s s2
SPOP s
SRANDMEMBER s2 2
SMISMEMBER s2 2 9
SSCAN s2 0
SMOVE s2 s 3
ZADD z 1 a 2 b 3 c
ZINCRBY z 5 a
ZRANGE z 0 -1 WITHSCORES
ZRANGE z (1 +inf BYSCORE REV LIMIT 0 1
ZRANGEBYLEX z - +
ZREVRANGEBYSCORE z +inf -inf
ZRANGESTORE zs z 0 -1
ZRANK z a
ZUNION 2 z zs WITHSCORES
ZUNIONSTORE zu 2 z zs AGGREGATE MAX
ZINTERSTORE zi 2 z zs WEIGHTS 1 2
ZDIFF 2 z zs
ZPOPMIN z
BZPOPMAX z 1
ZMPOP 1 zs MAX
ZRANDMEMBER zu 2
ZSCAN zu 0
ZREMRANGEBYRANK zu 0 0
ZREMRANGEBYSCORE zu 0 1
GEOADD geo 13.361389 38.115556 Palermo 15.087269 37.502669 Catania
GEODIST geo Palermo Catania km
GEOSEARCH geo FROMLONLAT 15 37 BYRADIUS 200 km ASC WITHDIST
GEOSEARCHSTORE geo2 geo FROMMEMBER Palermo BYBOX 400 400 km
GEORADIUS geo 15 37 200 km
PFADD hll a b c
PFCOUNT hll
PFMERGE hll2 hll
XADD x * f v
XADD x 5000000000000-1 f v
XLEN x
XRANGE x - +
XREAD COUNT 2 STREAMS x 0
XGROUP CREATE x g 0
XREADGROUP GROUP g c COUNT 1 STREAMS x >
XPENDING x g
XAUTOCLAIM x g c2 0 0
XINFO STREAM x FULL
XTRIM x MAXLEN 1
EXPIRE a 100
PEXPIREAT b 99999999999999
TTL a
PERSIST a
OBJECT ENCODING h
OBJECT FREQ h
TYPE z
RENAME c c2
COPY c2 c3
DUMP h
MOVE c2 1
RANDOMKEY
SCAN 0 MATCH * COUNT 100 TYPE hash
KEYS *
EXISTS a
TOUCH a
UNLINK l2
DBSIZE
MEMORY USAGE h
MEMORY STATS
MEMORY DOCTOR
EVAL "redis.call('set', KEYS[1], ARGV[1]); local t = {} for i=1,50 do t[i] = 50 - i end table.sort(t) return redis.call('get', KEYS[1]) .. string.format('%d', #t)" 1 k v
EVAL "return {1, 2, {err='x'}, redis.sha1hex('a'), cjson.encode({a=1,b={1,2}}), cmsgpack.unpack(cmsgpack.pack({1,2})), bit.band(3,1)}" 0
EVAL "return redis.pcall('nosuch')" 0
EVAL "return cjson.decode('[1,{\\"a\\":null}]')[1] + struct.unpack('i', struct.pack('i', 4))" 0
EVAL "local s = 'a,b'; return {s:gsub(',', function(x) return ';' end), tostring({}), pcall(error, 'x')}" 0
EVAL "error('bad')" 0
SCRIPT LOAD "return 1"
EVALSHA e0e1f9fabfc9d4800c877a703b823ac0578ff8db 0
SCRIPT EXISTS e0e1f9fabfc9d4800c877a703b823ac0578ff8db
SCRIPT FLUSH
FUNCTION LOAD "#!lua name=mylib\\nredis.register_function('f', function(k, a) return a[1] end)"
FCALL f 0 hello
FUNCTION LIST
FUNCTION STATS
FUNCTION DUMP
FUNCTION FLUSH
MULTI
SET tx 1
INCR tx
EXEC
WATCH tx
MULTI
DISCARD
PUBLISH ch hello
SPUBLISH ch hello
PUBSUB CHANNELS
CONFIG SET maxmemory-policy allkeys-lfu
CONFIG SET slowlog-log-slower-than 0
CONFIG SET notify-keyspace-events KEA
CONFIG SET client-output-buffer-limit "normal 0 0 0"
CONFIG SET save "100 10"
CONFIG SET maxmemory 100mb
CONFIG SET latency-monitor-threshold 1
CONFIG GET *
CONFIG RESETSTAT
CONFIG REWRITE
ACL SETUSER bob on >pw ~* +@all
ACL LIST
ACL WHOAMI
ACL CAT
ACL GENPASS
ACL LOG
ACL DELUSER bob
CLIENT LIST
CLIENT SETNAME me
CLIENT INFO
CLIENT TRACKING ON
CLIENT NO-EVICT ON
HELLO 3
GET tx
SLOWLOG GET
LATENCY LATEST
LATENCY HISTOGRAM
INFO all
COMMAND
COMMAND COUNT
COMMAND DOCS get
COMMAND GETKEYS SORT a STORE b
COMMAND LIST FILTERBY PATTERN g*
DEBUG SLEEP 0.01
DEBUG RELOAD
DEBUG JMAP
DEBUG CHANGE-REPL-ID
DEBUG DIGEST
DEBUG OBJECT h
DEBUG HTSTATS 0
DEBUG STRINGMATCH-LEN 10 a*
DEBUG QUICKLIST-PACKED-THRESHOLD 10b
LASTSAVE
ROLE
WAIT 0 10
TIME
ECHO x
PING
SELECT 2
SWAPDB 2 3
SET y 1 PX 1
FLUSHDB ASYNC
SELECT 0
SAVE
BGSAVE
CONFIG SET appendonly yes
"""
REDIS_LATER = """
BGREWRITEAOF
SET after 1
ZADD zbig 1 a
FLUSHALL ASYNC
DEBUG LOADAOF
OBJECT HELP
SORT_RO nums
RESET
"""
REDIS_MODES = {
    "cluster": """
CLUSTER ADDSLOTSRANGE 0 16383
CLUSTER NODES
CLUSTER INFO
CLUSTER SLOTS
CLUSTER SHARDS
CLUSTER MEET 127.0.0.1 PORT
SET a 1
CLUSTER KEYSLOT a
CLUSTER COUNTKEYSINSLOT 1
CLUSTER RESET
""",
    "sentinel": """
SENTINEL MASTERS
SENTINEL REPLICAS m
SENTINEL CKQUORUM m
SENTINEL SET m down-after-milliseconds 1000
SENTINEL RESET *
INFO
""",
}


def redis(root, folder, environment):
    source = os.path.join(root, "src")
    socket = os.path.join(folder, "r.sock")
    server = [os.path.join(source, "redis-server"), "--port", "0", "--unixsocket", socket, "--dir", folder, "--save", "",
              "--enable-debug-command", "yes", "--list-max-listpack-size", "4", "--hash-max-listpack-value", "64",
              "--zset-max-listpack-entries", "8", "--activedefrag", "no", "--logfile", "log", "--hz", "50"]
    cli = [os.path.join(source, "redis-cli"), "-s", socket]
    bench = [os.path.join(source, "redis-benchmark"), "-s", socket, "-q"]
    main_port, cluster_port, bus_port, sentinel_port, no_port = free_ports(5)
    replica_socket = os.path.join(folder, "p.sock")
    started = []

    def start(arguments, at):
        process = subprocess.Popen(arguments, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        started.append(process)
        for _ in range(100):
            if os.path.exists(at):
                break
            time.sleep(0.1)

    try:
        write(folder, "redis.conf", "")
        start(server[:1] + ["redis.conf"] + server[1:] + ["--port", main_port, "--bind", "127.0.0.1"], socket)
        for blocking in (["psubscribe", "*"], ["blpop", "waiting", "5"]):
            started.append(subprocess.Popen(cli + blocking, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        time.sleep(0.5)
        run(cli, folder, environment, REDIS, 60)
        run(cli + ["rpush", "waiting", "1"], folder, environment)
        run(bench + ["-n", "1000", "-r", "1000", "-c", "10", "-P", "4"], folder, environment, None, 60)
        run(bench + ["-n", "300", "-t", "set,get,lpush,hset,zadd", "--threads", "2", "--csv"], folder, environment, None, 30)
        run(bench + ["-n", "100", "eval", "return 1", "0"], folder, environment, None, 30)
        start([server[0], "--port", "0", "--unixsocket", replica_socket, "--dir", folder, "--dbfilename", "replica.rdb",
               "--replicaof", "127.0.0.1", main_port, "--logfile", "log2"], replica_socket)
        time.sleep(2.5)
        run(cli, folder, environment, REDIS_LATER, 60)
        for option in (["--bigkeys"], ["--memkeys"], ["--scan"], ["--latency-history", "-i", "1"], ["--stat", "-i", "0.1"],
                       ["--rdb", "copy.rdb"], ["--csv", "lrange", "l", "0", "-1"], ["--json", "-3", "hgetall", "h"], ["--help"],
                       ["--intrinsic-latency", "1"], ["--lru-test", "100"]):
            run(["timeout", "-s", "INT", "2"] + cli + option, folder, environment, None, 10)
        run(["timeout", "2", cli[0], "-s", socket, "--pipe"], folder, environment, "SET p 1\r\nSET q 2\r\n", 10)
        time.sleep(1)
        run(cli[:1] + ["-s", replica_socket, "info", "replication"], folder, environment)
        run(cli[:1] + ["-s", replica_socket, "replicaof", "no", "one"], folder, environment)
        run(cli[:1] + ["-s", replica_socket, "shutdown", "nosave"], folder, environment, None, 20)
        run(cli + ["shutdown", "save"], folder, environment, None, 30)
        time.sleep(1)
        run([os.path.join(source, "redis-check-rdb"), "dump.rdb"], folder, environment)
        run([os.path.join(source, "redis-check-aof"), "appendonlydir/appendonly.aof.manifest"], folder, environment)
        os.path.exists(socket) and os.unlink(socket)
        start(server + ["--appendonly", "yes", "--io-threads", "2", "--lazyfree-lazy-user-del", "yes"], socket)  # reads it back
        time.sleep(1)
        run(cli, folder, environment, "DEBUG POPULATE 2000\nKEYS key:1*\nDEL key:1\nINFO\nFLUSHALL\n", 30)
        run(bench + ["-n", "500", "-t", "set,get"], folder, environment, None, 30)
        run(cli + ["shutdown"], folder, environment, None, 30)
        for mode, arguments in (("cluster", ["--cluster-enabled", "yes", "--port", cluster_port, "--cluster-port", bus_port]), ("sentinel", ["--sentinel"])):
            at = os.path.join(folder, mode + ".sock")
            write(folder, mode + ".conf", "unixsocket %s\nport %s\nbind 127.0.0.1\n%s" % (
                at, sentinel_port, "sentinel monitor m 127.0.0.1 %s 1\n" % cluster_port if mode == "sentinel" else ""))
            start([server[0], mode + ".conf"] + arguments, at)
            run([server[0].replace("server", "cli"), "-s", at], folder, environment, REDIS_MODES[mode].replace("PORT", no_port), 30)
        time.sleep(2)
        for mode in REDIS_MODES:
            run([server[0].replace("server", "cli"), "-s", os.path.join(folder, mode + ".sock"), "shutdown"], folder, environment, None, 30)
    finally:
        time.sleep(0.5)
        for process in started:
            if process.poll() is None:
                process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


redis.executables = ["src/redis-server", "src/redis-cli", "src/redis-benchmark"]

# ---- git ----

GIT = """
init -q .
config user.name A
config user.email a@b.c
add .
commit -q -m one
status
log -p --stat
tag -a v1 -m tag
tag light
branch side
branch -a -vv
checkout -q side
!edit side
commit -q -am two
checkout -q -
!edit main
add -A
commit -q -m three
merge -m merged side
add -A
commit -q -m merged
checkout -q -b topic HEAD~1
!new topic
add -A
commit -q -m four
rebase -q master
checkout -q -b again master~1
!edit again
commit -q -am again
rebase -q --merge master
rebase --skip
rebase -q --apply master
rebase --abort
checkout -q master
!new other
add -A
commit -q -m other
cherry-pick topic
revert --no-edit HEAD
rebase -i --autosquash HEAD~1
!edit dirty
stash
stash list
stash pop
diff
diff --stat --word-diff HEAD
diff --cached --patience
diff --histogram -M -C --find-copies-harder HEAD~2
diff --raw --numstat --dirstat --summary HEAD~1
diff -G line --pickaxe-all HEAD~1
diff -S five HEAD~1
diff --color-moved --color=always HEAD~1
diff --minimal --ignore-all-space --function-context HEAD~2 HEAD
reset -q --hard
log --graph --oneline --all --decorate --color=always
log --follow -p -- src/a.c
log -L 1,5:src/a.c
log --format=%H%an%ad%s%d%G? --date=relative
log --author=A --grep=o --all-match --perl-regexp --since=yesterday
log --merges --cc -p
log --walk-reflogs --notes
log --pretty=fuller --topo-order --reverse --parents
shortlog -sn HEAD
show HEAD
show HEAD:src/a.c
blame src/a.c
blame -C -M --porcelain src/b.c
annotate src/a.c
grep -n five
grep -E -i fi[v]e HEAD
grep -e five --and -e line --or --not -e x
grep -P --count five
grep -F -w -O --no-index five
rev-list --all --objects --count
rev-list --all --objects --filter=blob:none
rev-list --bisect HEAD
rev-parse HEAD~1 --abbrev-ref HEAD --show-toplevel
ls-files -s -v --others --stage
ls-tree -r -l HEAD
cat-file -p HEAD^{tree}
cat-file --batch-all-objects --batch-check
for-each-ref --sort=-committerdate --format=%(refname)%(objecttype)%(contents:subject)%(upstream:track)
describe --tags --all
name-rev HEAD
merge-base master side
show-branch
show-ref
reflog
reflog expire --expire=now --all
notes add -m note
notes show
notes append -m more
notes merge -s union refs/notes/commits
format-patch -o ../patches HEAD~2
archive --format=tar -o ../a.tar HEAD
archive --format=zip -o ../a.zip HEAD
archive --format=tar.gz -o ../a.tgz HEAD
bundle create ../b.bundle --all
bundle verify ../b.bundle
bisect start
bisect bad
bisect good v1
bisect run true
bisect reset
mv src/b.c src/moved.c
rm -q src/c.c
restore --staged --worktree .
clean -fdn
worktree add -q ../tree side
worktree list
worktree remove ../tree
submodule status
sparse-checkout set src
sparse-checkout disable
update-index --refresh --split-index --untracked-cache
update-index --no-split-index
read-tree -m -u HEAD
write-tree
commit-tree HEAD^{tree} -m x
merge-tree HEAD~1 HEAD side
merge-file -p src/a.c src/a.c src/a.c
check-ignore -v x.o
check-attr -a src/a.c
config --list --show-origin
config --get-regexp user
config --global core.x 1
config --unset user.name
config user.name A
config --type=bool --get core.bare
var -l
hash-object -w src/a.c
fsck --full --strict
count-objects -v
repack -a -d -f -q
pack-refs --all
commit-graph write --reachable --changed-paths
log --oneline -- src/a.c
multi-pack-index write --bitmap
multi-pack-index verify
repack -a -d -b
rev-list --all --objects --use-bitmap-index --count
gc -q --prune=now
prune
verify-pack -v .git/objects/pack/*.idx
maintenance run --task=incremental-repack --task=commit-graph
clone -q . ../clone
clone -q --bare file://$PWD ../bare.git
clone -q --depth=1 file://$PWD ../shallow
clone -q --mirror --filter=blob:none file://$PWD ../partial.git
remote add other ../bare.git
remote -v
remote show other
fetch -q other
fetch -q --all --prune --tags
push -q other master
push -q other :side
push -q --force ../bare.git topic:topic
ls-remote ../bare.git
pull -q --rebase other master
pull -q --no-rebase other master
checkout -q v1
am ../patches/0001*
am --abort
apply --stat ../patches/0001*
apply --check -3 ../patches/0001*
checkout -q master
checkout -q -B conflict v1
!edit side2
commit -q -am five
merge side
diff
mergetool --tool=none
checkout --conflict=diff3 .
rerere status
merge --abort
merge -s ours side -m ours
merge -s octopus topic side -m octo
merge -s recursive -X theirs master -m t
reset --soft HEAD~1
commit -q --amend -m amended
commit -q --allow-empty -F -
interpret-trailers --trailer a:b
switch -q -c new
branch -m renamed
branch -D side
branch --contains v1
tag -l --sort=version:refname --contains v1
replace --graft HEAD HEAD~2
replace -l
fast-export --all
range-diff HEAD~2..HEAD HEAD~3..HEAD~1
cherry master
diff-tree -r -p HEAD
diff-index HEAD
diff-files
difftool --help
stripspace
column --mode=column
credential fill
check-mailmap a
help -a
--version
version --build-options
-c alias.z=log z -1
-c core.pager=cat -p log -1
unknown-command
ls-files --with-tree=HEAD --eol
whatchanged -1
symbolic-ref HEAD
update-ref refs/x HEAD
update-ref -d refs/x
for-each-repo --config=x status
diagnose
bugreport -o ..
fmt-merge-msg
get-tar-commit-id
unpack-file HEAD:src/a.c
checkout-index -a -f
merge-index git-merge-one-file -a
mktag
mktree
patch-id
request-pull v1 .
send-pack ../bare.git master
show-index
stash push -u
stash show -p
stash drop
rebase --onto v1 HEAD~1
rebase --abort
filter-branch -f --msg-filter cat HEAD~1..HEAD
add -p
add -i
commit --dry-run --verbose --porcelain
status -s -b --ignored
status --porcelain=v2
log --trailer=x
cat-file --batch
fast-import --quiet
"""


def git(root, folder, environment):
    work = os.path.join(folder, "work")
    program = os.path.join(root, "git")
    environment = dict(environment, GIT_EXEC_PATH=root, HOME=folder, GIT_CONFIG_NOSYSTEM="1", GIT_TEMPLATE_DIR=os.path.join(root, "templates", "blt"),
                       PATH=root + ":" + os.environ["PATH"], GIT_EDITOR="true", GIT_PAGER="cat", LC_ALL="C", TERM="dumb")
    write(folder, ".gitconfig", "[init]\n\tdefaultBranch = master\n[protocol \"file\"]\n\tallow = always\n[rerere]\n\tenabled = true\n"
          "[user]\n\tname = A\n\temail = a@b.c\n[includeIf \"gitdir:/\"]\n\tpath = other\n[gc]\n\tauto = 0\n")
    for name in ("src/a.c", "src/b.c", "src/c.c", "README", "doc/x.txt", "doc/deep/y.txt"):
        write(work, name, "".join("int line_%d_of_%s(void) { return %d; }\n" % (i, os.path.basename(name)[0], i) for i in range(40)))
    write(work, ".gitignore", "*.o\n")
    write(work, ".gitattributes", "*.txt text eol=lf\n*.c diff=cpp filter=cat ident\n*.o binary\n")
    write(work, "x.o", "object\n")
    write(folder, ".gitconfig", "[filter \"cat\"]\n\tclean = cat\n\tsmudge = cat\n", "a")
    for line in GIT.strip().split("\n"):
        if line.startswith("!new"):
            write(work, "doc/%s.txt" % line.split()[1], "one\ntwo\n")
        elif line.startswith("!edit"):
            write(work, "src/a.c", "/* %s: line five */\n" % line, "a")
            write(work, "src/new_%s.c" % line.split()[1], "int x;\n")
            path = os.path.join(work, "src", "b.c")
            with open(path, encoding="utf-8") as stream:
                text = stream.read()
            write(work, "src/b.c", "/* %s */\n%s" % (line, text))
        else:
            words = line.replace("$PWD", work)
            words = "'%s' %s" % (program, words.replace("%(", "'%(", 1) + "'" if "%(" in words else words)
            for sign in ("^{tree}", "^{"):
                words = words.replace(sign, "'%s'" % sign) if sign == "^{tree}" else words
            run(words, work, environment, "a: b\nprotocol=https\nhost=x\n\n", 30)


git.executables = ["git", "git-remote-http", "git-http-backend", "git-shell", "git-daemon", "git-http-fetch", "git-imap-send", "scalar"]


# ---- servers and clients on the loopback ----

def start(command, folder, environment):
    return subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)


def stop(processes):
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(port):
    for _ in range(100):
        try:
            sockets.create_connection(("127.0.0.1", int(port)), 1).close()
            return
        except OSError:
            time.sleep(0.1)


def talk(port, text):
    """Sends text, reads until the other side is silent."""
    try:
        with sockets.create_connection(("127.0.0.1", int(port)), 2) as one:
            one.settimeout(1)
            one.sendall(text.encode())
            while one.recv(65536):
                pass
    except OSError:
        pass


# ---- nginx ----

NGINX = """
worker_processes 1; daemon off; pid %(folder)s/pid; error_log %(folder)s/error.log info;
thread_pool pool threads=2;
events { worker_connections 64; %(method)s }
http {
  access_log %(folder)s/access.log; client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fcgi;
  uwsgi_temp_path uwsgi; scgi_temp_path scgi; keepalive_timeout 5;
  log_format own '$remote_addr $request_time $status $http_user_agent $sent_http_content_type $arg_a $cookie_b $upstream_addr';
  proxy_cache_path cache keys_zone=one:1m; limit_req_zone $binary_remote_addr zone=slow:1m rate=50r/s;
  limit_conn_zone $server_name zone=few:1m; gzip on; gzip_min_length 10; gzip_types text/plain;
  map $arg_a $mapped { default none; ~x some; one two; } geo $near { default 0; 127.0.0.0/8 1; }
  split_clients $remote_addr $half { 50%% a; * b; }
  upstream back { least_conn; server 127.0.0.1:%(back)s; server 127.0.0.1:%(none)s backup; keepalive 4; }
  upstream turns { ip_hash; server 127.0.0.1:%(back)s; server 127.0.0.1:%(none)s down; }
  upstream picked { random two; server 127.0.0.1:%(back)s; server 127.0.0.1:%(back)s weight=2; }
  upstream hashed { hash $request_uri consistent; server 127.0.0.1:%(back)s; }
  server { listen 127.0.0.1:%(front)s; server_name localhost *.example.org; root %(folder)s; access_log own.log own;
    location / { index a.txt; expires 1h; add_header X-Mapped $mapped$near$half; etag on; }
    location /list/ { alias %(folder)s/; autoindex on; } location = /empty { empty_gif; }
    location /proxy/ { proxy_pass http://back/; proxy_cache one; proxy_cache_valid 1m; proxy_set_header A $mapped; proxy_http_version 1.1; }
    location /turns/ { proxy_pass http://turns/; proxy_buffering off; } location /picked/ { proxy_pass http://picked/; }
    location /hashed/ { proxy_pass http://hashed/; proxy_next_upstream error timeout; }
    location /fcgi/ { fastcgi_pass 127.0.0.1:%(none)s; fastcgi_param A b; } location /scgi/ { scgi_pass 127.0.0.1:%(none)s; }
    location /uwsgi/ { uwsgi_pass 127.0.0.1:%(none)s; } location /memc/ { set $memcached_key a; memcached_pass 127.0.0.1:%(none)s; }
    location /sub/ { sub_filter one two; alias %(folder)s/; } location /ssi/ { ssi on; ssi_types text/plain; alias %(folder)s/; }
    location /auth/ { auth_basic realm; auth_basic_user_file %(folder)s/users; alias %(folder)s/; }
    location /deny/ { allow 10.0.0.0/8; deny all; } location /moved/ { return 301 /a.txt; } location /slow/ { limit_req zone=slow burst=2; limit_conn few 1; limit_rate 1m; alias %(folder)s/; }
    location /pool/ { aio threads=pool; sendfile off; alias %(folder)s/; } location /mirror/ { mirror /mirrored; alias %(folder)s/; }
    location /mirrored { internal; proxy_pass http://back/; } location /try/ { try_files $uri /a.txt =404; } error_page 403 404 /a.txt;
    location /ref/ { valid_referers none blocked *.example.org; alias %(folder)s/; } location /body/ { client_max_body_size 1k; proxy_pass http://back/; }
  }
  server { listen 127.0.0.1:%(back)s; location / { return 200 "one $request_uri $http_a\\n"; } }
}
stream { upstream tcp { server 127.0.0.1:%(back)s; } server { listen 127.0.0.1:%(tcp)s; proxy_pass tcp; } server { listen 127.0.0.1:%(said)s; return "$remote_addr\\n"; } }
mail { auth_http 127.0.0.1:%(back)s/; server { listen 127.0.0.1:%(mail)s; protocol pop3; } server { listen 127.0.0.1:%(imap)s; protocol imap; }
  server { listen 127.0.0.1:%(smtp)s; protocol smtp; smtp_auth none; } }
"""


def nginx(root, folder, environment):
    program = os.path.join(root, "objs", "nginx")
    names = ("front", "back", "none", "tcp", "said", "mail", "imap", "smtp")
    write(folder, "a.txt", "one <!--# echo var=\"arg_a\" --> <!--# if expr=\"$arg_a = one\" -->yes<!--# endif -->\n" * 50)
    write(folder, "users", "a:{PLAIN}b\n")
    for method in ("", "use poll;", "use select;"):
        ports = dict(zip(names, free_ports(len(names))), folder=folder, method=method)
        write(folder, "nginx.conf", NGINX % ports)
        os.makedirs(os.path.join(folder, "logs"), exist_ok=True)
        run([program, "-t", "-p", folder, "-c", "nginx.conf"], folder, environment)
        server = start([program, "-p", folder, "-c", os.path.join(folder, "nginx.conf")], folder, environment)
        wait_for(ports["front"])
        base = "http://127.0.0.1:%s" % ports["front"]
        for path in ("a.txt?a=one", "list/", "empty", "proxy/a", "proxy/a", "turns/b", "picked/c", "hashed/d", "fcgi/a", "scgi/a", "uwsgi/a",
                     "memc/a", "sub/a.txt", "ssi/a.txt?a=one", "auth/a.txt", "deny/a", "moved/", "slow/a.txt", "pool/a.txt", "mirror/a.txt",
                     "try/none", "ref/a.txt", "none"):
            run(["curl", "-s", "-m", "5", base + "/" + path, "-H", "Cookie: b=c"], folder, environment)
        for more in (["--compressed", "a.txt"], ["-r", "5-9,20-30", "a.txt"], ["-I", "a.txt"], ["-u", "a:b", "auth/a.txt"], ["-L", "moved/"],
                     ["-d", "x=1", "body/"], ["-d", "@a.txt", "body/"], ["-T", "a.txt", "body/"], ["-H", "If-Modified-Since: Wed, 21 Oct 2015 07:28:00 GMT", "a.txt"],
                     ["-H", "Transfer-Encoding: chunked", "-d", "abc", "proxy/"], ["-e", "http://evil/", "ref/a.txt"], ["--http1.0", "a.txt"],
                     ["-H", "If-None-Match: \"x\"", "a.txt"], ["--http2-prior-knowledge", "a.txt"]):
            run(["curl", "-s", "-m", "5"] + more[:-1] + [base + "/" + more[-1]], folder, environment)
        talk(ports["front"], "GET / HTTP/1.1\r\n\r\n")
        talk(ports["front"], "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /list/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        talk(ports["front"], "nonsense\r\n\r\n")
        talk(ports["tcp"], "GET / HTTP/1.0\r\n\r\n")
        talk(ports["said"], "x")
        talk(ports["mail"], "CAPA\r\nUSER a\r\nPASS b\r\nQUIT\r\n")
        talk(ports["imap"], "a CAPABILITY\r\na LOGIN b c\r\na LOGOUT\r\n")
        talk(ports["smtp"], "EHLO a\r\nAUTH PLAIN AGEAYg==\r\nMAIL FROM:<a@b>\r\nQUIT\r\n")
        run([program, "-s", "reopen", "-p", folder, "-c", "nginx.conf"], folder, environment)
        run([program, "-s", "reload", "-p", folder, "-c", "nginx.conf"], folder, environment)
        time.sleep(1)
        run(["curl", "-s", base + "/a.txt"], folder, environment)
        run([program, "-s", "quit", "-p", folder, "-c", "nginx.conf"], folder, environment)
        stop([server])


nginx.executables = ["objs/nginx"]

# ---- jq ----

JQ = r"""
.
.a,.b[1:],.c?
[.[]|tostring]|length
to_entries|map(.key)|sort|reverse|unique|join(",")
.b|add,min,max,any,all,flatten,(map(.)|group_by(.)|tojson|fromjson)
[paths],[leaf_paths],([..]|length),(tostream|select(length==2)|.[0]|tojson)
[.b[]|numbers|sin,cos,floor,sqrt,pow(.;2),log,exp2,atan2(.;1),significand,frexp,ldexp(.;2),fma(.;1;2)]
"a,b"|split(","),test("a"),[match("(?<x>a)";"g").captures[].name],sub("a";"c"),gsub("[ab]";"z"),ascii_downcase,explode,implode?,ltrimstr("a"),@base64,@uri,@csv?,@html,@sh,@text,@json
"YQ=="|@base64d
reduce .b[] as $x (0;.+($x|tonumber?//0)),[foreach .b[] as $x (0;.+1;[$x,.])],[limit(2;.b[])],first(.b[]),[range(0;5;2)],[while(false;.)],[recurse(.a?;.!=null)]
def f(x): x*2; f(.b[0]|numbers), (. as {a:$p,b:[$q]} | [$p,$q]), (.a|type), input_line_number, ($__loc__|.line), $ENV.HOME, env.HOME, (now|floor|todate), ("2015-03-05T23:51:47Z"|fromdate), (0|strftime("%Y")), (0|gmtime|mktime), (0|localtime|strflocaltime("%Z")), ("10:20"|strptime("%H:%M"))
try error("x") catch .
.b[0]=9|.a|=3|del(.c)|delpaths([["a"]])|setpath(["z"];1)|getpath(["z"])|has("a")?
[.b[]]-[1],({} * .),(.b|index(1),indices(1),inside([1,2,3,"x",null]),contains([1])),([1,[2]]|flatten(1)|transpose?),(1 as $x|$x|isnan,isinfinite,isnormal),(infinite|tostring),nan<1,([3,1]|sort_by(.)|min_by(.)|max_by(.)?),(.b|bsearch(1)),input_filename,(splits("a")?),([1,2]|combinations?),(get_search_list|length),ascii(65),halt_error?
label $out|foreach .b[] as $i (0;$i;if .==2 then .,break $out else . end)
path(..),([getpath(["a"],["q"])]),modulemeta?
"""


def jq(root, folder, environment):
    program = os.path.join(root, "jq")
    write(folder, "in.json", '{"a": {"x": 1.5e3, "y": "\\u00e4\\ud83d\\ude00"}, "b": [1, 2, "x", null, true], "c": "text"}\n' * 3)
    write(folder, "bad.json", '{"a": [1, 2}\n')
    write(folder, "m.jq", 'module {"name": "m"}; def twice: . * 2;\n')
    for line in JQ.strip().split("\n"):
        run([program, line, "in.json"], folder, environment, None, 20)
    for options in (["-c"], ["-r"], ["-S"], ["-s"], ["-n", "input,inputs"], ["-R"], ["-C"], ["--tab"], ["--indent", "3"], ["--stream"], ["-j"], ["-a"],
                    ["-e"], ["--seq"], ["--arg", "a", "b"], ["--argjson", "a", "[1]"], ["--slurpfile", "a", "in.json"], ["--rawfile", "a", "m.jq"],
                    ["--debug-dump-disasm"], ["--debug-trace"], ["--stream", "-n", "fromstream(inputs)"]):
        run([program] + options + ([] if len(options) in (2, 3) and options[-1][:2] in ("in", "fr") else ["."]) + ["in.json"], folder, environment)
    run([program, "."], folder, environment, '[1,2] "a" nan')
    run([program, "-L", ".", 'import "m" as m; import "in" as $d; .b[0] | m::twice, $d', "in.json"], folder, environment)
    run([program, ".", "bad.json"], folder, environment)
    run([program, ".a |", "in.json"], folder, environment)
    run([program, "-f", "m.jq", "in.json"], folder, environment)
    run([program, "--args", "$ARGS", "in.json", "x"], folder, environment)
    run([program, "--help"], folder, environment)
    run([program, "--run-tests", os.path.join(root, "tests", "jq.test")], folder, environment, None, 60)


jq.executables = ["jq"]

# ---- curl ----

CURL_LOCAL = r"""
file://$PWD/in.txt
-o out.txt file://$PWD/in.txt -w %{json}
-T in.txt file://$PWD/up.txt
-r 3-9 file://$PWD/in.txt
-C - -o out.txt file://$PWD/in.txt
--version
--help all
-M
file://$PWD/none http://127.0.0.1:1/
--connect-timeout 1 ftp://127.0.0.1:1/ dict://127.0.0.1:1/ telnet://127.0.0.1:1 gopher://127.0.0.1:1/ tftp://127.0.0.1:1/x
--connect-timeout 1 imap://127.0.0.1:1/ pop3://127.0.0.1:1/ smtp://127.0.0.1:1/ rtsp://127.0.0.1:1/ mqtt://127.0.0.1:1/x smb://a:b@127.0.0.1:1/x/y
-x socks5://127.0.0.1:1 http://a/
-x socks4a://127.0.0.1:1 http://a/
-K config
"""

CURL_REMOTE = r"""
$URL/in.txt
-v $URL/in.txt $URL/in.txt
-i -L $URL/moved
-I $URL/in.txt
-d a=b --data-urlencode c=d $URL/post
-F a=b -F f=@in.txt -F "g=<in.txt;type=text/plain;headers=X: y" $URL/post
-T in.txt $URL/put
-T - $URL/put
-X DELETE $URL/x
--compressed $URL/gzip
-u a:b --basic $URL/auth
-u a:b --digest $URL/digest
-u a:b --ntlm $URL/auth
-u a:b --anyauth $URL/digest
-c jar -b "x=y" $URL/cookie
-b jar $URL/cookie
-z in.txt $URL/in.txt
--trace log.txt --trace-time $URL/chunked
--trace-ascii - $URL/chunked
-Z $URL/in.txt $URL/chunked $URL/gzip
-# -o out.txt $URL/big
-o "out_#1.txt" $URL/{in,out}[1-3].txt
-OJ $URL/name
--limit-rate 200k -o out.txt $URL/big
-x $URL http://other.example/a
-p -x $URL http://other.example/a
--resolve a.example:$PORT:127.0.0.1 http://a.example:$PORT/in.txt
--proto-default http 127.0.0.1:$PORT/in.txt
--http2 $URL/in.txt
--http1.0 $URL/in.txt
--http0.9 $URL/old
--hsts hsts.txt --alt-svc alt.txt $URL/in.txt
--aws-sigv4 aws:amz:x:y -u a:b $URL/in.txt
--doh-url $URL/doh http://b.example/
-k https://127.0.0.1:$TLS/in.txt https://127.0.0.1:$TLS/chunked
-k -v --tlsv1.2 --ciphers DEFAULT -o out.txt https://127.0.0.1:$TLS/big
https://127.0.0.1:$TLS/in.txt
--retry 1 --retry-delay 1 --fail $URL/busy
--max-filesize 10 $URL/big
-N --no-keepalive --tcp-nodelay --interface 127.0.0.1 $URL/in.txt
-m 2 $URL/slow
-e ref -A agent -H "A: b" -H @headers $URL/in.txt
--libcurl code.c -d x $URL/post
-G -d q=1 $URL/in.txt
--expect100-timeout 1 -H "Expect: 100-continue" -d x $URL/post
--etag-save tag --etag-compare tag $URL/in.txt
--raw $URL/chunked
"""


class Answers(http.server.BaseHTTPRequestHandler):
    """A web server that knows what a client can be asked for."""
    protocol_version = "HTTP/1.1"

    def answer(self):
        text = b"text of an answer\n" * (20000 if self.path == "/big" else 3)
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Transfer-Encoding") == "chunked":
            while self.rfile.readline().strip() not in (b"0", b""):
                self.rfile.readline()
            self.rfile.readline()
        if self.path == "/old":
            self.wfile.write(text)
            self.close_connection = True
            return
        if self.path == "/slow":
            time.sleep(3)
        wants = {"/auth": ["Basic realm=\"a\"", "NTLM"], "/digest": ["Digest realm=\"a\", nonce=\"b\", qop=\"auth\", algorithm=SHA-256"]}
        unknown = self.path in wants and "Authorization" not in self.headers
        self.send_response(401 if unknown else {"/moved": 302, "/busy": 503}.get(self.path, 200))
        for value in wants.get(self.path, []) if unknown else []:
            self.send_header("WWW-Authenticate", value)
        if self.path == "/moved":
            self.send_header("Location", "/in.txt")
        if self.path == "/cookie":
            self.send_header("Set-Cookie", "k=v; Path=/; Max-Age=60")
        if self.path == "/name":
            self.send_header("Content-Disposition", "attachment; filename=\"named.txt\"")
        if self.path == "/gzip":
            text = gzip.compress(text)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("ETag", "\"tag\"")
        self.send_header("Alt-Svc", "h2=\":443\"")
        if self.path == "/chunked":
            self.send_header("Transfer-Encoding", "chunked")
            text = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (text, text)) + b"0\r\nTrailer: x\r\n\r\n"
        else:
            self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = do_CONNECT = answer

    def log_message(self, *arguments):
        pass


def curl(root, folder, environment):
    program = os.path.join(root, "src", "curl")
    environment = dict(environment, HOME=folder)
    write(folder, "in.txt", "text to send\n" * 100)
    write(folder, "headers", "B: c\n")
    write(folder, "config", "url = \"file://%s/in.txt\"\nsilent\n# a comment\noutput = x\n" % folder)
    run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", "key.pem", "-out", "cert.pem"],
        folder, os.environ)
    plain = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    servers, sealed = [plain], None
    if os.path.exists(os.path.join(folder, "cert.pem")):
        sealed = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem"))
        sealed.socket = context.wrap_socket(sealed.socket, server_side=True)
        servers.append(sealed)
    for server in servers:
        server.handle_error = lambda *arguments: None
        threading.Thread(target=server.serve_forever, daemon=True).start()
    port = str(plain.server_address[1])
    for line in (CURL_LOCAL + CURL_REMOTE).strip().split("\n"):
        line = line.replace("$URL", "http://127.0.0.1:" + port).replace("$PORT", port).replace("$PWD", folder)
        line = line.replace("$TLS", str(sealed.server_address[1]) if sealed else "1")
        run([program, "-s", "-m", "10"] + shlex.split(line), folder, environment, "sent\n", 30)
    for server in servers:
        server.shutdown()
        server.server_close()


curl.executables = ["src/curl"]

# ---- zstd ----

ZSTD = (["--long=27"], ["-T2", "-B1M"], ["--rsyncable", "-T2"], ["--adapt"], ["--fast=3"], ["--format=gzip"], ["--no-check"],
        ["--row-match-finder"], ["--zstd=strategy=9,wlog=20,tlen=999"], ["--patch-from=d/2.txt"], ["--single-thread"],
        ["--target-compressed-block-size=1000"], ["--stream-size=5"], ["--size-hint=100"])


def libzstd(root, folder, environment):
    program = os.path.join(root, "programs", "zstd")

    def zstd(*arguments, text=None):
        run([program, *arguments], folder, environment, text, 60)

    files = ["d/%d.txt" % i for i in range(12)]
    for i, name in enumerate(files):
        write(folder, name, "".join("%d line %d\n" % (j * i % 17, j) for j in range(3000)))
    for level in range(1, 23):
        zstd("-q", "-f", "-%d" % level, "--ultra", "d/1.txt")
    for options in ZSTD:
        zstd("-q", "-f", *options, "d/1.txt", "-o", "out.zst")
        zstd("-q", "-d", "-f", *(options if "patch" in options[0] else []), "out.zst", "-o", "out")
        zstd("-lv", "out.zst")
        zstd("-t", "out.zst")
    for trainer in ("--train", "--train-cover", "--train-fastcover", "--train-legacy"):
        zstd(trainer, *files, "-B100", "-o", "dictionary")
    for level in ("1", "3", "6", "9", "13", "16", "19"):
        zstd("-f", "-D", "dictionary", "-" + level, "d/1.txt", "-o", "out.zst")
        zstd("-d", "-f", "-D", "dictionary", "out.zst", "-o", "out")
    zstd("-b1e3", "-i1", "d/1.txt")
    zstd("-r", "d", "--output-dir-flat", "e")
    zstd("-", text="abc")
    zstd("-dc", text="no zstd")


libzstd.executables = ["programs/zstd"]
