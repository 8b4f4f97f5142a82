#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""trace.py SIGHTLINE lua LEVEL MODE: a program from its compile commands to observed counts, against callgrind.

A copy of the tree is built at -O LEVEL with the flags of MODE (fentry, patchable, instrument; plain: none, auto patches it), scanned, traced, and the same binary
runs under callgrind. At -O0 every call between functions of the codebase must have callgrind's count; above it calls per
function must, with those that were inlined, which callgrind does not see, left out.
"""
import collections
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from oracle import program_root

sightline, name, level, mode = os.path.realpath(sys.argv[1]), *sys.argv[2:5]
FLAGS = {"plain": [], "fentry": ["-pg", "-mfentry"], "patchable": ["-fpatchable-function-entry=5"], "instrument": ["-finstrument-functions"]}[mode]
WORKLOAD = """
local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
assert(fib(17) == 1597)
local words = {}
for word in string.gmatch(string.rep("the quick brown fox ", 50), "%a+") do words[#words + 1] = word end
table.sort(words, function(a, b) return a < b end)
local text = string.gsub(table.concat(words, ","), "%w+", function(w) return w:upper() end)
assert(#text == 999, #text)
for i = 1, 200 do
  local ok, why = pcall(function() if i % 3 == 0 then error("three") end return i end)
  assert(ok == (i % 3 ~= 0))
end
local co = coroutine.wrap(function() for i = 1, 300 do coroutine.yield(i) end end)
for i = 1, 300 do assert(co() == i) end
local t = setmetatable({}, {__index = function(_, k) return k * 2 end, __call = function(self, x) return self[x] end})
for i = 1, 500 do assert(t(i) == 2 * i) end
assert(load("return " .. string.rep("1+", 200) .. "1")() == 201)
local file = assert(io.open(arg[1], "w")) file:write(text) file:close()
collectgarbage() print(#words, string.format("%5.1f", 1 / 3))
"""
source = program_root(name)
root = tempfile.mkdtemp(prefix="sightline-trace-")
try:
    # ---- build ----
    shutil.copytree(os.path.join(source, "src"), os.path.join(root, "src"), ignore=shutil.ignore_patterns("*.o", "lua", "luac"))
    with open(os.path.join(source, "compile_commands.json"), encoding="utf-8") as stream:
        commands = json.load(stream)
    kept, objects, jobs = [], [], []
    for command in commands:
        base = os.path.basename(command["file"])
        if base == "luac.c":
            continue
        # Seeds and caches must not depend on addresses or the time: both runs count the same.
        arguments = [word for word in command["arguments"] if not re.match(r"-(O|g|Wall|fno-inline)", word)]
        arguments[1:1] = ["-O" + level, "-g", *FLAGS, "-Dluai_makeseed(L)=0u", "-DSTRCACHE_N=1",
                         "-DSTRCACHE_M=2"]
        objects.append(base[:-2] + ".o")
        kept.append({"directory": root + "/src", "file": base, "arguments": arguments})
        jobs.append(arguments)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda arguments: subprocess.run(arguments, cwd=root + "/src", check=True), jobs))
    subprocess.run(["gcc", "-o", "lua", *objects, "-Wl,-E", "-ldl", "-lm"], cwd=root + "/src", check=True)
    with open(root + "/compile_commands.json", "w", encoding="utf-8") as stream:
        json.dump(kept, stream)
    with open(root + "/work.lua", "w", encoding="utf-8") as stream:
        stream.write(WORKLOAD)

    # ---- both runs ----
    program = [root + "/src/lua", root + "/work.lua", root + "/out.txt"]
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": root}
    wanted = subprocess.run(program, env=environment, stdout=subprocess.PIPE, check=True).stdout
    subprocess.run([sightline, "scan", "--release", "r", "--quiet"], cwd=root, check=True)
    traced = subprocess.run([sightline, "trace", "--", *program], cwd=root, env=environment, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE)
    print(traced.stderr.decode("utf-8", "replace"))
    if traced.returncode or traced.stdout != wanted:
        sys.exit("the traced run differs: exit %d, %r instead of %r" % (traced.returncode, traced.stdout, wanted))
    subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=" + root + "/callgrind.out", "--compress-strings=no",
                    "--compress-pos=no", *program], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)

    # ---- what callgrind counted: (caller, callee) and callee, as (file, name) ----
    edges, totals = collections.Counter(), collections.Counter()

    def file_name(path):
        return os.path.basename(path)

    def function_name(text):
        return text.split("'")[0].split(".")[0] # without ".isra.0" and the like

    at = called_file = None
    with open(root + "/callgrind.out", encoding="utf-8", errors="replace") as stream:
        for line in stream:
            key, _, value = line.rstrip("\n").partition("=")
            if key == "fl":
                current_file = file_name(value)
            elif key == "fn":
                at = (current_file, function_name(value))
            elif key in ("cfi", "cfl"):
                called_file = file_name(value)
            elif key == "cfn":
                callee = (called_file or current_file, function_name(value))
                called_file = None
            elif key == "calls":
                count = int(value.split()[0])
                totals[callee] += count
                edges[at, callee] += count

    # ---- what the model says ----
    def rows(sql):
        return json.loads(subprocess.run([sightline, "query", "--format", "json", sql], cwd=root, stdout=subprocess.PIPE, check=True).stdout)

    model_edges, model_totals, inlined = collections.Counter(), collections.Counter(), set()
    for row in rows("SELECT caller, caller_file, callee, callee_file, how, observed_count, observed_how FROM calls WHERE observed_count > 0"):
        callee = (file_name(row["callee_file"] or ""), row["callee"])
        caller = (file_name(row["caller_file"] or ""), row["caller"])
        if row["observed_how"] == "inlined":
            inlined.add(callee)
        if row["callee_file"]:
            model_totals[callee] += row["observed_count"]
        if row["callee_file"] and row["caller_file"]:
            model_edges[caller, callee] += row["observed_count"]
    functions = {(file_name(row["file"]), row["name"]): row for row in rows("SELECT name, file, observed_calls FROM functions")}
    wrong = []
    for function, row in functions.items():
        if model_totals[function] != row["observed_calls"]:
            wrong.append("functions and calls of %s: %d, %d" % (function, row["observed_calls"], model_totals[function]))
    own_totals = {callee: count for callee, count in totals.items() if callee in functions}
    own_edges = {(a, b): count for (a, b), count in edges.items() if a in functions and b in functions}
    compared = 0
    if level == "0":
        for edge in sorted(set(own_edges) | set(model_edges)):
            compared += 1
            if own_edges.get(edge, 0) != model_edges[edge]:
                wrong.append("%s > %s: callgrind %d, model %d" % (*edge, own_edges.get(edge, 0), model_edges[edge]))
    for callee in sorted(set(own_totals) | set(model_totals)):
        if callee in inlined:
            continue
        compared += 1
        if own_totals.get(callee, 0) != model_totals[callee]:
            wrong.append("%s: callgrind %d, model %d" % (callee, own_totals.get(callee, 0), model_totals[callee]))
    how = {row["how"]: row["n"] for row in rows("SELECT how, count(*) n FROM calls WHERE observed_count > 0 GROUP BY how")}
    print("%s -O%s %s: %d compared, %d wrong, %d calls in all; edges %s" %
          (name, level, mode, compared, len(wrong), sum(own_totals.values()), how))
    for line in wrong[:30]:
        print("  " + line)
    # Lua calls its C functions through pointers, and protected code through luaD_rawrunprotected.
    if how.get("indirect", 0) + how.get("observed", 0) < 20 or compared < 200:
        wrong.append("too little was seen")
        print(wrong[-1])

    # ---- a release with runs still says what its formulas say ----
    debt = json.loads(subprocess.run([sightline, "debt", "--format", "json"], cwd=root, stdout=subprocess.PIPE, check=True).stdout)
    again = json.loads(subprocess.run([sightline, "debt", "--explain", "--format", "json"], cwd=root, stdout=subprocess.PIPE, check=True).stdout)
    values = {(row["scope"], row["metric"], row["subject"]): row["value"] for row in debt}
    for formula in again:
        for (scope, metric, subject), value in values.items():
            if (scope, metric) != (formula["scope"], formula["metric"]) or scope not in ("domain", "codebase"):
                continue
            sql = formula["sql"].replace(":release", "'r'").replace(":subject", "'%s'" % subject.replace("'", "''"))
            (got,), = [list(row.values()) for row in rows(sql)]
            if abs(got - value) > 1e-6 * max(1, abs(value)):
                wrong.append("debt")
                print("  %s of %s %r is %r, by SQL %r" % (metric, scope, subject, value, got))
    sys.exit(1 if wrong else 0)
finally:
    shutil.rmtree(root, ignore_errors=True)
