#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole program, lua 5.4 built with -pg -mfentry: natively, with empty hooks, under the agent, under uftrace record (where it
is installed); then a run of a billion calls: the size of its trace and how long ingest takes. CPU time, rounds in turns, medians.

    trace_lua.py SIGHTLINE AGENT [ROUNDS]"""
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

CACHE = os.environ.get("SIGHTLINE_CACHE", os.path.expanduser("~/.cache/sightline"))
SIGHTLINE, AGENT = (os.path.realpath(path) for path in sys.argv[1:3])
ROUNDS = int(sys.argv[3]) if len(sys.argv) > 3 else 5
WORK = ("local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end fib(27) "
        "local t = {} for i = 1, 300000 do t[i] = tostring((i * 7919) % 300007) end table.sort(t) "
        "for i = 1, 300000 do pcall(string.rep, 'x', i % 9) end")
# Counts to a billion: two calls a turn.
BILLION = ("__attribute__((noinline)) static long leaf(long x) { __asm__ volatile(\"\" : \"+r\"(x)); return x + 1; }\n"
           "__attribute__((noinline)) static long step(long x) { long y = leaf(x); __asm__ volatile(\"\" : \"+r\"(y)); return y; }\n"
           "int main(void) { long x = 0; for (long i = 0; i < 500000000; i++) x = step(x); return x == 0; }\n")
EMPTY = ".globl __fentry__\n__fentry__: ret\n.section .note.GNU-stack,\"\",@progbits\n"


def build(folder):
    source = os.path.join(CACHE, "programs", "lua", "src")
    tree = os.path.join(folder, "src")
    shutil.copytree(source, tree, ignore=shutil.ignore_patterns("*.o", "*.so", ".libs", "lua", "luac"))
    files = sorted(f for f in os.listdir(tree) if f.endswith(".c") and f != "luac.c")
    for name, flags in (("native", []), ("hooked", ["-pg", "-mfentry"])):
        for file in files:
            subprocess.run(["gcc", "-O2", "-g", "-w", "-DLUA_COMPAT_5_3", "-DLUA_USE_LINUX", *flags, "-c", file, "-o",
                            "%s-%s.o" % (name, file[:-2])], cwd=tree, check=True)
        objects = ["%s-%s.o" % (name, file[:-2]) for file in files]
        subprocess.run(["gcc", "-o", name, *objects, "-Wl,-E", "-lm", "-ldl"], cwd=tree, check=True)
    with open(os.path.join(tree, "empty.S"), "w", encoding="ascii") as stream:
        stream.write(EMPTY)
    subprocess.run(["gcc", "-shared", "-o", "empty.so", "empty.S"], cwd=tree, check=True)
    return tree


def cpu(command, environment=None, cwd=None):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env={**os.environ, **(environment or {})}, cwd=cwd, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def under_agent(command, folder):
    traces = tempfile.mkdtemp(dir=folder)
    return cpu(command, {"LD_PRELOAD": AGENT, "SIGHTLINE_AGENT": "dir=" + traces})


def whole_program(tree, folder):
    hooked = [os.path.join(tree, "hooked"), "-e", WORK]
    variants = {
        "native": lambda: cpu([os.path.join(tree, "native"), "-e", WORK]),
        "empty hooks": lambda: cpu(hooked, {"LD_PRELOAD": os.path.join(tree, "empty.so")}),
        "sightline": lambda: under_agent(hooked, folder),
    }
    if shutil.which("uftrace"):
        variants["uftrace record"] = lambda: cpu(["uftrace", "record", "-d", tempfile.mkdtemp(dir=folder), *hooked], cwd=folder)
    figures = {name: [] for name in variants}
    for number in range(ROUNDS):
        for name, run in variants.items():
            if name != "uftrace record" or number < 2: # it writes a gigabyte each time
                figures[name].append(run())
        for name in os.listdir(folder):
            if name.startswith("tmp"):
                shutil.rmtree(os.path.join(folder, name))
    medians = {name: statistics.median(values) for name, values in figures.items()}
    print("lua 5.4, -O2 -pg -mfentry, median CPU time of %d rounds" % ROUNDS)
    for name, value in medians.items():
        print("  %-15s %7.3f s   %6.2f x native   %6.2f x empty hooks" %
              (name, value, value / medians["native"], value / medians["empty hooks"]))
    if "uftrace record" in medians:
        ours, theirs = (medians[name] - medians["native"] for name in ("sightline", "uftrace record"))
        print("  what tracing adds: %.3f s, with uftrace %.3f s: %.0f times as much" % (ours, theirs, theirs / ours))
    else:
        print("  uftrace is not installed")


def billion_calls(folder):
    tree = os.path.join(folder, "billion")
    os.mkdir(tree)
    with open(os.path.join(tree, "billion.c"), "w", encoding="ascii") as stream:
        stream.write(BILLION)
    subprocess.run(["gcc", "-O2", "-g", "-fpatchable-function-entry=5", "billion.c", "-o", "billion"], cwd=tree, check=True)
    subprocess.run([SIGHTLINE, "scan", "--quiet"], cwd=tree, check=True, stderr=subprocess.DEVNULL)
    start = time.monotonic()
    subprocess.run([SIGHTLINE, "trace", "-o", "run.trace", "--quiet", "--", "./billion"], cwd=tree, check=True)
    traced = time.monotonic() - start
    rows = subprocess.run([SIGHTLINE, "query", "--format", "csv",
                           "SELECT callee, observed_count FROM calls WHERE release = :release AND callee IN ('step', 'leaf')"],
                          cwd=tree, check=True, stdout=subprocess.PIPE, text=True).stdout.split()[1:]
    database = os.path.join(tree, "other.db")
    subprocess.run([SIGHTLINE, "scan", "--quiet", "--db", database], cwd=tree, check=True, stderr=subprocess.DEVNULL)
    start = time.monotonic()
    subprocess.run([SIGHTLINE, "ingest", "run.trace", "--quiet", "--db", database], cwd=tree, check=True)
    print("a billion calls: run and ingested in %.1f s; trace %.2f MiB; ingest %.2f s; %s" %
          (traced, os.path.getsize(os.path.join(tree, "run.trace")) / 1048576, time.monotonic() - start, ", ".join(rows)))


with tempfile.TemporaryDirectory() as scratch:
    whole_program(build(scratch), scratch)
    billion_calls(scratch)
