#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""lua_oracle.py AGENT: lua (as tests/programs/build.sh leaves its sources) built with entry hooks at -O2 runs a script under the agent; every edge between its
functions has the count that callgrind gives it for the same binary. Instrument mode, which tells inlined calls too, is
held to the same output and to callgrind's totals of functions that are only called from outside (library functions)."""
import glob
import os
import subprocess
import sys
import tempfile

import harness
import test_counts
import trace_reader

SCRIPT = """
local function fib(n) if n < 2 then return n end return fib(n-1) + fib(n-2) end
local t = {}
for i = 1, 5000 do t[#t+1] = tostring(i * 7919 % 10007) end
table.sort(t, function(a, b) return #a < #b or (#a == #b and a < b) end)
for i = 1, 500 do pcall(error, "x" .. i) end
local co = coroutine.wrap(function() for i = 1, 500 do coroutine.yield(i) end end)
for i = 1, 500 do co() end
local s = {}
for w in ("the quick brown fox"):rep(200, " "):gmatch("%a+") do s[w] = (s[w] or 0) + 1 end
print(fib(18), #t, t[1], s.the, string.format("%5.2f", math.pi))
"""


# Called through pointers only: never inlined.
LIBRARY = {"sort", "luaB_tostring", "luaB_pcall", "luaB_error", "auxwrap", "luaB_yield", "gmatch_aux", "str_format",
           "str_rep", "luaB_print"}


def build(source, mode, folder):
    """Seeds that come from addresses and the clock would make runs differ."""
    objects = []
    for path in sorted(glob.glob(os.path.join(source, "src", "*.c"))):
        if os.path.basename(path) == "luac.c":
            continue
        objects.append(os.path.join(folder, f"{mode}-{os.path.basename(path)}.o"))
        subprocess.run(["gcc", "-O2", "-w", "-fno-optimize-sibling-calls", "-DLUA_USE_LINUX", "-Dluai_makeseed(L)=42u",
                        *harness.MODES[mode], "-c", path, "-o", objects[-1]], check=True)
    program = os.path.join(folder, "lua-" + mode)
    subprocess.run(["gcc", *objects, "-o", program, "-lm", "-ldl", "-Wl,-E"], check=True)
    return program


def main():
    harness.agent = os.path.realpath(sys.argv[1])
    cache = os.environ.get("SIGHTLINE_CACHE", os.path.expanduser("~/.cache/sightline"))
    source = os.path.join(cache, "programs", "lua")
    if not os.path.isdir(os.path.join(source, "src")):
        print("tests/programs/build.sh lua has not run")
        sys.exit(77)
    failures = 0
    with tempfile.TemporaryDirectory(prefix="sightline-lua-") as folder:
        harness.folder = folder
        script = os.path.join(folder, "work.lua")
        with open(script, "w", encoding="utf-8") as stream:
            stream.write(SCRIPT)
        # The same addresses each time: some tables are ordered by them.
        for mode in harness.EXACT:
            command = ["setarch", "-R", build(source, mode, folder), script]
            native, run = harness.run_native(command), harness.run_traced(command)
            trace = [t for t in run.traces if t.program.endswith("lua-" + mode)][-1]
            if (run.status, run.output) != (native.status, native.output) or trace.lost:
                print(f"{mode}: {run} differs from {native}, lost {trace.lost}")
                failures += 1
                continue
            names = set(trace_reader.SYMBOLS.of(command[2])[1].values())
            ours = harness.edges_between([trace], names)
            oracle = {k: v for k, v in test_counts.callgrind_edges(command[2:]).items() if k[0] in names and k[1] in names}
            if mode == "instrument":
                totals = harness.sum_callees([trace])
                wrong = {n: (totals[n], c) for n, c in callees_of(oracle).items() if n in LIBRARY and totals[n] != c}
                print(f"instrument: {len(LIBRARY) - len(wrong)} of {len(LIBRARY)} functions as callgrind counts them")
            else:
                wrong = {k: (ours.get(k), oracle.get(k)) for k in set(ours) | set(oracle) if ours.get(k) != oracle.get(k)}
                print(f"{mode}: {len(oracle)} edges, {sum(oracle.values())} calls; {len(wrong)} differ")
            for what, numbers in list(wrong.items())[:10]:
                print("   ", what, "ours, callgrind:", numbers)
            failures += bool(wrong) or len(oracle) < 300
    sys.exit(failures)


def callees_of(edges):
    totals = {}
    for (_, callee), count in edges.items():
        totals[callee] = totals.get(callee, 0) + count
    return totals


if __name__ == "__main__":
    main()
